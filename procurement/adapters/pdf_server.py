"""The process in which documents are rendered: warm, and forked for each document.

It has the engine imported and the faces read, which takes longer than a short paper; the copy that renders a
document ends with it and gives its memory back. Nothing but rendering happens here: it has no database, no
settings and no threads, so that forking is safe.
"""

from __future__ import annotations

import contextlib
import ctypes
import os
import signal
import socket
import sys
import traceback
from multiprocessing.connection import Connection
from pathlib import Path
from typing import NoReturn

from procurement.adapters.fonts import FontsMissingError, font_paths
from procurement.adapters.pdf import PdfError
from procurement.adapters.pdf_faces import register_faces

PR_SET_PDEATHSIG = 1
_LONGEST_PATH = 4096
_EXPECTED = (PdfError, FontsMissingError, ValueError)


def serve(control: socket.socket) -> None:
    """Fork for every connection that comes in through `control`, until its other end is closed."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    # The kernel buries the copies.
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    while True:
        folder, descriptors, _flags, _address = socket.recv_fds(control, _LONGEST_PATH, 1)
        if not descriptors:
            return
        with Connection(descriptors[0]) as connection:
            _warm(Path(os.fsdecode(folder)))
            server = os.getpid()
            if os.fork() == 0:
                control.close()
                _end_with(server)
                _render(connection)


def _warm(font_dir: Path) -> None:
    """Read the faces before the fork, so that the next copies have them too."""
    with contextlib.suppress(FontsMissingError):
        register_faces(font_paths(font_dir))


def _end_with(server: int) -> None:
    """Have the kernel end this copy when the server ends (Linux only)."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
        if os.getppid() != server:
            os._exit(1)


def _render(connection: Connection) -> NoReturn:
    code = 1
    try:
        connection.send(("pid", os.getpid()))
        render, args, kwargs = connection.recv()
        if kwargs.pop("tell", None):
            kwargs["tell"] = lambda *values: connection.send(("told", values))
        connection.send(("made", render(*args, **kwargs)))
        code = 0
    except _EXPECTED as error:
        connection.send(("failed", error))
        code = 0
    finally:
        if code:
            traceback.print_exc()
        # Nothing that the server prepared for its own end may run here.
        os._exit(code)


def main(descriptor: int) -> None:
    """Serve at the socket that was handed down."""
    with socket.socket(fileno=descriptor) as control:
        serve(control)

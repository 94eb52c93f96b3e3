"""The process in which documents are rendered: warm, and forked for each document.

It has the engine imported and the faces read, which takes longer than a short paper; the copy that renders a
document ends with it and gives its memory back. Nothing but rendering happens here: it has no database, no
settings and no threads, so that forking is safe.
"""

from __future__ import annotations

import contextlib
import ctypes
import gc
import os
import select
import signal
import socket
import sys
import traceback
from collections.abc import Iterator
from datetime import UTC, datetime
from functools import lru_cache
from multiprocessing.connection import Connection
from pathlib import Path
from typing import NoReturn

from procurement.adapters.fonts import FontsMissingError, font_paths
from procurement.adapters.pdf import PdfError, render_simple
from procurement.adapters.pdf_share import Sharing

PR_SET_PDEATHSIG = 1
_LONGEST_PATH = 4096
_RARELY = 50_000
# Nothing asked for so long: whatever was printed last does not need the processor any more.
_LEISURE_SECONDS = 2.0
_SAMPLE = "<h1>가</h1><p><b>나</b></p><table><tr><td width='100%'>다</td></tr></table>"
_EXPECTED = (PdfError, FontsMissingError, ValueError)


def serve(control: socket.socket) -> None:
    """Fork for every connection that comes in through `control`, until its other end is closed."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    # The kernel buries the copies.
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    ahead: Iterator[None] = iter(())
    while True:
        _use_leisure(control, ahead)
        folder, descriptors, _flags, _address = socket.recv_fds(control, _LONGEST_PATH, 1)
        if not descriptors:
            return
        with Connection(descriptors[0]) as connection:
            ahead = _warm(Path(os.fsdecode(folder)))
            server = os.getpid()
            if os.fork() == 0:
                control.close()
                _end_with(server)
                _render(connection)


@lru_cache(maxsize=2)
def _warm(font_dir: Path) -> Iterator[None]:
    """Render a page before the first fork: every copy then has read faces, stylesheet and schemas.

    Returns what can be done when there is time: reading the outlines of the usual characters.
    """
    with contextlib.suppress(FontsMissingError, PdfError):
        render_simple(_SAMPLE, title="", font_dir=font_dir, created=datetime(2026, 1, 1, tzinfo=UTC))
    # What is here stays: the copies need not look through it for garbage, which would also copy its pages.
    gc.freeze()
    with contextlib.suppress(FontsMissingError):
        return _outlines_of_usual_characters(font_dir)
    return iter(())


def _outlines_of_usual_characters(font_dir: Path) -> Iterator[None]:
    from procurement.adapters.pdf_faces import register_faces
    from procurement.adapters.pdf_inspect import read_ahead

    faces = [measure.face for measure in register_faces(font_paths(font_dir)).values()]
    return read_ahead(face.outline(char) for face in faces for char in usual_characters())


def usual_characters() -> Iterator[str]:
    """ASCII, and the signs and syllables of the Korean standard KS X 1001."""
    yield from map(chr, range(0x21, 0x7F))
    for row in (*range(0xA1, 0xAD), *range(0xB0, 0xC9)):
        for cell in range(0xA1, 0xFF):
            with contextlib.suppress(UnicodeDecodeError):
                yield bytes((row, cell)).decode("euc_kr")


def _use_leisure(control: socket.socket, ahead: Iterator[None]) -> None:
    """Once nothing has been asked for a while, do what can be done ahead, until something is asked."""
    patience = _LEISURE_SECONDS
    while not select.select([control], [], [], patience)[0]:
        patience = 0.0
        try:
            next(ahead)
        except StopIteration:
            return


def _end_with(server: int) -> None:
    """Have the kernel end this copy when the server ends (Linux only)."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
        if os.getppid() != server:
            os._exit(1)


def _render(connection: Connection) -> NoReturn:
    code = 1
    Sharing.allowed = True
    # A document makes few circles and the copy ends with it.
    gc.set_threshold(_RARELY)
    gc.enable()
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
    except (ConnectionError, EOFError):
        # Whoever asked is gone, or wants nothing any more.
        code = 0
    finally:
        if code:
            traceback.print_exc()
        # Nothing that the server prepared for its own end may run here.
        os._exit(code)


def main(descriptor: int) -> None:
    """Serve at the socket that was handed down."""
    # The engine is much to read and none of it garbage: looking for some would take a fifth of the time.
    gc.disable()
    with socket.socket(fileno=descriptor) as control:
        serve(control)

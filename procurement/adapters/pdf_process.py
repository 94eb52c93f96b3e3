"""Rendering in a process of its own.

The engine renders one document at a time in a process and keeps memory afterwards; a process that ends with
the document gives both back, and one that takes too long can be stopped without harm to the server. The
processes are forked from one that has the engine ready: see `pdf_server`.
"""

from __future__ import annotations

import atexit
import contextlib
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any, ParamSpec

from procurement.adapters.pdf import PdfError, RenderedPdf

_Arguments = ParamSpec("_Arguments")
_START = "import sys; sys.path[:] = {path!r}; from procurement.adapters.pdf_server import main; main({fd})"
_NO_ANSWER = "PDF를 만드는 프로그램이 답 없이 끝났습니다. 다시 시도해 주세요."
# A server that somebody ended is started again, once for a document.
_STARTS = 2


def render_in_process(
    render: Callable[_Arguments, RenderedPdf],
    timeout_seconds: float,
    /,
    *args: _Arguments.args,
    **kwargs: _Arguments.kwargs,
) -> RenderedPdf:
    """Return what `render` (render_document or render_simple) gives for the arguments, from another process.

    `tell` among the arguments is called here with what `render` calls it with there. Raises what `render`
    raises, what `tell` raises, and PdfError when the process takes longer than `timeout_seconds` or ends
    without an answer. The process that rendered is gone in every case when this returns.
    """
    with Renderer(Path(str(kwargs.get("font_dir") or "."))) as renderer:
        return renderer.render(render, timeout_seconds, *args, **kwargs)


class Renderer:
    """A process that renders one document, ready with the faces of `font_dir`.

    It gets ready from here on, while whoever wants the document still writes it.
    """

    def __init__(self, font_dir: Path) -> None:
        ours, theirs = socket.socketpair()
        with theirs:
            _SERVER.hand_over(theirs, str(font_dir))
        self._connection = Connection(ours.detach())

    def __enter__(self) -> Renderer:
        return self

    def __exit__(self, *_error: object) -> None:
        """Let go of the process; one that was given nothing to do ends by itself."""
        self._connection.close()

    def render(
        self,
        render: Callable[_Arguments, RenderedPdf],
        timeout_seconds: float,
        /,
        *args: _Arguments.args,
        **kwargs: _Arguments.kwargs,
    ) -> RenderedPdf:
        """Do what `render_in_process` says, once."""
        tell: Any = kwargs.get("tell")
        sent: dict[str, Any] = dict(kwargs)
        if tell is not None:
            sent["tell"] = True
        return _answered(self._connection, (render, args, sent), tell, timeout_seconds)


def _answered(connection: Connection, task: Any, tell: Any, timeout_seconds: float) -> RenderedPdf:
    deadline = time.monotonic() + timeout_seconds
    pid = 0
    try:
        connection.send(task)
        while True:
            if not connection.poll(max(0.0, deadline - time.monotonic())):
                raise PdfError(
                    f"PDF를 {timeout_seconds:g}초 안에 만들지 못하여 멈췄습니다. "
                    "잠시 뒤 다시 시도하거나 내용을 나누어 만들어 주세요."
                )
            kind, value = connection.recv()
            if kind == "made":
                return _rendered(value)
            if kind == "failed":
                raise value
            if kind == "pid":
                pid = value
            elif tell is not None:
                tell(*value)
    except (EOFError, ConnectionError):
        raise PdfError(_NO_ANSWER) from None
    finally:
        _end(connection, pid)


def _rendered(value: Any) -> RenderedPdf:
    if not isinstance(value, RenderedPdf):
        raise TypeError(f"a document was wanted and this came: {type(value)}")
    return value


def _end(connection: Connection, pid: int) -> None:
    """Kill the process that renders and wait until it is gone; its end of the line closes with it."""
    if not pid:
        return
    with contextlib.suppress(ProcessLookupError):
        os.kill(pid, signal.SIGKILL)
    with contextlib.suppress(EOFError, OSError):
        while True:
            connection.recv_bytes()


class _Server:
    """The warm process, started when it is first needed; each process of a server has one of its own."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._owner = 0
        self._control: socket.socket | None = None
        self._process: subprocess.Popen[bytes] | None = None

    def hand_over(self, connection: socket.socket, font_dir: str) -> None:
        """Give the server an end of a line on which it gets a task, and the faces that it will need."""
        with self._lock:
            for _ in range(_STARTS):
                if self._owner != os.getpid() or self._process is None or self._process.poll() is not None:
                    self._start()
                try:
                    socket.send_fds(self._running(), [os.fsencode(font_dir)], [connection.fileno()])
                except OSError:
                    self.stop()
                else:
                    return
        raise PdfError(_NO_ANSWER)

    def _running(self) -> socket.socket:
        if self._control is None:
            raise OSError
        return self._control

    def _start(self) -> None:
        ours, theirs = socket.socketpair()
        with theirs:
            command = _START.format(path=[os.getcwd(), *sys.path], fd=theirs.fileno())
            self._process = subprocess.Popen(
                [sys.executable, "-c", command], pass_fds=[theirs.fileno()], stdin=subprocess.DEVNULL
            )
        self._control, self._owner = ours, os.getpid()

    def stop(self) -> None:
        """End the server; it sees the end of its line."""
        if self._owner != os.getpid():
            return
        if self._control is not None:
            self._control.close()
        if self._process is not None:
            self._process.kill()
            self._process.wait()
        self._control = self._process = None


_SERVER = _Server()
atexit.register(_SERVER.stop)

"""The server's port, and a supervisor that keeps two programs running together."""

import contextlib
import ctypes
import errno
import os
import select
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from types import FrameType

# Seconds that a request or a job in hand gets to finish when everything stops.
GRACE = 20.0
# Seconds before a worker that died is started again: doubled each time, back to the first after a long life.
FIRST_DELAY, LONGEST_DELAY, LONG_LIFE = 1.0, 30.0, 60.0

PR_SET_PDEATHSIG = 1
_LIBC = ctypes.CDLL(None)


class ListenError(Exception):
    """The address cannot be opened; the message says why and how to mend it, in Korean and English."""


def listen(host: str, port: int) -> socket.socket:
    """Open the address before anything is started, so that a taken port is said plainly and at once.

    ``port`` 0 takes any free port. Raises ``ListenError``.
    """
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(
            host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
        server = socket.socket(family, kind, protocol)
        server.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            server.bind(address)
            server.listen(128)
        except OSError:
            server.close()
            raise
    except OSError as error:
        raise ListenError(_reason(host, port, error)) from error
    return server


def _reason(host: str, port: int, error: OSError) -> str:
    if error.errno == errno.EADDRINUSE:
        return (
            f"{port}번 포트를 다른 프로그램이 쓰고 있습니다. 그 프로그램을 끝내거나 다른 포트로 시작하세요: "
            f"PORT={port + 1} make run\n"
            f"Port {port} is taken by another program. Stop it or choose another: PORT={port + 1} make run"
        )
    if error.errno == errno.EACCES:
        return (
            f"{port}번 포트를 열 권한이 없습니다. 1024 이상의 포트로 시작하세요: PORT=8000 make run\n"
            f"No permission to open port {port}. Choose one from 1024 up: PORT=8000 make run"
        )
    return (
        f"{host} 주소의 {port}번 포트를 열 수 없습니다({error}). HOST와 PORT 설정을 확인하세요.\n"
        f"Cannot listen on {host} port {port} ({error}). Check the settings HOST and PORT."
    )


def _end_with_supervisor() -> None:
    """Have the kernel end this child when the supervisor dies, even of SIGKILL (Linux only)."""
    if sys.platform == "linux":
        _LIBC.prctl(PR_SET_PDEATHSIG, signal.SIGTERM)


class Child:
    """A process in a session of its own, so that a Ctrl-C in the terminal reaches the supervisor alone."""

    def __init__(self, command: Sequence[str], folder: Path, pass_fds: Sequence[int] = ()) -> None:
        self.started = time.monotonic()
        # Between fork and exec nothing but one call of the C library happens.
        self._process = subprocess.Popen(
            command, cwd=folder, start_new_session=True, pass_fds=pass_fds, preexec_fn=_end_with_supervisor
        )

    def exit_code(self) -> int | None:
        """What it ended with, or None while it runs."""
        return self._process.poll()

    def ask_to_stop(self) -> None:
        """Let it finish what it has in hand."""
        self._process.terminate()

    def sweep(self) -> None:
        """End it and whatever it started, at once."""
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()


class Supervisor:
    """Keeps a web server and a worker running together.

    The worker is started again when it dies. When the web server dies, and on SIGINT, SIGTERM or SIGHUP, both
    stop.
    """

    def __init__(
        self, web: Sequence[str], worker: Sequence[str], folder: Path, pass_fds: Sequence[int] = ()
    ) -> None:
        self._commands = (web, worker)
        self._folder = folder
        self._pass_fds = pass_fds
        self._asked = 0
        self._delay = FIRST_DELAY
        self._restart_at: float | None = None

    def run(self) -> int:
        """Run until told to stop; gives the exit code: 0 when asked to stop, else the web server's."""
        wake = self._listen_to_signals()
        self._web = Child(self._commands[0], self._folder, self._pass_fds)
        self._worker = Child(self._commands[1], self._folder)
        code = None
        try:
            while code is None:
                self._wait(wake, self._seconds_to_restart())
                code = self._look()
        finally:
            self._stop(wake)
        return code

    def _listen_to_signals(self) -> int:
        reader, writer = os.pipe()
        os.set_blocking(reader, False)
        os.set_blocking(writer, False)
        signal.set_wakeup_fd(writer, warn_on_full_buffer=False)
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, self._ask)
        signal.signal(signal.SIGCHLD, lambda _number, _frame: None)
        return reader

    def _ask(self, _number: int, _frame: FrameType | None) -> None:
        self._asked += 1

    @staticmethod
    def _wait(wake: int, seconds: float | None) -> None:
        if select.select([wake], [], [], seconds)[0]:
            os.read(wake, 4096)

    def _seconds_to_restart(self) -> float | None:
        return None if self._restart_at is None else max(0.0, self._restart_at - time.monotonic())

    def _look(self) -> int | None:
        """See who is still there and mend it; gives the exit code when it is time to stop."""
        if self._asked:
            return 0
        code = self._web.exit_code()
        if code is not None:
            say(f"웹 서버가 멈추어 모두 끝냅니다({code}) · the web server ended with {code}; stopping")
            return code or 1
        if self._restart_at is not None:
            if time.monotonic() >= self._restart_at:
                self._restart_at = None
                self._worker = Child(self._commands[1], self._folder)
        elif self._worker.exit_code() is not None:
            self._plan_restart()
        return None

    def _plan_restart(self) -> None:
        self._worker.sweep()
        if time.monotonic() - self._worker.started > LONG_LIFE:
            self._delay = FIRST_DELAY
        say(
            f"작업 처리기가 멈추어 {self._delay:.0f}초 뒤 다시 시작합니다 · "
            f"the worker ended with {self._worker.exit_code()}; starting it again in {self._delay:.0f} s"
        )
        self._restart_at = time.monotonic() + self._delay
        self._delay = min(2 * self._delay, LONGEST_DELAY)

    def _stop(self, wake: int) -> None:
        children = (self._web, self._worker)
        for child in children:
            child.ask_to_stop()
        # A second Ctrl-C means that somebody does not want to wait.
        asked, deadline = self._asked, time.monotonic() + GRACE
        while any(child.exit_code() is None for child in children) and self._asked == asked:
            left = deadline - time.monotonic()
            if left <= 0:
                break
            self._wait(wake, left)
        for child in children:
            child.sweep()


def say(message: str) -> None:
    """Tell the person at the terminal, or the log."""
    print(message, file=sys.stderr, flush=True)

"""The supervisor keeps a web server and a worker together; stand-ins take their places here."""

import contextlib
import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TypeVar

import pytest

from procurement.adapters.processes import ListenError, listen

T = TypeVar("T")
ROOT = Path(__file__).resolve().parent.parent.parent

# Stands in for the web server or the worker: tells its pid, starts a child of its own, then waits.
STAND_IN = """
import os, subprocess, sys, time
child = subprocess.Popen(["sleep", "600"])
with open(sys.argv[1], "a") as file:
    print(os.getpid(), child.pid, file=file)
time.sleep(600)
"""

SUPERVISOR = """
import json, sys
from pathlib import Path
from procurement.adapters import processes
processes.FIRST_DELAY = 0.0
processes.GRACE = 5.0
sys.exit(processes.Supervisor(*json.loads(sys.argv[1]), Path.cwd()).run())
"""


def until(value: Callable[[], T]) -> T:
    """Wait for something true; a minute is far more than any of it takes."""
    end = time.monotonic() + 60
    while not (found := value()):
        assert time.monotonic() < end
        time.sleep(0.02)
    return found


def lives(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0]
    except (FileNotFoundError, ProcessLookupError):
        return False
    return state != "Z"


class Stage:
    """A running supervisor with its two stand-ins."""

    def __init__(self, folder: Path) -> None:
        self._files = {name: folder / name for name in ("web", "worker")}
        for file in self._files.values():
            file.touch()
        commands = [[sys.executable, "-c", STAND_IN, str(file)] for file in self._files.values()]
        self.process = subprocess.Popen(
            [sys.executable, "-c", SUPERVISOR, json.dumps(commands)],
            cwd=ROOT,
            start_new_session=True,
            stderr=subprocess.DEVNULL,
        )

    def pids(self, name: str, times: int = 1) -> list[int]:
        """The pids of the last of ``times`` starts: the stand-in and its child."""
        lines = until(lambda: self._whole_lines(name, times))
        return [int(pid) for pid in lines[-1].split()]

    def sweep(self) -> None:
        """End what is left of the stand-ins: one that is killed cannot end its child."""
        for file in self._files.values():
            for line in file.read_text().splitlines():
                with contextlib.suppress(ProcessLookupError):
                    os.killpg(int(line.split()[0]), signal.SIGKILL)

    def _whole_lines(self, name: str, times: int) -> list[str]:
        lines = self._files[name].read_text().splitlines(keepends=True)
        return lines if len(lines) >= times and lines[-1].endswith("\n") else []


@pytest.fixture
def stage(tmp_path: Path) -> Iterator[Stage]:
    stage = Stage(tmp_path)
    yield stage
    stage.process.kill()
    stage.process.wait()
    stage.sweep()


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_both_end_with_all_they_started_when_the_supervisor_is_told_to_stop(
    stage: Stage, number: signal.Signals
) -> None:
    pids = stage.pids("web") + stage.pids("worker")
    stage.process.send_signal(number)
    assert stage.process.wait(60) == 0
    until(lambda: not any(lives(pid) for pid in pids))


def test_a_worker_that_dies_is_started_again_and_the_web_server_stays(stage: Stage) -> None:
    web, worker = stage.pids("web"), stage.pids("worker")
    os.kill(worker[0], signal.SIGKILL)
    again = stage.pids("worker", times=2)
    assert again[0] != worker[0]
    assert lives(again[0])
    assert lives(web[0])
    until(lambda: not lives(worker[1]))


def test_the_worker_ends_when_the_web_server_dies_and_the_exit_code_says_so(stage: Stage) -> None:
    web, worker = stage.pids("web"), stage.pids("worker")
    os.kill(web[0], signal.SIGKILL)
    assert stage.process.wait(60) != 0
    until(lambda: not any(lives(pid) for pid in web + worker))


def test_nothing_is_orphaned_when_the_supervisor_itself_is_killed(stage: Stage) -> None:
    leaders = [stage.pids("web")[0], stage.pids("worker")[0]]
    stage.process.kill()
    until(lambda: not any(lives(pid) for pid in leaders))


def test_a_taken_port_is_said_in_both_languages_with_the_way_out() -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        with pytest.raises(ListenError) as refusal:
            listen("127.0.0.1", port)
    assert f"{port}번 포트를 다른 프로그램이 쓰고 있습니다" in str(refusal.value)
    assert f"Port {port} is taken" in str(refusal.value)
    assert f"PORT={port + 1} make run" in str(refusal.value)


def test_an_address_that_is_not_this_machine_is_said_to_be_a_setting() -> None:
    with pytest.raises(ListenError, match="HOST와 PORT 설정을 확인하세요"):
        listen("192.0.2.1", 8000)


def test_port_0_opens_a_free_port() -> None:
    with listen("127.0.0.1", 0) as server:
        assert server.getsockname()[1] > 0

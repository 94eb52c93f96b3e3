"""Whether the process that took something still lives, told by a lock that the kernel lets go with it.

Each process keeps one file of its own locked for as long as it lives. Nothing is asked of process numbers,
which are given again and mean nothing in another container; a file that cannot be found or locked says
nothing, and whoever asks waits for the lease.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import re
import secrets
import time
from pathlib import Path

_NAME = re.compile(r"[0-9a-f]{32}")
_OLD_SECONDS = 3600.0
# By folder and process: a child that was forked has no sign until it asks for one of its own.
_own: dict[tuple[Path, int], tuple[str, int]] = {}


def own(folder: Path) -> str | None:
    """Name of the sign of this process, made when it is asked for first; ``None`` when none can be made."""
    key = (folder, os.getpid())
    if key in _own and (folder / _own[key][0]).exists():
        return _own[key][0]
    name = secrets.token_hex(16)
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        unlocked = folder / f".{name}"
        descriptor = os.open(unlocked, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600)
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        # It gets its name when it is locked, so that nobody takes a process that has just begun for dead.
        unlocked.rename(folder / name)
    except OSError:
        return None
    _own[key] = (name, descriptor)
    return name


def ended(folder: Path, name: str) -> bool:
    """Whether the process of this sign is certainly gone."""
    if not _NAME.fullmatch(name):
        return False
    try:
        descriptor = os.open(folder / name, os.O_RDWR)
    except OSError:
        return False
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    finally:
        os.close(descriptor)
    return True


def clear(folder: Path) -> None:
    """Remove the signs of processes that ended long ago."""
    with contextlib.suppress(OSError):
        for entry in list(os.scandir(folder)):
            with contextlib.suppress(OSError):
                if time.time() - entry.stat().st_mtime > _OLD_SECONDS and ended(folder, entry.name):
                    os.unlink(entry.path)

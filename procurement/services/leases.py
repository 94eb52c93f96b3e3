"""How long a worker may keep a job, and how it goes on keeping it.

A lease is short, so that a job whose worker is gone is taken up soon. While a handler works, a thread beside
it renews the lease, also through a long section that tells nothing; it does so no longer when nothing was
told for very long, since a worker that hangs must not keep its job.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

from sqlalchemy.exc import SQLAlchemyError

from procurement.adapters import life_signs
from procurement.services.store import settings

LEASE = timedelta(seconds=45)
BEAT_SECONDS = 10.0
# The longest section of any document takes a few minutes on a slow machine.
LONGEST_SILENCE_SECONDS = 15 * 60.0

logger = logging.getLogger(__name__)


def own_sign() -> str | None:
    """What shows on this machine that this process still lives."""
    return life_signs.own(_folder())


def has_ended(sign: str) -> bool:
    """Whether the process of ``sign`` is certainly gone; what is of another machine cannot be told."""
    return life_signs.ended(_folder(), sign)


def clear_signs() -> None:
    """Remove what processes left that ended long ago."""
    life_signs.clear(_folder())


def _folder() -> Path:
    return settings().section_cache_dir / "workers"


class Heartbeat:
    """Renews one lease from a thread until it is stopped, is lost, or its handler is silent for too long.

    ``renew`` gives whether the lease is still ours; ``hung`` is called once when the handler was silent.
    """

    def __init__(self, renew: Callable[[], bool], hung: Callable[[], object]) -> None:
        self._renew, self._hung = renew, hung
        self._stop = threading.Event()
        self._told = time.monotonic()

    def told(self) -> None:
        """The handler has said something."""
        self._told = time.monotonic()

    @contextmanager
    def beating(self) -> Iterator[None]:
        """Beat while the block lasts; end every transaction before it does."""
        thread = threading.Thread(target=self._beat, name="lease", daemon=True)
        thread.start()
        try:
            yield
        finally:
            self._stop.set()
            thread.join(BEAT_SECONDS)

    def _beat(self) -> None:
        while not self._stop.wait(BEAT_SECONDS):
            if time.monotonic() - self._told > LONGEST_SILENCE_SECONDS:
                logger.error(
                    "a job told nothing for %.0f seconds; its lease runs out", LONGEST_SILENCE_SECONDS
                )
                self._hung()
                return
            try:
                if not self._renew():
                    return
            except SQLAlchemyError:
                # A database that is busy or away: the lease is longer than several beats.
                logger.warning("a lease could not be renewed", exc_info=True)

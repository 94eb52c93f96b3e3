"""Two processes that share the sections of a document, where a process may be copied."""

from __future__ import annotations

import os
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import partial
from multiprocessing import Pipe
from multiprocessing.connection import Connection
from typing import Any, TypeVar

_Key = TypeVar("_Key", bound=Hashable)
_Made = TypeVar("_Made")

# Below this weight (characters of HTML) a second process costs more than it brings.
_WORTH_SHARING = 4_000
# What a pipe holds at once is more than these.
_NUMBER_BYTES, _MOST_PIECES = 4, 1_000


class Sharing:
    """Whether this process may be copied: only one without threads may, and who knows says so."""

    allowed = False


def made_by_two(
    make: Callable[[_Key], _Made], weights: Mapping[_Key, int], expected: tuple[type[Exception], ...]
) -> dict[_Key, _Made]:
    """Make everything, with a copy of this process where that pays; what is made must be picklable.

    Whoever is ready takes the next, the heaviest first, so that both end at about the same time. Raises what
    `make` raises here, and of what it raises there what is `expected`.
    """
    keys = sorted(weights, key=lambda key: -weights[key])
    if not _worth_sharing(weights):
        return {key: make(key) for key in weights}
    with _waiting(keys) as waiting:
        receiving, sending = Pipe(duplex=False)
        if os.fork() == 0:
            receiving.close()
            _make_and_send(make, waiting, sending, expected)
        sending.close()
        made = {key: make(key) for key in waiting}
    with receiving:
        answer: dict[_Key, _Made] | Exception = receiving.recv()
    if isinstance(answer, Exception):
        raise answer
    return made | answer


def _worth_sharing(weights: Mapping[Any, int]) -> bool:
    if not Sharing.allowed or len(os.sched_getaffinity(0)) < 2:
        return False
    return 2 <= len(weights) <= _MOST_PIECES and sum(weights.values()) >= _WORTH_SHARING


@contextmanager
def _waiting(keys: Sequence[_Key]) -> Iterator[Iterator[_Key]]:
    """What is still to be made, in order; copies of this process take from the same pipe, each key once."""
    reading, writing = os.pipe()
    os.write(writing, b"".join(number.to_bytes(_NUMBER_BYTES) for number in range(len(keys))))
    os.close(writing)
    try:
        yield (keys[int.from_bytes(number)] for number in iter(partial(os.read, reading, _NUMBER_BYTES), b""))
    finally:
        os.close(reading)


def _make_and_send(
    make: Callable[[Any], Any],
    keys: Iterable[Any],
    sending: Connection,
    expected: tuple[type[Exception], ...],
) -> None:
    try:
        sending.send({key: make(key) for key in keys})
    except expected as error:
        sending.send(error)
    finally:
        # Nothing that this process prepared for its own end may run in the copy.
        os._exit(0)

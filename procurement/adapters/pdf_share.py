"""Two processes that share the sections of a document, where a process may be copied."""

from __future__ import annotations

import os
from collections.abc import Callable, Hashable, Mapping
from multiprocessing import Pipe
from multiprocessing.connection import Connection
from typing import Any, TypeVar

_Key = TypeVar("_Key", bound=Hashable)
_Made = TypeVar("_Made")

# Below this weight (characters of HTML) a second process costs more than it brings.
_WORTH_SHARING = 4_000


class Sharing:
    """Whether this process may be copied: only one without threads may, and who knows says so."""

    allowed = False


def halves(weights: Mapping[_Key, int]) -> tuple[list[_Key], list[_Key]]:
    """Return two lists of about equal weight, each in the order given."""
    totals, sides = [0, 0], dict.fromkeys(weights, 0)
    for key in sorted(weights, key=lambda key: -weights[key]):
        side = 0 if totals[0] <= totals[1] else 1
        totals[side] += weights[key]
        sides[key] = side
    return [key for key in weights if not sides[key]], [key for key in weights if sides[key]]


def made_by_two(
    make: Callable[[_Key], _Made], weights: Mapping[_Key, int], expected: tuple[type[Exception], ...]
) -> dict[_Key, _Made]:
    """Make everything, half of it in a copy of this process where that pays; what is made must be picklable.

    Raises what `make` raises here, and of what it raises there what is `expected`.
    """
    ours, theirs = halves(weights)
    alone = not Sharing.allowed or len(os.sched_getaffinity(0)) < 2 or sum(weights.values()) < _WORTH_SHARING
    if alone or not theirs:
        return {key: make(key) for key in weights}
    receiving, sending = Pipe(duplex=False)
    if os.fork() == 0:
        receiving.close()
        _make_and_send(make, theirs, sending, expected)
    sending.close()
    made = {key: make(key) for key in ours}
    with receiving:
        answer: dict[_Key, _Made] | Exception = receiving.recv()
    if isinstance(answer, Exception):
        raise answer
    return made | answer


def _make_and_send(
    make: Callable[[Any], Any], keys: list[Any], sending: Connection, expected: tuple[type[Exception], ...]
) -> None:
    try:
        sending.send({key: make(key) for key in keys})
    except expected as error:
        sending.send(error)
    finally:
        # Nothing that this process prepared for its own end may run in the copy.
        os._exit(0)

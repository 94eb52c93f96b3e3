"""Stored canonical text back to plain data, or to the frozen value that it is the text of."""

from __future__ import annotations

import json
from functools import lru_cache
from typing import Any, TypeVar, cast

from procurement.domain.codec import from_plain

T = TypeVar("T")

# Texts are append-only and values frozen, so one decoding serves every reader.
REMEMBERED = 8192


def load_text(text: str) -> Any:
    """Plain data of a stored canonical text."""
    return json.loads(text)


def decoded(cls: type[T], text: str) -> T:
    """The value of a stored canonical text; the same text gives the same, frozen object."""
    return cast(T, _decoded(cast(Any, cls), text))


def forget() -> None:
    """Forget every value remembered by this process, when a text was erased under law."""
    _decoded.cache_clear()


@lru_cache(maxsize=REMEMBERED)
def _decoded(cls: type[Any], text: str) -> Any:
    return from_plain(cls, load_text(text))

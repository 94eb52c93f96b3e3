"""Enumerations that carry the Korean word shown for each value."""

from __future__ import annotations

from enum import StrEnum
from typing import Self


class Labelled(StrEnum):
    """A string enumeration whose members know their Korean label.

    Members are written ``NAME = "stored value", "shown word"``; the stored value is what goes into
    documents and tables, so it never changes once used.
    """

    label: str

    def __new__(cls, value: str, label: str = "") -> Self:
        member = str.__new__(cls, value)
        member._value_ = value
        member.label = label
        return member

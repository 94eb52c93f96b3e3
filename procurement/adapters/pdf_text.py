"""Text as the embedded typeface can show it.

A character without a glyph leaves no trace in a PDF, and no error either. Evidence must not lose what
somebody wrote, so every such character is found before rendering and shown as 〓 (the mark Korean printing
puts for a missing type), unless the face has a sign of the same meaning; the caller is told which they were.
"""

from __future__ import annotations

import html
import re
import unicodedata
from collections.abc import Iterable

MISSING_SIGN = "〓"

_REFERENCE = re.compile(r"&(?:#[xX]?[0-9a-fA-F]+|[A-Za-z][A-Za-z0-9]*);?")
_MARKUP = frozenset("<>&\"'")
_KEPT_CONTROLS = frozenset("\t\n\r")
# Signs of the same meaning, for marks common in forms and reports that Noto Sans KR does not have.
_SAME_MEANING = {
    "✔": "✓",
    "☑": "✓",
    "☒": "×",
    "✕": "×",
    "✖": "×",
    "✗": "×",
    "✘": "×",
    "☐": "□",
    "∼": "~",
    "≒": "≈",
    "‣": "▶",
    "\u2044": "/",
    "\u2011": "-",
    "\u202f": "\u00a0",
    "\u2007": "\u00a0",
}


def printable(text: str, covered: frozenset[int]) -> tuple[str, tuple[str, ...]]:
    """Return `text` with only characters that can be drawn, and those that had to be replaced by 〓.

    `covered` holds the code points of the face. Invisible characters (controls, zero-width and direction
    marks, variation selectors) are removed: they draw nothing, and some of them reorder what is read. Jamo
    in pieces are composed. HTML character references are resolved first, except those that stand for markup.
    """
    plain = unicodedata.normalize("NFC", _REFERENCE.sub(_resolve, text))
    unknown = {char for char in set(plain) if char not in _KEPT_CONTROLS and ord(char) not in covered}
    if not unknown and not any(_invisible(char) for char in set(plain)):
        return plain, ()
    table = {ord(char): _replacement(char, covered) for char in set(plain) if char not in _KEPT_CONTROLS}
    lost = sorted(char for char in unknown if table[ord(char)] == MISSING_SIGN)
    return plain.translate(table), tuple(lost)


def describe_missing(characters: Iterable[str]) -> tuple[str, ...]:
    """Return one Korean sentence for each character that 〓 stands for, sorted by code point."""
    return tuple(
        f"글꼴에 없는 글자 U+{ord(char):04X}({unicodedata.name(char, '이름 없음')})을(를) "
        f"{MISSING_SIGN}로 바꾸어 인쇄했습니다."
        for char in sorted(set(characters))
    )


def _resolve(match: re.Match[str]) -> str:
    resolved = html.unescape(match[0])
    if resolved == match[0] or _MARKUP.intersection(resolved):
        return match[0]
    return resolved


def _invisible(char: str) -> bool:
    """Controls, format characters, surrogates, private controls and variation selectors draw nothing."""
    if char in _KEPT_CONTROLS:
        return False
    return unicodedata.category(char) in {"Cc", "Cf", "Cs"} or 0xFE00 <= ord(char) <= 0xFE0F


def _replacement(char: str, covered: frozenset[int]) -> str:
    if _invisible(char):
        return ""
    if ord(char) in covered:
        return char
    same = unicodedata.normalize("NFKC", char)
    same = "".join(_SAME_MEANING.get(part, part) for part in same)
    if same and _MARKUP.isdisjoint(same) and all(ord(part) in covered for part in same):
        return same
    return MISSING_SIGN

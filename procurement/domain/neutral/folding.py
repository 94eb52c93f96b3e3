"""Fold a text to what the eye reads, and keep where each folded character came from."""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

from procurement.domain.hangul import (
    LEADS,
    VOWELS,
    add_final,
    compose_at,
    final_at,
    has_final,
    is_hangul,
    is_syllable,
)

NONE, SOFT, HARD = 0, 1, 2
"""What stands before a folded character: nothing, a space or joiner, or a mark that ends a phrase."""

# For each Latin letter, letters of other scripts that the eye takes for it.
_LOOKS_LIKE = {
    "a": "аΑαАɑᴀꓮᎪ",
    "b": "ВΒЬᏴʙꓐв",
    "c": "сСϲϹᴄꓚᏟ",
    "d": "ԁᴅꓓᎠ",
    "e": "еЕΕεᴇꓰᎬҽ",
    "f": "ꜰꓝϜ",
    "g": "ɡɢꓖᏀ",
    "h": "НһΗհʜꓧᎻн",
    "i": "іІΙιıɩɪꓲᎥ",
    "j": "јЈϳᴊꓙᎫ",
    "k": "КкΚκᴋꓗᏦ",
    "l": "ӏӀʟꓡᏞ",
    "m": "МмΜᴍꓟᎷ",
    "n": "ΝηոɴꓠпИ",
    "o": "оОΟοօσᴏꓳՕ",
    "p": "рРΡρᴘꓑᏢ",
    "q": "ԛԚգ",
    "r": "ʀꓣᖇгᎡ",
    "s": "ѕЅꜱꓢՏᏚ",
    "t": "тТΤτᴛꓔᎢ",
    "u": "υսᴜꓴՍ",
    "v": "νѵᴠꓦᏙ",
    "w": "ԝԜᴡꓪᏔω",
    "x": "хХΧχꓫ",
    "y": "уУΥҮүγʏꓬ",
    "z": "ΖᴢꓜᏃ",
}
_LATIN = {ord(char): letter for letter, chars in _LOOKS_LIKE.items() for char in chars}
# Digits and signs written for letters, as in Z00m; "1" may be an l or an i.
_DIGIT_LETTERS = ({"0": "o", "1": "l", "3": "e", "5": "s"}, {"0": "o", "1": "i", "3": "e", "5": "s"})
_DIGIT_BY_LETTER = re.compile(r"[a-z][0135]|[0135][a-z]")
# Empty to the eye although Unicode calls them letters or symbols.
_BLANKS = frozenset("\u115f\u1160\u3164\uffa0\u2800\u17b4\u17b5")
_JOINERS = frozenset("-_./\\·・ㆍ•‧∙⋅~*|'’‘`´^+&=#@–—―−ー᛫･‐‑‒※§…︱｜˙")
_LEGAL_MARK = re.compile(r"[㈜㈔㈾]|[(（⑴]\s*[주유株합사재]\s*[)）]")
_PLAIN = re.compile(r"[가-힣A-Za-z0-9]+")
_SPACED = re.compile(r"[가-힣A-Za-z0-9 ]+")
_NO_GAPS = (SOFT, *[NONE] * 63)
_ENCLOSED = re.compile(r"[㈀-㈞㉠-㉾]")


class Folded(NamedTuple):
    """A text without what the eye overlooks.

    ``chars``: the folded characters, none of them a separator. ``starts[i]``, ``ends[i]``: the place of
    ``chars[i]`` in ``text``. ``gaps[i]``: what stands before it (NONE, SOFT or HARD).
    """

    text: str
    chars: str
    starts: Sequence[int]
    ends: Sequence[int]
    gaps: Sequence[int]

    def source(self, index: int) -> str:
        """The original character behind ``chars[index]``, for upper and lower case."""
        return unicodedata.normalize("NFKC", self.text[self.starts[index]])[:1]


@dataclass(slots=True)
class _Unit:
    char: str
    start: int
    end: int
    gap: int


@lru_cache(maxsize=20_000)
def _fold_char(char: str) -> tuple[str, int, bool]:
    """Letters, the gap that a separator makes, and whether the character is invisible."""
    if char in _BLANKS:
        return "", NONE, True
    letters, gap = "", NONE
    for piece in unicodedata.normalize("NFKC", char):
        if piece in _BLANKS:
            continue
        if is_hangul(piece) or "\u1100" <= piece <= "\u11ff":
            letters += piece
            continue
        for part in unicodedata.normalize("NFKD", piece):
            folded, part_gap = _fold_part(part)
            letters += folded
            gap = max(gap, part_gap)
    return letters, gap, not letters and gap == NONE


def _fold_part(part: str) -> tuple[str, int]:
    category = unicodedata.category(part)
    if part.isspace() or category[0] == "Z":
        return "", SOFT
    if category in ("Mn", "Me", "Mc", "Cf", "Cc", "Cn", "Co", "Cs"):
        return "", NONE
    if part.isalnum():
        latin = _LATIN.get(ord(part))
        if latin is None and category == "Nd":
            latin = str(unicodedata.digit(part))
        return latin or part.casefold(), NONE
    return "", SOFT if part in _JOINERS or category[0] == "S" else HARD


def fold(text: str) -> Folded:
    """Fold case, width, look-alikes, invisible marks, loose jamo and separators; separators leave gaps."""
    if _PLAIN.fullmatch(text) and len(text) <= len(_NO_GAPS):
        count = len(text)
        return Folded(text, text.lower(), range(count), range(1, count + 1), _NO_GAPS[:count])
    if _SPACED.fullmatch(text):
        starts = [index for index, char in enumerate(text) if char != " "]
        gaps = [NONE if index and text[index - 1] != " " else SOFT for index in starts]
        return Folded(text, text.replace(" ", "").lower(), starts, [index + 1 for index in starts], gaps)
    return _fold_any(text)


def _fold_any(text: str) -> Folded:
    dropped = {i for mark in _LEGAL_MARK.finditer(text) for i in range(*mark.span())}
    units: list[_Unit] = []
    gap = SOFT
    loose = False
    for index, char in enumerate(text):
        letters, mark, invisible = ("", SOFT, False) if index in dropped else _fold_char(char)
        if invisible:
            if units and gap == NONE:
                units[-1].end = index + 1
            continue
        enclosed = bool(_ENCLOSED.match(char))
        gap = max(gap, mark, SOFT if enclosed else NONE)
        for letter in letters:
            units.append(_Unit(letter, index, index + 1, gap))
            loose = loose or (
                not is_syllable(letter) and (is_hangul(letter) or "\u1100" <= letter <= "\u11ff")
            )
            gap = SOFT if enclosed else NONE
    if loose:
        units = _recompose(units)
    return Folded(
        text,
        "".join(unit.char for unit in units),
        tuple(unit.start for unit in units),
        tuple(unit.end for unit in units),
        tuple(unit.gap for unit in units),
    )


def _plain_jamo(char: str) -> str:
    """Conjoining jamo as compatibility jamo, as far as modern Korean has them."""
    code = ord(char)
    if 0x1100 <= code <= 0x1112:
        return LEADS[code - 0x1100]
    if 0x1161 <= code <= 0x1175:
        return VOWELS[code - 0x1161]
    if 0x11A8 <= code <= 0x11C2:
        return "ㄱㄲㄳㄴㄵㄶㄷㄹㄺㄻㄼㄽㄾㄿㅀㅁㅂㅄㅅㅆㅇㅈㅊㅋㅌㅍㅎ"[code - 0x11A8]
    return char


def _recompose(units: list[_Unit]) -> list[_Unit]:
    """Join loose jamo to syllables; 아ㄴ랩 and ㅇㅏㄴㄹㅐㅂ both become 안랩."""
    jamo = "".join(_plain_jamo(unit.char) for unit in units)
    made: list[_Unit] = []
    at = 0
    while at < len(units):
        char, used = compose_at(jamo, at)
        unit = _Unit(char, units[at].start, units[at + used - 1].end, units[at].gap)
        at += used
        if used == 1 and is_syllable(char) and not has_final(char) and at < len(units):
            final, more = final_at(jamo, at)
            if final and units[at].gap == NONE:
                unit = _Unit(add_final(char, final), unit.start, units[at + more - 1].end, unit.gap)
                at += more
        made.append(unit)
    return made


def digit_readings(folded: Folded) -> list[Folded]:
    """The same text with digits read as letters, where digits stand beside Latin letters."""
    if not _DIGIT_BY_LETTER.search(folded.chars):
        return []
    tables = [str.maketrans(table) for table in _DIGIT_LETTERS]
    chars = {folded.chars.translate(table) for table in tables} - {folded.chars}
    return [Folded(folded.text, one, folded.starts, folded.ends, folded.gaps) for one in sorted(chars)]


def script(char: str) -> str:
    """``"H"`` for Hangul, ``"D"`` for a digit, ``"L"`` for any other letter."""
    if is_hangul(char):
        return "H"
    return "D" if char.isdigit() else "L"

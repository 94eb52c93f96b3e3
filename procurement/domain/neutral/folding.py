"""Fold a text to what the eye reads, and keep where each folded character came from."""

import re
import unicodedata
from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import accumulate
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
    "a": "аΑαАɑᴀꓮᎪⱥȺ",
    "b": "ВΒЬᏴʙꓐвƀɃɓƁ",
    "c": "сСϲϹᴄꓚᏟƈƇȼȻ",
    "d": "ԁᴅꓓᎠđĐɖƉɗƊðÐ",
    "e": "еЕΕεᴇꓰᎬҽɇɆɛƐєЄ",
    "f": "ꜰꓝϜƒƑ",
    "g": "ɡɢꓖᏀǥǤɠƓ",
    "h": "НһΗհʜꓧᎻнħĦɦ",
    "i": "іІΙιıɩɪꓲᎥɨƗ",
    "j": "јЈϳᴊꓙᎫɉɈȷ",
    "k": "КкΚκᴋꓗᏦƙƘ",
    "l": "ӏӀʟꓡᏞłŁƚȽɫǀ",
    "m": "МмΜᴍꓟᎷɱ",
    "n": "ΝηոɴꓠпИɲƝŋŊ",
    "o": "оОΟοօσᴏꓳՕøØɵƟ",
    "p": "рРΡρᴘꓑᏢƥƤ",
    "q": "ԛԚգɋ",
    "r": "ʀꓣᖇгᎡɍɌɾяЯ",
    "s": "ѕЅꜱꓢՏᏚʂ",
    "t": "тТΤτᴛꓔᎢŧŦƭƬȾ",
    "u": "υսᴜꓴՍʉɄ",
    "v": "νѵᴠꓦᏙʋƲ",
    "w": "ԝԜᴡꓪᏔωɯшШ",
    "x": "хХΧχꓫ",
    "y": "уУΥҮүγʏꓬɏɎƴƳ",
    "z": "ΖᴢꓜᏃƶƵʐ",
}
_LATIN = {ord(char): letter for letter, chars in _LOOKS_LIKE.items() for char in chars}
# Letters in dark circles and squares and the letters of flags, which Unicode leaves without a reading.
_PICTURED = {
    chr(first + place): chr(ord("a") + place) for first in (0x1F150, 0x1F170, 0x1F1E6) for place in range(26)
}
# Empty to the eye although Unicode calls them letters or symbols.
_BLANKS = frozenset("\u115f\u1160\u3164\uffa0\u2800\u17b4\u17b5")
_JOINERS = frozenset("-_./\\·・ㆍ•‧∙⋅~*|'’‘`´^+&=#@–—―−ー᛫･‐‑‒※§…︱｜˙")
# A sign of the legal form says nothing of the name, wherever it stands; (소)(만)(사) is spelled out instead.
_LEGAL_MARK = re.compile(
    r"[㈜㈔㈾]|(?<![(（]\S[)）])[(（⑴]\s*[주유株合사재]\s*[)）](?![(（]\S[)）])"
    r"|주식회사|유한회사|유한책임회사"
)
_LEGAL_END = "회사"
_LEGAL_WORDS = ("주식회사", "유한회사", "유한책임회사")
_PLAIN = re.compile(r"[가-힣A-Za-z0-9]+")
# Marks between words that fold to nothing but a gap, and what folding has to look at more closely.
_PLAIN_MARKS = " !\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~·‧…「」『』〈〉《》“”‘’○●□■◦▪※"
_MARKS = re.escape(_PLAIN_MARKS)
_SEPARATORS = re.compile(f"[{_MARKS}]+")
_SOFT_MARKS = "".join(
    mark for mark in _PLAIN_MARKS if mark in _JOINERS or unicodedata.category(mark)[0] in "SZ"
)
_LEGAL = rf"{'|'.join(_LEGAL_WORDS)}|[(]\s*[주유사재]\s*[)]"
_UNUSUAL = re.compile(rf"[^가-힣A-Za-z0-9{_MARKS}]|{_LEGAL}")
_PLAIN_LINES = re.compile(r"[가-힣A-Za-z0-9\n]*")
_SPACED = re.compile(r"[가-힣A-Za-z0-9 ]+")
_NO_GAPS = (SOFT, *[NONE] * 63)
_ENCLOSED = re.compile(r"[㈀-㈞㉠-㉾]")
_NUMBERED = re.compile(r"[①-⒇㉑-㉟㊱-㊿⓪-⓿❶-➓]")


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

    @property
    def word_count(self) -> int:
        """How many words stand between gaps."""
        return sum(map(bool, self.gaps))

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
    if char in _PICTURED:
        return _PICTURED[char], NONE, False
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
    return (letters, NONE, False) if letters else ("", gap, gap == NONE)


def _fold_part(part: str) -> tuple[str, int]:
    category = unicodedata.category(part)
    if part.isspace() or category[0] == "Z":
        return "", SOFT
    if category in ("Mn", "Me", "Mc", "Cf", "Cc", "Cn", "Co", "Cs"):
        return "", NONE
    if part.isalnum():
        latin = _LATIN.get(ord(part))
        if latin is None and category in ("Nd", "No") and unicodedata.digit(part, -1) >= 0:
            latin = str(unicodedata.digit(part))
        return latin or part.casefold(), NONE
    return "", SOFT if part in _JOINERS or category[0] == "S" else HARD


def fold(text: str) -> Folded:
    """Fold case, width, look-alikes, invisible marks, loose jamo and separators; separators leave gaps."""
    legal = _LEGAL_END in text
    if not legal and len(text) <= len(_NO_GAPS) and _PLAIN.fullmatch(text):
        count = len(text)
        return Folded(text, text.lower(), range(count), range(1, count + 1), _NO_GAPS[:count])
    if not legal and _SPACED.fullmatch(text):
        starts = [index for index, char in enumerate(text) if char != " "]
        gaps = [NONE if index and text[index - 1] != " " else SOFT for index in starts]
        return Folded(text, text.replace(" ", "").lower(), starts, [index + 1 for index in starts], gaps)
    if not _UNUSUAL.search(text):
        return _fold_marked(text)
    return _fold_any(text)


class Lines(NamedTuple):
    """Many texts folded into one, each between line breaks: first the plain ones, which have no gaps.

    ``border``: where in ``chars`` those begin that may have gaps. ``order``: which text each line is.
    """

    chars: str
    border: int
    order: Sequence[int]

    def texts_at(self, places: Iterable[int]) -> set[int]:
        """Indexes of the texts in which these places of ``chars`` are."""
        starts = list(accumulate((len(line) + 1 for line in self.chars.split("\n")), initial=0))
        return {self.order[bisect_right(starts, place) - 2] for place in places}


def fold_lines(texts: Sequence[str]) -> Lines:
    """Fold many texts at once; all but the unusual ones in a few passes over the whole."""
    joined = "\n".join(texts)
    legal = _LEGAL_END in joined
    if not legal and _PLAIN_LINES.fullmatch(joined) and joined.count("\n") == len(texts) - 1:
        return Lines(f"\n{joined.lower()}\n", len(joined) + 2, range(len(texts)))
    plain: list[int] = []
    odd: list[int] = []
    for at, text in enumerate(texts):
        (plain if _PLAIN.fullmatch(text) and not (legal and _UNUSUAL.search(text)) else odd).append(at)
    first = "".join([f"\n{texts[at]}" for at in plain])
    rest = "".join([f"\n{fold(texts[at]).chars if _UNUSUAL.search(texts[at]) else texts[at]}" for at in odd])
    chars = first + _SEPARATORS.sub("", rest) + "\n"
    return Lines(chars.lower(), len(first), [*plain, *odd])


def _fold_marked(text: str) -> Folded:
    """Fold plain letters and digits with plain marks between them."""
    lowered = text.lower()
    chars, at = "", 0
    gaps: list[int] = []
    starts: list[int] = []
    for run in _PLAIN.finditer(text):
        start, end = run.span()
        between = text[at:start]
        gaps.append(HARD if between.strip(_SOFT_MARKS) else SOFT)
        gaps.extend([NONE] * (end - start - 1))
        starts.extend(range(start, end))
        chars += lowered[start:end]
        at = end
    return Folded(text, chars, starts, [start + 1 for start in starts], gaps)


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
        after = SOFT if enclosed or _ends_number(text, index) else NONE
        for letter in letters:
            units.append(_Unit(letter, index, index + 1, gap))
            loose = loose or (
                not is_syllable(letter) and (is_hangul(letter) or "\u1100" <= letter <= "\u11ff")
            )
            gap = after
    if loose:
        units = _recompose(units)
    return Folded(
        text,
        "".join(unit.char for unit in units),
        tuple(unit.start for unit in units),
        tuple(unit.end for unit in units),
        tuple(unit.gap for unit in units),
    )


def _ends_number(text: str, index: int) -> bool:
    """Whether a circled number such as ① stands there, which numbers what comes after it."""
    return bool(_NUMBERED.match(text[index])) and not _NUMBERED.match(text[index + 1 : index + 2])


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


def script(char: str) -> str:
    """``"H"`` for Hangul, ``"D"`` for a digit, ``"L"`` for any other letter."""
    if is_hangul(char):
        return "H"
    return "D" if char.isdigit() else "L"

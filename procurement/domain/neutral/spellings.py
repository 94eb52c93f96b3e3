"""All the ways in which a name may be written, each folded."""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from typing import Literal

from procurement.domain.hangul import read_letters, unread_letters
from procurement.domain.neutral.folding import fold, script
from procurement.domain.neutral.lexicon import is_inflected_name, is_ordinary_name
from procurement.domain.neutral.words import ORDINARY

Kind = Literal["company", "service", "technology"]

_LEGAL = re.compile(
    r"[㈜㈔㈾]|[(（]\s*[주유株사재]\s*[)）]|주식회사|유한책임회사|유한회사|사단법인|재단법인"
    r"|(?<=[\w.)])[\s,]+(?:co\.?[\s,]*ltd|inc|corp|corporation|ltd|limited|llc|gmbh|plc)\b\.?",
    re.IGNORECASE,
)
_ACRONYM = re.compile(r"(?<![A-Za-z])(?:[A-Z]{2,5}(?![A-Za-z])|[a-z]{2,3}(?![A-Za-z]))")
_LETTER = re.compile("[A-Za-z]")
_HANGUL_RUN = re.compile(r"[가-힣]+")
_ONE_SCRIPT = re.compile("[가-힣]+|[A-Za-z]+")
_NO_SEAMS: frozenset[int] = frozenset()
_MANY, _READINGS = 3, 4
# Parts of names that are written in either script at will: kt cloud, kt클라우드.
_PAIRS = {
    "cloud": "클라우드",
    "soft": "소프트",
    "tech": "테크",
    "data": "데이터",
    "office": "오피스",
    "networks": "네트웍스",
    "systems": "시스템즈",
    "telecom": "텔레콤",
    "security": "시큐리티",
    "works": "웍스",
    "platform": "플랫폼",
    "solution": "솔루션",
    "mobile": "모바일",
    "media": "미디어",
    "lab": "랩",
    "labs": "랩스",
}
_TO_LATIN = {korean: latin for latin, korean in _PAIRS.items() if len(korean) > 1}


@dataclass(frozen=True)
class Name:
    """A company, service or technology; ``aliases`` are other names that people use for it."""

    name: str
    aliases: tuple[str, ...] = ()
    kind: Kind = "company"


@dataclass(frozen=True, slots=True)
class Spelling:
    """One way to write a name.

    ``chars``: folded, no separators. ``seams``: positions where a space is usual in it. ``how``: "exact",
    "alias" or "letters". ``ordinary``: the spelling is an ordinary word too. ``inflected``: it is one with a
    particle, and among other words a person has to look.
    """

    chars: str
    name: Name
    how: str
    seams: frozenset[int]
    ordinary: bool
    inflected: bool = False


def spell(name: Name) -> list[Spelling]:
    """Every spelling of a name, without repeats; empty when nothing readable is in it."""
    found: dict[str, Spelling] = {}
    for how, raw in (("exact", name.name), *(("alias", alias) for alias in name.aliases)):
        written = _LEGAL.sub(" ", unicodedata.normalize("NFKC", raw.replace("㈜", " ")))
        _add(found, name, how, written if fold(written).chars else raw)
        for read in _read_differently(written):
            _add(found, name, "letters", read)
    return list(found.values())


def _add(found: dict[str, Spelling], name: Name, how: str, written: str) -> None:
    folded = fold(written)
    chars = folded.chars
    if not chars or chars in found or (how == "letters" and chars in ORDINARY):
        return
    seams: frozenset[int] = (
        _NO_SEAMS
        if _ONE_SCRIPT.fullmatch(written)
        else frozenset(
            i for i in range(1, len(chars)) if folded.gaps[i] or script(chars[i]) != script(chars[i - 1])
        )
    )
    found[chars] = Spelling(chars, name, how, seams, is_ordinary_name(chars), is_inflected_name(chars))


def _read_differently(written: str) -> Iterator[str]:
    """Letters read aloud, letters read back, and parts that change script."""
    yield from _aloud(written)
    run = _HANGUL_RUN.match(written.strip())
    if run:
        letters, rest = unread_letters(run.group())
        if letters:
            back = letters.upper() + " " + rest + written.strip()[run.end() :]
            yield back
            yield from _parts(back)
    for swapped in _parts(written):
        yield swapped
        yield from _aloud(swapped)


def _aloud(written: str) -> Iterator[str]:
    """Acronyms read aloud: all of them in each reading, and where there are several, each alone."""
    acronyms = list(_ACRONYM.finditer(written))
    if not acronyms or len(acronyms) > _MANY:
        return
    for reading in range(_READINGS):
        yield _ACRONYM.sub(partial(_read_match, at=reading), written)
    if len(acronyms) > 1:
        for found in acronyms:
            yield written[: found.start()] + _reading(found.group(), 0) + written[found.end() :]


def _read_match(found: re.Match[str], at: int) -> str:
    return _reading(found.group(), at)


def _reading(letters: str, at: int) -> str:
    if letters.lower() in _PAIRS:
        return letters
    readings = read_letters(letters.lower(), _READINGS)
    return readings[min(at, len(readings) - 1)]


def _parts(written: str) -> Iterator[str]:
    words = written.split()
    if len(words) > 1:
        swapped = [_PAIRS.get(word.casefold(), word) for word in words]
        if swapped != words and not all(_HANGUL_RUN.fullmatch(word) for word in swapped):
            yield " ".join(swapped)
    if _ONE_SCRIPT.fullmatch(written) or not _LETTER.search(written):
        return
    for korean, latin in _TO_LATIN.items():
        if korean in written:
            yield written.replace(korean, " " + latin + " ")

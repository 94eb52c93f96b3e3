"""What may not be written before the selection: bargaining, and competition stirred up (E-5).

The guideline forbids two things before the service is chosen: to set candidates against one another, and
to negotiate with one of them. Text to providers is looked at for sentences that do so and is refused; text
that only reports (answers, notes, sheets, outcomes) is held back until its writer says why it has to stand
like that. The signs are data (``fairness_signs``), each with the thing that it shows and how to put the
sentence instead. They look for an act (asking to lower a price, quoting another one's), not for a word: a
question on the published price policy is nothing to hold back.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from procurement.domain.fairness_signs import SIGNS, Sign
from procurement.domain.labels import Labelled
from procurement.domain.neutral.folding import fold


class Audience(Labelled):
    """Whom a text reaches."""

    PROVIDER = "provider", "제공자에게 보내는 글"
    RECORD = "record", "평가와 계약에 남는 글"


@dataclass(frozen=True)
class Suspicion:
    """A sign found in a text: the words found, what they show, how to put it instead."""

    found: str
    what: str
    instead: str

    @property
    def message(self) -> str:
        """The sentence shown to who wrote it."""
        return f"‘{self.found}’은(는) {self.what}으로 읽힙니다. {self.instead}"


@dataclass(frozen=True)
class _Reading:
    """A text as it is read: ``places[i]`` is where in the text its character ``i`` stands."""

    chars: str
    places: tuple[tuple[int, int], ...]


# Syllables that stand alone, as in 할 인 or 네.고, read as one word; the last may carry a particle.
_APART = re.compile(r"(?<![가-힣a-z])[가-힣](?: [가-힣])* [가-힣][을를이가은는도만해]?(?![가-힣a-z])")
_MARKS = re.compile(r"[^\s?!。\w]+|_+")
_ENDS = re.compile(r"[?!。]|\.\s|\n\s*\n")


def suspicions(text: str, audience: Audience = Audience.PROVIDER) -> tuple[Suspicion, ...]:
    """Signs in a text for ``audience``, at most one of each sort, in the order of ``SIGNS``.

    What the eye overlooks is folded away first: case, width, invisible marks, loose jamo, syllables set
    apart by spaces, dots or dashes.
    """
    readings = tuple(_readings(text))
    return tuple(
        Suspicion(_words(text, *found), sign.what, sign.instead)
        for sign in SIGNS
        if (audience is Audience.PROVIDER or sign.in_records) and (found := _find(sign, readings))
    )


def _find(sign: Sign, readings: Sequence[_Reading]) -> tuple[int, int] | None:
    for reading in readings:
        if match := sign.pattern.search(reading.chars):
            return reading.places[match.start()][0], reading.places[match.end() - 1][1]
    return None


def _words(text: str, start: int, end: int) -> str:
    return " ".join(text[start:end].split())


def _readings(text: str) -> Iterator[_Reading]:
    """The text as folded, without marks inside words, and with syllables joined that stand apart."""
    plain, tight = _folded(text), _folded(text, blanks_only=True)
    yield plain
    if tight.chars != plain.chars:
        yield tight
    dropped = {
        place
        for run in _APART.finditer(plain.chars)
        for place in range(*run.span())
        if plain.chars[place] == " "
    }
    if dropped:
        kept = [i for i in range(len(plain.chars)) if i not in dropped]
        yield _Reading("".join(plain.chars[i] for i in kept), tuple(plain.places[i] for i in kept))


def _folded(text: str, *, blanks_only: bool = False) -> _Reading:
    """Folded characters with one blank where something stood between, a full stop where a sentence ends.

    ``blanks_only``: marks without a blank beside them, as the dot of 할·인, are left out as well.
    """
    folded = fold(text)
    chars: list[str] = []
    places: list[tuple[int, int]] = []
    last = 0
    for char, start, end, gap in zip(folded.chars, folded.starts, folded.ends, folded.gaps, strict=True):
        between = text[last:start]
        if chars and gap and not (blanks_only and _MARKS.fullmatch(between)):
            chars.append("." if _ENDS.search(between) else " ")
            places.append((last, start))
        chars.append(char)
        places.append((start, end))
        last = end
    return _Reading("".join(chars), tuple(places))

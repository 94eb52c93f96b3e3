"""Which texts, and which places in them, could hold a name: one pass of an automaton, no analysis yet."""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple, Protocol

from procurement.domain.hangul import is_hangul, to_jamo
from procurement.domain.neutral import lexicon, lookalikes
from procurement.domain.neutral.boundary import Span
from procurement.domain.neutral.folding import Folded, fold_lines
from procurement.domain.neutral.slips import Half, SlipIndex
from procurement.domain.neutral.spellings import Spelling
from procurement.domain.neutral.words import ATTRIBUTIVE

_LATIN = re.compile("[a-z]")
_BREAK = "\n"
# Inside a word, a name is at least as long; behind an attributive word as 기존 two syllables are enough.
_INSIDE = 3


class Pattern(NamedTuple):
    """Characters to look for: a spelling, the first half of some, the second half of some, or several."""

    length: int
    spelling: Spelling | None = None
    head: Half | None = None
    tail: Half | None = None


class PatternScanner(Protocol):
    """Finds many patterns in a text in one pass."""

    def find(self, text: str) -> Iterator[tuple[int, Pattern]]:
        """The place of the last character of every pattern in the text, in order; overlaps included."""
        ...


ScannerFactory = Callable[[Mapping[str, Pattern]], PatternScanner]


@dataclass(slots=True)
class Places:
    """``spans``: how a name is written (empty: as its spelling says) and where. ``slip_starts``: where a word
    begins that may be a name with a slip."""

    spans: list[tuple[str, Span]] = field(default_factory=list)
    slip_starts: set[int] = field(default_factory=set)


class Sieve:
    """Finds places for names; what it does not find is no name."""

    def __init__(self, spellings: Mapping[str, Spelling], slips: SlipIndex, scanner: ScannerFactory) -> None:
        patterns = {chars: Pattern(len(chars), spelling) for chars, spelling in spellings.items()}
        for chars, half in slips.heads.items():
            known = patterns.get(chars)
            patterns[chars] = Pattern(len(chars), known.spelling if known else None, half)
        for chars, half in slips.tails.items():
            known = patterns.get(chars)
            patterns[chars] = known._replace(tail=half) if known else Pattern(len(chars), tail=half)
        self._patterns = scanner(patterns)
        self._alike: dict[str, list[Spelling]] = {}
        for chars, spelling in spellings.items():
            if lookalikes.has_lookalike(spelling):
                self._alike.setdefault(lookalikes.skeleton(chars), []).append(spelling)
        self._skeletons = scanner({chars: Pattern(len(chars)) for chars in self._alike})

    def look(self, folded: Folded) -> Places:
        """Every place in ``folded`` where a name could stand."""
        places = Places()
        for last, pattern in self._patterns.find(folded.chars):
            start = last + 1 - pattern.length
            if pattern.spelling is not None:
                places.spans.append(("", Span(folded, start, last + 1, pattern.spelling)))
            if pattern.head and folded.gaps[start] and _goes_on(folded.chars, last + 1, pattern.head):
                places.slip_starts.add(start)
            if pattern.tail:
                places.slip_starts.update(_word_starts(folded, start, pattern.tail))
        if _LATIN.search(folded.chars):
            places.spans.extend(("lookalike", span) for span in self._read(folded))
        return places

    def suspects(self, texts: Sequence[str]) -> list[int]:
        """Indexes of the texts in which a name could stand, in order; most words drop out here."""
        lines = fold_lines(texts)
        chars, border = lines.chars, lines.border
        places: list[int] = []
        for last, (length, spelling, head, tail) in self._patterns.find(chars):
            start = last + 1 - length
            if (
                start >= border
                or (spelling is not None and _may_stand(chars, start, last + 1))
                or (head is not None and chars[start - 1] == _BREAK and _goes_on(chars, last + 1, head))
                or (tail is not None and _may_end(chars, start, tail))
            ):
                places.append(start)
        if _LATIN.search(chars):
            alike = lookalikes.skeleton(chars)
            for last, pattern in self._skeletons.find(alike):
                start = last + 1 - pattern.length
                if chars[start : last + 1] != alike[start : last + 1]:
                    places.append(start)
        return sorted(lines.texts_at(places)) if places else []

    def _read(self, folded: Folded) -> Iterator[Span]:
        alike = lookalikes.skeleton(folded.chars)
        for last, pattern in self._skeletons.find(alike):
            start = last + 1 - pattern.length
            for spelling in self._alike[alike[start : last + 1]]:
                span = lookalikes.read(folded, start, spelling)
                if span is not None:
                    yield span


def _word_starts(folded: Folded, start: int, tail: Half) -> set[int]:
    """Where words begin that are, up to ``start``, the first half of a name with that second half."""
    near = {start - length + by for length in tail.lengths for by in (-1, 0, 1)}
    return {
        at
        for at in near
        if 0 <= at < start and folded.gaps[at] and _went_before(folded.chars[at:start], tail)
    }


def _may_stand(chars: str, start: int, end: int) -> bool:
    """Whether a spelling could be a name where it stands, as far as the characters beside it tell."""
    before, after = chars[start - 1], chars[end]
    if is_hangul(after) and after not in lexicon.FOLLOWING and is_hangul(chars[end - 1]):
        return False
    if end - start >= _INSIDE or not is_hangul(before) or not is_hangul(chars[start]):
        return True
    return chars[chars.rfind(_BREAK, 0, start) + 1 : start] in ATTRIBUTIVE


def _may_end(chars: str, start: int, tail: Half) -> bool:
    before = chars[chars.rfind(_BREAK, 0, start) + 1 : start]
    return any(-1 <= len(before) - length <= 1 for length in tail.lengths) and _went_before(before, tail)


def _goes_on(chars: str, end: int, head: Half) -> bool:
    """Whether the second half of a name with that first half comes next, with one jamo wrong at most."""
    behind = chars[end : end + max(head.lengths) + 1]
    jamo = to_jamo(behind)
    return any(_nears(jamo, other) for _, other in head.going_with(behind))


def _went_before(before: str, tail: Half) -> bool:
    """Whether ``before`` is the first half of a name with that second half, with one jamo wrong at most."""
    jamo = to_jamo(before)
    return any(len(jamo) <= len(other) + 1 and _nears(jamo, other) for _, other in tail.going_with(before))


def _nears(jamo: str, other: str) -> bool:
    """Whether ``jamo`` begins with ``other``, or with what is one jamo away from it."""
    if len(jamo) < len(other) - 1:
        return False
    at = 0
    while at < len(jamo) and at < len(other) and jamo[at] == other[at]:
        at += 1
    rest = other[at + 1 :]
    return (
        at == len(other)
        or jamo.startswith(rest, at)
        or jamo.startswith(rest, at + 1)
        or jamo.startswith(other[at:], at + 1)
    )

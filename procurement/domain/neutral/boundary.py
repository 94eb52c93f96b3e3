"""Is a run of folded characters a name of its own, or part of other words?"""

from dataclasses import dataclass
from itertools import pairwise

from procurement.domain.neutral import lexicon, words
from procurement.domain.neutral.folding import HARD, Folded, script
from procurement.domain.neutral.spellings import Spelling

_DOUBT, _SURE = 1, 2
# No particle chain, noun or residue that is looked up is longer; keeps long texts linear.
_REACH = 24


@dataclass(frozen=True, slots=True)
class Fit:
    """``sure``: a name beyond doubt. ``tail``: "", "particle" or "compound", what is written behind it."""

    sure: bool
    tail: str


@dataclass(frozen=True, slots=True)
class Span:
    """Folded characters ``start`` to ``end`` of a text, taken for ``spelling``."""

    folded: Folded
    start: int
    end: int
    spelling: Spelling

    @property
    def breaks(self) -> list[int]:
        """Positions inside the span where the text has a gap and the name has none."""
        seams = self.spelling.seams if self.end - self.start == len(self.spelling.chars) else frozenset[int]()
        return [i for i in self.gaps if i - self.start not in seams]

    @property
    def gaps(self) -> list[int]:
        """Positions inside the span before which the text has a gap."""
        gaps = self.folded.gaps
        return [i for i in range(self.start + 1, self.end) if gaps[i]]

    @property
    def whole(self) -> bool:
        """Whether the text says nothing else."""
        return self.start == 0 and self.end == len(self.folded.chars)

    @property
    def alone(self) -> bool:
        """Whether the text says nothing else, but for particles behind it."""
        rest = self.folded.chars[self.end :]
        return self.start == 0 and (not rest or (rest == self.tail() and lexicon.is_particles(rest)))

    @property
    def spelled_out(self) -> bool:
        """Whether every character stands alone, as in ``데 이 터 독``."""
        return self.end - self.start > 1 and len(self.gaps) == self.end - self.start - 1

    def pieces(self) -> list[str]:
        """The span cut at its gaps."""
        cuts = [self.start, *self.gaps, self.end]
        return [self.folded.chars[a:b] for a, b in pairwise(cuts)]

    def tail(self) -> str:
        """What is written right behind the span, up to a gap or a change of script."""
        return run_after(self.folded, self.end)


def run_after(folded: Folded, at: int) -> str:
    """Characters of one script from ``at`` to the next gap; empty when a gap comes first."""
    end, limit = at, min(len(folded.chars), at + _REACH)
    while end < limit and not folded.gaps[end] and _same_script(folded, at, end):
        end += 1
    return folded.chars[at:end]


def run_before(folded: Folded, at: int) -> str:
    """Characters of one script back from ``at`` to the gap before them."""
    start, limit = at, max(0, at - _REACH)
    while start > limit and not folded.gaps[start] and _same_script(folded, at - 1, start - 1):
        start -= 1
    return folded.chars[start:at]


def next_word(folded: Folded, at: int) -> str:
    """The run of one script that begins at ``at``, whether or not a gap comes first."""
    return folded.chars[at : at + 1] + (run_after(folded, at + 1) if _joined(folded, at) else "")


def last_word(folded: Folded, at: int) -> str:
    """The word that ends at ``at``, whether or not a gap comes after it."""
    start, limit = at, max(0, at - _REACH)
    while start > limit and (start == at or not folded.gaps[start]):
        start -= 1
    return folded.chars[start:at]


def _joined(folded: Folded, at: int) -> bool:
    return at + 1 < len(folded.chars) and not folded.gaps[at + 1] and _same_script(folded, at, at + 1)


def _same_script(folded: Folded, one: int, other: int) -> bool:
    return script(folded.chars[one]) == script(folded.chars[other])


def fit(span: Span) -> Fit | None:
    """How the span stands in its surroundings; None when it is part of other words."""
    broken = bool(span.breaks)
    left = _left(span, broken)
    right, tail = _right(span, broken) if left else (0, "")
    spread = _spread(span) if right and broken else _SURE
    least = min(left, right, spread)
    return Fit(least == _SURE, tail) if least else None


def _left(span: Span, broken: bool) -> int:
    folded, start = span.folded, span.start
    if start == 0 or folded.gaps[start]:
        return _SURE
    before, first = script(folded.chars[start - 1]), script(folded.chars[start])
    length = span.end - start
    if before == "D" and folded.chars[start : span.end] in words.UNITS:
        return 0
    if before != first:
        return _SURE if before != "D" or length > (2 if first == "H" else 3) else _DOUBT
    if first != "H":
        return _SURE if first == "L" and _hump(folded, start) else 0
    return 0 if broken else _behind(run_before(folded, start), length)


def _behind(residue: str, length: int) -> int:
    """How sure a name of ``length`` syllables is that stands right behind ``residue``: 기존노션."""
    if residue in words.ATTRIBUTIVE:
        return _SURE if length > 2 else _DOUBT
    if residue in words.BEFORE_NAME or lexicon.is_word(residue):
        return _SURE if length > 3 else _DOUBT if length > 2 else 0
    return _DOUBT if length > 4 else 0


def _hump(folded: Folded, at: int) -> bool:
    """A capital that begins a new word: myNotion, NotionAI, KTCloud."""
    if at >= len(folded.chars) or not folded.source(at).isupper():
        return False
    if folded.source(at - 1).islower():
        return True
    return at + 1 < len(folded.chars) and not folded.gaps[at + 1] and folded.source(at + 1).islower()


def _right(span: Span, broken: bool) -> tuple[int, str]:
    folded, end, tail = span.folded, span.end, span.tail()
    if not tail:
        return _SURE, ""
    last = folded.chars[end - 1]
    if script(last) == "H" and run_before(folded, end) + tail in words.ORDINARY:
        return 0, ""
    if lexicon.is_particles(tail):
        other_word = (
            broken and not span.spelled_out and (len(span.pieces()[-1]) == 1 or tail.startswith("들"))
        )
        return _DOUBT if other_word else _SURE, "particle"
    if script(last) != script(tail[0]):
        return _other_script(span, tail), "compound"
    if broken:
        return 0, ""
    if script(last) == "L":
        glued = _hump(folded, end) or tail in words.TECHNOLOGY_NOUNS
        return _SURE if glued else 0, "compound"
    return _SURE if lexicon.follows_name(tail) else 0, "compound"


def _other_script(span: Span, tail: str) -> int:
    length = span.end - span.start
    if script(tail[0]) != "H":
        return _SURE if script(tail[0]) == "L" or length > 3 else _DOUBT
    if span.folded.chars[span.end - 1].isdigit() and tail.startswith(words.COUNTERS):
        return 0
    if lexicon.follows_name(tail):
        return _SURE
    derived = tail[0] in words.DERIVING and (len(tail) == 1 or lexicon.is_particles(tail[1:]))
    return 0 if derived else _DOUBT


def _spread(span: Span) -> int:
    """How sure a name is that the text writes with gaps where the name has none."""
    length = span.end - span.start
    if span.spelled_out:
        if length > 2 or span.whole:
            return _SURE
        return _SURE if script(span.folded.chars[span.start]) == "L" and not _among_letters(span) else _DOUBT
    if any(span.folded.gaps[i] == HARD for i in span.gaps):
        return _DOUBT if length > 3 else 0
    pieces = span.pieces()
    if all(lexicon.is_ordinary(piece) for piece in pieces):
        return _DOUBT
    if all(lexicon.is_word(piece) or lexicon.is_inflected(piece) for piece in pieces):
        return _SURE if span.alone else _DOUBT
    short = all(len(piece) == 1 or lexicon.is_ordinary(piece) for piece in pieces)
    return _DOUBT if short and length < 4 and not span.alone else _SURE


def _among_letters(span: Span) -> bool:
    """Whether single letters stand beside the span, as in ``A K T B``."""
    before = last_word(span.folded, span.start)
    after = next_word(span.folded, span.end)
    return any(len(word) == 1 and script(word) == "L" for word in (before, after))

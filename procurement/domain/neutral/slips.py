"""Names written with one jamo wrong, missing or too many, found without comparing every pair."""

from collections.abc import Iterable, Iterator

from procurement.domain.hangul import bind, is_hangul, to_jamo, unread_letters
from procurement.domain.neutral import lexicon
from procurement.domain.neutral.boundary import Span
from procurement.domain.neutral.folding import Folded, script
from procurement.domain.neutral.spellings import Spelling

_MIN_SYLLABLES, _MIN_JAMO = 4, 8
_MIN_LETTERS, _SURE_LETTERS = 6, 8
_SPACED_JAMO = 12
_MAX_WORDS = 4
_MAX_JAMO = 60


class SlipIndex:
    """Deletion neighbourhood: two strings one edit apart share a string with one symbol left out.

    One edit spares the first or the second half of a name, or binds the two (무|기 → 묵|이). ``heads`` and
    ``tails`` are those halves, each with the other halves that go with it: where neither stands in a text,
    no slip does.
    """

    def __init__(self, spellings: Iterable[Spelling]) -> None:
        self._by_deletion: dict[str, list[tuple[str, Spelling]]] = {}
        self.heads: dict[str, set[str]] = {}
        self.tails: dict[str, set[str]] = {}
        self._lengths: set[int] = set()
        for spelling in spellings:
            jamo = to_jamo(spelling.chars)
            if _long_enough(spelling, jamo):
                half = len(spelling.chars) // 2
                for chars in (spelling.chars, bind(spelling.chars, half)):
                    self.heads.setdefault(chars[:half], set()).add(chars[half:])
                    self.tails.setdefault(chars[half:], set()).add(chars[:half])
                self._lengths.update((len(jamo) - 1, len(jamo), len(jamo) + 1))
                entry = (jamo, spelling)
                for key in _deletions(jamo):
                    self._by_deletion.setdefault(key, []).append(entry)

    def find(self, folded: Folded, starts: Iterable[int]) -> Iterator[tuple[Span, bool]]:
        """Spans from one of ``starts`` that are one slip away from a name, and whether beyond doubt."""
        for start, end in _windows(folded, set(starts)):
            window = to_jamo(folded.chars[start:end])
            if len(window) not in self._lengths:
                continue
            for jamo, spelling in self._near(window):
                span = Span(folded, start, end, spelling)
                if _one_slip(jamo, window, spelling) and _meant(span, jamo):
                    yield span, _sure(span, jamo)

    def _near(self, window: str) -> Iterable[tuple[str, Spelling]]:
        found = [self._by_deletion[key] for key in _deletions(window) if key in self._by_deletion]
        return {id(entry[1]): entry for entries in found for entry in entries}.values() if found else ()


def _deletions(jamo: str) -> list[str]:
    return [jamo, *[jamo[:i] + jamo[i + 1 :] for i in range(len(jamo))]]


def _long_enough(spelling: Spelling, jamo: str) -> bool:
    if spelling.ordinary or len(jamo) > _MAX_JAMO:
        return False
    if not spelling.chars.isascii():
        return len(spelling.chars) >= _MIN_SYLLABLES and len(jamo) >= _MIN_JAMO
    return len(jamo) >= _MIN_LETTERS and jamo.isalpha()


def _windows(folded: Folded, wanted: set[int]) -> Iterator[tuple[int, int]]:
    """What may be a name: a word less its particles, words in a row, letters spelled out."""
    count = len(folded.chars)
    starts = [i for i in range(count) if not i or folded.gaps[i]]
    ends = [*starts[1:], count]
    for at, start in enumerate(starts):
        if start not in wanted:
            continue
        for end in ends[at : at + _MAX_WORDS]:
            if end - start >= _MIN_SYLLABLES - 1:
                yield from _cut(folded, start, end)
        yield from _spelled_out(starts, ends, at)


def _spelled_out(starts: list[int], ends: list[int], at: int) -> Iterator[tuple[int, int]]:
    if at and ends[at - 1] - starts[at - 1] == 1:
        return
    last = at
    while last < len(starts) and ends[last] - starts[last] == 1:
        last += 1
    if last - at > _MAX_WORDS:
        yield starts[at], ends[last - 1]


def _cut(folded: Folded, start: int, end: int) -> Iterator[tuple[int, int]]:
    yield start, end
    for cut in range(end - 1, max(start + _MIN_SYLLABLES - 1, end - 8) - 1, -1):
        if folded.gaps[cut]:
            return
        tail = folded.chars[cut:end]
        if script(tail[0]) == "H" and (lexicon.is_particles(tail) or lexicon.follows_name(tail)):
            yield start, cut


def _one_slip(name: str, window: str, spelling: Spelling) -> bool:
    """Exactly one edit apart, the edit in a jamo where the name has any, not in the first Latin letter."""
    if name == window or abs(len(name) - len(window)) > 1:
        return False
    at = 0
    while at < min(len(name), len(window)) and name[at] == window[at]:
        at += 1
    if len(name) == len(window):
        same = name[at + 1 :] == window[at + 1 :]
    elif len(name) > len(window):
        same = name[at + 1 :] == window[at:]
    else:
        same = name[at:] == window[at + 1 :]
    touched = (name[at : at + 1] if len(name) >= len(window) else "") + (
        window[at : at + 1] if len(window) >= len(name) else ""
    )
    if any(is_hangul(char) for char in spelling.chars):
        return same and all(is_hangul(char) for char in touched)
    return same and at > 0 and touched.isalpha()


def _sure(span: Span, jamo: str) -> bool:
    """Other letters read aloud are rather another abbreviation: 에이비엠 need not be 아이비엠."""
    if unread_letters(span.folded.chars[span.start : span.end])[1] == "":
        return False
    return is_hangul(span.spelling.chars[0]) or len(jamo) >= _SURE_LETTERS


def _meant(span: Span, jamo: str) -> bool:
    """Whether the slip is one, and not another word or phrase that happens to be near."""
    folded, start, end = span.folded, span.start, span.end
    window = folded.chars[start:end]
    if lexicon.is_word(window + span.tail()) or lexicon.is_word(window) or lexicon.is_inflected(window):
        return False
    if not span.breaks or span.spelled_out:
        return True
    pieces = span.pieces()
    changes = all(script(folded.chars[i]) != script(folded.chars[i - 1]) for i in span.gaps)
    if not changes and (len(jamo) < _SPACED_JAMO or span.tail() or min(map(len, pieces)) < 2):
        return False
    return not all(lexicon.is_word(piece) or lexicon.is_inflected(piece) for piece in pieces)

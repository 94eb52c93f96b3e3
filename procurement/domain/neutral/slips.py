"""Names written with one jamo wrong, missing or too many, found without comparing every pair."""

from collections.abc import Iterable, Iterator

from procurement.domain.hangul import bind, is_hangul, squeeze, to_jamo, unread_letters
from procurement.domain.neutral import lexicon
from procurement.domain.neutral.boundary import Span
from procurement.domain.neutral.folding import Folded, script
from procurement.domain.neutral.spellings import Spelling

_MIN_SYLLABLES, _MIN_JAMO = 4, 8
_MIN_LETTERS, _SURE_LETTERS = 6, 8
_SPACED_JAMO = 12
_MAX_WORDS = 4
_MAX_CHARS = 30
_MIN_HALF = 2


class Half:
    """Half of one or more names: which other halves go with it, and how long these are."""

    __slots__ = ("_by_char", "lengths", "others")

    def __init__(self) -> None:
        self.others: list[str] = []
        self.lengths: set[int] = set()
        self._by_char: dict[str, list[tuple[str, str]]] | None = None

    def add(self, other: str) -> None:
        """One more other half; nothing is added once it was looked for any."""
        self.others.append(other)
        self.lengths.add(len(other))

    def going_with(self, chars: str) -> Iterator[tuple[str, str]]:
        """Other halves that share a character with ``chars``, which one edit leaves; each with its jamo."""
        if self._by_char is None:
            by_char: dict[str, list[tuple[str, str]]] = {}
            for other in self.others:
                for char in set(other):
                    by_char.setdefault(char, []).append((other, to_jamo(other)))
            self._by_char = by_char
        for char in set(chars):
            yield from self._by_char.get(char, ())


class SlipIndex:
    """Names by their halves: one edit spares the first or the second half, or moves what joins the two.

    ``heads`` and ``tails`` are those halves; where neither stands in a text, no slip does.
    """

    def __init__(self, spellings: Iterable[Spelling]) -> None:
        self.heads: dict[str, Half] = {}
        self.tails: dict[str, Half] = {}
        self._spellings: dict[str, Spelling] = {}
        for spelling in spellings:
            if not _long_enough(spelling):
                continue
            for head, tail in _halves(spelling.chars):
                self._spellings.setdefault(head + tail, spelling)
                if (known := self.heads.get(head)) is None:
                    known = self.heads[head] = Half()
                known.add(tail)
                if len(tail) < _MIN_HALF:
                    continue
                if (known := self.tails.get(tail)) is None:
                    known = self.tails[tail] = Half()
                known.add(head)
        self._lengths = sorted({len(half) for half in (*self.heads, *self.tails)})

    def find(self, folded: Folded, starts: Iterable[int]) -> Iterator[tuple[Span, bool]]:
        """Spans from one of ``starts`` that are one slip away from a name, and whether beyond doubt."""
        for start, end in _windows(folded, set(starts)):
            window = folded.chars[start:end]
            jamo = to_jamo(window)
            for spelling in self._near(window):
                span = Span(folded, start, end, spelling)
                name = to_jamo(spelling.chars)
                if _one_slip(name, jamo, spelling) and _meant(span, name):
                    yield span, _sure(span, name)

    def _near(self, window: str) -> list[Spelling]:
        found: dict[str, Spelling] = {}
        for length in self._lengths:
            head, tail = self.heads.get(window[:length]), self.tails.get(window[-length:])
            names = [window[:length] + other for other, _ in head.going_with(window[length:])] if head else []
            if tail:
                names += [other + window[-length:] for other, _ in tail.going_with(window[:-length])]
            found.update((self._spellings[name].chars, self._spellings[name]) for name in names)
        return list(found.values())


def _halves(chars: str) -> Iterator[tuple[str, str]]:
    """A name cut in two, and as a moved consonant (무|기 → 묵|이) or a lost vowel (이|터 → 잍|) cut it."""
    half = len(chars) // 2
    yield chars[:half], chars[half:]
    bound = bind(chars, half)
    if bound != chars:
        yield bound[:half], bound[half:]
    lost = squeeze(chars, half)
    if lost != chars:
        yield lost[:half], lost[half:]


def _long_enough(spelling: Spelling) -> bool:
    chars = spelling.chars
    if spelling.ordinary or len(chars) > _MAX_CHARS:
        return False
    if chars.isascii():
        return len(chars) >= _MIN_LETTERS and chars.isalpha()
    return len(chars) >= _MIN_SYLLABLES and (len(chars) > _MIN_SYLLABLES or len(to_jamo(chars)) >= _MIN_JAMO)


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

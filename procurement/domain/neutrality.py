"""Does a text identify a company, a service or a product? (guideline ②, ③: no such search word, ever)

``NameIndex`` is built once from all names and may be read by many threads. ``judge`` answers

- ``block``: the text names a company or a service,
- ``review``: it could, and a person has to give the reason,
- ``note``: it names a technology that a definition may require with its reason; never a search word,
- ``neutral``: none of these.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from procurement.domain.neutral import lexicon, words
from procurement.domain.neutral.boundary import Fit, Span, fit, last_word, next_word, run_after
from procurement.domain.neutral.folding import Folded, fold
from procurement.domain.neutral.messages import Verdict, message
from procurement.domain.neutral.sieve import ScannerFactory, Sieve
from procurement.domain.neutral.slips import SlipIndex
from procurement.domain.neutral.spellings import Kind, Name, Spelling, spell

__all__ = ["Judgement", "Kind", "Match", "Name", "NameIndex", "Verdict"]

_WEIGHT: dict[Verdict, int] = {"neutral": 0, "note": 1, "review": 2, "block": 3}
# A search word has few words; whatever is longer is running text.
_MOST_WORDS = 4
_QUOTES = "'\"‘’“”「」『』〈〉《》<>[]"
_LEGAL_BEFORE = ("㈜", "(주)", "（주）", "주식회사")


@dataclass(frozen=True, slots=True)
class Match:
    """One name found in a text.

    ``name``: the canonical name. ``found``: the text as it is written from ``start`` to ``end`` (offsets in
    the original). ``how``: exact, alias, letters, lookalike or slip, with ``+particle`` or ``+compound``
    when something is written behind it. ``message``: a Korean sentence that says how to mend it.
    """

    name: str
    found: str
    start: int
    end: int
    how: str
    verdict: Verdict
    message: str


@dataclass(frozen=True, slots=True)
class Judgement:
    """The heaviest verdict of all matches, and the matches in the order of the text."""

    verdict: Verdict
    matches: tuple[Match, ...] = ()

    @property
    def refused_as_search_word(self) -> bool:
        """Whether S-1 forbids the text as a search word; review only asks for a reason."""
        return self.verdict in ("block", "note")


_NEUTRAL = Judgement("neutral")


@dataclass(frozen=True, slots=True)
class _Candidate:
    span: Span
    how: str
    fit: Fit


class NameIndex:
    """All spellings of all names, ready to be looked for. Nothing changes after it is built."""

    def __init__(self, names: Iterable[Name], scanner: ScannerFactory) -> None:
        self._spellings: dict[str, Spelling] = {}
        for name in names:
            for spelling in spell(name):
                known = self._spellings.get(spelling.chars)
                if known is None or (known.how != "exact" and spelling.how == "exact"):
                    self._spellings[spelling.chars] = spelling
        self._slips = SlipIndex(self._spellings.values())
        self._sieve = Sieve(self._spellings, self._slips, scanner)

    def screened_names(self) -> list[tuple[str, str]]:
        """``(name, spelling)`` of every spelling that is also an ordinary word and is therefore reviewed."""
        return [
            (spelling.name.name, chars)
            for chars, spelling in self._spellings.items()
            if spelling.ordinary and spelling.how != "letters" and not _is_technology(spelling)
        ]

    def judge(self, text: str, as_search_word: bool = True) -> Judgement:
        """Judge a search word, or with ``as_search_word=False`` the text of a definition."""
        matches = [_match(candidate, as_search_word) for candidate in self._candidates(fold(text))]
        kept = _without_contained([match for match in matches if match is not None])
        if not kept:
            return _NEUTRAL
        return Judgement(max((match.verdict for match in kept), key=_WEIGHT.__getitem__), tuple(kept))

    def judge_all(self, texts: Sequence[str], as_search_word: bool = True) -> list[Judgement]:
        """Judge many words in one pass: only those in which a name could be are taken apart."""
        distinct = list(dict.fromkeys(texts))
        judged = {
            distinct[at]: self.judge(distinct[at], as_search_word) for at in self._sieve.suspects(distinct)
        }
        return [judged.get(text, _NEUTRAL) for text in texts]

    def _candidates(self, folded: Folded) -> Iterator[_Candidate]:
        found = self._sieve.look(folded)
        for how, span in found.spans:
            stands = fit(span)
            if stands:
                yield _Candidate(span, how or span.spelling.how, stands)
        for span, sure in self._slips.find(folded, found.slip_starts) if found.slip_starts else ():
            if stands := fit(span):
                yield _Candidate(span, "slip", Fit(stands.sure and sure, stands.tail))


def _is_technology(spelling: Spelling) -> bool:
    return spelling.name.kind == "technology" or spelling.chars in words.TECHNOLOGIES


def _match(candidate: _Candidate, as_search_word: bool) -> Match | None:
    span, spelling = candidate.span, candidate.span.spelling
    technical = _names_technology(span)
    verdict: Verdict = "block"
    if _used_as_word(span):
        return None
    if spelling.ordinary and not _is_technology(spelling):
        as_word = as_search_word and span.folded.word_count <= _MOST_WORDS
        if _does(span) or not (as_word or _meant_as_name(span)):
            return None
        verdict = "review"
    elif not candidate.fit.sure or (spelling.inflected and not span.alone):
        verdict = "review"
    elif technical or (_is_technology(spelling) and not as_search_word):
        verdict = "note"
    start, end = span.folded.starts[span.start], span.folded.ends[span.end - 1]
    found = span.folded.text[start:end]
    how = candidate.how + ("+" + candidate.fit.tail if candidate.fit.tail else "")
    said = message(verdict, found, spelling.name.name, candidate.how)
    return Match(spelling.name.name, found, start, end, how, verdict, said)


def _names_technology(span: Span) -> bool:
    """Whether a noun such as DB or 운영체제 follows: then the technology is meant, not the company."""
    after = next_word(span.folded, span.end)
    return any(
        after == noun or (after.startswith(noun) and _ends_well(after[len(noun) :]))
        for noun in words.TECHNOLOGY_NOUNS
    )


def _ends_well(tail: str) -> bool:
    return lexicon.is_particles(tail) or lexicon.follows_name(tail)


def _used_as_word(span: Span) -> bool:
    """Whether the words beside an ordinary word show that it is meant as one: 확대(줌)."""
    beside = words.ORDINARY_BESIDE.get(span.spelling.chars, frozenset())
    before, after = last_word(span.folded, span.start), next_word(span.folded, span.end)
    particle = run_after(span.folded, span.end)
    behind = next_word(span.folded, span.end + len(particle)) if lexicon.is_particles(particle) else ""
    return any(
        before.endswith(word)
        or word in (after, behind)
        or (not word.isascii() and after.startswith(word))
        # A Latin word ends where its letters end: Zoom in, but not Zoom Inc.
        or (not word.isascii() and behind.startswith(word))
        for word in beside
    )


def _does(span: Span) -> bool:
    """Whether the ordinary word is made a verb: 클릭하여, 확대되는."""
    return span.tail().startswith(("하", "되", "할", "한", "될", "된", "해", "돼"))


def _meant_as_name(span: Span) -> bool:
    """In running text an ordinary word is a name only when something says so: ㈜, quotes, a product noun."""
    folded = span.folded
    start, end = folded.starts[span.start], folded.ends[span.end - 1]
    before, after = folded.text[:start].rstrip(" "), folded.text[end:]
    quoted = before[-1:] in _QUOTES and after[:1] in _QUOTES and before and after
    product = next_word(folded, span.end).startswith(words.PRODUCT_NOUNS)
    return span.whole or before.endswith(_LEGAL_BEFORE) or bool(quoted) or product


def _without_contained(matches: list[Match]) -> list[Match]:
    """Without matches that lie inside another of at least their weight; of equal ones the plainest stays."""
    plain = {"exact": 0, "alias": 1, "letters": 2, "lookalike": 3, "slip": 4}
    ordered = sorted(
        matches,
        key=lambda m: (m.start, -m.end, -_WEIGHT[m.verdict], plain[m.how.partition("+")[0]], m.name),
    )
    kept: list[Match] = []
    reached = dict.fromkeys(_WEIGHT.values(), -1)
    for match in ordered:
        weight = _WEIGHT[match.verdict]
        if reached[weight] < match.end:
            kept.append(match)
            for lighter in range(weight + 1):
                reached[lighter] = max(reached[lighter], match.end)
    return kept

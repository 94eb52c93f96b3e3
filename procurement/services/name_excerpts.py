"""What an officer is shown of a name: the words around it, what it is, what to write or search by instead."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from procurement.domain.facts import RequirementsDefinition
from procurement.domain.facts.definition import LotRequirements
from procurement.domain.neutral.suggestions import function_words
from procurement.domain.neutrality import Match
from procurement.domain.rules.lots import lot_subject
from procurement.services import names

_AROUND = 18
_MOST = 6


@dataclass(frozen=True)
class Excerpt:
    """A name where it stands: ``parts`` of the text around it, marked or not; ``instead``: words to use."""

    parts: tuple[tuple[str, bool], ...]
    message: str
    instead: tuple[str, ...]


def of_definition(definition: RequirementsDefinition | None) -> dict[tuple[str, str], Excerpt]:
    """Names in a definition by the form field and the subject of the finding that speaks of them (R-7)."""
    found: dict[tuple[str, str], Excerpt] = {}
    for at in names.places(definition) if definition else ():
        parts = _around(at.text, at.match)
        subject = lot_subject(at.lot.lot, at.match.found)
        found.setdefault((at.field, subject), Excerpt(parts, at.match.message, suggestions(at.lot)))
    return found


def suggestions(lot: LotRequirements | None) -> tuple[str, ...]:
    """Neutral words that the lot itself uses: those of its plan, then those of its functions and purpose."""
    if lot is None:
        return ()
    own = [term.word.strip() for term in lot.terms if term.word.strip()]
    more = [*function_words(lot.functions), *function_words(lot.purpose)]
    words = [*own, *(word for word in more if not any(word in term for term in own))]
    return tuple(neutral(list(dict.fromkeys(words)))[:_MOST])


def neutral(words: Sequence[str]) -> list[str]:
    """Those of ``words`` that name nobody."""
    judged = names.judge_all(words)
    return [word for word, one in zip(words, judged, strict=True) if one.verdict == "neutral"]


def marked(text: str, matches: Iterable[Match]) -> tuple[tuple[str, bool], ...]:
    """``text`` in parts, those that name something marked."""
    parts: list[tuple[str, bool]] = []
    at = 0
    for match in matches:
        if match.start >= at:
            parts += [(text[at : match.start], False), (text[match.start : match.end], True)]
            at = match.end
    parts.append((text[at:], False))
    return tuple((part, named) for part, named in parts if part)


def _around(text: str, match: Match) -> tuple[tuple[str, bool], ...]:
    before, after = text[: match.start], text[match.end :]
    parts = (
        ("…" * (len(before) > _AROUND) + before[-_AROUND:].lstrip(), False),
        (text[match.start : match.end], True),
        (after[:_AROUND].rstrip() + "…" * (len(after) > _AROUND), False),
    )
    return tuple((part, named) for part, named in parts if part)

"""Conditions of a search as entered, and as a run keeps them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from procurement.domain.facts.definition import LotRequirements, ServiceType
from procurement.domain.facts.search import ResultRow, SearchFilter, SearchPage, SearchRun, SearchWord
from procurement.domain.rules.lots import folded


@dataclass(frozen=True)
class Conditions:
    """What was searched for in one lot (S-3), before it is judged and recorded.

    ``occurred_at`` is when the search was made. ``follows`` is the id of the run whose conditions were
    changed, ``change`` what was changed and on which ground of the definition (S-5).
    """

    lot: int
    page: SearchPage
    occurred_at: datetime
    service_type: ServiceType | None = None
    words: tuple[SearchWord, ...] = ()
    filters: tuple[SearchFilter, ...] = ()
    follows: str | None = None
    change: str = ""


def clause_of_word(lot: LotRequirements | None, word: str) -> str:
    """The clause of the definition that yields ``word``, ``""`` when none does."""
    terms = lot.terms if lot else ()
    return next((term.clause for term in terms if folded(term.word) == folded(word)), "")


def clause_of_filter(lot: LotRequirements | None, name: str, option: str) -> str:
    """The clause of the definition that yields this filter, ``""`` when none does."""
    wanted = (folded(name), folded(option))
    filters = lot.filters if lot else ()
    return next((f.clause for f in filters if (folded(f.filter), folded(f.option)) == wanted), "")


def yields_word(lot: LotRequirements | None, word: str) -> bool:
    """Whether the definition yields ``word`` (S-2)."""
    return lot is not None and any(folded(term.word) == folded(word) for term in lot.terms)


def yields_filter(lot: LotRequirements | None, name: str, option: str) -> bool:
    """Whether the definition yields this filter (S-2)."""
    wanted = (folded(name), folded(option))
    return lot is not None and any((folded(f.filter), folded(f.option)) == wanted for f in lot.filters)


def texts_of(run: SearchRun | Conditions) -> tuple[str, ...]:
    """The conditions of a run as short Korean texts."""
    texts = [f"{run.page.label}에서"]
    if run.service_type:
        texts.append(f"서비스 유형 {run.service_type.label}")
    texts += [f"검색어 ‘{word.word}’" for word in run.words]
    texts += [f"필터 ‘{used.filter} – {used.option}’" for used in run.filters]
    return tuple(texts)


def identity(row: ResultRow) -> str:
    """What tells a service apart in two lists."""
    return row.service_id or f"{folded(row.service_name)}/{folded(row.provider_name or '')}"

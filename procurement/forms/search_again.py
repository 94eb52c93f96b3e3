"""③ The first page of a search filled in with the conditions of an earlier one."""

from __future__ import annotations

from collections.abc import Iterable

from procurement.domain.facts.definition import LotRequirements
from procurement.domain.facts.search import SearchFilter, SearchRun
from procurement.domain.filters import named
from procurement.domain.rules.lots import folded
from procurement.domain.search_conditions import yields_filter, yields_word
from procurement.forms.search import filter_value

AGAIN = "같은 조건으로 다시 검색함"

Fields = dict[str, list[str]]


def fields_of(run: SearchRun, lot: LotRequirements | None) -> Fields:
    """Form fields (name → texts) that search for what ``run`` searched for.

    What the definition of today no longer yields stands among the words and filters of one's own, with the
    reason that was written then.
    """
    fields: Fields = {"search_page": [run.page.value]}
    if run.service_type:
        fields["service_type"] = [run.service_type.value]
    planned = [word for word in run.words if yields_word(lot, word.word)]
    own = [word for word in run.words if not yields_word(lot, word.word)]
    terms = lot.terms if lot else ()
    fields["plan_words"] = [
        term.word for word in planned for term in terms if folded(term.word) == folded(word.word)
    ]
    fields["plan_reason"] = _reasons(word.reason for word in planned)
    for at, word in enumerate(own):
        fields[f"own_words-{at}-word"] = [word.word]
        fields[f"own_words-{at}-reason"] = [word.reason]
    _add_filters(fields, run, lot)
    return {name: texts for name, texts in fields.items() if any(texts)}


def _add_filters(fields: Fields, run: SearchRun, lot: LotRequirements | None) -> None:
    boxes: list[str] = []
    reasons: list[str] = []
    foreign: list[SearchFilter] = []
    for used in run.filters:
        known = named(run.page, used.filter, used.option)
        if known is None:
            foreign.append(used)
            continue
        boxes.append(filter_value(run.page, *known))
        if not yields_filter(lot, used.filter, used.option):
            reasons.append(used.reason)
    fields["filters"] = boxes
    fields["filter_reason"] = _reasons(reasons)
    for at, used in enumerate(foreign):
        fields[f"own_filters-{at}-filter"] = [used.filter]
        fields[f"own_filters-{at}-option"] = [used.option]
        fields[f"own_filters-{at}-reason"] = [used.reason]


def _reasons(reasons: Iterable[str]) -> list[str]:
    return [" / ".join(dict.fromkeys(reason for reason in reasons if reason))]

"""③ A recorded search made once more on the catalogue of today, only to see what has changed."""

from __future__ import annotations

from procurement.domain.facts import CaseFacts
from procurement.domain.facts.search import ListReading, RunKind, SearchRun, SearchSource
from procurement.domain.search_conditions import Conditions
from procurement.domain.search_difference import Difference, difference
from procurement.models import CatalogueLoad
from procurement.models.base import now
from procurement.services import search, search_local


def changed_since(
    facts: CaseFacts, earlier: SearchRun, conditions: Conditions, load: CatalogueLoad
) -> Difference | None:
    """What ``conditions`` find in ``load`` beside what ``earlier`` found; nothing is kept of it.

    ``None`` when more is found than a rehearsal can hold.
    """
    hits = search_local.search(load, search.local_query(conditions), size=search.MOST_REHEARSED)
    if hits.total > search.MOST_REHEARSED:
        return None
    active, moment = facts.definition.active, now()
    today = SearchRun(
        run_id="",
        lot=conditions.lot,
        number=0,
        kind=RunKind.REHEARSAL,
        source=SearchSource.LOCAL_CATALOGUE,
        page=conditions.page,
        definition_version=active.number if active else 0,
        occurred_at=moment,
        recorded_at=moment,
        actor_id="",
        words=conditions.words,
        filters=conditions.filters,
        service_type=conditions.service_type,
        results=hits.rows,
        reading=ListReading("", catalogue=search.name_of(load)),
    )
    return difference(earlier, today)

"""The figures that the auditor's signs stand on: decided lots of the whole institution, in five queries.

The number of queries does not grow with the cases, and rows are read only of lots decided within
``WINDOW_MONTHS``. Nothing of a lot that is not decided is looked at: its quotes may still be sealed.
"""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time
from typing import Any

from sqlalchemy import ColumnElement, Select, func, select

from procurement.domain.facts.definition import RequirementsDefinition
from procurement.domain.facts.selection import Quote, QuoteRequest
from procurement.domain.periods import add_months
from procurement.domain.red_flags import WINDOW_MONTHS, Decided, Seen, Sighting, sightings
from procurement.domain.selection import cost_of
from procurement.extensions import db
from procurement.models import (
    Case,
    CaseRecord,
    Decision,
    DefinitionVersion,
    FinalRun,
    Lot,
    ScoreSheet,
    SearchResult,
    StepDocument,
)
from procurement.services import audit_endings
from procurement.services.codec_text import decoded
from procurement.services.records import SEOUL, today


@dataclass
class _Papers:
    """Quotes and requests of a case as they stand: quotes by result, requests with their day."""

    quotes: dict[str, Quote] = field(default_factory=dict)
    requests: list[tuple[date, QuoteRequest]] = field(default_factory=list)


def found() -> tuple[Sighting, ...]:
    """The signs over all cases of the institution at hand, decided within the last ``WINDOW_MONTHS``."""
    since = add_months(today(), -WINDOW_MONTHS)
    ended, opened = audit_endings.ended_and_opened(since)
    return sightings(Seen(decided_lots(since), ended, opened))


def decided_lots(since: date) -> list[Decided]:
    """Lots decided on ``since`` or later, the decision that stands of each, oldest first; five queries."""
    rows = db.session.execute(_decisions(since)).all()
    newest = {row.lot_id: row for row in rows}
    papers, budgets = _papers(since), _budgets(since)
    results, sheets = _results(since), _sheets(since)
    return [
        _decided(
            row,
            papers.get(row.case_id, _Papers()),
            budgets.get((row.case_id, row.number)),
            results.get(row.final_run_id, frozenset()),
            sheets.get(row.set_id, 0),
        )
        for row in newest.values()
    ]


def _decided(row: Any, papers: _Papers, budget: int | None, results: frozenset[str], sheets: int) -> Decided:
    quotes = [quote for result_id, quote in papers.quotes.items() if result_id in results]
    chosen = papers.quotes.get(str(row.result_id))
    asked = [(day, r) for day, r in papers.requests if r.lot == row.number and results & set(r.result_ids)]
    first = asked[0] if asked else None
    return Decided(
        number=row.case_number,
        title=row.title,
        lot=row.number,
        decided_on=row.recorded_at.astimezone(SEOUL).date(),
        provider=row.provider_name or row.service_name if row.kind == "award" else None,
        service=row.service_name,
        candidates=len(results),
        quotes_won=tuple(cost_of(quote).total_won for quote in quotes),
        winner_won=cost_of(chosen).fee_won if chosen else None,
        budget_won=budget,
        asked_on=first[0] if first else None,
        due_on=first[1].due_on if first else None,
        sheets=sheets,
        central=row.kind == "award" and row.set_id is None,
        is_sample=row.is_sample,
    )


def _recently(since: date) -> ColumnElement[bool]:
    return Decision.recorded_at >= datetime.combine(since, time(), SEOUL)


def _cases(since: date) -> Select[tuple[uuid.UUID]]:
    return select(Decision.case_id).where(_recently(since))


def _decisions(since: date) -> Select[Any]:
    return (
        select(
            Decision.lot_id,
            Decision.case_id,
            Decision.final_run_id,
            Decision.set_id,
            Decision.result_id,
            Decision.kind,
            Decision.recorded_at,
            Lot.number,
            Case.number.label("case_number"),
            Case.title,
            Case.is_sample,
            SearchResult.provider_name,
            SearchResult.service_name,
        )
        .join(Lot, Lot.id == Decision.lot_id)
        .join(Case, Case.id == Decision.case_id)
        .outerjoin(SearchResult, SearchResult.id == Decision.result_id)
        .where(_recently(since))
        .order_by(Decision.recorded_at, Decision.number)
    )


def _papers(since: date) -> dict[uuid.UUID, _Papers]:
    """Papers of the cases by case id."""
    query = (
        select(
            CaseRecord.case_id,
            CaseRecord.thread_id,
            CaseRecord.kind,
            CaseRecord.body,
            CaseRecord.withdrawn,
            CaseRecord.occurred_at,
        )
        .where(CaseRecord.kind.in_(("quote", "quote_request")), CaseRecord.case_id.in_(_cases(since)))
        .order_by(CaseRecord.recorded_at, CaseRecord.version)
    )
    threads: dict[uuid.UUID, Any] = {}
    for row in db.session.execute(query):
        threads[row.thread_id] = row
    papers: dict[uuid.UUID, _Papers] = defaultdict(_Papers)
    for row in threads.values():
        if row.withdrawn:
            continue
        of = papers[row.case_id]
        if row.kind == "quote":
            quote = decoded(Quote, row.body)
            of.quotes[quote.result_id] = quote
        else:
            day = row.occurred_at.astimezone(SEOUL).date()
            of.requests.append((day, decoded(QuoteRequest, row.body)))
    return papers


def _budgets(since: date) -> dict[tuple[uuid.UUID, int], int]:
    """The budget that the newest frozen definition gives each lot, by case id and number of the lot."""
    query = (
        select(DefinitionVersion.case_id, StepDocument.body)
        .join(StepDocument, StepDocument.id == DefinitionVersion.document_id)
        .where(DefinitionVersion.case_id.in_(_cases(since)))
        .order_by(DefinitionVersion.number)
    )
    bodies: Mapping[uuid.UUID, str] = {row.case_id: row.body for row in db.session.execute(query)}
    return {
        (case_id, wanted.lot): wanted.budget_won
        for case_id, body in bodies.items()
        for wanted in decoded(RequirementsDefinition, body).lots
        if wanted.budget_won is not None
    }


def _results(since: date) -> dict[uuid.UUID | None, frozenset[str]]:
    """Ids of the services of each final run, by id of the final run."""
    query = (
        select(FinalRun.id, SearchResult.id.label("result_id"))
        .join(SearchResult, SearchResult.run_id == FinalRun.run_id)
        .where(FinalRun.case_id.in_(_cases(since)))
    )
    found: dict[uuid.UUID | None, set[str]] = defaultdict(set)
    for row in db.session.execute(query):
        found[row.id].add(str(row.result_id))
    return {final_id: frozenset(ids) for final_id, ids in found.items()}


def _sheets(since: date) -> dict[uuid.UUID | None, int]:
    """How many sheets were submitted on each criteria set."""
    query = (
        select(ScoreSheet.set_id, func.count())
        .where(ScoreSheet.case_id.in_(_cases(since)))
        .group_by(ScoreSheet.set_id)
    )
    return {set_id: number for set_id, number in db.session.execute(query)}

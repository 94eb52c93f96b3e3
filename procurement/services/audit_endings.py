"""Cases that ended without a contract after their quotes were seen, and the cases opened around them.

At most five queries, however many cases there are, and one where none ended so.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Sequence
from datetime import date, datetime, time
from typing import Any

from sqlalchemy import Select, func, select
from sqlalchemy.orm import aliased

from procurement.domain.facts.definition import RequirementsDefinition
from procurement.domain.red_flags import Ended, Opened
from procurement.domain.rules.lots import folded
from procurement.extensions import db
from procurement.models import (
    Case,
    CaseClosing,
    CaseRecord,
    CriteriaSet,
    DefinitionVersion,
    Justification,
    StepDocument,
)
from procurement.services.codec_text import decoded
from procurement.services.records import SEOUL


def ended_and_opened(since: date) -> tuple[list[Ended], list[Opened]]:
    """Cases that ended so on ``since`` or later, and every case opened since the first of their quotes."""
    rows = db.session.execute(_endings(since)).all()
    ids = [row.id for row in rows]
    if not ids:
        return [], []
    quotes, seen = dict(_pairs(_quotes(ids))), dict(_pairs(_seen(ids)))
    looked = [row for row in rows if row.id in quotes and row.id in seen]
    if not looked:
        return [], []
    opened = db.session.execute(_opened(min(seen[row.id] for row in looked))).all()
    words = _words([row.id for row in (*looked, *opened)])
    return (
        [
            Ended(
                row.number,
                row.title,
                _day(row.recorded_at),
                _day(seen[row.id]),
                quotes[row.id],
                words.get(row.id, frozenset()),
                is_sample=row.is_sample,
            )
            for row in looked
        ],
        [
            Opened(row.number, row.title, _day(row.created_at), words.get(row.id, frozenset()))
            for row in opened
        ],
    )


def _day(moment: datetime) -> date:
    return moment.astimezone(SEOUL).date()


def _pairs(query: Select[Any]) -> Sequence[Any]:
    return db.session.execute(query).tuples().all()


def _endings(since: date) -> Select[Any]:
    """Ends that stand: nothing took them up."""
    after = aliased(CaseClosing)
    return (
        select(Case.id, Case.number, Case.title, Case.is_sample, CaseClosing.recorded_at)
        .join(Case, Case.id == CaseClosing.case_id)
        .outerjoin(after, (after.case_id == CaseClosing.case_id) & (after.previous == CaseClosing.number))
        .where(
            CaseClosing.action == "end",
            CaseClosing.recorded_at >= datetime.combine(since, time(), SEOUL),
            after.id.is_(None),
        )
        .order_by(CaseClosing.recorded_at)
    )


def _quotes(ids: Iterable[uuid.UUID]) -> Select[Any]:
    return (
        select(CaseRecord.case_id, func.count(CaseRecord.thread_id.distinct()))
        .where(CaseRecord.kind == "quote", CaseRecord.case_id.in_(ids))
        .group_by(CaseRecord.case_id)
    )


def _seen(ids: Iterable[uuid.UUID]) -> Select[Any]:
    """When the quotes of each case could first be seen: criteria were fixed, or they were opened before."""
    fixed = select(CriteriaSet.case_id, CriteriaSet.recorded_at).where(CriteriaSet.case_id.in_(ids))
    opened = select(Justification.case_id, Justification.recorded_at).where(
        Justification.rule_id == "E-3", Justification.case_id.in_(ids)
    )
    both = fixed.union_all(opened).subquery()
    return select(both.c.case_id, func.min(both.c.recorded_at)).group_by(both.c.case_id)


def _opened(since: datetime) -> Select[Any]:
    return select(Case.id, Case.number, Case.title, Case.created_at).where(
        Case.created_at >= datetime.combine(_day(since), time(), SEOUL)
    )


def _words(ids: Iterable[uuid.UUID]) -> dict[uuid.UUID, frozenset[str]]:
    """Search words of the newest frozen definition of each case, folded."""
    query = (
        select(DefinitionVersion.case_id, StepDocument.body)
        .join(StepDocument, StepDocument.id == DefinitionVersion.document_id)
        .where(DefinitionVersion.case_id.in_(ids))
        .order_by(DefinitionVersion.number)
    )
    bodies: dict[uuid.UUID, str] = dict(_pairs(query))
    return {
        case_id: frozenset(
            folded(term.word) for lot in decoded(RequirementsDefinition, body).lots for term in lot.terms
        )
        for case_id, body in bodies.items()
    }

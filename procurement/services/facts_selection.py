"""⑤ facts from rows and records."""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import select

from procurement.domain import scoring
from procurement.domain.facts.search import SearchFacts
from procurement.domain.facts.selection import (
    Aspect,
    Averaging,
    CriteriaSet,
    Criterion,
    Decision,
    DecisionKind,
    EvaluationTable,
    Evaluator,
    HeldBack,
    OutcomeKind,
    Score,
    ScoreSheet,
    SelectionFacts,
    ServiceOutcome,
)
from procurement.extensions import db
from procurement.models import Account, Case, CaseMember, Chain, Event, EventBody, FinalRun
from procurement.models import CriteriaSet as CriteriaSetRow
from procurement.models import Criterion as CriterionRow
from procurement.models import Decision as DecisionRow
from procurement.models import Score as ScoreRow
from procurement.models import ScoreSheet as ScoreSheetRow
from procurement.models import ServiceOutcome as OutcomeRow
from procurement.services.codec_text import load_text
from procurement.services.records import ActiveRecord

Lots = Mapping[uuid.UUID, int]


def load(case: Case, lots: Lots, search: SearchFacts, active: Sequence[ActiveRecord]) -> SelectionFacts:
    """Everything on selection that belongs to the final runs of the present round; nine queries."""
    query = select(FinalRun).where(FinalRun.case_id == case.id, FinalRun.round == search.round)
    finals = {row.id: lots[row.lot_id] for row in db.session.scalars(query)}
    facts = SelectionFacts(
        criteria=_criteria(case, finals),
        requests=_values(active, "quote_request"),
        quotes=_values(active, "quote"),
        quotes_opened_at=min((r.recorded_at for r in active if r.kind == "quote"), default=None),
        questions=_values(active, "question"),
        materials=_values(active, "material"),
        mall_results=_values(active, "mall_result"),
        evaluators=_evaluators(case, active),
        sheets=_sheets(case),
        outcomes=_outcomes(case, finals),
        decisions=_decisions(case, lots, finals),
        held_back=_held_back(case),
    )
    tables = (_table(facts, search, criteria) for criteria in facts.criteria)
    return replace(facts, tables=tuple(table for table in tables if table is not None))


def evaluation_of(
    facts: SelectionFacts, search: SearchFacts, criteria: CriteriaSet
) -> scoring.Evaluation | None:
    """The evaluation on ``criteria`` once every evaluator has submitted, ``None`` before."""
    sheets = [sheet for sheet in facts.sheets if sheet.set_id == criteria.set_id]
    submitted = {sheet.evaluator_id for sheet in sheets}
    awaited = {e.evaluator_id for e in facts.evaluators if not e.released and not e.has_conflict}
    run = search.run(criteria.run_id)
    if not sheets or run is None or not awaited <= submitted:
        return None
    scored = {score.result_id for sheet in sheets for score in sheet.scores}
    services = [row.result_id for row in run.results if row.result_id in scored]
    prices = {q.result_id: q.total_cost_won for q in facts.quotes if q.lot == criteria.lot}
    return scoring.evaluate(criteria, sheets, services, prices=prices)


def _table(facts: SelectionFacts, search: SearchFacts, criteria: CriteriaSet) -> EvaluationTable | None:
    if facts.criteria_of(criteria.lot) is not criteria:
        return None
    evaluation = evaluation_of(facts, search, criteria)
    return evaluation.table(criteria.lot) if evaluation else None


def _values(active: Sequence[ActiveRecord], kind: str) -> tuple[Any, ...]:
    return tuple(record.value for record in active if record.kind == kind)


def _criteria(case: Case, finals: Mapping[uuid.UUID, int]) -> tuple[CriteriaSet, ...]:
    criteria: dict[uuid.UUID, list[Criterion]] = defaultdict(list)
    query = select(CriterionRow).where(CriterionRow.case_id == case.id).order_by(CriterionRow.position)
    for row in db.session.scalars(query):
        criteria[row.set_id].append(
            Criterion(str(row.id), row.key, row.title, Aspect(row.aspect), row.weight, row.clause, row.scale)
        )
    sets = db.session.scalars(
        select(CriteriaSetRow).where(CriteriaSetRow.case_id == case.id).order_by(CriteriaSetRow.number)
    )
    return tuple(
        CriteriaSet(
            set_id=str(row.id),
            lot=finals[row.final_run_id],
            number=row.number,
            run_id=str(row.run_id),
            averaging=Averaging(row.averaging),
            minimum_hundredths=row.minimum_hundredths,
            tie_break=tuple(load_text(row.tie_break)),
            criteria=tuple(criteria[row.id]),
            recorded_at=row.recorded_at,
            reason=row.reason,
        )
        for row in sets
        if row.final_run_id in finals
    )


def _sheets(case: Case) -> tuple[ScoreSheet, ...]:
    scores: dict[uuid.UUID, list[Score]] = defaultdict(list)
    for row in db.session.scalars(select(ScoreRow).where(ScoreRow.case_id == case.id)):
        scores[row.sheet_id].append(
            Score(str(row.criterion_id), str(row.result_id), row.points_hundredths, row.comment)
        )
    sheets = db.session.scalars(
        select(ScoreSheetRow).where(ScoreSheetRow.case_id == case.id).order_by(ScoreSheetRow.recorded_at)
    )
    return tuple(
        ScoreSheet(str(row.set_id), str(row.evaluator_id), row.recorded_at, tuple(scores[row.id]))
        for row in sheets
    )


def _evaluators(case: Case, active: Sequence[ActiveRecord]) -> tuple[Evaluator, ...]:
    declarations = {r.value.evaluator_id: r for r in active if r.kind == "declaration"}
    released = {r.value.evaluator_id for r in active if r.kind == "evaluator_release"}
    query = (
        select(CaseMember.account_id, CaseMember.added_at, Account.name)
        .join(Account, Account.id == CaseMember.account_id)
        .where(CaseMember.case_id == case.id, CaseMember.role == "evaluator")
        .order_by(CaseMember.added_at)
    )
    found = []
    for row in db.session.execute(query):
        declared = declarations.get(str(row.account_id))
        found.append(
            Evaluator(
                evaluator_id=str(row.account_id),
                name=row.name,
                invited_at=row.added_at,
                declared_at=declared.recorded_at if declared else None,
                has_conflict=declared.value.has_conflict if declared else None,
                declaration=declared.value.text if declared else "",
                released=str(row.account_id) in released,
            )
        )
    return tuple(found)


def _outcomes(case: Case, finals: Mapping[uuid.UUID, int]) -> tuple[ServiceOutcome, ...]:
    query = select(OutcomeRow).where(OutcomeRow.case_id == case.id).order_by(OutcomeRow.number)
    newest = {
        (row.final_run_id, row.result_id): row
        for row in db.session.scalars(query)
        if row.final_run_id in finals
    }
    return tuple(
        ServiceOutcome(
            finals[row.final_run_id], str(row.result_id), OutcomeKind(row.kind), row.clause, row.reason
        )
        for row in newest.values()
    )


def _decisions(case: Case, lots: Lots, finals: Mapping[uuid.UUID, int]) -> tuple[Decision, ...]:
    query = select(DecisionRow).where(DecisionRow.case_id == case.id).order_by(DecisionRow.number)
    newest = {row.lot_id: row for row in db.session.scalars(query)}
    return tuple(
        Decision(
            lot=lots[row.lot_id],
            kind=DecisionKind(row.kind),
            result_id=str(row.result_id) if row.result_id else None,
            set_id=str(row.set_id) if row.set_id else None,
            recorded_at=row.recorded_at,
            reason=row.reason,
        )
        for row in newest.values()
        if row.final_run_id is None or row.final_run_id in finals
    )


def _held_back(case: Case) -> tuple[HeldBack, ...]:
    query = (
        select(Event.recorded_at, EventBody.body)
        .join(EventBody, (EventBody.chain_id == Event.chain_id) & (EventBody.seq == Event.seq))
        .join(Chain, Chain.id == Event.chain_id)
        .where(Chain.case_id == case.id, Event.kind == "act.refused")
        .order_by(Event.seq)
    )
    found = []
    for recorded_at, body in db.session.execute(query):
        data = load_text(body)["data"]
        found.append(HeldBack(data["rule"], data["what"], datetime.fromisoformat(recorded_at)))
    return tuple(found)

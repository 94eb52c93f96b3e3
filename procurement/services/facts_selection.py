"""⑤ facts from rows and records."""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from functools import cache
from operator import attrgetter
from typing import Any

from sqlalchemy import Select, select

from procurement.domain.closed_table import ClosedTable, closed_table
from procurement.domain.facts.formula import Formula, Mark, Measure, Method
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
    QuoteOpening,
    Score,
    ScoreSheet,
    SelectionFacts,
    ServiceOutcome,
)
from procurement.domain.selection import opening_subject
from procurement.domain.steps import Step
from procurement.models import (
    Account,
    CaseMember,
    Chain,
    CriterionFormula,
    Event,
    EventBody,
    FinalRun,
    Justification,
    StepRecord,
)
from procurement.models import CriteriaSet as CriteriaSetRow
from procurement.models import Criterion as CriterionRow
from procurement.models import Decision as DecisionRow
from procurement.models import Score as ScoreRow
from procurement.models import ScoreSheet as ScoreSheetRow
from procurement.models import ServiceOutcome as OutcomeRow
from procurement.services.codec_text import decoded, load_text
from procurement.services.records import ActiveRecord
from procurement.services.rows import CaseRows, bounded, table_of

Lots = Mapping[uuid.UUID, int]


def load(read: CaseRows, lots: Lots, search: SearchFacts, active: Sequence[ActiveRecord]) -> SelectionFacts:
    """Everything on selection that belongs to the final runs of the present round; at most twelve queries."""
    final_runs = [row for row in read.all(FinalRun, "recorded_at") if row.round == search.round]
    finals = {row.id: lots[row.lot_id] for row in final_runs}
    since = min((row.recorded_at for row in final_runs), default=None)
    known = _results(search, finals.values())
    standing, superseded = _decisions(read, lots, finals)
    facts = SelectionFacts(
        criteria=_criteria(read, finals),
        requests=_values(active, "quote_request", known),
        quotes=_values(active, "quote", known),
        openings=_openings(read, finals.values(), since),
        questions=_values(active, "question", known),
        materials=_values(active, "material", known),
        mall_results=_values(active, "mall_result", known),
        measured=_values(active, "measured", known),
        evaluators=_evaluators(read, active),
        sheets=_sheets(read),
        outcomes=_outcomes(read, finals),
        decisions=standing,
        held_back=_held_back(read),
        superseded=superseded,
    )
    tables = (_table(facts, search, criteria) for criteria in facts.criteria)
    return replace(facts, tables=tuple(table for table in tables if table is not None))


def closed_table_of(facts: SelectionFacts, search: SearchFacts, criteria: CriteriaSet) -> ClosedTable | None:
    """The closed table on ``criteria`` over the services of its run, ``None`` before."""
    run = search.run(criteria.run_id)
    return closed_table(facts, criteria, [row.result_id for row in run.results]) if run else None


def _table(facts: SelectionFacts, search: SearchFacts, criteria: CriteriaSet) -> EvaluationTable | None:
    if facts.criteria_of(criteria.lot) is not criteria:
        return None
    closed = closed_table_of(facts, search, criteria)
    return closed.evaluation.table(criteria.lot) if closed else None


def _results(search: SearchFacts, lots: Iterable[int]) -> frozenset[str]:
    """Ids of the results in the final runs of the present round."""
    runs = (search.final(lot) for lot in lots)
    return frozenset(row.result_id for run in runs if run is not None for row in run.results)


def _values(active: Sequence[ActiveRecord], kind: str, known: frozenset[str]) -> tuple[Any, ...]:
    return tuple(r.value for r in active if r.kind == kind and belongs(r.value, known))


def belongs(value: Any, known: frozenset[str]) -> bool:
    """Whether a record is about a service of the present round, or about no service at all."""
    named = getattr(value, "result_ids", None)
    if named is None:
        named = () if value.result_id is None else (value.result_id,)
    return bool(known & set(named)) if named else bool(known)


def _openings(read: CaseRows, lots: Iterable[int], since: datetime | None) -> tuple[QuoteOpening, ...]:
    """Openings of quotes before the criteria: the reasons that E-3 keeps, of the present round."""
    if since is None:
        return ()
    by_subject = {opening_subject(lot): lot for lot in lots}
    return tuple(
        QuoteOpening(by_subject[row.subject], row.recorded_at, row.text)
        for row in sorted(read.all(Justification, "number"), key=attrgetter("recorded_at"))
        if row.rule_id == "E-3" and row.recorded_at >= since and row.subject in by_subject
    )


def _criteria(read: CaseRows, finals: Mapping[uuid.UUID, int]) -> tuple[CriteriaSet, ...]:
    formulas = {row.criterion_id: _formula(row) for row in read.all(CriterionFormula)}
    criteria: dict[uuid.UUID, list[Criterion]] = defaultdict(list)
    for row in read.all(CriterionRow, "position"):
        criteria[row.set_id].append(
            Criterion(
                str(row.id),
                row.key,
                row.title,
                Aspect(row.aspect),
                row.weight,
                row.clause,
                row.scale,
                formulas.get(row.id),
            )
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
        for row in read.all(CriteriaSetRow, "number")
        if row.final_run_id in finals
    )


def _formula(row: Any) -> Formula:
    marks = decoded(tuple[Mark, ...], row.marks)
    return Formula(Measure(row.measure), Method(row.method), row.unit, marks)


def _sheets(read: CaseRows) -> tuple[ScoreSheet, ...]:
    scores: dict[uuid.UUID, list[Score]] = defaultdict(list)
    for row in read.all(ScoreRow):
        scores[row.sheet_id].append(
            Score(str(row.criterion_id), str(row.result_id), row.points_hundredths, row.comment)
        )
    return tuple(
        ScoreSheet(str(row.set_id), str(row.evaluator_id), row.recorded_at, tuple(scores[row.id]))
        for row in read.all(ScoreSheetRow, "recorded_at")
    )


@cache
def _members_who_evaluate() -> Select[Any]:
    member, account = table_of(CaseMember), table_of(Account)
    return (
        select(member.c.account_id, member.c.added_at, account.c.name)
        .select_from(member.join(account, account.c.id == member.c.account_id))
        .where(bounded(member), member.c.role == "evaluator")
        .order_by(member.c.added_at)
    )


def _evaluators(read: CaseRows, active: Sequence[ActiveRecord]) -> tuple[Evaluator, ...]:
    declarations = {r.value.evaluator_id: r for r in active if r.kind == "declaration"}
    released = {r.value.evaluator_id for r in active if r.kind == "evaluator_release"}
    found = []
    for row in read.run(_members_who_evaluate()):
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


def _outcomes(read: CaseRows, finals: Mapping[uuid.UUID, int]) -> tuple[ServiceOutcome, ...]:
    newest = {
        (row.final_run_id, row.result_id): row
        for row in read.all(OutcomeRow, "number")
        if row.final_run_id in finals
    }
    return tuple(
        ServiceOutcome(
            finals[row.final_run_id], str(row.result_id), OutcomeKind(row.kind), row.clause, row.reason
        )
        for row in newest.values()
    )


def _decisions(
    read: CaseRows, lots: Lots, finals: Mapping[uuid.UUID, int]
) -> tuple[tuple[Decision, ...], tuple[Decision, ...]]:
    """Decisions that stand, one a lot, and those that a later one took the place of.

    One without a final run ended a lot in ③; it stands until ③ is opened again.
    """
    reopened = max(
        (row.recorded_at for row in read.all(StepRecord, "number") if _reopens_search(row)), default=None
    )
    found = [
        row
        for row in read.all(DecisionRow, "number")
        if row.final_run_id in finals
        or (row.final_run_id is None and (reopened is None or row.recorded_at > reopened))
    ]
    newest = {row.lot_id: row.id for row in found}
    made = [(row.id in newest.values(), _decision(row, lots[row.lot_id])) for row in found]
    return (
        tuple(decision for stands, decision in made if stands),
        tuple(decision for stands, decision in made if not stands),
    )


def _reopens_search(row: Any) -> bool:
    return bool(row.action == "reopen" and row.step == Step.SEARCH.value)


def _decision(row: Any, lot: int) -> Decision:
    return Decision(
        lot=lot,
        kind=DecisionKind(row.kind),
        result_id=str(row.result_id) if row.result_id else None,
        set_id=str(row.set_id) if row.set_id else None,
        recorded_at=row.recorded_at,
        reason=row.reason,
    )


@cache
def _refused_acts() -> Select[Any]:
    chain, event, body = table_of(Chain), table_of(Event), table_of(EventBody)
    return (
        select(event.c.recorded_at, body.c.body)
        .select_from(
            chain.join(event, event.c.chain_id == chain.c.id).join(
                body, (body.c.chain_id == event.c.chain_id) & (body.c.seq == event.c.seq)
            )
        )
        .where(bounded(chain), event.c.kind == "act.refused")
        .order_by(event.c.seq)
    )


def _held_back(read: CaseRows) -> tuple[HeldBack, ...]:
    found = []
    for recorded_at, body in read.run(_refused_acts()):
        data = load_text(body)["data"]
        found.append(HeldBack(data["rule"], data["what"], datetime.fromisoformat(recorded_at)))
    return tuple(found)

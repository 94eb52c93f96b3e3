"""Step ⑤ in small pieces: evaluators, criteria, quotes, sheets, a decision, through the services."""

from __future__ import annotations

import io
import uuid
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from sqlalchemy import select

from procurement.domain.access import Actor, Role
from procurement.domain.facts import CaseFacts
from procurement.domain.facts.formula import Formula, Mark, Measure, Method
from procurement.domain.facts.search import ResultRow
from procurement.domain.facts.selection import (
    Aspect,
    Criterion,
    DecisionKind,
    Material,
    OutcomeKind,
    Quote,
    Score,
)
from procurement.domain.selection import scored_services
from procurement.domain.steps import Step
from procurement.extensions import db
from procurement.models import Account, Case, CriteriaSet
from procurement.services import (
    case_facts,
    evidence,
    records,
    selection,
    selection_decision,
    selection_measures,
    selection_papers,
    selection_sheets,
    workflow,
)
from procurement.services.selection import CriteriaText, OutcomeText
from procurement.services.selection_decision import Choice
from procurement.services.selection_measures import MeasuredText
from procurement.services.selection_papers import Recipients
from tests.support.factories import a_colleague, actor_for

CRITERIA = (
    Criterion("", "cost", "전체 소요비용", Aspect.COST, 30, "3-1", "낮을수록 높은 점수"),
    Criterion("", "fit", "기능 적합성", Aspect.TECHNICAL, 30, "2-2", "요건을 채운 정도"),
    Criterion("", "support", "고객지원체계", Aspect.SUPPORT, 20, "8-1", "현장지원의 정도"),
    Criterion("", "quality", "성능과 안정성", Aspect.STABILITY, 20, "7-1", "보장하는 가용률"),
)
COUNTED = (
    Criterion("", "cost", "전체 소요비용", Aspect.COST, 30, "3-1", "", Formula(Measure.COST, Method.LOWEST)),
    Criterion("", "fit", "기능 적합성", Aspect.TECHNICAL, 30, "2-2", "요건을 채운 정도"),
    Criterion("", "support", "고객지원체계", Aspect.SUPPORT, 20, "8-1", "현장지원의 정도"),
    Criterion(
        "",
        "quality",
        "보장하는 가용률",
        Aspect.STABILITY,
        20,
        "7-1",
        "",
        Formula(
            Measure.ENTERED,
            Method.STEPS,
            "%",
            (Mark(100, value_thousandths=99_900), Mark(50, value_thousandths=99_500)),
        ),
    ),
)
"""Two criteria that are judged, and two that are counted: cost from quotes, availability as entered."""

# Points in hundredths: each service gets less than the one before it.
FIRST_POINTS = {"cost": 2_700, "fit": 2_800, "support": 1_800, "quality": 1_900}
STEP_DOWN = 300


def services_of(case: Case, lot: int = 1) -> tuple[ResultRow, ...]:
    """Services of the lot's final run, in the order found."""
    run = case_facts.load(case).search.final(lot)
    assert run is not None
    return run.results


def a_file(actor: Actor, case: Case, purpose: str, text: str = "표본 파일") -> str:
    """Id of a stored file of ⑤."""
    received = evidence.receive(io.BytesIO(f"{text} {uuid.uuid4()}".encode()), f"{purpose}.txt")
    return str(evidence.attach(actor, case, received, purpose=purpose, step=Step.SELECTION).id)


def an_evaluator(actor: Actor, case: Case, name: str = "표본 평가위원") -> Actor:
    """A new account that evaluates the case."""
    row = a_colleague(case, Role.EVALUATOR, name)
    selection_sheets.invite(actor, case, str(row.id))
    return actor_for(row)


def account_of(actor: Actor) -> Account:
    """The account of an actor."""
    return db.session.scalars(select(Account).where(Account.id == uuid.UUID(actor.account_id))).one()


def ask_all(actor: Actor, case: Case, lot: int = 1) -> None:
    """Ask every service for a quote."""
    ids = tuple(row.result_id for row in services_of(case, lot))
    due = records.today() + timedelta(days=7)
    content = "정의서를 붙여 견적을 요청합니다."
    selection_papers.request_quotes(actor, case, lot, Recipients(ids), due_on=due, content=content)


def a_quote(actor: Actor, case: Case, result_id: str, lot: int = 1, **changes: Any) -> Quote:
    """A quote with its file, received today."""
    values: dict[str, Any] = {
        "lot": lot,
        "result_id": result_id,
        "amount_won": 12_000_000,
        "vat_included": True,
        "received_on": records.today(),
        "evidence_id": a_file(actor, case, "quote"),
    }
    return Quote(**{**values, **changes})


def fix_criteria(actor: Actor, case: Case, lot: int = 1, **changes: Any) -> CriteriaSet:
    """Fix four criteria, ties by cost."""
    values: dict[str, Any] = {"criteria": CRITERIA, "tie_break": ("cost",)}
    reason = changes.pop("reason", "")
    return selection.freeze_criteria(actor, case, lot, CriteriaText(**{**values, **changes}), reason)


def quote_all(actor: Actor, case: Case, *amounts_won: int, lot: int = 1) -> None:
    """A quote of each service, in the order found."""
    for row, amount in zip(services_of(case, lot), amounts_won, strict=True):
        selection_papers.keep_quote(actor, case, a_quote(actor, case, row.result_id, lot, amount_won=amount))


def enter(actor: Actor, case: Case, key: str, *values: str, lot: int = 1, reason: str = "") -> None:
    """A value of each service on a computed criterion, each with its proof."""
    for row, value in zip(services_of(case, lot), values, strict=True):
        proof = a_file(actor, case, "evaluation")
        text = MeasuredText(key, row.result_id, value, proof, reason=reason)
        selection_measures.keep(actor, case, lot, text)


def score_all(actor: Actor, case: Case, lot: int = 1, **changes: Any) -> None:
    """Record that every service is evaluated; ``s2=OutcomeText(…)`` says something else of the second."""
    wanted = {
        row.result_id: changes.get(f"s{place}", OutcomeText(OutcomeKind.SCORED))
        for place, row in enumerate(services_of(case, lot), start=1)
    }
    selection.record_outcomes(actor, case, lot, wanted)


def points(facts: CaseFacts, totals: Sequence[dict[str, int]], lot: int = 1) -> list[Score]:
    """Scores of a sheet: one mapping of criterion key to hundredths for each service to be scored."""
    criteria = facts.selection.criteria_of(lot)
    assert criteria is not None
    return [
        Score(c.criterion_id, row.result_id, given[c.key], "정의서의 요건과 견주었습니다.")
        for row, given in zip(scored_services(facts, lot), totals, strict=True)
        for c in criteria.judged
    ]


def falling(count: int, step: int = STEP_DOWN) -> list[dict[str, int]]:
    """Points for so many services, the first best."""
    return [{k: v - place * step for k, v in FIRST_POINTS.items()} for place in range(count)]


def submit(
    evaluator: Actor, case: Case, lot: int = 1, totals: Sequence[dict[str, int]] | None = None
) -> None:
    """Declare no conflict and submit a sheet."""
    facts = case_facts.load(case)
    criteria = facts.selection.criteria_of(lot)
    assert criteria is not None
    mine = next(e for e in facts.selection.evaluators if e.evaluator_id == evaluator.account_id)
    if mine.declared_at is None:
        selection_sheets.declare(evaluator, case, has_conflict=False, text="이해관계가 없습니다.")
    scored = [o for o in facts.selection.outcomes if o.lot == lot and o.kind is OutcomeKind.SCORED]
    given = totals if totals is not None else falling(len(scored))
    selection_sheets.submit_sheet(evaluator, case, lot, criteria.set_id, points(facts, given, lot))


def evaluate(actor: Actor, case: Case, lot: int = 1, jury: Sequence[Actor] = ()) -> None:
    """Everything of a lot up to a closed table: quotes of all services, two evaluators."""
    ask_all(actor, case, lot)
    fix_criteria(actor, case, lot)
    wanted = case_facts.load(case).definition.lot(lot)
    budget = (wanted.budget_won if wanted else None) or 12_000_000
    for place, row in enumerate(services_of(case, lot)):
        amount = budget - 300_000 + place * 100_000
        selection_papers.keep_quote(actor, case, a_quote(actor, case, row.result_id, lot, amount_won=amount))
    material = Material(lot, "SLA", None, a_file(actor, case, "material"))
    selection_papers.add_material(actor, case, material)
    score_all(actor, case, lot)
    for evaluator in jury or [an_evaluator(actor, case, f"표본 평가위원 {n}") for n in (1, 2)]:
        submit(evaluator, case, lot)


def complete_selection(actor: Actor, case: Case) -> None:
    """Evaluate every lot by two evaluators on four criteria, award to the winner and complete ⑤."""
    jury = [an_evaluator(actor, case, f"표본 평가위원 {n}") for n in (1, 2)]
    for lot in case_facts.load(case).head.lots:
        evaluate(actor, case, lot, jury)
        first = services_of(case, lot)[0].result_id
        choice = Choice(DecisionKind.AWARD, first, "평가표의 1위입니다.")
        selection_decision.decide(actor, case, lot, choice)
    workflow.complete(actor, case, Step.SELECTION)

"""⑤ Reports that read like bargaining: held back until it is written why they stand like that (E-5)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from procurement.domain.access import Actor
from procurement.domain.errors import Refused
from procurement.domain.facts.selection import DecisionKind, OutcomeKind, ProviderQuestion
from procurement.domain.facts.sourcing import Route
from procurement.domain.rules.base import Finding, Outcome
from procurement.domain.steps import Step
from procurement.models import Case
from procurement.services import (
    case_facts,
    records,
    selection,
    selection_decision,
    selection_papers,
    selection_sheets,
    workflow,
)
from procurement.services.selection import CriteriaText, OutcomeText
from procurement.services.selection_decision import Choice
from tests.support.at_selection import a_selecting_case
from tests.support.factories import actor_for, event_kinds, work
from tests.support.selecting import CRITERIA, a_quote, falling, points, services_of
from tests.support.stages import EVALUATOR, Scene, Stage
from tests.support.stages import at_stage as at_stage

BARGAINING = "타사 견적보다 200만원 비쌉니다."
WHY = "제공자가 보낸 글을 그대로 옮겼습니다."

Act = Callable[[Scene, str], object]


def _quote(at: Scene, why: str) -> None:
    quote = a_quote(at.officer, at.case, services_of(at.case)[0].result_id, note=BARGAINING)
    selection_papers.keep_quote(at.officer, at.case, quote, wording_reason=why)


def _answer(at: Scene, why: str) -> None:
    everyone = tuple(row.result_id for row in services_of(at.case))
    asked = ProviderQuestion(1, everyone, "현장지원이 됩니까?", records.today(), "전자우편")
    thread = str(selection_papers.ask(at.officer, at.case, asked).thread_id)
    day = records.today()
    selection_papers.answer(
        at.officer, at.case, 1, thread, 1, text=BARGAINING, answered_on=day, wording_reason=why
    )


def _criteria(at: Scene, why: str) -> None:
    written = (replace(CRITERIA[0], scale=BARGAINING), *CRITERIA[1:])
    selection.freeze_criteria(at.officer, at.case, 1, CriteriaText(written, tie_break=("cost",)), "", why)


def _outcome(at: Scene, why: str) -> None:
    excluded = OutcomeText(OutcomeKind.EXCLUDED, "2-2", BARGAINING)
    selection.record_outcomes(at.officer, at.case, 1, {services_of(at.case)[2].result_id: excluded}, why)


def _sheet(at: Scene, why: str) -> None:
    facts = case_facts.load(at.case)
    criteria = facts.selection.criteria_of(1)
    assert criteria is not None
    first, *others = points(facts, falling(3))
    given = [replace(first, comment=BARGAINING), *others]
    evaluator = actor_for(at.other(EVALUATOR))
    selection_sheets.submit_sheet(evaluator, at.case, 1, criteria.set_id, given, why)


def _decision(at: Scene, why: str) -> None:
    first = services_of(at.case)[0].result_id
    selection_decision.decide(at.officer, at.case, 1, Choice(DecisionKind.AWARD, first, BARGAINING, why))


HELD: dict[str, tuple[Stage, Act]] = {
    "a note on a quote": (Stage.SELECTING, _quote),
    "an answer": (Stage.SELECTING, _answer),
    "the scale of a criterion": (Stage.SELECTING, _criteria),
    "the reason of an outcome": (Stage.SELECTING, _outcome),
    "a comment on a sheet": (Stage.SCORING, _sheet),
    "the reason of a decision": (Stage.SCORED, _decision),
}


def fairness_of(case: Case) -> Finding:
    """What E-5 says now."""
    findings = workflow.findings_for(Step.SELECTION, case_facts.load(case))
    return next(finding for finding in findings if finding.rule_id == "E-5")


@pytest.mark.one_database
@pytest.mark.parametrize("act", HELD)
def test_what_reads_like_bargaining_waits_for_a_reason(at_stage: Callable[[Stage], Scene], act: str) -> None:
    stage, write = HELD[act]
    at = at_stage(stage)
    with pytest.raises(Refused, match="‘타사 견적’") as caught, work():
        write(at, "")
    assert (caught.value.rule_id, caught.value.field) == ("E-5", "wording_reason")
    with work():
        write(at, WHY)
    assert "reason.wording" in event_kinds(at.case)
    assert any(
        (rule_id, text) == ("E-5", WHY) for (rule_id, _), text in case_facts.load(at.case).reasons.items()
    )


def _quote_with(actor: Actor, case: Case, note: str, why: str = "") -> None:
    quote = a_quote(actor, case, services_of(case)[0].result_id, note=note)
    selection_papers.keep_quote(actor, case, quote, wording_reason=why)


@pytest.mark.usefixtures("db_session")
def test_the_reason_stands_with_the_rule_and_a_fair_text_needs_none() -> None:
    actor, case = a_selecting_case()
    with work():
        _quote_with(actor, case, "견적서 2쪽의 합계가 요금표의 단가와 같습니다.", WHY)
    assert fairness_of(case).outcome is Outcome.MET
    second = services_of(case)[1].result_id
    with work():
        quote = a_quote(actor, case, second, note=BARGAINING)
        selection_papers.keep_quote(actor, case, quote, wording_reason=WHY)
    found = fairness_of(case)
    assert found.outcome is Outcome.JUSTIFIED
    assert WHY in found.message


@pytest.mark.usefixtures("db_session")
def test_the_mall_has_its_own_law_of_negotiation() -> None:
    actor, case = a_selecting_case(route=Route.CENTRAL)
    with work():
        _quote_with(actor, case, BARGAINING)
    assert "reason.wording" not in event_kinds(case)

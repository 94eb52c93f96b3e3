"""Completing, confirming again, opening again, and the states that follow."""

from __future__ import annotations

import pytest

from procurement.domain.access import Actor
from procurement.domain.errors import InvalidInput, Refused
from procurement.domain.steps import Step, StepState
from procurement.models import Case
from procurement.services import case_facts, documents, states, summary, workflow
from procurement.services.codec_text import load_text
from tests.support.factories import a_case, event_kinds, project_officer_of, work
from tests.support.walk import (
    AMOUNT_WON,
    a_budget_sheet,
    a_definition,
    complete_budget,
    complete_definition,
    save_document,
)

pytestmark = pytest.mark.usefixtures("db_session")


def a_started_case() -> tuple[Actor, Case]:
    """A case and its project officer."""
    case = a_case()
    return project_officer_of(case), case


def state(case: Case, step: Step) -> StepState:
    """How a step stands."""
    return states.load(case)[step].state


def test_at_first_only_the_first_step_is_open() -> None:
    _, case = a_started_case()
    assert [state(case, step) for step in Step] == [StepState.OPEN] + [StepState.WAITING] * 8


def test_completing_a_step_opens_the_next_and_freezes_what_was_decided() -> None:
    actor, case = a_started_case()
    with work():
        save_document(actor, case, Step.BUDGET, a_budget_sheet())
        snapshot = workflow.complete(actor, case, Step.BUDGET)
    assert state(case, Step.BUDGET) is StepState.DONE
    assert state(case, Step.DEFINITION) is StepState.OPEN
    body = load_text(snapshot.body)
    assert body["facts"]["total_won"] == AMOUNT_WON
    assert {finding["rule_id"] for finding in body["findings"]} >= {"C-1", "B-1", "B-7"}
    assert event_kinds(case)[-1] == "step.completed"


def test_a_rule_that_is_not_met_closes_the_gate() -> None:
    actor, case = a_started_case()
    with pytest.raises(workflow.GateClosed) as caught, work():
        workflow.complete(actor, case, Step.BUDGET)
    assert any(finding.blocks for finding in caught.value.findings)
    assert state(case, Step.BUDGET) is StepState.OPEN


def test_a_reason_opens_the_gate_where_the_rule_asks_for_one() -> None:
    actor, case = a_started_case()
    with work():
        save_document(actor, case, Step.BUDGET, a_budget_sheet(guidelines=""))
    with pytest.raises(workflow.GateClosed), work():
        workflow.complete(actor, case, Step.BUDGET)
    with work():
        workflow.justify(actor, case, "B-7", "", "올해 지침이 아직 나오지 않았습니다.")
        workflow.complete(actor, case, Step.BUDGET)
    assert state(case, Step.BUDGET) is StepState.DONE


@pytest.mark.parametrize(
    ("rule_id", "text"), [("B-7", " "), ("B-1", "사유"), ("Z-9", "사유"), ("B-6", "사유")]
)
def test_a_reason_that_nothing_asks_for_is_refused(rule_id: str, text: str) -> None:
    actor, case = a_started_case()
    with work():
        save_document(actor, case, Step.BUDGET, a_budget_sheet(guidelines=""))
    with pytest.raises(InvalidInput):
        workflow.justify(actor, case, rule_id, "", text)


@pytest.mark.parametrize("step", list(Step)[1:])
def test_a_step_whose_turn_has_not_come_cannot_be_completed(step: Step) -> None:
    actor, case = a_started_case()
    with pytest.raises(Refused) as caught:
        workflow.complete(actor, case, step)
    assert caught.value.rule_id == "C-2"


def test_a_completed_step_is_not_completed_twice() -> None:
    actor, case = a_started_case()
    with work():
        complete_budget(actor, case)
    with pytest.raises(Refused, match="다시 열어"):
        workflow.complete(actor, case, Step.BUDGET)


@pytest.mark.parametrize("reason", ["", "  "])
def test_opening_again_needs_a_reason(reason: str) -> None:
    actor, case = a_started_case()
    with work():
        complete_budget(actor, case)
    with pytest.raises(InvalidInput):
        workflow.reopen(actor, case, Step.BUDGET, reason)


def test_a_step_that_is_open_cannot_be_opened_again() -> None:
    actor, case = a_started_case()
    with pytest.raises(Refused, match="다시 열 것이 없습니다"):
        workflow.reopen(actor, case, Step.BUDGET, "사유")


def test_what_rests_on_a_step_opened_again_is_to_be_looked_at_again() -> None:
    actor, case = a_started_case()
    with work():
        complete_budget(actor, case)
        complete_definition(actor, case)
    with work():
        reached = workflow.reopen(actor, case, Step.BUDGET, "금액이 바뀜")
    assert reached == (Step.DEFINITION,)
    assert state(case, Step.BUDGET) is StepState.OPEN
    assert state(case, Step.DEFINITION) is StepState.STALE
    assert case.step_states == "oswwwwwww"


def test_the_same_decision_made_again_leaves_what_follows_as_it_was() -> None:
    actor, case = a_started_case()
    with work():
        complete_budget(actor, case)
        complete_definition(actor, case)
    with work():
        workflow.reopen(actor, case, Step.BUDGET, "다시 보려고")
        workflow.complete(actor, case, Step.BUDGET)
    assert state(case, Step.DEFINITION) is StepState.DONE


def test_another_decision_makes_what_follows_stale_until_it_is_confirmed() -> None:
    actor, case = a_started_case()
    with work():
        complete_budget(actor, case)
        complete_definition(actor, case)
    with work():
        workflow.reopen(actor, case, Step.BUDGET, "금액이 바뀜")
        save_document(actor, case, Step.BUDGET, a_budget_sheet(guidelines="다른 지침"))
        workflow.complete(actor, case, Step.BUDGET)
    assert state(case, Step.DEFINITION) is StepState.STALE
    with pytest.raises(InvalidInput):
        workflow.confirm(actor, case, Step.DEFINITION, "")
    with work():
        workflow.confirm(actor, case, Step.DEFINITION, "정의서는 그대로 맞습니다.")
    assert state(case, Step.DEFINITION) is StepState.DONE
    assert state(case, Step.SEARCH) is StepState.OPEN
    assert event_kinds(case)[-1] == "step.confirmed"


def test_a_step_that_is_not_stale_is_not_confirmed() -> None:
    actor, case = a_started_case()
    with pytest.raises(Refused):
        workflow.confirm(actor, case, Step.BUDGET, "사유")


def test_nothing_recorded_disappears_by_opening_again() -> None:
    actor, case = a_started_case()
    with work():
        complete_budget(actor, case)
    with work():
        workflow.reopen(actor, case, Step.BUDGET, "금액이 바뀜")
    history = states.histories(case)[Step.BUDGET]
    assert [record.action for record in history.records] == ["complete", "reopen"]
    assert event_kinds(case) == ["case.opened", "budget.saved", "step.completed", "step.reopened"]


def test_what_the_list_shows_can_be_derived_again() -> None:
    actor, case = a_started_case()
    with work():
        complete_budget(actor, case)
    with work():
        case.step_states, case.current_step, case.amount_won = "wwwwwwwww", "ending", None
    with work():
        summary.refresh(case)
    assert (case.step_states, case.current_step) == ("dowwwwwww", "definition")
    assert case.amount_won == AMOUNT_WON


def test_of_two_editors_the_later_one_is_told() -> None:
    actor, case = a_started_case()
    with work():
        documents.save(actor, case, Step.BUDGET, a_budget_sheet(), 0)
    with pytest.raises(documents.StaleDocument) as caught, work():
        documents.save(actor, case, Step.BUDGET, a_budget_sheet(guidelines="다른 지침"), 0)
    assert caught.value.current.version == 1
    with work():
        row = documents.save(actor, case, Step.BUDGET, a_budget_sheet(guidelines="다른 지침"), 1)
    assert row.version == 2


def test_the_same_text_again_appends_nothing() -> None:
    actor, case = a_started_case()
    with work():
        documents.save(actor, case, Step.BUDGET, a_budget_sheet(), 0)
        documents.save(actor, case, Step.BUDGET, a_budget_sheet(), 1)
        # From a page that was opened before the first: there is nothing to choose between.
        documents.save(actor, case, Step.BUDGET, a_budget_sheet(), 0)
    assert event_kinds(case) == ["case.opened", "budget.saved"]


def test_a_saved_document_comes_back_as_it_was() -> None:
    actor, case = a_started_case()
    with work():
        complete_budget(actor, case)
        save_document(actor, case, Step.DEFINITION, a_definition())
    facts = case_facts.load(case)
    assert facts.budget == a_budget_sheet()
    assert facts.definition.working == a_definition()


def test_a_draft_belongs_to_its_writer_and_leaves_no_event() -> None:
    actor, case = a_started_case()
    other = project_officer_of(a_case())
    with work():
        documents.keep_draft(actor, case, "budget", {"guidelines": ["쓰다 만 글"]}, 0)
        documents.keep_draft(actor, case, "budget", {"guidelines": ["쓰다 만 글 2"]}, 0)
    draft = documents.draft_of(actor, case, "budget")
    assert draft is not None
    assert draft.fields == {"guidelines": ["쓰다 만 글 2"]}
    assert documents.draft_of(other, case, "budget") is None
    with work():
        documents.drop_draft(actor, case, "budget")
    assert documents.draft_of(actor, case, "budget") is None
    assert event_kinds(case) == ["case.opened"]

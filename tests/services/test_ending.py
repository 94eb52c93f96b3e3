"""⑨ The checklist and the promises for the end, and the close of the case, through the services."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from procurement.domain.access import Actor
from procurement.domain.errors import Conflict, InvalidInput, NotFound, Refused
from procurement.domain.facts import EndingPlan
from procurement.domain.facts.ending import (
    ChecklistMark,
    EndingKind,
    ExpiryOutcome,
    PromiseMark,
)
from procurement.domain.rules.base import Outcome
from procurement.domain.steps import Step, StepState
from procurement.models import Case
from procurement.services import case_facts, documents, ending, records, summary, workflow
from tests.support.concluded import a_concluded_case, done
from tests.support.factories import event_kinds, project_officer_of, work
from tests.support.using import complete_ending, complete_monitoring

DECIDED = ChecklistMark("decide", date(2023, 10, 2), "표본 사업담당자", "재계약하지 않기로 함")
RETURNED = PromiseMark(0, True, date(2023, 12, 20), "인수함")


@pytest.fixture
def case(db_session: Any) -> Case:
    """A case in use whose provider promised two things for the end."""
    return a_concluded_case()


@pytest.fixture
def actor(case: Case) -> Actor:
    """Its project officer."""
    return project_officer_of(case)


def outcomes(case: Case, rule_id: str) -> set[Outcome]:
    """What a rule of ⑨ says now."""
    found = workflow.findings_for(Step.ENDING, case_facts.load(case))
    return {finding.outcome for finding in found if finding.rule_id == rule_id}


def save_plan(actor: Actor, case: Case, plan: EndingPlan) -> None:
    """Save the first version of the plan."""
    with work():
        documents.save(actor, case, Step.ENDING, plan, 0)


def test_a_marked_line_leaves_the_open_ones_and_stays_in_the_ledger(case: Case, actor: Actor) -> None:
    with work():
        ending.mark(actor, case, DECIDED)
    facts = case_facts.load(case)
    assert facts.ending.marks == (DECIDED,)
    assert not any(
        finding.subject == "decide"
        for finding in workflow.findings_for(Step.ENDING, facts)
        if finding.rule_id == "X-8" and finding.outcome is Outcome.UNMET
    )
    assert event_kinds(case)[-1] == "checklist_mark.added"


def test_a_line_is_marked_once(case: Case, actor: Actor) -> None:
    with work():
        ending.mark(actor, case, DECIDED)
    with pytest.raises(Conflict, match="이미 표시"), work():
        ending.mark(actor, case, DECIDED)


def test_a_mark_taken_back_leaves_its_line_open_again(case: Case, actor: Actor) -> None:
    with work():
        thread = str(ending.mark(actor, case, DECIDED).thread_id)
    with pytest.raises(InvalidInput, match="사유"), work():
        ending.unmark(actor, case, thread, " ")
    with work():
        ending.unmark(actor, case, thread, "잘못 표시함")
        ending.mark(actor, case, DECIDED)
    assert event_kinds(case)[-2:] == ["checklist_mark.withdrawn", "checklist_mark.added"]


@pytest.mark.parametrize(
    ("changes", "error", "sentence"),
    [
        ({"item": "unknown"}, NotFound, "점검표에 없는"),
        ({"item": "promise_0"}, InvalidInput, "이행했는지를 함께"),
        ({"done_by": " "}, InvalidInput, "누가 확인했는지"),
        ({"done_on": date(2999, 1, 1)}, InvalidInput, "아직 오지 않은 날"),
        ({"evidence_id": "no-file"}, InvalidInput, "증빙"),
    ],
)
def test_a_mark_that_cannot_be_is_refused(
    case: Case, actor: Actor, changes: dict[str, Any], error: type[Exception], sentence: str
) -> None:
    with pytest.raises(error, match=sentence), work():
        ending.mark(actor, case, replace(DECIDED, **changes))


def test_a_promise_confirmed_marks_its_line_too(case: Case, actor: Actor) -> None:
    with work():
        ending.confirm_promise(actor, case, RETURNED)
    assert [mark.item for mark in case_facts.load(case).ending.marks] == ["promise_0"]


def test_every_promise_has_to_be_confirmed(case: Case, actor: Actor) -> None:
    save_plan(actor, case, EndingPlan(EndingKind.EXPIRY, ExpiryOutcome.RENEWAL, date(2023, 12, 31)))
    assert outcomes(case, "X-7") == {Outcome.UNMET}
    with work():
        ending.confirm_promise(actor, case, RETURNED)
        ending.confirm_promise(actor, case, replace(RETURNED, promise=1))
    assert outcomes(case, "X-7") == {Outcome.MET}


def test_a_promise_not_kept_says_what_was_done_instead(case: Case, actor: Actor) -> None:
    with pytest.raises(InvalidInput, match="조치") as refused, work():
        ending.confirm_promise(actor, case, PromiseMark(0, False, date(2023, 12, 20)))
    assert refused.value.field == "note"
    with work():
        ending.confirm_promise(actor, case, PromiseMark(0, False, date(2023, 12, 20), "직접 파기함"))
    (promise,) = case_facts.load(case).ending.promises
    assert not promise.kept


def test_a_promise_is_corrected_over_its_version_and_with_a_reason(case: Case, actor: Actor) -> None:
    kept_not = PromiseMark(0, False, date(2023, 12, 21), "직접 파기함")
    with work():
        ending.confirm_promise(actor, case, RETURNED)
    with pytest.raises(Conflict, match="그사이"), work():
        ending.confirm_promise(actor, case, kept_not)
    with pytest.raises(InvalidInput, match="사유"), work():
        ending.confirm_promise(actor, case, kept_not, base_version=1)
    with work():
        ending.confirm_promise(actor, case, kept_not, base_version=1, reason="확인을 잘못함")
    facts = case_facts.load(case)
    assert [promise.kept for promise in facts.ending.promises] == [False]
    assert [mark.note for mark in facts.ending.marks] == ["직접 파기함"]


def test_a_promise_taken_back_takes_its_line_with_it(case: Case, actor: Actor) -> None:
    with work():
        thread = str(ending.confirm_promise(actor, case, RETURNED).thread_id)
    line = ending.mark_records(case)["promise_0"].thread_id
    with pytest.raises(InvalidInput, match="함께 취소"), work():
        ending.unmark(actor, case, line, "사유")
    with work():
        ending.unmark(actor, case, thread, "잘못 적음")
    facts = case_facts.load(case)
    assert (facts.ending.promises, facts.ending.marks) == ((), ())


@pytest.mark.parametrize("place", [-1, 2])
def test_a_promise_that_the_contract_lacks_is_refused(case: Case, actor: Actor, place: int) -> None:
    with pytest.raises(NotFound, match="계약서에 없는"), work():
        ending.confirm_promise(actor, case, replace(RETURNED, promise=place))


def test_more_promises_than_the_paper_holds_share_one_line_that_is_marked_by_itself(
    db_session: Any,
) -> None:
    case = a_concluded_case(end_promises=tuple(f"약속 {n}" for n in range(21)))
    actor = project_officer_of(case)
    with work():
        ending.confirm_promise(actor, case, RETURNED)
        ending.mark(actor, case, replace(DECIDED, item="promises"))
    assert [mark.item for mark in case_facts.load(case).ending.marks] == ["promises"]


def test_nothing_is_marked_after_the_end_is_completed(case: Case, actor: Actor) -> None:
    with work():
        for step in (Step.REGISTRATION, Step.MONITORING, Step.ENDING):
            done(actor, case, step)
    with pytest.raises(Refused, match="다시 열어"), work():
        ending.mark(actor, case, DECIDED)


def test_the_end_completes_last_and_closes_the_case(case: Case, actor: Actor) -> None:
    with pytest.raises(Refused, match="먼저 완료"), work():
        complete_ending(actor, case)
    with work():
        done(actor, case, Step.REGISTRATION)
        complete_monitoring(actor, case)
        complete_ending(actor, case)
    assert case.closed_at is not None
    assert case_facts.load(case).steps[Step.ENDING].state is StepState.DONE
    assert summary.deadlines(case) == []


def test_deadlines_of_the_end_stand_at_ninety_sixty_and_thirty_days(case: Case, actor: Actor) -> None:
    end = date(2023, 12, 31)
    due = {row.key: row.due_on for row in summary.deadlines(case) if row.step == "ending"}
    assert due["end"] == end
    assert due["checklist-90"] == end - timedelta(days=90)
    assert due["checklist-30"] == end - timedelta(days=30)
    assert due["notice"] == date(2023, 11, 30)
    with work():
        for key in ("decide", "data_stock", "promise_list"):
            ending.mark(actor, case, replace(DECIDED, item=key))
    assert "checklist-90" not in {row.key for row in summary.deadlines(case)}


def test_a_day_planned_moves_the_deadlines(case: Case, actor: Actor) -> None:
    save_plan(actor, case, EndingPlan(EndingKind.TERMINATION, end_on=date(2023, 10, 31)))
    due = {row.key: row.due_on for row in summary.deadlines(case)}
    assert due["end"] == date(2023, 10, 31)
    assert records.today() > due["checklist-90"] == date(2023, 8, 2)

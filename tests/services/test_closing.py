"""Ending a case without a contract: once, never beside a contract, and back again."""

from __future__ import annotations

import threading
import time
import uuid
from collections.abc import Callable

import pytest
from flask import Flask
from sqlalchemy.exc import IntegrityError

from procurement.domain.closing import CaseEnded
from procurement.domain.errors import Conflict, InvalidInput, Refused
from procurement.domain.facts.closing import EndKind, NextWay
from procurement.domain.facts.selection import DecisionKind
from procurement.domain.steps import Step, StepState
from procurement.extensions import db
from procurement.models import Case, CaseClosing, Conclusion
from procurement.services import (
    approval,
    bags,
    bundle,
    case_facts,
    case_list,
    cases,
    closing,
    contract,
    evidence,
    ledger,
    selection_decision,
    todos,
    unit,
    verification,
    workflow,
)
from procurement.services.bundle_render import sections
from procurement.services.case_list import Query
from procurement.services.closing import EndWithout
from procurement.services.selection_decision import Choice
from tests.support import contracting
from tests.support.factories import event_kinds, work
from tests.support.official_pages import result_page
from tests.support.stages import Scene, Stage
from tests.support.stages import at_stage as at_stage
from tests.support.walk import a_budget_sheet, official_run, save_document

At = Callable[[Stage], Scene]
CHANGED = EndWithout(EndKind.PLAN_CHANGED, "예산이 줄어 올해는 하지 않는다.", NextWay.DROPPED)


def end(at: Scene, ending: EndWithout = CHANGED) -> CaseClosing:
    with work():
        return closing.end(at.officer, at.case, ending)


def take_up(at: Scene) -> None:
    with work():
        closing.take_up(at.officer, at.case, "잘못 눌렀다.")


def test_an_end_is_one_event_closes_the_case_and_stops_its_steps(at_stage: At) -> None:
    at = at_stage(Stage.SEARCHING)
    before = event_kinds(at.case)
    end(at)
    assert event_kinds(at.case) == [*before, "case.ended"]
    facts = case_facts.load(at.case)
    assert facts.ended is not None
    assert facts.steps[Step.DEFINITION].state is StepState.DONE
    assert facts.steps[Step.SEARCH].state is StepState.STOPPED
    assert (at.case.end_kind, at.case.current_step) == ("plan_changed", "search")
    assert at.case.closed_at is not None
    assert todos.todos(at.officer) == []
    (row,) = case_list.list_cases(at.officer, Query(state="closed")).rows
    assert (row.closed, row.without_contract) == (True, True)
    assert verification.verify(at.case).holds


def test_nothing_is_added_to_an_ended_case_by_any_service(at_stage: At) -> None:
    at = at_stage(Stage.SEARCHING)
    end(at)
    person = str(at.person.id)
    for act in (
        lambda: closing.end(at.officer, at.case, CHANGED),
        lambda: save_document(at.officer, at.case, Step.BUDGET, a_budget_sheet(total_won=1)),
        lambda: workflow.reopen(at.officer, at.case, Step.BUDGET, "사유"),
        lambda: workflow.complete(at.officer, at.case, Step.SEARCH),
        lambda: cases.add_member(at.officer, at.case, person, "evaluator"),
        lambda: official_run(at.officer, at.case),
    ):
        with pytest.raises(CaseEnded), work():
            act()
    assert event_kinds(at.case)[-1] == "case.ended"


def test_taken_up_again_a_case_goes_on_where_it_stopped_and_may_end_again(at_stage: At) -> None:
    at = at_stage(Stage.SEARCHING)
    with pytest.raises(Refused), work():
        closing.take_up(at.officer, at.case, "사유")
    end(at)
    with pytest.raises(InvalidInput), work():
        closing.take_up(at.officer, at.case, " ")
    take_up(at)
    facts = case_facts.load(at.case)
    assert facts.ended is None
    assert facts.steps[Step.SEARCH].state is StepState.OPEN
    assert (at.case.closed_at, at.case.end_kind) == (None, None)
    with work():
        official_run(at.officer, at.case)
    assert end(at).number == 3
    assert [one.stands for one in case_facts.load(at.case).closings] == [False, True]
    assert verification.verify(at.case).holds


@pytest.mark.parametrize("reason", ["", "  "])
def test_an_end_needs_its_reason_and_another_way_its_name(at_stage: At, reason: str) -> None:
    at = at_stage(Stage.OPENED)
    with pytest.raises(InvalidInput) as caught:
        end(at, EndWithout(EndKind.OTHER, reason, NextWay.DROPPED))
    assert caught.value.field == "reason"
    with pytest.raises(InvalidInput) as caught:
        end(at, EndWithout(EndKind.OTHER, "사유", NextWay.OTHER, reason))
    assert caught.value.field == "next_note"


def test_nothing_found_is_tied_to_the_search_that_shows_it(at_stage: At) -> None:
    at = at_stage(Stage.SEARCHING)
    nothing = EndWithout(EndKind.NOTHING_FOUND, "알맞은 서비스가 없다.", NextWay.TENDER)
    with pytest.raises(InvalidInput) as caught:
        end(at, nothing)
    assert caught.value.field == "kind"
    with work():
        run = official_run(at.officer, at.case, result_page([]))
    row = end(at, nothing)
    assert (row.run_id, row.decision_id) == (run.id, None)
    (told,) = case_facts.load(at.case).closings
    assert (told.run, told.lot) == (1, 1)


def test_none_suitable_is_tied_to_the_decision_and_its_final_search(at_stage: At) -> None:
    at = at_stage(Stage.SELECTING)
    with work():
        decided = selection_decision.decide(
            at.officer, at.case, 1, Choice(DecisionKind.CANCELLED, reason="사업이 취소되었다.")
        )
    row = end(at, EndWithout(EndKind.SELECTION_CANCELLED, "사업이 취소되었다.", NextWay.DROPPED))
    assert row.decision_id == decided.id
    assert str(row.run_id) == case_facts.load(at.case).search.finals[0].run_id


def test_an_approval_lapses_with_the_end_and_does_not_come_back(at_stage: At) -> None:
    at = at_stage(Stage.APPROVED)
    before = event_kinds(at.case)
    end(at)
    assert event_kinds(at.case) == [*before, "case.ended"]
    (asked,) = case_facts.load(at.case).contract.approvals
    assert "계약 없이 종료" in asked.lapsed
    take_up(at)
    with pytest.raises(Refused) as caught, work():
        contract.conclude(at.officer, at.case, contracting.signing(at.officer, at.case))
    assert caught.value.rule_id == "K-6"
    with work():
        approval.submit(at.officer, at.case)


def test_a_concluded_contract_and_an_end_without_one_exclude_each_other(at_stage: At) -> None:
    """The services refuse it, and the database by itself as well."""
    at = at_stage(Stage.APPROVED)
    with work():
        signing = contracting.signing(at.officer, at.case)
    approved = contracting.newest_request(at.case)

    def a_conclusion() -> Conclusion:
        return Conclusion(
            institution_id=at.case.institution_id,
            case_id=at.case.id,
            request_id=approved.id,
            contract_number="1",
            concluded_on=signing.concluded_on,
            terms_digest="",
        )

    end(at)
    with pytest.raises(CaseEnded), work():
        contract.conclude(at.officer, at.case, signing)
    with pytest.raises(IntegrityError, match="ended"), work():
        db.session.add(a_conclusion())
    take_up(at)
    with work():
        db.session.add(a_conclusion())
    with pytest.raises(Refused, match="체결한"):
        end(at)
    with pytest.raises(IntegrityError, match="concluded"), work():
        db.session.add(a_turn(at, number=3, previous=2))


def a_turn(at: Scene, **changes: object) -> CaseClosing:
    values = {"action": "end", "kind": "other", "next_way": "dropped", "reason": "사유", **changes}
    return CaseClosing(institution_id=at.case.institution_id, case_id=at.case.id, **values)


@pytest.mark.parametrize(
    "changes",
    [
        {"number": 1, "previous": None},
        {"number": 2, "previous": 1},
        {"number": 3, "previous": 2},
        {"number": 3, "previous": None},
        {"number": 2, "previous": 1, "action": "take_up", "kind": None, "next_way": None, "reason": " "},
        {"number": 2, "previous": 1, "action": "take_up", "kind": "other", "next_way": None},
    ],
)
def test_the_database_takes_ends_and_takings_up_only_by_turns(
    at_stage: At, changes: dict[str, object]
) -> None:
    at = at_stage(Stage.OPENED)
    end(at)
    with pytest.raises(IntegrityError), work():
        db.session.add(a_turn(at, **changes))


def test_what_a_search_has_to_show_cannot_be_said_without_one_in_the_database_either(at_stage: At) -> None:
    at = at_stage(Stage.OPENED)
    for changes in ({"kind": "nothing_found"}, {"kind": "other", "run_id": uuid.uuid4()}):
        with pytest.raises(IntegrityError), work():
            db.session.add(a_turn(at, number=1, **changes))


def test_of_an_end_and_a_conclusion_at_the_same_moment_exactly_one_happens(at_stage: At, app: Flask) -> None:
    at = at_stage(Stage.APPROVED)
    with work():
        signing = contracting.signing(at.officer, at.case)
    officer, case_id = at.officer, at.case.id
    outcomes, written, started = list[str](), threading.Event(), threading.Event()

    def conclude() -> None:
        with app.app_context(), unit.work(officer.institution_id):
            contract.conclude(officer, db.session.get_one(Case, case_id), signing)
            written.set()
            started.wait(2)
            time.sleep(0.2)
        outcomes.append("concluded")

    def end_it() -> None:
        with app.app_context():
            try:
                with unit.work(officer.institution_id):
                    mine = db.session.get_one(Case, case_id)
                    started.set()
                    closing.end(officer, mine, CHANGED)
                outcomes.append("ended")
            except (Conflict, Refused):
                outcomes.append("told")

    db.session.rollback()
    first = threading.Thread(target=conclude)
    first.start()
    assert written.wait(10)
    second = threading.Thread(target=end_it)
    second.start()
    first.join()
    second.join()
    assert outcomes == ["concluded", "told"]
    db.session.rollback()
    assert case_facts.load(at.case).ended is None


def test_what_was_begun_before_the_end_is_refused_when_it_comes_to_be_written(at_stage: At) -> None:
    """The ledger asks by itself, so that no act slips past that looked at the case too early."""
    at = at_stage(Stage.SEARCHING)
    end(at)
    with pytest.raises(CaseEnded), work():
        ledger.record(at.officer, "member.added", case=at.case)
    with work():
        ledger.record(at.officer, "evidence.downloaded", case=at.case)


@pytest.mark.one_database
def test_the_bundle_of_an_ended_case_says_so_on_its_cover_and_overview(at_stage: At) -> None:
    at = at_stage(Stage.SEARCHING)
    with work():
        official_run(at.officer, at.case, result_page([]))
    end(at, EndWithout(EndKind.NOTHING_FOUND, "알맞은 서비스가 없다.", NextWay.TENDER, "계약팀에 넘김"))
    data = bundle.collect(at.case)
    overview = next(section for section in sections(data) if section.key == "overview").html
    for words in (
        "계약 없이 종료",
        "검색 결과 적합한 서비스 없음",
        "1번 검색",
        "계약팀에 넘김",
        "부터 셉니다",
        "멈춤",
    ):
        assert words in overview
    with work():
        assert ("Internal-Sender-Description", "계약 없이 종료한 건") in bags.collect(
            at.officer, at.case, b"%PDF"
        ).info
    take_up(at)
    overview = next(s for s in sections(bundle.collect(at.case)) if s.key == "overview").html
    assert "잘못 눌렀다." in overview
    assert evidence.active_files(at.case)

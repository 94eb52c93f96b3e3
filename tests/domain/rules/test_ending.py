"""Rules of ⑨ over the good case, which ends on 2023-12-31."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from procurement.domain.facts import CaseFacts, EndingFacts
from procurement.domain.facts.definition import ServiceType
from procurement.domain.facts.ending import (
    CLOSING_NOTICE_ITEMS,
    END_NOTICE_ITEMS,
    DataHandling,
    EndingKind,
    EndNotice,
    ExpiryOutcome,
    FaultGround,
    NoticeChannel,
    NoticeItem,
    PromiseMark,
)
from procurement.domain.rules.base import Outcome
from procurement.domain.rules.ending import RULES
from tests.domain.rules.asking import ground, subjects, unmet
from tests.domain.rules.builders import (
    a_case,
    a_new_case,
    a_row,
    good_contract,
    outcome,
    with_final,
    with_reason,
)
from tests.domain.rules.good_later import good_ending, good_terms

ALL = [rule.id for rule in RULES]
END = date(2023, 12, 31)


def planned(case: CaseFacts | None = None, **changes: Any) -> CaseFacts:
    """A case (the good one) with fields of its ending plan replaced."""
    case = case or a_case()
    plan = case.ending.plan
    assert plan is not None
    return replace(case, ending=replace(case.ending, plan=replace(plan, **changes)))


def ended(kind: EndingKind, **changes: Any) -> CaseFacts:
    """The good case ended early, by the provider's fault unless changed."""
    fields: dict[str, Any] = {
        "kind": kind,
        "expiry_outcome": None,
        "by_provider_fault": True,
        "fault_grounds": (FaultGround.SLA,),
        "ground_text": "석 달 이어서 목표에 못 미침",
        "settlement": "비용과 이자를 정산함",
    }
    return planned(**(fields | changes))


def data(case: CaseFacts | None = None, **changes: Any) -> CaseFacts:
    """A case with fields of its data handling replaced."""
    case = case or a_case()
    plan = case.ending.plan
    assert plan is not None
    return planned(case, data=replace(plan.data, **changes))


def notice(
    received_on: date = date(2023, 11, 24), items: tuple[NoticeItem, ...] = END_NOTICE_ITEMS
) -> EndNotice:
    """A notice of the provider by e-mail."""
    return EndNotice(received_on, NoticeChannel.EMAIL, items)


def not_cloud() -> CaseFacts:
    """The good case with a support service as the winner."""
    return with_final(results=(a_row(1, service_type=ServiceType.SUPPORT), a_row(2), a_row(3)))


@pytest.mark.parametrize("rule_id", ALL)
def test_the_good_case_breaks_no_rule_of_the_end(rule_id: str) -> None:
    assert outcome(RULES, rule_id, a_case()) in (Outcome.MET, Outcome.NOT_APPLICABLE)


@pytest.mark.parametrize("rule_id", ALL)
def test_the_end_waits_for_the_conclusion(rule_id: str) -> None:
    assert outcome(RULES, rule_id, a_new_case()) is Outcome.NOT_YET


@pytest.mark.parametrize("rule_id", ["X-2", "X-3", "X-4", "X-5", "X-6", "X-7"])
def test_the_rest_waits_for_the_kind_of_the_end(rule_id: str) -> None:
    for case in (a_case(ending=EndingFacts()), planned(kind=None)):
        assert outcome(RULES, rule_id, case) is Outcome.NOT_YET
        assert unmet(RULES, "X-1", case).blocks


@pytest.mark.parametrize(
    ("changes", "word"),
    [
        ({"expiry_outcome": None}, "재계약"),
        ({"end_on": None}, "종료일이 없습니다"),
        ({"end_on": date(2023, 12, 30)}, "2023. 12. 31."),
    ],
)
def test_an_expiry_has_its_outcome_and_the_last_day_of_the_contract(
    changes: dict[str, Any], word: str
) -> None:
    assert word in unmet(RULES, "X-1", planned(**changes)).message


@pytest.mark.parametrize(
    ("end_on", "expected"),
    [(date(2023, 9, 30), Outcome.MET), (END, Outcome.MET), (date(2024, 1, 1), Outcome.UNMET)],
)
def test_a_termination_lies_within_the_contract(end_on: date, expected: Outcome) -> None:
    assert outcome(RULES, "X-1", ended(EndingKind.TERMINATION, end_on=end_on)) is expected


def test_an_expiry_needs_no_ground() -> None:
    assert outcome(RULES, "X-2", a_case()) is Outcome.NOT_APPLICABLE


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({}, set()),
        ({"by_provider_fault": None}, {"by_provider_fault"}),
        ({"fault_grounds": ()}, {"fault_grounds"}),
        ({"ground_text": " "}, {"ground_text"}),
        ({"by_provider_fault": False}, {"unpaid_fees_paid", "deposit_amount_paid"}),
        ({"by_provider_fault": False, "unpaid_fees_paid": True}, {"deposit_amount_paid"}),
        ({"by_provider_fault": False, "unpaid_fees_paid": True, "deposit_amount_paid": True}, set()),
        (
            {
                "by_provider_fault": False,
                "unpaid_fees_paid": True,
                "deposit_amount_paid": True,
                "ground_text": "",
            },
            {"ground_text"},
        ),
    ],
)
def test_a_termination_has_grounds_and_is_paid_for(changes: dict[str, Any], expected: set[str]) -> None:
    assert subjects(RULES, "X-2", ended(EndingKind.TERMINATION, **changes)) == expected


def test_a_rescission_is_settled() -> None:
    assert "이자" in unmet(RULES, "X-2", ended(EndingKind.RESCISSION, settlement=" ")).message
    assert outcome(RULES, "X-2", ended(EndingKind.TERMINATION, settlement="")) is Outcome.MET


@pytest.mark.parametrize(
    ("day", "expected"), [(date(2023, 12, 1), Outcome.MET), (date(2023, 12, 2), Outcome.UNMET)]
)
def test_the_notice_comes_thirty_days_before_the_end(day: date, expected: Outcome) -> None:
    case = planned(notice=notice(day))
    assert outcome(RULES, "X-3", case) is expected
    assert outcome(RULES, "X-3", with_reason(case, "X-3", "late")) in (Outcome.MET, Outcome.JUSTIFIED)


@pytest.mark.parametrize("left_out", END_NOTICE_ITEMS)
def test_the_notice_has_its_five_items(left_out: NoticeItem) -> None:
    items = tuple(item for item in END_NOTICE_ITEMS if item is not left_out)
    assert left_out.label in unmet(RULES, "X-3", planned(notice=notice(items=items))).message


@pytest.mark.parametrize(
    ("today", "expected"), [(date(2023, 12, 1), Outcome.NOT_YET), (date(2023, 12, 2), Outcome.UNMET)]
)
def test_a_notice_is_missed_once_its_day_is_past(today: date, expected: Outcome) -> None:
    assert outcome(RULES, "X-3", replace(planned(notice=None), today=today)) is expected


def test_no_notice_is_owed_at_once_or_for_other_services() -> None:
    immediate = ended(EndingKind.TERMINATION, immediate=True, notice=None)
    assert "즉시" in ground(RULES, "X-3", immediate, Outcome.NOT_APPLICABLE)
    assert outcome(RULES, "X-3", planned(not_cloud(), notice=None)) is Outcome.NOT_APPLICABLE


def closing(case: CaseFacts | None = None, **changes: Any) -> CaseFacts:
    """A case whose provider closes its business, with fields of the notice replaced."""
    told = replace(notice(items=CLOSING_NOTICE_ITEMS), posted_on_site=True)
    return planned(case, provider_closes_business=True, closing_notice=replace(told, **changes))


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({}, set()),
        ({"items": CLOSING_NOTICE_ITEMS[1:]}, {"items"}),
        ({"received_on": date(2023, 12, 2)}, {"late"}),
        ({"posted_on_site": None}, {"posted"}),
    ],
)
def test_a_closing_business_tells_six_things_and_posts_them(
    changes: dict[str, Any], expected: set[str]
) -> None:
    assert subjects(RULES, "X-4", closing(**changes)) == expected


def test_a_business_that_goes_on_owes_no_closing_notice() -> None:
    assert outcome(RULES, "X-4", a_case()) is Outcome.NOT_APPLICABLE
    assert outcome(RULES, "X-4", closing(not_cloud())) is Outcome.NOT_APPLICABLE
    silent = planned(provider_closes_business=True)
    assert unmet(RULES, "X-4", silent).subject == "missing"


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"returned_on": None}, {"returned"}),
        ({"returned_on": date(2023, 12, 30), "destroyed_on": END}, set()),
        ({"returned_on": END, "destroyed_on": END}, {"late"}),
        ({"usable": None}, {"usable"}),
        ({"return_checked_by": ""}, {"usable"}),
        ({"return_evidence_id": None}, {"return_proof"}),
        ({"destroyed_on": None}, {"destroyed"}),
        ({"destroyed_on": date(2023, 12, 19)}, {"order"}),
        ({"beyond_recovery": False}, {"beyond_recovery"}),
        ({"destruction_evidence_id": None}, {"destruction_proof"}),
    ],
)
def test_data_are_returned_before_the_end_and_destroyed_with_proof(
    changes: dict[str, Any], expected: set[str]
) -> None:
    assert subjects(RULES, "X-5", data(**changes)) == expected


@pytest.mark.parametrize("kind", [EndingKind.RESCISSION, EndingKind.TERMINATION])
def test_return_and_destruction_are_owed_at_every_end_but_a_renewal(kind: EndingKind) -> None:
    assert subjects(RULES, "X-5", ended(kind, data=DataHandling())) == {"returned", "destroyed"}
    moved = planned(expiry_outcome=ExpiryOutcome.NEW_CONTRACT, data=DataHandling())
    assert subjects(RULES, "X-5", moved) == {"returned", "destroyed"}
    renewed = planned(expiry_outcome=ExpiryOutcome.RENEWAL, data=DataHandling())
    assert outcome(RULES, "X-5", renewed) is Outcome.NOT_APPLICABLE


def test_a_bankrupt_provider_leaves_a_written_way_out() -> None:
    tried = DataHandling(impossible_reason="파산관재인에게 요청했으나 서버가 없어짐")
    bankrupt = ended(EndingKind.TERMINATION, fault_grounds=(FaultGround.BANKRUPTCY,), data=tried)
    assert "파산관재인" in ground(RULES, "X-5", bankrupt, Outcome.JUSTIFIED)
    silent = ended(EndingKind.TERMINATION, fault_grounds=(FaultGround.BANKRUPTCY,), data=DataHandling())
    assert subjects(RULES, "X-5", silent) == {"returned", "destroyed"}


def test_a_provider_in_business_has_no_such_way_out() -> None:
    tried = DataHandling(impossible_reason="연락이 닿지 않음")
    assert subjects(RULES, "X-5", planned(data=tried)) == {"returned", "destroyed"}


def test_a_late_return_is_accounted_for_and_nothing_else_is_excused() -> None:
    late: dict[str, Any] = {"returned_on": END, "destroyed_on": END, "impossible_reason": "용량이 커서 늦음"}
    assert "용량이 커서" in ground(RULES, "X-5", data(**late), Outcome.JUSTIFIED)
    assert subjects(RULES, "X-5", data(**late, usable=None)) == {"usable"}


def test_where_nothing_was_stored_nothing_is_returned() -> None:
    case = planned(data=DataHandling(nothing_stored_reason="컨설팅만 받음"))
    assert "컨설팅만" in ground(RULES, "X-5", case, Outcome.NOT_APPLICABLE)


def test_a_move_has_a_budget_and_a_plan() -> None:
    moved = planned(expiry_outcome=ExpiryOutcome.NEW_CONTRACT)
    assert subjects(RULES, "X-6", moved) == {"budget", "plan"}
    ready = planned(moved, migration_budget_won=0, handover_plan="한 달 동안 함께 운영")
    assert outcome(RULES, "X-6", ready) is Outcome.MET
    assert outcome(RULES, "X-6", a_case()) is Outcome.NOT_APPLICABLE


@pytest.mark.parametrize(
    ("marks", "expected"),
    [
        ((), {"promise0", "promise1"}),
        ((PromiseMark(0, True, END),), {"promise1"}),
        ((PromiseMark(0, True, END), PromiseMark(1, False, END)), {"promise1"}),
        ((PromiseMark(0, True, END), PromiseMark(1, False, END, "손해배상 청구")), set()),
    ],
)
def test_each_promise_for_the_end_is_confirmed(marks: tuple[PromiseMark, ...], expected: set[str]) -> None:
    assert subjects(RULES, "X-7", a_case(ending=replace(good_ending(), promises=marks))) == expected


def test_without_promises_there_is_nothing_to_confirm() -> None:
    terms = replace(good_terms(), end_promises=())
    case = a_case(contract=replace(good_contract(), terms=terms))
    assert outcome(RULES, "X-7", case) is Outcome.NOT_APPLICABLE


@pytest.mark.parametrize(
    ("today", "expected"),
    [(date(2023, 10, 1), set()), (date(2023, 10, 2), {"decide"}), (date(2023, 12, 1), {"decide", "return"})],
)
def test_the_checklist_opens_ninety_days_before_the_end(today: date, expected: set[str]) -> None:
    case = replace(a_case(ending=replace(good_ending(), marks=())), today=today)
    assert subjects(RULES, "X-8", case) == expected
    assert outcome(RULES, "X-8", replace(a_case(), today=today)) in (Outcome.MET, Outcome.NOT_YET)


def test_the_checklist_is_derived_where_none_is_stored() -> None:
    case = a_case(ending=EndingFacts(), today=date(2023, 10, 2))
    assert subjects(RULES, "X-8", case) == {"decide", "data_stock", "promise_list"}


def test_the_checklist_never_stops_anyone_and_says_when() -> None:
    items = tuple(replace(item, days_before_end=0) for item in good_ending().items[:1])
    case = a_case(ending=replace(good_ending(), items=items, marks=()))
    found = unmet(RULES, "X-8", case)
    assert "종료일까지" in found.message
    assert not found.blocks

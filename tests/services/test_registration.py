"""⑦ Registration through the services: day, proof, lateness, corrections, nothing to do by the mall."""

import uuid
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from procurement.domain.errors import InvalidInput, NotFound, Refused
from procurement.domain.facts.registration import RegistrationKind
from procurement.domain.facts.sourcing import Route
from procurement.domain.steps import Step, StepState
from procurement.services import contract, records, registration, workflow
from tests.support import contracting
from tests.support.awarded import Awarded
from tests.support.awarded import awarded as awarded
from tests.support.contracting import CONCLUDED_ON
from tests.support.factories import event_kinds, work

# Thirty days from 2 January 2026 end on Sunday, 1 February; Monday is the day.
DUE = date(2026, 2, 2)


@pytest.fixture
def concluded(awarded: Awarded) -> Awarded:
    """The case with ⑥ completed."""
    with work():
        contracting.complete_contract(awarded.officer, awarded.case, awarded.approver)
    return awarded


def register(at: Awarded, day: date = CONCLUDED_ON, **changes: Any) -> str:
    with work():
        row = registration.register(at.officer, at.case, registered_on=day, **changes)
    return str(row.thread_id)


def amend(at: Awarded) -> None:
    with work():
        contract.amend(at.officer, at.case, amended_on=date(2026, 3, 2), content="수량 변경")


def test_the_due_day_is_told_with_how_it_was_counted(concluded: Awarded) -> None:
    due = registration.due(concluded.facts)
    assert due is not None
    assert (due.due, due.shifted) == (DUE, True)
    assert "2026. 2. 1." in due.reason


def test_a_contract_by_the_mall_has_no_due_day(concluded: Awarded) -> None:
    facts = concluded.facts
    assert facts.sourcing is not None
    by_mall = replace(facts, sourcing=replace(facts.sourcing, route=Route.CENTRAL))
    assert registration.due(by_mall) is None


def test_a_registration_with_its_proof_completes_the_step(concluded: Awarded) -> None:
    with work():
        proof = contracting.a_paper(concluded.officer, concluded.case, "registration")
    register(concluded, evidence_id=proof)
    made = concluded.facts.registration.initial
    assert made is not None
    assert (made.kind, made.evidence_id) == (RegistrationKind.INITIAL, proof)
    assert event_kinds(concluded.case)[-1] == "registration.added"
    with work():
        workflow.complete(concluded.officer, concluded.case, Step.REGISTRATION)
    assert concluded.facts.steps[Step.REGISTRATION].state is StepState.DONE


@pytest.mark.parametrize("day", [CONCLUDED_ON, DUE])
def test_a_registration_in_time_needs_no_reason(concluded: Awarded, day: date) -> None:
    register(concluded, day)
    assert concluded.facts.registration.initial is not None


def test_a_late_registration_says_why(concluded: Awarded) -> None:
    late = DUE + timedelta(days=1)
    with pytest.raises(InvalidInput, match="늦은 사유") as wrong:
        register(concluded, late)
    assert wrong.value.field == "late_reason"
    register(concluded, late, late_reason="담당자가 바뀌었습니다.")
    made = concluded.facts.registration.initial
    assert made is not None
    assert made.late_reason == "담당자가 바뀌었습니다."


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"day": CONCLUDED_ON - timedelta(days=1)}, "registered_on"),
        ({"day": date(2999, 1, 1)}, "registered_on"),
        ({"evidence_id": str(uuid.UUID(int=1))}, "evidence_id"),
    ],
)
def test_an_impossible_registration_is_not_recorded(
    concluded: Awarded, changes: dict[str, Any], field: str
) -> None:
    with pytest.raises(InvalidInput) as wrong:
        register(concluded, **changes)
    assert wrong.value.field == field


def test_a_second_registration_is_refused_until_the_first_is_taken_back(concluded: Awarded) -> None:
    thread = register(concluded)
    with pytest.raises(Refused, match="이미 등록을 기록했습니다"):
        register(concluded)
    with work():
        registration.withdraw(concluded.officer, concluded.case, thread, "날짜를 잘못 적었습니다.")
    register(concluded, DUE)
    made = concluded.facts.registration.initial
    assert made is not None
    assert made.registered_on == DUE


def test_taking_back_needs_a_reason_and_a_record_of_this_step(concluded: Awarded) -> None:
    thread = register(concluded)
    with pytest.raises(InvalidInput):
        registration.withdraw(concluded.officer, concluded.case, thread, " ")
    other = next(r.thread_id for r in records.active(concluded.case) if r.kind == "negotiation")
    with pytest.raises(NotFound):
        registration.withdraw(concluded.officer, concluded.case, other, "잘못 적었습니다.")


def test_nothing_is_registered_before_the_contract(awarded: Awarded) -> None:
    with pytest.raises(Refused) as refused:
        register(awarded)
    assert refused.value.rule_id == "C-2"


def test_each_amendment_is_corrected_once(concluded: Awarded) -> None:
    register(concluded)
    amend(concluded)
    amend(concluded)
    assert [a.number for a in registration.uncorrected(concluded.facts)] == [1, 2]
    with work():
        registration.correct(concluded.officer, concluded.case, amendment=2, registered_on=date(2026, 3, 3))
    assert [a.number for a in registration.uncorrected(concluded.facts)] == [1]
    for amendment in (2, 3):
        with pytest.raises(InvalidInput) as wrong:
            registration.correct(
                concluded.officer, concluded.case, amendment=amendment, registered_on=date(2026, 3, 3)
            )
        assert wrong.value.field == "amendment"


def test_a_correction_does_not_come_before_its_amendment(concluded: Awarded) -> None:
    amend(concluded)
    with pytest.raises(InvalidInput, match="계약한 날"):
        registration.correct(concluded.officer, concluded.case, amendment=1, registered_on=date(2026, 3, 1))


def test_registration_cannot_be_completed_while_an_amendment_waits(concluded: Awarded) -> None:
    with work():
        contracting.complete_registration(concluded.officer, concluded.case)
    amend(concluded)
    with pytest.raises(workflow.GateClosed) as closed:
        workflow.complete(concluded.officer, concluded.case, Step.REGISTRATION)
    assert closed.value.rule_id == "G-3"

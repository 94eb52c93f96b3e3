"""Open deadlines over the good case, which runs from 2023-03-13 to 2023-12-31."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from procurement.domain.deadlines import Deadline, deadlines_of
from procurement.domain.facts import (
    CaseFacts,
    EndingFacts,
    EndingPlan,
    MonitoringFacts,
    RegistrationFacts,
    SelectionFacts,
)
from procurement.domain.facts.contract import Amendment
from procurement.domain.facts.ending import EndingKind, ExpiryOutcome
from procurement.domain.facts.monitoring import DemandOutcomeKind, Fault, FaultGrade, ImprovementDemand
from procurement.domain.facts.registration import Registration, RegistrationKind
from procurement.domain.facts.sourcing import Route
from procurement.domain.rules.base import Severity
from procurement.domain.steps import Step
from tests.domain.rules.builders import (
    a_case,
    a_new_case,
    a_row,
    good_contract,
    good_sourcing,
    is_korean,
    with_final,
)
from tests.domain.rules.good_later import at, good_ending, good_monitoring, good_selection, good_terms


def running(today: date = date(2023, 6, 15), **changes: Any) -> CaseFacts:
    """The good case while the contract runs, no step completed yet."""
    return replace(a_case(steps={}, today=today), **changes)


def due(facts: CaseFacts) -> dict[str, Deadline]:
    """Deadlines by key."""
    found = deadlines_of(facts)
    assert len({d.key for d in found}) == len(found)
    return {d.key: d for d in found}


def test_a_finished_case_has_no_deadline() -> None:
    assert deadlines_of(a_case()) == ()


def test_a_new_case_has_no_deadline() -> None:
    assert deadlines_of(a_new_case()) == ()


def test_deadlines_come_in_order_and_speak_korean() -> None:
    found = deadlines_of(
        running(
            date(2023, 12, 1),
            monitoring=MonitoringFacts(),
            ending=EndingFacts(),
            registration=RegistrationFacts(),
        )
    )
    assert [d.due_on for d in found] == sorted(d.due_on for d in found)
    assert all(any("가" <= letter <= "힣" for letter in d.title) for d in found)
    assert {d.step for d in found} == {Step.REGISTRATION, Step.MONITORING, Step.ENDING}


def test_quotes_are_awaited_until_the_lot_is_decided() -> None:
    selection = replace(good_selection(), quotes=good_selection().quotes[:1], decisions=())
    found = due(running(selection=selection))["quotes-1"]
    assert found.due_on == date(2023, 2, 24)
    assert "1곳" in found.title
    assert "quotes-1" not in due(running(selection=replace(selection, decisions=good_selection().decisions)))
    assert "quotes-1" not in due(running(selection=replace(good_selection(), decisions=())))
    assert "quotes-1" not in due(running(selection=SelectionFacts()))


def test_registration_is_due_thirty_days_after_conclusion() -> None:
    case = running(registration=RegistrationFacts())
    assert due(case)["registration"].due_on == date(2023, 4, 12)
    assert due(case)["registration"].severity is Severity.JUSTIFY
    assert "registration" not in due(running())
    assert "registration" not in due(replace(case, sourcing=replace(good_sourcing(), route=Route.CENTRAL)))


def test_a_change_is_to_be_registered_again() -> None:
    contract = replace(good_contract(), amendments=(Amendment(1, date(2023, 5, 30), "증액"),))
    case = running(contract=contract)
    # Thirty days from 30 May are 29 June, a Thursday.
    assert due(case)["correction-1"].due_on == date(2023, 6, 29)
    made = Registration(RegistrationKind.CORRECTION, date(2023, 6, 2), 1)
    done = replace(case, registration=RegistrationFacts((*case.registration.registrations, made)))
    assert "correction-1" not in due(done)


@pytest.mark.parametrize(
    ("today", "months"),
    [(date(2023, 3, 31), []), (date(2023, 4, 1), ["2023-03"]), (date(2023, 4, 30), ["2023-03"])],
)
def test_figures_are_due_for_each_month_that_is_over(today: date, months: list[str]) -> None:
    monitoring = replace(good_monitoring(), figures=())
    found = due(running(today, monitoring=monitoring))
    assert [key for key in found if key.startswith("figures")] == [f"figures-{month}" for month in months]
    for month in months:
        assert "3개" in found[f"figures-{month}"].title
        assert found[f"figures-{month}"].due_on == date(2023, 3, 31)


def test_a_month_with_all_its_figures_is_closed() -> None:
    assert not [key for key in due(running()) if key.startswith("figures")]


def test_a_demand_is_open_until_it_has_an_outcome() -> None:
    demand = ImprovementDemand("d1", "availability", "2023-05", "요구", date(2023, 6, 7), date(2023, 6, 30))
    case = running(monitoring=replace(good_monitoring(), demands=(demand,)))
    assert due(case)["demand-d1"].due_on == date(2023, 6, 30)
    assert "가용률" in due(case)["demand-d1"].title
    ended = replace(demand, outcome=DemandOutcomeKind.IMPROVED)
    assert "demand-d1" not in due(running(monitoring=replace(good_monitoring(), demands=(ended,))))


def test_duties_fall_due_by_their_timing() -> None:
    found = due(running(date(2023, 4, 10), monitoring=replace(good_monitoring(), confirmations=())))
    days = {key: d.due_on for key, d in found.items() if key.startswith("duty")}
    assert days == {
        "duty-site_representative": date(2023, 3, 20),
        "duty-pledges": date(2023, 3, 20),
        "duty-plan": date(2023, 3, 27),
        "duty-architecture": date(2023, 4, 28),
        "duty-report-2023-03": date(2023, 3, 31),
        "duty-report-2023-04": date(2023, 4, 30),
        "duty-cloud_cost": date(2023, 12, 31),
    }
    assert found["duty-cloud_cost"].step is Step.ENDING


def test_a_confirmed_duty_is_closed() -> None:
    confirmations = tuple(c for c in good_monitoring().confirmations if c.occurrence != "2023-04")
    found = due(running(monitoring=replace(good_monitoring(), confirmations=confirmations)))
    assert [key for key in found if key.startswith("duty")] == ["duty-report-2023-04"]


def a_fault(**changes: Any) -> CaseFacts:
    """A critical fault, told at 10:00 in Seoul on 14 June."""
    told = Fault("f1", 7, FaultGrade.CRITICAL, "DB 서버", "응답 없음", at(6, 14))
    return running(monitoring=replace(good_monitoring(), faults=(replace(told, **changes),)))


def test_a_fault_runs_by_the_clock_of_the_contract() -> None:
    found = due(a_fault())
    assert "16:00" in found["fault-f1-arrival"].title
    assert found["fault-f1-arrival"].due_on == date(2023, 6, 14)
    assert "22:00" in found["fault-f1-recovery"].title
    assert set(due(a_fault(arrived_at=at(6, 14, 2)))) & {"fault-f1-arrival", "fault-f1-recovery"} == {
        "fault-f1-recovery"
    }
    assert "fault-f1-arrival" not in due(a_fault(remote=True))


def test_after_recovery_the_report_is_due_on_that_korean_day() -> None:
    # 16:00 UTC on 14 June is one o'clock of 15 June in Seoul.
    found = due(a_fault(recovered_at=at(6, 14, 16)))
    assert found["fault-f1-report"].due_on == date(2023, 6, 15)
    assert "fault-f1-recovery" not in found
    assert not [
        key
        for key in due(a_fault(recovered_at=at(6, 14, 16), reported_on=date(2023, 6, 15)))
        if key.startswith("fault")
    ]


def test_a_fault_without_a_clock_or_with_moments_out_of_order_has_no_day() -> None:
    for case in (
        replace(a_fault(), contract=replace(good_contract(), terms=replace(good_terms(), fault_terms=None))),
        a_fault(arrived_at=at(6, 13)),
    ):
        assert not [key for key in due(case) if key.startswith("fault")]


def test_a_certificate_that_ends_before_the_contract_is_due_on_its_last_day() -> None:
    short = with_final(results=(a_row(1, csap_to=date(2023, 12, 20)), a_row(2), a_row(3)))
    assert due(running(search=short.search))["certificate-result-1"].due_on == date(2023, 12, 20)
    assert "certificate-result-1" not in due(running())


def test_the_end_is_prepared_from_ninety_days_before() -> None:
    found = due(running(ending=EndingFacts()))
    assert {key: found[key].due_on for key in ("end", "notice", "checklist-90", "checklist-30")} == {
        "end": date(2023, 12, 31),
        "notice": date(2023, 11, 30),
        "checklist-90": date(2023, 10, 2),
        "checklist-30": date(2023, 12, 1),
    }


def test_a_move_is_prepared_sixty_days_before() -> None:
    moving = replace(good_ending().plan or EndingPlan(), expiry_outcome=ExpiryOutcome.NEW_CONTRACT)
    found = due(running(ending=EndingFacts(plan=moving)))
    assert found["checklist-60"].due_on == date(2023, 11, 1)


def test_what_is_marked_and_what_has_come_is_closed() -> None:
    assert set(due(running())) == {"end"}


def test_an_amended_end_moves_what_hangs_on_it() -> None:
    contract = replace(
        good_contract(), amendments=(Amendment(1, date(2023, 6, 1), "단축", end=date(2023, 9, 30)),)
    )
    found = due(running(contract=contract, ending=EndingFacts()))
    assert found["end"].due_on == date(2023, 9, 30)
    assert found["checklist-90"].due_on == date(2023, 7, 2)


def test_an_immediate_termination_waits_for_no_notice() -> None:
    plan = EndingPlan(kind=EndingKind.TERMINATION, end_on=date(2023, 6, 20), immediate=True)
    found = due(running(ending=EndingFacts(plan=plan)))
    assert "notice" not in found
    assert found["end"].due_on == date(2023, 6, 20)
    assert is_korean(found["end"].title)

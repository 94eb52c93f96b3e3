"""The fault clock: the task order's hours on worked faults, and contracts that say less."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from procurement.domain.errors import InvalidInput, Refused
from procurement.domain.facts.contract import FaultTerms
from procurement.domain.facts.monitoring import Fault, FaultGrade
from procurement.domain.incidents import (
    TASK_ORDER_CLOCK,
    FaultAssessment,
    assess,
    assess_all,
    ensure_closable,
)

START = datetime(2023, 9, 2, 15, 30, tzinfo=UTC)  # a Saturday night in Seoul: the clock runs round the clock
LONG_AFTER = START + timedelta(days=30)


def _at(hours: float) -> datetime:
    return START + timedelta(minutes=round(hours * 60))


def _fault(**changes: Any) -> Fault:
    return replace(Fault("f1", 1, FaultGrade.MAJOR, "메타버스 플랫폼", "접속 불가", START), **changes)


def _assess(
    fault: Fault, terms: FaultTerms = TASK_ORDER_CLOCK, now: datetime = LONG_AFTER
) -> FaultAssessment:
    return assess(fault, terms, now)


def test_a_fault_in_time_is_late_nowhere() -> None:
    found = _assess(_fault(arrived_at=_at(2), recovered_at=_at(9)))
    assert found.arrival is not None
    assert (found.arrival.due, found.arrival.done, found.arrival.late) == (_at(6), _at(2), False)
    assert [limit.due for limit in found.recoveries] == [_at(14), _at(24)]
    assert not found.late_by_any
    assert found.merged_with is None
    assert found.notes == ()


@pytest.mark.parametrize(
    ("hours", "late", "minutes"), [(6, False, 0), (6 + 1 / 60, True, 1), (8.5, True, 150)]
)
def test_six_hours_to_arrive(hours: float, late: bool, minutes: int) -> None:
    arrival = _assess(_fault(arrived_at=_at(hours))).arrival
    assert arrival is not None
    assert (arrival.late, arrival.minutes_late) == (late, minutes)


def test_a_minute_begun_is_a_minute_late() -> None:
    arrival = _assess(_fault(arrived_at=_at(6) + timedelta(seconds=1))).arrival
    assert arrival is not None
    assert (arrival.late, arrival.minutes_late) == (True, 1)


@pytest.mark.parametrize(
    ("grade", "hours"), [(FaultGrade.CRITICAL, 12), (FaultGrade.MAJOR, 24), (FaultGrade.MINOR, 48)]
)
def test_each_grade_has_its_hours_beside_the_twelve_after_arrival(grade: FaultGrade, hours: int) -> None:
    found = _assess(_fault(grade=grade, arrived_at=_at(5), recovered_at=_at(6)))
    assert [limit.due for limit in found.recoveries] == [_at(17), _at(hours)]
    assert [limit.basis for limit in found.recoveries] == [
        "도착 후 12시간 이내 복구",
        f"{grade.value} 등급: 통보 후 {hours}시간 이내 복구",
    ]


@pytest.mark.parametrize(
    ("grade", "recovered", "late"),
    [
        (FaultGrade.MAJOR, 14, [False, False]),
        (FaultGrade.MAJOR, 20, [True, False]),
        (FaultGrade.MAJOR, 25, [True, True]),
        (FaultGrade.CRITICAL, 13, [False, True]),
    ],
)
def test_both_limits_are_shown_and_their_dispute_is_told(
    grade: FaultGrade, recovered: int, late: list[bool]
) -> None:
    found = _assess(_fault(grade=grade, arrived_at=_at(2), recovered_at=_at(recovered)))
    assert [limit.late for limit in found.recoveries] == late
    assert found.recovery_disputed == (late[0] != late[1])
    assert found.late_by_any == any(late)
    assert len(found.contradictions) == 1 + found.recovery_disputed
    assert "두 가지로 정합니다" in found.contradictions[0]


def test_remote_work_has_no_arrival_and_only_the_grade_table() -> None:
    found = _assess(_fault(remote=True, recovered_at=_at(25)))
    assert found.arrival is None
    assert [(limit.due, limit.minutes_late) for limit in found.recoveries] == [(_at(24), 60)]
    assert found.contradictions == ()


def test_a_contract_may_ask_for_arrival_even_of_remote_work() -> None:
    terms = replace(TASK_ORDER_CLOCK, remote_has_no_arrival=False)
    assert _assess(_fault(remote=True, arrived_at=_at(1)), terms).arrival is not None


def test_what_is_not_done_yet_is_held_against_the_moment_of_asking() -> None:
    early, later = _assess(_fault(), now=_at(5)), _assess(_fault(), now=_at(30))
    assert not early.late_by_any
    assert later.late_by_any
    assert later.arrival is not None
    assert (later.arrival.done, later.arrival.minutes_late) == (None, 24 * 60)
    assert [(limit.due, limit.late) for limit in later.recoveries] == [(_at(24), True)]


def test_recovered_without_an_arrival_on_record_asks_for_it() -> None:
    found = _assess(_fault(recovered_at=_at(3)))
    assert found.arrival is not None
    assert (found.arrival.done, found.arrival.late) == (_at(3), False)
    assert "도착 시각이 없어" in found.notes[0]


@pytest.mark.parametrize(("gap", "merged"), [(0, 1), (60, 1), (61, None)])
def test_the_same_fault_within_the_hour_continues_the_first(gap: int, merged: int | None) -> None:
    first = _fault(arrived_at=_at(1), recovered_at=_at(10))
    again = _fault(
        fault_id="f2",
        number=2,
        symptom="접속  불가",
        notified_at=_at(10) + timedelta(minutes=gap),
        arrived_at=_at(12),
        recovered_at=_at(26),
    )
    one, two = assess_all([again, first], TASK_ORDER_CLOCK, LONG_AFTER)
    assert (one.number, two.number, two.merged_with) == (1, 2, merged)
    if merged:
        assert two.started_at == one.started_at == START
        assert (
            [limit.late for limit in one.recoveries]
            == [limit.late for limit in two.recoveries]
            == [True, True]
        )
        assert one.recoveries[0].done == _at(26)
    else:
        assert not one.late_by_any
        assert two.started_at == again.notified_at


def test_a_fault_that_comes_back_twice_is_one_to_the_end() -> None:
    faults = [
        _fault(arrived_at=_at(1), recovered_at=_at(2)),
        _fault(fault_id="f2", number=2, notified_at=_at(2.5), recovered_at=_at(3)),
        _fault(fault_id="f3", number=3, notified_at=_at(3.5)),
    ]
    found = assess_all(faults, TASK_ORDER_CLOCK, _at(4))
    assert [one.merged_with for one in found] == [None, 1, 1]
    assert {one.started_at for one in found} == {START}
    assert all(limit.done is None for one in found for limit in one.recoveries)


def test_another_symptom_or_service_is_another_fault_and_the_officer_is_asked() -> None:
    first = _fault(arrived_at=_at(1), recovered_at=_at(2))
    symptom = _fault(fault_id="f2", number=2, notified_at=_at(2.5), symptom="느림")
    service = _fault(fault_id="f3", number=3, notified_at=_at(2.5), service="게시판")
    _, two, three = assess_all([first, symptom, service], TASK_ORDER_CLOCK, _at(3))
    assert (two.merged_with, three.merged_with) == (None, None)
    assert "1번 장애를 복구하고 60분 안에" in two.notes[0]
    assert three.notes == ()


def test_without_a_window_every_fault_is_its_own() -> None:
    terms = replace(TASK_ORDER_CLOCK, recurrence_minutes=None)
    faults = [_fault(recovered_at=_at(1)), _fault(fault_id="f2", number=2, notified_at=_at(1))]
    assert [one.merged_with for one in assess_all(faults, terms, LONG_AFTER)] == [None, None]


def test_a_contract_that_says_nothing_has_no_limits() -> None:
    found = _assess(_fault(arrived_at=_at(100), recovered_at=_at(200)), FaultTerms())
    assert (found.arrival, found.recoveries, found.contradictions, found.late_by_any) == (None, (), (), False)


def test_one_limit_alone_contradicts_nothing() -> None:
    found = _assess(
        _fault(arrived_at=_at(1), recovered_at=_at(14)), FaultTerms(recovery_hours_after_arrival=12)
    )
    assert [limit.minutes_late for limit in found.recoveries] == [60]
    assert found.contradictions == ()


def test_a_clock_of_working_hours_is_left_to_the_officer() -> None:
    found = _assess(_fault(recovered_at=_at(99)), replace(TASK_ORDER_CLOCK, round_the_clock=False))
    assert (found.arrival, found.recoveries, found.late_by_any) == (None, (), False)
    assert "근무시간" in found.notes[-1]


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"arrived_at": _at(-1)}, "arrived_at"),
        ({"arrived_at": _at(3), "recovered_at": _at(2)}, "recovered_at"),
        ({"recovered_at": _at(-1)}, "recovered_at"),
    ],
)
def test_moments_out_of_order_are_refused(changes: dict[str, datetime], field: str) -> None:
    with pytest.raises(InvalidInput, match="보다 빠릅니다") as caught:
        _assess(_fault(**changes))
    assert caught.value.field == field


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({}, "recovered_at"),
        ({"recovered_at": _at(2)}, "tested_at"),
        ({"recovered_at": _at(2), "tested_at": _at(1), "witness": "표본 담당자"}, "tested_at"),
        ({"recovered_at": _at(2), "tested_at": _at(3), "witness": " "}, "witness"),
    ],
)
def test_closing_needs_the_test_before_a_witness(changes: dict[str, Any], field: str) -> None:
    with pytest.raises(Refused) as caught:
        ensure_closable(_fault(**changes), TASK_ORDER_CLOCK)
    assert (caught.value.rule_id, caught.value.field) == ("M-4", field)


def test_lateness_never_keeps_a_fault_open() -> None:
    late = _fault(arrived_at=_at(20), recovered_at=_at(90), tested_at=_at(91), witness="표본 담당자")
    assert _assess(late).late_by_any
    ensure_closable(late, TASK_ORDER_CLOCK)
    ensure_closable(
        replace(late, tested_at=None, witness=""), replace(TASK_ORDER_CLOCK, witnessed_test=False)
    )


def test_the_ready_set_is_the_clock_of_the_task_order() -> None:
    assert TASK_ORDER_CLOCK.arrival_hours == 6
    assert TASK_ORDER_CLOCK.recovery_hours_after_arrival == 12
    assert dict(TASK_ORDER_CLOCK.grade_hours) == {"Critical": 12, "Major": 24, "Minor": 48}
    assert {grade for grade, _ in TASK_ORDER_CLOCK.grade_hours} == {grade.value for grade in FaultGrade}
    assert TASK_ORDER_CLOCK.recurrence_minutes == 60


@given(st.integers(0, 6000), st.integers(0, 6000), st.sampled_from(FaultGrade))
def test_late_and_minutes_late_say_the_same(arrival: int, repair: int, grade: FaultGrade) -> None:
    arrived = START + timedelta(minutes=arrival)
    found = _assess(_fault(grade=grade, arrived_at=arrived, recovered_at=arrived + timedelta(minutes=repair)))
    assert found.arrival is not None
    for limit in (found.arrival, *found.recoveries):
        assert limit.done is not None
        assert limit.late == (limit.done > limit.due) == (limit.minutes_late > 0)
        assert timedelta(minutes=limit.minutes_late) == max(timedelta(0), limit.done - limit.due)

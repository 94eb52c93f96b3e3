"""Faults by the clock of the contract (⑧, M-4): what was due when, what came late, what may be closed.

The clock is a set of terms of the contract, not of this program. Where a contract says two things, both are
computed and the difference is told; the choice between them is the officer's. Lateness is shown and never
stops anyone. Closing without the test in a witness's presence does stop.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise

from procurement.domain.errors import InvalidInput, Refused
from procurement.domain.facts.contract import FaultTerms
from procurement.domain.facts.monitoring import Fault

TASK_ORDER_CLOCK = FaultTerms(
    arrival_hours=6,
    recovery_hours_after_arrival=12,
    grade_hours=(("Critical", 12), ("Major", 24), ("Minor", 48)),
    recurrence_minutes=60,
    round_the_clock=True,
    remote_has_no_arrival=True,
    witnessed_test=True,
    note="장애 발생 시 즉시 복구가 원칙이며, 먼저 조치하고 나중에 보고합니다.",
)
"""The clock of the sample's task order, as a set to start from."""


@dataclass(frozen=True)
class Limit:
    """One point of the clock.

    ``basis`` says in Korean what it rests on. ``done`` is ``None`` while it has not been reached; ``late`` is
    then held against the moment of asking. ``minutes_late`` counts a minute begun as a whole one.
    """

    basis: str
    due: datetime
    done: datetime | None
    late: bool
    minutes_late: int


@dataclass(frozen=True)
class FaultAssessment:
    """How a fault stands by the clock.

    ``started_at`` is when the clock began: for a fault that came back within the window, with the first.
    ``merged_with`` is the number of that first fault, ``None`` for a fault of its own. ``arrival`` is
    ``None`` where none is due. ``recoveries`` holds a limit for each thing the contract says.
    ``contradictions`` and ``notes`` are Korean sentences for the page.
    """

    fault_id: str
    number: int
    started_at: datetime
    merged_with: int | None
    arrival: Limit | None
    recoveries: tuple[Limit, ...]
    contradictions: tuple[str, ...]
    notes: tuple[str, ...] = ()

    @property
    def late_by_any(self) -> bool:
        """Late by at least one of the limits, arrival included."""
        arrival = () if self.arrival is None else (self.arrival,)
        return any(limit.late for limit in (*arrival, *self.recoveries))

    @property
    def recovery_disputed(self) -> bool:
        """In time by one limit of recovery and late by another: the contract has to be read."""
        return len({limit.late for limit in self.recoveries}) > 1


def assess(
    fault: Fault, terms: FaultTerms, now: datetime, *, others: Sequence[Fault] = ()
) -> FaultAssessment:
    """Hold a fault against the clock.

    :param fault: the fault; its moments are aware.
    :param terms: the fault clock of the contract.
    :param now: the moment of asking, for what has not been reached yet.
    :param others: the other faults of the contract, for one that comes back soon after recovery. Faults of
        one service with the same symptom are the same; with another symptom the officer is asked.
    :raises InvalidInput: moments out of order.
    """
    _check_order(fault)
    chain = _chain(fault, terms, others)
    first, last = chain[0], chain[-1]
    notes = _similar(fault, terms, others) + _without_arrival(first, terms)
    if not terms.round_the_clock:
        notes += (
            "근무시간만 세는 계약이어서 기한을 자동으로 계산하지 않습니다. "
            "계약의 근무시간으로 직접 확인하세요.",
        )
        return FaultAssessment(
            fault.fault_id, fault.number, first.notified_at, _merged(fault, first), None, (), (), notes
        )
    recoveries = _recoveries(first, last.recovered_at, terms, now)
    return FaultAssessment(
        fault_id=fault.fault_id,
        number=fault.number,
        started_at=first.notified_at,
        merged_with=_merged(fault, first),
        arrival=_arrival(first, terms, now),
        recoveries=recoveries,
        contradictions=_contradictions(first, terms, recoveries),
        notes=notes,
    )


def _merged(fault: Fault, first: Fault) -> int | None:
    return None if first.fault_id == fault.fault_id else first.number


def assess_all(faults: Sequence[Fault], terms: FaultTerms, now: datetime) -> tuple[FaultAssessment, ...]:
    """Every fault of a contract, in order of notice.

    :raises InvalidInput: as :func:`assess`.
    """
    ordered = sorted(faults, key=lambda fault: (fault.notified_at, fault.number))
    return tuple(assess(fault, terms, now, others=ordered) for fault in ordered)


def ensure_closable(fault: Fault, terms: FaultTerms) -> None:
    """Refuse to close a fault that is not recovered, or not tested before a witness where the contract asks.

    :raises Refused: rule M-4, with the field that is missing.
    """
    if fault.recovered_at is None:
        raise Refused("복구를 마친 시각이 없습니다. 복구 완료 시각을 먼저 기록하세요.", "M-4", "recovered_at")
    if not terms.witnessed_test:
        return
    if fault.tested_at is None or fault.tested_at < fault.recovered_at:
        raise Refused(
            "복구한 뒤의 시험 확인이 없습니다. 담당자가 입회하여 시험한 시각을 기록한 뒤 종결하세요.",
            "M-4",
            "tested_at",
        )
    if not fault.witness.strip():
        raise Refused(
            "시험에 입회한 담당자가 없습니다. 입회한 사람의 이름을 기록한 뒤 종결하세요.", "M-4", "witness"
        )


def _check_order(fault: Fault) -> None:
    points = [
        ("notified_at", "통보", fault.notified_at),
        ("arrived_at", "도착", fault.arrived_at),
        ("recovered_at", "복구", fault.recovered_at),
    ]
    reached = [(field, name, moment) for field, name, moment in points if moment is not None]
    for (_, before, earlier), (field, name, later) in pairwise(reached):
        if later < earlier:
            raise InvalidInput(f"{name} 시각이 {before} 시각보다 빠릅니다. 두 시각을 확인하세요.", field)


def _continues(later: Fault, earlier: Fault, terms: FaultTerms) -> bool:
    """Whether ``later`` came on the same service within the window after ``earlier`` was recovered."""
    if terms.recurrence_minutes is None or earlier.recovered_at is None or later.fault_id == earlier.fault_id:
        return False
    gap = later.notified_at - earlier.recovered_at
    within = timedelta(0) <= gap <= timedelta(minutes=terms.recurrence_minutes)
    return within and _fold(later.service) == _fold(earlier.service)


def _same_symptom(one: Fault, other: Fault) -> bool:
    return _fold(one.symptom) == _fold(other.symptom)


def _fold(text: str) -> str:
    return "".join(text.split()).casefold()


def _chain(fault: Fault, terms: FaultTerms, others: Sequence[Fault]) -> list[Fault]:
    """The faults that count as one with this, in order."""
    same = [other for other in others if _same_symptom(other, fault)]
    chain = [fault]
    while before := [other for other in same if other not in chain and _continues(chain[0], other, terms)]:
        chain.insert(0, max(before, key=lambda other: other.notified_at))
    while after := [other for other in same if other not in chain and _continues(other, chain[-1], terms)]:
        chain.append(min(after, key=lambda other: other.notified_at))
    return chain


def _similar(fault: Fault, terms: FaultTerms, others: Sequence[Fault]) -> tuple[str, ...]:
    return tuple(
        f"{other.number}번 장애를 복구하고 {terms.recurrence_minutes}분 안에 같은 서비스에서 다시 났습니다. "
        "같은 장애인지 확인하고, 같다면 증상을 똑같이 적으세요."
        for other in others
        if _continues(fault, other, terms) and not _same_symptom(fault, other)
    )


def _without_arrival(first: Fault, terms: FaultTerms) -> tuple[str, ...]:
    if first.arrived_at is not None or first.recovered_at is None or not _is_on_site(first, terms):
        return ()
    return (
        "도착 시각이 없어 복구 시각에 온 것으로 보았습니다. "
        "현장에 왔다면 도착 시각을, 원격으로 고쳤다면 원격 조치를 기록하세요.",
    )


def _is_on_site(fault: Fault, terms: FaultTerms) -> bool:
    return not (fault.remote and terms.remote_has_no_arrival)


def _arrival(fault: Fault, terms: FaultTerms, now: datetime) -> Limit | None:
    if terms.arrival_hours is None or not _is_on_site(fault, terms):
        return None
    due = fault.notified_at + timedelta(hours=terms.arrival_hours)
    # Recovered with no arrival on record: nobody had to come after that.
    done = fault.arrived_at or fault.recovered_at
    return _limit(f"통보 후 {terms.arrival_hours}시간 이내 도착", due, done, now)


def _recoveries(
    first: Fault, recovered_at: datetime | None, terms: FaultTerms, now: datetime
) -> tuple[Limit, ...]:
    limits = []
    hours = terms.recovery_hours_after_arrival
    if hours is not None and first.arrived_at is not None and _is_on_site(first, terms):
        due = first.arrived_at + timedelta(hours=hours)
        limits.append(_limit(f"도착 후 {hours}시간 이내 복구", due, recovered_at, now))
    if (graded := dict(terms.grade_hours).get(first.grade.value)) is not None:
        due = first.notified_at + timedelta(hours=graded)
        limits.append(
            _limit(f"{first.grade.value} 등급: 통보 후 {graded}시간 이내 복구", due, recovered_at, now)
        )
    return tuple(limits)


def _limit(basis: str, due: datetime, done: datetime | None, now: datetime) -> Limit:
    over = (done or now) - due
    late = over > timedelta(0)
    return Limit(basis, due, done, late, -(-over // timedelta(minutes=1)) if late else 0)


def _contradictions(first: Fault, terms: FaultTerms, recoveries: Sequence[Limit]) -> tuple[str, ...]:
    if len(recoveries) < 2:
        return ()
    after, graded = terms.recovery_hours_after_arrival, dict(terms.grade_hours)[first.grade.value]
    found = [
        f"계약이 복구 기한을 두 가지로 정합니다: 도착 후 {after}시간, {first.grade.value} 등급 {graded}시간. "
        "등급 시간을 세기 시작하는 때가 적혀 있지 않아 통보한 때부터 세었습니다. "
        "두 기한을 함께 보고 판단하세요."
    ]
    if len({limit.late for limit in recoveries}) > 1:
        found.append(
            "한 기한은 지켰고 다른 기한은 넘겼습니다. 어느 쪽을 따를지 계약상대자와 정해 기록하세요."
        )
    return tuple(found)

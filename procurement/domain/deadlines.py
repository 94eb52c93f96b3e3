"""What has to be done next by when: the open deadlines of a case, for the first page and the calendar."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from procurement.domain.checklist import CHECKPOINTS, checklist_for, notice_ground
from procurement.domain.errors import InvalidInput
from procurement.domain.facts import CaseFacts
from procurement.domain.facts.contract import DutyTiming, FaultTerms
from procurement.domain.facts.monitoring import Fault
from procurement.domain.incidents import FaultAssessment, assess
from procurement.domain.obligations import contract_end, months_past, open_duties
from procurement.domain.periods import days_before, due_within
from procurement.domain.rules.base import Severity
from procurement.domain.rules.ending_provider import NOTICE_DAYS
from procurement.domain.rules.monitoring_watch import expiring_certificates
from procurement.domain.rules.reading import (
    is_central,
    korean_day,
    korean_midnight,
    korean_time,
    still_running,
)
from procurement.domain.rules.registration import REGISTRATION_DAYS, registration_due
from procurement.domain.steps import Step, StepState


@dataclass(frozen=True)
class Deadline:
    """Something open with a day.

    ``key`` tells it apart within the case and stays the same as long as it is open; ``severity`` is that of
    the rule behind it. ``due_on`` is a calendar day in Korea.
    """

    step: Step
    key: str
    title: str
    due_on: date
    severity: Severity


def deadlines_of(facts: CaseFacts) -> tuple[Deadline, ...]:
    """Every open deadline of a case, the earliest first; none of completed steps or of a case that ended.

    :param facts: ``facts.today`` decides which months are past; nothing else looks at the clock, so a
        deadline that has run out stays in the list until it is dealt with.
    """
    if facts.ended is not None:
        return ()
    found = (
        *_quotes(facts),
        *_registration(facts),
        *_figures(facts),
        *_demands(facts),
        *_duties(facts),
        *_faults(facts),
        *_certificates(facts),
        *_ending(facts),
    )
    is_open = (deadline for deadline in found if not _done(facts, deadline.step))
    order = list(Step)
    return tuple(sorted(is_open, key=lambda d: (d.due_on, order.index(d.step), d.key)))


def _done(facts: CaseFacts, step: Step) -> bool:
    state = facts.steps.get(step)
    return state is not None and state.state is StepState.DONE


def _quotes(facts: CaseFacts) -> Iterator[Deadline]:
    """Requests for quotes that somebody who is still in the running has not answered."""
    for number, request in enumerate(facts.selection.requests, start=1):
        lot = request.lot
        running = {row.result_id for row in still_running(facts, lot)}
        waiting = [
            result_id
            for result_id in request.result_ids
            if result_id in running and facts.selection.quote_of(lot, result_id) is None
        ]
        if waiting and facts.selection.decision_of(lot) is None:
            yield Deadline(
                Step.SELECTION,
                f"quotes-{number}",
                f"견적 제출 기한: {len(waiting)}곳의 견적을 기다립니다.",
                request.due_on,
                Severity.BLOCK,
            )


def _registration(facts: CaseFacts) -> Iterator[Deadline]:
    conclusion = facts.contract.conclusion
    if conclusion is None or is_central(facts):
        return
    if facts.registration.initial is None:
        yield Deadline(
            Step.REGISTRATION,
            "registration",
            "이용계약 정보를 이용지원시스템에 등록합니다(체결 후 30일 이내 권고).",
            registration_due(facts, conclusion.concluded_on),
            Severity.JUSTIFY,
        )
    for amendment in facts.contract.amendments:
        if facts.registration.correction_for(amendment.number) is None:
            # The guideline names no day for a correction; that of the registration serves.
            due = due_within(amendment.amended_on, REGISTRATION_DAYS, facts.holidays.get).due
            yield Deadline(
                Step.REGISTRATION,
                f"correction-{amendment.number}",
                f"변경계약 {amendment.number}차를 이용지원시스템에 수정등록합니다.",
                due,
                Severity.BLOCK,
            )


def _figures(facts: CaseFacts) -> Iterator[Deadline]:
    """Months that are over and lack a figure."""
    terms = facts.contract.terms
    if terms is None or facts.contract.conclusion is None:
        return
    there = {(figure.month, figure.indicator) for figure in facts.monitoring.figures}
    for month, last in months_past(facts):
        missing = sum((month, indicator.key) not in there for indicator in terms.sla.indicators)
        if missing:
            yield Deadline(
                Step.MONITORING,
                f"figures-{month}",
                f"{month} 서비스수준 수치 {missing}개를 받아 적습니다.",
                last,
                Severity.REMIND,
            )


def _demands(facts: CaseFacts) -> Iterator[Deadline]:
    terms = facts.contract.terms
    names = {i.key: i.name for i in terms.sla.indicators} if terms else {}
    for demand in facts.monitoring.demands:
        if demand.outcome is None:
            yield Deadline(
                Step.MONITORING,
                f"demand-{demand.demand_id}",
                "개선 요구의 결과를 확인합니다: "
                f"{demand.month} {names.get(demand.indicator, demand.indicator)}",
                demand.due_on,
                Severity.JUSTIFY,
            )


def _duties(facts: CaseFacts) -> Iterator[Deadline]:
    for due in open_duties(facts):
        at_end = due.duty.timing is DutyTiming.AT_END
        month = f" ({due.occurrence})" if due.occurrence else ""
        yield Deadline(
            Step.ENDING if at_end else Step.MONITORING,
            f"duty-{due.duty.key}" + (f"-{due.occurrence}" if due.occurrence else ""),
            f"제공자 이행사항을 확인합니다: {due.duty.title}{month}",
            due.due_on,
            Severity.REMIND,
        )


def _faults(facts: CaseFacts) -> Iterator[Deadline]:
    terms = facts.contract.terms.fault_terms if facts.contract.terms else None
    for fault in facts.monitoring.faults:
        if not fault.closed:
            yield from _fault(facts, fault, terms)


def _fault(facts: CaseFacts, fault: Fault, terms: FaultTerms | None) -> Iterator[Deadline]:
    """Arrival and recovery by the contract's clock; after recovery the report."""
    name, key = f"{fault.number}번 장애", f"fault-{fault.fault_id}"
    if fault.recovered_at is not None:
        if fault.reported_on is None:
            yield Deadline(
                Step.MONITORING,
                f"{key}-report",
                f"{name}의 처리 결과를 보고받습니다.",
                korean_day(fault.recovered_at),
                Severity.REMIND,
            )
        return
    standing = _standing(facts, fault, terms)
    if standing is None:
        return
    if fault.arrived_at is None and standing.arrival is not None:
        due = standing.arrival.due
        yield Deadline(
            Step.MONITORING,
            f"{key}-arrival",
            f"{name}: {_hour(due)}까지 도착",
            korean_day(due),
            Severity.REMIND,
        )
    if standing.recoveries:
        # Where the contract says two things, the earlier one is shown: whoever keeps it keeps both.
        due = min(limit.due for limit in standing.recoveries)
        yield Deadline(
            Step.MONITORING,
            f"{key}-recovery",
            f"{name}: {_hour(due)}까지 복구",
            korean_day(due),
            Severity.REMIND,
        )


def _standing(facts: CaseFacts, fault: Fault, terms: FaultTerms | None) -> FaultAssessment | None:
    """The fault by the clock; ``None`` without a clock, or where its moments contradict each other (M-4)."""
    if terms is None:
        return None
    try:
        return assess(fault, terms, korean_midnight(facts.today), others=facts.monitoring.faults)
    except InvalidInput:
        return None


def _hour(moment: datetime) -> str:
    return f"{korean_time(moment):%H:%M}"


def _certificates(facts: CaseFacts) -> Iterator[Deadline]:
    if facts.contract.conclusion is None:
        return
    for result_id, name, last in expiring_certificates(facts):
        yield Deadline(
            Step.MONITORING,
            f"certificate-{result_id}",
            f"보안인증(CSAP)의 연장을 확인합니다: {name}",
            last,
            Severity.REMIND,
        )


def _ending(facts: CaseFacts) -> Iterator[Deadline]:
    """The end itself, the provider's notice, and the checklist at 90, 60 and 30 days before."""
    end = contract_end(facts)
    if end is None or facts.contract.conclusion is None:
        return
    yield Deadline(
        Step.ENDING, "end", "계약이 끝납니다. 반환·파기와 약속의 이행을 확인합니다.", end, Severity.BLOCK
    )
    plan = facts.ending.plan
    if not notice_ground(facts) and (plan is None or plan.notice is None):
        yield Deadline(
            Step.ENDING,
            "notice",
            "제공자의 종료 통지를 받습니다(종료 30일 전까지).",
            days_before(end, NOTICE_DAYS).due,
            Severity.JUSTIFY,
        )
    done = {mark.item for mark in facts.ending.marks}
    items = [i for i in facts.ending.items or checklist_for(facts) if i.required and i.key not in done]
    for days in CHECKPOINTS:
        left = sum(item.days_before_end == days for item in items)
        if left:
            yield Deadline(
                Step.ENDING,
                f"checklist-{days}",
                f"종료 {days}일 전 점검표: {left}가지를 확인합니다.",
                end - timedelta(days=days),
                Severity.REMIND,
            )

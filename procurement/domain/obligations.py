"""When what recurs over a contract falls due: months to be reported, duties of the provider."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from procurement.domain.facts import CaseFacts
from procurement.domain.facts.contract import Duty, DutyTiming
from procurement.domain.periods import add_months, due_within


@dataclass(frozen=True)
class DutyDue:
    """One occurrence of a duty and its day; ``occurrence`` is ``"YYYY-MM"`` for monthly ones, else ``""``."""

    duty: Duty
    occurrence: str
    due_on: date


def month_key(day: date) -> str:
    """The month of a day as figures and confirmations name it: ``2026-11``."""
    return f"{day.year:04d}-{day.month:02d}"


def months_of(start: date, end: date) -> Iterator[tuple[str, date]]:
    """Months from ``start`` to ``end``, each with its last day within the period."""
    first = start.replace(day=1)
    while first <= end:
        following = add_months(first, 1)
        yield month_key(first), min(following - timedelta(days=1), end)
        first = following


def contract_start(facts: CaseFacts) -> date | None:
    """First day of the contract: as the terms have it, else the day of conclusion."""
    terms, conclusion = facts.contract.terms, facts.contract.conclusion
    if terms is not None and terms.start is not None:
        return terms.start
    return conclusion.concluded_on if conclusion else None


def contract_end(facts: CaseFacts) -> date | None:
    """The day the contract ends: as ⑨ plans it, else as terms and amendments have it."""
    plan = facts.ending.plan
    return plan.end_on if plan is not None and plan.end_on is not None else facts.contract.ends_on


def months_past(facts: CaseFacts) -> tuple[tuple[str, date], ...]:
    """Months of the contract that are over today, each with the last day that counted."""
    start, end = contract_start(facts), contract_end(facts)
    if start is None:
        return ()
    last = facts.today if end is None else min(end, facts.today)
    return tuple((month, day) for month, day in months_of(start, last) if day < facts.today)


def duty_dues(facts: CaseFacts) -> tuple[DutyDue, ...]:
    """Every occurrence of the provider's duties that has a day, up to the present month.

    A monthly duty is due on the last day of the month, or of the contract. Duties on demand have no day.
    """
    terms, conclusion = facts.contract.terms, facts.contract.conclusion
    if terms is None or conclusion is None:
        return ()
    return tuple(due for duty in terms.duties for due in _dues(duty, facts, conclusion.concluded_on))


def open_duties(facts: CaseFacts) -> tuple[DutyDue, ...]:
    """Those of :func:`duty_dues` that nobody has confirmed."""
    confirmed = {(c.duty, c.occurrence) for c in facts.monitoring.confirmations}
    return tuple(due for due in duty_dues(facts) if (due.duty.key, due.occurrence) not in confirmed)


def _dues(duty: Duty, facts: CaseFacts, concluded_on: date) -> Iterator[DutyDue]:
    if duty.timing is DutyTiming.MONTHLY:
        yield from _monthly(duty, facts)
        return
    day: date | None = None
    if duty.timing is DutyTiming.AFTER_CONCLUSION and duty.days:
        day = due_within(concluded_on, duty.days, facts.holidays.get).due
    elif duty.timing is DutyTiming.ON_DATE:
        day = duty.due_on
    elif duty.timing is DutyTiming.AT_END:
        day = contract_end(facts)
    if day is not None:
        yield DutyDue(duty, "", day)


def _monthly(duty: Duty, facts: CaseFacts) -> Iterator[DutyDue]:
    start, end = contract_start(facts), contract_end(facts)
    if start is None:
        return
    month_end = add_months(facts.today.replace(day=1), 1) - timedelta(days=1)
    for month, day in months_of(start, month_end if end is None else min(end, month_end)):
        yield DutyDue(duty, month, day)

"""⑧ Faults: reported, followed up point by point, closed by the witnessed test (M-4)."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime

from sqlalchemy import func, select

from procurement.domain.access import Actor
from procurement.domain.errors import Conflict, InvalidInput
from procurement.domain.facts import CaseFacts
from procurement.domain.facts.contract import FaultTerms
from procurement.domain.facts.monitoring import Fault, FaultGrade
from procurement.domain.incidents import FaultAssessment, assess, ensure_closable
from procurement.domain.steps import Step
from procurement.extensions import db
from procurement.models import Case, CaseRecord
from procurement.models.base import now
from procurement.services import records
from procurement.services.record_guards import (
    check_moment,
    check_text,
    facts_to_change,
    moment_of,
    one_of,
)
from procurement.services.records import ActiveRecord

# Where the contract has no clock there is nothing to be late by, and no test that it asks for.
NO_CLOCK = FaultTerms(witnessed_test=False)


@dataclass(frozen=True)
class FaultReport:
    """A fault as reported."""

    grade: FaultGrade
    service: str
    symptom: str
    notified_at: datetime
    remote: bool = False


@dataclass(frozen=True)
class FaultProgress:
    """How far a fault has come; ``None`` or ``""`` is a point not reached."""

    remote: bool = False
    arrived_at: datetime | None = None
    recovered_at: datetime | None = None
    cause: str = ""
    responsibility: str = ""
    reported_on: date | None = None
    tested_at: datetime | None = None
    witness: str = ""
    prevented_on: date | None = None


@dataclass(frozen=True)
class FaultView:
    """A fault with how it stands by the clock, ``None`` where the contract has no clock."""

    fault: Fault
    version: int
    standing: FaultAssessment | None
    wrong: str = ""


def terms_of(facts: CaseFacts) -> FaultTerms | None:
    """The fault clock of the contract."""
    return facts.contract.terms.fault_terms if facts.contract.terms else None


def views(case: Case, facts: CaseFacts) -> list[FaultView]:
    """Every fault, the newest first, held against the clock now."""
    threads = {record.thread_id: record.version for record in records.active(case) if record.kind == "fault"}
    faults = sorted(facts.monitoring.faults, key=lambda fault: -fault.number)
    return [_view(fault, threads[fault.fault_id], facts) for fault in faults]


def _view(fault: Fault, version: int, facts: CaseFacts) -> FaultView:
    terms = terms_of(facts)
    if terms is None:
        return FaultView(fault, version, None)
    try:
        return FaultView(fault, version, assess(fault, terms, now(), others=facts.monitoring.faults))
    except InvalidInput as wrong:
        return FaultView(fault, version, None, wrong.message)


def report(actor: Actor, case: Case, reported: FaultReport) -> CaseRecord:
    """Record a fault when the provider has been told of it; it gets the next number.

    Raises ``InvalidInput`` for a blank service or symptom, or a time of notice to come.
    """
    facts_to_change(actor, case, Step.MONITORING)
    check_text(reported.service, "어느 서비스에 장애가 났는지 적어 주세요.", "service")
    check_text(reported.symptom, "어떤 증상인지 적어 주세요.", "symptom")
    check_moment(reported.notified_at, "notified_at")
    fault = Fault(
        "",
        _next_number(case),
        reported.grade,
        reported.service.strip(),
        reported.symptom.strip(),
        reported.notified_at,
        reported.remote,
    )
    return records.add(actor, case, "fault", fault, reported.notified_at)


def _next_number(case: Case) -> int:
    """Withdrawn faults keep their number, so that a number on paper never means another fault."""
    query = (
        select(func.count())
        .select_from(CaseRecord)
        .where(CaseRecord.case_id == case.id, CaseRecord.kind == "fault", CaseRecord.version == 1)
    )
    return (db.session.scalar(query) or 0) + 1


def follow_up(
    actor: Actor, case: Case, thread_id: str, base_version: int, progress: FaultProgress
) -> CaseRecord:
    """Record how far a fault has come; lateness is told and never refused.

    Raises ``InvalidInput`` for moments to come or out of order, ``Conflict`` when the fault is closed or
    somebody went on with it meanwhile.
    """
    facts = facts_to_change(actor, case, Step.MONITORING)
    record = _open(case, thread_id)
    fault: Fault = replace(record.value, **vars(progress))
    _check_points(fault)
    # Asked for its refusal of moments out of order only.
    assess(fault, terms_of(facts) or NO_CLOCK, now())
    return records.revise(actor, case, thread_id, base_version, fault, record.occurred_at)


def _check_points(fault: Fault) -> None:
    for field in ("arrived_at", "recovered_at", "tested_at"):
        check_moment(getattr(fault, field), field)
    for field in ("reported_on", "prevented_on"):
        if (day := getattr(fault, field)) is not None:
            moment_of(day, field)
    tested, recovered = fault.tested_at, fault.recovered_at
    if tested is not None and recovered is not None and tested < recovered:
        raise InvalidInput("시험 시각이 복구 시각보다 빠릅니다. 두 시각을 확인해 주세요.", "tested_at")


def close(actor: Actor, case: Case, thread_id: str, base_version: int) -> CaseRecord:
    """Close a fault that has been recovered and tested before a witness.

    Raises ``Refused`` (M-4) while the contract's witnessed test is missing.
    """
    facts = facts_to_change(actor, case, Step.MONITORING)
    record = _open(case, thread_id)
    ensure_closable(record.value, terms_of(facts) or NO_CLOCK)
    value = replace(record.value, closed=True)
    return records.revise(actor, case, thread_id, base_version, value, record.occurred_at, "종결")


def reopen(actor: Actor, case: Case, thread_id: str, base_version: int, reason: str) -> CaseRecord:
    """Open a closed fault again; ``InvalidInput`` without a reason, ``Conflict`` when it is open."""
    facts_to_change(actor, case, Step.MONITORING)
    record = one_of(case, "fault", thread_id)
    if not record.value.closed:
        raise Conflict("종결하지 않은 장애입니다. 화면을 새로 고쳐 주세요.")
    check_text(reason, "종결한 장애를 다시 여는 사유를 적어 주세요.", "reason")
    value = replace(record.value, closed=False)
    return records.revise(actor, case, thread_id, base_version, value, record.occurred_at, reason.strip())


def _open(case: Case, thread_id: str) -> ActiveRecord:
    record = one_of(case, "fault", thread_id)
    if record.value.closed:
        raise Conflict("종결한 장애입니다. 고치려면 먼저 사유를 적고 다시 열어 주세요.")
    return record

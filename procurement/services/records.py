"""Records of a case: what happened, when, with what proof. Only added to, corrected by a new version."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import select

from procurement.domain.access import Actor
from procurement.domain.codec import canonical
from procurement.domain.errors import Conflict, InvalidInput, NotFound
from procurement.domain.facts.contract import (
    Amendment,
    ApprovalWithdrawal,
    DeliveryDemand,
    Negotiation,
    SelectedCheck,
)
from procurement.domain.facts.ending import ChecklistMark, PromiseMark
from procurement.domain.facts.formula import Measured
from procurement.domain.facts.monitoring import (
    ChangeRecord,
    Compensation,
    DutyConfirmation,
    Fault,
    ImprovementDemand,
    MonthlyFigure,
    ProviderNotice,
    WatchRecord,
)
from procurement.domain.facts.registration import Registration
from procurement.domain.facts.search import ListReading
from procurement.domain.facts.selection import (
    Declaration,
    EvaluatorRelease,
    MallResult,
    Material,
    ProviderQuestion,
    Quote,
    QuoteRequest,
)
from procurement.domain.steps import Step
from procurement.extensions import db
from procurement.models import Case, CaseRecord
from procurement.models.base import new_salt, now
from procurement.models.sealing import digest_of_text
from procurement.services import ledger
from procurement.services.codec_text import decoded
from procurement.services.once import add_once
from procurement.services.rows import CaseRows

SEOUL = ZoneInfo("Asia/Seoul")


@dataclass(frozen=True)
class RecordKind:
    """A kind of record: the step it belongs to and the dataclass of its body."""

    name: str
    step: Step
    type: type[Any]


KINDS: Mapping[str, RecordKind] = {
    kind.name: kind
    for kind in (
        RecordKind("search_reading", Step.SEARCH, ListReading),
        RecordKind("quote_request", Step.SELECTION, QuoteRequest),
        RecordKind("quote", Step.SELECTION, Quote),
        RecordKind("question", Step.SELECTION, ProviderQuestion),
        RecordKind("material", Step.SELECTION, Material),
        RecordKind("declaration", Step.SELECTION, Declaration),
        RecordKind("evaluator_release", Step.SELECTION, EvaluatorRelease),
        RecordKind("mall_result", Step.SELECTION, MallResult),
        RecordKind("measured", Step.SELECTION, Measured),
        RecordKind("negotiation", Step.CONTRACT, Negotiation),
        RecordKind("approval_withdrawal", Step.CONTRACT, ApprovalWithdrawal),
        RecordKind("selected_check", Step.CONTRACT, SelectedCheck),
        RecordKind("delivery_demand", Step.CONTRACT, DeliveryDemand),
        RecordKind("amendment", Step.CONTRACT, Amendment),
        RecordKind("registration", Step.REGISTRATION, Registration),
        RecordKind("figure", Step.MONITORING, MonthlyFigure),
        RecordKind("fault", Step.MONITORING, Fault),
        RecordKind("demand", Step.MONITORING, ImprovementDemand),
        RecordKind("compensation", Step.MONITORING, Compensation),
        RecordKind("confirmation", Step.MONITORING, DutyConfirmation),
        RecordKind("change", Step.MONITORING, ChangeRecord),
        RecordKind("watch", Step.MONITORING, WatchRecord),
        RecordKind("notice", Step.MONITORING, ProviderNotice),
        RecordKind("checklist_mark", Step.ENDING, ChecklistMark),
        RecordKind("promise", Step.ENDING, PromiseMark),
    )
}


@dataclass(frozen=True)
class ActiveRecord:
    """The newest version of a record that is not withdrawn."""

    thread_id: str
    version: int
    kind: str
    value: Any
    occurred_at: datetime
    recorded_at: datetime
    actor_id: str


def noon(day: date) -> datetime:
    """A day as a time: noon in Seoul, so that the day is the same wherever it is read."""
    return datetime.combine(day, time(12), SEOUL).astimezone(UTC)


def today() -> date:
    """The Korean calendar day."""
    return now().astimezone(SEOUL).date()


def add(actor: Actor, case: Case, kind: str, value: object, occurred_at: datetime) -> CaseRecord:
    """Add a record; ``value`` is an instance of the kind's dataclass.

    Raises ``InvalidInput`` when ``occurred_at`` lies in the future.
    """
    return _append(actor, case, kind, value, occurred_at, thread_id=None, version=1)


def revise(
    actor: Actor,
    case: Case,
    thread_id: str,
    base_version: int,
    value: object,
    occurred_at: datetime,
    reason: str = "",
) -> CaseRecord:
    """Put a new version on a record; the old one stays.

    Raises ``NotFound`` for no such record and ``Conflict`` when somebody revised it meanwhile.
    """
    last = _newest(case, thread_id)
    if last.version != base_version:
        raise Conflict("그사이 다른 사람이 이 기록을 고쳤습니다. 새로 고침하여 확인한 뒤 다시 적어 주세요.")
    return _append(
        actor,
        case,
        last.kind,
        value,
        occurred_at,
        thread_id=last.thread_id,
        version=last.version + 1,
        reason=reason,
    )


def withdraw(actor: Actor, case: Case, thread_id: str, reason: str) -> CaseRecord:
    """Take a mistaken record out of account, with a reason; it stays on the record.

    Raises ``InvalidInput`` without a reason, ``NotFound`` for no such record.
    """
    if not reason.strip():
        raise InvalidInput("기록을 취소하는 사유를 적어 주세요.", "reason")
    last = _newest(case, thread_id)
    value = decoded(KINDS[last.kind].type, last.body)
    return _append(
        actor,
        case,
        last.kind,
        value,
        last.occurred_at,
        thread_id=last.thread_id,
        version=last.version + 1,
        reason=reason,
        withdrawn=True,
    )


def active(case: Case, read: CaseRows | None = None) -> list[ActiveRecord]:
    """Newest versions of all records of a case that are not withdrawn, oldest first; one query.

    ``read``: the reading of the case that this is part of.
    """
    latest: dict[uuid.UUID, Any] = {}
    for row in all_versions(read or CaseRows(case)):
        latest[row.thread_id] = row
    return [
        ActiveRecord(
            str(row.thread_id),
            row.version,
            row.kind,
            decoded(KINDS[row.kind].type, row.body),
            row.occurred_at,
            row.recorded_at,
            str(row.actor_id),
        )
        for row in latest.values()
        if not row.withdrawn
    ]


def all_versions(read: CaseRows) -> Sequence[Any]:
    """Every version of every record, in the order recorded."""
    return read.all(CaseRecord, "recorded_at", "version")


def _newest(case: Case, thread_id: str) -> CaseRecord:
    try:
        key = uuid.UUID(thread_id)
    except ValueError:
        raise NotFound("그런 기록이 없습니다. 목록에서 다시 골라 주세요.") from None
    query = (
        select(CaseRecord)
        .where(CaseRecord.case_id == case.id, CaseRecord.thread_id == key)
        .order_by(CaseRecord.version.desc())
        .limit(1)
    )
    row = db.session.scalars(query).one_or_none()
    if row is None or row.withdrawn:
        raise NotFound("그런 기록이 없습니다. 목록에서 다시 골라 주세요.")
    return row


def _append(
    actor: Actor,
    case: Case,
    kind: str,
    value: object,
    occurred_at: datetime,
    *,
    thread_id: uuid.UUID | None,
    version: int,
    reason: str = "",
    withdrawn: bool = False,
) -> CaseRecord:
    spec = KINDS[kind]
    if not isinstance(value, spec.type):
        raise TypeError(f"{kind} takes {spec.type.__name__}")
    if occurred_at > now():
        raise InvalidInput("일어난 때가 지금보다 뒤일 수 없습니다. 날짜를 확인해 주세요.", "occurred_on")
    body = canonical(value)
    key, salt = uuid.uuid4(), new_salt()
    row = CaseRecord(
        id=key,
        institution_id=case.institution_id,
        case_id=case.id,
        thread_id=thread_id or key,
        version=version,
        step=spec.step.value,
        kind=kind,
        body=body,
        salt=salt,
        digest=digest_of_text(body, salt),
        reason=reason,
        withdrawn=withdrawn,
        occurred_at=occurred_at,
        actor_id=uuid.UUID(actor.account_id),
    )
    add_once(row, "그사이 다른 사람이 이 기록을 고쳤습니다. 새로 고침하여 확인해 주세요.")
    act = "withdrawn" if withdrawn else "added" if version == 1 else "revised"
    ledger.record(
        actor,
        f"{kind}.{act}",
        case=case,
        body={"thread": str(row.thread_id), "version": version, "reason": reason},
        rows=[row],
        occurred_at=occurred_at,
    )
    return row

"""What every act on the records of ⑧ and ⑨ asks first: the step is open, days and proofs are real."""

from __future__ import annotations

from datetime import date, datetime

from procurement.domain.access import Actor
from procurement.domain.errors import InvalidInput, NotFound
from procurement.domain.facts import CaseFacts
from procurement.domain.steps import Step
from procurement.models import Case, CaseRecord
from procurement.models.base import now
from procurement.services import case_facts, evidence, ledger, records, workflow
from procurement.services.records import KINDS, ActiveRecord


def facts_to_change(actor: Actor, case: Case, step: Step) -> CaseFacts:
    """Facts of ``case`` as they stand when nobody else can add to them until the transaction ends.

    Raises ``Refused`` (C-2) when ``step`` is waiting or completed.
    """
    ledger.hold_case(actor, case)
    facts = case_facts.load(case)
    workflow.require_open(facts, step)
    return facts


def moment_of(day: date, field: str) -> datetime:
    """A day as the time of a record: noon in Seoul, or now while it is still morning there.

    Raises ``InvalidInput`` for a day to come; ``field`` is the form field it belongs to.
    """
    if day > records.today():
        raise InvalidInput("아직 오지 않은 날입니다. 실제로 있었던 날을 적어 주세요.", field)
    return min(records.noon(day), now())


def check_moment(moment: datetime | None, field: str) -> None:
    """Raise ``InvalidInput`` for a moment to come."""
    if moment is not None and moment > now():
        raise InvalidInput("아직 오지 않은 시각입니다. 실제로 있었던 때를 적어 주세요.", field)


def check_text(text: str, sentence: str, field: str) -> None:
    """Raise ``InvalidInput`` with ``sentence`` when ``text`` is blank."""
    if not text.strip():
        raise InvalidInput(sentence, field)


def check_proof(case: Case, evidence_id: str | None) -> None:
    """Raise ``InvalidInput`` when ``evidence_id`` is no file of this case."""
    if evidence_id is None:
        return
    try:
        evidence.find(case, evidence_id)
    except NotFound as missing:
        raise InvalidInput(missing.message, "evidence_id") from None


def of_kind(case: Case, *kinds: str) -> list[ActiveRecord]:
    """Records of these kinds as they stand, oldest first; one query."""
    return [record for record in records.active(case) if record.kind in kinds]


def one_of(case: Case, kind: str, thread_id: str) -> ActiveRecord:
    """A record as it stands; ``NotFound`` for none of that kind."""
    for record in of_kind(case, kind):
        if record.thread_id == thread_id:
            return record
    raise NotFound("그런 기록이 없습니다. 목록에서 다시 골라 주세요.")


def record_of(case: Case, step: Step, thread_id: str) -> ActiveRecord:
    """A record of any kind of ``step``; ``NotFound`` otherwise."""
    for record in records.active(case):
        if record.thread_id == thread_id and KINDS[record.kind].step is step:
            return record
    raise NotFound("그런 기록이 없습니다. 목록에서 다시 골라 주세요.")


def withdraw(actor: Actor, case: Case, step: Step, thread_id: str, reason: str) -> CaseRecord:
    """Take a mistaken record of ``step`` out of account; it stays on the record with the reason.

    Raises ``Refused`` when the step is not open, ``NotFound`` for no such record of it and
    ``InvalidInput`` without a reason.
    """
    facts_to_change(actor, case, step)
    record_of(case, step, thread_id)
    return records.withdraw(actor, case, thread_id, reason)

"""Finding requests for approval: one of a case, the one that stands, those that wait for a person."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from procurement.domain.access import Actor, Relation
from procurement.domain.errors import Conflict, NotFound, Refused
from procurement.domain.facts.contract import Approval
from procurement.extensions import db
from procurement.models import (
    Account,
    ApprovalAnswer,
    ApprovalBundle,
    ApprovalRequest,
    Case,
    CaseMember,
)
from procurement.services import facts_contract, records
from procurement.services.approval_lock import locks
from procurement.services.rows import CaseRows


@dataclass(frozen=True)
class Waiting:
    """A request that waits for an approver's answer."""

    number: str
    title: str
    submitted_by: str
    submitted_at: datetime
    bundle_ready: bool


def approvers(case: Case, *, other_than: str = "") -> list[str]:
    """Names of the approvers of a case, without the account ``other_than``."""
    query = (
        select(Account.id, Account.name)
        .join(CaseMember, CaseMember.account_id == Account.id)
        .where(CaseMember.case_id == case.id, CaseMember.role == Relation.APPROVER.value, Account.active)
        .order_by(Account.name)
    )
    return [name for key, name in db.session.execute(query).tuples() if str(key) != other_than]


def waiting_for(actor: Actor) -> list[Waiting]:
    """Requests that wait for the answer of ``actor``, oldest first."""
    me = uuid.UUID(actor.account_id)
    query = (
        select(ApprovalRequest, Case, Account.name, ApprovalBundle.id)
        .join(Case, Case.id == ApprovalRequest.case_id)
        .join(Account, Account.id == ApprovalRequest.submitter_id)
        .join(CaseMember, CaseMember.case_id == Case.id)
        .outerjoin(ApprovalBundle, ApprovalBundle.request_id == ApprovalRequest.id)
        .outerjoin(ApprovalAnswer, ApprovalAnswer.request_id == ApprovalRequest.id)
        .where(
            CaseMember.account_id == me,
            CaseMember.role == Relation.APPROVER.value,
            ApprovalRequest.submitter_id != me,
            ApprovalAnswer.id.is_(None),
            Case.closed_at.is_(None),
        )
        .order_by(ApprovalRequest.recorded_at)
    )
    rows = db.session.execute(query).tuples().all()
    return [
        Waiting(case.number, case.title, submitter, request.recorded_at, bundle is not None)
        for request, case, submitter, bundle in rows
        if not approval_of(case, request.number).lapsed
    ]


def approval_of(case: Case, number: int) -> Approval:
    """The request of that number as facts; ``NotFound`` otherwise."""
    facts = facts_contract.load(CaseRows(case), None, records.active(case))
    found = next((a for a in facts.approvals if a.number == number), None)
    if found is None:
        raise NotFound("그런 품의가 없습니다. 화면을 새로 고쳐 확인하세요.")
    return found


def standing(case: Case, number: int | None = None) -> ApprovalRequest:
    """The newest request, which holds the terms; ``number`` must be its own where it is given."""
    approval = facts_contract.load(CaseRows(case), None, records.active(case)).approval
    if approval is None or not locks(approval) or number not in (None, approval.number):
        if number is not None and (known := approval_of(case, number)).lapsed:
            raise Refused(f"{known.lapsed} 품의를 다시 올린 뒤에 결재하세요.", "K-6")
        if number is not None:
            raise Conflict("이미 답한 품의입니다. 화면을 새로 고쳐 결과를 확인하세요.")
        raise NotFound("올린 품의가 없습니다. 화면을 새로 고쳐 확인하세요.")
    query = select(ApprovalRequest).where(
        ApprovalRequest.case_id == case.id, ApprovalRequest.number == approval.number
    )
    return db.session.scalars(query).one()


def request_of(case: Case, request_id: str) -> ApprovalRequest:
    """The request with this id; ``NotFound`` otherwise."""
    query = select(ApprovalRequest).where(
        ApprovalRequest.case_id == case.id, ApprovalRequest.id == uuid.UUID(request_id)
    )
    row = db.session.scalars(query).one_or_none()
    if row is None:
        raise NotFound("그런 품의가 없습니다. 화면을 새로 고쳐 확인하세요.")
    return row


def bundle_of(request: ApprovalRequest) -> ApprovalBundle | None:
    """The bundle bound to a request."""
    query = select(ApprovalBundle).where(ApprovalBundle.request_id == request.id)
    return db.session.scalars(query).one_or_none()


def names_on(case: Case) -> dict[str, str]:
    """Names of everyone who asked or answered on this case, by account id; one query."""
    asked = select(ApprovalRequest.submitter_id).where(ApprovalRequest.case_id == case.id)
    answered = select(ApprovalAnswer.approver_id).where(ApprovalAnswer.case_id == case.id)
    query = select(Account.id, Account.name).where(Account.id.in_(asked.union(answered)))
    return {str(key): name for key, name in db.session.execute(query).tuples()}

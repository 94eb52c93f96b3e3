"""품의와 결재: a request binds the terms by digest, its answer binds the bundle by digest (K-6)."""

from __future__ import annotations

import uuid

from procurement.domain.access import Actor, may
from procurement.domain.counting import counted
from procurement.domain.errors import Conflict, InvalidInput, NotAllowed, Refused
from procurement.domain.facts import CaseFacts
from procurement.domain.facts.contract import ApprovalDecision, ApprovalWithdrawal
from procurement.domain.rules.base import Finding, Outcome
from procurement.domain.rules.registry import findings_of
from procurement.domain.steps import SPEC, Step
from procurement.extensions import db
from procurement.models import ApprovalAnswer, ApprovalRequest, Case, StepDocument
from procurement.models.base import now
from procurement.services import (
    case_facts,
    checkpoints,
    documents,
    jobs,
    ledger,
    people,
    record_guards,
    records,
)
from procurement.services.approval_bundle import BUNDLE_JOB
from procurement.services.approval_lock import locks
from procurement.services.approval_requests import (
    Waiting,
    approval_of,
    approvers,
    bundle_of,
    standing,
    waiting_for,
)
from procurement.services.once import add_once
from procurement.services.store import evidence_store

__all__ = ["Waiting", "answer", "approvers", "obstacles", "remarkable", "submit", "waiting_for", "withdraw"]


def obstacles(facts: CaseFacts) -> tuple[Finding, ...]:
    """Findings of ⑥ that stand in the way of an approval.

    Left out is what comes after it: the approval itself, the delivery demand of the central route, and
    the check on the day of conclusion as long as nobody has looked.
    """
    return tuple(f for f in findings_of(Step.CONTRACT, facts) if f.blocks and not _comes_later(f, facts))


def _comes_later(finding: Finding, facts: CaseFacts) -> bool:
    terms = facts.contract.terms
    unchecked = terms is None or terms.selected_check is None
    return (
        (finding.rule_id == "K-6" and finding.subject == "approval")
        or finding.rule_id == "K-9"
        or (finding.rule_id == "K-11" and unchecked)
    )


def remarkable(facts: CaseFacts) -> tuple[Finding, ...]:
    """What the rules of ① to ⑥ say that is not plainly satisfied, for the approver to weigh."""
    steps: tuple[Step | None, ...] = (
        None,
        *(s for s in Step if SPEC[s].number <= SPEC[Step.CONTRACT].number),
    )
    return tuple(
        finding
        for step in steps
        for finding in findings_of(step, facts)
        if finding.outcome in (Outcome.JUSTIFIED, Outcome.UNMET) and not _comes_later(finding, facts)
    )


def submit(actor: Actor, case: Case) -> ApprovalRequest:
    """Ask for approval of the terms as saved, and have the bundle made.

    Raises ``Refused`` while ⑥ is not open, nothing is saved, another request stands, no approver other
    than the submitter is named, or a rule of ⑥ is not met.
    """
    facts = record_guards.facts_to_change(actor, case, Step.CONTRACT)
    document = documents.newest(case, Step.CONTRACT)
    if document is None:
        raise Refused("저장한 계약 조건이 없습니다. 계약 조건을 저장한 뒤에 품의를 올리세요.", "K-6")
    if locks(facts.contract.approval):
        raise Refused("이미 올린 품의가 있습니다. 답을 기다리거나 그 품의를 거둔 뒤에 다시 올리세요.", "K-6")
    if not approvers(case, other_than=actor.account_id):
        raise Refused(
            "품의를 올리는 사람이 아닌 결재권자가 없습니다. 참여자 화면에서 결재권자를 지정하세요.", "K-6"
        )
    _require_no(obstacles(facts), "품의를 올리기 전에")
    row = ApprovalRequest(
        institution_id=case.institution_id,
        case_id=case.id,
        number=len(facts.contract.approvals) + 1,
        document_id=document.id,
        terms_digest=document.digest,
        submitter_id=uuid.UUID(actor.account_id),
        actor_id=uuid.UUID(actor.account_id),
    )
    add_once(row, "그사이 다른 사람이 품의를 올렸습니다. 화면을 새로 고쳐 확인하세요.")
    ledger.record(
        actor,
        "approval.requested",
        case=case,
        body={"number": row.number, "terms": row.terms_digest, "document_version": document.version},
        rows=[row],
    )
    jobs.enqueue(actor, case, BUNDLE_JOB, {"request": str(row.id)})
    return row


def _require_no(found: tuple[Finding, ...], before: str) -> None:
    if found:
        left = counted(len(found), "thing")
        raise Refused(f"{before} 확인할 것이 {left} 있습니다. {found[0].message}", found[0].rule_id)


def answer(
    actor: Actor,
    case: Case,
    number: int,
    decision: ApprovalDecision,
    *,
    bundle_digest: str,
    opinion: str = "",
) -> ApprovalAnswer:
    """Approve or return request ``number``, having seen the bundle of this digest.

    Raises ``NotAllowed`` for anyone but an approver of this case, ``InvalidInput`` for a return without
    opinion, ``Conflict`` for a second answer or another bundle, and ``Refused`` where the request was
    drafted by the approver, has no bundle, no longer stands, or is for terms that changed.
    """
    if not may(actor, "approval.decide", people.relations_to(actor, case)):
        raise NotAllowed("이 건의 결재권자만 결재할 수 있습니다. 참여자 화면에서 결재권자를 확인하세요.")
    facts = record_guards.facts_to_change(actor, case, Step.CONTRACT)
    approval = approval_of(case, number)
    request = standing(case, number)
    if approval.decision is not None:
        raise Conflict("이미 답한 품의입니다. 화면을 새로 고쳐 결과를 확인하세요.")
    _require_other_hand(actor, request)
    _require_bound(request, facts, bundle_digest)
    if decision is ApprovalDecision.RETURNED and not opinion.strip():
        raise InvalidInput("반려하는 까닭을 의견에 적어 주세요.", "opinion")
    if decision is ApprovalDecision.APPROVED:
        _require_no(obstacles(facts), "결재하기 전에")
    row = ApprovalAnswer(
        institution_id=case.institution_id,
        case_id=case.id,
        request_id=request.id,
        submitter_id=request.submitter_id,
        approver_id=uuid.UUID(actor.account_id),
        decision=decision.value,
        bundle_digest=bundle_digest,
        opinion=opinion.strip(),
        actor_id=uuid.UUID(actor.account_id),
    )
    add_once(row, "그사이 다른 결재권자가 답했습니다. 화면을 새로 고쳐 결과를 확인하세요.")
    ledger.record(
        actor,
        "approval.answered",
        case=case,
        body={
            "number": number,
            "decision": decision.value,
            "bundle": bundle_digest,
            "terms": request.terms_digest,
        },
        rows=[row],
    )
    checkpoints.want(actor, "approval")
    return row


def _require_other_hand(actor: Actor, request: ApprovalRequest) -> None:
    document = db.session.get_one(StepDocument, request.document_id)
    if uuid.UUID(actor.account_id) in (request.submitter_id, document.actor_id):
        raise Refused(
            "자기가 작성하거나 올린 품의는 결재할 수 없습니다. 다른 결재권자에게 결재를 요청하세요.", "K-6"
        )


def _require_bound(request: ApprovalRequest, facts: CaseFacts, bundle_digest: str) -> None:
    bundle = bundle_of(request)
    if bundle is None:
        raise Refused("증빙 묶음이 아직 없습니다. 묶음이 만들어진 뒤에 확인하고 결재하세요.", "K-6")
    if bundle.bundle_digest != bundle_digest:
        raise Conflict("보신 증빙 묶음과 지금의 묶음이 다릅니다. 화면을 새로 고쳐 다시 확인하세요.")
    if evidence_store().digest_kept(bundle.bundle_digest) != bundle.bundle_digest:
        raise Refused(
            "증빙 묶음 파일이 없거나 손상되었습니다. 관리자에게 알려 되살린 뒤에 결재하세요.", "K-6"
        )
    if facts.contract.terms_digest != request.terms_digest:
        raise Refused("품의를 올린 뒤에 계약 조건이 바뀌었습니다. 품의를 다시 올리게 하세요.", "K-6")


def withdraw(actor: Actor, case: Case, reason: str) -> None:
    """Take the standing request back, answered or not, so that the terms can be changed.

    Raises ``InvalidInput`` without a reason, ``NotFound`` without a request, ``Refused`` once the contract
    has been concluded on it.
    """
    if not reason.strip():
        raise InvalidInput("품의를 거두는 사유를 적어 주세요.", "reason")
    ledger.hold_case(actor, case)
    request = standing(case)
    if case_facts.load(case).contract.conclusion is not None:
        raise Refused("계약이 체결되어 품의를 거둘 수 없습니다. 바뀐 것은 변경계약으로 남기세요.", "K-6")
    records.add(actor, case, "approval_withdrawal", ApprovalWithdrawal(request.number, reason.strip()), now())

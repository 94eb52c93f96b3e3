"""Terms that are with the approver, or approved, are not changed under his hands (K-6)."""

from __future__ import annotations

from procurement.domain.access import Actor
from procurement.domain.errors import Refused
from procurement.domain.facts.contract import Approval, ApprovalDecision
from procurement.models import Case
from procurement.services import facts_contract, ledger, records
from procurement.services.rows import CaseRows


def locks(approval: Approval | None) -> bool:
    """Whether an approval request keeps the terms as they are: it waits for an answer or was granted."""
    return approval is not None and approval.decision is not ApprovalDecision.RETURNED


def require_unlocked(actor: Actor, case: Case) -> None:
    """Refuse to change the terms of the contract while an approval holds them (K-6).

    Nobody can ask for an approval between this look and the end of the transaction.
    """
    ledger.hold_case(actor, case)
    approval = facts_contract.load(CaseRows(case), None, records.active(case)).approval
    if not locks(approval):
        return
    if approval is not None and approval.decision is ApprovalDecision.APPROVED:
        raise Refused(
            "결재받은 계약 조건은 고칠 수 없습니다. 체결하기 전이면 사유를 적고 품의를 거둔 뒤에 고치세요.",
            "K-6",
        )
    raise Refused(
        "품의를 올린 계약 조건은 고칠 수 없습니다. 결재나 반려를 기다리거나 품의를 거둔 뒤에 고치세요.",
        "K-6",
    )

"""⑥ facts from rows and records."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select

from procurement.domain.codec import from_plain
from procurement.domain.facts.contract import (
    Approval,
    ApprovalDecision,
    Conclusion,
    ContractFacts,
    ContractTerms,
)
from procurement.extensions import db
from procurement.models import ApprovalAnswer, ApprovalBundle, ApprovalRequest, Case, StepDocument
from procurement.models import Conclusion as ConclusionRow
from procurement.services.codec_text import load_text
from procurement.services.records import ActiveRecord


def load(case: Case, document: StepDocument | None, active: Sequence[ActiveRecord]) -> ContractFacts:
    """Terms, approvals, conclusion, negotiations and amendments; two queries."""
    return ContractFacts(
        terms=from_plain(ContractTerms, load_text(document.body)) if document else None,
        terms_digest=document.digest if document else None,
        approvals=_approvals(case),
        negotiations=tuple(r.value for r in active if r.kind == "negotiation"),
        conclusion=_conclusion(case),
        amendments=tuple(
            sorted((r.value for r in active if r.kind == "amendment"), key=lambda amendment: amendment.number)
        ),
    )


def _approvals(case: Case) -> tuple[Approval, ...]:
    query = (
        select(ApprovalRequest, ApprovalBundle, ApprovalAnswer)
        .outerjoin(ApprovalBundle, ApprovalBundle.request_id == ApprovalRequest.id)
        .outerjoin(ApprovalAnswer, ApprovalAnswer.request_id == ApprovalRequest.id)
        .where(ApprovalRequest.case_id == case.id)
        .order_by(ApprovalRequest.number)
    )
    return tuple(
        Approval(
            number=request.number,
            terms_digest=request.terms_digest,
            submitted_by=str(request.submitter_id),
            submitted_at=request.recorded_at,
            bundle_digest=bundle.bundle_digest if bundle else None,
            decided_by=str(answer.approver_id) if answer else None,
            decided_at=answer.recorded_at if answer else None,
            decision=ApprovalDecision(answer.decision) if answer else None,
            opinion=answer.opinion if answer else "",
        )
        for request, bundle, answer in db.session.execute(query).tuples()
    )


def _conclusion(case: Case) -> Conclusion | None:
    query = (
        select(ConclusionRow)
        .where(ConclusionRow.case_id == case.id)
        .order_by(ConclusionRow.recorded_at.desc())
        .limit(1)
    )
    row = db.session.scalars(query).one_or_none()
    if row is None:
        return None
    return Conclusion(
        contract_number=row.contract_number,
        concluded_on=row.concluded_on,
        recorded_at=row.recorded_at,
        terms_digest=row.terms_digest,
        evidence_id=str(row.evidence_id) if row.evidence_id else None,
    )

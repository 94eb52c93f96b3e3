"""⑥ facts from rows and records."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from sqlalchemy import func, select

from procurement.domain.facts.contract import (
    Approval,
    ApprovalDecision,
    Conclusion,
    ContractFacts,
    ContractTerms,
)
from procurement.domain.steps import SPEC, Step
from procurement.extensions import db
from procurement.models import (
    ApprovalAnswer,
    ApprovalBundle,
    ApprovalRequest,
    Case,
    StepDocument,
    StepRecord,
)
from procurement.models import Conclusion as ConclusionRow
from procurement.services.codec_text import decoded
from procurement.services.records import ActiveRecord

OVERTAKEN = "품의를 올린 뒤에 앞 단계를 다시 열었습니다."

# Opening one of these again unsettles what the approval was asked for.
_UNDER_APPROVAL = tuple(step.value for step in Step if SPEC[step].number <= SPEC[Step.CONTRACT].number)


def load(case: Case, document: StepDocument | None, active: Sequence[ActiveRecord]) -> ContractFacts:
    """Terms, approvals, conclusion, negotiations and amendments; three queries.

    What is looked up on the day of conclusion comes after the terms are approved and frozen, so it is
    recorded apart and shown in its place in the terms; ``terms_digest`` stays that of the document.
    """
    terms = decoded(ContractTerms, document.body) if document else None
    return ContractFacts(
        terms=_with_checks(terms, active) if terms else None,
        terms_digest=document.digest if document else None,
        approvals=_approvals(case, active),
        negotiations=tuple(
            replace(r.value, recorded_at=r.recorded_at) for r in active if r.kind == "negotiation"
        ),
        conclusion=_conclusion(case),
        amendments=tuple(
            sorted((r.value for r in active if r.kind == "amendment"), key=lambda amendment: amendment.number)
        ),
    )


def _with_checks(terms: ContractTerms, active: Sequence[ActiveRecord]) -> ContractTerms:
    newest = {r.kind: r.value for r in active if r.kind in ("selected_check", "delivery_demand")}
    return replace(terms, **newest)


def _last_reopening(case: Case) -> datetime | None:
    query = select(func.max(StepRecord.recorded_at)).where(
        StepRecord.case_id == case.id,
        StepRecord.action == "reopen",
        StepRecord.step.in_(_UNDER_APPROVAL),
    )
    return db.session.scalar(query)


def _lapsed(request: ApprovalRequest, withdrawn: Mapping[int, str], reopened_at: datetime | None) -> str:
    if request.number in withdrawn:
        return f"품의를 거두었습니다: {withdrawn[request.number]}"
    return OVERTAKEN if reopened_at is not None and request.recorded_at < reopened_at else ""


def _approvals(case: Case, active: Sequence[ActiveRecord]) -> tuple[Approval, ...]:
    withdrawn = {r.value.number: r.value.reason for r in active if r.kind == "approval_withdrawal"}
    reopened_at = _last_reopening(case)
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
            lapsed=_lapsed(request, withdrawn, reopened_at),
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

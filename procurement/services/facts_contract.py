"""⑥ facts from rows and records."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import Select, select

from procurement.domain.facts.contract import (
    Approval,
    ApprovalDecision,
    Conclusion,
    ContractFacts,
    ContractTerms,
)
from procurement.domain.steps import SPEC, Step
from procurement.models import ApprovalAnswer, ApprovalBundle, ApprovalRequest, CaseClosing, StepRecord
from procurement.models import Conclusion as ConclusionRow
from procurement.services.codec_text import decoded
from procurement.services.records import ActiveRecord
from procurement.services.rows import CaseRows, bounded, table_of

OVERTAKEN = "품의를 올린 뒤에 앞 단계를 다시 열었습니다."
ENDED = "품의를 올린 뒤에 이 건을 계약 없이 종료했습니다."

# Opening one of these again unsettles what the approval was asked for.
_UNDER_APPROVAL = tuple(step.value for step in Step if SPEC[step].number <= SPEC[Step.CONTRACT].number)


def load(read: CaseRows, document: Any | None, active: Sequence[ActiveRecord]) -> ContractFacts:
    """Terms, approvals, conclusion, negotiations and amendments; at most four queries.

    ``document`` is the row of the newest terms.

    What is looked up on the day of conclusion comes after the terms are approved and frozen, so it is
    recorded apart and shown in its place in the terms; ``terms_digest`` stays that of the document.
    """
    terms = decoded(ContractTerms, document.body) if document else None
    return ContractFacts(
        terms=_with_checks(terms, active) if terms else None,
        terms_digest=document.digest if document else None,
        approvals=_approvals(read, active),
        negotiations=tuple(
            replace(r.value, recorded_at=r.recorded_at) for r in active if r.kind == "negotiation"
        ),
        conclusion=_conclusion(read),
        amendments=tuple(
            sorted((r.value for r in active if r.kind == "amendment"), key=lambda amendment: amendment.number)
        ),
    )


def _with_checks(terms: ContractTerms, active: Sequence[ActiveRecord]) -> ContractTerms:
    newest = {r.kind: r.value for r in active if r.kind in ("selected_check", "delivery_demand")}
    return replace(terms, **newest)


def _last_reopening(read: CaseRows) -> datetime | None:
    return max(
        (
            row.recorded_at
            for row in read.all(StepRecord, "number")
            if row.action == "reopen" and row.step in _UNDER_APPROVAL
        ),
        default=None,
    )


def _last_end(read: CaseRows) -> datetime | None:
    return max(
        (row.recorded_at for row in read.all(CaseClosing, "number") if row.action == "end"), default=None
    )


def _lapsed(
    request: Any, withdrawn: Mapping[int, str], reopened_at: datetime | None, ended_at: datetime | None
) -> str:
    if request.number in withdrawn:
        return f"품의를 거두었습니다: {withdrawn[request.number]}"
    if ended_at is not None and request.recorded_at < ended_at:
        return ENDED
    return OVERTAKEN if reopened_at is not None and request.recorded_at < reopened_at else ""


@cache
def _requests_with_answers() -> Select[Any]:
    request, bundle, answer = table_of(ApprovalRequest), table_of(ApprovalBundle), table_of(ApprovalAnswer)
    return (
        select(
            request.c.number,
            request.c.terms_digest,
            request.c.submitter_id,
            request.c.recorded_at,
            bundle.c.bundle_digest,
            answer.c.approver_id,
            answer.c.recorded_at.label("answered_at"),
            answer.c.decision,
            answer.c.opinion,
        )
        .select_from(
            request.outerjoin(bundle, bundle.c.request_id == request.c.id).outerjoin(
                answer, answer.c.request_id == request.c.id
            )
        )
        .where(bounded(request))
        .order_by(request.c.number)
    )


def _approvals(read: CaseRows, active: Sequence[ActiveRecord]) -> tuple[Approval, ...]:
    withdrawn = {r.value.number: r.value.reason for r in active if r.kind == "approval_withdrawal"}
    reopened_at, ended_at = _last_reopening(read), _last_end(read)
    return tuple(
        Approval(
            number=row.number,
            terms_digest=row.terms_digest,
            submitted_by=str(row.submitter_id),
            submitted_at=row.recorded_at,
            bundle_digest=row.bundle_digest,
            decided_by=str(row.approver_id) if row.approver_id else None,
            decided_at=row.answered_at,
            decision=ApprovalDecision(row.decision) if row.decision else None,
            opinion=row.opinion or "",
            lapsed=_lapsed(row, withdrawn, reopened_at, ended_at),
        )
        for row in read.run(_requests_with_answers())
    )


def _conclusion(read: CaseRows) -> Conclusion | None:
    concluded = read.all(ConclusionRow, "recorded_at")
    if not concluded:
        return None
    row = concluded[-1]
    return Conclusion(
        contract_number=row.contract_number,
        concluded_on=row.concluded_on,
        recorded_at=row.recorded_at,
        terms_digest=row.terms_digest,
        evidence_id=str(row.evidence_id) if row.evidence_id else None,
    )

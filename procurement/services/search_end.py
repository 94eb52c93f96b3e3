"""③ Ending the search of a lot without a contract when nothing was found (S-10)."""

from __future__ import annotations

import uuid

from sqlalchemy import func, select

from procurement.domain.access import Actor
from procurement.domain.errors import InvalidInput, Refused
from procurement.domain.facts import CaseFacts
from procurement.domain.facts.search import SearchRun
from procurement.domain.facts.selection import DecisionKind
from procurement.domain.rules.search_final import may_end
from procurement.domain.steps import Step
from procurement.extensions import db
from procurement.models import Case, Decision, Lot
from procurement.services import case_facts, ledger, workflow
from procurement.services.once import add_once


def end_without_contract(actor: Actor, case: Case, run: SearchRun, reason: str) -> Decision:
    """Decide that the lot of ``run``, its newest official search, ends without a contract.

    The decision stands until ③ is opened again. Raises ``Refused`` when something was found, when another
    official search was made since, or when the lot has its final run or its decision already (S-10);
    ``InvalidInput`` without a reason.
    """
    ledger.hold_case(actor, case)
    facts = case_facts.load(case)
    workflow.require_open(facts, Step.SEARCH)
    require_nothing_found(facts, run)
    if not reason.strip():
        raise InvalidInput("계약 없이 마치는 사유를 적어 주세요.", "reason")
    lot = db.session.scalars(select(Lot).where(Lot.case_id == case.id, Lot.number == run.lot)).one()
    last = db.session.scalar(select(func.max(Decision.number)).where(Decision.lot_id == lot.id))
    row = Decision(
        institution_id=case.institution_id,
        case_id=case.id,
        lot_id=lot.id,
        number=(last or 0) + 1,
        kind=DecisionKind.NONE_SUITABLE.value,
        reason=reason.strip(),
        actor_id=uuid.UUID(actor.account_id),
    )
    add_once(row, "그사이 다른 사람이 이 대상을 결정했습니다. 화면을 새로 고쳐 확인해 주세요.")
    ledger.record(
        actor,
        "decision.made",
        case=case,
        body={
            "lot": run.lot,
            "number": row.number,
            "kind": row.kind,
            "result": None,
            "reason": row.reason,
            "run": run.number,
        },
        rows=[row],
    )
    return row


def require_nothing_found(facts: CaseFacts, run: SearchRun) -> None:
    """Raise ``Refused`` S-10 unless the lot of ``run`` can end without a contract after it."""
    if not may_end(facts, run):
        raise Refused(
            "결과가 없는 마지막 공식 검색이 있고 최종 검색을 정하지 않은 때에만 계약 없이 마칠 수 있습니다. "
            "검색 기록을 확인해 주세요.",
            "S-10",
        )

"""Ending a case without a contract, and taking it up again."""

from __future__ import annotations

import uuid
from dataclasses import dataclass

from sqlalchemy import select

from procurement.domain.access import Actor
from procurement.domain.closing import (
    CONCLUDED,
    OF_SEARCH,
    OF_SELECTION,
    RULE,
    Ground,
    ground_for,
    require_going_on,
)
from procurement.domain.errors import InvalidInput, Refused
from procurement.domain.facts import CaseFacts
from procurement.domain.facts.closing import EndKind, NextWay
from procurement.extensions import db
from procurement.models import Case, CaseClosing, Decision, Lot
from procurement.services import case_facts, ledger
from procurement.services.approval_lock import locks
from procurement.services.once import add_once

_MEANWHILE = "그사이 다른 사람이 이 건을 종료하거나 되살리거나 계약을 체결했습니다. 새로 고쳐 확인해 주세요."


@dataclass(frozen=True)
class EndWithout:
    """What is said when a case ends without a contract."""

    kind: EndKind
    reason: str
    next_way: NextWay
    next_note: str = ""


def end(actor: Actor, case: Case, ending: EndWithout) -> CaseClosing:
    """End ``case`` without a contract; a request for approval that stands lapses with it.

    Raises ``Refused`` for a case whose contract is concluded or that has ended already, ``InvalidInput``
    without a reason, or for a kind that the record does not show.
    """
    ledger.hold_case(actor, case)
    facts = case_facts.load(case)
    require_endable(facts)
    ground = _ground(facts, ending)
    row = _turn(actor, case, facts, action="end", reason=ending.reason.strip())
    row.kind, row.next_way, row.next_note = ending.kind.value, ending.next_way.value, ending.next_note.strip()
    if ground is not None:
        row.run_id = uuid.UUID(ground.run.run_id)
        row.decision_id = _decision(case, ground) if ground.kind in OF_SELECTION.values() else None
    add_once(row, _MEANWHILE)
    approval = facts.contract.approval
    ledger.record(
        actor,
        "case.ended",
        case=case,
        body={
            "number": row.number,
            "kind": row.kind,
            "reason": row.reason,
            "run": ground.run.number if ground else None,
            "next_way": row.next_way,
            "next_note": row.next_note,
            "approval": approval.number if approval and locks(approval) else None,
        },
        rows=[row],
    )
    case.closed_at, case.end_kind = row.recorded_at, row.kind
    return row


def take_up(actor: Actor, case: Case, reason: str) -> CaseClosing:
    """Take up a case that ended without a contract: its steps stand as they stood, approvals have lapsed.

    Raises ``Refused`` for a case that has not ended so, ``InvalidInput`` without a reason.
    """
    ledger.hold_case(actor, case)
    facts = case_facts.load(case)
    if facts.ended is None:
        raise Refused("계약 없이 종료한 건이 아니어서 되살릴 것이 없습니다.", RULE)
    if not reason.strip():
        raise InvalidInput("되살리는 사유를 적어 주세요.", "reason")
    row = _turn(actor, case, facts, action="take_up", reason=reason.strip())
    add_once(row, _MEANWHILE)
    ledger.record(
        actor, "case.taken_up", case=case, body={"number": row.number, "reason": row.reason}, rows=[row]
    )
    case.closed_at, case.end_kind = None, None
    return row


def require_endable(facts: CaseFacts) -> None:
    """Raise ``Refused`` for a case that cannot end without a contract, or has done so already."""
    require_going_on(facts)
    if facts.contract.conclusion is not None:
        raise Refused(CONCLUDED, RULE)


def _ground(facts: CaseFacts, ending: EndWithout) -> Ground | None:
    """What the record shows for the kind given; raises ``InvalidInput`` for what is missing or not so."""
    if not ending.reason.strip():
        raise InvalidInput("계약 없이 종료하는 사유를 적어 주세요.", "reason")
    if ending.next_way is NextWay.OTHER and not ending.next_note.strip():
        raise InvalidInput("어떤 방법으로 진행하는지 적어 주세요.", "next_note")
    ground = ground_for(facts, ending.kind)
    if ending.kind in OF_SEARCH and ground is None:
        raise InvalidInput(
            "검색이나 대상선정의 기록이 그렇게 보이지 않습니다. 기록에 맞는 까닭을 골라 주세요.", "kind"
        )
    return ground


def _decision(case: Case, ground: Ground) -> uuid.UUID:
    """The decision of ⑤ that stands for the lot of ``ground``: its newest."""
    query = (
        select(Decision.id)
        .join(Lot, Lot.id == Decision.lot_id)
        .where(Decision.case_id == case.id, Lot.number == ground.run.lot)
        .order_by(Decision.number.desc())
        .limit(1)
    )
    return db.session.scalars(query).one()


def _turn(actor: Actor, case: Case, facts: CaseFacts, *, action: str, reason: str) -> CaseClosing:
    """The next row of the case's ends and takings up."""
    last = facts.closings[-1] if facts.closings else None
    previous = None if last is None else last.number + (0 if last.stands else 1)
    return CaseClosing(
        institution_id=case.institution_id,
        case_id=case.id,
        number=(previous or 0) + 1,
        previous=previous,
        action=action,
        reason=reason,
        actor_id=uuid.UUID(actor.account_id),
    )

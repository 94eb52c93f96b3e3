"""Erasure of personal data under law: the body of one event goes with its salt, and an event tells of it."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, select

from procurement.domain import bag
from procurement.domain.access import Actor
from procurement.domain.erasing import LONGEST_GROUND
from procurement.domain.errors import InvalidInput, NotFound, Refused
from procurement.domain.ledger import Link
from procurement.extensions import db
from procurement.models import Account, Case, Chain, Erasure, Event, EventBody, RowErasure
from procurement.services import audit, cases, ledger
from procurement.services.audit import EventView
from procurement.services.codec_text import load_text

ERASED = "body.erased"

# What proof itself rests on; nothing of it is about a person's private matters.
KEPT = (
    "case.opened",
    ERASED,
    "row.erased",
    "draft.erased",
    "account.erased",
    "erasure.searched",
    "ledger.recovered",
    "bag.made",
)
KEPT_SORTS = ("checkpoint.", "key.")


@dataclass(frozen=True)
class ErasureView:
    """An erasure as the page lists it; ``number`` of the case is empty for the institution's own chain."""

    number: str
    seq: int
    ground: str
    reason: str
    who: str
    recorded_at: datetime


def look(number: str, seq: int) -> EventView:
    """One event, by the number of its case (empty: the institution's own) and its own.

    Raises ``NotFound``.
    """
    found = audit.one_event(_case(number), seq)
    if found is None:
        raise NotFound("그런 기록이 없습니다. 건의 번호와 기록 번호를 확인하세요.")
    return found


def is_kept(kind: str) -> bool:
    """Whether proof rests on events of this kind, so that their bodies stay."""
    return kind in KEPT or kind.startswith(KEPT_SORTS)


def _case(number: str) -> Case | None:
    return cases.require(number) if number else None


def stated(ground: str, reason: str) -> tuple[str, str]:
    """The ground and the reason of any erasure, stripped; ``InvalidInput`` when one is missing."""
    if not ground.strip():
        raise InvalidInput("지우는 법적 근거(법령과 조문)를 적어 주세요.", "ground")
    if len(ground.strip()) > LONGEST_GROUND:
        raise InvalidInput(f"법적 근거는 {LONGEST_GROUND}자까지 적어 주세요.", "ground")
    if not reason.strip():
        raise InvalidInput("지우는 까닭을 적어 주세요. 지울 내용 자체는 적지 마세요.", "reason")
    return ground.strip(), reason.strip()


def erase(actor: Actor, number: str, seq: int, *, ground: str, reason: str) -> Link:
    """Erase the body of an event. ``ground``: the article of law; ``reason``: whose request, what was in it.

    Raises ``InvalidInput`` without ground or reason, ``NotFound`` for no such event or body, ``Refused`` for
    an event that proof rests on.
    """
    ground, reason = stated(ground, reason)
    case = _case(number)
    if case is None:
        ledger.hold_institution(actor)
    else:
        ledger.hold_case(actor, case)
    event, body = _event(case, seq)
    if is_kept(event.kind):
        raise Refused("검증의 바탕이 되는 기록이라 지울 수 없습니다.", "C-3")
    told = load_text(body.body)
    row = Erasure(
        institution_id=uuid.UUID(actor.institution_id),
        chain_id=event.chain_id,
        seq=seq,
        ground=ground,
        reason=reason,
        actor_id=uuid.UUID(actor.account_id),
    )
    db.session.add(row)
    packed = event.kind == "evidence.attached" and told["data"]["purpose"] != bag.PURPOSE
    digests = [told["data"]["digest"]] if packed else []
    written = ledger.record(
        actor,
        ERASED,
        case=case,
        body={"seq": seq, "kind": event.kind, "ground": row.ground, "reason": row.reason, "digests": digests},
        rows=[row],
        # What the erased body vouched for is vouched for by this event from now on.
        seals=_standing(told["rows"]),
    )
    db.session.expunge(body)
    db.session.execute(
        delete(EventBody)
        .where(EventBody.chain_id == event.chain_id, EventBody.seq == seq)
        .execution_options(synchronize_session=False)
    )
    return written


def _standing(seals: list[list[str]]) -> list[list[str]]:
    """The seals that still say how a row is: not those of a row in which something was erased since."""
    keys = [uuid.UUID(key) for _, key, _ in seals]
    query = select(RowErasure.table_name, RowErasure.row_id).where(RowErasure.row_id.in_(keys))
    erased = {(table, str(key)) for table, key in db.session.execute(query).tuples()}
    return [seal for seal in seals if (seal[0], seal[1]) not in erased]


def _event(case: Case | None, seq: int) -> tuple[Event, EventBody]:
    of_event = (EventBody.chain_id == Event.chain_id) & (EventBody.seq == Event.seq)
    query = (
        select(Event, EventBody)
        .join(Chain, Chain.id == Event.chain_id)
        .join(EventBody, of_event)
        .where(
            Chain.institution_id == db.session.info["institution_id"],
            Chain.case_id == (case.id if case else None),
            Event.seq == seq,
        )
    )
    found = db.session.execute(query).tuples().one_or_none()
    if found is None:
        raise NotFound("그런 기록이 없거나 본문이 이미 지워졌습니다.")
    return found


def done() -> list[ErasureView]:
    """Erasures of the institution at hand, newest first."""
    query = (
        select(Erasure, Case.number, Account.name)
        .join(Chain, Chain.id == Erasure.chain_id)
        .outerjoin(Case, Case.id == Chain.case_id)
        .outerjoin(Account, Account.id == Erasure.actor_id)
        .order_by(Erasure.recorded_at.desc())
        .limit(200)
    )
    return [
        ErasureView(number or "", row.seq, row.ground, row.reason, who or audit.UNKNOWN, row.recorded_at)
        for row, number, who in db.session.execute(query).tuples()
    ]

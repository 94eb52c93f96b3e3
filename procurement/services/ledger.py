"""The one place that writes the ledger, in the transaction of the change it tells of."""

from __future__ import annotations

import secrets
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import Insert, Select, Table, Update, bindparam, insert, select, text, update

from procurement.domain.access import Actor
from procurement.domain.closing import CaseEnded, may_follow
from procurement.domain.codec import canonical
from procurement.domain.errors import Refused
from procurement.domain.ledger import GENESIS, SALT_BYTES, Link, content_digest, time_text
from procurement.extensions import db
from procurement.models import Base, Case, CaseClosing, Chain, Event, EventBody
from procurement.models.base import now
from procurement.models.sealing import SEALED_TABLES, seals_of
from procurement.services.touched import touch


def record(
    actor: Actor,
    kind: str,
    *,
    case: Case | None = None,
    body: Mapping[str, Any] | None = None,
    rows: Sequence[Base] = (),
    occurred_at: datetime | None = None,
    seals: Sequence[Sequence[str]] = (),
) -> Link:
    """Append an event to the chain of ``case``, or of the institution when there is none.

    ``kind``: short name such as ``"budget.saved"``. ``body``: plain data (no floats). ``rows``: the
    append-only rows that this act added; they are flushed and sealed by digest in the event.
    ``occurred_at``: when it happened in the world, now when left out. ``seals``: entries taken over from an
    event whose body goes. Returns the event as the chain sees it. Raises ``Refused`` for what may no longer
    happen to a case that has ended without a contract.
    """
    db.session.flush()
    if case is not None:
        touch(case)
    chain = _locked_chain(actor, case)
    if chain.ended and not may_follow(kind, body or {}):
        raise CaseEnded()
    moment = now()
    sealed = [row for row in rows if row.__tablename__ in SEALED_TABLES]
    text_body = canonical({"data": dict(body or {}), "rows": [*seals_of(sealed), *seals]})
    salt = secrets.token_bytes(SALT_BYTES)
    link = Link(
        chain_id=str(chain.id),
        seq=chain.size + 1,
        prev=chain.head or GENESIS,
        recorded_at=time_text(moment),
        occurred_at=time_text(occurred_at or moment),
        kind=kind,
        actor_id=actor.account_id,
        content_digest=content_digest(salt, text_body),
    )
    link = replace(link, hash=link.computed_hash())
    # Three statements by hand: every act pays for them, and the unit of work of the ORM costs more than they.
    connection = db.session.connection()
    connection.execute(_NEW_EVENT, {**vars(link), "chain_id": chain.id})
    connection.execute(_NEW_BODY, {"chain_id": chain.id, "seq": link.seq, "salt": salt, "body": text_body})
    connection.execute(_GO_ON, {"chain": chain.id, "new_size": link.seq, "new_head": link.hash})
    return link


def hold_institution(actor: Actor) -> None:
    """Hold the institution's chain until the transaction ends, for what must not happen twice at once."""
    db.session.flush()
    _locked_chain(actor, None)


def hold_case(actor: Actor, case: Case) -> None:
    """Hold the case's chain likewise, before reading what must be there only once."""
    db.session.flush()
    _locked_chain(actor, case)


def record_refusal(actor: Actor, case: Case | None, refused: Refused) -> Link:
    """Write down an act that a guard refused, so that the auditor sees what was tried (C-3)."""
    return record(actor, "act.refused", case=case, body={"rule": refused.rule_id, "what": refused.message})


_CHAINS: Table = Chain.metadata.tables["chain"]
_NEW_EVENT: Insert = insert(Event.metadata.tables["event"])
_NEW_BODY: Insert = insert(EventBody.metadata.tables["event_body"])
_NEW_CHAIN: Insert = insert(_CHAINS)
_GO_ON: Update = (
    update(_CHAINS)
    .where(_CHAINS.c.id == bindparam("chain"))
    .values(size=bindparam("new_size"), head=bindparam("new_head"))
)
_OF_INSTITUTION: Select[Any] = select(_CHAINS.c.id, _CHAINS.c.size, _CHAINS.c.head).where(
    _CHAINS.c.institution_id == bindparam("institution"), _CHAINS.c.case_id.is_(None)
)
_CLOSINGS: Table = CaseClosing.metadata.tables["case_closing"]
_ENDED = (
    select(_CLOSINGS.c.action)
    .where(_CLOSINGS.c.case_id == _CHAINS.c.case_id)
    .order_by(_CLOSINGS.c.number.desc())
    .limit(1)
    .scalar_subquery()
)
_OF_CASE: Select[Any] = select(_CHAINS.c.id, _CHAINS.c.size, _CHAINS.c.head, _ENDED == "end").where(
    _CHAINS.c.institution_id == bindparam("institution"), _CHAINS.c.case_id == bindparam("case")
)


@dataclass(frozen=True)
class _Locked:
    """A chain as it stands, held until the transaction ends; ``ended``: its case, without a contract."""

    id: uuid.UUID
    size: int
    head: str
    ended: bool | None = None


def _locked_chain(actor: Actor, case: Case | None) -> _Locked:
    """The chain, held against other writers until the transaction ends; made when it is not there yet."""
    institution_id = uuid.UUID(actor.institution_id)
    case_id = case.id if case is not None else None
    connection = db.session.connection()
    if connection.dialect.name == "postgresql":
        # Taken before the chain is read, so that the read sees what the last writer committed.
        key = (case_id or institution_id).int & 0x7FFFFFFFFFFFFFFF
        connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": key})
    found = (
        connection.execute(_OF_INSTITUTION, {"institution": institution_id})
        if case_id is None
        else connection.execute(_OF_CASE, {"institution": institution_id, "case": case_id})
    ).one_or_none()
    if found is not None:
        return _Locked(*found)
    made = _Locked(uuid.uuid4(), 0, "")
    values = {"id": made.id, "institution_id": institution_id, "case_id": case_id, "size": 0, "head": ""}
    connection.execute(_NEW_CHAIN, values)
    return made

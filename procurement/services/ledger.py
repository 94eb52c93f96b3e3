"""The one place that writes the ledger, in the transaction of the change it tells of."""

from __future__ import annotations

import secrets
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields, replace
from datetime import datetime
from typing import Any

from sqlalchemy import Insert, Select, Table, Update, bindparam, insert, select, text, update
from sqlalchemy.engine import Connection

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
    _write(db.session.connection(), chain.id, link, salt, text_body)
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
_NEW_CHAIN: Insert = insert(_CHAINS)
_NEW_EVENT: Insert = insert(Event.metadata.tables["event"]).values(
    {field.name: bindparam(field.name) for field in fields(Link)}
)
_NEW_BODY: Insert = insert(EventBody.metadata.tables["event_body"]).values(
    {name: bindparam(name) for name in ("chain_id", "seq", "salt", "body")}
)
_GO_ON: Update = (
    update(_CHAINS)
    .where(_CHAINS.c.id == bindparam("chain_id"))
    .values(size=bindparam("seq"), head=bindparam("hash"))
)
_AT_ONCE: Update = _GO_ON.add_cte(_NEW_EVENT.cte("new_event"), _NEW_BODY.cte("new_body"))
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


def _write(connection: Connection, chain_id: uuid.UUID, link: Link, salt: bytes, body: str) -> None:
    """Write an event, its body and the chain's new head.

    By hand: every act pays for them, and the unit of work of the ORM costs more than they. PostgreSQL takes
    all in one statement, since each is a way to the server and back.
    """
    values = {**vars(link), "chain_id": chain_id, "salt": salt, "body": body}
    statements = (_AT_ONCE,) if connection.dialect.name == "postgresql" else (_NEW_EVENT, _NEW_BODY, _GO_ON)
    for statement in statements:
        connection.execute(statement, values)


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

"""Reading the ledger: the time line of a case in Korean."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, func, select

from procurement.extensions import db
from procurement.models import Account, Case, Chain, Event, EventBody
from procurement.services.codec_text import load_text
from procurement.services.event_words import sentence_of

PAGE_SIZE = 50


@dataclass(frozen=True)
class EventView:
    """An event as the time line shows it; ``body`` is ``None`` when it was destroyed under law."""

    seq: int
    kind: str
    what: str
    who: str
    recorded_at: datetime
    occurred_at: datetime
    hash: str
    body: dict[str, Any] | None


def newest_events(case: Case, limit: int) -> list[EventView]:
    """The newest events of a case, newest first; one query."""
    return _views(_query(case).limit(limit))


def events(case: Case, page: int) -> list[EventView]:
    """A page of the time line, newest first; ``page`` from 1."""
    return _views(_query(case).limit(PAGE_SIZE).offset((page - 1) * PAGE_SIZE))


def all_events(case: Case) -> list[EventView]:
    """The whole time line, oldest first, for the bundle."""
    return list(reversed(_views(_query(case))))


def count_events(case: Case) -> int:
    """How many events a case has."""
    return db.session.scalar(select(func.max(Chain.size)).where(Chain.case_id == case.id)) or 0


def _query(case: Case) -> Select[tuple[Event, str]]:
    return (
        select(Event, EventBody.body)
        .join(Chain, Chain.id == Event.chain_id)
        .outerjoin(EventBody, (EventBody.chain_id == Event.chain_id) & (EventBody.seq == Event.seq))
        .where(Chain.case_id == case.id)
        .order_by(Event.seq.desc())
    )


def _views(query: Select[tuple[Event, str]]) -> list[EventView]:
    rows = db.session.execute(query).tuples().all()
    names = {str(row.id): row.name for row in db.session.execute(select(Account.id, Account.name))}
    return [_view(event, body, names) for event, body in rows]


def _view(event: Event, body: str | None, names: dict[str, str]) -> EventView:
    data = load_text(body)["data"] if body is not None else None
    return EventView(
        seq=event.seq,
        kind=event.kind,
        what=sentence_of(event.kind, data or {}),
        who=names.get(event.actor_id, "알 수 없는 사람"),
        recorded_at=datetime.fromisoformat(event.recorded_at),
        occurred_at=datetime.fromisoformat(event.occurred_at),
        hash=event.hash,
        body=data,
    )

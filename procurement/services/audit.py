"""Reading the ledger: the time line of a case in Korean, and what an auditor looks for first."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import cache
from typing import Any

from sqlalchemy import ColumnElement, Select, bindparam, case, func, or_, select

from procurement.domain.ledger import time_text
from procurement.extensions import db
from procurement.models import Account, Case, Chain, Event, EventBody
from procurement.services.codec_text import load_text
from procurement.services.event_words import sentence_of
from procurement.services.institutions import MACHINE_ID, OPERATOR_ID
from procurement.services.records import SEOUL
from procurement.services.rows import CaseRows, bounded, table_of

PAGE_SIZE = 50

# Sorts of events that the time line can be narrowed to: label, and patterns of their names.
GROUPS: Mapping[str, tuple[str, tuple[str, ...]]] = {
    "steps": ("단계 완료와 다시 열기", ("step.%", "definition.frozen")),
    "saved": ("작성과 저장", ("%.saved", "%.added", "%.revised", "%.withdrawn")),
    "reasons": ("사유", ("reason.%",)),
    "evidence": ("증빙과 내려받기", ("evidence.%", "%.downloaded")),
    "search": ("검색", ("search.%",)),
    "selection": ("평가와 선정", ("criteria.%", "sheet.%", "outcome.%", "decision.%")),
    "contract": ("품의와 계약", ("approval.%", "contract.concluded")),
    "members": ("참여자", ("member.%", "case.opened")),
    "closing": ("계약 없이 종료와 되살리기", ("case.ended", "case.taken_up")),
    "proof": (
        "확인점·열쇠·삭제",
        ("checkpoint.%", "key.%", "%.erased", "ledger.recovered", "bag.made", "bundle.signed"),
    ),
    "refused": ("막힌 행위", ("act.refused",)),
}


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

    @property
    def late_by(self) -> timedelta:
        """How long after it happened it was written down; zero on the same Korean day."""
        same_day = self.recorded_at.astimezone(SEOUL).date() <= self.occurred_at.astimezone(SEOUL).date()
        return timedelta(0) if same_day else self.recorded_at - self.occurred_at

    @property
    def text(self) -> str:
        """The body as a person can read it, line by line; empty when it was destroyed."""
        return "" if self.body is None else json.dumps(self.body, ensure_ascii=False, indent=2)


@dataclass(frozen=True)
class EventQuery:
    """What the time line is narrowed to; empty means all. ``group`` is a key of ``GROUPS``."""

    group: str = ""
    person: str = ""
    since: date | None = None
    until: date | None = None
    page: int = 1


@dataclass(frozen=True)
class Concerns:
    """What an auditor looks for first in a case, in numbers."""

    number: str
    title: str
    is_sample: bool
    refused: int
    reopened: int
    late: int
    events: int


def newest_events(case_: Case, limit: int) -> list[EventView]:
    """The newest events of a case, newest first; two queries."""
    newest = CaseRows(case_).run(_newest_of_chain(), most=limit)
    names = _names() if newest else {}
    return [_view(row, row.body, names) for row in newest]


@cache
def _newest_of_chain() -> Select[Any]:
    chain, event, body = table_of(Chain), table_of(Event), table_of(EventBody)
    of_event = (body.c.chain_id == event.c.chain_id) & (body.c.seq == event.c.seq)
    return (
        select(
            event.c.seq,
            event.c.kind,
            event.c.actor_id,
            event.c.recorded_at,
            event.c.occurred_at,
            event.c.hash,
            body.c.body,
        )
        .select_from(chain.join(event, event.c.chain_id == chain.c.id).outerjoin(body, of_event))
        .where(bounded(chain))
        .order_by(event.c.seq.desc())
        .limit(bindparam("most"))
    )


def events(case_: Case, query: EventQuery) -> tuple[list[EventView], int]:
    """A page of the time line, newest first, and how many events the query finds."""
    narrowed = _query(case_).where(*conditions(query))
    total = db.session.scalar(select(func.count()).select_from(narrowed.subquery())) or 0
    page = narrowed.order_by(Event.seq.desc()).limit(PAGE_SIZE).offset((query.page - 1) * PAGE_SIZE)
    return _views(page), total


def all_events(case_: Case) -> list[EventView]:
    """The whole time line, oldest first, for the bundle."""
    return _views(_query(case_).order_by(Event.seq))


def one_event(case_: Case | None, seq: int) -> EventView | None:
    """One event of a case, or of the institution's own chain, by its number."""
    query = _query(case_) if case_ is not None else _all().where(Chain.case_id.is_(None))
    found = _views(query.where(Event.seq == seq))
    return found[0] if found else None


def count_events(case_: Case) -> int:
    """How many events a case has."""
    ((size,),) = CaseRows(case_).run(_size_of_chain())
    return size or 0


@cache
def _size_of_chain() -> Select[Any]:
    chain = table_of(Chain)
    return select(func.max(chain.c.size)).where(bounded(chain))


def people_in(case_: Case) -> list[tuple[str, str]]:
    """Who acted in a case: account id and name, by name."""
    query = (
        select(Event.actor_id).join(Chain, Chain.id == Event.chain_id).where(Chain.case_id == case_.id)
    ).distinct()
    names = _names()
    found = [(actor_id, names.get(actor_id, UNKNOWN)) for actor_id in db.session.scalars(query)]
    return sorted(found, key=lambda person: person[1])


def institution_events(page: int) -> tuple[list[EventView], int]:
    """A page of the institution's own chain (accounts, settings, lists), newest first, and their number."""
    query = _all().where(Chain.case_id.is_(None))
    total = db.session.scalar(select(func.count()).select_from(query.subquery())) or 0
    return _views(query.order_by(Event.seq.desc()).limit(PAGE_SIZE).offset((page - 1) * PAGE_SIZE)), total


def concerns(page: int, size: int = 25) -> tuple[list[Concerns], int]:
    """Cases with their refused acts, re-opened steps and late records, most of them first; two queries."""
    refused = func.sum(case((Event.kind == "act.refused", 1), else_=0))
    reopened = func.sum(case((Event.kind == "step.reopened", 1), else_=0))
    late = func.sum(case((recorded_late(), 1), else_=0))
    query = (
        select(Case.number, Case.title, Case.is_sample, refused, reopened, late, func.count())
        .join(Chain, Chain.case_id == Case.id)
        .join(Event, Event.chain_id == Chain.id)
        .group_by(Case.id, Case.number, Case.title, Case.is_sample)
        .order_by((refused + reopened).desc(), late.desc(), Case.number.desc())
        .limit(size)
        .offset((page - 1) * size)
    )
    rows = [Concerns(*row) for row in db.session.execute(query).tuples()]
    return rows, db.session.scalar(select(func.count()).select_from(Case)) or 0


def events_where(case_: Case, condition: ColumnElement[bool], most: int) -> list[EventView]:
    """The newest events of a case that meet a condition, newest first, at most so many; two queries."""
    return _views(_query(case_).where(condition).order_by(Event.seq.desc()).limit(most))


def page_of(seq: int, size: int) -> int:
    """The page of the whole time line, newest first, that shows event ``seq`` of ``size``."""
    return (size - seq) // PAGE_SIZE + 1


ERASED = "법에 따라 지움:"
UNKNOWN, OPERATOR, MACHINE = "알 수 없는 사람", "운영자(명령줄)", "프로그램(자동)"


def recorded_late() -> ColumnElement[bool]:
    """Written down on a later day than it happened; the texts begin with the day, in UTC."""
    return func.substr(Event.recorded_at, 1, 10) > func.substr(Event.occurred_at, 1, 10)


def _all() -> Select[tuple[Event, str]]:
    return (
        select(Event, EventBody.body)
        .join(Chain, Chain.id == Event.chain_id)
        .outerjoin(EventBody, (EventBody.chain_id == Event.chain_id) & (EventBody.seq == Event.seq))
    )


def _query(case_: Case) -> Select[tuple[Event, str]]:
    return _all().where(Chain.case_id == case_.id)


def conditions(query: EventQuery) -> list[ColumnElement[bool]]:
    """The conditions that a query asks of events."""
    found: list[ColumnElement[bool]] = []
    if query.group in GROUPS:
        found.append(or_(*(Event.kind.like(pattern) for pattern in GROUPS[query.group][1])))
    if query.person:
        found.append(Event.actor_id == query.person)
    if query.since is not None:
        found.append(Event.recorded_at >= _midnight(query.since))
    if query.until is not None:
        found.append(Event.recorded_at < _midnight(query.until + timedelta(days=1)))
    return found


def _midnight(day: date) -> str:
    return time_text(datetime.combine(day, time(), SEOUL))


def _names() -> dict[str, str]:
    """Names of the institution's people by account id, and of the command line; one query."""
    names = {str(row.id): row.name for row in db.session.execute(select(Account.id, Account.name))}
    return names | {OPERATOR_ID: OPERATOR, MACHINE_ID: MACHINE}


def _views(query: Select[tuple[Event, str]]) -> list[EventView]:
    return views_of(db.session.execute(query).tuples().all())


def views_of(rows: Iterable[tuple[Event, str | None]]) -> list[EventView]:
    """Events with their bodies as a page shows them."""
    found = list(rows)
    names = _names() if found else {}
    return [_view(event, body, names) for event, body in found]


def _view(event: Any, body: str | None, names: dict[str, str]) -> EventView:
    data = load_text(body)["data"] if body is not None else None
    return EventView(
        seq=event.seq,
        kind=event.kind,
        what=sentence_of(event.kind, data) if data is not None else f"{ERASED} {event.kind}",
        who=names.get(event.actor_id, UNKNOWN),
        recorded_at=datetime.fromisoformat(event.recorded_at),
        occurred_at=datetime.fromisoformat(event.occurred_at),
        hash=event.hash,
        body=data,
    )

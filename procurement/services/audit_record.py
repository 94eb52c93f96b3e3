"""The record of a whole institution: every chain in one time line, narrowed and searched."""

from __future__ import annotations

from dataclasses import replace

from sqlalchemy import func, select

from procurement.extensions import db
from procurement.models import Account, Case, Chain, Event, EventBody
from procurement.services import audit
from procurement.services.audit import EventQuery, EventView

PAGE_SIZE = 50
LONGEST_WORDS = 100


def search(query: EventQuery, words: str, number: str) -> tuple[list[tuple[str, EventView]], int]:
    """A page of the record, newest first, each event with the number of its case, and how many are found.

    ``words`` are looked for in the bodies as they were written; ``number`` is a case, ``"-"`` the chain of
    the institution, empty everything. The number found is empty for what belongs to no case.
    """
    of_event = (EventBody.chain_id == Event.chain_id) & (EventBody.seq == Event.seq)
    found = (
        select(Event, EventBody.body, Case.number)
        .join(Chain, Chain.id == Event.chain_id)
        .outerjoin(Case, Case.id == Chain.case_id)
        .outerjoin(EventBody, of_event)
        .where(Chain.institution_id == db.session.info["institution_id"], *audit.conditions(query))
    )
    if words:
        found = found.where(EventBody.body.contains(words[:LONGEST_WORDS], autoescape=True))
    if number:
        found = found.where(Case.number == number if number != "-" else Chain.case_id.is_(None))
    total = db.session.scalar(select(func.count()).select_from(found.subquery())) or 0
    page = found.order_by(Event.recorded_at.desc(), Event.chain_id, Event.seq.desc())
    page = page.limit(PAGE_SIZE).offset((query.page - 1) * PAGE_SIZE)
    rows = db.session.execute(page).tuples().all()
    views = audit.views_of((event, body) for event, body, _ in rows)
    return [(number or "", view) for view, (_, _, number) in zip(views, rows, strict=True)], total


def people() -> list[tuple[str, str]]:
    """Who may have acted: account id and name, by name."""
    rows = db.session.execute(select(Account.id, Account.name).order_by(Account.name))
    return [(str(row.id), row.name) for row in rows]


def titled(found: list[tuple[str, EventView]]) -> list[EventView]:
    """The events, each saying first where it belongs."""
    return [replace(view, what=f"{number or '기관'} · {view.what}") for number, view in found]

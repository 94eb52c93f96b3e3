"""Pages beside a bare Flask page that makes as many queries and sends as many bytes."""

from __future__ import annotations

import time
import uuid
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import ColumnElement, Executable, event, insert, select
from sqlalchemy.engine import Engine

from procurement.demo.people import PROJECT
from procurement.domain.steps import Step
from procurement.extensions import db
from procurement.models import Account, Base, Case, CaseRecord, Chain, Event, EventBody
from procurement.models.base import ACROSS
from procurement.services import unit
from tests.bench.table import Row, row, side_by_side
from tests.support.factories import signed_in

Query = tuple[Executable, Any]

RUNS = 40
GOAL = 3.0
FINISHED = "2026-0001"
EVENTS, RECORDS = 5_000, 300


@contextmanager
def noted_queries() -> Iterator[list[Query]]:
    """Queries that any engine runs meanwhile, with their parameters."""
    seen: list[Query] = []

    def note(_c: Any, statement: Any, many: Any, single: Any, _options: Any) -> None:
        if isinstance(statement, Executable):
            seen.append((statement, single or many))

    event.listen(Engine, "before_execute", note)
    try:
        yield seen
    finally:
        event.remove(Engine, "before_execute", note)


def bare_app(url: str, queries: Sequence[Query], size: int) -> FlaskClient:
    """A Flask application whose one page runs the same queries, reads their rows and sends ``size`` bytes."""
    app = Flask("bare")
    app.config["SQLALCHEMY_DATABASE_URI"] = url
    bare_db = SQLAlchemy(app)
    body = "x" * size

    @app.get("/")
    def page() -> str:
        connection = bare_db.session.connection()
        for statement, parameters in queries:
            connection.execute(statement, parameters).all()
        return body

    return app.test_client()


def add_cases(app: Flask, institution_id: uuid.UUID, officer: uuid.UUID, count: int) -> None:
    """Rows of many cases at once, as the list sees them; the other pages never look at them."""
    start = datetime(2025, 1, 1, tzinfo=UTC)
    rows = [
        {
            "id": uuid.uuid4(),
            "institution_id": institution_id,
            "number": f"2025-{number:05d}",
            "title": f"견본 이용계약 {number}",
            "project_officer_id": officer,
            "contract_officer_id": officer,
            "is_sample": True,
            "created_at": start + timedelta(minutes=number),
            "current_step": list(Step)[number % 9].value,
            "step_states": "d" * (number % 9) + "o" + "w" * (8 - number % 9),
            "amount_won": 1_000_000 + number,
            "next_due_on": (start + timedelta(days=number % 700)).date(),
        }
        for number in range(count)
    ]
    with app.app_context(), unit.work(str(institution_id)):
        db.session.execute(insert(Case), rows)


def add_history(app: Flask, institution_id: uuid.UUID, number: str, events: int, records: int) -> None:
    """Events on the chain of a case, and records of it, copied from its own."""
    with app.app_context(), unit.work(str(institution_id)):
        case = db.session.scalars(select(Case).where(Case.number == number)).one()
        chain = db.session.scalars(select(Chain).where(Chain.case_id == case.id)).one()
        event_ = _copy_of(Event, Event.chain_id == chain.id)
        body = _copy_of(EventBody, EventBody.chain_id == chain.id)
        record = _copy_of(CaseRecord, CaseRecord.case_id == case.id, CaseRecord.kind == "confirmation")
        seqs = range(chain.size + 1, chain.size + 1 + events)
        db.session.execute(insert(Event), [{**event_, "seq": seq} for seq in seqs])
        db.session.execute(insert(EventBody), [{**body, "seq": seq} for seq in seqs])
        keys = [uuid.uuid4() for _ in range(records)]
        db.session.execute(insert(CaseRecord), [{**record, "id": key, "thread_id": key} for key in keys])


def _copy_of(model: type[Base], *conditions: ColumnElement[bool]) -> dict[str, Any]:
    """Values of a row of ``model``."""
    row_ = db.session.scalars(select(model).where(*conditions).limit(1)).one()
    return {column.key: getattr(row_, column.key) for column in model.__table__.columns}


def _queries(client: FlaskClient, path: str) -> int:
    with noted_queries() as seen:
        client.get(path)
    return len(seen)


def measure(client: FlaskClient, url: str, path: str) -> tuple[float, float, int]:
    """Times in milliseconds of the page and of its bare twin, and the number of queries."""
    client.get(path)
    with noted_queries() as seen:
        answer = client.get(path)
    if answer.status_code != 200:
        raise RuntimeError(f"{path} answered {answer.status_code}")
    twin = bare_app(url, seen, len(answer.data))
    # Both wait for nothing but the processor, and of its time what else runs takes no part.
    value, reference = side_by_side(
        lambda: client.get(path), lambda: twin.get("/"), RUNS, clock=time.process_time
    )
    return value, reference, len(seen)


def rows(app: Flask, url: str) -> Sequence[Row]:
    """List, case page and the nine step pages of the finished sample case, seen by its project officer."""
    with app.app_context():
        query = select(Account).where(Account.login == PROJECT.login).execution_options(**{ACROSS: True})
        account = db.session.scalars(query).one()
        institution_id, officer = account.institution_id, account.id
        client = signed_in(app.test_client(), account)
    few = measure(client, url, "/")[2]
    add_cases(app, institution_id, officer, 10_000)
    value, reference, many = measure(client, url, "/")
    found = [
        row("list with 10,000 cases (ms)", value, reference, GOAL),
        row("queries of the list, 10,000 cases beside a few", many, few, 1.0),
    ]
    paths = [("case page", f"/cases/{FINISHED}")]
    paths += [(f"page of {step.value}", f"/cases/{FINISHED}/{step.value}") for step in Step]
    few = 0
    for name, path in paths:
        value, reference, queries = measure(client, url, path)
        found.append(row(f"{name} (ms)", value, reference, GOAL))
        few += queries
    add_history(app, institution_id, FINISHED, EVENTS, RECORDS)
    many = sum(_queries(client, path) for _, path in paths)
    what = f"queries of a case's ten pages, {EVENTS:,} events and {RECORDS} records more"
    found.append(row(what, many, few, 1.0))
    return found

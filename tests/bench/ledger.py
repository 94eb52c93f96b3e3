"""The ledger: verifying a million events beside reading and hashing; appending beside a plain INSERT."""

from __future__ import annotations

import hashlib
import secrets
import threading
import time
import uuid
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from flask import Flask
from sqlalchemy import insert, text, update

from procurement.config import Settings
from procurement.domain.access import Actor
from procurement.domain.ledger import GENESIS, Link, content_digest, time_text
from procurement.extensions import db
from procurement.models import Chain, CheckpointErrand, Event, EventBody, Institution
from procurement.services import institutions, ledger, unit, verification
from tests.bench.table import Row, row, side_by_side
from tests.support.applications import make_application, migrate
from tests.support.databases import postgres_server
from tests.support.rewriting import as_owner

EVENTS = 1_000_000
VERIFY_GOAL = 3.0
EVENTS_A_SECOND = 150_000
APPENDS, WRITERS = 400, 8
EACH, LONGEST_WAIT_MS = 1_000, 500.0
APPEND_GOAL = 2.0
BODY = '{"data":{"evidence":"%s","name":"표본 견적서 %d.pdf"},"rows":[]}'
TOLD = {"evidence": "0" * 36, "name": "표본 견적서.pdf"}
START = datetime(2026, 1, 1, tzinfo=UTC)


def rows(_app: Flask, settings: Settings) -> list[Row]:
    """Every figure on SQLite and on PostgreSQL, in databases of their own beside that of the bench."""
    found = []
    with TemporaryDirectory(dir=settings.evidence_dir.parent) as name:
        found += _on(settings, f"sqlite:///{Path(name) / 'ledger.db'}", "SQLite")
    with postgres_server(durable=True) as url:
        found += _on(settings, url.replace("postgresql://", "postgresql+psycopg://"), "PostgreSQL")
    return found


def _on(settings: Settings, url: str, database: str) -> list[Row]:
    own = replace(settings, database_url=url)
    app = make_application(own)
    migrate(app)
    with app.app_context():
        actor = _an_institution()
        try:
            return [
                replace(one, name=f"{database}: {one.name}")
                for one in (*_appending(app, actor), *_verifying(own))
            ]
        finally:
            db.session.remove()
            db.engine.dispose()


def _an_institution() -> Actor:
    with unit.work():
        actor = institutions.operator(_add_institution())
        unit.bind(actor.institution_id)
        ledger.record(actor, "institution.created", body={"name": actor.institution_name})
    return actor


def _add_institution() -> Institution:
    name = f"표본 기관 {secrets.token_hex(4)}"
    institution = Institution(name=name, kind="local", contract_law="local", is_sample=True)
    db.session.add(institution)
    db.session.flush()
    return institution


def _verifying(settings: Settings) -> Iterator[Row]:
    _fill(settings, EVENTS)

    def verify() -> None:
        report = verification.verify()
        assert report.holds, report.broken

    value, reference = side_by_side(verify, _read_and_hash, 1)
    yield row(f"verify {EVENTS:,} events / raw read and SHA-256 (ms)", value, reference, VERIFY_GOAL)
    yield row("events verified in a second, wanted / reached", EVENTS_A_SECOND, EVENTS / value * 1000, 1.0)


def _fill(settings: Settings, count: int) -> None:
    """A second chain of so many events, put in at once."""
    chain_id, head = uuid.uuid4(), GENESIS
    actor = str(uuid.uuid4())
    with unit.work():
        # An institution has one chain of its own, and the others' are in use.
        institution_id = _add_institution().id
    with as_owner(settings) as connection:
        connection.execute(insert(Chain).values(id=chain_id, institution_id=institution_id, size=0))
        for part in _parts(_made(chain_id, actor, count)):
            links, bodies = zip(*part, strict=True)
            head = links[-1].hash
            connection.execute(insert(Event), [{**link.__dict__, "chain_id": chain_id} for link in links])
            connection.execute(insert(EventBody), list(bodies))
        connection.execute(update(Chain).where(Chain.id == chain_id).values(size=count, head=head))
    if db.engine.dialect.name == "postgresql":
        # As the server itself would do soon after so many rows.
        with db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.exec_driver_sql("ANALYZE")


def _made(chain_id: uuid.UUID, actor: str, count: int) -> Iterator[tuple[Link, dict[str, Any]]]:
    prev = GENESIS
    for seq in range(1, count + 1):
        salt, body = secrets.token_bytes(16), BODY % (uuid.UUID(int=seq), seq)
        moment = time_text(START + timedelta(seconds=seq))
        link = Link(
            str(chain_id), seq, prev, moment, moment, "evidence.downloaded", actor, content_digest(salt, body)
        )
        link = replace(link, hash=link.computed_hash())
        prev = link.hash
        yield link, {"chain_id": chain_id, "seq": seq, "salt": salt, "body": body}


def _parts(
    made: Iterator[tuple[Link, dict[str, Any]]],
) -> Iterator[Sequence[tuple[Link, dict[str, Any]]]]:
    part = []
    for one in made:
        part.append(one)
        if len(part) == 10_000:
            yield part
            part = []
    if part:
        yield part


def _read_and_hash() -> None:
    """The same rows in the same order through the driver's cursor, and SHA-256 over the same bytes."""
    query = (
        "SELECT e.chain_id, e.seq, e.prev, e.recorded_at, e.occurred_at, e.kind, e.actor_id, "
        "e.content_digest, e.hash, b.salt, b.body FROM event e LEFT JOIN event_body b "
        "ON b.chain_id = e.chain_id AND b.seq = e.seq ORDER BY e.chain_id, e.seq"
    )
    with closing(db.engine.raw_connection()) as connection:
        driver: Any = connection.driver_connection
        # PostgreSQL would otherwise send a million rows at once.
        cursor = driver.cursor(name="rows") if db.engine.dialect.name == "postgresql" else driver.cursor()
        cursor.execute(query)
        while found := cursor.fetchmany(2000):
            for chain, seq, prev, recorded, occurred, kind, actor, digest, _hash, salt, body in found:
                hashlib.sha256(salt + body.encode()).hexdigest()
                link = f"{chain}{seq}{prev}{recorded}{occurred}{kind}{actor}{digest}"
                hashlib.sha256(link.encode()).hexdigest()
        cursor.close()


def _appending(app: Flask, actor: Actor) -> Iterator[Row]:
    others = [actor, *(_an_institution() for _ in range(WRITERS - 1))]

    def append(writer: Actor, times: int) -> None:
        with _session(app, writer):
            for _ in range(times):
                _append(writer)

    def insert_plain(writer: Actor, times: int, in_turn: bool = False) -> None:
        """One row and its commit, by the same session: what an act costs that leaves no record.

        ``in_turn``: one after another, as the events of one chain have to come.
        """
        institution_id = uuid.UUID(writer.institution_id)
        with _session(app, writer):
            for _ in range(times):
                with unit.work():
                    if in_turn and db.engine.dialect.name == "postgresql":
                        db.session.execute(text("SELECT pg_advisory_xact_lock(1)"))
                    db.session.add(CheckpointErrand(institution_id=institution_id, what="write"))

    def compared(name: str, writers: Sequence[Actor], in_turn: bool) -> Row:
        each = APPENDS // len(writers)
        value, reference = side_by_side(
            lambda: _at_once([partial(append, one, each) for one in writers]),
            lambda: _at_once([partial(insert_plain, one, each, in_turn) for one in writers]),
            3,
        )
        return row(f"{APPENDS} appends, {name} / INSERT and commit (ms)", value, reference, APPEND_GOAL)

    yield compared("1 writer", [actor], False)
    yield compared(f"{WRITERS} writers, a chain each", others, False)
    yield compared(f"{WRITERS} writers in turn on one chain", [actor] * WRITERS, True)
    waits: list[float] = []

    def append_and_wait() -> None:
        with _session(app, actor):
            for _ in range(EACH):
                begun = time.perf_counter()
                _append(actor)
                waits.append((time.perf_counter() - begun) * 1000)

    _at_once([append_and_wait] * WRITERS)
    name = f"longest wait of {WRITERS} writers with {EACH:,} appends each (ms), beside the longest allowed"
    yield row(name, max(waits), LONGEST_WAIT_MS, 1.0)


@contextmanager
def _session(app: Flask, actor: Actor) -> Iterator[None]:
    """A session of its own, as each request has one."""
    with app.app_context():
        unit.bind(actor.institution_id)
        yield
        db.session.remove()


def _append(actor: Actor) -> None:
    with unit.work():
        ledger.record(actor, "evidence.downloaded", body=TOLD)


def _at_once(works: Sequence[Callable[[], None]]) -> None:
    """Do all works, each in a thread of its own where there are several."""
    if len(works) == 1:
        works[0]()
        return
    threads = [threading.Thread(target=work) for work in works]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

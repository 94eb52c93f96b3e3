"""Somebody who owns the database and knows how the ledger is made: edits, cuts and computes everything again.

Works on a connection, so that an attack can be tried in a transaction and taken back.
"""

from __future__ import annotations

import json
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import Table, create_engine, delete, select, text, update
from sqlalchemy.engine import Connection

from procurement.adapters.signatures import SigningKey
from procurement.config import Settings
from procurement.domain.checkpoint import Head, digest_of, parse
from procurement.domain.ledger import GENESIS, Link, content_digest
from procurement.extensions import db
from procurement.models import Base, Case, Chain, Checkpoint, Event, EventBody
from procurement.models.sealing import SEALED_TABLES, digest_of_values
from procurement.models.triggers import APPEND_ONLY

CASES, CHAINS, EVENTS, BODIES, CHECKPOINTS = (
    model.__table__ for model in (Case, Chain, Event, EventBody, Checkpoint)
)


@dataclass
class Told:
    """An event with its body, as it can be changed in the hand."""

    link: Link
    salt: bytes
    body: str

    @property
    def data(self) -> dict[str, Any]:
        """The body as plain data."""
        return json.loads(self.body)  # type: ignore[no-any-return]


def dumps(value: object) -> str:
    """Text as the ledger writes it."""
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


@contextmanager
def as_owner(settings: Settings) -> Iterator[Connection]:
    """A connection that may do anything, committed at its end."""
    # What the test has just read holds a table in PostgreSQL until its transaction ends.
    db.session.rollback()
    engine = create_engine(settings.database_url)
    try:
        with engine.begin() as connection:
            without_guards(connection)
            yield connection
            put_guards_back(connection)
    finally:
        engine.dispose()


def without_guards(connection: Connection) -> None:
    """Put the triggers out of the way."""
    if connection.dialect.name == "sqlite":
        for (name,) in connection.execute(
            text("SELECT name FROM sqlite_master WHERE type = 'trigger'")
        ).all():
            connection.execute(text(f"DROP TRIGGER {name}"))
        connection.execute(text("PRAGMA defer_foreign_keys = ON"))
        return
    connection.execute(text("SET session_replication_role = replica"))
    for table in APPEND_ONLY:
        connection.execute(text(f"ALTER TABLE {table} DISABLE TRIGGER USER"))


def put_guards_back(connection: Connection) -> None:
    """Leave no trace: the triggers as they were."""
    from procurement.models import triggers

    triggers.install(connection)


class Rewriter:
    """Chains in the hand; ``store`` puts them back."""

    def __init__(self, connection: Connection) -> None:
        self.connection = connection
        self.chains = {row.id: row for row in connection.execute(select(CHAINS))}

    def chain_of(self, number: str) -> uuid.UUID:
        """The chain of the case whose number ends so; of the institution for ``""``."""
        query = select(CHAINS.c.id).where(CHAINS.c.case_id.is_(None))
        if number:
            query = select(CHAINS.c.id).join(CASES, CASES.c.id == CHAINS.c.case_id)
            query = query.where(CASES.c.number.like(f"%{number}"))
        return self.connection.execute(query).scalars().one()  # type: ignore[no-any-return]

    def events(self, chain: uuid.UUID) -> list[Told]:
        """All events of a chain."""
        query = select(EVENTS, BODIES.c.salt, BODIES.c.body).join(
            BODIES, (BODIES.c.chain_id == EVENTS.c.chain_id) & (BODIES.c.seq == EVENTS.c.seq)
        )
        rows = self.connection.execute(query.where(EVENTS.c.chain_id == chain).order_by(EVENTS.c.seq))
        return [
            Told(
                Link(
                    str(chain),
                    *(row.seq, row.prev, row.recorded_at, row.occurred_at, row.kind, row.actor_id),
                    *(row.content_digest, row.hash),
                ),
                row.salt,
                row.body,
            )
            for row in rows
        ]

    def store(self, chain: uuid.UUID, events: list[Told], *, hashes: bool = True) -> list[Told]:
        """Write a chain anew: numbers, digests, links and, with ``hashes``, size and head as well."""
        self.connection.execute(delete(BODIES).where(BODIES.c.chain_id == chain))
        self.connection.execute(delete(EVENTS).where(EVENTS.c.chain_id == chain))
        events = relinked(events)
        for told in events:
            link = told.link
            values = {**link.__dict__, "chain_id": chain}
            self.connection.execute(EVENTS.insert().values(**values))
            self.connection.execute(
                BODIES.insert().values(chain_id=chain, seq=link.seq, salt=told.salt, body=told.body)
            )
        if hashes:
            head = events[-1].link.hash if events else ""
            self.connection.execute(
                update(CHAINS).where(CHAINS.c.id == chain).values(size=len(events), head=head)
            )
        return events

    def remove_sealed(self, told: Told) -> None:
        """Remove the rows that an event added."""
        for name, key, _digest in told.data["rows"]:
            table: Table = Base.metadata.tables[name]
            self.connection.execute(delete(table).where(table.c.id == uuid.UUID(key)))

    def cut(self, chain: uuid.UUID, size: int) -> None:
        """Cut the tail off, with the rows that it added: as a restored backup leaves it."""
        events = self.events(chain)
        for told in reversed(events[size:]):
            self.remove_sealed(told)
        self.store(chain, events[:size])

    def sign_again(self, key: SigningKey) -> None:
        """Make every checkpoint agree with the chains as they are, signed with ``key``, event and all."""
        chain = self.chain_of("")
        events, before = self.events(chain), ""
        for at, told in enumerate(events):
            body = told.data
            if told.link.kind == "key.introduced":
                body["data"].update(key=key.key_id, public_key=key.public_key)
            elif told.link.kind == "checkpoint.written":
                before = self._sign_one(body, before, key)
            events[at] = replace(told, body=dumps(body))
            # What comes before the next checkpoint has to be in place when its heads are looked up.
            events = self.store(chain, events)

    def _sign_one(self, body: dict[str, Any], before: str, key: SigningKey) -> str:
        row = self.connection.execute(
            select(CHECKPOINTS).where(CHECKPOINTS.c.number == body["data"]["number"])
        ).one()
        content = parse(row.body)
        heads = tuple(
            Head(head.chain_id, head.size, self._hash_at(head))
            for head in content.heads
            if uuid.UUID(head.chain_id) in self.chains
        )
        content = replace(content, heads=heads, prev=before, key_id=key.key_id)
        changed = {
            "body": content.text,
            "digest": digest_of(content.text),
            "signature": key.sign(content.text),
            "public_key": key.public_key,
            "key_id": key.key_id,
        }
        self.connection.execute(update(CHECKPOINTS).where(CHECKPOINTS.c.id == row.id).values(**changed))
        values = {**row._asdict(), **changed}
        body["data"].update(digest=changed["digest"], key=key.key_id)
        body["rows"] = [["checkpoint", str(row.id), digest_of_values("checkpoint", values)]]
        return changed["digest"]

    def _hash_at(self, head: Head) -> str:
        query = select(EVENTS.c.hash).where(
            EVENTS.c.chain_id == uuid.UUID(head.chain_id), EVENTS.c.seq == head.size
        )
        return self.connection.execute(query).scalars().one_or_none() or head.head

    def remove_case(self, number: str) -> None:
        """Remove a case with every trace: its rows, its chain, and that it was ever opened."""
        chain = self.chain_of(number)
        case = self.chains[chain].case_id
        for name in (*SEALED_TABLES, "lot", "deadline", "draft", "job", "case_member"):
            table = Base.metadata.tables[name]
            if "case_id" in table.c:
                self.connection.execute(delete(table).where(table.c.case_id == case))
        for table in (BODIES, EVENTS):
            self.connection.execute(delete(table).where(table.c.chain_id == chain))
        self.connection.execute(delete(CHAINS).where(CHAINS.c.id == chain))
        self.connection.execute(delete(CASES).where(CASES.c.id == case))
        del self.chains[chain]
        institution = self.chain_of("")
        kept = [told for told in self.events(institution) if told.data["data"].get("case") != str(case)]
        self.store(institution, kept)


def relinked(events: list[Told]) -> list[Told]:
    """Numbers, digests and hashes computed again from the first event on."""
    found: list[Told] = []
    for seq, told in enumerate(events, 1):
        link = replace(
            told.link,
            seq=seq,
            prev=found[-1].link.hash if found else GENESIS,
            content_digest=content_digest(told.salt, told.body),
        )
        found.append(replace(told, link=replace(link, hash=link.computed_hash())))
    return found


def edit(events: list[Told], chosen: Callable[[Link], bool]) -> list[Told]:
    """The events with the one chosen saying something else."""
    return [
        replace(told, link=replace(told.link, kind="budget.saved"), body=_changed(told.body))
        if chosen(told.link)
        else told
        for told in events
    ]


def _changed(body: str) -> str:
    data = json.loads(body)
    data["data"]["note"] = "put in later"
    return dumps(data)


def rewrite(
    settings: Settings, number: str, chosen: Callable[[Link], bool], key: SigningKey | None = None
) -> None:
    """Edit an event of a case and compute its chain again; with ``key`` the checkpoints as well."""
    with as_owner(settings) as connection:
        rewriter = Rewriter(connection)
        chain = rewriter.chain_of(number)
        rewriter.store(chain, edit(rewriter.events(chain), chosen))
        if key is not None:
            rewriter.sign_again(key)


def remove_case(settings: Settings, number: str) -> None:
    """Remove a case with every trace but the checkpoints."""
    with as_owner(settings) as connection:
        Rewriter(connection).remove_case(number)


def back_to(settings: Settings, sizes: dict[str, int]) -> None:
    """Take chains back to so many events, as a restored backup does; ``""`` is the institution's own."""
    with as_owner(settings) as connection:
        rewriter = Rewriter(connection)
        for number, size in sizes.items():
            rewriter.cut(rewriter.chain_of(number), size)


def relinked_plain(chain_id: str, events: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """As ``relinked``, for the events of a bag, which are plain data."""
    names = [name for name in Link.__dataclass_fields__ if name != "chain_id"]
    told = [
        Told(
            Link(chain_id, **{name: event[name] for name in names}),
            bytes.fromhex(event["salt"]),
            event["body"],
        )
        for event in events
    ]
    return [
        {**event, **{name: getattr(again.link, name) for name in names}}
        for event, again in zip(events, relinked(told), strict=True)
    ]

"""Random attacks of every sort that a copy of a checkpoint kept outside has to show."""

from __future__ import annotations

import random
import uuid
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import Boolean, Column, Integer, Table, Uuid, delete, insert, select, text, update
from sqlalchemy.engine import Connection
from sqlalchemy.exc import DatabaseError

from procurement.adapters.signatures import SigningKey
from procurement.domain.checkpoint import Checkpoint, Head
from procurement.domain.erasing import mark_of
from procurement.domain.ledger import time_text
from procurement.models import Base, triggers
from procurement.models.base import UtcDateTime, new_salt
from procurement.models.sealing import SEALED_TABLES, digest_of_values
from tests.support.loosening import loosenings
from tests.support.rewriting import BODIES, CASES, CHAINS, EVENTS, Rewriter, Told, dumps, edit

FIELDS = ("recorded_at", "occurred_at", "actor_id", "kind", "content_digest", "prev", "hash")


class ImpossibleError(Exception):
    """The dice chose something that cannot be done here; another throw is tried."""


class Trier:
    """Throws the dice for attacks on a connection whose guards are out of the way."""

    def __init__(
        self, connection: Connection, dice: random.Random, known: Checkpoint, key: SigningKey, folder: Path
    ) -> None:
        self.connection, self.dice, self.key = connection, dice, key
        self.heads: Sequence[Head] = known.heads
        self.files = sorted(path for path in folder.rglob("*") if path.is_file())
        self.full = [t for t in SEALED_TABLES if connection.execute(select(_table(t).c.id).limit(1)).first()]
        self._undo: list[Callable[[], object]] = []

    def attacks(self) -> dict[str, Callable[[], object]]:
        """Every sort by its name."""
        return {
            "event edited": self.edit_event,
            "event removed": self.remove_event,
            "events reordered": self.swap_events,
            "event duplicated": self.duplicate_event,
            "event moved": self.move_event,
            "tail cut": self.cut_tail,
            "body edited": self.edit_body,
            "body removed": self.remove_body,
            "suffix computed again": self.rewrite_suffix,
            "rewritten and signed again": self.rewrite_all,
            "case removed": self.remove_case,
            "clock set back": self.set_clock_back,
            "frozen row edited": self.edit_row,
            "frozen row removed": self.remove_row,
            "frozen row edited and sealed again": self.seal_again,
            "chains swapped": self.swap_chains,
            "case edited": self.edit_case,
            "frozen row put in": self.copy_row,
            "frozen row emptied": self.empty_row,
            **({"stored otherwise": self.store_otherwise} if self._sqlite else {}),
            "file touched": self.touch_file,
            **loosenings(self.connection, self.dice),
        }

    @contextmanager
    def tried(self, attack: Callable[[], object]) -> Iterator[object]:
        """Carry an attack out, and take it back afterwards."""
        point = self.connection.begin_nested()
        try:
            yield attack()
        except DatabaseError as error:
            raise ImpossibleError from error
        finally:
            point.rollback()
            while self._undo:
                self._undo.pop()()

    def _event(self, *, least: int = 1) -> tuple[uuid.UUID, int]:
        """An event that the copy covers."""
        head = self.dice.choice([head for head in self.heads if head.size >= least])
        return uuid.UUID(head.chain_id), self.dice.randint(1, head.size)

    def _change(self, table: Table, chain: uuid.UUID, at: int, **values: Any) -> None:
        self.connection.execute(
            update(table).where(table.c.chain_id == chain, table.c.seq == at).values(**values)
        )

    def edit_event(self) -> None:
        """One field of one event says something else."""
        (chain, seq), field = self._event(), self.dice.choice(FIELDS)
        old = self.connection.execute(
            select(EVENTS.c[field]).where(EVENTS.c.chain_id == chain, EVENTS.c.seq == seq)
        ).scalar_one()
        at = self.dice.randrange(len(old))
        self._change(
            EVENTS, chain, seq, **{field: old[:at] + ("0" if old[at] != "0" else "1") + old[at + 1 :]}
        )

    def remove_event(self) -> None:
        """One event is gone, with or without its body."""
        chain, seq = self._event()
        for table in (BODIES, EVENTS) if self.dice.random() < 0.5 else (EVENTS,):
            self.connection.execute(delete(table).where(table.c.chain_id == chain, table.c.seq == seq))

    def swap_events(self) -> None:
        """Two events change places."""
        chain, first = self._event(least=2)
        size = next(head.size for head in self.heads if head.chain_id == str(chain))
        second = self.dice.choice([seq for seq in range(1, size + 1) if seq != first])
        for table in (EVENTS, BODIES):
            for old, new in ((first, 10**6), (second, first), (10**6, second)):
                self._change(table, chain, old, seq=new)

    def duplicate_event(self) -> None:
        """An event happens twice."""
        chain, seq = self._event()
        self._append(chain, chain, seq)

    def _append(self, to: uuid.UUID, chain: uuid.UUID, seq: int) -> None:
        row = self.connection.execute(
            select(EVENTS).where(EVENTS.c.chain_id == chain, EVENTS.c.seq == seq)
        ).one()
        size = self.connection.execute(select(CHAINS.c.size).where(CHAINS.c.id == to)).scalar_one()
        self.connection.execute(insert(EVENTS).values({**row._asdict(), "chain_id": to, "seq": size + 1}))

    def move_event(self) -> None:
        """An event goes to another chain."""
        chain, seq = self._event()
        other = self.dice.choice([head for head in self.heads if head.chain_id != str(chain)])
        self._append(uuid.UUID(other.chain_id), chain, seq)
        for table in (BODIES, EVENTS):
            self.connection.execute(delete(table).where(table.c.chain_id == chain, table.c.seq == seq))

    def cut_tail(self) -> None:
        """The tail is cut off; size, head and the rows that it added may go as well."""
        chain, seq = self._event()
        rewriter, how = Rewriter(self.connection), self.dice.randrange(3)
        if how == 0:
            self.connection.execute(delete(EVENTS).where(EVENTS.c.chain_id == chain, EVENTS.c.seq >= seq))
        elif how == 1:
            rewriter.store(chain, rewriter.events(chain)[: seq - 1])
        else:
            rewriter.cut(chain, seq - 1)

    def edit_body(self) -> None:
        """A body or its salt changes."""
        chain, seq = self._event()
        row = self.connection.execute(
            select(BODIES).where(BODIES.c.chain_id == chain, BODIES.c.seq == seq)
        ).one()
        if self.dice.random() < 0.3:
            self._change(BODIES, chain, seq, salt=self.dice.randbytes(16))
            return
        at = self.dice.randrange(len(row.body))
        self._change(BODIES, chain, seq, body=row.body[:at] + "가" + row.body[at + 1 :])

    def remove_body(self) -> None:
        """A body goes without an erasure."""
        chain, seq = self._event()
        self.connection.execute(delete(BODIES).where(BODIES.c.chain_id == chain, BODIES.c.seq == seq))

    def rewrite_suffix(self) -> None:
        """An event says something else, and everything after is computed again."""
        chain, seq = self._event()
        rewriter = Rewriter(self.connection)
        rewriter.store(chain, edit(rewriter.events(chain), lambda link: link.seq == seq))

    def rewrite_all(self) -> None:
        """The same, with every checkpoint kept here signed again by the right key."""
        self.rewrite_suffix()
        Rewriter(self.connection).sign_again(self.key)

    def remove_case(self) -> None:
        """A whole case goes; the checkpoints kept here may be made to agree."""
        rewriter = Rewriter(self.connection)
        rewriter.remove_case(f"-000{self.dice.randint(1, 2)}")
        if self.dice.random() < 0.5:
            rewriter.sign_again(self.key)

    def set_clock_back(self) -> None:
        """From some event on everything was recorded on another day, computed again."""
        chain, seq = self._event()
        rewriter, days = Rewriter(self.connection), timedelta(days=self.dice.choice((-400, -1, 1, 400)))
        rewriter.store(
            chain, [_moved(told, days) if told.link.seq >= seq else told for told in rewriter.events(chain)]
        )

    def _row(self) -> tuple[Table, Any]:
        table = _table(self.dice.choice(self.full))
        rows = self.connection.execute(select(table).order_by(table.c.id)).all()
        return table, self.dice.choice(rows)

    def edit_row(self) -> None:
        """One column of a frozen row says something else."""
        self._edit(*self._row())

    def _edit(self, table: Table, row: Any) -> None:
        column = self.dice.choice([c for c in table.c if getattr(row, c.name) is not None and c.name != "id"])
        changed = {column.name: _other(column, getattr(row, column.name), self.dice)}
        self.connection.execute(update(table).where(table.c.id == row.id).values(**changed))

    def seal_again(self) -> None:
        """The same, and a new event at the end of a chain, behind every checkpoint, says that it is right."""
        table, row = self._row()
        self._edit(table, row)
        now = self.connection.execute(select(table).where(table.c.id == row.id)).one()._asdict()
        chain, rewriter = uuid.UUID(self.dice.choice(self.heads).chain_id), Rewriter(self.connection)
        events = rewriter.events(chain)
        body = {"data": {}, "rows": [[table.name, str(row.id), digest_of_values(table.name, now)]]}
        link = replace(events[-1].link, kind=self.dice.choice(["budget.saved", "checkpoint.copied"]))
        rewriter.store(chain, [*events, Told(link, self.dice.randbytes(16), dumps(body))])

    def swap_chains(self) -> None:
        """Two cases change their chains."""
        cases = self.connection.execute(select(CHAINS).where(CHAINS.c.case_id.is_not(None))).all()
        first, second = self.dice.sample(cases, 2)
        for chain, case in ((first, uuid.uuid4()), (second, first.case_id), (first, second.case_id)):
            self.connection.execute(update(CHAINS).where(CHAINS.c.id == chain.id).values(case_id=case))

    def edit_case(self) -> None:
        """A case is called otherwise, has other officers or is closed."""
        case = self.dice.choice(self.connection.execute(select(CASES)).all())
        names = [
            "number",
            "title",
            "project_officer_id",
            "contract_officer_id",
            "institution_id",
            "closed_at",
        ]
        name = self.dice.choice(names)
        value = getattr(case, name) or datetime.now(UTC)
        changed = {name: _other(CASES.c[name], value, self.dice)}
        self.connection.execute(update(CASES).where(CASES.c.id == case.id).values(**changed))

    @property
    def _sqlite(self) -> bool:
        return self.connection.dialect.name == "sqlite"

    def store_otherwise(self) -> None:
        """A value that is read as the very same and no longer found."""
        table = self.dice.choice([*map(_table, self.full), CASES, CHAINS, Base.metadata.tables["account"]])
        columns = [c for c in table.c if isinstance(c.type, Uuid | UtcDateTime | Boolean)]
        column = self.dice.choice(columns)
        if isinstance(column.type, Uuid):
            form = self.dice.choice(["upper({0})", "'{{' || {0} || '}}'", "'urn:uuid:' || {0}"])
        elif isinstance(column.type, Boolean):
            form = "{0} * 2"
        else:
            form = self.dice.choice(["replace({0}, ' ', 'T')", "{0} || '+00:00'", "substr({0}, 1, 23)"])
        changed = form.format(column.name)
        sought = f"SELECT rowid FROM {table.name} WHERE {column.name} <> {changed} ORDER BY rowid"
        found = self.connection.execute(text(sought)).scalars().all()
        if not found:
            raise ImpossibleError
        statement = f"UPDATE {table.name} SET {column.name} = {changed} WHERE rowid = :row"
        self.connection.execute(text(statement), {"row": self.dice.choice(found)})

    def remove_row(self) -> None:
        """A frozen row goes."""
        table, row = self._row()
        self.connection.execute(delete(table).where(table.c.id == row.id))

    def copy_row(self) -> None:
        """A frozen row comes in that no event tells of."""
        table, row = self._row()
        values = {**row._asdict(), "id": uuid.uuid4()}
        for name in ("number", "version", "seq", "position"):
            if isinstance(values.get(name), int):
                values[name] += 1000
        self.connection.execute(insert(table).values(**values))

    def empty_row(self) -> None:
        """The free text of a frozen row gives way to the mark of an erasure that nobody carried out."""
        table = _table(self.dice.choice([name for name in self.full if name in triggers.ERASABLE]))
        row = self.dice.choice(self.connection.execute(select(table).order_by(table.c.id)).all())
        mark, column = mark_of("개인정보 보호법 제36조"), self.dice.choice(triggers.ERASABLE[table.name])
        changed: dict[str, Any] = {column: mark}
        if column == triggers.BODY:
            if ':"' not in row.body:
                raise ImpossibleError
            changed[column] = row.body.replace(':"', f':"{mark}', 1)
        if self.dice.random() < 0.5:
            changed |= {"salt": new_salt(), "erased": 1}
        self.connection.execute(update(table).where(table.c.id == row.id).values(**changed))

    def touch_file(self) -> None:
        """An evidence file is swapped, cut, removed or renamed."""
        path = self.dice.choice(self.files)
        data = path.read_bytes()

        def back() -> None:
            path.unlink(missing_ok=True)
            path.write_bytes(data)

        self._undo.append(back)
        how = self.dice.randrange(4)
        path.unlink()
        if how == 0:
            path.write_bytes(self.dice.randbytes(len(data)))
        elif how == 1:
            path.write_bytes(data[: self.dice.randrange(len(data))])
        elif how == 2:
            other = path.with_name(f"{self.dice.getrandbits(256):064x}")
            other.write_bytes(data)
            self._undo.append(other.unlink)


def _table(name: str) -> Table:
    return Base.metadata.tables[name]


def _moved(told: Told, days: timedelta) -> Told:
    moment = datetime.fromisoformat(told.link.recorded_at) + days
    return replace(told, link=replace(told.link, recorded_at=time_text(moment)))


def _other(column: Column[Any], value: Any, dice: random.Random) -> Any:
    if isinstance(column.type, Uuid):
        return uuid.uuid4()
    if isinstance(column.type, Boolean):
        return not value
    if isinstance(column.type, Integer):
        return value + dice.choice((-1, 1))
    if isinstance(column.type, UtcDateTime):
        return value + timedelta(seconds=1)
    if isinstance(value, str):
        return value[:-1] + ("0" if value[-1:] != "0" else "1")
    return value + timedelta(days=1)

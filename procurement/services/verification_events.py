"""Every chain and every body from the bytes as they are stored, as fast as the database gives them.

Rows come from the driver's own cursor, untouched by the ORM; nothing is serialised again. A body is read only
for the seals at its end, and as a whole only for the few kinds of events that mean something here.
"""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterator, Sequence
from typing import Any

from sqlalchemy import Select, and_, func, select
from sqlalchemy.engine import Connection

from procurement.domain.ledger import Break, Walk
from procurement.models import Chain, Event, EventBody
from procurement.services.verification_marks import Mark, Marks
from procurement.services.verification_scope import ROWS_AT_ONCE, BrokenError, ChainRow, Scope
from procurement.services.verification_told import Told

_CHAIN, _EVENT, _BODY = Chain.__table__, Event.__table__, EventBody.__table__
ERASED, ROW_ERASED = "body.erased", "row.erased"
NO_ROWS, ROWS = ',"rows":[]}', ',"rows":['


def events(scope: Scope, marks: Marks, told: Told) -> int:
    """Walk every chain; gathers the seals and what is told on the way, and compares with checkpoints."""
    reader = _Reader(scope, marks, told)
    count = 0
    for rows in _raw_rows(scope):
        for row in rows:
            reader.read(row)
        count += len(rows)
    reader.finish()
    _no_body_alone(scope, reader.bodies)
    return count


def _no_body_alone(scope: Scope, read: int) -> None:
    """There are no more bodies than those of events: one put in ahead of its event would block the chain."""
    if scope.case_id is not None or scope.institution_id is not None:
        return
    kept = scope.connection.execute(select(func.count()).select_from(_BODY)).scalar_one()
    if kept != read:
        raise BrokenError("사건의 본문", f"사건이 없는 본문이 {kept - read}개 있습니다.")


def _raw_rows(scope: Scope) -> Iterator[Sequence[Sequence[Any]]]:
    """Rows as the driver hands them over, some thousands at a time."""
    columns = (
        _EVENT.c.chain_id,
        _EVENT.c.seq,
        _EVENT.c.prev,
        _EVENT.c.recorded_at,
        _EVENT.c.occurred_at,
        _EVENT.c.kind,
        _EVENT.c.actor_id,
        _EVENT.c.content_digest,
        _EVENT.c.hash,
        _BODY.c.salt,
        _BODY.c.body,
    )
    same = and_(_BODY.c.chain_id == _EVENT.c.chain_id, _BODY.c.seq == _EVENT.c.seq)
    query = select(*columns).select_from(_EVENT.outerjoin(_BODY, same))
    if scope.case_id is not None or scope.institution_id is not None:
        within = scope.within(_CHAIN.c.institution_id, _CHAIN.c.case_id)
        query = query.where(_EVENT.c.chain_id.in_(select(_CHAIN.c.id).where(*within)))
    query = query.order_by(_EVENT.c.chain_id, _EVENT.c.seq)
    cursor = _driver_cursor(scope.connection)
    try:
        cursor.execute(_text_of(query, scope.connection))
        while rows := cursor.fetchmany(ROWS_AT_ONCE):
            yield rows
    finally:
        cursor.close()


def _driver_cursor(connection: Connection) -> Any:
    """A cursor of the driver in the transaction at hand; one that the server keeps, in PostgreSQL."""
    driver: Any = connection.connection.driver_connection
    return driver.cursor(name="events") if connection.dialect.name == "postgresql" else driver.cursor()


def _text_of(query: Select[Any], connection: Connection) -> str:
    """The query as text; its only parameters are ids, which are written out."""
    return str(query.compile(dialect=connection.dialect, compile_kwargs={"literal_binds": True}))


def _must_hold(broken: Break | None) -> None:
    if broken is not None:
        raise BrokenError(broken.what, broken.why)


class _Reader:
    """Takes the rows of all chains one after another."""

    def __init__(self, scope: Scope, marks: Marks, told: Told) -> None:
        self._scope, self._marks, self._told = scope, marks, told
        self._raw_chain: Any = None
        self._walk: Walk | None = None
        self._chain: ChainRow
        self._here: dict[int, Mark] = {}
        self._walked: set[uuid.UUID] = set()
        self._kinds, self._heard = told.kinds, told.kinds | {ERASED, ROW_ERASED}
        self.bodies = 0

    def read(self, row: Sequence[Any]) -> None:
        """Take the next event."""
        chain_id, seq, prev, recorded_at, occurred_at, kind, actor_id, digest, hash_, salt, body = row
        if chain_id != self._raw_chain:
            self._begin(chain_id, seq)
        walk = self._walk
        assert walk is not None  # noqa: S101 - begun above
        broken = walk.follow(seq, prev, recorded_at, occurred_at, kind, actor_id, digest, hash_)
        if broken is None:
            broken = walk.body(digest, salt, body)
        if broken is not None:
            raise BrokenError(broken.what, broken.why)
        if seq in self._here:
            _must_hold(self._here[seq].compare(walk.name, seq, hash_, recorded_at))
        if body is None or kind in self._heard or not body.endswith(NO_ROWS):
            self._listen(walk, seq, kind, body)
        if body is not None:
            self.bodies += 1

    def _listen(self, walk: Walk, seq: int, kind: str, body: str | None) -> None:
        """Take in what an event tells, of which the body may be gone."""
        try:
            if body is not None and not body.endswith(NO_ROWS):
                self._seals(kind, body, seq)
            if kind == ERASED and body is not None:
                _must_hold(walk.erased(json.loads(body)["data"]["seq"]))
                self._scope.bodies_erased += 1
            elif kind in self._kinds:
                self._told.hear(kind, self._chain, None if body is None else json.loads(body))
        except (KeyError, TypeError, ValueError, AttributeError):
            raise BrokenError(f"사건 {walk.name}#{seq}", "사건의 본문을 읽을 수 없습니다.") from None

    def _begin(self, raw: Any, seq: int) -> None:
        """Go on to the next chain."""
        self._end()
        key = raw if isinstance(raw, uuid.UUID) else uuid.UUID(raw)
        chain = self._scope.chains.get(key)
        if isinstance(raw, str) and raw != key.hex:
            raise BrokenError(f"사건 {key}#{seq}", "원장의 이름이 이 프로그램이 적는 모양이 아닙니다.")
        if chain is None:
            raise BrokenError(f"사건 {key}#{seq}", "이 사건이 속한 원장이 없어졌습니다.")
        self._raw_chain, self._walk = raw, Walk(str(key), self._scope.name_of(chain))
        self._chain = chain
        self._here = self._marks.of_chain(str(key))
        self._walked.add(key)

    def _row_erased(self, data: dict[str, Any]) -> None:
        """Free text of a row was erased under law: this event seals it anew, and it alone may do so."""
        known = self._scope.seals[data["table"]].pop(data["row"], None)
        before = (known[0] if known is not None else None, data["free"])
        self._scope.erasures.setdefault((data["table"], data["row"]), []).append(before)

    def _seals(self, kind: str, body: str, seq: int) -> None:
        """The list of sealed rows, which is the last entry of a canonical body and holds plain texts.

        A row is sealed once. Were a later seal believed, whoever edits a row would only have to add an event.
        """
        if kind == ROW_ERASED:
            self._row_erased(json.loads(body)["data"])
        for table, key, sealed in json.loads(body[body.rfind(ROWS) + len(ROWS) - 1 : -1]):
            known = self._scope.seals[table].setdefault(key, (sealed, self._chain))
            if known != (sealed, self._chain):
                raise BrokenError(
                    f"사건 {self._scope.name_of(self._chain)}#{seq}",
                    f"이미 굳은 기록({table}/{key})의 요약값을 다시 적었습니다.",
                )

    def _end(self) -> None:
        if self._walk is None:
            return
        chain = self._scope.chains[uuid.UUID(self._walk.chain_id)]
        for seq in self._here:
            if seq > chain.size:
                _must_hold(self._here[seq].cut(self._walk.name, seq, chain.size))
        _must_hold(self._walk.end(chain.size, chain.head))

    def finish(self) -> None:
        """End the last chain and those without any event; none that a checkpoint knows is missing."""
        self._end()
        for key in self._scope.chains.keys() - self._walked:
            self._walk = Walk(str(key), self._scope.name_of(self._scope.chains[key]))
            self._here = self._marks.of_chain(str(key))
            self._end()
        for chain_id, mark in self._marks.newest_of_each():
            if uuid.UUID(chain_id) not in self._scope.chains:
                raise BrokenError(
                    f"원장 {chain_id}",
                    f"{mark.source}에 있던 원장이 통째로 없어졌습니다(사건 {mark.size}개).",
                )

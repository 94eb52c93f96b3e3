"""What one verification looks at: the database at one moment, bounded by a case or institution."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, select
from sqlalchemy.engine import Connection

from procurement.domain.ledger import Break
from procurement.extensions import db, writing
from procurement.models import Case, Chain
from procurement.models.sealing import SEALED_TABLES

ROWS_AT_ONCE = 2000


class BrokenError(Exception):
    """Ends the look at the first broken thing."""

    def __init__(self, what: str, why: str) -> None:
        super().__init__(what)
        self.found = Break(what, why)


@dataclass(frozen=True)
class ChainRow:
    """A chain as it says of itself; ``case_id`` is ``None`` for the institution's own."""

    key: uuid.UUID
    institution_id: uuid.UUID
    case_id: uuid.UUID | None
    size: int
    head: str


@dataclass(frozen=True)
class CaseRow:
    """A case that has to have a chain."""

    key: uuid.UUID
    institution_id: uuid.UUID
    number: str


class Scope:
    """Everything within its bounds (``None``: unbounded), and what is gathered on the way."""

    def __init__(
        self, connection: Connection, case_id: uuid.UUID | None, institution_id: uuid.UUID | None
    ) -> None:
        self.connection = connection
        self.case_id, self.institution_id = case_id, institution_id
        self.cases: dict[uuid.UUID, CaseRow] = {}
        self.chains: dict[uuid.UUID, ChainRow] = {}
        # By table and id of the row: its digest, and the chain of the event that says so.
        self.seals: dict[str, dict[str, tuple[str, ChainRow]]] = {table: {} for table in SEALED_TABLES}
        # By table and id: for each erasure in the row its seal before, ``None`` when that went too, and the
        # digest of its free text before.
        self.erasures: dict[tuple[str, str], list[tuple[str | None, str]]] = {}
        self.bodies_erased = 0
        columns = (Case.id, Case.institution_id, Case.number)
        for case in self.rows(select(*columns).where(*self.within(Case.institution_id, Case.id))):
            self.cases[case.id] = CaseRow(*case)
        fields = (Chain.id, Chain.institution_id, Chain.case_id, Chain.size, Chain.head)
        for chain in self.rows(select(*fields).where(*self.within(Chain.institution_id, Chain.case_id))):
            self.chains[chain.id] = ChainRow(*chain)
        self._own = {chain.institution_id: chain for chain in self.chains.values() if chain.case_id is None}

    def own_chain(self, institution_id: uuid.UUID) -> ChainRow | None:
        """The chain of an institution itself."""
        return self._own.get(institution_id)

    def within(self, institution: Any, case: Any) -> list[ColumnElement[bool]]:
        """Conditions that keep a query inside the bounds."""
        found = []
        if self.institution_id is not None:
            found.append(institution == self.institution_id)
        if self.case_id is not None and case is not None:
            found.append(case == self.case_id)
        return found

    def rows(self, query: Select[Any]) -> Iterator[Row[Any]]:
        """Rows of a query, streamed."""
        with self.connection.execute(query, execution_options={"yield_per": ROWS_AT_ONCE}) as found:
            yield from found

    def name_of(self, chain: ChainRow) -> str:
        """What a person calls a chain."""
        if chain.case_id is None:
            return "기관 원장"
        case = self.cases.get(chain.case_id)
        return case.number if case else str(chain.case_id)


@contextmanager
def one_moment() -> Iterator[Connection]:
    """A connection of its own that sees the database as it is now, whatever is written meanwhile."""
    token = writing.set(False)
    try:
        with db.engine.connect() as connection:
            if connection.dialect.name == "postgresql":
                connection = connection.execution_options(isolation_level="REPEATABLE READ")
            yield connection
    finally:
        writing.reset(token)

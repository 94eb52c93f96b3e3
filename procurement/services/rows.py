"""Rows of a case as the database has them, for reading many at once.

The one module that reads past the ORM: building entities for every row of a case would cost more than
the queries do. Every statement here is bounded by the institution and the case it is given.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Sequence
from functools import cache
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, Table, bindparam, select

from procurement.extensions import db
from procurement.models import Base, Case


class CaseRows:
    """One reading of a case: each table is asked once, however many want its rows."""

    def __init__(self, case: Case) -> None:
        # What was changed in this transaction counts, and only ORM queries flush by themselves.
        db.session.flush()
        self.case = case
        self._connection = db.session.connection()
        self._given = {"institution": case.institution_id, "case": case.id}
        self._read: dict[tuple[type[Base], tuple[str, ...]], Sequence[Row[Any]]] = {}

    def all(self, model: type[Base], *order: str) -> Sequence[Row[Any]]:
        """All rows of ``model`` that belong to the case, by the columns named in ``order``."""
        wanted = (model, order)
        if wanted not in self._read:
            self._read[wanted] = self.run(_all_of(model, order))
        return self._read[wanted]

    def some(self, model: type[Base], column: str, values: Iterable[Any]) -> Sequence[Row[Any]]:
        """Rows of ``model`` that belong to the case and hold one of ``values`` in ``column``."""
        return self.run(_some_of(model, column), values=list(values))

    def run(self, statement: Select[Any], **more: Any) -> Sequence[Row[Any]]:
        """Rows of a statement that is bounded with ``bounded``; ``more`` are its other parameters."""
        return self._connection.execute(statement, {**self._given, **more}).all()


def run(statement: Select[Any], **given: Any) -> Sequence[Row[Any]]:
    """Rows of a statement that is bounded by itself; what was changed in this transaction counts."""
    db.session.flush()
    return db.session.connection().execute(statement, given).all()


def own_institution() -> uuid.UUID:
    """The institution that this session is bound to."""
    bound: uuid.UUID = db.session.info["institution_id"]
    return bound


def of_case(case: Case, model: type[Base], *order: str) -> Sequence[Row[Any]]:
    """All rows of ``model`` that belong to ``case``, by the columns named in ``order``."""
    return CaseRows(case).all(model, *order)


def bounded(table: Table, case_column: str = "case_id") -> ColumnElement[bool]:
    """The condition that rows of ``table`` belong to the case read, and to its institution."""
    return (table.c.institution_id == bindparam("institution")) & (table.c[case_column] == bindparam("case"))


def table_of(model: type[Base]) -> Table:
    """The table of a model."""
    return Base.metadata.tables[model.__tablename__]


# Statements are made once: to put one together costs more than to run it.
@cache
def _all_of(model: type[Base], order: tuple[str, ...]) -> Select[Any]:
    table = table_of(model)
    return _rows_of(table).order_by(*(table.c[name] for name in order))


@cache
def _some_of(model: type[Base], column: str) -> Select[Any]:
    table = table_of(model)
    return _rows_of(table).where(table.c[column].in_(bindparam("values", expanding=True)))


def _rows_of(table: Table) -> Select[Any]:
    # Institution and case are known; their columns would only be read to be thrown away.
    columns = [column for column in table.c if column.name not in ("institution_id", "case_id")]
    return select(*columns).where(bounded(table))

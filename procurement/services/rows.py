"""Rows of a case as the database has them, for reading many at once.

The one module that reads past the ORM: building entities for every row of a case would cost more than
the queries do. Every statement here is bounded by the institution and the case it is given.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import cache
from typing import Any

from sqlalchemy import Row, Select, Table, bindparam, select

from procurement.extensions import db
from procurement.models import Base, Case


def of_case(case: Case, model: type[Base], *order: str) -> Sequence[Row[Any]]:
    """All rows of ``model`` that belong to ``case``, by the columns named in ``order``."""
    return _run(_all_of(model, order), case)


def of_case_where(case: Case, model: type[Base], column: str, values: Iterable[Any]) -> Sequence[Row[Any]]:
    """Rows of ``model`` that belong to ``case`` and hold one of ``values`` in ``column``."""
    return _run(_some_of(model, column), case, values=list(values))


def _run(statement: Select[Any], case: Case, **more: Any) -> Sequence[Row[Any]]:
    given = {"institution": case.institution_id, "case": case.id, **more}
    return db.session.connection().execute(statement, given).all()


# Statements are made once: to put one together costs more than to run it.
@cache
def _all_of(model: type[Base], order: tuple[str, ...]) -> Select[Any]:
    table = table_of(model)
    return _bounded(table).order_by(*(table.c[name] for name in order))


@cache
def _some_of(model: type[Base], column: str) -> Select[Any]:
    table = table_of(model)
    return _bounded(table).where(table.c[column].in_(bindparam("values", expanding=True)))


def _bounded(table: Table) -> Select[Any]:
    # Institution and case are known; their columns would only be read to be thrown away.
    columns = [column for column in table.c if column.name not in ("institution_id", "case_id")]
    return select(*columns).where(
        table.c.institution_id == bindparam("institution"), table.c.case_id == bindparam("case")
    )


def table_of(model: type[Base]) -> Table:
    """The table of a model."""
    return Base.metadata.tables[model.__tablename__]

"""Rows of a case as the database has them, for reading many at once.

The one module that reads past the ORM: building entities for every row of a case would cost more than
the queries do. Every statement here is bounded by the institution and the case it is given.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, Row, Table, select

from procurement.extensions import db
from procurement.models import Base, Case


def of_case(
    case: Case, model: type[Base], *order: str, where: Sequence[ColumnElement[bool]] = ()
) -> Sequence[Row[Any]]:
    """All rows of ``model`` that belong to ``case``, by the columns named in ``order``.

    ``where``: more conditions on the columns of ``table_of(model)``.
    """
    table = table_of(model)
    query = select(table).where(
        table.c.institution_id == case.institution_id, table.c.case_id == case.id, *where
    )
    return db.session.connection().execute(query.order_by(*(table.c[name] for name in order))).all()


def table_of(model: type[Base]) -> Table:
    """The table of a model."""
    return Base.metadata.tables[model.__tablename__]

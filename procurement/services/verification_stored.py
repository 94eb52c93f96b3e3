"""SQLite alone: whether every value is stored in the one form in which the program writes it.

SQLite keeps whatever it is given. An id in capitals, a time with another zone or a truth of 2 is read as the
very same value, so no digest changes; but no condition of a query finds the row any more, or another order
comes out, and pages no longer show what is there. What the program writes has one form; anything else was
written by somebody else. Indexes and foreign keys, by which pages find rows, are checked likewise.
"""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import Boolean, Column, Date, DateTime, Integer, LargeBinary, String, Table, Uuid

from procurement.models import Base
from procurement.models.base import UtcDateTime
from procurement.models.triggers import CHAINED
from procurement.services.verification_scope import BrokenError, Scope

_DAY = "[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]"
_TIME = "[0-9][0-9]:[0-9][0-9]:[0-9][0-9].[0-9][0-9][0-9][0-9][0-9][0-9]"


def stored_forms(scope: Scope) -> int:
    """Look at every table but those of events, whose very bytes are walked over; gives how many.

    A row belongs to whom its ids say, so that nothing here is bounded by an institution.
    """
    tables = [table for name, table in sorted(Base.metadata.tables.items()) if name not in CHAINED]
    for table in tables:
        for why in _wrong(scope, table):
            raise BrokenError(f"표 {table.name}", why)
    return len(tables)


def _wrong(scope: Scope, table: Table) -> Iterator[str]:
    run = scope.connection.exec_driver_sql
    forms = {column.name: form for column in table.columns if (form := _form(column))}
    as_written = " AND ".join(f'("{name}" IS NULL OR {form})' for name, form in forms.items())
    row = run(f'SELECT id FROM "{table.name}" WHERE NOT ({as_written}) LIMIT 1').first()  # noqa: S608
    if row is not None:
        yield f"{row[0]!s:.40} 행의 값이 이 프로그램이 적는 모양이 아닙니다."
    dangling = run(f'PRAGMA foreign_key_check("{table.name}")').first()
    if dangling is not None:
        yield f"가리키는 {dangling[2]} 행이 없는 행이 있습니다."
    found = run(f'PRAGMA integrity_check("{table.name}")').scalar()
    if found != "ok":
        yield f"데이터베이스 파일의 짜임이 어긋났습니다({found!s:.80})."


def _form(column: Column[object]) -> str:
    """The condition under which a value is stored as the program stores it."""
    name, kind = f'"{column.name}"', column.type
    if isinstance(kind, Uuid):
        return f"(typeof({name}) = 'text' AND length({name}) = 32 AND {name} NOT GLOB '*[^0-9a-f]*')"
    if isinstance(kind, UtcDateTime | DateTime):
        return f"(typeof({name}) = 'text' AND {name} GLOB '{_DAY} {_TIME}')"
    if isinstance(kind, Date):
        return f"(typeof({name}) = 'text' AND {name} GLOB '{_DAY}')"
    if isinstance(kind, Boolean):
        return f"(typeof({name}) = 'integer' AND {name} IN (0, 1))"
    if isinstance(kind, Integer):
        return f"typeof({name}) = 'integer'"
    if isinstance(kind, LargeBinary):
        return f"typeof({name}) = 'blob'"
    if isinstance(kind, String):
        return f"typeof({name}) = 'text'"
    raise TypeError(f"{column}: no stored form is known for {kind!r}")

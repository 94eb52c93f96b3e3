"""Digest of a row as stored, so that the ledger can tell when a frozen row was edited."""

from __future__ import annotations

import hashlib
import json
import uuid
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy import Table
from sqlalchemy import inspect as sa_inspect

from procurement.models.base import Base
from procurement.models.triggers import APPEND_ONLY, CHAINED

# The ledger's own tables are chained, not sealed.
# Columns that a later version added: while such a column holds nothing it is left out of the digest, so that
# rows sealed before it was there still have theirs. Filling one in, or emptying it, changes the digest.
ADDED_LATER: Mapping[str, frozenset[str]] = {
    "catalogue_service": frozenset({"searched"}),
    "search_result": frozenset({"company_size", "provider_kind", "innovation", "infrastructure"}),
}

SEALED_TABLES: tuple[str, ...] = tuple(t for t in APPEND_ONLY if t not in CHAINED)


def _plain(value: Any) -> str | int | bool | None:
    """A column's value as JSON; the same on every database."""
    if value is None or isinstance(value, str | int):
        return value
    if isinstance(value, uuid.UUID):
        return str(value)
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat()
    if isinstance(value, date):
        return value.isoformat()
    raise TypeError(f"a sealed row cannot hold {type(value).__name__}")


def digest_of_values(table: str, values: Mapping[str, Any]) -> str:
    """SHA-256 (hex) of a row given as column name → value."""
    later = ADDED_LATER.get(table, frozenset())
    plain = {name: _plain(value) for name, value in values.items() if value is not None or name not in later}
    text = json.dumps([table, plain], sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def digest_of_row(row: Base) -> str:
    """SHA-256 (hex) of a flushed ORM row over all its columns."""
    mapper = sa_inspect(type(row))
    table = mapper.local_table
    values = {
        column.name: getattr(row, mapper.get_property_by_column(column).key) for column in table.columns
    }
    return digest_of_values(row.__tablename__, values)


def seals_of(rows: Sequence[Base]) -> list[list[str]]:
    """Entries ``[table, id, digest]`` for the ledger, in the order given."""
    return [[row.__tablename__, str(row.id), digest_of_row(row)] for row in rows]  # type: ignore[attr-defined]


def sealed_table(name: str) -> Table:
    """The table of a sealed row."""
    return Base.metadata.tables[name]

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

from procurement.domain.codec import digest
from procurement.models.base import Base
from procurement.models.triggers import APPEND_ONLY, CHAINED, ERASABLE

# The ledger's own tables are chained, not sealed.
# Columns that a later version added: while such a column holds nothing it is left out of the digest, so that
# rows sealed before it was there still have theirs. Filling one in, or emptying it, changes the digest.
ADDED_LATER: Mapping[str, frozenset[str]] = {
    "catalogue_service": frozenset({"searched"}),
    "search_result": frozenset({"company_size", "provider_kind", "innovation", "infrastructure"}),
    **dict.fromkeys(ERASABLE, frozenset({"salt", "erased"})),
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
    """SHA-256 (hex) of a row given as column name → value.

    What can be erased is hashed apart, with the salt: so the rest can be proved after an erasure.
    """
    if values.get("salt") is not None and table in ERASABLE:
        return digest_with(table, values, digest_of_free(table, values))
    later = ADDED_LATER.get(table, frozenset())
    return _digest(table, {name: v for name, v in values.items() if v is not None or name not in later})


def digest_of_free(table: str, values: Mapping[str, Any]) -> str:
    """SHA-256 (hex) of what can be erased in a row, with its salt; empty for a row of before salts."""
    if values["salt"] is None:
        return ""
    return _digest(table, {name: values[name] for name in _free(table)})


def digest_with(table: str, values: Mapping[str, Any], free: str) -> str:
    """SHA-256 (hex) of a row whose free text had the digest ``free``."""
    kept = {name: value for name, value in values.items() if name not in _free(table)}
    return _digest(table, {**kept, "free": free})


def _free(table: str) -> tuple[str, ...]:
    return ("salt", "erased", *ERASABLE[table])


def _digest(table: str, values: Mapping[str, Any]) -> str:
    plain = {name: _plain(value) for name, value in values.items()}
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


def digest_of_text(text: str, salt: str | None) -> str:
    """SHA-256 (hex) of a row's ``body``; rows from before there was a salt go by their text alone."""
    return digest(text if salt is None else f"{salt}\n{text}")


def seals_of(rows: Sequence[Base]) -> list[list[str]]:
    """Entries ``[table, id, digest]`` for the ledger, in the order given."""
    return [[row.__tablename__, str(row.id), digest_of_row(row)] for row in rows]  # type: ignore[attr-defined]


def sealed_table(name: str) -> Table:
    """The table of a sealed row."""
    return Base.metadata.tables[name]

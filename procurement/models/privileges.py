"""What the role that the program works with may do in PostgreSQL, where another role owns the tables.

Triggers speak of every row; what a role has no right to do does not even come to them, and only the owner can
take a trigger away.
"""

from __future__ import annotations

from sqlalchemy import text
from sqlalchemy.engine import Connection

from procurement.models.base import Base
from procurement.models.triggers import APPEND_ONLY, ERASABLE

# A body goes by law; the trigger lets it go with its erasure alone.
_DELETED_BY_LAW = frozenset({"event_body"})
_VERSION = "alembic_version"


def of_table(name: str) -> tuple[str, ...]:
    """The rights that the program needs on a table."""
    if name == _VERSION:
        return ("SELECT",)
    if name not in APPEND_ONLY:
        return ("SELECT", "INSERT", "UPDATE", "DELETE")
    if name in ERASABLE:
        # Free text goes by law likewise, and no other column can be written to.
        return ("SELECT", "INSERT", f"UPDATE ({', '.join(('salt', 'erased', *ERASABLE[name]))})")
    return ("SELECT", "INSERT", "DELETE") if name in _DELETED_BY_LAW else ("SELECT", "INSERT")


def grant(connection: Connection, role: str) -> None:
    """Give ``role`` what it needs on every table, and nothing else; ``connection`` is the owner's."""
    quoted = connection.dialect.identifier_preparer.quote(role)
    connection.execute(text(f"GRANT USAGE ON SCHEMA public TO {quoted}"))
    for name in (*sorted(Base.metadata.tables), _VERSION):
        connection.execute(text(f"REVOKE ALL ON {name} FROM {quoted}"))
        connection.execute(text(f"GRANT {', '.join(of_table(name))} ON {name} TO {quoted}"))


def excessive(connection: Connection) -> bool:
    """Whether the role at hand may change what is only ever added (PostgreSQL; never in SQLite)."""
    if connection.dialect.name != "postgresql":
        return False
    query = text(
        "SELECT bool_or(has_table_privilege(name, 'UPDATE')) FROM unnest(CAST(:names AS text[])) AS name"
    )
    return bool(connection.execute(query, {"names": list(APPEND_ONLY)}).scalar_one())

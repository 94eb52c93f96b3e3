"""What somebody who holds the database or the files could do, by plain SQL and plain writes."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from pathlib import Path

import psycopg

from procurement.config import Settings
from procurement.models.triggers import APPEND_ONLY


def run_sql(settings: Settings, statements: Sequence[str], *, keep_triggers: bool = False) -> None:
    """Run statements as the owner of the database, with its guards taken away first."""
    if settings.database_url.startswith("sqlite"):
        _sqlite(settings, statements, keep_triggers)
    else:
        _postgres(settings, statements, keep_triggers)


def _sqlite(settings: Settings, statements: Sequence[str], keep_triggers: bool) -> None:
    connection = sqlite3.connect(settings.database_url.removeprefix("sqlite:///"), isolation_level=None)
    try:
        if not keep_triggers:
            names = connection.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall()
            for (name,) in names:
                connection.execute(f"DROP TRIGGER {name}")
        for statement in statements:
            connection.execute(statement)
    finally:
        connection.close()


def _postgres(settings: Settings, statements: Sequence[str], keep_triggers: bool) -> None:
    url = settings.database_url.replace("postgresql+psycopg://", "postgresql://")
    with psycopg.connect(url, autocommit=True) as connection:
        # Foreign keys sleep in a replica; the triggers are made to stay awake there.
        connection.execute("SET session_replication_role = replica")
        if not keep_triggers:
            for table in APPEND_ONLY:
                connection.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER".encode())
        for statement in statements:
            connection.execute(statement.encode())


def stored_files(settings: Settings) -> list[Path]:
    """Evidence files on the disk, in a fixed order."""
    return sorted(path for path in settings.evidence_dir.rglob("*") if path.is_file())


def overwrite(path: Path, data: bytes) -> None:
    """Write over a file that is kept read-only."""
    path.chmod(0o640)
    path.write_bytes(data)

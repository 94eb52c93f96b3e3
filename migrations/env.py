"""Migrations: run with the role that owns the tables, and checked for triggers afterwards."""

from __future__ import annotations

from alembic import context
from flask import current_app
from sqlalchemy import create_engine, inspect, make_url, pool
from sqlalchemy.engine import Connection

from procurement.config import Settings
from procurement.extensions import writing
from procurement.models import Base, guards, privileges, triggers


def keep_append_only(connection: Connection) -> None:
    """Make every trigger anew and refuse to finish when one is not what was made."""
    triggers.install(connection)
    faults = guards.trigger_faults(connection)
    if faults:
        raise RuntimeError(f"not as it was made after the migration: {faults}")


def share(connection: Connection, settings: Settings) -> None:
    """Let the role that works on the tables do what it has to, where it does not own them itself."""
    role = make_url(settings.database_url).username
    if connection.dialect.name == "postgresql" and role and role != make_url(settings.owner_url).username:
        privileges.grant(connection, role)


def run_migrations_online() -> None:
    """Run, then install the triggers that a batch of SQLite may have dropped, and check them."""
    settings = current_app.config["SETTINGS"]
    engine = create_engine(settings.owner_url, poolclass=pool.NullPool)
    token = writing.set(True)
    try:
        with engine.begin() as connection:
            context.configure(
                connection=connection,
                target_metadata=Base.metadata,
                render_as_batch=True,
                compare_type=True,
                user_module_prefix="",
                # BEGIN is ours in SQLite too, so a migration that fails leaves nothing behind.
                transactional_ddl=True,
            )
            with context.begin_transaction():
                context.run_migrations()
                if inspect(connection).has_table("event"):
                    keep_append_only(connection)
                    share(connection, settings)
    finally:
        writing.reset(token)
        engine.dispose()


run_migrations_online()

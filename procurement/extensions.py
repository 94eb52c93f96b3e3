"""Flask extensions, made once and bound to the application in ``create_app``."""

from __future__ import annotations

import random
import sqlite3
import time
from contextvars import ContextVar
from typing import Any

from flask_limiter import Limiter
from flask_limiter.util import get_remote_address
from flask_login import LoginManager
from flask_migrate import Migrate
from flask_sqlalchemy import SQLAlchemy
from flask_wtf.csrf import CSRFProtect
from sqlalchemy import MetaData, event
from sqlalchemy.engine import Connection, Engine

NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}

db = SQLAlchemy(metadata=MetaData(naming_convention=NAMING))
migrate = Migrate()
csrf = CSRFProtect()
login = LoginManager()
# Against guessing at many accounts from one place; each process counts for itself.
limiter = Limiter(key_func=get_remote_address, storage_uri="memory://", strategy="moving-window")

BUSY_MILLISECONDS = 20_000
LOOK_SECONDS = (0.0002, 0.001)
"""Shortest and longest pause between two looks whether another writer is done."""

# Whether the work at hand writes: SQLite then takes its write lock at BEGIN, since a deferred
# transaction that upgrades later fails at once when another writer came first.
writing: ContextVar[bool] = ContextVar("writing", default=False)


@event.listens_for(Engine, "connect")
def _on_connect(connection: Any, _record: Any) -> None:
    """SQLite: foreign keys on, write-ahead log, BEGIN left to us; PostgreSQL needs nothing."""
    if type(connection).__module__.startswith("sqlite3"):
        connection.isolation_level = None
        cursor = connection.cursor()
        cursor.execute("PRAGMA foreign_keys = ON")
        cursor.execute("PRAGMA journal_mode = WAL")
        cursor.execute("PRAGMA synchronous = FULL")
        cursor.execute(f"PRAGMA busy_timeout = {BUSY_MILLISECONDS}")
        cursor.execute("PRAGMA recursive_triggers = ON")
        cursor.close()


@event.listens_for(Engine, "begin")
def _on_begin(connection: Connection) -> None:
    """SQLite: BEGIN IMMEDIATE for work that writes, deferred for reading."""
    if connection.dialect.name != "sqlite":
        return
    if writing.get():
        _take_turn(connection.connection.driver_connection)
    else:
        connection.exec_driver_sql("BEGIN")


def _take_turn(sqlite: Any) -> None:
    """BEGIN IMMEDIATE, as soon as no other writer is at work.

    SQLite itself waits longer and longer between its looks, so that whoever waits longest looks least: of
    eight writers one waited for 18 seconds. Here all look equally often. Raises what SQLite raises when it is
    still another's turn after all that time.
    """
    until = time.monotonic() + BUSY_MILLISECONDS / 1000
    sqlite.execute("PRAGMA busy_timeout = 0")
    try:
        while True:
            try:
                sqlite.execute("BEGIN IMMEDIATE")
                return
            except sqlite3.OperationalError as error:
                if error.sqlite_errorcode != sqlite3.SQLITE_BUSY or time.monotonic() > until:
                    raise
            time.sleep(random.uniform(*LOOK_SECONDS))  # noqa: S311 - only spreads the looks
    finally:
        sqlite.execute(f"PRAGMA busy_timeout = {BUSY_MILLISECONDS}")

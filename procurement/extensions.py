"""Flask extensions, made once and bound to the application in ``create_app``."""

from __future__ import annotations

import random
import sqlite3
import threading
import time
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
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
        line = LINES.setdefault(connection.engine.url.database or "", Line())
        take_turn(connection.connection.driver_connection, line)
    else:
        connection.exec_driver_sql("BEGIN")


class Line:
    """Writers of one database in this process, in the order in which they came; only the first asks SQLite.

    Nobody has to say that a writer is done: whoever is first looks for it. So nothing that ends a thread or
    a connection can hold up those behind it.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._waiting: deque[threading.Event] = deque()

    def __len__(self) -> int:
        """How many wait, the first among them."""
        return len(self._waiting)

    @contextmanager
    def first(self, until: float) -> Iterator[None]:
        """Wait to be the first, at most until a moment of the monotonic clock; leave the line afterwards."""
        turn = threading.Event()
        with self._lock:
            self._waiting.append(turn)
            self._waiting[0].set()
        try:
            turn.wait(max(0.0, until - time.monotonic()))
            yield
        finally:
            with self._lock:
                self._waiting.remove(turn)
                if self._waiting:
                    self._waiting[0].set()


# By the file of the database.
LINES: dict[str, Line] = {}


def take_turn(sqlite: Any, line: Line) -> None:
    """BEGIN IMMEDIATE, as soon as everybody who came before has written.

    SQLite itself waits longer and longer between its looks, so that whoever waits longest looks least: of
    eight writers one waited for 18 seconds. Here those of this process stand in line, and the first of each
    process looks equally often. Raises what SQLite raises when it is another's turn after all that time.
    """
    until = time.monotonic() + BUSY_MILLISECONDS / 1000
    with line.first(until):
        sqlite.execute("PRAGMA busy_timeout = 0")
        try:
            while not _begun(sqlite, until):
                time.sleep(random.uniform(*LOOK_SECONDS))  # noqa: S311 - only spreads the looks
        finally:
            sqlite.execute(f"PRAGMA busy_timeout = {BUSY_MILLISECONDS}")


def _begun(sqlite: Any, until: float) -> bool:
    try:
        sqlite.execute("BEGIN IMMEDIATE")
    except sqlite3.OperationalError as error:
        if error.sqlite_errorcode != sqlite3.SQLITE_BUSY or time.monotonic() > until:
            raise
        return False
    return True

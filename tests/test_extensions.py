"""Writers of one SQLite file: in the order in which they came, and none for ever."""

from __future__ import annotations

import sqlite3
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from procurement import extensions
from procurement.extensions import Line, take_turn

WRITERS = 6
LONGEST_SECONDS = 20


def wait_for(condition: Callable[[], bool]) -> None:
    """Wait until a condition holds; fail when it never does."""
    until = time.monotonic() + LONGEST_SECONDS
    while not condition():
        assert time.monotonic() < until
        time.sleep(0.001)


def connect(file: Path) -> sqlite3.Connection:
    """A connection as the application has it: BEGIN is left to us."""
    return sqlite3.connect(file, isolation_level=None, check_same_thread=False)


@pytest.fixture
def held(tmp_path: Path) -> sqlite3.Connection:
    """A connection of another program that is writing."""
    other = connect(tmp_path / "file.db")
    other.execute("CREATE TABLE written (who INTEGER)")
    other.execute("BEGIN IMMEDIATE")
    return other


def test_writers_take_turns_in_the_order_in_which_they_came(tmp_path: Path, held: sqlite3.Connection) -> None:
    line = Line()

    def write(who: int) -> None:
        connection = connect(tmp_path / "file.db")
        take_turn(connection, line)
        connection.execute("INSERT INTO written VALUES (?)", (who,))
        connection.execute("COMMIT")
        connection.close()

    writers = [threading.Thread(target=write, args=(who,)) for who in range(WRITERS)]
    for came, writer in enumerate(writers, 1):
        writer.start()
        wait_for(lambda came=came: len(line) == came)  # type: ignore[misc]
    held.execute("COMMIT")
    for writer in writers:
        writer.join()
    written = held.execute("SELECT who FROM written ORDER BY rowid").fetchall()
    held.close()
    assert [who for (who,) in written] == list(range(WRITERS))
    assert len(line) == 0


def test_who_waits_too_long_is_told_so_and_holds_up_nobody(
    tmp_path: Path, held: sqlite3.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    line, connection = Line(), connect(tmp_path / "file.db")
    monkeypatch.setattr(extensions, "BUSY_MILLISECONDS", 30)
    with pytest.raises(sqlite3.OperationalError, match="locked"):
        take_turn(connection, line)
    assert len(line) == 0
    held.execute("COMMIT")
    take_turn(connection, line)
    assert connection.in_transaction
    connection.close()
    held.close()

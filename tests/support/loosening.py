"""What somebody who owns the database could do to what keeps it: drop, replace, switch off, shadow.

Each attack gives the name by which it has to be found.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from functools import partial

from sqlalchemy import text
from sqlalchemy.engine import Connection

from procurement.models import triggers
from procurement.models.triggers import APPEND_ONLY, FUNCTIONS, Trigger

Attack = Callable[[], str]

_NOTHING = "CREATE FUNCTION keeps_nothing() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END'"


def loosenings(connection: Connection, dice: random.Random) -> dict[str, Attack]:
    """Every sort for the database at hand, by its name."""
    sqlite = connection.dialect.name == "sqlite"
    found: dict[str, Attack] = {
        "guard dropped": partial(_dropped, connection, dice),
        "guard replaced": partial(_replaced_sqlite if sqlite else _replaced_postgres, connection, dice),
        "trigger joined": partial(_joined, connection, dice),
        "table loosened": partial(_table_sqlite if sqlite else _table_postgres, connection, dice),
    }
    if not sqlite:
        found |= {
            "guard switched off": partial(_switched_off, connection, dice),
            "function replaced": partial(_function_replaced, connection, dice),
        }
    return found


def _run(connection: Connection, *statements: str) -> None:
    for statement in statements:
        connection.execute(text(statement))


def _a_guard(connection: Connection, dice: random.Random) -> Trigger:
    """All guards in place, one of them chosen."""
    triggers.install(connection)
    known = triggers.triggers_of(connection.dialect.name)
    return known[dice.choice(sorted(known))]


def _drop(connection: Connection, guard: Trigger) -> None:
    on = "" if connection.dialect.name == "sqlite" else f" ON {guard.table}"
    _run(connection, f"DROP TRIGGER {guard.name}{on}")


def _dropped(connection: Connection, dice: random.Random) -> str:
    guard = _a_guard(connection, dice)
    _drop(connection, guard)
    return guard.name


def _replaced_sqlite(connection: Connection, dice: random.Random) -> str:
    """The same name, and nothing is refused any more; or everything is, elsewhere."""
    guard = _a_guard(connection, dice)
    _drop(connection, guard)
    start, end = guard.made_by.split(" BEGIN ")
    before, _, condition = start.partition(" WHEN ")
    other = dice.choice([table for table in APPEND_ONLY if table != guard.table])
    head = f"CREATE TRIGGER {guard.name} BEFORE"
    made = dice.choice(
        [
            f"{before} BEGIN SELECT 1; END",
            f"{before} WHEN 0 {f'AND {condition}' if condition else ''} BEGIN {end}",
            f"{start} BEGIN SELECT RAISE(IGNORE); END",
            f"{start.replace(' BEFORE ', ' AFTER ')} BEGIN SELECT 1; END",
            f"{head} UPDATE OF id ON {other} BEGIN {end}",
        ]
    )
    _run(connection, made)
    return guard.name


def _replaced_postgres(connection: Connection, dice: random.Random) -> str:
    guard = _a_guard(connection, dice)
    _drop(connection, guard)
    other = dice.choice([table for table in APPEND_ONLY if table != guard.table])
    before, _, function = guard.made_by.partition(" EXECUTE ")
    changed = [
        f"{before} EXECUTE FUNCTION keeps_nothing()",
        f"{before} EXECUTE {function.replace('()', '(1)')}",
        guard.made_by.replace(" BEFORE ", " AFTER "),
        guard.made_by.replace(f" ON {guard.table} ", f" ON {other} "),
    ]
    if "FOR EACH ROW" in before:
        changed.append(f"{before} WHEN (false) EXECUTE {function}")
        changed.append(guard.made_by.replace(" UPDATE OR DELETE ", " UPDATE "))
    made = dice.choice([change for change in changed if change != guard.made_by])
    _run(connection, _NOTHING, made)
    table = other if f" ON {other} " in made else guard.table
    _run(connection, f"ALTER TABLE {table} ENABLE ALWAYS TRIGGER {guard.name}")
    return guard.name


def _switched_off(connection: Connection, dice: random.Random) -> str:
    guard = _a_guard(connection, dice)
    how = dice.choice(["DISABLE", "ENABLE", "ENABLE REPLICA"])
    _run(connection, f"ALTER TABLE {guard.table} {how} TRIGGER {guard.name}")
    return guard.name


def _function_replaced(connection: Connection, dice: random.Random) -> str:
    triggers.install(connection)
    name = dice.choice(sorted(FUNCTIONS))
    body = dice.choice([" BEGIN RETURN COALESCE(NEW, OLD); END ", FUNCTIONS[name] + " "])
    options = ""
    if dice.random() < 0.4:
        body, options = FUNCTIONS[name], dice.choice(["SECURITY DEFINER", "SET search_path = pg_temp"])
    _run(
        connection,
        f"CREATE OR REPLACE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql {options} AS $${body}$$",
    )
    return name


def _joined(connection: Connection, dice: random.Random) -> str:
    """A trigger of a stranger's, which can change what comes in or forget what goes out."""
    triggers.install(connection)
    table = dice.choice([*APPEND_ONLY, "chain", "cases", "account"])
    if connection.dialect.name == "sqlite":
        verb = dice.choice(["AFTER INSERT", "BEFORE INSERT", "AFTER UPDATE"])
        _run(connection, f"CREATE TRIGGER helper {verb} ON {table} BEGIN SELECT 1; END")
        return "helper"
    verb = dice.choice(["AFTER INSERT", "BEFORE INSERT OR UPDATE"])
    _run(
        connection,
        _NOTHING,
        f"CREATE TRIGGER helper {verb} ON {table} FOR EACH ROW EXECUTE FUNCTION keeps_nothing()",
    )
    return "helper"


def _one(dice: random.Random, ways: Sequence[tuple[str, Sequence[str]]], connection: Connection) -> str:
    triggers.install(connection)
    name, statements = dice.choice(ways)
    _run(connection, *statements)
    return name


def _table_sqlite(connection: Connection, dice: random.Random) -> str:
    """A view in the place of a table, one that shadows it, a column more."""
    table = dice.choice(["draft", "account_link", "deadline"])
    view = [f"ALTER TABLE {table} RENAME TO put_away", f"CREATE VIEW {table} AS SELECT * FROM put_away"]
    shadowed = dice.choice(APPEND_ONLY)
    ways = [
        (table, view),
        (shadowed, [f"ALTER TABLE {shadowed} ADD COLUMN note TEXT"]),
        (shadowed, [f"CREATE TEMP TABLE {shadowed} AS SELECT * FROM main.{shadowed}"]),
    ]
    return _one(dice, ways, connection)


def _table_postgres(connection: Connection, dice: random.Random) -> str:
    """As on SQLite; and rules, policies, children, foreign keys asleep."""
    table = dice.choice(["draft", "account_link", "deadline"])
    view = [f"ALTER TABLE {table} RENAME TO put_away", f"CREATE VIEW {table} AS SELECT * FROM put_away"]
    kept = dice.choice(APPEND_ONLY)
    with_keys = dice.choice(["event", "score", "decision", "checkpoint"])
    ways = [
        (table, view),
        (kept, [f"ALTER TABLE {kept} ADD COLUMN note TEXT"]),
        (kept, [f"ALTER TABLE {kept} ADD COLUMN note INTEGER GENERATED ALWAYS AS (1) STORED"]),
        (kept, [f"CREATE TEMP TABLE {kept} AS SELECT * FROM public.{kept}"]),
        (kept, [f"CREATE TABLE child () INHERITS ({kept})"]),
        (kept, [f"ALTER TABLE {kept} ENABLE ROW LEVEL SECURITY"]),
        ("swallow", [f"CREATE RULE swallow AS ON INSERT TO {kept} DO INSTEAD NOTHING"]),
        (with_keys, [f"ALTER TABLE {with_keys} DISABLE TRIGGER ALL, ENABLE ALWAYS TRIGGER USER"]),
    ]
    return _one(dice, ways, connection)

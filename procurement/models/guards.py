"""Whether what keeps the append-only tables is still what was put there, and nothing else came to it.

The names of triggers say nothing: one can be put in the place of another under the same name, a function can
be emptied, a view can stand where a table stood. So the text of each is compared with the statement that
makes it, and whatever else could change, hide or shadow rows is looked for. Whoever owns the database can
undo this look as well as anything: it shows what was changed and left so.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row, text
from sqlalchemy.engine import Connection

from procurement.models.base import Base
from procurement.models.triggers import FUNCTIONS, triggers_of

GONE = "없어졌습니다."
REPLACED = "처음과 다른 것으로 바뀌었습니다."
SWITCHED_OFF = "꺼져 있습니다."
FOREIGN = "프로그램이 만들지 않은 것입니다."


@dataclass(frozen=True)
class Fault:
    """Something that is not as it was made: the name of a trigger, function, rule, table or setting, and why.

    ``why`` is a Korean sentence.
    """

    name: str
    why: str


def sentence(faults: Sequence[Fault]) -> str:
    """What is wrong, with the first by its name, for whoever starts the program."""
    return (
        f"기록을 고치거나 지우지 못하게 하는 장치 {len(faults)}개가 데이터베이스에 없거나 처음과 다릅니다"
        f"({faults[0].name}: {faults[0].why}) 누가 바꾸었는지 확인하고 백업에서 되살려 주세요."
    )


def faults(connection: Connection) -> tuple[Fault, ...]:
    """Everything that is not as it was made; each sort by name."""
    if connection.dialect.name == "sqlite":
        return (*trigger_faults(connection), *_sqlite_tables(connection))
    return (
        # What is hidden by another of the same name cannot be looked at: so this comes first.
        *_postgres_shadows(connection),
        *trigger_faults(connection),
        *_postgres_tables(connection),
        *_postgres_role(connection),
    )


def trigger_faults(connection: Connection) -> tuple[Fault, ...]:
    """Triggers and their functions that are not there, are not what was made, or came from elsewhere."""
    sqlite = connection.dialect.name == "sqlite"
    found = _sqlite_triggers(connection) if sqlite else _postgres_triggers(connection)
    return tuple(sorted(found, key=lambda fault: fault.name))


def _names() -> list[str]:
    return sorted(Base.metadata.tables)


# ---- SQLite ----


def _sqlite_triggers(connection: Connection) -> Iterator[Fault]:
    known = triggers_of("sqlite")
    rows = connection.execute(text("SELECT name, tbl_name, sql FROM sqlite_master WHERE type = 'trigger'"))
    present = {row.name: row for row in rows}
    for name, trigger in known.items():
        row = present.pop(name, None)
        if row is None:
            yield Fault(name, GONE)
        elif (row.tbl_name, row.sql) != (trigger.table, trigger.made_by):
            yield Fault(name, REPLACED)
    rows = connection.execute(text("SELECT name, tbl_name FROM sqlite_temp_master WHERE type = 'trigger'"))
    for row in (*present.values(), *rows):
        if row.tbl_name.lower() in Base.metadata.tables:
            yield Fault(row.name, f"{row.tbl_name} 표의 트리거인데 {FOREIGN}")


def _sqlite_tables(connection: Connection) -> Iterator[Fault]:
    kinds = text("SELECT lower(name) AS name, type, sql FROM sqlite_master WHERE type IN ('table', 'view')")
    present = {row.name: row for row in connection.execute(kinds)}
    for name in _names():
        row = present.get(name)
        if row is None:
            yield Fault(name, "표가 없어졌습니다.")
        elif row.type != "table" or not row.sql.upper().startswith("CREATE TABLE"):
            yield Fault(name, "표가 있던 자리에 표가 아닌 것이 있습니다.")
    for (name,) in connection.execute(text("SELECT lower(name) FROM sqlite_temp_master")):
        if name in Base.metadata.tables:
            yield Fault(name, "같은 이름의 임시 표가 이 표를 가립니다.")
    columns = text(
        "SELECT lower(m.name) AS name, x.name AS part, x.hidden AS made FROM sqlite_master AS m, "
        "pragma_table_xinfo(m.name) AS x WHERE m.type = 'table'"
    )
    yield from _columns(connection.execute(columns).all())


def _columns(rows: Sequence[Row[Any]]) -> Iterator[Fault]:
    """Columns that came, went, or are computed; ``rows``: ``name`` of the table, ``part``, ``made``."""
    there: dict[str, set[str]] = {}
    for row in rows:
        there.setdefault(row.name, set()).add(f"{row.part}(계산)" if row.made else row.part)
    for name, table in sorted(Base.metadata.tables.items()):
        if name in there and (wrong := there[name] ^ set(table.columns.keys())):
            yield Fault(name, f"표의 칸이 처음과 다릅니다: {', '.join(sorted(wrong))}")


# ---- PostgreSQL ----

# What a trigger could have beside its time and its function: a condition, arguments, columns, tables.
_TRIGGERS = text(
    """
    SELECT t.tgname AS name, c.relname AS table_name, t.tgtype AS kind, p.proname AS function,
           t.tgenabled::text AS enabled, t.tgisinternal AS internal,
           t.tgqual IS NULL AND t.tgnargs = 0 AND t.tgattr::text = '' AND t.tgconstraint = 0
             AND t.tgoldtable IS NULL AND t.tgnewtable IS NULL AS plain,
           p.prosrc AS source,
           l.lanname = 'plpgsql' AND p.proconfig IS NULL AND NOT p.prosecdef AS as_made
    FROM pg_trigger AS t
    JOIN pg_class AS c ON c.oid = t.tgrelid
    JOIN pg_proc AS p ON p.oid = t.tgfoid
    JOIN pg_language AS l ON l.oid = p.prolang
    WHERE c.relname = ANY(:names) AND pg_table_is_visible(c.oid)
    ORDER BY t.tgname
    """
)


def _postgres_triggers(connection: Connection) -> Iterator[Fault]:
    known = dict(triggers_of("postgresql"))
    emptied, asleep = set(), set()
    for row in connection.execute(_TRIGGERS, {"names": _names()}):
        if row.internal:
            # The foreign keys, which the database itself keeps by triggers.
            if row.enabled != "O":
                asleep.add(row.table_name)
            continue
        trigger = known.pop(row.name, None)
        if trigger is None:
            yield Fault(row.name, f"{row.table_name} 표의 트리거인데 {FOREIGN}")
            continue
        stands = (row.table_name, row.kind, row.function, row.plain)
        if stands != (trigger.table, trigger.kind, trigger.function, True):
            yield Fault(row.name, REPLACED)
        elif row.enabled != "A":
            yield Fault(row.name, SWITCHED_OFF)
        elif not row.as_made or row.source != FUNCTIONS[trigger.function]:
            emptied.add(trigger.function)
    yield from (Fault(name, GONE) for name in known)
    yield from (Fault(name, f"트리거가 부르는 함수가 {REPLACED}") for name in emptied)
    yield from (Fault(name, f"표의 외래 키가 {SWITCHED_OFF}") for name in asleep)


_TABLES = text(
    """
    SELECT c.relname AS name, c.relkind::text AS kind, c.relrowsecurity AS hidden,
           (SELECT min(r.rulename) FROM pg_rewrite AS r
             WHERE r.ev_class = c.oid AND r.rulename <> '_RETURN') AS rule,
           EXISTS (SELECT 1 FROM pg_inherits AS i WHERE c.oid IN (i.inhparent, i.inhrelid)) AS related
    FROM pg_class AS c
    WHERE c.relname = ANY(:names) AND pg_table_is_visible(c.oid)
    """
)
_COLUMNS = text(
    """
    SELECT c.relname AS name, a.attname AS part, a.attgenerated <> '' AS made
    FROM pg_attribute AS a JOIN pg_class AS c ON c.oid = a.attrelid
    WHERE c.relname = ANY(:names) AND pg_table_is_visible(c.oid) AND a.attnum > 0 AND NOT a.attisdropped
    """
)


def _postgres_tables(connection: Connection) -> Iterator[Fault]:
    names = {"names": _names()}
    present = {row.name: row for row in connection.execute(_TABLES, names)}
    for name in _names():
        row = present.get(name)
        if row is None:
            yield Fault(name, "표가 없어졌습니다.")
        elif row.kind != "r":
            yield Fault(name, "표가 있던 자리에 표가 아닌 것이 있습니다.")
        elif row.rule is not None:
            yield Fault(row.rule, f"{name} 표의 규칙(RULE)인데 {FOREIGN}")
        elif row.hidden:
            yield Fault(name, "표에 행을 가리는 보안 정책이 걸려 있습니다.")
        elif row.related:
            yield Fault(name, "표에 상속으로 이어진 다른 표가 있습니다.")
    yield from _columns(connection.execute(_COLUMNS, names).all())


_SHADOWS = text(
    """
    SELECT c.relname FROM pg_class AS c JOIN pg_namespace AS n ON n.oid = c.relnamespace
    WHERE c.relname = ANY(:names) AND c.relkind IN ('r', 'v', 'm', 'f', 'p')
      AND n.nspname = ANY(current_schemas(true))
    GROUP BY c.relname HAVING count(*) > 1 ORDER BY c.relname
    """
)


def _postgres_shadows(connection: Connection) -> Iterator[Fault]:
    for name in connection.execute(_SHADOWS, {"names": _names()}).scalars():
        yield Fault(name, "같은 이름의 다른 표가 이 표를 가립니다(search_path).")


def _postgres_role(connection: Connection) -> Iterator[Fault]:
    role = connection.execute(text("SELECT current_setting('session_replication_role')")).scalar_one()
    if role != "origin":
        yield Fault("session_replication_role", f"설정이 {role}(이)라서 데이터베이스의 제약이 꺼져 있습니다.")

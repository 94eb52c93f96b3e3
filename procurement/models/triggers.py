"""Triggers that keep append-only tables append-only, in SQLite and in PostgreSQL.

Alembic's batch mode drops SQLite triggers without a word, so all are made anew after each migration, and
``guards`` looks whether they still are what they were whenever serving starts.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache

from sqlalchemy import text
from sqlalchemy.engine import Connection

from procurement.domain.erasing import MARK_END, MARK_START
from procurement.extensions import db

# The ledger's own tables, which are chained.
CHAINED: tuple[str, ...] = ("event", "event_body")
# Rows of these tables are only ever added.
APPEND_ONLY: tuple[str, ...] = (
    *CHAINED,
    "snapshot",
    "step_record",
    "step_document",
    "definition_version",
    "justification",
    "case_record",
    "search_run",
    "search_result",
    "final_run",
    "criteria_set",
    "criterion",
    "criterion_formula",
    "score_sheet",
    "score",
    "service_outcome",
    "decision",
    "approval_request",
    "approval_bundle",
    "approval_answer",
    "conclusion",
    "case_closing",
    "evidence_file",
    "catalogue_load",
    "catalogue_service",
    "page_reading",
    "checkpoint",
    "checkpoint_stamp",
    "checkpoint_copy",
    "erasure",
    "row_erasure",
)

# Free text that can be erased under law: a plain column holds the mark afterwards, a body holds marks inside.
ERASABLE: Mapping[str, tuple[str, ...]] = {
    "snapshot": ("body",),
    "step_record": ("reason",),
    "step_document": ("body",),
    "definition_version": ("reason",),
    "justification": ("text",),
    "case_record": ("body", "reason"),
    "search_run": ("change",),
    "criteria_set": ("reason",),
    "criterion": ("title", "scale"),
    "score": ("comment",),
    "service_outcome": ("reason",),
    "decision": ("reason",),
    "approval_answer": ("opinion",),
    "case_closing": ("reason", "next_note"),
    "evidence_file": ("name", "reason"),
    "checkpoint_copy": ("detail",),
}
BODY = "body"

_MESSAGE = "append-only"

# A body may go when, and only when, its own erasure is recorded.
_UNERASED = "WHEN NOT EXISTS (SELECT 1 FROM erasure WHERE chain_id = OLD.chain_id AND seq = OLD.seq) "


# A case ends without a contract or comes to one, never both: each row looks for the other before it comes in.
_ENDED = (
    "COALESCE((SELECT action FROM case_closing WHERE case_id = NEW.case_id "
    "ORDER BY number DESC LIMIT 1), '') = 'end'"
)
_CONCLUDED = "NEW.action = 'end' AND EXISTS (SELECT 1 FROM conclusion WHERE case_id = NEW.case_id)"
# An award without criteria is the mall's: the route is read out of the choice that was saved last. Inside a
# text of the choice the quotation marks would be escaped.
_WITHOUT_CRITERIA = (
    "NEW.kind = 'award' AND NEW.set_id IS NULL AND COALESCE((SELECT body FROM step_document "
    "WHERE case_id = NEW.case_id AND step = 'sourcing' ORDER BY version DESC LIMIT 1), '') "
    'NOT LIKE \'%"route":"central"%\''
)


@dataclass(frozen=True)
class _Condition:
    """Which rows do not come in, beside what keys and checks can say of a row: when, and what is said.

    ``what`` ends the name of the trigger, ``function`` is the one of PostgreSQL that it calls.
    """

    table: str
    what: str
    when: str
    message: str
    function: str


_CONDITIONS = (
    _Condition("case_closing", "apart", _CONCLUDED, "the contract is concluded", "keep_unconcluded"),
    _Condition("conclusion", "apart", _ENDED, "the case has ended", "keep_unended"),
    _Condition(
        "decision", "founded", _WITHOUT_CRITERIA, "an award of the own route has criteria", "keep_founded"
    ),
)


def _unless_erased(table: str) -> str:
    """When a change of ``table`` is not exactly the erasure that was recorded last of the row (SQLite)."""
    erasures = f"row_erasure WHERE table_name = '{table}' AND row_id = OLD.id"
    ground = f"(SELECT ground FROM {erasures} AND number = NEW.erased)"
    asked = [
        f"NEW.erased = (SELECT COUNT(*) FROM {erasures})",
        "NEW.erased > COALESCE(OLD.erased, 0)",
        "NEW.salt IS NOT NULL",
        "NEW.salt IS NOT OLD.salt",
    ]
    for column in [column.name for column in db.metadata.tables[table].columns]:
        if column not in ERASABLE[table]:
            asked += [] if column in ("salt", "erased") else [f"NEW.{column} IS OLD.{column}"]
        elif column == BODY:
            asked.append(f"(NEW.body IS OLD.body OR instr(NEW.body, '{MARK_START}') > 0)")
        else:
            mark = f"'{MARK_START}' || {ground} || '{MARK_END}'"
            asked.append(f"(NEW.{column} IS OLD.{column} OR NEW.{column} IS {mark})")
    return f"WHEN ({' AND '.join(asked)}) IS NOT 1 "


@dataclass(frozen=True)
class Trigger:
    """A trigger as it must stand: on which table, made by which statement.

    ``kind`` and ``function`` are what PostgreSQL keeps of it: the bits of ``pg_trigger.tgtype``, and the name
    of the function that it calls.
    """

    name: str
    table: str
    made_by: str
    kind: int = 0
    function: str = ""


def _sqlite_triggers() -> Iterator[Trigger]:
    for table in APPEND_ONLY:
        for verb in ("UPDATE", "DELETE"):
            when = _UNERASED if (table, verb) == ("event_body", "DELETE") else ""
            if table in ERASABLE and verb == "UPDATE":
                when = _unless_erased(table)
            yield _sqlite_trigger(table, verb, when, table)
    # REPLACE INTO deletes without firing a DELETE trigger unless recursive triggers are on, and a
    # stranger's connection need not have them on: so the next number of the chain is demanded too.
    yield _sqlite_trigger(
        "event",
        "INSERT",
        "WHEN NEW.seq <> (SELECT COALESCE(MAX(seq), 0) + 1 FROM event WHERE chain_id = NEW.chain_id) ",
        "event number",
    )
    yield _sqlite_trigger(
        "event_body",
        "INSERT",
        "WHEN EXISTS (SELECT 1 FROM event_body WHERE chain_id = NEW.chain_id AND seq = NEW.seq) "
        "OR EXISTS (SELECT 1 FROM erasure WHERE chain_id = NEW.chain_id AND seq = NEW.seq) ",
        "event_body",
    )
    for table in APPEND_ONLY[len(CHAINED) :]:
        yield _sqlite_trigger(
            table, "INSERT", f"WHEN EXISTS (SELECT 1 FROM {table} WHERE id = NEW.id) ", table
        )
    for one in _CONDITIONS:
        name = f"keep_{one.table}_{one.what}"
        made_by = f"CREATE TRIGGER {name} BEFORE INSERT ON {one.table} WHEN {one.when} "
        yield Trigger(name, one.table, made_by + f"BEGIN SELECT RAISE(ABORT, '{one.message}'); END")


def _sqlite_trigger(table: str, verb: str, when: str, message: str) -> Trigger:
    name = f"keep_{table}_{verb.lower()}"
    return Trigger(
        name,
        table,
        f"CREATE TRIGGER {name} BEFORE {verb} ON {table} {when}"
        f"BEGIN SELECT RAISE(ABORT, '{_MESSAGE}: {message}'); END",
    )


_COLUMNS = json.dumps({table: ",".join(columns) for table, columns in ERASABLE.items()})
# The same for PostgreSQL, for any table of ERASABLE.
_KEEP_ERASABLE = f"""
DECLARE
  free text[] := string_to_array('{_COLUMNS}'::jsonb ->> TG_TABLE_NAME, ',');
  mark text;
  told integer;
BEGIN
  IF TG_OP = 'UPDATE' THEN
    SELECT count(*), '{MARK_START}' || max(CASE WHEN number = NEW.erased THEN ground END) || '{MARK_END}'
      INTO told, mark FROM row_erasure WHERE table_name = TG_TABLE_NAME AND row_id = OLD.id;
    IF NEW.erased = told AND told > COALESCE(OLD.erased, 0)
      AND NEW.salt IS NOT NULL AND NEW.salt IS DISTINCT FROM OLD.salt
      AND to_jsonb(NEW) - free - 'salt' - 'erased' = to_jsonb(OLD) - free - 'salt' - 'erased'
      AND NOT EXISTS (
        SELECT 1 FROM unnest(free) AS name
        WHERE to_jsonb(NEW) ->> name IS DISTINCT FROM to_jsonb(OLD) ->> name
        AND CASE WHEN name = '{BODY}' THEN strpos(to_jsonb(NEW) ->> name, '{MARK_START}') = 0
          ELSE to_jsonb(NEW) ->> name IS DISTINCT FROM mark END)
    THEN RETURN NEW; END IF;
  END IF;
  RAISE EXCEPTION '{_MESSAGE}: %', TG_TABLE_NAME;
END """

# The functions that the triggers of PostgreSQL call, by name; as kept in ``pg_proc.prosrc``.
FUNCTIONS: dict[str, str] = {
    "keep_append_only": f" BEGIN RAISE EXCEPTION '{_MESSAGE}: %', TG_TABLE_NAME; END ",
    "keep_event_number": " BEGIN IF NEW.seq <> "
    "(SELECT COALESCE(MAX(seq), 0) + 1 FROM event WHERE chain_id = NEW.chain_id) "
    f"THEN RAISE EXCEPTION '{_MESSAGE}: event number'; END IF; RETURN NEW; END ",
    "keep_event_body": " BEGIN IF TG_OP = 'DELETE' AND EXISTS "
    "(SELECT 1 FROM erasure WHERE chain_id = OLD.chain_id AND seq = OLD.seq) THEN RETURN OLD; END IF; "
    f"RAISE EXCEPTION '{_MESSAGE}: %', TG_TABLE_NAME; END ",
    "keep_erasable": _KEEP_ERASABLE,
    "keep_erased": " BEGIN IF EXISTS "
    "(SELECT 1 FROM erasure WHERE chain_id = NEW.chain_id AND seq = NEW.seq) "
    f"THEN RAISE EXCEPTION '{_MESSAGE}: erased'; END IF; RETURN NEW; END ",
}

# The case is held first, so that of two at the same moment the second sees the first.
FUNCTIONS |= {
    one.function: " BEGIN PERFORM 1 FROM cases WHERE id = NEW.case_id FOR NO KEY UPDATE; "
    f"IF {one.when} THEN RAISE EXCEPTION '{one.message}' USING ERRCODE = 'integrity_constraint_violation'; "
    "END IF; RETURN NEW; END "
    for one in _CONDITIONS
}

# pg_trigger.tgtype: for each row 1, before 2, insert 4, delete 8, update 16, truncate 32.
_ROWS, _TRUNCATE, _INSERT = 1 + 2 + 8 + 16, 2 + 32, 1 + 2 + 4


def _postgres_triggers() -> Iterator[Trigger]:
    for table in APPEND_ONLY:
        function = "keep_event_body" if table == "event_body" else "keep_append_only"
        function = "keep_erasable" if table in ERASABLE else function
        yield _postgres_trigger(table, "rows", "UPDATE OR DELETE", "ROW", function, _ROWS)
        yield _postgres_trigger(table, "truncate", "TRUNCATE", "STATEMENT", "keep_append_only", _TRUNCATE)
    yield _postgres_trigger("event", "insert", "INSERT", "ROW", "keep_event_number", _INSERT)
    yield _postgres_trigger("event_body", "insert", "INSERT", "ROW", "keep_erased", _INSERT)
    for one in _CONDITIONS:
        yield _postgres_trigger(one.table, one.what, "INSERT", "ROW", one.function, _INSERT)


def _postgres_trigger(table: str, what: str, verbs: str, each: str, function: str, kind: int) -> Trigger:
    name = f"keep_{table}_{what}"
    made_by = f"CREATE TRIGGER {name} BEFORE {verbs} ON {table} FOR EACH {each} EXECUTE FUNCTION {function}()"
    return Trigger(name, table, made_by, kind, function)


@cache
def triggers_of(dialect: str) -> Mapping[str, Trigger]:
    """The triggers that must be there on ``dialect`` (``sqlite`` or ``postgresql``), by name."""
    made = _sqlite_triggers() if dialect == "sqlite" else _postgres_triggers()
    return {trigger.name: trigger for trigger in made}


def _statements(dialect: str) -> Iterator[str]:
    if dialect != "sqlite":
        for name, body in FUNCTIONS.items():
            yield f"CREATE OR REPLACE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $${body}$$"
    for trigger in triggers_of(dialect).values():
        on = "" if dialect == "sqlite" else f" ON {trigger.table}"
        yield f"DROP TRIGGER IF EXISTS {trigger.name}{on}"
        yield trigger.made_by
        if dialect != "sqlite":
            yield f"ALTER TABLE {trigger.table} ENABLE ALWAYS TRIGGER {trigger.name}"


def install(connection: Connection) -> None:
    """Make every trigger anew; safe to call again."""
    for statement in _statements(connection.dialect.name):
        # As text, since a driver would take the percent sign of PL/pgSQL for a parameter.
        connection.execute(text(statement))


def expected(dialect: str) -> frozenset[str]:
    """Names of the triggers that must be there on ``dialect`` (``sqlite`` or ``postgresql``)."""
    return frozenset(triggers_of(dialect))

"""Triggers that keep append-only tables append-only, in SQLite and in PostgreSQL.

Alembic's batch mode drops SQLite triggers without a word, so their presence is checked after each
migration and whenever serving starts.
"""

from __future__ import annotations

from sqlalchemy import text
from sqlalchemy.engine import Connection

# Rows of these tables are only ever added.
APPEND_ONLY: tuple[str, ...] = (
    "event",
    "event_body",
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
    "evidence_file",
    "catalogue_load",
    "catalogue_service",
    "page_reading",
    "checkpoint",
    "checkpoint_stamp",
    "checkpoint_copy",
    "erasure",
)

_MESSAGE = "append-only"

# A body may go when, and only when, its own erasure is recorded.
_UNERASED = "WHEN NOT EXISTS (SELECT 1 FROM erasure WHERE chain_id = OLD.chain_id AND seq = OLD.seq) "


def _sqlite_statements() -> list[str]:
    statements = []
    for table in APPEND_ONLY:
        for verb in ("UPDATE", "DELETE"):
            when = _UNERASED if (table, verb) == ("event_body", "DELETE") else ""
            statements.append(
                f"CREATE TRIGGER IF NOT EXISTS keep_{table}_{verb.lower()} BEFORE {verb} ON {table} {when}"
                f"BEGIN SELECT RAISE(ABORT, '{_MESSAGE}: {table}'); END"
            )
    # REPLACE INTO deletes without firing a DELETE trigger unless recursive triggers are on, and a
    # stranger's connection need not have them on: so the next number of the chain is demanded too.
    statements.append(
        "CREATE TRIGGER IF NOT EXISTS keep_event_insert BEFORE INSERT ON event "
        "WHEN NEW.seq <> (SELECT COALESCE(MAX(seq), 0) + 1 FROM event WHERE chain_id = NEW.chain_id) "
        f"BEGIN SELECT RAISE(ABORT, '{_MESSAGE}: event number'); END"
    )
    statements.append(
        "CREATE TRIGGER IF NOT EXISTS keep_event_body_insert BEFORE INSERT ON event_body "
        "WHEN EXISTS (SELECT 1 FROM event_body WHERE chain_id = NEW.chain_id AND seq = NEW.seq) "
        "OR EXISTS (SELECT 1 FROM erasure WHERE chain_id = NEW.chain_id AND seq = NEW.seq) "
        f"BEGIN SELECT RAISE(ABORT, '{_MESSAGE}: event_body'); END"
    )
    for table in APPEND_ONLY[2:]:
        statements.append(
            f"CREATE TRIGGER IF NOT EXISTS keep_{table}_insert BEFORE INSERT ON {table} "
            f"WHEN EXISTS (SELECT 1 FROM {table} WHERE id = NEW.id) "
            f"BEGIN SELECT RAISE(ABORT, '{_MESSAGE}: {table}'); END"
        )
    return statements


def _postgres_statements() -> list[str]:
    statements = [
        "CREATE OR REPLACE FUNCTION keep_append_only() RETURNS trigger LANGUAGE plpgsql AS $$ "
        f"BEGIN RAISE EXCEPTION '{_MESSAGE}: %', TG_TABLE_NAME; END $$",
        "CREATE OR REPLACE FUNCTION keep_event_number() RETURNS trigger LANGUAGE plpgsql AS $$ "
        "BEGIN IF NEW.seq <> (SELECT COALESCE(MAX(seq), 0) + 1 FROM event WHERE chain_id = NEW.chain_id) "
        f"THEN RAISE EXCEPTION '{_MESSAGE}: event number'; END IF; RETURN NEW; END $$",
        "CREATE OR REPLACE FUNCTION keep_event_body() RETURNS trigger LANGUAGE plpgsql AS $$ "
        "BEGIN IF TG_OP = 'DELETE' AND EXISTS "
        "(SELECT 1 FROM erasure WHERE chain_id = OLD.chain_id AND seq = OLD.seq) THEN RETURN OLD; END IF; "
        f"RAISE EXCEPTION '{_MESSAGE}: %', TG_TABLE_NAME; END $$",
        "CREATE OR REPLACE FUNCTION keep_erased() RETURNS trigger LANGUAGE plpgsql AS $$ "
        "BEGIN IF EXISTS (SELECT 1 FROM erasure WHERE chain_id = NEW.chain_id AND seq = NEW.seq) "
        f"THEN RAISE EXCEPTION '{_MESSAGE}: erased'; END IF; RETURN NEW; END $$",
    ]
    for table in APPEND_ONLY:
        rows, cut = f"keep_{table}_rows", f"keep_{table}_truncate"
        function = "keep_event_body" if table == "event_body" else "keep_append_only"
        statements += [
            f"DROP TRIGGER IF EXISTS {rows} ON {table}",
            f"CREATE TRIGGER {rows} BEFORE UPDATE OR DELETE ON {table} "
            f"FOR EACH ROW EXECUTE FUNCTION {function}()",
            f"DROP TRIGGER IF EXISTS {cut} ON {table}",
            f"CREATE TRIGGER {cut} BEFORE TRUNCATE ON {table} "
            "FOR EACH STATEMENT EXECUTE FUNCTION keep_append_only()",
            f"ALTER TABLE {table} ENABLE ALWAYS TRIGGER {rows}",
            f"ALTER TABLE {table} ENABLE ALWAYS TRIGGER {cut}",
        ]
    statements += [
        "DROP TRIGGER IF EXISTS keep_event_insert ON event",
        "CREATE TRIGGER keep_event_insert BEFORE INSERT ON event "
        "FOR EACH ROW EXECUTE FUNCTION keep_event_number()",
        "ALTER TABLE event ENABLE ALWAYS TRIGGER keep_event_insert",
        "DROP TRIGGER IF EXISTS keep_event_body_insert ON event_body",
        "CREATE TRIGGER keep_event_body_insert BEFORE INSERT ON event_body "
        "FOR EACH ROW EXECUTE FUNCTION keep_erased()",
        "ALTER TABLE event_body ENABLE ALWAYS TRIGGER keep_event_body_insert",
    ]
    return statements


def install(connection: Connection) -> None:
    """Create every trigger that is missing; safe to call again."""
    sqlite = connection.dialect.name == "sqlite"
    for statement in _sqlite_statements() if sqlite else _postgres_statements():
        # As text, since a driver would take the percent sign of PL/pgSQL for a parameter.
        connection.execute(text(statement))


def expected(dialect: str) -> frozenset[str]:
    """Names of the triggers that must be there on ``dialect`` (``sqlite`` or ``postgresql``)."""
    if dialect == "sqlite":
        names = {f"keep_{table}_{verb}" for table in APPEND_ONLY for verb in ("update", "delete", "insert")}
    else:
        names = {f"keep_{table}_{what}" for table in APPEND_ONLY for what in ("rows", "truncate")}
        names |= {"keep_event_insert", "keep_event_body_insert"}
    return frozenset(names)


def missing(connection: Connection) -> tuple[str, ...]:
    """Names of triggers that are not there or, in PostgreSQL, not always enabled; sorted."""
    dialect = connection.dialect.name
    query = (
        "SELECT name FROM sqlite_master WHERE type = 'trigger'"
        if dialect == "sqlite"
        else "SELECT tgname FROM pg_trigger WHERE NOT tgisinternal AND tgenabled = 'A'"
    )
    present = set(connection.execute(text(query)).scalars())
    return tuple(sorted(expected(dialect) - present))

"""PostgreSQL with a role that owns the tables and one that works on them, as an institution sets it up."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import psycopg
import pytest
from flask import Flask
from sqlalchemy import text
from sqlalchemy.exc import ProgrammingError

from procurement.config import Settings
from procurement.domain.steps import Step
from procurement.extensions import db
from procurement.models.triggers import APPEND_ONLY
from procurement.services import erasure_find, erasure_rows, verification, workflow
from tests.support.applications import disconnect, make_application, migrate
from tests.support.databases import postgres_server
from tests.support.factories import a_case, project_officer_of, work
from tests.support.walk import a_budget_sheet, save_document

pytestmark = pytest.mark.one_database


@pytest.fixture(scope="module")
def shared_by_two(settings: Settings) -> Iterator[Flask]:
    """The application as the lesser of two roles, on a server of its own."""
    with postgres_server() as admin_url:
        with psycopg.connect(admin_url, autocommit=True) as connection:
            for statement in (
                "CREATE ROLE procurement_owner LOGIN PASSWORD 'owner'",
                "CREATE ROLE procurement_app LOGIN PASSWORD 'app'",
                "CREATE DATABASE procurement OWNER procurement_owner ENCODING 'UTF8' TEMPLATE template0",
            ):
                connection.execute(statement)
        own = replace(
            settings,
            database_url=_as(admin_url, "procurement_app", "app"),
            database_owner_url=_as(admin_url, "procurement_owner", "owner"),
        )
        app = make_application(own)
        migrate(app)
        yield app
        disconnect(app)


def _as(admin_url: str, role: str, password: str) -> str:
    known = psycopg.conninfo.conninfo_to_dict(admin_url)
    return f"postgresql+psycopg://{role}:{password}@/procurement?host={known['host']}"


@pytest.fixture
def bound(shared_by_two: Flask) -> Iterator[Flask]:
    """The application with a session of its own."""
    with shared_by_two.app_context():
        yield shared_by_two
        db.session.remove()


def test_the_lesser_role_can_do_all_that_the_program_does(bound: Flask) -> None:
    case = a_case()
    actor = project_officer_of(case)
    with work():
        save_document(actor, case, Step.BUDGET, a_budget_sheet())
        workflow.complete(actor, case, Step.BUDGET)
    with work():
        place = erasure_find.of_case(case)["단계 문서"][0]
        path = place.texts[0].path
        erasure_rows.erase(actor, place.table, place.row_id, [path], ground="제1조", reason="표본 요구")
    assert verification.verify().holds
    assert verification.ready_to_serve() == ()


@pytest.mark.parametrize("table", APPEND_ONLY)
def test_it_has_no_right_to_touch_what_is_only_added(bound: Flask, table: str) -> None:
    column = {"event": "kind", "event_body": "body"}.get(table, "id")
    acts = [f"UPDATE {table} SET {column} = NULL", f"TRUNCATE {table}", f"DELETE FROM {table}"]
    if table == "event_body":
        # By law, and only with its erasure: that is for the trigger to see.
        acts.pop()
    for act in acts:
        with pytest.raises(ProgrammingError, match="permission denied"):
            db.session.execute(text(act))
        db.session.rollback()


def test_it_can_take_no_trigger_away(bound: Flask) -> None:
    with pytest.raises(ProgrammingError, match="must be owner"):
        db.session.execute(text("DROP TRIGGER keep_event_rows ON event"))
    db.session.rollback()


def test_production_refuses_a_role_that_may_change_records(shared_by_two: Flask) -> None:
    own: Settings = shared_by_two.config["SETTINGS"]
    production = replace(
        own, environment="production", trusted_hosts=("contracts.example.go.kr",), database_url=own.owner_url
    )
    for settings, problems in ((production, 1), (replace(production, database_url=own.database_url), 0)):
        app = make_application(settings)
        with app.app_context():
            found = verification.ready_to_serve()
        disconnect(app)
        assert len(found) == problems
        assert all("DATABASE_OWNER_URL" in sentence for sentence in found)

"""Every route that changes something writes the ledger, in the same commit as the change."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import event

from procurement.extensions import db
from procurement.views.routes import APPENDS_NOTHING, LOGGED_READS
from tests.support.examples import EXAMPLES
from tests.support.examples.quiet import QUIET
from tests.support.factories import event_count
from tests.support.stages import Scene, Stage
from tests.support.stages import at_stage as at_stage

# Tables of work in hand: what somebody is typing, and what the worker is asked for.
WORKING_TABLES = {"draft", "job"}


@pytest.fixture
def no_token(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    """Forms need no token here; that they do has its own test."""
    monkeypatch.setitem(app.config, "WTF_CSRF_ENABLED", False)


def unsafe_endpoints(app: Flask) -> set[str]:
    """Endpoints that take a method that may change something."""
    return {
        rule.endpoint
        for rule in app.url_map.iter_rules()
        if (rule.methods or set()) - {"GET", "HEAD", "OPTIONS"}
    }


def test_every_unsafe_route_and_logged_read_has_an_example_or_appends_nothing_for_a_reason(
    app: Flask,
) -> None:
    assert unsafe_endpoints(app) | LOGGED_READS == EXAMPLES.keys() | APPENDS_NOTHING.keys()
    assert QUIET.keys() == APPENDS_NOTHING.keys()


def test_no_route_is_said_to_append_and_to_append_nothing() -> None:
    assert not EXAMPLES.keys() & APPENDS_NOTHING.keys()
    assert all(len(reason.split()) > 2 for reason in APPENDS_NOTHING.values())


@pytest.mark.usefixtures("no_token")
@pytest.mark.parametrize("endpoint", EXAMPLES)
def test_the_change_and_its_event_are_one_commit_and_neither_comes_without_the_other(
    client: FlaskClient,
    monkeypatch: pytest.MonkeyPatch,
    at_stage: Callable[[Stage], Scene],
    endpoint: str,
) -> None:
    example = EXAMPLES[endpoint]
    scene = at_stage(example.stage)
    person, request = scene.person, example.prepare(scene)
    before = _rows()
    with monkeypatch.context() as patched:
        patched.setattr("procurement.services.ledger.record", _fails)
        with pytest.raises(OSError, match="the ledger cannot be written"):
            request.send(client, person)
    assert _rows() == before

    events, commits = event_count(), []

    def count(_connection: object) -> None:
        commits.append(1)

    event.listen(db.engine, "commit", count)
    answer = request.send(client, person)
    answer.close()
    assert answer.status_code in (200, 302)
    event.remove(db.engine, "commit", count)
    assert len(commits) == 1
    assert event_count() > events
    assert _rows() != before


@pytest.mark.usefixtures("no_token")
@pytest.mark.parametrize("endpoint", QUIET)
def test_what_is_said_to_append_nothing_changes_nothing_that_the_ledger_holds(
    client: FlaskClient, at_stage: Callable[[Stage], Scene], endpoint: str
) -> None:
    scene = at_stage(QUIET[endpoint].stage)
    person, request = scene.person, QUIET[endpoint].prepare(scene)
    before = _rows()
    answer = request.send(client, person)
    assert answer.status_code in (200, 302), answer.text
    after = _rows()
    assert {name for name in after if after[name] != before[name]} <= WORKING_TABLES


def _fails(*_arguments: object, **_more: object) -> None:
    raise OSError("the ledger cannot be written")


def _rows() -> dict[str, list[object]]:
    """Everything in the database."""
    db.session.rollback()
    with db.engine.connect() as connection:
        return {
            table.name: [tuple(row) for row in connection.execute(table.select()).all()]
            for table in db.metadata.sorted_tables
        }

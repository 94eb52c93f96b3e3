"""Every route that changes something writes the ledger, in the same commit as the change."""

from __future__ import annotations

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import event

from procurement.domain.access import Role
from procurement.extensions import db
from procurement.views.routes import APPENDS_NOTHING
from tests.support.examples import EXAMPLES, Scene
from tests.support.factories import a_case, an_account, csrf_token, event_count, signed_in

pytestmark = pytest.mark.usefixtures("db_session")

# Parts of the application all of whose routes have their example.
COVERED = {"accounts", "admin", "audit", "cases", "evidence", "help", "steps"}


def unsafe_endpoints(app: Flask) -> set[str]:
    """Endpoints that take a method that may change something."""
    return {
        rule.endpoint
        for rule in app.url_map.iter_rules()
        if (rule.methods or set()) - {"GET", "HEAD", "OPTIONS"}
    }


def test_every_unsafe_route_has_an_example_or_appends_nothing_for_a_reason(app: Flask) -> None:
    unsafe = {name for name in unsafe_endpoints(app) if name.partition(".")[0] in COVERED}
    assert unsafe == {
        name for name in EXAMPLES.keys() | APPENDS_NOTHING.keys() if name.partition(".")[0] in COVERED
    }


def test_no_route_is_said_to_append_and_to_append_nothing() -> None:
    assert not EXAMPLES.keys() & APPENDS_NOTHING.keys()
    assert all(len(reason.split()) > 2 for reason in APPENDS_NOTHING.values())


@pytest.mark.parametrize("endpoint", EXAMPLES)
def test_the_change_and_its_event_are_one_commit(client: FlaskClient, endpoint: str) -> None:
    person = an_account(*Role)
    request = EXAMPLES[endpoint](Scene(a_case(person, person), person))
    token = csrf_token(client, "/sign-in") if request.signed_out else csrf_token(signed_in(client, person))
    before, commits = event_count(), []

    def count(_connection: object) -> None:
        commits.append(1)

    event.listen(db.engine, "commit", count)
    answer = client.post(request.url, data=dict(request.fields), headers={"X-CSRFToken": token})
    event.remove(db.engine, "commit", count)
    assert answer.status_code in (200, 302), answer.text
    assert len(commits) == 1
    assert event_count() > before


@pytest.mark.parametrize("endpoint", EXAMPLES)
def test_without_the_event_there_is_no_change(
    client: FlaskClient, monkeypatch: pytest.MonkeyPatch, endpoint: str
) -> None:
    person = an_account(*Role)
    request = EXAMPLES[endpoint](Scene(a_case(person, person), person))
    token = csrf_token(client, "/sign-in") if request.signed_out else csrf_token(signed_in(client, person))
    before = _rows()

    def fails(*_arguments: object, **_more: object) -> None:
        raise OSError("the ledger cannot be written")

    monkeypatch.setattr("procurement.services.ledger.record", fails)
    with pytest.raises(OSError, match="ledger"):
        client.post(request.url, data=dict(request.fields), headers={"X-CSRFToken": token})
    assert _rows() == before


def _rows() -> dict[str, list[object]]:
    """Everything in the database."""
    db.session.rollback()
    with db.engine.connect() as connection:
        return {
            table.name: [tuple(row) for row in connection.execute(table.select()).all()]
            for table in db.metadata.sorted_tables
        }

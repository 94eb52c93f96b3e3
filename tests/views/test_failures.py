"""What the program stands on fails: a Korean sentence that says what to do, the typed text, nothing kept."""

from __future__ import annotations

import errno
import sqlite3
from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.exc import IntegrityError, OperationalError

from tests.support.examples import EXAMPLES
from tests.support.factories import event_count
from tests.support.stages import Scene, Stage
from tests.support.stages import at_stage as at_stage

TYPED = "둘째 표본 건"


def said(sentence: str) -> OperationalError:
    """What SQLAlchemy raises when a database says ``sentence``."""
    return OperationalError("INSERT", {}, sqlite3.OperationalError(sentence))


def clash(sentence: str) -> IntegrityError:
    """The same of a broken constraint."""
    return IntegrityError("INSERT", {}, sqlite3.IntegrityError(sentence))


FAILURES: dict[str, tuple[Exception, int, str]] = {
    "busy": (said("database is locked"), 503, "잠시 뒤 다시"),
    "busy at once": (sqlite3.OperationalError("database is locked"), 503, "잠시 뒤 다시"),
    "full": (said("database or disk is full"), 503, "가득"),
    "read-only": (said("attempt to write a readonly database"), 503, "쓸 수 없어"),
    "away": (said("unable to open database file, connection failed"), 503, "닿을 수 없습니다"),
    "disk full": (OSError(errno.ENOSPC, "No space left on device"), 503, "가득"),
    "folder": (OSError(errno.EROFS, "Read-only file system"), 503, "쓸 수 없어"),
    "own fault": (RuntimeError("a fault"), 500, "문제 번호"),
    "own fault in a row": (clash("CHECK constraint failed: money"), 500, "문제 번호"),
    "two at once": (clash("UNIQUE constraint failed: cases.number"), 409, "먼저 저장해서"),
}


@pytest.mark.one_database
@pytest.mark.parametrize("what", FAILURES)
def test_a_failure_is_told_with_the_way_on_and_the_text_is_on_its_page(
    app: Flask,
    client: FlaskClient,
    at_stage: Callable[[Stage], Scene],
    monkeypatch: pytest.MonkeyPatch,
    what: str,
) -> None:
    failure, status, sentence = FAILURES[what]
    monkeypatch.setitem(app.config, "WTF_CSRF_ENABLED", False)
    monkeypatch.setitem(app.config, "PROPAGATE_EXCEPTIONS", False)
    example = EXAMPLES["cases.create"]
    at = at_stage(example.stage)
    request, person = example.prepare(at), at.person
    assert TYPED in request.fields.values()
    events = event_count()
    with monkeypatch.context() as patched:

        def fail(*_arguments: object, **_more: object) -> None:
            raise failure

        patched.setattr("procurement.services.ledger.record", fail)
        answer = request.send(client, person)
    assert answer.status_code == status
    assert sentence in answer.text
    assert TYPED in answer.text
    assert event_count() == events
    assert ("Retry-After" in answer.headers) == (status == 503)
    assert request.send(client, person).status_code == 302


@pytest.mark.one_database
def test_a_crash_keeps_nothing_even_where_a_refusal_would_be_kept(
    app: Flask, client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(app.config, "PROPAGATE_EXCEPTIONS", False)
    monkeypatch.setitem(app.config, "WTF_CSRF_ENABLED", False)
    commits: list[int] = []

    def fail(*_arguments: object) -> None:
        raise RuntimeError("a fault after something was written")

    monkeypatch.setattr("procurement.services.people.sign_in", fail)
    monkeypatch.setattr("procurement.services.unit.commit", lambda: commits.append(1))
    assert client.post("/sign-in", data={"login": "표본", "password": "표본"}).status_code == 500
    assert not commits


@pytest.mark.one_database
def test_without_a_database_even_the_page_of_the_error_comes(
    app: Flask, client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(app.config, "PROPAGATE_EXCEPTIONS", False)

    def fail(*_arguments: object) -> None:
        raise said("connection to server failed")

    monkeypatch.setattr("procurement.services.people.actor_by_session", fail)
    with client.session_transaction() as session:
        session["_user_id"] = "somebody:stamp"
    answer = client.get("/")
    assert answer.status_code == 503
    assert "데이터베이스에 닿을 수 없습니다" in answer.text

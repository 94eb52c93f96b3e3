"""The same form sent twice: one record, one event, no refusal, and the page that the first one led to."""

from __future__ import annotations

import io
import re
import time
from collections.abc import Callable
from datetime import timedelta
from threading import Barrier, Thread

import pytest
from flask import Flask
from flask.testing import FlaskClient
from itsdangerous import TimestampSigner
from sqlalchemy import func, select

from procurement.extensions import db
from procurement.models import SentForm
from procurement.models.base import ACROSS, now
from procurement.services import sent_forms, unit
from tests.support.examples import EXAMPLES, Request
from tests.support.factories import event_count, signed_in
from tests.support.stages import Scene, Stage
from tests.support.stages import at_stage as at_stage

TOKEN = re.compile(r'name="csrf_token" value="([^"]+)"')
# Records that may be added as often as one likes, and acts that are refused the second time.
TRIED = ("cases.create", "steps.complete", "papers.ask", "faults.new", "evidence.upload", "approval.submit")


def with_token(client: FlaskClient, request: Request, at: Scene) -> Request:
    """The request as a page of this person sends it."""
    signed_in(client, request.by or at.person)
    found = TOKEN.search(client.get("/me").text)
    assert found is not None
    fields = {**request.fields, "csrf_token": found.group(1)}
    # Signing in anew would be another session, whose tokens are others.
    return Request(request.url, fields, file=request.file, signed_out=True)


@pytest.mark.parametrize("endpoint", TRIED)
def test_what_is_sent_twice_is_done_once(
    client: FlaskClient, at_stage: Callable[[Stage], Scene], endpoint: str
) -> None:
    at = at_stage(EXAMPLES[endpoint].stage)
    request = with_token(client, EXAMPLES[endpoint].prepare(at), at)
    first = request.send(client, at.person)
    assert first.status_code == 302, first.text
    events = event_count()
    second = request.send(client, at.person)
    assert (second.status_code, second.location) == (302, first.location)
    assert event_count() == events
    assert "한 번만 저장했습니다" in client.get("/me").text


def test_what_is_sent_again_after_going_back_is_done_once_while_nothing_else_has_happened(
    client: FlaskClient, at_stage: Callable[[Stage], Scene], monkeypatch: pytest.MonkeyPatch
) -> None:
    at = at_stage(EXAMPLES["papers.ask"].stage)
    request = with_token(client, EXAMPLES["papers.ask"].prepare(at), at)
    first = request.send(client, at.person)
    # The page is shown again later, so that its token is another one.
    monkeypatch.setattr(TimestampSigner, "get_timestamp", lambda _signer: int(time.time()) + 60)
    found = TOKEN.search(client.get(first.location).text)
    assert found is not None
    assert found.group(1) != request.fields["csrf_token"]
    again = {**request.fields, "csrf_token": found.group(1)}
    events = event_count()
    assert client.post(request.url, data=again).location == first.location
    assert event_count() == events
    assert client.post(request.url, data={**again, "question": "다른 것도 묻습니다."}).status_code == 302
    assert client.post(request.url, data=again).status_code == 302
    assert event_count() == events + 2


def test_another_text_another_file_and_another_page_are_not_the_same(
    client: FlaskClient, at_stage: Callable[[Stage], Scene]
) -> None:
    at = at_stage(EXAMPLES["evidence.upload"].stage)
    request = with_token(client, EXAMPLES["evidence.upload"].prepare(at), at)
    assert request.file is not None
    name, content = request.file
    sent = [
        dict(request.fields),
        {**request.fields, "reason": "다른 글"},
        {**request.fields, "file": "longer"},
        {**request.fields, "csrf_token": ""},
    ]
    for fields in sent:
        other = content + b"%" if fields.pop("file", "") else content
        events = event_count()
        answer = client.post(request.url, data={**fields, "file": (io.BytesIO(other), name)})
        taken = bool(fields["csrf_token"])
        assert (answer.status_code, event_count() - events) == ((302, 1) if taken else (400, 0))


def test_of_two_at_the_same_moment_one_is_done(
    app: Flask, client: FlaskClient, at_stage: Callable[[Stage], Scene]
) -> None:
    at = at_stage(EXAMPLES["steps.complete"].stage)
    request = with_token(client, EXAMPLES["steps.complete"].prepare(at), at)
    cookie = client.get_cookie(app.config["SESSION_COOKIE_NAME"])
    assert cookie is not None
    events, start, answers = event_count(), Barrier(4), []

    def send() -> None:
        own = app.test_client()
        own.set_cookie(app.config["SESSION_COOKIE_NAME"], cookie.value)
        start.wait()
        answers.append(own.post(request.url, data=request.fields).location)

    threads = [Thread(target=send) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(answers) == 4
    assert len(set(answers)) == 1
    assert answers[0]
    assert event_count() == events + 1


@pytest.mark.one_database
def test_what_was_sent_is_forgotten_after_a_day(
    client: FlaskClient, at_stage: Callable[[Stage], Scene], monkeypatch: pytest.MonkeyPatch
) -> None:
    at = at_stage(EXAMPLES["cases.create"].stage)
    with_token(client, EXAMPLES["cases.create"].prepare(at), at).send(client, at.person)
    count = select(func.count()).select_from(SentForm).execution_options(**{ACROSS: True})
    for hours, left in ((23, 1), (25, 0)):
        monkeypatch.setattr(sent_forms, "now", lambda hours=hours: now() + timedelta(hours=hours))
        with unit.work():
            sent_forms.forget_old()
        assert db.session.scalar(count) == left

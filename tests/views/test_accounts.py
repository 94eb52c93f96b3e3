"""Signing in and out, links, one's own password, and the slowing down of guesses."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from procurement import create_app
from procurement.config import Settings
from procurement.domain.access import Role
from procurement.extensions import limiter
from procurement.services import people
from tests.support.applications import OwnContextClient, disconnect
from tests.support.factories import PASSWORD, actor_for, an_account, csrf_token, post, signed_in, work

pytestmark = pytest.mark.usefixtures("db_session")


def sign_in(client: FlaskClient, login: str, password: str, url: str = "/sign-in") -> TestResponse:
    """Send the form of signing in, as the page gave it."""
    token = csrf_token(client, "/sign-in")
    return client.post(url, data={"login": login, "password": password, "csrf_token": token})


def test_the_right_pair_leads_to_my_work(client: FlaskClient) -> None:
    an_account(Role.AUDITOR, login="someone", name="표본 감사인")
    answer = sign_in(client, "someone", PASSWORD)
    assert (answer.status_code, answer.location) == (302, "/")
    assert "표본 감사인" in client.get("/").text


def test_who_was_on_the_way_somewhere_gets_there(client: FlaskClient) -> None:
    an_account(Role.AUDITOR, login="someone")
    asked = client.get("/audit?page=2")
    assert asked.status_code == 302
    answer = sign_in(client, "someone", PASSWORD, asked.location)
    assert answer.location == "/audit?page=2"


@pytest.mark.parametrize(
    "target", ["https://example.org/", "//example.org/", "/\\example.org", "javascript:alert(1)", ""]
)
def test_nobody_is_led_to_another_site(client: FlaskClient, target: str) -> None:
    an_account(Role.AUDITOR, login="someone")
    answer = sign_in(client, "someone", PASSWORD, f"/sign-in?next={target}")
    assert answer.location == "/"


@pytest.mark.parametrize(
    ("login", "password", "status"),
    [("someone", "wrong", 401), ("nobody", PASSWORD, 401), ("", PASSWORD, 422), ("someone", "", 422)],
)
def test_a_wrong_pair_stays_on_the_page_and_keeps_the_login(
    client: FlaskClient, login: str, password: str, status: int
) -> None:
    an_account(Role.AUDITOR, login="someone")
    answer = sign_in(client, login, password)
    assert answer.status_code == status
    assert f'value="{login}"' in answer.text
    assert client.get("/").status_code == 302


def test_failures_count_although_the_answer_is_an_error(client: FlaskClient) -> None:
    account = an_account(Role.AUDITOR, login="someone")
    for _ in range(6):
        sign_in(client, "someone", "wrong")
    assert "초 뒤에 다시" in sign_in(client, "someone", PASSWORD).text
    with work():
        assert account.failures == 6


def test_signing_out_ends_the_session(client: FlaskClient) -> None:
    signed_in(client, an_account(Role.AUDITOR))
    assert post(client, "/sign-out").location == "/sign-in"
    assert client.get("/").status_code == 302


def test_switching_an_account_off_ends_its_session_at_once(client: FlaskClient) -> None:
    account = an_account(Role.AUDITOR)
    signed_in(client, account)
    assert client.get("/").status_code == 200
    with work():
        account.active = False
    assert client.get("/").status_code == 302


def test_a_changed_password_ends_the_other_sessions_and_not_this_one(app: Flask, client: FlaskClient) -> None:
    account = an_account(Role.AUDITOR)
    other = signed_in(app.test_client(), account)
    signed_in(client, account)
    fields = {"current": PASSWORD, "password": "새 표본 비밀번호 2", "again": "새 표본 비밀번호 2"}
    assert post(client, "/me/password", fields).status_code == 302
    assert client.get("/me").status_code == 200
    assert other.get("/me").status_code == 302


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"current": "wrong"}, "지금 비밀번호가 맞지 않습니다"),
        ({"password": "짧음", "again": "짧음"}, "10자 이상"),
        ({"again": "다른 비밀번호 3"}, "두 비밀번호가 다릅니다"),
        ({"current": ""}, "지금 비밀번호를 적어 주세요"),
    ],
)
def test_a_password_that_cannot_be_taken_is_refused(
    client: FlaskClient, fields: dict[str, str], sentence: str
) -> None:
    signed_in(client, an_account(Role.AUDITOR))
    good = {"current": PASSWORD, "password": "새 표본 비밀번호 2", "again": "새 표본 비밀번호 2"}
    answer = post(client, "/me/password", {**good, **fields})
    assert answer.status_code == 422
    assert sentence in answer.text


def test_a_link_sets_the_password_once(client: FlaskClient) -> None:
    boss, person = an_account(Role.ADMIN), an_account(Role.AUDITOR, login="someone", name="표본 감사인")
    with work():
        token = people.make_link(actor_for(boss), str(person.id))
    form_token = csrf_token(client, f"/link/{token}")
    fields = {"password": "새 표본 비밀번호 2", "again": "새 표본 비밀번호 2", "csrf_token": form_token}
    assert client.post(f"/link/{token}", data={**fields, "again": "다름"}).status_code == 422
    assert client.post(f"/link/{token}", data=fields).location == "/sign-in"
    assert sign_in(client, "someone", "새 표본 비밀번호 2").location == "/"
    assert client.get(f"/link/{token}").status_code == 404


@pytest.mark.parametrize("token", ["none", "0" * 43])
def test_an_unknown_link_says_what_to_do(client: FlaskClient, token: str) -> None:
    answer = client.get(f"/link/{token}")
    assert answer.status_code == 404
    assert "새 링크" in answer.text


def test_a_password_never_comes_back_with_a_page(client: FlaskClient) -> None:
    an_account(Role.AUDITOR, login="someone")
    page = sign_in(client, "someone", "a wrong secret").text
    assert "a wrong secret" not in page
    assert re.search(r'type="password"[^>]*value="[^"]', page) is None


@pytest.fixture
def limited_client(app: Flask, settings: Settings) -> Iterator[FlaskClient]:
    """A client of the application as it is served, where guesses are counted by address."""
    served = create_app(replace(settings, testing=False))
    served.test_client_class = OwnContextClient
    yield served.test_client()
    disconnect(served)
    limiter.reset()


def test_guessing_from_one_address_is_slowed_down(limited_client: FlaskClient) -> None:
    token = csrf_token(limited_client, "/sign-in")
    fields = {"login": "", "password": "", "csrf_token": token}
    statuses = [limited_client.post("/sign-in", data=fields).status_code for _ in range(31)]
    assert statuses == [422] * 30 + [429]
    assert "요청이 너무 잦습니다" in limited_client.post("/sign-in", data=fields).text
    assert limited_client.get("/sign-in").status_code == 200


def test_a_whole_office_behind_one_address_can_sign_in(
    limited_client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    an_account(Role.AUDITOR, login="someone")
    # What is counted is the matter here, not how long a password takes.
    monkeypatch.setattr(people, "_matches", lambda _stored, _password: True)
    for _ in range(35):
        fields = {
            "login": "someone",
            "password": PASSWORD,
            "csrf_token": csrf_token(limited_client, "/sign-in"),
        }
        assert limited_client.post("/sign-in", data=fields).status_code == 302
        limited_client.delete_cookie("session")

"""The administrator's pages."""

from __future__ import annotations

import re

import pytest
from flask.testing import FlaskClient

from procurement.domain.access import Role
from procurement.models import Account
from tests.support.factories import an_account, event_kinds, post, signed_in

pytestmark = pytest.mark.usefixtures("db_session")


@pytest.fixture
def boss(client: FlaskClient) -> Account:
    """The administrator, signed in."""
    account = an_account(Role.ADMIN, name="표본 관리자")
    signed_in(client, account)
    return account


SETTINGS = {"name": "표본연구원", "kind": "local", "contract_law": "local", "search_result_limit": "20"}


def test_settings_are_shown_and_saved(client: FlaskClient, boss: Account) -> None:
    assert 'value="other_public"' in client.get("/admin").text
    assert post(client, "/admin", SETTINGS).status_code == 302
    page = client.get("/admin").text
    assert re.search(r'<input[^>]*checked[^>]*value="local"', page)
    assert 'value="20"' in page
    assert event_kinds(None) == ["institution.changed"]


def test_settings_saved_as_they_were_leave_no_event(client: FlaskClient, boss: Account) -> None:
    post(client, "/admin", SETTINGS)
    post(client, "/admin", SETTINGS)
    assert event_kinds(None) == ["institution.changed"]


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("name", ""),
        ("kind", "anything"),
        ("contract_law", ""),
        ("search_result_limit", "0"),
        ("search_result_limit", "1001"),
        ("search_result_limit", "많이"),
    ],
)
def test_a_wrong_setting_is_refused_beside_its_field(
    client: FlaskClient, boss: Account, field: str, value: str
) -> None:
    answer = post(client, "/admin", {**SETTINGS, field: value})
    assert answer.status_code == 422
    assert "고칠 곳이 1곳" in answer.text
    assert event_kinds(None) == []


def test_a_new_account_comes_with_a_link_that_is_shown_once(client: FlaskClient, boss: Account) -> None:
    fields = {"login": "new-person", "name": "표본 새 사람", "department": "표본과", "roles": ["evaluator"]}
    answer = post(client, "/admin/accounts/new", fields)
    link = re.search(r'value="http://localhost(/link/[^"]+)"', answer.text)
    assert link is not None
    assert answer.headers["Cache-Control"] == "no-store"
    listed = client.get("/admin/accounts").text
    assert "비밀번호 없음" in listed
    assert link.group(1) not in listed
    assert client.get(link.group(1)).status_code == 200


@pytest.mark.parametrize(
    "change", [{"login": ""}, {"login": "two words"}, {"name": ""}, {"roles": []}, {"roles": ["king"]}]
)
def test_an_account_that_cannot_be_made_keeps_what_was_typed(
    client: FlaskClient, boss: Account, change: dict[str, object]
) -> None:
    fields = {"login": "new-person", "name": "표본 새 사람", "department": "표본과", "roles": ["evaluator"]}
    answer = post(client, "/admin/accounts/new", {**fields, **change})
    assert answer.status_code == 422
    assert "표본과" in answer.text
    assert event_kinds(None) == []


def test_accounts_are_listed_searched_and_the_switched_off_ones_asked_for(
    client: FlaskClient, boss: Account
) -> None:
    an_account(Role.EVALUATOR, name="표본 위원")
    an_account(Role.EVALUATOR, name="떠난 위원", active=False)
    assert "떠난 위원" not in client.get("/admin/accounts").text
    assert "떠난 위원" in client.get("/admin/accounts?all=1").text
    page = client.get("/admin/accounts?q=표본 위원").text
    assert "계정 (1)" in page
    assert "찾는 계정이 없습니다" in client.get("/admin/accounts?q=없는 사람").text


def test_roles_are_changed(client: FlaskClient, boss: Account) -> None:
    person = an_account(Role.EVALUATOR)
    url = f"/admin/accounts/{person.id}"
    assert post(client, f"{url}/roles", {"roles": ["approver"]}).status_code == 302
    page = client.get(url).text
    assert re.search(r'<input[^>]*checked[^>]*value="approver"', page)
    assert post(client, f"{url}/roles", {}).status_code == 422


def test_switching_off_asks_first_and_can_be_undone(client: FlaskClient, boss: Account) -> None:
    person = an_account(Role.EVALUATOR, name="표본 위원")
    url = f"/admin/accounts/{person.id}"
    assert "표본 위원 계정의 사용을 중지합니다" in client.get(f"{url}/off").text
    assert post(client, f"{url}/off").status_code == 302
    assert "다시 쓰게 하기" in client.get(url).text
    assert post(client, f"{url}/on").status_code == 302
    assert "사용 중지하기" in client.get(url).text
    assert event_kinds(None) == ["account.deactivated", "account.activated"]


def test_the_last_administrator_is_kept(client: FlaskClient, boss: Account) -> None:
    answer = post(client, f"/admin/accounts/{boss.id}/off")
    assert answer.status_code == 409
    assert "관리자가 한 사람은" in answer.text


def test_a_new_link_is_made_for_somebody_who_forgot(client: FlaskClient, boss: Account) -> None:
    person = an_account(Role.EVALUATOR)
    answer = post(client, f"/admin/accounts/{person.id}/link")
    assert "/link/" in answer.text
    assert event_kinds(None) == ["account.link_made"]


def test_an_account_that_is_not_there_is_not_found(client: FlaskClient, boss: Account) -> None:
    assert client.get("/admin/accounts/00000000-0000-0000-0000-000000000000").status_code == 404

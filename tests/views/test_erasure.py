"""The pages on which the privacy officer finds personal data and lets it go."""

from __future__ import annotations

import re

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session, scoped_session

from procurement.domain.access import Role
from procurement.domain.steps import Step
from procurement.models import Case
from procurement.services import workflow
from tests.support.factories import a_case, account_of, an_account, project_officer_of, signed_in, work
from tests.support.selecting import a_file
from tests.support.walk import complete_budget

GROUND = {"ground": "개인정보 보호법 제36조", "reason": "정보주체의 삭제 요구"}
NAME = "표본 홍견본"


@pytest.fixture
def case(db_session: scoped_session[Session]) -> Case:
    """A case in which a step was opened again for a reason that names somebody."""
    case = a_case()
    actor = project_officer_of(case)
    with work():
        complete_budget(actor, case)
        workflow.reopen(actor, case, Step.BUDGET, f"{NAME}의 부탁")
    return case


@pytest.fixture
def officer(app: Flask, client: FlaskClient, monkeypatch: pytest.MonkeyPatch, case: Case) -> FlaskClient:
    """A browser in which the privacy officer is signed in; forms need no token."""
    monkeypatch.setitem(app.config, "WTF_CSRF_ENABLED", False)
    return signed_in(client, an_account(Role.PRIVACY_OFFICER))


def found_links(page: str) -> list[str]:
    return [link.replace("&amp;", "&") for link in re.findall(r'href="(/erasure/rows/[^"]+)"', page)]


def test_what_is_found_is_ticked_and_goes_and_its_page_says_so(officer: FlaskClient, case: Case) -> None:
    found = officer.post("/erasure/find", data={"words": "홍견본"})
    assert "<mark>홍견본</mark>" in found.text
    (link,) = [link for link in found_links(found.text) if "step_record" in link]
    page = officer.get(link).text
    assert 'value="reason" checked' in page
    assert f"{NAME}의 부탁" in page
    refused = officer.post(link, data={"texts": "reason", "ground": "", "reason": "적은 까닭"})
    assert refused.status_code == 422
    assert 'value="reason" checked' in refused.text
    assert "적은 까닭" in refused.text
    nothing = officer.post(link, data=GROUND)
    assert nothing.status_code == 422
    assert "지울 글을 목록에서 골라" in nothing.text
    done = officer.post(link, data={"texts": "reason", **GROUND}, follow_redirects=True)
    assert "이미 만들어 둔 묶음" in done.text
    assert "법에 따라 지움" in done.text
    again = officer.post("/erasure/find", data={"words": "홍견본"})
    # The event that told of it repeats the reason: it is found, and goes by itself.
    assert not [link for link in found_links(again.text) if "step_record" in link]
    assert "seq=" in again.text
    assert GROUND["ground"] in officer.get("/erasure").text


def test_too_short_a_word_is_refused_beside_its_field(officer: FlaskClient) -> None:
    answer = officer.post("/erasure/find", data={"words": "홍"})
    assert answer.status_code == 422
    assert "2글자 이상" in answer.text


@pytest.mark.parametrize("place", ["event/1", "row_erasure/1", "score/x", f"score/{'0' * 32}"])
def test_what_is_not_there_is_not_found(officer: FlaskClient, place: str) -> None:
    assert officer.get(f"/erasure/rows/{place}").status_code == 404
    assert officer.post(f"/erasure/rows/{place}", data=GROUND).status_code == 404


def test_an_erased_file_shows_its_ground_instead_of_a_link(officer: FlaskClient, case: Case) -> None:
    with work():
        file = a_file(project_officer_of(case), case, "other")
    url = f"/cases/{case.number}/evidence"
    assert officer.post(f"/erasure/rows/evidence_file/{file}", data=GROUND).status_code == 302
    client = signed_in(officer, account_of(case))
    page = client.get(url)
    assert "[법에 따라 지움: 개인정보 보호법 제36조]" in page.text
    assert file not in page.text.split("<form")[0]
    taken = client.get(f"{url}/{file}")
    assert taken.status_code == 404
    assert "법에 따라 지운 파일이라" in taken.text

"""The pages of the catalogue: sending a file, its columns, its services, two loads, names."""

from __future__ import annotations

import io
import re

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from procurement.domain.access import Role
from tests.support.factories import an_account, event_kinds, post, signed_in

pytestmark = pytest.mark.usefixtures("db_session")

CSV = "이름,회사,가격\n표본 문서 가,표본기업 가,1000\n표본 문서 나,표본기업 나,\n"


@pytest.fixture
def officer(client: FlaskClient) -> FlaskClient:
    """A browser of somebody who may load a catalogue."""
    return signed_in(client, an_account(Role.PROJECT_OFFICER))


def send(client: FlaskClient, text: str = CSV) -> TestResponse:
    """Send a file."""
    data = {"file": (io.BytesIO(text.encode()), "목록.csv")}
    return post(client, "/catalogue/new", data, content_type="multipart/form-data")


def token_of(answer: TestResponse, client: FlaskClient) -> str:
    """The sealed name of the file that was sent."""
    page = client.get(answer.headers["Location"]).text
    found = re.search(r'name="file" value="([^"]+)"', page)
    assert found is not None
    return found.group(1)


def test_a_file_is_sent_its_columns_are_mapped_and_its_services_are_seen(officer: FlaskClient) -> None:
    sent = send(officer)
    token = token_of(sent, officer)
    missing = post(officer, "/catalogue/columns", {"file": token, "provider_name": "회사"})
    assert missing.status_code == 422
    assert "서비스명 열을 연결해 주세요" in missing.text
    mapped = {"file": token, "service_name": "이름", "provider_name": "회사", "price_won": "가격"}
    assert post(officer, "/catalogue/columns", mapped).headers["Location"].endswith("/catalogue/loads/1")
    assert event_kinds(None)[-1] == "catalogue.loaded"
    page = officer.get("/catalogue/loads/1?q=문서&sort=price").text
    assert "표본 문서 가" in page
    assert "1,000원" in page
    assert "확인 필요" in page
    assert "목록.csv" in officer.get("/catalogue").text


def test_a_column_stands_for_one_thing(officer: FlaskClient) -> None:
    token = token_of(send(officer), officer)
    twice = {"file": token, "service_name": "이름", "provider_name": "이름"}
    answer = post(officer, "/catalogue/columns", twice)
    assert answer.status_code == 422
    assert "두 곳에 연결했습니다" in answer.text


def test_a_file_that_is_no_table_is_refused_on_the_spot(officer: FlaskClient) -> None:
    answer = send(officer, "그냥 글")
    assert answer.status_code == 422
    assert "열 이름" in answer.text


def test_only_who_sent_a_file_goes_on_with_it(officer: FlaskClient) -> None:
    token = token_of(send(officer), officer)
    other = signed_in(officer.application.test_client(), an_account(Role.CONTRACT_OFFICER))
    assert other.get(f"/catalogue/columns?file={token}").status_code == 404
    assert officer.get("/catalogue/columns?file=made-up").status_code == 404


def test_two_loads_are_compared(officer: FlaskClient) -> None:
    for text in (CSV, CSV.replace("1000", "2000").replace("표본 문서 나", "표본 문서 다")):
        token = token_of(send(officer, text), officer)
        mapped = {"file": token, "service_name": "이름", "provider_name": "회사", "price_won": "가격"}
        post(officer, "/catalogue/columns", mapped)
    page = officer.get("/catalogue/difference?from=1&to=2").text
    assert "새로 생긴 서비스 1개" in page
    assert "없어진 서비스 1개" in page
    assert "바뀐 서비스 1개" in page
    assert "2,000원" in page
    assert officer.get("/catalogue/difference?from=1&to=9").status_code == 404


def test_a_name_is_added_and_shown(officer: FlaskClient) -> None:
    assert post(officer, "/catalogue/names", {"name": " ", "kind": "company"}).status_code == 422
    sent = {"name": "표본오피스", "aliases": "샘플오피스, SampleOffice", "kind": "service"}
    assert post(officer, "/catalogue/names", sent).status_code == 302
    assert "샘플오피스, SampleOffice" in officer.get("/catalogue/names").text
    again = post(officer, "/catalogue/names", sent)
    assert again.status_code == 409
    assert "이미 있는 이름입니다" in again.text


def test_an_auditor_looks_and_does_not_load(client: FlaskClient) -> None:
    auditor = signed_in(client, an_account(Role.AUDITOR))
    assert auditor.get("/catalogue").status_code == 200
    assert auditor.get("/catalogue/new").status_code == 403
    assert send(auditor).status_code == 403


def test_an_evaluator_has_no_catalogue(client: FlaskClient) -> None:
    assert signed_in(client, an_account(Role.EVALUATOR)).get("/catalogue").status_code == 403

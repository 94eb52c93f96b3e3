"""The evidence page: uploading with and without scripts, replacing, downloading."""

from __future__ import annotations

import io

import pytest
from flask import Flask
from flask.testing import FlaskClient

from procurement.domain.access import Role
from procurement.models import Case
from tests.support.factories import a_case, an_account, event_kinds, post, signed_in

pytestmark = pytest.mark.usefixtures("db_session")

JSON = {"Accept": "application/json"}


@pytest.fixture
def case(client: FlaskClient, app: Flask) -> Case:
    """A case whose officer is signed in."""
    officer = an_account(Role.PROJECT_OFFICER, Role.CONTRACT_OFFICER)
    signed_in(client, officer)
    return a_case(officer, officer)


def a_file(text: str = "표본 증빙", name: str = "표본.txt") -> tuple[io.BytesIO, str]:
    """A file as a form sends it."""
    return io.BytesIO(text.encode()), name


def url_of(case: Case) -> str:
    """Address of the evidence page."""
    return f"/cases/{case.number}/evidence"


def test_an_empty_list_says_where_files_come_from(client: FlaskClient, case: Case) -> None:
    page = client.get(url_of(case)).text
    assert "아직 올린 증빙이 없습니다" in page
    assert "올리기</button>" in page


def test_a_file_is_uploaded_by_the_form_alone(client: FlaskClient, case: Case) -> None:
    answer = post(client, url_of(case), {"file": a_file(), "purpose": "quote", "step": "selection"})
    assert answer.status_code == 302
    page = client.get(url_of(case)).text
    assert "표본.txt" in page
    assert "견적서" in page
    assert event_kinds(case)[-1] == "evidence.attached"


def test_a_file_is_uploaded_by_a_script_and_its_id_comes_back(client: FlaskClient, case: Case) -> None:
    answer = post(client, f"{url_of(case)}?purpose=other&step=budget", {"file": a_file()}, headers=JSON)
    assert answer.status_code == 200
    assert answer.json is not None
    assert answer.json["file_name"] == "표본.txt"
    with client.get(f"{url_of(case)}/{answer.json['evidence_id']}") as file:
        assert file.data == "표본 증빙".encode()


@pytest.mark.parametrize("headers", [{}, JSON])
@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"purpose": "quote"}, "올릴 파일을 골라 주세요"),
        ({"file": a_file("")}, "빈 파일"),
        ({"file": a_file(), "purpose": "anything"}, "무엇의 증빙인지"),
    ],
)
def test_a_file_that_cannot_be_taken_is_refused_with_a_sentence(
    client: FlaskClient, case: Case, headers: dict[str, str], fields: dict[str, object], sentence: str
) -> None:
    sent = {"purpose": "quote", **fields}
    if "file" in sent:
        sent["file"] = a_file("" if "빈" in sentence else "표본")
    answer = post(client, url_of(case), sent, headers=headers)
    assert answer.status_code == 422
    assert sentence in (answer.json["message"] if headers and answer.json else answer.text)
    assert event_kinds(case) == ["case.opened"]


def test_a_file_is_replaced_with_a_reason_and_the_old_one_stays(client: FlaskClient, case: Case) -> None:
    first = post(client, f"{url_of(case)}?purpose=other", {"file": a_file()}, headers=JSON)
    assert first.json is not None
    fields = {"purpose": "other", "supersedes": first.json["evidence_id"], "reason": ""}
    refused = post(client, url_of(case), {**fields, "file": a_file("바른 글", "바른.txt")})
    assert refused.status_code == 422
    assert "대체하는 사유를 적어 주세요" in refused.text
    taken = post(
        client, url_of(case), {**fields, "reason": "잘못 올림", "file": a_file("바른 글", "바른.txt")}
    )
    assert taken.status_code == 302
    page = client.get(url_of(case)).text
    assert "대체된 파일 1개" in page
    assert "잘못 올림" in page
    with client.get(f"{url_of(case)}/{first.json['evidence_id']}") as file:
        assert file.status_code == 200


def test_a_download_is_an_attachment_and_is_told_of(client: FlaskClient, case: Case) -> None:
    sent = post(
        client, f"{url_of(case)}?purpose=other", {"file": a_file("<script>", "표본.html")}, headers=JSON
    )
    assert sent.json is not None
    with client.get(f"{url_of(case)}/{sent.json['evidence_id']}") as answer:
        assert answer.data == b"<script>"
    assert answer.headers["Content-Disposition"].startswith("attachment;")
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.mimetype == "application/octet-stream"
    assert event_kinds(case)[-1] == "evidence.downloaded"


@pytest.mark.parametrize("name", ["../../etc/passwd", "a/b.txt", "C:\\a\\b.txt"])
def test_a_name_is_only_a_label(client: FlaskClient, case: Case, name: str) -> None:
    sent = post(client, f"{url_of(case)}?purpose=other", {"file": a_file("글", name)}, headers=JSON)
    assert sent.json is not None
    assert "/" not in sent.json["file_name"]
    assert "\\" not in sent.json["file_name"]


def test_a_file_that_is_not_there_is_not_found(client: FlaskClient, case: Case) -> None:
    answer = client.get(f"{url_of(case)}/00000000-0000-0000-0000-000000000000")
    assert answer.status_code == 404
    assert event_kinds(case) == ["case.opened"]


def test_an_auditor_reads_and_does_not_upload(client: FlaskClient, case: Case) -> None:
    signed_in(client, an_account(Role.AUDITOR))
    assert "올리기</button>" not in client.get(url_of(case)).text
    answer = post(client, url_of(case), {"file": a_file(), "purpose": "quote"})
    assert answer.status_code == 403

"""⑦ on its page: the due day and how it was counted, registration, corrections, completion."""

import html
import re

import pytest
from flask.testing import FlaskClient

from procurement.services import contract, records
from tests.support import contracting
from tests.support.awarded import Awarded, account_of
from tests.support.awarded import awarded as awarded
from tests.support.factories import post, signed_in, work


@pytest.fixture
def concluded(awarded: Awarded) -> Awarded:
    with work():
        contracting.complete_contract(awarded.officer, awarded.case, awarded.approver)
    return awarded


@pytest.fixture
def officer(awarded: Awarded, client: FlaskClient) -> FlaskClient:
    return signed_in(client, account_of(awarded.officer))


def url(at: Awarded, page: str = "") -> str:
    return f"/cases/{at.case.number}/registration{page}"


def text_of(page: str) -> str:
    return html.unescape(re.sub(r"<[^>]+>", " ", page))


def test_the_page_waits_for_the_contract(awarded: Awarded, officer: FlaskClient) -> None:
    assert "체결한 계약이 없습니다" in officer.get(url(awarded)).text


def test_the_due_day_is_shown_with_its_reason(concluded: Awarded, officer: FlaskClient) -> None:
    page = text_of(officer.get(url(concluded)).text)
    assert "2026. 2. 2." in page
    assert "일요일" in page
    assert "아직 하지 않음" in page


def test_a_registration_is_recorded_and_the_step_completed(concluded: Awarded, officer: FlaskClient) -> None:
    with work():
        proof = contracting.a_paper(concluded.officer, concluded.case, "registration")
    sent = {"registered_on": "20260105", "evidence_id": ["", proof]}
    assert post(officer, url(concluded, "/initial"), sent).status_code == 302
    page = officer.get(url(concluded)).text
    assert "이 단계 완료" in page
    assert f"/evidence/{proof}" in page
    assert post(officer, url(concluded, "/complete")).status_code == 302


@pytest.mark.parametrize(
    ("sent", "sentence"),
    [
        ({"registered_on": ""}, "등록한 날을 적어 주세요"),
        ({"registered_on": "어제"}, "날짜로 읽을 수 없습니다"),
        ({"registered_on": "20260203"}, "늦은 사유를 적어 주세요"),
        ({"registered_on": "20251231"}, "빠릅니다"),
    ],
)
def test_a_registration_that_is_not_whole_says_what_is_wrong(
    concluded: Awarded, officer: FlaskClient, sent: dict[str, str], sentence: str
) -> None:
    answer = post(officer, url(concluded, "/initial"), sent)
    assert answer.status_code == 422
    assert sentence in text_of(answer.text)
    assert concluded.facts.registration.initial is None


def test_an_amendment_asks_for_its_correction(concluded: Awarded, officer: FlaskClient) -> None:
    with work():
        contracting.complete_registration(concluded.officer, concluded.case)
        contract.amend(concluded.officer, concluded.case, amended_on=records.today(), content="수량 변경")
    page = officer.get(url(concluded)).text
    assert "1차: 수량 변경" in page
    assert post(officer, url(concluded, "/correction"), {"amendment": "1"}).status_code == 422
    sent = {"amendment": "1", "registered_on": records.today().isoformat()}
    assert post(officer, url(concluded, "/correction"), sent).status_code == 302
    assert "변경계약 1차" in text_of(officer.get(url(concluded)).text)
    assert post(officer, url(concluded, "/complete")).status_code == 302


def test_a_mistaken_registration_is_taken_back(concluded: Awarded, officer: FlaskClient) -> None:
    post(officer, url(concluded, "/initial"), {"registered_on": "20260105"})
    thread = concluded.records("registration")[0].thread_id
    assert post(officer, url(concluded, "/withdraw"), {"thread_id": thread, "reason": ""}).status_code == 422
    gone = post(officer, url(concluded, "/withdraw"), {"thread_id": thread, "reason": "날짜 오기"})
    assert gone.status_code == 302
    assert concluded.facts.registration.initial is None


def test_an_approver_reads_and_changes_nothing(concluded: Awarded, client: FlaskClient) -> None:
    judge = signed_in(client, account_of(concluded.approver))
    assert judge.get(url(concluded)).status_code == 200
    for page in ("/initial", "/correction", "/withdraw"):
        assert post(judge, url(concluded, page), {}).status_code == 403

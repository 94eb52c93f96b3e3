"""품의와 결재 on the page: what the approver sees, and that the answer is his."""

from typing import Any

import pytest
from flask.testing import FlaskClient

from procurement.adapters.pdf_sign import SignedPdf
from procurement.domain.facts.contract import ApprovalDecision
from procurement.extensions import db
from procurement.services import approval, approval_bundle, bundle_signature, jobs
from tests.support import contracting
from tests.support.awarded import Awarded, account_of
from tests.support.awarded import awarded as awarded
from tests.support.factories import event_kinds, post, signed_in, work


@pytest.fixture
def asked(awarded: Awarded) -> Awarded:
    with work():
        contracting.ask_approval(awarded.officer, awarded.case)
    return awarded


def url(at: Awarded, page: str = "") -> str:
    return f"/cases/{at.case.number}/contract/approval{page}"


def officer_at(at: Awarded, client: FlaskClient) -> FlaskClient:
    return signed_in(client, account_of(at.officer))


def approver_at(at: Awarded, client: FlaskClient) -> FlaskClient:
    return signed_in(client, account_of(at.approver))


def test_the_page_says_what_to_do_before_anything_is_written(awarded: Awarded, client: FlaskClient) -> None:
    assert "저장한 계약 조건이 없습니다" in officer_at(awarded, client).get(url(awarded)).text


def test_what_stands_in_the_way_is_listed_instead_of_the_button(
    awarded: Awarded, client: FlaskClient
) -> None:
    with work():
        contracting.save_terms(awarded.officer, awarded.case)
    page = officer_at(awarded, client).get(url(awarded)).text
    assert "규칙 K-14" in page
    assert "품의 올리기" not in page


def test_a_request_is_made_and_its_bundle_followed(awarded: Awarded, client: FlaskClient) -> None:
    with work():
        contracting.save_terms(awarded.officer, awarded.case)
        contracting.negotiate(awarded.officer, awarded.case)
    officer = officer_at(awarded, client)
    assert "품의 올리기" in officer.get(url(awarded)).text
    assert post(officer, url(awarded)).status_code == 302
    page = officer.get(url(awarded)).text
    assert 'data-job-state="queued"' in page
    db.session.rollback()
    job = jobs.newest(awarded.case, approval_bundle.BUNDLE_JOB)
    assert job is not None
    told = officer.get(f"/cases/{awarded.case.number}/jobs/{job.job_id}").get_json()
    assert (told["state"], told["progress_percent"], told["download_url"]) == ("queued", 0, None)


def test_a_job_that_made_a_file_names_where_it_is(
    awarded: Awarded, client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Printed:
        data = contracting.SMALL_PDF

    handler = approval_bundle.bundle_handler(lambda _case, _progress: Printed())
    monkeypatch.setattr(jobs, "HANDLERS", {approval_bundle.BUNDLE_JOB: handler})
    with work():
        contracting.save_terms(awarded.officer, awarded.case)
        contracting.negotiate(awarded.officer, awarded.case)
        approval.submit(awarded.officer, awarded.case)
    jobs.run_pending()
    job = jobs.newest(awarded.case, approval_bundle.BUNDLE_JOB)
    assert job is not None
    officer = officer_at(awarded, client)
    told = officer.get(f"/cases/{awarded.case.number}/jobs/{job.job_id}").get_json()
    assert (told["state"], told["progress_percent"]) == ("done", 100)
    with officer.get(told["download_url"]) as file:
        assert file.data == contracting.SMALL_PDF


def test_the_approver_sees_what_from_whom_why_and_how_much_on_one_page(
    asked: Awarded, client: FlaskClient
) -> None:
    page = approver_at(asked, client).get(url(asked)).text
    terms = asked.facts.contract.terms
    assert terms is not None
    for word in (terms.service_names[0], terms.provider_name, "12,350,000", "총점", "92.00", "살펴볼 것"):
        assert word in page, word
    assert "증빙자료 묶음 내려받기" in page
    assert asked.approval.bundle_digest in page
    assert "결정 보내기" in page
    assert "전자서명" not in page


def test_the_approver_is_told_when_the_signature_was_not_stamped(asked: Awarded, client: FlaskClient) -> None:
    with work():
        bundle_signature.record(asked.case, SignedPdf(contracting.SMALL_PDF, unstamped="답이 없습니다."))
    assert "시각 인증을 받지 못했습니다. 답이 없습니다." in approver_at(asked, client).get(url(asked)).text


def decide(client: FlaskClient, at: Awarded, **changes: Any) -> Any:
    sent = {"decision": "approved", "bundle_digest": at.approval.bundle_digest, "opinion": "", **changes}
    return post(client, url(at, f"/{at.approval.number}/answer"), sent)


@pytest.mark.parametrize("decision", list(ApprovalDecision))
def test_the_answer_is_recorded(asked: Awarded, client: FlaskClient, decision: ApprovalDecision) -> None:
    judge = approver_at(asked, client)
    assert decide(judge, asked, decision=decision.value, opinion="확인함").status_code == 302
    assert asked.facts.contract.approvals[-1].decision is decision
    assert "확인함" in judge.get(url(asked)).text


@pytest.mark.parametrize(
    ("changes", "status", "sentence"),
    [
        ({"decision": ""}, 422, "결재와 반려 가운데"),
        ({"decision": "returned"}, 422, "반려하는 까닭"),
        ({"bundle_digest": "0" * 64}, 409, "보신 증빙 묶음과"),
    ],
)
def test_an_answer_that_cannot_be_taken_says_why(
    asked: Awarded, client: FlaskClient, changes: dict[str, str], status: int, sentence: str
) -> None:
    answer = decide(approver_at(asked, client), asked, **changes)
    assert answer.status_code == status
    assert sentence in answer.text
    assert asked.approval.decision is None


def test_the_officer_cannot_answer_for_the_approver(asked: Awarded, client: FlaskClient) -> None:
    answer = decide(officer_at(asked, client), asked)
    assert answer.status_code == 403
    assert asked.approval.decision is None
    assert event_kinds(asked.case)[-1] == "act.refused"


def test_the_approver_cannot_submit_or_take_back(asked: Awarded, client: FlaskClient) -> None:
    judge = approver_at(asked, client)
    for page in ("", "/withdraw", "/bundle"):
        assert post(judge, url(asked, page), {"reason": "까닭"}).status_code == 403


def test_a_request_is_taken_back_with_a_reason(asked: Awarded, client: FlaskClient) -> None:
    officer = officer_at(asked, client)
    assert post(officer, url(asked, "/withdraw"), {"reason": ""}).status_code == 422
    assert post(officer, url(asked, "/withdraw"), {"reason": "금액 오기"}).status_code == 302
    page = officer.get(url(asked)).text
    assert "효력 없음" in page
    assert "금액 오기" in page


def test_a_bundle_that_is_there_is_not_made_again(asked: Awarded, client: FlaskClient) -> None:
    assert post(officer_at(asked, client), url(asked, "/bundle")).status_code == 409


def test_a_request_that_is_not_there_is_not_answered(asked: Awarded, client: FlaskClient) -> None:
    judge = approver_at(asked, client)
    assert post(judge, url(asked, "/9/answer"), {"decision": "approved"}).status_code == 404

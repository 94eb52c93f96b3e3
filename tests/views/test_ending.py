"""⑨ The pages of the end, as the project officer sends them."""

from __future__ import annotations

import io
from typing import Any

import pytest
from flask.testing import FlaskClient

from procurement.domain.facts.ending import (
    CLOSING_NOTICE_ITEMS,
    END_NOTICE_ITEMS,
    EndingKind,
    ExpiryOutcome,
    FaultGround,
    NoticeChannel,
)
from procurement.domain.rules.base import Outcome
from procurement.domain.steps import Step
from procurement.extensions import db
from procurement.models import Account, Case
from procurement.services import case_facts, ending, workflow
from tests.support.concluded import a_concluded_case
from tests.support.factories import event_kinds, post, project_officer_of, signed_in, work
from tests.support.using import complete_monitoring

EXPIRY = {
    "draft_version": "0",
    "kind": "expiry",
    "expiry_outcome": "end",
    "end_on": "2023. 12. 31.",
    "notice-received_on": "2023-11-24",
    "notice-channel": "email",
    "notice-items": [item.value for item in END_NOTICE_ITEMS],
    "data-returned_on": "2023-12-20",
    "data-usable": "y",
    "data-return_checked_by": "표본 사업담당자",
    "data-destroyed_on": "2023-12-28",
    "data-beyond_recovery": "y",
}


@pytest.fixture
def case(db_session: Any) -> Case:
    """A case in use and registered."""
    return a_concluded_case(registered=True)


@pytest.fixture
def officer(case: Case, client: FlaskClient) -> FlaskClient:
    """Its project officer, signed in."""
    return signed_in(client, db.session.get_one(Account, case.project_officer_id))


@pytest.fixture
def here(case: Case) -> str:
    """Address of ⑨ of the case."""
    return f"/cases/{case.number}/ending"


def plan_of(case: Case) -> Any:
    """The plan as committed."""
    db.session.rollback()
    return case_facts.load(case).ending.plan


def upload(officer: FlaskClient, case: Case, name: str, purpose: str) -> str:
    """Send a file by itself; its id."""
    answer = post(
        officer,
        f"/cases/{case.number}/evidence?purpose={purpose}&step=ending",
        {"file": (io.BytesIO(f"{name}의 내용".encode()), name)},
        headers={"Accept": "application/json", "X-Requested-With": "XMLHttpRequest"},
    )
    return str(answer.get_json()["evidence_id"])


def test_the_form_proposes_the_day_that_the_contract_ends(officer: FlaskClient, here: str) -> None:
    page = officer.get(here)
    assert page.status_code == 200
    assert 'value="2023. 12. 31."' in page.text
    assert "통지에 들어 있는 사항" in page.text


def test_every_part_of_the_form_is_there_without_scripts(officer: FlaskClient, here: str) -> None:
    page = officer.get(here).text
    for name in ("by_provider_fault", "closing_notice-items", "migration_budget_won", "deposit_amount_paid"):
        assert f'name="{name}"' in page


def test_an_expiry_is_saved_whole_and_shown_again(officer: FlaskClient, case: Case, here: str) -> None:
    proof = {
        "notice-evidence_id": ["", upload(officer, case, "통지.txt", "end_notice")],
        "data-return_evidence_id": upload(officer, case, "인수.txt", "data_return"),
        "data-destruction_evidence_id": upload(officer, case, "파기.txt", "data_destruction"),
    }
    answer = post(officer, here, {**EXPIRY, **proof})
    assert (answer.status_code, answer.location) == (302, here)
    plan = plan_of(case)
    assert (plan.kind, plan.expiry_outcome) == (EndingKind.EXPIRY, ExpiryOutcome.END)
    assert (plan.notice.channel, plan.notice.items) == (NoticeChannel.EMAIL, END_NOTICE_ITEMS)
    assert plan.notice.evidence_id == proof["notice-evidence_id"][1]
    found = workflow.findings_for(Step.ENDING, case_facts.load(case))
    assert {f.outcome for f in found if f.rule_id in ("X-1", "X-3", "X-5")} == {Outcome.MET}
    text = officer.get(here).text
    assert "표본 사업담당자" in text
    assert text.count("통지.txt") >= 2


def test_the_same_plan_again_appends_nothing(officer: FlaskClient, case: Case, here: str) -> None:
    post(officer, here, EXPIRY)
    before = event_kinds(case)
    assert post(officer, here, {**EXPIRY, "draft_version": "1"}).status_code == 302
    assert event_kinds(case) == before


def test_a_termination_for_the_providers_fault_carries_its_grounds(
    officer: FlaskClient, case: Case, here: str
) -> None:
    sent = {
        "draft_version": "0",
        "kind": "termination",
        "end_on": "20231031",
        "immediate": "y",
        "by_provider_fault": "yes",
        "fault_grounds": ["bankruptcy", "sla", "unknown"],
        "ground_text": "7월부터 서비스를 제공하지 못함",
        "provider_closes_business": "y",
        "closing_notice-received_on": "20230901",
        "closing_notice-channel": "post",
        "closing_notice-items": [item.value for item in CLOSING_NOTICE_ITEMS],
        "closing_notice-posted_on_site": "y",
        "data-impossible_reason": "관재인에게 두 차례 요구했으나 서버가 꺼져 있음",
    }
    assert post(officer, here, sent).status_code == 302
    plan = plan_of(case)
    assert plan.fault_grounds == (FaultGround.SLA, FaultGround.BANKRUPTCY)
    assert plan.immediate
    assert plan.closing_notice.items == CLOSING_NOTICE_ITEMS
    assert plan.closing_notice.posted_on_site
    found = workflow.findings_for(Step.ENDING, case_facts.load(case))
    assert {f.outcome for f in found if f.rule_id == "X-2"} == {Outcome.MET}
    assert {f.outcome for f in found if f.rule_id == "X-4"} <= {Outcome.MET}
    assert {f.outcome for f in found if f.rule_id == "X-5"} == {Outcome.JUSTIFIED}


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"end_on": "2023-13-01"}, "13월은 없는 달"),
        ({"notice-received_on": ""}, "통지받은 날을 적어 주세요"),
        ({"notice-channel": ""}, "어떤 방법으로 받았는지"),
        ({"migration_budget_won": "백만"}, "금액"),
        ({"data-return_evidence_id": "not-a-file"}, "이 건의 증빙이 아닙니다"),
    ],
)
def test_what_cannot_be_read_is_told_and_the_rest_kept(
    officer: FlaskClient, case: Case, here: str, changes: dict[str, str], sentence: str
) -> None:
    answer = post(officer, here, {**EXPIRY, **changes})
    assert answer.status_code == 422
    assert sentence in answer.text
    assert "표본 사업담당자" in answer.text
    assert plan_of(case) is None


def test_what_is_typed_is_judged_before_it_is_saved(officer: FlaskClient, case: Case, here: str) -> None:
    """What is still to do stands in the list; what is wrong stands beside its field as well."""
    answer = post(officer, f"{here}/check", {**EXPIRY, "expiry_outcome": "", "end_on": "2099-01-01"})
    assert "만료 뒤에 어떻게 할지 없습니다" in answer.text
    assert 'data-field-message="expiry_outcome"' not in answer.text
    assert 'data-field-message="end_on"' in answer.text
    assert plan_of(case) is None


def test_two_editors_see_both_texts(officer: FlaskClient, here: str) -> None:
    post(officer, here, EXPIRY)
    mine = {**EXPIRY, "expiry_outcome": "renewal", "notice-items": ["end_time", "contact"]}
    answer = post(officer, here, mine)
    assert answer.status_code == 409
    assert "재계약" in answer.text
    assert "계약 종료 일시, 담당부서 및 연락처" in answer.text


def test_a_line_is_marked_on_its_own_page(officer: FlaskClient, case: Case, here: str) -> None:
    page = officer.get(f"{here}/lines/decide")
    assert "재계약, 신규계약, 계약 종료 가운데" in page.text
    assert project_officer_of(case).name in page.text
    wrong = post(officer, f"{here}/lines/decide", {"done_on": "", "done_by": "나", "note": "회의함"})
    assert (wrong.status_code, "회의함" in wrong.text) == (422, True)
    sent = {"done_on": "2023-10-02", "done_by": "표본 사업담당자", "note": "회의함"}
    answer = post(officer, f"{here}/lines/decide", sent)
    assert (answer.status_code, answer.location) == (302, f"/cases/{case.number}/checklist")
    assert "회의함" in officer.get(answer.location).text
    again = post(officer, f"{here}/lines/decide", sent)
    assert (again.status_code, "이미 표시한" in again.text) == (409, True)


def test_a_line_that_is_not_there_has_no_page(officer: FlaskClient, here: str) -> None:
    assert officer.get(f"{here}/lines/unknown").status_code == 404
    assert officer.get(f"{here}/promises/9").status_code == 404


def test_the_line_of_a_promise_leads_to_the_promise(officer: FlaskClient, case: Case, here: str) -> None:
    answer = officer.get(f"{here}/lines/promise_1")
    assert answer.location == f"{here}/promises/1"
    assert "이용정보 파기 확인서 제출" in officer.get(answer.location).text
    sent = {"version": "0", "kept": "no", "confirmed_on": "2023-12-28", "note": ""}
    wrong = post(officer, answer.location, sent)
    assert (wrong.status_code, "어떻게 조치했는지" in wrong.text) == (422, True)
    assert post(officer, answer.location, {**sent, "note": "직접 파기함"}).status_code == 302
    assert "직접 파기함" in officer.get(f"{here}/promises").text
    corrected = {**sent, "version": "1", "kept": "yes", "reason": "나중에 제출함"}
    assert post(officer, answer.location, corrected).status_code == 302
    assert "promise.revised" in event_kinds(case)


def test_a_mark_is_taken_back_with_a_reason(officer: FlaskClient, case: Case, here: str) -> None:
    post(officer, f"{here}/lines/decide", {"done_on": "2023-10-02", "done_by": "표본 사업담당자"})
    db.session.rollback()
    url = f"{here}/records/{ending.mark_records(case)['decide'].thread_id}/withdraw"
    assert "취소합니다" in officer.get(url).text
    assert post(officer, url, {"reason": ""}).status_code == 422
    assert post(officer, url, {"reason": "잘못 표시함"}).status_code == 302
    assert event_kinds(case)[-1] == "checklist_mark.withdrawn"


def test_completing_the_end_closes_the_case(officer: FlaskClient, case: Case, here: str) -> None:
    with work():
        complete_monitoring(project_officer_of(case), case)
    post(officer, here, {**EXPIRY, "expiry_outcome": "renewal"})
    refused = post(officer, f"{here}/complete")
    assert refused.status_code == 409
    for place in (0, 1):
        sent = {"version": "0", "kept": "yes", "confirmed_on": "2023-12-28"}
        post(officer, f"{here}/promises/{place}", sent)
    assert post(officer, f"{here}/complete").status_code == 302
    db.session.rollback()
    db.session.refresh(case)
    assert case.closed_at is not None
    assert "완료한 단계입니다" in officer.get(here).text
    assert ">표시<" not in officer.get(f"/cases/{case.number}/checklist").text

"""⑧ The pages of use, as the project officer sends them."""

from __future__ import annotations

import io
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient

from procurement.domain.access import Role
from procurement.domain.errors import InvalidInput
from procurement.extensions import db
from procurement.forms.record_fields import parse_moment
from procurement.models import Account, Case
from procurement.services import case_facts, faults, monitoring, record_guards
from tests.domain.rules.good_later import good_sla
from tests.services.test_monitoring import GIVEN, TARGET_MISSED, a_demand, reported, seoul
from tests.support.concluded import a_concluded_case
from tests.support.factories import (
    an_account,
    event_kinds,
    post,
    project_officer_of,
    signed_in,
    work,
)

MAY = {
    "rows-0-indicator": "availability",
    "rows-0-version": "0",
    "rows-0-value": "99.0",
    "rows-1-indicator": "recovery",
    "rows-1-version": "0",
    "rows-1-value": "6",
    "rows-1-note": "한 번 멈춤",
    "rows-2-indicator": "backup",
    "rows-2-version": "0",
    "rows-2-value": "",
    "received_on": "2023. 6. 5.",
    "reported_by": "표본 제공자 1",
}

FAULT = {
    "grade": "Major",
    "service": "채팅 서버",
    "symptom": "음성이 끊김",
    "notified_at": "2023-06-07 10:00",
}


@pytest.fixture
def case(db_session: Any) -> Case:
    """A case in use."""
    return a_concluded_case()


@pytest.fixture
def officer(case: Case, client: FlaskClient) -> FlaskClient:
    """Its project officer, signed in."""
    return signed_in(client, db.session.get_one(Account, case.project_officer_id))


@pytest.fixture
def here(case: Case) -> str:
    """Address of ⑧ of the case."""
    return f"/cases/{case.number}/monitoring"


def facts_of(case: Case) -> Any:
    """Monitoring as committed."""
    db.session.rollback()
    return case_facts.load(case).monitoring


def test_the_table_holds_every_month_against_the_target(officer: FlaskClient, here: str) -> None:
    page = officer.get(here)
    assert page.status_code == 200
    for text in ("2023-03", "2023-12", "99.5% 이상", "12시간 이하", "실적 적기"):
        assert text in page.text


def test_figures_of_a_month_are_entered_at_once_and_empty_ones_left_for_later(
    officer: FlaskClient, case: Case, here: str
) -> None:
    answer = post(officer, f"{here}/figures/2023-05", MAY)
    assert (answer.status_code, answer.location) == (302, here)
    found = {f.indicator: (f.value_thousandths, f.note) for f in facts_of(case).figures}
    assert found == {"availability": (99_000, ""), "recovery": (6_000, "한 번 멈춤")}
    page = officer.get(here).text
    assert "미달" in page
    assert "개선 요구" in page
    assert "일부 없음" in page


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"rows-0-value": "99.12345"}, "소수 셋째 자리"),
        ({"rows-0-value": "-1"}, "0 이상의 수"),
        ({"rows-0-value": "NaN"}, "0 이상의 수"),
        ({"rows-0-value": "많음"}, "0 이상의 수"),
        ({"received_on": ""}, "자료를 받은 날을 적어"),
        ({"received_on": "어제"}, "날짜로 읽을 수 없습니다"),
        ({"received_on": "2999-01-01"}, "아직 오지 않은 날"),
        ({"rows-0-value": "", "rows-1-value": ""}, "하나 이상"),
        ({"rows-0-version": "3"}, "그사이"),
        ({"evidence_id": "00000000-0000-0000-0000-000000000000"}, "이 건의 증빙이 아닙니다"),
    ],
)
def test_wrong_figures_are_told_and_nothing_typed_is_lost(
    officer: FlaskClient, case: Case, here: str, changes: dict[str, str], sentence: str
) -> None:
    answer = post(officer, f"{here}/figures/2023-05", {**MAY, **changes})
    assert answer.status_code in (409, 422)
    assert sentence in answer.text
    assert "한 번 멈춤" in answer.text
    assert facts_of(case).figures == ()


def test_a_month_outside_the_contract_has_no_page(officer: FlaskClient, here: str) -> None:
    for month in ("2024-01", "2023-02", "없음"):
        assert officer.get(f"{here}/figures/{month}").status_code == 404


def test_availability_is_worked_out_of_downtime_and_nothing_is_kept(
    officer: FlaskClient, case: Case, here: str
) -> None:
    before = event_kinds(case)
    answer = post(officer, f"{here}/figures/2023-06/availability", {**MAY, "down_minutes": "216"})
    assert answer.status_code == 200
    assert 'value="99.5"' in answer.text
    assert "한 번 멈춤" in answer.text
    assert event_kinds(case) == before


@pytest.mark.parametrize(("minutes", "sentence"), [("", "0을 적으세요"), ("50000", "43,200분보다 깁니다")])
def test_downtime_that_cannot_be_is_told(
    officer: FlaskClient, here: str, minutes: str, sentence: str
) -> None:
    answer = post(officer, f"{here}/figures/2023-06/availability", {**MAY, "down_minutes": minutes})
    assert answer.status_code == 422
    assert sentence in answer.text


def test_a_file_sent_by_itself_becomes_the_proof_of_the_figures(
    officer: FlaskClient, case: Case, here: str
) -> None:
    sent = post(
        officer,
        f"/cases/{case.number}/evidence?purpose=monitoring&step=monitoring",
        {"file": (io.BytesIO(b"month,availability\n2023-05,99.0\n"), "5월 보고.csv")},
        headers={"Accept": "application/json", "X-Requested-With": "XMLHttpRequest"},
    )
    evidence_id = sent.get_json()["evidence_id"]
    post(officer, f"{here}/figures/2023-05", {**MAY, "evidence_id": ["", evidence_id]})
    assert {figure.evidence_id for figure in facts_of(case).figures} == {evidence_id}


def test_from_a_missed_target_to_the_demand_its_outcome_and_the_claim(
    officer: FlaskClient, case: Case, here: str
) -> None:
    post(officer, f"{here}/figures/2023-05", MAY)
    demand_page = f"{here}/demands/new/2023-05/availability"
    assert "99.5% 이상" in officer.get(demand_page).text
    sent = {"content": "가용률을 높이세요.", "demanded_on": "20230607", "due_on": "20230630"}
    wrong = post(officer, demand_page, {**sent, "due_on": ""})
    assert (wrong.status_code, "가용률을 높이세요." in wrong.text) == (422, True)
    assert post(officer, demand_page, sent).status_code == 302
    (demand,) = facts_of(case).demands
    answer_page = f"{here}/demands/{demand.demand_id}"
    assert "가용률을 높이세요." in officer.get(answer_page).text
    outcome = {"version": "1", "outcome": "not_improved", "outcome_on": "2023-07-03", "note": "또 멈춤"}
    assert post(officer, answer_page, outcome).status_code == 302
    assert "126,500원" in officer.get(here).text
    claim_page = f"{here}/claims/new/2023-05/availability"
    assert 'value="126,500"' in officer.get(claim_page).text
    assert post(officer, claim_page, {"amount_won": "126,500", "claimed_on": "20230705"}).status_code == 302
    text = officer.get(f"{here}/demands").text
    for part in ("개선되지 않음", "또 멈춤", "126,500원", "× 10%"):
        assert part in text


def test_a_contract_without_a_formula_says_so_and_claims_nothing(
    db_session: Any, client: FlaskClient
) -> None:
    case = a_concluded_case(sla=replace(good_sla(), compensation=()))
    officer = signed_in(client, db.session.get_one(Account, case.project_officer_id))
    with work():
        monitoring.record_figures(project_officer_of(case), case, GIVEN, [TARGET_MISSED])
    here = f"/cases/{case.number}/monitoring"
    assert "계산하지 않습니다" in officer.get(f"{here}/demands").text
    assert "계산하는 보상이 없습니다" in officer.get(f"{here}/claims/new/2023-05/availability").text
    refused = post(
        officer,
        f"{here}/claims/new/2023-05/availability",
        {"amount_won": "1", "claimed_on": "2023-07-05"},
    )
    assert refused.status_code == 409
    assert event_kinds(case)[-1] == "act.refused"


def test_a_fault_is_followed_from_notice_to_close(officer: FlaskClient, case: Case, here: str) -> None:
    sent = {
        "grade": "Major",
        "service": "채팅 서버",
        "symptom": "음성이 끊김",
        "notified_at": "2023-06-07 10:00",
    }
    assert post(officer, f"{here}/faults/new", sent).status_code == 302
    (fault,) = facts_of(case).faults
    assert (fault.number, fault.notified_at) == (1, seoul(6, 7, 10))
    page = f"{here}/faults/{fault.fault_id}"
    for text in ("2023. 6. 7. 16:00", "Major 등급"):
        assert text in officer.get(page).text
    progress = {
        "version": "1",
        "arrived_at": "2023. 6. 7. 오후 5:01",
        "recovered_at": "20230608 0900",
        "cause": "메모리 부족",
        "responsibility": "제공자",
        "reported_on": "2023-06-08",
    }
    assert post(officer, page, progress).status_code == 302
    text = officer.get(page).text
    for part in ("1시간 1분 늦음", "기한 안", "복구 기한을 두 가지로 정합니다"):
        assert part in text
    refused = post(officer, f"{page}/close", {"version": "2"})
    assert refused.status_code == 409
    assert "입회" in refused.text
    assert event_kinds(case)[-1] == "act.refused"
    tested = {**progress, "version": "2", "tested_at": "2023-06-08 10:00", "witness": "표본 사업담당자"}
    assert post(officer, page, tested).status_code == 302
    assert post(officer, f"{page}/close", {"version": "3"}).status_code == 302
    assert facts_of(case).faults[0].closed
    assert post(officer, page, {**tested, "version": "4"}).status_code == 409
    assert post(officer, f"{page}/reopen", {"version": "4", "reason": ""}).status_code == 422
    assert post(officer, f"{page}/reopen", {"version": "4", "reason": "다시 시험함"}).status_code == 302
    assert not facts_of(case).faults[0].closed
    assert "음성이 끊김" in officer.get(f"{here}/faults").text


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"notified_at": "2023-06-07"}, "날짜와 시각을 함께"),
        ({"notified_at": "2023-06-31 10:00"}, "31일이 없습니다"),
        ({"notified_at": "2023-06-07 25:00"}, "하루에 없는 시각"),
        ({"notified_at": ""}, "알린 날짜와 시각을 적어"),
        ({"notified_at": "2999-06-07 10:00"}, "아직 오지 않은 시각"),
        ({"grade": "Extreme"}, "목록에 없는 것입니다"),
        ({"service": " "}, "어느 서비스"),
    ],
)
def test_a_fault_that_cannot_be_is_told_and_nothing_typed_is_lost(
    officer: FlaskClient, case: Case, here: str, changes: dict[str, str], sentence: str
) -> None:
    sent = {
        "grade": "Major",
        "service": "채팅 서버",
        "symptom": "음성이 끊김",
        "notified_at": "2023-06-07 10:00",
    }
    answer = post(officer, f"{here}/faults/new", {**sent, **changes})
    assert answer.status_code == 422
    assert sentence in answer.text
    assert "음성이 끊김" in answer.text
    assert facts_of(case).faults == ()


def test_a_moment_out_of_order_is_told_beside_its_field(officer: FlaskClient, case: Case, here: str) -> None:
    with work():
        thread = str(faults.report(project_officer_of(case), case, reported()).thread_id)
    answer = post(
        officer,
        f"{here}/faults/{thread}",
        {"version": "1", "recovered_at": "2023-06-07 09:00", "cause": "적어 둔 원인"},
    )
    assert answer.status_code == 422
    assert 'id="recovered_at-error"' in answer.text
    assert "적어 둔 원인" in answer.text


@pytest.mark.parametrize(
    "text",
    [
        "2023-09-01 14:05",
        "2023-09-01T14:05",
        "2023-09-01 14:05:30",
        "2023. 9. 1. 14:05",
        "20230901 1405",
        "2023/09/01 14시 5분",
        "2023년 9월 1일 오후 2:05",
        " ２０２３-09-01  14:05 ",
    ],
)
def test_a_time_is_read_as_people_write_it(text: str) -> None:
    assert parse_moment(text) == seoul(9, 1, 14, 5)


@pytest.mark.parametrize(
    ("text", "hour"), [("오전 12:00", 0), ("오후 12:00", 12), ("오전 1시", 1), ("오후 11시", 23)]
)
def test_morning_and_afternoon_are_told_apart(text: str, hour: int) -> None:
    assert parse_moment(f"2023-09-01 {text}") == seoul(9, 1, 0) + timedelta(hours=hour)


@pytest.mark.parametrize(
    "text", ["14:05", "2023-09-01", "2023-09-01 24:00", "2023-09-01 오후 13:00", "내일 10:00"]
)
def test_a_time_that_is_none_is_refused(text: str) -> None:
    with pytest.raises(InvalidInput):
        parse_moment(text)


def test_a_duty_is_confirmed_from_the_list(officer: FlaskClient, case: Case, here: str) -> None:
    page = officer.get(f"{here}/duties").text
    assert "보안서약서 제출" in page
    assert "2023-04 월간 점검과 보고" in page
    url = f"{here}/duties/report?month=2023-04"
    assert "표본 운용부서 책임자" in officer.get(url).text
    sent = {"done_on": "2023-04-28", "confirmed_by": "표본 운용부서 책임자", "note": "한 쪽 보고서"}
    assert post(officer, url, sent).status_code == 302
    assert "한 쪽 보고서" in officer.get(f"{here}/duties").text
    again = post(officer, url, sent)
    assert (again.status_code, "이미 확인한" in again.text) == (409, True)
    assert officer.get(f"{here}/duties/unknown").status_code == 404


@pytest.mark.parametrize(
    ("kind", "sent", "shown"),
    [
        (
            "change",
            {"changed_on": "20230614", "content": "메모리 증설", "approved_by": "표본 팀장"},
            "표본 팀장",
        ),
        (
            "watch",
            {"kind": "credit", "checked_on": "20230614", "content": "등급 하락", "problem": "y"},
            "문제 있음",
        ),
        (
            "notice",
            {"kind": "leak", "received_on": "20230614", "content": "유출 없음", "channel": "전화"},
            "전화",
        ),
    ],
)
def test_changes_looks_and_notices_are_listed_and_can_be_taken_back(
    officer: FlaskClient, case: Case, here: str, kind: str, sent: dict[str, str], shown: str
) -> None:
    wrong = post(officer, f"{here}/watched/{kind}", {**sent, "content": ""})
    assert wrong.status_code == 422
    assert post(officer, f"{here}/watched/{kind}", sent).status_code == 302
    assert shown in officer.get(f"{here}/watched").text
    db.session.rollback()
    (record,) = record_guards.of_kind(case, kind)
    url = f"{here}/records/{record.thread_id}/withdraw"
    assert "취소합니다" in officer.get(url).text
    assert post(officer, url, {"reason": ""}).status_code == 422
    assert post(officer, url, {"reason": "잘못 적음"}).status_code == 302
    assert event_kinds(case)[-1] == f"{kind}.withdrawn"


def test_an_auditor_reads_and_is_offered_nothing_to_write(case: Case, client: FlaskClient, here: str) -> None:
    with work():
        monitoring.record_figures(project_officer_of(case), case, GIVEN, [TARGET_MISSED])
        monitoring.demand_improvement(project_officer_of(case), case, a_demand())
    auditor = signed_in(client, an_account(Role.AUDITOR))
    for path in ("", "/demands", "/faults", "/duties", "/watched"):
        page = auditor.get(f"{here}{path}")
        assert page.status_code == 200
        for offered in ("실적 적기", "고치기", "결과 적기", "장애 기록하기", "변경 적기"):
            assert f">{offered}" not in page.text
    assert auditor.get(f"{here}/figures/2023-05").status_code == 403
    assert post(auditor, f"{here}/watched/change", {"content": "x"}).status_code == 403

"""⑥ on its pages: terms typed and kept, ready sets, negotiation, conclusion, amendment."""

import html
import re
from typing import Any

import pytest
from flask.testing import FlaskClient

from procurement.domain.facts.contract import ClauseKind, DutyTiming, SecretKind
from procurement.extensions import db
from procurement.forms.contract import ContractForm
from procurement.forms.contract_fill import texts_of
from procurement.services import documents, records
from tests.support import contracting
from tests.support.awarded import Awarded, account_of
from tests.support.awarded import awarded as awarded
from tests.support.factories import event_count, post, signed_in, work


@pytest.fixture
def officer(awarded: Awarded, client: FlaskClient) -> FlaskClient:
    """The officer of the case at the screen."""
    return signed_in(client, account_of(awarded.officer))


def url(at: Awarded, page: str = "") -> str:
    return f"/cases/{at.case.number}/contract{page}"


def typed(at: Awarded, **changes: str) -> dict[str, Any]:
    """What a browser sends for terms that are filled in rightly."""
    fields: dict[str, Any] = {"draft_version": "0"}
    data = ContractForm.initial(contracting.good_terms(at.case))
    for name, value in texts_of(ContractForm(data=data)):
        fields.setdefault(name, []).append(value)
    return {**fields, **changes}


def text_of(page: str) -> str:
    return html.unescape(re.sub(r"<[^>]+>", " ", page))


def test_an_unwritten_contract_starts_from_what_is_settled(awarded: Awarded, officer: FlaskClient) -> None:
    page = officer.get(url(awarded)).text
    assert "표본 협업 가온" in page
    assert 'value="1.3"' in page
    assert "차례" in text_of(page)


def test_terms_are_saved_as_typed(awarded: Awarded, officer: FlaskClient) -> None:
    wanted = contracting.good_terms(awarded.case)
    answer = post(officer, url(awarded), typed(awarded))
    assert answer.status_code == 302
    assert awarded.facts.contract.terms == wanted


def test_what_is_saved_is_shown_again_the_same(awarded: Awarded, officer: FlaskClient) -> None:
    post(officer, url(awarded), typed(awarded))
    first = awarded.facts.contract.terms_digest
    post(officer, url(awarded), typed(awarded, draft_version="1"))
    assert awarded.facts.contract.terms_digest == first
    page = officer.get(url(awarded)).text
    assert 'value="99.5"' in page
    assert "계산한 계약보증금" in page


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"delay_rate_millionths": "1.25‰"}, "소수 셋째 자리까지"),
        ({"delay_rate_millionths": "1000.001"}, "0부터 1000까지"),
        ({"security_percent": "101"}, "0부터 100까지"),
        ({"amount_won": "많이"}, "금액"),
        ({"sla-indicators-0-target_thousandths": ""}, "목표 수준을 숫자로"),
        ({"sla-compensation-0-indicator": "없는 지표"}, "위의 지표 이름 가운데"),
        ({"counterpart_check-checked_on": ""}, "확인한 날을 적어"),
        ({"fault_terms-grade_hours-0-hours": ""}, "복구 시간을 적어"),
        ({"duties-0-days": "곧"}, "체결 후 며칠 이내"),
    ],
)
def test_what_cannot_be_read_is_said_beside_its_field_and_nothing_typed_is_lost(
    awarded: Awarded, officer: FlaskClient, changes: dict[str, str], sentence: str
) -> None:
    answer = post(officer, url(awarded), typed(awarded, conditions="손으로 적은 조건", **changes))
    assert answer.status_code == 422
    page = text_of(answer.text)
    assert sentence in page
    assert "손으로 적은 조건" in page
    assert awarded.facts.contract.terms is None


def test_a_rate_of_1_25_per_mille_is_kept_as_1250_millionths(awarded: Awarded, officer: FlaskClient) -> None:
    post(officer, url(awarded), typed(awarded, delay_rate_millionths="1.25"))
    terms = awarded.facts.contract.terms
    assert terms is not None
    assert terms.delay_rate_millionths == 1_250


def test_the_live_check_names_what_the_contract_lacks(awarded: Awarded, officer: FlaskClient) -> None:
    page = post(officer, url(awarded, "/check"), typed(awarded, service_names="표본 협업")).text
    assert 'data-field-message="service_names"' in page


def test_rows_come_and_go_without_scripts(awarded: Awarded, officer: FlaskClient) -> None:
    more = post(officer, url(awarded), typed(awarded, add_row="sla-indicators")).text
    assert "sla-indicators-4-name" in more
    less = post(officer, url(awarded), typed(awarded, remove_row="duties-0")).text
    assert "현장대리인(책임기술자) 선임" not in less
    assert awarded.facts.contract.terms is None


def test_the_ready_set_of_the_task_order_fills_only_what_is_blank(
    awarded: Awarded, officer: FlaskClient
) -> None:
    before = event_count()
    sent = {
        "draft_version": "0",
        "preset": "task_order",
        "leak_sanctions": "우리 기관의 제재",
        "title": "표본 계약",
    }
    assert post(officer, url(awarded, "/preset"), sent).status_code == 302
    page = officer.get(url(awarded)).text
    assert "우리 기관의 제재" in page
    assert "표본 계약" in page
    assert "현장대리인(책임기술자) 선임" in page
    assert "임시저장" in page
    assert event_count() == before


def test_the_ready_sets_make_terms_with_their_figures(awarded: Awarded, officer: FlaskClient) -> None:
    fields: dict[str, Any] = {"draft_version": "0"}
    for name in ("task_order", "clauses", "sla"):
        post(officer, url(awarded, "/preset"), {**fields, "preset": name})
        db.session.rollback()
        draft = documents.draft_of(awarded.officer, awarded.case, "contract")
        assert draft is not None
        fields = {**{key: list(value) for key, value in draft.fields.items()}, "draft_version": "0"}
    assert post(officer, url(awarded), fields).status_code == 302
    terms = awarded.facts.contract.terms
    assert terms is not None
    assert terms.secrets == tuple(SecretKind)
    assert {clause.kind for clause in terms.clauses} == set(ClauseKind)
    clock = terms.fault_terms
    assert clock is not None
    assert (clock.arrival_hours, clock.recovery_hours_after_arrival, clock.recurrence_minutes) == (6, 12, 60)
    assert clock.grade_hours == (("Critical", 12), ("Major", 24), ("Minor", 48))
    by_days = {d.title: d.days for d in terms.duties if d.timing is DutyTiming.AFTER_CONCLUSION}
    assert sorted(days for days in by_days.values() if days) == [7, 7, 14]
    assert {d.confirmed_by for d in terms.duties if d.timing is DutyTiming.MONTHLY} == {"운용부서 책임자"}
    assert [i.key for i in terms.sla.indicators] == [
        "availability",
        "response_time",
        "recovery_time",
        "backup_compliance",
    ]
    assert terms.sla.indicators[0].target_thousandths == 99_500
    assert {tier.indicator for tier in terms.sla.compensation} == {"availability"}


def test_an_unknown_ready_set_is_refused(awarded: Awarded, officer: FlaskClient) -> None:
    assert post(officer, url(awarded, "/preset"), {"preset": "other"}).status_code == 422


def test_terms_with_the_approver_are_shown_closed_and_refused(awarded: Awarded, officer: FlaskClient) -> None:
    with work():
        contracting.ask_approval(awarded.officer, awarded.case)
    page = officer.get(url(awarded)).text
    assert "품의를 올린 계약 조건입니다" in page
    assert '<fieldset class="plain" disabled>' in page
    answer = post(officer, url(awarded), typed(awarded, draft_version="1", conditions="몰래 바꾼 조건"))
    assert answer.status_code == 409
    assert "고칠 수 없습니다" in answer.text
    terms = awarded.facts.contract.terms
    assert terms is not None
    assert "몰래" not in terms.conditions


def test_a_negotiation_is_recorded_and_taken_back(awarded: Awarded, officer: FlaskClient) -> None:
    page = officer.get(url(awarded, "/negotiations")).text
    service = re.search(r'<option value="(1:[^"]+)"', page)
    assert service is not None
    sent = {"service": service[1], "held_on": records.today().isoformat(), "content": "접속 방법 협의"}
    assert post(officer, url(awarded, "/negotiations"), sent).status_code == 302
    assert "접속 방법 협의" in officer.get(url(awarded, "/negotiations")).text
    thread = awarded.records("negotiation")[0].thread_id
    wrong = post(officer, url(awarded, "/negotiations/withdraw"), {"thread_id": thread, "reason": ""})
    assert wrong.status_code == 422
    gone = post(officer, url(awarded, "/negotiations/withdraw"), {"thread_id": thread, "reason": "오기"})
    assert gone.status_code == 302
    assert awarded.facts.contract.negotiations == ()


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"content": ""}, "협상한 내용을 적어 주세요"),
        ({"held_on": ""}, "협상한 날을 적어 주세요"),
        ({"held_on": "2026-13-01"}, "13월"),
        ({"service": "1:none"}, "서비스"),
        ({"disqualified": "y"}, "어떤 결격사유인지"),
    ],
)
def test_a_negotiation_that_is_not_whole_keeps_what_was_typed(
    awarded: Awarded, officer: FlaskClient, changes: dict[str, str], sentence: str
) -> None:
    page = officer.get(url(awarded, "/negotiations")).text
    service = re.search(r'<option value="(1:[^"]+)"', page)
    assert service is not None
    sent = {
        "service": service[1],
        "held_on": records.today().isoformat(),
        "content": "접속 방법 협의",
        **changes,
    }
    answer = post(officer, url(awarded, "/negotiations"), sent)
    assert answer.status_code == 422
    assert sentence in text_of(answer.text)


@pytest.fixture
def approved(awarded: Awarded) -> Awarded:
    with work():
        digest = contracting.ask_approval(awarded.officer, awarded.case)
        contracting.approve(awarded.approver, awarded.case, digest)
    return awarded


def conclusion_of(at: Awarded, **changes: str) -> dict[str, str]:
    with work():
        paper = contracting.a_paper(at.officer, at.case)
    return {
        "contract_number": "표본-2026-001",
        "concluded_on": "2026. 1. 2.",
        "evidence_id": paper,
        "looked_at": "이용지원시스템 화면",
        "still_selected": "y",
        **changes,
    }


def test_a_contract_is_concluded_and_amended_on_its_page(approved: Awarded, officer: FlaskClient) -> None:
    assert "체결 기록" in officer.get(url(approved, "/conclusion")).text
    assert post(officer, url(approved, "/conclusion"), conclusion_of(approved)).status_code == 302
    page = text_of(officer.get(url(approved, "/conclusion")).text)
    assert "표본-2026-001" in page
    assert "2026. 1. 2." in page or "2026. 01. 02." in page
    assert post(officer, url(approved, "/complete")).status_code == 302
    sent = {"amended_on": "20260301", "content": "이용 수량 변경", "amount_won": "13,000,000"}
    assert post(officer, url(approved, "/amendments"), sent).status_code == 302
    page = text_of(officer.get(url(approved, "/conclusion")).text)
    assert "이용 수량 변경" in page
    assert "13,000,000원" in page


@pytest.mark.parametrize(
    ("changes", "status", "sentence"),
    [
        ({"contract_number": ""}, 422, "계약번호를 적어 주세요"),
        ({"concluded_on": "2999-01-01"}, 422, "아직 오지 않은 날"),
        ({"evidence_id": ""}, 422, "계약서"),
        ({"looked_at": ""}, 422, "어느 화면에서 확인했는지"),
        ({"suspended": "y"}, 409, "효력이 정지되어"),
    ],
)
def test_a_conclusion_that_cannot_be_recorded_says_why(
    approved: Awarded, officer: FlaskClient, changes: dict[str, str], status: int, sentence: str
) -> None:
    answer = post(officer, url(approved, "/conclusion"), conclusion_of(approved, **changes))
    assert answer.status_code == status
    assert sentence in text_of(answer.text)
    assert approved.facts.contract.conclusion is None


def test_an_amendment_that_is_not_whole_keeps_what_was_typed(awarded: Awarded, officer: FlaskClient) -> None:
    with work():
        contracting.complete_contract(awarded.officer, awarded.case, awarded.approver)
    sent = {"amended_on": "20250101", "content": "이용 수량 변경"}
    answer = post(officer, url(awarded, "/amendments"), sent)
    assert answer.status_code == 422
    assert "체결일보다 빠릅니다" in text_of(answer.text)
    assert "이용 수량 변경" in answer.text


def test_an_approver_reads_the_contract_and_changes_nothing(awarded: Awarded, client: FlaskClient) -> None:
    judge = signed_in(client, account_of(awarded.approver))
    assert judge.get(url(awarded)).status_code == 200
    assert '<fieldset class="plain" disabled>' in judge.get(url(awarded)).text
    for page in ("", "/preset", "/negotiations", "/conclusion", "/amendments"):
        assert post(judge, url(awarded, page), {}).status_code == 403

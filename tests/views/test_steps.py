"""The pages that all steps share: show, check, draft, save, reason, complete, open again."""

from __future__ import annotations

from typing import Any

import pytest
from flask.testing import FlaskClient

from procurement.domain.access import Role
from procurement.domain.steps import Step
from procurement.models import Case, Justification
from procurement.services import documents
from tests.support import factories, walk

BUDGET = {
    "draft_version": "0",
    "lines-0-use": "service_fee",
    "lines-0-account": "rent",
    "lines-0-amount_won": "12,650,000",
    "fee_basis": "flat",
    "payment": "per_period",
    "payment_period": "month",
    "total_won": "12,650,000",
    "vat_included": "yes",
    "planned_start": "20260101",
    "planned_end": "2026. 12. 31.",
    "guidelines": "2026년도 예산 및 기금운용계획 집행지침",
}


@pytest.fixture
def case(db_session: Any) -> Case:
    """A case of one person who is both officers."""
    officer = factories.an_account(Role.PROJECT_OFFICER, Role.CONTRACT_OFFICER, login="officer")
    return factories.a_case(officer, officer)


@pytest.fixture
def officer(case: Case, client: FlaskClient) -> FlaskClient:
    """A browser in which the officer of the case is signed in."""
    return factories.signed_in(client, factories.account_of(case))


def send(client: FlaskClient, path: str, fields: dict[str, str]) -> Any:
    """Post a form with the token of the page."""
    token = factories.csrf_token(client, "/".join([*path.split("/")[:3], "budget"]))
    return client.post(path, data={**fields, "csrf_token": token})


def test_a_saved_form_is_shown_again_as_it_was_typed(officer: FlaskClient, case: Case) -> None:
    answer = send(officer, f"/cases/{case.number}/budget", BUDGET)
    assert answer.status_code == 302
    page = officer.get(f"/cases/{case.number}/budget").text
    assert 'value="12,650,000"' in page
    assert "2026. 12. 31." in page


def test_a_form_that_cannot_be_read_keeps_everything_and_answers_422(
    officer: FlaskClient, case: Case
) -> None:
    answer = send(
        officer, f"/cases/{case.number}/budget", {**BUDGET, "total_won": "많이", "guidelines": "지침 이름"}
    )
    assert answer.status_code == 422
    assert "많이" in answer.text
    assert "지침 이름" in answer.text


def test_the_second_of_two_editors_sees_both_texts_and_keeps_either(officer: FlaskClient, case: Case) -> None:
    url = f"/cases/{case.number}/budget"
    send(officer, url, {**BUDGET, "guidelines": "먼저 저장한 지침"})
    late = send(officer, url, {**BUDGET, "guidelines": "나중에 쓴 지침"})
    assert late.status_code == 409
    assert "먼저 저장한 지침" in late.text
    assert "나중에 쓴 지침" in late.text
    mine = send(
        officer, url, {**BUDGET, "guidelines": "나중에 쓴 지침", "draft_version": "1", "keep": "mine"}
    )
    assert mine.status_code == 302
    assert "나중에 쓴 지침" in officer.get(url).text
    theirs = send(officer, url, {"keep": "theirs", "draft_version": "1"})
    assert theirs.status_code == 302
    assert "나중에 쓴 지침" in officer.get(url).text


def test_a_draft_is_shown_again_and_can_be_thrown_away(officer: FlaskClient, case: Case) -> None:
    url = f"/cases/{case.number}/budget"
    answer = send(officer, url + "/draft", {**BUDGET, "guidelines": "쓰다 만 글"})
    assert answer.status_code == 200
    assert answer.json is not None
    assert "쓰다 만 글" in officer.get(url).text
    send(officer, url + "/draft/drop", {})
    assert "쓰다 만 글" not in officer.get(url).text


def test_a_draft_on_an_older_version_shows_both_texts(officer: FlaskClient, case: Case) -> None:
    url = f"/cases/{case.number}/budget"
    send(officer, url + "/draft", {**BUDGET, "guidelines": "쓰다 만 글"})
    with factories.work():
        walk.save_document(
            factories.project_officer_of(case),
            case,
            Step.BUDGET,
            walk.a_budget_sheet(guidelines="다른 사람의 글"),
        )
    page = officer.get(url)
    assert page.status_code == 409
    assert "쓰다 만 글" in page.text
    assert "다른 사람의 글" in page.text


def test_findings_follow_what_is_typed_and_nothing_is_kept(officer: FlaskClient, case: Case) -> None:
    url = f"/cases/{case.number}/budget"
    short = send(officer, url + "/check", {**BUDGET, "lines-0-amount_won": "1,000,000"})
    assert "규칙 B-6" in short.text
    assert documents.newest(case, Step.BUDGET) is None


def test_a_company_name_in_the_definition_is_named_as_one_types(officer: FlaskClient, case: Case) -> None:
    factories.a_name("두레이", kind="service")
    walk_to_definition(case)
    fields = {"lots-0-lot": "1", "lots-0-purpose": "두레이로 협업한다", "draft_version": "0"}
    answer = send(officer, f"/cases/{case.number}/definition/check", fields)
    assert answer.status_code == 200
    assert "규칙 R-7" in answer.text
    assert "특정 기업·서비스 이름(‘두레이’)" in answer.text
    assert '“<mark class="named">두레이</mark>로 협업한다”' in answer.text


def test_a_name_among_the_planned_words_is_underlined_with_words_to_use_instead(
    officer: FlaskClient, case: Case
) -> None:
    factories.a_name("두레이", kind="service")
    walk_to_definition(case)
    fields = {
        "lots-0-lot": "1",
        "lots-0-functions": "문서를 함께 고치고 화상회의를 한다",
        "lots-0-terms-0-word": "두 레 이",
        "draft_version": "0",
    }
    answer = send(officer, f"/cases/{case.number}/definition/check", fields)
    assert '<mark class="named">두 레 이</mark>' in answer.text
    assert "기능으로 쓴 낱말: 문서, 화상회의" in answer.text


def walk_to_definition(case: Case) -> None:
    """Complete ①."""
    with factories.work():
        walk.complete_budget(factories.project_officer_of(case), case)


def test_a_step_with_gaps_is_not_completed_and_says_what_is_missing(officer: FlaskClient, case: Case) -> None:
    answer = send(officer, f"/cases/{case.number}/budget/complete", {})
    assert answer.status_code == 409
    assert "B-1" in answer.text


def test_a_reason_lets_the_step_go_on_and_is_shown(officer: FlaskClient, case: Case) -> None:
    url = f"/cases/{case.number}/budget"
    send(officer, url, {**BUDGET, "guidelines": ""})
    assert send(officer, url + "/complete", {}).status_code == 409
    answer = send(
        officer,
        url + "/reason",
        {"rule_id": "B-7", "subject": _subject(case, "B-7"), "reason": "지침이 아직 나오지 않았다."},
    )
    assert answer.status_code == 302
    assert send(officer, url + "/complete", {}).status_code == 302
    assert "지침이 아직 나오지 않았다." in officer.get(url).text


def _subject(case: Case, rule_id: str) -> str:
    from procurement.services import case_facts, workflow

    findings = workflow.findings_for(Step.BUDGET, case_facts.load(case))
    return next(f.subject for f in findings if f.rule_id == rule_id)


def test_a_completed_step_refuses_changes_until_it_is_opened_again(officer: FlaskClient, case: Case) -> None:
    walk_to_definition(case)
    url = f"/cases/{case.number}/budget"
    assert send(officer, url, {**BUDGET, "draft_version": "1"}).status_code == 409
    assert send(officer, url + "/reopen", {"reason": " "}).status_code == 422
    assert send(officer, url + "/reopen", {"reason": "금액이 바뀌었다."}).status_code == 302
    assert send(officer, url, {**BUDGET, "draft_version": "1"}).status_code == 302


def test_a_waiting_step_can_be_seen_but_not_saved(officer: FlaskClient, case: Case) -> None:
    url = f"/cases/{case.number}/definition"
    assert "아직 차례가 아닙니다" in officer.get(url).text
    assert send(officer, url, {"lots-0-lot": "1", "draft_version": "0"}).status_code == 409


def test_more_budget_makes_the_definition_stale_and_a_reason_confirms_it(
    officer: FlaskClient, case: Case
) -> None:
    walk_to_definition(case)
    me = factories.project_officer_of(case)
    with factories.work():
        walk.complete_definition(me, case)
    send(officer, f"/cases/{case.number}/budget/reopen", {"reason": "추가경정예산"})
    send(
        officer,
        f"/cases/{case.number}/budget",
        {**BUDGET, "lines-0-amount_won": "20,000,000", "draft_version": "1"},
    )
    assert send(officer, f"/cases/{case.number}/budget/complete", {}).status_code == 302
    url = f"/cases/{case.number}/definition"
    assert "앞 단계가 바뀌었습니다" in officer.get(url).text
    assert send(officer, url + "/complete", {"reason": "요구는 그대로이다."}).status_code == 302
    assert "완료한 단계입니다" in officer.get(url).text


def test_rows_are_added_without_scripts(officer: FlaskClient, case: Case) -> None:
    answer = send(officer, f"/cases/{case.number}/budget", {**BUDGET, "add_row": "lines"})
    assert answer.status_code == 200
    assert 'name="lines-1-amount_won"' in answer.text
    assert documents.newest(case, Step.BUDGET) is None


def test_a_completed_step_shows_what_was_judged_then(officer: FlaskClient, case: Case) -> None:
    send(officer, f"/cases/{case.number}/budget", {**BUDGET, "guidelines": ""})
    fields = {"rule_id": "B-7", "subject": _subject(case, "B-7"), "reason": "지침이 아직 나오지 않았다."}
    send(officer, f"/cases/{case.number}/budget/reason", fields)
    assert send(officer, f"/cases/{case.number}/budget/complete", {}).status_code == 302
    with factories.work():
        # A reason that comes later belongs to another completion.
        row = Justification(
            institution_id=case.institution_id,
            case_id=case.id,
            rule_id="B-7",
            subject=_subject(case, "B-7"),
            number=2,
            text="나중에 쓴 사유",
        )
        factories.db.session.add(row)
    page = officer.get(f"/cases/{case.number}/budget").text
    assert "지침이 아직 나오지 않았다." in page
    assert "나중에 쓴 사유" not in page

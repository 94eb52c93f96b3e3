"""⑤ as its people meet it: the officer's pages, the evaluator's sheet, direct requests refused."""

from __future__ import annotations

import re
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from procurement.domain.access import Actor, Role
from procurement.domain.facts.selection import DecisionKind
from procurement.domain.facts.sourcing import Route
from procurement.domain.selection import scored_services
from procurement.domain.steps import Step, StepState
from procurement.extensions import db
from procurement.models import Case
from procurement.services import case_facts, records, selection_decision, selection_papers
from procurement.services.selection_decision import Choice
from tests.support.at_selection import a_selecting_case
from tests.support.factories import a_case, an_account, event_kinds, post, project_officer_of, signed_in, work
from tests.support.selecting import (
    a_file,
    a_quote,
    account_of,
    an_evaluator,
    ask_all,
    evaluate,
    fix_criteria,
    score_all,
    services_of,
    submit,
)

pytestmark = pytest.mark.usefixtures("db_session")

OFFICER_PAGES = (
    "1/quotes",
    "1/questions",
    "1/materials",
    "1/criteria",
    "1/evaluators",
    "1/outcomes",
    "1/result",
    "1/decision",
)


def at(case: Case, page: str = "") -> str:
    """Address of a page of ⑤."""
    return f"/cases/{case.number}/selection" + (f"/{page}" if page else "")


def evaluation(case: Case, page: str = "") -> str:
    """Address of an evaluator's page."""
    return f"/cases/{case.number}/evaluation" + (f"/{page}" if page else "")


def an_officer(client: FlaskClient, **more: Any) -> tuple[FlaskClient, Actor, Case]:
    """A signed-in project officer of a case whose ⑤ is open."""
    actor, case = a_selecting_case(**more)
    return signed_in(client, account_of(actor)), actor, case


def criteria_fields(**changes: str) -> dict[str, str]:
    """Four criteria as the form sends them."""
    rows = (
        ("cost", "30", "3-1"),
        ("technical", "30", "2-2"),
        ("support", "20", "8-1"),
        ("stability", "20", "7-1"),
    )
    fields = {"averaging": "mean", "minimum": "60", "price_tie": "1"}
    for place, (aspect, weight, clause) in enumerate(rows):
        fields |= {
            f"rows-{place}-title": f"표본 항목 {place + 1}",
            f"rows-{place}-aspect": aspect,
            f"rows-{place}-weight": weight,
            f"rows-{place}-clause": clause,
        }
    return fields | changes


def sheet_fields(case: Case, points: str = "10") -> dict[str, str]:
    """A whole sheet as the form sends it."""
    facts = case_facts.load(case)
    criteria = facts.selection.criteria_of(1)
    assert criteria is not None
    fields = {"set_id": criteria.set_id}
    for row in scored_services(facts, 1):
        for number in range(1, len(criteria.criteria) + 1):
            fields[f"s{row.position}-c{number}-points"] = points
            fields[f"s{row.position}-c{number}-comment"] = f"의견 {row.position}-{number}"
    return fields


def test_every_page_shows_at_every_stage(client: FlaskClient) -> None:
    browser, actor, case = an_officer(client)
    for page in ("", *OFFICER_PAGES):
        assert browser.get(at(case, page)).status_code == 200, page
    with work():
        evaluate(actor, case)
        selection_decision.decide(actor, case, 1, Choice(DecisionKind.AWARD, services_of(case)[0].result_id))
    for page in ("", *OFFICER_PAGES):
        answer = browser.get(at(case, page))
        assert answer.status_code == 200, page
        assert "수요 항목" not in answer.text, page


def test_with_two_lots_each_has_its_own_pages(client: FlaskClient) -> None:
    browser, _actor, case = an_officer(client, lots=2)
    assert "수요 항목 2" in browser.get(at(case)).text
    assert browser.get(at(case, "2/quotes")).status_code == 200
    assert browser.get(at(case, "3/quotes")).status_code == 404


def test_the_central_route_has_its_own_pages(client: FlaskClient) -> None:
    browser, _actor, case = an_officer(client, route=Route.CENTRAL)
    first = services_of(case)[0].result_id
    assert "디지털서비스몰 결과" in browser.get(at(case)).text
    day = records.today().isoformat()
    sent = {"result_id": first, "proposal": "기본제안서", "decided_on": day}
    assert post(browser, at(case, "1/mall"), sent).status_code == 302
    assert "기본제안서" in browser.get(at(case, "1/mall")).text


def test_before_its_turn_the_page_says_what_comes_first(client: FlaskClient) -> None:
    case = a_case()
    browser = signed_in(client, account_of(project_officer_of(case)))
    assert "아직 차례가 아닙니다" in browser.get(at(case)).text
    assert browser.get(at(case, "1/quotes")).status_code == 404


def ticked(page: str) -> list[str]:
    """Services that a request for quotes would go to as the page stands."""
    return re.findall(r'<input checked[^>]* name="result_ids"[^>]*>', page)


def test_the_basket_is_offered_and_everyone_is_still_asked_by_default(client: FlaskClient) -> None:
    browser, _, case = an_officer(client)
    count = len(services_of(case))
    assert post(browser, f"/cases/{case.number}/search/basket/1", {"service": "1"}).status_code == 302
    page = browser.get(at(case, "1/quotes")).text
    assert "바구니에 1개가 담겨" in page
    assert len(ticked(page)) == count
    chosen = browser.get(at(case, "1/quotes?basket=1")).text
    assert len(ticked(chosen)) == 1
    assert "일부에만 요청하면 사유를 적어야 합니다" in chosen


def test_quotes_are_requested_of_all_and_the_page_says_so(client: FlaskClient) -> None:
    browser, _actor, case = an_officer(client)
    everyone = [row.result_id for row in services_of(case)]
    sent = {"result_ids": everyone, "due_on": records.today().isoformat(), "content": "견적을 요청합니다."}
    assert post(browser, at(case, "1/quotes/request"), sent).status_code == 302
    assert "모든 서비스" in browser.get(at(case, "1/quotes")).text


def test_a_wrong_request_keeps_what_was_typed(client: FlaskClient) -> None:
    browser, _actor, case = an_officer(client)
    one = services_of(case)[0].result_id
    sent = {"result_ids": [one], "due_on": "내일쯤", "content": "요청 글 그대로"}
    answer = post(browser, at(case, "1/quotes/request"), sent)
    assert answer.status_code == 422
    assert "요청 글 그대로" in answer.text
    assert "내일쯤" in answer.text


def test_bargaining_is_refused_on_the_page_and_on_the_record(client: FlaskClient) -> None:
    browser, _actor, case = an_officer(client)
    everyone = [row.result_id for row in services_of(case)]
    text = "다른 업체가 제시한 금액보다 낮게 해 주세요."
    sent = {"result_ids": everyone, "question": text, "asked_on": records.today().isoformat()}
    answer = post(browser, at(case, "1/questions"), sent)
    assert answer.status_code == 409
    assert text in answer.text
    assert "act.refused" in event_kinds(case)
    assert "question.added" not in event_kinds(case)
    assert case_facts.load(case).selection.held_back[0].rule_id == "E-5"


def test_a_question_is_asked_and_answered(client: FlaskClient) -> None:
    browser, _actor, case = an_officer(client)
    day = records.today().isoformat()
    everyone = [row.result_id for row in services_of(case)]
    sent = {"result_ids": everyone, "question": "현장지원이 됩니까?", "asked_on": day, "channel": "전자우편"}
    assert post(browser, at(case, "1/questions"), sent).status_code == 302
    thread = re.search(r"questions/([0-9a-f-]{36})", browser.get(at(case, "1/questions")).text)
    assert thread is not None
    page = at(case, f"1/questions/{thread.group(1)}")
    assert browser.get(page).status_code == 200
    assert post(browser, page, {"version": "1", "answer": "됩니다.", "answered_on": day}).status_code == 302
    assert "됩니다." in browser.get(at(case, "1/questions")).text


def test_a_sealed_quote_shows_that_it_came_but_not_how_much(client: FlaskClient) -> None:
    browser, _actor, case = an_officer(client)
    first = services_of(case)[0].result_id
    sent = {
        "version": "0",
        "amount_won": "11,234,567",
        "vat_included": "yes",
        "received_on": records.today().isoformat(),
    }
    assert post(browser, at(case, f"1/quotes/{first}"), sent).status_code == 302
    for page in ("1/quotes", f"1/quotes/{first}"):
        assert "11,234,567" not in browser.get(at(case, page)).text
    assert "봉인" in browser.get(at(case, "1/quotes")).text
    assert post(browser, at(case, "1/quotes/open"), {"reason": "예산 변경에 필요"}).status_code == 302
    assert "11,234,567" in browser.get(at(case, "1/quotes")).text


def test_a_wrong_quote_keeps_what_was_typed(client: FlaskClient) -> None:
    browser, _actor, case = an_officer(client)
    first = services_of(case)[0].result_id
    answer = post(browser, at(case, f"1/quotes/{first}"), {"amount_won": "천만원쯤", "note": "남을 글"})
    assert answer.status_code == 422
    assert "천만원쯤" in answer.text
    assert "남을 글" in answer.text


def test_the_file_of_a_sealed_quote_cannot_be_fetched_directly(client: FlaskClient) -> None:
    browser, actor, case = an_officer(client)
    with work():
        quote = a_quote(actor, case, services_of(case)[0].result_id)
        selection_papers.keep_quote(actor, case, quote)
    file = f"/cases/{case.number}/evidence/{quote.evidence_id}"
    refused = browser.get(file)
    assert refused.status_code == 409
    assert "평가기준" in refused.text
    assert event_kinds(case)[-1] == "act.refused"
    with work():
        fix_criteria(actor, case)
    with browser.get(file) as answer:
        assert answer.status_code == 200


def test_criteria_are_typed_looked_at_and_fixed(client: FlaskClient) -> None:
    browser, _actor, case = an_officer(client)
    asked = post(browser, at(case, "1/criteria"), criteria_fields())
    assert asked.status_code == 200
    assert "예, 확정합니다" in asked.text
    assert case_facts.load(case).selection.criteria == ()
    assert post(browser, at(case, "1/criteria/freeze"), criteria_fields()).status_code == 302
    db.session.rollback()
    criteria = case_facts.load(case).selection.criteria_of(1)
    assert criteria is not None
    assert criteria.tie_break == ("price",)
    assert criteria.minimum_hundredths == 6_000
    assert [c.key for c in criteria.criteria] == ["c1", "c2", "c3", "c4"]


@pytest.mark.parametrize("weight", ["31", "29"])
def test_weights_off_a_hundred_are_not_fixed(client: FlaskClient, weight: str) -> None:
    browser, _actor, case = an_officer(client)
    answer = post(browser, at(case, "1/criteria/freeze"), criteria_fields(**{"rows-0-weight": weight}))
    assert answer.status_code == 422
    assert "배점의 합" in answer.text
    assert "표본 항목 1" in answer.text


@pytest.mark.parametrize("weight", ["0", "-1", "3.5", "많이", "101"])
def test_a_weight_is_a_whole_number_of_points(client: FlaskClient, weight: str) -> None:
    browser, _actor, case = an_officer(client)
    answer = post(browser, at(case, "1/criteria"), criteria_fields(**{"rows-0-weight": weight}))
    assert answer.status_code == 422


def test_the_sum_of_the_weights_is_told_while_typing(client: FlaskClient) -> None:
    browser, _actor, case = an_officer(client)
    answer = post(browser, at(case, "1/criteria/check"), criteria_fields(**{"rows-0-weight": "20"}))
    assert "90점 – 10점을 더하세요" in answer.text


def test_criteria_being_typed_are_kept_and_rows_come_and_go(client: FlaskClient) -> None:
    browser, _actor, case = an_officer(client)
    fields = criteria_fields(**{"rows-0-title": "쓰다 만 항목"})
    assert post(browser, at(case, "1/criteria/draft"), fields).json["saved_at"]
    assert "쓰다 만 항목" in browser.get(at(case, "1/criteria")).text
    more = post(browser, at(case, "1/criteria"), {**fields, "add_row": "rows"})
    assert "rows-4-title" in more.text


@pytest.mark.parametrize("name", ["IaaS", "PaaS", "SaaS", "지원서비스", "융합서비스"])
def test_templates_are_offered(client: FlaskClient, name: str) -> None:
    browser, _actor, case = an_officer(client)
    page = browser.get(at(case, "1/criteria"), query_string={"template": name}).text
    assert "전체 소요비용" in page
    assert "100점" in page


def test_outcomes_start_at_scored_and_are_recorded(client: FlaskClient) -> None:
    browser, _actor, case = an_officer(client)
    fields = {}
    for place, row in enumerate(services_of(case)):
        fields |= {f"rows-{place}-result_id": row.result_id, f"rows-{place}-kind": "scored"}
    fields |= {"rows-2-kind": "excluded", "rows-2-clause": "6-1", "rows-2-reason": "요구한 인증이 없음"}
    assert post(browser, at(case, "1/outcomes"), fields).status_code == 302
    wrong = post(browser, at(case, "1/outcomes"), {**fields, "rows-1-kind": "no_quote"})
    assert wrong.status_code == 409
    assert "요청하지 않았습니다" in wrong.text


def test_an_evaluator_sees_the_sheet_and_nothing_else_of_the_case(client: FlaskClient) -> None:
    actor, case = a_selecting_case()
    with work():
        one = an_evaluator(actor, case)
    browser = signed_in(client, account_of(one))
    assert browser.get(evaluation(case)).status_code == 200
    assert browser.get("/").status_code == 200
    for page in (at(case), at(case, "1/quotes"), at(case, "1/result"), f"/cases/{case.number}"):
        assert browser.get(page).status_code == 403


def test_officers_and_strangers_have_no_sheet(client: FlaskClient) -> None:
    browser, actor, case = an_officer(client)
    with work():
        fix_criteria(actor, case)
        score_all(actor, case)
    assert browser.get(evaluation(case)).status_code == 403
    stranger = signed_in(client, an_account(Role.EVALUATOR))
    assert stranger.get(evaluation(case)).status_code == 403
    assert post(stranger, evaluation(case, "1/submit"), {}).status_code == 403


def test_an_evaluator_declares_scores_and_submits_once(client: FlaskClient) -> None:
    actor, case = a_selecting_case()
    with work():
        ask_all(actor, case)
        selection_papers.keep_quote(actor, case, a_quote(actor, case, services_of(case)[0].result_id))
        fix_criteria(actor, case)
        score_all(actor, case)
        one, _two = an_evaluator(actor, case), an_evaluator(actor, case)
    browser = signed_in(client, account_of(one))
    assert browser.get(evaluation(case, "1")).status_code == 409
    assert post(browser, evaluation(case, "declaration"), {}).status_code == 422
    assert post(browser, evaluation(case, "declaration"), {"has_conflict": "no"}).status_code == 302
    page = browser.get(evaluation(case, "1"))
    assert "12,000,000원" in page.text
    fields = sheet_fields(case)
    assert post(browser, evaluation(case, "1/draft"), {**fields, "s1-c1-comment": "쓰다 만 의견"}).json
    assert "쓰다 만 의견" in browser.get(evaluation(case, "1")).text
    asked = post(browser, evaluation(case, "1/review"), fields)
    assert "예, 제출합니다" in asked.text
    assert "sheet.submitted" not in event_kinds(case)
    assert post(browser, evaluation(case, "1/submit"), fields).status_code == 302
    assert "의견 3-4" in browser.get(evaluation(case, "1")).text
    again = post(browser, evaluation(case, "1/submit"), fields)
    assert again.status_code == 409
    assert event_kinds(case).count("sheet.submitted") == 1


@pytest.mark.parametrize("points", ["", "31", "-1", "십 점", "1.234"])
def test_a_sheet_with_wrong_points_keeps_the_comments(client: FlaskClient, points: str) -> None:
    actor, case = a_selecting_case()
    with work():
        fix_criteria(actor, case)
        score_all(actor, case)
        one = an_evaluator(actor, case)
    browser = signed_in(client, account_of(one))
    post(browser, evaluation(case, "declaration"), {"has_conflict": "no"})
    fields = sheet_fields(case) | {"s2-c1-points": points}
    for page in ("1/review", "1/submit"):
        answer = post(browser, evaluation(case, page), fields)
        assert answer.status_code == 422
        assert "의견 2-1" in answer.text


def test_scores_are_shown_when_the_table_is_closed_and_not_before(app: Flask) -> None:
    actor, case = a_selecting_case()
    with work():
        fix_criteria(actor, case)
        score_all(actor, case)
        one, two = an_evaluator(actor, case), an_evaluator(actor, case)
        submit(one, case)
    officer = signed_in(app.test_client(), account_of(actor))
    other = signed_in(app.test_client(), account_of(two))
    post(other, evaluation(case, "declaration"), {"has_conflict": "no"})
    told = "정의서의 요건과 견주었습니다."
    for browser, page in (
        (officer, at(case, "1/result")),
        (officer, at(case, "1/evaluators")),
        (officer, at(case)),
        (other, evaluation(case)),
        (other, evaluation(case, "1")),
    ):
        answer = browser.get(page)
        assert answer.status_code == 200
        assert told not in answer.text
        assert "92.00" not in answer.text
    with work():
        submit(two, case)
    closed = officer.get(at(case, "1/result")).text
    assert told in closed
    assert "92.00" in closed


def test_an_evaluator_fetches_papers_of_the_evaluation_only(client: FlaskClient) -> None:
    actor, case = a_selecting_case()
    with work():
        quote = a_quote(actor, case, services_of(case)[0].result_id)
        selection_papers.keep_quote(actor, case, quote)
        other = a_file(actor, case, "other")
        one = an_evaluator(actor, case)
    browser = signed_in(client, account_of(one))
    assert browser.get(evaluation(case, f"files/{quote.evidence_id}")).status_code == 409
    assert event_kinds(case)[-1] == "act.refused"
    with work():
        fix_criteria(actor, case)
    with browser.get(evaluation(case, f"files/{quote.evidence_id}")) as answer:
        assert answer.status_code == 200
    assert browser.get(evaluation(case, f"files/{other}")).status_code == 404
    assert "evidence.downloaded" in event_kinds(case)


def test_evaluators_are_named_and_released_on_their_page(client: FlaskClient) -> None:
    browser, _actor, case = an_officer(client)
    person = an_account(Role.EVALUATOR, name="표본 평가위원 가")
    assert post(browser, at(case, "1/evaluators"), {"account_id": str(person.id)}).status_code == 302
    assert post(browser, at(case, "1/evaluators"), {"account_id": str(person.id)}).status_code == 422
    page = at(case, f"1/evaluators/{person.id}/release")
    assert post(browser, page, {"reason": ""}).status_code == 422
    assert post(browser, page, {"reason": "일정이 맞지 않음"}).status_code == 302
    assert "해촉" in browser.get(at(case, "1/evaluators")).text


def test_the_award_is_asked_about_and_only_the_winner_gets_it(client: FlaskClient) -> None:
    browser, actor, case = an_officer(client)
    with work():
        evaluate(actor, case)
    first, second, _ = services_of(case)
    assert post(browser, at(case, "1/decision/review"), {}).status_code == 422
    wanted = {"kind": "award", "result_id": first.result_id}
    assert "예, 결정합니다" in post(browser, at(case, "1/decision/review"), wanted).text
    wrong = post(browser, at(case, "1/decision"), {**wanted, "result_id": second.result_id})
    assert wrong.status_code == 409
    assert "act.refused" in event_kinds(case)
    assert post(browser, at(case, "1/decision"), wanted).status_code == 302
    assert post(browser, at(case, "complete"), {}).status_code == 302
    db.session.rollback()
    assert case_facts.load(case).steps[Step.SELECTION].state is StepState.DONE
    late = post(browser, at(case, "1/decision"), {**wanted, "reason": "다시"})
    assert late.status_code == 409


def test_a_paper_is_withdrawn_with_a_reason(client: FlaskClient) -> None:
    browser, actor, case = an_officer(client)
    with work():
        ask_all(actor, case)
    found = re.search(r'name="thread" value="([0-9a-f-]{36})"', browser.get(at(case, "1/quotes")).text)
    assert found is not None
    sent = {"kind": "quote_request", "thread": found.group(1)}
    for reason in ("", "가" * 20_001):
        refused = post(browser, at(case, "1/withdraw"), {**sent, "reason": reason})
        assert refused.status_code == 422
        assert f'id="why-{found.group(1)}-error"' in refused.text
        assert reason in refused.text
    assert post(browser, at(case, "1/withdraw"), {**sent, "reason": "기한을 잘못 적음"}).status_code == 302


def test_material_is_recorded_with_its_file(client: FlaskClient) -> None:
    browser, actor, case = an_officer(client)
    with work():
        file = a_file(actor, case, "material")
    assert post(browser, at(case, "1/materials"), {"kind": "SLA"}).status_code == 422
    assert post(browser, at(case, "1/materials"), {"kind": "SLA", "evidence_id": file}).status_code == 302
    assert "material.txt" in browser.get(at(case, "1/materials")).text

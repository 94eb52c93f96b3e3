"""⑤ Quotes on their pages: what was sent, how an amount comes about, total cost, seals."""

from __future__ import annotations

import html
import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient

from procurement.domain.facts.quotes import CostLine, CostPart, QuoteRequest
from procurement.extensions import db
from procurement.services import case_facts, records, selection_papers
from tests.support.factories import post, signed_in, work
from tests.support.selecting import a_file, a_quote, fix_criteria, services_of
from tests.support.stages import Scene, Stage
from tests.support.stages import at_stage as at_stage

pytestmark = pytest.mark.one_database

LINES = {
    "lines-0-part": "fee",
    "lines-0-item": "업무 계정",
    "lines-0-unit_price_won": "9,900",
    "lines-0-unit": "명·월",
    "lines-0-quantity": "100",
    "lines-0-times": "12",
    "lines-1-part": "migration",
    "lines-1-item": "자료 이관",
    "lines-1-unit_price_won": "750,000",
    "lines-2-part": "exit",
    "lines-2-item": "값을 비운 줄",
}


def fields(**changes: str) -> dict[str, str]:
    """A quote without VAT as the form sends it."""
    return {"version": "0", "vat_included": "no", "received_on": records.today().isoformat(), **changes}


def page_of(at: Scene, place: int = 0) -> str:
    """Address of the form of a service's quote."""
    return f"{at.url}/selection/1/quotes/{services_of(at.case)[place].result_id}"


def kept(at: Scene) -> Any:
    """The only quote, as committed."""
    db.session.rollback()
    (quote,) = case_facts.load(at.case).selection.quotes
    return quote


def test_lines_make_the_amount_and_the_page_says_how(
    client: FlaskClient, at_stage: Callable[[Stage], Scene]
) -> None:
    at = at_stage(Stage.SELECTING)
    with work():
        fix_criteria(at.officer, at.case)
    browser, url, overview = signed_in(client, at.person), page_of(at), f"{at.url}/selection/1/quotes"
    assert post(browser, url, fields(**LINES, exit_won="200,000")).status_code == 302
    quote = kept(at)
    assert (quote.amount_won, quote.migration_won, quote.exit_won) == (11_880_000, 750_000, 200_000)
    assert quote.lines[0] == CostLine(CostPart.FEE, "업무 계정", 9_900, "명·월", 100, 12)
    assert len(quote.lines) == 2
    page = browser.get(overview).text
    assert "14,113,000원" in page  # 13,068,000 + 825,000 + 220,000
    assert "9,900원 × 100 × 12회 = 11,880,000원" in page
    assert 'class="cost-migration"' in page
    again = browser.get(url).text
    assert 'value="9,900"' in again
    assert 'name="amount_won"' in again


def test_a_total_that_its_lines_do_not_give_comes_back_beside_its_field(
    client: FlaskClient, at_stage: Callable[[Stage], Scene]
) -> None:
    at = at_stage(Stage.SELECTING)
    browser, url = signed_in(client, at.person), page_of(at)
    wrong = post(browser, url, fields(**LINES, amount_won="11,880,001"))
    assert wrong.status_code == 422
    assert "더하면 11,880,000원입니다" in wrong.text
    assert 'value="9,900"' in wrong.text
    assert "이용료가 없습니다" in post(browser, url, fields()).text
    more = post(browser, url, fields(**LINES, add_row="lines"))
    assert "lines-3-unit_price_won" in more.text
    assert case_facts.load(at.case).selection.quotes == ()


def test_the_form_begins_with_the_months_of_the_contract(
    client: FlaskClient, at_stage: Callable[[Stage], Scene]
) -> None:
    at = at_stage(Stage.SELECTING)
    page = signed_in(client, at.person).get(page_of(at)).text
    times = page[page.index('name="lines-0-times"') - 200 : page.index('name="lines-0-times"') + 200]
    assert 'value="12"' in times


def test_nothing_of_an_amount_is_shown_while_the_quotes_are_sealed(
    client: FlaskClient, at_stage: Callable[[Stage], Scene]
) -> None:
    at = at_stage(Stage.SELECTING)
    browser, url, overview = signed_in(client, at.person), page_of(at), f"{at.url}/selection/1/quotes"
    post(browser, url, fields(**LINES, note="봉인된 비고"))
    for page in (overview, url, f"{at.url}/selection", f"{at.url}/record", at.url):
        text = browser.get(page).text
        for secret in ("11,880,000", "13,068,000", "9,900", "11880000", "봉인된 비고"):
            assert secret not in text, (page, secret)


def test_what_was_sent_is_kept_as_text_or_as_a_file(
    client: FlaskClient, at_stage: Callable[[Stage], Scene]
) -> None:
    at = at_stage(Stage.SELECTING)
    with work():
        file = a_file(at.officer, at.case, "quote_request")
    everyone = [row.result_id for row in services_of(at.case)]
    browser, url = signed_in(client, at.person), f"{at.url}/selection/1/quotes"
    sent = {"result_ids": everyone, "due_on": records.today().isoformat()}
    nothing = post(browser, f"{url}/request", sent)
    assert nothing.status_code == 422
    assert "보낸 내용을 옮겨 적거나" in nothing.text
    assert post(browser, f"{url}/request", {**sent, "evidence_id": file}).status_code == 302
    assert f"/evidence/{file}" in browser.get(url).text


def test_a_quote_that_came_late_or_lapsed_is_marked(
    client: FlaskClient, at_stage: Callable[[Stage], Scene]
) -> None:
    at = at_stage(Stage.SELECTING)
    today, services = records.today(), services_of(at.case)
    run = case_facts.load(at.case).search.final(1)
    assert run is not None
    ids = tuple(row.result_id for row in services)
    asked = QuoteRequest(1, run.run_id, ids, today - timedelta(days=1), "견적을 요청합니다.")
    with work():
        records.add(at.officer, at.case, "quote_request", asked, records.noon(today - timedelta(days=9)))
        for row, came, until in ((services[0], 0, 5), (services[1], 1, 0), (services[2], 2, -1)):
            quote = a_quote(
                at.officer,
                at.case,
                row.result_id,
                received_on=today - timedelta(days=came),
                valid_until=today + timedelta(days=until),
            )
            selection_papers.keep_quote(at.officer, at.case, quote)
    page = signed_in(client, at.person).get(f"{at.url}/selection/1/quotes").text
    assert page.count("기한 뒤 도착") == 1
    assert page.count("유효기간 지남") == 1


def test_answers_of_all_candidates_stand_beside_their_question(
    client: FlaskClient, at_stage: Callable[[Stage], Scene]
) -> None:
    at = at_stage(Stage.SELECTING)
    first, second, third = services_of(at.case)
    browser, url = signed_in(client, at.person), f"{at.url}/selection/1/questions"
    ids = [row.result_id for row in (first, second, third)]
    asked = {"result_ids": ids, "question": "현장지원이 됩니까?", "asked_on": records.today().isoformat()}
    assert "무엇으로 물었는지" in post(browser, url, {**asked, "channel": " "}).text
    assert post(browser, url, {**asked, "channel": "전자우편"}).status_code == 302
    page = browser.get(url).text
    assert page.count("응답 대기") == 3
    link = re.search(rf'href="([^"]*of={second.result_id})"', page)
    assert link is not None
    form = browser.get(html.unescape(link[1])).text
    assert f'<option selected value="{second.result_id}"' in form
    sent = {"version": "1", "of": second.result_id, "answer": "이튿날 갑니다."}
    answer = post(browser, link[1].partition("?")[0], {**sent, "answered_on": records.today().isoformat()})
    assert answer.status_code == 302
    page = browser.get(url).text
    assert page.count("응답 대기") == 2
    assert "이튿날 갑니다." in page
    assert "표본 담당자" in page

"""⑤ The evaluator's sheet as a workbook and one criterion at a time; the table as a workbook."""

from __future__ import annotations

import io
import zipfile
from decimal import Decimal

import openpyxl
import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from procurement.domain.access import Actor
from procurement.models import Account, Case
from tests.support.at_selection import a_selecting_case
from tests.support.factories import account_of as an_officer_of
from tests.support.factories import event_kinds, post, signed_in, work
from tests.support.filled_book import changed, filled_book
from tests.support.selecting import account_of, an_evaluator, evaluate, fix_criteria, score_all, submit

pytestmark = pytest.mark.usefixtures("db_session")


def at(case: Case, page: str) -> str:
    return f"/cases/{case.number}/evaluation/1{page}"


@pytest.fixture
def scoring(client: FlaskClient) -> tuple[FlaskClient, Case, Account, Actor]:
    """A signed-in evaluator who has declared, and another of the same case."""
    actor, case = a_selecting_case()
    with work():
        fix_criteria(actor, case)
        score_all(actor, case)
        one, two = an_evaluator(actor, case, "표본 위원 하나"), an_evaluator(actor, case, "표본 위원 둘")
    browser = signed_in(client, account_of(one))
    post(browser, f"/cases/{case.number}/evaluation/declaration", {"has_conflict": "no"})
    return browser, case, account_of(one), two


def send(browser: FlaskClient, case: Case, data: bytes, name: str = "평가표.xlsx") -> TestResponse:
    return post(browser, at(case, "/book"), {"file": (io.BytesIO(data), name)})


def test_a_workbook_is_taken_along_filled_brought_back_looked_at_and_submitted(
    scoring: tuple[FlaskClient, Case, Account, Actor],
) -> None:
    browser, case, account, _ = scoring
    handed_out = browser.get(at(case, "/book")).data
    sheet = openpyxl.load_workbook(io.BytesIO(handed_out))["평가표"]
    assert [sheet[f"{c}7"].value for c in "ABCDE"] == ["서비스", "평가항목", "배점", "점수", "의견"]
    assert sheet["C8"].value == 30
    rows = range(8, sheet.max_row + 1)
    filled = changed(handed_out, {f"D{row}": 12.25 for row in rows} | {"E8": "=사실 확인이 필요함"[1:]})
    answer = send(browser, case, filled)
    assert answer.status_code == 302
    assert "sheet.submitted" not in event_kinds(case)
    page = browser.get(at(case, "")).text
    assert page.count('value="12.25"') == len(rows)
    assert "사실 확인이 필요함" in page
    again = openpyxl.load_workbook(io.BytesIO(browser.get(at(case, "/book")).data))["평가표"]
    assert again["D8"].value == 12.25
    index = browser.get(at(case, "/one")).text
    assert "12.25 / 30점" in index
    given = {f"s{s}-c{c}-points": "12.25" for s in (1, 2, 3) for c in (1, 2, 3, 4)}
    criteria = str(sheet["B4"].value).split()[1]
    assert post(browser, at(case, "/submit"), {"set_id": criteria, **given}).status_code == 302
    assert send(browser, case, filled_book(case, account)).status_code == 409


def test_wrong_cells_are_named_on_the_page_and_nothing_is_taken(
    scoring: tuple[FlaskClient, Case, Account, Actor],
) -> None:
    browser, case, account, _ = scoring
    answer = send(browser, case, filled_book(case, account, changes={"D8": 30.01, "D9": "=D8"}))
    assert answer.status_code == 422
    assert "D8: 0~30 사이의 점수를 넣으세요." in answer.text
    assert "D9: 계산식은 받지 않습니다." in answer.text
    assert "의견 1" not in browser.get(at(case, "")).text


def test_the_workbook_of_another_and_what_is_none_are_refused(
    scoring: tuple[FlaskClient, Case, Account, Actor],
) -> None:
    browser, case, _, two = scoring
    theirs = send(browser, case, filled_book(case, account_of(two)))
    assert "B6: 다른 평가위원의 평가표입니다." in theirs.text
    for data, name in ((b"", "평가표.xlsx"), (b"PK\x03\x04broken", "평가표.xlsx"), (b"a,b", "평가표.csv")):
        answer = send(browser, case, data, name)
        assert answer.status_code == 422
        assert "옮기지 않았습니다" in answer.text


def test_one_at_a_time_everything_is_kept_and_one_goes_on_where_one_left(
    scoring: tuple[FlaskClient, Case, Account, Actor],
) -> None:
    browser, case, account, _ = scoring
    first = post(browser, at(case, "/one/1"), {"quarter": "3", "comment": "근거를 적습니다."})
    assert first.headers["Location"].endswith("/one/2")
    exact = post(browser, at(case, "/one/2"), {"points": "12.34", "comment": ""})
    assert exact.headers["Location"].endswith("/one/3")
    officer = signed_in(browser.application.test_client(), an_officer_of(case))
    evaluators = officer.get(f"/cases/{case.number}/selection/1/evaluators").text
    assert "12칸 가운데 2칸" in evaluators
    assert "12.34" not in evaluators
    # Another browser, a new session: it goes on.
    other = signed_in(browser.application.test_client(), account)
    index = other.get(at(case, "/one")).text
    assert "22.5 / 30점" in index
    assert "12.34 / 30점" in index
    assert "이어서 매기기 (10칸 남음)" in index
    assert "근거를 적습니다." in other.get(at(case, "/one/1")).text
    for wrong in ({}, {"points": "31"}, {"points": "많이"}):
        answer = post(other, at(case, "/one/3"), {**wrong, "comment": "적던 의견"})
        assert answer.status_code == 422
        assert "적던 의견" in answer.text
    assert other.get(at(case, "/one/13")).status_code == 404
    for place in range(3, 13):
        last = post(other, at(case, f"/one/{place}"), {"quarter": "2"})
    assert last.headers["Location"].endswith("/one")


def test_the_closed_table_is_a_workbook_of_texts_and_numbers_and_taking_it_is_written_down(
    client: FlaskClient,
) -> None:
    actor, case = a_selecting_case()
    page = f"/cases/{case.number}/selection/1/table.xlsx"
    browser = signed_in(client, account_of(actor))
    with work():
        fix_criteria(actor, case, tie_break=("cost",))
        score_all(actor, case)
        one, two = an_evaluator(actor, case, "=표본 위원"), an_evaluator(actor, case)
        submit(one, case)
    assert browser.get(page).status_code == 404
    with work():
        submit(two, case)
    answer = browser.get(page)
    assert answer.status_code == 200
    assert event_kinds(case)[-1] == "evaluation.exported"
    assert browser.get(page).data == answer.data
    book = openpyxl.load_workbook(io.BytesIO(answer.data))
    assert book.sheetnames == ["평가표", "평가위원별 점수", "평가기준"]
    cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row if cell.value is not None]
    assert {cell.data_type for cell in cells} == {"s", "n"}
    assert "=표본 위원" in {cell.value for cell in cells}
    with zipfile.ZipFile(io.BytesIO(answer.data)) as archive:
        assert not any(b"<f>" in archive.read(name) for name in archive.namelist())
    ranking = list(book["평가표"].values)
    head = ranking.index(next(line for line in ranking if line[0] == "순위"))
    assert ranking[head + 1][0] == 1
    assert Decimal(str(ranking[head + 1][2])) == Decimal("92")
    given = list(book["평가위원별 점수"].values)
    assert len(given) == 1 + 3 * 2 * 4


def test_the_result_page_links_the_workbook(client: FlaskClient) -> None:
    actor, case = a_selecting_case()
    with work():
        evaluate(actor, case)
    browser = signed_in(client, account_of(actor))
    assert "table.xlsx" in browser.get(f"/cases/{case.number}/selection/1/result").text

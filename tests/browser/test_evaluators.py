"""Three evaluators at once, each in a browser: one steps back, one comes back, one scores off-line."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from procurement.domain.access import Role
from procurement.services import selection_sheets
from tests.support import browsing, factories
from tests.support.applications import LiveServer
from tests.support.at_selection import a_selecting_case
from tests.support.filled_book import changed
from tests.support.selecting import COUNTED, account_of, enter, fix_criteria, quote_all, score_all

pytestmark = pytest.mark.one_database

PEOPLE = {
    "first": "표본 위원 하나",
    "second": "표본 위원 둘",
    "third": "표본 위원 셋",
    "fourth": "표본 위원 넷",
}
OFFICER = "officer"

SignedIn = Callable[..., Page]


@pytest.fixture
def case_url(live_server: LiveServer, db_session: Any) -> str:
    """A case that waits for three evaluators; two of its criteria are judged, two are counted."""
    factories.an_institution()
    officer = factories.an_account(Role.PROJECT_OFFICER, login=OFFICER, name="표본 사업담당자")
    accounts = {
        login: factories.an_account(Role.EVALUATOR, login=login, name=name) for login, name in PEOPLE.items()
    }
    actor, case = a_selecting_case(officer=officer)
    assert account_of(actor).login == OFFICER
    with factories.work():
        fix_criteria(actor, case, criteria=COUNTED)
        quote_all(actor, case, 12_650_000, 12_430_000, 12_600_000)
        score_all(actor, case)
        enter(actor, case, "quality", "99.95", "99.5", "99.4")
        for login in ("first", "second", "third"):
            selection_sheets.invite(actor, case, str(accounts[login].id))
    return f"{live_server.url}/cases/{case.number}"


@pytest.fixture
def signed_in(live_server: LiveServer, new_context: Callable[..., BrowserContext]) -> SignedIn:
    """``signed_in(login, viewport)``: a browser of a person's own, as after a lost session."""

    def enter_as(login: str, viewport: dict[str, int] = browsing.PHONE) -> Page:
        page = new_context(viewport=viewport).new_page()
        browsing.sign_in(page, live_server.url, login)
        return page

    return enter_as


def declare(page: Page, case: str, answer: str, text: str = "") -> None:
    page.goto(f"{case}/evaluation")
    browsing.tick(page, "평가할 서비스의 제공자와 이해관계가 있나요?", answer)
    if text:
        page.locator("textarea[name=text]").fill(text)
    browsing.press(page, "신고하기")
    browsing.said(page, "신고")


def look_once_more(page: Page) -> None:
    browsing.press(page, "제출하기 전에 한 번 더 보기")
    expect(page.get_by_role("heading", level=1)).to_contain_text("제출할까요")


def test_three_evaluators_score_at_once(case_url: str, signed_in: SignedIn, tmp_path: Path) -> None:
    first, second, third = (signed_in(login) for login in ("first", "second", "third"))
    officer = signed_in(OFFICER, browsing.DESKTOP)

    # One declares a conflict and does not score; the officer releases that one and another comes.
    declare(first, case_url, "이해관계가 있습니다", "제공자의 주주입니다.")
    expect(first.locator("main")).to_contain_text("점수를 매길 수 없습니다")
    officer.goto(f"{case_url}/selection/1/evaluators")
    line = officer.locator("tr", has_text=PEOPLE["first"])
    expect(line).to_contain_text("제공자의 주주입니다.")
    line.locator("summary").click()
    line.get_by_label("해촉하는 사유").fill("이해관계를 신고하여 바꿉니다.")
    line.get_by_role("button", name="해촉").click()
    browsing.said(officer, "해촉했습니다")
    expect(officer.locator("tr", has_text=PEOPLE["first"])).to_contain_text("해촉")
    person = browsing.field(officer, "평가위원")
    person.select_option(
        value=str(person.locator("option", has_text=PEOPLE["fourth"]).get_attribute("value"))
    )
    browsing.press(officer, "평가위원 지정")
    browsing.said(officer, "지정했습니다")
    first.goto(f"{case_url}/evaluation")
    expect(first.get_by_role("heading", level=1)).not_to_contain_text("평가")

    # One scores half on a phone, loses the session, and goes on where it stopped.
    declare(second, case_url, "이해관계가 없습니다")
    second.get_by_role("link", name="한 항목씩 매기기(휴대전화)").click()
    second.get_by_role("link", name="시작하기").click()
    for points in ("22.5점", "20점", "30점"):
        second.get_by_label("의견").fill("제안서를 보고 정했습니다.")
        second.get_by_role("button", name=points, exact=True).click()
        expect(second.locator(".job-line")).to_be_visible()
    expect(second.locator(".job-line")).to_contain_text("3/6")
    second.context.clear_cookies()
    second = signed_in("second")
    second.goto(f"{case_url}/evaluation/1/one")
    second.get_by_role("link", name="이어서 매기기 (3칸 남음)").click()
    for points in ("10점", "15점", "5점"):
        second.get_by_role("button", name=points, exact=True).click()
        expect(second.locator(".job-line").first).to_be_visible()
    expect(second.locator(".job-line")).to_contain_text("6/6")
    look_once_more(second)

    # One fills in the workbook: the wrong cell is named and nothing is taken, then all of it is.
    declare(third, case_url, "이해관계가 없습니다")
    third.goto(f"{case_url}/evaluation/1")
    third.get_by_text("엑셀 파일로 매기기").click()
    with third.expect_download() as download:
        third.get_by_role("link", name="내 평가표 내려받기(XLSX)").click()
    blank = Path(download.value.path()).read_bytes()
    for name, cells in (("틀린 표.xlsx", {"D8": 31}), ("맞는 표.xlsx", {"D8": 28.5})):
        filled = tmp_path / name
        filled.write_bytes(changed(blank, {**{f"D{row}": 12.5 for row in range(8, 14)}, **cells}))
        third.locator("#book-file").set_input_files(filled)
        browsing.press(third, "파일의 점수 옮기기")
        if cells["D8"] == 31:
            expect(third.locator("main")).to_contain_text("D8: 0~30 사이의 점수를 넣으세요.")
    browsing.said(third, "아직 제출되지 않았습니다")
    expect(third.locator("#service-1 input[name$='-points']").first).to_have_value("28.5")
    look_once_more(third)

    # The officer sees how far they are, and not one score.
    officer.goto(f"{case_url}/selection/1/result")
    expect(officer.locator("main")).to_contain_text("0/3")
    expect(officer.locator("main")).not_to_contain_text("28.5")

    # The two send at the same moment; the one who came later follows.
    for page in (second, third):
        page.get_by_role("button", name="예, 제출합니다").click(no_wait_after=True)
    for page in (second, third):
        browsing.said(page, "평가표를 제출했습니다")
    fourth = signed_in("fourth")
    declare(fourth, case_url, "이해관계가 없습니다")
    fourth.goto(f"{case_url}/evaluation/1")
    for points in fourth.locator("input[name$='-points']").all():
        points.fill("11.25")
    look_once_more(fourth)
    browsing.press(fourth, "예, 제출합니다")
    browsing.said(fourth, "평가표를 제출했습니다")

    officer.goto(f"{case_url}/selection/1/result")
    expect(officer.locator("main")).to_contain_text("결과가 얼마나 견고한가")
    expect(officer.locator("main")).to_contain_text("28.50")
    with officer.expect_download() as taken:
        officer.get_by_role("link", name="평가표 내려받기(XLSX)").click()
    assert Path(taken.value.path()).read_bytes().startswith(b"PK")

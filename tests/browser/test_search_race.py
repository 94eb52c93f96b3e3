"""③ with two lots, as its people meet it: narrowing, a page in EUC-KR, and two of them at the last button."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from procurement.domain.access import Role
from procurement.extensions import db
from procurement.models import Case
from procurement.services import case_facts
from tests.support import browsing, factories, walk
from tests.support.applications import LiveServer
from tests.support.official_pages import SAMPLE_SERVICES, many_services, result_page

PEOPLE = {"officer": Role.PROJECT_OFFICER, "colleague": Role.CONTRACT_OFFICER}
AGREED = "이 검색의 모든 서비스를 평가 대상으로 확정하는 데 동의합니다"


@pytest.fixture
def case(live_server: LiveServer, db_session: Any) -> Case:
    """A case of two officers whose definition of two lots is frozen."""
    people = [factories.an_account(role, login=login) for login, role in PEOPLE.items()]
    case = factories.a_case(*people)
    actor = factories.project_officer_of(case)
    with factories.work():
        walk.complete_budget(actor, case)
        walk.complete_definition(actor, case, 2)
    return case


def record(page: Page, url: str, lot: int, saved: bytes, *, words: tuple[str, ...], change: str = "") -> None:
    """Record a search of a lot by ``words`` of the definition, with the page that was saved of it."""
    page.goto(f"{url}/new/{lot}")
    for word in ("협업 (1-1)", "전자우편 (2-2)"):
        page.get_by_label(word, exact=True).set_checked(word in words)
    browsing.write(page, {"검색한 때": "2026. 2. 3. 10:00"})
    if change:
        browsing.write(page, {"무엇을 바꾸거나 더했는지": change})
    browsing.press(page.locator(".action-bar"), "다음: 저장한 화면 올리기")
    page.locator("input[type=file]").set_input_files(
        {"name": "검색결과.html", "mimeType": "text/html", "buffer": saved}
    )
    browsing.press(page, "올리고 읽기")
    browsing.follow(page, "다음: 확인하고 기록")
    browsing.press(page, "이대로 기록")
    expect(page.locator(".flashes")).to_contain_text("기록했습니다")


def agree(page: Page, url: str, run: int, reason: str = "") -> None:
    """Come as far as the last button of declaring a run final."""
    page.goto(f"{url}/runs/{run}/final")
    if reason:
        browsing.write(page, {"조건을 더 좁히지 않고 모두 평가하는 사유": reason})
    browsing.field(page, AGREED).check()


def test_two_lots_come_to_two_final_runs_and_of_two_people_exactly_one_declares_each(
    live_server: LiveServer, case: Case, new_context: Callable[..., BrowserContext]
) -> None:
    url = f"{live_server.url}/cases/{case.number}/search"
    officer, colleague = (new_context(viewport=browsing.DESKTOP).new_page() for _ in PEOPLE)
    for page, login in zip((officer, colleague), PEOPLE, strict=True):
        browsing.sign_in(page, live_server.url, login)
    wide = [*many_services(31), *SAMPLE_SERVICES]
    record(officer, url, 1, result_page(wide), words=("협업 (1-1)",))
    record(
        officer,
        url,
        1,
        result_page(encoding="euc-kr"),
        words=("협업 (1-1)", "전자우편 (2-2)"),
        change="정의서 2-2의 전자우편을 더했습니다.",
    )
    expect(officer.locator("main")).to_contain_text("서비스 0개 더해지고 31개 빠짐")
    record(officer, url, 2, result_page(SAMPLE_SERVICES[:1]), words=("협업 (1-1)", "전자우편 (2-2)"))

    agree(officer, url, 2)
    agree(colleague, url, 1, "모두 평가할 수 있습니다.")
    for page in (officer, colleague):
        page.get_by_role("button", name="최종 검색으로 정하기").click(no_wait_after=True)
    won = [page for page in (officer, colleague) if _outcome(page) == "won"]
    assert len(won) == 1
    (late,) = {officer, colleague} - set(won)
    expect(late.locator("main")).to_contain_text("이 검색 대상의 최종 검색은 이미 정해졌습니다")
    expect(late.locator("main")).to_contain_text("하나만 정할 수 있으니")

    agree(officer, url, 3)
    browsing.press(officer, "최종 검색으로 정하기")
    browsing.said(officer, "검색 3번을 최종 검색으로 정했습니다.")
    expect(officer.locator("main")).to_contain_text("결과가 하나이므로 추가 검색 없이 진행합니다.")
    # What the browsers did is seen by a new transaction.
    db.session.rollback()
    search = case_facts.load(case).search
    assert [final.lot for final in search.finals] == [1, 2]
    first, second = search.final(1), search.final(2)
    assert first is not None
    assert second is not None
    assert (first.number, len(first.results)) == ((2, 3) if won == [officer] else (1, 34))
    assert (second.number, [row.service_name for row in second.results]) == (3, ["표본 협업 가온"])


def _outcome(page: Page) -> str:
    """What became of a declaration: the page of the step, or the page that says who was first."""
    answer = (
        page.locator(".flashes, main h1")
        .filter(has_text="최종 검색으로 정했습니다")
        .or_(page.get_by_text("이미 정해졌습니다"))
    )
    expect(answer.first).to_be_visible()
    return "won" if "이미 정해졌습니다" not in page.locator("main").inner_text() else "late"

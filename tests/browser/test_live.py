"""What the pages do while somebody types: findings, money in words, drafts, two editors, keyboard."""

from __future__ import annotations

import re
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, Page, Route, expect

from procurement.domain.access import Role
from procurement.models import Account, Case
from procurement.services import jobs, unit
from tests.support import browsing, factories, nine_steps, walk
from tests.support.applications import LiveServer
from tests.support.at_selection import a_selecting_case

pytestmark = pytest.mark.one_database

OFFICER = "officer"
COLLEAGUE = "colleague"


@dataclass
class Site:
    """A site with a case, and the addresses of its steps."""

    server: LiveServer
    case: Case
    number: str

    def step(self, step: str) -> str:
        """Address of the page of a step."""
        return f"{self.server.url}/cases/{self.number}/{step}"


@pytest.fixture
def site(live_server: LiveServer, db_session: Any) -> Site:
    """A new case of two officers, both of whom may write, in an institution that knows a service by name."""
    officer = factories.an_account(Role.PROJECT_OFFICER, login=OFFICER, name="표본 사업담당자")
    colleague = factories.an_account(Role.CONTRACT_OFFICER, login=COLLEAGUE, name="표본 계약담당자")
    factories.a_name("두레이", kind="service")
    case = factories.a_case(officer, colleague)
    return Site(live_server, case, case.number)


@pytest.fixture
def defining(site: Site) -> Site:
    """The same case with ① completed."""
    with factories.work():
        walk.complete_budget(factories.project_officer_of(site.case), site.case)
    return site


@pytest.fixture
def officer(page: Page, site: Site) -> Page:
    """A desktop browser in which the project officer is signed in."""
    browsing.sign_in(page, site.server.url, OFFICER)
    return page


def finding(page: Page, rule_id: str) -> Any:
    """What the panel beside the form says of a rule."""
    return page.locator("#findings li.finding").filter(has_text=f"규칙 {rule_id}")


def saved_draft(page: Page) -> None:
    """Wait until the page says that what is typed is kept."""
    expect(page.locator("[data-draft-status]")).to_contain_text("임시저장됨")


def test_a_service_named_in_the_definition_is_pointed_out_as_it_is_typed(
    officer: Page, defining: Site
) -> None:
    officer.goto(defining.step("definition"))
    officer.evaluate("window.stillHere = true")
    browsing.field(officer, "이용목적").fill("두 레이로 협업한다")
    expect(finding(officer, "R-7").first).to_contain_text("‘두 레이’")
    expect(finding(officer, "R-7").locator("mark.named").first).to_have_text("두 레이")
    expect(officer.locator('[data-message-slot="lots-0-purpose"]')).to_contain_text("두 레이")
    browsing.field(officer, "이용목적").fill("문서를 함께 고친다")
    expect(officer.locator('[data-message-slot="lots-0-purpose"]')).to_be_empty()
    browsing.field(browsing.row(officer, "검색어"), "검색어").fill("두레이")
    expect(officer.locator("#findings")).to_contain_text("두레이")
    assert officer.evaluate("window.stillHere")


def test_money_shows_separators_and_words_while_it_is_typed(officer: Page, site: Site) -> None:
    officer.goto(site.step("budget"))
    line = browsing.row(officer, "예산 항목")
    amount = browsing.field(line, "편성 금액")
    amount.press_sequentially("12650000")
    expect(amount).to_have_value("12,650,000")
    expect(line.locator("[data-echo]").first).to_have_text("금12,650,000원(금일천이백육십오만원)")
    amount.fill("많이")
    expect(line.locator("[data-echo]").first).to_have_text("")


def test_what_was_typed_is_back_after_a_reload(officer: Page, site: Site) -> None:
    officer.goto(site.step("budget"))
    nine_steps.fill_budget(officer)
    browsing.press(officer, "+ 예산 항목 추가")
    browsing.write(browsing.row(officer, "예산 항목", 2), {"비고": "둘째 줄에 쓰다 만 글"})
    saved_draft(officer)
    officer.goto(site.step("budget") + "/complete")
    expect(officer.locator("main")).to_contain_text("저장하지 않은 글이 있습니다")
    officer.goto(site.step("budget"))
    expect(officer.locator("main")).to_contain_text("저장하지 않은 글을 불러왔습니다")
    expect(browsing.field(browsing.row(officer, "예산 항목", 2), "비고")).to_have_value(
        "둘째 줄에 쓰다 만 글"
    )
    expect(browsing.field(browsing.row(officer, "예산 항목"), "편성 금액")).to_have_value("12,650,000")
    browsing.press(officer, "임시저장본 버리기")
    expect(browsing.row(officer, "예산 항목", 2)).to_have_count(0)


def test_what_is_typed_before_the_scripts_have_come_is_kept_as_well(officer: Page, site: Site) -> None:
    late: list[Route] = []
    officer.route("**/js/app.js", lambda route: late.append(route))
    officer.goto(site.step("budget"), wait_until="commit")
    browsing.field(officer, "적용하는 예산 지침").fill("아주 일찍 쓴 글")
    late[0].continue_()
    saved_draft(officer)
    officer.unroute("**/js/app.js")
    officer.reload()
    expect(browsing.field(officer, "적용하는 예산 지침")).to_have_value("아주 일찍 쓴 글")


def test_a_page_that_is_only_looked_at_leaves_no_draft(officer: Page, defining: Site) -> None:
    for step in ("budget", "definition"):
        officer.goto(defining.step(step))
        officer.wait_for_timeout(1500)
        officer.reload()
        expect(officer.locator("main")).not_to_contain_text("저장하지 않은 글을 불러왔습니다")


def test_a_lost_session_loses_nothing(officer: Page, site: Site) -> None:
    officer.goto(site.step("budget"))
    nine_steps.fill_budget(officer)
    saved_draft(officer)
    officer.context.clear_cookies()
    browsing.field(officer, "적용하는 예산 지침").fill("로그인이 풀린 뒤에 쓴 글")
    expect(officer.locator("[data-draft-status]")).to_contain_text("로그인이 풀려")
    officer.get_by_role("link", name="다시 로그인하기").click()
    browsing.write(officer, {"아이디": OFFICER, "비밀번호": factories.PASSWORD})
    browsing.press(officer, "로그인")
    expect(officer).to_have_url(re.compile("/budget"))
    browsing.press(officer, "되살리기")
    expect(browsing.field(officer, "적용하는 예산 지침")).to_have_value("로그인이 풀린 뒤에 쓴 글")
    expect(browsing.field(browsing.row(officer, "예산 항목"), "편성 금액")).to_have_value("12,650,000")
    browsing.save(officer)


def test_a_form_sent_without_a_session_is_offered_again(officer: Page, site: Site) -> None:
    officer.goto(site.step("budget"))
    browsing.field(officer, "적용하는 예산 지침").fill("보내기 직전에 쓴 글")
    officer.context.clear_cookies()
    browsing.press(officer.locator(".action-bar"), "저장")
    officer.get_by_role("link", name="다시 로그인하기").click()
    browsing.write(officer, {"아이디": OFFICER, "비밀번호": factories.PASSWORD})
    browsing.press(officer, "로그인")
    expect(officer).to_have_url(re.compile("/budget$"))
    browsing.press(officer, "되살리기")
    expect(browsing.field(officer, "적용하는 예산 지침")).to_have_value("보내기 직전에 쓴 글")


def test_a_form_without_a_draft_is_offered_again_as_well_and_not_once_it_was_taken(
    officer: Page, site: Site
) -> None:
    address = f"{site.server.url}/cases/new"
    officer.goto(address)
    browsing.field(officer, "사업명").fill("로그인이 풀린 줄 모르고 적은 사업명")
    officer.context.clear_cookies()
    browsing.press(officer, "만들고 ① 예산 확인 시작")
    officer.get_by_role("link", name="다시 로그인하기").click()
    browsing.write(officer, {"아이디": OFFICER, "비밀번호": factories.PASSWORD})
    browsing.press(officer, "로그인")
    expect(officer).to_have_url(address)
    browsing.press(officer, "되살리기")
    expect(browsing.field(officer, "사업명")).to_have_value("로그인이 풀린 줄 모르고 적은 사업명")
    for label in ("사업담당자", "계약담당자"):
        browsing.field(officer, label).select_option(index=1)
    browsing.press(officer, "만들고 ① 예산 확인 시작")
    expect(officer).to_have_url(re.compile("/budget$"))
    officer.goto(address)
    expect(officer.get_by_role("button", name="되살리기")).to_have_count(0)


def test_a_reason_sent_at_once_takes_no_text_with_it(officer: Page, site: Site) -> None:
    officer.goto(site.step("budget"))
    nine_steps.fill_budget(officer)
    browsing.field(officer, "적용하는 예산 지침").fill("")
    browsing.save(officer)
    browsing.field(browsing.row(officer, "예산 항목"), "비고").fill("저장하지 않고 쓴 글")
    browsing.give_reason(officer, "B-7", "올해 지침이 아직 나오지 않았습니다.")
    officer.wait_for_load_state("networkidle")
    officer.reload()
    expect(browsing.field(browsing.row(officer, "예산 항목"), "비고")).to_have_value("저장하지 않고 쓴 글")
    expect(finding(officer, "B-7")).to_contain_text("올해 지침이 아직")


EDITED = [("budget", "적용하는 예산 지침"), ("definition", "이용목적")]


@pytest.mark.parametrize(("step", "label"), EDITED)
@pytest.mark.parametrize("keep", ["내 글로 저장", "저장된 글 그대로 두기"])
def test_the_second_of_two_editors_sees_both_texts_and_keeps_either(
    request: pytest.FixtureRequest,
    new_context: Callable[..., BrowserContext],
    site: Site,
    step: str,
    label: str,
    keep: str,
) -> None:
    if step == "definition":
        request.getfixturevalue("defining")
    first, second = new_context().new_page(), new_context().new_page()
    for page, login in ((first, OFFICER), (second, COLLEAGUE)):
        browsing.sign_in(page, site.server.url, login)
        page.goto(site.step(step))
    browsing.field(first, label).fill("먼저 저장한 글")
    browsing.field(second, label).fill("나중에 저장한 글")
    browsing.save(first)
    browsing.press(second.locator(".action-bar"), "저장")
    expect(second.locator("main")).to_contain_text("다른 사람이 이 쪽을 저장했습니다")
    expect(second.locator(".two-texts").first).to_contain_text("저장된 글 · 표본 사업담당자 · 20")
    expect(second.locator(".two-texts")).to_contain_text("먼저 저장한 글")
    expect(second.locator(".two-texts")).to_contain_text("나중에 저장한 글")
    browsing.press(second, keep)
    left = "나중에 저장한 글" if keep == "내 글로 저장" else "먼저 저장한 글"
    expect(browsing.field(second, label)).to_have_value(left)
    first.reload()
    expect(browsing.field(first, label)).to_have_value(left)


def test_the_first_step_is_filled_in_and_saved_with_the_keyboard_alone(officer: Page, site: Site) -> None:
    officer.goto(site.step("budget"))
    keyboard = officer.keyboard
    go_to(officer, "쓰임")
    keyboard.press("Home")
    go_to(officer, "비목")
    keyboard.press("ArrowDown")
    go_to(officer, "편성 금액")
    keyboard.type("12650000")
    go_to(officer, "정액제")
    keyboard.press("Space")
    go_to(officer, "기간별 정산")
    keyboard.press("Space")
    go_to(officer, "정산 주기")
    keyboard.press("ArrowDown")
    go_to(officer, "예상 계약금액(계약기간 총액)")
    keyboard.type("12650000")
    go_to(officer, "부가세 포함")
    keyboard.press("Space")
    go_to(officer, "이용 예정 시작일")
    keyboard.type("20230601")
    go_to(officer, "이용 예정 종료일")
    keyboard.type("20231231")
    go_to(officer, "적용하는 예산 지침")
    keyboard.type("2023년도 지방자치단체 예산편성 운영기준")
    go_to(officer, "저장")
    keyboard.press("Enter")
    browsing.said(officer, "저장했습니다.")
    go_to(officer, "이 단계 완료: 무엇이 굳는지 보기")
    keyboard.press("Enter")
    expect(officer.get_by_role("heading", level=1)).to_contain_text("단계를 완료합니다")
    go_to(officer, "완료")
    keyboard.press("Enter")
    browsing.said(officer, "완료했습니다")


FOCUSED = """() => {
  const HIDDEN = ".required, .visually-hidden";
  const here = document.activeElement;
  const label = here.labels?.[0] ?? here;
  const own = [...label.childNodes].filter((n) => n.nodeType === 3 || !n.matches(HIDDEN));
  const ring = getComputedStyle(here);
  return {
    name: own.map((n) => n.textContent).join("").trim(),
    seen: ring.outlineStyle !== "none" || ring.boxShadow !== "none",
  };
}"""


def go_to(page: Page, name: str) -> None:
    """Press Tab until the focus is on what has this name; it must be seen there."""
    for _ in range(150):
        page.keyboard.press("Tab")
        here = page.evaluate(FOCUSED)
        if here["name"] == name:
            assert here["seen"], f"the focus on {name} cannot be seen"
            return
    raise AssertionError(f"Tab never reaches {name}")


def test_nothing_is_cut_off_at_twice_the_size(
    new_context: Callable[..., BrowserContext], defining: Site
) -> None:
    # At 200 % a window of 1280 shows what fits into 640.
    page = new_context(viewport={"width": 640, "height": 450}, device_scale_factor=2).new_page()
    browsing.sign_in(page, defining.server.url, OFFICER)
    for address in ("/", f"/cases/{defining.number}", f"/cases/{defining.number}/definition", "/cases/new"):
        page.goto(defining.server.url + address)
        wide = page.evaluate("document.documentElement.scrollWidth")
        assert wide <= 640, f"{address} is {wide} wide"


def test_paper_shows_the_text_and_no_navigation(officer: Page, site: Site) -> None:
    officer.goto(site.step("budget"))
    officer.emulate_media(media="print")
    for gone in (".site-menu", ".site-search", ".action-bar", ".breadcrumbs", ".skip-link"):
        expect(officer.locator(gone).first).to_be_hidden()
    expect(officer.get_by_role("heading", level=1)).to_be_visible()
    expect(browsing.field(officer, "적용하는 예산 지침")).to_be_visible()


def test_a_file_that_is_too_large_is_left_out_before_it_is_sent(officer: Page, site: Site) -> None:
    officer.goto(f"{site.server.url}/cases/{site.number}/evidence")
    officer.evaluate("document.body.dataset.maxUpload = String(3 * 1024 ** 2)")
    file = officer.locator("input[type=file]")
    file.set_input_files({"name": "큰 파일.pdf", "mimeType": "application/pdf", "buffer": bytes(4 * 1024**2)})
    expect(officer.locator("main")).to_contain_text("3MB 이하로")
    expect(file).to_have_value("")


def test_a_file_chosen_before_the_scripts_are_there_is_sent_all_the_same(
    page: Page, live_server: LiveServer, db_session: Any
) -> None:
    actor, case = a_selecting_case()
    number = case.number
    account = db_session.get(Account, uuid.UUID(actor.account_id))
    browsing.sign_in(page, live_server.url, account.login)
    page.goto(f"{live_server.url}/cases/{number}/selection/1/quotes")
    held: list[Route] = []
    page.route("**/static/js/upload.js*", lambda route: held.append(route))
    with page.expect_request("**/static/js/upload.js*"):
        page.locator("main a[href*='/quotes/']").first.click()
    upload = page.locator("input[type=file][data-upload-url]").first
    upload.set_input_files({"name": "이른 파일.txt", "mimeType": "text/plain", "buffer": b"sample"})
    expect(upload).not_to_have_value("")
    assert held
    for route in held:
        route.continue_()
    expect(page.locator("[data-file-list]").first).to_contain_text("이른 파일.txt")


def test_the_page_of_a_bundle_opens_anew_when_it_is_ready(officer: Page, defining: Site) -> None:
    number, institution_id = defining.number, str(defining.case.institution_id)
    officer.goto(f"{defining.server.url}/cases/{number}/bundle")
    officer.get_by_role("button", name="지금까지의 기록으로 묶음 만들기").click()
    expect(officer.locator("[data-job-label]")).to_have_text("차례를 기다립니다")
    officer.evaluate("window.stillHere = true")
    assert jobs.run_pending() == 1
    unit.bind(institution_id)
    expect(officer.get_by_text("묶음이 다 되었습니다.")).to_be_visible(timeout=15_000)
    assert officer.evaluate("window.stillHere") is None
    expect(officer.get_by_role("link", name=re.compile("^증빙자료 묶음"))).to_be_visible()

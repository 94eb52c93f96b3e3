"""What a person does in a browser, in the words of the pages: typing, choosing, ticking, sending."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path

from playwright.sync_api import Locator, Page, ViewportSize, expect

from procurement.domain.hangul import settled
from tests.support.factories import PASSWORD

DATA = Path(__file__).resolve().parent.parent / "data"
PHONE: ViewportSize = {"width": 390, "height": 844}
DESKTOP: ViewportSize = {"width": 1280, "height": 900}

Scope = Page | Locator


def label_of(words: str) -> re.Pattern[str]:
    """The label of a field, whether or not it says that the field is required."""
    return re.compile(rf"^\s*{re.escape(words)}\s*(필수)?\s*$")


def field(scope: Scope, label: str) -> Locator:
    """The input of a label."""
    return scope.get_by_label(label_of(label))


def row(page: Scope, item: str, number: int = 1) -> Locator:
    """A row of a list such as ``예산 항목 1``."""
    return page.get_by_role("group", name=f"{item} {number}", exact=True)


def write(scope: Scope, texts: Mapping[str, str]) -> None:
    """Type into the fields of these labels."""
    for label, text in texts.items():
        field(scope, label).fill(text)


def choose(scope: Scope, label: str, option: str) -> None:
    """Choose an option of a list."""
    field(scope, label).select_option(label=option)


def tick(scope: Scope, group: str, option: str) -> None:
    """Pick a radio button or a box of a group."""
    legend = re.compile(rf"^\s*{re.escape(group)}")
    scope.get_by_role("group", name=legend).get_by_label(option, exact=True).check()


def press(scope: Scope, name: str) -> None:
    """Press a button."""
    scope.get_by_role("button", name=name, exact=True).click()


def said(page: Page, words: str) -> None:
    """The page says so in a notice."""
    expect(page.locator(".flashes")).to_contain_text(words)


def sign_in(page: Page, url: str, login: str, password: str = PASSWORD) -> None:
    """Sign in at the site at ``url`` and arrive at what there is to do."""
    page.goto(url + "/sign-in")
    write(page, {"아이디": login, "비밀번호": password})
    press(page, "로그인")
    expect(page.get_by_role("heading", level=1)).to_contain_text("할 일")


def open_case(page: Page, title: str, project_officer: str, contract_officer: str) -> str:
    """Make a new case from the first page; returns its number."""
    page.get_by_role("link", name="+ 새 이용계약 건").click()
    write(page, {"사업명": title})
    choose(page, "사업담당자", project_officer)
    choose(page, "계약담당자", contract_officer)
    press(page, "만들고 ① 예산 확인 시작")
    said(page, "만들었습니다")
    found = re.search(r"/cases/(\d{4}-\d{4})/budget", page.url)
    assert found, page.url
    return found.group(1)


def save(page: Page) -> None:
    """Save the form of a step."""
    press(page.locator(".action-bar"), "저장")
    said(page, "저장했습니다.")


def _open_what_is_folded(part: Locator) -> None:
    """What is still to be done keeps the place for a reason folded away."""
    for folded in part.locator("details.more:not([open]) > summary").all():
        if folded.is_visible():
            folded.click()


def give_reason(page: Page, rule_id: str, reason: str) -> None:
    """Write the reason that a rule asks for."""
    finding = page.locator("li.finding").filter(has_text=f"규칙 {rule_id}").first
    _open_what_is_folded(finding)
    finding.get_by_role("textbox").first.fill(reason)
    finding.get_by_role("button", name="사유 저장").first.click()
    said(page, "사유를 남겼습니다.")


def complete(page: Page, step_title: str) -> None:
    """Look at what completing freezes, and complete."""
    page.get_by_role("link", name="이 단계 완료: 무엇이 굳는지 보기").click()
    press(page, "완료")
    said(page, settled(f"{step_title}을(를) 완료했습니다."))


def explain(page: Page, reason: str) -> None:
    """Give the same reason to every finding that asks for one."""
    asking = page.locator("#findings form.reason textarea")
    while left := [one for one in asking.all() if not one.input_value()]:
        # Those of one rule are folded together, and each reason within that again.
        _open_what_is_folded(page.locator("#findings"))
        _open_what_is_folded(page.locator("#findings"))
        form = left[0].locator("xpath=ancestor::form")
        left[0].fill(reason)
        form.get_by_role("button").click()
        said(page, "사유를 남겼습니다.")


def attach(scope: Scope, label: str, name: str, text: str = "표본 증빙") -> None:
    """Choose a file, which is sent by itself, and wait until it is there."""
    send_file(field(scope, label), name, text)


def send_file(upload: Locator, name: str, text: str = "표본 증빙") -> None:
    """The same for a file field that is already found."""
    upload.set_input_files({"name": name, "mimeType": "text/plain", "buffer": text.encode()})
    expect(upload.locator("xpath=ancestor::div[contains(@class,'field-file')]")).to_contain_text(name)


def follow(page: Page, name: str) -> None:
    """Follow a link."""
    page.get_by_role("link", name=name, exact=True).first.click()

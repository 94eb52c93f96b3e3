"""The whole way once, in a browser: a real contract from nothing to its bundle and its checklist."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pypdfium2
import pytest
from playwright.sync_api import BrowserContext, Page

from procurement.demo.files import DATA
from procurement.domain.access import Role
from tests.support import browsing, factories, nine_steps
from tests.support.applications import LiveServer

TITLE = "경북 메타버스 플랫폼 클라우드 구축 및 유지보수"
FIRST = (("26.5", "28", "19", "18.5"), ("28", "24", "15", "17"), ("27", "25", "16", "16"))
SECOND = (("26", "27.5", "18.5", "18"), ("28.5", "24.5", "15.5", "16.5"), ("27", "25.5", "16.5", "17"))
PEOPLE = {
    "project": (Role.PROJECT_OFFICER, "표본 사업담당자"),
    "contract": (Role.CONTRACT_OFFICER, "표본 계약담당자"),
    "first": (Role.EVALUATOR, "표본 평가위원 하나"),
    "second": (Role.EVALUATOR, "표본 평가위원 둘"),
    "approver": (Role.APPROVER, "표본 결재권자"),
}

SignedIn = Callable[..., Page]


@pytest.fixture
def signed_in(
    live_server: LiveServer, db_session: Any, new_context: Callable[..., BrowserContext]
) -> SignedIn:
    """``signed_in(login, viewport)``: a browser of a person's own, at the person's first page."""
    factories.an_institution()
    for login, (role, name) in PEOPLE.items():
        factories.an_account(role, login=login, name=name)

    def enter(login: str, viewport: dict[str, int] = browsing.DESKTOP) -> Page:
        page = new_context(viewport=viewport).new_page()
        browsing.sign_in(page, live_server.url, login)
        return page

    return enter


def text_of(file: Path) -> list[str]:
    """The text of a PDF, page by page."""
    document = pypdfium2.PdfDocument(file)
    pages = [page.get_textpage().get_text_range() for page in document]
    document.close()
    return pages


def test_a_contract_goes_through_all_nine_steps_to_its_bundle(
    live_server: LiveServer, signed_in: SignedIn, worker: None, tmp_path: Path
) -> None:
    officer = signed_in("project")
    number = browsing.open_case(officer, TITLE, PEOPLE["project"][1], PEOPLE["contract"][1])
    case = f"{live_server.url}/cases/{number}"
    nine_steps.check_budget(officer, case)
    nine_steps.define(officer, case)
    nine_steps.search(officer, case, DATA / "platform-3.html")
    nine_steps.choose_route(officer, case)
    nine_steps.ask_for_quotes(officer, case)
    nine_steps.fix_criteria(officer, case)
    nine_steps.decide_outcomes(officer, case)
    nine_steps.evaluate(signed_in("first", browsing.PHONE), case, FIRST)
    nine_steps.evaluate(signed_in("second", browsing.PHONE), case, SECOND)
    nine_steps.decide(officer, case, "견본 가온 클라우드")
    nine_steps.write_terms(officer, case)
    nine_steps.negotiate(officer, case)
    nine_steps.submit_for_approval(officer, case, PEOPLE["approver"][1])
    nine_steps.approve(signed_in("approver"), case)
    nine_steps.conclude(signed_in("contract"), case)
    nine_steps.register(officer, case)
    nine_steps.monitor(officer, case)
    nine_steps.finish_monitoring(officer, case)
    nine_steps.end(officer, case)

    bundle = text_of(nine_steps.download_bundle(officer, case, tmp_path))
    assert len(bundle) > 20
    for place, text in enumerate(bundle[1:], start=2):
        assert f"{place} / {len(bundle)}" in text
    whole = "".join(bundle)
    for words in (
        TITLE,
        number,
        "견본 나래 클라우드",
        "12,650,000",
        "메타버스 채팅 서버",
        "91.00",
        "B-1",
        "X-8",
    ):
        assert words in whole, words
    checklist = text_of(nine_steps.download_checklist(officer, case, tmp_path))
    assert len(checklist) <= 2
    assert number in checklist[0]

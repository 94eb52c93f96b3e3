"""The termination checklist: its page, its print and its PDF."""

from __future__ import annotations

import io
from typing import Any

import pikepdf
import pytest
from flask.testing import FlaskClient
from playwright.sync_api import Page

from procurement.adapters.pdf import PdfError, RenderedPdf
from procurement.domain.access import Role
from procurement.extensions import db
from procurement.models import Account, Case
from procurement.services import checklist
from tests.services.test_checklist import the_longest_case
from tests.support import browsing
from tests.support.applications import LiveServer
from tests.support.concluded import a_concluded_case
from tests.support.factories import a_case, an_account, event_kinds, signed_in, work


def officer_of(case: Case, client: FlaskClient) -> FlaskClient:
    """The project officer of the case, signed in."""
    return signed_in(client, db.session.get_one(Account, case.project_officer_id))


def test_the_page_shows_every_line_with_its_day_and_what_is_left(
    db_session: Any, client: FlaskClient
) -> None:
    case = a_concluded_case()
    page = officer_of(case, client).get(f"/cases/{case.number}/checklist")
    assert page.status_code == 200
    for text in ("종료 90일 전까지 (2023. 10. 2.)", "기한 지남", "약속의 이행: 이용정보 반환", "0/21줄 확인"):
        assert text in page.text
    assert page.text.count('button-small" href="/cases/') >= 21


def test_a_case_before_its_contract_has_a_checklist_without_days(
    db_session: Any, client: FlaskClient
) -> None:
    case = a_case()
    page = officer_of(case, client).get(f"/cases/{case.number}/checklist").text
    assert "정하지 않음" in page
    assert ">표시<" not in page


def test_the_download_is_a_pdf_and_stands_in_the_ledger(db_session: Any, client: FlaskClient) -> None:
    case = a_concluded_case()
    answer = officer_of(case, client).get(f"/cases/{case.number}/checklist/pdf")
    assert answer.mimetype == "application/pdf"
    assert answer.headers["Content-Disposition"].startswith("attachment;")
    with pikepdf.open(io.BytesIO(answer.data)) as pdf:
        assert len(pdf.pages) <= checklist.MOST_PAGES
    assert event_kinds(case)[-1] == "checklist.downloaded"


def test_a_pdf_that_cannot_be_made_is_told_and_not_written_down(
    db_session: Any, client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_args: object, **_kwargs: object) -> RenderedPdf:
        raise PdfError("PDF를 만들지 못했습니다. 다시 시도해 주세요.")

    monkeypatch.setattr(checklist, "render_in_process", fail)
    case = a_concluded_case()
    officer, before = officer_of(case, client), event_kinds(case)
    answer = officer.get(f"/cases/{case.number}/checklist/pdf", follow_redirects=True)
    assert "다시 시도해 주세요" in answer.text
    assert event_kinds(case) == before


def test_an_auditor_reads_the_checklist_and_marks_nothing(db_session: Any, client: FlaskClient) -> None:
    case = a_concluded_case()
    auditor = signed_in(client, an_account(Role.AUDITOR))
    page = auditor.get(f"/cases/{case.number}/checklist")
    assert page.status_code == 200
    assert "/ending/lines/" not in page.text
    assert auditor.get(f"/cases/{case.number}/ending/lines/decide").status_code == 403


def test_the_longest_checklist_prints_from_the_browser_on_two_pages(
    live_server: LiveServer, db_session: Any, page: Page
) -> None:
    case = the_longest_case()
    with work():
        db.session.get_one(Account, case.project_officer_id).login = "officer"
    browsing.sign_in(page, live_server.url, "officer")
    page.goto(f"{live_server.url}/cases/{case.number}/checklist")
    printed = page.pdf(prefer_css_page_size=True)
    with pikepdf.open(io.BytesIO(printed)) as pdf:
        assert len(pdf.pages) == checklist.MOST_PAGES


def test_what_does_not_apply_to_the_end_is_out_of_sight_until_it_does(
    live_server: LiveServer, db_session: Any, page: Page
) -> None:
    case = a_concluded_case()
    with work():
        db.session.get_one(Account, case.project_officer_id).login = "officer"
    browsing.sign_in(page, live_server.url, "officer")
    page.goto(f"{live_server.url}/cases/{case.number}/ending")
    grounds, moving = page.get_by_text("해제·해지의 사유"), page.get_by_text("서비스의 이관")
    assert not grounds.is_visible()
    page.get_by_label("계약 해지", exact=True).check()
    assert grounds.is_visible()
    page.get_by_label("계약 만료", exact=True).check()
    assert not grounds.is_visible()
    page.get_by_label("신규계약(다른 제공자)", exact=True).check()
    assert moving.is_visible()
    page.get_by_label("재계약", exact=True).check()
    assert not page.get_by_text("이용정보의 반환과 파기").is_visible()

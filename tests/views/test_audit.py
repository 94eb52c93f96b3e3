"""The auditor's pages."""

from __future__ import annotations

import html
import re
from datetime import timedelta

import pytest
from flask.testing import FlaskClient

from procurement.config import Settings
from procurement.domain.access import Role
from procurement.domain.errors import Refused
from procurement.domain.red_flags import RED_FLAGS
from procurement.domain.steps import Step
from procurement.extensions import db
from procurement.models import Case
from procurement.models.base import now
from procurement.services import ledger, workflow
from tests.support.attacks import run_sql
from tests.support.factories import (
    a_case,
    actor_for,
    an_account,
    an_institution,
    project_officer_of,
    signed_in,
    work,
)
from tests.support.walk import complete_budget

pytestmark = pytest.mark.usefixtures("db_session")


@pytest.fixture
def case(client: FlaskClient) -> Case:
    """A case in which an act was refused, a step opened again and something written down late."""
    a_case(title="아무 일 없던 건")
    case = a_case(title="살펴볼 건")
    actor = project_officer_of(case)
    with work():
        complete_budget(actor, case)
    with work():
        workflow.reopen(actor, case, Step.BUDGET, "금액이 바뀜")
        ledger.record_refusal(actor, case, Refused("지금은 협상할 수 없습니다.", "E-5"))
        ledger.record(actor, "fault.added", case=case, occurred_at=now() - timedelta(days=3))
    signed_in(client, an_account(Role.AUDITOR))
    return case


def test_without_a_case_the_page_says_so(client: FlaskClient) -> None:
    page = signed_in(client, an_account(Role.AUDITOR)).get("/audit").text
    assert "아직 이용계약 건이 없습니다" in page


def test_the_case_with_the_most_to_look_at_comes_first(client: FlaskClient, case: Case) -> None:
    page = client.get("/audit").text
    listed = page[page.index("<tbody") :]
    assert listed.index("살펴볼 건") < listed.index("아무 일 없던 건")
    row = listed[listed.index("살펴볼 건") : listed.index("</tr>")]
    assert re.findall(r'<td class="number"[^>]*>(\d+)', row) == ["1", "1", "1", "6"]


def test_a_case_shows_what_was_refused_opened_again_and_late(client: FlaskClient, case: Case) -> None:
    page = client.get(f"/audit/cases/{case.number}").text
    assert "막힌 행위 (1)" in page
    assert "지금은 협상할 수 없습니다." in page
    assert "다시 연 단계 (1)" in page
    assert "금액이 바뀜" in page
    assert "늦게 적은 기록 (1)" in page
    assert "3일 늦게 적음" in page


def test_every_entry_leads_to_its_event(client: FlaskClient, case: Case) -> None:
    """The link goes to the page of the time line that shows the event."""
    page = client.get(f"/audit/cases/{case.number}").text
    links = set(re.findall(r'href="(/cases/[^"]*record[^"#]*)#(event-\d+)"', page))
    assert len(links) == 3
    for url, anchor in links:
        assert f'id="{anchor}"' in client.get(html.unescape(url)).text


def test_what_was_let_through_changed_or_denied_has_its_own_place(client: FlaskClient, case: Case) -> None:
    actor = project_officer_of(case)
    with work():
        ledger.record(actor, "reason.wording", case=case, body={"where": "견적", "found": ["네고"]})
        ledger.record(actor, "criteria.fixed", case=case, body={"number": 1})
        ledger.record(actor, "criteria.fixed", case=case, body={"number": 2})
        ledger.record_refusal(actor, case, Refused("이 일을 할 권한이 없습니다.", "C-3"))
    page = client.get(f"/audit/cases/{case.number}").text
    for title in ("사유를 적고 남긴 것", "굳은 뒤에 바뀐 것", "막힌 행위", "권한 없이 시도한 일"):
        assert f"{title} (1)" in page


def test_signs_are_shown_with_their_definition_and_no_accusation(client: FlaskClient, case: Case) -> None:
    page = client.get("/audit/signs").text
    for flag in RED_FLAGS:
        assert flag.title in page
        assert flag.threshold in page
    assert "잘못했다는 뜻이 아닙니다" in page
    assert 'href="/audit/signs"' in client.get("/audit").text


def test_the_chain_of_the_institution_can_be_read(client: FlaskClient, case: Case) -> None:
    page = client.get("/audit/institution").text
    assert "모두 2건" in page
    assert f"이용계약 건 {case.number}" in page


def test_verifying_shows_what_was_checked(client: FlaskClient, case: Case) -> None:
    page = client.get("/audit/verify").text
    assert "모두 그대로입니다" in page
    assert "증빙 파일" in page


def test_verifying_names_the_first_broken_thing(client: FlaskClient, case: Case, settings: Settings) -> None:
    number = case.number
    db.session.rollback()
    run_sql(settings, ["UPDATE event SET kind = 'x' WHERE seq = 4"])
    for url in ("/audit/verify", f"/cases/{number}/record/verify"):
        page = client.get(url).text
        assert f"사건 {number}#4" in page
        assert "어긋남" in page
        assert "모두 그대로입니다" not in page


def test_verifying_keeps_to_the_auditors_institution(client: FlaskClient, case: Case) -> None:
    an_institution("표본 둘째 기관")
    stranger = an_account(Role.AUDITOR)
    assert actor_for(stranger).institution_name == "표본 둘째 기관"
    page = signed_in(client, stranger).get("/audit/verify").text
    assert "모두 그대로입니다" in page
    assert case.number not in client.get("/audit").text


def test_the_record_of_all_cases_is_narrowed_and_searched(client: FlaskClient, case: Case) -> None:
    number = case.number

    def found(**query: str) -> str:
        return client.get("/audit/record", query_string=query).text

    everything = found()
    assert "모두 9건" in everything
    assert f"{number} · " in everything
    assert "기관 · 이용계약 건" in everything
    assert "모두 1건" in found(words="협상할 수 없습니다")
    assert "찾는 기록이 없습니다" in found(words="100%_없는 말")
    assert "모두 2건" in found(number="-")
    assert "모두 1건" in found(group="refused", number=number)
    assert "찾는 기록이 없습니다" in found(until="2020. 1. 1.")

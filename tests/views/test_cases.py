"""My work, the list of cases, the page of a case, its people and its record."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from icalendar import Calendar
from sqlalchemy import event

from procurement.domain.access import Relation, Role
from procurement.domain.steps import Step
from procurement.extensions import db
from procurement.models import Account, Case, Deadline
from procurement.services import records, workflow
from tests.support.factories import (
    TITLE,
    a_case,
    a_member,
    actor_for,
    an_account,
    event_kinds,
    post,
    project_officer_of,
    signed_in,
    work,
)
from tests.support.walk import complete_budget

pytestmark = pytest.mark.usefixtures("db_session")


def an_officer() -> Account:
    """A person who may be both officers."""
    return an_account(Role.PROJECT_OFFICER, Role.CONTRACT_OFFICER)


def due(case: Case, days: int, title: str = "이용정보 등록") -> date:
    """A deadline of a case so many days from today."""
    day = records.today() + timedelta(days=days)
    with work():
        row = Deadline(
            institution_id=case.institution_id,
            case_id=case.id,
            step="registration",
            key=title,
            title=title,
            due_on=day,
            severity="remind",
        )
        db.session.add(row)
        case.next_due_on = day
    return day


def test_without_a_case_the_first_page_says_how_to_begin(client: FlaskClient) -> None:
    page = signed_in(client, an_officer()).get("/").text
    assert "지금 할 일이 없습니다" in page
    assert "아직 이용계약 건이 없습니다" in page
    assert 'href="/cases/new"' in page


def test_who_cannot_make_a_case_is_not_offered_to(client: FlaskClient) -> None:
    page = signed_in(client, an_account(Role.EVALUATOR)).get("/").text
    assert 'href="/cases/new"' not in page
    assert "담당자가 참여자로 지정하면" in page


@pytest.mark.parametrize(("days", "words"), [(-3, "3일 지남"), (0, "D-day"), (2, "D-2"), (61, "D-61")])
def test_a_deadline_is_shown_with_the_days_that_are_left(client: FlaskClient, days: int, words: str) -> None:
    officer = an_officer()
    due(a_case(officer, officer), days)
    page = signed_in(client, officer).get("/").text
    assert "할 일 (1)" in page
    assert words in page
    assert ("기한 지남" in page) is (days < 0)


def test_what_is_due_first_comes_first(client: FlaskClient) -> None:
    officer = an_officer()
    due(a_case(officer, officer, title="나중 건"), 9)
    due(a_case(officer, officer, title="먼저 건"), 1)
    page = signed_in(client, officer).get("/").text
    todo = page[page.index("<ul class=") : page.index("이용계약 건 (2)")]
    assert todo.index("먼저 건") < todo.index("나중 건")


def test_a_case_without_deadlines_is_gone_on_with_at_its_step(client: FlaskClient) -> None:
    officer = an_officer()
    case = a_case(officer, officer)
    page = signed_in(client, officer).get("/").text
    assert "예산 확인 이어서 하기" in page
    assert f'href="/cases/{case.number}/budget"' in page


def test_a_step_to_be_confirmed_again_is_waited_for(client: FlaskClient) -> None:
    officer = an_officer()
    case = a_case(officer, officer)
    with work():
        case.step_states = "dsdwwwwww"
    page = signed_in(client, officer).get("/").text
    assert "요구사항 정의서 작성 다시 확인" in page
    assert f'href="/cases/{case.number}/definition"' in page


def test_deadlines_of_other_people_are_not_mine(client: FlaskClient) -> None:
    due(a_case(), 2)
    assert "지금 할 일이 없습니다" in signed_in(client, an_officer()).get("/").text


def _titles(client: FlaskClient, query: str) -> set[str]:
    page = client.get(f"/?{query}").text
    listed = page[page.index('id="cases"') :]
    return {title for title in ("가나 협업도구", "다라 문서유통", "마바 상담") if title in listed}


def test_the_list_is_narrowed_by_words_step_state_and_person(client: FlaskClient) -> None:
    officer, other = an_officer(), an_officer()
    mine = a_case(officer, other, title="가나 협업도구")
    late = a_case(other, officer, title="다라 문서유통")
    a_case(other, other, title="마바 상담")
    with work():
        complete_budget(project_officer_of(mine), mine)
    due(late, -1)
    signed_in(client, an_account(Role.AUDITOR, Role.PROJECT_OFFICER))
    assert _titles(client, "") == {"가나 협업도구", "다라 문서유통", "마바 상담"}
    assert _titles(client, "q=문서") == {"다라 문서유통"}
    assert _titles(client, f"q={mine.number}") == {"가나 협업도구"}
    assert _titles(client, "q=%25") == set()
    assert _titles(client, "step=definition") == {"가나 협업도구"}
    assert _titles(client, "state=late") == {"다라 문서유통"}
    assert _titles(client, "state=closed") == set()
    assert _titles(client, "mine=1") == set()
    signed_in(client, officer)
    assert _titles(client, "mine=1") == {"가나 협업도구", "다라 문서유통"}


@pytest.mark.parametrize("sort", ["recent", "due", "amount", "title", "number", "nonsense"])
def test_the_list_is_sorted_as_asked(client: FlaskClient, sort: str) -> None:
    officer = an_officer()
    first = a_case(officer, officer, title="나 건")
    second = a_case(officer, officer, title="가 건")
    with work():
        first.amount_won, second.amount_won = 1_000_000, 2_000_000
    due(first, 30)
    due(second, 20)
    page = signed_in(client, officer).get(f"/?sort={sort}").text
    listed = page[page.index("<tbody") :]
    second_first = listed.index("가 건") < listed.index("나 건")
    assert second_first is (sort != "number")


def test_a_long_list_has_pages_and_keeps_what_it_was_asked(client: FlaskClient) -> None:
    officer = an_officer()
    for number in range(27):
        a_case(officer, officer, title=f"표본 건 {number:02d}")
    signed_in(client, officer)
    first = client.get("/?sort=title&q=표본").text
    second = client.get("/?sort=title&q=표본&page=2").text
    assert "2쪽 중 1쪽" in first
    assert "표본 건 26" in second[second.index("<tbody") :]
    assert "표본 건 00" not in second[second.index("<tbody") :]
    assert "sort=title" in first[first.index('rel="next"') :][:200]


def test_the_first_page_asks_as_many_questions_for_many_cases_as_for_one(
    app: Flask, client: FlaskClient
) -> None:
    officer = an_officer()
    signed_in(client, officer)

    def queries() -> int:
        seen: list[str] = []

        def count(_c: object, _cursor: object, statement: str, *_rest: object) -> None:
            seen.append(statement)

        event.listen(db.engine, "before_cursor_execute", count)
        assert client.get("/").status_code == 200
        event.remove(db.engine, "before_cursor_execute", count)
        return len(seen)

    due(a_case(officer, officer), 3)
    before = queries()
    for days in range(12):
        due(a_case(officer, officer), days)
    assert queries() == before


def test_a_sample_case_is_called_one(client: FlaskClient) -> None:
    officer = an_officer()
    case = a_case(officer, officer)
    signed_in(client, officer)
    assert "표본</span>" not in client.get("/").text
    with work():
        case.is_sample = True
    assert "표본</span>" in client.get("/").text


def test_an_evaluator_is_led_to_the_sheet_and_not_to_the_case(client: FlaskClient) -> None:
    case = a_case()
    signed_in(client, a_member(case, Relation.EVALUATOR))
    page = client.get("/").text
    assert TITLE in page
    assert f'href="/cases/{case.number}"' not in page
    assert client.get(f"/cases/{case.number}").status_code == 403


def test_the_deadlines_come_as_a_calendar(client: FlaskClient) -> None:
    officer = an_officer()
    case = a_case(officer, officer)
    day = due(case, 5)
    answer = signed_in(client, officer).get("/calendar.ics")
    (entry,) = Calendar.from_ical(answer.data).walk("VEVENT")
    assert answer.mimetype == "text/calendar"
    assert entry.decoded("dtstart") == day
    assert case.number in entry["summary"]
    assert entry["uid"] == Calendar.from_ical(client.get("/calendar.ics").data).walk("VEVENT")[0]["uid"]


def test_a_new_case_opens_at_its_first_step(client: FlaskClient) -> None:
    officer = an_officer()
    signed_in(client, officer)
    fields = {
        "title": "  새 표본 건  ",
        "project_officer_id": str(officer.id),
        "contract_officer_id": str(officer.id),
    }
    answer = post(client, "/cases/new", fields)
    assert answer.status_code == 302
    assert answer.location.endswith("-0001/budget")
    assert "새 표본 건" in client.get("/").text


@pytest.mark.parametrize("field", ["title", "project_officer_id", "contract_officer_id"])
def test_a_new_case_without_something_keeps_what_was_typed(client: FlaskClient, field: str) -> None:
    officer = an_officer()
    signed_in(client, officer)
    fields = {
        "title": "새 표본 건",
        "project_officer_id": str(officer.id),
        "contract_officer_id": str(officer.id),
    }
    answer = post(client, "/cases/new", {**fields, field: ""})
    assert answer.status_code == 422
    assert "고칠 곳이 1곳" in answer.text
    assert ("새 표본 건" in answer.text) is (field != "title")


def test_an_officer_without_the_role_is_not_taken(client: FlaskClient) -> None:
    officer = an_officer()
    signed_in(client, officer)
    evaluator = an_account(Role.EVALUATOR)
    answer = post(
        client,
        "/cases/new",
        {"title": "건", "project_officer_id": str(evaluator.id), "contract_officer_id": str(officer.id)},
    )
    assert answer.status_code == 422
    assert "사업담당자 역할이 없습니다" in answer.text


def test_the_page_of_a_case_shows_its_steps_reasons_and_record(client: FlaskClient) -> None:
    officer = an_officer()
    case = a_case(officer, officer)
    with work():
        complete_budget(project_officer_of(case), case)
    with work():
        workflow.reopen(project_officer_of(case), case, Step.BUDGET, "금액이 바뀜")
    due(case, 4, "표본 기한")
    page = signed_in(client, officer).get(f"/cases/{case.number}").text
    assert "이어서 하기: ① 예산 확인" in page
    assert "다시 연 횟수 1회" in page
    assert "표본 기한" in page
    assert "① 예산 확인 단계를 다시 열었습니다: 금액이 바뀜" in page
    assert f"/cases/{case.number}/record/verify" in page


def test_members_are_appointed_and_taken_back(client: FlaskClient) -> None:
    officer = an_officer()
    case, evaluator = a_case(officer, officer), an_account(Role.EVALUATOR, name="표본 외부위원")
    signed_in(client, officer)
    url, fields = f"/cases/{case.number}/members", {"account_id": str(evaluator.id), "role": "evaluator"}
    assert post(client, url, fields).status_code == 302
    assert "지정 거두기" in client.get(url).text
    assert post(client, url, fields).status_code == 422
    assert post(client, f"{url}/remove", fields).status_code == 302
    assert "지정 거두기" not in client.get(url).text
    assert event_kinds(case) == ["case.opened", "member.added", "member.removed"]
    assert post(client, f"{url}/remove", fields).status_code == 404


def test_the_record_is_narrowed_by_sort_person_and_days(client: FlaskClient) -> None:
    officer = an_officer()
    case = a_case(officer, officer)
    helper = a_member(case, Relation.COLLABORATOR)
    with work():
        complete_budget(actor_for(helper), case)
    signed_in(client, officer)
    url = f"/cases/{case.number}/record"
    assert "모두 4건" in client.get(url).text
    assert "모두 1건" in client.get(f"{url}?group=steps").text
    assert "모두 2건" in client.get(f"{url}?person={helper.id}").text
    today = records.today()
    assert "모두 4건" in client.get(f"{url}?since={today}&until={today}").text
    assert "찾는 기록이 없습니다" in client.get(f"{url}?until=2020-01-01").text
    assert "찾는 기록이 없습니다" in client.get(f"{url}?since=2999-01-01").text


def test_a_day_that_cannot_be_read_is_said_and_kept(client: FlaskClient) -> None:
    officer = an_officer()
    case = a_case(officer, officer)
    page = signed_in(client, officer).get(f"/cases/{case.number}/record?since=2026-02-31").text
    assert 'value="2026-02-31"' in page
    assert 'role="alert"' in page


def test_the_body_of_an_event_can_be_read(client: FlaskClient) -> None:
    officer = an_officer()
    case = a_case(officer, officer, title="표본 <b>건</b>")
    page = signed_in(client, officer).get(f"/cases/{case.number}/record").text
    assert "표본 &lt;b&gt;건&lt;/b&gt;" in page
    assert "<b>건</b>" not in page


def test_a_case_can_be_verified_from_its_page(client: FlaskClient) -> None:
    officer = an_officer()
    case = a_case(officer, officer)
    page = signed_in(client, officer).get(f"/cases/{case.number}/record/verify").text
    assert "모두 그대로입니다" in page
    assert "원장의 사건" in page


def test_help_names_every_step_and_rule(client: FlaskClient) -> None:
    page = signed_in(client, an_officer()).get("/help").text
    assert all(text in page for text in ("① 예산 확인", "⑨ 이용계약 종료", "B-1", "X-8", "최종 검색"))

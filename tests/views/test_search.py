"""③ The pages of a search: conditions, list, record, tree, final run, rehearsal, export."""

from __future__ import annotations

import csv
import io
import re
from html import unescape
from typing import Any

import openpyxl
import pypdfium2
import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session, scoped_session
from werkzeug.test import TestResponse

from procurement.domain.access import Actor, Role
from procurement.domain.facts.search import SearchRun, SearchWord
from procurement.domain.steps import Step
from procurement.models import Account, Case
from procurement.services import (
    case_facts,
    cases,
    catalogue,
    evidence,
    names,
    search,
    search_pending,
    workflow,
)
from tests.support.factories import (
    a_case,
    actor_for,
    an_account,
    event_kinds,
    post,
    signed_in,
    work,
)
from tests.support.official_pages import SAMPLE_SERVICES, many_services, result_page
from tests.support.walk import (
    complete_budget,
    complete_definition,
    complete_sourcing,
    official_run,
    upload_output,
)

pytestmark = pytest.mark.usefixtures("db_session")


class Office:
    """A signed-in officer with a case whose ③ is open."""

    def __init__(self, client: FlaskClient, lots: int = 1) -> None:
        self.account: Account = an_account(Role.PROJECT_OFFICER, Role.CONTRACT_OFFICER)
        self.case: Case = a_case(self.account, self.account)
        self.actor: Actor = actor_for(self.account)
        with work():
            complete_budget(self.actor, self.case)
            complete_definition(self.actor, self.case, lots)
            names.add_name(self.actor, "표본메신저", ["샘플톡"], "service")
        self.number = self.case.number
        self.client = signed_in(client, self.account)

    def url(self, rest: str) -> str:
        """An address of ③ of the case."""
        return f"/cases/{self.number}/search{rest}"

    def post(self, rest: str, data: dict[str, Any] | None = None, **more: Any) -> TestResponse:
        """Send a form to an address of ③."""
        return post(self.client, self.url(rest), data, **more)

    def upload(self, data: bytes, name: str = "검색결과.html", lot: int = 1) -> TestResponse:
        """Send a saved page."""
        return self.post(
            f"/new/{lot}/list", {"file": (io.BytesIO(data), name)}, content_type="multipart/form-data"
        )

    def runs(self) -> tuple[SearchRun, ...]:
        """The runs recorded so far, seen by a new transaction."""
        from procurement.extensions import db

        db.session.rollback()
        return case_facts.load(self.case).search.runs


@pytest.fixture
def office(db_session: scoped_session[Session], client: FlaskClient) -> Office:
    """An officer before the first search."""
    return Office(client)


def entered(**changes: Any) -> dict[str, Any]:
    """The first page as it is sent when the definition's words are searched."""
    return {
        "search_page": "SaaS",
        "service_type": "SaaS",
        "plan_words": ["협업"],
        "filters": ["SaaS|기업 유형|중소기업"],
        "occurred_at": "2026. 2. 3. 10:00",
        **changes,
    }


def test_a_search_is_recorded_over_three_pages_from_euc_kr_to_the_tree(office: Office) -> None:
    page = office.client.get(office.url("/new/1")).text
    assert "협업 (1-1)" in page
    assert office.post("/new/1", entered()).headers["Location"].endswith("/search/new/1/list")
    assert office.upload(result_page(encoding="euc-kr")).status_code == 302
    listed = office.client.get(office.url("/new/1/list")).text
    assert all(service[1] in listed for service in SAMPLE_SERVICES)
    assert "이대로 기록" in office.client.get(office.url("/new/1/record")).text
    assert office.runs() == ()
    assert office.post("/new/1/record").headers["Location"].endswith("/search/runs/1")
    assert event_kinds(office.case)[-2:] == ["evidence.attached", "search.run"]
    assert "1번 검색" in office.client.get(office.url("")).text
    assert "표본 협업 가온" in office.client.get(office.url("/runs/1")).text


def test_a_named_service_is_refused_beside_its_field_and_nothing_typed_is_lost(office: Office) -> None:
    sent = entered(
        **{"own_words-0-word": "표본 메신저", "own_words-0-reason": "꼭 필요하다", "change": "적던 글"}
    )
    answer = office.post("/new/1", sent)
    assert answer.status_code == 422
    assert "특정 기업·서비스 이름" in answer.text
    assert 'value="표본 메신저"' in answer.text
    assert 'value="꼭 필요하다"' in answer.text


def test_the_live_check_underlines_the_name_and_offers_the_definitions_words(office: Office) -> None:
    before = event_kinds(office.case)
    answer = office.post("/new/1/check", entered(**{"own_words-0-word": "우리 샘플톡"}))
    assert '<mark class="named">샘플톡</mark>' in answer.text
    assert "정의서에서 기능으로 쓴 낱말: 협업, 전자우편" in answer.text
    assert 'data-field-message="own_words-0-word"' in answer.text
    assert event_kinds(office.case) == before


def test_the_live_check_needs_the_form_token(office: Office) -> None:
    assert office.client.post(office.url("/new/1/check"), data=entered()).status_code == 400


def test_a_direct_request_cannot_record_what_the_first_page_would_refuse(office: Office) -> None:
    office.post("/new/1/draft", entered(**{"own_words-0-word": "표본메신저", "own_words-0-reason": "필요"}))
    with work():
        upload_output(office.actor, office.case, result_page())
    assert office.post("/new/1/record").status_code == 409
    assert office.runs() == ()
    assert event_kinds(office.case)[-1] == "act.refused"


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"plan_words": [], "filters": []}, "검색어나 필터를 하나 이상"),
        ({"occurred_at": ""}, "검색한 날짜와 시각"),
        ({"occurred_at": "2999. 1. 1. 10:00"}, "지금보다 뒤일 수 없습니다"),
        ({"own_words-0-word": "화상회의"}, "확정한 정의서에 없습니다"),
        ({"filters": ["SaaS|제공 유형|원제공자"]}, "빼거나 더한 사유"),
        ({"own_filters-0-filter": "새 필터", "own_filters-0-option": "값"}, "필터 표에"),
    ],
)
def test_what_is_missing_is_said_and_nothing_goes_on(
    office: Office, changes: dict[str, Any], sentence: str
) -> None:
    answer = office.post("/new/1", entered(**changes))
    assert answer.status_code == 422
    assert sentence in answer.text


def test_filters_of_another_page_are_not_taken(office: Office) -> None:
    office.post("/new/1", entered(search_page="IaaS", filters=["SaaS|기업 유형|중소기업"]))
    office.upload(result_page())
    office.post("/new/1/record")
    (run,) = office.runs()
    assert (run.page.value, run.filters) == ("IaaS", ())


def test_what_was_typed_is_there_again_after_leaving(office: Office) -> None:
    office.post("/new/1/draft", entered(**{"own_words-0-word": "화상회의"}))
    again = office.client.get(office.url("/new/1")).text
    assert 'value="화상회의"' in again
    assert "임시저장되었습니다" in again
    office.post("/new/1/drop")
    assert 'value="화상회의"' not in office.client.get(office.url("/new/1")).text


def test_a_pdf_stays_evidence_and_its_list_is_entered_by_hand(office: Office) -> None:
    office.post("/new/1", entered())
    office.upload(b"%PDF-1.7\n1 0 obj\n", "검색결과.pdf")
    assert "PDF가 깨졌거나 잠겨 있거나" in office.client.get(office.url("/new/1/list")).text
    assert office.post("/new/1/record").status_code == 409
    rows = {"total": "1", "rows-0-service_name": "표본 협업 가온", "rows-0-in_mall": "yes"}
    assert office.post("/new/1/hand", rows).status_code == 422
    office.post("/new/1/hand", {**rows, "reason": "PDF로만 저장됨"})
    office.post("/new/1/record")
    (run,) = office.runs()
    assert [(row.service_name, row.in_mall, row.price_won) for row in run.results] == [
        ("표본 협업 가온", True, None)
    ]
    assert run.reading is not None
    assert [(c.kind, c.reason) for c in run.reading.corrections] == [("added", "PDF로만 저장됨")]


def test_a_page_that_is_no_result_page_gives_its_reason_and_stays_evidence(office: Office) -> None:
    office.upload("<html><title>로그인</title><body><p>안녕하세요</p></body></html>".encode())
    page = office.client.get(office.url("/new/1/list")).text
    assert "검색결과 화면이 아니라 로그인 화면" in page
    assert event_kinds(office.case)[-1] == "evidence.attached"


def test_a_line_is_put_right_only_with_a_reason_and_both_are_kept(office: Office) -> None:
    office.post("/new/1", entered())
    office.upload(result_page())
    right = {"service_name": "표본 협업 가온+", "service_id": "SAS-9-01-90001", "company_size": "중소기업"}
    assert office.post("/new/1/list/1", right).status_code == 422
    office.post("/new/1/list/1", {**right, "reason": "이름 끝의 +가 빠졌다"})
    office.post("/new/1/list/3", {"service_name": "x", "removed": "y", "reason": "추천 서비스이다"})
    office.post("/new/1/record")
    (run,) = office.runs()
    assert [(row.position, row.service_name) for row in run.results] == [
        (1, "표본 협업 가온+"),
        (2, "표본 협업 나래"),
    ]
    assert (run.results[0].company_size, run.results[0].innovation) == ("중소기업", None)
    assert run.reading is not None
    assert [(c.kind, c.position) for c in run.reading.corrections] == [("changed", 1), ("removed", 3)]
    assert "서비스명 표본 협업 가온 ·" in run.reading.corrections[0].read
    shown = office.client.get(office.url("/runs/1")).text
    assert "추천 서비스이다" in shown


def test_a_correction_can_be_taken_back_before_recording(office: Office) -> None:
    office.post("/new/1", entered())
    office.upload(result_page())
    office.post("/new/1/list/2", {"removed": "y", "reason": "잘못 눌렀다"})
    office.post("/new/1/list/2", {"restore": "1"})
    office.post("/new/1/record")
    assert len(office.runs()[0].results) == 3


def test_the_pages_of_one_list_add_up_and_a_second_list_is_refused(office: Office) -> None:
    services = many_services(5)
    office.post("/new/1", entered())
    office.upload(result_page(services[:3], total=5))
    assert "5개라고 적혀 있으나" in office.client.get(office.url("/new/1/list")).text
    assert office.post("/new/1/record").status_code == 409
    assert office.upload(result_page(services[3:], total=5)).status_code == 302
    other = office.upload(result_page(many_services(9)[7:]))
    assert other.status_code == 409
    assert "한 목록으로 합칠 수 없습니다" in other.text
    assert event_kinds(office.case)[-1] == "act.refused"
    office.post("/new/1/record")
    (run,) = office.runs()
    assert [row.position for row in run.results] == [1, 2, 3, 4, 5]
    assert run.reading is not None
    assert [output.read_count for output in run.reading.outputs] == [3, 2]


def test_a_missing_rest_is_recorded_only_with_its_reason(office: Office) -> None:
    office.post("/new/1", entered())
    office.upload(result_page(many_services(3), total=5))
    assert office.post("/new/1/record").status_code == 409
    office.post("/new/1/list/count", {"count_reason": "둘째 쪽이 열리지 않는다"})
    office.post("/new/1/record")
    reading = office.runs()[0].reading
    assert reading is not None
    assert reading.count_reason == "둘째 쪽이 열리지 않는다"


def test_a_following_search_shows_what_changed_in_the_tree(office: Office) -> None:
    with work():
        first = official_run(office.actor, office.case, result_page(many_services(40)))
        first_id = str(first.id)
    assert 'selected value="' + first_id in office.client.get(office.url("/new/1")).text
    assert "어느 검색에서" in office.post("/new/1", entered(follows="")).text
    office.post(
        "/new/1", entered(follows=first_id, change="2-2의 전자우편을 더함", plan_words=["협업", "전자우편"])
    )
    office.upload(result_page())
    office.post("/new/1/record")
    tree = office.client.get(office.url("")).text
    assert 'data-depth="1"' in tree
    assert "1번에서 이어짐" in tree
    assert "서비스 3개 더해지고 40개 빠짐" in tree
    assert "+ 검색어 ‘전자우편’" in tree


def test_a_final_run_is_declared_on_a_page_of_its_own_and_only_once(office: Office) -> None:
    with work():
        official_run(office.actor, office.case)
    assert "모두 평가 대상이 됩니다" in office.client.get(office.url("/runs/1/final")).text
    assert office.post("/runs/1/final").status_code == 422
    assert office.post("/runs/1/final", {"confirmed": "y"}).status_code == 302
    again = office.post("/runs/1/final", {"confirmed": "y"})
    assert again.status_code == 409
    assert "이미 정해졌습니다" in again.text
    assert "최종 검색을 이미 정했습니다" in office.client.get(office.url("/runs/1/final")).text
    assert event_kinds(office.case).count("search.final") == 1
    office.post("/new/1/draft", entered(follows=office.runs()[0].run_id, change="또"))
    with work():
        upload_output(office.actor, office.case, result_page())
    assert office.post("/new/1/record").status_code == 409


def test_a_broad_run_asks_for_the_reason_on_the_page(office: Office) -> None:
    with work():
        official_run(office.actor, office.case, result_page(many_services(31)))
    assert "조건을 더 좁히지 않고" in office.client.get(office.url("/runs/1/final")).text
    assert office.post("/runs/1/final", {"confirmed": "y"}).status_code == 422
    assert office.post("/runs/1/final", {"confirmed": "y", "reason": "모두 평가한다"}).status_code == 302


def test_two_lots_each_have_their_searches_and_one_shows_no_lots(client: FlaskClient) -> None:
    office = Office(client, lots=2)
    page = office.client.get(office.url("")).text
    assert "수요 항목 1 · 수요 1" in page
    assert "수요 항목 2 · 수요 2" in page
    assert office.client.get(office.url("/new/3")).status_code == 404
    with work():
        official_run(office.actor, office.case, lot=2)
    assert office.post("/runs/1/final", {"confirmed": "y"}).status_code == 302
    facts = case_facts.load(office.case)
    assert (facts.search.final(1), facts.search.final(2) is not None) == (None, True)


def test_with_one_lot_nobody_sees_the_word(office: Office) -> None:
    assert "수요 항목" not in office.client.get(office.url("")).text


def test_the_list_is_taken_out_as_text_and_the_ledger_knows(office: Office) -> None:
    services = [("SAS-9-01-90001", "=1+1 표본", "@표본기업", "표준", "등록", "1,000원")]
    with work():
        official_run(office.actor, office.case, result_page(services))
    answer = office.client.get(office.url("/runs/1/export.csv"))
    lines = list(csv.reader(io.StringIO(answer.data.decode("utf-8-sig"))))
    assert lines[-1][:4] == ["1", "SAS-9-01-90001", "'=1+1 표본", "'@표본기업"]
    again = office.client.get(office.url("/runs/1/export.csv"))
    assert again.data == answer.data
    sheet = openpyxl.load_workbook(
        io.BytesIO(office.client.get(office.url("/runs/1/export.xlsx")).data)
    ).active
    assert sheet is not None
    cell = sheet.cell(sheet.max_row, 3)
    assert (cell.value, cell.data_type) == ("=1+1 표본", "s")
    assert office.client.get(office.url("/runs/1/export.ods")).data[:4] == b"PK\x03\x04"
    assert event_kinds(office.case)[-4:] == ["search.exported"] * 4


@pytest.mark.one_database
def test_a_list_on_paper_is_the_same_file_whatever_happens_afterwards(office: Office) -> None:
    with work():
        official_run(office.actor, office.case, result_page(many_services(3)))
    first = office.client.get(office.url("/runs/1/export.pdf"))
    assert (first.status_code, first.mimetype) == (200, "application/pdf")
    assert office.post("/runs/1/final", {"confirmed": "y"}).status_code == 302
    assert office.client.get(office.url("/runs/1/export.pdf")).data == first.data
    document = pypdfium2.PdfDocument(first.data)
    text = "".join(page.get_textpage().get_text_range() for page in document)
    document.close()
    assert all(f"표본 서비스 {number}" in text for number in (1, 2, 3))


SERVICES = [
    ("SAS-9-01-90001", "표본 협업 가", "표본기업 가", "표준", "등록", "3,000원"),
    ("SAS-9-01-90002", "표본 협업 나", "표본기업 나", "간편", "미등록", "1,000원"),
    ("SAS-9-01-90003", "표본 협업 다", "표본기업 다", "", "", ""),
]


def shown_services(page: str) -> list[str]:
    """Services of a result table in their order."""
    return re.findall(r"<td>(표본 협업 .)<br>", page)


def test_a_list_is_filtered_sorted_and_nothing_unknown_is_dropped(office: Office) -> None:
    with work():
        official_run(office.actor, office.case, result_page(SERVICES))
    page = office.client.get(office.url("/runs/1"), query_string={"mall": "미등록", "sort": "price"}).text
    assert shown_services(page) == ["표본 협업 나", "표본 협업 다"]
    assert "맞음 1개 · 확인 필요 1개 · 가려 둔 서비스 1개" in page
    assert shown_services(office.client.get(office.url("/runs/1?sort=price")).text) == [
        "표본 협업 나",
        "표본 협업 가",
        "표본 협업 다",
    ]
    assert len(office.runs()[0].results) == 3


def test_services_stand_side_by_side_and_go_into_ones_own_basket(office: Office) -> None:
    with work():
        official_run(office.actor, office.case, result_page(SERVICES))
    page = office.client.get(office.url("/runs/1/compare?service=1&service=2&service=99")).text
    assert "서비스 2개 나란히 보기" in page
    assert "확인 필요" in page
    assert re.search(r'class="differs"><th scope="row">가격', page)
    assert "고른 서비스가 없습니다" in office.client.get(office.url("/runs/1/compare")).text
    before = event_kinds(office.case)
    assert office.post("/runs/1/basket", {"service": ["1", "3"]}).status_code == 302
    basket = office.client.get(office.url("/basket/1")).text
    assert re.findall(r'value="(\d)" checked', basket) == ["1", "3"]
    office.post("/basket/1", {"service": ["2"]})
    assert re.findall(r'value="(\d)" checked', office.client.get(office.url("/basket/1")).text) == ["2"]
    assert event_kinds(office.case) == before
    colleague = an_account(Role.PROJECT_OFFICER)
    with work():
        cases.add_member(office.actor, office.case, str(colleague.id), "collaborator")
    signed_in(office.client, colleague)
    assert "checked" not in office.client.get(office.url("/basket/1")).text


def test_searching_again_in_the_support_system_begins_with_the_same_conditions(office: Office) -> None:
    with work():
        official_run(
            office.actor, office.case, words=(SearchWord("협업"), SearchWord("화상회의", reason="기능 요건"))
        )
    assert office.post("/runs/1/again").headers["Location"].endswith("/search/new/1")
    page = office.client.get(office.url("/new/1")).text
    assert 'value="화상회의"' in page
    assert 'value="기능 요건"' in page
    fields = entered(
        **{"own_words-0-word": "화상회의", "own_words-0-reason": "기능 요건"},
        follows=office.runs()[0].run_id,
        change="같은 조건으로 다시 검색함",
    )
    assert office.post("/new/1", fields).status_code == 302
    assert "작성하던 검색이 있습니다" in office.post("/runs/1/again", follow_redirects=True).text
    office.upload(result_page([*SAMPLE_SERVICES[:1], SERVICES[1]]))
    assert office.post("/new/1/record").status_code == 302
    shown = office.client.get(office.url("/runs/2/difference")).text
    assert "조건은 같습니다" in shown
    assert "새로 나온 서비스 0개 · 빠진 서비스 1개 · 내용이 바뀐 서비스 1개 · 그대로 1개" in shown
    assert "조건은 같고 검색한 곳의 목록이 바뀜" in shown


def test_a_run_says_when_nothing_was_found_and_when_it_was_searched_too_often(office: Office) -> None:
    with work():
        last = official_run(office.actor, office.case, result_page([]))
        for _ in range(6):
            last = official_run(
                office.actor,
                office.case,
                result_page(many_services(31)),
                follows=str(last.id),
                change="다시 확인함",
            )
    assert "검색된 서비스가 없습니다" in office.client.get(office.url("/runs/1")).text
    run = office.client.get(office.url("/runs/7")).text
    assert "비슷한 검색을 되풀이했습니다" in run
    assert "기관이 정한 30개를 넘습니다" in run
    tree = office.client.get(office.url("")).text
    assert (tree.count("결과 없음</span>"), tree.count("기관 한도 30개 넘음")) == (1, 6)
    assert tree.count("비슷한 검색 6번 뒤") == 1


def test_an_auditor_reads_runs_and_changes_nothing(office: Office) -> None:
    with work():
        official_run(office.actor, office.case)
    signed_in(office.client, an_account(Role.AUDITOR))
    assert office.client.get(office.url("/runs/1")).status_code == 200
    assert office.client.get(office.url("/runs/1/export.csv")).status_code == 200
    assert office.post("/runs/1/final", {"confirmed": "y"}).status_code == 403
    assert office.post("/new/1/record").status_code == 403


def test_whoever_comes_to_the_last_page_first_is_told_where_to_begin(office: Office) -> None:
    answer = office.client.get(office.url("/new/1/record"), follow_redirects=True)
    assert answer.request.path.endswith("/search/new/1")
    assert "검색 조건을 먼저" in answer.text
    assert office.post("/new/1/record").status_code == 422


def test_the_list_of_another_person_is_not_mine(office: Office) -> None:
    with work():
        upload_output(office.actor, office.case, result_page())
        other = search_pending.pending_of(actor_for(an_account(Role.PROJECT_OFFICER)), office.case, 1)
    assert other.pages == ()


def test_words_are_judged_with_their_place_marked(office: Office) -> None:
    (verdict,) = search.judge_words(["우리 샘플톡 도입"])
    assert verdict.parts == (("우리 ", False), ("샘플톡", True), (" 도입", False))


def test_two_browsers_declare_a_final_run_and_one_of_them_is_told(office: Office) -> None:
    with work():
        first = official_run(office.actor, office.case)
        official_run(office.actor, office.case, follows=str(first.id), change="다시 확인함")
    colleague = an_account(Role.PROJECT_OFFICER)
    with work():
        cases.add_member(office.actor, office.case, str(colleague.id), "collaborator")
    other = signed_in(office.client.application.test_client(), colleague)
    assert "이렇게 됩니다" in other.get(office.url("/runs/2/final")).text
    assert office.post("/runs/1/final", {"confirmed": "y"}).status_code == 302
    late = post(other, office.url("/runs/2/final"), {"confirmed": "y"})
    assert late.status_code == 409
    assert "하나만 정할 수 있으니" in late.text


LIST = """서비스명,제공자명,서비스유형,기업유형,디지털서비스몰등록,서비스설명
표본 협업 가,표본기업 가,SaaS,중소기업,Y,협업 도구
표본 협업 나,표본기업 나,SaaS,,N,협업 도구
표본 협업 다,표본기업 다,SaaS,대기업,Y,협업 도구
표본 메일 라,표본기업 라,SaaS,중소기업,Y,전자우편
"""


def load_list(office: Office, text: str = LIST) -> None:
    """Load a small catalogue."""
    received = evidence.receive(io.BytesIO(text.encode()), "목록.csv")
    table = catalogue.read_file(received.stored.digest, received.name)
    with work():
        mapping = catalogue.proposed_mapping(table)
        services = catalogue.services_of(table, mapping)
        catalogue.load(office.actor, received, table.columns, mapping, services)


ASKED = {"search_page": "SaaS", "plan_words": "협업", "filters": "SaaS|기업 유형|중소기업"}


def test_a_rehearsal_counts_matches_and_what_needs_a_look_apart(office: Office) -> None:
    load_list(office)
    page = office.client.get(office.url("/rehearsal/1"), query_string=ASKED).text
    assert "조건에 맞음 1개 · 확인 필요 1개 · 맞지 않음 2개" in page
    assert "표본 협업 나" in page
    assert "표본 협업 다" not in page
    assert office.runs() == ()


def test_a_rehearsal_is_recorded_as_such_and_can_never_be_final(office: Office) -> None:
    load_list(office)
    assert office.post("/rehearsal/1", ASKED).status_code == 302
    (run,) = office.runs()
    assert (run.kind.value, run.source.value) == ("rehearsal", "local_catalogue")
    assert [row.service_name for row in run.results] == ["표본 협업 가", "표본 협업 나"]
    assert run.reading is not None
    assert run.reading.unknown_count == 1
    refused = office.post("/runs/1/final", {"confirmed": "y"})
    assert refused.status_code == 409
    assert "예비 검색" in refused.text
    assert event_kinds(office.case)[-1] == "act.refused"
    assert case_facts.load(office.case).search.finals == ()


def test_a_search_made_again_on_a_newer_list_shows_what_has_changed(office: Office) -> None:
    load_list(office)
    office.post("/rehearsal/1", ASKED)
    again = re.search(r'href="([^"]+again=1[^"]*)"', office.client.get(office.url("/runs/1")).text)
    assert again is not None
    load_list(
        office,
        LIST.replace("표본 협업 나,표본기업 나,SaaS,,N", "표본 협업 나,표본기업 나,SaaS,대기업,N")
        + "표본 협업 마,표본기업 마,SaaS,중소기업,Y,협업 도구\n",
    )
    page = office.client.get(unescape(again.group(1))).text
    assert "1번 검색을 다시 합니다" in page
    assert "조건에 맞음 2개" in page
    assert "새로 나온 서비스 1개 · 빠진 서비스 1개" in page
    assert page.count("조건은 같고 검색한 곳의 목록이 바뀜") == 2
    assert len(office.runs()) == 1
    assert office.post("/rehearsal/1", {**ASKED, "again": "1"}).status_code == 302
    one, two = office.runs()
    assert (two.follows, two.change) == (one.run_id, "1번 검색을 다시 함")
    shown = office.client.get(office.url("/runs/2")).text
    assert "1번 검색과 다른 점" in shown
    against = office.client.get(office.url("/runs/2/difference?with=1")).text
    assert "새로 나온 서비스 1개 · 빠진 서비스 1개" in against
    assert "2번째" in against


def test_a_name_is_no_search_word_in_a_rehearsal_either(office: Office) -> None:
    load_list(office)
    asked = {**ASKED, "own_words-0-word": "표본 협업 가"}
    page = office.client.get(office.url("/rehearsal/1"), query_string=asked).text
    assert "특정 기업·서비스 이름" in page
    assert "조건에 맞음" not in page
    assert office.post("/rehearsal/1", {**asked, "own_words-0-reason": "꼭"}).status_code == 409


def test_looking_around_needs_no_reason_but_recording_does(office: Office) -> None:
    load_list(office)
    asked = {**ASKED, "own_words-0-word": "화상회의"}
    page = office.client.get(office.url("/rehearsal/1"), query_string=asked).text
    assert "기록하려면 사유가 필요합니다" in page
    assert "이 예비 검색을 기록" not in page
    assert office.post("/rehearsal/1", asked).status_code == 409


def test_without_a_catalogue_the_rehearsal_says_what_to_do_first(office: Office) -> None:
    assert "불러온 서비스 목록이 없습니다" in office.client.get(office.url("/rehearsal/1")).text
    assert office.post("/rehearsal/1", ASKED).status_code == 422


def test_what_found_nothing_ends_with_a_reason_and_the_other_lot_goes_on(client: FlaskClient) -> None:
    office = Office(client, lots=2)
    with work():
        official_run(office.actor, office.case, result_page([]))
        official_run(office.actor, office.case, lot=2)
    assert "계약 없이 마치기" in office.client.get(office.url("/runs/1")).text
    assert "계약 없이 마치기" not in office.client.get(office.url("/runs/2")).text
    missing = office.post("/runs/1/end")
    assert missing.status_code == 422
    assert "계약 없이 마치는 사유를 적어 주세요" in missing.text
    assert office.post("/runs/2/end", {"reason": "그래도"}).status_code == 409
    assert office.post("/runs/1/end", {"reason": "맞는 것이 없다"}).status_code == 302
    assert "사유: 맞는 것이 없다" in office.client.get(office.url("")).text
    with work():
        search.declare_final(office.actor, office.case, 2, confirmed=True)
        workflow.complete(office.actor, office.case, Step.SEARCH)
        complete_sourcing(office.actor, office.case)
    page = office.client.get(f"/cases/{office.number}/selection/2/quotes")
    assert page.status_code == 200
    assert "/selection/1/" not in page.text

"""The termination checklist as data and as a PDF of at most two pages, and the command that writes it."""

import io
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pikepdf
import pytest

from procurement.domain.facts import EndingPlan
from procurement.domain.facts.ending import ChecklistMark, EndingKind, ExpiryOutcome, PromiseMark
from procurement.domain.steps import Step
from procurement.models import Case
from procurement.services import case_facts, checklist, documents, ending
from tests.support.concluded import a_concluded_case
from tests.support.factories import an_institution, event_kinds, in_institution, project_officer_of, work

if TYPE_CHECKING:
    from flask import Flask

LONG_PROMISES = tuple(
    f"{number}. 종료 뒤 6개월 동안 이관받은 기관의 문의에 응하고 "
    "이관에 필요한 기술 문서와 인력을 무상으로 제공함"
    for number in range(1, 21)
)


def the_longest_case() -> Case:
    """A case whose checklist has as many lines as it can, all of them done, with long notes."""
    case = a_concluded_case(end_promises=LONG_PROMISES)
    actor = project_officer_of(case)
    plan = EndingPlan(
        EndingKind.EXPIRY, ExpiryOutcome.NEW_CONTRACT, date(2023, 12, 31), provider_closes_business=True
    )
    note = "확인서와 화면을 대조하여 빠진 것이 없음을 담당 부서와 함께 확인하였음" * 3
    with work():
        documents.save(actor, case, Step.ENDING, plan, 0)
    facts = case_facts.load(case)
    with work():
        for item in facts.ending.items:
            place = ending.promise_place(item.key)
            if place is not None:
                ending.confirm_promise(actor, case, PromiseMark(place, True, date(2023, 12, 20), note))
            elif item.required:
                mark = ChecklistMark(
                    item.key, date(2023, 12, 20), "표본전자기술원 정보화담당관실 표본 담당자", note
                )
                ending.mark(actor, case, mark)
    return case


def test_lines_are_grouped_by_their_day_before_the_end(db_session: Any) -> None:
    found = checklist.checklist_of(case_facts.load(a_concluded_case()))
    assert [group.days_before_end for group in found.groups] == [90, 60, 30, 14, 1, 0]
    assert found.groups[0].title == "종료 90일 전까지 (2023. 10. 2.)"
    assert found.groups[-1].title == "종료일까지 (2023. 12. 31.)"
    assert found.ends_on == date(2023, 12, 31)


def test_a_line_shows_who_did_it_when_and_counts_as_done(db_session: Any) -> None:
    case = a_concluded_case()
    before = checklist.checklist_of(case_facts.load(case))
    with work():
        mark = ChecklistMark("decide", date(2023, 10, 2), "표본 사업담당자")
        ending.mark(project_officer_of(case), case, mark)
    after = checklist.checklist_of(case_facts.load(case))
    line = next(line for line in after.lines if line.item.key == "decide")
    assert (line.mark, line.overdue) == (mark, False)
    assert (before.done, after.done, after.required) == (0, 1, before.required)


def test_only_what_has_to_be_done_is_overdue(db_session: Any) -> None:
    lines = checklist.checklist_of(case_facts.load(a_concluded_case())).lines
    assert all(line.overdue == line.item.required for line in lines)


def test_nothing_is_overdue_on_its_own_day(db_session: Any) -> None:
    case = a_concluded_case()
    on_the_day = case_facts.load(case, date(2023, 10, 2))
    assert not any(line.overdue for line in checklist.checklist_of(on_the_day).lines)
    day_after = replace(on_the_day, today=date(2023, 10, 3))
    assert sum(line.overdue for line in checklist.checklist_of(day_after).lines) == 3


def test_the_longest_checklist_prints_on_two_pages(db_session: Any) -> None:
    case = the_longest_case()
    facts = case_facts.load(case)
    assert len(facts.ending.items) >= 40
    rendered = checklist.pdf_of(facts)
    assert rendered.pages == checklist.MOST_PAGES
    assert rendered.notes == ()
    with pikepdf.open(io.BytesIO(rendered.data)) as pdf:
        assert {round(float(page.mediabox[3])) for page in pdf.pages} == {842}


def test_a_download_is_written_down_with_the_digest_of_the_file(db_session: Any) -> None:
    case = a_concluded_case()
    rendered = checklist.pdf_of(case_facts.load(case))
    with work():
        checklist.record_download(project_officer_of(case), case, rendered)
    assert event_kinds(case)[-1] == "checklist.downloaded"


def test_the_command_writes_the_file(app: "Flask", db_session: Any, tmp_path: Path) -> None:
    case = a_concluded_case()
    target = tmp_path / "종료 점검표.pdf"
    result = app.test_cli_runner().invoke(args=["checklist", case.number, "-o", str(target)])
    assert result.exit_code == 0, result.output
    assert "1쪽" in result.output
    assert target.read_bytes().startswith(b"%PDF-")


@pytest.mark.parametrize("number", ["2023-9999", "아무 글"])
def test_the_command_names_a_case_that_is_not_there(
    app: "Flask", db_session: Any, tmp_path: Path, number: str
) -> None:
    a_concluded_case()
    result = app.test_cli_runner().invoke(args=["checklist", number, "-o", str(tmp_path / "x.pdf")])
    assert result.exit_code == 2
    assert number in result.output


def test_the_command_asks_which_institution_and_takes_its_name(
    app: "Flask", db_session: Any, tmp_path: Path
) -> None:
    first = an_institution("표본연구원")
    case = a_concluded_case()
    an_institution("표본전자기술원")
    in_institution(first)
    asked = app.test_cli_runner().invoke(args=["checklist", case.number, "-o", str(tmp_path / "x.pdf")])
    assert asked.exit_code == 2
    named = app.test_cli_runner().invoke(
        args=["checklist", case.number, "-o", str(tmp_path / "x.pdf"), "--institution", "표본연구원"]
    )
    assert named.exit_code == 0, named.output


def test_the_command_says_where_it_cannot_write(app: "Flask", db_session: Any, tmp_path: Path) -> None:
    case = a_concluded_case()
    target = tmp_path / "없는 폴더" / "x.pdf"
    result = app.test_cli_runner().invoke(args=["checklist", case.number, "-o", str(target)])
    assert result.exit_code == 2
    assert "쓸 수 없습니다" in result.output

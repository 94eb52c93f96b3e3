"""The result list of a search as CSV, XLSX and ODS, from the frozen record alone.

The same run gives the same bytes, today and in years: nothing goes in that may change afterwards, such as
a person's name, the title of the case, or the time of making. A spreadsheet would run a cell that begins
with ``=``, ``+``, ``-`` or ``@`` as a formula: it is text here.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from datetime import datetime
from zoneinfo import ZoneInfo

from openpyxl.styles import Font
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.properties import PageSetupProperties
from openpyxl.worksheet.worksheet import Worksheet

from procurement.adapters.ods import write_ods
from procurement.adapters.xlsx import is_dangerous, new_book, put, saved
from procurement.domain.facts.search import ResultRow, SearchRun
from procurement.domain.periods import format_date
from procurement.domain.result_facts import FACTS, fact_texts
from procurement.domain.search_conditions import texts_of

SEOUL = ZoneInfo("Asia/Seoul")
HEADS: tuple[str, ...] = (
    "순번",
    *("가격(원)" if fact.field == "price_won" else fact.title for fact in FACTS),
)


Cell = str | int


def as_csv(run: SearchRun, case_number: str) -> bytes:
    """The list as CSV in UTF-8, marked for Korean Excel; an apostrophe keeps text from running."""
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    writer.writerows([_harmless(cell) for cell in line] for line in lines_of(run, case_number))
    return out.getvalue().encode("utf-8-sig")


def as_ods(run: SearchRun, case_number: str) -> bytes:
    """The list as ODS; every text is stored as text, whatever it begins with."""
    lines = list(lines_of(run, case_number))
    return write_ods(_sheet_name(run), lines, head=_head_line(lines))


def as_xlsx(run: SearchRun, case_number: str) -> bytes:
    """The list as XLSX; every text is stored as text, whatever it begins with."""
    book, sheet = new_book(_sheet_name(run))
    lines = list(lines_of(run, case_number))
    for number, line in enumerate(lines, start=1):
        for column, value in enumerate(line, start=1):
            put(sheet, number, column, value)
    _lay_out(sheet, _head_line(lines))
    return saved(book, run.recorded_at)


def lines_of(run: SearchRun, case_number: str) -> Iterator[list[Cell]]:
    """Everything that the files say, line by line: the search, an empty line, the heads, the services."""
    yield from _about(run, case_number)
    yield []
    yield list(HEADS)
    for row in run.results:
        yield _cells(row)


def moment_text(moment: datetime) -> str:
    """A time as read in Seoul."""
    here = moment.astimezone(SEOUL)
    return f"{format_date(here.date())} {here:%H:%M}"


def _about(run: SearchRun, case_number: str) -> Iterator[list[Cell]]:
    yield ["이용계약 건", case_number]
    yield ["검색", f"{run.number}번 · {run.kind.label} · {run.source.label} · 수요 항목 {run.lot}"]
    yield ["검색한 때", moment_text(run.occurred_at)]
    yield ["기록한 때", moment_text(run.recorded_at)]
    yield ["정의서", f"{run.definition_version}판"]
    yield ["조건", " · ".join(texts_of(run))]
    for word in run.words:
        yield ["검색어", word.word, f"정의서 {word.clause}" if word.clause else "정의서에 없음", word.reason]
    for used in run.filters:
        name = f"{used.filter} – {used.option}"
        yield ["필터", name, f"정의서 {used.clause}" if used.clause else "정의서에 없음", used.reason]
    if run.change:
        yield ["바꾼 것", run.change]
    for output in run.reading.outputs if run.reading else ():
        yield ["저장한 화면", output.name, f"SHA-256 {output.digest}"]
    if run.reading and run.reading.catalogue:
        yield ["불러온 목록", run.reading.catalogue]
    if run.reading and run.reading.count_reason:
        yield ["건수가 다른 사유", run.reading.count_reason]
    yield ["기록 번호", run.run_id]
    yield ["결과", len(run.results)]


def _cells(row: ResultRow) -> list[Cell]:
    cells: list[Cell] = [row.position, *fact_texts(row)]
    if row.price_won is not None:
        # A number, so that it can be reckoned with; its unit stands in the head.
        cells[1 + [fact.field for fact in FACTS].index("price_won")] = row.price_won
    return cells


def _harmless(value: Cell) -> Cell:
    return f"'{value}" if isinstance(value, str) and is_dangerous(value) else value


def _head_line(lines: list[list[Cell]]) -> int:
    return lines.index([]) + 2


def _sheet_name(run: SearchRun) -> str:
    return f"검색 {run.number}번"


def _lay_out(sheet: Worksheet, head: int) -> None:
    """Heads in bold and always in sight, columns wide enough, printed on the width of a page."""
    for column, share in enumerate((6, *(fact.share for fact in FACTS)), start=1):
        sheet.column_dimensions[get_column_letter(column)].width = share * 1.6
        sheet.cell(head, column).font = Font(bold=True)
    sheet.freeze_panes = f"A{head + 1}"
    sheet.print_title_rows = f"{head}:{head}"
    sheet.page_setup.orientation = "landscape"
    sheet.page_setup.fitToHeight = 0
    sheet.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)

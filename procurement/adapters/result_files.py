"""The result list of a search as CSV and XLSX, from the frozen record.

A spreadsheet would run a cell that begins with ``=``, ``+``, ``-`` or ``@`` as a formula: it is text here.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from datetime import datetime
from zoneinfo import ZoneInfo

from openpyxl import Workbook
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE

from procurement.domain.facts.search import ResultRow, SearchRun
from procurement.domain.periods import format_date
from procurement.domain.search_conditions import texts_of

SEOUL = ZoneInfo("Asia/Seoul")
UNKNOWN = "확인 필요"
HEADS = (
    "순번",
    "서비스 번호",
    "서비스명",
    "제공자명",
    "서비스 유형",
    "CSAP 등급",
    "CSAP 만료일",
    "디지털서비스몰 등록",
    "가격(원)",
)
_DANGEROUS = ("=", "+", "-", "@", "\t", "\r", "\n")


def as_csv(run: SearchRun, case_number: str) -> bytes:
    """The list as CSV in UTF-8 with a mark that spreadsheets need; an apostrophe keeps text from running."""
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    writer.writerows([_harmless(cell) for cell in line] for line in _lines(run, case_number))
    return out.getvalue().encode("utf-8-sig")


def as_xlsx(run: SearchRun, case_number: str) -> bytes:
    """The list as XLSX; every text is stored as text, whatever it begins with."""
    book = Workbook()
    sheet = book.active
    if sheet is None:
        raise RuntimeError("a new workbook has a sheet")
    sheet.title = f"검색 {run.number}번"
    for number, line in enumerate(_lines(run, case_number), start=1):
        for column, value in enumerate(line, start=1):
            cell = sheet.cell(number, column)
            if isinstance(value, str):
                cell.value = ILLEGAL_CHARACTERS_RE.sub("", value)
                cell.data_type = "s"
                cell.quotePrefix = value.startswith(_DANGEROUS)
            else:
                cell.value = value
    book.properties.created = book.properties.modified = run.recorded_at.replace(tzinfo=None)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _harmless(value: str | int) -> str | int:
    return f"'{value}" if isinstance(value, str) and value.startswith(_DANGEROUS) else value


def _lines(run: SearchRun, case_number: str) -> Iterator[list[str | int]]:
    yield ["이용계약 건", case_number]
    yield ["검색", f"{run.number}번 · {run.kind.label} · {run.source.label}"]
    yield ["검색한 때", _in_seoul(run.occurred_at)]
    yield ["기록한 때", _in_seoul(run.recorded_at)]
    yield ["정의서", f"{run.definition_version}판"]
    yield ["조건", " · ".join(texts_of(run))]
    if run.change:
        yield ["바꾼 것", run.change]
    if run.saved_output:
        yield ["저장한 화면(SHA-256)", run.saved_output]
    yield ["결과", len(run.results)]
    yield []
    yield list(HEADS)
    for row in run.results:
        yield _cells(row)


def _in_seoul(moment: datetime) -> str:
    here = moment.astimezone(SEOUL)
    return f"{format_date(here.date())} {here:%H:%M}"


def _cells(row: ResultRow) -> list[str | int]:
    return [
        row.position,
        row.service_id or UNKNOWN,
        row.service_name,
        row.provider_name or UNKNOWN,
        row.service_type.label if row.service_type else UNKNOWN,
        row.csap_grade or UNKNOWN,
        format_date(row.csap_to) if row.csap_to else UNKNOWN,
        UNKNOWN if row.in_mall is None else "등록" if row.in_mall else "미등록",
        UNKNOWN if row.price_won is None else row.price_won,
    ]

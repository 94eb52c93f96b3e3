"""An evaluator's sheet as an XLSX file, out and in. Formulas are neither written nor read."""

from __future__ import annotations

import io
from collections.abc import Mapping
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any

import openpyxl
from openpyxl.styles import Alignment, Font, PatternFill, Protection
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.worksheet import Worksheet

from procurement.adapters.filetypes import FileKind, check_archive, detect
from procurement.adapters.xlsx import BROKEN, new_book, put, saved
from procurement.domain.errors import InvalidInput, TooLarge
from procurement.domain.sheet_book import (
    COMMENT_COLUMN,
    HEAD_ROW,
    POINTS_COLUMN,
    TITLE,
    BookCell,
    SheetBook,
    expected_cells,
)

MAX_BYTES = 2 * 1024 * 1024
MAX_ROWS = 5_000
MAX_COLUMNS = 60
MEDIA_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_WIDTHS = {"A": 30, "B": 50, "C": 8, "D": 10, "E": 60}
_OWN = PatternFill("solid", fgColor="FFF3DB")


def write(book: SheetBook, given: Mapping[str, str], moment: datetime) -> bytes:
    """The workbook to be filled in, with what is given already.

    :param given: form fields of the sheet by name (``<stem>-points``, ``<stem>-comment``).
    :param moment: when its criteria were fixed; the file's only time.
    """
    made, sheet = new_book(TITLE)
    for name, value in expected_cells(book).items():
        column, row = ord(name[0]) - ord("A") + 1, int(name[1:])
        cell = put(sheet, row, column, value)
        cell.font = Font(bold=row in (1, HEAD_ROW))
        cell.alignment = Alignment(wrap_text=True, vertical="top")
    for line in book.lines:
        _own_cells(sheet, line.row, given.get(f"{line.stem}-points"), given.get(f"{line.stem}-comment"))
        rule = DataValidation("decimal", "between", "0", str(line.weight), allow_blank=True)
        rule.error = f"0~{line.weight} 사이의 점수를 넣으세요."
        sheet.add_data_validation(rule)
        rule.add(f"{POINTS_COLUMN}{line.row}")
    for letter, width in _WIDTHS.items():
        sheet.column_dimensions[letter].width = width
    sheet.freeze_panes = f"A{HEAD_ROW + 1}"
    sheet.protection.sheet = True
    return saved(made, moment)


def _own_cells(sheet: Worksheet, row: int, points: str | None, comment: str | None) -> None:
    number = Decimal(points) if points and points.replace(".", "", 1).isdecimal() else points or None
    for column, value in ((POINTS_COLUMN, number), (COMMENT_COLUMN, comment or None)):
        cell = put(sheet, row, ord(column) - ord("A") + 1, value)
        cell.protection = Protection(locked=False)
        cell.fill = _OWN
        cell.alignment = Alignment(wrap_text=True, vertical="top")


def read(data: bytes, name: str) -> dict[str, BookCell]:
    """Every cell of the sheet that holds something, by its name; what is no text or number is named so.

    Raises ``InvalidInput`` for a file that is no XLSX with the sheet in it, ``TooLarge`` above 2 MB.
    """
    if len(data) > MAX_BYTES:
        raise TooLarge("파일이 2MB보다 큽니다. 내려받은 평가표를 그대로 채워 올려 주세요.")
    if detect(data, name) is not FileKind.XLSX:
        raise InvalidInput(
            "엑셀(XLSX) 파일이 아닙니다. 내려받은 평가표를 채워 XLSX로 저장해 올려 주세요.", "file"
        )
    check_archive(data)
    try:
        book = openpyxl.load_workbook(io.BytesIO(data), data_only=False, keep_links=False)
        sheet = book[TITLE] if TITLE in book.sheetnames else None
    except BROKEN as error:
        raise InvalidInput(
            "엑셀 파일이 깨져 있어 열 수 없습니다. 다시 저장해 올려 주세요.", "file"
        ) from error
    if not isinstance(sheet, Worksheet):
        raise InvalidInput(f"‘{TITLE}’ 시트가 없습니다. 내려받은 평가표를 채워 올려 주세요.", "file")
    if sheet.max_row > MAX_ROWS or sheet.max_column > MAX_COLUMNS:
        raise TooLarge("평가표보다 훨씬 큰 시트입니다. 내려받은 평가표를 그대로 채워 올려 주세요.")
    cells = (cell for row in sheet.iter_rows() for cell in row)
    return {cell.coordinate: held for cell in cells if (held := _held(cell)) is not None}


def _held(cell: Any) -> BookCell | None:
    if cell.data_type == "f":
        return BookCell(None, "계산식은")
    if cell.data_type == "e":
        return BookCell(None, "오류 값은")
    value = cell.value
    if isinstance(value, datetime | date | time):
        return BookCell(None, "날짜나 시각은")
    if value is None or (isinstance(value, str) and not value.strip()):
        return None
    if isinstance(value, str | int | float):
        return BookCell(value)
    return BookCell(str(value))

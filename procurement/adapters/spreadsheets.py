"""Service lists from spreadsheets: CSV, XLSX and the HTML tables that some systems call XLS."""

import csv
import io
import itertools
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import openpyxl
import pandas as pd
from openpyxl.utils import get_column_letter

from procurement.adapters.filetypes import KIND_TITLES, FileKind, check_archive, detect
from procurement.adapters.market_api import table_of
from procurement.adapters.pages_tables import grid_of
from procurement.adapters.pages_text import page_text
from procurement.adapters.pages_tree import build
from procurement.adapters.xlsx import BROKEN
from procurement.domain.catalogue import (
    FIELD_TITLES,
    ServiceRecord,
    build_record,
    field_of_label,
    label_rank,
    tidy,
)
from procurement.domain.errors import InvalidInput, TooLarge

MAX_BYTES = 30 * 1024 * 1024
MAX_ROWS = 50_000
MAX_COLUMNS = 200
MAX_CELL = 32_767
MAX_NAMED = 10
"""How many bad cells one message names."""


@dataclass(frozen=True)
class Table:
    """A table as text: the names of its columns, and its rows with one text a column.

    ``first_row`` is the number that the first row of data has in the file (the head is row 1 of most files);
    ``notes`` are Korean sentences about cells that were not taken as they stand.
    """

    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    first_row: int = 2
    notes: tuple[str, ...] = ()


def read_table(data: bytes, filename: str) -> Table:
    """Read a CSV (UTF-8 or CP949; comma, semicolon or tab), an XLSX, an XLS that is an HTML table, or goods
    fetched from the open API.

    Every cell comes back as text; formulas are neither evaluated nor taken. Raises InvalidInput with the
    reason and what to do, TooLarge above 30 MB, 50,000 rows or 200 columns.
    """
    if len(data) > MAX_BYTES:
        raise TooLarge("파일이 30MB보다 큽니다. 목록을 나누어 올려 주세요.")
    kind = detect(data, filename)
    if kind is FileKind.EMPTY:
        raise InvalidInput("빈 파일입니다. 서비스 목록이 든 파일을 올려 주세요.")
    if kind is FileKind.XLSX:
        return _xlsx(data)
    if kind is FileKind.HTML:
        return _html(data)
    if kind is FileKind.TEXT and data.startswith(b"{"):
        return _goods(data)
    if kind in {FileKind.CSV, FileKind.TEXT}:
        return _csv(data)
    if kind is FileKind.XLS:
        raise InvalidInput(
            "구형 엑셀(XLS) 파일은 읽지 않습니다. 엑셀에서 XLSX나 CSV로 다시 저장해 올려 주세요."
        )
    raise InvalidInput(f"{KIND_TITLES[kind]}에서는 표를 읽을 수 없습니다. CSV나 XLSX로 저장해 올려 주세요.")


def _goods(data: bytes) -> Table:
    """What was fetched from the open API of the procurement service."""
    try:
        document = json.loads(data)
    except (ValueError, RecursionError):
        raise InvalidInput("글자를 읽을 수 없는 파일입니다. CSV나 XLSX로 저장해 올려 주세요.") from None
    columns, rows = table_of(document)
    _check_size(len(rows), len(columns))
    if not rows:
        raise InvalidInput("조건에 맞는 품목이 없습니다. 조회 기간이나 품명을 바꾸어 다시 조회해 주세요.")
    return Table(tuple(columns), tuple(tuple(_text(cell) for cell in row) for row in rows), 1)


def _csv(data: bytes) -> Table:
    text = _decoded(data)
    head = next((line for line in text.splitlines() if line.strip()), "")
    mark = max(",;\t", key=head.count)
    if '"' in head:
        mark = max(",;\t", key=lambda one: len(next(csv.reader([head], delimiter=one))))
    try:
        lines = list(
            itertools.islice(csv.reader(io.StringIO(text), delimiter=mark, strict=True), MAX_ROWS + 2)
        )
        width = max(map(len, lines), default=0)
        _check_size(len(lines) - 1, width)
        frame = pd.read_csv(
            io.StringIO(text),
            sep=mark,
            header=None,
            names=list(range(width)),
            dtype=str,
            keep_default_na=False,
            skip_blank_lines=False,
            engine="python",
        )
    except (pd.errors.ParserError, pd.errors.EmptyDataError, csv.Error, ValueError) as error:
        raise InvalidInput(
            "표로 읽을 수 없는 CSV입니다. 쉼표나 줄바꿈이 든 칸은 큰따옴표로 묶어 다시 저장해 올려 주세요."
        ) from error
    return _table(frame.itertuples(index=False, name=None), ())


def _decoded(data: bytes) -> str:
    for encoding in ("utf-8-sig", "cp949"):
        if data.startswith((b"\xff\xfe", b"\xfe\xff")):
            encoding = "utf-16"
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\x00" in text:
            raise InvalidInput("글자가 아닌 내용이 든 파일입니다. CSV나 XLSX로 다시 저장해 올려 주세요.")
        return text
    raise InvalidInput("글자를 읽을 수 없는 파일입니다. CSV를 UTF-8로 다시 저장해 올려 주세요.")


def _xlsx(data: bytes) -> Table:
    check_archive(data)
    try:
        book = openpyxl.load_workbook(io.BytesIO(data), read_only=True, data_only=False, keep_links=False)
    except BROKEN as error:
        raise InvalidInput("엑셀 파일이 깨져 있어 열 수 없습니다. 다시 저장해 올려 주세요.") from error
    try:
        sheet = book.worksheets[0] if book.worksheets else None
        if sheet is None:
            raise InvalidInput("표가 없는 엑셀 파일입니다. 서비스 목록이 든 파일을 올려 주세요.")
        notes = (f"첫 번째 시트 ‘{tidy(sheet.title)}’만 읽었습니다.",) if len(book.worksheets) > 1 else ()
        rows: list[list[str]] = []
        for number, cells in enumerate(sheet.iter_rows(max_col=MAX_COLUMNS + 1), start=1):
            _check_size(number - 1, 0)
            texts = [_cell(cell.value, number, i) for i, cell in enumerate(cells, start=1)]
            rows.append(texts[: max((i for i, text in enumerate(texts, start=1) if text), default=0)])
    except BROKEN as error:
        raise InvalidInput("엑셀 파일의 표를 읽을 수 없습니다. 다시 저장해 올려 주세요.") from error
    finally:
        book.close()
    return _table(rows, notes)


def _cell(value: object, row: int, column: int) -> str:
    """The text of an XLSX cell; a formula is refused, since its result is only known by evaluating it."""
    if value is None:
        return ""
    if isinstance(value, str) and not value.startswith("="):
        return value
    if isinstance(value, bool):
        return "Y" if value else "N"
    if isinstance(value, datetime):
        return value.date().isoformat()
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, int):
        return str(value)
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() else repr(value)
    raise InvalidInput(
        f"{row}행 {get_column_letter(column)}열에 계산식이 있습니다. "
        "값만 남겨(값 붙여넣기) 다시 저장해 올려 주세요."
    )


def _html(data: bytes) -> Table:
    """The largest table of a page: what old systems hand out as XLS."""
    root, _ = build(page_text(data)[0])
    grids = [grid_of(node) for node in root.walk() if node.tag == "table"]
    if not grids:
        raise InvalidInput("표가 없는 웹페이지입니다. 서비스 목록이 든 표를 올려 주세요.")
    grid = max(grids, key=len)
    return _table(([cell.text if cell is not None else "" for cell in line] for line in grid), ())


def _table(lines: Iterable[Sequence[Any]], notes: tuple[str, ...]) -> Table:
    """Find the head, the first row with two names or more, and square the rows under it."""
    rows = [tuple(_text(value) for value in line) for line in lines]
    _check_size(len(rows) - 1, max((len(row) for row in rows), default=0))
    head = next((i for i, row in enumerate(rows[:20]) if _is_head(row)), None)
    if head is None:
        raise InvalidInput(
            "첫 줄에 열 이름이 있는 표가 아닙니다. 서비스명, 제공자명과 같은 열 이름을 넣어 주세요."
        )
    width = max(i + 1 for i, name in enumerate(rows[head]) if name)
    for number, row in enumerate(rows[head + 1 :], start=head + 2):
        if any(row[width:]):
            raise InvalidInput(
                f"{number}행에 열 이름이 없는 칸이 있습니다. 열 이름을 넣거나 그 칸을 비워 주세요."
            )
    columns = _unique(rows[head][:width])
    body = [(*row[:width], *[""] * (width - len(row))) for row in rows[head + 1 :]]
    while body and not any(body[-1]):
        body.pop()
    if not body:
        raise InvalidInput("열 이름만 있고 내용이 없는 표입니다. 서비스 목록을 넣어 올려 주세요.")
    return Table(columns, tuple(body), head + 2, notes)


def _is_head(row: tuple[str, ...]) -> bool:
    named = [name for name in row if name]
    known = sum(field_of_label(name) is not None for name in named)
    return len(named) >= 2 and (known >= 2 or len(named) == len(row)) and not any(n.isdigit() for n in named)


def _unique(names: Sequence[str]) -> tuple[str, ...]:
    """Column names made different: an empty one gets its letter, a repeated one its number."""
    seen: dict[str, int] = {}
    out = []
    for index, name in enumerate(names, start=1):
        base = name or f"{get_column_letter(index)}열"
        seen[base] = seen.get(base, 0) + 1
        out.append(base if seen[base] == 1 else f"{base} ({seen[base]})")
    return tuple(out)


def _text(value: Any) -> str:
    text = "" if value is None or pd.isna(value) else tidy(str(value))
    if len(text) > MAX_CELL:
        raise TooLarge("한 칸의 글이 32,767자보다 깁니다. 내용을 줄여 다시 올려 주세요.")
    return text


def _check_size(rows: int, columns: int) -> None:
    if rows > MAX_ROWS:
        raise TooLarge(f"목록이 {MAX_ROWS:,}줄보다 깁니다. 나누어 올려 주세요.")
    if columns > MAX_COLUMNS:
        raise TooLarge(f"열이 {MAX_COLUMNS}개보다 많습니다. 필요한 열만 남겨 올려 주세요.")


def propose_mapping(columns: Sequence[str]) -> dict[str, str]:
    """Propose for each field (keys of FIELD_TITLES) the column whose name says it; the user may change it."""
    best: dict[str, str] = {}
    for column in columns:
        field = field_of_label(column)
        if field and (field not in best or label_rank(field, column) < label_rank(field, best[field])):
            best[field] = column
    return {field: best[field] for field in FIELD_TITLES if field in best}


def to_services(table: Table, mapping: Mapping[str, str]) -> list[ServiceRecord]:
    """Turn the rows into services by ``mapping`` (field to column name); unmapped columns become ``extra``.

    Blank rows are passed over. Raises InvalidInput that names each bad cell by row and column (the first
    ten), and for a mapping without the service name, with an unknown field or a column that is not there.
    """
    places = _places(table, mapping)
    services: list[ServiceRecord] = []
    wrong: list[str] = []
    rows_of: dict[str, int] = {}
    for number, row in enumerate(table.rows, start=table.first_row):
        if not any(row):
            continue
        facts = {field: row[at] for field, at in places.items()}
        extra = [
            (name, text)
            for at, (name, text) in enumerate(zip(table.columns, row, strict=True))
            if text and at not in places.values()
        ]
        record, unread = build_record(facts, extra)
        wrong += [
            _bad(number, mapping[field], f"‘{text[:40]}’을(를) 읽을 수 없습니다") for field, text in unread
        ]
        if not record.service_name:
            wrong.append(_bad(number, mapping["service_name"], "서비스명이 비어 있습니다"))
        if record.service_id and record.service_id in rows_of:
            wrong.append(
                _bad(number, mapping["service_id"], f"{rows_of[record.service_id]}행과 번호가 같습니다")
            )
        if record.service_id:
            rows_of.setdefault(record.service_id, number)
        services.append(record)
    if wrong:
        more = f" 그 밖에 {len(wrong) - MAX_NAMED:,}곳이 더 있습니다." if len(wrong) > MAX_NAMED else ""
        raise InvalidInput(f"고쳐야 할 칸이 있습니다. {' '.join(wrong[:MAX_NAMED])}{more}")
    return services


def _places(table: Table, mapping: Mapping[str, str]) -> dict[str, int]:
    unknown = [field for field in mapping if field not in FIELD_TITLES]
    absent = [column for column in mapping.values() if column not in table.columns]
    if unknown or absent:
        raise InvalidInput(f"‘{(absent or unknown)[0]}’ 열을 찾을 수 없습니다. 열을 다시 연결해 주세요.")
    if "service_name" not in mapping:
        raise InvalidInput("서비스명이 든 열을 알 수 없습니다. 서비스명 열을 연결해 주세요.")
    return {field: table.columns.index(column) for field, column in mapping.items()}


def _bad(row: int, column: str, what: str) -> str:
    return f"{row}행 ‘{column}’: {what}."

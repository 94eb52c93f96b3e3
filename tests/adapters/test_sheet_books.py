"""An evaluator's workbook: every cell that cannot be taken is named, and nothing of it is taken then."""

from __future__ import annotations

import io
from datetime import UTC, datetime
from typing import Any

import openpyxl
import pytest

from procurement.adapters import sheet_books
from procurement.domain.errors import InvalidInput, TooLarge
from procurement.domain.facts.search import ResultRow
from procurement.domain.sheet_book import MOST_NAMED, SheetBook, WrongCells, read_book, sheet_book
from tests.support.filled_book import changed
from tests.support.tables import NOW, criteria_set

SERVICES = ("견본 하나", "=견본\x07 둘 ")


def _book(evaluator: str = "e1") -> SheetBook:
    """Two criteria of 60 and 40 points, two services: points stand in D8 to D11."""
    rows = [ResultRow(f"r{n}", n, name) for n, name in enumerate(SERVICES, start=1)]
    criteria = criteria_set({"a": 60, "b": 40})
    stems = {(f"id-{key}", row.result_id): f"{row.result_id}-{key}" for row in rows for key in "ab"}
    return sheet_book("2026-0001", criteria, rows, (evaluator, "표본 위원"), stems)


def _filled(changes: dict[str, Any] | None = None) -> bytes:
    blank = sheet_books.write(_book(), {"r1-a-points": "50.5", "r1-a-comment": "=쓰던 의견"}, NOW)
    points: dict[str, Any] = {f"D{row}": 39.99 for row in range(9, 12)}
    return changed(blank, {**points, **(changes or {})})


def _read(data: bytes) -> dict[str, str]:
    return read_book(_book(), sheet_books.read(data, "평가표.xlsx"))


def test_what_was_kept_goes_out_and_what_was_filled_comes_in() -> None:
    assert _read(_filled({"E9": 7, "D10": "12.5", "D11": 40})) == {
        "r1-a-points": "50.5",
        "r1-a-comment": "=쓰던 의견",
        "r1-b-points": "39.99",
        "r1-b-comment": "7",
        "r2-a-points": "12.5",
        "r2-a-comment": "",
        "r2-b-points": "40",
        "r2-b-comment": "",
    }


def test_the_workbook_holds_no_formula_and_locks_what_is_not_the_evaluators() -> None:
    sheet = openpyxl.load_workbook(io.BytesIO(sheet_books.write(_book(), {}, NOW)))["평가표"]
    assert {cell.data_type for row in sheet.iter_rows() for cell in row if cell.value is not None} == {
        "s",
        "n",
    }
    assert sheet.protection.sheet
    assert [sheet[name].protection.locked for name in ("A8", "C8", "D8", "E8")] == [True, True, False, False]


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"D8": 60.01}, "D8: 0~60 사이의 점수를 넣으세요."),
        ({"D8": None}, "D8: 점수가 비어 있습니다. 0~60 사이의 점수를 넣으세요."),
        ({"D9": -1}, "D9: 0~40 사이의 점수를 넣으세요."),
        ({"D9": 1.234}, "D9: 0~40 사이의 점수를 넣으세요. 소수점 아래 두 자리까지"),
        ({"D9": "많이"}, "D9: 0~40 사이의 점수를 넣으세요."),
        ({"D9": True}, "D9: 0~40 사이의 점수를 넣으세요."),
        ({"D9": "=D8"}, "D9: 계산식은 받지 않습니다."),
        ({"E9": '=HYPERLINK("x")'}, "E9: 계산식은 받지 않습니다."),
        ({"D9": datetime(2026, 10, 11, tzinfo=UTC).replace(tzinfo=None)}, "D9: 날짜나 시각은 받지 않습니다."),
        ({"E9": "가" * 20_001}, "E9: 의견은 20,000자까지"),
        ({"A8": "다른 서비스"}, "A8: 내려받은 그대로"),
        ({"B10": "다른 항목"}, "B10: 내려받은 그대로"),
        ({"C8": 40}, "C8: 내려받은 그대로 ‘60’이어야"),
        ({"C8": "=60"}, "C8: 내려받은 그대로"),
        ({"F9": "덧붙임"}, "F9: 평가표에 없는 칸입니다."),
        ({"A99": 1}, "A99: 평가표에 없는 칸입니다."),
        ({"B2": "2020-0001"}, "B2: 다른 이용계약 건의 평가표입니다."),
        ({"B3": "2"}, "B3: 다른 수요 항목의 평가표입니다."),
        ({"B4": "1번 다른 기준"}, "B4: 다른 평가기준으로 만든 평가표입니다."),
        ({"B6": "다른 위원"}, "B6: 다른 평가위원의 평가표입니다."),
    ],
)
def test_every_wrong_cell_is_named(changes: dict[str, Any], said: str) -> None:
    with pytest.raises(WrongCells) as caught:
        _read(_filled(changes))
    assert [mistake for mistake in caught.value.mistakes if mistake.startswith(said)] == list(
        caught.value.mistakes
    )
    assert len(caught.value.mistakes) == 1


def test_mistakes_come_in_the_order_of_the_cells_and_not_without_end() -> None:
    with pytest.raises(WrongCells) as caught:
        _read(_filled({"D9": "=1", "E8": "=1", "D8": "=1", **{f"G{row}": 1 for row in range(20, 60)}}))
    mistakes = caught.value.mistakes
    assert [mistake[:3] for mistake in mistakes[:4]] == ["D8:", "E8:", "D9:", "G20"]
    assert len(mistakes) == MOST_NAMED + 1
    assert mistakes[-1] == "그 밖에 13곳이 더 있습니다."


def test_the_workbook_of_another_evaluator_is_not_taken() -> None:
    cells = sheet_books.read(_filled(), "평가표.xlsx")
    with pytest.raises(WrongCells) as caught:
        read_book(_book("e2"), cells)
    assert caught.value.mistakes == ("B6: 다른 평가위원의 평가표입니다.",)


@pytest.mark.parametrize("data", [b"", b"a,b", b"PK\x03\x04broken", b"%PDF-1.7"])
def test_what_is_no_workbook_is_refused(data: bytes) -> None:
    with pytest.raises(InvalidInput):
        sheet_books.read(data, "평가표.xlsx")


def test_what_is_another_workbook_or_far_too_large_is_refused() -> None:
    out = io.BytesIO()
    openpyxl.Workbook().save(out)
    with pytest.raises(InvalidInput, match="시트가 없습니다"):
        sheet_books.read(out.getvalue(), "평가표.xlsx")
    with pytest.raises(TooLarge):
        sheet_books.read(_filled({"A100000": 1}), "평가표.xlsx")
    with pytest.raises(TooLarge):
        sheet_books.read(b"PK" + b"0" * sheet_books.MAX_BYTES, "평가표.xlsx")

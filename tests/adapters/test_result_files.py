"""Result lists as files: the same bytes every time, and no cell that a spreadsheet would run."""

from __future__ import annotations

import csv
import io
import time
import zipfile
from collections.abc import Callable
from xml.etree import ElementTree

import openpyxl
import pytest

from procurement.adapters.result_files import HEADS, as_csv, as_ods, as_xlsx, lines_of
from procurement.domain.facts.search import SearchRun
from tests.domain.rules.builders import a_row, a_run

TEXT = "{urn:oasis:names:tc:opendocument:xmlns:text:1.0}"
TABLE = "{urn:oasis:names:tc:opendocument:xmlns:table:1.0}"
OFFICE = "{urn:oasis:names:tc:opendocument:xmlns:office:1.0}"
BAD = ("=1+1", "+82", "-3", "@SUM(A1)", "\t=1", "\r=1", "＝1+1", "＠x", "  =1", "\ufeff=1")

Make = Callable[[SearchRun, str], bytes]


def read_csv(data: bytes) -> list[list[str]]:
    """Cells as Korean Excel reads them."""
    assert data.startswith(b"\xef\xbb\xbf")
    return list(csv.reader(io.StringIO(data.decode("utf-8-sig"), newline="")))


def read_ods(data: bytes) -> list[list[str]]:
    """Texts of the one table; every cell that is no number says that it is text."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        assert archive.infolist()[0].filename == "mimetype"
        assert archive.infolist()[0].compress_type == zipfile.ZIP_STORED
        root = ElementTree.fromstring(archive.read("content.xml"))  # noqa: S314 - made a moment ago
    lines = []
    for row in root.iter(f"{TABLE}table-row"):
        cells = row.findall(f"{TABLE}table-cell")
        assert all(cell.get(f"{TABLE}formula") is None for cell in cells)
        assert {cell.get(f"{OFFICE}value-type") for cell in cells} <= {"string", "float", None}
        lines.append(["\n".join("".join(p.itertext()) for p in cell.findall(f"{TEXT}p")) for cell in cells])
    return lines


@pytest.mark.parametrize("make", [as_csv, as_xlsx, as_ods])
def test_the_same_run_gives_the_same_bytes_whenever_it_is_made(
    make: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = a_run(1, results=(a_row(1), a_row(2, price_won=None)))
    first = make(run, "2026-0001")
    later = time.struct_time((2031, 5, 6, 7, 8, 10, 1, 126, 0))
    monkeypatch.setattr(time, "localtime", lambda *_: later)
    monkeypatch.setattr(time, "time", lambda: 1_935_000_000.0)
    assert make(run, "2026-0001") == first
    assert make(a_run(1, results=(a_row(1),)), "2026-0001") != first


@pytest.mark.parametrize("text", BAD)
def test_no_file_has_a_cell_that_runs(text: str) -> None:
    run = a_run(1, results=(a_row(1, service_name=text, provider_name="A & <B>"),))
    assert read_csv(as_csv(run, "1"))[-1][2] == f"'{text}"
    sheet = openpyxl.load_workbook(io.BytesIO(as_xlsx(run, "1"))).active
    assert sheet is not None
    cell = sheet.cell(sheet.max_row, 3)
    assert (cell.data_type, cell.quotePrefix) == ("s", True)
    line = read_ods(as_ods(run, "1"))[-1]
    assert line[2].strip() == text.strip().removeprefix("\ufeff") or line[2].strip() == text.strip()
    assert line[3] == "A & <B>"


def test_every_file_says_the_same_and_leaves_nothing_out() -> None:
    run = a_run(1, results=tuple(a_row(number) for number in range(1, 121)), change="좁힘")
    wanted = [[str(cell) for cell in line] for line in lines_of(run, "2026-0001")]
    sheet = openpyxl.load_workbook(io.BytesIO(as_xlsx(run, "2026-0001"))).active
    assert sheet is not None
    cells = [["" if cell is None else str(cell) for cell in line] for line in sheet.values]
    width = len(HEADS)
    square = [line + [""] * (width - len(line)) for line in wanted]
    assert cells == square
    assert read_csv(as_csv(run, "2026-0001")) == wanted
    assert [line if line != [""] else [] for line in read_ods(as_ods(run, "2026-0001"))] == wanted
    assert wanted[-1][0] == "120"


def test_characters_that_xml_cannot_hold_are_left_out() -> None:
    run = a_run(1, results=(a_row(1, service_name="표본\x0b 협업\ufffe"),))
    assert read_ods(as_ods(run, "1"))[-1][2] == "표본 협업"
    assert openpyxl.load_workbook(io.BytesIO(as_xlsx(run, "1"))).active is not None

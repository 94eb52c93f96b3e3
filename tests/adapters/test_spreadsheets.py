"""Service lists from CSV, XLSX and HTML tables called XLS."""

import io
from datetime import date, datetime
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from procurement.adapters.spreadsheets import Table, propose_mapping, read_table, to_services
from procurement.domain.errors import InvalidInput, TooLarge

DATA = Path(__file__).parent.parent / "data"
HEAD = ["서비스명", "제공자", "서비스 유형"]
ROW = ["표본, 서비스", "표본회사", "SaaS"]


def workbook(*rows: list[Any], sheets: int = 1) -> bytes:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    for row in rows:
        sheet.append(row)
    for _ in range(sheets - 1):
        book.create_sheet()
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def text(mark: str = ",") -> str:
    return f"{mark.join(HEAD)}\n{mark.join(chr(34) + cell + chr(34) for cell in ROW)}\n"


def test_the_listed_services_are_read_whole_with_their_mapping() -> None:
    table = read_table((DATA / "services.csv").read_bytes(), "services.csv")
    mapping = propose_mapping(table.columns)
    assert mapping["csap_grade"] == "csap_scheme"
    services = to_services(table, mapping)
    assert len(services) == 24
    assert services[0].service_id == "SAS-4-09-10374"
    assert (services[0].csap_from, services[0].csap_to) == (date(2024, 12, 11), date(2029, 12, 17))
    assert services[0].extra == (("source", "public listing"),)
    assert services[-1].in_mall is True
    assert services[-1].provider_name is None


def test_a_month_without_a_day_stays_unknown_and_is_kept_as_it_stands() -> None:
    table = read_table((DATA / "services.csv").read_bytes(), "services.csv")
    service = next(s for s in to_services(table, propose_mapping(table.columns)) if s.provider_name == "KT")
    assert (service.csap_from, service.csap_to) == (None, None)
    assert ("CSAP 인증일", "2021-10") in service.extra


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp949", "utf-16"])
@pytest.mark.parametrize("mark", [",", ";", "\t"])
def test_a_csv_is_read_in_each_encoding_and_with_each_separator(encoding: str, mark: str) -> None:
    table = read_table(text(mark).encode(encoding), "목록.csv")
    assert table.columns == tuple(HEAD)
    assert table.rows == (tuple(ROW),)


def test_an_xlsx_is_known_by_its_structure_and_gives_the_same_rows() -> None:
    assert read_table(workbook(HEAD, ROW), "목록.xls").rows == (tuple(ROW),)


def test_a_table_in_html_called_xls_is_read() -> None:
    cells = "".join(f"<th>{h}</th>" for h in HEAD), "".join(f"<td>{c}</td>" for c in ROW)
    html = f"<html><meta charset='euc-kr'><table><tr>{cells[0]}</tr><tr>{cells[1]}</tr></table></html>"
    assert read_table(html.encode("cp949"), "목록.xls").rows == (tuple(ROW),)


def test_cells_of_an_xlsx_become_plain_text() -> None:
    signed = datetime.fromisoformat("2024-01-02")
    data = workbook(["서비스명", "가격", "CSAP 인증일", "디지털서비스몰"], ["표본", 12000.0, signed, True])
    (service,) = to_services(table := read_table(data, "a.xlsx"), propose_mapping(table.columns))
    assert (service.price_won, service.csap_from, service.in_mall) == (12000, date(2024, 1, 2), True)


def test_a_formula_is_refused_with_its_cell() -> None:
    with pytest.raises(InvalidInput, match="3행 B열에 계산식"):
        read_table(workbook(HEAD, ROW, ["표본", '=HYPERLINK("http://a")', ""]), "a.xlsx")


def test_only_the_first_sheet_is_read_and_that_is_said() -> None:
    assert read_table(workbook(HEAD, ROW, sheets=2), "a.xlsx").notes == (
        "첫 번째 시트 ‘Sheet’만 읽었습니다.",
    )


def test_a_title_above_the_head_is_passed_over_and_rows_keep_their_numbers() -> None:
    table = read_table(("서비스 목록\n\n" + text()).encode(), "a.csv")
    assert (table.columns, table.first_row) == (tuple(HEAD), 4)


@pytest.mark.parametrize(
    ("data", "name", "reason"),
    [
        (b"", "a.csv", "빈 파일"),
        (b"%PDF-1.7", "a.csv", "PDF"),
        ("서비스명,제공자\n".encode(), "a.csv", "내용이 없는"),
        (b"1,2\n3,4\n", "a.csv", "열 이름"),
        ("서비스명,제공자\n가,나,다\n".encode(), "a.csv", "2행에 열 이름이 없는 칸"),
        ('서비스명,제공자\n"가,나\n'.encode(), "a.csv", "큰따옴표"),
        ("서비스명,제공자\n가,나\x00\n".encode(), "a.csv", "글자가 아닌"),
        ("서비스명,제공자\n".encode() + b"\xff\xff\xff,a\n", "a.csv", "UTF-8"),
        (b"<html><p>x</p></html>", "a.xls", "표가 없는"),
        (workbook(HEAD, ROW)[:-200], "a.xlsx", "깨져"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "Workbook".encode("utf-16-le"), "a.xls", "XLSX나 CSV로"),
    ],
)
def test_a_file_that_is_no_table_is_refused_with_the_reason(data: bytes, name: str, reason: str) -> None:
    with pytest.raises(InvalidInput, match=reason):
        read_table(data, name)


@pytest.mark.parametrize(("rows", "fits"), [(50_000, True), (50_001, False)])
def test_the_number_of_rows_is_limited(rows: int, fits: bool) -> None:
    data = ("서비스명,제공자\n" + "가,나\n" * rows).encode()
    if fits:
        assert len(read_table(data, "a.csv").rows) == rows
    else:
        with pytest.raises(TooLarge, match="50,000줄"):
            read_table(data, "a.csv")


@pytest.mark.parametrize(("columns", "fits"), [(200, True), (201, False)])
def test_the_number_of_columns_is_limited(columns: int, fits: bool) -> None:
    row = ["서비스명", "제공자", *(f"열{chr(44032 + i)}" for i in range(columns - 2))]
    data = workbook(row, row)
    if fits:
        assert len(read_table(data, "a.xlsx").columns) == columns
    else:
        with pytest.raises(TooLarge, match="200개"):
            read_table(data, "a.xlsx")


def test_repeated_and_missing_column_names_are_made_different() -> None:
    assert read_table("서비스명,제공자,제공자,,비고\n가,나,다,라,마\n".encode(), "a.csv").columns == (
        "서비스명",
        "제공자",
        "제공자 (2)",
        "D열",
        "비고",
    )


@pytest.mark.parametrize(
    ("columns", "mapping"),
    [
        (["서비스명", "제조사", "제공자"], {"service_name": "서비스명", "provider_name": "제공자"}),
        (
            ["Service Name", "Company"],
            {"service_name": "Service Name", "provider_name": "Company"},
        ),
        (["상품명", "단가(원)", "비고"], {"service_name": "상품명", "price_won": "단가(원)"}),
        (["가", "나"], {}),
    ],
)
def test_a_mapping_is_proposed_from_the_words_of_the_head(
    columns: list[str], mapping: dict[str, str]
) -> None:
    assert propose_mapping(columns) == mapping


def test_each_bad_cell_is_named_by_row_and_column() -> None:
    table = Table(
        ("번호", "이름", "유형", "만료"),
        (
            ("SAS-4-09-10374", "표본 가", "SaaS", "2029-12-17"),
            ("SAS-4-09-1", "", "싸스", "2029-02-30"),
            ("SAS-4-09-10374", "표본 나", "PaaS", ""),
        ),
    )
    mapping = {"service_id": "번호", "service_name": "이름", "service_type": "유형", "csap_to": "만료"}
    with pytest.raises(InvalidInput) as caught:
        to_services(table, mapping)
    for part in (
        "3행 ‘번호’: ‘SAS-4-09-1’",
        "3행 ‘이름’: 서비스명이 비어",
        "3행 ‘유형’: ‘싸스’",
        "3행 ‘만료’: ‘2029-02-30’",
        "4행 ‘번호’: 2행과 번호가 같습니다",
    ):
        assert part in caught.value.message


def test_only_the_first_ten_bad_cells_are_named() -> None:
    table = Table(("이름", "유형"), tuple(("표본", "없음") for _ in range(12)))
    with pytest.raises(InvalidInput, match="그 밖에 2곳이 더 있습니다"):
        to_services(table, {"service_name": "이름", "service_type": "유형"})


@pytest.mark.parametrize(
    ("mapping", "reason"),
    [
        ({"provider_name": "제공자"}, "서비스명이 든 열"),
        ({"service_name": "없는 열"}, "‘없는 열’ 열을 찾을 수 없습니다"),
        ({"colour": "제공자"}, "‘colour’ 열을 찾을 수 없습니다"),
    ],
)
def test_a_mapping_that_cannot_serve_is_refused(mapping: dict[str, str], reason: str) -> None:
    with pytest.raises(InvalidInput, match=reason):
        to_services(Table(("서비스명", "제공자"), (("가", "나"),)), mapping)


def test_blank_rows_are_passed_over_and_keep_the_numbering() -> None:
    table = read_table("서비스명,제공자,유형\n가,나,SaaS\n,,\n다,라,싸스\n".encode(), "a.csv")
    with pytest.raises(InvalidInput, match="4행 ‘유형’"):
        to_services(table, propose_mapping(table.columns))

"""What the engine gets wrong by itself, and must not get wrong here."""

from __future__ import annotations

import io
import re
from pathlib import Path

import pikepdf
import pypdfium2
import pytest

from procurement.adapters.pdf import PdfError, RenderedPdf
from procurement.adapters.pdf_story import merge_backgrounds, merge_lines
from tests.adapters.pdf_helpers import simple, texts

LINE = (0.5, "grey", 1, None, 1, 1, 0.5)


def rows(count: int) -> str:
    return "".join(f"<tr><td>{number}</td><td>표본 서비스 {number}</td></tr>" for number in range(count))


def rightmost_ink(rendered: RenderedPdf) -> float:
    """Return the right edge in points of what is drawn furthest to the right on the first page."""
    with pypdfium2.PdfDocument(rendered.data) as document:
        page = document[0]
        reader = page.get_textpage()
        right = max(reader.get_charbox(index)[2] for index in range(reader.count_chars()))
        reader.close()
        page.close()
    return float(right)


def test_a_thousand_rows_are_all_printed_under_a_head_on_each_page() -> None:
    result = simple(
        f"<h1>목록</h1><table><thead><tr><th>번호열</th><th>이름열</th></tr></thead>{rows(1000)}</table>"
    )
    pages = texts(result)
    assert result.pages > 20
    assert all("번호열" in text for text in pages)
    joined = "\n".join(pages)
    assert all(f"표본 서비스 {number}" in joined for number in range(1000))


@pytest.mark.parametrize(
    ("lines_before", "lead"),
    [(count, "") for count in (0, 1, 20, 33, 34, 35, 36, 37, 38, 39, 40)]
    + [(count, "<p class='lead'>이끄는 문장</p>") for count in (32, 34, 36, 38)],
)
def test_a_heading_before_a_long_table_leaves_no_empty_page_and_is_not_left_alone(
    lines_before: int, lead: str
) -> None:
    before = "<p>앞선 문장</p>" * lines_before
    result = simple(
        f"<h1>제목</h1>{before}<h2>긴 표</h2>{lead}"
        f"<table><thead><tr><th>번호열</th><th>이름열</th></tr></thead>{rows(80)}</table>"
    )
    pages = texts(result)
    (with_heading,) = [text for text in pages if "긴 표" in text]
    assert re.search(r"표본 서비스 0\s", with_heading)
    assert all("표본 서비스" in text for text in pages[1:])


def test_a_heading_stays_with_the_paragraph_below_it() -> None:
    for lines_before in range(34, 46):
        pages = texts(simple("<p>앞선 문장</p>" * lines_before + "<h2>작은 제목</h2><p>따르는 문장</p>"))
        (page,) = [text for text in pages if "작은 제목" in text]
        assert "따르는 문장" in page


@pytest.mark.parametrize(
    "word",
    ["https://www.example.go.kr/" + "a" * 300, "f" * 400, "가" * 300],
)
def test_a_word_longer_than_its_column_is_broken_inside_it(word: str) -> None:
    cell = simple(f"<table><tr><td width='50%'>{word}</td><td width='50%'>옆</td></tr></table>")
    paragraph = simple(f"<p>{word}</p>")
    assert rightmost_ink(paragraph) <= 595.3 - 51
    assert rightmost_ink(cell) <= 595.3 - 51
    assert word in "".join(texts(paragraph)[0].split("\n"))


def test_a_row_taller_than_a_page_goes_on_on_the_next() -> None:
    result = simple(f"<table><tr><td>{'<p>긴 칸의 문장</p>' * 120}</td></tr></table>")
    assert result.pages > 1
    assert sum(text.count("긴 칸의 문장") for text in texts(result)) == 120


def test_rows_joined_over_more_than_a_page_are_an_error_that_says_so() -> None:
    joined = "<tr><td rowspan='90'>묶음</td><td>0</td></tr>" + "<tr><td>다음</td></tr>" * 89
    with pytest.raises(PdfError, match="만들지 못했습니다"):
        simple(f"<table>{joined}</table>")


@pytest.mark.parametrize(
    "fragment",
    [
        "<img src='http://127.0.0.1:9/a.png'>",
        "<img src='https://example.invalid/a.png'>",
        "<img src='file://{path}'>",
        "<img src='{path}'>",
        "<link rel='stylesheet' href='{path}'>",
        "<style>@import url('{path}');</style>",
        "<style>@font-face {{ font-family: x; src: url('{path}') }}</style>",
        "<style>@page {{ background-image: url('{path}') }}</style>",
        "<div style=\"background-image: url('{path}')\">글</div>",
        "<pdf:insertpdf src='{path}'>",
        "<ul style=\"list-style-image: url('{path}')\"><li>글</li></ul>",
        "<img src='data:image/svg+xml;base64,PHN2Zy8+'>",
    ],
)
def test_a_file_or_address_in_the_text_is_refused(fragment: str, tmp_path: Path) -> None:
    secret = tmp_path / "secret.txt"
    secret.write_text("secret", encoding="utf-8")
    with pytest.raises(PdfError, match="불러올 수 없습니다"):
        simple(fragment.format(path=secret))


@pytest.mark.parametrize(
    "fragment", ["<object data='{path}'></object>", "<iframe src='{path}'></iframe>", "<script>x</script>"]
)
def test_what_only_a_browser_runs_prints_nothing(fragment: str, tmp_path: Path) -> None:
    secret = tmp_path / "secret.txt"
    secret.write_text("secret", encoding="utf-8")
    assert texts(simple(f"<p>앞</p>{fragment.format(path=secret)}"))[0].split() == ["앞", "1", "/", "1"]


def test_links_to_files_and_scripts_are_taken_out_and_others_stay() -> None:
    body = (
        "<p><a href='https://example.go.kr/a'>누리집</a> <a href='file:///etc/hostname'>파일</a> "
        "<a href='javascript:alert(1)'>스크립트</a> <a href='#below'>아래</a></p>"
        "<p class='page-break'><a name='below'>여기</a></p>"
    )
    result = simple(body)
    with pikepdf.open(io.BytesIO(result.data)) as pdf:
        links = pdf.pages[0].obj.Annots.as_list()
        assert [str(link.A.URI) for link in links if "/A" in link] == ["https://example.go.kr/a"]
        assert [link.Dest[0].objgen for link in links if "/Dest" in link] == [pdf.pages[1].obj.objgen]


@pytest.mark.parametrize(
    ("fragment", "complaint"),
    [
        ("<p style='float: left'>글</p>", "float"),
        ("<table></table>", "empty"),
        ("<p style=\"font-family: 'Nowhere'\">글</p>", "nowhere"),
    ],
)
def test_what_the_engine_only_logs_is_an_error(fragment: str, complaint: str) -> None:
    with pytest.raises(PdfError, match=complaint):
        simple(fragment)


def test_equal_lines_of_neighbouring_cells_become_one() -> None:
    cells = [("LINEBELOW", (x, y), (x, y), *LINE) for y in range(3) for x in range(4)]
    assert merge_lines(cells, 4, 3) == [("LINEBELOW", (0, 0), (3, 2), *LINE)]


def test_a_different_line_between_keeps_its_place() -> None:
    thick = (2, *LINE[1:])
    cells = [("LINEBELOW", (0, y), (0, y), *(thick if y == 1 else LINE)) for y in range(4)]
    assert merge_lines(cells, 1, 4) == [
        ("LINEBELOW", (0, 0), (0, 0), *LINE),
        ("LINEBELOW", (0, 1), (0, 1), *thick),
        ("LINEBELOW", (0, 2), (0, 3), *LINE),
    ]


def test_a_gap_between_cells_is_not_bridged() -> None:
    cells = [("LINEBELOW", (x, 0), (x, 0), *LINE) for x in (0, 2)]
    assert merge_lines(cells, 3, 1) == cells


def test_backgrounds_are_joined_along_a_row_only_and_stay_over_that_of_the_row() -> None:
    commands = [
        ("BACKGROUND", (0, 0), (-1, 0), "row"),
        ("BACKGROUND", (0, 0), (0, 0), "cell"),
        ("BACKGROUND", (1, 0), (1, 0), "cell"),
        ("BACKGROUND", (0, 1), (-1, 1), "row"),
    ]
    assert merge_backgrounds(commands, 3, 2) == [
        ("BACKGROUND", (0, 0), (2, 0), "row"),
        ("BACKGROUND", (0, 0), (1, 0), "cell"),
        ("BACKGROUND", (0, 1), (2, 1), "row"),
    ]

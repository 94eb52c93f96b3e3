"""Tables drawn without the HTML engine: the stylesheet's look, whole words, what is left to the engine."""

from __future__ import annotations

import pypdfium2
import pytest

from procurement.adapters.fonts import font_paths
from procurement.adapters.pdf import RenderedPdf
from procurement.adapters.pdf_css import Style, parse
from procurement.adapters.pdf_faces import BOLD, REGULAR, register_faces
from procurement.adapters.pdf_table_read import read_table
from procurement.adapters.pdf_words import Ink, Setter
from tests.adapters.pdf_helpers import faces, simple, texts

INK = Ink(REGULAR, 10.0, 15.0, (0.0, 0.0, 0.0), False)
NONE = frozenset[str]()


def lines(text: str, room: float, ink: Ink = INK) -> list[str]:
    """How a text is broken in so many points."""
    broken = Setter(register_faces(font_paths(faces()))).lines(((text, ink),), room)
    assert all(line.width <= room for line in broken)
    return ["".join(run[1] for run in line.runs) for line in broken]


def style(css: str, *path: tuple[str, str]) -> Style:
    """The style of the last of (tag, classes), each but the first in a row the first child."""
    return parse(css).style(tuple((tag, frozenset(classes.split()), True) for tag, classes in path))


def right_edges(rendered: RenderedPdf, word: str) -> set[int]:
    """Where the last character of each place of a word on the first page ends, in whole points."""
    with pypdfium2.PdfDocument(rendered.data) as document:
        page = document[0]
        reader = page.get_textpage()
        searcher = reader.search(word)
        edges = set()
        while (found := searcher.get_next()) is not None:
            edges.add(round(reader.get_charbox(found[0] + found[1] - 1)[2]))
        searcher.close()
        reader.close()
        page.close()
    return edges


def top(rendered: RenderedPdf, number: int, word: str) -> float:
    """How high the first place of a word on a page stands, in points."""
    with pypdfium2.PdfDocument(rendered.data) as document:
        page = document[number]
        reader = page.get_textpage()
        searcher = reader.search(word)
        found = searcher.get_next()
        assert found is not None
        height = reader.get_charbox(found[0], loose=True)[3]
        searcher.close()
        reader.close()
        page.close()
    return float(height)


@pytest.mark.parametrize(
    ("text", "room", "expected"),
    [
        ("가나다 라마바", 40, ["가나다", "라마바"]),
        ("https://www.example.go.kr/service/list", 110, ["https://www.example.", "go.kr/service/list"]),
        ("클라우드보안인증(표준등급)", 110, ["클라우드보안인증", "(표준등급)"]),
        ("0123456789abcdef", 50, ["012345678", "9abcdef"]),
        ("", 40, [""]),
    ],
)
def test_lines_break_at_spaces_and_long_words_where_they_may(
    text: str, room: float, expected: list[str]
) -> None:
    assert lines(text, room) == expected


def test_a_word_of_two_weights_stays_one_word() -> None:
    setter = Setter(register_faces(font_paths(faces())))
    bold = INK._replace(face=BOLD)
    broken = setter.lines((("앞말 굵", bold), ("게나", INK)), 40.0)
    assert [[text for _, text, _ in line.runs] for line in broken] == [["앞말"], ["굵", "게나"]]


def test_the_stylesheet_is_read_as_a_browser_reads_it() -> None:
    css = (
        "/* th { color: #ffffff } */ td { font-size: 8pt; line-height: 150%; padding: 4pt 5pt } "
        ".num { text-align: right; padding-right: 9pt } .total td { font-weight: bold } "
        "tr:first-child td { border-top: 0.9pt solid #ff0000 } .other td { font-size: 20pt }"
    )
    found = style(css, ("table", ""), ("tr", "total"), ("td", "num"))
    assert (found.size, found.line_height, found.bold, found.align) == (8.0, 12.0, True, "right")
    assert found.padding == (4.0, 9.0, 4.0, 5.0)
    assert found.borders[0] == (0.9, (1.0, 0.0, 0.0))
    # What frames a cell does not frame what is inside.
    inside = style(css, ("table", ""), ("tr", "total"), ("td", "num"), ("span", ""))
    assert (inside.bold, inside.borders[0], inside.padding) == (True, None, (0.0, 0.0, 0.0, 0.0))


def test_a_selector_that_is_not_understood_is_an_error() -> None:
    with pytest.raises(ValueError, match="selector"):
        parse("td > b { color: #000000 }")


@pytest.mark.parametrize(
    "cell",
    [
        "<td><p>문단</p></td>",
        "<td rowspan='2'>둘</td>",
        "<td><img src='x'/></td>",
        "<td style='color:red'>글</td>",
    ],
)
def test_what_is_more_than_words_is_left_to_the_engine(cell: str) -> None:
    sheet = parse("td { font-size: 8pt }")
    assert read_table(f"<table><tr>{cell}</tr></table>", sheet) is None
    assert read_table("<table><tr><td>글 <b>굵게</b><br/>다음</td></tr></table>", sheet) is not None


def test_numbers_stand_flush_right_below_one_another() -> None:
    numbers = "".join(f"<tr><td>가</td><td class='num'>{'9' * digits}원</td></tr>" for digits in range(1, 8))
    assert len(right_edges(simple(f"<table>{numbers}</table>"), "원")) == 1


def test_a_table_in_a_box_and_a_text_that_looks_like_its_mark_are_printed_as_they_are() -> None:
    table = "<table><tr><td>칸 하나</td></tr></table>"
    printed = texts(simple(f"<div class='box'>{table}</div><p>[[table-0]]</p>{table}"))[0]
    assert printed.count("칸 하나") == 2
    assert printed.count("[[table-0]]") == 1


def test_what_is_left_of_a_row_keeps_off_the_head_above_it() -> None:
    head = "<thead><tr><th>표의 머리</th></tr></thead>"
    result = simple(f"<table>{head}<tr><td>{'한 줄<br/>' * 90}</td></tr></table>")
    first, second = (top(result, page, "표의 머리") - top(result, page, "한 줄") for page in (0, 1))
    assert second == pytest.approx(first, abs=0.5)


def test_a_total_is_not_parted_from_the_last_row_above_it() -> None:
    for count in range(30, 46):
        rows = "".join(f"<tr><td>항목 {number}</td></tr>" for number in range(count))
        pages = texts(simple(f"<table>{rows}<tr class='total'><td>합계</td></tr></table>"))
        (last,) = [page for page in pages if "합계" in page]
        assert f"항목 {count - 1}" in last

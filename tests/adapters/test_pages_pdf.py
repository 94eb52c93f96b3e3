"""Printed result pages: ruled tables are read whole over their pages, and everything else is refused."""

from __future__ import annotations

import io
from collections.abc import Sequence

import pikepdf
import pytest
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.platypus import Paragraph, SimpleDocTemplate, Table

from procurement.adapters.pages import parse_result_page
from procurement.adapters.pages_labels import labels_of
from procurement.config import Settings
from procurement.domain.errors import InvalidInput

FONT = "PagesPdfSample"
HEADS = ("서비스 번호", "서비스명", "제공자명", "CSAP 등급")


def printed(
    count: int = 60, *, total: int | None = None, rules: bool = True, heads: Sequence[str] = HEADS
) -> bytes:
    """A print of ``count`` results that states ``total`` (as many as there are when left out; 0: none)."""
    if FONT not in pdfmetrics.getRegisteredFontNames():
        face = next(path for path in sorted(Settings().font_dir.glob("*.ttf")) if "Bold" not in path.name)
        pdfmetrics.registerFont(TTFont(FONT, str(face)))
    style = ParagraphStyle("sample", fontName=FONT, fontSize=9, leading=12, wordWrap="CJK")
    rows = [
        (f"SAS-9-02-{90000 + n}", f"표본 협업 도구 {n}", f"표본기업 아주긴이름주식회사 {n}", "표준")
        for n in range(1, count + 1)
    ]
    grid = [("GRID", (0, 0), (-1, -1), 0.5, "#888888")] if rules else []
    cells = [[Paragraph(text, style) for text in row] for row in (tuple(heads), *rows)]
    table = Table(cells, colWidths=(90, 130, 100, 60), repeatRows=1, style=grid)
    stated = count if total is None else total
    story = [Paragraph("검색결과", style), *([Paragraph(f"총 {stated}건", style)] if stated else []), table]
    out = io.BytesIO()
    SimpleDocTemplate(out, pagesize=A4).build(story)
    return out.getvalue()


def test_a_ruled_table_is_read_whole_over_its_pages() -> None:
    page = parse_result_page(printed())
    assert len(page.services) == page.total_stated == 60
    last = page.services[-1]
    assert (last.service_id, last.service_name, last.csap_grade) == (
        "SAS-9-02-90060",
        "표본 협업 도구 60",
        "표준",
    )
    assert "".join((last.provider_name or "").split()) == "표본기업아주긴이름주식회사60"
    assert any("띄어쓰기를 원본과 대조" in note for note in page.notes)


def test_its_words_can_be_said() -> None:
    data = printed(2, heads=("부호", "물건", "파는 곳", "보안"))
    with pytest.raises(InvalidInput):
        parse_result_page(data)
    words = {label.text: label.key for label in labels_of(data)}
    said = {words["물건"]: "service_name", words["파는 곳"]: "provider_name"}
    assert len(parse_result_page(data, labels=said).services) == 2


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        (lambda: printed(5, total=0), "전체 건수가 적혀 있지 않아"),
        (lambda: printed(5, total=6), "6개라고 적혀 있으나 5개만"),
        (lambda: printed(5, rules=False), "다시 저장해 올려"),
        (lambda: printed(5)[:2_000], "깨졌거나 잠겨"),
        (lambda: b"%PDF-1.7\n%%EOF", "깨졌거나 잠겨"),
    ],
)
def test_a_print_that_may_not_be_read_whole_is_refused(data: object, sentence: str) -> None:
    assert callable(data)
    with pytest.raises(InvalidInput, match=sentence):
        parse_result_page(data())


def test_a_locked_print_is_refused() -> None:
    out = io.BytesIO()
    with pikepdf.open(io.BytesIO(printed(2))) as pdf:
        pdf.save(out, encryption=pikepdf.Encryption(owner="o", user="u"))
    with pytest.raises(InvalidInput, match="잠겨"):
        parse_result_page(out.getvalue())

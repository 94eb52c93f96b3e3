"""A printed document: pages and their numbers, contents, bookmarks, characters, attached files."""

from __future__ import annotations

import io
import re
from dataclasses import replace
from datetime import datetime
from typing import Any

import pikepdf
import pytest
from fontTools.ttLib import TTFont
from pikepdf import pdfa

from procurement.adapters import pdf_inspect, pdf_press
from procurement.adapters.fonts import font_paths
from procurement.adapters.pdf import (
    Attachment,
    PdfError,
    RenderedPdf,
    Section,
    column_widths,
    render_document,
)
from procurement.adapters.pdf_faces import register_faces
from procurement.adapters.pdf_inspect import Inspection, inspect, read_ahead
from procurement.adapters.pdf_server import usual_characters
from tests.adapters.pdf_helpers import CREATED, faces, simple, texts

COVER = """<p class="cover-title">표본 업무포털 이용 계약</p>
<table class="kv"><tr><th>금액</th><td>1원</td></tr></table>"""
HEAD = "<thead><tr><th width='20%'>번호열</th><th width='80%'>이름열</th></tr></thead>"


def table(rows: int) -> str:
    lines = "".join(
        f"<tr><td class='num'>{number}</td><td>표본 서비스 {number}</td></tr>" for number in range(rows)
    )
    return f"<table>{HEAD}<tbody>{lines}</tbody></table>"


SECTIONS = (
    Section("budget", "1. 예산 확보", "<h2>정한 내용</h2><p>본문</p><h3>근거</h3><p>본문</p>"),
    Section("search", "2. 서비스 검색", f"<p>검색어</p>{table(90)}"),
    Section("run", "실행 1의 전체 결과", f"<h2>목록</h2>{table(60)}", level=2, landscape=True),
    Section("inner", "목차에 없는 부분", "<p>본문</p>", in_contents=False),
    Section("close", "3. 종료", "<h1>3. 종료와 정산</h1><p>끝</p>"),
)


def document(**changes: Any) -> RenderedPdf:
    arguments: dict[str, Any] = {
        "cover": COVER,
        "sections": SECTIONS,
        "title": "표본 증빙 묶음",
        "author": "표본관리공단",
        "subject": "디지털서비스 계약",
        "font_dir": faces(),
        "footer": "표본-2026-0001",
        "created": CREATED,
    }
    return render_document(**(arguments | changes))


@pytest.fixture(scope="module")
def rendered() -> RenderedPdf:
    return document()


def test_each_page_says_which_of_how_many_it_is(rendered: RenderedPdf) -> None:
    pages = texts(rendered)
    assert len(pages) == rendered.pages
    for number, text in enumerate(pages, start=1):
        assert f"{number} / {rendered.pages}" in text
        assert "표본-2026-0001" in text


def test_the_contents_give_the_page_on_which_each_section_begins(rendered: RenderedPdf) -> None:
    pages = texts(rendered)
    contents = pages[1]
    assert contents.startswith("목차")
    for section in SECTIONS:
        page = rendered.section_pages[section.key]
        assert section.title in pages[page - 1]
        listed = re.search(rf"^{re.escape(section.title)}\s*(\d+)$", contents, re.MULTILINE)
        assert (listed is not None) == section.in_contents
        if listed is not None:
            assert int(listed[1]) == page


def test_each_line_of_the_contents_leads_to_its_section(rendered: RenderedPdf) -> None:
    with pikepdf.open(io.BytesIO(rendered.data)) as pdf:
        numbers = {page.obj.objgen: number for number, page in enumerate(pdf.pages, start=1)}
        targets = [numbers[annotation.Dest[0].objgen] for annotation in pdf.pages[1].obj.Annots.as_list()]
    listed = [rendered.section_pages[section.key] for section in SECTIONS if section.in_contents]
    assert targets == listed


def test_long_contents_take_as_many_pages_as_they_need() -> None:
    sections = [Section(f"s{number}", f"{number}. " + "긴 제목 " * 20, "<p>본문</p>") for number in range(40)]
    many = document(sections=sections)
    first = many.section_pages["s0"]
    pages = texts(many)
    assert first > 3
    assert all(text.startswith("목차") for text in pages[1 : first - 1])
    assert f"{first + 39}" in pages[first - 2].split()


def test_bookmarks_are_nested_as_sections_and_headings_are(rendered: RenderedPdf) -> None:
    with pikepdf.open(io.BytesIO(rendered.data)) as pdf, pdf.open_outline() as outline:
        names = [item.title for item in outline.root]
        budget, search, close = outline.root[2], outline.root[3], outline.root[5]
        assert names == ["표지", "목차", "1. 예산 확보", "2. 서비스 검색", "목차에 없는 부분", "3. 종료"]
        assert [item.title for item in budget.children] == ["정한 내용"]
        assert [item.title for item in budget.children[0].children] == ["근거"]
        assert [item.title for item in search.children] == ["실행 1의 전체 결과"]
        assert [item.title for item in search.children[0].children] == ["목록"]
        assert close.children == []


def test_a_title_is_printed_once_also_when_the_fragment_brings_its_own(rendered: RenderedPdf) -> None:
    pages = texts(rendered)
    assert pages[rendered.section_pages["budget"] - 1].count("1. 예산 확보") == 1
    assert pages[rendered.section_pages["close"] - 1].count("3. 종료") == 1


def test_table_heads_are_repeated_on_each_page_of_the_table(rendered: RenderedPdf) -> None:
    pages = texts(rendered)
    first, after = rendered.section_pages["search"], rendered.section_pages["run"]
    assert after - first >= 2
    assert all("번호열" in text for text in pages[first - 1 : after - 1])


def test_a_landscape_section_lies_across_and_the_others_stand(rendered: RenderedPdf) -> None:
    with pikepdf.open(io.BytesIO(rendered.data)) as pdf:
        across = [page.mediabox[2] > page.mediabox[3] for page in pdf.pages]
    first, after = rendered.section_pages["run"], rendered.section_pages["inner"]
    assert [number for number, lies in enumerate(across, start=1) if lies] == list(range(first, after))


def test_the_same_input_gives_the_same_bytes(rendered: RenderedPdf) -> None:
    again = document(attachments=())
    assert again.data == rendered.data


def test_another_moment_or_word_gives_other_bytes(rendered: RenderedPdf) -> None:
    later = document(created=CREATED.replace(second=7))
    reworded = document(sections=(replace(SECTIONS[0], html="<p>다른 본문</p>"), *SECTIONS[1:]))
    assert len({rendered.data, later.data, reworded.data}) == 3


def test_the_file_says_its_title_author_language_and_time(rendered: RenderedPdf) -> None:
    with pikepdf.open(io.BytesIO(rendered.data)) as pdf:
        assert str(pdf.docinfo["/Title"]) == "표본 증빙 묶음"
        assert str(pdf.docinfo["/Author"]) == "표본관리공단"
        assert str(pdf.docinfo["/CreationDate"]).startswith("D:20261121040506+00'00")
        assert str(pdf.Root.Lang) == "ko-KR"
        with pdf.open_metadata() as xmp:
            assert xmp["dc:title"] == "표본 증빙 묶음"
            assert xmp["xmp:CreateDate"] == "2026-11-21T04:05:06+00:00"


def test_only_the_korean_faces_are_used_and_they_are_embedded() -> None:
    body = "<ul><li>점</li></ul><ol><li>수</li></ol><p><b>굵게</b> <em>기울임</em></p>" + table(3)
    with pikepdf.open(io.BytesIO(simple(body).data)) as pdf:
        fonts = [item for item in pdf.objects if isinstance(item, pikepdf.Dictionary) and "/BaseFont" in item]
        names = {str(font.BaseFont).split("+")[-1] for font in fonts}
        assert names == {"NotoSansKR-Regular", "NotoSansKR-Bold"}
        assert all("/FontFile2" in font.FontDescriptor for font in fonts)


def test_emphasis_is_not_set_in_bold() -> None:
    with pikepdf.open(io.BytesIO(simple("<p><em>강조</em></p>").data)) as pdf:
        names = [
            str(item.BaseFont)
            for item in pdf.objects
            if isinstance(item, pikepdf.Dictionary) and "/BaseFont" in item
        ]
    assert names
    assert not any(name.endswith("Bold") for name in names)


@pytest.mark.parametrize("written", [*"㎡㈜①Ⅰ㉮～契約寧₩·…–「」✓●○■□뷁", "가나다"])
def test_signs_of_korean_papers_are_printed_as_they_are(written: str) -> None:
    result = simple(f"<p>앞{written}뒤</p>")
    assert f"앞{written}뒤" in texts(result)[0]
    assert result.notes == ()


def test_a_character_without_a_glyph_is_shown_and_reported() -> None:
    result = simple("<p>확인😀끝</p>", footer="발\U0001f4ce")
    assert "확인〓끝" in texts(result)[0]
    assert "발〓" in texts(result)[0]
    assert [note.split("(")[0] for note in result.notes] == [
        "글꼴에 없는 글자 U+1F4CE",
        "글꼴에 없는 글자 U+1F600",
    ]


def test_files_travel_inside_byte_for_byte() -> None:
    files = (
        Attachment("견적서 가.pdf", b"%PDF-1.4 sample", "application/pdf", "표본 견적서"),
        Attachment("원장.json", b"{}", "application/json"),
    )
    first, second = (document(sections=SECTIONS[:1], attachments=files) for _ in range(2))
    assert first.data == second.data
    with pikepdf.open(io.BytesIO(first.data)) as pdf:
        assert {name: spec.get_file().read_bytes() for name, spec in pdf.attachments.items()} == {
            "견적서 가.pdf": b"%PDF-1.4 sample",
            "원장.json": b"{}",
        }
        assert pdf.attachments["견적서 가.pdf"].get_file().mime_type == "application/pdf"
        assert len(pdf.Root.AF) == 2


def test_a_document_with_files_inside_is_fit_for_the_archive() -> None:
    files = (Attachment("견적서 가.hwp", b"\xd0\xcf\x11\xe0", "application/x-hwp", "표본 견적서"),)
    whole = document(attachments=files)
    report = pdfa.validate_written(io.BytesIO(whole.data), "3b")
    assert report.passed, report.findings
    with pikepdf.open(io.BytesIO(whole.data)) as pdf:
        assert pdf.check_pdf_syntax() == []
        (attached,) = pdf.Root.AF.as_list()
        assert attached.AFRelationship == pikepdf.Name.Source
        assert str(attached.EF.F.Params.ModDate).startswith("D:20261121040506")


def test_pages_that_cannot_be_archived_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    found = Inspection((), (), ("6.2.11 the font is not embedded",))
    monkeypatch.setattr(pdf_press, "inspect", lambda _data: found)
    with pytest.raises(PdfError, match="보존용"):
        simple("<p>본문</p>")


def test_what_is_compressed_goes_into_the_document_as_it_is() -> None:
    pikepdf.settings.set_flate_compression_level(1)
    try:
        whole = document(cover=None, contents=False, sections=SECTIONS[:1])
    finally:
        pikepdf.settings.set_flate_compression_level(-1)
    with (
        pikepdf.open(io.BytesIO(whole.parts["budget"].data)) as part,
        pikepdf.open(io.BytesIO(whole.data)) as pdf,
    ):
        own = part.pages[0].Contents.read_raw_bytes()
        assert own in [stream.read_raw_bytes() for stream in pdf.pages[0].Contents.as_list()]


def test_a_link_in_the_text_is_printed_and_fit_for_the_archive() -> None:
    linked = simple("<p><a href='https://example.com/'>누리집</a></p>")
    with pikepdf.open(io.BytesIO(linked.data)) as pdf:
        (annotation,) = pdf.pages[0].Annots.as_list()
        assert annotation.F == 4
    assert pdfa.validate_written(io.BytesIO(linked.data), "3b").passed


@pytest.mark.parametrize("broken", [False, True])
def test_an_outline_that_cannot_be_read_is_found_also_after_sound_ones(broken: bool) -> None:
    page = document(cover=None, contents=False, sections=SECTIONS[:1]).parts["budget"].data
    with pikepdf.open(io.BytesIO(page)) as pdf:
        fonts = [o for o in pdf.objects if isinstance(o, pikepdf.Dictionary) and "/FontFile2" in o]
        program = TTFont(io.BytesIO(fonts[0].FontFile2.read_bytes()))
        place, end = program["loca"].locations[5:7]
        at = program.reader.tables["glyf"].offset
        data = bytearray(fonts[0].FontFile2.read_bytes())
        # Far more contours than there are points.
        assert end > place
        if broken:
            data[at + place : at + place + 2] = b"\x7f\xff"
        fonts[0].FontFile2.write(bytes(data))
        out = io.BytesIO()
        pdf.save(out)
    assert bool(inspect(out.getvalue()).complaints) is broken


def test_outlines_read_ahead_are_those_of_the_pages(monkeypatch: pytest.MonkeyPatch) -> None:
    known: set[bytes] = set()
    monkeypatch.setattr(pdf_inspect, "_READABLE", known)
    faces_read = [measure.face for measure in register_faces(font_paths(faces())).values()]
    ahead = (face.outline(char) for face in faces_read for char in usual_characters())
    steps = sum(1 for _ in read_ahead(ahead))
    assert steps > 5_000
    before = set(known)
    simple("<h1>표본 문서</h1><p>방각하 12,650,000원 (ABC) “가” ① ㎡</p>")
    assert known == before


def test_a_code_is_drawn_where_a_document_asks_for_one() -> None:
    drawn = [simple(f"<h1>표본 문서</h1><p><img src='qr:{text}'/></p>") for text in ("A%201", "A%202")]
    pictures = []
    for one in drawn:
        with pikepdf.open(io.BytesIO(one.data)) as pdf:
            (picture,) = (o for o in pdf.objects if isinstance(o, pikepdf.Stream) and "/Width" in o)
            pictures.append(picture.read_bytes())
    assert pictures[0] != pictures[1]


def test_two_files_of_one_name_are_refused() -> None:
    twice = (Attachment("가.txt", b"1", "text/plain"), Attachment("가.txt", b"2", "text/plain"))
    with pytest.raises(ValueError, match="이름이 겹칩니다"):
        document(sections=SECTIONS[:1], attachments=twice)


def test_two_sections_of_one_key_are_refused() -> None:
    with pytest.raises(ValueError, match="keys"):
        document(sections=(SECTIONS[0], SECTIONS[0]))


def test_a_time_without_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="aware"):
        document(created=datetime(2026, 11, 21))  # noqa: DTZ001


def test_without_cover_and_contents_the_first_section_is_page_one() -> None:
    bare = document(cover=None, contents=False, sections=SECTIONS[:1])
    assert (bare.pages, dict(bare.section_pages)) == (1, {"budget": 1})


def test_shares_become_widths_that_fill_the_line() -> None:
    assert column_widths(1, 4, 3) == ["12.50%", "50.00%", "37.50%"]


@pytest.mark.parametrize("shares", [(), (1, 0), (1, -2)])
def test_shares_that_give_no_width_are_refused(shares: tuple[float, ...]) -> None:
    with pytest.raises(ValueError, match="비율"):
        column_widths(*shares)

"""Files that are too large, odd or no files at all, and addresses that lead nowhere: a Korean sentence."""

from __future__ import annotations

import io
import re
import zipfile
from typing import Any

import openpyxl
import pytest
from werkzeug.test import TestResponse

from procurement.domain.steps import Step
from tests.support.browsing import DATA
from tests.support.every_form import FoundForm
from tests.support.every_stage import EVERYONE
from tests.support.site import Site
from tests.support.site import held as held
from tests.support.site import site as site
from tests.views.test_bad_input import SCRIPT, assert_clear, assert_kept, filled

KEPT = "다른 칸에 적어 둔 글"


def form_of(site: Site, endpoint: str, part: str = "") -> FoundForm:
    """The form of an endpoint, at an address that holds ``part``."""
    return next(form for form in site.forms if form.endpoint == endpoint and part in form.url)


def upload(site: Site, name: str, data: bytes) -> TestResponse:
    """Send a file as the evidence page does, with a text beside it."""
    fields = [("purpose", "other"), ("step", ""), ("reason", KEPT), ("file", (name, data))]
    return site.send(form_of(site, "evidence.upload"), fields)


def a_workbook(*rows: tuple[Any, ...]) -> bytes:
    """An XLSX file of these rows."""
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    for row in rows:
        sheet.append(row)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def with_part(data: bytes, part: str, content: bytes) -> bytes:
    """The same file with other bytes in one of its parts."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as source, zipfile.ZipFile(out, "w") as target:
        for name in source.namelist():
            target.writestr(name, content if name == part else source.read(name))
    return out.getvalue()


FORMULAS = a_workbook(("서비스명", "제공자명"), ('=HYPERLINK("http://example.com","눌러")', "표본기업"))


@pytest.mark.one_database
def test_a_file_over_the_limit_is_answered_413_and_takes_no_text_along(site: Site) -> None:
    site.restore()
    draft = form_of(site, "steps.draft", "/budget/")
    typed = filled(draft, lambda one: one.name == "guidelines", lambda _: KEPT)
    assert site.send(draft, typed).status_code == 200
    answer = upload(site, "큰 파일.pdf", bytes(60 * 1024 * 1024))
    assert answer.status_code == 413
    assert "너무 큽니다" in answer.text
    assert_clear(answer)
    assert not site.journal.kept
    assert KEPT in site.client(EVERYONE).get(draft.page).text


NAMES = [
    "../../etc/passwd",
    "a" * 5000 + ".pdf",
    "\u202efdp.exe",
    '"><script>.pdf',
    "이름\r\nX-Odd: 1.pdf",
    ".",
]


def test_a_file_with_an_odd_name_gets_a_plain_one(site: Site) -> None:
    site.restore()
    for name in NAMES:
        with upload(site, name, b"%PDF-1.7\n%%EOF" + name.encode()[:40]) as answer:
            assert_clear(answer)
    client = site.client(EVERYONE)
    page = client.get(form_of(site, "evidence.upload").url)
    main = page.text.partition("<main")[2]
    assert "../" not in main
    assert "<script>." not in main
    links = set(re.findall(r"/cases/[\d-]+/evidence/[0-9a-f-]{36}", main))
    assert len(links) >= 4
    for link in links:
        with client.get(link) as sent:
            assert sent.status_code == 200
            assert sent.headers["Content-Disposition"].startswith("attachment")
            assert "X-Odd" not in sent.headers


@pytest.mark.one_database
def test_a_file_that_is_none_is_taken_or_refused_in_korean(held: Site) -> None:
    for data in (b"", b"\x00" * 10, b"MZ\x90\x00", b"PK\x03\x04", b"%PDF-", b"\xff\xd8\xff"):
        with upload(held, "자료.pdf", data) as answer:
            assert_clear(answer)
            assert answer.status_code == 302 or KEPT in answer.text


@pytest.mark.one_database
def test_an_upload_without_a_file_says_what_is_missing(held: Site) -> None:
    form = form_of(held, "evidence.upload")
    fields = [("purpose", "other"), ("step", ""), ("reason", KEPT)]
    with held.send(form, fields) as answer:
        assert answer.status_code == 422
        assert "파일을 골라" in answer.text
        assert_kept(answer, form, fields)
        assert not held.journal.kept


def test_a_page_in_euc_kr_is_read_as_it_is(site: Site) -> None:
    site.restore()
    page = (DATA / "pages" / "euc_kr.html").read_bytes()
    assert "두레이".encode() not in page
    form = form_of(site, "search_list.upload")
    assert site.send(form_of(site, "search_new.drop"), []).status_code == 302
    assert site.send(form, [("file", ("검색결과.html", page))]).status_code == 302
    assert "두레이!" in site.client(EVERYONE).get(form.url).text


@pytest.mark.one_database
@pytest.mark.parametrize(
    ("name", "data", "sentence"),
    [
        ("목록.xlsx", FORMULAS, "계산식"),
        ("목록.xlsx", FORMULAS[:300], "파일"),
        ("목록.xlsx", with_part(FORMULAS, "xl/styles.xml", b"<styleSheet>"), "깨져"),
        ("목록.json", b'{"a": ' + b"[" * 100_000, "읽을 수 없는"),
        ("목록.csv", b"", "빈 파일"),
        ("목록.csv", b"\x00" * 500, "파일"),
        ("목록.csv", b"\xff\xfe\xff", "파일"),
        ("목록.pdf", b"%PDF-1.7\n%%EOF", "CSV"),
    ],
)
def test_a_list_of_services_that_cannot_be_taken_says_why(
    held: Site, name: str, data: bytes, sentence: str
) -> None:
    answer = held.send(form_of(held, "catalogue.receive"), [("file", (name, data))])
    if answer.status_code == 302:
        answer = held.client(EVERYONE).get(answer.location)
    assert_clear(answer)
    assert answer.status_code == 422
    assert sentence in answer.text
    assert not held.journal.kept


def test_more_than_an_integer_of_32_bits_is_kept_to_the_won(site: Site) -> None:
    site.restore()
    form, large = form_of(site, "steps.save", "/budget"), "12,650,000,000"
    answer = site.send(form, filled(form, lambda one: one.kind == "money", lambda _: large))
    assert answer.status_code == 302
    assert site.client(EVERYONE).get(form.url).text.count(f'value="{large}"') == len(form.of_kind("money"))


@pytest.mark.one_database
def test_an_end_before_the_start_is_said_as_one_types(held: Site) -> None:
    form = form_of(held, "steps.check", f"/{Step.BUDGET.value}/")
    days = {"planned_start": "2026. 12. 31.", "planned_end": "2026. 1. 1."}
    fields = [(name, days.get(name, value)) for name, value in filled(form, lambda _: False, str)]
    with held.send(form, fields) as answer:
        assert_clear(answer)
        assert 'data-field-message="planned_end"' in answer.text


def test_what_is_not_there_is_answered_404_in_korean(held: Site) -> None:
    case = form_of(held, "evidence.upload").url.removesuffix("/evidence")
    for path in (
        "/cases/2026-9999",
        "/cases/없는-번호/budget",
        "/cases/%00/budget",
        "/cases/%FF%FE/budget",
        f"{case}/evidence/00000000-0000-0000-0000-000000000000",
        f"{case}/evidence/그림",
        f"{case}/없는-단계",
        "/없는-쪽",
        "/static/../wsgi.py",
    ):
        answer = held.client(EVERYONE).get(path)
        assert answer.status_code == 404, path
        assert_clear(answer)
    assert held.client("").get("/link/" + "a" * 3000).status_code == 404


def test_any_question_to_a_list_is_answered(held: Site) -> None:
    case = form_of(held, "evidence.upload").url.removesuffix("/evidence")
    client = held.client(EVERYONE)
    for query in (
        "page=" + "9" * 40,
        "page=-1",
        "page=x",
        "q=%00%ff",
        "q=" + "%25_" * 100,
        "step=x&state=x&sort=x",
        "q=" + SCRIPT,
    ):
        for path in ("/", f"{case}/record"):
            answer = client.get(f"{path}?{query}")
            assert answer.status_code in (200, 404), query
            assert_clear(answer)


@pytest.mark.one_database
def test_bytes_that_are_no_text_are_refused_with_the_way_to_mend_them(held: Site) -> None:
    form = form_of(held, "steps.save", "/budget")
    head = b'--b\r\nContent-Disposition: form-data; name="guidelines"\r\n\r\n'
    client = held.client(form.who)
    for raw in (b"\xff\xfe", b"\x00", b"\xed\xa0\x80", "글".encode("cp949")):
        body = head + KEPT.encode() + raw + b"\r\n--b--\r\n"
        answer = client.post(form.url, data=body, content_type="multipart/form-data; boundary=b")
        assert answer.status_code == 422
        assert "읽을 수 없는 글자" in answer.text
        assert KEPT in answer.text
        assert_clear(answer)
    # Bytes that are no text stay escaped in this kind of form.
    answer = client.post(form.url, data="guidelines=%ff%fe", content_type="application/x-www-form-urlencoded")
    assert_clear(answer)

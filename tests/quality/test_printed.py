"""The second opinion on printed documents: it sees each of them and finds what is wrong."""

from __future__ import annotations

import io
from functools import partial
from pathlib import Path

import pikepdf
import pytest

from procurement.adapters.pdf import render_simple
from procurement.adapters.pdf_process import render_in_process
from procurement.adapters.pdf_sign import sign_pdf
from tests.adapters.pdf_helpers import CREATED, faces, simple
from tests.adapters.test_pdf_sign import a_key
from tests.support import printed


def test_a_document_is_seen_however_it_was_made(tmp_path: Path) -> None:
    here = simple("<h1>여기에서 만든 문서</h1>").data
    make = partial(render_in_process, render_simple, 120.0, font_dir=faces(), created=CREATED)
    apart = make("<h1>다른 곳에서 만든 문서</h1>", title="다른 곳에서 만든 문서").data
    signed = sign_pdf(here, a_key(tmp_path)[0], name="표본", reason="표본").data
    assert all(printed.awaits(data) for data in (here, apart, signed))
    printed.check()
    assert not printed.awaits(here)


def test_a_broken_document_fails_the_test_that_made_it() -> None:
    sound = simple("<h1>성한 문서</h1>", title="성한 문서").data
    assert printed.complaints(sound, titled=True) == []
    printed.note(sound[: len(sound) // 2] + sound[len(sound) // 2 + 100 :])
    with pytest.raises(AssertionError, match="qpdf: "):
        printed.check()


@pytest.mark.parametrize(
    ("body", "title", "complaint"),
    [
        ("<p>1 2 3</p>", "표본", "no Korean text"),
        ("<h1>제목</h1>", "", "no title"),
        ("<h1>다른 제목</h1>", "표본 제목", r"not on its pages: \['표본'\]"),
    ],
)
def test_what_cannot_be_read_is_found(body: str, title: str, complaint: str) -> None:
    data = simple(body, title=title).data
    printed.forget()
    printed.note(data, titled=True)
    with pytest.raises(AssertionError, match=complaint):
        printed.check()


def test_a_character_that_has_lost_its_name_is_found() -> None:
    with pikepdf.open(io.BytesIO(simple("<p>본문</p>").data)) as pdf:
        for font in pdf.pages[0].Resources.Font.values():
            names = font.ToUnicode.read_bytes()
            font.ToUnicode.write(names.replace(b"<BB38>", b"<FFFD>"))
        out = io.BytesIO()
        pdf.save(out)
    assert printed.complaints(out.getvalue()) == ["characters that nobody can read: ['\ufffd']"]

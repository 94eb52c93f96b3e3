"""Words of files that people put here, so that a name in them is found."""

from __future__ import annotations

import io
import zipfile

import pytest
from openpyxl import Workbook

from procurement.adapters.file_words import words_of

NAME = "표본 홍견본"


def a_workbook() -> bytes:
    """A workbook with the name in a cell."""
    book, out = Workbook(), io.BytesIO()
    assert book.active is not None
    book.active.append([NAME, "010-0000-1234"])
    book.save(out)
    return out.getvalue()


def a_document() -> bytes:
    """A document of a word processor in which formatting parts the name."""
    runs = "".join(f"<hp:run><hp:t>{part}</hp:t></hp:run>" for part in ("표본 홍", "견본"))
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("mimetype", "application/hwp+zip")
        archive.writestr("Contents/section0.xml", f"<hs:sec><hp:p>{runs}</hp:p></hs:sec>")
    return out.getvalue()


@pytest.mark.parametrize(
    ("data", "name"),
    [
        (a_workbook(), "표.xlsx"),
        (a_document(), "글.hwpx"),
        (f"<html><body><p>{NAME}</p></body></html>".encode(), "화면.html"),
        (NAME.encode("cp949"), "글.txt"),
    ],
    ids=["workbook", "document", "page", "text"],
)
def test_a_name_is_read_out_of_each_kind_that_shows_words(data: bytes, name: str) -> None:
    assert NAME in (words_of(data, name) or "")


def test_a_picture_and_a_broken_archive_show_none() -> None:
    assert words_of(b"\x89PNG\r\n\x1a\n" + b"\0" * 20, "그림.png") is None
    assert words_of(a_document()[:-30], "글.hwpx") is None

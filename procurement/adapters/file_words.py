"""The words in a file that somebody put here, as far as its kind lets them be read."""

from __future__ import annotations

import html
import io
import re
import zipfile

from procurement.adapters.filetypes import FileKind, check_archive, detect
from procurement.adapters.pages_pdf import html_of_pdf
from procurement.adapters.pages_text import page_text
from procurement.domain.errors import InvalidInput, TooLarge

MOST_BYTES = 30 * 1024 * 1024
_PACKED = frozenset({FileKind.XLSX, FileKind.DOCX, FileKind.HWPX, FileKind.ODS})
_PAGES = frozenset({FileKind.HTML, FileKind.MHTML, FileKind.XML})
_TEXTS = frozenset({FileKind.TEXT, FileKind.CSV})
_TAG = re.compile(r"<[^>]*>")
# An end of a paragraph, a cell or a line parts words; any other tag may stand inside one.
_PARTING = re.compile(r"</(?:\w+:)?(?:p|td|th|tr|c|si|row|li|div|h\d)>|<(?:\w+:)?br\s*/?>")


def words_of(data: bytes, name: str) -> str | None:
    """All words of a file in one text, ``None`` when its kind (a picture, an old HWP) shows none.

    ``name`` tells apart kinds of plain text.
    """
    kind = detect(data, name)
    try:
        if len(data) > MOST_BYTES:
            return None
        if kind is FileKind.PDF:
            return _without_tags(html_of_pdf(data))
        if kind in _PACKED:
            return _packed(data)
        if kind in _PAGES:
            return _without_tags(page_text(data)[0])
        return _plain(data) if kind in _TEXTS else None
    except (InvalidInput, TooLarge, zipfile.BadZipFile):
        return None


def _plain(data: bytes) -> str:
    for encoding in ("utf-8-sig", "cp949"):
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    return data.decode("utf-8", errors="replace")


def _packed(data: bytes) -> str:
    check_archive(data)
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        parts = [name for name in archive.namelist() if name.endswith(".xml")]
        return "\n".join(_without_tags(archive.read(name).decode("utf-8", "replace")) for name in parts)


def _without_tags(text: str) -> str:
    return html.unescape(_TAG.sub("", _PARTING.sub("\n", text)))

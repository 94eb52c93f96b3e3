"""One table as an OpenDocument spreadsheet (ODF 1.2), the same bytes for the same table.

Written by hand since nothing but texts and whole numbers stand in it: a text cell is a text, whatever it
begins with, and no time of making goes in.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterable, Sequence
from xml.sax.saxutils import escape, quoteattr

MEDIA_TYPE = "application/vnd.oasis.opendocument.spreadsheet"
Cell = str | int

_EPOCH = (1980, 1, 1, 0, 0, 0)
_FORBIDDEN = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_NAMES = (
    'xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" '
    'xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0" '
    'xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0" '
    'xmlns:style="urn:oasis:names:tc:opendocument:xmlns:style:1.0" '
    'xmlns:fo="urn:oasis:names:tc:opendocument:xmlns:xsl-fo-compatible:1.0" '
    'office:version="1.2"'
)
_HEAD = '<?xml version="1.0" encoding="UTF-8"?>\n'
_MANIFEST = (
    f"{_HEAD}"
    '<manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0" '
    'manifest:version="1.2">'
    f'<manifest:file-entry manifest:full-path="/" manifest:media-type="{MEDIA_TYPE}"/>'
    '<manifest:file-entry manifest:full-path="content.xml" manifest:media-type="text/xml"/>'
    "</manifest:manifest>"
)
_STYLES = (
    "<office:automatic-styles>"
    '<style:style style:name="head" style:family="table-cell">'
    '<style:text-properties fo:font-weight="bold"/></style:style>'
    "</office:automatic-styles>"
)


def drawable(text: str) -> str:
    """``text`` without the characters that XML 1.0 cannot hold."""
    return _FORBIDDEN.sub("", text)


def write_ods(sheet: str, rows: Iterable[Sequence[Cell]], *, head: int) -> bytes:
    """The table as a file.

    :param sheet: name of the sheet.
    :param rows: cells line by line; whole numbers become numbers, everything else text.
    :param head: number (from 1) of the line that names the columns; it is set in bold.
    """
    lines = "".join(_row(row, number == head) for number, row in enumerate(rows, start=1))
    content = (
        f"{_HEAD}<office:document-content {_NAMES}>{_STYLES}<office:body><office:spreadsheet>"
        f"<table:table table:name={quoteattr(drawable(sheet))}>{lines}</table:table>"
        "</office:spreadsheet></office:body></office:document-content>"
    )
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        # The type comes first and as it is, so that the file is known by its first bytes.
        archive.writestr(zipfile.ZipInfo("mimetype", _EPOCH), MEDIA_TYPE)
        for name, text in (("META-INF/manifest.xml", _MANIFEST), ("content.xml", content)):
            entry = zipfile.ZipInfo(name, _EPOCH)
            entry.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(entry, text.encode())
    return out.getvalue()


def _row(cells: Sequence[Cell], is_head: bool) -> str:
    style = ' table:style-name="head"' if is_head else ""
    inner = "".join(_cell(cell, style) for cell in cells) or "<table:table-cell/>"
    return f"<table:table-row>{inner}</table:table-row>"


def _cell(value: Cell, style: str) -> str:
    if isinstance(value, int):
        return (
            f'<table:table-cell{style} office:value-type="float" office:value="{value}">'
            f"<text:p>{value}</text:p></table:table-cell>"
        )
    lines = "".join(f"<text:p>{_text(line)}</text:p>" for line in drawable(value).splitlines() or [""])
    return f'<table:table-cell{style} office:value-type="string">{lines}</table:table-cell>'


def _text(line: str) -> str:
    """A line with its blanks kept: more than one in a row would count as one."""
    kept = re.sub(r" {2,}|^ ", lambda run: f'<text:s text:c="{len(run.group())}"/>', escape(line))
    return kept.replace("\t", "<text:tab/>")

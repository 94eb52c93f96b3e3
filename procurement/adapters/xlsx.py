"""What every workbook of this program has in common: text stays text, and no time of making.

A spreadsheet would run a cell that begins with ``=``, ``+``, ``-`` or ``@`` as a formula.
"""

from __future__ import annotations

import io
import re
import unicodedata
import zipfile
import zlib
from datetime import datetime
from decimal import Decimal

from openpyxl import Workbook
from openpyxl.cell.cell import Cell
from openpyxl.utils.exceptions import InvalidFileException
from openpyxl.worksheet.worksheet import Worksheet

from procurement.adapters.ods import drawable

# What openpyxl lets through of a file that some program has written wrongly, or somebody has cut or changed:
# ``SyntaxError`` is what both parsers of XML raise, the attributes are of parts that are missing.
BROKEN: tuple[type[Exception], ...] = (
    InvalidFileException,
    zipfile.BadZipFile,
    zlib.error,
    SyntaxError,
    LookupError,
    ValueError,
    TypeError,
    AttributeError,
    ArithmeticError,
    EOFError,
    NotImplementedError,
    OSError,
)

_EPOCH = (1980, 1, 1, 0, 0, 0)
_STARTS_A_FORMULA = ("=", "+", "-", "@")
_BREAKS = ("\t", "\r", "\n")
_MODIFIED = re.compile(rb"(<dcterms:modified[^>]*>)[^<]*")


def new_book(title: str) -> tuple[Workbook, Worksheet]:
    """A workbook and its one sheet, called ``title``."""
    book = Workbook()
    sheet = book.active
    if not isinstance(sheet, Worksheet):
        raise RuntimeError("a new workbook has a sheet")
    sheet.title = title
    return book, sheet


def put(sheet: Worksheet, row: int, column: int, value: str | int | Decimal | None) -> Cell:
    """Write a value; text stays text, whatever it begins with. Row and column count from 1."""
    cell = sheet.cell(row, column)
    if not isinstance(cell, Cell):
        raise TypeError("a cell in the middle of merged cells holds nothing")
    cell.value = drawable(value) if isinstance(value, str) else value
    if isinstance(value, str):
        cell.data_type = "s"
        cell.quotePrefix = is_dangerous(value)
    return cell


def is_dangerous(text: str) -> bool:
    """Whether a spreadsheet might run the text: full-width signs and blanks in front count as well."""
    bare = unicodedata.normalize("NFKC", text).lstrip().lstrip("\ufeff\u200b")
    return text.startswith(_BREAKS) or bare.startswith(_STARTS_A_FORMULA)


def saved(book: Workbook, moment: datetime) -> bytes:
    """The workbook's bytes, the same always: its times are ``moment``."""
    at = moment.replace(tzinfo=None, microsecond=0)
    book.properties.created = at
    made_bytes, out = io.BytesIO(), io.BytesIO()
    book.save(made_bytes)
    with zipfile.ZipFile(made_bytes) as made, zipfile.ZipFile(out, "w") as kept:
        for name in made.namelist():
            entry = zipfile.ZipInfo(name, _EPOCH)
            entry.compress_type = zipfile.ZIP_DEFLATED
            content = made.read(name)
            if name == "docProps/core.xml":
                content = _MODIFIED.sub(rb"\g<1>" + f"{at.isoformat()}Z".encode(), content)
            kept.writestr(entry, content)
    return out.getvalue()

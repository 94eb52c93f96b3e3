"""What is drawn when the lengths of all sections are known: the contents page and the page numbers."""

from __future__ import annotations

import io
import warnings
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

with warnings.catch_warnings():
    # The library's own use of what Python has deprecated is its to mend.
    warnings.simplefilter("ignore", DeprecationWarning)
    from reportlab.lib.pagesizes import A4
    from reportlab.lib.units import mm
    from reportlab.pdfbase.pdfmetrics import stringWidth
    from reportlab.pdfgen.canvas import Canvas

from procurement.adapters.fonts import FontPaths
from procurement.adapters.pdf_faces import BOLD, REGULAR, register_faces

# Width and height in points of a page of the contents.
CONTENTS_PAGE: tuple[float, float] = A4
_INK, _BLUE, _GREY, _RULE = (
    (0.10, 0.11, 0.13),
    (0.047, 0.176, 0.4),
    (0.36, 0.40, 0.45),
    (0.55, 0.59, 0.64),
)
_MARGIN: float = 18 * mm
_TOP: float = A4[1] - 20 * mm
_BOTTOM: float = 24 * mm
_FOOT = 11 * mm
_NUMBER_SIZE = 8.5
# Name that ReportLab gives the first subset of the first font of a document.
_ASCII_SUBSET = "/F1+0"
_NUMBER_ROOM = 26.0
_INDENT = 14.0
_GAP = 5.0


@dataclass(frozen=True)
class ContentsEntry:
    """One line of the contents: level 1 is outermost; `page` counts from 1 over the whole document."""

    title: str
    level: int
    page: int


@dataclass(frozen=True)
class ContentsLink:
    """An area of a contents page (points, left bottom right top) that leads to a page (from 1)."""

    on_page: int
    rect: tuple[float, float, float, float]
    target: int


@dataclass(frozen=True)
class Stamp:
    """What is laid over a page: number of the form, name of a font in it, and content that calls it /font."""

    form: int
    font: str
    content: bytes


@dataclass(frozen=True)
class _Line:
    text: str
    level: int
    entry: int
    last: bool


def contents_page_count(titles: Sequence[tuple[str, int]], fonts: FontPaths) -> int:
    """Return how many pages the contents of these (title, level) pairs take."""
    register_faces(fonts)
    return len(_paged(titles))


def draw_contents(
    entries: Sequence[ContentsEntry], fonts: FontPaths
) -> tuple[bytes, tuple[ContentsLink, ...]]:
    """Return the contents as a PDF, numbers flush right after a dotted leader, and where its links go."""
    register_faces(fonts)
    out = io.BytesIO()
    canvas = Canvas(out, pagesize=A4, invariant=1, initialFontName=REGULAR, initialFontSize=10)
    links: list[ContentsLink] = []
    for number, lines in enumerate(_paged([(entry.title, entry.level) for entry in entries])):
        _draw_title(canvas)
        y = _TOP - 40
        for line in lines:
            y -= _leading(line.level)
            _draw_line(canvas, line, entries[line.entry].page, y)
            rect = (_left(line.level), y - 4, A4[0] - _MARGIN, y + _size(line.level) + 2)
            links.append(ContentsLink(number, rect, entries[line.entry].page))
        canvas.showPage()
    canvas.save()
    return out.getvalue(), tuple(links)


def draw_page_numbers(
    sizes: Sequence[tuple[float, float]], footer: str, fonts: FontPaths
) -> tuple[bytes, list[Stamp]]:
    """Return what is laid over pages of (width, height) in points, and the stamp of each page.

    Pages of one width share a form with `footer` at the left and a rule above; 'n / N' stands centred.
    """
    measure = register_faces(fonts)[REGULAR]
    widths = sorted({width for width, _ in sizes})
    out = io.BytesIO()
    canvas = Canvas(out, pagesize=A4, invariant=1, initialFontName=REGULAR, initialFontSize=8)
    for width in widths:
        canvas.setPageSize((width, A4[1]))
        canvas.setFillColorRGB(*_GREY)
        canvas.setFont(REGULAR, 7.2)
        # Said also where there is no footer: the numbers are written in the font that this puts there.
        canvas.drawString(_MARGIN, _FOOT, _shortened(footer, width / 2 - _MARGIN - 30) or " ")
        canvas.showPage()
    canvas.save()
    total = len(sizes)
    colour = "{} {} {}".format(*_GREY)
    stamps = []
    for number, (width, _) in enumerate(sizes, start=1):
        text = f"{number} / {total}"
        left = width / 2 - measure.word(text) * _NUMBER_SIZE / 2000
        # The subset of a face holds the signs of ASCII under their own codes.
        content = f"BT {colour} rg /font {_NUMBER_SIZE} Tf {left:.2f} {_FOOT:.2f} Td ({text}) Tj ET"
        stamps.append(Stamp(widths.index(width), _ASCII_SUBSET, content.encode()))
    return out.getvalue(), stamps


def _font(level: int) -> str:
    return BOLD if level <= 1 else REGULAR


def _size(level: int) -> float:
    return 10.5 if level <= 1 else 9.5


def _leading(level: int) -> float:
    return 21.0 if level <= 1 else 17.0


def _left(level: int) -> float:
    return _MARGIN + _INDENT * (max(level, 1) - 1)


def _paged(titles: Sequence[tuple[str, int]]) -> list[list[_Line]]:
    pages: list[list[_Line]] = [[]]
    y = _TOP - 40
    for line in _lines(titles):
        y -= _leading(line.level)
        if y < _BOTTOM and pages[-1]:
            pages.append([])
            y = _TOP - 40 - _leading(line.level)
        pages[-1].append(line)
    return pages


def _lines(titles: Sequence[tuple[str, int]]) -> Iterator[_Line]:
    for index, (title, level) in enumerate(titles):
        room = A4[0] - _MARGIN - _left(level) - _NUMBER_ROOM - 20
        parts = _wrapped(title, _font(level), _size(level), room)
        for position, part in enumerate(parts, start=1):
            yield _Line(part, level, index, position == len(parts))


def _wrapped(text: str, font: str, size: float, room: float) -> list[str]:
    """Break at spaces, and inside a word only when the word alone is wider than the line."""
    lines = [""]
    for word in text.split():
        joined = f"{lines[-1]} {word}".strip()
        if stringWidth(joined, font, size) <= room:
            lines[-1] = joined
            continue
        if lines[-1]:
            lines.append("")
        for char in word:
            if stringWidth(lines[-1] + char, font, size) > room:
                lines.append("")
            lines[-1] += char
    return lines


def _shortened(text: str, room: float) -> str:
    if stringWidth(text, REGULAR, 7.2) <= room:
        return text
    while text and stringWidth(f"{text}…", REGULAR, 7.2) > room:
        text = text[:-1]
    return f"{text.rstrip()}…"


def _draw_title(canvas: Canvas) -> None:
    canvas.setFillColorRGB(*_BLUE)
    canvas.setFont(BOLD, 16)
    canvas.drawString(_MARGIN, _TOP - 16, "목차")
    canvas.setStrokeColorRGB(*_BLUE)
    canvas.setLineWidth(1.2)
    canvas.line(_MARGIN, _TOP - 27, A4[0] - _MARGIN, _TOP - 27)


def _draw_line(canvas: Canvas, line: _Line, page: int, y: float) -> None:
    font, size = _font(line.level), _size(line.level)
    canvas.setFillColorRGB(*_INK)
    canvas.setFont(font, size)
    canvas.drawString(_left(line.level), y, line.text)
    if not line.last:
        return
    right = A4[0] - _MARGIN
    canvas.setFont(REGULAR, size)
    canvas.drawRightString(right, y, str(page))
    canvas.setStrokeColorRGB(*_RULE)
    canvas.setLineWidth(0.9)
    canvas.setLineCap(1)
    canvas.setDash([0, 4])
    start = _left(line.level) + stringWidth(line.text, font, size) + _GAP
    # Every leader ends at the same place, so that the dots of all lines stand below one another.
    end = right - _NUMBER_ROOM
    canvas.line(end, y + 1.5, max(min(start, end), _MARGIN), y + 1.5)
    canvas.setDash()

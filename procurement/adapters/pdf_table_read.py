"""Tables of an HTML fragment that hold words alone, read into rows and cells.

What else a table can hold (pictures, blocks, tables, cells joined downwards) is left to the HTML engine.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

import lxml.etree
import lxml.html

from procurement.adapters.pdf_css import Element, Sheet, Style
from procurement.adapters.pdf_words import Ink, Run, ink_of

_TABLE = re.compile(r"<(/?)table\b[^>]*>", re.IGNORECASE)
_WIDTH = re.compile(r"(?:width:\s*)?([\d.]+)%;?")
_SPACES = re.compile(r"[ \t\r\n]+")
_GROUPS = frozenset({"thead", "tbody"})
_INLINE = frozenset({"b", "strong", "i", "em", "span", "br"})


class _NotPlainError(Exception):
    """The table holds what is left to the HTML engine."""


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell: paragraphs that a forced break parts, each of runs; how many columns it takes; its style."""

    paragraphs: tuple[tuple[Run, ...], ...]
    span: int
    style: Style


@dataclass(frozen=True, slots=True)
class Row:
    """A row; `clings`: it says something of the rows before it and is not parted from the last of them."""

    cells: tuple[Cell, ...]
    clings: bool


@dataclass(frozen=True)
class Table:
    """A table: rows repeated on each page, the others, the share of each column, and its own style."""

    head: tuple[Row, ...]
    rows: tuple[Row, ...]
    shares: tuple[float, ...]
    style: Style


def outermost(html: str) -> Iterator[tuple[int, int]]:
    """Where each table that is in no other begins and ends."""
    depth, start = 0, 0
    for match in _TABLE.finditer(html):
        if match[1]:
            depth -= 1
            if depth == 0:
                yield start, match.end()
        else:
            if depth == 0:
                start = match.start()
            depth += 1


def read_table(html: str, sheet: Sheet) -> Table | None:
    """Read one `<table>…</table>`; ``None`` when it holds more than words."""
    try:
        return _Reader(sheet).table(lxml.html.fragment_fromstring(html))
    except _NotPlainError:
        return None


class _Reader:
    def __init__(self, sheet: Sheet) -> None:
        self._sheet = sheet
        self._inks: dict[tuple[Element, ...], Ink] = {}
        self._styles: dict[tuple[str, str, str, str, bool, bool], tuple[tuple[Element, ...], Style]] = {}
        self._above: tuple[Element, ...] = ()

    def table(self, table: lxml.etree._Element) -> Table:
        path = _outside(table)
        self._above = path
        heads: list[Row] = []
        rows: list[Row] = []
        widths: list[float | None] = []
        for group, tr, first in _lines(table):
            cells = [child for child in tr if _is_cell(child)]
            if not widths:
                widths = [width for cell in cells for width in _widths(cell)]
            row = Row(tuple(self._cells(group, tr, first, cells)), "total" in (tr.get("class") or "").split())
            (heads if group == "thead" and not rows else rows).append(row)
        columns = max((sum(cell.span for cell in row.cells) for row in (*heads, *rows)), default=0)
        if not columns or not rows:
            raise _NotPlainError
        return Table(tuple(heads), tuple(rows), _shares(widths, columns), self._sheet.style(path))

    def _cells(
        self, group: str, tr: lxml.etree._Element, first_row: bool, cells: list[lxml.etree._Element]
    ) -> Iterator[Cell]:
        row_class = tr.get("class") or ""
        for number, cell in enumerate(cells):
            _allow(cell, {"class", "width", "style", "colspan"})
            key = (group, row_class, cell.tag, cell.get("class") or "", first_row, number == 0)
            found = self._styles.get(key)
            if found is None:
                inside = (*self._above, (group, frozenset[str](), True)) if group else self._above
                path = (
                    *inside,
                    ("tr", frozenset(row_class.split()), first_row),
                    (cell.tag, frozenset(key[3].split()), number == 0),
                )
                found = self._styles[key] = (path, self._sheet.style(path))
            yield Cell(self._words(cell, found[0]), int(cell.get("colspan") or 1), found[1])

    def _ink(self, path: tuple[Element, ...]) -> Ink:
        ink = self._inks.get(path)
        if ink is None:
            ink = self._inks[path] = ink_of(self._sheet.style(path))
        return ink

    def _words(self, cell: lxml.etree._Element, path: tuple[Element, ...]) -> tuple[tuple[Run, ...], ...]:
        ink = self._ink(path)
        if not len(cell):
            return (((_SPACES.sub(" ", cell.text or "").strip(" "), ink),),)
        paragraphs: list[list[Run]] = [[]]
        self._gather(cell, path, paragraphs)
        return tuple(_trimmed(paragraph) or (("", ink),) for paragraph in paragraphs)

    def _gather(
        self, element: lxml.etree._Element, path: tuple[Element, ...], paragraphs: list[list[Run]]
    ) -> None:
        ink = self._ink(path)
        _add(paragraphs, element.text, ink)
        for number, child in enumerate(element):
            if child.tag not in _INLINE:
                raise _NotPlainError
            _allow(child, {"class"})
            if child.tag == "br":
                paragraphs.append([])
            else:
                classes = frozenset((child.get("class") or "").split())
                self._gather(child, (*path, (child.tag, classes, number == 0)), paragraphs)
            _add(paragraphs, child.tail, ink)


def _outside(table: lxml.etree._Element) -> tuple[Element, ...]:
    _allow(table, {"class"})
    none = frozenset[str]()
    classes = frozenset((table.get("class") or "").split())
    return ("html", none, True), ("body", none, False), ("table", classes, False)


def _lines(table: lxml.etree._Element) -> Iterator[tuple[str, lxml.etree._Element, bool]]:
    """Each row with the group that it is in, and whether it is the first there."""
    for child in table:
        if child.tag == "tr":
            _allow(child, {"class"})
            yield "", child, child.getprevious() is None
            continue
        if child.tag not in _GROUPS:
            raise _NotPlainError
        _allow(child, set())
        for number, tr in enumerate(child):
            if tr.tag != "tr":
                raise _NotPlainError
            _allow(tr, {"class"})
            yield child.tag, tr, number == 0


def _is_cell(child: lxml.etree._Element) -> bool:
    if child.tag not in ("td", "th"):
        raise _NotPlainError
    return True


def _allow(element: lxml.etree._Element, names: set[str]) -> None:
    if element.keys() and not names.issuperset(element.keys()):
        raise _NotPlainError


def _widths(cell: lxml.etree._Element) -> list[float | None]:
    """The width of each column that a cell of the first row takes, in per cent."""
    given = cell.get("width") or cell.get("style")
    match = _WIDTH.fullmatch(given.strip()) if given else None
    if given and match is None:
        raise _NotPlainError
    span = int(cell.get("colspan") or 1)
    return [float(match[1]) / span if match else None] * span


def _shares(widths: list[float | None], columns: int) -> tuple[float, ...]:
    """Shares of the columns, together 1; those without a width part what is left evenly."""
    widths = (widths + [None] * columns)[:columns]
    given = sum(width for width in widths if width is not None)
    missing = widths.count(None)
    each = max(100 - given, 5 * missing) / missing if missing else 0.0
    filled = [each if width is None else width for width in widths]
    return tuple(width / sum(filled) for width in filled)


def _add(paragraphs: list[list[Run]], text: str | None, ink: Ink) -> None:
    if text:
        paragraphs[-1].append((_SPACES.sub(" ", text), ink))


def _trimmed(runs: list[Run]) -> tuple[Run, ...]:
    """Runs with single spaces between words, none at the ends, and none that are empty."""
    kept: list[Run] = []
    for text, ink in runs:
        begins_line = not kept or kept[-1][0].endswith(" ")
        shown = text.lstrip(" ") if begins_line else text
        if shown:
            kept.append((shown, ink))
    while kept and not kept[-1][0].rstrip(" "):
        kept.pop()
    if kept:
        kept[-1] = (kept[-1][0].rstrip(" "), kept[-1][1])
    return tuple(kept)

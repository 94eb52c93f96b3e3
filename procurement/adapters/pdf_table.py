"""Tables drawn straight onto the page, in a time that grows with their length and no faster.

ReportLab's own table copies what is left of it at every page break. Here all rows are measured once, a part
of a table is two numbers, and what a page shows goes into its content stream in one piece.
"""

from __future__ import annotations

import warnings
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import accumulate
from typing import Any, TypeAlias

with warnings.catch_warnings():
    # The library's own use of what Python has deprecated is its to mend.
    warnings.simplefilter("ignore", DeprecationWarning)
    from reportlab.platypus import CondPageBreak, Flowable

from procurement.adapters.pdf_css import Line, Style
from procurement.adapters.pdf_ink import Pen
from procurement.adapters.pdf_table_read import Cell, Row, Table
from procurement.adapters.pdf_words import Setter, TextLine

# A row higher than this part of a page is cut into pieces of so many lines, which may stand on two pages.
_WHOLE_ROW = 1 / 3
_PIECE_LINES = 6
# Points between the head of a table and the rest of a row that began on the page before.
_GOES_ON_BELOW_HEAD = 4.0
# Points by which two widths of a page may differ from rounding.
_SAME_WIDTH = 0.05

# A line or area from left to right in points.
_Stretch: TypeAlias = tuple[float, float, Line]


@dataclass(frozen=True, slots=True)
class _Box:
    """A cell as measured: left end and width in points, its lines, and the style it is drawn in."""

    left: float
    width: float
    lines: tuple[TextLine, ...]
    style: Style

    @property
    def text_height(self) -> float:
        return sum(line.height for line in self.lines)

    @property
    def height(self) -> float:
        top, _, bottom, _ = self.style.padding
        return max(self.text_height + top + bottom, self.style.height)


@dataclass(frozen=True, slots=True)
class _Measured:
    boxes: tuple[_Box, ...]
    height: float
    clings: bool
    goes_on: bool = False


class Grid(Flowable):  # type: ignore[misc]
    """A table, or the part of one that stands on a page."""

    def __init__(self, table: Table, setter: Setter, room: tuple[float, float]) -> None:
        """Measure nothing yet. `room` is the width and height in points of what a page has room for."""
        super().__init__()
        self._table, self._setter, self._room = table, setter, room
        self._body: _Body | None = None
        self._first, self._end = 0, 0

    def getSpaceBefore(self) -> float:  # noqa: N802 - the engine's name
        """Return the space above in points; a part that goes on on the next page has none."""
        return self._table.style.margin[0] if self._first == 0 else 0.0

    def getSpaceAfter(self) -> float:  # noqa: N802 - the engine's name
        """Return the space below in points."""
        return self._table.style.margin[2]

    def room_for_first_rows(self, rows: int) -> float:
        """The height of the head with so many rows below it, on a page of its own."""
        body = self._measured(self._room[0])
        return body.head_height + body.height(0, min(rows, len(body.rows)))

    def wrap(self, width: float, _height: float) -> tuple[float, float]:
        """Return the size that the part takes."""
        body = self._measured(width)
        self.width, self.height = width, body.above(self._first) + body.height(self._first, self._end)
        return self.width, self.height

    def split(self, width: float, height: float) -> list[Flowable]:
        """Return what stands on this page and the rest; nothing when not even a row has room."""
        body = self._measured(width)
        left = height - body.above(self._first)
        end = body.fitting(self._first, left)
        if end >= self._end:
            return [self]
        if end <= self._first:
            return []
        parts: list[Flowable] = [self._part(self._first, end), self._part(end, self._end)]
        # Room is left where rows cling to the next; the engine would fill it with the first of them.
        parts.insert(1, CondPageBreak(left - body.height(self._first, end) + 1))
        return parts

    def draw(self) -> None:
        """Draw the part with its lower left corner at the origin."""
        body = self._measured(self.width)
        body.draw(self.canv, self._first, self._end, self.height)

    def _part(self, first: int, end: int) -> Grid:
        part = Grid(self._table, self._setter, self._room)
        part._body, part._first, part._end = self._body, first, end
        return part

    def _measured(self, width: float) -> _Body:
        if self._body is None or abs(self._body.width - width) > _SAME_WIDTH:
            self._body = _Body(self._table, self._setter, width, self._room[1])
            self._first, self._end = 0, len(self._body.rows)
        return self._body


class _Body:
    """All rows of a table at one width, shared by its parts."""

    def __init__(self, table: Table, setter: Setter, width: float, page_height: float) -> None:
        self.width = width
        self._setter = setter
        self._edges = [width * share for share in accumulate(table.shares, initial=0.0)]
        self._head = [self._measure(row) for row in table.head]
        self.head_height = sum(row.height for row in self._head)
        whole = page_height * _WHOLE_ROW
        measured = (self._measure(row) for row in table.rows)
        self.rows = [piece for row in measured for piece in (_cut(row) if row.height > whole else [row])]
        self._tops = list(accumulate((row.height for row in self.rows), initial=0.0))
        self._frames: dict[tuple[tuple[int, float], ...], _Frame] = {}

    def _measure(self, row: Row) -> _Measured:
        boxes = []
        column = 0
        for cell in row.cells:
            end = min(column + cell.span, len(self._edges) - 1)
            boxes.append(self._box(cell, self._edges[column], self._edges[end]))
            column = end
        return _Measured(tuple(boxes), max((box.height for box in boxes), default=0.0), row.clings)

    def _box(self, cell: Cell, left: float, right: float) -> _Box:
        padding = cell.style.padding
        room = max(right - left - padding[1] - padding[3], 1.0)
        lines = tuple(line for runs in cell.paragraphs for line in self._setter.lines(runs, room))
        return _Box(left, right - left, lines, cell.style)

    def height(self, first: int, end: int) -> float:
        """Height of the rows from `first` up to `end`."""
        return self._tops[end] - self._tops[first]

    def above(self, first: int) -> float:
        """Height of what stands above the rows from `first` on."""
        goes_on = bool(self._head) and self.rows[first].goes_on
        return self.head_height + (_GOES_ON_BELOW_HEAD if goes_on else 0.0)

    def fitting(self, first: int, height: float) -> int:
        """Where the rows that begin at `first` and have room in `height` points end."""
        end = bisect_right(self._tops, self._tops[first] + height + 1e-6) - 1
        end = min(end, len(self.rows))
        while first + 1 < end < len(self.rows) and self.rows[end].clings:
            end -= 1
        return end

    def draw(self, canvas: Any, first: int, end: int, height: float) -> None:
        """Draw head and rows with the lower left corner of the part at the origin."""
        pen = Pen(canvas)
        at = height
        placed = []
        for row in self._head:
            placed.append((row, at))
            at -= row.height
        at = height - self.above(first)
        for row in self.rows[first:end]:
            placed.append((row, at))
            at -= row.height
        for row, top in placed:
            self._frame(row).areas(pen, top, row.height)
        for row, top in placed:
            self._frame(row).lines(pen, top, row.height)
        for row, top in placed:
            for box in row.boxes:
                _write(pen, box, top, row.height)
        pen.done()

    def _frame(self, row: _Measured) -> _Frame:
        key = tuple((id(box.style), box.left) for box in row.boxes)
        frame = self._frames.get(key)
        if frame is None:
            frame = self._frames[key] = _Frame(row.boxes)
        return frame


class _Frame:
    """Background and borders of a row; rows of equal cells share one."""

    def __init__(self, boxes: Sequence[_Box]) -> None:
        self._areas = list(_joined((b.left, b.width, b.style.background) for b in boxes))
        self._top = list(_joined((b.left, b.width, b.style.borders[0]) for b in boxes))
        self._bottom = list(_joined((b.left, b.width, b.style.borders[2]) for b in boxes))
        right = [(box.left + box.width, box.style.borders[1]) for box in boxes]
        left = [(box.left, box.style.borders[3]) for box in boxes]
        self._upright = [(x, line) for x, line in (*left, *right) if line is not None]

    def areas(self, pen: Pen, top: float, height: float) -> None:
        for left, right, colour in self._areas:
            pen.area(left, top - height, right - left, height, colour)

    def lines(self, pen: Pen, top: float, height: float) -> None:
        for left, right, line in self._top:
            pen.line(left, top, right, top, line)
        for left, right, line in self._bottom:
            pen.line(left, top - height, right, top - height, line)
        for x, line in self._upright:
            pen.line(x, top, x, top - height, line)


def _joined(stretches: Any) -> Iterator[tuple[float, float, Any]]:
    """Equal neighbours as one, from left to right; stretches of nothing are left out."""
    start, end, drawn = 0.0, 0.0, None
    for left, width, wanted in stretches:
        if drawn is not None and wanted == drawn and abs(end - left) < 0.01:
            end = left + width
            continue
        if drawn is not None:
            yield start, end, drawn
        start, end, drawn = left, left + width, wanted
    if drawn is not None:
        yield start, end, drawn


def _write(pen: Pen, box: _Box, top: float, row_height: float) -> None:
    padding, align = box.style.padding, box.style.align
    y = top - padding[0]
    if box.style.valign == "middle":
        y = top - (row_height - box.text_height + padding[0] - padding[2]) / 2
    left, right = box.left + padding[3], box.left + box.width - padding[1]
    for line in box.lines:
        x = left
        if align == "right":
            x = right - line.width
        elif align == "center":
            x = (left + right - line.width) / 2
        baseline = y - line.ascent
        for offset, text, ink in line.runs:
            pen.text(x + offset, baseline, text, ink)
        y -= line.height


def _cut(row: _Measured) -> list[_Measured]:
    """A row too high to be moved whole, in pieces that look like one row when they stand together."""
    count = max(len(box.lines) for box in row.boxes)
    starts = range(0, count, _PIECE_LINES)
    pieces = []
    for start in starts:
        first, last = start == 0, start + _PIECE_LINES >= count
        boxes = tuple(
            replace(
                box,
                lines=box.lines[start : start + _PIECE_LINES],
                style=_inner(box.style, first, last),
            )
            for box in row.boxes
        )
        pieces.append(_Measured(boxes, max(box.height for box in boxes), row.clings and first, not first))
    return pieces


def _inner(style: Style, first: bool, last: bool) -> Style:
    top, right, bottom, left = style.padding
    line_above, line_right, line_below, line_left = style.borders
    return replace(
        style,
        padding=(top if first else 0.0, right, bottom if last else 0.0, left),
        borders=(line_above if first else None, line_right, line_below if last else None, line_left),
        valign="top",
        height=0.0,
    )

"""What is changed in a ReportLab story between xhtml2pdf, which wrote it, and the pages.

Three weaknesses are mended here. Each table cell brings its own border and background commands, and ReportLab
copies those of all rows to come at every page break, so that a long table takes time with the square of its
length: equal commands of neighbouring cells become one. A cell taller than a page is printed smaller until it
fits: here it goes on on the next page. And a heading that must stay with a table longer than a page leaves
an empty page behind: such a heading asks for room for itself and some rows instead.
"""

from __future__ import annotations

import warnings
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Any

with warnings.catch_warnings():
    # The libraries' own use of what Python has deprecated is theirs to mend.
    warnings.simplefilter("ignore", DeprecationWarning)
    from reportlab.platypus import CondPageBreak, KeepTogether, Table
    from xhtml2pdf.xhtml2pdf_reportlab import PmlKeepInFrame

from procurement.adapters.pdf_table import Grid

# Points of height: a heading with its space around it, and the table head with some rows below it.
_HEADING_ROOM = 34
_ROW_ROOM = 24
_ROWS_WITH_HEADING = 4
# Higher than any page, and beyond what the engine takes for the height of one.
_UNBOUNDED = 1_000_000

_NOT_EMBEDDED = frozenset({"Helvetica", "Symbol", "ZapfDingbats"})

_Command = tuple[Any, ...]


class Grids:
    """Tables drawn without the engine, each with a mark that stands in its place in the text."""

    def __init__(self) -> None:
        self._grids: dict[str, Grid] = {}

    def mark(self, grid: Grid) -> str:
        """Remember a table; returns what to put in its place."""
        # A text that says the same makes the marks found others than those given: see found_in.
        mark = f"[[table-{len(self._grids)}]]"
        self._grids[mark] = grid
        return f"<p>{mark}</p>"

    def found_in(self, story: list[Any]) -> bool:
        """Whether every mark is a paragraph of its own that stands in no other."""
        return [mark for flowable in story if (mark := _text(flowable)) in self._grids] == list(self._grids)

    def put_back(self, story: list[Any]) -> list[Any]:
        """The story with the tables in the place of their marks."""
        return [self._grids.get(_text(flowable), flowable) for flowable in story]


def _text(flowable: Any) -> str:
    """The words of a paragraph, nothing for what is none."""
    return str(getattr(flowable, "text", "") or "").strip()


def prepare_story(story: list[Any], face: str, grids: Grids) -> list[Any]:
    """Return `story` with merged table commands, no font but `face`, and headings that leave no empty page.

    `face` is the name under which ReportLab knows the embedded regular face; `grids` are put in their place.
    """
    story = grids.put_back(story)
    for flowable in _everything(story):
        if isinstance(flowable, Table):
            _prepare_table(flowable, face)
        elif getattr(flowable, "bulletText", None):
            _embed_bullet(flowable, face)
    return list(_with_room_for_tables(story))


class _Cell(PmlKeepInFrame):  # type: ignore[misc]
    """A cell at its natural height: one taller than a page goes on on the next.

    The engine's own cell is made smaller until it fits a page, down to print that nobody can read.
    """

    def wrap(self, width: float, _height: float) -> tuple[float, float]:
        size: tuple[float, float] = super().wrap(width, _UNBOUNDED)
        return size


def _prepare_table(table: Any, face: str) -> None:
    table._linecmds = merge_lines(table._linecmds, table._ncols, table._nrows)
    table._bkgrndcmds = merge_backgrounds(table._bkgrndcmds, table._ncols, table._nrows)
    for style in chain.from_iterable(table._cellStyles):
        style.fontname = face
    for row in table._cellvalues:
        for column, cell in enumerate(row):
            if type(cell) is PmlKeepInFrame:
                row[column] = _Cell(maxWidth=0, maxHeight=0, mode=cell.mode, content=cell._content)


def _embed_bullet(paragraph: Any, face: str) -> None:
    """The engine draws list signs with fonts that are not embedded; `face` has the same signs."""
    paragraph.style.bulletFontName = face
    for fragment in paragraph.bulletText:
        if getattr(fragment, "fontName", face) in _NOT_EMBEDDED:
            fragment.fontName = face


def merge_lines(commands: Sequence[_Command], columns: int, rows: int) -> list[_Command]:
    """Join equal line commands of neighbouring cells into rectangles; every line stays where it was.

    A command is (name, (column, row) of the first cell, (column, row) of the last, arguments…). Where two
    different borders share an edge, which of them is drawn last may change; nothing else does.
    """
    return _ordered(_stacked(_runs(commands, columns, rows)), commands)


def merge_backgrounds(commands: Sequence[_Command], columns: int, rows: int) -> list[_Command]:
    """Join equal backgrounds of neighbouring cells in a row.

    Rows are not joined: a cell's colour has to be painted after that of its own row and before that of the
    next, and one command for several rows could not do both.
    """
    return _ordered(_runs(commands, columns, rows), commands)


@dataclass
class _Box:
    """A rectangle of cells with one command; `order` is the place of its last member in the list."""

    name: str
    x0: int
    y0: int
    x1: int
    y1: int
    arguments: tuple[Any, ...]
    order: int


def _runs(commands: Sequence[_Command], columns: int, rows: int) -> list[_Box]:
    """Join along a row."""
    boxes: list[_Box] = []
    latest: dict[tuple[Any, ...], _Box] = {}
    for order, (name, start, stop, *rest) in enumerate(commands):
        x0, x1 = (column % columns for column in (start[0], stop[0]))
        y0, y1 = (row % rows for row in (start[1], stop[1]))
        arguments = tuple(tuple(item) if isinstance(item, list) else item for item in rest)
        key = (name, y0, y1, arguments)
        box = latest.get(key)
        if box is not None and box.x1 + 1 == x0:
            box.x1, box.order = x1, order
        else:
            latest[key] = _Box(name, x0, y0, x1, y1, arguments, order)
            boxes.append(latest[key])
    return boxes


def _stacked(runs: list[_Box]) -> list[_Box]:
    """Join runs of the same columns in rows that follow each other."""
    boxes: list[_Box] = []
    latest: dict[tuple[Any, ...], _Box] = {}
    for run in runs:
        key = (run.name, run.x0, run.x1, run.arguments)
        box = latest.get(key)
        if box is not None and box.y1 + 1 == run.y0:
            box.y1, box.order = run.y1, run.order
        else:
            latest[key] = run
            boxes.append(run)
    return boxes


def _ordered(boxes: list[_Box], commands: Sequence[_Command]) -> list[_Command]:
    boxes.sort(key=lambda box: box.order)
    return [(box.name, (box.x0, box.y0), (box.x1, box.y1), *commands[box.order][3:]) for box in boxes]


def _everything(flowables: Iterable[Any]) -> Iterator[Any]:
    """Yield every flowable of the story, also those inside cells, boxes and kept groups."""
    for flowable in flowables:
        if isinstance(flowable, list | tuple):
            yield from _everything(flowable)
            continue
        yield flowable
        if isinstance(flowable, Table):
            yield from _everything(chain.from_iterable(flowable._cellvalues))
        else:
            yield from _everything(getattr(flowable, "_content", None) or ())


def _first_rows(table: Table | Grid) -> float:
    if isinstance(table, Grid):
        return table.room_for_first_rows(_ROWS_WITH_HEADING - 1)
    return float(_ROW_ROOM * min(table._nrows, _ROWS_WITH_HEADING))


def _with_room_for_tables(story: list[Any]) -> Iterator[Any]:
    headings: list[Any] = []
    for flowable in story:
        if isinstance(flowable, KeepTogether):
            yield from headings
            headings = []
            yield flowable
        elif isinstance(flowable, Table | Grid) and headings:
            for heading in headings:
                heading.keepWithNext = 0
            room = CondPageBreak(_HEADING_ROOM * len(headings) + _first_rows(flowable))
            # What asks for room has no height: the spaces before and after it are one, as between paragraphs.
            room._SPACETRANSFER = True
            yield room
            yield from headings
            headings = []
            yield flowable
        elif getattr(flowable, "keepWithNext", 0):
            headings.append(flowable)
        else:
            yield from headings
            headings = []
            yield flowable
    yield from headings

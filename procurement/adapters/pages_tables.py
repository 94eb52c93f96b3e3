"""Results in tables whose head names the columns; the columns may also run down the first column."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from procurement.adapters.pages_facts import Reading, read, read_marks
from procurement.adapters.pages_tree import Node
from procurement.adapters.pages_values import simple_text, value_text
from procurement.adapters.pages_words import is_aside_heading, is_name, is_result_heading, says_empty
from procurement.domain.catalogue import (
    SERVICE_ID,
    ServiceRecord,
    build_record,
    field_of_label,
    label_key,
    service_type_of,
)

MAX_COLUMNS = 100
MAX_ROWS = 20_000
_NOT_A_FACT = re.compile(
    r"^(?:번호|no|순번|순서|선택|비교.*|장바구니.*|견적.*|상세.*|관리|담기|찜|관심.*|rnum|연번|)$"
)

Grid = list[list[Node | None]]


@dataclass
class Found:
    """A run of results in one box of the page, with what could not be read in it.

    ``doubts`` tell of parts that may hold a result: they count when the page states no number to check by.
    ``by_class`` says that only a class name told the group from the results.
    """

    box: Node
    shape: str
    records: list[ServiceRecord] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)
    doubts: list[str] = field(default_factory=list)
    nodes: list[Node] = field(default_factory=list)
    role: str = ""
    by_class: bool = False


def find_tables(root: Node) -> list[Found]:
    """Every table with a head that names services and at least one row, in the order of the page."""
    found = []
    for table in root.walk():
        if table.tag == "table":
            group = _read_table(table)
            if group is not None:
                found.append(group)
    return found


def grid_of(table: Node) -> Grid:
    """The cells of a table by row and column, spanned cells repeated; rows of inner tables are not taken."""
    rows = [
        row
        for part in table.elements
        for row in ([part] if part.tag == "tr" else part.elements)
        if row.tag == "tr"
    ][:MAX_ROWS]
    grid: Grid = []
    hanging: dict[int, tuple[Node, int]] = {}
    for row in rows:
        line: list[Node | None] = []
        cells = [cell for cell in row.elements if cell.tag in {"td", "th"}]
        while (cells or len(line) in hanging) and len(line) < MAX_COLUMNS:
            column = len(line)
            if column in hanging:
                cell, left = hanging.pop(column)
                if left > 1:
                    hanging[column] = (cell, left - 1)
                line.append(cell)
                continue
            cell = cells.pop(0)
            for at in range(column, min(column + _span(cell, "colspan"), MAX_COLUMNS)):
                line.append(cell)
                if _span(cell, "rowspan") > 1:
                    hanging[at] = (cell, _span(cell, "rowspan") - 1)
        grid.append(line)
    return grid


def _span(cell: Node, name: str) -> int:
    text = cell.attrs.get(name, "1").strip()
    return max(1, min(int(text), MAX_ROWS)) if text.isdigit() and len(text) < 6 else 1


def _read_table(table: Node) -> Found | None:
    grid = grid_of(table)
    head = _head(grid)
    if head is None and (transposed := _transposed(grid)):
        grid, head = transposed, _head(transposed)
    if head is None:
        return None
    at, labels = head
    shape = "table[" + "|".join(label_key(label) for label in labels) + "]"
    group = Found(table, shape, nodes=[table])
    _Rows(group, labels).read(grid[at:])
    return group if group.records or group.problems else None


def _transposed(grid: Grid) -> Grid | None:
    """A table whose first column names the facts and whose other columns, two or more, are services."""
    width = max((len(line) for line in grid), default=0)
    if width < 3 or len(grid) < 2 or any(line and line[0] and _names_field(line[0]) is None for line in grid):
        return None
    if any(cell is not None and cell.tag == "th" for line in grid[1:] for cell in line[1:]):
        return None
    return [[line[column] if column < len(line) else None for line in grid] for column in range(width)]


def _names_field(cell: Node) -> str | None:
    return field_of_label(cell.text)


def _head(grid: Grid) -> tuple[int, list[str]] | None:
    """Where the rows begin and the label of each column; ``None`` when no row is a head."""
    for at, line in enumerate(grid[:6]):
        if not _is_head(line):
            continue
        end = at + 1
        while end < len(grid) and _continues(grid[end], line):
            end += 1
        return end, [_column_label(grid[at:end], column) for column in range(len(line))]
    return None


def _is_head(line: list[Node | None]) -> bool:
    cells = list(dict.fromkeys(cell for cell in line if cell is not None))
    fields = [_names_field(cell) for cell in cells]
    if len(cells) < 2 or "service_name" not in fields:
        return False
    if any(node.ids for cell in cells for node in cell.walk()) or any(len(cell.text) > 30 for cell in cells):
        return False
    known = sum(name is not None for name in fields)
    return all(cell.tag == "th" for cell in cells) or (
        known >= 2 and known * 2 >= len(cells) and not _is_pairs(cells)
    )


def _is_pairs(cells: list[Node]) -> bool:
    """Label, value, label, value …: a sheet of one service, not the head of a table."""
    return any(cell.tag == "th" for cell in cells) or (
        all(map(_names_field, cells[0::2])) and not any(map(_names_field, cells[1::2]))
    )


def _continues(line: list[Node | None], head: list[Node | None]) -> bool:
    """The second row of a head: only header cells, some of which hang down from the first."""
    cells = [cell for cell in line if cell is not None]
    return bool(cells) and all(cell.tag == "th" for cell in cells) and any(cell in head for cell in cells)


def _column_label(rows: Grid, column: int) -> str:
    cells = list(
        dict.fromkeys(cell for row in rows if column < len(row) and (cell := row[column]) is not None)
    )
    texts = [cell.text for cell in cells]
    joined = " ".join(texts)
    return next((text for text in (joined, *reversed(texts)) if field_of_label(text)), joined)


class _Rows:
    """Reads the rows under a head into a group."""

    def __init__(self, group: Found, labels: Sequence[str]) -> None:
        self.group = group
        self.labels = list(labels)
        fields = [field_of_label(label) for label in labels]
        self.name_at = max(
            (i for i, name in enumerate(fields) if name == "service_name"),
            key=lambda i: (-_loose_rank(labels[i]), -i),
        )
        self.last_name: Node | None = None
        self.aside = False
        self.section: str | None = None

    def read(self, grid: Grid) -> None:
        for number, line in enumerate(grid, start=1):
            cells = list(dict.fromkeys(cell for cell in line if cell is not None))
            if len(cells) == 1 and len(line) > 1:
                self._heading(cells[0], number)
            elif cells and not self.aside and any(cell.text for cell in cells):
                self._row(line, cells, number)

    def _heading(self, cell: Node, number: int) -> None:
        text = cell.text
        if is_aside_heading(text):
            self.aside = True
        elif is_result_heading(text) or service_type_of(re.sub(r"[\d,건개()\s]", "", text)):
            self.aside, self.section = False, service_type_of(re.sub(r"[\d,건개()\s]", "", text))
        elif any(node.ids for node in cell.walk()) and not self.aside and not self._repeats(cell):
            self.group.problems.append(f"표의 {number}번째 줄에 열이 나뉘지 않은 서비스가 있습니다.")
        elif text and not says_empty(text) and self.group.records and not self.aside:
            last = self.group.records[-1]
            facts = (*last.extra, ("아래 줄", value_text(cell)))
            self.group.records[-1] = ServiceRecord(**{**vars(last), "extra": facts})

    def _repeats(self, cell: Node) -> bool:
        ids = {one for node in cell.walk() for one in node.ids}
        return bool(self.group.records) and ids == {self.group.records[-1].service_id}

    def _row(self, line: list[Node | None], cells: list[Node], number: int) -> None:
        if [cell.text for cell in line if cell is not None] == self.labels:
            return
        cell = line[self.name_at] if self.name_at < len(line) else None
        if cell is not None and cell is self.last_name:
            return
        self.last_name = cell
        name = _cell_name(cell) if cell is not None else None
        ids = {one for node in self._row_nodes(cells) for one in node.ids}
        if name is None or len(ids) > 1:
            if ids or (cell is not None and cell.text) or any(_is_service_fact(c) for c in cells):
                self.group.problems.append(f"표의 {number}번째 줄에서 서비스를 가려내지 못했습니다.")
            return
        self.group.records.append(self._record(line, cells, name, ids))

    def _row_nodes(self, cells: list[Node]) -> list[Node]:
        rows = {cell.parent for cell in cells if cell.parent is not None and cell.tag == "td"}
        own = [row for row in rows if row.tag == "tr" and len(rows) == 1 and len(row.ids) == 1]
        return [*own, *(node for cell in cells for node in cell.walk())]

    def _record(self, line: list[Node | None], cells: list[Node], name: str, ids: set[str]) -> ServiceRecord:
        reading = Reading()
        for label, cell in zip(self.labels, line, strict=False):
            field_name = field_of_label(label)
            text = value_text(cell) if cell is not None else ""
            if field_name is not None and field_name != "service_name":
                reading.take(field_name, text, label)
            elif field_name is None and text and not _NOT_A_FACT.match(label_key(label)):
                reading.extra.append((label, text))
        stated = reading.facts.get("service_id", "")
        if stated and not SERVICE_ID.fullmatch(stated):
            reading.extra.append(("서비스 번호", reading.facts.pop("service_id")))
        reading.facts["service_name"] = name
        if self.section:
            reading.facts.setdefault("service_type", self.section)
        read_marks(self._row_nodes(cells), set(), reading)
        if ids:
            reading.facts["service_id"] = next(iter(ids))
        return build_record(reading.facts, reading.extra)[0]


def _loose_rank(label: str) -> int:
    return 1 if field_of_label(label, loose=False) is None else 0


def _is_service_fact(cell: Node) -> bool:
    return cell.tag == "td" and is_name(cell.text)


def _cell_name(cell: Node) -> str | None:
    """The name in a name cell: its linked text, else its only text."""
    linked = [link for link in cell.walk() if link.tag == "a" and (link.ids or link.attrs.get("href"))]
    names = list(dict.fromkeys(text for link in linked if (text := simple_text(link)) and is_name(text)))
    if len(names) == 1:
        return names[0]
    text = simple_text(cell)
    if text is not None:
        bare = SERVICE_ID.sub("", text).strip(" ()[]")
        return bare if bare and re.search(r"\w", bare) and "{{" not in bare else None
    return read([cell]).facts.get("service_name") or None

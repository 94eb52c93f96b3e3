"""An evaluator's sheet as a workbook: which cell holds what, and every mistake in one that comes back filled.

The head names case, lot, evaluator and criteria set; a workbook of another evaluator, lot or version is not
taken. Then one line for each service and judged criterion: service, criterion, weight, points, comment.
Points and comments are the evaluator's; everything else has to come back as it went out. Nothing is taken
while a single cell is wrong.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from procurement.domain.errors import InvalidInput
from procurement.domain.facts.search import ResultRow
from procurement.domain.facts.selection import CriteriaSet
from procurement.domain.scoring import POINT

TITLE = "평가표"
HEADS = ("서비스", "평가항목", "배점", "점수", "의견")
HEAD_ROW = 7
FIRST_ROW = HEAD_ROW + 1
POINTS_COLUMN = "D"
COMMENT_COLUMN = "E"
LONGEST_COMMENT = 20_000
MOST_NAMED = 30
"""How many mistakes one answer names."""

Held = str | int | float | bool | None


@dataclass(frozen=True)
class BookCell:
    """What a cell holds: text, a number, or something else (``other`` names it: a formula, a date)."""

    value: Held
    other: str = ""


@dataclass(frozen=True)
class BookLine:
    """A line of the workbook: its row, the field stem of its cell on the page, what stands in it."""

    row: int
    stem: str
    service: str
    criterion: str
    weight: int


@dataclass(frozen=True)
class SheetBook:
    """A workbook that is handed out: whose, of what, and its lines."""

    head: tuple[tuple[str, str], ...]
    lines: tuple[BookLine, ...]


class WrongCells(InvalidInput):
    """A workbook that cannot be taken; ``mistakes`` are Korean sentences, each beginning with its cell."""

    def __init__(self, mistakes: Sequence[str]) -> None:
        super().__init__(
            "파일에서 고칠 곳이 있어 아무것도 옮기지 않았습니다. 고쳐서 다시 올려 주세요.", "file"
        )
        more = len(mistakes) - MOST_NAMED
        rest = (f"그 밖에 {more:,}곳이 더 있습니다.",) if more > 0 else ()
        self.mistakes = (*mistakes[:MOST_NAMED], *rest)


def sheet_book(
    case_number: str,
    criteria: CriteriaSet,
    services: Sequence[ResultRow],
    evaluator: tuple[str, str],
    stems: Mapping[tuple[str, str], str],
) -> SheetBook:
    """The workbook of an evaluator.

    :param evaluator: account id and name.
    :param stems: field stem by criterion id and result id, as the page has them.
    """
    head = (
        ("이용계약 건", case_number),
        ("수요 항목", str(criteria.lot)),
        ("평가기준", f"{criteria.number}번 {criteria.set_id}"),
        ("평가위원", _plain(evaluator[1])),
        ("평가위원 번호", evaluator[0]),
    )
    cells = [(row, criterion) for row in services for criterion in criteria.judged]
    lines = tuple(
        BookLine(
            place, stems[(c.criterion_id, row.result_id)], _named(row), _titled(c.title, c.scale), c.weight
        )
        for place, (row, c) in enumerate(cells, start=FIRST_ROW)
    )
    return SheetBook(head, lines)


def _named(row: ResultRow) -> str:
    return _plain(f"{row.position}. {row.service_name}")


def _titled(title: str, scale: str) -> str:
    return _plain(f"{title}: {scale}" if scale.strip() else title)


def _plain(text: str) -> str:
    """One line without what no cell can hold, so that it comes back as it went out."""
    return "".join(letter for letter in " ".join(text.split()) if letter.isprintable())


def expected_cells(book: SheetBook) -> dict[str, str | int]:
    """What every cell that is not the evaluator's has to hold, by its name."""
    cells: dict[str, str | int] = {"A1": TITLE}
    for row, (label, value) in enumerate(book.head, start=2):
        cells |= {f"A{row}": label, f"B{row}": value}
    cells |= {f"{column}{HEAD_ROW}": head for column, head in zip("ABCDE", HEADS, strict=True)}
    for line in book.lines:
        cells |= {f"A{line.row}": line.service, f"B{line.row}": line.criterion, f"C{line.row}": line.weight}
    return cells


def read_book(book: SheetBook, cells: Mapping[str, BookCell]) -> dict[str, str]:
    """The form fields of a filled workbook.

    :param cells: every cell that is not empty, by its name.
    :raises WrongCells: naming each cell that cannot be taken.
    """
    mistakes = list(_changed(book, cells))
    fields: dict[str, str] = {}
    for line in book.lines:
        name = f"{POINTS_COLUMN}{line.row}"
        try:
            fields[f"{line.stem}-points"] = _points(cells.get(name), line.weight)
        except InvalidInput as wrong:
            mistakes.append(f"{name}: {wrong.message}")
        name = f"{COMMENT_COLUMN}{line.row}"
        try:
            fields[f"{line.stem}-comment"] = _comment(cells.get(name))
        except InvalidInput as wrong:
            mistakes.append(f"{name}: {wrong.message}")
    if mistakes:
        raise WrongCells(sorted(mistakes, key=_place))
    return fields


def _place(mistake: str) -> tuple[int, str]:
    found = re.match(r"([A-Z]+)(\d+):", mistake)
    return (int(found[2]), found[1].rjust(3)) if found else (0, "")


def _changed(book: SheetBook, cells: Mapping[str, BookCell]) -> Iterator[str]:
    """Cells that do not hold what was handed out, and cells where nothing was."""
    expected = expected_cells(book)
    own = {f"{column}{line.row}" for line in book.lines for column in (POINTS_COLUMN, COMMENT_COLUMN)}
    for name, wanted in expected.items():
        cell = cells.get(name, BookCell(None))
        if cell.other or _as_text(cell.value) != str(wanted):
            yield f"{name}: {_why(name, wanted)}"
    for name in cells.keys() - expected.keys() - own:
        yield f"{name}: 평가표에 없는 칸입니다. 이 칸을 비우세요."


def _why(name: str, wanted: str | int) -> str:
    row = int(re.sub("[A-Z]", "", name))
    reasons = {
        2: "다른 이용계약 건의 평가표입니다.",
        3: "다른 수요 항목의 평가표입니다.",
        4: "다른 평가기준으로 만든 평가표입니다. 지금 기준의 평가표를 다시 내려받아 주세요.",
        5: "다른 평가위원의 평가표입니다.",
        6: "다른 평가위원의 평가표입니다.",
    }
    if row in reasons and name.startswith("B"):
        return reasons[row]
    return f"내려받은 그대로 ‘{str(wanted)[:60]}’이어야 합니다. 되돌려 놓으세요."


def _as_text(value: Held) -> str:
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    # Programs change how lines end and what stands at the end of a text.
    return str(value).replace("\r\n", "\n").strip() if value is not None else ""


def _points(cell: BookCell | None, weight: int) -> str:
    if cell is None or (cell.value in (None, "") and not cell.other):
        raise InvalidInput(f"점수가 비어 있습니다. 0~{weight} 사이의 점수를 넣으세요.")
    if cell.other:
        raise InvalidInput(f"{cell.other} 받지 않습니다. 0~{weight} 사이의 점수를 숫자로 넣으세요.")
    text = cell.value.strip() if isinstance(cell.value, str) else _number(cell.value)
    found = re.fullmatch(r"([0-9]{1,3})(?:[.]([0-9]{1,2}))?", text)
    if found is None:
        raise InvalidInput(f"0~{weight} 사이의 점수를 넣으세요. 소수점 아래 두 자리까지 적을 수 있습니다.")
    if int(found[1]) * POINT + int((found[2] or "").ljust(2, "0")) > weight * POINT:
        raise InvalidInput(f"0~{weight} 사이의 점수를 넣으세요.")
    return text


def _number(value: Held) -> str:
    """A number as it is typed; a truth value is none."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return ""
    return str(int(value)) if float(value).is_integer() else repr(value)


def _comment(cell: BookCell | None) -> str:
    if cell is None:
        return ""
    if cell.other:
        raise InvalidInput(f"{cell.other} 받지 않습니다. 의견을 글로 적으세요.")
    text = _as_text(cell.value)
    if len(text) > LONGEST_COMMENT:
        raise InvalidInput(f"의견은 {LONGEST_COMMENT:,}자까지 적을 수 있습니다. 줄이세요.")
    return text

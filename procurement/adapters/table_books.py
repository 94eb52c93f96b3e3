"""The evaluation table as an XLSX file, from the closed table alone: every cell is text or a number."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal

from openpyxl.styles import Alignment, Font
from openpyxl.worksheet.worksheet import Worksheet

from procurement.adapters.xlsx import new_book, put, saved
from procurement.domain.closed_table import ClosedTable
from procurement.domain.facts.search import ResultRow
from procurement.domain.formulas import statement
from procurement.domain.scoring import PRICE

Value = str | int | Decimal
Line = Sequence[Value]


def write(
    table: ClosedTable,
    case_number: str,
    identity: str,
    services: Sequence[ResultRow],
    people: Mapping[str, str],
) -> bytes:
    """The workbook: the ranking, what each evaluator gave, the criteria as fixed.

    :param identity: SHA-256 of what the table is counted from.
    :param services: of the final run; ``people``: names of the evaluators by id.
    """
    names = {row.result_id: row.service_name for row in services}
    book, sheet = new_book("평가표")
    _fill(sheet, list(_ranking(table, case_number, identity, names)))
    _fill(book.create_sheet("평가위원별 점수"), list(_given(table, names, people)))
    _fill(book.create_sheet("평가기준"), list(_criteria(table)))
    return saved(book, max(sheet.recorded_at for sheet in table.sheets))


def _fill(sheet: Worksheet, lines: Sequence[Line]) -> None:
    head = next((at for at, line in enumerate(lines, start=1) if len(line) > 2), 1)
    for number, line in enumerate(lines, start=1):
        for column, value in enumerate(line, start=1):
            cell = put(sheet, number, column, value)
            cell.alignment = Alignment(wrap_text=True, vertical="top")
            cell.font = Font(bold=number == head)
            if isinstance(value, Decimal):
                cell.number_format = "0.00"
    for letter in "ABCDEFGHIJKLMNOPQRSTUVWXYZ"[: max(len(line) for line in lines)]:
        sheet.column_dimensions[letter].width = 18
    sheet.freeze_panes = f"A{head + 1}"


def _points(hundredths: int) -> Decimal:
    return Decimal(hundredths).scaleb(-2)


def _ranking(table: ClosedTable, number: str, identity: str, names: Mapping[str, str]) -> Iterator[Line]:
    criteria = table.criteria
    yield ["이용계약 건", number]
    yield ["수요 항목", criteria.lot]
    yield ["평가기준", f"{criteria.number}번"]
    yield ["점수를 모으는 방법", criteria.averaging.label]
    yield ["최저 점수", _points(criteria.minimum_hundredths)]
    yield ["평가표 지문(SHA-256)", identity]
    titles = [f"{c.title} ({c.weight})" for c in criteria.criteria]
    yield ["순위", "서비스", "총점", "최저 점수", "위원 간 차이", *titles]
    for row in table.evaluation.rows:
        means = [_points(points) for _, points in row.by_criterion]
        yield [
            row.rank if row.rank is not None else "단일",
            names.get(row.result_id, row.result_id),
            _points(row.total),
            "충족" if row.meets_minimum else "미달",
            _points(row.spread),
            *means,
        ]


def _given(table: ClosedTable, names: Mapping[str, str], people: Mapping[str, str]) -> Iterator[Line]:
    yield ["서비스", "평가위원", "평가항목", "배점", "점수", "의견", "총점에 넣음"]
    for row in table.evaluation.rows:
        for sheet in table.sheets:
            given = {s.criterion_id: s for s in sheet.scores if s.result_id == row.result_id}
            for criterion in table.criteria.criteria:
                score = given[criterion.criterion_id]
                yield [
                    names.get(row.result_id, row.result_id),
                    people.get(sheet.evaluator_id, sheet.evaluator_id),
                    criterion.title,
                    criterion.weight,
                    _points(score.points_hundredths),
                    score.comment,
                    "아니요(최고·최저 제외)" if sheet.evaluator_id in row.left_out else "예",
                ]


def _criteria(table: ClosedTable) -> Iterator[Line]:
    titles = {c.key: c.title for c in table.criteria.criteria} | {PRICE: "낮은 전체 소요비용"}
    yield ["평가항목", "고려사항", "배점", "정의서 항목", "점수를 주는 기준", "식", "동점일 때 순위"]
    order = table.criteria.tie_break
    for c in table.criteria.criteria:
        yield [
            c.title,
            c.aspect.label,
            c.weight,
            c.clause,
            c.scale,
            statement(c.formula) if c.formula else "평가위원이 매김",
            order.index(c.key) + 1 if c.key in order else "",
        ]
    yield ["동점일 때 견준 순서", " → ".join(titles[key] for key in order)]

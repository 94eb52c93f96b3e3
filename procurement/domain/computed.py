"""Points that nobody gives: values of the services, and what the formulas fixed beforehand make of them.

Amounts come from the quotes, opened since the criteria are fixed; grades from the frozen final list;
all else is entered once with its proof. From the first sheet on the points stand: later sheets take those.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from procurement.domain import formulas
from procurement.domain.facts import CaseFacts
from procurement.domain.facts.formula import Formula, Measure, Method
from procurement.domain.facts.search import ResultRow
from procurement.domain.facts.selection import CriteriaSet, Criterion, Score
from procurement.domain.selection import Task, cost_of, scored_services

_SAID = "셈한 값: "


@dataclass(frozen=True)
class ComputedCell:
    """A criterion and service: the value, ``None`` while there is none, and its points in hundredths.

    ``stated`` is the value as the first sheet says it; whatever comes after does not change it.
    """

    criterion: Criterion
    service: ResultRow
    value: formulas.Value | None
    points: int | None
    evidence_id: str | None = None
    note: str = ""
    stated: str = ""

    @property
    def shown(self) -> str:
        """The value with its unit; that of the first sheet once there is one."""
        if self.stated:
            return self.stated
        formula = self.criterion.formula
        if formula is None or self.value is None:
            return "값 없음"
        unit = "원" if formula.measure in (Measure.COST, Measure.FEE) else formula.unit
        return formulas.value_text(self.value, unit)


def computed_cells(facts: CaseFacts, lot: int) -> tuple[ComputedCell, ...]:
    """Every computed criterion of the newest criteria for every service scored, in their order."""
    criteria = facts.selection.criteria_of(lot)
    if criteria is None:
        return ()
    services = scored_services(facts, lot)
    return tuple(
        cell for criterion in criteria.computed for cell in _cells(facts, criteria, criterion, services)
    )


def missing_values(facts: CaseFacts, lot: int) -> tuple[ComputedCell, ...]:
    """Cells that cannot be counted yet."""
    return tuple(cell for cell in computed_cells(facts, lot) if cell.points is None)


def computed_scores(facts: CaseFacts, lot: int) -> list[Score]:
    """The scores that go into every sheet by themselves, with the value they come from."""
    return [
        Score(cell.criterion.criterion_id, cell.service.result_id, cell.points, _SAID + cell.shown)
        for cell in computed_cells(facts, lot)
        if cell.points is not None
    ]


def with_values(facts: CaseFacts, lot: int, tasks: tuple[Task, ...]) -> tuple[Task, ...]:
    """The tasks of a lot, with that of entering values before the sheets where something is counted."""
    cells = computed_cells(facts, lot)
    if not cells:
        return tasks
    left = len(missing_values(facts, lot))
    title = "식으로 셈하는 항목의 값을 갖춥니다"
    mine = Task(title, not left, "values", f"{len(cells) - left}/{len(cells)}개")
    after = next((at for at, task in enumerate(tasks, start=1) if task.page == "outcomes"), 0)
    return (*tasks[:after], mine, *tasks[after:])


def _standing(facts: CaseFacts, criteria: CriteriaSet) -> Mapping[tuple[str, str], Score]:
    """Scores by criterion and service as the first sheet took them."""
    first = next((sheet for sheet in facts.selection.sheets if sheet.set_id == criteria.set_id), None)
    scores = first.scores if first else ()
    return {(score.criterion_id, score.result_id): score for score in scores}


def _cells(
    facts: CaseFacts, criteria: CriteriaSet, criterion: Criterion, services: tuple[ResultRow, ...]
) -> list[ComputedCell]:
    formula = criterion.formula
    if formula is None:
        return []
    standing = _standing(facts, criteria)
    found = [(row, *_value(facts, (criteria.set_id, criterion.key), formula, row)) for row in services]
    everyone = [value for _, value, _, _ in found if value is not None]
    complete = len(everyone) == len(services)
    cells = []
    for row, value, evidence_id, note in found:
        taken = standing.get((criterion.criterion_id, row.result_id))
        points = taken.points_hundredths if taken else None
        if points is None and value is not None and complete:
            points = formulas.points_of(formula, criterion.weight, value, everyone)
        stated = taken.comment.removeprefix(_SAID) if taken else ""
        cells.append(ComputedCell(criterion, row, value, points, evidence_id, note, stated))
    return cells


def _value(
    facts: CaseFacts, key: tuple[str, str], formula: Formula, row: ResultRow
) -> tuple[formulas.Value | None, str | None, str]:
    """The value of a service, the file that proves it, and what was noted with it."""
    if formula.measure is Measure.CSAP:
        return row.csap_grade or formulas.NO_LEVEL, None, ""
    if formula.measure is Measure.ENTERED:
        for one in facts.selection.measured:
            if one.result_id == row.result_id and (one.set_id, one.key) == key:
                value = one.level if formula.method is Method.LEVELS else one.value_thousandths
                return value, one.evidence_id, one.note
        return None, None, ""
    quote = next((q for q in facts.selection.quotes if q.result_id == row.result_id), None)
    if quote is None:
        return None, None, ""
    cost = cost_of(quote)
    won = cost.total_won if formula.measure is Measure.COST else cost.fee_won
    return won * formulas.THOUSAND, quote.evidence_id, ""

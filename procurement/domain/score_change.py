"""The single score that would change the first place, and how far the evaluators are apart.

The table is taken as it is counted: rounded totals, trimming, ties. A total moves by as much as one of its
scores, so how far each evaluator's total of each service must move follows in closed form; only where it
would draw level exactly are the ties looked at, hundredth by hundredth, and there are no more of those than
evaluators.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from procurement.domain.facts.selection import Averaging, CriteriaSet, ScoreSheet
from procurement.domain.scoring import (
    FULL_WEIGHT,
    POINT,
    TRIM_FROM,
    Evaluation,
    Given,
    ServiceResult,
    points_by_service,
    row_of,
    tie_order,
)


@dataclass(frozen=True)
class ScoreChange:
    """One score that would change the first place: whose, where, by how many hundredths (negative: down)."""

    evaluator_id: str
    result_id: str
    key: str
    change_hundredths: int


@dataclass(frozen=True)
class Spread:
    """How far the evaluators are apart on one service and criterion, in hundredths."""

    result_id: str
    key: str
    weight: int
    lowest: int
    highest: int

    @property
    def width(self) -> int:
        """Highest less lowest."""
        return self.highest - self.lowest

    @property
    def percent(self) -> int:
        """The width as a share of the weight, rounded half up to whole per cent."""
        return (2 * self.width + self.weight) // (2 * self.weight)


@dataclass(frozen=True)
class _Table:
    """A closed table at hand: its criteria, rows and points, and how its ties are broken."""

    criteria: CriteriaSet
    rows: Mapping[str, ServiceResult]
    given: Mapping[str, Given]
    prices: Mapping[str, int]
    winner: str
    trims: bool


@dataclass(frozen=True)
class _Reach:
    """By how much one total of an evaluator must move for its service to draw level, and to be past."""

    service: str
    evaluator: str
    sign: int
    level: int
    past: int


def spreads(
    criteria: CriteriaSet, sheets: Sequence[ScoreSheet], services: Sequence[str]
) -> tuple[Spread, ...]:
    """Highest and lowest score of every service on every criterion, in the order given."""
    given = points_by_service(criteria, sheets)
    found = []
    for service in services:
        for criterion in criteria.criteria:
            cells = [points[criterion.criterion_id] for points in given[service].values()]
            found.append(Spread(service, criterion.key, criterion.weight, min(cells), max(cells)))
    return tuple(found)


def nearest_score(
    criteria: CriteriaSet,
    sheets: Sequence[ScoreSheet],
    evaluation: Evaluation,
    prices: Mapping[str, int],
    computed: frozenset[str] = frozenset(),
) -> ScoreChange | None:
    """The smallest change of a single score after which the winner no longer stands first alone.

    Where several would do with the same change, one is named: of the evaluator whose id comes first.

    :param prices: won by result id, as the table broke ties by them.
    :param computed: keys of criteria whose points nobody gives; they are left alone.
    :returns: ``None`` when no single score can change the first place, or nobody is in it alone.
    """
    if evaluation.winner is None or evaluation.single:
        return None
    table = _Table(
        criteria,
        {row.result_id: row for row in evaluation.rows},
        points_by_service(criteria, sheets),
        prices,
        evaluation.winner,
        criteria.averaging is Averaging.TRIMMED and len(sheets) >= TRIM_FROM,
    )
    judged = [criterion for criterion in criteria.criteria if criterion.key not in computed]
    best: ScoreChange | None = None
    least = FULL_WEIGHT * POINT + 1
    for reach in sorted(_reaches(table), key=lambda one: (max(1, one.level), one.evaluator)):
        if reach.level >= least:
            break
        for criterion in judged:
            points = table.given[reach.service][reach.evaluator][criterion.criterion_id]
            room = criterion.weight * POINT - points if reach.sign > 0 else points
            size = _size(table, reach, criterion.criterion_id, min(room, least - 1))
            if size is not None:
                least = size
                best = ScoreChange(reach.evaluator, reach.service, criterion.key, reach.sign * size)
    return best


def _size(table: _Table, reach: _Reach, criterion_id: str, most: int) -> int | None:
    """The least change of this score that changes the first place, at most ``most``."""
    sizes = range(max(1, reach.level), min(most, reach.past) + 1)
    return next(
        (size for size in sizes if size >= reach.past or _ties_away(table, reach, criterion_id, size)), None
    )


def _ties_away(table: _Table, reach: _Reach, criterion_id: str, size: int) -> bool:
    """Whether the winner stands no longer first alone when this one score is moved."""
    points = {evaluator: dict(cells) for evaluator, cells in table.given[reach.service].items()}
    points[reach.evaluator][criterion_id] += reach.sign * size
    rows = {**table.rows, reach.service: row_of(table.criteria, reach.service, points, table.trims)}
    order = {service: tie_order(row, table.criteria.tie_break, table.prices) for service, row in rows.items()}
    return any(order[service] <= order[table.winner] for service in order if service != table.winner)


def _reaches(table: _Table) -> Iterator[_Reach]:
    """Every total of an evaluator that could change the first place by itself."""
    first = table.rows[table.winner].total
    second = max(row.total for service, row in table.rows.items() if service != table.winner)
    for service, row in table.rows.items():
        totals = dict(row.by_evaluator)
        counted = len(totals) - 2 if table.trims else len(totals)
        if service == table.winner:
            # A rounded mean is at most r when the sum is at most n(r + ½), less the least bit.
            sign, wanted = -1, [(counted * (2 * (second - past) + 1) - 1) // 2 for past in (0, 1)]
        else:
            # A rounded mean is at least r when the sum is at least n(r - ½).
            sign, wanted = 1, [-((counted - 2 * counted * (first + past)) // 2) for past in (0, 1)]
        for evaluator, own in totals.items():
            others = [total for one, total in totals.items() if one != evaluator]
            level, past = (_move(own, others, total, sign, table.trims) for total in wanted)
            if level is not None:
                yield _Reach(
                    service, evaluator, sign, level, FULL_WEIGHT * POINT + 1 if past is None else past
                )


def _move(own: int, others: Sequence[int], wanted: int, sign: int, trims: bool) -> int | None:
    """By how much one total must move for the counted sum to reach ``wanted``; ``None``: it never does."""
    need = wanted - sum(others)
    if trims:
        # What counts is the others without their extremes, and this total held between those extremes.
        highest, lowest = max(others), min(others)
        need += highest + lowest
        if (need > highest) if sign > 0 else (need < lowest):
            return None
    return sign * (need - own)

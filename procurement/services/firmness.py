"""⑤ How firm the result of a closed evaluation table is: counted from the table alone, without a database."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from procurement.adapters import weightings
from procurement.domain.closed_table import ClosedTable
from procurement.domain.robustness import WeightRange, nearest_weight, points_of, table_digest, weight_ranges
from procurement.domain.score_change import ScoreChange, Spread, nearest_score, spreads


@dataclass(frozen=True)
class Firmness:
    """How firm the first place is.

    ``kept`` of ``drawn`` weightings within ``reach`` points keep it; ``ranges`` say how far each weight may
    go, ``weight`` names the one that may go least, ``score`` the single score that would change it soonest.
    """

    drawn: int
    kept: int
    reach: int
    ranges: tuple[WeightRange, ...]
    weight: WeightRange | None
    score: ScoreChange | None

    @property
    def percent_hundredths(self) -> int:
        """The share kept in hundredths of a per cent, rounded down: it is never more than it says."""
        return self.kept * 10_000 // self.drawn


def identity(table: ClosedTable) -> str:
    """SHA-256 of what the table is counted from, as printed under it."""
    services = [row.result_id for row in table.evaluation.rows]
    return table_digest(table.criteria, table.sheets, services, table.prices)


def firmness(table: ClosedTable) -> Firmness | None:
    """How firm the first place is; ``None`` where nobody is in it alone, or there is nobody else.

    The same table gives the same answer always: the weightings drawn follow from its digest.
    """
    evaluation = table.evaluation
    if evaluation.winner is None or evaluation.single:
        return None
    points = points_of(table.criteria, table.sheets, evaluation, table.prices)
    drawn = weightings.weightings(points.weights, bytes.fromhex(points.identity))
    ranges = weight_ranges(points)
    nearest = nearest_weight(ranges)
    return Firmness(
        drawn=len(drawn),
        kept=weightings.kept(points, drawn),
        reach=weightings.REACH,
        ranges=ranges,
        weight=nearest[0] if nearest else None,
        score=nearest_score(
            table.criteria,
            table.sheets,
            evaluation,
            table.prices,
            frozenset(criterion.key for criterion in table.criteria.computed),
        ),
    )


def differences(table: ClosedTable) -> Mapping[str, tuple[Spread, ...]]:
    """How far the evaluators are apart: for each service, as ranked, one spread a criterion."""
    services = [row.result_id for row in table.evaluation.rows]
    found: dict[str, list[Spread]] = {service: [] for service in services}
    for spread in spreads(table.criteria, table.sheets, services):
        found[spread.result_id].append(spread)
    return {service: tuple(of_service) for service, of_service in found.items()}

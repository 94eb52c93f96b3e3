"""⑤ The closed evaluation table for whoever reads it: page, bundle, spreadsheet; and how firm it is."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from procurement.adapters import weightings
from procurement.domain.access import Actor
from procurement.domain.closed_table import ClosedTable
from procurement.domain.facts import CaseFacts
from procurement.domain.facts.selection import Score
from procurement.domain.robustness import WeightRange, nearest_weight, points_of, table_digest, weight_ranges
from procurement.domain.score_change import ScoreChange, Spread, nearest_score, spreads
from procurement.domain.scoring import ServiceResult
from procurement.models import Case
from procurement.services import facts_selection, ledger


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


@dataclass(frozen=True)
class SheetLine:
    """What one evaluator gave one service: the scores in the order of the criteria, and their sum."""

    evaluator_id: str
    evaluator: str
    cells: tuple[Score, ...]
    total: int
    left_out: bool


def closed(facts: CaseFacts, lot: int) -> ClosedTable | None:
    """The table of a lot once every awaited sheet is in, ``None`` before."""
    criteria = facts.selection.criteria_of(lot)
    return facts_selection.closed_table_of(facts.selection, facts.search, criteria) if criteria else None


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


def lines(table: ClosedTable, names: Mapping[str, str]) -> Iterator[tuple[ServiceResult, list[SheetLine]]]:
    """Every row of the table with what each evaluator gave; ``names`` by evaluator id."""
    order = [criterion.criterion_id for criterion in table.criteria.criteria]
    given: dict[tuple[str, str], dict[str, Score]] = {}
    for sheet in table.sheets:
        for score in sheet.scores:
            given.setdefault((score.result_id, sheet.evaluator_id), {})[score.criterion_id] = score
    for row in table.evaluation.rows:
        totals = dict(row.by_evaluator)
        yield (
            row,
            [
                SheetLine(
                    sheet.evaluator_id,
                    names.get(sheet.evaluator_id, ""),
                    tuple(given[(row.result_id, sheet.evaluator_id)][key] for key in order),
                    totals[sheet.evaluator_id],
                    sheet.evaluator_id in row.left_out,
                )
                for sheet in table.sheets
            ],
        )


def record_export(actor: Actor, case: Case, lot: int, digest: str) -> None:
    """Write down that somebody took the table with this digest along."""
    ledger.record(actor, "evaluation.exported", case=case, body={"lot": lot, "digest": digest})

"""⑤ The closed evaluation table for whoever reads it: page and spreadsheet."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from procurement.domain.access import Actor
from procurement.domain.closed_table import ClosedTable
from procurement.domain.facts import CaseFacts
from procurement.domain.facts.selection import Score
from procurement.domain.scoring import ServiceResult
from procurement.models import Case
from procurement.services import facts_selection, ledger
from procurement.services.firmness import Firmness as Firmness
from procurement.services.firmness import differences as differences
from procurement.services.firmness import firmness as firmness
from procurement.services.firmness import identity as identity


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

"""Why this service: every candidate of a lot beside the winner, for whoever approves the contract."""

from __future__ import annotations

from dataclasses import dataclass

from procurement.domain.facts import CaseFacts
from procurement.domain.facts.search import ResultRow
from procurement.domain.rules.reading import candidates, winners
from procurement.domain.tco import cost_of


@dataclass(frozen=True)
class Candidate:
    """A service of the final run: total in hundredths of a point, rank from 1, fee and TCO in won with VAT.

    ``None`` where there is no such thing. ``outcome`` says in Korean how it ended.
    """

    service_name: str
    provider_name: str
    total_hundredths: int | None
    rank: int | None
    quote_won: int | None
    total_cost_won: int | None
    outcome: str
    wins: bool


@dataclass(frozen=True)
class Award:
    """The award of a lot with all its candidates, best rank first; ``reason`` stands with the decision."""

    lot: int
    service_name: str
    provider_name: str
    reason: str
    candidates: tuple[Candidate, ...]


def awards(facts: CaseFacts) -> tuple[Award, ...]:
    """The award of every lot that has one."""
    return tuple(_award(facts, lot, row) for lot, row in winners(facts))


def _award(facts: CaseFacts, lot: int, winner: ResultRow) -> Award:
    decision = facts.selection.decision_of(lot)
    shown = [_candidate(facts, lot, row, winner) for row in candidates(facts, lot)]
    return Award(
        lot,
        winner.service_name,
        winner.provider_name or "",
        decision.reason if decision else "",
        tuple(sorted(shown, key=lambda c: (c.rank is None, c.rank or 0, not c.wins))),
    )


def _candidate(facts: CaseFacts, lot: int, row: ResultRow, winner: ResultRow) -> Candidate:
    selection = facts.selection
    table = selection.table_of(lot)
    ranked = next((r for r in table.rows if r.result_id == row.result_id), None) if table else None
    quote = selection.quote_of(lot, row.result_id)
    ended = next((o for o in selection.outcomes if o.lot == lot and o.result_id == row.result_id), None)
    outcome = ended.kind.label if ended else ""
    if ended and ended.clause:
        outcome = f"{outcome} (정의서 {ended.clause})"
    return Candidate(
        row.service_name,
        row.provider_name or "",
        ranked.total_hundredths if ranked else None,
        ranked.rank if ranked else None,
        cost_of(quote).fee_won if quote else None,
        cost_of(quote).total_won if quote else None,
        outcome,
        row.result_id == winner.result_id,
    )

"""The evaluation table of a lot once every awaited sheet is in, with all that it is counted from."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from procurement.domain import scoring
from procurement.domain.facts.selection import CriteriaSet, OutcomeKind, ScoreSheet, SelectionFacts
from procurement.domain.selection import cost_of


@dataclass(frozen=True)
class ClosedTable:
    """A closed table: criteria, the sheets that count, prices for ties (won by result id), and the result.

    ``sheets`` hold scores of the services in the table alone: one whose selection was cancelled after it was
    scored is no longer in it.
    """

    criteria: CriteriaSet
    sheets: tuple[ScoreSheet, ...]
    prices: Mapping[str, int]
    evaluation: scoring.Evaluation


def closed_table(facts: SelectionFacts, criteria: CriteriaSet, listed: Sequence[str]) -> ClosedTable | None:
    """The table on ``criteria``, ``None`` while a sheet is awaited or nothing is left to rank.

    :param listed: result ids of the final run, in its order.
    """
    sheets = [sheet for sheet in facts.sheets if sheet.set_id == criteria.set_id]
    submitted = {sheet.evaluator_id for sheet in sheets}
    awaited = {e.evaluator_id for e in facts.evaluators if not e.released and not e.has_conflict}
    if not sheets or not awaited <= submitted:
        return None
    gone = {o.result_id for o in facts.outcomes if o.lot == criteria.lot and o.kind is not OutcomeKind.SCORED}
    scored = {score.result_id for sheet in sheets for score in sheet.scores} - gone
    services = [result_id for result_id in listed if result_id in scored]
    if not services:
        return None
    counted = tuple(
        replace(s, scores=tuple(c for c in s.scores if c.result_id in scored)) if gone else s for s in sheets
    )
    quotes = [quote for quote in facts.quotes if quote.lot == criteria.lot]
    prices = {quote.result_id: cost_of(quote).total_won for quote in quotes if quote.result_id in scored}
    evaluation = scoring.evaluate(criteria, counted, services, prices=prices)
    return ClosedTable(criteria, counted, prices, evaluation)

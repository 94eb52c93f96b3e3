"""The table of service levels: month by month and indicator by indicator, against the annex (M-1 to M-3)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from procurement.domain.facts import CaseFacts
from procurement.domain.facts.contract import SlaIndicator
from procurement.domain.facts.monitoring import Compensation, ImprovementDemand, MonthlyFigure
from procurement.domain.rules.monitoring import still_below
from procurement.domain.sla import THOUSAND, CompensationResult, meets
from procurement.services.monitoring import (
    compensation_for,
    demand_of,
    figure_of,
    indicators_of,
    months_begun,
)


@dataclass(frozen=True)
class LevelCell:
    """One indicator in one month.

    ``meets`` is ``None`` without a figure. ``still_below``: below target although improvement had been
    demanded, so that compensation by the contract is due (M-3). ``owed`` is what its formula gives.
    """

    indicator: SlaIndicator
    figure: MonthlyFigure | None
    meets: bool | None
    demand: ImprovementDemand | None = None
    still_below: bool = False
    owed: CompensationResult | None = None
    claim: Compensation | None = None


@dataclass(frozen=True)
class LevelRow:
    """A month: whether it is over, and a cell for each indicator of the annex."""

    month: str
    last_day: date
    over: bool
    cells: tuple[LevelCell, ...]

    @property
    def entered(self) -> int:
        """Number of figures that have been entered."""
        return sum(cell.figure is not None for cell in self.cells)


def shown(thousandths: int) -> str:
    """A figure or target as people write it: 99950 → ``99.95``."""
    return f"{Decimal(thousandths) / THOUSAND:,f}"


def table(facts: CaseFacts) -> tuple[LevelRow, ...]:
    """Every month of the contract that has begun, the newest first."""
    rows = (
        LevelRow(
            month,
            last,
            last < facts.today,
            tuple(_cell(facts, month, indicator) for indicator in indicators_of(facts)),
        )
        for month, last in months_begun(facts)
    )
    return tuple(reversed(tuple(rows)))


def _cell(facts: CaseFacts, month: str, indicator: SlaIndicator) -> LevelCell:
    figure = figure_of(facts, month, indicator.key)
    if figure is None:
        return LevelCell(indicator, None, None)
    if meets(indicator, figure.value_thousandths):
        return LevelCell(indicator, figure, True)
    claims = (c for c in facts.monitoring.compensations if (c.month, c.indicator) == (month, indicator.key))
    return LevelCell(
        indicator,
        figure,
        False,
        demand_of(facts, month, indicator.key),
        still_below(facts, figure),
        compensation_for(facts, month, indicator.key),
        next(claims, None),
    )

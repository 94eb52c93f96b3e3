"""The bars of the bundle: cells of a row that fill its whole width."""

from __future__ import annotations

from datetime import date

import pytest

from procurement.domain.facts.quotes import CostPart, Quote
from procurement.domain.facts.search import ResultRow
from procurement.services.bundle_tables import ServiceLine, cost_bars


def test_the_cells_of_a_bar_fill_its_row() -> None:
    day = date(2026, 11, 20)
    dear = Quote(1, "a", 600, True, day, one_off_won=150, exit_won=250)
    cheap = Quote(1, "b", 333, True, day, operation_won=333)
    lines = [ServiceLine(ResultRow(q.result_id, 1, "표본 서비스"), q, None) for q in (dear, cheap)]
    (_, whole), (_, part) = cost_bars(lines)
    assert whole == [(CostPart.FEE, 60.0), (CostPart.ONE_OFF, 15.0), (CostPart.EXIT, 25.0)]
    assert [cell for cell, _ in part] == [CostPart.FEE, CostPart.OPERATION, None]
    for cells in (whole, part):
        assert sum(share for _, share in cells) == pytest.approx(100)

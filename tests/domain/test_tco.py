"""전체 소요비용, worked by hand."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from procurement.domain.errors import InvalidInput
from procurement.domain.facts.quotes import CostLine, CostPart, Quote
from procurement.domain.money import MAX_WON
from procurement.domain.tco import FORMULA, Cost, bars, cost_of, parts_of, reckoned

DAY = date(2026, 11, 20)
# 100 accounts at 9,900 won a month for 12 months, and 50 GB at 1,100 won a month for 12 months.
ACCOUNTS = CostLine(CostPart.FEE, "업무 계정", 9_900, "명·월", 100, 12)
STORAGE = CostLine(CostPart.FEE, "저장공간", 1_100, "GB·월", 50, 12)
SUPPORT = CostLine(CostPart.OPERATION, "현장지원", 300_000, "회", 1, 4)


def a_quote(**changes: Any) -> Quote:
    """A quote of 12,540,000 won for the fee, set-up, moving in, operation and moving out, VAT not in it."""
    values: dict[str, Any] = {
        "lot": 1,
        "result_id": "one",
        "amount_won": 12_540_000,
        "vat_included": False,
        "received_on": DAY,
        "one_off_won": 500_005,
        "migration_won": 1_000_000,
        "operation_won": 1_200_000,
        "exit_won": 200_000,
        "lines": (ACCOUNTS, STORAGE, SUPPORT),
    }
    return Quote(**{**values, **changes})


def test_lines_multiply_price_quantity_and_times() -> None:
    assert ACCOUNTS.amount_won == 11_880_000
    assert STORAGE.amount_won == 660_000
    assert SUPPORT.amount_won == 1_200_000
    settled = parts_of({CostPart.EXIT: 200_000}, (ACCOUNTS, STORAGE, SUPPORT))
    assert settled[CostPart.FEE] == 12_540_000
    assert settled[CostPart.OPERATION] == 1_200_000
    assert settled[CostPart.EXIT] == 200_000
    assert settled[CostPart.MIGRATION] == 0


def test_vat_is_added_part_by_part_and_dropped_below_a_won() -> None:
    """12,540,000 → 13,794,000; 500,005 → 550,005 (50,000.5 dropped to 50,000); the rest by a tenth."""
    cost = cost_of(a_quote())
    assert [cost.part_won(part) for part in CostPart] == [13_794_000, 550_005, 1_100_000, 1_320_000, 220_000]
    assert cost.total_won == 16_984_005
    assert cost_of(a_quote(vat_included=True)).total_won == 15_440_005


def test_the_formula_is_said_in_words_and_in_numbers() -> None:
    assert "이용료 + 초기비용 + 이전비용 + 운영비 + 종료비용" in FORMULA
    said = reckoned(a_quote())
    assert said[0] == "이용료 · 업무 계정 (명·월): 9,900원 × 100 × 12회 = 11,880,000원"
    assert "초기비용: 총액으로 받음 500,005원" in said
    assert "이용료 12,540,000원 → 13,794,000원" in said[-2]
    assert said[-1] == "13,794,000 + 550,005 + 1,100,000 + 1,320,000 + 220,000 = 16,984,005원"


@pytest.mark.parametrize(
    ("typed", "lines", "field"),
    [
        ({}, (), "amount_won"),
        ({}, (SUPPORT,), "amount_won"),
        ({CostPart.FEE: 12_540_001}, (ACCOUNTS, STORAGE), "amount_won"),
        ({CostPart.FEE: 1, CostPart.OPERATION: 1}, (SUPPORT,), "operation_won"),
        ({CostPart.FEE: 1}, (CostLine(CostPart.EXIT, "", MAX_WON, "", 2),), "exit_won"),
    ],
)
def test_totals_that_say_otherwise_than_their_lines_are_not_taken(
    typed: dict[CostPart, int | None], lines: tuple[CostLine, ...], field: str
) -> None:
    with pytest.raises(InvalidInput) as caught:
        parts_of(typed, lines)
    assert caught.value.field == field


def test_a_fee_of_nothing_and_a_total_that_agrees_are_taken() -> None:
    assert parts_of({CostPart.FEE: 0}, ())[CostPart.FEE] == 0
    assert parts_of({CostPart.FEE: 11_880_000}, (ACCOUNTS,))[CostPart.FEE] == 11_880_000


def test_bars_share_one_scale_and_lie_end_to_end() -> None:
    drawn = bars({"dear": Cost(600, 100, 200, 0, 100), "cheap": Cost(250, 0, 0, 250)})
    assert [(s.part, s.start, s.width) for s in drawn["dear"]] == [
        (CostPart.FEE, 0, 600),
        (CostPart.ONE_OFF, 600, 100),
        (CostPart.MIGRATION, 700, 100),
        (CostPart.OPERATION, 800, 200),
    ]
    assert [(s.start, s.width) for s in drawn["cheap"]] == [(0, 250), (250, 250)]
    assert bars({"free": Cost(0, 0, 0, 0)}) == {"free": ()}

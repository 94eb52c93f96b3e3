"""The drawn weightings: even, within reach, the same everywhere; and how many keep the winner first."""

from __future__ import annotations

import hashlib
from bisect import bisect_right
from collections.abc import Sequence
from fractions import Fraction
from itertools import accumulate
from random import Random

import numpy as np
import pytest

from procurement.adapters.weightings import COUNT, kept, weightings
from procurement.domain.facts.selection import Averaging
from procurement.domain.robustness import Points, points_of
from procurement.domain.scoring import evaluate
from tests.support.tables import criteria_set, random_sheets, sheet

SEED = bytes(range(32))


@pytest.mark.parametrize(
    "weights", [(100,), (50, 50), (95, 5), (30, 30, 20, 20), (40, 35, 20, 5), (10,) * 10, (4,) * 20 + (20,)]
)
def test_every_weighting_is_within_reach_and_adds_up(weights: tuple[int, ...]) -> None:
    drawn = weightings(weights, SEED)
    assert drawn.shape == (COUNT, len(weights))
    assert set(drawn.sum(axis=1)) == {10_000}
    assert (drawn >= 0).all()
    assert (abs(drawn - np.array(weights) * 100) <= 1_000).all()


def test_all_weightings_are_as_likely() -> None:
    # Of (6, 47, 47) the first may be 0 to 16; what is left allows 2001 - |x - 600| pairs of the others.
    drawn = weightings((6, 47, 47), SEED)[:, 0]
    ways = [2001 - abs(x - 600) for x in range(1601)]
    for start in range(0, 1600, 200):
        expected = COUNT * sum(ways[start : start + 200]) / sum(ways)
        found = int(((drawn >= start) & (drawn < start + 200)).sum())
        assert abs(found - expected) < 5 * expected**0.5


@pytest.mark.parametrize("weights", [(40, 35, 20, 5), (25, 20, 20, 15, 10, 10)])
def test_the_same_weightings_come_of_the_written_recipe(weights: tuple[int, ...]) -> None:
    drawn = weightings(weights, SEED, count=300)
    assert [tuple(row) for row in drawn.tolist()] == _recipe(weights, SEED, 300)
    assert (weightings(weights, SEED[::-1], count=300) != drawn).any()


def _recipe(weights: Sequence[int], seed: bytes, count: int) -> list[tuple[int, ...]]:
    """The module's description, followed in whole numbers and fractions."""
    low = [max(0, weight - 10) * 100 for weight in weights]
    spans = [min(100, weight + 10) * 100 - at for weight, at in zip(weights, low, strict=True)]
    free = 10_000 - sum(low)
    ways = [1] + [0] * free
    sums = []
    for span in reversed(spans):
        running = [0, *accumulate(ways)]
        sums.insert(0, running)
        ways = [running[t + 1] - running[max(0, t - span)] for t in range(free + 1)]
    stream = hashlib.shake_256(seed).digest(len(weights) * count * 8)
    found = []
    for sample in range(count):
        rest, row = free, []
        for place, span in enumerate(spans):
            at = 8 * (place * count + sample)
            chance = Fraction(int.from_bytes(stream[at : at + 8], "big") >> 11, 1 << 53)
            start, end = sums[place][max(rest - span, 0)], sums[place][rest + 1]
            left = bisect_right(sums[place], start + chance * (end - start)) - 1
            row.append(low[place] + rest - left)
            rest = left
        found.append(tuple(row))
    return found


@pytest.mark.parametrize("averaging", list(Averaging))
@pytest.mark.parametrize("seed", range(4))
def test_kept_counts_what_is_first_under_each_weighting(seed: int, averaging: Averaging) -> None:
    weights = {"a": 40, "b": 30, "c": 20, "d": 10}
    services = ["A", "B", "C"]
    sheets = random_sheets(Random(seed), weights, services, 4, near=300)
    criteria = criteria_set(weights, averaging, tie_break=("a",))
    points = points_of(criteria, sheets, evaluate(criteria, sheets, services), {})
    drawn = weightings(points.weights, bytes.fromhex(points.identity), count=150)
    assert kept(points, drawn) == sum(_is_first(points, row) for row in drawn.tolist())


def _is_first(points: Points, drawn: Sequence[int]) -> bool:
    totals = []
    for at in range(len(points.services)):
        each = sorted(
            sum(Fraction(p * new, w) for p, w, new in zip(rows[at], points.weights, drawn, strict=True))
            for rows in points.given
        )
        totals.append(sum(each[1:-1] if points.trims else each))
    own = totals[points.winner]
    return all(
        total < own or (total == own and not before)
        for at, (total, before) in enumerate(zip(totals, points.yields, strict=True))
        if at != points.winner
    )


def test_services_that_are_level_whatever_the_weights_go_by_the_order_of_ties() -> None:
    table = {"A": (3000, 2000), "B": (3000, 2000), "C": (0, 0)}
    criteria = criteria_set({"a": 60, "b": 40}, tie_break=("price",))
    sheets = [sheet("e", table, ("a", "b"))]
    prices = {"A": 2, "B": 1, "C": 3}
    points = points_of(criteria, sheets, evaluate(criteria, sheets, list(table), prices=prices), prices)
    drawn = weightings(points.weights, SEED, count=50)
    assert points.services[points.winner] == "B"
    assert kept(points, drawn) == 50


def test_weights_that_do_not_add_up_are_refused() -> None:
    with pytest.raises(ValueError, match="100"):
        weightings((50, 49), SEED)

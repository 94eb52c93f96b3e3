"""How firm the first place is, against tables worked out by hand and against trying everything."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction
from random import Random

import pytest

from procurement.domain.facts.selection import Averaging, CriteriaSet, ScoreSheet
from procurement.domain.robustness import Points, nearest_weight, points_of, weight_ranges
from procurement.domain.score_change import ScoreChange, nearest_score, spreads
from procurement.domain.scoring import evaluate
from tests.support.tables import criteria_set, random_sheets, sheet

# A is worth 0.9 and 0.5 of the weights, B 0.5 and 0.95: 74 points beside 68.
WEIGHTS = {"cost": 60, "fit": 40}
TABLE = {"A": (5400, 2000), "B": (3000, 3800)}


def _points(criteria: CriteriaSet, sheets: Sequence[ScoreSheet], services: Sequence[str]) -> Points:
    return points_of(criteria, sheets, evaluate(criteria, sheets, services), {})


def test_one_weight_as_worked_out_by_hand() -> None:
    # 0.4·(60 + δ) - 0.45·(40 - δ) = 6 + 0.85·δ, nothing at δ = -120/17
    points = _points(criteria_set(WEIGHTS), [sheet("e", TABLE, tuple(WEIGHTS))], ["B", "A"])
    cost, fit = weight_ranges(points)
    assert (cost.down, cost.down_to, cost.up, cost.up_to) == (Fraction(-120, 17), "B", None, None)
    assert (fit.down, fit.up, fit.up_to) == (None, Fraction(120, 17), "B")
    found = nearest_weight((cost, fit))
    assert found is not None
    assert abs(found[1]) == Fraction(120, 17)


def test_the_others_give_way_in_proportion() -> None:
    # A is worth 0.8, 0.5, 0.5 of the weights, B 0.6, 0.7, 0.5. The first moved by δ leaves 50 - δ,
    # of which the second gets 3/5: 0.2·(50 + δ) - 0.2·0.6·(50 - δ) = 4 + 0.32·δ, nothing at δ = -12.5
    weights = {"a": 50, "b": 30, "c": 20}
    given = sheet("e", {"A": (4000, 1500, 1000), "B": (3000, 2100, 1000)}, tuple(weights))
    first = weight_ranges(_points(criteria_set(weights), [given], ["A", "B"]))[0]
    assert (first.down, first.up) == (Fraction(-25, 2), None)


def test_a_single_criterion_has_no_weight_to_move() -> None:
    only = sheet("e", {"A": (9000,), "B": (8000,)}, ("all",))
    (found,) = weight_ranges(_points(criteria_set({"all": 100}), [only], ["A", "B"]))
    assert (found.down, found.up, found.nearest) == (None, None, None)


def test_a_lead_made_by_rounding_alone_needs_no_change() -> None:
    # Totals of 3 evaluators: A 85.33⅓ and B 85.33, level as printed; the tie goes to B by its second part.
    table = {"A": (5000, 3533), "B": (4999, 3534)}
    sheets = [sheet(f"e{n}", table, tuple(WEIGHTS)) for n in range(2)]
    sheets.append(sheet("e2", {"A": (5001, 3533), "B": (4999, 3534)}, tuple(WEIGHTS)))
    criteria = criteria_set(WEIGHTS, tie_break=("fit",))
    assert evaluate(criteria, sheets, ["A", "B"]).winner == "B"
    assert {one.down for one in weight_ranges(_points(criteria, sheets, ["A", "B"]))} == {0}


def test_one_score_as_worked_out_by_hand() -> None:
    # 6 points behind with one evaluator: level at 6, past it at 6.01.
    sheets = [sheet("e", TABLE, tuple(WEIGHTS))]
    for ties, size in (((), 600), (("fit",), 600), (("cost",), 601)):
        criteria = criteria_set(WEIGHTS, tie_break=ties)
        found = nearest_score(criteria, sheets, evaluate(criteria, sheets, ["A", "B"]), {})
        assert found is not None
        assert abs(found.change_hundredths) == size


def test_a_mean_of_two_needs_twice_the_change_less_the_rounding() -> None:
    # Sums 148 and 136 points: to be printed level B needs a mean of 73.995, a sum of 147.99.
    sheets = [sheet(f"e{n}", TABLE, tuple(WEIGHTS)) for n in range(2)]
    criteria = criteria_set(WEIGHTS)
    found = nearest_score(criteria, sheets, evaluate(criteria, sheets, ["A", "B"]), {})
    assert found is not None
    assert abs(found.change_hundredths) == 1199
    # Computed criteria are left alone: A's 20 points of "fit" may go down, B's 38 of 40 have no room.
    without = nearest_score(criteria, sheets, evaluate(criteria, sheets, ["A", "B"]), {}, frozenset({"cost"}))
    assert without is not None
    assert (without.result_id, without.key, without.change_hundredths) == ("A", "fit", -1200)


def test_no_single_score_may_be_enough() -> None:
    sheets = [sheet(f"e{n}", {"A": (6000, 3000), "B": (0, 4000)}, tuple(WEIGHTS)) for n in range(4)]
    criteria = criteria_set(WEIGHTS)
    assert nearest_score(criteria, sheets, evaluate(criteria, sheets, ["A", "B"]), {}) is None


def test_spreads_are_highest_less_lowest() -> None:
    sheets = [
        sheet("e1", {"A": (5400, 2000)}, tuple(WEIGHTS)),
        sheet("e2", {"A": (4800, 2000)}, tuple(WEIGHTS)),
    ]
    found = spreads(criteria_set(WEIGHTS), sheets, ["A"])
    assert [(one.key, one.width, one.percent) for one in found] == [("cost", 600, 10), ("fit", 0, 0)]


@pytest.mark.parametrize("averaging", list(Averaging))
@pytest.mark.parametrize("seed", range(12))
def test_weights_between_the_ends_of_a_range_leave_the_winner_first(seed: int, averaging: Averaging) -> None:
    random = Random(seed)
    weights = {"a": 40, "b": 35, "c": 20, "d": 5}
    services = ["A", "B", "C", "D"]
    sheets = random_sheets(random, weights, services, 5, near=400 if seed % 2 else 0)
    criteria = criteria_set(weights, averaging, tie_break=("a",))
    points = _points(criteria, sheets, services)
    for place, one in enumerate(weight_ranges(points)):
        for sign, end, rival in ((-1, one.down, one.down_to), (1, one.up, one.up_to)):
            room = one.weight if sign < 0 else 100 - one.weight
            far = abs(end) if end is not None else Fraction(room)
            for _ in range(6):
                moved = sign * far * Fraction(random.randint(0, 999), 1000)
                assert _lead(points, place, moved) > 0
            if end is not None and rival is not None:
                assert _lead(points, place, end) == 0
                assert _totals(points, place, end)[rival] == _totals(points, place, end)[_winner(points)]


def _winner(points: Points) -> str:
    return points.services[points.winner]


def _lead(points: Points, place: int, change: Fraction) -> Fraction:
    totals = _totals(points, place, change)
    own = totals.pop(_winner(points))
    return own - max(totals.values())


def _totals(points: Points, place: int, change: Fraction) -> dict[str, Fraction]:
    """Totals with one weight changed and the others rescaled, counted the long way."""
    rest = 100 - points.weights[place]
    weights = [
        weight + change if at == place else weight * (rest - change) / rest
        for at, weight in enumerate(points.weights)
    ]
    found = {}
    for at, service in enumerate(points.services):
        each = sorted(
            sum(Fraction(p, w) * new for p, w, new in zip(rows[at], points.weights, weights, strict=True))
            for rows in points.given
        )
        counted = each[1:-1] if points.trims else each
        found[service] = sum(counted, Fraction(0)) / len(counted)
    return found


@pytest.mark.parametrize("averaging", list(Averaging))
@pytest.mark.parametrize("seed", range(6))
def test_the_smallest_change_of_a_score_is_found_by_trying_them_all(seed: int, averaging: Averaging) -> None:
    weights = {"a": 60, "b": 40}
    services = ["A", "B", "C"]
    sheets = random_sheets(Random(seed), weights, services, 3 + seed % 2, near=6)
    criteria = criteria_set(weights, averaging, tie_break=("b",))
    evaluation = evaluate(criteria, sheets, services)
    assert evaluation.winner
    found = nearest_score(criteria, sheets, evaluation, {})
    assert found is not None
    size = abs(found.change_hundredths)
    wins = {
        (evaluator.evaluator_id, score.result_id, score.criterion_id, change)
        for evaluator in sheets
        for score in evaluator.scores
        for change in (*range(1, size + 1), *range(-size, 0))
        if evaluate(criteria, _moved(sheets, evaluator, score, change), services).winner != evaluation.winner
    }
    assert {abs(change) for *_, change in wins} == {size}
    assert (found.evaluator_id, found.result_id, f"id-{found.key}", found.change_hundredths) in wins


def _moved(
    sheets: Sequence[ScoreSheet], evaluator: ScoreSheet, score: object, change: int
) -> list[ScoreSheet]:
    scores = tuple(
        replace(one, points_hundredths=one.points_hundredths + change) if one is score else one
        for one in evaluator.scores
    )
    return [replace(evaluator, scores=scores) if one is evaluator else one for one in sheets]


def test_the_digest_is_of_the_table_and_not_of_the_order_of_its_rows() -> None:
    sheets = [sheet(f"e{n}", TABLE, tuple(WEIGHTS)) for n in range(2)]
    criteria = criteria_set(WEIGHTS)
    one = _points(criteria, sheets, ["A", "B"])
    turned = [replace(s, scores=s.scores[::-1]) for s in sheets[::-1]]
    assert _points(criteria, turned, ["B", "A"]).identity == one.identity
    other = [sheets[0], sheet("e1", {**TABLE, "B": (3000, 3801)}, tuple(WEIGHTS))]
    assert _points(criteria, other, ["A", "B"]).identity != one.identity


def test_a_table_without_a_first_place_cannot_lose_it() -> None:
    criteria = criteria_set(WEIGHTS)
    level = [sheet("e", {"A": (3000, 3000), "B": (3000, 3000)}, tuple(WEIGHTS))]
    with pytest.raises(ValueError, match="first place"):
        _points(criteria, level, ["A", "B"])
    assert nearest_score(criteria, level, evaluate(criteria, level, ["A", "B"]), {}) is None
    assert ScoreChange("e", "A", "cost", -1).change_hundredths < 0

"""The evaluation table against tables worked out by hand, and against pandas on random ones."""

from decimal import ROUND_HALF_UP, Decimal
from random import Random

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from procurement.domain.errors import InvalidInput
from procurement.domain.facts.selection import Averaging, Score, ScoreSheet
from procurement.domain.scoring import PRICE, Evaluation, check_criteria, check_sheet, evaluate
from tests.support.tables import NOW, criteria_set, criterion, sheet


def _totals(evaluation: Evaluation) -> dict[str, tuple[int, int | None]]:
    return {row.result_id: (row.total, row.rank) for row in evaluation.rows}


WEIGHTS = {"tco": 40, "fit": 30, "support": 20, "stability": 10}


def test_three_services_four_criteria_two_evaluators_as_worked_out_by_hand() -> None:
    # 평가위원 1: A 35+25+15+9 = 84, B 30+28+18+8 = 84, C 38+20+10+5 = 73
    # 평가위원 2: A 34+24.5+16+9 = 83.5, B 32+27+17+9.55 = 85.55, C 36+22+12+6 = 76
    first = {"A": (3500, 2500, 1500, 900), "B": (3000, 2800, 1800, 800), "C": (3800, 2000, 1000, 500)}
    second = {"A": (3400, 2450, 1600, 900), "B": (3200, 2700, 1700, 955), "C": (3600, 2200, 1200, 600)}
    sheets = [sheet("e1", first, tuple(WEIGHTS)), sheet("e2", second, tuple(WEIGHTS))]
    found = evaluate(criteria_set(WEIGHTS, minimum=7500), sheets, ["A", "B", "C"])
    # B (84 + 85.55) / 2 = 84.775 → 84.78, A 83.75, C 74.50 below the minimum
    assert _totals(found) == {"B": (8478, 1), "A": (8375, 2), "C": (7450, 3)}
    assert [row.result_id for row in found.rows] == ["B", "A", "C"]
    assert [row.meets_minimum for row in found.rows] == [True, True, False]
    assert found.winner == "B"
    assert found.rows[0].by_criterion == (("tco", 3100), ("fit", 2750), ("support", 1750), ("stability", 878))
    assert found.rows[0].by_evaluator == (("e1", 8400), ("e2", 8555))
    assert [row.spread for row in found.rows] == [155, 50, 300]


def _one_each(*totals: dict[str, int]) -> list[ScoreSheet]:
    return [
        sheet(f"e{number}", {service: (points,) for service, points in given.items()}, ("all",))
        for number, given in enumerate(totals, 1)
    ]


def test_the_trimmed_mean_leaves_out_one_highest_and_one_lowest_of_each_service() -> None:
    sheets = _one_each(
        {"A": 9000, "B": 5000}, {"A": 8000, "B": 7000}, {"A": 7000, "B": 7000}, {"A": 1000, "B": 9000}
    )
    found = evaluate(criteria_set({"all": 100}, Averaging.TRIMMED), sheets, ["A", "B"])
    assert _totals(found) == {"A": (7500, 1), "B": (7000, 2)}
    assert {row.result_id: set(row.left_out) for row in found.rows} == {"A": {"e1", "e4"}, "B": {"e4", "e1"}}
    assert found.rows[0].spread == 8000


def test_three_evaluators_leave_the_middle_one() -> None:
    sheets = _one_each({"A": 9000, "B": 1}, {"A": 8000, "B": 2}, {"A": 1000, "B": 3})
    found = evaluate(criteria_set({"all": 100}, Averaging.TRIMMED), sheets, ["A", "B"])
    assert _totals(found) == {"A": (8000, 1), "B": (2, 2)}


@pytest.mark.parametrize(("count", "trim_from"), [(2, 3), (4, 5)])
def test_too_few_evaluators_leave_none_out(count: int, trim_from: int) -> None:
    sheets = _one_each(*({"A": 1000 * n, "B": 0} for n in range(count)))
    found = evaluate(criteria_set({"all": 100}, Averaging.TRIMMED), sheets, ["A", "B"], trim_from=trim_from)
    assert found.rows[0].left_out == ()
    assert found.rows[0].total == 1000 * sum(range(count)) // count


def test_equal_totals_lose_only_one_highest_and_one_lowest() -> None:
    sheets = _one_each(*({"A": 5000, "B": 6000} for _ in range(4)))
    found = evaluate(criteria_set({"all": 100}, Averaging.TRIMMED), sheets, ["A", "B"])
    assert _totals(found) == {"B": (6000, 1), "A": (5000, 2)}
    assert len(set(found.rows[0].left_out)) == 2


@pytest.mark.parametrize(
    ("tie_break", "prices", "ranks", "winner", "broken_by"),
    [
        ((), {}, {"A": 1, "B": 1, "C": 3}, None, ""),
        (("fit",), {}, {"A": 2, "B": 1, "C": 3}, "B", "fit"),
        (("tco",), {}, {"A": 1, "B": 2, "C": 3}, "A", "tco"),
        ((PRICE,), {"A": 200, "B": 100}, {"A": 2, "B": 1, "C": 3}, "B", PRICE),
        ((PRICE,), {"A": 200}, {"A": 1, "B": 2, "C": 3}, "A", PRICE),
        ((PRICE,), {"A": 100, "B": 100}, {"A": 1, "B": 1, "C": 3}, None, ""),
    ],
)
def test_ties_go_by_the_order_fixed_beforehand(
    tie_break: tuple[str, ...],
    prices: dict[str, int],
    ranks: dict[str, int],
    winner: str | None,
    broken_by: str,
) -> None:
    table = {"C": (1000, 1000), "A": (5000, 3000), "B": (4000, 4000)}
    criteria = criteria_set({"tco": 60, "fit": 40}, tie_break=tie_break)
    found = evaluate(criteria, [sheet("e", table, ("tco", "fit"))], ["C", "A", "B"], prices=prices)
    assert {row.result_id: row.rank for row in found.rows} == ranks
    assert found.winner == winner
    assert found.tied_for_first == (() if winner else ("A", "B"))
    assert {row.result_id: row.tie_broken_by for row in found.rows} == {
        "A": broken_by,
        "B": broken_by,
        "C": "",
    }


def test_what_is_printed_decides_so_a_third_of_a_hundredth_ties() -> None:
    sheets = _one_each({"A": 8533, "B": 8533}, {"A": 8533, "B": 8533}, {"A": 8534, "B": 8533})
    found = evaluate(criteria_set({"all": 100}), sheets, ["A", "B"])
    assert _totals(found) == {"A": (8533, 1), "B": (8533, 1)}


def test_nobody_wins_below_the_minimum() -> None:
    found = evaluate(criteria_set({"all": 100}, minimum=7000), _one_each({"A": 6999, "B": 1}), ["A", "B"])
    assert found.winner is None
    assert found.tied_for_first == ()


@pytest.mark.parametrize(("points", "winner"), [(6999, None), (7000, "A")])
def test_a_single_candidate_is_scored_but_not_ranked(points: int, winner: str | None) -> None:
    found = evaluate(criteria_set({"all": 100}, minimum=7000), _one_each({"A": points}), ["A"])
    assert found.single
    assert _totals(found) == {"A": (points, None)}
    assert found.winner == winner
    assert found.table(1).rows[0].rank == 1


def test_the_facts_that_rules_read_say_the_same_as_the_table() -> None:
    found = evaluate(
        criteria_set({"all": 100}, minimum=5000), _one_each({"A": 6000, "B": 6000, "C": 10}), ["A", "B", "C"]
    )
    table = found.table(2)
    assert table.lot == 2
    assert table.tied == ("A", "B")
    assert [(row.result_id, row.total_hundredths, row.rank, row.meets_minimum) for row in table.rows] == [
        ("A", 6000, 1, True),
        ("B", 6000, 1, True),
        ("C", 10, 3, False),
    ]


@pytest.mark.parametrize("seed", range(12))
@pytest.mark.parametrize("averaging", list(Averaging))
def test_random_tables_agree_with_pandas(seed: int, averaging: Averaging) -> None:
    random = Random(seed)
    weights = {"a": 35, "b": 25, "c": 25, "d": 15}
    services = [f"s{n}" for n in range(random.randint(2, 8))]
    evaluators = [f"e{n}" for n in range(random.randint(1, 9))]
    rows = [
        {"evaluator": e, "service": s, "key": k, "points": random.randint(0, weights[k] * 100)}
        for e in evaluators
        for s in services
        for k in weights
    ]
    frame = pd.DataFrame(rows)
    sheets = [
        ScoreSheet(
            "set",
            e,
            NOW,
            tuple(
                Score(f"id-{row['key']}", str(row["service"]), int(str(row["points"])))
                for row in rows
                if row["evaluator"] == e
            ),
        )
        for e in evaluators
    ]
    found = evaluate(criteria_set(weights, averaging), sheets, services)

    totals = frame.groupby(["service", "evaluator"])["points"].sum().unstack()
    expected = {}
    for service, row in totals.iterrows():
        values = sorted(int(value) for value in row)
        if averaging is Averaging.TRIMMED and len(values) >= 3:
            values = values[1:-1]
        expected[str(service)] = int(
            (Decimal(sum(values)) / len(values)).quantize(Decimal(1), rounding=ROUND_HALF_UP)
        )
    ranks = pd.Series(expected).rank(method="min", ascending=False).astype(int).to_dict()
    assert _totals(found) == {service: (total, ranks[service]) for service, total in expected.items()}
    spread = (totals.max(axis=1) - totals.min(axis=1)).to_dict()
    assert {row.result_id: row.spread for row in found.rows} == spread


@pytest.mark.parametrize("seed", range(12))
def test_random_ties_are_broken_as_pandas_sorts_them(seed: int) -> None:
    random = Random(seed)
    weights = {"a": 50, "b": 50}
    services = [f"s{n}" for n in range(8)]
    # Few different points and prices, so that much ties.
    table = {s: (random.choice((1000, 2000)), random.choice((1000, 2000))) for s in services}
    prices = {s: random.choice((100, 200)) for s in services}
    criteria = criteria_set(weights, tie_break=("b", PRICE))
    found = evaluate(criteria, [sheet("e", table, tuple(weights))], services, prices=prices)

    frame = pd.DataFrame(
        {"total": [-sum(table[s]) for s in services], "b": [-table[s][1] for s in services]}, index=services
    )
    frame["price"] = pd.Series(prices)
    keys = ["total", "b", "price"]
    places = frame.sort_values(keys).assign(place=range(1, len(services) + 1))
    ranks = places.groupby(keys)["place"].transform("min").to_dict()
    assert {row.result_id: row.rank for row in found.rows} == ranks
    first = [service for service, rank in ranks.items() if rank == 1]
    assert found.winner == (first[0] if len(first) == 1 else None)


@given(st.lists(st.integers(0, 10_000), min_size=1, max_size=9), st.randoms(use_true_random=False))
def test_the_order_of_the_sheets_changes_nothing(points: list[int], random: Random) -> None:
    sheets = _one_each(*({"A": value, "B": 5000} for value in points))
    shuffled = random.sample(sheets, len(sheets))
    for averaging in Averaging:
        criteria = criteria_set({"all": 100}, averaging)
        assert evaluate(criteria, sheets, ["A", "B"]).table(1) == evaluate(
            criteria, shuffled, ["A", "B"]
        ).table(1)


@pytest.mark.parametrize(
    ("weights", "minimum", "tie_break", "says", "field"),
    [
        ({}, 0, (), "평가항목이 없습니다", "criteria"),
        ({"a": 60, "b": 30}, 0, (), "합이 90점입니다. 합이 100점이 되도록 10점을 더하세요", "criteria"),
        ({"a": 60, "b": 50}, 0, (), "10점을 빼세요", "criteria"),
        ({"a": 100, "b": 0}, 0, (), "‘항목 b’의 배점이 0점", "criteria"),
        ({"a": 50, PRICE: 50}, 0, (), "이름표가 겹칩니다", "criteria"),
        ({"a": 100}, 10_001, (), "최저 점수", "minimum"),
        ({"a": 100}, -1, (), "최저 점수", "minimum"),
        ({"a": 100}, 0, ("b",), "‘b’은", "tie_break"),
        ({"a": 100}, 0, ("a", "a"), "두 번", "tie_break"),
    ],
)
def test_criteria_that_cannot_be_fixed_are_refused(
    weights: dict[str, int], minimum: int, tie_break: tuple[str, ...], says: str, field: str
) -> None:
    with pytest.raises(InvalidInput, match=says) as caught:
        check_criteria([criterion(key, weight) for key, weight in weights.items()], minimum, tie_break)
    assert caught.value.field == field


def test_two_criteria_of_one_key_are_refused() -> None:
    with pytest.raises(InvalidInput, match="겹칩니다"):
        check_criteria([criterion("a", 50), criterion("a", 50)])


@pytest.mark.parametrize(
    ("scores", "says", "field"),
    [
        ([("a", "A", 0)], "비어 있습니다", "id-b:A"),
        ([("a", "A", 6001), ("b", "A", 0)], "0점부터 60점까지", "id-a:A"),
        ([("a", "A", -1), ("b", "A", 0)], "0점부터 60점까지", "id-a:A"),
        ([("a", "A", 1), ("a", "A", 2), ("b", "A", 0)], "두 번", "id-a:A"),
        ([("a", "A", 1), ("b", "A", 0), ("b", "Z", 0)], "없는 칸", "id-b:Z"),
        ([("a", "A", 1), ("b", "A", 0), ("z", "A", 0)], "없는 칸", "id-z:A"),
    ],
)
def test_a_sheet_with_a_wrong_cell_is_refused_by_that_cell(
    scores: list[tuple[str, str, int]], says: str, field: str
) -> None:
    criteria = [criterion("a", 60), criterion("b", 40)]
    with pytest.raises(InvalidInput, match=says) as caught:
        check_sheet(criteria, [Score(f"id-{key}", service, points) for key, service, points in scores], ["A"])
    assert caught.value.field == field


def test_a_full_sheet_passes_up_to_the_weight() -> None:
    criteria = [criterion("a", 60), criterion("b", 40)]
    scores = (Score("id-a", "A", 6000), Score("id-b", "A", 4000))
    check_sheet(criteria, scores, ["A"])
    whole = ScoreSheet("set", "e", NOW, scores)
    assert evaluate(criteria_set({"a": 60, "b": 40}), [whole], ["A"]).rows[0].total == 10_000


@pytest.mark.parametrize(
    ("sheets", "services", "says"),
    [
        ([], ["A"], "제출된 평가표가 없습니다"),
        (_one_each({"A": 1}), [], "비었거나 겹칩니다"),
        (_one_each({"A": 1}), ["A", "A"], "비었거나 겹칩니다"),
        (_one_each({"A": 1}) * 2, ["A"], "둘 이상"),
        ([ScoreSheet("old", "e1", NOW, ())], ["A"], "다른 평가기준"),
        (_one_each({"A": 1}), ["A", "B"], "비어 있습니다"),
    ],
)
def test_a_table_that_cannot_be_counted_is_refused(
    sheets: list[ScoreSheet], services: list[str], says: str
) -> None:
    with pytest.raises(InvalidInput, match=says):
        evaluate(criteria_set({"all": 100}), sheets, services)


def test_leaving_out_two_of_two_is_refused() -> None:
    with pytest.raises(InvalidInput, match="3명 이상"):
        evaluate(criteria_set({"all": 100}), _one_each({"A": 1}), ["A"], trim_from=2)

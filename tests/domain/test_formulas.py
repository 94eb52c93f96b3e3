"""Formulas of criteria against points worked out by hand."""

from __future__ import annotations

import pytest

from procurement.domain.errors import InvalidInput
from procurement.domain.facts.formula import Formula, Mark, Measure, Method
from procurement.domain.formulas import (
    NO_LEVEL,
    check_formula,
    marks_of,
    marks_text,
    number_of,
    points_of,
    statement,
    value_text,
)

LOWEST = Formula(Measure.COST, Method.LOWEST)
HIGHEST = Formula(Measure.ENTERED, Method.HIGHEST, "%")
MINUTES = Formula(
    Measure.ENTERED, Method.LINEAR, "분", (Mark(0, value_thousandths=60_000), Mark(100, value_thousandths=0))
)
UPTIME = Formula(
    Measure.ENTERED,
    Method.STEPS,
    "%",
    (Mark(50, value_thousandths=99_500), Mark(100, value_thousandths=99_900)),
)
GRADE = Formula(Measure.CSAP, Method.LEVELS, "", (Mark(100, "상"), Mark(80, "중"), Mark(60, "하")))


@pytest.mark.parametrize(
    ("formula", "weight", "value", "everyone", "points"),
    [
        (LOWEST, 30, 12_430_000_000, [12_650_000_000, 12_430_000_000], 3_000),
        # 12,430,000 ÷ 12,650,000 × 30 = 29.478…
        (LOWEST, 30, 12_650_000_000, [12_650_000_000, 12_430_000_000], 2_948),
        # 1 ÷ 3 × 1 = 0.33…, 2 ÷ 3 = 0.67, 1 ÷ 8 × 1 = 0.125 up
        (LOWEST, 1, 3_000, [1_000, 3_000], 33),
        (LOWEST, 1, 3_000, [2_000, 3_000], 67),
        (LOWEST, 1, 8_000, [1_000, 8_000], 13),
        (LOWEST, 10, 0, [0, 5_000], 1_000),
        (LOWEST, 10, 5_000, [0, 5_000], 0),
        (HIGHEST, 20, 99_500, [99_500, 99_900], 1_992),
        (HIGHEST, 20, 0, [0, 0], 0),
        (MINUTES, 20, 15_000, [], 1_500),
        (MINUTES, 20, 90_000, [], 0),
        (MINUTES, 20, -1_000, [], 2_000),
        (UPTIME, 20, 99_900, [], 2_000),
        (UPTIME, 20, 99_899, [], 1_000),
        (UPTIME, 20, 99_499, [], 0),
        (GRADE, 10, "중", [], 800),
        (GRADE, 10, NO_LEVEL, [], 0),
    ],
)
def test_points(
    formula: Formula, weight: int, value: int | str, everyone: list[int | str], points: int
) -> None:
    assert points_of(formula, weight, value, everyone) == points


@pytest.mark.parametrize(
    ("formula", "field"),
    [
        (Formula(Measure.COST, Method.LEVELS, "", (Mark(100, "상"),)), "method"),
        (Formula(Measure.COST, Method.LOWEST, "", (Mark(100, "상"),)), "marks"),
        (Formula(Measure.CSAP, Method.LEVELS), "marks"),
        (Formula(Measure.CSAP, Method.LEVELS, "", (Mark(80, "상"),)), "marks"),
        (Formula(Measure.CSAP, Method.LEVELS, "", (Mark(101, "상"),)), "marks"),
        (Formula(Measure.CSAP, Method.LEVELS, "", (Mark(100, "상"), Mark(80, "상"))), "marks"),
        (Formula(Measure.COST, Method.LINEAR, "", (Mark(100, value_thousandths=1),)), "marks"),
        (Formula(Measure.ENTERED, Method.STEPS, "%" * 21, (Mark(100, value_thousandths=1),)), "unit"),
        (Formula(Measure.ENTERED, Method.STEPS, "", (Mark(100, "상"),)), "marks"),
        (
            Formula(
                Measure.ENTERED, Method.STEPS, "", tuple(Mark(100, value_thousandths=n) for n in range(13))
            ),
            "marks",
        ),
    ],
)
def test_what_cannot_be_counted_is_refused(formula: Formula, field: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        check_formula(formula)
    assert caught.value.field == field


def test_marks_are_read_as_they_are_shown() -> None:
    for formula in (MINUTES, UPTIME, GRADE):
        check_formula(formula)
        assert marks_of(marks_text(formula.marks), formula.method) == formula.marks
    assert marks_of("\n 중 = 80% \n", Method.LEVELS) == (Mark(80, "중"),)
    for typed in ("99.9", "= 80", "99.9 = 여든", "구십 = 80", "1.2345 = 80"):
        with pytest.raises(InvalidInput, match="셈의 기준"):
            marks_of(typed, Method.STEPS)


def test_numbers_are_read_and_shown() -> None:
    assert [number_of(text) for text in ("99.95", "1,200", "-0.5", "7")] == [99_950, 1_200_000, -500, 7_000]
    assert [value_text(v) for v in (99_950, 1_200_000, -500, None, "상")] == [
        "99.95",
        "1,200",
        "-0.5",
        "없음",
        "상",
    ]
    for typed in ("", "=1", "1e3", "٣", "9" * 30):
        with pytest.raises(InvalidInput, match="숫자"):
            number_of(typed)


def test_each_formula_says_itself() -> None:
    assert statement(LOWEST).endswith("가장 낮은 값 ÷ 그 서비스의 값 × 배점")
    assert statement(MINUTES).endswith("60분이면 0점, 0분이면 만점, 그 사이는 비례")
    assert statement(UPTIME).endswith("배점의 99.9% 이상 100%, 99.5% 이상 50%, 그 아래 0점")
    assert statement(GRADE).endswith("배점의 ‘상’ 100%, ‘중’ 80%, ‘하’ 60%, 그 밖은 0점")

"""Formulas of criteria: checked, said in Korean, and counted in whole numbers.

A formula gives a share of the weight; points are rounded half up to a hundredth. Values are thousandths of
their unit; amounts are won with VAT. What a formula compares with (the lowest, the highest) is taken among
the services that are scored.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from fractions import Fraction

from procurement.domain.errors import InvalidInput
from procurement.domain.facts.formula import Formula, Mark, Measure, Method

THOUSAND = 1_000
FULL = 100
MOST_MARKS = 12
LONGEST_UNIT = 20
NO_LEVEL = "없음"
"""Level of a service that has none, such as one whose certificate the final list does not name: no points."""

ALLOWED: Mapping[Measure, tuple[Method, ...]] = {
    Measure.COST: (Method.LOWEST, Method.LINEAR),
    Measure.FEE: (Method.LOWEST, Method.LINEAR),
    Measure.CSAP: (Method.LEVELS,),
    Measure.ENTERED: (Method.LOWEST, Method.HIGHEST, Method.LINEAR, Method.STEPS, Method.LEVELS),
}
"""Which methods suit which measure."""

Value = int | str
"""Thousandths of the unit, or the word of a level."""


def check_formula(formula: Formula) -> None:
    """Whether a formula can be fixed.

    :raises InvalidInput: saying what is wrong; ``field`` is ``marks``, ``unit`` or ``method``.
    """
    if formula.method not in ALLOWED[formula.measure]:
        raise InvalidInput("이 값에는 쓸 수 없는 셈입니다. 다른 방법을 고르세요.", "method")
    if len(formula.unit) > LONGEST_UNIT:
        raise InvalidInput(f"단위는 {LONGEST_UNIT}자까지 적을 수 있습니다. 줄여 주세요.", "unit")
    if len(formula.marks) > MOST_MARKS:
        raise InvalidInput(f"셈의 기준은 {MOST_MARKS}줄까지 적을 수 있습니다. 줄여 주세요.", "marks")
    if any(not 0 <= mark.percent <= FULL for mark in formula.marks):
        raise InvalidInput("비율은 0%부터 100%까지 적으세요.", "marks")
    if formula.method in (Method.LOWEST, Method.HIGHEST):
        if formula.marks:
            raise InvalidInput("이 셈에는 기준이 필요 없습니다. 셈의 기준을 비우세요.", "marks")
        return
    _check_marks(formula)


def _check_marks(formula: Formula) -> None:
    worded = formula.method is Method.LEVELS
    known: list[object] = [mark.level if worded else mark.value_thousandths for mark in formula.marks]
    if any(one in ("", None) for one in known) or not known:
        raise InvalidInput("셈의 기준을 한 줄에 하나씩 ‘값 = 비율’로 적으세요.", "marks")
    if len(set(known)) < len(known):
        raise InvalidInput("셈의 기준에 같은 값이 두 번 있습니다. 하나를 빼세요.", "marks")
    percents = sorted(mark.percent for mark in formula.marks)
    if formula.method is Method.LINEAR and percents != [0, FULL]:
        raise InvalidInput(
            "비례로 셈하려면 0%가 되는 값과 100%가 되는 값을 한 줄씩, 두 줄로 적으세요.", "marks"
        )
    if FULL not in percents:
        raise InvalidInput("만점(100%)을 받는 값이 한 줄은 있어야 합니다.", "marks")


def share_of(formula: Formula, value: Value, everyone: Sequence[Value]) -> Fraction:
    """The share of the weight for ``value``, from 0 to 1.

    :param everyone: the values of all services scored, for the ratios.
    """
    if formula.method is Method.LEVELS or isinstance(value, str):
        return Fraction(next((m.percent for m in formula.marks if m.level == value), 0), FULL)
    numbers = [one for one in everyone if isinstance(one, int)]
    if formula.method is Method.LOWEST:
        return Fraction(min(numbers), value) if value else Fraction(1)
    if formula.method is Method.HIGHEST:
        return Fraction(value, max(numbers)) if max(numbers) else Fraction(0)
    marks = {mark.percent: mark.value_thousandths or 0 for mark in formula.marks}
    if formula.method is Method.LINEAR:
        return min(max(Fraction(value - marks[0], marks[FULL] - marks[0]), Fraction(0)), Fraction(1))
    reached = [mark for mark in formula.marks if (mark.value_thousandths or 0) <= value]
    best = max(reached, key=lambda mark: mark.value_thousandths or 0, default=None)
    return Fraction(best.percent if best else 0, FULL)


def points_of(formula: Formula, weight: int, value: Value, everyone: Sequence[Value]) -> int:
    """Points in hundredths for ``value`` out of ``weight`` points, rounded half up."""
    exact = share_of(formula, value, everyone) * weight * 100
    return (2 * exact.numerator + exact.denominator) // (2 * exact.denominator)


def statement(formula: Formula) -> str:
    """The formula in one Korean sentence."""
    unit = "원" if formula.measure in (Measure.COST, Measure.FEE) else formula.unit
    return f"{formula.measure.label}: {_how(formula, unit)}"


def _how(formula: Formula, unit: str) -> str:
    if formula.method in (Method.LOWEST, Method.HIGHEST):
        return formula.method.label
    if formula.method is Method.LINEAR:
        marks = {mark.percent: value_text(mark.value_thousandths, unit) for mark in formula.marks}
        return f"{marks[0]}이면 0점, {marks[FULL]}이면 만점, 그 사이는 비례"
    if formula.method is Method.STEPS:
        ordered = sorted(formula.marks, key=lambda mark: -(mark.value_thousandths or 0))
        parts = [f"{value_text(m.value_thousandths, unit)} 이상 {m.percent}%" for m in ordered]
        return "배점의 " + ", ".join(parts) + ", 그 아래 0점"
    return "배점의 " + ", ".join(f"‘{m.level}’ {m.percent}%" for m in formula.marks) + ", 그 밖은 0점"


def value_text(value: Value | None, unit: str = "") -> str:
    """A value as people write it: ``99_950`` → ``99.95``, with its unit; ``없음`` for none."""
    if value is None:
        return "없음"
    if isinstance(value, str):
        return value
    whole, rest = divmod(abs(value), THOUSAND)
    text = f"{whole:,}" + (f".{rest:03d}".rstrip("0") if rest else "")
    return ("-" if value < 0 else "") + text + unit


_NUMBER = re.compile(r"(-?)([0-9][0-9,]{0,17})(?:[.]([0-9]{1,3}))?")


def number_of(text: str) -> int:
    """A number with at most three decimals, in thousandths.

    :raises InvalidInput: not such a number; no ``field``.
    """
    found = _NUMBER.fullmatch(text.strip())
    if found is None:
        raise InvalidInput(
            f"‘{text.strip()[:40]}’은(는) 숫자가 아닙니다. 소수점 아래 셋째 자리까지 적으세요."
        )
    value = int(found[2].replace(",", "")) * THOUSAND + int((found[3] or "").ljust(3, "0"))
    return -value if found[1] else value


def marks_of(text: str, method: Method) -> tuple[Mark, ...]:
    """Marks from lines such as ``99.9 = 80`` or ``중 = 80%``; blank lines are passed over.

    :raises InvalidInput: naming the line; ``field`` is ``marks``.
    """
    return tuple(_mark(line.strip(), method) for line in text.splitlines() if line.strip())


def _mark(line: str, method: Method) -> Mark:
    level, equals, share = line.rpartition("=")
    percent = share.strip().removesuffix("%").strip()
    if not equals or not level.strip() or not re.fullmatch("[0-9]{1,3}", percent):
        raise InvalidInput(f"셈의 기준 ‘{line[:40]}’을(를) ‘값 = 비율’로 적으세요. 예: 99.9 = 80", "marks")
    if method is Method.LEVELS:
        return Mark(int(percent), level=level.strip())
    try:
        return Mark(int(percent), value_thousandths=number_of(level))
    except InvalidInput as wrong:
        raise InvalidInput(f"셈의 기준: {wrong.message}", "marks") from None


def marks_text(marks: Iterable[Mark]) -> str:
    """Marks as they are typed."""
    return "\n".join(
        f"{mark.level or value_text(mark.value_thousandths).replace(',', '')} = {mark.percent}"
        for mark in marks
    )

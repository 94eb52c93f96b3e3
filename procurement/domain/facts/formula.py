"""How a criterion is counted instead of judged: what is measured, and the formula fixed with the criteria."""

from __future__ import annotations

from dataclasses import dataclass

from procurement.domain.labels import Labelled


class Measure(Labelled):
    """What a formula takes, and where it comes from."""

    COST = "cost", "전체 소요비용(받은 견적, 부가세 포함)"
    FEE = "fee", "이용료(받은 견적, 부가세 포함)"
    CSAP = "csap", "보안인증(CSAP) 등급(최종 검색 결과)"
    ENTERED = "entered", "증빙을 붙여 넣은 값"


class Method(Labelled):
    """The kind of formula; each gives a share of the weight."""

    LOWEST = "lowest", "가장 낮은 값 ÷ 그 서비스의 값 × 배점"
    HIGHEST = "highest", "그 서비스의 값 ÷ 가장 높은 값 × 배점"
    LINEAR = "linear", "두 값 사이를 비례로"
    STEPS = "steps", "값의 구간마다 정한 비율"
    LEVELS = "levels", "등급마다 정한 비율"


@dataclass(frozen=True)
class Mark:
    """A point of a formula: at this level, or this value in thousandths, so many per cent of the weight."""

    percent: int
    level: str = ""
    value_thousandths: int | None = None


@dataclass(frozen=True)
class Formula:
    """A formula: its measure and method, the unit of values that are entered, its marks.

    Linear has two marks, of 0 and of 100 per cent; steps have a mark for each lower bound; levels one
    for each level; the ratios have none.
    """

    measure: Measure
    method: Method
    unit: str = ""
    marks: tuple[Mark, ...] = ()


@dataclass(frozen=True)
class Measured:
    """A value entered for a service on a criterion of a set, with the file that proves it."""

    lot: int
    set_id: str
    key: str
    result_id: str
    level: str
    value_thousandths: int | None
    evidence_id: str | None = None
    note: str = ""

"""Service levels in use (⑧): availability, targets, compensation by the contract, damages for delay.

Figures and targets are thousandths of the indicator's unit (99.5 % is 99,500), as the annex of the contract
keeps them. No law sets a rate of compensation for a missed level: it is owed by the contract's tiers or not
at all. Damages for delay are another matter and have their rates in the rules under the contract laws.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal

from procurement.domain.errors import InvalidInput
from procurement.domain.facts.case import ContractLaw
from procurement.domain.facts.contract import CompensationTier, Direction, SlaAnnex, SlaIndicator
from procurement.domain.money import format_won, portion
from procurement.domain.periods import add_months, parse_date

THOUSAND = 1_000
MILLION = 1_000_000
DELAY_CAP_PERCENT = 30
"""국가계약법 시행령 제74조 제3항, 지방계약법 시행령 제90조 제3항."""

NATIONAL_DELAY_RATE = 1_250
LOCAL_DELAY_RATE = 1_300
"""Millionths of the amount a day for services (용역): 제75조 of the 시행규칙 of either contract law."""


@dataclass(frozen=True)
class IndicatorTemplate:
    """An item to start an annex from. ``direction`` is ``None`` where the item is described, not measured."""

    key: str
    criterion: str
    name: str
    unit: str
    direction: Direction | None
    method: str


# 클라우드컴퓨팅서비스 품질·성능 기준 (과학기술정보통신부고시 제2017-7호): seven criteria, eleven items.
INDICATOR_CATALOGUE: tuple[IndicatorTemplate, ...] = (
    IndicatorTemplate(
        "availability",
        "가용성",
        "가용률",
        "%",
        Direction.AT_LEAST,
        "100 × (1 − 월 장애시간(분) ÷ 해당 월 총시간(분))",
    ),
    IndicatorTemplate(
        "response_time", "응답성", "응답시간", "초", Direction.AT_MOST, "처리 완료 시각 − 요청 시각"
    ),
    IndicatorTemplate(
        "scalability", "확장성", "확장성", "분", Direction.AT_MOST, "자원 증감 요청부터 반영까지 걸린 시간"
    ),
    IndicatorTemplate(
        "recovery_time",
        "신뢰성",
        "서비스 회복시간",
        "분",
        Direction.AT_MOST,
        "총 장애시간 ÷ 장애 횟수",
    ),
    IndicatorTemplate(
        "backup_interval", "신뢰성", "백업 주기", "시간", Direction.AT_MOST, "백업과 백업 사이의 시간"
    ),
    IndicatorTemplate(
        "backup_compliance",
        "신뢰성",
        "백업 준수율",
        "%",
        Direction.AT_LEAST,
        "정상 실시 횟수 ÷ 계획한 횟수(정기·수시) × 100",
    ),
    IndicatorTemplate(
        "backup_retention",
        "신뢰성",
        "백업 데이터 보관기간",
        "일",
        Direction.AT_LEAST,
        "백업 데이터를 보관하는 날수",
    ),
    IndicatorTemplate("continuity", "서비스 지속성", "서비스 제공능력", "", None, "제공자가 낸 서류로 확인"),
    IndicatorTemplate("support", "서비스 지원", "서비스 지원체계", "", None, "제공자가 낸 서류로 확인"),
    IndicatorTemplate("customer_care", "고객대응", "고객대응체계", "", None, "제공자가 낸 서류로 확인"),
    IndicatorTemplate("complaints", "고객대응", "고객불만 처리체계", "", None, "제공자가 낸 서류로 확인"),
)


@dataclass(frozen=True)
class CompensationResult:
    """What a missed level costs. ``amount_won`` and ``percent`` are ``None`` where none is computed;
    ``ground`` is the Korean sentence that says why, or by which formula."""

    amount_won: int | None
    percent: int | None
    ground: str


@dataclass(frozen=True)
class DelayDamages:
    """Damages for delay: won a day (exact), won in all (fractions dropped), whether the cap held them,
    and the first day of delay on which the cap is reached (``None`` when it never is)."""

    per_day: Decimal
    amount_won: int
    capped: bool
    cap_won: int
    cap_reached_on_day: int | None


def minutes_of_month(month: str) -> int:
    """Minutes of a month ``YYYY-MM``: 43,200 for one of 30 days.

    :raises InvalidInput: not a month.
    """
    try:
        first = parse_date(f"{month}-01")
    except InvalidInput:
        raise InvalidInput(f"‘{month[:20]}’은(는) 달이 아닙니다. 2026-11처럼 입력하세요.", "month") from None
    return (add_months(first, 1) - first) // timedelta(minutes=1)


def availability(month: str, down_minutes: Iterable[Decimal | int], *, minutes: int | None = None) -> Decimal:
    """Monthly availability in percent: ``100 × (1 − Σ down minutes / minutes of the month)``.

    Cut (not rounded) to thousandths, so that no figure reaches a target by rounding.

    :param month: ``YYYY-MM``.
    :param down_minutes: minutes of each outage, not overlapping; those that the contract excepts left out.
    :param minutes: minutes of operation planned, where the contract does not count the whole month.
    :raises InvalidInput: negative minutes, or more down than there are.
    """
    total = minutes_of_month(month) if minutes is None else minutes
    outages = [Decimal(outage) for outage in down_minutes]
    down = sum(outages, Decimal(0))
    if total <= 0 or any(outage < 0 for outage in outages) or down > total:
        raise InvalidInput(
            f"장애시간이 0분보다 작거나 그 달의 {total:,}분보다 깁니다. 장애시간을 확인하세요.",
            "down_minutes",
        )
    return (total - down) * 100 * THOUSAND // total / THOUSAND


def to_thousandths(value: Decimal) -> int:
    """A figure as the facts keep it: ``Decimal("99.5")`` → 99500.

    :raises InvalidInput: more than three decimals.
    """
    scaled = value * THOUSAND
    if scaled != scaled.to_integral_value():
        raise InvalidInput("수치는 소수 셋째 자리까지 쓸 수 있습니다. 넷째 자리부터 지우세요.")
    return int(scaled)


def meets(indicator: SlaIndicator, value_thousandths: int) -> bool:
    """Whether a figure reaches the target; a figure equal to the target does."""
    if indicator.direction is Direction.AT_LEAST:
        return value_thousandths >= indicator.target_thousandths
    return value_thousandths <= indicator.target_thousandths


def compensation(annex: SlaAnnex, indicator: SlaIndicator, value_thousandths: int) -> CompensationResult:
    """Compensation of one month by the tiers of the contract (M-3).

    The tier that lies furthest from the target and is still missed counts, alone. For an indicator with an
    upper limit a tier is missed above its bound.

    :param annex: the annex with its tiers and the monthly fee in won.
    :param value_thousandths: the figure of the month.
    :returns: no amount, with the ground, where the level is met, the contract has no tiers for the indicator,
        none of them is missed, or the annex names no monthly fee.
    """
    if meets(indicator, value_thousandths):
        return CompensationResult(None, None, f"‘{indicator.name}’의 목표를 지켜 보상할 것이 없습니다.")
    tiers = [tier for tier in annex.compensation if tier.indicator == indicator.key]
    if not tiers:
        return CompensationResult(
            None, None, f"계약에 ‘{indicator.name}’ 미달에 대한 보상 기준이 없어 계산하지 않습니다."
        )
    missed = [tier for tier in tiers if _missed(indicator.direction, tier, value_thousandths)]
    if not missed:
        return CompensationResult(None, None, "목표에는 못 미치지만 계약의 보상 구간에는 들지 않습니다.")
    tier = (min if indicator.direction is Direction.AT_LEAST else max)(
        missed, key=lambda one: one.below_thousandths
    )
    bound = f"{_shown(tier.below_thousandths)}{indicator.unit}"
    side = "미만" if indicator.direction is Direction.AT_LEAST else "초과"
    if annex.monthly_fee_won is None:
        return CompensationResult(
            None,
            tier.percent,
            f"{bound} {side} 구간이지만 월 이용료가 없어 계산하지 못합니다. 월 이용료를 입력하세요.",
        )
    fee, amount = annex.monthly_fee_won, portion(annex.monthly_fee_won, tier.percent, 100)
    return CompensationResult(
        amount,
        tier.percent,
        f"{bound} {side}: 월 이용료 {format_won(fee)}원 × {tier.percent}% = {format_won(amount)}원",
    )


def _missed(direction: Direction, tier: CompensationTier, value: int) -> bool:
    return (
        value < tier.below_thousandths if direction is Direction.AT_LEAST else value > tier.below_thousandths
    )


def _shown(thousandths: int) -> str:
    return f"{Decimal(thousandths) / THOUSAND:f}"


def monthly_total(results: Sequence[CompensationResult], monthly_fee_won: int, cap_percent: int = 100) -> int:
    """Compensation of a month over all indicators in won, at most ``cap_percent`` of the monthly fee.

    :raises InvalidInput: a negative fee or cap.
    """
    return min(sum(r.amount_won or 0 for r in results), portion(monthly_fee_won, cap_percent, 100))


def statutory_delay_rate(law: ContractLaw) -> int | None:
    """Millionths of the amount a day for services under a contract law; ``None`` where an institution has
    rules of its own (공기업·준정부기관 follow the national one, 계약사무규칙 제2조 제5항)."""
    return {
        ContractLaw.NATIONAL: NATIONAL_DELAY_RATE,
        ContractLaw.PUBLIC_BODY: NATIONAL_DELAY_RATE,
        ContractLaw.LOCAL: LOCAL_DELAY_RATE,
    }.get(law)


def delay_damages(
    amount_won: int,
    days: int,
    rate_millionths: int,
    *,
    accepted_won: int = 0,
    cap_percent: int = DELAY_CAP_PERCENT,
) -> DelayDamages:
    """지체상금 (지연배상금): amount × rate × days, fractions of a won dropped, at most the cap.

    :param amount_won: contract amount in won; of a long-term contract, that of the year.
    :param days: days of delay that the counterpart answers for.
    :param rate_millionths: a day, e.g. 1,250 for 1.25 ‰.
    :param accepted_won: parts already taken over, for which no delay is owed.
    :param cap_percent: of the amount that counts.
    :raises InvalidInput: negative values, or more accepted than the amount.
    """
    if days < 0 or rate_millionths < 0 or cap_percent < 0 or not 0 <= accepted_won <= amount_won:
        raise InvalidInput("금액, 지체 일수, 지체상금률은 0 이상이어야 합니다. 입력한 값을 확인하세요.")
    base = amount_won - accepted_won
    full = portion(base, rate_millionths * days, MILLION)
    cap = portion(base, cap_percent, 100)
    daily = base * rate_millionths
    reached = -(-cap * MILLION // daily) if daily else None
    return DelayDamages(Decimal(daily) / MILLION, min(full, cap), full > cap, cap, reached)

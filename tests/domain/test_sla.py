"""Availability, compensation and damages against numbers worked out by hand."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from procurement.domain.errors import InvalidInput
from procurement.domain.facts.case import ContractLaw
from procurement.domain.facts.contract import CompensationTier, Direction, SlaAnnex, SlaIndicator
from procurement.domain.sla import (
    INDICATOR_CATALOGUE,
    LOCAL_DELAY_RATE,
    NATIONAL_DELAY_RATE,
    CompensationResult,
    availability,
    compensation,
    delay_damages,
    meets,
    minutes_of_month,
    monthly_total,
    statutory_delay_rate,
    to_thousandths,
)

AVAILABILITY = SlaIndicator("availability", "가용률", "%", 99_500)
RESPONSE = SlaIndicator("response_time", "응답시간", "초", 3_000, Direction.AT_MOST)
TIERS = (
    CompensationTier("availability", 99_500, 10),
    CompensationTier("availability", 99_000, 25),
    CompensationTier("availability", 95_000, 100),
    CompensationTier("response_time", 5_000, 5),
    CompensationTier("response_time", 10_000, 15),
)
ANNEX = SlaAnnex(indicators=(AVAILABILITY, RESPONSE), compensation=TIERS, monthly_fee_won=1_054_167)


@pytest.mark.parametrize(
    ("month", "minutes"),
    [("2026-11", 43_200), ("2026-12", 44_640), ("2026-02", 40_320), ("2028-02", 41_760)],
)
def test_a_month_has_the_minutes_of_its_days(month: str, minutes: int) -> None:
    assert minutes_of_month(month) == minutes


@pytest.mark.parametrize("month", ["", "2026", "2026-13", "2026-00", "2026-11-21", "지난달"])
def test_what_is_no_month_is_refused(month: str) -> None:
    with pytest.raises(InvalidInput, match="달이 아닙니다"):
        minutes_of_month(month)


@pytest.mark.parametrize(
    ("down", "percent"),
    [
        ([], "100"),
        ([Decimal("4.32")], "99.99"),
        ([40, Decimal("3.2")], "99.9"),
        ([216], "99.5"),
        ([217], "99.497"),
        ([432], "99"),
        ([43_200], "0"),
        ([1], "99.997"),
    ],
)
def test_availability_of_a_month_of_thirty_days(down: list[Decimal | int], percent: str) -> None:
    assert availability("2026-11", down) == Decimal(percent)


def test_no_figure_reaches_its_target_by_rounding() -> None:
    just_missed = availability("2026-11", [Decimal("216.0001")])
    assert just_missed == Decimal("99.499")
    assert not meets(AVAILABILITY, to_thousandths(just_missed))


def test_a_contract_may_count_fewer_minutes_than_the_month_has() -> None:
    assert availability("2026-11", [30], minutes=600) == Decimal(95)


@pytest.mark.parametrize(
    ("down", "minutes"), [([-1], None), ([43_201], None), ([5, -5], None), ([0], 0), ([11], 10)]
)
def test_impossible_outages_are_refused(down: list[int], minutes: int | None) -> None:
    with pytest.raises(InvalidInput, match="장애시간을 확인하세요"):
        availability("2026-11", down, minutes=minutes)


def test_figures_are_kept_in_thousandths() -> None:
    assert to_thousandths(Decimal("99.5")) == 99_500
    assert to_thousandths(Decimal("0.001")) == 1
    with pytest.raises(InvalidInput, match="셋째 자리"):
        to_thousandths(Decimal("99.9999"))


@pytest.mark.parametrize(
    ("indicator", "value", "met"),
    [
        (AVAILABILITY, 99_500, True),
        (AVAILABILITY, 99_499, False),
        (AVAILABILITY, 100_000, True),
        (RESPONSE, 3_000, True),
        (RESPONSE, 3_001, False),
        (RESPONSE, 0, True),
    ],
)
def test_a_figure_equal_to_its_target_meets_it(indicator: SlaIndicator, value: int, met: bool) -> None:
    assert meets(indicator, value) is met


@pytest.mark.parametrize(
    ("indicator", "value", "percent", "won"),
    [
        (AVAILABILITY, 99_500, None, None),
        (AVAILABILITY, 99_499, 10, 105_416),
        (AVAILABILITY, 99_000, 10, 105_416),
        (AVAILABILITY, 98_999, 25, 263_541),
        (AVAILABILITY, 94_999, 100, 1_054_167),
        (RESPONSE, 3_000, None, None),
        (RESPONSE, 5_000, None, None),
        (RESPONSE, 5_001, 5, 52_708),
        (RESPONSE, 10_001, 15, 158_125),
    ],
)
def test_compensation_goes_by_the_furthest_tier_missed(
    indicator: SlaIndicator, value: int, percent: int | None, won: int | None
) -> None:
    found = compensation(ANNEX, indicator, value)
    assert (found.percent, found.amount_won) == (percent, won)


def test_the_ground_says_why_there_is_an_amount_or_none() -> None:
    assert compensation(ANNEX, AVAILABILITY, 98_000).ground == (
        "99% 미만: 월 이용료 1,054,167원 × 25% = 263,541원"
    )
    assert "10초 초과" in compensation(ANNEX, RESPONSE, 11_000).ground
    assert "목표를 지켜" in compensation(ANNEX, AVAILABILITY, 99_500).ground
    assert "보상 구간에는 들지" in compensation(ANNEX, RESPONSE, 4_000).ground


def test_where_the_contract_has_no_formula_none_is_computed() -> None:
    found = compensation(SlaAnnex(monthly_fee_won=1_000_000), AVAILABILITY, 0)
    assert found == CompensationResult(
        None, None, "계약에 ‘가용률’ 미달에 대한 보상 기준이 없어 계산하지 않습니다."
    )


def test_without_a_monthly_fee_the_tier_is_shown_and_no_amount() -> None:
    found = compensation(SlaAnnex(compensation=TIERS), AVAILABILITY, 98_000)
    assert (found.amount_won, found.percent) == (None, 25)
    assert "월 이용료를 입력하세요" in found.ground


def test_the_month_is_held_by_its_cap() -> None:
    results = [compensation(ANNEX, AVAILABILITY, 94_000), compensation(ANNEX, RESPONSE, 11_000)]
    assert monthly_total(results, 1_054_167) == 1_054_167
    assert monthly_total(results, 1_054_167, 30) == 316_250
    assert monthly_total([compensation(ANNEX, AVAILABILITY, 99_500)], 1_054_167) == 0


@pytest.mark.parametrize(
    ("rate", "per_day", "cap_day"),
    [(NATIONAL_DELAY_RATE, "15812.5", 240), (LOCAL_DELAY_RATE, "16445", 231)],
)
def test_damages_for_delay_of_the_task_order(rate: int, per_day: str, cap_day: int) -> None:
    amount = 12_650_000
    found = delay_damages(amount, 1, rate)
    assert (found.per_day, found.amount_won, found.capped) == (Decimal(per_day), int(Decimal(per_day)), False)
    assert (found.cap_won, found.cap_reached_on_day) == (3_795_000, cap_day)
    assert delay_damages(amount, cap_day - 1, rate).amount_won < 3_795_000
    assert delay_damages(amount, cap_day, rate).amount_won == 3_795_000
    assert delay_damages(amount, cap_day + 1, rate).capped


def test_half_won_are_dropped_once_and_not_every_day() -> None:
    assert delay_damages(12_650_000, 3, NATIONAL_DELAY_RATE).amount_won == 47_437


def test_what_was_accepted_owes_no_delay() -> None:
    assert delay_damages(10_000_000, 10, 1_250, accepted_won=4_000_000).amount_won == 75_000
    nothing = delay_damages(10_000_000, 10, 1_250, accepted_won=10_000_000)
    assert (nothing.amount_won, nothing.cap_reached_on_day) == (0, None)


@pytest.mark.parametrize(
    ("amount", "days", "rate", "accepted"),
    [(1, -1, 1, 0), (1, 1, -1, 0), (1, 1, 1, 2), (1, 1, 1, -1), (-1, 1, 1, 0)],
)
def test_impossible_delays_are_refused(amount: int, days: int, rate: int, accepted: int) -> None:
    with pytest.raises(InvalidInput):
        delay_damages(amount, days, rate, accepted_won=accepted)


@given(st.integers(0, 10**13), st.integers(0, 2000), st.sampled_from([500, 1_250, 1_300, 2_500]))
def test_damages_never_pass_the_cap_and_never_fall(amount: int, days: int, rate: int) -> None:
    found, next_day = delay_damages(amount, days, rate), delay_damages(amount, days + 1, rate)
    assert 0 <= found.amount_won <= next_day.amount_won <= found.cap_won == amount * 30 // 100


def test_the_rate_follows_the_contract_law() -> None:
    assert (
        statutory_delay_rate(ContractLaw.NATIONAL) == statutory_delay_rate(ContractLaw.PUBLIC_BODY) == 1_250
    )
    assert statutory_delay_rate(ContractLaw.LOCAL) == 1_300
    assert statutory_delay_rate(ContractLaw.OWN_RULES) is None


def test_the_catalogue_has_seven_criteria_and_eleven_items() -> None:
    assert len(INDICATOR_CATALOGUE) == len({item.key for item in INDICATOR_CATALOGUE}) == 11
    assert list(dict.fromkeys(item.criterion for item in INDICATOR_CATALOGUE)) == [
        "가용성",
        "응답성",
        "확장성",
        "신뢰성",
        "서비스 지속성",
        "서비스 지원",
        "고객대응",
    ]
    assert all(bool(item.unit) == (item.direction is not None) for item in INDICATOR_CATALOGUE)

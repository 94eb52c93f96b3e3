"""Rules of ① budget check: B-1 to B-7."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from procurement.domain.facts.budget import (
    AccountCategory,
    AwardBalance,
    BudgetLine,
    BudgetUse,
    FeeBasis,
    MeteredUnit,
    PaymentMethod,
    PaymentPeriod,
)
from procurement.domain.rules.base import Outcome, Severity
from procurement.domain.rules.budget import RULES
from tests.domain.rules.builders import (
    a_case,
    a_new_case,
    findings,
    good_budget,
    is_korean,
    outcome,
    with_budget,
    with_reason,
)

FEE = BudgetLine(BudgetUse.SERVICE_FEE, AccountCategory.RENT, 10_000_000)
BALANCE = AwardBalance("표본 정보화사업", 2_650_000)
UNIT = MeteredUnit("서버 시간", "시간", 1_200, 7_000)


@pytest.mark.parametrize("rule_id", ["B-1", "B-2", "B-4", "B-5", "B-6", "B-7"])
def test_the_good_case_meets_the_budget_rules(rule_id: str) -> None:
    assert outcome(RULES, rule_id, a_case()) is Outcome.MET


@pytest.mark.parametrize(
    ("rule_id", "field"),
    [("B-1", "lines"), ("B-4", "fee_basis"), ("B-5", "total_won"), ("B-7", "guidelines")],
)
def test_an_empty_sheet_is_told_what_to_fill_in(rule_id: str, field: str) -> None:
    found = findings(RULES, rule_id, a_new_case())
    assert field in {finding.field for finding in found}
    assert all(finding.blocks and is_korean(finding.message) for finding in found)


@pytest.mark.parametrize("rule_id", ["B-2", "B-6"])
def test_what_needs_lines_waits_for_them(rule_id: str) -> None:
    assert outcome(RULES, rule_id, a_new_case()) is Outcome.NOT_YET


@pytest.mark.parametrize(
    ("rule_id", "changes", "field", "named"),
    [
        ("B-1", {"use": BudgetUse.OTHER, "use_other": " "}, "lines-0-use_other", "예산 항목 1"),
        ("B-1", {"amount_won": 0}, "lines-0-amount_won", "0원 이하"),
        ("B-2", {"account": AccountCategory.OTHER, "account_other": " "}, "lines-0-account_other", "비목"),
    ],
)
def test_a_line_that_says_too_little_is_found(
    rule_id: str, changes: dict[str, Any], field: str, named: str
) -> None:
    (finding,) = findings(RULES, rule_id, with_budget(lines=(replace(FEE, **changes),)))
    assert finding.field == field
    assert finding.severity is Severity.BLOCK
    assert named in finding.message
    assert is_korean(finding.message)


@pytest.mark.parametrize(
    ("rule_id", "changes"),
    [
        ("B-1", {"use": BudgetUse.OTHER, "use_other": "회선료"}),
        ("B-1", {"amount_won": 1}),
        ("B-2", {"account": AccountCategory.OTHER, "account_other": "자산취득비"}),
    ],
)
def test_a_line_with_its_own_name_is_fine(rule_id: str, changes: dict[str, Any]) -> None:
    assert outcome(RULES, rule_id, with_budget(lines=(replace(FEE, **changes),))) is Outcome.MET


def test_without_award_balance_its_rule_does_not_apply() -> None:
    (finding,) = findings(RULES, "B-3", a_case())
    assert finding.outcome is Outcome.NOT_APPLICABLE
    assert "낙찰차액" in finding.message


def test_an_award_balance_that_covers_the_shortfall_of_the_fee_is_fine() -> None:
    assert outcome(RULES, "B-3", with_budget(lines=(FEE,), award_balance=BALANCE)) is Outcome.MET


@pytest.mark.parametrize(
    ("lines", "balance", "subject"),
    [
        ((FEE,), replace(BALANCE, source=" "), "source"),
        ((FEE,), replace(BALANCE, amount_won=0), "amount"),
        ((replace(FEE, use=BudgetUse.MIGRATION),), BALANCE, "fee"),
        ((replace(FEE, amount_won=12_650_000),), BALANCE, "shortfall"),
    ],
)
def test_an_award_balance_without_source_amount_or_need_wants_a_reason(
    lines: tuple[BudgetLine, ...], balance: AwardBalance, subject: str
) -> None:
    case = with_budget(lines=lines, award_balance=balance)
    (finding,) = findings(RULES, "B-3", case)
    assert finding.subject == subject
    assert finding.wants_reason
    assert "낙찰차액" in finding.message
    assert outcome(RULES, "B-3", with_reason(case, "B-3", subject)) is Outcome.JUSTIFIED


@pytest.mark.parametrize(
    ("changes", "field", "named"),
    [
        ({"fee_basis": None}, "fee_basis", "요금제"),
        ({"payment": None}, "payment", "지급 방식"),
        ({"payment_period": None}, "payment_period", "정산 주기"),
        ({"fee_basis": FeeBasis.METERED}, "metered_units", "단가"),
        (
            {"fee_basis": FeeBasis.METERED, "metered_units": (replace(UNIT, unit=" "),)},
            "metered_units-0-unit",
            "단위",
        ),
        (
            {"fee_basis": FeeBasis.METERED, "metered_units": (replace(UNIT, unit_price_won=0),)},
            "metered_units-0-unit_price_won",
            "단가",
        ),
        ({"payment": PaymentMethod.ADVANCE_AND_BALANCE}, "contracted_as_service", "일반 용역방식"),
    ],
)
def test_a_fee_that_leaves_something_open_is_found(changes: dict[str, Any], field: str, named: str) -> None:
    (finding,) = findings(RULES, "B-4", with_budget(**changes))
    assert finding.field == field
    assert finding.blocks
    assert named in finding.message


@pytest.mark.parametrize("basis", FeeBasis)
@pytest.mark.parametrize(
    ("payment", "as_service"),
    [
        (PaymentMethod.PREPAYMENT, False),
        (PaymentMethod.PER_PERIOD, False),
        (PaymentMethod.ADVANCE_AND_BALANCE, True),
    ],
)
def test_every_payment_serves_either_basis(basis: FeeBasis, payment: PaymentMethod, as_service: bool) -> None:
    case = with_budget(
        fee_basis=basis,
        metered_units=(UNIT,),
        payment=payment,
        payment_period=PaymentPeriod.QUARTER if payment is PaymentMethod.PER_PERIOD else None,
        contracted_as_service=as_service,
    )
    assert outcome(RULES, "B-4", case) is Outcome.MET


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"total_won": None}, "total_won"),
        ({"total_won": 0}, "total_won"),
        ({"vat_included": None}, "vat_included"),
        ({"planned_end": date(2023, 3, 12)}, "planned_end"),
    ],
)
def test_an_amount_without_figure_vat_or_sensible_period_is_found(
    changes: dict[str, Any], field: str
) -> None:
    (finding,) = findings(RULES, "B-5", with_budget(**changes))
    assert finding.field == field
    assert finding.blocks


@pytest.mark.parametrize(
    "changes", [{"planned_end": date(2023, 3, 13)}, {"planned_end": None}, {"total_won": 10**12}]
)
def test_a_day_an_open_end_and_any_amount_are_fine(changes: dict[str, Any]) -> None:
    assert outcome(RULES, "B-5", with_budget(**changes)) is Outcome.MET


@pytest.mark.parametrize(
    ("total", "vat_included", "expected"),
    [
        (12_649_999, True, Outcome.MET),
        (12_650_000, True, Outcome.MET),
        (12_650_001, True, Outcome.UNMET),
        (11_500_000, False, Outcome.MET),
        (11_500_010, False, Outcome.UNMET),
    ],
)
def test_the_cost_with_vat_may_reach_the_budget_and_not_pass_it(
    total: int, vat_included: bool, expected: Outcome
) -> None:
    assert outcome(RULES, "B-6", with_budget(total_won=total, vat_included=vat_included)) is expected


@pytest.mark.parametrize("changes", [{"lines": ()}, {"total_won": None}, {"total_won": 0}])
def test_cost_and_budget_are_compared_once_both_are_known(changes: dict[str, Any]) -> None:
    assert outcome(RULES, "B-6", with_budget(**changes)) is Outcome.NOT_YET


def test_the_award_balance_counts_as_budget() -> None:
    assert outcome(RULES, "B-6", with_budget(lines=(FEE,), award_balance=BALANCE)) is Outcome.MET
    assert outcome(RULES, "B-6", with_budget(lines=(FEE,))) is Outcome.UNMET


def test_a_cost_over_budget_names_the_figures_and_takes_a_reason() -> None:
    case = with_budget(total_won=12_650_001)
    (finding,) = findings(RULES, "B-6", case)
    assert "12,650,001원" in finding.message
    assert "12,650,000원" in finding.message
    assert " 1원 많습니다" in finding.message
    assert outcome(RULES, "B-6", with_reason(case, "B-6")) is Outcome.JUSTIFIED


def test_missing_budget_guidelines_take_a_reason() -> None:
    case = with_budget(guidelines="  ")
    (finding,) = findings(RULES, "B-7", case)
    assert "집행지침" in finding.message
    assert outcome(RULES, "B-7", with_reason(case, "B-7")) is Outcome.JUSTIFIED


def test_the_good_budget_is_the_amount_of_the_contract() -> None:
    assert good_budget().available_won == 12_650_000

"""Rules of ① budget check (guideline Ⅲ.1.①)."""

from __future__ import annotations

from collections.abc import Iterator

from procurement.domain.facts import BudgetSheet, CaseFacts
from procurement.domain.facts.budget import (
    AccountCategory,
    BudgetUse,
    FeeBasis,
    MeteredUnit,
    PaymentMethod,
)
from procurement.domain.money import add_vat, format_won
from procurement.domain.periods import format_date
from procurement.domain.rules.base import (
    Kind,
    Problem,
    Rule,
    Severity,
    Verdict,
    from_problems,
    lacking,
    not_applicable,
    not_yet,
    unmet,
)
from procurement.domain.steps import Step


def _sheet(facts: CaseFacts) -> BudgetSheet:
    return facts.budget or BudgetSheet()


def _line_uses(sheet: BudgetSheet) -> Iterator[Problem]:
    for index, line in enumerate(sheet.lines):
        if line.use is BudgetUse.OTHER and not line.use_other.strip():
            yield lacking(
                f"예산 항목 {index + 1}의 쓰임이 비어 있습니다. 어떤 운영비인지 적으세요.",
                f"line{index + 1} use",
                f"lines-{index}-use_other",
            )
        if line.amount_won <= 0:
            yield Problem(
                f"예산 항목 {index + 1}의 금액이 0원 이하입니다. 편성한 금액을 적으세요.",
                f"line{index + 1} amount",
                f"lines-{index}-amount_won",
            )


def _uses(facts: CaseFacts) -> Verdict:
    sheet = _sheet(facts)
    if not sheet.lines:
        return unmet(
            lacking(
                "예산 항목이 없습니다. 이용료, 컨설팅, 마이그레이션 등 쓰임별로 편성한 금액을 적으세요.",
                "lines",
                "lines",
            )
        )
    return from_problems(_line_uses(sheet))


def _accounts(facts: CaseFacts) -> Verdict:
    sheet = _sheet(facts)
    if not sheet.lines:
        return not_yet("예산 항목을 적으면 비목을 확인합니다.")
    return from_problems(
        lacking(
            (
                f"예산 항목 {index + 1}의 비목이 비어 있습니다. "
                "공공요금, 임차료, 용역비가 아니면 비목의 이름을 적으세요."
            ),
            f"line{index + 1}",
            f"lines-{index}-account_other",
        )
        for index, line in enumerate(sheet.lines)
        if line.account is AccountCategory.OTHER and not line.account_other.strip()
    )


def _balance_problems(sheet: BudgetSheet) -> Iterator[Problem]:
    balance = sheet.award_balance
    if balance is None:
        return
    if not balance.source.strip():
        yield lacking(
            "낙찰차액이 어느 정보화사업의 것인지 적지 않았습니다. 사업 이름을 적으세요.",
            "source",
            "award_balance-source",
        )
    if balance.amount_won <= 0:
        yield Problem(
            "낙찰차액의 금액이 0원 이하입니다. 쓰려는 금액을 적으세요.",
            "amount",
            "award_balance-amount_won",
        )
    if not any(line.use is BudgetUse.SERVICE_FEE for line in sheet.lines):
        yield Problem(
            "낙찰차액은 이용요금이 부족할 때 쓸 수 있는데 이용료 예산 항목이 없습니다. "
            "이용료 항목을 적거나 낙찰차액을 지우세요.",
            "fee",
            "award_balance-amount_won",
        )
    cost = _cost_with_vat(sheet)
    if cost is not None and cost <= sheet.lines_won:
        yield Problem(
            (
                "편성한 예산으로 충분한데 낙찰차액이 적혀 있습니다. "
                "부족한 금액이 얼마인지 확인하거나 낙찰차액을 지우세요."
            ),
            "shortfall",
            "award_balance-amount_won",
        )


def _award_balance(facts: CaseFacts) -> Verdict:
    sheet = _sheet(facts)
    if sheet.award_balance is None:
        return not_applicable("낙찰차액을 쓰지 않습니다.")
    return from_problems(_balance_problems(sheet))


def _unit_problems(units: tuple[MeteredUnit, ...]) -> Iterator[Problem]:
    if not units:
        yield lacking(
            "종량제인데 이용량 단위와 단가가 없습니다. 무엇을 어떤 단위로 세고 단가가 얼마인지 적으세요.",
            "units",
            "metered_units",
        )
    for index, unit in enumerate(units):
        if not unit.item.strip() or not unit.unit.strip():
            yield lacking(
                f"종량 항목 {index + 1}의 이름이나 단위가 비어 있습니다. 시간, GB처럼 세는 단위를 적으세요.",
                f"unit{index + 1}",
                f"metered_units-{index}-unit",
            )
        if unit.unit_price_won <= 0:
            yield Problem(
                f"종량 항목 {index + 1}의 단가가 0원 이하입니다. 단위마다 얼마인지 적으세요.",
                f"unit{index + 1} price",
                f"metered_units-{index}-unit_price_won",
            )


def _payment_problems(sheet: BudgetSheet) -> Iterator[Problem]:
    if sheet.payment is None:
        yield lacking(
            "지급 방식이 없습니다. 기간별 정산, 예치제, 선금·잔금 가운데 고르세요.", "payment", "payment"
        )
    if sheet.payment is PaymentMethod.PER_PERIOD and sheet.payment_period is None:
        yield lacking(
            "정산 주기가 없습니다. 월, 분기, 반기 가운데 고르세요.", "payment_period", "payment_period"
        )
    if sheet.payment is PaymentMethod.ADVANCE_AND_BALANCE and not sheet.contracted_as_service:
        yield Problem(
            "선금·잔금은 일반 용역방식으로 계약할 때의 지급 방식입니다. "
            "일반 용역방식에 표시하거나 다른 지급 방식을 고르세요.",
            "contracted_as_service",
            "contracted_as_service",
        )


def _fee_problems(sheet: BudgetSheet) -> Iterator[Problem]:
    if sheet.fee_basis is None:
        yield lacking("요금제가 없습니다. 정액제와 종량제 가운데 고르세요.", "fee_basis", "fee_basis")
    if sheet.fee_basis is FeeBasis.METERED:
        yield from _unit_problems(sheet.metered_units)
    yield from _payment_problems(sheet)


def _fee(facts: CaseFacts) -> Verdict:
    return from_problems(_fee_problems(_sheet(facts)))


def _total_problems(sheet: BudgetSheet) -> Iterator[Problem]:
    if sheet.total_won is None or sheet.total_won <= 0:
        yield lacking(
            "예상 계약금액이 없습니다. 계약기간 전체의 금액을 원 단위로 적으세요.", "total_won", "total_won"
        )
    if sheet.vat_included is None:
        yield lacking(
            "부가가치세가 포함된 금액인지 적지 않았습니다. 포함과 별도 가운데 고르세요.",
            "vat_included",
            "vat_included",
        )
    start, end = sheet.planned_start, sheet.planned_end
    if start and end and end < start:
        yield Problem(
            f"이용을 마치는 날({format_date(end)})이 시작하는 날({format_date(start)})보다 빠릅니다. "
            "두 날짜를 확인하세요.",
            "planned_end",
            "planned_end",
        )


def _total(facts: CaseFacts) -> Verdict:
    return from_problems(
        _total_problems(_sheet(facts)), "금액에 제한 없이 수의계약과 납품요구를 할 수 있습니다."
    )


def _cost_with_vat(sheet: BudgetSheet) -> int | None:
    """Expected cost in won with VAT; ``None`` while the amount is not known."""
    if sheet.total_won is None or sheet.total_won <= 0:
        return None
    return add_vat(sheet.total_won)[1] if sheet.vat_included is False else sheet.total_won


def _within(facts: CaseFacts) -> Verdict:
    sheet = _sheet(facts)
    cost = _cost_with_vat(sheet)
    if cost is None or not sheet.lines:
        return not_yet("예산 항목과 예상 계약금액을 적으면 견주어 봅니다.")
    over = cost - sheet.available_won
    if over <= 0:
        left = f"가용 예산에서 {format_won(-over)}원이 남습니다." if over else "가용 예산과 같습니다."
        return from_problems((), left)
    return unmet(
        Problem(
            f"예상 계약금액(부가가치세 포함 {format_won(cost)}원)이 가용 "
            f"예산({format_won(sheet.available_won)}원)보다 "
            f"{format_won(over)}원 많습니다. 예산을 더 확보하거나 금액을 줄이고, 그대로 두려면 사유를 "
            "적으세요.",
            "",
            "total_won",
        )
    )


def _guidelines(facts: CaseFacts) -> Verdict:
    if _sheet(facts).guidelines.strip():
        return from_problems(())
    return unmet(
        lacking(
            "따르는 예산 지침을 적지 않았습니다. 해당 연도의 예산안 편성지침과 집행지침의 이름을 적으세요.",
            "",
            "guidelines",
        )
    )


_PLACE = "지침 Ⅲ.1.①"
# The guideline still names the ministry by its old name.
_TODAY = "지침의 기획재정부는 2026. 1. 2.부터 재정경제부"

RULES: tuple[Rule, ...] = (
    Rule(
        "B-1",
        Step.BUDGET,
        Kind.GATE,
        Severity.BLOCK,
        "편성한 예산 항목을 쓰임별로 적습니다.",
        _PLACE,
        _uses,
    ),
    Rule(
        "B-2",
        Step.BUDGET,
        Kind.GATE,
        Severity.BLOCK,
        "예산 항목마다 비목(공공요금, 임차료, 용역비 등)을 적습니다.",
        _PLACE,
        _accounts,
    ),
    Rule(
        "B-3",
        Step.BUDGET,
        Kind.GATE,
        Severity.JUSTIFY,
        "이용요금이 부족해 정보화사업의 낙찰차액을 쓰면 출처와 금액을 적습니다.",
        f"{_PLACE} 각주 1(2023년도 예산 및 기금운용계획 집행지침)",
        _award_balance,
    ),
    Rule(
        "B-4",
        Step.BUDGET,
        Kind.GATE,
        Severity.BLOCK,
        "요금제(정액제, 종량제)와 지급 방식을 정합니다.",
        f"{_PLACE} 참고",
        _fee,
    ),
    Rule(
        "B-5",
        Step.BUDGET,
        Kind.GATE,
        Severity.BLOCK,
        "계약금액은 계약기간 총액이고 부가가치세 포함 여부를 밝힙니다.",
        f"{_PLACE}, Ⅲ.2.⑤",
        _total,
    ),
    Rule(
        "B-6",
        Step.BUDGET,
        Kind.GATE,
        Severity.JUSTIFY,
        "예상 비용이 가용 예산(예산 항목과 낙찰차액) 안에 있습니다.",
        _PLACE,
        _within,
    ),
    Rule(
        "B-7",
        Step.BUDGET,
        Kind.GATE,
        Severity.JUSTIFY,
        "준용하는 그해의 예산 지침(예산안 편성지침, 집행지침)을 적습니다.",
        f"{_PLACE}({_TODAY})",
        _guidelines,
    ),
)

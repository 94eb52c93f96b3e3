"""① Budget check: what may be spent, from where, and how it is paid (guideline III.1.①)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from procurement.domain.labels import Labelled


class BudgetUse(Labelled):
    """What a budget line is for (B-1)."""

    SERVICE_FEE = "service_fee", "클라우드컴퓨팅서비스 이용료"
    CONSULTING = "consulting", "디지털서비스 컨설팅"
    MIGRATION = "migration", "디지털서비스 마이그레이션"
    OTHER = "other", "그 밖의 운영비(직접 적음)"


class AccountCategory(Labelled):
    """비목 (B-2)."""

    PUBLIC_CHARGE = "public_charge", "공공요금"
    RENT = "rent", "임차료"
    SERVICE = "service", "용역비"
    OTHER = "other", "그 밖의 비목(직접 적음)"


class FeeBasis(Labelled):
    """요금제 (B-4)."""

    FLAT = "flat", "정액제"
    METERED = "metered", "종량제"


class PaymentMethod(Labelled):
    """How the fee is paid (B-4); the prepaid deposit serves either fee basis."""

    PER_PERIOD = "per_period", "기간별 정산"
    PREPAYMENT = "prepayment", "예치제(선납, 세금계산서 1회)"
    ADVANCE_AND_BALANCE = "advance_and_balance", "선금·잔금(일반 용역방식)"


class PaymentPeriod(Labelled):
    """Interval of settlement."""

    MONTH = "month", "월"
    QUARTER = "quarter", "분기"
    HALF_YEAR = "half_year", "반기"
    ONCE = "once", "1회"


@dataclass(frozen=True)
class BudgetLine:
    """One budget line: use, account category, amount in won with VAT."""

    use: BudgetUse
    account: AccountCategory
    amount_won: int
    use_other: str = ""
    account_other: str = ""
    note: str = ""


@dataclass(frozen=True)
class AwardBalance:
    """낙찰차액 of an informatization project that covers a shortfall of the fee (B-3)."""

    source: str
    amount_won: int


@dataclass(frozen=True)
class MeteredUnit:
    """One metered item: what is counted, its unit price in won and the expected quantity."""

    item: str
    unit: str
    unit_price_won: int
    expected_quantity: int


@dataclass(frozen=True)
class BudgetSheet:
    """The budget check as filled in.

    ``total_won`` is the expected contract amount over the whole period, ``vat_included`` says
    whether VAT is in it; ``None`` means that it has not been answered yet.
    """

    lines: tuple[BudgetLine, ...] = ()
    award_balance: AwardBalance | None = None
    fee_basis: FeeBasis | None = None
    metered_units: tuple[MeteredUnit, ...] = ()
    payment: PaymentMethod | None = None
    payment_period: PaymentPeriod | None = None
    contracted_as_service: bool = False
    total_won: int | None = None
    vat_included: bool | None = None
    planned_start: date | None = None
    planned_end: date | None = None
    guidelines: str = ""

    @property
    def lines_won(self) -> int:
        """Sum of the budget lines in won."""
        return sum(line.amount_won for line in self.lines)

    @property
    def fee_won(self) -> int:
        """Sum of the lines for the service fee in won."""
        return sum(line.amount_won for line in self.lines if line.use is BudgetUse.SERVICE_FEE)

    @property
    def available_won(self) -> int:
        """Lines and award balance together, in won (B-6)."""
        return self.lines_won + (self.award_balance.amount_won if self.award_balance else 0)

"""① Form of the budget check."""

from __future__ import annotations

from typing import Any

from wtforms import (
    BooleanField,
    FieldList,
    FormField,
    RadioField,
    SelectField,
    StringField,
    TextAreaField,
)
from wtforms.validators import NumberRange, Optional

from procurement.domain.facts.budget import (
    AccountCategory,
    AwardBalance,
    BudgetLine,
    BudgetSheet,
    BudgetUse,
    FeeBasis,
    MeteredUnit,
    PaymentMethod,
    PaymentPeriod,
)
from procurement.forms.base import (
    CountField,
    DateField,
    Form,
    MoneyField,
    StepForm,
    long_text,
    member,
    options,
    pairs,
    short_text,
)

VAT_CHOICES = pairs([("yes", "부가세 포함"), ("no", "부가세 별도")])
LARGEST_QUANTITY = 10**12


class LineForm(Form):
    """One budget line."""

    use = SelectField("쓰임", choices=options(BudgetUse))
    use_other = StringField("쓰임 이름", [short_text])
    account = SelectField("비목", choices=options(AccountCategory))
    account_other = StringField("비목 이름", [short_text])
    amount_won = MoneyField("편성 금액")
    note = StringField("비고", [short_text])


class MeteredUnitForm(Form):
    """One metered item."""

    item = StringField("이용량 항목", [short_text])
    unit = StringField("단위", [short_text])
    unit_price_won = MoneyField("단가")
    expected_quantity = CountField(
        "예상 수량",
        [Optional(), NumberRange(0, LARGEST_QUANTITY, "예상 수량은 0 이상의 정수로 적어 주세요.")],
    )


class BudgetForm(StepForm):
    """The budget sheet; fields carry the names of ``BudgetSheet``."""

    lines = FieldList(FormField(LineForm), "예산 항목", min_entries=1)
    balance_source = StringField("낙찰차액이 생긴 정보화사업", [short_text])
    balance_amount_won = MoneyField("활용할 낙찰차액")
    fee_basis = RadioField("요금제", choices=options(FeeBasis), validate_choice=False)
    metered_units = FieldList(FormField(MeteredUnitForm), "이용량 단위와 단가", min_entries=0)
    payment = RadioField("지급 방식", choices=options(PaymentMethod), validate_choice=False)
    payment_period = SelectField(
        "정산 주기", choices=options(PaymentPeriod, empty="고르세요"), validate_choice=False
    )
    contracted_as_service = BooleanField("일반 용역방식으로 이용계약을 체결합니다")
    total_won = MoneyField("예상 계약금액(계약기간 총액)")
    vat_included = RadioField("부가세", choices=VAT_CHOICES, validate_choice=False)
    planned_start = DateField("이용 예정 시작일")
    planned_end = DateField("이용 예정 종료일")
    guidelines = TextAreaField("적용하는 예산 지침", [long_text])

    @classmethod
    def initial(cls, document: BudgetSheet | None) -> dict[str, Any]:
        """Form data of a budget sheet."""
        sheet = document or BudgetSheet()
        balance = sheet.award_balance
        return {
            "lines": [vars(line) for line in sheet.lines],
            "balance_source": balance.source if balance else "",
            "balance_amount_won": balance.amount_won if balance else None,
            "fee_basis": sheet.fee_basis,
            "metered_units": [vars(unit) for unit in sheet.metered_units],
            "payment": sheet.payment,
            "payment_period": sheet.payment_period or "",
            "contracted_as_service": sheet.contracted_as_service,
            "total_won": sheet.total_won,
            "vat_included": {None: None, True: "yes", False: "no"}[sheet.vat_included],
            "planned_start": sheet.planned_start,
            "planned_end": sheet.planned_end,
            "guidelines": sheet.guidelines,
        }

    def to_document(self) -> BudgetSheet:
        """The budget sheet; rows without an amount are left out."""
        return BudgetSheet(
            lines=tuple(_line(entry.form) for entry in self.lines if entry.form.amount_won.data is not None),
            award_balance=self._balance(),
            fee_basis=member(FeeBasis, self.fee_basis.data),
            metered_units=tuple(_unit(entry.form) for entry in self.metered_units if entry.form.item.data),
            payment=member(PaymentMethod, self.payment.data),
            payment_period=member(PaymentPeriod, self.payment_period.data),
            contracted_as_service=bool(self.contracted_as_service.data),
            total_won=self.total_won.data,
            vat_included={"yes": True, "no": False}.get(self.vat_included.data or ""),
            planned_start=self.planned_start.data,
            planned_end=self.planned_end.data,
            guidelines=(self.guidelines.data or "").strip(),
        )

    def _balance(self) -> AwardBalance | None:
        source, amount = (self.balance_source.data or "").strip(), self.balance_amount_won.data
        return AwardBalance(source, amount or 0) if source or amount else None


def _line(form: Any) -> BudgetLine:
    return BudgetLine(
        use=BudgetUse(form.use.data),
        account=AccountCategory(form.account.data),
        amount_won=form.amount_won.data,
        use_other=(form.use_other.data or "").strip(),
        account_other=(form.account_other.data or "").strip(),
        note=(form.note.data or "").strip(),
    )


def _unit(form: Any) -> MeteredUnit:
    return MeteredUnit(
        item=form.item.data.strip(),
        unit=(form.unit.data or "").strip(),
        unit_price_won=form.unit_price_won.data or 0,
        expected_quantity=form.expected_quantity.data or 0,
    )

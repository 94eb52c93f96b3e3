"""⑤ Forms of the papers and of the decision."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from wtforms import (
    BooleanField,
    FieldList,
    FileField,
    FormField,
    HiddenField,
    RadioField,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
)
from wtforms.validators import InputRequired, NumberRange, Optional
from wtforms.widgets import CheckboxInput, ListWidget

from procurement.domain.facts.budget import BudgetSheet, FeeBasis
from procurement.domain.facts.selection import (
    CostLine,
    CostPart,
    DecisionKind,
    MallResult,
    Material,
    ProviderQuestion,
    Quote,
)
from procurement.domain.periods import whole_months
from procurement.domain.selection import MATERIAL_KINDS
from procurement.domain.tco import field_of, parts_of
from procurement.forms.base import (
    CountField,
    DateField,
    Form,
    ListForm,
    MoneyField,
    count_of,
    long_text,
    member,
    options,
    pairs,
    short_text,
    text_of,
    wording_reason,
)

Choices = Sequence[tuple[str, str]]

NEEDED = InputRequired("적어 주세요.")
LARGEST_COUNT = 10**9
ONE_OR_MORE = NumberRange(1, LARGEST_COUNT, f"1부터 {LARGEST_COUNT:,}까지의 정수로 적어 주세요.")


VAT_CHOICES = pairs([("yes", "부가세 포함"), ("no", "부가세 별도")])


class BoxesField(SelectMultipleField):
    """Several of a list, as boxes to tick."""

    widget = ListWidget(prefix_label=False)
    option_widget = CheckboxInput()


class FiledForm(Form):
    """A form with a file, which travels by itself; ``evidence_id`` is what came back.

    Without scripts a file already stored for the purpose is picked from a list.
    """

    file = FileField("파일")
    kept_file = SelectField("이미 올린 파일에서 고르기", choices=[], validate_choice=False)
    evidence_id = HiddenField()

    def offer_files(self, files: Choices) -> None:
        """Offer the files that are stored for the purpose: (id, name)."""
        self.kept_file.choices = pairs(files, empty="고르지 않음")

    @property
    def chosen_file(self) -> str | None:
        """Id of the file uploaded last, or of the one picked."""
        return (self.evidence_id.data or self.kept_file.data or "").strip() or None


class RequestForm(FiledForm):
    """A request for quotes; the file is what was sent."""

    result_ids = BoxesField("견적을 요청할 서비스", validate_choice=False)
    partial_reason = TextAreaField("일부에만 요청하는 사유", [long_text])
    due_on = DateField("견적 제출 기한")
    content = TextAreaField("보낸 내용", [long_text])


class CostLineForm(Form):
    """How a part of a quote comes about: unit price × quantity × times."""

    part = SelectField("비용 종류", choices=options(CostPart))
    item = StringField("항목", [short_text])
    unit_price_won = MoneyField("단가", allow_zero=True)
    unit = StringField("단위", [short_text])
    quantity = CountField("수량", [Optional(), ONE_OR_MORE])
    times = CountField("횟수", [Optional(), ONE_OR_MORE])

    def to_line(self) -> CostLine | None:
        """The line, ``None`` where no unit price is typed."""
        if self.unit_price_won.data is None:
            return None
        return CostLine(
            member(CostPart, self.part.data) or CostPart.FEE,
            text_of(self.item),
            self.unit_price_won.data,
            text_of(self.unit),
            self.quantity.data or 1,
            self.times.data or 1,
        )


class QuoteForm(FiledForm, ListForm):
    """A quote received; ``version`` is that of the quote it takes the place of."""

    version = HiddenField(default="0")
    amount_won = MoneyField("이용료(계약기간 총액)", allow_zero=True)
    vat_included = RadioField(
        "부가세",
        [NEEDED],
        choices=pairs([("yes", "부가세 포함"), ("no", "부가세 별도")]),
        validate_choice=False,
    )
    one_off_won = MoneyField("초기비용", allow_zero=True)
    migration_won = MoneyField("이전비용", allow_zero=True)
    operation_won = MoneyField("운영비", allow_zero=True)
    exit_won = MoneyField("종료비용", allow_zero=True)
    lines = FieldList(FormField(CostLineForm), "산출 내역")
    received_on = DateField("받은 날", validators=[NEEDED])
    valid_until = DateField("유효기간")
    note = TextAreaField("비고", [long_text])
    reason = TextAreaField("이미 적은 견적을 바꾸는 사유", [long_text])
    wording_reason = wording_reason()

    @classmethod
    def initial(cls, quote: Quote) -> dict[str, Any]:
        """Form data of a quote; the totals of parts that have lines follow from these."""
        worked = {line.part for line in quote.lines}
        return {
            **{field_of(p): None if p in worked else quote.part_won(p) or None for p in CostPart},
            "vat_included": "yes" if quote.vat_included else "no",
            "lines": [{**vars(line), "part": line.part.value} for line in quote.lines],
            "valid_until": quote.valid_until,
            "note": quote.note,
            "evidence_id": quote.evidence_id,
        }

    def to_quote(self, lot: int, result_id: str) -> Quote:
        """The quote that the form says; call it after ``validate``.

        Raises ``InvalidInput`` when totals and lines differ, or nothing says what the fee is.
        """
        if self.received_on.data is None:
            raise ValueError("a validated form has its day")
        lines = tuple(line for row in self.lines if (line := row.form.to_line()) is not None)
        parts = parts_of({part: self[field_of(part)].data for part in CostPart}, lines)
        amounts = {field_of(part): amount for part, amount in parts.items()}
        return Quote(
            lot=lot,
            result_id=result_id,
            vat_included=self.vat_included.data == "yes",
            received_on=self.received_on.data,
            valid_until=self.valid_until.data,
            note=(self.note.data or "").strip(),
            evidence_id=self.chosen_file,
            lines=lines,
            **amounts,
        )


def first_lines(budget: BudgetSheet | None) -> list[dict[str, Any]]:
    """Rows to begin a quote with: what ① meters, or the fee by the month; no price, no line."""
    if budget is not None and budget.fee_basis is FeeBasis.METERED and budget.metered_units:
        return [
            {
                "part": CostPart.FEE.value,
                "item": unit.item,
                "unit": unit.unit,
                "quantity": unit.expected_quantity,
                "times": 1,
            }
            for unit in budget.metered_units
        ]
    start, end = (budget.planned_start, budget.planned_end) if budget is not None else (None, None)
    months = whole_months(start, end) if start and end else None
    return [{"part": CostPart.FEE.value, "item": "이용료", "unit": "월", "quantity": 1, "times": months}]


class QuestionForm(FiledForm):
    """A question to providers."""

    question = TextAreaField("질의 내용", [NEEDED, long_text])
    result_ids = BoxesField("질의한 서비스", validate_choice=False)
    partial_reason = TextAreaField("일부에만 질의한 사유", [long_text])
    asked_on = DateField("질의한 날", validators=[NEEDED])
    channel = StringField("질의한 방법", [short_text])

    def to_question(self, lot: int) -> ProviderQuestion:
        """The question that the form says; call it after ``validate``."""
        if self.asked_on.data is None:
            raise ValueError("a validated form has its day")
        return ProviderQuestion(
            lot=lot,
            result_ids=tuple(self.result_ids.data or ()),
            question=(self.question.data or "").strip(),
            asked_on=self.asked_on.data,
            channel=(self.channel.data or "").strip(),
            partial_reason=(self.partial_reason.data or "").strip(),
            evidence_id=self.chosen_file,
        )


class AnswerForm(FiledForm):
    """The answer to a question; ``version`` is that of the question answered."""

    version = HiddenField(default="0")
    of = SelectField("누구의 응답인가요?", choices=[], validate_choice=False)
    answer = TextAreaField("응답 내용", [NEEDED, long_text])
    answered_on = DateField("응답한 날", validators=[NEEDED])
    wording_reason = wording_reason()


class MaterialForm(FiledForm):
    """Material looked at in the evaluation."""

    kind = SelectField("자료 종류", choices=pairs((kind, kind) for kind in MATERIAL_KINDS))
    result_id = SelectField("어느 서비스의 자료인가요?", choices=[], validate_choice=False)

    def to_material(self, lot: int) -> Material:
        """The material that the form says."""
        return Material(lot, self.kind.data or "", self.result_id.data or None, self.chosen_file or "")


class MallForm(FiledForm):
    """The result of the mall's own procedure."""

    result_id = SelectField("정해진 서비스", [NEEDED], choices=[], validate_choice=False)
    proposal = StringField("평가한 제안서", [short_text])
    additional_proposal = BooleanField("추가 제안서를 요구해 평가했습니다")
    decided_on = DateField("정해진 날", validators=[NEEDED])
    note = TextAreaField("비고", [long_text])

    def to_result(self, lot: int) -> MallResult:
        """The result that the form says; call it after ``validate``."""
        if self.decided_on.data is None:
            raise ValueError("a validated form has its day")
        return MallResult(
            lot=lot,
            result_id=self.result_id.data or "",
            proposal=(self.proposal.data or "").strip(),
            additional_proposal=bool(self.additional_proposal.data),
            decided_on=self.decided_on.data,
            note=(self.note.data or "").strip(),
            evidence_id=self.chosen_file,
        )


class ReasonForm(Form):
    """A reason, and what it is given for."""

    kind = HiddenField()
    thread = HiddenField()
    reason = TextAreaField("사유", [long_text])
    wording_reason = wording_reason()


class EvaluatorForm(Form):
    """A person to evaluate."""

    account_id = SelectField("평가위원", choices=[], validate_choice=False)


class DeclarationForm(Form):
    """An evaluator's declaration of conflicts of interest."""

    has_conflict = RadioField(
        "평가할 서비스의 제공자와 이해관계가 있나요?",
        choices=pairs([("no", "이해관계가 없습니다"), ("yes", "이해관계가 있습니다")]),
        validate_choice=False,
    )
    text = TextAreaField("이해관계의 내용", [long_text])

    @property
    def answer(self) -> bool | None:
        """What was picked, ``None`` for nothing."""
        return {"yes": True, "no": False}.get(self.has_conflict.data or "")


class DecisionForm(Form):
    """The decision on a lot."""

    kind = RadioField("결정", choices=options(DecisionKind), validate_choice=False)
    result_id = SelectField("이용계약 대상", choices=[], validate_choice=False)
    reason = TextAreaField("결정 사유", [long_text])
    wording_reason = wording_reason()

    @property
    def decision(self) -> Any:
        """The kind that was picked, ``None`` for nothing."""
        return member(DecisionKind, self.kind.data)


def version_of(field: HiddenField) -> int:
    """The version that a hidden field carries; 0 for none or nonsense."""
    return count_of(field.data)

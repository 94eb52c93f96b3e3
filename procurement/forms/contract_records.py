"""⑥ Forms of what happens around the contract: negotiation, approval, conclusion, amendment."""

from __future__ import annotations

from wtforms import BooleanField, HiddenField, RadioField, SelectField, StringField, TextAreaField
from wtforms.validators import Length

from procurement.domain.facts.contract import (
    ApprovalDecision,
    DeliveryDemand,
    Negotiation,
    SelectedCheck,
)
from procurement.forms.base import (
    DateField,
    Form,
    MoneyField,
    long_text,
    options,
    pairs,
    text_of,
    wording_reason,
)
from procurement.forms.contract_parts import DemandForm, demand_of
from procurement.forms.record_fields import ProofField, UploadField, required


class NegotiationForm(Form):
    """Technical negotiation with a winner; ``service`` is lot and result, e.g. ``"1:…"``."""

    service = SelectField("협상한 서비스", [required("협상한 서비스를 골라 주세요.")])
    held_on = DateField("협상한 날", validators=[required("협상한 날을 적어 주세요.")])
    content = TextAreaField("협상한 내용", [required("협상한 내용을 적어 주세요."), long_text])
    disqualified = BooleanField("결격사유가 나왔습니다")
    ground = TextAreaField("결격사유의 내용", [long_text])
    wording_reason = wording_reason()

    def offer(self, services: list[tuple[str, str]]) -> None:
        """Offer the winners: (lot and result, name)."""
        self.service.choices = pairs(services, empty="고르세요" if len(services) > 1 else None)

    def negotiation(self) -> Negotiation:
        """What the form says; call it after ``validate``."""
        lot, _, result_id = (self.service.data or "").partition(":")
        if self.held_on.data is None:
            raise ValueError("validate first")
        return Negotiation(
            int(lot),
            result_id,
            self.held_on.data,
            text_of(self.content),
            bool(self.disqualified.data),
            text_of(self.ground) if self.disqualified.data else "",
        )


class ReasonForm(Form):
    """A reason, and what it is for."""

    thread_id = HiddenField()
    reason = TextAreaField("사유", [required("사유를 적어 주세요."), long_text])


class AnswerForm(Form):
    """The approver's answer to a request, bound to the bundle that was looked at."""

    bundle_digest = HiddenField()
    decision = RadioField(
        "결정",
        [required("결재와 반려 가운데 하나를 골라 주세요.")],
        choices=options(ApprovalDecision),
        validate_choice=False,
    )
    opinion = TextAreaField("의견", [long_text])


class ConclusionForm(DemandForm):
    """The conclusion of the contract, with what was looked up on that day."""

    contract_number = StringField(
        "계약번호",
        [
            required("계약번호를 적어 주세요."),
            Length(max=100, message="계약번호는 100자까지 적을 수 있습니다. 줄여 주세요."),
        ],
    )
    concluded_on = DateField("체결일", validators=[required("체결한 날을 적어 주세요.")])
    evidence_id = ProofField("계약서 파일")
    upload = UploadField()
    looked_at = TextAreaField(
        "무엇을 보고 확인했는지",
        [required("체결하는 날 이용지원시스템의 어느 화면에서 확인했는지 적어 주세요."), long_text],
    )
    still_selected = BooleanField("디지털서비스로 선정되어 있습니다")
    suspended = BooleanField("효력이 정지되어 있습니다")
    valid_until = DateField("유효기간의 끝")

    def selected_check(self) -> SelectedCheck | None:
        """The check made on the day of conclusion."""
        if self.concluded_on.data is None:
            return None
        return SelectedCheck(
            self.concluded_on.data,
            bool(self.still_selected.data),
            self.valid_until.data,
            bool(self.suspended.data),
            text_of(self.looked_at),
        )

    def demand(self) -> DeliveryDemand | None:
        """The delivery demand of the central route."""
        return demand_of(self)


class AmendmentForm(Form):
    """변경계약."""

    amended_on = DateField("변경한 날", validators=[required("변경한 날을 적어 주세요.")])
    content = TextAreaField("변경한 내용", [required("무엇을 왜 변경했는지 적어 주세요."), long_text])
    amount_won = MoneyField("바뀐 계약금액")
    end = DateField("바뀐 종료일")
    evidence_id = ProofField("변경계약서 파일")
    upload = UploadField()

"""⑨ Forms of the end: the plan, a line of the checklist, a promise."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from wtforms import (
    BooleanField,
    FormField,
    RadioField,
    SelectField,
    StringField,
    TextAreaField,
)

from procurement.domain.facts.ending import (
    CLOSING_NOTICE_ITEMS,
    END_NOTICE_ITEMS,
    DataHandling,
    EndingKind,
    EndingPlan,
    EndNotice,
    ExpiryOutcome,
    FaultGround,
    NoticeChannel,
    NoticeItem,
)
from procurement.forms.base import (
    DateField,
    Form,
    MoneyField,
    StepForm,
    long_text,
    member,
    options,
    pairs,
    short_text,
    text_of,
)
from procurement.forms.monitoring import VersionedForm
from procurement.forms.record_fields import BoxesField, ProofField, UploadField, required

SIDES = pairs([("yes", "제공자의 귀책사유"), ("no", "수요기관의 요구")])
KEPT = pairs([("yes", "이행했습니다"), ("no", "이행하지 않았습니다")])


def _items(known: Sequence[NoticeItem]) -> Any:
    return BoxesField("통지에 들어 있는 사항", choices=pairs([(item.value, item.label) for item in known]))


class EndNoticeForm(Form):
    """The provider's notice of the end: five items."""

    received_on = DateField("통지받은 날")
    channel = SelectField(
        "받은 방법", choices=options(NoticeChannel, empty="고르세요"), validate_choice=False
    )
    items = _items(END_NOTICE_ITEMS)
    evidence_id = ProofField("통지의 증빙")
    upload = UploadField()

    def validate(self, extra_validators: Any = None) -> bool:
        """A notice has both a day and a way, or is left blank altogether."""
        fine = super().validate(extra_validators)
        begun = bool(self.channel.data or self.items.data or self.evidence_id.data)
        if begun and not self.received_on.data and not self.received_on.errors:
            self.received_on.errors = ["통지받은 날을 적어 주세요. 아직 받지 않았으면 다른 칸도 비워 두세요."]
            fine = False
        if self.received_on.data and not self.channel.data:
            self.channel.errors = ["어떤 방법으로 받았는지 골라 주세요."]
            fine = False
        return fine

    def to_notice(self) -> EndNotice | None:
        """The notice, ``None`` while none has come."""
        channel = member(NoticeChannel, self.channel.data)
        if self.received_on.data is None or channel is None:
            return None
        posted = self["posted_on_site"].data if "posted_on_site" in self else None
        return EndNotice(
            received_on=self.received_on.data,
            channel=channel,
            items=_members(NoticeItem, self.items.data),
            posted_on_site=posted,
            evidence_id=self.evidence_id.evidence_id,
        )


class ClosingNoticeForm(EndNoticeForm):
    """The notice of a provider who closes its business: six items, and posted on its site."""

    items = _items(CLOSING_NOTICE_ITEMS)
    posted_on_site = BooleanField("사업 종료일까지 제공자의 인터넷 홈페이지에 게시하는 것을 확인했습니다")


class DataForm(Form):
    """Return and destruction of what was stored with the provider."""

    returned_on = DateField("돌려받은 날")
    usable = BooleanField("열어 보아 쓸 수 있는 상태임을 확인했습니다")
    return_checked_by = StringField("확인한 사람", [short_text])
    return_evidence_id = ProofField("반환의 증빙")
    return_upload = UploadField()
    destroyed_on = DateField("파기한 날")
    beyond_recovery = BooleanField("복원할 수 없는 방법으로 영구 삭제한 것을 확인했습니다")
    destruction_evidence_id = ProofField("파기의 증빙")
    destruction_upload = UploadField()
    nothing_stored_reason = TextAreaField("제공자에게 저장된 정보가 없는 까닭", [long_text])
    impossible_reason = TextAreaField("하지 못한 사유", [long_text])


class EndingForm(StepForm):
    """The end of the contract; fields carry the names of ``EndingPlan``."""

    kind = RadioField("종료 유형", choices=options(EndingKind), validate_choice=False)
    expiry_outcome = RadioField("만료 뒤에는", choices=options(ExpiryOutcome), validate_choice=False)
    end_on = DateField("종료일")
    immediate = BooleanField("즉시 해제·해지합니다")
    by_provider_fault = RadioField("누구의 사정입니까?", choices=SIDES, validate_choice=False)
    fault_grounds = BoxesField("제공자의 귀책사유", choices=options(FaultGround))
    ground_text = TextAreaField("사유의 내용", [long_text])
    unpaid_fees_paid = BooleanField("서비스 대가 중 미지급 금액을 지급했습니다")
    deposit_amount_paid = BooleanField("「용역계약 일반조건」 제8조에 따른 계약보증금액을 지급했습니다")
    settlement = TextAreaField("정산한 내용", [long_text])
    notice = FormField(EndNoticeForm, "제공자의 종료 통지")
    provider_closes_business = BooleanField("제공자가 사업을 종료합니다")
    closing_notice = FormField(ClosingNoticeForm, "제공자의 사업 종료 통지")
    # Named as the plan and its rules name it; the form's own ``data`` is not used here.
    data = FormField(DataForm, "이용정보의 반환과 파기")  # type: ignore[assignment]
    migration_budget_won = MoneyField("확보한 마이그레이션 비용", allow_zero=True)
    handover_plan = TextAreaField("서비스와 데이터의 이관 계획", [long_text])

    @classmethod
    def initial(cls, document: EndingPlan | None) -> dict[str, Any]:
        """Form data of a plan."""
        plan = document or EndingPlan()
        return {
            **vars(plan),
            "by_provider_fault": {None: None, True: "yes", False: "no"}[plan.by_provider_fault],
            "fault_grounds": [ground.value for ground in plan.fault_grounds],
            "notice": _notice_data(plan.notice),
            "closing_notice": _notice_data(plan.closing_notice),
            "data": vars(plan.data),
        }

    def proof_fields(self) -> list[ProofField]:
        """Every field that takes a file as proof."""
        inner = [field for form in (self.notice, self.closing_notice, self.data) for field in form.form]
        return [field for field in inner if isinstance(field, ProofField)]

    def to_document(self) -> EndingPlan:
        """The plan that the form says."""
        return EndingPlan(
            kind=member(EndingKind, self.kind.data),
            expiry_outcome=member(ExpiryOutcome, self.expiry_outcome.data),
            end_on=self.end_on.data,
            immediate=bool(self.immediate.data),
            by_provider_fault={"yes": True, "no": False}.get(self.by_provider_fault.data or ""),
            fault_grounds=_members(FaultGround, self.fault_grounds.data),
            ground_text=text_of(self.ground_text),
            unpaid_fees_paid=bool(self.unpaid_fees_paid.data),
            deposit_amount_paid=bool(self.deposit_amount_paid.data),
            settlement=text_of(self.settlement),
            notice=self.notice.form.to_notice(),
            provider_closes_business=bool(self.provider_closes_business.data),
            closing_notice=self.closing_notice.form.to_notice(),
            data=_data_handling(self.data.form),
            migration_budget_won=self.migration_budget_won.data,
            handover_plan=text_of(self.handover_plan),
        )


class MarkForm(Form):
    """A line of the checklist done."""

    done_on = DateField("확인한 날", validators=[required("확인한 날을 적어 주세요.")])
    done_by = StringField("확인한 사람", [required("누가 확인했는지 적어 주세요."), short_text])
    note = TextAreaField("확인한 내용", [long_text])
    evidence_id = ProofField()
    upload = UploadField()


class PromiseForm(VersionedForm):
    """A promise for the end, kept or not."""

    kept = RadioField("이행 여부", [required("이행했는지 골라 주세요.")], choices=KEPT)
    confirmed_on = DateField("확인한 날", validators=[required("확인한 날을 적어 주세요.")])
    note = TextAreaField("확인한 내용과 조치", [long_text])
    evidence_id = ProofField()
    upload = UploadField()
    reason = StringField("고치는 사유", [short_text])


def _members(kind: Any, values: Sequence[str] | None) -> tuple[Any, ...]:
    """Members of an enumeration for posted values, in the order of the enumeration."""
    chosen = set(values or ())
    return tuple(known for known in kind if known.value in chosen)


def _notice_data(notice: EndNotice | None) -> dict[str, Any]:
    if notice is None:
        return {}
    return {**vars(notice), "items": [item.value for item in notice.items]}


def _data_handling(form: Any) -> DataHandling:
    return DataHandling(
        returned_on=form.returned_on.data,
        usable=bool(form.usable.data),
        return_checked_by=text_of(form.return_checked_by),
        return_evidence_id=form.return_evidence_id.evidence_id,
        destroyed_on=form.destroyed_on.data,
        beyond_recovery=bool(form.beyond_recovery.data),
        destruction_evidence_id=form.destruction_evidence_id.evidence_id,
        nothing_stored_reason=text_of(form.nothing_stored_reason),
        impossible_reason=text_of(form.impossible_reason),
    )

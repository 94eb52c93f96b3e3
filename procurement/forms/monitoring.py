"""⑧ Forms of what is monitored. They hold no rule: what is missing or late is said by the rules."""

from __future__ import annotations

from decimal import Decimal

from wtforms import (
    BooleanField,
    FieldList,
    FormField,
    HiddenField,
    RadioField,
    SelectField,
    StringField,
    TextAreaField,
)

from procurement.domain.facts.monitoring import DemandOutcomeKind, FaultGrade, NoticeKind, WatchKind
from procurement.domain.sla import THOUSAND
from procurement.forms.base import (
    DateField,
    Form,
    ListForm,
    MoneyField,
    count_of,
    long_text,
    options,
    short_text,
)
from procurement.forms.record_fields import FigureField, MomentField, ProofField, UploadField, required


class VersionedForm(Form):
    """A form entered over a version of a record."""

    version = HiddenField(default="0")

    @property
    def base_version(self) -> int:
        """The version it was entered over; an unreadable one counts as none."""
        return count_of(self.version.data)


class FigureRow(VersionedForm):
    """The figure of one indicator."""

    indicator = HiddenField()
    value = FigureField("실적")
    note = StringField("비고", [short_text])


class FiguresForm(ListForm):
    """Figures of a month, all indicators at once."""

    rows = FieldList(FormField(FigureRow), "지표별 실적")
    down_minutes = FigureField("장애시간 합계")
    received_on = DateField("자료를 받은 날", validators=[required("자료를 받은 날을 적어 주세요.")])
    reported_by = StringField("자료를 낸 곳", [short_text])
    evidence_id = ProofField("점검 자료")
    upload = UploadField()
    reason = StringField("고치는 사유", [short_text])

    @property
    def minutes_down(self) -> Decimal | None:
        """Minutes of outage as entered for the help with availability."""
        given = self.down_minutes.data
        return None if given is None else Decimal(given) / THOUSAND


class DemandForm(Form):
    """A demand for improvement."""

    content = TextAreaField("요구 내용", [required("무엇을 개선하라고 요구했는지 적어 주세요."), long_text])
    demanded_on = DateField("요구한 날", validators=[required("요구한 날을 적어 주세요.")])
    due_on = DateField("개선 기한", validators=[required("언제까지 개선해야 하는지 적어 주세요.")])


class DemandOutcomeForm(VersionedForm):
    """How a demand ended."""

    outcome = RadioField(
        "결과",
        [required("개선되었는지 골라 주세요.")],
        choices=options(DemandOutcomeKind),
        validate_choice=True,
    )
    outcome_on = DateField("확인한 날", validators=[required("결과를 확인한 날을 적어 주세요.")])
    note = TextAreaField("확인한 내용", [long_text])


class ClaimForm(Form):
    """Compensation claimed."""

    amount_won = MoneyField("청구 금액", validators=[required("청구한 금액을 적어 주세요.")])
    claimed_on = DateField("청구한 날", validators=[required("청구한 날을 적어 주세요.")])


class FaultForm(Form):
    """A fault as reported."""

    grade = SelectField("장애 등급", choices=options(FaultGrade))
    service = StringField("장애가 난 서비스", [required("어느 서비스인지 적어 주세요."), short_text])
    symptom = TextAreaField("증상", [required("어떤 증상인지 적어 주세요."), long_text])
    notified_at = MomentField("제공자에게 알린 때", [required("제공자에게 알린 날짜와 시각을 적어 주세요.")])
    remote = BooleanField("원격으로 조치합니다")


class FaultProgressForm(VersionedForm):
    """How far a fault has come; names are those of ``Fault``."""

    remote = BooleanField("원격으로 조치했습니다")
    arrived_at = MomentField("도착한 때")
    recovered_at = MomentField("복구를 마친 때")
    cause = TextAreaField("원인", [long_text])
    responsibility = StringField("책임", [short_text])
    reported_on = DateField("처리 결과를 보고받은 날")
    tested_at = MomentField("입회하여 시험한 때")
    witness = StringField("시험에 입회한 담당자", [short_text])
    prevented_on = DateField("예방점검을 한 날")


class DutyForm(Form):
    """A duty confirmed."""

    done_on = DateField("이행한 날", validators=[required("이행한 날을 적어 주세요.")])
    confirmed_by = StringField("확인한 사람", [required("누가 확인했는지 적어 주세요."), short_text])
    note = TextAreaField("확인한 내용", [long_text])
    evidence_id = ProofField("이행 증빙")
    upload = UploadField()


class ChangeForm(Form):
    """A change of function or configuration."""

    changed_on = DateField("바뀐 날", validators=[required("바뀐 날을 적어 주세요.")])
    content = TextAreaField("바뀐 내용", [required("무엇이 어떻게 바뀌었는지 적어 주세요."), long_text])
    approved_by = StringField("승인한 사람", [short_text])


class WatchForm(Form):
    """A look at what is watched."""

    kind = SelectField("살펴본 것", choices=options(WatchKind))
    checked_on = DateField("살펴본 날", validators=[required("살펴본 날을 적어 주세요.")])
    content = TextAreaField(
        "확인한 내용", [required("무엇을 보고 어떻게 확인했는지 적어 주세요."), long_text]
    )
    problem = BooleanField("문제가 있습니다")


class NoticeForm(Form):
    """A notice of the provider."""

    kind = SelectField("통지의 종류", choices=options(NoticeKind))
    received_on = DateField("통지받은 날", validators=[required("통지받은 날을 적어 주세요.")])
    content = TextAreaField("통지 내용", [required("통지의 내용을 적어 주세요."), long_text])
    channel = StringField("받은 방법", [short_text])


class ReasonForm(Form):
    """Why something on the record is taken back or opened again."""

    reason = TextAreaField("사유", [required("사유를 적어 주세요."), long_text])

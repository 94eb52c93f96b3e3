"""Parts of the form of ⑥: clauses, duties, fault clock, checks; and what each part says."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from wtforms import (
    BooleanField,
    FieldList,
    FormField,
    HiddenField,
    SelectField,
    StringField,
    TextAreaField,
)
from wtforms.validators import NumberRange, Optional

from procurement.domain.facts.contract import (
    Clause,
    ClauseKind,
    CounterpartCheck,
    DeliveryDemand,
    Duty,
    DutyTiming,
    FaultTerms,
    SelectedCheck,
)
from procurement.forms.base import (
    LONG_TEXT,
    CountField,
    DateField,
    Form,
    long_text,
    member,
    options,
    short_text,
    text_of,
)


class LinesField(TextAreaField):
    """Texts, one a line; blank lines do not count."""

    data: Sequence[str]  # type: ignore[assignment]

    def process_formdata(self, valuelist: Sequence[Any]) -> None:
        """Read the lines; too long a text is kept as typed."""
        text = valuelist[0] if valuelist else ""
        self.data = [line.strip() for line in text.splitlines() if line.strip()]
        if len(text) > LONG_TEXT:
            raise ValueError(str(long_text.message))

    def _value(self) -> str:
        return "\n".join(self.data or ())


def whole(label: str, least: int, most: int) -> CountField:
    """A whole number from ``least`` to ``most``, or nothing."""
    sentence = f"{least:,}부터 {most:,}까지의 정수로 적어 주세요."
    return CountField(label, [Optional(), NumberRange(least, most, sentence)])


def ask(field: Any, sentence: str) -> bool:
    """Say beside ``field`` what is missing; always ``False``."""
    if not field.errors:
        field.errors = [sentence]
    return False


class ClausesForm(Form):
    """The clauses that the guideline asks for (K-5), each by its kind."""

    no_lock_in = TextAreaField(ClauseKind.NO_LOCK_IN.label, [long_text])
    data_transfer = TextAreaField(ClauseKind.DATA_TRANSFER.label, [long_text])
    data_destruction = TextAreaField(ClauseKind.DATA_DESTRUCTION.label, [long_text])
    continuity = TextAreaField(ClauseKind.CONTINUITY.label, [long_text])
    handover = TextAreaField(ClauseKind.HANDOVER.label, [long_text])
    penalty = TextAreaField(ClauseKind.PENALTY.label, [long_text])
    data_protection = TextAreaField(ClauseKind.DATA_PROTECTION.label, [long_text])


def clauses_of(form: Any) -> tuple[Clause, ...]:
    """The clauses that are written."""
    return tuple(Clause(kind, text_of(form[kind.value])) for kind in ClauseKind if text_of(form[kind.value]))


class DutyForm(Form):
    """A duty of the provider (K-10); ``id`` is its key, which stays when the row is changed."""

    id = HiddenField()
    title = StringField("할 일", [short_text])
    timing = SelectField("기한", choices=options(DutyTiming), validate_choice=False)
    days = whole("체결 후 며칠 이내", 1, 3650)
    due_on = DateField("정한 날")
    confirmed_by = StringField("확인하는 사람", [short_text])
    proof = StringField("무엇으로 증빙하는지", [short_text])


def duty_data(duties: Iterable[Duty]) -> list[dict[str, Any]]:
    """Form data of duties."""
    return [{**vars(duty), "id": duty.key} for duty in duties]


def duties_of(entries: Iterable[Any]) -> tuple[Duty, ...]:
    """The duties that have a title; a new one gets a key that no other has."""
    forms = [entry.form for entry in entries if text_of(entry.form.title)]
    taken = {text_of(form.id) for form in forms}
    free = (key for number in range(1, 100_000) if (key := f"duty-{number}") not in taken)
    seen: set[str] = set()
    duties = []
    for form in forms:
        own = text_of(form.id)
        key = own if own and own not in seen else next(free)
        seen.add(key)
        duties.append(
            Duty(
                key,
                text_of(form.title),
                member(DutyTiming, form.timing.data) or DutyTiming.ON_DEMAND,
                form.days.data,
                form.due_on.data,
                text_of(form.confirmed_by),
                text_of(form.proof),
            )
        )
    return tuple(duties)


class GradeForm(Form):
    """A grade of faults with its hours."""

    grade = StringField("등급", [short_text])
    hours = whole("복구 시간", 1, 8760)

    def validate(self, extra_validators: Any = None) -> bool:
        """A grade has its hours."""
        fine = super().validate(extra_validators)
        if text_of(self.grade) and self.hours.data is None:
            fine = ask(self.hours, "이 등급의 복구 시간을 적어 주세요.")
        return fine


class FaultForm(Form):
    """The contract's own fault clock (M-4)."""

    arrival_hours = whole("통보부터 도착까지", 0, 8760)
    recovery_hours_after_arrival = whole("도착부터 복구까지", 0, 8760)
    grade_hours = FieldList(FormField(GradeForm), "등급별 복구 시간", min_entries=0)
    recurrence_minutes = whole("같은 장애로 보는 시간", 0, 525_600)
    round_the_clock = BooleanField("밤과 쉬는 날에도 시간을 셉니다")
    remote_has_no_arrival = BooleanField("원격으로 조치하면 도착 시간을 보지 않습니다")
    witnessed_test = BooleanField("담당자의 입회 시험으로 끝냅니다")
    note = TextAreaField("그 밖의 약속", [long_text])


def fault_data(terms: FaultTerms | None) -> dict[str, Any]:
    """Form data of a fault clock."""
    clock = terms or FaultTerms()
    return {
        **vars(clock),
        "grade_hours": [{"grade": grade, "hours": hours} for grade, hours in clock.grade_hours],
    }


def fault_of(form: Any) -> FaultTerms | None:
    """The fault clock that the form says, ``None`` where it says nothing."""
    clock = FaultTerms(
        arrival_hours=form.arrival_hours.data,
        recovery_hours_after_arrival=form.recovery_hours_after_arrival.data,
        grade_hours=tuple(
            (text_of(entry.form.grade), entry.form.hours.data)
            for entry in form.grade_hours
            if text_of(entry.form.grade) and entry.form.hours.data is not None
        ),
        recurrence_minutes=form.recurrence_minutes.data,
        round_the_clock=bool(form.round_the_clock.data),
        remote_has_no_arrival=bool(form.remote_has_no_arrival.data),
        witnessed_test=bool(form.witnessed_test.data),
        note=text_of(form.note),
    )
    said = (
        clock.arrival_hours,
        clock.recovery_hours_after_arrival,
        clock.recurrence_minutes,
        clock.grade_hours or None,
        clock.note or None,
    )
    return clock if any(part is not None for part in said) else None


class CounterpartForm(Form):
    """Whether the counterpart is barred (K-13)."""

    checked_on = DateField("확인한 날")
    looked_at = TextAreaField("무엇을 보고 확인했는지", [long_text])
    barred = BooleanField("계약이 제한되는 사유가 있습니다")
    statutory_exception = TextAreaField("법이 정한 예외", [long_text])

    def validate(self, extra_validators: Any = None) -> bool:
        """A check has its day."""
        fine = super().validate(extra_validators)
        said = text_of(self.looked_at) or self.barred.data or text_of(self.statutory_exception)
        if said and self.checked_on.data is None:
            fine = ask(self.checked_on, "확인한 날을 적어 주세요.")
        return fine


def counterpart_of(form: Any) -> CounterpartCheck | None:
    """The check that the form says."""
    if form.checked_on.data is None:
        return None
    return CounterpartCheck(
        form.checked_on.data,
        text_of(form.looked_at),
        bool(form.barred.data),
        text_of(form.statutory_exception),
    )


class SelectedForm(Form):
    """Whether the service is still selected, valid and not suspended (K-11)."""

    checked_on = DateField("확인한 날")
    looked_at = TextAreaField("무엇을 보고 확인했는지", [long_text])
    still_selected = BooleanField("디지털서비스로 선정되어 있습니다")
    suspended = BooleanField("효력이 정지되어 있습니다")
    valid_until = DateField("유효기간의 끝")

    def validate(self, extra_validators: Any = None) -> bool:
        """A check has its day."""
        fine = super().validate(extra_validators)
        if text_of(self.looked_at) and self.checked_on.data is None:
            fine = ask(self.checked_on, "확인한 날을 적어 주세요.")
        return fine


def selected_of(form: Any) -> SelectedCheck | None:
    """The check that the form says."""
    if form.checked_on.data is None:
        return None
    return SelectedCheck(
        form.checked_on.data,
        bool(form.still_selected.data),
        form.valid_until.data,
        bool(form.suspended.data),
        text_of(form.looked_at),
    )


class DemandForm(Form):
    """Central route: 조달요청서 and 납품요구서 (K-9)."""

    request_number = StringField("조달요청서 번호", [short_text])
    requested_on = DateField("조달요청일")
    demand_number = StringField("납품요구서 번호", [short_text])
    demanded_on = DateField("납품요구일")


def demand_of(form: Any) -> DeliveryDemand | None:
    """The demand that the form says, ``None`` where it says nothing."""
    demand = DeliveryDemand(
        text_of(form.request_number),
        form.requested_on.data,
        text_of(form.demand_number),
        form.demanded_on.data,
    )
    return demand if demand != DeliveryDemand() else None

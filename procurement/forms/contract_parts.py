"""Parts of the form of ⑥: the SLA annex, clauses, duties, fault clock, checks; and what each part says."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from wtforms import (
    BooleanField,
    FieldList,
    Form,
    FormField,
    HiddenField,
    IntegerField,
    SelectField,
    StringField,
    TextAreaField,
)
from wtforms.validators import NumberRange, Optional

from procurement.domain.facts.contract import (
    Clause,
    ClauseKind,
    CompensationTier,
    CounterpartCheck,
    DeliveryDemand,
    Direction,
    Duty,
    DutyTiming,
    FaultTerms,
    SelectedCheck,
    SlaAnnex,
    SlaIndicator,
)
from procurement.domain.sla import INDICATOR_CATALOGUE
from procurement.forms.base import DateField, MoneyField, long_text, member, options, pairs, short_text
from procurement.forms.record_fields import FigureField

_MEASURED = {item.key: item for item in INDICATOR_CATALOGUE if item.direction is not None}


class LinesField(TextAreaField):
    """Texts, one a line; blank lines do not count."""

    data: Sequence[str]  # type: ignore[assignment]

    def process_formdata(self, valuelist: Sequence[Any]) -> None:
        """Read the lines."""
        text = valuelist[0] if valuelist else ""
        self.data = [line.strip() for line in text.splitlines() if line.strip()]

    def _value(self) -> str:
        return "\n".join(self.data or ())


def text_of(field: Any) -> str:
    """What a text field says, without blanks around it."""
    return (field.data or "").strip()


def whole(label: str, least: int, most: int) -> IntegerField:
    """A whole number from ``least`` to ``most``, or nothing."""
    sentence = f"{least:,}부터 {most:,}까지의 정수로 적어 주세요."
    return IntegerField(label, [Optional(), NumberRange(least, most, sentence)])


def _ask(field: Any, sentence: str) -> bool:
    """Say beside ``field`` what is missing; always ``False``."""
    if not field.errors:
        field.errors = [sentence]
    return False


class IndicatorForm(Form):
    """A service level."""

    key = SelectField(
        "기준 항목",
        choices=pairs(
            ((item.key, f"{item.criterion} – {item.name}") for item in _MEASURED.values()),
            empty="그 밖의 지표(직접 적음)",
        ),
        validate_choice=False,
    )
    name = StringField("지표 이름", [short_text])
    target_thousandths = FigureField("목표 수준")
    unit = StringField("단위", [short_text])
    direction = SelectField("목표의 뜻", choices=options(Direction), validate_choice=False)
    method = StringField("측정 방법", [short_text])

    def validate(self, extra_validators: Any = None) -> bool:
        """A row that names an indicator has its target."""
        fine = super().validate(extra_validators)
        if self.says_something and self.target_thousandths.data is None:
            fine = _ask(self.target_thousandths, "목표 수준을 숫자로 적어 주세요.")
        return fine

    @property
    def says_something(self) -> bool:
        """Whether the row names an indicator."""
        return bool(self.key.data or text_of(self.name))


class TierForm(Form):
    """A tier of compensation."""

    indicator = StringField("지표 이름", [short_text])
    below_thousandths = FigureField("이 수준에 못 미치면")
    percent = whole("월 이용료에서 빼는 비율", 0, 100)

    def validate(self, extra_validators: Any = None) -> bool:
        """A row is whole or empty."""
        fine = super().validate(extra_validators)
        if not text_of(self.indicator):
            return fine
        if self.below_thousandths.data is None:
            fine = _ask(self.below_thousandths, "기준이 되는 수준을 숫자로 적어 주세요.")
        if self.percent.data is None:
            fine = _ask(self.percent, "월 이용료의 몇 %를 빼는지 적어 주세요.")
        return fine


class SlaForm(Form):
    """서비스수준 부속서 with its seven parts (K-3), and the compensation that rests on it."""

    target = TextAreaField("서비스 대상", [long_text])
    scope = TextAreaField("서비스 범위", [long_text])
    period = StringField("서비스 기간", [short_text])
    indicators = FieldList(FormField(IndicatorForm), "서비스수준 지표 및 목표 수준", min_entries=0)
    grades = TextAreaField("서비스수준의 평가 등급", [long_text])
    method = TextAreaField("서비스수준의 평가 방법·절차", [long_text])
    handling = TextAreaField("서비스수준의 평가 결과 관리", [long_text])
    compensation = FieldList(FormField(TierForm), "보상 구간", min_entries=0)
    monthly_fee_won = MoneyField("월 이용료")

    def validate(self, extra_validators: Any = None) -> bool:
        """Every tier is about an indicator of the annex."""
        fine = super().validate(extra_validators)
        known = {key for entry in self.indicators for key in _names(entry.form)}
        for entry in self.compensation:
            name = text_of(entry.form.indicator)
            if name and name not in known:
                fine = _ask(entry.form.indicator, "위의 지표 이름 가운데 하나를 그대로 적어 주세요.")
        return fine


def _names(form: Any) -> set[str]:
    named = _MEASURED.get(form.key.data or "")
    return {name for name in (text_of(form.name), form.key.data, named.name if named else "") if name}


def sla_data(sla: SlaAnnex) -> dict[str, Any]:
    """Form data of an annex."""
    named = {indicator.key: indicator.name for indicator in sla.indicators}
    return {
        **vars(sla),
        "indicators": [
            {**vars(i), "key": i.key.partition("#")[0] if i.key.partition("#")[0] in _MEASURED else ""}
            for i in sla.indicators
        ],
        "compensation": [
            {**vars(tier), "indicator": named.get(tier.indicator, tier.indicator)}
            for tier in sla.compensation
        ],
    }


def sla_of(form: Any) -> SlaAnnex:
    """The annex that the form says."""
    indicators = tuple(_indicators(entry.form for entry in form.indicators))
    keys = {i.key: i.key for i in reversed(indicators)} | {i.name: i.key for i in reversed(indicators)}
    return SlaAnnex(
        target=text_of(form.target),
        scope=text_of(form.scope),
        period=text_of(form.period),
        indicators=indicators,
        grades=text_of(form.grades),
        method=text_of(form.method),
        handling=text_of(form.handling),
        compensation=tuple(_tiers((entry.form for entry in form.compensation), keys)),
        monthly_fee_won=form.monthly_fee_won.data,
    )


def _indicators(forms: Iterable[Any]) -> Iterator[SlaIndicator]:
    """Indicators with keys of their own: that of the criteria or the name, numbered where it comes again."""
    taken: set[str] = set()
    for form in forms:
        if not form.says_something or form.target_thousandths.data is None:
            continue
        item = _MEASURED.get(form.key.data or "")
        name = text_of(form.name) or (item.name if item else "")
        first = item.key if item else name
        key = next(k for k in (first, *(f"{first}#{n}" for n in range(2, 1000))) if k not in taken)
        taken.add(key)
        yield SlaIndicator(
            key,
            name,
            text_of(form.unit) or (item.unit if item else ""),
            form.target_thousandths.data,
            member(Direction, form.direction.data) or Direction.AT_LEAST,
            text_of(form.method) or (item.method if item else ""),
        )


def _tiers(forms: Iterable[Any], keys: dict[str, str]) -> Iterator[CompensationTier]:
    for form in forms:
        name = text_of(form.indicator)
        if name and form.below_thousandths.data is not None and form.percent.data is not None:
            yield CompensationTier(keys.get(name, name), form.below_thousandths.data, form.percent.data)


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
            fine = _ask(self.hours, "이 등급의 복구 시간을 적어 주세요.")
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
            fine = _ask(self.checked_on, "확인한 날을 적어 주세요.")
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
            fine = _ask(self.checked_on, "확인한 날을 적어 주세요.")
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

"""The SLA annex in the form of ⑥: seven parts, rows of indicators, tiers of compensation."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from wtforms import FieldList, FormField, SelectField, StringField, TextAreaField

from procurement.domain.facts.contract import CompensationTier, Direction, SlaAnnex, SlaIndicator
from procurement.domain.sla import INDICATOR_CATALOGUE
from procurement.forms.base import Form, MoneyField, long_text, member, options, pairs, short_text, text_of
from procurement.forms.contract_parts import ask, whole
from procurement.forms.record_fields import FigureField

_MEASURED = {item.key: item for item in INDICATOR_CATALOGUE if item.direction is not None}


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
            fine = ask(self.target_thousandths, "목표 수준을 숫자로 적어 주세요.")
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
            fine = ask(self.below_thousandths, "기준이 되는 수준을 숫자로 적어 주세요.")
        if self.percent.data is None:
            fine = ask(self.percent, "월 이용료의 몇 %를 빼는지 적어 주세요.")
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
                fine = ask(entry.form.indicator, "위의 지표 이름 가운데 하나를 그대로 적어 주세요.")
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

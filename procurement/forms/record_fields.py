"""Fields of the forms by which things that happened are recorded: moments, figures, proof."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from datetime import UTC, datetime, time, timedelta, timezone
from decimal import Decimal
from typing import Any

from wtforms import FileField, Form, SelectField, SelectMultipleField
from wtforms.form import BaseForm
from wtforms.validators import InputRequired, ValidationError
from wtforms.widgets import CheckboxInput, ListWidget

from procurement.domain.errors import InvalidInput, ProcurementError
from procurement.domain.hangul import half_width
from procurement.domain.periods import format_date, parse_date
from procurement.domain.sla import THOUSAND, to_thousandths
from procurement.forms.base import TypedField, pairs

# Korea keeps no summer time.
KOREA = timezone(timedelta(hours=9))

_MOMENT = re.compile(
    r"(?P<day>.+?)[T\s]+(?P<half>오전|오후)?\s*"
    r"(?:(?P<hour>\d{1,2})\s*(?::|시)\s*(?:(?P<minute>\d{1,2})\s*분?(?::\d{2})?)?|(?P<digits>\d{4}))"
)
_FIGURE = re.compile(r"\d{1,9}(?:\.\d{1,3})?")


def required(sentence: str) -> InputRequired:
    """A field that must be filled; what was typed wrongly keeps its own sentence."""
    return InputRequired(sentence)


def tell(form: Form, error: ProcurementError) -> None:
    """Put the sentence of an error beside its field, or above the form when it names none there."""
    if error.field in form:
        field = form[error.field]
        field.errors = [*field.errors, error.message]
    else:
        form.form_errors.append(error.message)


def parse_moment(text: str) -> datetime:
    """Read a time in Seoul: ``2023-09-01 14:05``, ``2023. 9. 1. 오후 2:05``, ``20230901 1405``.

    Returns it aware. Raises ``InvalidInput`` when it cannot be read or no such time exists.
    """
    match = _MOMENT.fullmatch(unicodedata.normalize("NFKC", text).strip())
    if match is None:
        raise InvalidInput("날짜와 시각을 함께 적어 주세요. 예: 2026. 11. 21. 14:05")
    day = parse_date(match["day"])
    digits = match["digits"]
    hour = int(digits[:2] if digits else match["hour"])
    minute = int(digits[2:] if digits else match["minute"] or 0)
    if match["half"] and not 1 <= hour <= 12:
        raise InvalidInput("오전·오후와 함께 적는 시는 1시부터 12시까지입니다. 시각을 확인해 주세요.")
    if match["half"]:
        hour = hour % 12 + (12 if match["half"] == "오후" else 0)
    if hour > 23 or minute > 59:
        raise InvalidInput("하루에 없는 시각입니다. 0시 0분부터 23시 59분 사이로 적어 주세요.")
    return datetime.combine(day, time(hour, minute), KOREA).astimezone(UTC)


class MomentField(TypedField):
    """A time in Seoul, typed with its day; empty is ``None``."""

    data: datetime | None  # type: ignore[assignment]

    def read(self, typed: str) -> datetime:
        """The time, aware."""
        return parse_moment(typed)

    def show(self, value: datetime) -> str:
        """The time in Seoul as 2026. 11. 21. 14:05."""
        here = value.astimezone(KOREA)
        return f"{format_date(here.date())} {here:%H:%M}"


class FigureField(TypedField):
    """A figure with up to three decimals, as thousandths; empty is ``None``."""

    data: int | None  # type: ignore[assignment]

    def read(self, typed: str) -> int | None:
        """The figure in thousandths; a per cent sign alone is no figure."""
        plain = half_width(typed).replace(",", "").removesuffix("%")
        if not plain:
            return None
        if _FIGURE.fullmatch(plain) is None:
            raise InvalidInput("0 이상의 수를 소수 셋째 자리까지 적어 주세요. 예: 99.95")
        return to_thousandths(Decimal(plain))

    def show(self, value: int) -> str:
        """The figure with its decimals."""
        return f"{Decimal(value) / THOUSAND:f}"


class ProofField(SelectField):
    """A file of the case as proof: chosen from those already there, or sent at this moment.

    A file sent goes in a request of its own, which answers its id; the page adds it under this field's
    name, behind the choice.
    """

    def __init__(self, label: str = "증빙", **kwargs: Any) -> None:
        super().__init__(label, choices=pairs((), empty="없음"), **kwargs)
        self._known: frozenset[str] = frozenset()

    def offer(self, files: Sequence[tuple[str, str]]) -> None:
        """Offer these files, (id, name) each."""
        self.choices = pairs(files, empty="없음")
        self._known = frozenset(evidence_id for evidence_id, _ in files)

    def process_formdata(self, valuelist: Sequence[Any]) -> None:
        """The file sent last counts."""
        given = [value for value in valuelist if value]
        self.data = given[-1] if given else ""

    def pre_validate(self, form: BaseForm) -> None:
        """Only files of this case can be proof."""
        if self.data and self.data not in self._known:
            raise ValidationError("이 건의 증빙이 아닙니다. 목록에서 다시 골라 주세요.")

    @property
    def evidence_id(self) -> str | None:
        """The file's id, ``None`` for none."""
        return self.data or None


class UploadField(FileField):
    """The place where a file is chosen to be sent in a request of its own; it carries nothing itself."""

    def __init__(self, label: str = "파일 바로 올리기", *args: Any, **kwargs: Any) -> None:
        super().__init__(label, *args, **kwargs)

    def process_formdata(self, valuelist: Sequence[Any]) -> None:
        """Nothing is taken from here."""
        self.data = None

    def _value(self) -> str:
        return ""


class BoxesField(SelectMultipleField):
    """Several of a list, as boxes."""

    widget = ListWidget(prefix_label=False)
    option_widget = CheckboxInput()

    def __init__(self, label: str, **kwargs: Any) -> None:
        super().__init__(label, validate_choice=False, **kwargs)

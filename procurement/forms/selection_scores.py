"""⑤ Forms of scores: values that criteria are counted from, an evaluator's sheet."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from wtforms import (
    HiddenField,
    SelectField,
    StringField,
    TextAreaField,
)
from wtforms.validators import ValidationError

from procurement.domain.errors import InvalidInput
from procurement.domain.facts.search import ResultRow
from procurement.domain.facts.selection import (
    CriteriaSet,
    Criterion,
    Score,
)
from procurement.domain.scoring import POINT
from procurement.forms.base import (
    Form,
    TypedField,
    long_text,
    short_text,
    wording_reason,
)
from procurement.forms.selection import FiledForm

MOST_DIGITS = 3


class PointsField(TypedField):
    """Points with at most two decimals, kept in hundredths; empty is ``None``."""

    data: int | None  # type: ignore[assignment]

    def read(self, typed: str) -> int:
        """The points in hundredths."""
        found = re.fullmatch(rf"([0-9]{{1,{MOST_DIGITS}}})(?:[.]([0-9]{{1,2}}))?", typed.strip())
        if found is None:
            raise InvalidInput("점수를 숫자로 적어 주세요. 소수점 아래 두 자리까지 적을 수 있습니다.")
        return int(found.group(1)) * POINT + int((found.group(2) or "").ljust(2, "0"))

    def show(self, value: int) -> str:
        """The points with their decimals."""
        return points_text(value)


def points_text(hundredths: int) -> str:
    """Points as people write them: ``2750`` → ``"27.5"``."""
    whole, rest = divmod(hundredths, POINT)
    return f"{whole}.{rest:02d}".rstrip("0").rstrip(".") if rest else str(whole)


def typed(field: Any) -> str:
    """What a field holds, as its input sends it."""
    value = getattr(field, "_value", None)
    return str(value() if value else field.data or "")


class MeasureForm(FiledForm):
    """A value of a service on a computed criterion, with its proof."""

    key = SelectField("평가항목", validate_choice=False)
    result_id = SelectField("서비스", validate_choice=False)
    value = StringField("값")
    note = StringField("비고", [short_text])
    reason = TextAreaField("이미 넣은 값을 바꾸는 사유", [long_text])


class SheetForm(Form):
    """An evaluator's sheet; the fields are made by ``sheet_form``."""

    cells: tuple[tuple[str, Criterion, str], ...] = ()
    set_id = HiddenField()
    wording_reason = wording_reason()

    def cell(self, criterion_id: str, result_id: str) -> str:
        """Stem of the field names of a cell."""
        return next(s for s, c, r in self.cells if (c.criterion_id, r) == (criterion_id, result_id))

    def to_scores(self) -> list[Score]:
        """Scores of the cells that have points."""
        return [
            Score(
                criterion.criterion_id,
                result_id,
                self[f"{stem}-points"].data,
                (self[f"{stem}-comment"].data or "").strip(),
            )
            for stem, criterion, result_id in self.cells
            if self[f"{stem}-points"].data is not None
        ]

    @property
    def filled(self) -> int:
        """How many cells have points."""
        return sum(self[f"{stem}-points"].data is not None for stem, _, _ in self.cells)


class OneForm(Form):
    """One score: points and a comment."""

    points = PointsField("다른 점수")
    comment = TextAreaField("의견", [long_text])

    def limit(self, criterion: Criterion) -> None:
        """Points there must be, within the weight of ``criterion``."""
        self._weight = criterion.weight

    def validate_points(self, field: PointsField) -> None:
        """Within the weight."""
        if field.data is None and not field.errors:
            raise ValidationError("점수를 눌러 고르거나 적어 주세요.")
        if field.data is not None and field.data > self._weight * POINT:
            raise ValidationError(f"0점부터 {self._weight}점까지 적어 주세요.")


def sheet_form(criteria: CriteriaSet, services: Sequence[ResultRow]) -> type[SheetForm]:
    """The form of a sheet: points and a comment for each service on each criterion.

    Names of fields go by the service's place in the final run, so that a draft stays with its service.
    """
    cells = tuple(
        (f"s{service.position}-c{number}", criterion, service.result_id)
        for service in services
        for number, criterion in enumerate(criteria.criteria, start=1)
        if criterion.formula is None
    )
    fields: dict[str, Any] = {"cells": cells}
    for stem, criterion, _ in cells:
        fields[f"{stem}-points"] = PointsField(f"{criterion.title} 점수")
        fields[f"{stem}-comment"] = TextAreaField(f"{criterion.title} 의견", [long_text])
    return type("CaseSheetForm", (SheetForm,), fields)

"""⑤ Forms of the criteria and of what became of each service."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from itertools import count
from typing import Any, ClassVar

from wtforms import (
    FieldList,
    FormField,
    HiddenField,
    RadioField,
    SelectField,
    StringField,
    TextAreaField,
)
from wtforms.validators import Length, ValidationError

from procurement.domain.criteria_templates import CriterionTemplate
from procurement.domain.errors import InvalidInput
from procurement.domain.facts.definition import QUESTIONS
from procurement.domain.facts.formula import Formula, Measure, Method
from procurement.domain.facts.search import ResultRow
from procurement.domain.facts.selection import (
    Aspect,
    Averaging,
    CriteriaSet,
    Criterion,
    OutcomeKind,
    ServiceOutcome,
)
from procurement.domain.formulas import ALLOWED, LONGEST_UNIT, check_formula, marks_of, marks_text
from procurement.domain.scoring import POINT, PRICE
from procurement.forms.base import (
    Form,
    ListForm,
    StepForm,
    long_text,
    member,
    options,
    pairs,
    wording_reason,
)
from procurement.forms.selection_scores import PointsField, typed

CLAUSES = pairs(((q.number, f"{q.number} {q.text}") for q in QUESTIONS), empty="정의서 항목을 고르세요")
COUNTINGS = pairs(
    [
        (f"{measure.value}-{method.value}", f"{measure.label} – {method.label}")
        for measure, methods in ALLOWED.items()
        for method in methods
    ],
    empty="평가위원이 매깁니다",
)
"""How a criterion may be counted; the first choice, which is empty, leaves it to the evaluators."""
_RATIOS = (Method.LOWEST, Method.HIGHEST)
TIES = pairs([(str(n), f"{n}순위") for n in range(1, 6)], empty="견주지 않음")


class CriterionForm(Form):
    """One criterion."""

    key = HiddenField()
    title = StringField(
        "평가항목", [Length(max=200, message="평가항목은 200자까지 적을 수 있습니다. 줄여 주세요.")]
    )
    aspect = SelectField("고려사항", choices=options(Aspect))
    weight = PointsField("배점")
    clause = SelectField("근거 항목", choices=CLAUSES, validate_choice=False)
    scale = TextAreaField("점수를 주는 기준", [long_text])
    counting = SelectField("점수를 매기는 방법", choices=COUNTINGS, validate_choice=False)
    marks = TextAreaField("셈의 기준", [long_text])
    unit = StringField("값의 단위", [Length(max=LONGEST_UNIT, message=f"{LONGEST_UNIT}자까지 적으세요.")])
    tie = SelectField("동점일 때", choices=TIES, validate_choice=False)

    @property
    def formula(self) -> Formula | None:
        """The formula chosen, ``None`` where evaluators judge; ``InvalidInput`` for marks that are none."""
        measure, _, method = (self.counting.data or "").partition("-")
        kind = member(Method, method)
        source = member(Measure, measure)
        if kind is None or source is None:
            return None
        return Formula(source, kind, (self.unit.data or "").strip(), marks_of(self.marks.data or "", kind))

    def validate_marks(self, _field: TextAreaField) -> None:
        """A formula that can be counted by."""
        try:
            if self.counting.data and self.formula is None:
                raise InvalidInput("점수를 매기는 방법을 목록에서 골라 주세요.")
            if (self.title.data or "").strip() and (formula := self.formula) is not None:
                check_formula(formula)
        except InvalidInput as wrong:
            raise ValidationError(wrong.message) from None

    def validate_weight(self, field: PointsField) -> None:
        """Whole points, 1 to 100, for every criterion with a title."""
        if (self.title.data or "").strip() and (
            field.data is None or field.data % POINT or not POINT <= field.data <= 100 * POINT
        ):
            raise ValidationError("배점은 1점부터 100점까지 정수로 적어 주세요.")


class CriteriaForm(StepForm):
    """Criteria as they are being written.

    ``WITH_MARKS`` and ``WITH_UNIT`` are the ways of counting that ask for marks and for a unit.
    """

    WITH_MARKS: ClassVar[tuple[str, ...]] = tuple(
        f"{measure.value}-{method.value}"
        for measure, methods in ALLOWED.items()
        for method in methods
        if method not in _RATIOS
    )
    WITH_UNIT: ClassVar[tuple[str, ...]] = tuple(
        f"{Measure.ENTERED.value}-{method.value}" for method in ALLOWED[Measure.ENTERED]
    )

    rows = FieldList(FormField(CriterionForm), "평가항목", min_entries=1)
    averaging = RadioField("점수를 모으는 방법", choices=options(Averaging), default=Averaging.MEAN.value)
    minimum = PointsField("최저 점수(100점 만점)")
    price_tie = SelectField("동점일 때 낮은 전체 소요비용", choices=TIES, validate_choice=False)
    reason = TextAreaField("이미 확정한 평가기준을 바꾸는 사유", [long_text])
    wording_reason = wording_reason()

    @classmethod
    def initial(cls, document: CriteriaSet | Sequence[CriterionTemplate] | None) -> dict[str, Any]:
        """Form data of criteria as fixed, or of a template."""
        if isinstance(document, CriteriaSet):
            order = {key: str(place) for place, key in enumerate(document.tie_break, start=1)}
            rows = [{**_row(c), "tie": order.get(c.key, "")} for c in document.criteria]
            return {
                "rows": rows,
                "averaging": document.averaging.value,
                "minimum": document.minimum_hundredths,
                "price_tie": order.get(PRICE, ""),
            }
        template = document or ()
        rows = [
            {**_row(c), "tie": str(place) if place <= 2 else ""} for place, c in enumerate(template, start=1)
        ]
        return {"rows": rows, "averaging": Averaging.MEAN.value, "minimum": None, "price_tie": ""}

    def to_document(self) -> tuple[Criterion, ...]:
        """The criteria that have a title; those without a key get a free one."""
        written = [row.form for row in self.rows if (row.form.title.data or "").strip()]
        keys = _keys([row.key.data or "" for row in written])
        return tuple(
            Criterion(
                "",
                key,
                (row.title.data or "").strip(),
                member(Aspect, row.aspect.data) or Aspect.TECHNICAL,
                (row.weight.data or 0) // POINT,
                row.clause.data or "",
                (row.scale.data or "").strip(),
                row.formula,
            )
            for key, row in zip(keys, written, strict=True)
        )

    @property
    def tie_break(self) -> tuple[str, ...]:
        """Keys in the order in which ties are broken; equal places in the order of the rows."""
        written = [row.form for row in self.rows if (row.form.title.data or "").strip()]
        keys = _keys([row.key.data or "" for row in written])
        places = [(row.tie.data, key) for key, row in zip(keys, written, strict=True)]
        places.append((self.price_tie.data, PRICE))
        return tuple(key for _, key in sorted((p for p in places if p[0]), key=lambda p: str(p[0])))

    @property
    def total_points(self) -> int:
        """Sum of the weights typed so far, in points."""
        return sum((row.form.weight.data or 0) for row in self.rows) // POINT

    def as_fields(self) -> list[tuple[str, str]]:
        """Everything typed as (name, value), for a page that asks once more."""
        own = [self.averaging, self.minimum, self.price_tie, self.reason, self.wording_reason]
        inner = [field for row in self.rows for field in row.form]
        return [(field.name, typed(field)) for field in (*own, *inner)]


def _row(criterion: Criterion | CriterionTemplate) -> dict[str, Any]:
    """Form data of a criterion."""
    formula = criterion.formula
    return {
        **vars(criterion),
        "weight": criterion.weight * POINT,
        "counting": f"{formula.measure.value}-{formula.method.value}" if formula else "",
        "marks": marks_text(formula.marks) if formula else "",
        "unit": formula.unit if formula else "",
    }


def _keys(given: Iterable[str]) -> list[str]:
    """A key for each row: the one it has, or the first free ``c1``, ``c2`` …."""
    wanted = [key if re.fullmatch(r"[a-z][a-z0-9_]{0,39}", key) and key != PRICE else "" for key in given]
    free = (f"c{number}" for number in count(1) if f"c{number}" not in wanted)
    return [key or next(free) for key in wanted]


class OutcomeForm(Form):
    """How one service ended."""

    result_id = HiddenField()
    kind = RadioField("처리", choices=options(OutcomeKind), default=OutcomeKind.SCORED.value)
    clause = SelectField("채우지 못한 정의서 항목", choices=CLAUSES, validate_choice=False)
    reason = TextAreaField("사유", [long_text])


class OutcomesForm(ListForm):
    """Outcomes of all services of the final run."""

    rows = FieldList(FormField(OutcomeForm), "처리 결과")
    wording_reason = wording_reason()

    @classmethod
    def initial(cls, services: Iterable[ResultRow], known: Mapping[str, ServiceOutcome]) -> dict[str, Any]:
        """Form data: what is recorded, or "scored" for a service of which nothing has been said."""
        rows = []
        for service in services:
            old = known.get(service.result_id)
            rows.append(
                {
                    "result_id": service.result_id,
                    "kind": old.kind.value if old else OutcomeKind.SCORED.value,
                    "clause": old.clause if old else "",
                    "reason": old.reason if old else "",
                }
            )
        return {"rows": rows}

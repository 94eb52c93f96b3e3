"""A document shown in its form and read back is the same document."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from werkzeug.datastructures import MultiDict

from procurement.domain.facts import BudgetSheet, RequirementsDefinition, SourcingChoice
from procurement.domain.facts.budget import AwardBalance, FeeBasis, MeteredUnit, PaymentMethod
from procurement.domain.facts.definition import (
    OwnSection,
    ProviderKind,
    TechnicalConstraint,
)
from procurement.domain.facts.sourcing import Route
from procurement.forms.base import StepForm
from procurement.forms.budget import BudgetForm
from procurement.forms.definition import DefinitionForm
from procurement.forms.sourcing import SourcingForm
from tests.support import walk

METERED = walk.a_budget_sheet(
    fee_basis=FeeBasis.METERED,
    metered_units=(MeteredUnit("가상서버", "시간", 120, 8760),),
    award_balance=AwardBalance("통합전산망 고도화", 1_000_000),
    payment=PaymentMethod.PREPAYMENT,
    payment_period=None,
    vat_included=False,
    total_won=12_650_000_000,
)
DETAILED = walk.a_definition(
    lots=2,
    central_intended=True,
)
CONSTRAINED = RequirementsDefinition(
    lots=(
        walk.a_lot(
            3,
            provider_kind=ProviderKind.BROKER,
            provider_reason="여러 제공자의 자원을 함께 쓴다.",
            own_sections=(OwnSection("시험 기간", "2주"),),
            constraints=(TechnicalConstraint("오라클 DB", "기존 자료를 그대로 옮겨야 한다."),),
        ),
    )
)
CHOICE = SourcingChoice(
    Route.OWN, "국가계약법 시행령 제26조제1항제5호아목", "까닭", True, True, "", True, False, True
)


def posted(form: StepForm) -> MultiDict[str, str]:
    """What a browser sends when the form is shown and sent back untouched."""
    return MultiDict(list(_values(form)))


def _values(fields: Any) -> Iterator[tuple[str, str]]:
    for field in fields:
        if hasattr(field, "entries"):
            for entry in field:
                yield from _values(entry.form)
        elif hasattr(field, "choices"):
            first = field.choices[0].value if field.type == "SelectField" else None
            chosen = field.data if field.data is not None else first
            if chosen is not None:
                yield field.name, str(getattr(chosen, "value", chosen))
        elif isinstance(field.data, bool):
            if field.data:
                yield field.name, "y"
        else:
            yield field.name, str(field._value() if hasattr(field, "_value") else field.data or "")


@pytest.mark.parametrize(
    ("form", "document"),
    [
        (BudgetForm, BudgetSheet()),
        (BudgetForm, walk.a_budget_sheet()),
        (BudgetForm, METERED),
        (DefinitionForm, walk.a_definition()),
        (DefinitionForm, DETAILED),
        (DefinitionForm, CONSTRAINED),
        (SourcingForm, SourcingChoice()),
        (SourcingForm, CHOICE),
    ],
)
def test_a_document_comes_back_from_its_form_unchanged(form: type[StepForm], document: Any) -> None:
    sent = posted(form(data=form.initial(document)))
    read = form(sent)
    assert read.validate(), read.errors
    if isinstance(document, RequirementsDefinition) and not document.sources:
        assert read.to_document().sources == ()
    assert read.to_document() == document


def test_an_empty_definition_form_has_one_lot_and_no_answers() -> None:
    form = DefinitionForm(posted(DefinitionForm(data=DefinitionForm.initial(None))))
    assert form.validate(), form.errors
    (lot,) = form.to_document().lots
    assert (lot.lot, lot.answers, lot.terms) == (1, (), ())


def test_a_new_lot_takes_the_next_number_even_when_one_was_taken_out() -> None:
    sent = posted(DefinitionForm(data=DefinitionForm.initial(CONSTRAINED)))
    sent["lots-1-purpose"] = "새 수요"
    form = DefinitionForm(sent)
    assert form.validate(), form.errors
    assert [lot.lot for lot in form.to_document().lots] == [3, 4]


def test_rows_are_added_and_taken_out_without_scripts() -> None:
    form = DefinitionForm(posted(DefinitionForm(data=DefinitionForm.initial(walk.a_definition()))))
    form.change_rows("lots-0-terms", None)
    assert len(form.lots[0].form.terms) == 3
    form.change_rows(None, "lots-0-terms-0")
    assert [entry.form.word.data for entry in form.lots[0].form.terms] == ["전자우편", None]
    form.change_rows("no-such-list", "lots-9-terms-1")
    assert len(form.lots) == 1


@pytest.mark.parametrize(
    ("field", "text", "said"),
    [
        ("lines-0-amount_won", "만이천원쯤", "금액"),
        ("lines-0-amount_won", "-5", "0"),
        ("planned_start", "2026-02-30", "2월"),
        ("planned_end", "다음 달", "날짜"),
        ("lines-0-note", "가" * 301, "300자"),
        ("metered_units-0-expected_quantity", "많이", ""),
    ],
)
def test_what_cannot_be_read_is_named_beside_its_field_and_stays_as_typed(
    field: str, text: str, said: str
) -> None:
    sent = posted(BudgetForm(data=BudgetForm.initial(METERED)))
    sent[field] = text
    form = BudgetForm(sent)
    assert not form.validate()
    found: Any = form
    for part in field.split("-"):
        found = found.entries[int(part)].form if part.isdigit() else found[part]
    assert said in " ".join(found.errors)
    assert text in str(found())

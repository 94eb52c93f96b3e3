"""② The page of the requirements definition."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from procurement.domain.facts import CaseFacts
from procurement.domain.facts.definition import SECTIONS
from procurement.domain.steps import Step
from procurement.forms.definition import TYPED_QUESTIONS, DefinitionForm, answer_name
from procurement.views.step_page import StepPage


def _context(facts: CaseFacts) -> Mapping[str, Any]:
    """Questions by section, as the template walks them; the budget that answers 3-1."""
    by_section = {
        number: [(q, answer_name(q.number)) for q in TYPED_QUESTIONS if q.section == number]
        for number, _title in SECTIONS
    }
    return {"questions": by_section, "available_won": facts.budget.available_won if facts.budget else None}


PAGE = StepPage(
    Step.DEFINITION,
    form=DefinitionForm,
    document=lambda facts: facts.definition.working,
    context=_context,
)

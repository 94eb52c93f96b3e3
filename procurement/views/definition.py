"""② The page of the requirements definition."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from procurement.domain.facts import CaseFacts
from procurement.domain.facts.definition import SECTIONS
from procurement.domain.steps import Step
from procurement.forms.definition import TYPED_QUESTIONS, DefinitionForm, answer_name
from procurement.views.step_page import StepPage

# Questions by section, as the template walks them.
_QUESTIONS = {
    number: [(q, answer_name(q.number)) for q in TYPED_QUESTIONS if q.section == number]
    for number, _title in SECTIONS
}


def _shown(facts: CaseFacts) -> Mapping[str, Any]:
    """The version that is frozen; the budget that answers 3-1."""
    return {
        "frozen": facts.definition.active if facts.definition.versions else None,
        "available_won": facts.budget.available_won if facts.budget else None,
    }


PAGE = StepPage(
    Step.DEFINITION,
    form=DefinitionForm,
    document=lambda facts: facts.definition.working,
    shown=_shown,
    constants={"questions": _QUESTIONS},
)

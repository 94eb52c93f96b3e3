"""④ The page of the route: what both would mean for this final list, then the choice."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from procurement.domain.comparison import mall_count, prospects
from procurement.domain.facts import CaseFacts
from procurement.domain.route_advice import recommendation, services
from procurement.domain.steps import Step
from procurement.forms.sourcing import SourcingForm
from procurement.views.step_page import StepPage


def _context(facts: CaseFacts) -> Mapping[str, Any]:
    return {
        "prospects": prospects(facts),
        "mall": mall_count(facts),
        "found": services(facts),
        "advice": recommendation(facts),
    }


PAGE = StepPage(
    Step.SOURCING,
    form=SourcingForm,
    document=lambda facts: facts.sourcing,
    context=_context,
    shown=lambda facts: {"legal_ground": prospects(facts)[0].legal_ground},
)

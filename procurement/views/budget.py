"""① The page of the budget check."""

from __future__ import annotations

from procurement.domain.steps import Step
from procurement.forms.budget import BudgetForm
from procurement.views.step_page import StepPage

PAGE = StepPage(Step.BUDGET, form=BudgetForm, document=lambda facts: facts.budget)

"""The page of this step."""

from __future__ import annotations

from procurement.domain.steps import Step
from procurement.views.step_page import StepPage

PAGE = StepPage(Step.SELECTION)

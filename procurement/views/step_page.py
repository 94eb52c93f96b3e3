"""What the page of a step is made of; each step's own module says it once."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from procurement.domain.facts import CaseFacts
from procurement.domain.steps import Step
from procurement.forms.base import StepForm


def _nothing(_facts: CaseFacts) -> Mapping[str, Any]:
    return {}


@dataclass(frozen=True)
class StepPage:
    """A step's page: its form (``None`` where the step is made of records), what else its template shows.

    ``context(facts)`` gives template variables. ``prepare(form, facts)`` hands choices into the form.
    ``document`` picks the step's document out of the facts.
    """

    step: Step
    form: type[StepForm] | None = None
    context: Callable[[CaseFacts], Mapping[str, Any]] = _nothing
    prepare: Callable[[StepForm, CaseFacts], None] | None = None
    document: Callable[[CaseFacts], Any] | None = None

"""What the page of a step is made of; each step's own module says it once."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from procurement.domain.facts import CaseFacts
from procurement.domain.steps import Step
from procurement.forms.base import StepForm


def _nothing(_facts: CaseFacts) -> Mapping[str, Any]:
    return {}


@dataclass(frozen=True, eq=False)
class StepPage:
    """A step's page: its form (``None`` where the step is made of records), what else its template shows.

    ``context(facts)`` gives variables of the page's template, ``shown(facts)`` those of the template of its
    fields beside the form: values that can be hashed, since fields are remembered by them.
    ``constants`` are variables of the fields that stay as they are while the program runs.
    ``prepare(form, shown)`` hands choices into the form. ``document`` picks the step's document out of
    the facts.
    """

    step: Step
    form: type[StepForm] | None = None
    context: Callable[[CaseFacts], Mapping[str, Any]] = _nothing
    shown: Callable[[CaseFacts], Mapping[str, Any]] = _nothing
    constants: Mapping[str, Any] = field(default_factory=dict)
    prepare: Callable[[StepForm, Mapping[str, Any]], None] | None = None
    document: Callable[[CaseFacts], Any] | None = None

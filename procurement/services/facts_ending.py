"""⑨ facts from the plan and its records."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from procurement.domain.checklist import checklist_for
from procurement.domain.facts import CaseFacts, EndingFacts, EndingPlan
from procurement.services.records import ActiveRecord


def load(plan: EndingPlan | None, active: Sequence[ActiveRecord]) -> EndingFacts:
    """Plan and marks; the lines of the checklist depend on the whole case, see ``with_plan``."""
    return EndingFacts(
        plan=plan,
        marks=tuple(r.value for r in active if r.kind == "checklist_mark"),
        promises=tuple(r.value for r in active if r.kind == "promise"),
    )


def with_plan(facts: CaseFacts, plan: EndingPlan | None) -> CaseFacts:
    """Facts with ``plan`` as the plan, and the checklist that follows from it."""
    changed = replace(facts, ending=replace(facts.ending, plan=plan))
    return replace(changed, ending=replace(changed.ending, items=checklist_for(changed)))

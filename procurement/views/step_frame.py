"""What every page of a step shows around its own part: state, findings, guideline, the nine steps."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from flask import url_for

from procurement.domain.facts import CaseFacts
from procurement.domain.guideline import EXCERPTS, excerpt_for
from procurement.domain.rules.base import Finding
from procurement.domain.steps import SPEC, STEPS, Step, StepState
from procurement.services import evidence, name_excerpts, workflow
from procurement.views.edge import case, may_act


def frame(step: Step, facts: CaseFacts) -> dict[str, Any]:
    """Variables of ``steps/_step.html``, for the step's page and for its sub-pages."""
    findings = workflow.findings_shown(case(), step, facts)
    number = facts.head.number
    return {
        "number": number,
        "step": step,
        "spec": SPEC[step],
        "facts": facts,
        "state": facts.steps[step].state,
        "editable": facts.steps[step].state is StepState.OPEN,
        "writable": facts.steps[step].state is StepState.OPEN and may_act("case.write"),
        "findings": findings,
        "quotes": quotes_of(findings),
        "named": named_in(step, facts),
        "excerpts": EXCERPTS[step],
        "indicator": indicator(facts, number),
        "purposes": evidence.PURPOSES,
    }


def indicator(facts: CaseFacts, number: str) -> list[dict[str, Any]]:
    """The nine steps as the step indicator takes them."""
    return [
        {
            "number": spec.number,
            "title": spec.step.label,
            "state": facts.steps[spec.step].state.value,
            "url": url_for("steps.show", number=number, step=spec.step),
        }
        for spec in STEPS
    ]


def named_in(step: Step, facts: CaseFacts) -> Mapping[tuple[str, str], name_excerpts.Excerpt]:
    """Names in the definition where they stand, by field and subject of their finding."""
    return name_excerpts.of_definition(facts.definition.working) if step is Step.DEFINITION else {}


def quotes_of(findings: Sequence[Finding]) -> Mapping[str, str]:
    """The guideline's words behind each finding, by the id of its rule."""
    found = {finding.rule_id: excerpt_for(finding.rule_id) for finding in findings}
    return {rule_id: excerpt.words for rule_id, excerpt in found.items() if excerpt is not None}

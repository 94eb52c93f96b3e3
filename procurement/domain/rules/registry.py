"""All rules of the guideline, in order; the page, the gate, the bundle and the command read this list."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from procurement.domain.facts import CaseFacts
from procurement.domain.rules import (
    budget,
    case,
    contract,
    definition,
    ending,
    monitoring,
    registration,
    search,
    selection,
    sourcing,
)
from procurement.domain.rules.base import Finding, Rule, evaluate
from procurement.domain.steps import Step

# Grows with every change of a rule, so that a snapshot says by which set it was judged.
RULE_SET_VERSION = "2024-08/1"

RULES: tuple[Rule, ...] = (
    *case.RULES,
    *budget.RULES,
    *definition.RULES,
    *search.RULES,
    *sourcing.RULES,
    *selection.RULES,
    *contract.RULES,
    *registration.RULES,
    *monitoring.RULES,
    *ending.RULES,
)

BY_ID: dict[str, Rule] = {rule.id: rule for rule in RULES}

# How many rules each letter has; a rule forgotten or listed twice stops the program at import.
_EXPECTED = {"C": 3, "B": 7, "R": 8, "S": 10, "P": 5, "E": 13, "K": 16, "G": 5, "M": 7, "X": 8}
_KNOWN = [f"{letter}-{number}" for letter, count in _EXPECTED.items() for number in range(1, count + 1)]
if [rule.id for rule in RULES] != _KNOWN:
    raise AssertionError("every rule is listed once, in order")


# Fields of a step whose work does not come in the order of its rules; a field not named comes before these.
_TURNS: Mapping[Step, tuple[str, ...]] = {
    Step.SELECTION: selection.IN_TURN,
    Step.CONTRACT: ("selected_check", "counterpart_check", "negotiations", "approval"),
}


def in_turn(findings: Iterable[Finding]) -> list[Finding]:
    """Findings in the order in which an officer gets to what they ask for."""

    def turn(finding: Finding) -> int:
        step = BY_ID[finding.rule_id].step if finding.rule_id in BY_ID else None
        fields = _TURNS.get(step, ()) if step else ()
        return fields.index(finding.field) + 1 if finding.field in fields else 0

    return sorted(findings, key=turn)


def rules_of(step: Step | None) -> tuple[Rule, ...]:
    """The rules of a step, in order; ``None`` for those of the case itself."""
    return tuple(rule for rule in RULES if rule.step is step)


def findings_of(step: Step | None, facts: CaseFacts) -> tuple[Finding, ...]:
    """Findings of all rules of a step."""
    return tuple(finding for rule in rules_of(step) for finding in evaluate(rule, facts))


def all_findings(facts: CaseFacts) -> tuple[Finding, ...]:
    """Findings of every rule."""
    return tuple(finding for rule in RULES for finding in evaluate(rule, facts))

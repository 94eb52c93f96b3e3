"""A half-filled case is judged, never a crash: pages ask for findings while people still type."""

from dataclasses import replace
from typing import Any

import pytest

from procurement.domain.facts import (
    BudgetSheet,
    DefinitionFacts,
    RequirementsDefinition,
    SearchFacts,
    SelectionFacts,
    SourcingChoice,
)
from procurement.domain.facts.budget import AwardBalance, FeeBasis, MeteredUnit
from procurement.domain.facts.definition import LotRequirements, NameHit
from procurement.domain.facts.search import FinalRun
from procurement.domain.facts.sourcing import Route
from procurement.domain.rules import budget, case, definition, search, sourcing
from procurement.domain.rules.base import Outcome, Rule, evaluate
from tests.domain.rules.builders import a_case, a_new_case, at, good_head, is_korean

RULES = (*case.RULES, *budget.RULES, *definition.RULES, *search.RULES, *sourcing.RULES)

HALVES: tuple[dict[str, Any], ...] = (
    {"steps": {}},
    {"head": replace(good_head(), lots=(1, 2, 3))},
    {"head": replace(good_head(), lots=())},
    {"budget": None},
    {"budget": BudgetSheet(total_won=-1, vat_included=False, award_balance=AwardBalance("", -1))},
    {"budget": BudgetSheet(fee_basis=FeeBasis.METERED, metered_units=(MeteredUnit("", "", -1, -1),))},
    {"definition": DefinitionFacts()},
    {"definition": DefinitionFacts(working=RequirementsDefinition())},
    {"definition": DefinitionFacts(working=RequirementsDefinition((LotRequirements(9),), (), True))},
    {"definition": DefinitionFacts(name_hits=(NameHit(9, "", "", "block", ""),))},
    {"search": SearchFacts()},
    {"search": SearchFacts(finals=(FinalRun(1, "gone", 1, at(2, 14)),))},
    {"selection": SelectionFacts()},
    {"sourcing": None},
    {"sourcing": SourcingChoice(route=Route.CENTRAL)},
)


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.id)
@pytest.mark.parametrize("changes", HALVES, ids=lambda changes: ",".join(changes))
def test_a_rule_answers_on_a_half_filled_case(rule: Rule, changes: dict[str, Any]) -> None:
    for facts in (a_case(**changes), a_new_case(**changes)):
        for finding in evaluate(rule, facts):
            assert finding.rule_id == rule.id
            if finding.outcome is Outcome.UNMET:
                assert is_korean(finding.message)


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.id)
def test_a_rule_says_in_korean_what_it_asks_and_cites_the_guideline(rule: Rule) -> None:
    assert is_korean(rule.title)
    assert rule.citation.startswith("지침 ")


@pytest.mark.parametrize("changes", HALVES, ids=lambda changes: ",".join(changes))
def test_problems_of_one_rule_keep_their_subjects_apart(changes: dict[str, Any]) -> None:
    for rule in RULES:
        subjects = [finding.subject for finding in evaluate(rule, a_case(**changes))]
        assert len(subjects) == len(set(subjects))

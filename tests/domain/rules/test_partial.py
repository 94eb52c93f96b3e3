"""Rules, deadlines and checklist over cases of which some parts are missing."""

from collections.abc import Iterator
from dataclasses import fields, replace
from itertools import combinations
from typing import Any

import pytest

from procurement.domain.checklist import checklist_for
from procurement.domain.deadlines import deadlines_of
from procurement.domain.facts import (
    CaseFacts,
    ContractFacts,
    ContractTerms,
    DefinitionFacts,
    EndingFacts,
    EndingPlan,
    MonitoringFacts,
    RegistrationFacts,
    SearchFacts,
    SelectionFacts,
    SourcingChoice,
)
from procurement.domain.rules import contract, ending, monitoring, registration, selection
from procurement.domain.rules.base import Outcome, evaluate
from tests.domain.rules.builders import a_case, is_korean

RULES = (*selection.RULES, *contract.RULES, *registration.RULES, *monitoring.RULES, *ending.RULES)
BLANK: dict[str, Any] = {
    "budget": None,
    "definition": DefinitionFacts(),
    "search": SearchFacts(),
    "sourcing": SourcingChoice(),
    "selection": SelectionFacts(),
    "contract": ContractFacts(),
    "registration": RegistrationFacts(),
    "monitoring": MonitoringFacts(),
    "ending": EndingFacts(),
}
PAIRS = [*((name,) for name in BLANK), *combinations(BLANK, 2)]


def ask_everything(case: CaseFacts) -> None:
    """Every rule answers: problems in Korean with subjects of their own, grounds otherwise."""
    for rule in RULES:
        found = evaluate(rule, case)
        assert found
        wrong = [f for f in found if f.outcome is Outcome.UNMET]
        assert len({f.subject for f in wrong}) == len(wrong)
        assert all(is_korean(f.message) and f.field for f in wrong), wrong
        assert all(f.message for f in found if f.outcome in (Outcome.NOT_YET, Outcome.NOT_APPLICABLE)), (
            rule.id
        )
    deadlines_of(replace(case, steps={}))
    assert checklist_for(case)


@pytest.mark.parametrize("names", PAIRS, ids="+".join)
def test_every_rule_answers_where_whole_steps_are_blank(names: tuple[str, ...]) -> None:
    ask_everything(replace(a_case(), **{name: BLANK[name] for name in names}))


def one_by_one(filled: Any, blank: Any) -> Iterator[Any]:
    """``filled`` with each of its fields in turn as ``blank`` has it."""
    for field in fields(filled):
        yield replace(filled, **{field.name: getattr(blank, field.name)})


def test_every_rule_answers_where_one_field_of_a_document_is_blank() -> None:
    case = a_case()
    assert case.contract.terms is not None
    assert case.ending.plan is not None
    for terms in one_by_one(case.contract.terms, ContractTerms()):
        ask_everything(replace(case, contract=replace(case.contract, terms=terms)))
    for plan in one_by_one(case.ending.plan, EndingPlan()):
        ask_everything(replace(case, ending=replace(case.ending, plan=plan)))


def test_every_rule_answers_where_one_sort_of_record_is_missing() -> None:
    case = a_case()
    for part in ("selection", "contract", "registration", "monitoring", "ending", "search", "definition"):
        for facts in one_by_one(getattr(case, part), BLANK[part]):
            ask_everything(replace(case, **{part: facts}))

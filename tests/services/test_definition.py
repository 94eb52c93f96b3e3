"""Freezing the requirements definition."""

from __future__ import annotations

from typing import Any

import pytest

from procurement.domain.access import Actor
from procurement.domain.errors import InvalidInput
from procurement.domain.steps import Step
from procurement.models import Case
from procurement.services import case_facts, definition_freeze, workflow
from tests.support import factories, walk


@pytest.fixture
def case(db_session: Any) -> Case:
    """A case whose first step is completed."""
    opened = factories.a_case()
    with factories.work():
        walk.complete_budget(factories.project_officer_of(opened), opened)
    return opened


@pytest.fixture
def officer(case: Case) -> Actor:
    """The project officer of the case."""
    return factories.project_officer_of(case)


def test_completing_the_step_freezes_the_first_version(case: Case, officer: Actor) -> None:
    with factories.work():
        walk.complete_definition(officer, case)
    facts = case_facts.load(case)
    assert [v.number for v in facts.definition.versions] == [1]
    assert facts.definition.frozen == walk.a_definition()
    assert "definition.frozen" in factories.event_kinds(case)


def test_the_same_text_again_stays_the_same_version(case: Case, officer: Actor) -> None:
    with factories.work():
        walk.complete_definition(officer, case)
        workflow.reopen(officer, case, Step.DEFINITION, "오타인 줄 알았다.")
        workflow.complete(officer, case, Step.DEFINITION)
    assert [v.number for v in case_facts.load(case).definition.versions] == [1]


def test_a_changed_text_is_a_new_version_with_the_reason_of_its_reopening(case: Case, officer: Actor) -> None:
    with factories.work():
        walk.complete_definition(officer, case)
        workflow.reopen(officer, case, Step.DEFINITION, "이용자 수가 늘었다.")
        walk.complete_definition(officer, case, lots=2)
    facts = case_facts.load(case)
    assert [(v.number, v.reason) for v in facts.definition.versions] == [(1, ""), (2, "이용자 수가 늘었다.")]
    assert facts.head.lots == (1, 2)
    assert definition_freeze.text_of(case, 1) == walk.a_definition()


def test_nothing_is_frozen_without_a_text(case: Case, officer: Actor) -> None:
    with factories.work(), pytest.raises(InvalidInput, match="정의서"):
        definition_freeze.freeze(officer, case)

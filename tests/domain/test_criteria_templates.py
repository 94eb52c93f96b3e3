"""Criteria to start from: they can be fixed as they stand and consider what the guideline wants."""

import pytest

from procurement.domain.criteria_templates import TEMPLATES
from procurement.domain.facts.definition import QUESTIONS, ServiceType
from procurement.domain.facts.selection import Aspect, Criterion
from procurement.domain.scoring import check_criteria


@pytest.mark.parametrize("kind", ServiceType)
def test_a_template_can_be_fixed_as_it_stands(kind: ServiceType) -> None:
    """Weights add up to 100, keys differ, the first two break ties."""
    rows = TEMPLATES[kind]
    criteria = [Criterion("", r.key, r.title, r.aspect, r.weight, r.clause, r.scale) for r in rows]
    check_criteria(criteria, 0, [row.key for row in rows[:2]])


@pytest.mark.parametrize("kind", ServiceType)
def test_a_template_considers_all_four_aspects_on_the_ground_of_the_definition(kind: ServiceType) -> None:
    """Cost, technical merit, support, stability; each row points to a check question and has its scale."""
    rows = TEMPLATES[kind]
    assert {row.aspect for row in rows} == set(Aspect)
    assert {row.clause for row in rows} <= {question.number for question in QUESTIONS}
    assert all(row.scale for row in rows)

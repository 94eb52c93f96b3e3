"""What each route would mean for the final list at hand."""

from __future__ import annotations

from dataclasses import replace

import pytest

from procurement.domain.comparison import mall_count, prospects
from procurement.domain.facts import CaseFacts
from procurement.domain.facts.case import ContractLaw
from tests.domain.rules.builders import a_case


def with_mall(*registered: bool | None) -> CaseFacts:
    """The good case with so many services in its final run, registered in the mall or not."""
    facts = a_case()
    final = facts.search.final(1)
    assert final is not None
    rows = tuple(
        replace(final.results[0], result_id=f"r{place}", service_name=f"표본 서비스 {place}", in_mall=known)
        for place, known in enumerate(registered)
    )
    runs = tuple(replace(run, results=rows) if run is final else run for run in facts.search.runs)
    return replace(facts, search=replace(facts.search, runs=runs))


def test_services_are_counted_by_what_the_source_says_of_the_mall() -> None:
    count = mall_count(with_mall(True, False, None, None))
    assert (len(count.registered), len(count.absent), len(count.unknown), count.total) == (1, 1, 2, 4)


@pytest.mark.parametrize(
    ("registered", "possible"), [((True, True), True), ((True, None), True), ((True, False), False)]
)
def test_central_procurement_is_closed_only_by_a_service_known_to_be_outside_the_mall(
    registered: tuple[bool | None, ...], possible: bool
) -> None:
    own, central = prospects(with_mall(*registered))
    assert own.possible
    assert central.possible is possible
    assert ("표본 서비스 1" in " ".join(central.obstacles)) is not possible


def test_many_services_outside_the_mall_are_named_by_three_and_a_count() -> None:
    (obstacle,) = prospects(with_mall(*[False] * 5))[1].obstacles
    assert "등 5개" in obstacle


def test_several_lots_close_central_procurement() -> None:
    facts = with_mall(True)
    facts = replace(facts, head=replace(facts.head, lots=(1, 2)))
    assert "수요 항목이 2개" in " ".join(prospects(facts)[1].obstacles)


def test_an_institution_with_its_own_rules_is_told_to_name_them() -> None:
    facts = with_mall(True)
    facts = replace(facts, institution=replace(facts.institution, contract_law=ContractLaw.OWN_RULES))
    assert prospects(facts)[0].legal_ground == "기관 자체 계약규정의 해당 조항"

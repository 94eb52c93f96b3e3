"""What each route would mean for the final list at hand."""

from __future__ import annotations

from dataclasses import replace

import pytest

from procurement.domain.comparison import mall_count, prospects
from procurement.domain.facts import CaseFacts
from procurement.domain.facts.case import ContractLaw, Institution, InstitutionKind
from procurement.domain.facts.sourcing import Route
from procurement.domain.route_advice import recommendation
from procurement.domain.rules.base import Finding, Outcome, Severity
from procurement.domain.rules.registry import findings_of
from procurement.domain.steps import Step
from tests.domain.rules.builders import a_case, good_sourcing

NATIONAL = Institution("표본 기관", InstitutionKind.NATIONAL, ContractLaw.NATIONAL)


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


def test_what_is_not_known_of_the_time_is_said_and_what_is_set_is_shown() -> None:
    facts = with_mall(True)
    assert all("정해 두지 않았습니다" in p.duration for p in prospects(facts))
    own, central = prospects(
        replace(facts, institution=replace(facts.institution, own_route_days=20, central_route_days=None))
    )
    assert "20일" in own.duration
    assert "정해 두지 않았습니다" in central.duration


def test_each_route_says_which_services_and_what_the_law_says() -> None:
    own, central = prospects(with_mall(True, None, True))
    assert "3개 모두" in own.services
    assert "2개에 납품요구" in central.services
    assert "1개는 등록 여부를 확인" in central.services
    assert "제16조제4항" in " ".join(central.law)
    assert "한 제공자의 견적" in " ".join(own.law)
    own_rules = replace(with_mall(True), institution=replace(NATIONAL, contract_law=ContractLaw.OWN_RULES))
    assert "한 제공자의 견적" not in " ".join(prospects(own_rules)[0].law)


def intending(facts: CaseFacts, central: bool | None) -> CaseFacts:
    """The facts with what the frozen definition says of the central route."""
    assert facts.definition.frozen is not None
    frozen = replace(facts.definition.frozen, central_intended=central)
    return replace(facts, definition=replace(facts.definition, frozen=frozen))


@pytest.mark.parametrize(
    ("registered", "central", "advised"),
    [
        ((True, True), True, Route.CENTRAL),
        ((True, True), False, None),
        ((True, True), None, None),
        ((True, False), True, Route.OWN),
        ((False,), None, Route.OWN),
        ((), True, None),
    ],
)
def test_list_and_definition_speak_for_a_route_or_for_none(
    registered: tuple[bool | None, ...], central: bool | None, advised: Route | None
) -> None:
    advice = recommendation(intending(with_mall(*registered), central))
    assert (advice.route if advice else None) is advised


def test_choosing_otherwise_asks_for_the_reason() -> None:
    facts = intending(with_mall(True, True), True)
    choice = replace(good_sourcing(), route=Route.OWN, reason="")
    (finding,) = findings(replace(facts, sourcing=choice), "P-1")
    assert (finding.outcome, finding.severity, finding.field) == (Outcome.UNMET, Severity.JUSTIFY, "reason")
    assert "중앙조달" in finding.message
    (finding,) = findings(replace(facts, sourcing=replace(choice, reason="공동계약을 함께 맺습니다.")), "P-1")
    assert finding.outcome is Outcome.JUSTIFIED
    assert "공동계약을 함께 맺습니다." in finding.message


def findings(facts: CaseFacts, rule_id: str) -> list[Finding]:
    """What a rule of ④ finds."""
    return [finding for finding in findings_of(Step.SOURCING, facts) if finding.rule_id == rule_id]


def test_an_institution_with_its_own_rules_is_told_to_name_them() -> None:
    facts = with_mall(True)
    facts = replace(facts, institution=replace(facts.institution, contract_law=ContractLaw.OWN_RULES))
    assert prospects(facts)[0].legal_ground == "기관 자체 계약규정의 해당 조항"

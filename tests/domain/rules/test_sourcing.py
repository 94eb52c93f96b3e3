"""Rules of ④ route: P-1 to P-5."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from procurement.domain.facts import CaseFacts, Institution, SourcingChoice
from procurement.domain.facts.budget import FeeBasis
from procurement.domain.facts.case import ContractLaw, InstitutionKind
from procurement.domain.facts.sourcing import Route
from procurement.domain.rules.base import Outcome, Severity
from procurement.domain.rules.sourcing import RULES, proposed_ground
from tests.domain.rules.builders import (
    a_case,
    a_new_case,
    a_row,
    findings,
    good_budget,
    good_head,
    good_sourcing,
    is_korean,
    outcome,
    with_final,
    with_reason,
    with_runs,
    with_sourcing,
)

CENTRAL = replace(good_sourcing(), route=Route.CENTRAL, legal_ground="조달사업법 시행령 제16조")


def central(case: CaseFacts, **changes: Any) -> CaseFacts:
    """The case on the central route."""
    return replace(case, sourcing=replace(CENTRAL, **changes))


@pytest.mark.parametrize("rule_id", ["P-1", "P-3", "P-5"])
def test_the_good_case_meets_the_rules_of_the_route(rule_id: str) -> None:
    assert outcome(RULES, rule_id, a_case()) is Outcome.MET


@pytest.mark.parametrize("rule_id", ["P-1", "P-2", "P-3", "P-5"])
def test_the_central_route_is_as_good(rule_id: str) -> None:
    assert outcome(RULES, rule_id, central(a_case())) is Outcome.MET


@pytest.mark.parametrize("rule_id", ["P-2", "P-3", "P-4", "P-5"])
def test_before_a_route_is_chosen_the_others_wait(rule_id: str) -> None:
    assert outcome(RULES, rule_id, a_new_case()) is Outcome.NOT_YET


def test_a_route_has_to_be_chosen() -> None:
    for case in (a_new_case(), a_case(sourcing=SourcingChoice())):
        (finding,) = findings(RULES, "P-1", case)
        assert finding.field == "route"
        assert finding.blocks
        assert "자체조달" in finding.message
        assert "중앙조달" in finding.message


@pytest.mark.parametrize(
    ("law", "route", "ground"),
    [
        (ContractLaw.NATIONAL, Route.OWN, "국가계약법 시행령 제26조제1항제5호아목"),
        (ContractLaw.LOCAL, Route.OWN, "지방계약법 시행령 제25조제1항제8호차목"),
        (ContractLaw.PUBLIC_BODY, Route.OWN, "공기업·준정부기관 계약사무규칙 제8조제1항제7호"),
        (ContractLaw.NATIONAL, Route.CENTRAL, "조달사업법 시행령 제16조"),
        (ContractLaw.OWN_RULES, Route.CENTRAL, "조달사업법 시행령 제16조"),
    ],
)
def test_the_ground_proposed_for_an_institution_is_met(law: ContractLaw, route: Route, ground: str) -> None:
    assert proposed_ground(law, route) == ground
    institution = Institution("표본기관", InstitutionKind.NATIONAL, law)
    sourcing = replace(good_sourcing(), route=route, legal_ground=ground)
    assert outcome(RULES, "P-1", a_case(institution=institution, sourcing=sourcing)) is Outcome.MET


def test_a_blank_ground_is_answered_with_the_one_to_write() -> None:
    (finding,) = findings(RULES, "P-1", with_sourcing(legal_ground=" "))
    assert finding.field == "legal_ground"
    assert finding.blocks
    assert "지방계약법 시행령 제25조제1항제8호차목" in finding.message


def test_the_ground_of_another_law_is_found() -> None:
    (finding,) = findings(RULES, "P-1", with_sourcing(legal_ground="국가계약법 시행령 제26조제1항제5호아목"))
    assert finding.blocks
    assert is_korean(finding.message)


def test_a_body_with_rules_of_its_own_names_them() -> None:
    institution = Institution("표본기관", InstitutionKind.OTHER_PUBLIC, ContractLaw.OWN_RULES)
    assert proposed_ground(ContractLaw.OWN_RULES, Route.OWN) == ""
    (finding,) = findings(
        RULES, "P-1", a_case(institution=institution, sourcing=replace(good_sourcing(), legal_ground=""))
    )
    assert "기관의 계약규정" in finding.message
    named = replace(good_sourcing(), legal_ground="표본기관 계약규정 제12조")
    assert outcome(RULES, "P-1", a_case(institution=institution, sourcing=named)) is Outcome.MET


def test_the_own_route_takes_every_registered_service() -> None:
    case = with_final(results=(a_row(1, in_mall=False),))
    assert outcome(RULES, "P-2", case) is Outcome.NOT_APPLICABLE


def test_a_service_outside_the_mall_stops_the_central_route_and_is_not_dropped() -> None:
    case = central(with_final(results=(a_row(1), a_row(2, in_mall=False))))
    (finding,) = findings(RULES, "P-2", case)
    assert finding.severity is Severity.BLOCK
    assert finding.subject == "result-2"
    assert "표본 클라우드 2호" in finding.message
    assert "빼지 말고" in finding.message
    assert outcome(RULES, "P-2", with_reason(case, "P-2", "result-2")) is Outcome.UNMET


def test_an_unknown_registration_is_neither_match_nor_mismatch() -> None:
    case = central(with_final(results=(a_row(1), a_row(2, in_mall=None))))
    (finding,) = findings(RULES, "P-2", case)
    assert finding.severity is Severity.JUSTIFY
    assert "확인이 필요합니다" in finding.message
    assert outcome(RULES, "P-2", with_reason(case, "P-2", "result-2")) is Outcome.JUSTIFIED


def test_without_final_run_the_mall_is_not_looked_up() -> None:
    assert outcome(RULES, "P-2", central(with_runs(final=None))) is Outcome.NOT_YET


@pytest.mark.parametrize(
    ("route", "lots", "expected"),
    [
        (Route.OWN, (1, 2), Outcome.MET),
        (Route.CENTRAL, (1,), Outcome.MET),
        (Route.CENTRAL, (1, 2), Outcome.UNMET),
    ],
)
def test_several_services_at_once_only_by_own_procurement(
    route: Route, lots: tuple[int, ...], expected: Outcome
) -> None:
    case = a_case(head=replace(good_head(), lots=lots), sourcing=replace(CENTRAL, route=route))
    assert outcome(RULES, "P-3", case) is expected


def test_a_joint_contract_is_refused_on_the_central_route() -> None:
    (finding,) = findings(RULES, "P-3", central(a_case(), joint=True))
    assert finding.field == "joint"
    assert finding.blocks
    assert "공동계약" in finding.message


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"needs_several_specialties": False}, Outcome.NOT_APPLICABLE),
        ({"needs_several_specialties": None}, Outcome.UNMET),
        ({"needs_several_specialties": True, "no_joint_reason": " "}, Outcome.UNMET),
        ({"needs_several_specialties": True, "joint": True}, Outcome.MET),
        ({"needs_several_specialties": True, "no_joint_reason": "일정이 늦어집니다."}, Outcome.JUSTIFIED),
    ],
)
@pytest.mark.parametrize("route", Route)
def test_a_work_of_several_specialties_allows_a_joint_contract_or_says_why(
    route: Route, changes: dict[str, Any], expected: Outcome
) -> None:
    assert outcome(RULES, "P-4", with_sourcing(route=route, **changes)) is expected


def test_the_refusal_of_a_joint_contract_is_answered_beside_its_field() -> None:
    (finding,) = findings(RULES, "P-4", with_sourcing(needs_several_specialties=True))
    assert finding.field == "no_joint_reason"
    assert finding.wants_reason
    assert is_korean(finding.message)


@pytest.mark.parametrize(
    ("start", "end", "expected"),
    [
        (date(2023, 1, 1), date(2023, 12, 31), Outcome.MET),
        (date(2023, 3, 13), date(2024, 1, 1), Outcome.UNMET),
        (date(2023, 1, 1), date(2024, 12, 31), Outcome.UNMET),
    ],
)
def test_a_period_beyond_the_year_is_told_of_the_long_term_contract(
    start: date, end: date, expected: Outcome
) -> None:
    budget = replace(good_budget(), planned_start=start, planned_end=end)
    (finding,) = findings(RULES, "P-5", a_case(budget=budget))
    assert finding.outcome is expected
    assert not finding.blocks
    long_term = replace(good_sourcing(), long_term=True)
    assert outcome(RULES, "P-5", a_case(budget=budget, sourcing=long_term)) is Outcome.MET


def test_a_metered_fee_is_told_of_the_unit_price_contract() -> None:
    (finding,) = findings(RULES, "P-5", a_case(budget=replace(good_budget(), fee_basis=FeeBasis.METERED)))
    assert finding.severity is Severity.REMIND
    assert "단가계약" in finding.message


def test_properties_combine_and_are_listed() -> None:
    (finding,) = findings(RULES, "P-5", with_sourcing(long_term=True, unit_price=True, subcontract=True))
    assert finding.outcome is Outcome.MET
    assert "장기계속계약, 단가계약, 하도급계약" in finding.message

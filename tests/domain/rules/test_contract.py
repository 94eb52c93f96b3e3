"""Rules of ⑥ over the good case, taken apart one thing at a time."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from procurement.domain.facts import CaseFacts, ContractFacts, Institution
from procurement.domain.facts.case import ContractLaw, InstitutionKind
from procurement.domain.facts.contract import (
    ApprovalDecision,
    Clause,
    ClauseKind,
    CounterpartCheck,
    DeliveryDemand,
    Duty,
    DutyTiming,
    Negotiation,
    SlaIndicator,
)
from procurement.domain.facts.definition import ServiceType
from procurement.domain.facts.sourcing import Route
from procurement.domain.rules.base import Outcome, Severity
from procurement.domain.rules.contract import RULES
from tests.domain.rules.asking import ground, subjects, unmet
from tests.domain.rules.builders import (
    a_case,
    a_new_case,
    a_row,
    findings,
    good_contract,
    good_selection,
    good_sourcing,
    outcome,
    with_final,
    with_reason,
)
from tests.domain.rules.good_later import at, good_sla, good_terms

ALL = [rule.id for rule in RULES]
DEMAND = DeliveryDemand("조달-1", date(2023, 3, 8), "납품-1", date(2023, 3, 13))


def terms(**changes: Any) -> CaseFacts:
    """The good case with fields of the terms replaced."""
    return a_case(contract=replace(good_contract(), terms=replace(good_terms(), **changes)))


def contract(**changes: Any) -> CaseFacts:
    """The good case with facts of the contract replaced."""
    return a_case(contract=replace(good_contract(), **changes))


def sla(**changes: Any) -> CaseFacts:
    """The good case with parts of the annex replaced."""
    return terms(sla=replace(good_sla(), **changes))


def by_mall(**changes: Any) -> CaseFacts:
    """A central case with fields of the terms replaced."""
    return replace(
        terms(delivery_demand=DEMAND, **changes), sourcing=replace(good_sourcing(), route=Route.CENTRAL)
    )


def not_cloud() -> CaseFacts:
    """The good case with a support service as the winner."""
    return with_final(results=(a_row(1, service_type=ServiceType.SUPPORT), a_row(2), a_row(3)))


@pytest.mark.parametrize("rule_id", ALL)
def test_the_good_case_breaks_no_rule_of_the_contract(rule_id: str) -> None:
    assert outcome(RULES, rule_id, a_case()) in (Outcome.MET, Outcome.NOT_APPLICABLE)


@pytest.mark.parametrize("rule_id", ALL)
def test_nothing_is_asked_of_a_contract_before_there_is_a_winner(rule_id: str) -> None:
    assert outcome(RULES, rule_id, a_new_case()) is Outcome.NOT_YET


def test_blank_terms_are_told_what_to_fill_in_once_there_is_a_winner() -> None:
    case = a_case(contract=ContractFacts())
    blocking = {
        f.rule_id for rule_id in ALL for f in findings(RULES, rule_id, case) if f.outcome is Outcome.UNMET
    }
    assert {"K-1", "K-2", "K-3", "K-5", "K-6", "K-7", "K-10", "K-11", "K-12", "K-13", "K-14"} <= blocking


def test_the_rules_stand_in_order_of_their_numbers() -> None:
    assert [f"K-{number}" for number in range(1, 17)] == ALL


@pytest.mark.parametrize("name", ["표본 클라우드1호", "표본 클라우드 1호 ", "표본클라우드 1호"])
def test_a_service_name_is_exactly_the_registered_one(name: str) -> None:
    assert subjects(RULES, "K-1", terms(service_names=(name,))) == {"표본 클라우드 1호", name}


def test_no_other_service_is_in_the_contract() -> None:
    case = terms(service_names=("표본 클라우드 1호", "표본 클라우드 2호"))
    assert "표본 클라우드 2호" in unmet(RULES, "K-1", case).message


@pytest.mark.parametrize(
    "changes",
    [{"start": None}, {"end": None}, {"amount_won": None}, {"vat_included": None}, {"conditions": " "}],
)
def test_what_a_contract_must_state_is_stated(changes: dict[str, Any]) -> None:
    found = unmet(RULES, "K-2", terms(**changes))
    assert found.field == next(iter(changes))
    assert found.severity is Severity.BLOCK


def test_a_contract_cannot_end_before_it_starts() -> None:
    case = terms(end=date(2023, 3, 12))
    assert unmet(RULES, "K-2", case).severity is Severity.BLOCK


@pytest.mark.parametrize(
    ("start", "end", "word"),
    [
        (date(2023, 1, 1), date(2023, 12, 31), ""),
        (date(2023, 3, 13), date(2024, 1, 1), "회계연도"),
        (date(2023, 3, 13), date(2024, 3, 12), "회계연도"),
        (date(2023, 3, 13), date(2024, 3, 13), "12개월"),
    ],
)
def test_longer_than_twelve_months_or_the_fiscal_year_needs_a_reason(
    start: date, end: date, word: str
) -> None:
    case = terms(start=start, end=end)
    if not word:
        assert outcome(RULES, "K-2", case) is Outcome.MET
        return
    found = unmet(RULES, "K-2", case)
    assert word in found.message
    assert found.severity is Severity.JUSTIFY
    assert outcome(RULES, "K-2", with_reason(case, "K-2", "period")) is Outcome.JUSTIFIED


@pytest.mark.parametrize("form", ["long_term", "continuing_expenditure"])
def test_a_long_contract_in_its_form_is_asked_only_for_the_need(form: str) -> None:
    case = terms(end=date(2024, 12, 31), **{form: True})
    assert "표시" not in unmet(RULES, "K-2", case).message
    assert "표시" in unmet(RULES, "K-2", terms(end=date(2024, 12, 31))).message


@pytest.mark.parametrize("part", ["target", "scope", "period", "grades", "method", "handling"])
def test_the_annex_has_its_seven_parts(part: str) -> None:
    assert unmet(RULES, "K-3", sla(**{part: " "})).field == f"sla-{part}"
    assert unmet(RULES, "K-3", sla(indicators=())).field == "sla-indicators"


def test_indicators_are_items_of_the_quality_criteria() -> None:
    own = SlaIndicator("smiles", "만족한 사람의 수", "명", 1_000)
    case = sla(indicators=(*good_sla().indicators, own))
    assert "만족한 사람의 수" in unmet(RULES, "K-4", case).message
    assert outcome(RULES, "K-4", with_reason(case, "K-4", "smiles")) is Outcome.JUSTIFIED
    assert outcome(RULES, "K-4", sla(indicators=())) is Outcome.NOT_YET


def test_availability_is_among_the_indicators() -> None:
    assert "가용률" in unmet(RULES, "K-4", sla(indicators=good_sla().indicators[1:])).message


def test_the_quality_criteria_are_for_cloud_services() -> None:
    assert outcome(RULES, "K-4", not_cloud()) is Outcome.NOT_APPLICABLE
    assert outcome(RULES, "K-12", not_cloud()) is Outcome.NOT_APPLICABLE


@pytest.mark.parametrize("kind", list(ClauseKind))
def test_each_clause_is_written_or_explained(kind: ClauseKind) -> None:
    clauses = tuple(c if c.kind is not kind else Clause(kind, " ") for c in good_terms().clauses)
    assert kind.label in unmet(RULES, "K-5", terms(clauses=clauses)).message


def approved(**changes: Any) -> CaseFacts:
    """The good case with fields of its approval replaced."""
    return contract(approvals=(replace(good_contract().approvals[0], **changes),))


@pytest.mark.parametrize(
    ("case", "word"),
    [
        (contract(approvals=()), "올리지 않았습니다"),
        (approved(bundle_digest=None), "증빙 묶음"),
        (approved(decision=None), "아직"),
        (approved(decision=ApprovalDecision.RETURNED), "반려"),
        (contract(terms_digest="other"), "바뀌었습니다"),
        (approved(decided_at=at(3, 14)), "먼저 기록"),
        (contract(conclusion=replace(good_contract().conclusion, terms_digest="other")), "체결한 계약 조건"),
    ],
)
def test_the_terms_are_approved_with_the_bundle_before_conclusion(case: CaseFacts, word: str) -> None:
    found = unmet(RULES, "K-6", case)
    assert word in found.message
    assert found.blocks


def test_the_approval_lacks_what_the_selection_lacks() -> None:
    quotes = tuple(replace(q, evidence_id=None) for q in good_selection().quotes[:1])
    case = a_case(selection=replace(good_selection(), quotes=quotes), evidence=())
    assert unmet(RULES, "K-6", case).severity is Severity.BLOCK
    no_table = a_case(selection=replace(good_selection(), tables=()))
    found = unmet(RULES, "K-6", no_table)
    assert found.severity is Severity.JUSTIFY
    assert "평가표" in found.message


@pytest.mark.parametrize(
    ("order", "expected"),
    [
        ((), Outcome.UNMET),
        (("과업지시서",), Outcome.UNMET),
        (("이용약관", "계약서"), Outcome.UNMET),
        (("계약서", "이용약관"), Outcome.MET),
    ],
)
def test_the_contract_stands_above_the_terms_of_the_provider(
    order: tuple[str, ...], expected: Outcome
) -> None:
    assert outcome(RULES, "K-7", terms(precedence=order)) is expected


@pytest.mark.parametrize("name", ["joint", "long_term", "unit_price", "subcontract"])
def test_the_form_of_the_contract_is_the_one_chosen_before(name: str) -> None:
    case = terms(**{name: True})
    assert unmet(RULES, "K-8", case).field == name
    agreed = replace(case, sourcing=replace(good_sourcing(), **{name: True}))
    assert outcome(RULES, "K-8", agreed) is Outcome.MET
    assert "④에만" in unmet(RULES, "K-8", replace(agreed, contract=good_contract())).message


def test_by_the_mall_one_service_makes_a_contract() -> None:
    assert outcome(RULES, "K-8", by_mall()) is Outcome.MET
    case = by_mall(service_names=("표본 클라우드 1호", "표본 클라우드 2호"))
    assert "하나씩만" in unmet(RULES, "K-8", case).message


def test_a_delivery_demand_belongs_to_the_mall() -> None:
    assert "자체조달인데" in unmet(RULES, "K-8", terms(delivery_demand=DEMAND)).message
    assert outcome(RULES, "K-9", a_case()) is Outcome.NOT_APPLICABLE
    assert outcome(RULES, "K-9", by_mall()) is Outcome.MET


@pytest.mark.parametrize("name", ["request_number", "requested_on", "demand_number", "demanded_on"])
def test_request_and_demand_are_recorded(name: str) -> None:
    blank = replace(DEMAND, **{name: None if name.endswith("_on") else ""})
    case = by_mall()
    case = replace(case, contract=replace(case.contract, terms=replace(good_terms(), delivery_demand=blank)))
    assert unmet(RULES, "K-9", case).field == f"delivery_demand-{name}"


def test_the_demand_follows_the_request() -> None:
    early = replace(DEMAND, demanded_on=date(2023, 3, 7))
    case = by_mall()
    case = replace(case, contract=replace(case.contract, terms=replace(good_terms(), delivery_demand=early)))
    assert "빠릅니다" in unmet(RULES, "K-9", case).message


@pytest.mark.parametrize(
    ("duty", "word"),
    [
        (Duty("d", "선임", DutyTiming.AFTER_CONCLUSION, confirmed_by="가", proof="나"), "며칠"),
        (Duty("d", "승인", DutyTiming.ON_DATE, confirmed_by="가", proof="나"), "기한"),
        (Duty("d", "보고", DutyTiming.MONTHLY, proof="나"), "확인하는 사람"),
        (Duty("d", "보고", DutyTiming.MONTHLY, confirmed_by="가"), "증빙"),
    ],
)
def test_duties_are_reminded_of_until_they_are_full_obligations(duty: Duty, word: str) -> None:
    found = unmet(RULES, "K-10", terms(duties=(duty,)))
    assert word in found.message
    assert duty.title in found.message
    assert not found.blocks
    assert not unmet(RULES, "K-10", terms(duties=())).blocks


@pytest.mark.parametrize(
    ("changes", "word"),
    [
        ({"checked_on": date(2023, 3, 12)}, "체결한 날"),
        ({"still_selected": False}, "취소"),
        ({"suspended": True}, "정지"),
        ({"valid_until": date(2023, 3, 12)}, "2023. 3. 12."),
        ({"looked_at": ""}, "무엇을 보고"),
    ],
)
def test_the_service_is_selected_on_the_day_of_conclusion(changes: dict[str, Any], word: str) -> None:
    check = good_terms().selected_check
    assert check is not None
    assert word in unmet(RULES, "K-11", terms(selected_check=replace(check, **changes))).message


def test_a_selection_that_ends_on_the_day_of_conclusion_still_counts() -> None:
    check = good_terms().selected_check
    assert check is not None
    case = terms(selected_check=replace(check, valid_until=date(2023, 3, 13)))
    assert outcome(RULES, "K-11", case) is Outcome.MET
    assert "기록이 없습니다" in unmet(RULES, "K-11", terms(selected_check=None)).message


@pytest.mark.parametrize("answer", [None, False])
def test_a_public_body_follows_the_standard_of_the_ministry(answer: bool | None) -> None:
    case = terms(follows_public_body_standard=answer)
    assert unmet(RULES, "K-12", case).blocks
    state = replace(case, institution=Institution("표본부", InstitutionKind.NATIONAL, ContractLaw.NATIONAL))
    assert "제2조제3호" in ground(RULES, "K-12", state, Outcome.NOT_APPLICABLE)


@pytest.mark.parametrize(
    ("check", "word"),
    [
        (None, "기록이 없습니다"),
        (CounterpartCheck(date(2023, 3, 13), " ", False), "기록이 없습니다"),
        (CounterpartCheck(date(2023, 3, 14), "조회 화면", False), "체결한 뒤"),
        (CounterpartCheck(date(2023, 3, 13), "조회 화면", True), "제한되는 사유"),
    ],
)
def test_the_counterpart_is_not_barred(check: CounterpartCheck | None, word: str) -> None:
    found = unmet(RULES, "K-13", terms(counterpart_check=check))
    assert word in found.message
    assert found.blocks


def test_the_law_may_make_an_exception_for_a_barred_counterpart() -> None:
    check = CounterpartCheck(date(2023, 3, 13), "조회 화면", True, "대체할 자가 없음(법이 정한 예외)")
    assert "대체할 자" in ground(RULES, "K-13", terms(counterpart_check=check), Outcome.MET)
    assert outcome(RULES, "K-13", by_mall()) is Outcome.NOT_APPLICABLE


def test_negotiation_with_the_winner_is_recorded() -> None:
    other = (Negotiation(1, "result-2", date(2023, 3, 6), "협의함"),)
    for talks in ((), other):
        found = unmet(RULES, "K-14", contract(negotiations=talks))
        assert "표본 클라우드 1호" in found.message


def test_a_disqualification_stops_the_contract() -> None:
    talks = (Negotiation(1, "result-1", date(2023, 3, 6), "협의함", True, "면허 없음"),)
    found = unmet(RULES, "K-14", contract(negotiations=talks))
    assert "⑤" in found.message
    assert found.blocks


def test_what_must_not_leak_is_named_with_its_sanctions() -> None:
    assert subjects(RULES, "K-15", terms(secrets=(), leak_sanctions=" ")) == {"secrets", "sanctions"}


@pytest.mark.parametrize("used", [None, False])
def test_the_standard_form_is_reminded_of(used: bool | None) -> None:
    assert not unmet(RULES, "K-16", terms(standard_form_used=used)).blocks
    told = terms(standard_form_used=used, standard_form_note="배포된 양식이 없음")
    assert "배포된 양식이 없음" in ground(RULES, "K-16", told, Outcome.JUSTIFIED)
    assert outcome(RULES, "K-16", by_mall()) is Outcome.NOT_APPLICABLE

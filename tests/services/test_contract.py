"""⑥ Negotiation, conclusion and amendment through the services; what is refused on the way."""

import uuid
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from procurement.domain.access import Actor
from procurement.domain.errors import InvalidInput, NotFound, Refused
from procurement.domain.facts.contract import DeliveryDemand, Negotiation, SelectedCheck
from procurement.domain.facts.selection import DecisionKind, MallResult, Material
from procurement.domain.facts.sourcing import Route
from procurement.domain.presets import first_terms
from procurement.domain.rules.base import Outcome
from procurement.domain.rules.reading import winners
from procurement.domain.rules.registry import findings_of
from procurement.domain.steps import Step, StepState
from procurement.models import Case
from procurement.services import (
    case_facts,
    contract,
    records,
    registration,
    selection_decision,
    selection_papers,
    workflow,
)
from procurement.services.selection_decision import Choice
from tests.support import contracting, selecting
from tests.support.at_selection import a_selecting_case
from tests.support.awarded import Awarded
from tests.support.awarded import awarded as awarded
from tests.support.contracting import CONCLUDED_ON, LOOKED_AT, signing
from tests.support.factories import event_kinds, work


@pytest.fixture
def approved(awarded: Awarded) -> Awarded:
    """The case with its contract approved."""
    with work():
        digest = contracting.ask_approval(awarded.officer, awarded.case)
        contracting.approve(awarded.approver, awarded.case, digest)
    return awarded


@pytest.fixture
def concluded(awarded: Awarded) -> Awarded:
    """The case with ⑥ completed."""
    with work():
        contracting.complete_contract(awarded.officer, awarded.case, awarded.approver)
    return awarded


def a_negotiation(at: Awarded, **changes: Any) -> Negotiation:
    lot, row = winners(at.facts)[0]
    return replace(Negotiation(lot, row.result_id, records.today(), "이관 방법을 협의했다."), **changes)


def test_the_first_terms_take_over_what_is_settled(awarded: Awarded) -> None:
    facts = awarded.facts
    terms = first_terms(facts)
    _, row = winners(facts)[0]
    quote = facts.selection.quote_of(1, row.result_id)
    assert quote is not None
    assert (terms.service_names, terms.provider_name) == ((row.service_name,), row.provider_name)
    assert (terms.amount_won, terms.vat_included) == (quote.amount_won, True)
    assert facts.budget is not None
    assert (terms.start, terms.end) == (facts.budget.planned_start, facts.budget.planned_end)
    assert terms.delay_rate_millionths == 1_300
    assert terms.precedence[0] == "계약서"


def test_a_negotiation_with_the_winner_is_recorded(awarded: Awarded) -> None:
    with work():
        contract.add_negotiation(awarded.officer, awarded.case, a_negotiation(awarded))
    assert [n.content for n in awarded.facts.contract.negotiations] == ["이관 방법을 협의했다."]
    assert event_kinds(awarded.case)[-1] == "negotiation.added"


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"result_id": str(uuid.UUID(int=1))}, "result_id"),
        ({"lot": 2}, "result_id"),
        ({"content": "  "}, "content"),
        ({"disqualified": True}, "ground"),
        ({"held_on": date(2999, 1, 1)}, "held_on"),
    ],
)
def test_an_impossible_negotiation_is_not_recorded(
    awarded: Awarded, changes: dict[str, Any], field: str
) -> None:
    with pytest.raises(InvalidInput) as wrong:
        contract.add_negotiation(awarded.officer, awarded.case, a_negotiation(awarded, **changes))
    assert wrong.value.field == field


def test_a_mistaken_negotiation_is_taken_back_with_a_reason(awarded: Awarded) -> None:
    with work():
        row = contract.add_negotiation(
            awarded.officer, awarded.case, a_negotiation(awarded, disqualified=True, ground="오인")
        )
    thread = str(row.thread_id)
    assert event_kinds(awarded.case)[-2:] == ["negotiation.added", "step.reopened"]
    with pytest.raises(InvalidInput):
        contract.withdraw_negotiation(awarded.officer, awarded.case, thread, "")
    with work():
        contract.withdraw_negotiation(awarded.officer, awarded.case, thread, "다른 회사와 혼동했습니다.")
    facts = awarded.facts
    assert facts.contract.negotiations == ()
    assert facts.selection.decision_of(1) is not None
    with work():
        workflow.complete(awarded.officer, awarded.case, Step.SELECTION)
    assert awarded.facts.steps[Step.CONTRACT].state is StepState.OPEN


def test_another_record_is_not_taken_back_as_a_negotiation(awarded: Awarded) -> None:
    quote = next(r for r in records.active(awarded.case) if r.kind == "quote")
    with pytest.raises(NotFound):
        contract.withdraw_negotiation(awarded.officer, awarded.case, quote.thread_id, "잘못 적었습니다.")


def test_the_conclusion_is_bound_to_the_approved_terms(approved: Awarded) -> None:
    with work():
        contract.conclude(approved.officer, approved.case, signing(approved.officer, approved.case))
    facts = approved.facts.contract
    assert facts.conclusion is not None
    assert facts.conclusion.terms_digest == approved.approval.terms_digest == facts.terms_digest
    assert facts.terms is not None
    assert facts.terms.selected_check is not None
    assert facts.terms.selected_check.looked_at == LOOKED_AT
    assert event_kinds(approved.case)[-2:] == ["selected_check.added", "contract.concluded"]
    with work():
        workflow.complete(approved.officer, approved.case, Step.CONTRACT)
    assert approved.facts.steps[Step.REGISTRATION].state is StepState.OPEN


def test_a_contract_is_not_concluded_before_its_approval(awarded: Awarded) -> None:
    with work():
        contracting.ask_approval(awarded.officer, awarded.case)
    with pytest.raises(Refused, match="결재를 받지 않아") as refused:
        contract.conclude(awarded.officer, awarded.case, signing(awarded.officer, awarded.case))
    assert refused.value.rule_id == "K-6"


def test_a_contract_is_concluded_once(approved: Awarded) -> None:
    with work():
        contract.conclude(approved.officer, approved.case, signing(approved.officer, approved.case))
    with pytest.raises(Refused, match="이미 체결한 계약"):
        contract.conclude(approved.officer, approved.case, signing(approved.officer, approved.case))


def test_a_disqualification_found_after_the_approval_stops_the_conclusion(approved: Awarded) -> None:
    """The contract waits for ⑤, which is open again."""
    with work():
        contract.add_negotiation(
            approved.officer, approved.case, a_negotiation(approved, disqualified=True, ground="폐업")
        )
    assert approved.facts.steps[Step.SELECTION].state is StepState.OPEN
    with pytest.raises(Refused, match="이용계약 대상선정 단계를 완료한 뒤에"):
        contract.conclude(approved.officer, approved.case, signing(approved.officer, approved.case))


@pytest.mark.parametrize(
    ("check", "rule_id"),
    [
        (None, "K-11"),
        (SelectedCheck(CONCLUDED_ON - timedelta(days=1), True, None, False, LOOKED_AT), "K-11"),
        (SelectedCheck(CONCLUDED_ON, False, None, False, LOOKED_AT), "K-11"),
        (SelectedCheck(CONCLUDED_ON, True, None, True, LOOKED_AT), "K-11"),
        (SelectedCheck(CONCLUDED_ON, True, CONCLUDED_ON - timedelta(days=1), False, LOOKED_AT), "K-11"),
        (SelectedCheck(CONCLUDED_ON, True, None, False, " "), "K-11"),
    ],
)
def test_the_service_is_selected_and_valid_on_the_day_of_conclusion(
    approved: Awarded, check: SelectedCheck | None, rule_id: str
) -> None:
    said = signing(approved.officer, approved.case, selected_check=check)
    with pytest.raises(Refused) as refused:
        contract.conclude(approved.officer, approved.case, said)
    assert refused.value.rule_id == rule_id
    assert approved.facts.contract.conclusion is None


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"contract_number": " "}, "contract_number"),
        ({"concluded_on": date(2999, 1, 1)}, "concluded_on"),
        ({"evidence_id": ""}, "evidence_id"),
    ],
)
def test_a_conclusion_has_its_number_day_and_paper(
    approved: Awarded, changes: dict[str, Any], field: str
) -> None:
    with pytest.raises(InvalidInput) as wrong:
        contract.conclude(
            approved.officer, approved.case, signing(approved.officer, approved.case, **changes)
        )
    assert wrong.value.field == field


def test_only_a_contract_or_delivery_demand_is_the_paper(approved: Awarded) -> None:
    with work():
        other = contracting.a_paper(approved.officer, approved.case, "other")
    with pytest.raises(InvalidInput, match="계약서나 납품요구서") as wrong:
        contract.conclude(
            approved.officer, approved.case, signing(approved.officer, approved.case, evidence_id=other)
        )
    assert wrong.value.field == "evidence_id"


def test_own_procurement_has_no_delivery_demand(approved: Awarded) -> None:
    demand = DeliveryDemand("조달-1", CONCLUDED_ON, "납품-1", CONCLUDED_ON)
    with pytest.raises(Refused) as refused:
        contract.conclude(
            approved.officer, approved.case, signing(approved.officer, approved.case, delivery_demand=demand)
        )
    assert refused.value.rule_id == "K-8"


def test_nothing_of_the_contract_is_written_while_it_waits_its_turn(awarded: Awarded) -> None:
    with work():
        workflow.reopen(awarded.officer, awarded.case, Step.SELECTION, "다시 봅니다.")
    for act in (
        lambda: contract.add_negotiation(awarded.officer, awarded.case, a_negotiation(awarded)),
        lambda: contract.conclude(awarded.officer, awarded.case, signing(awarded.officer, awarded.case)),
    ):
        with pytest.raises(Refused) as refused:
            act()
        assert refused.value.rule_id == "C-2"


def amend(at: Awarded, **changes: Any) -> None:
    values: dict[str, Any] = {"amended_on": records.today(), "content": "이용 수량을 늘렸다."}
    with work():
        contract.amend(at.officer, at.case, **{**values, **changes})


def test_amendments_are_numbered_and_change_amount_and_end(concluded: Awarded) -> None:
    amend(concluded, amount_won=13_000_000)
    amend(concluded, end=date(2027, 3, 31))
    facts = concluded.facts.contract
    assert [a.number for a in facts.amendments] == [1, 2]
    assert (facts.amount_won, facts.ends_on) == (13_000_000, date(2027, 3, 31))


def test_the_number_of_an_amendment_taken_back_is_not_given_again(concluded: Awarded) -> None:
    amend(concluded)
    thread = next(r.thread_id for r in records.active(concluded.case) if r.kind == "amendment")
    with work():
        records.withdraw(concluded.officer, concluded.case, thread, "체결되지 않았습니다.")
    amend(concluded)
    assert [a.number for a in concluded.facts.contract.amendments] == [2]


def test_an_amendment_opens_a_registration_again(concluded: Awarded) -> None:
    with work():
        contracting.complete_registration(concluded.officer, concluded.case)
    amend(concluded)
    facts = concluded.facts
    assert facts.steps[Step.REGISTRATION].state is StepState.OPEN
    assert facts.steps[Step.CONTRACT].state is StepState.DONE
    wrong = [f for f in findings_of(Step.REGISTRATION, facts) if f.outcome is Outcome.UNMET]
    assert [(f.rule_id, f.subject) for f in wrong] == [("G-3", "amendment1")]


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"content": ""}, "content"),
        ({"amended_on": CONCLUDED_ON - timedelta(days=1)}, "amended_on"),
        ({"amended_on": date(2999, 1, 1)}, "amended_on"),
        ({"end": date(2025, 12, 31)}, "end"),
        ({"evidence_id": str(uuid.UUID(int=1))}, "evidence_id"),
    ],
)
def test_an_impossible_amendment_is_not_recorded(
    concluded: Awarded, changes: dict[str, Any], field: str
) -> None:
    with pytest.raises(InvalidInput) as wrong:
        amend(concluded, **changes)
    assert wrong.value.field == field


def test_an_amendment_on_the_day_of_conclusion_is_taken(concluded: Awarded) -> None:
    amend(concluded, amended_on=CONCLUDED_ON)
    assert len(concluded.facts.contract.amendments) == 1


def test_a_contract_that_is_not_concluded_is_not_amended(approved: Awarded) -> None:
    with pytest.raises(Refused, match="체결하고 ⑥을 완료한 계약만"):
        amend(approved)


def a_case_by_the_mall() -> tuple[Actor, Case]:
    """A case whose ⑤ was decided by the mall's own procedure."""
    actor, case = a_selecting_case(route=Route.CENTRAL)
    with work():
        selecting.score_all(actor, case)
        first = selecting.services_of(case)[0]
        paper = selecting.a_file(actor, case, "mall_result")
        result = MallResult(1, first.result_id, "기본제안서", False, records.today(), evidence_id=paper)
        selection_papers.keep_mall_result(actor, case, result)
        sla = Material(1, "SLA", None, selecting.a_file(actor, case, "material"))
        selection_papers.add_material(actor, case, sla)
        selection_decision.decide(actor, case, 1, Choice(DecisionKind.AWARD, first.result_id))
        workflow.complete(actor, case, Step.SELECTION)
    return actor, case


def test_by_the_mall_the_demand_comes_after_the_approval_and_registration_is_done_by_itself(
    db_session: Any,
) -> None:
    actor, case = a_case_by_the_mall()
    with work():
        approver = contracting.an_approver(actor, case)
        contracting.approve(approver, case, contracting.ask_approval(actor, case))
    with pytest.raises(Refused) as refused:
        contract.conclude(actor, case, signing(actor, case, delivery_demand=None))
    assert refused.value.rule_id == "K-9"
    with work():
        contract.conclude(actor, case, signing(actor, case))
        workflow.complete(actor, case, Step.CONTRACT)
    with pytest.raises(Refused) as refused:
        registration.register(actor, case, registered_on=CONCLUDED_ON)
    assert refused.value.rule_id == "G-2"
    with work():
        workflow.complete(actor, case, Step.REGISTRATION)
    assert case_facts.load(case).steps[Step.REGISTRATION].state is StepState.DONE


def test_an_amendment_by_the_mall_is_carried_over_by_itself(db_session: Any) -> None:
    actor, case = a_case_by_the_mall()
    with work():
        contracting.complete_contract(actor, case)
        workflow.complete(actor, case, Step.REGISTRATION)
        contract.amend(actor, case, amended_on=records.today(), content="수량 변경")
    assert case_facts.load(case).steps[Step.REGISTRATION].state is StepState.DONE

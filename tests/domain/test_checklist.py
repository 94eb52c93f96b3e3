"""The termination checklist for each way a contract can end."""

from dataclasses import replace
from typing import Any

import pytest

from procurement.domain.checklist import CHECKPOINTS, MAX_LINES, checklist_for
from procurement.domain.facts import CaseFacts, EndingFacts, EndingPlan
from procurement.domain.facts.definition import ServiceType
from procurement.domain.facts.ending import END_NOTICE_ITEMS, EndingKind, ExpiryOutcome
from procurement.domain.facts.sourcing import Route
from tests.domain.rules.builders import a_case, a_row, good_contract, good_sourcing, with_final, with_sourcing
from tests.domain.rules.good_later import good_terms

EXPIRY_END = EndingPlan(kind=EndingKind.EXPIRY, expiry_outcome=ExpiryOutcome.END)
EVERY_END = [
    EndingPlan(),
    EndingPlan(kind=EndingKind.EXPIRY),
    *(EndingPlan(kind=EndingKind.EXPIRY, expiry_outcome=outcome) for outcome in ExpiryOutcome),
    *(
        EndingPlan(kind=kind, by_provider_fault=fault, immediate=at_once, provider_closes_business=closes)
        for kind in (EndingKind.RESCISSION, EndingKind.TERMINATION)
        for fault in (True, False)
        for at_once in (True, False)
        for closes in (True, False)
    ),
]


def keys(plan: EndingPlan | None, case: CaseFacts | None = None) -> list[str]:
    """Keys of the checklist for a plan."""
    return [item.key for item in checklist_for(replace(case or a_case(), ending=EndingFacts(plan=plan)))]


@pytest.mark.parametrize("plan", EVERY_END)
def test_every_checklist_fits_two_pages_and_names_its_sources(plan: EndingPlan) -> None:
    terms = replace(good_terms(), end_promises=tuple(f"약속 {n} " + "가" * 200 for n in range(20)))
    case = a_case(contract=replace(good_contract(), terms=terms), ending=EndingFacts(plan=plan))
    items = checklist_for(case)
    assert len(items) <= MAX_LINES
    assert len({item.key for item in items}) == len(items)
    assert all(item.citation and item.title and len(item.title) <= 75 for item in items)


@pytest.mark.parametrize("plan", EVERY_END)
def test_lines_come_in_the_order_of_their_days(plan: EndingPlan) -> None:
    days = [item.days_before_end for item in checklist_for(a_case(ending=EndingFacts(plan=plan)))]
    assert days == sorted(days, reverse=True)
    assert days[0] == max(CHECKPOINTS)
    assert min(days) == 0


def test_a_renewal_keeps_the_data_and_asks_for_a_budget() -> None:
    found = keys(replace(EXPIRY_END, expiry_outcome=ExpiryOutcome.RENEWAL))
    assert "renewal_budget" in found
    assert not {"data_received", "destroyed", "accounts", "migration_budget"} & set(found)


def test_a_move_asks_for_budget_and_plan_and_an_end_does_not() -> None:
    assert {"migration_budget", "handover_plan"} <= set(
        keys(replace(EXPIRY_END, expiry_outcome=ExpiryOutcome.NEW_CONTRACT))
    )
    assert not {"migration_budget", "handover_plan"} & set(keys(EXPIRY_END))


def test_before_the_choice_a_move_is_pointed_out_but_not_required() -> None:
    items = {item.key: item for item in checklist_for(a_case(ending=EndingFacts()))}
    assert not items["migration_budget"].required
    assert "신규계약" in items["migration_budget"].title
    assert items["decide"].days_before_end == 90


@pytest.mark.parametrize("item", END_NOTICE_ITEMS)
def test_each_item_of_the_notice_is_a_line(item: Any) -> None:
    assert f"notice_{item.value}" in keys(EXPIRY_END)


def test_a_notice_that_nobody_owes_is_one_line_with_its_ground() -> None:
    at_once = EndingPlan(kind=EndingKind.TERMINATION, immediate=True)
    support = with_final(results=(a_row(1, service_type=ServiceType.SUPPORT), a_row(2), a_row(3)))
    for case, ground in (
        (a_case(ending=EndingFacts(plan=at_once)), "즉시"),
        (replace(support, ending=EndingFacts(plan=EXPIRY_END)), "클라우드컴퓨팅서비스"),
    ):
        lines = [item for item in checklist_for(case) if item.key.startswith("notice")]
        assert [line.required for line in lines] == [False]
        assert "해당 없음" in lines[0].title
        assert ground in lines[0].title


def test_a_closing_business_adds_its_own_notice() -> None:
    assert {"closing_notice", "closing_posted"} <= set(
        keys(replace(EXPIRY_END, provider_closes_business=True))
    )
    assert "closing_notice" not in keys(EXPIRY_END)


def test_an_early_end_asks_for_its_ground_and_what_is_owed() -> None:
    own_need = EndingPlan(kind=EndingKind.TERMINATION, by_provider_fault=False)
    assert {"ground", "deposit"} <= set(keys(own_need))
    assert "decide" not in keys(own_need)
    assert "deposit" not in keys(replace(own_need, by_provider_fault=True))


def test_each_promise_of_the_contract_is_a_line() -> None:
    assert [key for key in keys(EXPIRY_END) if key.startswith("promise_")] == [
        "promise_list",
        "promise_0",
        "promise_1",
    ]


@pytest.mark.parametrize(("count", "lines"), [(20, 20), (21, 1)])
def test_very_many_promises_share_a_line(count: int, lines: int) -> None:
    terms = replace(good_terms(), end_promises=("약속",) * count)
    case = a_case(contract=replace(good_contract(), terms=terms), ending=EndingFacts(plan=EXPIRY_END))
    found = [item.key for item in checklist_for(case) if item.key.startswith("promise")]
    assert len(found) == lines + 1


def test_by_the_mall_no_registration_is_corrected() -> None:
    case = replace(with_sourcing(route=Route.CENTRAL), ending=EndingFacts(plan=EXPIRY_END))
    (line,) = [item for item in checklist_for(case) if item.key == "registration"]
    assert not line.required
    (line,) = [
        item for item in checklist_for(replace(case, sourcing=good_sourcing())) if item.key == "registration"
    ]
    assert line.required

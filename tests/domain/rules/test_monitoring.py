"""Rules of ⑧ over the good case: March to December 2023, three indicators, one fault."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from procurement.domain.facts import CaseFacts
from procurement.domain.facts.contract import FaultTerms
from procurement.domain.facts.definition import ProviderKind, ServiceType
from procurement.domain.facts.monitoring import (
    ChangeRecord,
    Compensation,
    DemandOutcomeKind,
    ImprovementDemand,
    MonthlyFigure,
    WatchKind,
    WatchRecord,
)
from procurement.domain.rules.base import Outcome, Severity
from procurement.domain.rules.monitoring import RULES
from tests.domain.rules.asking import ground, subjects, unmet
from tests.domain.rules.builders import (
    a_case,
    a_new_case,
    a_row,
    good_contract,
    outcome,
    with_final,
    with_lot,
    with_reason,
)
from tests.domain.rules.good_later import at, good_monitoring, good_sla, good_terms

ALL = [rule.id for rule in RULES]
MAY = ("availability", "2023-05")


def seen(**changes: Any) -> CaseFacts:
    """The good case with monitoring facts replaced."""
    return a_case(monitoring=replace(good_monitoring(), **changes))


def on_terms(case: CaseFacts, **changes: Any) -> CaseFacts:
    """The case with fields of the terms replaced."""
    return replace(case, contract=replace(good_contract(), terms=replace(good_terms(), **changes)))


def measured(value: int, *more: tuple[str, str, int], **changes: Any) -> CaseFacts:
    """The good case with another availability in May, and further figures replaced."""
    values = {MAY: value} | {(key, month): other for key, month, other in more}
    figures = tuple(
        replace(f, value_thousandths=values.get((f.indicator, f.month), f.value_thousandths))
        for f in good_monitoring().figures
    )
    return seen(figures=figures, **changes)


def demand(
    result: DemandOutcomeKind | None = DemandOutcomeKind.IMPROVED, due_on: date = date(2023, 6, 30)
) -> ImprovementDemand:
    """An improvement demanded for May."""
    return ImprovementDemand(
        "demand-1", "availability", "2023-05", "이중화 요구", date(2023, 6, 7), due_on, result
    )


def fault(**changes: Any) -> CaseFacts:
    """The good case with fields of its fault replaced."""
    return seen(faults=(replace(good_monitoring().faults[0], **changes),))


def not_cloud() -> CaseFacts:
    """The good case with a support service as the winner."""
    return with_final(results=(a_row(1, service_type=ServiceType.SUPPORT), a_row(2), a_row(3)))


@pytest.mark.parametrize("rule_id", ALL)
def test_the_good_case_breaks_no_rule_of_monitoring(rule_id: str) -> None:
    assert outcome(RULES, rule_id, a_case()) is Outcome.MET


@pytest.mark.parametrize("rule_id", ALL)
def test_monitoring_waits_for_the_conclusion(rule_id: str) -> None:
    assert outcome(RULES, rule_id, a_new_case()) is Outcome.NOT_YET


def test_a_month_that_is_over_has_every_figure() -> None:
    figures = tuple(f for f in good_monitoring().figures if (f.indicator, f.month) != MAY)
    found = unmet(RULES, "M-1", seen(figures=figures))
    assert found.subject == "2023-05"
    assert "가용률" in found.message
    assert not found.blocks


@pytest.mark.parametrize(
    ("today", "expected"),
    [
        (date(2023, 3, 31), set()),
        (date(2023, 4, 1), {"2023-03"}),
        (date(2023, 5, 1), {"2023-03", "2023-04"}),
    ],
)
def test_a_month_is_asked_for_on_the_day_after_its_last(today: date, expected: set[str]) -> None:
    assert subjects(RULES, "M-1", replace(seen(figures=()), today=today)) == expected


def test_without_indicators_no_figures_are_asked_for() -> None:
    case = on_terms(a_case(), sla=replace(good_sla(), indicators=()))
    assert outcome(RULES, "M-1", case) is Outcome.NOT_APPLICABLE


@pytest.mark.parametrize(("value", "expected"), [(99_500, Outcome.MET), (99_499, Outcome.UNMET)])
def test_a_figure_below_target_leads_to_a_demand(value: int, expected: Outcome) -> None:
    case = measured(value)
    assert outcome(RULES, "M-2", case) is expected
    if expected is Outcome.UNMET:
        assert "가용률" in unmet(RULES, "M-2", case).message
        assert outcome(RULES, "M-2", with_reason(case, "M-2", "availability 2023-05")) is Outcome.JUSTIFIED


@pytest.mark.parametrize(("value", "expected"), [(12_000, Outcome.MET), (12_001, Outcome.UNMET)])
def test_for_an_upper_limit_more_is_worse(value: int, expected: Outcome) -> None:
    assert outcome(RULES, "M-2", measured(99_950, ("recovery", "2023-05", value))) is expected


@pytest.mark.parametrize(
    ("today", "expected"), [(date(2023, 6, 30), Outcome.MET), (date(2023, 7, 1), Outcome.UNMET)]
)
def test_a_demand_has_an_outcome_once_it_is_due(today: date, expected: Outcome) -> None:
    case = replace(measured(99_000, demands=(demand(None),)), today=today)
    assert outcome(RULES, "M-2", case) is expected


def test_figures_that_have_not_come_are_not_judged() -> None:
    assert outcome(RULES, "M-2", seen(figures=())) is Outcome.NOT_YET
    assert outcome(RULES, "M-3", seen(figures=())) is Outcome.NOT_YET


def test_a_first_shortfall_asks_for_improvement_and_not_for_compensation() -> None:
    assert outcome(RULES, "M-3", measured(99_000)) is Outcome.MET
    assert outcome(RULES, "M-3", measured(99_000, demands=(demand(),))) is Outcome.MET


def test_still_below_the_formula_of_the_contract_is_claimed() -> None:
    case = measured(99_000, demands=(demand(DemandOutcomeKind.NOT_IMPROVED),))
    assert "126,500원" in unmet(RULES, "M-3", case).message
    later = measured(99_950, ("availability", "2023-07", 99_000), demands=(demand(),))
    assert unmet(RULES, "M-3", later).subject == "availability 2023-07"


@pytest.mark.parametrize(("amount", "expected"), [(126_500, Outcome.MET), (126_499, Outcome.UNMET)])
def test_what_is_claimed_is_what_the_contract_owes(amount: int, expected: Outcome) -> None:
    claimed = Compensation("2023-05", "availability", amount, date(2023, 7, 3), "월 이용료의 10%")
    case = measured(99_000, demands=(demand(DemandOutcomeKind.NOT_IMPROVED),), compensations=(claimed,))
    assert outcome(RULES, "M-3", case) is expected


def test_without_a_formula_nothing_is_computed() -> None:
    case = measured(99_000, demands=(demand(DemandOutcomeKind.NOT_IMPROVED),))
    bare = on_terms(case, sla=replace(good_sla(), compensation=()))
    assert "계산하지 않습니다" in ground(RULES, "M-3", bare, Outcome.NOT_APPLICABLE)
    no_fee = on_terms(case, sla=replace(good_sla(), monthly_fee_won=None))
    assert "월 이용료" in unmet(RULES, "M-3", no_fee).message


@pytest.mark.parametrize(
    ("changes", "late"),
    [
        ({"arrived_at": at(6, 7, 7), "recovered_at": at(6, 7, 19)}, False),
        ({"arrived_at": at(6, 7, 8)}, True),
        ({"arrived_at": at(6, 7, 2), "recovered_at": at(6, 7, 15)}, True),
        ({"remote": True, "arrived_at": None}, False),
    ],
)
def test_lateness_by_the_clock_is_told_and_stops_nobody(changes: dict[str, Any], late: bool) -> None:
    case = fault(**({"tested_at": at(6, 8)} | changes))
    found = subjects(RULES, "M-4", case)
    assert found == ({"fault-1 late"} if late else set())
    if late:
        assert not unmet(RULES, "M-4", case).blocks


@pytest.mark.parametrize(
    "changes", [{"tested_at": None}, {"witness": " "}, {"tested_at": at(6, 7, 8)}, {"recovered_at": None}]
)
def test_closing_without_the_witnessed_test_blocks(changes: dict[str, Any]) -> None:
    case = fault(**changes)
    assert "fault-1 closing" in subjects(RULES, "M-4", case)
    open_again = fault(**changes, closed=False)
    assert "fault-1 closing" not in subjects(RULES, "M-4", open_again)


def test_the_block_on_closing_is_a_block() -> None:
    found = unmet(RULES, "M-4", fault(tested_at=None))
    assert found.severity is Severity.BLOCK
    assert found.blocks


def test_a_contract_that_asks_for_no_test_lets_a_fault_be_closed() -> None:
    terms = FaultTerms(witnessed_test=False)
    assert outcome(RULES, "M-4", on_terms(fault(tested_at=None), fault_terms=terms)) is Outcome.MET


def test_a_fault_is_reported_after_it_is_mended() -> None:
    assert unmet(RULES, "M-4", fault(reported_on=None)).subject == "fault-1 report"


def test_moments_out_of_order_are_told() -> None:
    assert unmet(RULES, "M-4", fault(arrived_at=at(6, 7, 0))).subject == "fault-1 order"


def test_without_a_clock_in_the_contract_faults_are_not_judged() -> None:
    case = on_terms(fault(tested_at=None), fault_terms=None)
    assert outcome(RULES, "M-4", case) is Outcome.NOT_APPLICABLE


def test_a_change_names_who_approved_it() -> None:
    change = ChangeRecord(date(2023, 6, 14), "메모리를 늘림")
    assert "메모리를 늘림" in unmet(RULES, "M-5", seen(changes=(change,))).message
    assert "없습니다" in ground(RULES, "M-5", seen(changes=()), Outcome.MET)


def test_what_nobody_looked_at_is_named() -> None:
    watches = tuple(w for w in good_monitoring().watches if w.kind is not WatchKind.CREDIT)
    assert "신용평가등급" in unmet(RULES, "M-6", seen(watches=watches)).message


def test_only_the_last_look_at_a_thing_counts() -> None:
    bad = WatchRecord(WatchKind.CREDIT, date(2023, 12, 14), "등급이 내려감", True)
    watches = good_monitoring().watches
    assert outcome(RULES, "M-6", seen(watches=(*watches, bad))) is Outcome.MET
    newer = replace(bad, checked_on=date(2023, 12, 16))
    assert "등급이 내려감" in unmet(RULES, "M-6", seen(watches=(*watches, newer))).message


@pytest.mark.parametrize(
    ("csap_to", "expected"), [(date(2023, 12, 31), Outcome.MET), (date(2023, 12, 30), Outcome.UNMET)]
)
def test_a_certificate_that_ends_before_the_contract_is_pointed_out(csap_to: date, expected: Outcome) -> None:
    case = with_final(results=(a_row(1, csap_to=csap_to), a_row(2), a_row(3)))
    assert outcome(RULES, "M-6", case) is expected


def test_a_certificate_seen_again_after_its_last_day_is_settled() -> None:
    case = with_final(results=(a_row(1, csap_to=date(2023, 12, 14)), a_row(2), a_row(3)))
    assert outcome(RULES, "M-6", case) is Outcome.MET


def test_only_what_there_is_to_watch_is_asked_for() -> None:
    watches = tuple(w for w in good_monitoring().watches if w.kind is not WatchKind.CERTIFICATE)
    assert (
        outcome(RULES, "M-6", replace(not_cloud(), monitoring=seen(watches=watches).monitoring))
        is Outcome.MET
    )
    watches = tuple(w for w in good_monitoring().watches if w.kind is not WatchKind.PARTNERSHIP)
    original = with_lot(provider_kind=ProviderKind.ORIGINAL)
    assert (
        outcome(RULES, "M-6", replace(original, monitoring=seen(watches=watches).monitoring)) is Outcome.MET
    )
    assert outcome(RULES, "M-6", seen(watches=watches)) is Outcome.UNMET


@pytest.mark.parametrize(("minutes", "expected"), [(9, Outcome.MET), (10, Outcome.UNMET)])
def test_an_outage_of_ten_minutes_has_a_notice_of_the_provider(minutes: int, expected: Outcome) -> None:
    (only,) = good_monitoring().faults
    short = replace(only, recovered_at=only.notified_at + timedelta(minutes=minutes))
    assert outcome(RULES, "M-7", seen(faults=(short,), notices=())) is expected


@pytest.mark.parametrize(
    ("hours", "minutes", "expected"),
    [(23, 8, {"fault-1"}), (23, 6, set()), (24, 8, set())],
)
def test_two_outages_within_a_day_count_together(hours: int, minutes: int, expected: set[str]) -> None:
    (only,) = good_monitoring().faults
    first = replace(only, recovered_at=only.notified_at + timedelta(minutes=8))
    start = only.notified_at + timedelta(hours=hours)
    second = replace(
        only, fault_id="fault-2", number=2, notified_at=start, recovered_at=start + timedelta(minutes=minutes)
    )
    assert subjects(RULES, "M-7", seen(faults=(first, second), notices=())) == expected


def test_a_notice_before_the_outage_does_not_answer_it() -> None:
    early = replace(good_monitoring().notices[0], received_on=date(2023, 6, 6))
    assert unmet(RULES, "M-7", seen(notices=(early,))).subject == "fault-1"


def test_notices_are_owed_for_cloud_services() -> None:
    case = replace(not_cloud(), monitoring=seen(notices=()).monitoring)
    assert outcome(RULES, "M-7", case) is Outcome.NOT_APPLICABLE


def test_a_figure_of_an_unknown_indicator_is_left_alone() -> None:
    stray = MonthlyFigure("x", "2023-05", "nowhere", 0)
    assert outcome(RULES, "M-2", seen(figures=(*good_monitoring().figures, stray))) is Outcome.MET

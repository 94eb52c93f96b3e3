"""⑧ Figures, demands, compensation, faults, duties and what is watched, through the services."""

import uuid
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from procurement.domain.access import Actor
from procurement.domain.errors import Conflict, InvalidInput, NotFound, Refused
from procurement.domain.facts.contract import SlaAnnex
from procurement.domain.facts.monitoring import (
    ChangeRecord,
    DemandOutcomeKind,
    DutyConfirmation,
    FaultGrade,
    ImprovementDemand,
    NoticeKind,
    ProviderNotice,
    WatchKind,
    WatchRecord,
)
from procurement.domain.rules.base import Outcome
from procurement.domain.steps import Step, StepState
from procurement.models import Case
from procurement.services import (
    case_facts,
    faults,
    levels,
    monitoring,
    record_guards,
    records,
    summary,
    workflow,
)
from procurement.services.faults import FaultProgress, FaultReport
from procurement.services.monitoring import FigureEntry, MonthReport
from tests.domain.rules.good_later import good_sla
from tests.support.concluded import a_concluded_case, done
from tests.support.factories import a_case, event_kinds, project_officer_of, work

MAY = "2023-05"
GIVEN = MonthReport(MAY, date(2023, 6, 5), "표본 제공자 1")
TARGET_MISSED = FigureEntry("availability", 99_000)


@pytest.fixture
def case(db_session: Any) -> Case:
    """A case in use, with the contract of March to December 2023."""
    return a_concluded_case()


@pytest.fixture
def actor(case: Case) -> Actor:
    """Its project officer."""
    return project_officer_of(case)


def a_demand(**changes: Any) -> ImprovementDemand:
    """A demand for the availability of May."""
    demand = ImprovementDemand(
        "", "availability", MAY, "가용률을 높이세요.", date(2023, 6, 7), date(2023, 6, 30)
    )
    return replace(demand, **changes)


def seoul(month: int, day: int, hour: int, minute: int = 0) -> datetime:
    """A time in Seoul in 2023."""
    return datetime(2023, month, day, hour, minute, tzinfo=UTC) - timedelta(hours=9)


def reported(**changes: Any) -> FaultReport:
    """A fault told of at ten in the morning."""
    return replace(FaultReport(FaultGrade.MAJOR, "채팅 서버", "음성이 끊김", seoul(6, 7, 10)), **changes)


def outcomes(case: Case, rule_id: str, step: Step = Step.MONITORING) -> set[Outcome]:
    """What a rule says of the case now."""
    found = workflow.findings_for(step, case_facts.load(case))
    return {finding.outcome for finding in found if finding.rule_id == rule_id}


def below_target(actor: Actor, case: Case) -> None:
    """The availability of May misses its target."""
    with work():
        monitoring.record_figures(actor, case, GIVEN, [TARGET_MISSED])


def test_use_is_open_once_the_contract_is_concluded(case: Case) -> None:
    states = case_facts.load(case).steps
    assert states[Step.MONITORING].state is StepState.OPEN
    assert states[Step.ENDING].state is StepState.OPEN


def test_nothing_is_recorded_before_the_contract_is_concluded(db_session: Any) -> None:
    case = a_case()
    with pytest.raises(Refused, match="완료한 뒤"), work():
        monitoring.record_change(project_officer_of(case), case, ChangeRecord(date(2023, 6, 1), "증설"))


def test_nothing_is_recorded_after_use_is_completed(case: Case, actor: Actor) -> None:
    with work():
        done(actor, case, Step.MONITORING)
    with pytest.raises(Refused, match="다시 열어"), work():
        monitoring.record_figures(actor, case, GIVEN, [TARGET_MISSED])


def test_all_figures_of_a_month_stand_against_the_annex(case: Case, actor: Actor) -> None:
    with work():
        written = monitoring.record_figures(
            actor,
            case,
            GIVEN,
            [TARGET_MISSED, FigureEntry("backup", 99_000), FigureEntry("recovery", 12_001)],
        )
    assert written == 3
    (row,) = (row for row in levels.table(case_facts.load(case)) if row.month == MAY)
    assert {cell.indicator.key: cell.meets for cell in row.cells} == {
        "availability": False,
        "recovery": False,
        "backup": True,
    }


def test_the_table_has_a_row_for_each_month_of_the_contract_the_newest_first(case: Case) -> None:
    months = [row.month for row in levels.table(case_facts.load(case))]
    assert months == [f"2023-{month:02d}" for month in range(12, 2, -1)]


def test_the_same_figures_again_write_nothing(case: Case, actor: Actor) -> None:
    below_target(actor, case)
    with work():
        written = monitoring.record_figures(actor, case, GIVEN, [replace(TARGET_MISSED, base_version=1)])
    assert written == 0
    assert event_kinds(case).count("figure.added") == 1


def test_a_corrected_figure_keeps_the_old_one_and_asks_for_a_reason(case: Case, actor: Actor) -> None:
    below_target(actor, case)
    corrected = [FigureEntry("availability", 99_900, base_version=1)]
    with pytest.raises(InvalidInput, match="사유"), work():
        monitoring.record_figures(actor, case, GIVEN, corrected)
    with work():
        monitoring.record_figures(actor, case, replace(GIVEN, reason="자료가 바뀜"), corrected)
    (figure,) = case_facts.load(case).monitoring.figures
    assert figure.value_thousandths == 99_900
    assert event_kinds(case)[-1] == "figure.revised"


def test_a_figure_entered_meanwhile_is_not_overwritten(case: Case, actor: Actor) -> None:
    below_target(actor, case)
    with pytest.raises(Conflict, match="그사이"), work():
        monitoring.record_figures(actor, case, GIVEN, [FigureEntry("availability", 99_900)])


@pytest.mark.parametrize("month", ["2023-02", "2024-01", "2023-5", "없는 달"])
def test_a_month_outside_the_contract_is_refused(case: Case, actor: Actor, month: str) -> None:
    with pytest.raises(InvalidInput, match="이번 달까지만"), work():
        monitoring.record_figures(actor, case, replace(GIVEN, month=month), [TARGET_MISSED])


def test_an_indicator_that_the_annex_lacks_is_refused(case: Case, actor: Actor) -> None:
    with pytest.raises(InvalidInput, match="없는 지표"), work():
        monitoring.record_figures(actor, case, GIVEN, [FigureEntry("speed", 1)])


def test_a_day_to_come_is_refused(case: Case, actor: Actor) -> None:
    tomorrow = records.today() + timedelta(days=1)
    with pytest.raises(InvalidInput, match="아직 오지 않은 날") as refused, work():
        monitoring.record_figures(actor, case, replace(GIVEN, received_on=tomorrow), [TARGET_MISSED])
    assert refused.value.field == "received_on"


def test_today_is_taken_in_the_morning_too(case: Case, actor: Actor) -> None:
    with work():
        monitoring.record_change(actor, case, ChangeRecord(records.today(), "증설", "표본 팀장"))
    assert len(case_facts.load(case).monitoring.changes) == 1


def test_proof_of_another_case_is_refused(case: Case, actor: Actor) -> None:
    report = replace(GIVEN, evidence_id=str(uuid.uuid4()))
    with pytest.raises(InvalidInput, match="증빙") as refused, work():
        monitoring.record_figures(actor, case, report, [TARGET_MISSED])
    assert refused.value.field == "evidence_id"


def test_a_demand_and_its_outcome_satisfy_the_rule(case: Case, actor: Actor) -> None:
    below_target(actor, case)
    assert outcomes(case, "M-2") == {Outcome.UNMET}
    with work():
        monitoring.demand_improvement(actor, case, a_demand())
    assert outcomes(case, "M-2") == {Outcome.UNMET}
    (demand,) = record_guards.of_kind(case, "demand")
    with work():
        monitoring.answer_demand(
            actor, case, demand.thread_id, demand.version, DemandOutcomeKind.IMPROVED, date(2023, 7, 3)
        )
    assert outcomes(case, "M-2") == {Outcome.MET}


def test_only_a_figure_below_target_can_be_demanded(case: Case, actor: Actor) -> None:
    with pytest.raises(InvalidInput, match="수치를 먼저"), work():
        monitoring.demand_improvement(actor, case, a_demand())
    with work():
        monitoring.record_figures(actor, case, GIVEN, [FigureEntry("availability", 99_500)])
    with pytest.raises(InvalidInput, match="목표를 지킨"), work():
        monitoring.demand_improvement(actor, case, a_demand())


def test_a_demand_is_made_once_and_its_due_day_comes_after(case: Case, actor: Actor) -> None:
    below_target(actor, case)
    with pytest.raises(InvalidInput, match="요구한 날보다 빠릅니다"), work():
        monitoring.demand_improvement(actor, case, a_demand(due_on=date(2023, 6, 6)))
    with work():
        monitoring.demand_improvement(actor, case, a_demand(due_on=date(2023, 6, 7)))
    with pytest.raises(Conflict, match="이미 개선을 요구"), work():
        monitoring.demand_improvement(actor, case, a_demand())


def test_an_outcome_before_the_demand_is_refused(case: Case, actor: Actor) -> None:
    below_target(actor, case)
    with work():
        row = monitoring.demand_improvement(actor, case, a_demand())
        thread = str(row.thread_id)
    with pytest.raises(InvalidInput, match="빠릅니다"), work():
        monitoring.answer_demand(actor, case, thread, 1, DemandOutcomeKind.IMPROVED, date(2023, 6, 6))


def test_two_answers_to_one_demand_do_not_overwrite_each_other(case: Case, actor: Actor) -> None:
    below_target(actor, case)
    with work():
        thread = str(monitoring.demand_improvement(actor, case, a_demand()).thread_id)
        monitoring.answer_demand(actor, case, thread, 1, DemandOutcomeKind.IMPROVED, date(2023, 7, 3))
    with pytest.raises(Conflict), work():
        monitoring.answer_demand(actor, case, thread, 1, DemandOutcomeKind.NOT_IMPROVED, date(2023, 7, 3))


def test_compensation_follows_the_formula_of_the_contract(case: Case, actor: Actor) -> None:
    below_target(actor, case)
    with work():
        thread = str(monitoring.demand_improvement(actor, case, a_demand()).thread_id)
        monitoring.answer_demand(actor, case, thread, 1, DemandOutcomeKind.NOT_IMPROVED, date(2023, 7, 3))
    (cell,) = (
        cell
        for row in levels.table(case_facts.load(case))
        for cell in row.cells
        if row.month == MAY and cell.indicator.key == "availability"
    )
    assert cell.still_below
    assert cell.owed is not None
    assert cell.owed.amount_won == 126_500
    assert outcomes(case, "M-3") == {Outcome.UNMET}
    with work():
        monitoring.claim_compensation(actor, case, MAY, "availability", 126_500, date(2023, 7, 5))
    assert outcomes(case, "M-3") == {Outcome.MET}
    (claim,) = case_facts.load(case).monitoring.compensations
    assert "× 10% = 126,500원" in claim.formula
    with pytest.raises(Conflict, match="이미 보상"), work():
        monitoring.claim_compensation(actor, case, MAY, "availability", 126_500, date(2023, 7, 5))


def test_a_claim_that_differs_from_the_formula_is_pointed_out(case: Case, actor: Actor) -> None:
    below_target(actor, case)
    with work():
        thread = str(monitoring.demand_improvement(actor, case, a_demand()).thread_id)
        monitoring.answer_demand(actor, case, thread, 1, DemandOutcomeKind.NOT_IMPROVED, date(2023, 7, 3))
        monitoring.claim_compensation(actor, case, MAY, "availability", 100_000, date(2023, 7, 5))
    assert outcomes(case, "M-3") == {Outcome.UNMET}


def test_a_contract_without_a_formula_gives_no_compensation(db_session: Any) -> None:
    case = a_concluded_case(sla=replace(good_sla(), compensation=()))
    actor = project_officer_of(case)
    below_target(actor, case)
    assert outcomes(case, "M-3") == {Outcome.NOT_APPLICABLE}
    with pytest.raises(Refused, match="보상 기준이 없어") as refused, work():
        monitoring.claim_compensation(actor, case, MAY, "availability", 1, date(2023, 7, 5))
    assert refused.value.rule_id == "M-3"


def test_a_contract_without_an_annex_has_no_table(db_session: Any) -> None:
    facts = case_facts.load(a_concluded_case(sla=SlaAnnex()))
    assert monitoring.indicators_of(facts) == ()
    assert all(row.cells == () for row in levels.table(facts))


def test_faults_are_numbered_in_order_and_a_withdrawn_number_is_not_used_again(
    case: Case, actor: Actor
) -> None:
    with work():
        first = faults.report(actor, case, reported())
        record_guards.withdraw(actor, case, Step.MONITORING, str(first.thread_id), "장애가 아님")
        faults.report(actor, case, reported(notified_at=seoul(6, 8, 10)))
    assert [fault.number for fault in case_facts.load(case).monitoring.faults] == [2]


def test_the_clock_tells_both_limits_and_the_contradiction(case: Case, actor: Actor) -> None:
    with work():
        thread = str(faults.report(actor, case, reported()).thread_id)
        faults.follow_up(
            actor,
            case,
            thread,
            1,
            FaultProgress(arrived_at=seoul(6, 7, 17, 1), recovered_at=seoul(6, 8, 9)),
        )
    (view,) = faults.views(case, case_facts.load(case))
    assert view.standing is not None
    assert view.standing.arrival is not None
    assert (view.standing.arrival.late, view.standing.arrival.minutes_late) == (True, 61)
    after_arrival, by_grade = view.standing.recoveries
    assert (after_arrival.late, by_grade.late) == (True, False)
    assert len(view.standing.contradictions) == 2


def test_closing_needs_recovery_and_the_witnessed_test_and_lateness_does_not_block(
    case: Case, actor: Actor
) -> None:
    with work():
        thread = str(faults.report(actor, case, reported()).thread_id)
    steps: list[tuple[FaultProgress, str]] = [
        (FaultProgress(), "복구를 마친 시각"),
        (FaultProgress(recovered_at=seoul(6, 20, 9)), "시험 확인"),
        (FaultProgress(recovered_at=seoul(6, 20, 9), tested_at=seoul(6, 20, 10)), "입회한 담당자"),
    ]
    for version, (progress, lacking) in enumerate(steps, start=1):
        with work():
            faults.follow_up(actor, case, thread, version, progress)
        with pytest.raises(Refused, match=lacking) as refused, work():
            faults.close(actor, case, thread, version + 1)
        assert refused.value.rule_id == "M-4"
    with work():
        faults.follow_up(actor, case, thread, 4, replace(steps[-1][0], witness="표본 사업담당자"))
        faults.close(actor, case, thread, 5)
    assert case_facts.load(case).monitoring.faults[0].closed


def test_a_contract_without_a_clock_closes_on_recovery(db_session: Any) -> None:
    case = a_concluded_case(fault_terms=None)
    actor = project_officer_of(case)
    with work():
        thread = str(faults.report(actor, case, reported()).thread_id)
        faults.follow_up(actor, case, thread, 1, FaultProgress(recovered_at=seoul(6, 7, 12)))
        faults.close(actor, case, thread, 2)
    (view,) = faults.views(case, case_facts.load(case))
    assert view.fault.closed
    assert view.standing is None


def test_a_closed_fault_is_changed_only_after_it_is_opened_with_a_reason(db_session: Any) -> None:
    case = a_concluded_case(fault_terms=None)
    actor = project_officer_of(case)
    with work():
        thread = str(faults.report(actor, case, reported()).thread_id)
        faults.follow_up(actor, case, thread, 1, FaultProgress(recovered_at=seoul(6, 7, 12)))
        faults.close(actor, case, thread, 2)
    with pytest.raises(Conflict, match="종결한 장애"), work():
        faults.follow_up(actor, case, thread, 3, FaultProgress())
    with pytest.raises(InvalidInput, match="사유"), work():
        faults.reopen(actor, case, thread, 3, " ")
    with work():
        faults.reopen(actor, case, thread, 3, "다시 확인할 것이 있음")
    assert not case_facts.load(case).monitoring.faults[0].closed
    with pytest.raises(Conflict, match="종결하지 않은"), work():
        faults.reopen(actor, case, thread, 4, "사유")


@pytest.mark.parametrize(
    ("progress", "field"),
    [
        (FaultProgress(arrived_at=seoul(6, 7, 9)), "arrived_at"),
        (FaultProgress(recovered_at=seoul(6, 7, 9)), "recovered_at"),
        (FaultProgress(recovered_at=seoul(6, 7, 12), tested_at=seoul(6, 7, 11)), "tested_at"),
        (FaultProgress(arrived_at=datetime(2999, 1, 1, tzinfo=UTC)), "arrived_at"),
        (FaultProgress(reported_on=date(2999, 1, 1)), "reported_on"),
    ],
)
def test_moments_out_of_order_or_to_come_are_refused_at_their_field(
    case: Case, actor: Actor, progress: FaultProgress, field: str
) -> None:
    with work():
        thread = str(faults.report(actor, case, reported()).thread_id)
    with pytest.raises(InvalidInput) as refused, work():
        faults.follow_up(actor, case, thread, 1, progress)
    assert refused.value.field == field


def test_a_duty_is_confirmed_once_and_a_monthly_one_by_month(case: Case, actor: Actor) -> None:
    plan = DutyConfirmation("plan", "", date(2023, 3, 24), "표본 사업담당자")
    april = DutyConfirmation("report", "2023-04", date(2023, 4, 28), "표본 운용부서 책임자")
    with work():
        monitoring.confirm_duty(actor, case, plan)
        monitoring.confirm_duty(actor, case, april)
        monitoring.confirm_duty(actor, case, replace(april, occurrence="2023-05"))
    for again in (plan, april):
        with pytest.raises(Conflict, match="이미 확인"), work():
            monitoring.confirm_duty(actor, case, again)


def test_a_duty_on_demand_is_confirmed_each_time(case: Case, actor: Actor) -> None:
    asked = DutyConfirmation("extra_staff", "", date(2023, 5, 2), "표본 사업담당자")
    with work():
        monitoring.confirm_duty(actor, case, asked)
        monitoring.confirm_duty(actor, case, replace(asked, done_on=date(2023, 8, 2)))
    assert len(case_facts.load(case).monitoring.confirmations) == 2


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"duty": "unknown"}, "계약에 없는"),
        ({"occurrence": "2024-01"}, "계약기간에 없습니다"),
        ({"occurrence": ""}, "계약기간에 없습니다"),
        ({"confirmed_by": " "}, "누가 확인했는지"),
    ],
)
def test_a_confirmation_that_fits_no_duty_is_refused(
    case: Case, actor: Actor, changes: dict[str, str], sentence: str
) -> None:
    april = DutyConfirmation("report", "2023-04", date(2023, 4, 28), "표본 운용부서 책임자")
    with pytest.raises(InvalidInput, match=sentence), work():
        monitoring.confirm_duty(actor, case, replace(april, **changes))


RECORDS: list[tuple[Callable[..., object], Any]] = [
    (monitoring.record_change, ChangeRecord(date(2023, 6, 1), "메모리를 늘림", "표본 팀장")),
    (monitoring.record_watch, WatchRecord(WatchKind.CREDIT, date(2023, 6, 1), "등급 변동 없음")),
    (monitoring.record_notice, ProviderNotice(NoticeKind.OUTAGE, date(2023, 6, 1), "점검 예고", "전화")),
]


@pytest.mark.parametrize(("record", "value"), RECORDS)
def test_changes_looks_and_notices_are_recorded_and_taken_back_with_a_reason(
    case: Case, actor: Actor, record: Callable[..., Any], value: Any
) -> None:
    with pytest.raises(InvalidInput), work():
        record(actor, case, replace(value, content=" "))
    with work():
        thread = str(record(actor, case, value).thread_id)
    with pytest.raises(InvalidInput, match="사유"), work():
        record_guards.withdraw(actor, case, Step.MONITORING, thread, "")
    with work():
        record_guards.withdraw(actor, case, Step.MONITORING, thread, "잘못 적음")
    assert record_guards.of_kind(case, "change", "watch", "notice") == []


def test_records_of_another_step_are_not_taken_back_here(case: Case, actor: Actor) -> None:
    with work():
        thread = str(monitoring.record_change(actor, case, RECORDS[0][1]).thread_id)
    with pytest.raises(NotFound), work():
        record_guards.withdraw(actor, case, Step.ENDING, thread, "사유")


def test_deadlines_of_use_follow_what_is_recorded(case: Case, actor: Actor) -> None:
    def keys() -> set[str]:
        return {deadline.key for deadline in summary.deadlines(case) if deadline.step == "monitoring"}

    assert {"figures-2023-05", "duty-plan", "duty-report-2023-05"} <= keys()
    with work():
        monitoring.record_figures(
            actor, case, GIVEN, [TARGET_MISSED, FigureEntry("backup", 99_000), FigureEntry("recovery", 1)]
        )
        monitoring.confirm_duty(actor, case, DutyConfirmation("plan", "", date(2023, 3, 24), "표본 담당"))
        demand = monitoring.demand_improvement(actor, case, a_demand())
        fault = faults.report(actor, case, reported())
    after = keys()
    assert not {"figures-2023-05", "duty-plan"} & after
    assert f"demand-{demand.thread_id}" in after
    assert {f"fault-{fault.thread_id}-arrival", f"fault-{fault.thread_id}-recovery"} <= after

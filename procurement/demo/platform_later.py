"""The finished case from its conclusion to its end, entered with the dates of 2023."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from procurement.demo import files, people, platform
from procurement.demo.writing import at, save
from procurement.domain.access import Actor
from procurement.domain.facts.contract import DutyTiming
from procurement.domain.facts.ending import (
    END_NOTICE_ITEMS,
    ChecklistItem,
    ChecklistMark,
    DataHandling,
    EndingKind,
    EndingPlan,
    EndNotice,
    ExpiryOutcome,
    NoticeChannel,
    PromiseMark,
)
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
from procurement.domain.obligations import DutyDue, duty_dues
from procurement.domain.steps import Step
from procurement.models import Case
from procurement.services import case_facts, contract, ending, faults, monitoring, registration, workflow
from procurement.services.ending import promise_place
from procurement.services.faults import FaultProgress, FaultReport
from procurement.services.monitoring import FigureEntry, MonthReport

# Month → the day it was reported and the four figures, in thousandths of the indicator's unit.
FIGURES: dict[str, tuple[date, dict[str, int]]] = {
    "2023-10": (
        date(2023, 11, 6),
        {
            "availability": 99_731,
            "response_time": 1_400,
            "recovery_time": 120_000,
            "backup_compliance": 100_000,
        },
    ),
    "2023-11": (
        date(2023, 12, 5),
        {
            "availability": 98_611,
            "response_time": 1_600,
            "recovery_time": 600_000,
            "backup_compliance": 100_000,
        },
    ),
    "2023-12": (
        date(2024, 1, 4),
        {"availability": 100_000, "response_time": 1_300, "recovery_time": 0, "backup_compliance": 100_000},
    ),
}

# Duties on demand that were asked for, with the day on which they were done.
ASKED_FOR = {"architecture": date(2023, 10, 16), "migration": date(2023, 10, 24)}

# Lines of the checklist that were confirmed on a paper: line → purpose and title of the paper.
PROOFS: dict[str, tuple[str, str]] = {
    "data_requested": ("ending", "이용정보 반환 요구 공문"),
    "data_received": ("data_return", "이용정보 반환 목록"),
    "destruction_proof": ("data_destruction", "이용정보 파기 확인서"),
    "accounts": ("ending", "사용자계정 회수 목록"),
    "settlement": ("ending", "12월분 대가 정산서"),
}


def build(case: Case) -> None:
    """Take the approved case through ⑥ to ⑨, in the work at hand."""
    project, officer = people.actor(people.PROJECT), people.actor(people.CONTRACT)
    _conclude(officer, case)
    _register(officer, case)
    _monitor(project, case)
    _end(project, case)


def _conclude(actor: Actor, case: Case) -> None:
    paper = files.paper(actor, case, Step.CONTRACT, "contract", "계약서와 서비스수준 부속서")
    signing = contract.Signing("견본-2023-용역-017", platform.CONCLUDED, paper)
    contract.conclude(actor, case, signing)
    workflow.complete(actor, case, Step.CONTRACT)


def _register(actor: Actor, case: Case) -> None:
    paper = files.paper(actor, case, Step.REGISTRATION, "registration", "이용정보 제출 확인 화면")
    registration.register(actor, case, registered_on=date(2023, 10, 20), evidence_id=paper)
    workflow.complete(actor, case, Step.REGISTRATION)


def _monitor(actor: Actor, case: Case) -> None:
    _report_months(actor, case)
    _demand(actor, case)
    _faults(actor, case)
    for due in duty_dues(case_facts.load(case)):
        monitoring.confirm_duty(actor, case, _confirmation(due))
    for duty, done_on in ASKED_FOR.items():
        confirmation = DutyConfirmation(duty, "", done_on, "표본 감독관", "요구하여 확인하였습니다.")
        monitoring.confirm_duty(actor, case, confirmation)
    change = ChangeRecord(date(2023, 11, 15), "음성 채팅 서버를 두 대로 늘림", people.PROJECT.name)
    monitoring.record_change(actor, case, change)
    for kind in WatchKind:
        watch = WatchRecord(kind, date(2023, 12, 15), f"{kind.label}: 확인한 날 이상이 없었습니다.")
        monitoring.record_watch(actor, case, watch)
    text = "비디오 채팅 중단의 내용과 원인, 조치를 알려 왔습니다."
    monitoring.record_notice(
        actor, case, ProviderNotice(NoticeKind.OUTAGE, date(2023, 11, 8), text, "전자우편")
    )
    workflow.complete(actor, case, Step.MONITORING)


def _report_months(actor: Actor, case: Case) -> None:
    for month, (received_on, values) in FIGURES.items():
        paper = files.paper(actor, case, Step.MONITORING, "monitoring", f"{month} 서비스수준 보고서")
        report = MonthReport(month, received_on, "견본 가온테크", paper)
        entries = [FigureEntry(key, value) for key, value in values.items()]
        monitoring.record_figures(actor, case, report, entries)


def _demand(actor: Actor, case: Case) -> None:
    content = "비디오 채팅 서버의 장애로 가용률이 목표에 미달하였으니 예비 서버를 두어 주시기 바랍니다."
    demand = ImprovementDemand("", "availability", "2023-11", content, date(2023, 12, 6), date(2023, 12, 20))
    asked = monitoring.demand_improvement(actor, case, demand)
    monitoring.answer_demand(
        actor,
        case,
        str(asked.thread_id),
        asked.version,
        DemandOutcomeKind.IMPROVED,
        date(2023, 12, 18),
        "예비 서버를 두었고 12월 가용률이 목표를 지켰습니다.",
    )


def _faults(actor: Actor, case: Case) -> None:
    officer = people.PROJECT.name
    in_time, late = date(2023, 10, 19), date(2023, 11, 8)
    _fault(
        actor,
        case,
        FaultReport(FaultGrade.MAJOR, "음성 채팅 서버", "음성이 끊김", at(in_time, 10), remote=True),
        FaultProgress(
            remote=True,
            recovered_at=at(in_time, 12),
            cause="메모리 부족",
            responsibility="계약상대자",
            reported_on=date(2023, 10, 20),
            tested_at=at(in_time, 13),
            witness=officer,
            prevented_on=date(2023, 10, 25),
        ),
    )
    _fault(
        actor,
        case,
        FaultReport(FaultGrade.CRITICAL, "비디오 채팅 서버", "접속할 수 없음", at(late, 9)),
        FaultProgress(
            arrived_at=at(late, 16),
            recovered_at=at(late, 19),
            cause="저장장치 고장",
            responsibility="계약상대자",
            reported_on=date(2023, 11, 9),
            tested_at=at(late, 20),
            witness=officer,
            prevented_on=date(2023, 11, 15),
        ),
    )


def _fault(actor: Actor, case: Case, reported: FaultReport, progress: FaultProgress) -> None:
    row = faults.report(actor, case, reported)
    row = faults.follow_up(actor, case, str(row.thread_id), row.version, progress)
    faults.close(actor, case, str(row.thread_id), row.version)


def _confirmation(due: DutyDue) -> DutyConfirmation:
    done_on = date(2023, 12, 29) if due.duty.timing is DutyTiming.AT_END else due.due_on
    return DutyConfirmation(
        due.duty.key, due.occurrence, done_on, f"표본 {due.duty.confirmed_by}", f"확인 자료: {due.duty.proof}"
    )


def _end(actor: Actor, case: Case) -> None:
    notice = files.paper(actor, case, Step.ENDING, "end_notice", "계약 종료 통지")
    proofs = {
        line: files.paper(actor, case, Step.ENDING, purpose, title)
        for line, (purpose, title) in PROOFS.items()
    }
    plan = EndingPlan(
        kind=EndingKind.EXPIRY,
        expiry_outcome=ExpiryOutcome.END,
        end_on=platform.ENDS,
        settlement="12월분까지 대가를 모두 지급하였고 받을 보상이 없습니다.",
        notice=EndNotice(date(2023, 11, 24), NoticeChannel.EMAIL, END_NOTICE_ITEMS, evidence_id=notice),
        data=DataHandling(
            returned_on=date(2023, 12, 20),
            usable=True,
            return_checked_by=people.PROJECT.name,
            return_evidence_id=proofs["data_received"],
            destroyed_on=date(2023, 12, 28),
            beyond_recovery=True,
            destruction_evidence_id=proofs["destruction_proof"],
        ),
    )
    save(actor, case, Step.ENDING, plan)
    facts = case_facts.load(case)
    for place in range(len(ending.promises_of(facts))):
        kept = PromiseMark(place, True, date(2023, 12, 28), "반환 목록과 파기 확인서로 확인하였습니다.")
        ending.confirm_promise(actor, case, kept)
    for item in facts.ending.items:
        if promise_place(item.key) is None:
            ending.mark(actor, case, _mark(item, proofs.get(item.key)))
    workflow.complete(actor, case, Step.ENDING)


def _mark(item: ChecklistItem, proof: str | None) -> ChecklistMark:
    day = date.fromordinal(platform.ENDS.toordinal() - max(item.days_before_end, 1))
    done = ChecklistMark(item.key, day, people.PROJECT.name)
    return replace(done, evidence_id=proof) if proof else done

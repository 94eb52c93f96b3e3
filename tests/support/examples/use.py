"""⑧ and ⑨ Figures, demands, claims, faults, duties, what is watched, the end and its checklist."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

from procurement.domain.facts.ending import ChecklistMark
from procurement.domain.facts.monitoring import ChangeRecord, FaultGrade, ImprovementDemand
from procurement.services import ending, faults, monitoring
from procurement.services.faults import FaultProgress, FaultReport
from procurement.services.monitoring import FigureEntry, MonthReport
from tests.support.examples.base import Example, Request
from tests.support.examples.contract import WHY, thread_of
from tests.support.factories import work
from tests.support.stages import Scene, Stage

# The contract of this stage runs from March to December 2023.
MONTH = "2023-05"
TOLD = datetime(2023, 6, 7, 1, tzinfo=UTC)
TESTED = FaultProgress(
    arrived_at=TOLD.replace(hour=2),
    recovered_at=TOLD.replace(hour=3),
    cause="메모리 부족",
    responsibility="제공자",
    reported_on=date(2023, 6, 8),
    tested_at=TOLD.replace(hour=4),
    witness="표본 사업담당자",
)


def _here(at: Scene, page: str) -> str:
    return f"{at.url}/monitoring/{page}"


def _figures(at: Scene) -> Request:
    fields = {
        "rows-0-indicator": "availability",
        "rows-0-version": "0",
        "rows-0-value": "99.0",
        "received_on": "2023. 6. 5.",
        "reported_by": "표본 제공자 1",
    }
    return Request(_here(at, f"figures/{MONTH}"), fields)


def _missed(at: Scene) -> None:
    """The availability of the month misses its target."""
    report = MonthReport(MONTH, date(2023, 6, 5), "표본 제공자 1")
    monitoring.record_figures(at.officer, at.case, report, [FigureEntry("availability", 99_000)])


def _new_demand(at: Scene) -> Request:
    with work():
        _missed(at)
    fields = {"content": "가용률을 높이세요.", "demanded_on": "20230607", "due_on": "20230630"}
    return Request(_here(at, f"demands/new/{MONTH}/availability"), fields)


def _answer_demand(at: Scene) -> Request:
    demand = ImprovementDemand(
        "", "availability", MONTH, "가용률을 높이세요.", date(2023, 6, 7), date(2023, 6, 30)
    )
    with work():
        _missed(at)
        monitoring.demand_improvement(at.officer, at.case, demand)
    fields = {"version": "1", "outcome": "not_improved", "outcome_on": "2023-07-03", "note": "또 멈춤"}
    return Request(_here(at, f"demands/{thread_of(at, 'demand')}"), fields)


def _new_claim(at: Scene) -> Request:
    with work():
        _missed(at)
    fields = {"amount_won": "126,500", "claimed_on": "20230705"}
    return Request(_here(at, f"claims/new/{MONTH}/availability"), fields)


def _withdraw(at: Scene) -> Request:
    with work():
        monitoring.record_change(at.officer, at.case, ChangeRecord(date(2023, 6, 1), "증설"))
    return Request(_here(at, f"records/{thread_of(at, 'change')}/withdraw"), WHY)


def _new_fault(at: Scene) -> Request:
    fields = {
        "grade": "Major",
        "service": "채팅 서버",
        "symptom": "음성이 끊김",
        "notified_at": "2023-06-07 10:00",
    }
    return Request(_here(at, "faults/new"), fields)


def a_fault(at: Scene, *, closed: bool = False, **changes: Any) -> str:
    """Id of a fault, followed up to its witnessed test or, where ``changes`` say so, less far."""
    with work():
        reported = FaultReport(FaultGrade.MAJOR, "채팅 서버", "음성이 끊김", TOLD)
        thread = str(faults.report(at.officer, at.case, reported).thread_id)
        faults.follow_up(at.officer, at.case, thread, 1, replace(TESTED, **changes))
        if closed:
            faults.close(at.officer, at.case, thread, 2)
    return thread


def _save_fault(at: Scene) -> Request:
    fields = {"version": "2", "cause": "메모리 부족", "prevented_on": "2023-06-20"}
    return Request(_here(at, f"faults/{a_fault(at)}"), fields)


def close_fault(at: Scene, **changes: Any) -> Request:
    """A fault is closed; ``changes`` say how far it came."""
    return Request(_here(at, f"faults/{a_fault(at, **changes)}/close"), {"version": "2"})


def _reopen_fault(at: Scene) -> Request:
    thread = a_fault(at, closed=True)
    return Request(_here(at, f"faults/{thread}/reopen"), {"version": "3", **WHY})


def _confirm_duty(at: Scene) -> Request:
    fields = {"done_on": "2023-04-28", "confirmed_by": "표본 운용부서 책임자"}
    return Request(_here(at, "duties/report?month=2023-04"), fields)


def _change(at: Scene) -> Request:
    return Request(_here(at, "watched/change"), {"changed_on": "20230614", "content": "메모리 증설"})


def _watch(at: Scene) -> Request:
    fields = {"kind": "credit", "checked_on": "20230614", "content": "등급 하락", "problem": "y"}
    return Request(_here(at, "watched/watch"), fields)


def _notice(at: Scene) -> Request:
    fields = {"kind": "leak", "received_on": "20230614", "content": "유출 없음", "channel": "전화"}
    return Request(_here(at, "watched/notice"), fields)


def _mark(at: Scene) -> Request:
    fields = {"done_on": "2023-10-02", "done_by": "표본 사업담당자"}
    return Request(f"{at.url}/ending/lines/decide", fields)


def _promise(at: Scene) -> Request:
    fields = {"version": "0", "kept": "yes", "confirmed_on": "2023-12-28"}
    return Request(f"{at.url}/ending/promises/0", fields)


def _unmark(at: Scene) -> Request:
    with work():
        done = ChecklistMark("decide", date(2023, 10, 2), "표본 사업담당자")
        ending.mark(at.officer, at.case, done)
    return Request(f"{at.url}/ending/records/{thread_of(at, 'checklist_mark')}/withdraw", WHY)


def _take_checklist(at: Scene) -> Request:
    return Request(f"{at.url}/checklist/pdf", method="GET")


EXAMPLES = {
    endpoint: Example(Stage.IN_USE, prepare)
    for endpoint, prepare in {
        "monitoring.figures": _figures,
        "monitoring.new_demand": _new_demand,
        "monitoring.answer_demand": _answer_demand,
        "monitoring.new_claim": _new_claim,
        "monitoring.withdraw": _withdraw,
        "faults.new": _new_fault,
        "faults.save": _save_fault,
        "faults.close": close_fault,
        "faults.reopen": _reopen_fault,
        "duties.confirm": _confirm_duty,
        "watched.change": _change,
        "watched.watch": _watch,
        "watched.notice": _notice,
        "ending.mark": _mark,
        "ending.promise": _promise,
        "ending.withdraw": _unmark,
        "checklist.pdf": _take_checklist,
    }.items()
}

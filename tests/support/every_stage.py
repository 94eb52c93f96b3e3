"""Cases at every stage of their way, in one institution: one person is the officer of all of them."""

from __future__ import annotations

import io
from datetime import UTC, date, datetime

from procurement.domain.access import Actor, Role
from procurement.domain.facts.closing import EndKind, NextWay
from procurement.domain.facts.ending import PromiseMark
from procurement.domain.facts.monitoring import FaultGrade, ImprovementDemand
from procurement.domain.facts.selection import ProviderQuestion
from procurement.domain.facts.sourcing import Route
from procurement.domain.steps import Step
from procurement.models import Account, Case
from procurement.services import (
    cases,
    catalogue,
    closing,
    contract,
    ending,
    evidence,
    faults,
    monitoring,
    records,
    registration,
    search,
    selection_papers,
    selection_sheets,
    workflow,
)
from procurement.services.closing import EndWithout
from procurement.services.faults import FaultProgress, FaultReport
from tests.support import concluded, contracting, selecting, walk
from tests.support.factories import a_case, actor_for, an_account, work
from tests.support.official_pages import SAMPLE_SERVICES, result_page

# Which pages of a case are met by its stage; the other pages are those of other cases.
PARTS: dict[str, tuple[str, ...]] = {
    "예산": ("/budget", "/evidence", "/bundle", "/end"),
    "접음": ("/take-up",),
    "정의": ("/definition",),
    "검색": ("/search",),
    "손으로": ("/search",),
    "조달": ("/sourcing",),
    "선정": ("/selection", "/evaluation", "/members"),
    "평가": ("/selection", "/evaluation"),
    "몰": ("/selection",),
    "조건": ("/contract",),
    "품의": ("/contract/approval",),
    "결재": ("/contract",),
    "체결": ("/registration", "/contract/conclusion"),
    "등록": ("/registration",),
    "이용": ("/monitoring", "/budget/reopen"),
    "장애": ("/monitoring/faults", "/monitoring/complete"),
    "종료": ("/ending", "/checklist", "/ending/lines/decide"),
}

CATALOGUE = "서비스명,제공자명\n표본 협업 가온,표본기업 가온\n".encode()
EVERYONE, EVALUATOR, APPROVER = "표본 담당자", "표본 평가위원 하나", "표본 결재권자 하나"


def build_cases() -> None:
    """Cases of one institution, together at every stage of their way."""
    person = an_account(*Role, name=EVERYONE)
    approver = an_account(Role.APPROVER, name=APPROVER)
    evaluators = [an_account(Role.EVALUATOR, name=EVALUATOR), an_account(Role.EVALUATOR, name="표본 둘째")]
    _catalogue(person)
    _opened(person)
    _ended(person)
    _defined(person)
    _searched(person)
    _selecting(person, evaluators)
    _scoring(person, evaluators)
    _in_the_mall(person)
    _contracting(person, approver)
    _in_use(person)
    _closed_fault(person)
    _at_the_end(person)


def _catalogue(person: Account) -> None:
    received = evidence.receive(io.BytesIO(CATALOGUE), "목록.csv")
    table = catalogue.read_file(received.stored.digest, received.name)
    mapping = catalogue.proposed_mapping(table)
    with work():
        services = catalogue.services_of(table, mapping)
        catalogue.load(actor_for(person), received, table.columns, mapping, services)


def _start(person: Account, title: str) -> Case:
    return a_case(person, person, title)


def _opened(person: Account) -> None:
    _start(person, "예산")
    defining = _start(person, "정의")
    with work():
        walk.complete_budget(actor_for(person), defining)


def _ended(person: Account) -> None:
    case, actor = _start(person, "접음"), actor_for(person)
    with work():
        closing.end(actor, case, EndWithout(EndKind.PLAN_CHANGED, "예산이 줄었다.", NextWay.DROPPED))


def _defined(person: Account) -> None:
    case = _start(person, "검색")
    actor = actor_for(person)
    with work():
        walk.complete_budget(actor, case)
        walk.complete_definition(actor, case)
        walk.official_run(actor, case)
        # Three services were read where the file states four.
        walk.upload_output(actor, case, result_page(total=4))
    hand = _start(person, "손으로")
    with work():
        walk.complete_budget(actor, hand)
        walk.complete_definition(actor, hand)
        # What found nothing may end without a contract.
        walk.official_run(actor, hand, result_page([]))
        walk.upload_output(actor, hand, b"%PDF-1.7\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n", "화면.pdf")


def _to_sourcing(person: Account, title: str) -> Case:
    case, actor = _start(person, title), actor_for(person)
    with work():
        walk.complete_budget(actor, case)
        walk.complete_definition(actor, case)
        walk.complete_search(actor, case)
    return case


def _searched(person: Account) -> None:
    _to_sourcing(person, "조달")


def _selecting(person: Account, evaluators: list[Account]) -> None:
    case, actor = _to_sourcing(person, "선정"), actor_for(person)
    with work():
        walk.complete_sourcing(actor, case)
        selecting.ask_all(actor, case)
        first = selecting.services_of(case)[0].result_id
        selection_papers.keep_quote(actor, case, selecting.a_quote(actor, case, first))
        selection_sheets.invite(actor, case, str(evaluators[0].id))
        everyone = tuple(row.result_id for row in selecting.services_of(case))
        question = ProviderQuestion(1, everyone, "설치가 필요합니까?", records.today(), "전자우편")
        selection_papers.ask(actor, case, question)


def _scoring(person: Account, evaluators: list[Account]) -> None:
    case, actor = _to_sourcing(person, "평가"), actor_for(person)
    with work():
        walk.complete_sourcing(actor, case)
        selecting.ask_all(actor, case)
        selecting.fix_criteria(actor, case, criteria=selecting.COUNTED)
        selecting.quote_all(actor, case, 12_650_000, 12_430_000, 12_600_000)
        selecting.score_all(actor, case)
        selecting.enter(actor, case, "quality", "99.9", "99.5", "99.4")
        for evaluator in evaluators:
            selection_sheets.invite(actor, case, str(evaluator.id))
        selection_sheets.declare(actor_for(evaluators[0]), case, has_conflict=False, text="")


def _in_the_mall(person: Account) -> None:
    case, actor = _start(person, "몰"), actor_for(person)
    with work():
        walk.complete_budget(actor, case)
        walk.complete_definition(actor, case)
        run = walk.official_run(actor, case, result_page(SAMPLE_SERVICES[:2]))
        search.declare_final(actor, case, run.number, confirmed=True)
        workflow.complete(actor, case, Step.SEARCH)
        walk.complete_sourcing(actor, case, Route.CENTRAL)


def _contracting(person: Account, approver: Account) -> None:
    for stage in ("조건", "품의", "결재", "체결", "등록"):
        case, actor = _to_sourcing(person, f"{stage}"), actor_for(person)
        with work():
            walk.complete_sourcing(actor, case)
            walk.complete_selection(actor, case)
            cases.add_member(actor, case, str(approver.id), "approver")
        with work():
            if stage != "조건":
                digest = contracting.ask_approval(actor, case)
            else:
                contracting.save_terms(actor, case)
                contracting.negotiate(actor, case)
        with work():
            if stage in ("결재", "체결", "등록"):
                contracting.approve(actor_for(approver), case, digest)
            if stage in ("체결", "등록"):
                contract.conclude(actor, case, contracting.signing(actor, case))
                workflow.complete(actor, case, Step.CONTRACT)
        with work():
            if stage == "등록":
                contract.amend(actor, case, amended_on=records.today(), content="표본 변경")
                proof = contracting.a_paper(actor, case, "registration")
                registration.register(actor, case, registered_on=contracting.CONCLUDED_ON, evidence_id=proof)


def _concluded(person: Account, title: str) -> tuple[Actor, Case]:
    case, actor = _start(person, title), actor_for(person)
    with work():
        concluded.conclude(actor, case, concluded.terms())
        concluded.done(actor, case, Step.REGISTRATION)
    return actor, case


def _in_use(person: Account) -> None:
    actor, case = _concluded(person, "이용")
    report = monitoring.MonthReport("2023-05", date(2023, 6, 5), "표본 제공자 1")
    other = monitoring.MonthReport("2023-06", date(2023, 7, 5), "표본 제공자 1")
    told = datetime(2023, 6, 7, 1, tzinfo=UTC)
    with work():
        for one in (report, other):
            monitoring.record_figures(actor, case, one, [monitoring.FigureEntry("availability", 90_000)])
        demand = ImprovementDemand(
            "", "availability", "2023-05", "가용률을 높이세요.", date(2023, 6, 7), date(2023, 6, 30)
        )
        monitoring.demand_improvement(actor, case, demand)
        faults.report(actor, case, FaultReport(FaultGrade.MAJOR, "채팅 서버", "음성이 끊김", told))


def _closed_fault(person: Account) -> None:
    actor, case = _concluded(person, "장애")
    told = datetime(2023, 6, 7, 1, tzinfo=UTC)
    with work():
        row = faults.report(actor, case, FaultReport(FaultGrade.MINOR, "채팅 서버", "느림", told))
        thread = str(row.thread_id)
        way = FaultProgress(
            arrived_at=told,
            recovered_at=told,
            cause="표본 원인",
            responsibility="표본 제공자",
            reported_on=told.date(),
            tested_at=told,
            witness="표본 담당자",
            prevented_on=told.date(),
        )
        faults.follow_up(actor, case, thread, 1, way)
        faults.close(actor, case, thread, 2)


def _at_the_end(person: Account) -> None:
    actor, case = _concluded(person, "종료")
    with work():
        ending.confirm_promise(actor, case, PromiseMark(0, True, date(2023, 12, 28)))

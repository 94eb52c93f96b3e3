"""The case part-way: a collaboration tool, searched for and waiting for quotes in ⑤."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

from procurement.demo import files, people
from procurement.demo.writing import newest_load, official_run, save_and_complete
from procurement.domain.access import Actor
from procurement.domain.facts import BudgetSheet, RequirementsDefinition, SourcingChoice
from procurement.domain.facts.budget import (
    AccountCategory,
    BudgetLine,
    BudgetUse,
    FeeBasis,
    PaymentMethod,
    PaymentPeriod,
)
from procurement.domain.facts.definition import (
    Answer,
    InformationSource,
    LotRequirements,
    PlanFilter,
    PlanTerm,
    ServiceType,
    SourceKind,
)
from procurement.domain.facts.search import SearchFilter, SearchPage, SearchWord
from procurement.domain.facts.sourcing import Route
from procurement.domain.search_conditions import Conditions
from procurement.domain.steps import Step
from procurement.models import Case
from procurement.models.base import now
from procurement.services import (
    case_facts,
    cases,
    records,
    search,
    selection_papers,
    selection_sheets,
    workflow,
)
from procurement.services.selection_papers import Recipients

TITLE = "업무용 협업도구 이용(견본)"
AMOUNT_WON = 9_600_000
CSAP = ("인증정보", "클라우드컴퓨팅 보안인증(CSAP)")
DAYS_FOR_QUOTES = 7

ANSWERS = (
    ("1-1", "직원들이 문서를 함께 만들고 의견을 주고받는 데 씁니다."),
    ("2-1", "이용자 120명이 업무망과 재택에서 접속합니다."),
    ("2-2", "문서 공동 편집, 화상회의, 일정 공유가 필요합니다."),
    ("6-1", "클라우드 보안인증(CSAP)을 받은 서비스가 필요합니다."),
    ("6-2", "접속 기록을 남기고 이용자별로 권한을 나눌 수 있어야 합니다."),
    ("7-1", "월 가용률 99.5% 이상, 백업 준수율 99% 이상입니다."),
    ("8-1", "근무시간에 전화지원이 필요합니다."),
    ("9-1", "서비스수준에 미달하면 이용료를 깎습니다."),
    ("9-2", "자료는 기관의 것이며 끝날 때 돌려받고 파기합니다."),
    ("9-3", "다른 서비스로 옮길 때 내보내기를 지원합니다."),
)


def build() -> None:
    """Open the case and take it to the request for quotes, in the work at hand."""
    project, officer = people.actor(people.PROJECT), people.actor(people.CONTRACT)
    case = cases.open_case(
        project,
        title=TITLE,
        project_officer_id=project.account_id,
        contract_officer_id=officer.account_id,
        is_sample=True,
    )
    year = records.today().year
    save_and_complete(project, case, Step.BUDGET, _budget(year))
    save_and_complete(project, case, Step.DEFINITION, _definition())
    _search(project, case)
    save_and_complete(officer, case, Step.SOURCING, _route())
    _begin_selection(project, case)


def _budget(year: int) -> BudgetSheet:
    return BudgetSheet(
        lines=(BudgetLine(BudgetUse.SERVICE_FEE, AccountCategory.RENT, AMOUNT_WON, note="120명 이용료"),),
        fee_basis=FeeBasis.FLAT,
        payment=PaymentMethod.PER_PERIOD,
        payment_period=PaymentPeriod.MONTH,
        total_won=AMOUNT_WON,
        vat_included=True,
        planned_start=date(year + 1, 1, 1),
        planned_end=date(year + 1, 12, 31),
        guidelines=f"{year + 1}년도 예산안 편성지침",
    )


def _definition() -> RequirementsDefinition:
    lot = LotRequirements(
        lot=1,
        title="업무용 협업도구",
        purpose="흩어진 문서와 대화를 한곳에 모아 함께 일합니다.",
        environment="이용자 120명이 12개월 동안 업무망과 재택에서 씁니다.",
        functions="문서 공동 편집, 화상회의, 일정 공유, 접속 기록",
        budget_won=AMOUNT_WON,
        service_type=ServiceType.SAAS,
        answers=tuple(Answer(number, text) for number, text in ANSWERS),
        terms=(PlanTerm("협업", "1-1"), PlanTerm("문서 공동 편집", "2-2")),
        filters=(PlanFilter(*CSAP, clause="6-1"),),
    )
    source = InformationSource(SourceKind.CATALOGUE, "이용지원시스템의 SaaS 설명을 살펴보았습니다.")
    return RequirementsDefinition(lots=(lot,), sources=(source,), central_intended=False)


def _search(actor: Actor, case: Case) -> None:
    moment = now()
    conditions = Conditions(
        1,
        SearchPage.SAAS,
        moment - timedelta(hours=3),
        ServiceType.SAAS,
        words=(SearchWord("협업"),),
    )
    search.record_rehearsal(actor, case, conditions, newest_load())
    wide = official_run(
        actor, case, "collaboration-1.html", replace(conditions, occurred_at=moment - timedelta(hours=2))
    )
    narrow = replace(
        conditions,
        occurred_at=moment - timedelta(hours=1),
        filters=(SearchFilter(*CSAP),),
        follows=str(wide.id),
        change="정의서 6-1의 보안인증을 필터로 더했습니다.",
    )
    final = official_run(actor, case, "collaboration-2.html", narrow)
    search.declare_final(actor, case, final.number, confirmed=True)
    workflow.complete(actor, case, Step.SEARCH)


def _route() -> SourcingChoice:
    return SourcingChoice(
        route=Route.OWN,
        legal_ground="지방계약법 시행령 제25조제1항제8호차목",
        reason="기관의 수의계약 절차로 기한 안에 체결할 수 있습니다.",
        needs_several_specialties=False,
    )


def _begin_selection(actor: Actor, case: Case) -> None:
    run = case_facts.load(case).search.final(1)
    everyone = Recipients(tuple(row.result_id for row in run.results) if run else ())
    due_on = records.today() + timedelta(days=DAYS_FOR_QUOTES)
    content = "요구사항 정의서를 붙여 12개월 이용료의 견적을 요청합니다."
    selection_papers.request_quotes(actor, case, 1, everyone, due_on=due_on, content=content)
    files.paper(actor, case, Step.SELECTION, "quote_request_result", "견적요청 현황 출력물")
    for person in (people.FIRST_EVALUATOR, people.SECOND_EVALUATOR):
        selection_sheets.invite(actor, case, people.actor(person).account_id)

"""The finished case up to its approval: a platform in the cloud, as its task order of 2023 describes it."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from procurement.demo import files, people, platform_selection
from procurement.demo.writing import at, official_run, save, save_and_complete
from procurement.domain import presets
from procurement.domain.access import Actor
from procurement.domain.facts import BudgetSheet, ContractTerms, RequirementsDefinition, SourcingChoice
from procurement.domain.facts.budget import (
    AccountCategory,
    BudgetLine,
    BudgetUse,
    FeeBasis,
    PaymentMethod,
    PaymentPeriod,
)
from procurement.domain.facts.contract import CounterpartCheck, Negotiation, SelectedCheck
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
from procurement.services import approval, case_facts, cases, contract, search, workflow

TITLE = "경북 메타버스 플랫폼 클라우드 구축 및 유지보수(견본)"
AMOUNT_WON = 12_650_000
CONCLUDED = date(2023, 10, 4)
ENDS = date(2023, 12, 31)
CSAP = ("인증정보", "클라우드컴퓨팅 보안인증(CSAP)")
ON_SITE = ("지원체계", "현장지원")

BUDGET = BudgetSheet(
    lines=(
        BudgetLine(BudgetUse.SERVICE_FEE, AccountCategory.SERVICE, 11_000_000, note="구축과 운영, 유지보수"),
        BudgetLine(BudgetUse.MIGRATION, AccountCategory.SERVICE, 1_650_000, note="데이터 이관과 검증"),
    ),
    fee_basis=FeeBasis.FLAT,
    payment=PaymentMethod.PER_PERIOD,
    payment_period=PaymentPeriod.MONTH,
    total_won=AMOUNT_WON,
    vat_included=True,
    planned_start=CONCLUDED,
    planned_end=ENDS,
    guidelines="2023년도 예산안 편성지침, 2023년도 예산 및 기금운용계획 집행지침",
)

SERVICE_ITEMS = (
    "공공 클라우드 회원가입과 계정 승인 절차",
    "인프라 아키텍처 수립과 발주처 승인",
    "API 서버 구축 및 운영",
    "CMS 서버 구축 및 운영",
    "DB 서버 구축 및 운영(스키마 생성, 데이터 마이그레이션과 검증)",
    "텍스트 채팅 서버 구축 및 운영",
    "음성 채팅 서버 구축 및 운영",
    "비디오 채팅 서버 구축 및 운영",
)
SUPPORT_ITEMS = (
    "시스템 정기점검(매월)",
    "S/W 동작상태, 성능 모니터링 및 로그 점검(매월)",
    "스토리지 등 디스크 저장장치 용량 점검(매월)",
    "OS, 소프트웨어 패치(매월)",
)

ANSWERS = (
    ("1-1", "메타버스 플랫폼을 공공 클라우드에서 안정적이고 효율적으로 운영하고 장애에 대비합니다."),
    ("2-1", "계약일부터 2023. 12. 31.까지 공공 클라우드에서 주야 24시간 운영하며 서비스를 끊지 않습니다."),
    ("2-2", "서버 여섯 가지의 구축과 운영, 계정과 아키텍처의 승인, 매월 네 가지 점검이 필요합니다."),
    ("6-1", "클라우드 보안인증(CSAP)을 받은 서비스가 필요합니다."),
    ("6-2", "보안서약서를 내고, 기관의 보안사항과 구성 정보를 밖으로 내보내지 않습니다."),
    ("7-1", "가용률 99.5% 이상, 응답시간 3초 이하, 회복시간 720분 이하, 백업 준수율 99% 이상입니다."),
    ("8-1", "요청하면 30분 안에 만날 수 있는 상주인력과 현장지원이 필요합니다."),
    ("9-1", "서비스수준에 미달하면 개선을 요구하고 손해를 배상하게 합니다."),
    ("9-2", "끝날 때 이용정보를 돌려받고 복원할 수 없게 파기합니다."),
    ("9-3", "다른 서비스로 옮길 때 제공자가 이관에 협조합니다."),
)


def _numbered(items: tuple[str, ...]) -> str:
    return "\n".join(f"{number}. {item}" for number, item in enumerate(items, start=1))


DEFINITION = RequirementsDefinition(
    lots=(
        LotRequirements(
            lot=1,
            title="메타버스 플랫폼의 클라우드 운영 기반",
            purpose="구축 중인 메타버스 플랫폼의 클라우드 서비스를 운영하고, 예방점검과 신속한 복구로 "
            "끊김 없이 안정적으로 유지합니다.",
            environment="공공 클라우드를 임차하여 2023. 12. 31.까지 운영합니다. 장애 통보는 "
            "토·일요일과 공휴일을 포함하여 24시간 받습니다.",
            functions=f"클라우드 서비스 항목\n{_numbered(SERVICE_ITEMS)}\n\n"
            f"기술지원 항목\n{_numbered(SUPPORT_ITEMS)}",
            budget_won=AMOUNT_WON,
            service_type=ServiceType.IAAS,
            answers=tuple(Answer(number, text) for number, text in ANSWERS),
            terms=(PlanTerm("메타버스 채팅 서버", "2-2"),),
            filters=(PlanFilter(*CSAP, clause="6-1"), PlanFilter(*ON_SITE, clause="8-1")),
        ),
    ),
    sources=(
        InformationSource(
            SourceKind.CATALOGUE, "이용지원시스템의 IaaS 설명을 살펴보았습니다.", date(2023, 8, 21)
        ),
        InformationSource(
            SourceKind.CONSULTATION,
            "채팅 서버의 동시 접속 규모와 백업 방식을 물었습니다.",
            date(2023, 8, 23),
            "표본 상담담당 서견본",
        ),
    ),
    central_intended=False,
)


def build() -> None:
    """Open the case and take it through ① to the request for approval in ⑥, in the work at hand."""
    project, officer = people.actor(people.PROJECT), people.actor(people.CONTRACT)
    case = cases.open_case(
        project,
        title=TITLE,
        project_officer_id=project.account_id,
        contract_officer_id=officer.account_id,
        is_sample=True,
    )
    save_and_complete(project, case, Step.BUDGET, BUDGET)
    save_and_complete(project, case, Step.DEFINITION, DEFINITION)
    _search(project, case)
    save_and_complete(officer, case, Step.SOURCING, _route())
    platform_selection.select(project, case)
    workflow.complete(officer, case, Step.SELECTION)
    _request_approval(officer, case)


def _search(actor: Actor, case: Case) -> None:
    """Nothing found, so a new version of the definition; then too many, and the final search after it."""
    nothing = Conditions(
        1, SearchPage.IAAS, at(date(2023, 8, 30)), ServiceType.IAAS, words=(SearchWord("메타버스 채팅 서버"),)
    )
    official_run(actor, case, "platform-1.html", nothing)
    _widen_definition(actor, case)
    first = replace(nothing, occurred_at=at(date(2023, 9, 4)), words=(SearchWord("채팅 서버"),))
    wide = official_run(actor, case, "platform-2.html", first)
    narrow = replace(
        first,
        occurred_at=at(date(2023, 9, 5)),
        filters=(SearchFilter(*CSAP), SearchFilter(*ON_SITE)),
        follows=str(wide.id),
        change="결과가 많아 정의서 6-1의 보안인증과 8-1의 현장지원을 필터로 더했습니다.",
    )
    final = official_run(actor, case, "platform-3.html", narrow)
    search.declare_final(actor, case, final.number, confirmed=True)
    workflow.complete(actor, case, Step.SEARCH)


def _widen_definition(actor: Actor, case: Case) -> None:
    reason = "검색 결과가 없어 검색어를 ‘메타버스 채팅 서버’에서 ‘채팅 서버’로 넓힙니다."
    workflow.reopen(actor, case, Step.DEFINITION, reason)
    lot = replace(DEFINITION.lots[0], terms=(PlanTerm("채팅 서버", "2-2"),))
    save(actor, case, Step.DEFINITION, replace(DEFINITION, lots=(lot,)))
    workflow.complete(actor, case, Step.DEFINITION)


def _route() -> SourcingChoice:
    return SourcingChoice(
        route=Route.OWN,
        legal_ground="지방계약법 시행령 제25조제1항제8호차목",
        reason="최종 검색의 서비스 가운데 디지털서비스몰에 없는 것이 있어 모두를 대상으로 할 수 있게 합니다.",
        needs_several_specialties=False,
    )


def _request_approval(actor: Actor, case: Case) -> None:
    cases.add_member(actor, case, people.actor(people.APPROVER).account_id, "approver")
    facts = case_facts.load(case)
    winner = facts.selection.decisions[0].result_id or ""
    save(actor, case, Step.CONTRACT, _terms(presets.first_terms(facts)))
    content = "이관 일정과 매월 점검의 방법을 협의하였고, 결격사유는 없었습니다."
    contract.add_negotiation(actor, case, Negotiation(1, winner, date(2023, 9, 21), content))
    files.paper(actor, case, Step.CONTRACT, "counterpart_check", "부정당업자 조회 화면")
    approval.submit(actor, case)


def _terms(first: ContractTerms) -> ContractTerms:
    order = presets.TASK_ORDER
    annex = replace(
        presets.SLA.sla,
        target=first.sla.target,
        scope="서버 여섯 가지의 운영과 매월 네 가지 점검",
        period=first.sla.period,
        compensation=(),
        handling="미달하면 기한을 정하여 개선을 요구하고, 개선한 결과를 다음 달에 다시 확인한다.",
    )
    return replace(
        first,
        conditions="매월 점검기록을 확인하고 대가를 지급합니다. 운영 중에 드는 클라우드 비용은 "
        "2023. 12. 31.까지 계약상대자가 부담합니다. "
        "담당인력은 WebGL, Unity, 공공클라우드, 채팅 시스템의 유경험자여야 합니다.",
        sla=annex,
        clauses=presets.CLAUSES.clauses,
        precedence=order.precedence,
        secrets=order.secrets,
        leak_sanctions=order.leak_sanctions,
        duties=order.duties,
        fault_terms=order.fault_terms,
        end_promises=order.end_promises,
        counterpart_check=CounterpartCheck(CONCLUDED, "나라장터 부정당업자 조회 화면(견본)", False),
        selected_check=SelectedCheck(
            CONCLUDED, True, date(2027, 12, 31), False, "이용지원시스템 서비스 상세 화면(견본)"
        ),
        follows_public_body_standard=True,
        standard_form_used=True,
    )

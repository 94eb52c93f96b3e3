"""A complete good case, from the budget to the end, on which every rule holds.

It follows a contract for building and keeping a cloud platform: 12,650,000 won with VAT, from the
conclusion to 2023-12-31. Institution, people and services are invented. Tests take it apart with
``dataclasses.replace`` and the ``with_…`` helpers below; ``good_later.py`` holds steps ⑤ to ⑨.
"""

from dataclasses import replace
from datetime import date
from typing import Any

from procurement.domain.facts import (
    BudgetSheet,
    CaseFacts,
    CaseHead,
    DefinitionFacts,
    EvidenceFacts,
    Institution,
    RequirementsDefinition,
    SearchFacts,
    SourcingChoice,
)
from procurement.domain.facts.budget import (
    AccountCategory,
    BudgetLine,
    BudgetUse,
    FeeBasis,
    PaymentMethod,
    PaymentPeriod,
)
from procurement.domain.facts.case import ContractLaw, InstitutionKind, StepFacts
from procurement.domain.facts.definition import (
    DERIVED_QUESTIONS,
    QUESTIONS,
    Answer,
    DefinitionVersion,
    InformationSource,
    LotRequirements,
    PlanFilter,
    PlanTerm,
    ServiceType,
    SourceKind,
)
from procurement.domain.facts.search import (
    FinalRun,
    ResultRow,
    RunKind,
    SearchFilter,
    SearchPage,
    SearchRun,
    SearchSource,
    SearchWord,
)
from procurement.domain.facts.sourcing import Route
from procurement.domain.rules.base import Finding, Outcome, Rule, evaluate
from procurement.domain.steps import Step, StepState
from tests.domain.rules.good_later import (
    at,
    digest_of,
    good_contract,
    good_ending,
    good_monitoring,
    good_registration,
    good_selection,
)

PROJECT_OFFICER = "표본 사업담당자"
CONTRACT_OFFICER = "표본 계약담당자"
TODAY = date(2024, 1, 15)
HOLIDAYS = {
    date(2023, 1, 23): "설날",
    date(2023, 1, 24): "대체공휴일(설날)",
    date(2023, 3, 1): "삼일절",
    date(2023, 5, 5): "어린이날",
    date(2023, 5, 29): "대체공휴일(부처님오신날)",
    date(2023, 6, 6): "현충일",
    date(2023, 8, 15): "광복절",
    date(2023, 9, 28): "추석",
    date(2023, 9, 29): "추석",
    date(2023, 10, 3): "개천절",
    date(2023, 10, 9): "한글날",
    date(2023, 12, 25): "기독탄신일",
    date(2024, 1, 1): "1월 1일",
}


def good_institution() -> Institution:
    """An invented public institute that follows the local contract law."""
    return Institution("표본전자기술원", InstitutionKind.OTHER_PUBLIC, ContractLaw.LOCAL)


def good_head() -> CaseHead:
    """Case head with both officers."""
    return CaseHead(
        "2023-0001",
        "표본 메타버스 플랫폼 클라우드 구축 및 유지보수",
        PROJECT_OFFICER,
        CONTRACT_OFFICER,
        project_officer_id="account-project",
        contract_officer_id="account-contract",
    )


def good_budget() -> BudgetSheet:
    """Lines that add up to exactly the expected contract amount."""
    return BudgetSheet(
        lines=(
            BudgetLine(BudgetUse.SERVICE_FEE, AccountCategory.SERVICE, 11_000_000, note="10개월 이용료"),
            BudgetLine(BudgetUse.MIGRATION, AccountCategory.SERVICE, 1_650_000, note="데이터 이관"),
        ),
        fee_basis=FeeBasis.FLAT,
        payment=PaymentMethod.PER_PERIOD,
        payment_period=PaymentPeriod.MONTH,
        total_won=12_650_000,
        vat_included=True,
        planned_start=date(2023, 3, 13),
        planned_end=date(2023, 12, 31),
        guidelines="2023년도 예산안 편성지침, 2023년도 예산 및 기금운용계획 집행지침",
    )


ANSWERS = {
    "1-1": "메타버스 플랫폼을 공공 클라우드에서 안정적으로 운영합니다.",
    "2-1": "동시 접속 500명, 2023. 12. 31.까지, 인터넷망, 공공 클라우드 영역에서 운영합니다.",
    "2-2": "API·CMS·DB 서버와 텍스트·음성·비디오 채팅 서버를 제공해야 합니다.",
    "6-1": "클라우드 보안인증(CSAP)이 필요합니다.",
    "6-2": "기관의 보안업무규정에 따라 보안서약서를 냅니다.",
    "7-1": "월 가용률 99.5 % 이상, 백업 준수율 99 % 이상입니다.",
    "8-1": "전화지원과 현장지원이 필요합니다.",
    "9-1": "서비스수준에 미달하면 위약금을 정합니다.",
    "9-2": "종료 때 자료를 돌려받고 복원할 수 없게 파기합니다.",
    "9-3": "다른 서비스로 옮길 때 제공자가 협조합니다.",
}


def good_lot(number: int = 1) -> LotRequirements:
    """A lot with every question answered and a search plan."""
    return LotRequirements(
        lot=number,
        title="플랫폼 운영 기반",
        purpose="메타버스 플랫폼을 공공 클라우드에서 중단 없이 운영합니다.",
        environment="동시 접속 500명, 10개월, 인터넷망에서 운영합니다.",
        functions="서버와 채팅 기능, 데이터 이관, 월 1회 점검이 필요합니다.",
        budget_won=12_650_000,
        service_type=ServiceType.IAAS,
        answers=tuple(
            Answer(question.number, ANSWERS[question.number])
            for question in QUESTIONS
            if question.number not in DERIVED_QUESTIONS
        ),
        terms=(PlanTerm("채팅 서버", "2-2"), PlanTerm("메타버스", "1-1"), PlanTerm("자동 백업", "7-1")),
        filters=(
            PlanFilter("인증정보", "클라우드컴퓨팅 보안인증(CSAP)", "6-1"),
            PlanFilter("지원체계", "현장지원", "8-1"),
        ),
    )


def good_requirements() -> RequirementsDefinition:
    """One lot, with two sources, one of them a consultation."""
    return RequirementsDefinition(
        lots=(good_lot(),),
        sources=(
            InformationSource(SourceKind.CATALOGUE, "이용지원시스템의 IaaS 목록을 살펴봄", date(2023, 2, 6)),
            InformationSource(
                SourceKind.CONSULTATION,
                "채팅 서버의 동시 접속 규모를 물어봄",
                date(2023, 2, 7),
                "표본 상담담당자",
            ),
        ),
        central_intended=False,
    )


def good_definition() -> DefinitionFacts:
    """Frozen once, unchanged since."""
    requirements = good_requirements()
    return DefinitionFacts(
        working=requirements,
        frozen=requirements,
        versions=(DefinitionVersion(1, digest_of("definition 1"), at(2, 10)),),
    )


def a_row(position: int, **changes: Any) -> ResultRow:
    """A row of a result list: a selected, certified service that is in the mall."""
    row = ResultRow(
        result_id=f"result-{position}",
        position=position,
        service_name=f"표본 클라우드 {position}호",
        service_id=f"IAS-1-01-0000{position}",
        provider_name=f"표본 제공자 {position}",
        service_type=ServiceType.IAAS,
        csap_grade="표준",
        csap_to=date(2027, 12, 31),
        in_mall=True,
        price_won=1_000_000,
    )
    return replace(row, **changes)


def a_run(number: int, **changes: Any) -> SearchRun:
    """An official run with words and filters of the definition and three results."""
    run = SearchRun(
        run_id=f"run-{number}",
        lot=1,
        number=number,
        kind=RunKind.OFFICIAL,
        source=SearchSource.SUPPORT_SYSTEM,
        page=SearchPage.IAAS,
        definition_version=1,
        occurred_at=at(2, 13, number),
        recorded_at=at(2, 13, number),
        actor_id="account-project",
        words=(SearchWord("채팅 서버", "2-2"),),
        filters=(SearchFilter("인증정보", "클라우드컴퓨팅 보안인증(CSAP)", "6-1"),),
        service_type=ServiceType.IAAS,
        saved_output=digest_of(f"saved page {number}"),
        results=tuple(a_row(position) for position in (1, 2, 3)),
    )
    return replace(run, **changes)


def good_search() -> SearchFacts:
    """A first run that found too many, and the final run that follows it."""
    first = a_run(1, filters=(), results=tuple(a_row(position) for position in range(1, 8)))
    second = a_run(2, follows="run-1", change="결과가 많아 6-1에 따라 보안인증 필터를 더함")
    return SearchFacts(runs=(first, second), finals=(FinalRun(1, "run-2", 1, at(2, 14)),))


def good_sourcing() -> SourcingChoice:
    """Own procurement on the ground of the local contract law."""
    return SourcingChoice(
        route=Route.OWN,
        legal_ground="지방계약법 시행령 제25조제1항제8호차목",
        reason="내부 수의계약 절차로 2주 안에 체결할 수 있습니다.",
        needs_several_specialties=False,
    )


def good_evidence() -> tuple[EvidenceFacts, ...]:
    """A stored file for each purpose the rules ask for."""
    files = (
        (Step.SEARCH, "search_output", "saved page 1", at(2, 13)),
        (Step.SEARCH, "search_output", "saved page 2", at(2, 13)),
        (Step.SELECTION, "quote_request_result", "quote request result", at(2, 27)),
        (Step.SELECTION, "quote", "quote 1", at(2, 24)),
        (Step.SELECTION, "quote", "quote 2", at(2, 24)),
        (Step.SELECTION, "material", "material", at(2, 27)),
        (Step.CONTRACT, "contract", "contract", at(3, 13)),
        (Step.REGISTRATION, "registration", "registration", at(3, 27)),
        (Step.ENDING, "end_notice", "end notice", at(11, 24)),
        (Step.ENDING, "data_return", "data return", at(12, 20)),
        (Step.ENDING, "data_destruction", "data destruction", at(12, 28)),
    )
    return tuple(
        EvidenceFacts(name, step, purpose, f"{name}.pdf", digest_of(name), 1_024, moment)
        for step, purpose, name, moment in files
    )


DONE_ON = {
    Step.BUDGET: at(2, 3),
    Step.DEFINITION: at(2, 10),
    Step.SEARCH: at(2, 14),
    Step.SOURCING: at(2, 15),
    Step.SELECTION: at(3, 2),
    Step.CONTRACT: at(3, 13),
    Step.REGISTRATION: at(3, 27),
    Step.MONITORING: at(1, 8, year=2024),
    Step.ENDING: at(1, 10, year=2024),
}


def a_case(**changes: Any) -> CaseFacts:
    """The complete good case, with fields replaced by ``changes``."""
    case = CaseFacts(
        today=TODAY,
        institution=good_institution(),
        head=good_head(),
        steps={step: StepFacts(StepState.DONE, moment) for step, moment in DONE_ON.items()},
        budget=good_budget(),
        definition=good_definition(),
        search=good_search(),
        sourcing=good_sourcing(),
        selection=good_selection(),
        contract=good_contract(),
        registration=good_registration(),
        monitoring=good_monitoring(),
        ending=good_ending(),
        evidence=good_evidence(),
        holidays=HOLIDAYS,
    )
    return replace(case, **changes)


def a_new_case(**changes: Any) -> CaseFacts:
    """A case just created: head and institution only."""
    case = CaseFacts(
        today=date(2023, 2, 1), institution=good_institution(), head=good_head(), holidays=HOLIDAYS
    )
    return replace(case, **changes)


def with_budget(**changes: Any) -> CaseFacts:
    """The good case with fields of the budget sheet replaced."""
    return a_case(budget=replace(good_budget(), **changes))


def with_lot(**changes: Any) -> CaseFacts:
    """The good case with fields of its lot replaced, in the working and in the frozen text."""
    return with_lots(replace(good_lot(), **changes))


def with_lots(*lots: LotRequirements) -> CaseFacts:
    """The good case with other lots, in the working and in the frozen text."""
    requirements = replace(good_requirements(), lots=lots)
    return a_case(
        head=replace(good_head(), lots=tuple(lot.lot for lot in lots)),
        definition=replace(good_definition(), working=requirements, frozen=requirements),
    )


def with_runs(*runs: SearchRun, final: str | None = "run-2", **changes: Any) -> CaseFacts:
    """The good case with other runs; ``final`` is the final run of lot 1, ``None`` for none."""
    finals = (FinalRun(1, final, 1, at(2, 14)),) if final else ()
    return a_case(search=SearchFacts(runs=runs, finals=finals), **changes)


def with_final(**changes: Any) -> CaseFacts:
    """The good case with fields of its final run replaced."""
    first, second = good_search().runs
    return with_runs(first, replace(second, **changes))


def with_sourcing(**changes: Any) -> CaseFacts:
    """The good case with fields of the route replaced."""
    return a_case(sourcing=replace(good_sourcing(), **changes))


def with_definition(**changes: Any) -> CaseFacts:
    """The good case with facts of the definition (versions, name hits, texts) replaced."""
    return a_case(definition=replace(good_definition(), **changes))


def with_reason(
    case: CaseFacts, rule_id: str, subject: str = "", reason: str = "표본 사유입니다."
) -> CaseFacts:
    """The same case with a justification written for one problem of one rule."""
    return replace(case, reasons={**case.reasons, (rule_id, subject): reason})


def rule(rules: tuple[Rule, ...], rule_id: str) -> Rule:
    """The rule with this id."""
    return next(rule for rule in rules if rule.id == rule_id)


def findings(rules: tuple[Rule, ...], rule_id: str, facts: CaseFacts) -> tuple[Finding, ...]:
    """Findings of one rule."""
    return evaluate(rule(rules, rule_id), facts)


def outcome(rules: tuple[Rule, ...], rule_id: str, facts: CaseFacts) -> Outcome:
    """The one outcome of a rule that gives a single finding."""
    (finding,) = findings(rules, rule_id, facts)
    return finding.outcome


def is_korean(text: str) -> bool:
    """Whether a sentence is written in Korean and ends as one."""
    return any("가" <= letter <= "힣" for letter in text) and text.rstrip().endswith((".", "?"))

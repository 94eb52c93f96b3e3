"""Ready texts to start the terms of a contract from: offered as data, changed as the contract needs.

The task order of the sample contract gives one set of duties, secrets and times; other contracts have others.
The clauses are neutral wording for what the guideline asks to be written (III.2.⑥).
"""

from __future__ import annotations

from procurement.domain.facts import CaseFacts, ContractTerms
from procurement.domain.facts.contract import (
    DEFAULT_PRECEDENCE,
    Clause,
    ClauseKind,
    CompensationTier,
    Duty,
    DutyTiming,
    SecretKind,
    SlaAnnex,
    SlaIndicator,
)
from procurement.domain.incidents import TASK_ORDER_CLOCK
from procurement.domain.periods import format_date
from procurement.domain.rules.reading import winners
from procurement.domain.sla import INDICATOR_CATALOGUE, statutory_delay_rate

SECURITY_PERCENT = 10
"""계약보증금: a tenth of the amount at least (국가계약법 시행령 제50조, 지방계약법 시행령 제51조)."""

_HEAD = "운용부서 책임자"
_SUPERVISOR = "감독관"

TASK_ORDER_DUTIES: tuple[Duty, ...] = (
    Duty(
        "representative",
        "현장대리인(책임기술자) 선임",
        DutyTiming.AFTER_CONCLUSION,
        days=7,
        confirmed_by=_SUPERVISOR,
        proof="현장대리인 선임계",
    ),
    Duty(
        "security_pledge",
        "참여인력 보안서약서 제출",
        DutyTiming.AFTER_CONCLUSION,
        days=7,
        confirmed_by=_SUPERVISOR,
        proof="보안서약서",
    ),
    Duty(
        "maintenance_plan",
        "유지보수 수행계획서 제출(세부계획, 조직도와 24시간 비상연락망, 경력·서약·신원조회 서류)",
        DutyTiming.AFTER_CONCLUSION,
        days=14,
        confirmed_by=_SUPERVISOR,
        proof="유지보수 수행계획서",
    ),
    Duty(
        "monthly_inspection",
        "월간 점검(시스템, 소프트웨어와 로그, 저장공간, 운영체제와 패치)",
        DutyTiming.MONTHLY,
        confirmed_by=_HEAD,
        proof="장비점검표",
    ),
    Duty(
        "monthly_report",
        "월간 유지보수 보고(실적과 근무시간 한 장, 세부내역 붙임)",
        DutyTiming.MONTHLY,
        confirmed_by=_HEAD,
        proof="책임자의 확인을 받은 월간 보고서",
    ),
    Duty(
        "architecture",
        "구축 전 클라우드 구성(아키텍처) 승인",
        DutyTiming.ON_DEMAND,
        confirmed_by=_SUPERVISOR,
        proof="승인한 구성도",
    ),
    Duty(
        "migration",
        "데이터 이관 결과 검증",
        DutyTiming.ON_DEMAND,
        confirmed_by=_SUPERVISOR,
        proof="이관 검증 결과서",
    ),
    Duty(
        "staff_change",
        "참여인력 변동의 사전 승인",
        DutyTiming.ON_DEMAND,
        confirmed_by=_SUPERVISOR,
        proof="변동 승인 공문",
    ),
    Duty(
        "meeting",
        "요청하면 30분 안에 상주인력과 협의",
        DutyTiming.ON_DEMAND,
        confirmed_by=_SUPERVISOR,
        proof="협의 기록",
    ),
    Duty(
        "more_staff",
        "정상 수행이 어려울 때 인력의 추가 투입",
        DutyTiming.ON_DEMAND,
        confirmed_by=_SUPERVISOR,
        proof="추가 투입 계획",
    ),
    Duty(
        "cloud_cost",
        "계약이 끝날 때까지 클라우드 이용 비용 부담",
        DutyTiming.AT_END,
        confirmed_by=_SUPERVISOR,
        proof="이용 비용 납부 확인 자료",
    ),
)

TASK_ORDER = ContractTerms(
    precedence=DEFAULT_PRECEDENCE,
    secrets=tuple(SecretKind),
    leak_sanctions=(
        "누출이 드러나면 「지방자치단체를 당사자로 하는 계약에 관한 법률 시행령」 제92조에 따라 "
        "부정당업자로 제재하고 입찰 참가자격을 제한한다(1회 1개월, 2회 이상 3개월)."
    ),
    duties=TASK_ORDER_DUTIES,
    fault_terms=TASK_ORDER_CLOCK,
    end_promises=(
        "이용자 정보를 다른 서비스에서 쓸 수 있는 형식으로 반환한다.",
        "반환이 끝난 정보를 복원할 수 없게 파기하고 확인서를 낸다.",
        "다른 서비스로 옮길 때 이관에 협조한다.",
    ),
)
"""The task order of the sample: duties, what must not leak, the fault clock, order of precedence."""

CLAUSES = ContractTerms(
    clauses=(
        Clause(
            ClauseKind.NO_LOCK_IN,
            "제공자는 이용기관이 다른 제공자나 서비스로 옮기는 것을 기술이나 계약 조건으로 제한하지 않으며, "
            "널리 쓰이는 형식과 연계 방법을 제공한다.",
        ),
        Clause(
            ClauseKind.DATA_TRANSFER,
            "제공자는 이용기관이 요청하거나 계약이 끝날 때 이용기관의 데이터를 다른 서비스에서 쓸 수 있는 "
            "형식으로 이관한다.",
        ),
        Clause(
            ClauseKind.DATA_DESTRUCTION,
            "제공자는 데이터의 반환을 확인받은 뒤 백업을 포함한 모든 사본을 복원할 수 없게 파기하고 "
            "확인서를 낸다.",
        ),
        Clause(
            ClauseKind.CONTINUITY,
            "제공자는 백업과 장애 대책을 갖추어 계약 기간에 서비스를 끊김 없이 안정적으로 제공하고, "
            "중단이 예정되면 미리 알린다.",
        ),
        Clause(
            ClauseKind.HANDOVER,
            "제공자는 서비스가 끝나거나 다른 서비스로 이관될 때 이관 계획의 수립과 시행에 적극 협조한다.",
        ),
        Clause(
            ClauseKind.PENALTY,
            "제공자가 서비스수준 부속서의 목표에 미달하거나 계약을 어기면 부속서와 관계 법령이 정한 "
            "위약금을 내고 손해를 배상한다.",
        ),
        Clause(
            ClauseKind.DATA_PROTECTION,
            "이용기관의 데이터는 이용기관에 속하며, 제공자는 동의 없이 제3자에게 제공하거나 서비스 제공 "
            "목적 밖으로 이용하지 않고 보호조치를 한다.",
        ),
    )
)
"""Neutral wording for the seven clauses (K-5)."""

# What the four figures start from; the institution and the provider agree on their own.
_TARGETS = {
    "availability": 99_500,
    "response_time": 3_000,
    "recovery_time": 720_000,
    "backup_compliance": 99_000,
}

SLA_INDICATORS: tuple[SlaIndicator, ...] = tuple(
    SlaIndicator(item.key, item.name, item.unit, _TARGETS[item.key], item.direction, item.method)
    for item in INDICATOR_CATALOGUE
    if item.key in _TARGETS and item.direction is not None
)

SLA = ContractTerms(
    sla=SlaAnnex(
        indicators=SLA_INDICATORS,
        grades="모든 지표가 목표 이상이면 우수, 한 지표가 미달하면 보통, 둘 이상 미달하면 미흡으로 한다.",
        method="제공자가 매월 측정 자료를 내고 이용기관이 다음 달 10일까지 평가한다.",
        handling="미달하면 개선 계획을 받고, 목표를 지키지 못한 달은 보상 구간에 따라 이용료에서 뺀다.",
        compensation=(
            CompensationTier("availability", 99_500, 5),
            CompensationTier("availability", 99_000, 10),
        ),
    )
)
"""Four indicators of the quality criteria with figures to start from, and the parts that rest on them."""

PRESETS: dict[str, tuple[str, ContractTerms]] = {
    "task_order": ("과업지시서 예시 채우기", TASK_ORDER),
    "clauses": ("조항 예시 채우기", CLAUSES),
    "sla": ("서비스수준 예시 채우기", SLA),
}
"""Every set by its name: what its button says, and the terms that it fills in."""


def first_terms(facts: CaseFacts) -> ContractTerms:
    """What ①, ④ and ⑤ already settle of a contract that nobody has written yet.

    The amount is what the winners quoted, or what ① expects where one has no quote.
    """
    chosen = winners(facts)
    quotes = [facts.selection.quote_of(lot, row.result_id) for lot, row in chosen]
    quoted = [quote for quote in quotes if quote is not None]
    names = tuple(row.service_name for _, row in chosen)
    providers = dict.fromkeys(row.provider_name for _, row in chosen if row.provider_name)
    budget, choice = facts.budget, facts.sourcing
    start, end = (budget.planned_start, budget.planned_end) if budget else (None, None)
    amount, vat_included = (budget.total_won, budget.vat_included) if budget else (None, None)
    if len(quoted) == len(quotes) and len({quote.vat_included for quote in quoted}) == 1:
        amount, vat_included = sum(quote.amount_won for quote in quoted), quoted[0].vat_included
    return ContractTerms(
        title=facts.head.title,
        service_names=names,
        provider_name=", ".join(providers),
        amount_won=amount,
        vat_included=vat_included,
        start=start,
        end=end,
        joint=choice.joint if choice else False,
        long_term=choice.long_term if choice else False,
        unit_price=choice.unit_price if choice else False,
        subcontract=choice.subcontract if choice else False,
        security_percent=SECURITY_PERCENT,
        delay_rate_millionths=statutory_delay_rate(facts.institution.contract_law),
        sla=SlaAnnex(
            target=", ".join(names),
            period=f"{format_date(start)} ~ {format_date(end)}" if start and end else "",
        ),
        precedence=DEFAULT_PRECEDENCE,
    )

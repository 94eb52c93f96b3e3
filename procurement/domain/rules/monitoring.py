"""Rules of ⑧: figures against the annex, faults by the clock; M-5 to M-7 are in ``monitoring_watch.py``."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from procurement.domain.errors import InvalidInput, Refused
from procurement.domain.facts import CaseFacts
from procurement.domain.facts.contract import FaultTerms, SlaIndicator
from procurement.domain.facts.monitoring import (
    DemandOutcomeKind,
    Fault,
    MonthlyFigure,
)
from procurement.domain.incidents import Limit, assess, ensure_closable
from procurement.domain.money import format_won
from procurement.domain.obligations import months_past
from procurement.domain.periods import format_date
from procurement.domain.rules import monitoring_watch
from procurement.domain.rules.base import (
    Kind,
    Problem,
    Rule,
    Severity,
    Verdict,
    from_problems,
    lacking,
    not_applicable,
    not_yet,
)
from procurement.domain.rules.reading import (
    after_conclusion,
    korean_midnight,
)
from procurement.domain.sla import compensation, meets
from procurement.domain.steps import Step


def _indicators(facts: CaseFacts) -> tuple[SlaIndicator, ...]:
    return facts.contract.terms.sla.indicators if facts.contract.terms else ()


def _reported(facts: CaseFacts, _: date) -> Verdict:
    """M-1: every month that is over has a figure for every indicator."""
    indicators = _indicators(facts)
    if not indicators:
        return not_applicable("계약의 서비스수준 부속서에 지표가 없습니다.")
    months = months_past(facts)
    if not months:
        return not_yet("첫 달이 지난 뒤에 봅니다.")
    there = {(figure.month, figure.indicator) for figure in facts.monitoring.figures}
    problems = []
    for month, _last in months:
        missing = [i.name for i in indicators if (month, i.key) not in there]
        if missing:
            problems.append(
                lacking(
                    f"{month} 수치가 없습니다({', '.join(missing)}). 제공자에게 자료를 요청해 적으세요.",
                    month,
                    "figures",
                )
            )
    return from_problems(problems)


def _below(facts: CaseFacts) -> Iterator[tuple[SlaIndicator, MonthlyFigure]]:
    """Figures that miss their target, by month."""
    by_key = {indicator.key: indicator for indicator in _indicators(facts)}
    for figure in sorted(facts.monitoring.figures, key=lambda f: (f.month, f.indicator)):
        indicator = by_key.get(figure.indicator)
        if indicator is not None and not meets(indicator, figure.value_thousandths):
            yield indicator, figure


def _demand_wrong(facts: CaseFacts, figure: MonthlyFigure) -> str:
    demand = next(
        (d for d in facts.monitoring.demands if (d.month, d.indicator) == (figure.month, figure.indicator)),
        None,
    )
    if demand is None:
        return "개선을 요구하지 않았습니다. 기한을 정해 개선을 요구하거나 요구하지 않는 사유를 적으세요."
    if demand.outcome is None and demand.due_on < facts.today:
        return (
            f"개선 요구의 기한({format_date(demand.due_on)})이 지났는데 결과가 없습니다. "
            "개선되었는지 확인해 적으세요."
        )
    return ""


def _improvement_demanded(facts: CaseFacts, _: date) -> Verdict:
    """M-2: each figure below target has its demand, and the demand its outcome once it is due."""
    if not facts.monitoring.figures:
        return not_yet("서비스수준 수치가 들어오면 봅니다.")
    return from_problems(
        Problem(
            f"{figure.month} ‘{indicator.name}’이(가) 목표에 못 미쳤습니다. {wrong}",
            f"{indicator.key} {figure.month}",
            "demands",
        )
        for indicator, figure in _below(facts)
        if (wrong := _demand_wrong(facts, figure))
    )


def still_below(facts: CaseFacts, figure: MonthlyFigure) -> bool:
    """Below target although an improvement had been demanded."""
    return any(
        demand.indicator == figure.indicator
        and (
            demand.month < figure.month
            or (
                demand.month == figure.month
                and demand.outcome in (DemandOutcomeKind.NOT_IMPROVED, DemandOutcomeKind.COMPENSATED)
            )
        )
        for demand in facts.monitoring.demands
    )


def _compensation_wrong(facts: CaseFacts, indicator: SlaIndicator, figure: MonthlyFigure) -> str:
    terms = facts.contract.terms
    owed = compensation(terms.sla, indicator, figure.value_thousandths) if terms else None
    if owed is None or owed.percent is None:
        return ""
    if owed.amount_won is None:
        return owed.ground
    claimed = next(
        (
            c
            for c in facts.monitoring.compensations
            if (c.month, c.indicator) == (figure.month, figure.indicator)
        ),
        None,
    )
    amount = f"{format_won(owed.amount_won)}원({owed.ground})"
    if claimed is None:
        return f"계약에 따른 보상은 {amount}입니다. 청구하고 기록하거나 청구하지 않는 사유를 적으세요."
    if claimed.amount_won != owed.amount_won:
        return (
            f"청구한 금액 {format_won(claimed.amount_won)}원이 계약에 따른 {amount}과 다릅니다. "
            "금액을 고치거나 다른 사유를 적으세요."
        )
    return ""


def _compensated(facts: CaseFacts, _: date) -> Verdict:
    """M-3: still below after a demand, the contract's own formula is claimed; without one, nothing is."""
    if not facts.monitoring.figures:
        return not_yet("서비스수준 수치가 들어오면 봅니다.")
    if facts.contract.terms is None or not facts.contract.terms.sla.compensation:
        return not_applicable("계약에 보상을 계산하는 기준이 없어 보상액을 계산하지 않습니다.")
    return from_problems(
        Problem(
            f"개선을 요구한 뒤에도 {figure.month} ‘{indicator.name}’이(가) 목표에 못 미쳤습니다. {wrong}",
            f"{indicator.key} {figure.month}",
            "compensations",
        )
        for indicator, figure in _below(facts)
        if still_below(facts, figure) and (wrong := _compensation_wrong(facts, indicator, figure))
    )


def _late(limits: Iterator[Limit]) -> str:
    return ", ".join(
        f"{limit.basis}보다 {limit.minutes_late // 60}시간 {limit.minutes_late % 60}분 늦음"
        for limit in limits
        if limit.late
    )


def _fault_problems(facts: CaseFacts, fault: Fault, terms: FaultTerms) -> Iterator[Problem]:
    name = f"{fault.number}번 장애"
    if fault.closed:
        try:
            ensure_closable(fault, terms)
        except Refused as refused:
            yield Problem(
                f"{name}를 종결했지만 조건이 갖춰지지 않았습니다. {refused.message}",
                f"{fault.fault_id} closing",
                "faults",
                Severity.BLOCK,
            )
    try:
        standing = assess(fault, terms, korean_midnight(facts.today), others=facts.monitoring.faults)
    except InvalidInput as wrong:
        yield Problem(f"{name}: {wrong.message}", f"{fault.fault_id} order", "faults")
        return
    arrival = (standing.arrival,) if standing.arrival else ()
    if late := _late(iter((*arrival, *standing.recoveries))):
        yield Problem(
            f"{name}의 처리가 계약의 기한을 넘겼습니다({late}). 원인과 책임을 확인해 적으세요.",
            f"{fault.fault_id} late",
            "faults",
        )
    if fault.recovered_at is not None and fault.reported_on is None:
        yield lacking(
            f"{name}는 먼저 조치하고 나중에 보고해야 하는데 보고가 없습니다. 보고받은 날을 적으세요.",
            f"{fault.fault_id} report",
            "faults",
        )


def _faults_by_clock(facts: CaseFacts, _: date) -> Verdict:
    """M-4: lateness is told; a fault closed without the witnessed test blocks."""
    terms = facts.contract.terms.fault_terms if facts.contract.terms else None
    if terms is None:
        return not_applicable("계약에 장애 처리 시간의 기준이 없습니다.")
    return from_problems(
        problem for fault in facts.monitoring.faults for problem in _fault_problems(facts, fault, terms)
    )


RULES: tuple[Rule, ...] = (
    Rule(
        "M-1",
        Step.MONITORING,
        Kind.REMINDER,
        Severity.REMIND,
        "주별 또는 월별로 가용률, 장애 복구, 보안 점검, 성능, 백업, 고객지원을 점검합니다.",
        "지침 Ⅲ.3.⑧",
        after_conclusion(_reported),
    ),
    Rule(
        "M-2",
        Step.MONITORING,
        Kind.GATE,
        Severity.JUSTIFY,
        "서비스수준이 미흡하면 기한을 정해 개선을 요구하고 결과를 확인합니다.",
        "지침 Ⅲ.3.⑧",
        after_conclusion(_improvement_demanded),
    ),
    Rule(
        "M-3",
        Step.MONITORING,
        Kind.GATE,
        Severity.JUSTIFY,
        "그래도 미달하면 계약에서 정한 기준으로 보상을 계산해 요구합니다.",
        "지침 Ⅲ.3.⑧",
        after_conclusion(_compensated),
    ),
    Rule(
        "M-4",
        Step.MONITORING,
        Kind.GUARD,
        Severity.REMIND,
        "장애는 계약의 시간 기준으로 처리하고, 담당자가 입회한 시험을 거쳐 종결합니다.",
        "과업지시서 Ⅱ 과업의 수행 조건(방법, 확인)",
        after_conclusion(_faults_by_clock),
    ),
    *monitoring_watch.RULES,
)

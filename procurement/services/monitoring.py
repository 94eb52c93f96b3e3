"""⑧ Acts on service levels, demands, compensation, duties and what is watched (M-1 to M-3, M-5 to M-7).

Faults, with their clock, are in ``faults.py``. Each act is a record: added, revised with its version,
withdrawn with a reason. What comes late is told by the rules and never refused.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from procurement.domain.access import Actor
from procurement.domain.errors import Conflict, InvalidInput, Refused
from procurement.domain.facts import CaseFacts
from procurement.domain.facts.contract import DutyTiming, SlaIndicator
from procurement.domain.facts.monitoring import (
    ChangeRecord,
    Compensation,
    DemandOutcomeKind,
    DutyConfirmation,
    ImprovementDemand,
    MonthlyFigure,
    ProviderNotice,
    WatchRecord,
)
from procurement.domain.obligations import contract_end, contract_start, duty_dues, months_of
from procurement.domain.sla import CompensationResult, compensation, meets
from procurement.domain.steps import Step
from procurement.models import Case, CaseRecord
from procurement.services import records
from procurement.services.record_guards import (
    check_proof,
    check_text,
    facts_to_change,
    moment_of,
    of_kind,
    one_of,
)
from procurement.services.records import ActiveRecord


@dataclass(frozen=True)
class FigureEntry:
    """A figure as entered: thousandths of the indicator's unit, and the version it was entered over.

    ``base_version`` is 0 where nothing had been entered yet.
    """

    indicator: str
    value_thousandths: int
    base_version: int = 0
    note: str = ""


@dataclass(frozen=True)
class MonthReport:
    """What a month's figures have in common: who reported them when, on what paper."""

    month: str
    received_on: date
    reported_by: str = ""
    evidence_id: str | None = None
    reason: str = ""


def months_begun(facts: CaseFacts) -> tuple[tuple[str, date], ...]:
    """Months of the contract that have begun, each with its last day within the contract, oldest first."""
    start, end = contract_start(facts), contract_end(facts)
    if start is None:
        return ()
    return tuple(
        (month, last)
        for month, last in months_of(start, end or facts.today)
        if month <= f"{facts.today:%Y-%m}"
    )


def indicators_of(facts: CaseFacts) -> tuple[SlaIndicator, ...]:
    """Indicators of the annex of the contract."""
    return facts.contract.terms.sla.indicators if facts.contract.terms else ()


def indicator_of(facts: CaseFacts, key: str) -> SlaIndicator:
    """The indicator with this key; ``InvalidInput`` when the annex has none."""
    for indicator in indicators_of(facts):
        if indicator.key == key:
            return indicator
    raise InvalidInput("서비스수준 부속서에 없는 지표입니다. 표에서 다시 골라 주세요.", "indicator")


def figure_of(facts: CaseFacts, month: str, indicator: str) -> MonthlyFigure | None:
    """The figure of a month and indicator, if it has been entered."""
    return next(
        (f for f in facts.monitoring.figures if (f.month, f.indicator) == (month, indicator)),
        None,
    )


def demand_of(facts: CaseFacts, month: str, indicator: str) -> ImprovementDemand | None:
    """The demand made for a month and indicator."""
    return next(
        (d for d in facts.monitoring.demands if (d.month, d.indicator) == (month, indicator)),
        None,
    )


def compensation_for(facts: CaseFacts, month: str, indicator: str) -> CompensationResult | None:
    """What the contract's formula gives for a figure below target, ``None`` for any other figure."""
    figure = figure_of(facts, month, indicator)
    terms = facts.contract.terms
    if figure is None or terms is None:
        return None
    level = indicator_of(facts, indicator)
    return (
        None
        if meets(level, figure.value_thousandths)
        else compensation(terms.sla, level, figure.value_thousandths)
    )


def record_figures(actor: Actor, case: Case, report: MonthReport, entries: Sequence[FigureEntry]) -> int:
    """Enter or correct the figures of a month (M-1); returns how many records were written.

    What has not changed is not written again. Raises ``InvalidInput`` for a month outside the contract
    or to come, an unknown indicator, a day to come, or a correction without a reason; ``Conflict``
    when somebody entered a figure meanwhile.
    """
    facts = facts_to_change(actor, case, Step.MONITORING)
    if report.month not in {month for month, _ in months_begun(facts)}:
        raise InvalidInput("계약기간의 이번 달까지만 적을 수 있습니다. 달을 다시 골라 주세요.", "month")
    received = moment_of(report.received_on, "received_on")
    check_proof(case, report.evidence_id)
    there = {
        record.value.indicator: record
        for record in of_kind(case, "figure")
        if record.value.month == report.month
    }
    for entry in entries:
        indicator_of(facts, entry.indicator)
    return sum(
        _write_figure(actor, case, report, entry, there.get(entry.indicator), received) for entry in entries
    )


def _write_figure(
    actor: Actor,
    case: Case,
    report: MonthReport,
    entry: FigureEntry,
    there: ActiveRecord | None,
    received: datetime,
) -> bool:
    """Write one figure when it is new or has changed; says whether it was written."""
    figure = MonthlyFigure(
        "",
        report.month,
        entry.indicator,
        entry.value_thousandths,
        report.reported_by.strip(),
        entry.note.strip(),
        report.evidence_id,
    )
    if (there.version if there else 0) != entry.base_version:
        raise Conflict("그사이 다른 사람이 이 달의 수치를 적었습니다. 새로 고쳐 확인해 주세요.")
    if there is None:
        records.add(actor, case, "figure", figure, received)
        return True
    if there.value == figure:
        return False
    check_text(report.reason, "이미 적은 수치를 고치는 사유를 적어 주세요.", "reason")
    records.revise(actor, case, there.thread_id, there.version, figure, received, report.reason.strip())
    return True


def demand_improvement(actor: Actor, case: Case, demand: ImprovementDemand) -> CaseRecord:
    """Demand improvement of a figure below target, with a due day (M-2).

    Raises ``InvalidInput`` when there is no such figure, it reaches its target, the content is blank or
    the due day lies before the demand; ``Conflict`` when it has been demanded already.
    """
    facts = facts_to_change(actor, case, Step.MONITORING)
    _require_below(facts, demand.month, demand.indicator)
    if demand_of(facts, demand.month, demand.indicator) is not None:
        raise Conflict("이 달의 이 지표에는 이미 개선을 요구했습니다. 그 요구의 결과를 적어 주세요.")
    check_text(demand.content, "무엇을 어떻게 개선하라고 요구했는지 적어 주세요.", "content")
    if demand.due_on < demand.demanded_on:
        raise InvalidInput("개선 기한이 요구한 날보다 빠릅니다. 두 날짜를 확인해 주세요.", "due_on")
    demanded = moment_of(demand.demanded_on, "demanded_on")
    return records.add(
        actor, case, "demand", replace(demand, demand_id="", content=demand.content.strip()), demanded
    )


def answer_demand(
    actor: Actor,
    case: Case,
    thread_id: str,
    base_version: int,
    outcome: DemandOutcomeKind,
    outcome_on: date,
    note: str = "",
) -> CaseRecord:
    """Record how a demand ended (M-2).

    Raises ``InvalidInput`` for a day before the demand or to come, ``NotFound`` for no such demand and
    ``Conflict`` when somebody answered it meanwhile.
    """
    facts_to_change(actor, case, Step.MONITORING)
    demand: ImprovementDemand = one_of(case, "demand", thread_id).value
    if outcome_on < demand.demanded_on:
        raise InvalidInput("결과를 확인한 날이 요구한 날보다 빠릅니다. 날짜를 확인해 주세요.", "outcome_on")
    answered = replace(demand, outcome=outcome, outcome_on=outcome_on, outcome_note=note.strip())
    return records.revise(
        actor, case, thread_id, base_version, answered, moment_of(outcome_on, "outcome_on"), note.strip()
    )


def claim_compensation(
    actor: Actor, case: Case, month: str, indicator: str, amount_won: int, claimed_on: date
) -> CaseRecord:
    """Record the compensation claimed for a figure below target (M-3).

    The contract's formula is kept beside the amount; another amount than it gives asks for a reason by
    rule M-3. Raises ``Refused`` (M-3) where the contract gives no amount, since none may be invented;
    ``InvalidInput`` for a figure on target; ``Conflict`` when it has been claimed.
    """
    facts = facts_to_change(actor, case, Step.MONITORING)
    _require_below(facts, month, indicator)
    owed = compensation_for(facts, month, indicator)
    if owed is None or owed.amount_won is None:
        raise Refused(owed.ground if owed else "목표를 지켜 보상할 것이 없습니다.", "M-3", "amount_won")
    if any((c.month, c.indicator) == (month, indicator) for c in facts.monitoring.compensations):
        raise Conflict("이 달의 이 지표는 이미 보상을 청구했습니다. 잘못 적었으면 그 기록을 취소해 주세요.")
    claimed = moment_of(claimed_on, "claimed_on")
    value = Compensation(month, indicator, amount_won, claimed_on, owed.ground)
    return records.add(actor, case, "compensation", value, claimed)


def _require_below(facts: CaseFacts, month: str, indicator: str) -> None:
    figure, level = figure_of(facts, month, indicator), indicator_of(facts, indicator)
    if figure is None:
        raise InvalidInput("이 달의 수치가 없습니다. 수치를 먼저 적어 주세요.", "month")
    if meets(level, figure.value_thousandths):
        raise InvalidInput("목표를 지킨 지표입니다. 목표에 못 미친 지표를 골라 주세요.", "indicator")


def confirm_duty(actor: Actor, case: Case, confirmation: DutyConfirmation) -> CaseRecord:
    """Confirm that the provider has done a duty; a monthly one by month, one on demand each time.

    Raises ``InvalidInput`` for a duty or month that the contract does not have, a day to come or no
    name of who confirmed; ``Conflict`` when it has been confirmed.
    """
    facts = facts_to_change(actor, case, Step.MONITORING)
    duties = {duty.key: duty for duty in facts.contract.terms.duties} if facts.contract.terms else {}
    duty = duties.get(confirmation.duty)
    if duty is None:
        raise InvalidInput("계약에 없는 이행사항입니다. 목록에서 다시 골라 주세요.", "duty")
    key = (confirmation.duty, confirmation.occurrence)
    months = {due.occurrence for due in duty_dues(facts) if due.duty.key == duty.key}
    if confirmation.occurrence not in (months if duty.timing is DutyTiming.MONTHLY else {""}):
        raise InvalidInput("이행사항의 달이 계약기간에 없습니다. 목록에서 다시 골라 주세요.", "occurrence")
    repeats = duty.timing is DutyTiming.ON_DEMAND
    if not repeats and key in {(c.duty, c.occurrence) for c in facts.monitoring.confirmations}:
        raise Conflict("이미 확인한 이행사항입니다. 잘못 적었으면 그 기록을 취소해 주세요.")
    check_text(confirmation.confirmed_by, "누가 확인했는지 이름과 직위를 적어 주세요.", "confirmed_by")
    check_proof(case, confirmation.evidence_id)
    return records.add(actor, case, "confirmation", confirmation, moment_of(confirmation.done_on, "done_on"))


def record_change(actor: Actor, case: Case, change: ChangeRecord) -> CaseRecord:
    """Record a change of function or configuration (M-5); ``InvalidInput`` without content."""
    facts_to_change(actor, case, Step.MONITORING)
    check_text(change.content, "무엇이 어떻게 바뀌었는지 적어 주세요.", "content")
    return records.add(actor, case, "change", change, moment_of(change.changed_on, "changed_on"))


def record_watch(actor: Actor, case: Case, watch: WatchRecord) -> CaseRecord:
    """Record a look at what is watched (M-6); ``InvalidInput`` without content."""
    facts_to_change(actor, case, Step.MONITORING)
    check_text(watch.content, "무엇을 보고 어떻게 확인했는지 적어 주세요.", "content")
    return records.add(actor, case, "watch", watch, moment_of(watch.checked_on, "checked_on"))


def record_notice(actor: Actor, case: Case, notice: ProviderNotice) -> CaseRecord:
    """Record a notice of the provider (M-7); ``InvalidInput`` without content."""
    facts_to_change(actor, case, Step.MONITORING)
    check_text(notice.content, "통지의 내용을 적어 주세요.", "content")
    return records.add(actor, case, "notice", notice, moment_of(notice.received_on, "received_on"))

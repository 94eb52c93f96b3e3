"""⑧ Pages of service levels: figures of each month, demands for improvement, compensation."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from flask import Blueprint, request
from werkzeug.wrappers import Response as BaseResponse
from wtforms import Form

from procurement.domain.errors import InvalidInput, NotFound
from procurement.domain.facts import CaseFacts
from procurement.domain.facts.monitoring import DemandOutcomeKind, ImprovementDemand
from procurement.domain.sla import availability, minutes_of_month, to_thousandths
from procurement.domain.steps import Step
from procurement.forms import monitoring as forms
from procurement.forms.record_fields import tell
from procurement.services import case_facts, levels, monitoring, record_guards, records
from procurement.views.edge import actor, case
from procurement.views.monitoring_page import back, indicator_or_none, page, tab_context
from procurement.views.record_page import DONE, SHOW, attempt, proof_name, proofs, sent
from procurement.views.step_page import StepPage

blueprint = Blueprint("monitoring", __name__, url_prefix="/cases/<number>/monitoring")

AVAILABILITY = "availability"
"""Key of the indicator that the help with downtime minutes is for."""


def _context(facts: CaseFacts) -> Mapping[str, Any]:
    return {
        **tab_context(facts, "levels"),
        "rows": levels.table(facts),
        "indicators": monitoring.indicators_of(facts),
    }


# The sub-page on which records of each kind stand.
TAB_OF_KIND = {
    "figure": "levels",
    "fault": "faults",
    "demand": "demands",
    "compensation": "demands",
    "confirmation": "duties",
    "change": "watched",
    "watch": "watched",
    "notice": "watched",
}

PAGE = StepPage(Step.MONITORING, context=_context)


@blueprint.route("/figures/<month>", methods=["GET", "POST"])
def figures(number: str, month: str) -> BaseResponse:
    """The figures of a month, entered or corrected all at once."""
    facts = case_facts.load(case())
    form = forms.FiguresForm(sent(), data=_figures_data(facts, month))
    form.evidence_id.offer(proofs(facts))
    status = attempt(form, lambda: _record_figures(form, month))
    if status == DONE:
        return back("levels", number, f"{month} 실적을 적었습니다.")
    return _figures_page(form, facts, month, status)


@blueprint.post("/figures/<month>/availability")
def work_out(number: str, month: str) -> BaseResponse:
    """Availability of the month from its downtime, put into its field; nothing is kept."""
    facts = case_facts.load(case())
    form = forms.FiguresForm(request.form)
    minutes = form.minutes_down
    try:
        if minutes is None:
            raise InvalidInput(
                "장애시간의 합계를 분으로 적어 주세요. 장애가 없었으면 0을 적으세요.", "down_minutes"
            )
        value = to_thousandths(availability(month, [minutes]))
    except InvalidInput as error:
        tell(form, error)
        return _figures_page(form, facts, month, error.status)
    for entry in form.rows:
        if entry.form.indicator.data == AVAILABILITY:
            entry.form.value.data = value
    return _figures_page(form, facts, month, SHOW)


def _record_figures(form: forms.FiguresForm, month: str) -> None:
    report = monitoring.MonthReport(
        month,
        form.received_on.data,  # type: ignore[arg-type]  # a required field
        form.reported_by.data or "",
        form.evidence_id.evidence_id,
        form.reason.data or "",
    )
    entries = [
        monitoring.FigureEntry(
            row.indicator.data or "", row.value.data, row.base_version, row.note.data or ""
        )
        for row in (entry.form for entry in form.rows)
        if row.value.data is not None
    ]
    if not entries:
        raise InvalidInput("적은 실적이 없습니다. 지표를 하나 이상 적어 주세요.")
    monitoring.record_figures(actor(), case(), report, entries)


def _figures_data(facts: CaseFacts, month: str) -> dict[str, Any]:
    there = {
        record.value.indicator: record
        for record in record_guards.of_kind(case(), "figure")
        if record.value.month == month
    }
    rows = []
    for indicator in monitoring.indicators_of(facts):
        record = there.get(indicator.key)
        rows.append(
            {
                "indicator": indicator.key,
                "version": str(record.version if record else 0),
                "value": record.value.value_thousandths if record else None,
                "note": record.value.note if record else "",
            }
        )
    first = next(iter(there.values()), None)
    return {
        "rows": rows,
        "received_on": records.today(),
        "reported_by": first.value.reported_by if first else _provider(facts),
        "evidence_id": (first.value.evidence_id or "") if first else "",
    }


def _provider(facts: CaseFacts) -> str:
    return facts.contract.terms.provider_name if facts.contract.terms else ""


def _figures_page(form: forms.FiguresForm, facts: CaseFacts, month: str, status: int) -> BaseResponse:
    if month not in {begun for begun, _ in monitoring.months_begun(facts)}:
        raise NotFound("계약기간의 이번 달까지만 적을 수 있습니다. 서비스수준 표에서 달을 골라 주세요.")
    form.evidence_id.offer(proofs(facts))
    entries = [
        (entry.form, indicator)
        for entry in form.rows
        if (indicator := indicator_or_none(facts, entry.form.indicator.data or "")) is not None
    ]
    return page(
        "figures",
        facts,
        "levels",
        status,
        form=form,
        month=month,
        entries=entries,
        corrects=any(row.base_version for row, _ in entries),
        helps=any(indicator.key == AVAILABILITY for _, indicator in entries),
        minutes=minutes_of_month(month),
        proof=proof_name(facts, form.evidence_id.evidence_id),
    )


@blueprint.get("/demands")
def demands(number: str) -> BaseResponse:
    """Demands for improvement with their outcomes, and compensation claimed."""
    facts = case_facts.load(case())
    there = list(reversed(record_guards.of_kind(case(), "demand", "compensation")))
    return page(
        "demands",
        facts,
        "demands",
        demands=[record for record in there if record.kind == "demand"],
        claims=[record for record in there if record.kind == "compensation"],
        formula=bool(facts.contract.terms and facts.contract.terms.sla.compensation),
    )


@blueprint.route("/demands/new/<month>/<indicator>", methods=["GET", "POST"])
def new_demand(number: str, month: str, indicator: str) -> BaseResponse:
    """Demand improvement of a figure below target."""
    facts = case_facts.load(case())
    form = forms.DemandForm(sent(), demanded_on=records.today())

    def act() -> None:
        demand = ImprovementDemand(
            "",
            indicator,
            month,
            form.content.data or "",
            form.demanded_on.data,  # type: ignore[arg-type]  # a required field
            form.due_on.data,  # type: ignore[arg-type]  # a required field
        )
        monitoring.demand_improvement(actor(), case(), demand)

    status = attempt(form, act)
    if status == DONE:
        return back("demands", number, "개선 요구를 적었습니다. 기한이 되면 결과를 확인해 적으세요.")
    return _level_page("demand_new", facts, (month, indicator), status, form)


@blueprint.route("/demands/<uuid:thread>", methods=["GET", "POST"])
def answer_demand(number: str, thread: UUID) -> BaseResponse:
    """How a demand ended."""
    facts = case_facts.load(case())
    record = record_guards.one_of(case(), "demand", str(thread))
    demand: ImprovementDemand = record.value
    form = forms.DemandOutcomeForm(
        sent(),
        version=str(record.version),
        outcome=demand.outcome,
        outcome_on=demand.outcome_on or records.today(),
        note=demand.outcome_note,
    )

    def act() -> None:
        monitoring.answer_demand(
            actor(),
            case(),
            str(thread),
            form.base_version,
            DemandOutcomeKind(form.outcome.data),
            form.outcome_on.data,  # type: ignore[arg-type]  # a required field
            form.note.data or "",
        )

    status = attempt(form, act)
    if status == DONE:
        return back("demands", number, "개선 요구의 결과를 적었습니다.")
    return _level_page(
        "demand", facts, (demand.month, demand.indicator), status, form, demand=demand, thread=thread
    )


@blueprint.route("/claims/new/<month>/<indicator>", methods=["GET", "POST"])
def new_claim(number: str, month: str, indicator: str) -> BaseResponse:
    """Claim the compensation that the contract's formula gives."""
    facts = case_facts.load(case())
    owed = monitoring.compensation_for(facts, month, indicator)
    form = forms.ClaimForm(sent(), amount_won=owed.amount_won if owed else None, claimed_on=records.today())

    def act() -> None:
        monitoring.claim_compensation(
            actor(),
            case(),
            month,
            indicator,
            form.amount_won.data or 0,
            form.claimed_on.data,  # type: ignore[arg-type]  # a required field
        )

    status = attempt(form, act)
    if status == DONE:
        return back("demands", number, "보상 청구를 적었습니다.")
    return _level_page("claim", facts, (month, indicator), status, form, owed=owed)


def _level_page(
    template: str, facts: CaseFacts, level: tuple[str, str], status: int, form: Form, **more: Any
) -> BaseResponse:
    """A page about the figure of one month and indicator."""
    month, key = level
    figure, indicator = monitoring.figure_of(facts, month, key), indicator_or_none(facts, key)
    if figure is None or indicator is None:
        raise NotFound("그 달의 실적이 없습니다. 서비스수준 표에서 다시 골라 주세요.")
    tab = "demands" if template == "demand" else "levels"
    return page(template, facts, tab, status, form=form, month=month, level=indicator, figure=figure, **more)


@blueprint.route("/records/<uuid:thread>/withdraw", methods=["GET", "POST"])
def withdraw(number: str, thread: UUID) -> BaseResponse:
    """Take a mistaken record of ⑧ out of account, with a reason."""
    facts = case_facts.load(case())
    record = record_guards.record_of(case(), Step.MONITORING, str(thread))
    tab = TAB_OF_KIND[record.kind]
    form = forms.ReasonForm(sent())

    def act() -> None:
        record_guards.withdraw(actor(), case(), Step.MONITORING, str(thread), form.reason.data or "")

    status = attempt(form, act)
    if status == DONE:
        return back(tab, number, "기록을 취소했습니다. 취소한 사실과 사유는 남습니다.")
    return page("withdraw", facts, tab, status, form=form, record=record)

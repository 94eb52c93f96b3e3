"""⑧ Pages of faults: the list with the clock, a new one, how far one has come, closing it."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import Blueprint, flash, redirect, request, url_for
from werkzeug.wrappers import Response as BaseResponse

from procurement.domain.errors import NotFound
from procurement.domain.facts import CaseFacts
from procurement.domain.facts.monitoring import Fault, FaultGrade
from procurement.forms import monitoring as forms
from procurement.forms.base import count_of
from procurement.services import case_facts, faults
from procurement.services.faults import FaultProgress, FaultReport, FaultView
from procurement.views.edge import actor, case
from procurement.views.monitoring_page import back, page
from procurement.views.record_page import DONE, SHOW, attempt, sent

blueprint = Blueprint("faults", __name__, url_prefix="/cases/<number>/monitoring/faults")


@blueprint.get("")
def index(number: str) -> BaseResponse:
    """All faults, the newest first, each held against the clock of the contract."""
    facts = case_facts.load(case())
    return page("faults", facts, "faults", views=faults.views(case(), facts), terms=faults.terms_of(facts))


@blueprint.route("/new", methods=["GET", "POST"])
def new(number: str) -> BaseResponse:
    """Record a fault that the provider was told of."""
    facts = case_facts.load(case())
    services = facts.contract.terms.service_names if facts.contract.terms else ()
    form = forms.FaultForm(sent(), service=services[0] if len(services) == 1 else "")

    def act() -> None:
        reported = FaultReport(
            FaultGrade(form.grade.data),
            form.service.data or "",
            form.symptom.data or "",
            form.notified_at.data,  # type: ignore[arg-type]  # a required field
            bool(form.remote.data),
        )
        faults.report(actor(), case(), reported)

    status = attempt(form, act)
    if status == DONE:
        return back("faults", number, "장애를 기록했습니다. 도착과 복구를 이어서 적으세요.")
    return page("fault_new", facts, "faults", status, form=form, terms=faults.terms_of(facts))


@blueprint.get("/<uuid:thread>")
def show(number: str, thread: UUID) -> BaseResponse:
    """One fault: its clock, how far it has come, and the form to go on with it."""
    facts = case_facts.load(case())
    view = _view(facts, thread)
    return _fault_page(facts, view, _progress_form(view), SHOW)


@blueprint.post("/<uuid:thread>")
def save(number: str, thread: UUID) -> BaseResponse:
    """Record how far a fault has come."""
    facts = case_facts.load(case())
    view = _view(facts, thread)
    form = forms.FaultProgressForm(request.form)
    status = attempt(
        form,
        lambda: faults.follow_up(actor(), case(), str(thread), form.base_version, _progress(form)),
    )
    if status == DONE:
        return _to_fault(number, thread, f"{view.fault.number}번 장애의 경과를 적었습니다.")
    return _fault_page(facts, view, form, status)


@blueprint.post("/<uuid:thread>/close")
def close(number: str, thread: UUID) -> BaseResponse:
    """Close a fault; refused without the witnessed test (M-4)."""
    faults.close(actor(), case(), str(thread), _version())
    return _to_fault(number, thread, "장애를 종결했습니다.")


@blueprint.post("/<uuid:thread>/reopen")
def reopen(number: str, thread: UUID) -> BaseResponse:
    """Open a closed fault again, with a reason."""
    facts = case_facts.load(case())
    view = _view(facts, thread)
    form = forms.ReasonForm(request.form)
    status = attempt(
        form, lambda: faults.reopen(actor(), case(), str(thread), _version(), form.reason.data or "")
    )
    if status == DONE:
        return _to_fault(number, thread, "장애를 다시 열었습니다.")
    return _fault_page(facts, view, _progress_form(view), status, again=form)


def _view(facts: CaseFacts, thread: UUID) -> FaultView:
    for view in faults.views(case(), facts):
        if view.fault.fault_id == str(thread):
            return view
    raise NotFound("그런 장애 기록이 없습니다. 장애 목록에서 다시 골라 주세요.")


def _progress_form(view: FaultView) -> forms.FaultProgressForm:
    return forms.FaultProgressForm(data={**vars(view.fault), "version": str(view.version)})


def _progress(form: forms.FaultProgressForm) -> FaultProgress:
    return FaultProgress(
        remote=bool(form.remote.data),
        arrived_at=form.arrived_at.data,
        recovered_at=form.recovered_at.data,
        cause=(form.cause.data or "").strip(),
        responsibility=(form.responsibility.data or "").strip(),
        reported_on=form.reported_on.data,
        tested_at=form.tested_at.data,
        witness=(form.witness.data or "").strip(),
        prevented_on=form.prevented_on.data,
    )


def _fault_page(facts: CaseFacts, view: FaultView, form: Any, status: int, again: Any = None) -> BaseResponse:
    return page(
        "fault",
        facts,
        "faults",
        status,
        view=view,
        form=form,
        again=again or forms.ReasonForm(),
        terms=faults.terms_of(facts),
        points=_points(view.fault),
    )


def _points(fault: Fault) -> list[tuple[str, bool]]:
    """The way of a fault from notice to close, and how far it has come."""
    return [
        ("통보", True),
        ("도착", fault.arrived_at is not None or fault.remote),
        ("복구", fault.recovered_at is not None),
        ("원인·책임", bool(fault.cause.strip() and fault.responsibility.strip())),
        ("보고", fault.reported_on is not None),
        ("입회 시험", fault.tested_at is not None and bool(fault.witness.strip())),
        ("예방점검", fault.prevented_on is not None),
        ("종결", fault.closed),
    ]


def _version() -> int:
    return count_of(request.form.get("version"))


def _to_fault(number: str, thread: UUID, message: str) -> BaseResponse:
    flash(message, "success")
    return redirect(url_for("faults.show", number=number, thread=thread))

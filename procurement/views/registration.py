"""⑦ The page of registration: the day it is due, what was registered, what is still to be corrected."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import Blueprint, flash, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as BaseResponse

from procurement.domain.facts import CaseFacts
from procurement.domain.rules.reading import is_central
from procurement.domain.steps import Step
from procurement.forms.contract_records import ReasonForm
from procurement.forms.registration import CorrectForm, RegisterForm
from procurement.services import case_facts, records, registration
from procurement.views.edge import actor, case
from procurement.views.record_page import DONE, attempt, proof_name, proofs
from procurement.views.step_frame import frame
from procurement.views.step_page import StepPage

blueprint = Blueprint("registration", __name__, url_prefix="/cases/<number>/registration")


def _context(facts: CaseFacts, **forms: Any) -> Mapping[str, Any]:
    made = [r for r in records.active(case()) if r.kind == "registration"]
    return {
        "central": is_central(facts),
        "due": registration.due(facts),
        "conclusion": facts.contract.conclusion,
        "made": [(record, proof_name(facts, record.value.evidence_id)) for record in made],
        "uncorrected": registration.uncorrected(facts),
        "register": forms.get("register") or _register_form(facts),
        "correct": forms.get("correct") or _correct_form(facts),
        "reason": forms.get("reason") or ReasonForm(),
    }


PAGE = StepPage(Step.REGISTRATION, context=_context)


@blueprint.post("/initial")
def register(number: str) -> BaseResponse:
    """Record the first registration."""
    facts = case_facts.load(case())
    form = _register_form(facts, request.form)
    status = attempt(form, lambda: _register(form))
    if status != DONE:
        return _page(facts, status, register=form)
    return _back(number, "이용정보 등록을 기록했습니다.")


def _register(form: RegisterForm) -> None:
    registration.register(
        actor(),
        case(),
        registered_on=form.registered_on.data,  # type: ignore[arg-type]  # a required field
        evidence_id=form.evidence_id.evidence_id,
        late_reason=form.late_reason.data or "",
    )


@blueprint.post("/correction")
def correct(number: str) -> BaseResponse:
    """Record the registration of an amendment."""
    facts = case_facts.load(case())
    form = _correct_form(facts, request.form)
    status = attempt(form, lambda: _correct(form))
    if status != DONE:
        return _page(facts, status, correct=form)
    return _back(number, "수정등록을 기록했습니다.")


def _correct(form: CorrectForm) -> None:
    registration.correct(
        actor(),
        case(),
        amendment=int(form.amendment.data),
        registered_on=form.registered_on.data,  # type: ignore[arg-type]  # a required field
        evidence_id=form.evidence_id.evidence_id,
    )


@blueprint.post("/withdraw")
def withdraw(number: str) -> BaseResponse:
    """Take a mistaken registration record back."""
    form = ReasonForm(request.form)
    status = attempt(
        form,
        lambda: registration.withdraw(actor(), case(), form.thread_id.data or "", form.reason.data or ""),
    )
    if status != DONE:
        return _page(case_facts.load(case()), status, reason=form)
    return _back(number, "등록 기록을 취소했습니다.")


def _register_form(facts: CaseFacts, fields: Any = None) -> RegisterForm:
    form = RegisterForm(fields)
    form.evidence_id.offer(proofs(facts))
    return form


def _correct_form(facts: CaseFacts, fields: Any = None) -> CorrectForm:
    form = CorrectForm(fields)
    form.evidence_id.offer(proofs(facts))
    form.offer([(str(a.number), f"{a.number}차: {a.content[:60]}") for a in registration.uncorrected(facts)])
    return form


def _page(facts: CaseFacts, status: int, **forms: Any) -> BaseResponse:
    text = render_template(
        "steps/registration.html",
        **{**frame(Step.REGISTRATION, facts), "form": None, **_context(facts, **forms)},
    )
    return make_response(text, status)


def _back(number: str, message: str) -> BaseResponse:
    flash(message, "success")
    return redirect(url_for("steps.show", number=number, step=Step.REGISTRATION))

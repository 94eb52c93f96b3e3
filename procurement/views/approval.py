"""⑥ Approval: one page that says what is to be approved, and where it is answered."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, flash, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as BaseResponse

from procurement.domain.award_summary import awards
from procurement.domain.errors import InvalidInput
from procurement.domain.facts import CaseFacts
from procurement.domain.facts.contract import ApprovalDecision
from procurement.domain.steps import SPEC, Step
from procurement.forms.base import member
from procurement.forms.contract_records import AnswerForm, ReasonForm
from procurement.services import (
    approval,
    approval_bundle,
    approval_requests,
    bundle_signature,
    case_facts,
    jobs,
)
from procurement.services.approval_lock import locks
from procurement.views.contract import tabs
from procurement.views.edge import actor, case
from procurement.views.jobs import shown
from procurement.views.record_page import DONE, SHOW, attempt
from procurement.views.step_frame import frame

blueprint = Blueprint("approval", __name__, url_prefix="/cases/<number>/contract/approval")


@blueprint.get("")
def show(number: str) -> BaseResponse:
    """What is bought, from whom, why this one, how much; the bundle; the answer."""
    return _page(case_facts.load(case()), AnswerForm(), ReasonForm())


@blueprint.post("")
def submit(number: str) -> BaseResponse:
    """Ask for approval of the terms as saved."""
    approval.submit(actor(), case())
    flash("품의를 올렸습니다. 증빙자료 묶음을 만든 뒤 결재권자가 확인합니다.", "success")
    return redirect(url_for("approval.show", number=number))


@blueprint.post("/<int:request_number>/answer")
def answer(number: str, request_number: int) -> BaseResponse:
    """Approve or return the request."""
    form = AnswerForm(request.form)
    status = attempt(form, lambda: _answer(request_number, form))
    if status != DONE:
        return _page(case_facts.load(case()), form, ReasonForm(), status)
    flash(f"{ApprovalDecision(form.decision.data).label}했습니다.", "success")
    return redirect(url_for("approval.show", number=number))


def _answer(request_number: int, form: AnswerForm) -> None:
    decision = member(ApprovalDecision, form.decision.data)
    if decision is None:
        raise InvalidInput("결재와 반려 가운데 하나를 골라 주세요.", "decision")
    approval.answer(
        actor(),
        case(),
        request_number,
        decision,
        bundle_digest=form.bundle_digest.data or "",
        opinion=form.opinion.data or "",
    )


@blueprint.post("/withdraw")
def withdraw(number: str) -> BaseResponse:
    """Take the request back, so that the terms can be changed."""
    form = ReasonForm(request.form)
    status = attempt(form, lambda: approval.withdraw(actor(), case(), form.reason.data or ""))
    if status != DONE:
        return _page(case_facts.load(case()), AnswerForm(), form, status)
    flash("품의를 거두었습니다. 계약 조건을 고칠 수 있습니다.", "success")
    return redirect(url_for("approval.show", number=number))


@blueprint.post("/bundle")
def make_bundle(number: str) -> BaseResponse:
    """Have the bundle made again after it failed."""
    approval_bundle.make_bundle_again(actor(), case())
    flash("증빙자료 묶음을 다시 만듭니다.", "info")
    return redirect(url_for("approval.show", number=number))


def _page(facts: CaseFacts, form: AnswerForm, reason: ReasonForm, status: int = SHOW) -> BaseResponse:
    standing = facts.contract.approval
    held = locks(standing)
    text = render_template(
        "approval/show.html",
        **frame(Step.CONTRACT, facts),
        tabs=tabs(facts, "approval"),
        approval=standing,
        held=held,
        awards=awards(facts),
        remarkable=approval.remarkable(facts),
        reopened=[(SPEC[s].title, f.reopened) for s, f in facts.steps.items() if f.reopened],
        obstacles=() if held else approval.obstacles(facts),
        approvers=approval.approvers(case()),
        names=approval_requests.names_on(case()),
        job=_job(facts.head.number) if standing and not standing.bundle_digest else None,
        bundle_id=approval_bundle.bundle_evidence(case(), standing.number) if standing else None,
        signature=bundle_signature.of_case(case()).get(standing.bundle_digest or "") if standing else None,
        form=form,
        reason=reason,
    )
    return make_response(text, status)


def _job(number: str) -> dict[str, Any] | None:
    job = jobs.newest(case(), approval_bundle.BUNDLE_JOB)
    return shown(number, job) if job else None

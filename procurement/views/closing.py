"""Ending a case without a contract, and taking it up again: a page each, that says what will happen."""

from __future__ import annotations

from flask import Blueprint, flash, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as BaseResponse

from procurement.domain.closing import grounds, kept_from, kinds_open
from procurement.domain.facts import CaseFacts
from procurement.domain.guideline import CLOSING
from procurement.forms.closing import EndCaseForm, TakeUpForm
from procurement.services import case_facts, closing
from procurement.services.approval_lock import locks
from procurement.services.closing import EndWithout
from procurement.views.edge import actor, case
from procurement.views.record_page import DONE, SHOW, attempt

blueprint = Blueprint("closing", __name__, url_prefix="/cases/<number>")


@blueprint.get("/end")
def end_page(number: str) -> BaseResponse:
    """What ending this case without a contract brings with it, and the questions that it asks."""
    return _end_page(case_facts.load(case()), EndCaseForm())


@blueprint.post("/end")
def end(number: str) -> BaseResponse:
    """End the case without a contract."""
    form = EndCaseForm(request.form)
    status = attempt(form, lambda: closing.end(actor(), case(), _wanted(form)))
    if status != DONE:
        return _end_page(case_facts.load(case()), form, status)
    flash("이 건을 계약 없이 종료했습니다. 기록과 증빙은 그대로 남습니다.", "success")
    return redirect(url_for("cases.show", number=number))


def _wanted(form: EndCaseForm) -> EndWithout:
    kind, next_way, reason, note = form.chosen()
    return EndWithout(kind, reason, next_way, note)


def _end_page(facts: CaseFacts, form: EndCaseForm, status: int = SHOW) -> BaseResponse:
    form.offer(kinds_open(facts))
    text = render_template(
        "cases/end.html",
        number=facts.head.number,
        case=case(),
        facts=facts,
        form=form,
        grounds=grounds(facts),
        approval=facts.contract.approval if locks(facts.contract.approval) else None,
        kept_from=kept_from(facts.today),
        excerpts=CLOSING,
    )
    return make_response(text, status)


@blueprint.get("/take-up")
def take_up_page(number: str) -> BaseResponse:
    """What taking this case up again brings with it."""
    return _take_up_page(case_facts.load(case()), TakeUpForm())


@blueprint.post("/take-up")
def take_up(number: str) -> BaseResponse:
    """Take the case up again."""
    form = TakeUpForm(request.form)
    status = attempt(form, lambda: closing.take_up(actor(), case(), form.reason.data or ""))
    if status != DONE:
        return _take_up_page(case_facts.load(case()), form, status)
    flash("이 건을 되살렸습니다. 멈춘 단계부터 이어서 하세요.", "success")
    return redirect(url_for("cases.show", number=number))


def _take_up_page(facts: CaseFacts, form: TakeUpForm, status: int = SHOW) -> BaseResponse:
    text = render_template(
        "cases/take_up.html", number=facts.head.number, case=case(), facts=facts, form=form
    )
    return make_response(text, status)

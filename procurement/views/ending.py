"""⑨ Pages of the end: the plan, the lines of the checklist, the promises."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from flask import Blueprint, flash, make_response, redirect, render_template, url_for
from werkzeug.wrappers import Response as BaseResponse

from procurement.domain.facts import CaseFacts
from procurement.domain.facts.ending import ChecklistMark, PromiseMark
from procurement.domain.obligations import contract_end
from procurement.domain.steps import Step
from procurement.forms.base import StepForm
from procurement.forms.ending import EndingForm, MarkForm, PromiseForm
from procurement.forms.monitoring import ReasonForm
from procurement.services import case_facts, ending, record_guards, records
from procurement.services.checklist import checklist_of
from procurement.views.edge import actor, case
from procurement.views.record_page import DONE, SHOW, attempt, proof_name, proofs, sent
from procurement.views.step_frame import frame
from procurement.views.step_page import StepPage

blueprint = Blueprint("ending", __name__, url_prefix="/cases/<number>/ending")


def _tabs(facts: CaseFacts, current: str) -> list[dict[str, Any]]:
    number = facts.head.number
    pages = (
        ("plan", "종료 내용", url_for("steps.show", number=number, step=Step.ENDING)),
        ("checklist", "점검표", url_for("checklist.show", number=number)),
        ("promises", "약속의 이행", url_for("ending.promises", number=number)),
    )
    return [{"title": title, "url": url, "current": key == current} for key, title, url in pages]


def _context(facts: CaseFacts) -> Mapping[str, Any]:
    return {"tabs": _tabs(facts, "plan")}


def _shown(facts: CaseFacts) -> Mapping[str, Any]:
    """How far the checklist is; the files that can be proof, and the day to propose as the end."""
    checklist = checklist_of(facts)
    return {
        "done": checklist.done,
        "required": checklist.required,
        "contract_ends_on": facts.contract.ends_on,
        "files": tuple(proofs(facts)),
        "proposed_end": facts.contract.ends_on if facts.ending.plan is None else None,
    }


def _prepare(form: StepForm, shown: Mapping[str, Any]) -> None:
    """Offer the files of the case as proof, and propose the day that the contract ends."""
    if not isinstance(form, EndingForm):
        raise TypeError("this page takes the form of the end")
    for field in form.proof_fields():
        field.offer(shown["files"])
    if form.end_on.data is None and not form.end_on.raw_data:
        form.end_on.data = shown["proposed_end"]


PAGE = StepPage(
    Step.ENDING,
    form=EndingForm,
    document=lambda facts: facts.ending.plan,
    context=_context,
    shown=_shown,
    prepare=_prepare,
)


@blueprint.route("/lines/<key>", methods=["GET", "POST"])
def mark(number: str, key: str) -> BaseResponse:
    """Mark a line of the checklist as done."""
    place = ending.promise_place(key)
    if place is not None:
        return redirect(url_for("ending.promise", number=number, place=place))
    facts = case_facts.load(case())
    item = ending.item_of(facts, key)
    form = MarkForm(sent(), done_on=records.today(), done_by=actor().name)
    form.evidence_id.offer(proofs(facts))

    def act() -> None:
        done = ChecklistMark(
            key,
            form.done_on.data,  # type: ignore[arg-type]  # a required field
            (form.done_by.data or "").strip(),
            (form.note.data or "").strip(),
            form.evidence_id.evidence_id,
        )
        ending.mark(actor(), case(), done)

    status = attempt(form, act)
    if status == DONE:
        return _to_checklist(number, "점검표에 표시했습니다.")
    return _page("mark", facts, "checklist", status, form=form, item=item, end=contract_end(facts))


@blueprint.get("/promises")
def promises(number: str) -> BaseResponse:
    """What the provider promised for the end, and whether it was kept."""
    facts = case_facts.load(case())
    there = ending.promise_records(case())
    rows = [
        (place, text, there.get(place), _proof(facts, there.get(place)))
        for place, text in enumerate(ending.promises_of(facts))
    ]
    return _page("promises", facts, "promises", SHOW, rows=rows)


@blueprint.route("/promises/<int:place>", methods=["GET", "POST"])
def promise(number: str, place: int) -> BaseResponse:
    """Confirm a promise as kept or not."""
    facts = case_facts.load(case())
    text = ending.promise_of(facts, place)
    record = ending.promise_records(case()).get(place)
    form = PromiseForm(sent(), **_promise_data(record))
    form.evidence_id.offer(proofs(facts))

    def act() -> None:
        value = PromiseMark(
            place,
            form.kept.data == "yes",
            form.confirmed_on.data,  # type: ignore[arg-type]  # a required field
            (form.note.data or "").strip(),
            form.evidence_id.evidence_id,
        )
        ending.confirm_promise(actor(), case(), value, form.base_version, form.reason.data or "")

    status = attempt(form, act)
    if status == DONE:
        flash("약속의 이행 여부를 적었습니다. 점검표의 줄도 함께 표시했습니다.", "success")
        return redirect(url_for("ending.promises", number=number))
    return _page("promise", facts, "promises", status, form=form, text=text, record=record)


@blueprint.route("/records/<uuid:thread>/withdraw", methods=["GET", "POST"])
def withdraw(number: str, thread: UUID) -> BaseResponse:
    """Take back a mark or a confirmation, with a reason."""
    facts = case_facts.load(case())
    record = record_guards.record_of(case(), Step.ENDING, str(thread))
    form = ReasonForm(sent())
    status = attempt(form, lambda: ending.unmark(actor(), case(), str(thread), form.reason.data or ""))
    if status == DONE:
        return _to_checklist(number, "표시를 취소했습니다. 취소한 사실과 사유는 남습니다.")
    return _page("withdraw", facts, "checklist", status, form=form, record=record)


def _promise_data(record: Any) -> dict[str, Any]:
    if record is None:
        return {"confirmed_on": records.today()}
    value: PromiseMark = record.value
    return {
        "version": str(record.version),
        "kept": "yes" if value.kept else "no",
        "confirmed_on": value.confirmed_on,
        "note": value.note,
        "evidence_id": value.evidence_id or "",
    }


def _proof(facts: CaseFacts, record: Any) -> str:
    return proof_name(facts, record.value.evidence_id) if record else ""


def _page(template: str, facts: CaseFacts, tab: str, status: int, **context: Any) -> BaseResponse:
    text = render_template(
        f"checklist/{template}.html",
        **{**frame(Step.ENDING, facts), "tabs": _tabs(facts, tab), **context},
    )
    return make_response(text, status)


def _to_checklist(number: str, message: str) -> BaseResponse:
    flash(message, "success")
    return redirect(url_for("checklist.show", number=number))

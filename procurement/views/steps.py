"""The pages of the nine steps: show, live check, draft, save, reason, complete, open again."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from flask import (
    Blueprint,
    Response,
    flash,
    jsonify,
    make_response,
    redirect,
    render_template,
    request,
    url_for,
)
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response as BaseResponse

from procurement.domain.errors import InvalidInput, NotFound, Refused
from procurement.domain.facts import CaseFacts
from procurement.domain.hangul import settled
from procurement.domain.steps import SPEC, Step, StepState
from procurement.forms.base import ReasonForm, StepForm
from procurement.services import audit, case_facts, documents, ledger, workflow
from procurement.views import (
    budget,
    contract,
    definition,
    ending,
    monitoring,
    registration,
    search,
    selection,
    sourcing,
)
from procurement.views.edge import actor, case, may_act, note_refusal
from procurement.views.filters import korean_datetime
from procurement.views.step_fields import form_of, saved, typed
from procurement.views.step_frame import frame, indicator, named_in, quotes_of
from procurement.views.step_page import StepPage

blueprint = Blueprint("steps", __name__, url_prefix="/cases/<number>/<step:step>")

LONGEST_VERSION = 9

PAGES: dict[Step, StepPage] = {
    module.PAGE.step: module.PAGE
    for module in (
        budget,
        definition,
        search,
        sourcing,
        selection,
        contract,
        registration,
        monitoring,
        ending,
    )
}


@blueprint.get("")
def show(number: str, step: Step) -> BaseResponse:
    """The page of a step; a draft of mine is shown in place of what is saved."""
    return _shown(step, case_facts.load(case()))


def _shown(step: Step, facts: CaseFacts, **more: Any) -> Response:
    page = PAGES[step]
    if page.form is None:
        return _page(step, facts, **more)
    version = documents.newest_version(case(), step)
    draft = documents.draft_of(actor(), case(), step.value)
    if draft is None or facts.steps[step].state is not StepState.OPEN:
        return _page(step, facts, version=version, **more)
    if draft.base_version != version:
        return _conflict(step, facts, MultiDict(draft.fields), version)
    return _page(
        step,
        facts,
        form=form_of(page, facts, MultiDict(draft.fields)),
        version=version,
        draft_saved_at=draft.saved_at,
        **more,
    )


@blueprint.post("")
def save(number: str, step: Step) -> BaseResponse:
    """Save the form as a new version of the document."""
    # Whoever completes the step at the same moment comes before or after, never between looking and saving.
    ledger.hold_case(actor(), case())
    facts = case_facts.load(case())
    page = _with_form(step)
    if request.form.get("keep") == "theirs":
        documents.drop_draft(actor(), case(), step.value)
        return redirect(url_for("steps.show", number=number, step=step))
    form = form_of(page, facts, request.form)
    add, remove = request.form.get("add_row"), request.form.get("remove_row")
    if add or remove:
        form.change_rows(add, remove)
        return _page(step, facts, form=form, version=_base_version())
    if not form.validate():
        return _page(step, facts, form=form, version=_base_version(), status=422)
    workflow.require_open(facts, step)
    try:
        documents.save(actor(), case(), step, form.to_document(), _base_version())
    except documents.StaleDocument as stale:
        return _conflict(step, facts, request.form, stale.current.version)
    except InvalidInput as error:
        return _page(step, facts, form=form, version=_base_version(), errors=[error.message], status=422)
    documents.drop_draft(actor(), case(), step.value)
    flash("저장했습니다.", "success")
    return redirect(url_for("steps.show", number=number, step=step))


@blueprint.post("/check")
def check(number: str, step: Step) -> BaseResponse:
    """Findings and field messages of what is being typed; keeps nothing."""
    facts = case_facts.load(case())
    page = _with_form(step)
    form = form_of(page, facts, request.form)
    if form.validate():
        facts = case_facts.with_document(facts, step, form.to_document())
    findings = workflow.findings_for(step, facts)
    return make_response(
        render_template(
            "steps/_check.html",
            findings=findings,
            form=form,
            step=step,
            number=number,
            quotes=quotes_of(findings),
            named=named_in(step, facts),
        )
    )


@blueprint.post("/draft")
def draft(number: str, step: Step) -> BaseResponse:
    """Keep what is being typed, for the one who types."""
    _with_form(step)
    fields = {
        name: request.form.getlist(name)
        for name in request.form
        if name not in ("csrf_token", "draft_version")
    }
    saved_at = documents.keep_draft(actor(), case(), step.value, fields, _base_version())
    return jsonify({"saved_at": saved_at.isoformat()})


@blueprint.post("/draft/drop")
def drop_draft(number: str, step: Step) -> BaseResponse:
    """Throw my draft away and go back to what is saved."""
    documents.drop_draft(actor(), case(), step.value)
    return redirect(url_for("steps.show", number=number, step=step))


@blueprint.post("/reason")
def justify(number: str, step: Step) -> BaseResponse:
    """Write the reason that a rule asks for; one that cannot be taken stays in its place."""
    rule_id, subject = request.form.get("rule_id", ""), request.form.get("subject", "")
    form = ReasonForm(request.form)
    typed = form.reason.data or ""
    message = "" if form.validate() else str(form.reason.errors[0])
    if not message:
        try:
            workflow.justify(actor(), case(), rule_id, subject, typed)
        except InvalidInput as error:
            message = error.message
    if message:
        flash(message, "error")
        return _with_typed_reason(step, rule_id, subject, typed)
    flash("사유를 남겼습니다.", "success")
    return redirect(url_for("steps.show", number=number, step=step) + "#findings")


def _with_typed_reason(step: Step, rule_id: str, subject: str, typed: str) -> Response:
    facts = case_facts.load(case())
    findings = tuple(
        replace(finding, reason=typed)
        if (finding.rule_id, finding.subject) == (rule_id, subject)
        else finding
        for finding in workflow.findings_for(step, facts)
    )
    response = _shown(step, facts, findings=findings)
    response.status_code = InvalidInput.status
    return response


@blueprint.get("/complete")
def confirm_page(number: str, step: Step) -> BaseResponse:
    """What completing this step freezes, and the question whether to do it."""
    return _confirm_page(number, step, ReasonForm())


def _confirm_page(number: str, step: Step, form: ReasonForm, status: int = 200) -> Response:
    facts = case_facts.load(case())
    findings = workflow.findings_for(step, facts)
    page = render_template(
        "steps/complete.html",
        spec=SPEC[step],
        step=step,
        number=number,
        facts=facts,
        form=form,
        unsaved=documents.draft_of(actor(), case(), step.value) is not None,
        state=facts.steps[step].state,
        findings=findings,
        blocking=[finding for finding in findings if finding.blocks],
        quotes=quotes_of(findings),
        indicator=indicator(facts, number),
    )
    return make_response(page, status)


@blueprint.post("/complete")
def complete(number: str, step: Step) -> BaseResponse:
    """Complete the step, or confirm it again when it is stale."""
    form = ReasonForm(request.form)
    try:
        if case_facts.load(case()).steps[step].state is not StepState.STALE:
            workflow.complete(actor(), case(), step)
        elif form.validate():
            workflow.confirm(actor(), case(), step, form.reason.data or "")
        else:
            return _confirm_page(number, step, form, InvalidInput.status)
    except workflow.GateClosed as closed:
        flash(closed.message, "error")
        return _confirm_page(number, step, form, closed.status)
    flash(settled(f"{SPEC[step].title}을(를) 완료했습니다."), "success")
    return redirect(url_for("cases.show", number=number))


@blueprint.get("/reopen")
def reopen_page(number: str, step: Step) -> BaseResponse:
    """What opening this step again brings with it."""
    return _reopen_page(number, step, ReasonForm())


def _reopen_page(number: str, step: Step, form: ReasonForm, status: int = 200) -> Response:
    page = render_template(
        "steps/reopen.html",
        spec=SPEC[step],
        step=step,
        number=number,
        form=form,
        facts=case_facts.load(case()),
    )
    return make_response(page, status)


@blueprint.post("/reopen")
def reopen(number: str, step: Step) -> BaseResponse:
    """Open a completed step again, with a reason."""
    form = ReasonForm(request.form)
    if not form.validate():
        return _reopen_page(number, step, form, InvalidInput.status)
    try:
        reached = workflow.reopen(actor(), case(), step, form.reason.data or "")
    except Refused as refused:
        note_refusal(refused)
        form.form_errors.append(refused.message)
        return _reopen_page(number, step, form, refused.status)
    again = " · ".join(SPEC[s].title for s in reached)
    flash(
        settled(f"{SPEC[step].title}을(를) 다시 열었습니다.")
        + (f" 다시 확인할 단계: {again}" if again else ""),
        "info",
    )
    return redirect(url_for("steps.show", number=number, step=step))


def _with_form(step: Step) -> StepPage:
    if PAGES[step].form is None:
        raise NotFound("이 단계에는 한꺼번에 저장하는 서식이 없습니다.")
    return PAGES[step]


def _base_version() -> int:
    typed = request.form.get("draft_version", "") or "0"
    if not (typed.isascii() and typed.isdigit() and len(typed) <= LONGEST_VERSION):
        raise InvalidInput("화면이 오래되었습니다. 새로 고침한 뒤 다시 저장해 주세요.")
    return int(typed)


def _page(
    step: Step,
    facts: CaseFacts,
    *,
    form: StepForm | None = None,
    version: int = 0,
    status: int = 200,
    **more: Any,
) -> Response:
    """The page of a step: with ``form`` as somebody typed it, or with what is saved when left out."""
    page = PAGES[step]
    context: dict[str, Any] = {**frame(step, facts), "form": form, "version": version}
    context.update(page.context(facts))
    context.update(more)
    if page.form is not None:
        writable = context["editable"] and may_act("case.write")
        context["fields"] = (
            saved(page, facts, writable=writable)
            if form is None
            else typed(page, form, facts, writable=writable)
        )
    return make_response(render_template(f"steps/{step.value}.html", **context), status)


def _conflict(step: Step, facts: CaseFacts, mine: Any, version: int) -> Response:
    """Both texts side by side; keeping mine saves it on top of the version shown."""
    page = PAGES[step]
    my_form = form_of(page, facts, mine)
    saved_document = documents.read(documents.DOCUMENT_TYPES[step], documents.newest(case(), step))
    their_form = form_of(page, facts, document=saved_document)
    saver = documents.saver_of(case(), step)
    if my_form.validate():
        # As it would be saved: an empty row of mine is no difference from theirs.
        my_form = form_of(page, facts, document=my_form.to_document())
    hidden = [(name, value) for name in _names(mine) for value in mine.getlist(name)]
    return make_response(
        render_template(
            "steps/conflict.html",
            spec=SPEC[step],
            step=step,
            number=facts.head.number,
            fields=_compared(my_form, their_form),
            where="다른 창에서" if _is_mine(saver) else "다른 사람이",
            saved_by=_told_by(saver),
            hidden=[*hidden, ("draft_version", str(version))],
        ),
        409,
    )


def _is_mine(saver: documents.Saver | None) -> bool:
    return saver is not None and saver.account_id == actor().account_id


def _told_by(saver: documents.Saver | None) -> str:
    """Whose text it is, and of when."""
    if saver is None:
        return "저장된 글"
    name = dict(audit.people_in(case())).get(saver.account_id, actor().name)
    return f"저장된 글 · {name} · {korean_datetime(saver.saved_at)}"


def _names(fields: Any) -> list[str]:
    skipped = ("csrf_token", "draft_version", "keep", "add_row", "remove_row")
    return [name for name in fields if name not in skipped]


def _compared(mine: StepForm, theirs: StepForm) -> list[dict[str, str]]:
    """Fields of two forms with their texts, as the conflict page takes them."""
    my_texts, their_texts = dict(_texts(mine)), dict(_texts(theirs))
    labels = [*my_texts, *(label for label in their_texts if label not in my_texts)]
    return [
        {"label": label, "mine": my_texts.get(label, ""), "theirs": their_texts.get(label, "")}
        for label in labels
    ]


def _texts(fields: Any, prefix: str = "") -> Iterator[tuple[str, str]]:
    for field in fields:
        label = f"{prefix}{field.label.text}"
        if hasattr(field, "append_entry"):
            for place, entry in enumerate(field, start=1):
                if hasattr(entry, "form"):
                    yield from _texts(entry.form, f"{label} {place} · ")
                else:
                    yield f"{label} {place}", _text(entry)
        elif hasattr(field, "form"):
            yield from _texts(field.form, f"{label} · ")
        else:
            yield label, _text(field)


def _text(field: Any) -> str:
    if isinstance(field.data, bool):
        return "예" if field.data else "아니요"
    choices = getattr(field, "choices", None)
    if choices:
        chosen = field.data if isinstance(field.data, list | tuple) else [field.data]
        values = {str(value) for value in chosen}
        return ", ".join(str(choice.label) for choice in choices if str(choice.value) in values)
    return str(field._value()) if hasattr(field, "_value") else str(field.data or "")

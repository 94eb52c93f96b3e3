"""③ The list of an official search, read from the saved page and reconciled beside it."""

from __future__ import annotations

from flask import Blueprint, flash, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as BaseResponse

from procurement.adapters.filetypes import safe_name
from procurement.domain.errors import InvalidInput, TooLarge
from procurement.domain.facts import CaseFacts
from procurement.domain.result_facts import one_line
from procurement.domain.steps import Step
from procurement.forms.fetching import AddressForm
from procurement.forms.record_fields import tell
from procurement.forms.search import CorrectionForm, CountForm, HandForm, line_data
from procurement.services import evidence, fetching, search_pending, workflow
from procurement.views.edge import actor, case
from procurement.views.search import around, facts_with

blueprint = Blueprint("search_list", __name__, url_prefix="/cases/<number>/search/new/<int:lot>")

PAGE_SIZE = 100


@blueprint.get("/list")
def output(number: str, lot: int) -> BaseResponse:
    """Second page: the saved page, and beside it the list that was read from it."""
    return output_page(facts_with(lot), lot, CountForm())


@blueprint.post("/list")
def upload(number: str, lot: int) -> BaseResponse:
    """Take a saved page, keep it as evidence and read its list."""
    sent = request.files.get("file")
    try:
        if sent is None or not sent.filename:
            raise InvalidInput("이용지원시스템에서 저장한 화면 파일을 골라 주세요.")
        received = evidence.receive(sent.stream, safe_name(sent.filename))
        read = search_pending.read_output(received)
        workflow.require_open(facts_with(lot), Step.SEARCH)
        search_pending.require_same_list(search_pending.pending_of(actor(), case(), lot), read)
    except (InvalidInput, TooLarge) as error:
        return output_page(facts_with(lot), lot, CountForm(), errors=[error.message], status=error.status)
    row = evidence.attach(actor(), case(), received, purpose="search_output", step=Step.SEARCH)
    search_pending.add_page(actor(), case(), lot, row, read)
    return redirect(url_for("search_list.output", number=number, lot=lot))


@blueprint.post("/list/drop")
def drop_page(number: str, lot: int) -> BaseResponse:
    """Take the last file off the list again."""
    facts_with(lot)
    search_pending.drop_last_page(actor(), case(), lot)
    flash("마지막 파일을 목록에서 뺐습니다. 파일은 증빙 목록에 남아 있습니다.", "info")
    return redirect(url_for("search_list.output", number=number, lot=lot))


@blueprint.post("/list/count")
def explain_count(number: str, lot: int) -> BaseResponse:
    """Say why the list has another number of services than the file states."""
    facts, form = facts_with(lot), CountForm(request.form)
    if not form.validate():
        return output_page(facts, lot, form, status=422)
    search_pending.explain_count(actor(), case(), lot, form.count_reason.data or "")
    return redirect(url_for("search_list.output", number=number, lot=lot))


@blueprint.get("/list/<int:position>")
def line(number: str, lot: int, position: int) -> BaseResponse:
    """One line as it was read, to be put right."""
    pending = search_pending.pending_of(actor(), case(), lot)
    read, change = search_pending.read_row(pending, position), pending.change_of(position)
    shown = change.row if change and change.row else read
    form = CorrectionForm(
        data={
            **line_data(shown),
            "removed": bool(change and change.row is None),
            "reason": change.reason if change else "",
        }
    )
    return _line_page(lot, position, form)


@blueprint.post("/list/<int:position>")
def correct(number: str, lot: int, position: int) -> BaseResponse:
    """Put a line right, say that it is no result, or take a correction back."""
    back = redirect(url_for("search_list.output", number=number, lot=lot) + f"#line-{position}")
    if request.form.get("restore"):
        search_pending.restore(actor(), case(), lot, position)
        return back
    form = CorrectionForm(request.form)
    if not form.validate():
        return _line_page(lot, position, form, 422)
    row = None if form.removed.data else form.row(position)
    try:
        if row is not None and not row.service_name:
            raise InvalidInput("서비스명을 적어 주세요.", "service_name")
        search_pending.correct(actor(), case(), lot, position, row, form.reason.data or "")
    except InvalidInput as error:
        tell(form, error)
        return _line_page(lot, position, form, 422)
    return back


@blueprint.get("/hand")
def by_hand(number: str, lot: int) -> BaseResponse:
    """Lines to be entered by hand from a file whose list cannot be read."""
    pending = search_pending.pending_of(actor(), case(), lot)
    return _hand_page(facts_with(lot), lot, HandForm(data=HandForm.initial(pending)))


@blueprint.post("/hand")
def enter_by_hand(number: str, lot: int) -> BaseResponse:
    """Enter lines by hand; they are marked as such in the record."""
    facts = facts_with(lot)
    form = HandForm(request.form)
    add, remove = request.form.get("add_row"), request.form.get("remove_row")
    if add or remove:
        form.change_rows(add, remove)
        return _hand_page(facts, lot, form)
    if not form.validate():
        return _hand_page(facts, lot, form, 422)
    try:
        search_pending.enter_by_hand(
            actor(), case(), lot, form.to_document(), form.total.data, form.reason.data or ""
        )
    except InvalidInput as error:
        tell(form, error)
        return _hand_page(facts, lot, form, 422)
    return redirect(url_for("search_list.output", number=number, lot=lot))


def output_page(
    facts: CaseFacts,
    lot: int,
    form: CountForm | None = None,
    *,
    address: AddressForm | None = None,
    errors: list[str] | None = None,
    status: int = 200,
) -> BaseResponse:
    """The page with files and list; ``form`` and ``address`` as they were sent, ``errors`` of the file."""
    form = form or CountForm()
    pending = search_pending.pending_of(actor(), case(), lot)
    rows = pending.read_rows
    page = max(1, min(request.args.get("page", 1, type=int), -(-len(rows) // PAGE_SIZE) or 1))
    if not form.count_reason.data:
        form.count_reason.data = pending.count_reason
    return make_response(
        render_template(
            "search/output.html",
            **around(facts, lot),
            pending=pending,
            rows=rows[(page - 1) * PAGE_SIZE : page * PAGE_SIZE],
            page=page,
            pages=-(-len(rows) // PAGE_SIZE) or 1,
            form=form,
            address=address or AddressForm(),
            hosts=fetching.page_hosts(),
            errors=errors or [],
        ),
        status,
    )


def _line_page(lot: int, position: int, form: CorrectionForm, status: int = 200) -> BaseResponse:
    pending = search_pending.pending_of(actor(), case(), lot)
    row = search_pending.read_row(pending, position)
    return make_response(
        render_template(
            "search/line.html",
            **around(facts_with(lot), lot),
            position=position,
            read=one_line(row),
            changed=pending.change_of(position) is not None,
            form=form,
        ),
        status,
    )


def _hand_page(facts: CaseFacts, lot: int, form: HandForm, status: int = 200) -> BaseResponse:
    return make_response(
        render_template(
            "search/hand.html",
            **around(facts, lot),
            pending=search_pending.pending_of(actor(), case(), lot),
            form=form,
        ),
        status,
    )

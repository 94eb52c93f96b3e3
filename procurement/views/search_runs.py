"""③ Runs that are recorded: the page of one, its list taken out, searching again, the final run."""

from __future__ import annotations

from urllib.parse import quote

from flask import Blueprint, flash, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as BaseResponse

from procurement.adapters.fonts import FontsMissingError
from procurement.adapters.pdf import PdfError
from procurement.domain.errors import InvalidInput, NotFound
from procurement.domain.facts.search import RunKind
from procurement.domain.result_list import FACETS, Looking, look_through
from procurement.domain.rules.search_final import called_off, may_end
from procurement.domain.steps import Step
from procurement.forms.record_fields import KOREA, tell
from procurement.forms.search import EndForm, FinalForm
from procurement.forms.search_again import AGAIN, fields_of
from procurement.services import (
    case_facts,
    documents,
    search,
    search_basket,
    search_end,
    search_export,
    search_guards,
    unit,
    workflow,
)
from procurement.views.edge import actor, case
from procurement.views.search import draft_name, run_view
from procurement.views.step_frame import frame

blueprint = Blueprint("search_runs", __name__, url_prefix="/cases/<number>/search/runs/<int:run_number>")


@blueprint.get("")
def show(number: str, run_number: int) -> BaseResponse:
    """All that is recorded of a run, and its list: a page of it, filtered and sorted as is asked for."""
    return _run_page(run_number, EndForm())


@blueprint.post("/end")
def end(number: str, run_number: int) -> BaseResponse:
    """End the lot of this run, which found nothing, without a contract."""
    form = EndForm(request.form)
    if not form.validate():
        return _run_page(run_number, form, InvalidInput.status)
    run = search.run_of(case_facts.load(case()), run_number)
    try:
        search_end.end_without_contract(actor(), case(), run, form.reason.data or "")
    except InvalidInput as error:
        tell(form, error)
        return _run_page(run_number, form, error.status)
    flash("검색된 서비스가 없어 계약 없이 마치기로 했습니다. 사유와 함께 남습니다.", "success")
    return redirect(url_for("steps.show", number=number, step=Step.SEARCH))


def _run_page(run_number: int, form: EndForm, status: int = 200) -> BaseResponse:
    facts = case_facts.load(case())
    run = search.run_of(facts, run_number)
    looking = _looking()
    kept = {key: sorted(values) for key, values in looking.chosen.items()} | {"q": looking.text or None}
    return make_response(
        render_template(
            "search/run.html",
            **frame(Step.SEARCH, facts),
            view=run_view(facts, run),
            looking=looking,
            shown=look_through(run.results, looking, run.occurred_at.astimezone(KOREA).date()),
            kept=kept,
            basket={row.position for row in search_basket.among(actor(), case(), run.lot, run.results)},
            again=fields_of(run, facts.definition.lot(run.lot)),
            end_form=form if may_end(facts, run) else None,
            ended=called_off(facts, run.lot),
        ),
        status,
    )


@blueprint.get("/export.<any(csv, xlsx, ods, pdf):form>")
def export(number: str, run_number: int, form: str) -> BaseResponse:
    """The list of a run as a file, made from the record; who took it goes into the ledger."""
    facts = case_facts.load(case())
    run = search.run_of(facts, run_number)
    # Making a file takes up to seconds in which nobody else should have to wait for the database.
    unit.rollback()
    try:
        file = search_export.make(run, facts.head.number, form)
    except (PdfError, FontsMissingError) as error:
        flash(str(error), "error")
        return redirect(url_for("search_runs.show", number=number, run_number=run_number))
    search_export.record(actor(), case(), run, form, file)
    response = make_response(file.data)
    response.headers["Content-Type"] = file.media_type
    response.headers["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(file.name)}"
    return response


@blueprint.post("/again")
def again(number: str, run_number: int) -> BaseResponse:
    """Begin an official search with the conditions of this run; a search that is begun stays as it is."""
    facts = case_facts.load(case())
    workflow.require_open(facts, Step.SEARCH)
    run = search.run_of(facts, run_number)
    form = draft_name(run.lot)
    if documents.draft_of(actor(), case(), form) is not None:
        flash("작성하던 검색이 있습니다. 그 검색을 먼저 기록하거나 버린 뒤에 다시 검색해 주세요.", "info")
    else:
        fields = fields_of(run, facts.definition.lot(run.lot))
        followed = search_guards.run_to_follow(facts, run)
        if followed is not None:
            fields |= {"follows": [followed.run_id], "change": [AGAIN]}
        documents.keep_draft(actor(), case(), form, fields, 0)
        flash(
            f"{run.number}번 검색의 조건을 옮겨 적었습니다. 이용지원시스템에서 다시 검색한 때를 적고 "
            "저장한 화면을 올리세요.",
            "info",
        )
    return redirect(url_for("search_new.conditions", number=number, lot=run.lot))


@blueprint.get("/final")
def final_page(number: str, run_number: int) -> BaseResponse:
    """What declaring this run final freezes, and the question whether to do it."""
    return _final_page(run_number, FinalForm())


@blueprint.post("/final")
def declare_final(number: str, run_number: int) -> BaseResponse:
    """Declare the run final for its lot."""
    form = FinalForm(request.form)
    if not form.validate():
        return _final_page(run_number, form, 422)
    try:
        search.declare_final(
            actor(),
            case(),
            run_number,
            confirmed=bool(form.confirmed.data),
            reason=form.reason.data or "",
        )
    except InvalidInput as error:
        tell(form, error)
        return _final_page(run_number, form, 422)
    flash(f"검색 {run_number}번을 최종 검색으로 정했습니다. 이 검색의 모든 서비스를 평가합니다.", "success")
    return redirect(url_for("steps.show", number=number, step=Step.SEARCH))


def _final_page(run_number: int, form: FinalForm, status: int = 200) -> BaseResponse:
    facts = case_facts.load(case())
    run = search.run_of(facts, run_number)
    if run.kind is not RunKind.OFFICIAL:
        raise NotFound(f"{run.number}번은 예비 검색이어서 최종 검색이 될 수 없습니다.")
    return make_response(
        render_template(
            "search/final.html",
            **frame(Step.SEARCH, facts),
            view=run_view(facts, run),
            form=form,
            taken=facts.search.final(run.lot),
        ),
        status,
    )


def _looking() -> Looking:
    """How the address asks to look at the list."""
    return Looking(
        {key: frozenset(request.args.getlist(key)) for key in FACETS if request.args.get(key)},
        request.args.get("q", "").strip(),
        request.args.get("sort", "position"),
        int(request.args.get("page", "1")),
    )

"""③ Runs that are recorded: the page of one, its list taken out, the final run."""

from __future__ import annotations

from urllib.parse import quote

from flask import Blueprint, flash, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as BaseResponse

from procurement.adapters.result_files import as_csv, as_xlsx
from procurement.domain.errors import InvalidInput, NotFound
from procurement.domain.facts import CaseFacts
from procurement.domain.facts.search import RunKind, SearchRun
from procurement.domain.rules.search_final import similar_before
from procurement.domain.steps import Step
from procurement.forms.record_fields import tell
from procurement.forms.search import FinalForm
from procurement.services import case_facts, search
from procurement.views.edge import actor, case
from procurement.views.search import run_view
from procurement.views.step_frame import frame

blueprint = Blueprint("search_runs", __name__, url_prefix="/cases/<number>/search/runs/<int:run_number>")

_FORMATS = {
    "csv": (as_csv, "text/csv; charset=utf-8"),
    "xlsx": (as_xlsx, "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
}


@blueprint.get("")
def show(number: str, run_number: int) -> BaseResponse:
    """All that is recorded of a run, with its whole list."""
    facts = case_facts.load(case())
    run = search.run_of(facts, run_number)
    return make_response(
        render_template(
            "search/run.html",
            **frame(Step.SEARCH, facts),
            view=run_view(facts, run),
            similar=_similar(facts, run),
            broad=search.is_broad(facts, run),
        )
    )


@blueprint.get("/export.<any(csv, xlsx):form>")
def export(number: str, run_number: int, form: str) -> BaseResponse:
    """The list of a run as a file, made from the record; who took it goes into the ledger."""
    facts = case_facts.load(case())
    run = search.run_of(facts, run_number)
    make, media_type = _FORMATS[form]
    response = make_response(make(run, facts.head.number))
    search.record_export(actor(), case(), run, form.upper())
    name = f"{facts.head.number} 검색 {run.number}번.{form}"
    response.headers["Content-Type"] = media_type
    response.headers["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(name)}"
    return response


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
            broad=search.is_broad(facts, run),
            similar=_similar(facts, run),
        ),
        status,
    )


def _similar(facts: CaseFacts, run: SearchRun) -> int:
    """How many earlier official runs on the same version share a condition with ``run`` (S-10)."""
    return similar_before(facts, run.lot, run) if run.kind is RunKind.OFFICIAL else 0

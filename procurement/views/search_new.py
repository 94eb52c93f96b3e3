"""③ Recording an official search, in three pages: its conditions, its list, the record itself.

Nothing of it is in the record before the last page; until then all of it is a draft of the one who searches.
"""

from __future__ import annotations

from typing import Any

from flask import Blueprint, flash, jsonify, make_response, redirect, render_template, request, url_for
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response as BaseResponse

from procurement.domain.counting import counted
from procurement.domain.errors import InvalidInput, ProcurementError
from procurement.domain.facts import CaseFacts
from procurement.domain.facts.search import RunKind
from procurement.domain.filters import FILTERS
from procurement.domain.rules.search_final import similar_so_far
from procurement.domain.search_conditions import Conditions, texts_of, yields_filter, yields_word
from procurement.domain.steps import Step
from procurement.forms.record_fields import tell
from procurement.forms.search import SearchForm
from procurement.services import (
    documents,
    name_excerpts,
    search,
    search_guards,
    search_pending,
    workflow,
)
from procurement.views.edge import actor, case
from procurement.views.search import around, draft_name, facts_with

blueprint = Blueprint("search_new", __name__, url_prefix="/cases/<number>/search/new/<int:lot>")

PAGE_SIZE = 100
_NOT_KEPT = ("csrf_token", "draft_version", "add_row", "remove_row", "next")


@blueprint.get("")
def conditions(number: str, lot: int) -> BaseResponse:
    """First page: what was searched for, when, and which search it follows."""
    facts = facts_with(lot)
    draft = documents.draft_of(actor(), case(), draft_name(lot))
    form = _form(facts, lot, MultiDict(draft.fields) if draft else None)
    return _conditions_page(facts, lot, form, draft_saved_at=draft.saved_at if draft else None)


@blueprint.post("")
def keep_conditions(number: str, lot: int) -> BaseResponse:
    """Keep the conditions and go on to the list; what is forbidden is said beside its field."""
    facts = facts_with(lot)
    workflow.require_open(facts, Step.SEARCH)
    form = _form(facts, lot, request.form)
    add, remove = request.form.get("add_row"), request.form.get("remove_row")
    if add or remove:
        form.change_rows(add, remove)
        return _conditions_page(facts, lot, form)
    sound = form.validate()
    for error in _errors(facts, lot, form):
        tell(form, error)
        sound = False
    if not sound:
        return _conditions_page(facts, lot, form, status=422)
    _keep(lot)
    return redirect(url_for("search_list.output", number=number, lot=lot))


@blueprint.post("/check")
def check(number: str, lot: int) -> BaseResponse:
    """What the neutrality check and the rules say of what is being typed; keeps nothing."""
    facts = facts_with(lot)
    form = _form(facts, lot, request.form)
    form.validate()
    return make_response(
        render_template("search/_check.html", **_judged(facts, lot, form), form=form, errors=())
    )


@blueprint.post("/draft")
def draft(number: str, lot: int) -> BaseResponse:
    """Keep what is being typed, for the one who types."""
    facts_with(lot)
    return jsonify({"saved_at": _keep(lot).isoformat()})


@blueprint.post("/drop")
def drop(number: str, lot: int) -> BaseResponse:
    """Throw the search away that is being recorded; files already sent stay evidence."""
    facts_with(lot)
    documents.drop_draft(actor(), case(), draft_name(lot))
    search_pending.drop(actor(), case(), lot)
    flash("작성하던 검색을 버렸습니다. 이미 올린 파일은 증빙 목록에 남아 있습니다.", "info")
    return redirect(url_for("steps.show", number=number, step=Step.SEARCH))


@blueprint.get("/record")
def confirm(number: str, lot: int) -> BaseResponse:
    """Third page: everything that will be recorded, and the question whether to do it."""
    facts = facts_with(lot)
    try:
        wanted = _kept_conditions(facts, lot)
    except InvalidInput as error:
        flash(error.message, "info")
        return redirect(url_for("search_new.conditions", number=number, lot=lot))
    pending = search_pending.pending_of(actor(), case(), lot)
    errors = [error.message for error in _kept_errors(facts, wanted, pending)]
    return make_response(
        render_template(
            "search/confirm.html",
            **around(facts, lot),
            wanted=wanted,
            texts=texts_of(wanted),
            pending=pending,
            reading=pending.reading(""),
            followed=facts.search.run(wanted.follows or ""),
            errors=errors,
            similar=similar_so_far(facts, wanted),
        )
    )


@blueprint.post("/record")
def record(number: str, lot: int) -> BaseResponse:
    """Record the search with its list."""
    run = search.record_official(actor(), case(), _kept_conditions(facts_with(lot), lot))
    documents.drop_draft(actor(), case(), draft_name(lot))
    flash(f"검색 {run.number}번을 기록했습니다.", "success")
    return redirect(url_for("search_runs.show", number=number, run_number=run.number))


def _keep(lot: int) -> Any:
    fields = {name: request.form.getlist(name) for name in request.form if name not in _NOT_KEPT}
    return documents.keep_draft(actor(), case(), draft_name(lot), fields, 0)


def _form(facts: CaseFacts, lot: int, fields: Any) -> SearchForm:
    requirements = facts.definition.lot(lot)
    form = SearchForm(fields) if fields is not None else SearchForm(data=SearchForm.initial(requirements))
    runs = [
        (run.run_id, f"{run.number}번 검색({counted(len(run.results), 'service')})")
        for run in facts.search.runs
        if run.lot == lot and run.kind is RunKind.OFFICIAL
    ]
    form.offer(requirements, runs)
    if fields is None and search_guards.must_follow(facts, lot):
        form.follows.data = runs[-1][0]
    return form


def _errors(facts: CaseFacts, lot: int, form: SearchForm) -> list[ProcurementError]:
    """Everything that the rules hold against the conditions entered."""
    wanted = form.conditions(lot, facts.definition.lot(lot))
    errors = search_guards.errors_of(facts, wanted)
    link = search_guards.link_error(facts, wanted)
    if link is not None:
        errors.append(link)
    if form.occurred_at.data is None and not form.occurred_at.errors:
        errors.append(InvalidInput("검색한 날짜와 시각을 적어 주세요.", "occurred_at"))
    return errors


def _kept_conditions(facts: CaseFacts, lot: int) -> Conditions:
    """The conditions kept on the first page; whoever comes without them is sent back there."""
    draft = documents.draft_of(actor(), case(), draft_name(lot))
    if draft is None:
        raise InvalidInput("검색 조건을 먼저 적어 주세요. 검색 화면에서 ‘검색 기록하기’를 누르면 됩니다.")
    form = _form(facts, lot, MultiDict(draft.fields))
    form.validate()
    if form.occurred_at.data is None:
        raise InvalidInput("검색한 날짜와 시각을 첫 화면에서 적어 주세요.")
    return form.conditions(lot, facts.definition.lot(lot))


def _kept_errors(
    facts: CaseFacts, wanted: Conditions, pending: search_pending.PendingList
) -> list[ProcurementError]:
    errors = search_guards.errors_of(facts, wanted)
    link = search_guards.link_error(facts, wanted)
    found = search_guards.list_error(case(), pending)
    return [*errors, *([link] if link else []), *([found] if found else [])]


def _judged(facts: CaseFacts, lot: int, form: SearchForm) -> dict[str, Any]:
    """The words judged, the own ones with the name of their field, and what else is to be mended."""
    requirements = facts.definition.lot(lot)
    wanted = form.conditions(lot, requirements)
    own = [
        (entry.form.word.name, verdict)
        for entry in form.own_words
        for verdict in search.judge_words([entry.form.word.data or ""])
    ]
    return {
        "verdicts": search.judge_words(word.word for word in wanted.words),
        "own_verdicts": own,
        "suggestions": name_excerpts.suggestions(requirements),
        "problems": [error for error in _errors(facts, lot, form) if error.field not in ("occurred_at",)],
    }


def _conditions_page(
    facts: CaseFacts, lot: int, form: SearchForm, *, status: int = 200, draft_saved_at: Any = None
) -> BaseResponse:
    requirements = facts.definition.lot(lot)
    return make_response(
        render_template(
            "search/conditions.html",
            **around(facts, lot),
            **_judged(facts, lot, form),
            form=form,
            tables=FILTERS,
            planned=lambda name, option: yields_filter(requirements, name, option),
            planned_word=lambda word: yields_word(requirements, word),
            must_follow=search_guards.must_follow(facts, lot),
            draft_saved_at=draft_saved_at,
        ),
        status,
    )

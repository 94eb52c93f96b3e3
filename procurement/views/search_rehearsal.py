"""③ Rehearsal: searching the local catalogue, to plan; what is kept of it can never be final."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, flash, make_response, redirect, render_template, request, url_for
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response as BaseResponse

from procurement.domain.errors import InvalidInput, Refused
from procurement.domain.facts import CaseFacts
from procurement.domain.facts.search import SearchRun
from procurement.domain.filters import FILTERS
from procurement.domain.search_conditions import Conditions, yields_filter, yields_word
from procurement.domain.steps import Step, StepState
from procurement.forms.record_fields import tell
from procurement.forms.search import SearchForm
from procurement.services import search, search_again, search_guards, search_local
from procurement.views.edge import actor, case, note_refusal
from procurement.views.search import around, facts_with

blueprint = Blueprint("search_rehearsal", __name__, url_prefix="/cases/<number>/search/rehearsal/<int:lot>")


@blueprint.get("")
def show(number: str, lot: int) -> BaseResponse:
    """Search the newest load; conditions come as the query of the address, so that a search can be kept."""
    facts = facts_with(lot)
    asked = "search_page" in request.args
    form = _form(facts, lot, request.args if asked else None)
    add, remove = request.args.get("add_row"), request.args.get("remove_row")
    if add or remove:
        form.change_rows(add, remove)
        asked = False
    if asked and not form.validate():
        return _page(facts, lot, form, asked=False, status=InvalidInput.status)
    return _page(facts, lot, form, asked=asked)


@blueprint.post("")
def record(number: str, lot: int) -> BaseResponse:
    """Record the rehearsal as it was searched."""
    facts = facts_with(lot)
    form = _form(facts, lot, request.form)
    if not form.validate():
        return _page(facts, lot, form, asked=False, status=InvalidInput.status)
    wanted = _conditions(facts, lot, form)
    load = search_local.newest_load()
    try:
        run = search.record_rehearsal(actor(), case(), wanted, load, again=_again(facts, request.form))
    except (InvalidInput, Refused) as error:
        if load is None:
            raise
        if isinstance(error, Refused):
            note_refusal(error)
        tell(form, error)
        return _page(facts, lot, form, asked=False, status=error.status)
    flash(f"검색 {run.number}번을 예비 검색으로 기록했습니다.", "success")
    return redirect(url_for("search_runs.show", number=number, run_number=run.number))


def _form(facts: CaseFacts, lot: int, fields: MultiDict[str, str] | None) -> SearchForm:
    requirements = facts.definition.lot(lot)
    form = SearchForm(fields) if fields is not None else SearchForm(data=SearchForm.initial(requirements))
    form.offer(requirements)
    return form


def _conditions(facts: CaseFacts, lot: int, form: SearchForm) -> Conditions:
    return form.conditions(lot, facts.definition.lot(lot))


def _page(facts: CaseFacts, lot: int, form: SearchForm, *, asked: bool, status: int = 200) -> BaseResponse:
    requirements = facts.definition.lot(lot)
    wanted = _conditions(facts, lot, form)
    load = search_local.newest_load()
    errors = search_guards.errors_of(facts, wanted) if asked else []
    # To look around needs no reasons; a name is no search word even then.
    forbidden = [error for error in errors if not isinstance(error, Refused) or error.rule_id == "S-1"]
    hits, changed, again = None, None, _again(facts, request.values)
    sort, page = request.args.get("sort", "position"), request.args.get("page", 1, type=int)
    if asked and load is not None and not forbidden:
        hits = search_local.search(load, search.local_query(wanted), sort=sort, page=page)
        changed = search_again.changed_since(facts, again, wanted, load) if again else None
    return make_response(
        render_template(
            "search/rehearsal.html",
            **around(facts, lot),
            form=form,
            tables=FILTERS,
            planned=lambda name, option: yields_filter(requirements, name, option),
            planned_word=lambda word: yields_word(requirements, word),
            load=load,
            hits=hits,
            errors=[error.message for error in forbidden],
            reasons_missing=[error.message for error in errors if error not in forbidden],
            recordable=facts.steps[Step.SEARCH].state is StepState.OPEN,
            kept=_kept(),
            again=again,
            changed=changed,
            sort=sort,
        ),
        status,
    )


def _again(facts: CaseFacts, fields: MultiDict[str, str]) -> SearchRun | None:
    """The run that is searched for once more, as the page that led here named it."""
    number = fields.get("again", "")
    return next((run for run in facts.search.runs if str(run.number) == number), None)


def _kept() -> dict[str, Any]:
    """The conditions in the address, for other pages of the result."""
    return {
        name: values
        for name, values in request.args.to_dict(flat=False).items()
        if name not in ("page", "sort")
    }

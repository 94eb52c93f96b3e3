"""⑤ Values that criteria are counted from: what they are, where they come from, the points they make."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, flash, redirect, request, url_for
from werkzeug.wrappers import Response as BaseResponse

from procurement.domain.computed import computed_cells
from procurement.domain.facts import CaseFacts
from procurement.domain.facts.formula import Measure
from procurement.domain.selection import scored_services, scoring_begun
from procurement.forms.base import pairs
from procurement.forms.selection_scores import MeasureForm
from procurement.services import selection_measures
from procurement.services.selection_measures import PROOFS, MeasuredText
from procurement.views.edge import actor, case
from procurement.views.selection_frame import attempt, choices, facts_of, files, render

blueprint = Blueprint("measures", __name__, url_prefix="/cases/<number>/selection/<int:lot>/values")


@blueprint.get("")
def show(number: str, lot: int) -> BaseResponse:
    """Values of every computed criterion for every service, and the form of those to be entered."""
    facts = facts_of(lot)
    form = _form(facts, lot, request.args)
    return _show(facts, lot, form)


@blueprint.post("")
def keep(number: str, lot: int) -> BaseResponse:
    """Enter a value with its proof."""
    facts = facts_of(lot)
    form = _form(facts, lot, request.form)
    text = MeasuredText(
        form.key.data or "",
        form.result_id.data or "",
        form.value.data or "",
        form.chosen_file,
        form.note.data or "",
        form.reason.data or "",
    )
    status = attempt(form, lambda: selection_measures.keep(actor(), case(), lot, text))
    if status:
        return _show(facts, lot, form, status)
    flash("셈할 값을 기록했습니다.", "success")
    return redirect(url_for("measures.show", number=number, lot=lot))


def _form(facts: CaseFacts, lot: int, fields: Any) -> MeasureForm:
    form = MeasureForm(fields)
    criteria = facts.selection.criteria_of(lot)
    entered = [
        (c.key, c.title)
        for c in (criteria.computed if criteria else ())
        if c.formula and c.formula.measure is Measure.ENTERED
    ]
    form.key.choices = pairs(entered, empty="고르세요" if len(entered) > 1 else None)
    form.result_id.choices = pairs(choices(scored_services(facts, lot)), empty="고르세요")
    form.offer_files(files(facts, *PROOFS))
    return form


def _show(facts: CaseFacts, lot: int, form: MeasureForm, status: int = 200) -> BaseResponse:
    return render(
        "values",
        facts,
        lot,
        status,
        form=form,
        cells=computed_cells(facts, lot),
        fixed=facts.selection.criteria_of(lot),
        enterable=len(form.key.choices or []) > 0 and not scoring_begun(facts, lot),
        stored={e.evidence_id: e.name for e in facts.evidence},
    )

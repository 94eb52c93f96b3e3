"""⑤ The evaluator's sheet one service and one criterion at a time, for a phone; kept with every step."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, redirect, request, url_for
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response as BaseResponse

from procurement.domain.computed import computed_cells
from procurement.domain.errors import Conflict, NotFound
from procurement.domain.facts import CaseFacts
from procurement.domain.facts.selection import Criterion
from procurement.domain.scoring import POINT
from procurement.domain.selection import scored_services, submitted
from procurement.forms.selection_scores import OneForm, SheetForm, points_text, typed
from procurement.services import documents
from procurement.services.selection_sheets import SUBMITTED, draft_name
from procurement.views.edge import actor, case
from procurement.views.scoring import evaluator_page, kept_form, my_facts, open_criteria, papers

blueprint = Blueprint("scoring_one", __name__, url_prefix="/cases/<number>/evaluation/<int:lot>/one")

QUARTERS = (4, 3, 2, 1, 0)


@blueprint.get("")
def index(number: str, lot: int) -> BaseResponse:
    """Every service and criterion with what is kept; from here one submits."""
    facts = _open(lot)
    form = kept_form(facts, lot)
    return evaluator_page(
        "selection/one_index.html",
        facts,
        lot=lot,
        form=form,
        groups=_groups(facts, lot, form),
        left=len(form.cells) - form.filled,
        start=_next(facts, lot, 0),
        fields=[(field.name, typed(field)) for field in form],
        points_text=points_text,
    )


@blueprint.get("/<int:place>")
def show(number: str, lot: int, place: int) -> BaseResponse:
    """One service on one criterion."""
    facts = _open(lot)
    kept = kept_form(facts, lot)
    stem = _cell(facts, kept, place)[0]
    form = OneForm(data={"comment": kept[f"{stem}-comment"].data, "points": kept[f"{stem}-points"].data})
    return _one(facts, lot, place, kept, form)


@blueprint.post("/<int:place>")
def keep(number: str, lot: int, place: int) -> BaseResponse:
    """Keep one score and go on to the next that is empty."""
    facts = _open(lot)
    kept = kept_form(facts, lot)
    stem, criterion, _ = _cell(facts, kept, place)
    form = OneForm(_chosen(criterion))
    form.limit(criterion)
    if not form.validate():
        return _one(facts, lot, place, kept, form, 422)
    fields = {field.name: [typed(field)] for field in kept}
    fields[f"{stem}-points"] = [typed(form.points)]
    fields[f"{stem}-comment"] = [form.comment.data or ""]
    documents.keep_draft(actor(), case(), draft_name(open_criteria(facts, lot)), fields, 0)
    after = _next(facts, lot, place)
    if after is None:
        return redirect(url_for("scoring_one.index", number=number, lot=lot))
    return redirect(url_for("scoring_one.show", number=number, lot=lot, place=after))


def _open(lot: int) -> CaseFacts:
    facts = my_facts()
    open_criteria(facts, lot)
    if actor().account_id in submitted(facts, lot):
        raise Conflict(SUBMITTED)
    return facts


def _groups(facts: CaseFacts, lot: int, form: SheetForm) -> list[dict[str, Any]]:
    """Every service with its cells, (place, field stem, criterion), and what is counted for it."""
    cells = list(enumerate(form.cells, start=1))
    computed = computed_cells(facts, lot)
    return [
        {
            "service": row,
            "cells": [(place, stem, c) for place, (stem, c, found) in cells if found == row.result_id],
            "computed": [cell for cell in computed if cell.service.result_id == row.result_id],
        }
        for row in scored_services(facts, lot)
    ]


def _cell(facts: CaseFacts, form: SheetForm, place: int) -> tuple[str, Criterion, str]:
    if not 1 <= place <= len(form.cells):
        raise NotFound("평가표에 그런 칸이 없습니다. 평가표에서 다시 골라 주세요.")
    return form.cells[place - 1]


def _chosen(criterion: Criterion) -> MultiDict[str, str]:
    """What was sent; a big button stands for its share of the weight."""
    sent = MultiDict(request.form)
    quarter = next((q for q in QUARTERS if sent.get("quarter") == str(q)), None)
    if quarter is not None:
        sent["points"] = points_text(criterion.weight * POINT * quarter // 4)
    return sent


def _next(facts: CaseFacts, lot: int, place: int) -> int | None:
    """The next place without points, looking on from ``place`` and then from the start."""
    form = kept_form(facts, lot)
    empty = [at for at, (stem, _, _) in enumerate(form.cells, start=1) if form[f"{stem}-points"].data is None]
    return next((at for at in empty if at > place), empty[0] if empty else None)


def _one(
    facts: CaseFacts, lot: int, place: int, kept: SheetForm, form: OneForm, status: int = 200
) -> BaseResponse:
    _, criterion, result_id = _cell(facts, kept, place)
    service = next(row for row in scored_services(facts, lot) if row.result_id == result_id)
    quarters: list[tuple[int, Any]] = [
        (quarter, points_text(criterion.weight * POINT * quarter // 4)) for quarter in QUARTERS
    ]
    return evaluator_page(
        "selection/one.html",
        facts,
        status,
        lot=lot,
        place=place,
        count=len(kept.cells),
        filled=kept.filled,
        form=form,
        criterion=criterion,
        service=service,
        quarters=quarters,
        papers=papers(facts),
    )

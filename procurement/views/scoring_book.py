"""⑤ The evaluator's sheet as a workbook: taken along, filled in elsewhere, brought back to be looked at."""

from __future__ import annotations

from urllib.parse import quote

from flask import Blueprint, flash, make_response, redirect, request, url_for
from werkzeug.wrappers import Response as BaseResponse

from procurement.adapters import sheet_books
from procurement.domain.errors import Conflict, InvalidInput
from procurement.domain.facts import CaseFacts
from procurement.domain.selection import scored_services, submitted
from procurement.domain.sheet_book import SheetBook, WrongCells, read_book, sheet_book
from procurement.forms.selection_scores import sheet_form, typed
from procurement.services import documents
from procurement.services.selection_sheets import SUBMITTED, draft_name, me_in
from procurement.views.edge import actor, case
from procurement.views.scoring import kept_form, my_facts, open_criteria, sheet_page

blueprint = Blueprint("scoring_book", __name__, url_prefix="/cases/<number>/evaluation/<int:lot>/book")


@blueprint.get("")
def download(number: str, lot: int) -> BaseResponse:
    """My sheet as a workbook, with what I have kept of it."""
    facts = my_facts()
    criteria = open_criteria(facts, lot)
    kept = {field.name: typed(field) for field in kept_form(facts, lot)}
    response = make_response(sheet_books.write(_book(facts, lot), kept, criteria.recorded_at))
    name = f"{number} 평가표 {actor().name}.xlsx"
    response.headers["Content-Type"] = sheet_books.MEDIA_TYPE
    response.headers["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(name)}"
    return response


@blueprint.post("")
def upload(number: str, lot: int) -> BaseResponse:
    """Take a filled workbook into my draft, all of it or nothing."""
    facts = my_facts()
    criteria = open_criteria(facts, lot)
    if actor().account_id in submitted(facts, lot):
        raise Conflict(SUBMITTED)
    sent = request.files.get("file")
    try:
        if sent is None or not sent.filename:
            raise InvalidInput("채운 평가표 파일을 골라 주세요.", "file")
        cells = sheet_books.read(sent.stream.read(sheet_books.MAX_BYTES + 1), sent.filename)
        fields = read_book(_book(facts, lot), cells)
    except WrongCells as wrong:
        return sheet_page(facts, lot, kept_form(facts, lot), wrong.status, wrong.mistakes)
    except InvalidInput as wrong:
        return sheet_page(facts, lot, kept_form(facts, lot), wrong.status, (wrong.message,))
    kept = {"set_id": [criteria.set_id], **{name: [value] for name, value in fields.items()}}
    documents.keep_draft(actor(), case(), draft_name(criteria), kept, 0)
    flash(
        "파일의 점수와 의견을 옮겼습니다. 아래에서 살펴보고 제출해 주세요. 아직 제출되지 않았습니다.",
        "success",
    )
    return redirect(url_for("scoring.sheet", number=number, lot=lot))


def _book(facts: CaseFacts, lot: int) -> SheetBook:
    criteria, services = open_criteria(facts, lot), scored_services(facts, lot)
    stems = {(c.criterion_id, result_id): stem for stem, c, result_id in sheet_form(criteria, services).cells}
    me = me_in(facts, actor())
    return sheet_book(facts.head.number, criteria, services, (me.evaluator_id, me.name), stems)

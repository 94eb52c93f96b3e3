"""Erasure of personal data in the record: find where it stands, look at it, say why, and let it go."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from flask import Blueprint, flash, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as BaseResponse

from procurement.domain.errors import InvalidInput, NotFound, ProcurementError, Refused
from procurement.domain.hangul import settled
from procurement.forms.erasure import ErasureForm, FindForm
from procurement.services import cases, erasure, erasure_files, erasure_find, erasure_rows, erasure_texts
from procurement.services.audit import EventView
from procurement.views.edge import actor

blueprint = Blueprint("erasure", __name__, url_prefix="/erasure")


@blueprint.get("")
def index() -> BaseResponse:
    """Erasures so far, and the event that was looked up; the page of a case for its number alone."""
    number, seq = _case(request.args), request.args.get("seq", "").strip()
    try:
        if number and not seq:
            return redirect(url_for("erasure.of_case", number=cases.require(number).number))
        if not seq:
            return _page(ErasureForm())
        return _page(ErasureForm(), event=erasure.look(_case(request.args), _seq(request.args)))
    except NotFound as error:
        return _page(ErasureForm(), 422, (error.message,))


@blueprint.post("")
def carry_out() -> BaseResponse:
    """Erase the body of the event."""
    form = ErasureForm(request.form)
    try:
        number, seq = _case(request.form), _seq(request.form)
        event = erasure.look(number, seq)
    except NotFound as error:
        return _page(form, error.status, (error.message,))
    if not form.validate():
        return _page(form, 422, event=event)
    try:
        erasure.erase(actor(), number, seq, ground=form.ground.data or "", reason=form.reason.data or "")
    except (NotFound, Refused) as error:
        return _page(form, error.status, (error.message,), event)
    where = number or "기관 원장"
    flash(f"{where}의 {seq}번 기록의 본문을 지웠습니다. 지운 사실과 근거는 원장에 남습니다.", "success")
    return redirect(url_for("erasure.index"))


@blueprint.post("/find")
def find() -> BaseResponse:
    """Where something of a person stands. What is looked for is sent, not put into an address."""
    form = FindForm(request.form)
    if not form.validate():
        return _page(ErasureForm(), 422, find_form=form)
    try:
        found = erasure_find.find(actor(), form.words.data or "", in_files=form.in_files.data)
    except InvalidInput as error:
        form.words.errors = [error.message]
        return _page(ErasureForm(), error.status, find_form=form)
    return make_response(render_template("audit/erasure_found.html", form=form, found=found))


@blueprint.get("/cases/<number>")
def of_case(number: str) -> BaseResponse:
    """Everything of a case that something can be erased in."""
    case = cases.require(number)
    return make_response(
        render_template(
            "audit/erasure_case.html",
            number=number,
            case=case,
            places=erasure_find.of_case(case),
            printed=erasure_files.printed(case),
        )
    )


@blueprint.get("/rows/<table>/<row_id>")
def row(table: str, row_id: str) -> BaseResponse:
    """One row with what it says; texts found in a search are ticked."""
    place = erasure_texts.look(table, row_id)
    return _row_page(place, ErasureForm(), request.args.getlist("at"))


@blueprint.post("/rows/<table>/<row_id>")
def erase_row(table: str, row_id: str) -> BaseResponse:
    """Erase the texts that are ticked; a file, a draft, an account as a whole."""
    place = erasure_texts.look(table, row_id)
    form, texts = ErasureForm(request.form), request.form.getlist("texts")
    if not form.validate():
        return _row_page(place, form, texts, 422)
    try:
        erasure_rows.erase(
            actor(),
            table,
            row_id,
            texts,
            ground=form.ground.data or "",
            reason=form.reason.data or "",
        )
    except ProcurementError as error:
        return _row_page(place, form, texts, error.status, (error.message,))
    flash(settled(f"{place.label}에서 지웠습니다. 지운 사실과 근거는 원장에 남습니다."), "success")
    if place.number:
        return redirect(url_for("erasure.of_case", number=place.number, _anchor="printed"))
    return redirect(url_for("erasure.index"))


def _case(fields: Mapping[str, str]) -> str:
    return fields.get("number", "").strip()


def _seq(fields: Mapping[str, str]) -> int:
    text = fields.get("seq", "").strip()
    if not text.isascii() or not text.isdecimal() or len(text) > 9:
        raise NotFound("기록 번호는 숫자로 적어 주세요.")
    return int(text)


def _page(
    form: ErasureForm,
    status: int = 200,
    errors: Sequence[str] = (),
    event: EventView | None = None,
    find_form: FindForm | None = None,
) -> BaseResponse:
    return make_response(
        render_template(
            "audit/erasure.html",
            form=form,
            find_form=find_form or FindForm(),
            event=event,
            kept=event is not None and erasure.is_kept(event.kind),
            errors=errors,
            typed=request.values,
            done=erasure.done(),
            rows_done=erasure_rows.done(),
            newest=erasure_find.newest_cases(),
        ),
        status,
    )


def _row_page(
    place: erasure_texts.Place,
    form: ErasureForm,
    ticked: Sequence[str],
    status: int = 200,
    errors: Sequence[str] = (),
) -> BaseResponse:
    more: dict[str, Any] = {}
    if place.table == erasure_texts.FILES:
        more["elsewhere"] = erasure_files.also_elsewhere(place.row_id)
    return make_response(
        render_template(
            "audit/erasure_row.html", place=place, form=form, ticked=set(ticked), errors=errors, **more
        ),
        status,
    )

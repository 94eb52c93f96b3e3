"""Erasure of personal data in the record: look at an event, say why, and let its body go."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from flask import Blueprint, flash, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as BaseResponse

from procurement.domain.errors import NotFound, Refused
from procurement.forms.erasure import ErasureForm
from procurement.services import erasure
from procurement.services.audit import EventView
from procurement.views.edge import actor

blueprint = Blueprint("erasure", __name__, url_prefix="/erasure")


@blueprint.get("")
def index() -> BaseResponse:
    """Erasures so far, and the event that was looked up."""
    if not request.args.get("seq", "").strip():
        return _page(ErasureForm())
    try:
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


def _case(fields: Mapping[str, str]) -> str:
    return fields.get("number", "").strip()


def _seq(fields: Mapping[str, str]) -> int:
    text = fields.get("seq", "").strip()
    if not text.isascii() or not text.isdecimal() or len(text) > 9:
        raise NotFound("기록 번호는 숫자로 적어 주세요.")
    return int(text)


def _page(
    form: ErasureForm, status: int = 200, errors: Sequence[str] = (), event: EventView | None = None
) -> BaseResponse:
    return make_response(
        render_template(
            "audit/erasure.html",
            form=form,
            event=event,
            errors=errors,
            typed=request.values,
            done=erasure.done(),
        ),
        status,
    )

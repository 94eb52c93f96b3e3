"""Erasure of personal data in the record: look at an event, say why, and let its body go."""

from __future__ import annotations

from collections.abc import Mapping

from flask import Blueprint, flash, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as BaseResponse

from procurement.domain.errors import InvalidInput, NotFound, Refused
from procurement.services import erasure
from procurement.views.edge import actor

blueprint = Blueprint("erasure", __name__, url_prefix="/erasure")


@blueprint.get("")
def index() -> BaseResponse:
    """Erasures so far, and the event that was looked up."""
    if not request.args.get("seq", "").strip():
        return _page(200)
    try:
        return _page(200, event=erasure.look(_case(request.args), _seq(request.args)))
    except (InvalidInput, NotFound) as error:
        return _page(422, errors={"seq": error.message})


@blueprint.post("")
def carry_out() -> BaseResponse:
    """Erase the body of the event."""
    form = request.form
    try:
        number, seq = _case(form), _seq(form)
        erasure.erase(actor(), number, seq, ground=form.get("ground", ""), reason=form.get("reason", ""))
    except InvalidInput as error:
        return _page(422, event=erasure.look(_case(form), _seq(form)), errors={error.field: error.message})
    except (NotFound, Refused) as error:
        return _page(error.status, errors={"seq": error.message})
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


def _page(status: int, event: object = None, errors: dict[str | None, str] | None = None) -> BaseResponse:
    return make_response(
        render_template(
            "audit/erasure.html",
            event=event,
            errors=errors or {},
            typed=request.values,
            done=erasure.done(),
        ),
        status,
    )

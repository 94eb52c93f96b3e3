"""Errors become pages here, and nowhere else."""

from __future__ import annotations

import re
import secrets

from flask import Flask, Response, current_app, jsonify, make_response, render_template, request
from flask_login import current_user
from flask_wtf.csrf import CSRFError
from jinja2 import TemplateNotFound
from werkzeug.exceptions import HTTPException, InternalServerError

from procurement.domain.access import PUBLIC_ROUTES
from procurement.domain.errors import ProcurementError
from procurement.services import failures


def wants_json() -> bool:
    """Whether a script of ours asked, and wants a sentence rather than a page."""
    return request.accept_mimetypes.best_match(["text/html", "application/json"]) == "application/json"


def page_for(error: ProcurementError) -> Response:
    """The page, or the JSON, of an error of ours: the sentence says how to mend it."""
    if wants_json():
        response = jsonify({"message": error.message, "field": error.field})
        response.status_code = error.status
        return response
    return _page(error.status, error.message)


# What ids, keys, versions and boxes send of themselves; who types writes something else.
_NOT_TYPED = re.compile(r"[a-z0-9_:\-]{0,80}$")
# More than any page has; a machine sends more.
_MOST_SHOWN = 500
_SECRET = {"csrf_token", "password", "current", "again"}


def _typed() -> list[str]:
    """The texts that were sent, so that a page that has no place for them shows them to be copied."""
    if request.method in ("GET", "HEAD"):
        return []
    try:
        sent = list(request.form.items(multi=True))
    except HTTPException:
        # What was too large to be read.
        return []
    return [text for name, text in sent if name not in _SECRET and not _NOT_TYPED.match(text)][:_MOST_SHOWN]


def signed_out() -> Response:
    """The session has ended: says so, and leads back to where the person was."""
    if wants_json():
        response = jsonify({"message": _SENTENCES[401]})
        response.status_code = 401
        return response
    try:
        current_app.url_map.bind("").match(request.path, method="GET")
    except HTTPException:
        return _page(401)
    return _page(401, back=request.path)


def _page(status: int, message: str = "", **more: str) -> Response:
    try:
        text = render_template(f"errors/{status}.html", message=message, typed=_typed(), **more)
    except TemplateNotFound:
        text = render_template("errors/400.html", message=message)
    return make_response(text, status)


def _http_error(error: HTTPException) -> Response:
    status = error.code or 500
    if status < 400:
        return make_response(error.get_response())
    if wants_json():
        response = jsonify({"message": _SENTENCES.get(status, _SENTENCES[400])})
        response.status_code = status
        return response
    return _page(status)


def _csrf_error(error: CSRFError) -> Response:
    current_app.logger.info("form token refused: %s", error.description)
    # A session that has ended took its token along.
    if request.endpoint not in PUBLIC_ROUTES and not current_user.is_authenticated:
        return signed_out()
    return _http_error(error)


def _crash(error: InternalServerError) -> Response:
    """A failure of what the program stands on (503), or a fault of its own (500), numbered as in the log."""
    outage = failures.outage_of(error.original_exception)
    number = secrets.token_hex(4)
    current_app.logger.error("failure %s: %r", number, error.original_exception)
    status = 503 if outage else 500
    if wants_json():
        response = jsonify({"message": outage or _SENTENCES[500]})
        response.status_code = status
    else:
        # Without the frame, who is signed in, or a query: whatever failed may fail again.
        page = current_app.jinja_env.get_template("errors/500.html")
        response = make_response(page.render(message=outage, error_id=number, typed=_typed()), status)
    if outage:
        response.headers["Retry-After"] = "30"
    return response


_SENTENCES = {
    400: "보낸 내용을 읽을 수 없습니다. 화면을 새로 고친 뒤 다시 보내 주세요.",
    401: "로그인이 끝났습니다. 다시 로그인해 주세요.",
    404: "찾는 것이 없습니다. 주소나 번호를 확인해 주세요.",
    405: "이 주소로는 그 일을 할 수 없습니다. 화면의 단추를 눌러 주세요.",
    413: "파일이 너무 큽니다. 파일을 나누거나 줄여서 올려 주세요.",
    429: "요청이 너무 잦습니다. 잠시 뒤에 다시 해 주세요.",
    500: "프로그램에 문제가 생겨 저장하지 못했습니다. 적던 글을 지우지 말고 잠시 뒤 다시 해 주세요.",
}


def init_app(app: Flask) -> None:
    """Bind the error pages to the application."""
    app.register_error_handler(CSRFError, _csrf_error)
    app.register_error_handler(InternalServerError, _crash)
    app.register_error_handler(HTTPException, _http_error)

"""Checkpoints for the auditor: the list, a copy to keep, the key, verifying against what is outside."""

from __future__ import annotations

import uuid
from urllib.parse import quote

from flask import Blueprint, Response, flash, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as BaseResponse

from procurement.adapters.signatures import KeyFileError
from procurement.domain.checkpoint import UnreadableCheckpointError, read_file
from procurement.domain.errors import InvalidInput
from procurement.services import checkpoints, signing, verification
from procurement.views.edge import actor

blueprint = Blueprint("checkpoints", __name__, url_prefix="/audit/checkpoints")


@blueprint.get("")
def index() -> BaseResponse:
    """Checkpoints, newest first, and what no copy outside covers."""
    return _page()


def _page(wrong: str = "", codes: str = "") -> BaseResponse:
    page = max(1, request.args.get("page", 1, type=int))
    rows, total = checkpoints.page(page)
    return make_response(
        render_template(
            "audit/checkpoints.html",
            rows=rows,
            total=total,
            page=page,
            pages=max(1, -(-total // checkpoints.PAGE_SIZE)),
            window=checkpoints.window(),
            troubles=checkpoints.troubles(),
            keys=signing.keys_of(uuid.UUID(actor().institution_id)),
            wrong=wrong,
            codes=codes,
        ),
        422 if wrong else 200,
    )


@blueprint.post("")
def write() -> BaseResponse:
    """Write a checkpoint of this moment."""
    try:
        row = checkpoints.write(actor(), "asked")
    except KeyFileError as error:
        raise InvalidInput(str(error)) from None
    flash(f"확인점 {row.number}번을 썼습니다. 내려받아 이 시스템 밖에 보관하세요.", "success")
    return redirect(url_for("checkpoints.index"))


@blueprint.get("/<int:checkpoint>.json")
def download(checkpoint: int) -> BaseResponse:
    """A copy to keep outside; that it left goes into the ledger."""
    name, content = checkpoints.download(actor(), checkpoint)
    return _attachment(content, name, "application/json")


@blueprint.get("/key/<key_id>.pem")
def public_key(key_id: str) -> BaseResponse:
    """The public key, with which anybody can check a signature."""
    return _attachment(signing.public_pem(actor().institution_id, key_id), f"{key_id}.pem", "text/plain")


@blueprint.post("/verify")
def verify() -> BaseResponse:
    """Verify the whole institution against the copies and printed codes that were handed in."""
    codes = request.form.get("codes", "")
    try:
        copies = [
            verification.Copy(file.filename or "파일", read_file(file.stream.read().decode("utf-8")))
            for file in request.files.getlist("file")
            if file.filename
        ]
        report = verification.verify(
            institution_id=uuid.UUID(actor().institution_id),
            copies=copies,
            codes=[code for code in codes.replace(",", "\n").splitlines() if code.strip()],
        )
    except UnicodeDecodeError:
        return _page("확인점 파일이 아닙니다. 내려받아 둔 JSON 파일을 골라 주세요.", codes)
    except UnreadableCheckpointError as error:
        return _page(str(error), codes)
    return make_response(render_template("audit/verify.html", report=report))


def _attachment(content: str, name: str, media_type: str) -> Response:
    response = Response(content, mimetype=media_type)
    response.headers["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(name)}"
    return response

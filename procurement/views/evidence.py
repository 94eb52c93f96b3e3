"""Evidence files: a list, an upload in a request of its own, a logged download."""

from __future__ import annotations

from urllib.parse import quote

from flask import (
    Blueprint,
    flash,
    jsonify,
    make_response,
    redirect,
    render_template,
    request,
    send_file,
    url_for,
)
from werkzeug.wrappers import Response as BaseResponse

from procurement.adapters.filetypes import safe_name
from procurement.domain.errors import InvalidInput
from procurement.domain.steps import Step
from procurement.services import evidence
from procurement.views.edge import actor, case, may_act
from procurement.views.errors import wants_json

blueprint = Blueprint("evidence", __name__, url_prefix="/cases/<number>/evidence")


@blueprint.get("")
def index(number: str) -> BaseResponse:
    """All files of the case that stand."""
    return make_response(
        render_template(
            "cases/evidence.html",
            number=number,
            case=case(),
            files=evidence.active_files(case()),
            purposes=evidence.PURPOSES,
            steps=list(Step),
            editable=may_act("case.write"),
        )
    )


@blueprint.post("")
def upload(number: str) -> BaseResponse:
    """Take one file; a refused one takes no other text along, since it travels alone."""
    sent = request.files.get("file")
    if sent is None or not sent.filename:
        raise InvalidInput("올릴 파일을 골라 주세요.", "file")
    step = request.values.get("step", "")
    received = evidence.receive(sent.stream, safe_name(sent.filename))
    row = evidence.attach(
        actor(),
        case(),
        received,
        purpose=request.values.get("purpose", "other"),
        step=Step(step) if step in {s.value for s in Step} else None,
        supersedes=request.values.get("supersedes") or None,
        reason=request.values.get("reason", ""),
    )
    if wants_json():
        return jsonify({"evidence_id": str(row.id), "file_name": row.name})
    flash(f"증빙 ‘{row.name}’을(를) 올렸습니다.", "success")
    return redirect(url_for("evidence.index", number=number))


@blueprint.get("/<uuid:evidence_id>")
def download(number: str, evidence_id: object) -> BaseResponse:
    """Send a file as an attachment; who took it goes into the ledger."""
    row, stream = evidence.open_for_download(actor(), case(), str(evidence_id))
    response = send_file(
        stream, mimetype="application/octet-stream", as_attachment=True, download_name=row.name
    )
    response.headers["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(row.name)}"
    return response

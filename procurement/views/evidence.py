"""Evidence files: a list, an upload in a request of its own, a logged download."""

from __future__ import annotations

from urllib.parse import quote

from flask import (
    Blueprint,
    Response,
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
from procurement.domain.errors import InvalidInput, TooLarge
from procurement.domain.hangul import settled
from procurement.domain.steps import Step
from procurement.forms.base import member, pairs
from procurement.forms.evidence import EvidenceForm
from procurement.services import evidence
from procurement.views.edge import actor, case, may_act
from procurement.views.errors import wants_json

blueprint = Blueprint("evidence", __name__, url_prefix="/cases/<number>/evidence")


@blueprint.get("")
def index(number: str) -> BaseResponse:
    """All files of the case that stand, and the form to add or replace one."""
    form = _form(request.args)
    return _page(number, form)


@blueprint.post("")
def upload(number: str) -> BaseResponse:
    """Take one file; a refused one takes no other text along, since it travels alone."""
    try:
        evidence_id, name = _attach()
    except (InvalidInput, TooLarge) as error:
        if wants_json():
            raise
        form = _form(request.form)
        form[error.field if error.field in form else "file"].errors = [error.message]
        return _page(number, form, error.status)
    if wants_json():
        return jsonify({"evidence_id": evidence_id, "file_name": name})
    flash(settled(f"증빙 ‘{name}’을(를) 올렸습니다."), "success")
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


def _attach() -> tuple[str, str]:
    sent, fields = request.files.get("file"), request.values
    if sent is None or not sent.filename:
        raise InvalidInput("올릴 파일을 골라 주세요.", "file")
    received = evidence.receive(sent.stream, safe_name(sent.filename))
    row = evidence.attach(
        actor(),
        case(),
        received,
        purpose=fields.get("purpose", "other"),
        step=member(Step, fields.get("step")),
        supersedes=fields.get("supersedes") or None,
        reason=fields.get("reason", ""),
    )
    return str(row.id), row.name


def _form(fields: object) -> EvidenceForm:
    form = EvidenceForm(fields)  # type: ignore[arg-type]
    form.purpose.choices = pairs(evidence.PURPOSES.items(), empty="고르세요")
    standing = evidence.active_files(case())
    files = [(file.evidence_id, f"{file.name} ({file.purpose_label})") for file in standing]
    form.supersedes.choices = pairs(files, empty="없음: 새 파일을 더합니다")
    return form


def _page(number: str, form: EvidenceForm, status: int = 200) -> Response:
    return make_response(
        render_template(
            "cases/evidence.html",
            number=number,
            case=case(),
            form=form,
            files=evidence.active_files(case()),
            superseded=evidence.superseded_files(case()),
            editable=may_act("case.write"),
        ),
        status,
    )

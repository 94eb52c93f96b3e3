"""The catalogue of registered services: loading a file, looking through it, comparing two loads, names."""

from __future__ import annotations

from dataclasses import dataclass
from typing import cast

from flask import Blueprint, current_app, flash, make_response, redirect, render_template, request, url_for
from itsdangerous import BadSignature, URLSafeSerializer
from werkzeug.wrappers import Response as BaseResponse

from procurement.adapters.evidence_store import StoredFile
from procurement.adapters.filetypes import safe_name
from procurement.adapters.spreadsheets import Table
from procurement.domain.catalogue import SERVICE_TYPES
from procurement.domain.counting import counted
from procurement.domain.errors import Conflict, InvalidInput, NotFound, TooLarge
from procurement.domain.hangul import settled
from procurement.domain.neutrality import Kind
from procurement.forms.base import count_of
from procurement.forms.catalogue import NameForm, mapping_form
from procurement.forms.record_fields import tell
from procurement.services import catalogue, evidence, fetching, names
from procurement.views.edge import actor, may_act

blueprint = Blueprint("catalogue", __name__, url_prefix="/catalogue")

SAMPLE_ROWS = 5


@blueprint.get("")
def index() -> BaseResponse:
    """All loads, newest first."""
    return make_response(
        render_template(
            "catalogue/index.html", loads=catalogue.loads(), editable=may_act("catalogue.load", frozenset())
        )
    )


@blueprint.get("/loads/<int:load_number>")
def show(load_number: int) -> BaseResponse:
    """The services of a load."""
    args = request.args
    query = {
        "text": args.get("q", "")[:200],
        "service_type": args.get("type", ""),
        "sort": args.get("sort", "position"),
    }
    return make_response(
        render_template(
            "catalogue/show.html",
            load=catalogue.find(load_number),
            services=catalogue.services(load_number, page=args.get("page", 1, type=int), **query),
            query=query,
            types=SERVICE_TYPES,
        )
    )


@blueprint.get("/difference")
def difference() -> BaseResponse:
    """What changed between two loads."""
    earlier, later = (count_of(request.args.get(name)) for name in ("from", "to"))
    return make_response(
        render_template(
            "catalogue/difference.html",
            earlier=catalogue.find(earlier),
            later=catalogue.find(later),
            difference=catalogue.difference(earlier, later),
        )
    )


@blueprint.get("/new")
def new() -> BaseResponse:
    """Where a file is sent."""
    return _new_page([])


@blueprint.post("/new")
def receive() -> BaseResponse:
    """Take a file into the store and go on to its columns."""
    sent = request.files.get("file")
    try:
        if sent is None or not sent.filename:
            raise InvalidInput("서비스 목록 파일을 골라 주세요.")
        received = evidence.receive(sent.stream, safe_name(sent.filename))
        catalogue.read_file(received.stored.digest, received.name)
    except (InvalidInput, TooLarge) as error:
        return _new_page([error.message], error.status)
    return redirect(url_for("catalogue.columns", file=seal(received)))


@blueprint.get("/columns")
def columns() -> BaseResponse:
    """The columns of a file that was sent, with what each seems to mean."""
    return _columns_page(_open(request.args.get("file", "")), None)


@blueprint.post("/columns")
def load() -> BaseResponse:
    """Keep the services of the file as the newest load."""
    sent = _open(request.form.get("file", ""))
    table = sent.table
    form = mapping_form(request.form, table.columns, {})
    try:
        if form.twice():
            raise InvalidInput(f"‘{form.twice()}’ 열을 두 곳에 연결했습니다. 한 곳에만 연결해 주세요.")
        services = catalogue.services_of(table, form.mapping())
        row = catalogue.load(actor(), sent.received, table.columns, form.mapping(), services)
    except InvalidInput as error:
        tell(form, error)
        return _columns_page(sent, form, 422)
    many = counted(row.service_count, "service")
    flash(f"서비스 {many}를 {row.number}번째 목록으로 불러왔습니다.", "success")
    return redirect(url_for("catalogue.show", load_number=row.number))


@blueprint.get("/names")
def own_names() -> BaseResponse:
    """Names that no search word may hold: the institution's own, and those that only ask for a reason."""
    return _names_page(NameForm())


@blueprint.post("/names")
def add_name() -> BaseResponse:
    """Add a name."""
    form = NameForm(request.form)
    if not form.validate():
        return _names_page(form, 422)
    try:
        names.add_name(
            actor(), form.name.data or "", form.other_names(), cast(Kind, form.kind.data or "company")
        )
    except (InvalidInput, Conflict) as error:
        error.field = error.field or "name"
        tell(form, error)
        return _names_page(form, error.status)
    flash(settled(f"‘{(form.name.data or '').strip()}’을(를) 더했습니다."), "success")
    return redirect(url_for("catalogue.own_names"))


@dataclass(frozen=True)
class _Sent:
    """A file that was sent a page before."""

    received: evidence.Received
    table: Table
    token: str


def _serializer() -> URLSafeSerializer:
    return URLSafeSerializer(current_app.config["SECRET_KEY"], salt="catalogue file")


def seal(received: evidence.Received) -> str:
    """The file's name in the store, so that only who sent it can go on with it."""
    stored = received.stored
    return str(
        _serializer().dumps(
            [stored.digest, stored.size_bytes, received.name, received.media_type, actor().account_id]
        )
    )


def _open(token: str) -> _Sent:
    try:
        digest, size, name, media_type, account_id = _serializer().loads(token)
    except (BadSignature, ValueError):
        raise NotFound("올린 파일을 찾을 수 없습니다. 파일을 다시 올려 주세요.") from None
    if account_id != actor().account_id:
        raise NotFound("올린 파일을 찾을 수 없습니다. 파일을 다시 올려 주세요.")
    received = evidence.Received(StoredFile(digest, size), name, media_type)
    return _Sent(received, catalogue.read_file(digest, name), token)


def _new_page(errors: list[str], status: int = 200) -> BaseResponse:
    return make_response(
        render_template("catalogue/new.html", errors=errors, goods=fetching.goods_offered()), status
    )


def _columns_page(sent: _Sent, form: object, status: int = 200) -> BaseResponse:
    table = sent.table
    return make_response(
        render_template(
            "catalogue/columns.html",
            sent=sent,
            form=form or mapping_form(None, table.columns, catalogue.proposed_mapping(table)),
            rows=table.rows[:SAMPLE_ROWS],
        ),
        status,
    )


def _names_page(form: NameForm, status: int = 200) -> BaseResponse:
    return make_response(
        render_template(
            "catalogue/names.html",
            form=form,
            names=names.own_names(),
            screened=names.screened(),
            editable=may_act("catalogue.load", frozenset()),
        ),
        status,
    )

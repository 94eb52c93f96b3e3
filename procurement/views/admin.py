"""The institution's administrator: settings, accounts and their roles, one-time links."""

from __future__ import annotations

from flask import Blueprint, Response, flash, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as BaseResponse

from procurement.domain.access import Role
from procurement.domain.errors import InvalidInput
from procurement.domain.facts.case import ContractLaw, InstitutionKind
from procurement.forms.admin import AccountForm, InstitutionForm, RolesForm
from procurement.services import admin, people
from procurement.views.edge import actor

blueprint = Blueprint("admin", __name__, url_prefix="/admin")


@blueprint.get("")
def institution() -> BaseResponse:
    """Settings of the institution."""
    view = admin.institution_of(actor())
    form = InstitutionForm(
        data={
            "name": view.name,
            "kind": view.kind.value,
            "contract_law": view.contract_law.value,
            "search_result_limit": view.search_result_limit,
            "own_route_days": view.own_route_days,
            "central_route_days": view.central_route_days,
        }
    )
    return _institution_page(form)


@blueprint.post("")
def change_institution() -> BaseResponse:
    """Save the settings of the institution."""
    form = InstitutionForm(request.form)
    if form.validate():
        try:
            changed = admin.change_institution(
                actor(),
                admin.InstitutionView(
                    form.name.data or "",
                    InstitutionKind(form.kind.data),
                    ContractLaw(form.contract_law.data),
                    form.search_result_limit.data or 0,
                    form.own_route_days.data,
                    form.central_route_days.data,
                ),
            )
        except InvalidInput as error:
            form[error.field or "name"].errors = [error.message]
        else:
            flash("기관 설정을 저장했습니다." if changed else "바뀐 것이 없습니다.", "success")
            return redirect(url_for("admin.institution"))
    return _institution_page(form, 422)


@blueprint.get("/accounts")
def accounts() -> BaseResponse:
    """People of the institution and what they may do."""
    text, everyone = request.args.get("q", "")[:100], request.args.get("all") == "1"
    return make_response(
        render_template(
            "admin/accounts.html",
            accounts=admin.accounts(text, everyone=everyone),
            text=text,
            everyone=everyone,
        )
    )


@blueprint.get("/accounts/new")
def new_account() -> BaseResponse:
    """The form of a new account."""
    return make_response(render_template("admin/new_account.html", form=AccountForm()))


@blueprint.post("/accounts/new")
def create_account() -> BaseResponse:
    """Make an account and show its one-time link."""
    form = AccountForm(request.form)
    if form.validate():
        try:
            made = admin.create_account(
                actor(),
                login=form.login.data or "",
                name=form.name.data or "",
                department=form.department.data or "",
                roles=_roles(form),
            )
        except InvalidInput as error:
            form[error.field or "login"].errors = [error.message]
        else:
            return _link_page(made)
    return make_response(render_template("admin/new_account.html", form=form), 422)


@blueprint.get("/accounts/<uuid:account_id>")
def account(account_id: object) -> BaseResponse:
    """One account: its roles, its link, switching it off."""
    found = admin.account(str(account_id))
    return _account_page(found, RolesForm(data={"roles": [role.value for role in found.roles]}))


@blueprint.post("/accounts/<uuid:account_id>/roles")
def change_roles(account_id: object) -> BaseResponse:
    """Give an account other roles."""
    form = RolesForm(request.form)
    if not form.validate():
        return _account_page(admin.account(str(account_id)), form, 422)
    admin.change_roles(actor(), str(account_id), _roles(form))
    flash("역할을 바꾸었습니다.", "success")
    return redirect(url_for("admin.account", account_id=account_id))


@blueprint.post("/accounts/<uuid:account_id>/link")
def make_link(account_id: object) -> BaseResponse:
    """Make a new one-time link and show it, this once."""
    return _link_page(admin.account(str(account_id)))


@blueprint.get("/accounts/<uuid:account_id>/off")
def deactivate_page(account_id: object) -> BaseResponse:
    """What switching an account off brings with it."""
    return make_response(render_template("admin/deactivate.html", account=admin.account(str(account_id))))


@blueprint.post("/accounts/<uuid:account_id>/off")
def deactivate(account_id: object) -> BaseResponse:
    """Switch an account off."""
    admin.deactivate(actor(), str(account_id))
    flash("계정의 사용을 중지했습니다. 열려 있던 로그인도 끝났습니다.", "success")
    return redirect(url_for("admin.account", account_id=account_id))


@blueprint.post("/accounts/<uuid:account_id>/on")
def activate(account_id: object) -> BaseResponse:
    """Switch an account on again."""
    admin.activate(actor(), str(account_id))
    flash("계정을 다시 쓸 수 있게 했습니다.", "success")
    return redirect(url_for("admin.account", account_id=account_id))


def _roles(form: RolesForm) -> list[Role]:
    return [Role(value) for value in form.roles.data or ()]


def _institution_page(form: InstitutionForm, status: int = 200) -> Response:
    proposals = {kind.label: law.label for kind, law in admin.PROPOSED_LAW.items()}
    return make_response(render_template("admin/institution.html", form=form, proposals=proposals), status)


def _account_page(account: admin.AccountView, form: RolesForm, status: int = 200) -> Response:
    return make_response(render_template("admin/account.html", account=account, form=form), status)


def _link_page(account: admin.AccountView) -> Response:
    token = people.make_link(actor(), account.account_id)
    response = make_response(
        render_template(
            "admin/link.html",
            account=account,
            link=url_for("accounts.use_link", token=token, _external=True),
            days=people.LINK_DAYS,
        )
    )
    # The link must not come back from the browser's memory on a shared computer.
    response.headers["Cache-Control"] = "no-store"
    return response

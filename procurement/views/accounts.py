"""Signing in and out, one-time links, one's own password."""

from __future__ import annotations

from http import HTTPStatus
from urllib.parse import urlsplit

from flask import (
    Blueprint,
    current_app,
    flash,
    g,
    make_response,
    redirect,
    render_template,
    request,
    session,
    url_for,
)
from flask_login import current_user, login_user, logout_user
from werkzeug.wrappers import Response as BaseResponse

from procurement.domain.errors import InvalidInput
from procurement.extensions import limiter
from procurement.forms.accounts import PasswordForm, SignInForm
from procurement.services import people
from procurement.views.edge import SessionUser, actor

blueprint = Blueprint("accounts", __name__)

FAILURES_FROM_ONE_ADDRESS = "30/minute"


@blueprint.route("/sign-in", methods=["GET", "POST"])
@limiter.limit(
    FAILURES_FROM_ONE_ADDRESS,
    methods=["POST"],
    exempt_when=lambda: current_app.testing,
    # A whole office may sit behind one address, and signs in at nine.
    deduct_when=lambda response: response.status_code >= HTTPStatus.BAD_REQUEST,
)
def sign_in() -> BaseResponse:
    """Sign in; goes back to where the person wanted to go, on this site only."""
    form = SignInForm(request.form)
    if request.method == "GET":
        if current_user.is_authenticated:
            return redirect(url_for("cases.index"))
        return make_response(render_template("accounts/sign_in.html", form=form))
    # A failure counts on the account, so it is kept although the answer is an error.
    g.commit_anyway = True
    status = 422
    if form.validate():
        try:
            found, stamp = people.sign_in(form.login.data or "", form.password.data or "")
        except InvalidInput as error:
            form.password.errors = [error.message]
            status = 401
        else:
            session.clear()
            login_user(SessionUser(found, stamp))
            return redirect(_local(request.args.get("next", "")) or url_for("cases.index"))
    return make_response(render_template("accounts/sign_in.html", form=form), status)


@blueprint.post("/sign-out")
def sign_out() -> BaseResponse:
    """Sign out of this browser."""
    logout_user()
    session.clear()
    return redirect(url_for("accounts.sign_in"))


@blueprint.get("/me")
def profile() -> BaseResponse:
    """Who I am here, and the form to change my password."""
    return make_response(render_template("accounts/profile.html", form=PasswordForm()))


@blueprint.post("/me/password")
def change_password() -> BaseResponse:
    """Change my password; every other session of mine ends."""
    form = PasswordForm(request.form)
    if form.validate():
        try:
            stamp = people.change_password(actor(), form.current.data or "", form.password.data or "")
        except InvalidInput as error:
            form[error.field or "password"].errors = [error.message]
        else:
            login_user(SessionUser(actor(), stamp))
            flash("비밀번호를 바꾸었습니다. 다른 곳의 로그인은 모두 끝났습니다.", "success")
            return redirect(url_for("accounts.profile"))
    return make_response(render_template("accounts/profile.html", form=form), 422)


@blueprint.route("/link/<token>", methods=["GET", "POST"])
def use_link(token: str) -> BaseResponse:
    """Set a password by a link that an administrator handed over; good once."""
    form = PasswordForm(request.form)
    del form.current
    name = people.name_behind_link(token)
    if name is None:
        return make_response(render_template("accounts/link_dead.html"), 404)
    if request.method == "POST" and form.validate():
        try:
            people.use_link(token, form.password.data or "")
        except InvalidInput as error:
            form.password.errors = [error.message]
        else:
            flash("비밀번호를 정했습니다. 이제 로그인해 주세요.", "success")
            return redirect(url_for("accounts.sign_in"))
    return make_response(
        render_template("accounts/link.html", form=form, name=name), 422 if request.method == "POST" else 200
    )


def _local(target: str) -> str:
    parts = urlsplit(target)
    ok = target.startswith("/") and not target.startswith(("//", "/\\")) and not parts.netloc
    return target if ok else ""

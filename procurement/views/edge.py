"""The edge of a request: who is it, may they, one transaction, one commit."""

from __future__ import annotations

from typing import Any

from flask import Flask, g, redirect, request, url_for
from flask_login import UserMixin, current_user
from werkzeug.wrappers import Response as BaseResponse

from procurement.domain.access import CHANGING_ACTS, PUBLIC_ROUTES, Actor, Relation, may
from procurement.domain.closing import ENDED, CaseEnded
from procurement.domain.errors import Conflict, NotAllowed, NotFound, ProcurementError, Refused
from procurement.extensions import db, login, writing
from procurement.services import cases, failures, ledger, people, unit
from procurement.views import errors, incoming, sent_twice
from procurement.views.routes import APPENDS_NOTHING, GUARDED_READS, LOGGED_READS, ROUTES

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})


class SessionUser(UserMixin):  # type: ignore[misc]
    """What Flask-Login keeps of a person: the actor, and the stamp that ends the session when it changes."""

    def __init__(self, actor: Actor, stamp: str) -> None:
        self.actor = actor
        self.stamp = stamp

    def get_id(self) -> str:
        """Text kept in the session cookie."""
        return f"{self.actor.account_id}:{self.stamp}"


def actor() -> Actor:
    """Who is signed in; only on routes that need signing in."""
    return current_user.actor  # type: ignore[no-any-return]


def case() -> Any:
    """The case of this request, already bounded by institution and permission."""
    return g.case


def init_app(app: Flask) -> None:
    """Bind the edge to the application."""
    login.init_app(app)
    login.user_loader(_user_of_session)
    app.before_request(_enter)
    app.after_request(_leave)
    app.teardown_request(_done)
    app.context_processor(_viewer)
    app.register_error_handler(ProcurementError, _undo_then_raise)
    app.register_error_handler(failures.CLASH, _taken_meanwhile)


def _user_of_session(text: str) -> SessionUser | None:
    account_id, _, stamp = text.partition(":")
    found = people.actor_by_session(account_id, stamp)
    return SessionUser(found, stamp) if found else None


def _viewer() -> dict[str, Any]:
    signed_in = current_user and current_user.is_authenticated
    return {"viewer": current_user.actor if signed_in else None, "may_act": may_act}


def _writes() -> bool:
    return request.method not in SAFE_METHODS or request.endpoint in LOGGED_READS


def _enter() -> BaseResponse | None:
    """Sign-in, permission, then the transaction of the work itself."""
    writing.set(False)
    g.case, g.relations = None, frozenset()
    endpoint = request.endpoint
    if endpoint is None:
        return None
    incoming.admit(request)
    if endpoint in PUBLIC_ROUTES:
        _begin_work()
        return None
    if not current_user.is_authenticated:
        return _ask_to_sign_in()
    unit.bind(actor().institution_id)
    _check_permission(endpoint)
    if (answered := sent_twice.begin(actor())) is not None:
        return answered
    _begin_work()
    return None


def _check_permission(endpoint: str) -> None:
    number = (request.view_args or {}).get("number")
    if number is not None:
        g.case = cases.by_number(number)
        if g.case is None:
            raise NotFound(f"{number} 이용계약 건이 없습니다. 번호를 확인해 주세요.")
        g.relations = people.relations_to(actor(), g.case)
    if not may(actor(), ROUTES.get(endpoint, ""), g.relations):
        raise NotAllowed(
            "이 일을 할 권한이 없습니다. 권한이 필요하면 이 건의 담당자나 기관 관리자에게 요청해 주세요."
        )
    if _has_ended() and ROUTES[endpoint] in CHANGING_ACTS:
        # What keeps nothing in the ledger, such as a draft that keeps itself, leaves no trace there either.
        raise Conflict(ENDED) if endpoint in APPENDS_NOTHING else CaseEnded()


def _has_ended() -> bool:
    return g.get("case") is not None and g.case.end_kind is not None


def may_act(act: str, relations: frozenset[Relation] | None = None) -> bool:
    """Whether who is signed in may do ``act`` on the case of this request, as it stands."""
    if act in CHANGING_ACTS and _has_ended():
        return False
    signed_in = current_user and current_user.is_authenticated
    held = relations if relations is not None else g.get("relations", frozenset())
    return bool(signed_in) and may(current_user.actor, act, held)


def _begin_work() -> None:
    """End the reading done so far; what writes takes its lock with its next query."""
    if _writes():
        db.session.rollback()
        writing.set(True)


def _ask_to_sign_in() -> BaseResponse:
    if request.headers.get("X-Requested-With") or request.method not in SAFE_METHODS:
        return errors.signed_out()
    return redirect(url_for("accounts.sign_in", next=request.full_path))


def _leave(response: BaseResponse) -> BaseResponse:
    """One commit, when the answer is not an error; none for a form that another request has sent already."""
    if not _writes() and not g.get("commit_anyway"):
        return response
    if g.get("sent_form") and (answered := _answered_meanwhile(response)) is not None:
        unit.rollback()
        return answered
    refused_on_record = g.get("commit_anyway") and response.status_code < 500
    if response.status_code < 400 or refused_on_record:
        unit.commit()
    else:
        unit.rollback()
    return response


def _answered_meanwhile(response: BaseResponse) -> BaseResponse | None:
    """The answer to the same form, where it was taken while this request was at work."""
    if response.status_code >= 500:
        return None
    if response.status_code >= 400:
        if not g.get("commit_anyway"):
            unit.rollback()
    elif sent_twice.keep(actor(), response):
        return None
    return sent_twice.answer(actor())


def _done(_error: BaseException | None) -> None:
    writing.set(False)


def _undo_then_raise(error: ProcurementError) -> Any:
    """Undo what was begun; write down what a guard refused or permission denied; show the page."""
    unit.rollback()
    signed_in = current_user and current_user.is_authenticated
    # Taking a file is an act as well: a sealed quote that somebody asked for is in the ledger.
    if signed_in and g.get("case") is not None:
        if isinstance(error, NotAllowed) and request.method not in SAFE_METHODS:
            error = NotAllowedOnRecord(error)
        if isinstance(error, Refused) and _writes():
            note_refusal(error)
        elif isinstance(error, NotAllowed) and (tried := GUARDED_READS.get(request.endpoint or "")):
            note_refusal(NotAllowedOnRecord(NotAllowed(f"{tried}: {error.message}")))
    return errors.page_for(error)


def _taken_meanwhile(clash: Exception) -> Any:
    """Two at the same moment wanted what can be there only once: the second is told to look again."""
    conflict = failures.conflict_of(clash) if isinstance(clash, failures.CLASH) else None
    if conflict is None:
        raise clash
    return _undo_then_raise(conflict)


def note_refusal(error: Refused) -> None:
    """Undo what was begun and write down what a guard refused; for pages that show the form again."""
    unit.rollback()
    writing.set(True)
    ledger.record_refusal(actor(), g.case, error)
    g.commit_anyway = True


class NotAllowedOnRecord(Refused):
    """A denied act that changes something, so that it can be written down like a refused one."""

    status = 403

    def __init__(self, error: NotAllowed) -> None:
        super().__init__(error.message, "C-3")

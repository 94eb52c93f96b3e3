"""Institutions, people and cases for tests, and a client that is signed in.

Everything is committed at once, so that a request, which has a session of its own, sees it. Ask for the
fixture ``db_session`` first: the factories work in its application context. ``work()`` is the piece of
writing work to call services in, as a request or a command would.
"""

from __future__ import annotations

import re
import uuid
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import cache
from typing import Any

from flask import current_app
from flask.testing import FlaskClient
from sqlalchemy import func, select
from werkzeug.test import TestResponse

from procurement.domain.access import Actor, Relation, Role
from procurement.extensions import db
from procurement.models import Account, AccountRole, Case, Chain, Event, Institution, InstitutionName
from procurement.models.base import ACROSS
from procurement.services import cases, people, unit

PASSWORD = "표본-비밀번호-0001"
TITLE = "표본 협업도구 클라우드 이용"


@cache
def _password_hash() -> str:
    """One hash for all accounts of a run: hashing is slow on purpose."""
    return people.hash_password(PASSWORD)


@contextmanager
def work() -> Iterator[None]:
    """A piece of writing work in the institution at hand, committed at its end."""
    with unit.work():
        yield


def an_institution(
    name: str = "표본연구원",
    *,
    kind: str = "other_public",
    contract_law: str = "local",
    is_sample: bool = False,
) -> Institution:
    """An institution, to which the session is bound from here on."""
    with work():
        row = Institution(name=name, kind=kind, contract_law=contract_law, is_sample=is_sample)
        db.session.add(row)
        db.session.flush()
        unit.bind(str(row.id))
    return row


def in_institution(institution: Institution) -> None:
    """Bind the session to another institution."""
    unit.bind(str(institution.id))


def an_account(
    *roles: Role, name: str = "", login: str = "", is_sample: bool = False, active: bool = True
) -> Account:
    """A person of the institution at hand (a new one when there is none) with ``roles`` and ``PASSWORD``."""
    if "institution_id" not in db.session.info:
        an_institution()
    label = roles[0].label if roles else "직원"
    with work():
        row = Account(
            institution_id=db.session.info["institution_id"],
            login=login or f"person-{uuid.uuid4().hex[:10]}",
            name=name or f"표본 {label}",
            password_hash=_password_hash(),
            is_sample=is_sample,
            active=active,
        )
        db.session.add(row)
        db.session.flush()
        db.session.add_all(
            AccountRole(institution_id=row.institution_id, account_id=row.id, role=role.value)
            for role in roles
        )
    return row


def a_colleague(case: Case, role: Role, name: str) -> Account:
    """A new account with ``role`` in the case's institution; it cannot sign in."""
    row = Account(
        institution_id=case.institution_id,
        login=f"{role.value}-{uuid.uuid4().hex[:10]}",
        name=name,
        password_hash="none",
    )
    db.session.add(row)
    db.session.flush()
    db.session.add(AccountRole(institution_id=case.institution_id, account_id=row.id, role=role.value))
    db.session.flush()
    return row


def actor_for(account: Account) -> Actor:
    """The actor that an account stands for."""
    db.session.refresh(account)
    institution = db.session.get_one(Institution, account.institution_id)
    return people.actor_of(account, institution)


def a_case(
    project_officer: Account | None = None, contract_officer: Account | None = None, title: str = TITLE
) -> Case:
    """A case of the institution at hand with its two officers, who are made when they are not given."""
    project = project_officer or an_account(Role.PROJECT_OFFICER)
    contract = contract_officer or an_account(Role.CONTRACT_OFFICER)
    actor = actor_for(project)
    with work():
        return cases.open_case(
            actor, title=title, project_officer_id=str(project.id), contract_officer_id=str(contract.id)
        )


def project_officer_of(case: Case) -> Actor:
    """The project officer of a case."""
    return actor_for(db.session.get_one(Account, case.project_officer_id))


def account_of(case: Case) -> Account:
    """The account of the project officer of a case."""
    return db.session.get_one(Account, case.project_officer_id)


def a_name(name: str, *aliases: str, kind: str = "company") -> None:
    """A name that the institution at hand keeps for the neutrality check."""
    with work():
        db.session.add(
            InstitutionName(
                institution_id=db.session.info["institution_id"],
                name=name,
                aliases="|".join(aliases),
                kind=kind,
            )
        )


def contract_officer_of(case: Case) -> Actor:
    """The contract officer of a case."""
    return actor_for(db.session.get_one(Account, case.contract_officer_id))


def a_member(case: Case, relation: Relation, *more_roles: Role, account: Account | None = None) -> Account:
    """A person who takes part in a case as evaluator, approver or collaborator."""
    role = cases.MEMBER_ROLES[relation.value] or Role.PROJECT_OFFICER
    person = account or an_account(role, *more_roles)
    actor = project_officer_of(case)
    with work():
        cases.add_member(actor, case, str(person.id), relation.value)
    return person


def signed_in(client: FlaskClient, account: Account) -> FlaskClient:
    """``client`` with the session of ``account``, without the slow check of a password."""
    interface = current_app.session_interface
    serializer = interface.get_signing_serializer(current_app)  # type: ignore[attr-defined]
    session = {"_user_id": f"{account.id}:{account.stamp}", "_fresh": True}
    client.set_cookie(current_app.config["SESSION_COOKIE_NAME"], serializer.dumps(session))
    return client


def csrf_token(client: FlaskClient, url: str = "/me") -> str:
    """The form token of the session, as a page of it carries it."""
    found = re.search(r'<meta name="csrf-token" content="([^"]+)"', client.get(url).text)
    assert found is not None, f"no token on {url}"
    return found.group(1)


def post(client: FlaskClient, url: str, data: Mapping[str, Any] | None = None, **more: Any) -> TestResponse:
    """Send a form with its token."""
    headers = {"X-CSRFToken": csrf_token(client), **more.pop("headers", {})}
    return client.post(url, data=dict(data or {}), headers=headers, **more)


def event_kinds(case: Case | None) -> list[str]:
    """Kinds of the events of a case, or of the institution at hand, oldest first."""
    institution_id = db.session.info["institution_id"]
    # What a request has committed meanwhile is seen only by a new transaction.
    case_id = case.id if case is not None else None
    db.session.rollback()
    query = (
        select(Event.kind)
        .join(Chain, Chain.id == Event.chain_id)
        .where(Chain.institution_id == institution_id, Chain.case_id == case_id)
        .order_by(Event.seq)
    )
    return list(db.session.scalars(query))


def event_count() -> int:
    """Number of all events of all institutions."""
    db.session.rollback()
    query = select(func.count()).select_from(Event).execution_options(**{ACROSS: True})
    return db.session.scalar(query) or 0

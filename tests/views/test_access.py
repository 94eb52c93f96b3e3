"""Every route, for every role in every relation to the case: denied unless the tables allow it."""

from __future__ import annotations

import uuid
from collections.abc import Iterator

import pytest
from flask import Flask, Response
from flask.testing import FlaskClient
from werkzeug.routing import Rule

from procurement.domain.access import ACTS, PUBLIC_ROUTES, Relation, Role
from procurement.domain.steps import Step
from procurement.extensions import db
from procurement.models import Account, Case
from procurement.services import cases, people, unit
from procurement.views import edge
from procurement.views.routes import APPENDS_NOTHING, LOGGED_READS, ROUTES
from tests.support.factories import (
    a_case,
    a_member,
    actor_for,
    an_account,
    an_institution,
    event_kinds,
    in_institution,
    post,
    project_officer_of,
    signed_in,
    work,
)
from tests.support.selecting import a_file

pytestmark = [pytest.mark.usefixtures("db_session"), pytest.mark.one_database]

# A value for every variable part of an address; the text ones are looked at by the pages alone.
VALUES = {
    "number": "2026-0001",
    "step": Step.BUDGET,
    "token": "none",
    "filename": "css/base.css",
    "month": "2026-03",
}


@pytest.fixture
def stubs(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every page answers with one word, so that only permission is seen; and needs no form token.

    That a denied act is written down has a test of its own; here it would be written thousands of times.
    """
    monkeypatch.setitem(app.config, "WTF_CSRF_ENABLED", False)
    monkeypatch.setattr(edge.ledger, "record_refusal", lambda *_arguments: None)
    monkeypatch.setattr(edge.errors, "page_for", lambda error: Response(error.message, error.status))
    for endpoint in app.view_functions:
        if endpoint != "static":
            monkeypatch.setitem(app.view_functions, endpoint, lambda **_values: "reached")


def value_for(rule: Rule, argument: str) -> object:
    """Something that fits a variable part of an address."""
    converter = rule._converters[argument]
    kind = type(converter).__name__
    if kind == "AnyConverter":
        return min(converter.items)
    if kind == "UUIDConverter":
        return uuid.UUID(int=1)
    return 1 if kind == "IntegerConverter" else VALUES.get(argument, "1")


def addresses(app: Flask, number: str) -> Iterator[tuple[str, str, str]]:
    """Endpoint, method and address of every route of the application."""
    adapter = app.url_map.bind("localhost")
    for rule in app.url_map.iter_rules():
        values = {argument: value_for(rule, argument) for argument in rule.arguments}
        if "number" in values:
            values["number"] = number
        for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}):
            yield rule.endpoint, method, adapter.build(rule.endpoint, values, method=method)


@pytest.mark.parametrize("role", Role)
def test_a_route_is_denied_unless_its_act_is_granted_to_role_and_relation(
    app: Flask, client: FlaskClient, monkeypatch: pytest.MonkeyPatch, stubs: None, role: Role
) -> None:
    case, account = a_case(), an_account(role)
    number, held_by = case.number, actor_for(account)
    signed_in(client, account)
    # Who asks and for which case is known, so that thousands of requests need no database.
    monkeypatch.setattr(people, "actor_by_session", lambda _account_id, _stamp: held_by)
    monkeypatch.setattr(cases, "by_number", lambda _number: case)
    routes = [row for row in addresses(app, number) if row[0] not in PUBLIC_ROUTES]
    wrong = []
    for relation in Relation:
        monkeypatch.setattr(people, "relations_to", lambda _actor, _case, held=relation: frozenset({held}))
        for endpoint, method, url in routes:
            held = {Relation.NONE, relation} if number in url else {Relation.NONE}
            granted = any((role, each) in ACTS[ROUTES[endpoint]] for each in held)
            status = client.open(url, method=method).status_code
            if status != (200 if granted else 403):
                wrong.append((endpoint, method, relation.value, status))
    assert wrong == []


def test_without_signing_in_only_the_public_routes_are_reached(
    app: Flask, client: FlaskClient, stubs: None
) -> None:
    number = a_case().number
    wrong = []
    for endpoint, method, url in addresses(app, number):
        expected = 200 if endpoint in PUBLIC_ROUTES else 302 if method == "GET" else 401
        with client.open(url, method=method) as answer:
            if answer.status_code != expected:
                wrong.append((endpoint, method, answer.status_code))
    assert wrong == []


def test_every_route_is_in_one_of_the_tables_and_every_act_is_known(app: Flask) -> None:
    endpoints = {rule.endpoint for rule in app.url_map.iter_rules()}
    assert endpoints == ROUTES.keys() | PUBLIC_ROUTES
    assert set(ROUTES.values()) <= ACTS.keys()
    assert APPENDS_NOTHING.keys() | LOGGED_READS <= endpoints


@pytest.mark.parametrize("role", Role)
def test_a_route_that_is_missing_from_the_table_is_denied_to_everyone(
    client: FlaskClient, monkeypatch: pytest.MonkeyPatch, stubs: None, role: Role
) -> None:
    signed_in(client, an_account(role))
    assert client.get("/help").status_code == 200
    monkeypatch.setattr(edge, "ROUTES", {key: act for key, act in ROUTES.items() if key != "help.index"})
    assert client.get("/help").status_code == 403


def test_a_denied_act_that_would_change_something_is_written_down(client: FlaskClient) -> None:
    case = a_case()
    signed_in(client, an_account(Role.AUDITOR))
    answer = post(client, f"/cases/{case.number}/members", {"account_id": "1", "role": "evaluator"})
    assert answer.status_code == 403
    assert event_kinds(case)[-1] == "act.refused"


def test_a_denied_page_is_not_written_down(client: FlaskClient) -> None:
    case = a_case()
    signed_in(client, an_account(Role.PROJECT_OFFICER))
    assert client.get(f"/cases/{case.number}").status_code == 403
    assert event_kinds(case) == ["case.opened"]


def test_the_relation_comes_from_the_case_and_its_members() -> None:
    case = a_case()
    evaluator = a_member(case, Relation.EVALUATOR)
    approver = a_member(case, Relation.APPROVER)
    helper = a_member(case, Relation.COLLABORATOR)
    stranger = an_account(Role.PROJECT_OFFICER)
    held = {
        "project": people.relations_to(project_officer_of(case), case),
        "evaluator": people.relations_to(actor_for(evaluator), case),
        "approver": people.relations_to(actor_for(approver), case),
        "helper": people.relations_to(actor_for(helper), case),
        "stranger": people.relations_to(actor_for(stranger), case),
    }
    assert held == {
        "project": {Relation.OFFICER},
        "evaluator": {Relation.EVALUATOR},
        "approver": {Relation.APPROVER},
        "helper": {Relation.COLLABORATOR},
        "stranger": frozenset(),
    }


def test_an_unsafe_request_without_a_form_token_is_refused(client: FlaskClient) -> None:
    signed_in(client, an_account(Role.PROJECT_OFFICER))
    assert client.post("/cases/new", data={"title": "표본"}).status_code == 400


def two_institutions() -> tuple[Case, Case, Case]:
    """A case of one institution; two of another, the first with the same number."""
    an_institution("표본 첫째 기관")
    mine = a_case(title="첫째 기관의 건")
    other = an_institution("표본 둘째 기관")
    in_institution(other)
    return mine, a_case(title="둘째 기관의 건"), a_case(title="둘째 기관의 다른 건")


def test_the_same_number_is_another_case_in_another_institution(client: FlaskClient) -> None:
    mine, theirs, _ = two_institutions()
    assert mine.number == theirs.number
    officer = theirs.project_officer_id
    signed_in(client, db.session.get_one(Account, officer))
    page = client.get(f"/cases/{mine.number}").text
    assert "둘째 기관의 건" in page
    assert "첫째 기관의 건" not in client.get("/").text


@pytest.mark.parametrize("tail", ["", "/record", "/members", "/evidence", "/budget", "/record/verify"])
def test_a_case_of_another_institution_is_not_there(client: FlaskClient, tail: str) -> None:
    mine, _, only_theirs = two_institutions()
    in_institution_of(mine)
    signed_in(client, an_account(Role.AUDITOR))
    assert client.get(f"/cases/{mine.number}{tail}").status_code == 200
    assert client.get(f"/cases/{only_theirs.number}{tail}").status_code == 404


def in_institution_of(case: Case) -> None:
    """Bind the session to the institution of a case."""
    unit.bind(str(case.institution_id))


def test_evidence_of_another_institution_is_not_there(client: FlaskClient) -> None:
    mine, theirs, _ = two_institutions()
    with work():
        file_id = a_file(project_officer_of(theirs), theirs, "other")
    in_institution_of(mine)
    signed_in(client, an_account(Role.AUDITOR))
    assert client.get(f"/cases/{mine.number}/evidence/{file_id}").status_code == 404


def test_an_account_of_another_institution_is_not_there(client: FlaskClient) -> None:
    mine, theirs, _ = two_institutions()
    in_institution_of(mine)
    signed_in(client, an_account(Role.ADMIN))
    assert client.get(f"/admin/accounts/{mine.project_officer_id}").status_code == 200
    assert client.get(f"/admin/accounts/{theirs.project_officer_id}").status_code == 404
    answer = post(client, f"/admin/accounts/{theirs.project_officer_id}/off")
    assert answer.status_code == 404


def test_a_person_of_another_institution_cannot_be_made_a_member(client: FlaskClient) -> None:
    _, theirs, _ = two_institutions()
    stranger = theirs.project_officer_id
    in_institution(an_institution("표본 셋째 기관"))
    officer = an_account(Role.PROJECT_OFFICER, Role.CONTRACT_OFFICER)
    case = a_case(officer, officer)
    signed_in(client, officer)
    answer = post(
        client, f"/cases/{case.number}/members", {"account_id": str(stranger), "role": "collaborator"}
    )
    assert answer.status_code == 422
    assert event_kinds(case) == ["case.opened"]

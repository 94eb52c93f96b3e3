"""Fields of a saved document are rendered once and remembered: nothing stale, nothing of anybody else's."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from jinja2 import meta
from sqlalchemy import event, select

from procurement.domain.access import Role
from procurement.extensions import db
from procurement.models import Account
from procurement.models.base import ACROSS
from procurement.services import case_facts
from procurement.views import step_fields
from procurement.views.steps import PAGES
from tests.support import contracting
from tests.support.awarded import Awarded, account_of
from tests.support.awarded import awarded as awarded
from tests.support.factories import a_colleague, post, signed_in, work

OF_A_REQUEST = {"request", "session", "g", "config", "current_user", "viewer", "may_act", "facts"}
FORMS = [page for page in PAGES.values() if page.form is not None]


@pytest.fixture(autouse=True)
def _forgotten() -> Iterator[None]:
    step_fields.forget()
    yield
    step_fields.forget()


def seen(client: FlaskClient, url: str) -> str:
    """The page without what belongs to the session."""
    answer = client.get(url)
    assert answer.status_code == 200
    return re.sub(r'(name="csrf-token" content|name="csrf_token" value)="[^"]*"', "", answer.text)


@pytest.mark.one_database
def test_what_is_remembered_is_what_would_be_rendered(sample_app: Flask) -> None:
    urls = [f"/cases/2026-000{n}/{page.step.value}" for n in (1, 2) for page in FORMS]
    with sample_app.app_context():
        query = select(Account).order_by(Account.login).execution_options(**{ACROSS: True})
        clients = [
            signed_in(sample_app.test_client(), account)
            for account in db.session.scalars(query)
            if {role.role for role in account.roles} - {Role.EVALUATOR, Role.ADMIN}
        ]
    pages = [(client, url) for client in clients for url in urls if client.get(url).status_code == 200]
    assert len(pages) > 2 * len(urls)
    warm = [seen(client, url) for client, url in pages]
    for (client, url), page in zip(pages, warm, strict=True):
        step_fields.forget()
        assert seen(client, url) == page, url


def test_a_change_is_seen_at_once_by_everybody(awarded: Awarded, client: FlaskClient, app: Flask) -> None:
    with work():
        other = a_colleague(awarded.case, Role.AUDITOR, "표본 감사자")
    url = f"/cases/{awarded.case.number}/contract"
    officer = signed_in(client, account_of(awarded.officer))
    auditor = signed_in(app.test_client(), other)
    assert all('id="conditions"' in seen(person, url) for person in (officer, auditor))
    for text in ("<b>첫</b> 조건", "둘째 & 조건"):
        with work():
            contracting.save_terms(awarded.officer, awarded.case, conditions=text)
        escaped = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
        for person in (officer, auditor):
            assert escaped in seen(person, url)
    assert "&lt;b&gt;첫" not in seen(officer, url)


def test_who_may_not_write_is_offered_nothing_to_fill(
    awarded: Awarded, client: FlaskClient, app: Flask
) -> None:
    with work():
        other = a_colleague(awarded.case, Role.AUDITOR, "표본 감사자")
    url = f"/cases/{awarded.case.number}/contract"
    offered = f'formaction="{url}/preset"'
    assert offered in seen(signed_in(client, account_of(awarded.officer)), url)
    assert offered not in seen(signed_in(app.test_client(), other), url)


def test_what_is_typed_or_refused_is_shown_to_who_typed_it_and_remembered_for_nobody(
    awarded: Awarded, client: FlaskClient, app: Flask
) -> None:
    with work():
        other = a_colleague(awarded.case, Role.AUDITOR, "표본 감사자")
    url = f"/cases/{awarded.case.number}/contract"
    officer = signed_in(client, account_of(awarded.officer))
    auditor = signed_in(app.test_client(), other)
    before = seen(auditor, url)
    post(officer, f"{url}/draft", {"draft_version": "0", "conditions": "쓰다 만 조건"})
    assert "쓰다 만 조건" in seen(officer, url)
    refused = post(officer, url, {"draft_version": "0", "start": "모르는 날", "conditions": "쓰다 만 조건"})
    assert refused.status_code == 422
    assert "모르는 날" in refused.text
    assert seen(auditor, url) == before
    post(officer, f"{url}/draft/drop")
    assert "쓰다 만 조건" not in seen(officer, url)


@pytest.mark.one_database
def test_fields_see_nothing_but_what_they_are_remembered_by(awarded: Awarded, app: Flask) -> None:
    facts = case_facts.load(awarded.case)
    common = {"form", "number", "writable", "url_for"}
    for page in FORMS:
        source = f"steps/fields/{page.step.value}.html"
        assert used(app, source) <= common | page.shown(facts).keys() | page.constants.keys(), source
        hash(tuple(page.shown(facts).items()))
    for source in ("monitoring/_proof.html", "components/forms.html", "components/guidance.html"):
        assert not used(app, source) & OF_A_REQUEST, source


def used(app: Flask, name: str) -> set[str]:
    """Names that a template takes from around it."""
    environment = app.jinja_env
    assert environment.loader is not None
    source, *_ = environment.loader.get_source(environment, name)
    return meta.find_undeclared_variables(environment.parse(source))


def test_the_number_of_queries_does_not_grow_with_the_case(
    awarded: Awarded, client: FlaskClient, app: Flask
) -> None:
    officer = signed_in(client, account_of(awarded.officer))
    urls = [f"/cases/{awarded.case.number}"]
    urls += [f"/cases/{awarded.case.number}/{page.step.value}" for page in PAGES.values()]
    few = [queries(app, officer, url) for url in urls]
    with work():
        for number in range(3):
            contracting.save_terms(awarded.officer, awarded.case, conditions=f"{number}째 조건")
            contracting.negotiate(awarded.officer, awarded.case)
            contracting.a_paper(awarded.officer, awarded.case)
    assert [queries(app, officer, url) for url in urls] == few


def queries(app: Flask, client: FlaskClient, url: str) -> int:
    """How many statements a page sends to the database."""
    seen_: list[str] = []

    def note(*arguments: Any) -> None:
        seen_.append(arguments[2])

    with app.app_context():
        engine = db.engine
    event.listen(engine, "before_cursor_execute", note)
    try:
        assert client.get(url).status_code == 200
    finally:
        event.remove(engine, "before_cursor_execute", note)
    return len(seen_)

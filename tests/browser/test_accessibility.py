"""Every page, wide and on a phone: no serious barrier, no error of a script, nothing that runs off the side.

The pages are found by following the links from each person's first page, so a link that leads nowhere and a
page that no link leads to are found as well.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

import pytest
from axe_playwright_python.base import AXE_SCRIPT
from flask import Flask, render_template
from flask.testing import FlaskClient
from playwright.sync_api import BrowserContext, Page
from sqlalchemy import select

from procurement.demo import people
from procurement.domain.steps import Step
from procurement.extensions import db
from procurement.models import Account, Case
from procurement.models.base import ACROSS
from procurement.services import unit, workflow
from tests.support import browsing, factories
from tests.support.applications import LiveServer, serving
from tests.support.pages import Visit, walk_links

# What of each person's pages is looked at: the prefix of an endpoint. The officers share most of theirs.
LOOKED_AT: Mapping[str, tuple[str, ...]] = {
    "project": ("",),
    "contract": ("cases.index", "cases.show", "contract.", "approval."),
    "evaluator1": ("",),
    "approver": ("cases.index", "cases.show", "approval.", "bundle."),
    "auditor": ("cases.index", "audit.", "cases.timeline", "cases.verify"),
    "admin": ("",),
}

# Pages that no link leads to, and why.
UNLINKED: Mapping[str, str] = {
    "static": "styles, scripts and pictures of the pages",
    "help.health": "for a proxy, in plain text",
    "jobs.show": "JSON for the script that shows progress",
    "bundle.progress": "where the button that asks for a bundle leads",
    "accounts.use_link": "handed over by the administrator; looked at by itself below",
    "accounts.sign_in": "where everyone who is not signed in is led; looked at by itself below",
    "catalogue.columns": "where an upload leads; looked at by itself below",
}

RULES = {"runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "best-practice"]}}

AUDIT = """async (options) => {
  const found = await axe.run({...options, resultTypes: ["violations"]});
  return found.violations
    .filter((v) => ["serious", "critical"].includes(v.impact))
    .flatMap((v) => v.nodes.map((n) => `${v.id}: ${n.target.join(" ")} – ${v.help}`));
}"""

WIDER = """() => {
  const room = document.documentElement.clientWidth;
  if (document.documentElement.scrollWidth <= room) return [];
  const wide = (e) => e.getBoundingClientRect().right > room + 1;
  const out = [...document.body.querySelectorAll("*")].filter(wide);
  return [`runs off the side: ${out.slice(0, 3).map((e) => `${e.tagName}.${e.className}`).join(", ")}`];
}"""


def barriers(page: Page) -> list[str]:
    """What is wrong with the page that is open, at both widths."""
    page.evaluate(AXE_SCRIPT)
    found = []
    for size in (browsing.DESKTOP, browsing.PHONE):
        page.set_viewport_size(size)
        width = size["width"]
        found += [f"{width}: {line}" for line in page.evaluate(AUDIT, RULES) + page.evaluate(WIDER)]
    return found


@pytest.fixture
def stirred(sample_app: Flask) -> Flask:
    """The sample with its finished case open again at ⑦⑧⑨ and the other one at ③: forms can be filled in."""
    with sample_app.app_context():
        _stir()
    return sample_app


def _stir() -> None:
    institution = people.institution()
    assert institution is not None
    unit.bind(str(institution.id))
    finished, part_way = db.session.scalars(select(Case).order_by(Case.number))
    opened = [(finished, step) for step in (Step.ENDING, Step.MONITORING, Step.REGISTRATION)]
    for case, step in [*opened, (part_way, Step.SEARCH)]:
        with unit.work(str(case.institution_id)):
            workflow.reopen(factories.project_officer_of(case), case, step, "표본을 다시 살펴봄")


def signed_in(app: Flask, login: str) -> FlaskClient:
    """A browser without a screen in which a sample person is signed in."""
    with app.app_context():
        query = select(Account).where(Account.login == login).execution_options(**{ACROSS: True})
        return factories.signed_in(app.test_client(), db.session.scalars(query).one())


def pages_of(app: Flask, login: str) -> list[Visit]:
    """Every page that the links lead a person to."""
    return list(walk_links(signed_in(app, login)))


def test_every_link_leads_somewhere_and_every_page_has_a_link(stirred: Flask) -> None:
    met: set[str] = set()
    broken = []
    for login in LOOKED_AT:
        for visit in walk_links(signed_in(stirred, login), of_a_kind=2):
            met.add(visit.endpoint)
            if visit.status >= 400 or not visit.endpoint:
                broken.append(f"{login}: {visit.found_on} → {visit.url} ({visit.status})")
    assert not broken
    pages = {rule.endpoint for rule in stirred.url_map.iter_rules() if "GET" in (rule.methods or ())}
    assert pages - met == set(UNLINKED)


@pytest.mark.parametrize("login", LOOKED_AT)
def test_no_page_has_a_barrier(
    login: str, stirred: Flask, sample_server: LiveServer, new_context: Callable[..., BrowserContext]
) -> None:
    page = new_context(viewport=browsing.DESKTOP).new_page()
    browsing.sign_in(page, sample_server.url, login, people.PASSWORD)
    found = []
    for visit in pages_of(stirred, login):
        if visit.media_type == "text/html" and visit.endpoint.startswith(LOOKED_AT[login]):
            page.set_viewport_size(browsing.DESKTOP)
            page.goto(sample_server.url + visit.url)
            found += [f"{visit.url} {line}" for line in barriers(page)]
    assert not found, "\n".join(found)


def test_the_pages_before_signing_in_have_no_barrier(
    sample_server: LiveServer, new_context: Callable[..., BrowserContext]
) -> None:
    admin = signed_in(sample_server.app, people.ADMIN.login)
    account = next(v.url for v in walk_links(admin) if v.endpoint == "admin.account")
    made = factories.post(admin, f"{account}/link").text
    link = re.search(r"/link/[\w-]+", made)
    assert link is not None
    page = new_context(viewport=browsing.DESKTOP).new_page()
    found = []
    for url in ("/sign-in", link.group(), "/link/used-up"):
        page.goto(sample_server.url + url)
        found += [f"{url} {line}" for line in barriers(page)]
    page.goto(sample_server.url + "/sign-in")
    browsing.press(page, "로그인")
    found += [f"errors of a form {line}" for line in barriers(page)]
    assert not found, "\n".join(found)


def test_the_columns_of_a_new_list_of_services_have_no_barrier(
    sample_server: LiveServer, new_context: Callable[..., BrowserContext]
) -> None:
    page = new_context(viewport=browsing.DESKTOP).new_page()
    browsing.sign_in(page, sample_server.url, people.PROJECT.login, people.PASSWORD)
    page.goto(sample_server.url + "/catalogue/new")
    page.locator("input[type=file]").set_input_files(browsing.DATA / "services.csv")
    browsing.press(page, "올리고 열 확인하기")
    page.wait_for_url("**/catalogue/columns**")
    assert not barriers(page)


@pytest.mark.parametrize("status", [400, 401, 403, 404, 405, 409, 413, 422, 429, 500])
def test_no_page_of_an_error_has_a_barrier(
    status: int, app: Flask, new_context: Callable[..., BrowserContext]
) -> None:
    with app.test_request_context():
        text = render_template(f"errors/{status}.html")
    page = new_context(viewport=browsing.DESKTOP).new_page()
    with serving(app) as server:
        page.route(
            "**/broken", lambda route: route.fulfill(body=text, content_type="text/html; charset=utf-8")
        )
        page.goto(server.url + "/broken")
        assert not barriers(page)
    assert page.locator("h1").count() == 1

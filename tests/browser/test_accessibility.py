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
from playwright.sync_api import BrowserContext, Page, ViewportSize, expect
from sqlalchemy import select

from procurement.demo import files, people
from procurement.domain.steps import Step
from procurement.extensions import db
from procurement.models import Account, Case
from procurement.models.base import ACROSS
from procurement.services import catalogue, unit, workflow
from tests.support import browsing, factories
from tests.support.applications import LiveServer, serving
from tests.support.examples import EXAMPLES, Request
from tests.support.pages import walk_links
from tests.support.selecting import a_file
from tests.support.stages import Scene, Stage
from tests.support.stages import at_stage as at_stage

pytestmark = pytest.mark.one_database

# What of each person's pages is looked at: the prefix of an endpoint. The officers share most of theirs.
LOOKED_AT: Mapping[str, tuple[str, ...]] = {
    "project": ("",),
    "contract": ("cases.index", "cases.show", "contract.", "approval."),
    "evaluator1": ("",),
    "approver": ("cases.index", "cases.show", "approval.", "bundle."),
    "auditor": ("cases.index", "audit.", "cases.timeline", "cases.verify"),
    "admin": ("",),
    "privacy": ("erasure.",),
}

# Pages that no link leads to, and why.
UNLINKED: Mapping[str, str] = {
    "static": "styles, scripts and pictures of the pages",
    "help.health": "for a proxy, in plain text",
    "jobs.show": "JSON for the script that shows progress",
    "bundle.progress": "where the button that asks for a bundle leads",
    "accounts.use_link": "handed over by the administrator; looked at by itself below",
    "accounts.sign_in": "where everyone who is not signed in is led; looked at by itself below",
    "monitoring.new_claim": "linked once a level stays below its target; looked at by itself below",
    "catalogue.columns": "where an upload leads; looked at by itself below",
}

RULES = {"runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "best-practice"]}}

NO_CONTRAST = {"color-contrast": {"enabled": False}}

# What a rule can tell apart: where an element stands among kinds and classes, its attributes, whether it has
# words, a label, and something at the other end of its references. Gives the marks that are new, and keeps
# their elements.
LOOK = """(known) => {
  const old = new Set(known), found = new Map(), times = {};
  for (const e of document.querySelectorAll("[id]")) times[e.id] = (times[e.id] || 0) + 1;
  const kept = /^(role|type|tabindex|lang|style|hidden|scope|disabled|open|aria-)/;
  const refers = /^(for|headers|aria-(labelledby|describedby|controls|owns))$/;
  const hash = (text) => {
    let one = 0xdeadbeef, two = 0x41c6ce57;
    for (let i = 0; i < text.length; i++) {
      one = Math.imul(one ^ text.charCodeAt(i), 2654435761);
      two = Math.imul(two ^ text.charCodeAt(i), 1597334677);
    }
    return 4294967296 * (2097151 & two) + (one >>> 0);
  };
  const visit = (e, above) => {
    const place = `${above}>${e.tagName}.${e.className}`;
    const marks = [...e.attributes].map((a) => {
      if (refers.test(a.name)) return a.name + a.value.split(" ").map((id) => id in times);
      if (a.name === "id") return times[a.value] > 1 ? `id ${a.value}` : "id";
      if (a.name === "aria-label") return `label ${a.value.trim() !== ""}`;
      return a.name + (kept.test(a.name) ? `=${a.value}` : a.value.trim() ? "" : " empty");
    });
    const words = [e.textContent.trim() !== "", e.labels ? e.labels.length : "", e.checkVisibility()];
    const mark = hash([place, ...marks.sort(), ...words].join("|"));
    if (!old.has(mark) && !found.has(mark)) found.set(mark, e);
    for (const child of e.children) visit(child, place);
  };
  visit(document.documentElement, "");
  window.unseen = [...found.values()];
  return [...found.keys()];
}"""

AUDIT = """async ([options, whole]) => {
  const looked_at = whole ? document : {include: window.unseen};
  const found = await axe.run(looked_at, {...options, resultTypes: ["violations"]});
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


# What was found without a barrier in this process: kinds of pages, and marks of elements.
KINDS: set[str] = set()
MARKS: set[int] = set()


def _barriers(page: Page, size: ViewportSize, rules: Mapping[str, object], *, whole: bool) -> list[str]:
    """What is wrong at one width with the page that is open, or with what is new on it."""
    page.set_viewport_size(size)
    found = page.evaluate(WIDER)
    marks = page.evaluate(LOOK, list(MARKS))
    if marks or whole:
        if not page.evaluate("'axe' in window"):
            page.evaluate(AXE_SCRIPT)
        found += page.evaluate(AUDIT, [rules, whole])
    if not found:
        MARKS.update(marks)
    return [f"{size['width']}: {line}" for line in found]


def barriers(page: Page, kind: str = "") -> list[str]:
    """What is wrong with the page that is open, at both widths; ``kind``: its endpoint, or else its address.

    All of the first page of a kind is looked at, and of the others what no page before had. On a phone that
    is what shows there alone; its colours are those of the desk.
    """
    kind = kind or page.url
    found = _barriers(page, browsing.DESKTOP, RULES, whole=kind not in KINDS)
    found += _barriers(page, browsing.PHONE, {**RULES, "rules": NO_CONTRAST}, whole=False)
    if not found:
        KINDS.add(kind)
    return found


# Forms that the sample, being finished or far on, does not show: an example that opens them, and where.
STAGED: Mapping[str, tuple[str, ...]] = {
    "search_new.record": ("search_new.", "search_list.", "search_rehearsal."),
    "search_runs.declare_final": ("search_runs.",),
    "papers.answer": ("papers.", "award.", "steps.show"),
    "papers.keep_mall_result": ("papers.mall",),
    "measures.keep": ("measures.",),
    "scoring.submit": ("scoring.", "scoring_one.", "award.evaluators"),
    "award.decide": ("award.decision", "award.result"),
    "approval.submit": ("contract.", "approval.", "steps.show"),
    "closing.take_up": ("closing.", "cases.show"),
    "contract.amend": ("contract.conclusion", "registration."),
    "monitoring.new_demand": ("monitoring.", "faults.", "duties.", "watched.", "ending.", "checklist."),
}
# Pages of the sample that no link leads to, and the example above whose case has the link.
LINKED_THERE: Mapping[str, str] = {
    "search_list.by_hand": "search_new.record",
    "search_list.line": "search_new.record",
    "search_labels.show": "search_new.record",
    "measures.show": "measures.keep",
    "scoring_book.download": "scoring.submit",
    "scoring_one.index": "scoring.submit",
    "scoring_one.show": "scoring.submit",
    "papers.mall": "papers.keep_mall_result",
    "papers.question": "papers.answer",
    "papers.quote": "papers.answer",
    "closing.take_up_page": "closing.take_up",
    "ending.mark": "monitoring.new_demand",
    "monitoring.new_demand": "monitoring.new_demand",
}


@pytest.fixture
def stirred(sample_app: Flask) -> Flask:
    """The sample with a second list of services and forms open again at ③, ⑦, ⑧ and ⑨."""
    with sample_app.app_context():
        institution = people.institution()
        assert institution is not None
        unit.bind(str(institution.id))
        finished, part_way = db.session.scalars(select(Case).order_by(Case.number))
        opened = [(finished, step) for step in (Step.ENDING, Step.MONITORING, Step.REGISTRATION)]
        for case, step in [*opened, (part_way, Step.SEARCH)]:
            with unit.work(str(case.institution_id)):
                workflow.reopen(factories.project_officer_of(case), case, step, "표본을 다시 살펴봄")
        received = files.data_file("services.csv")
        table = catalogue.read_file(received.stored.digest, received.name)
        mapping = catalogue.proposed_mapping(table)
        services = catalogue.services_of(table, mapping)
        with unit.work(str(institution.id)):
            catalogue.load(people.actor(people.ADMIN), received, table.columns, mapping, services[1:])
    return sample_app


def signed_in(app: Flask, login: str) -> FlaskClient:
    """A browser without a screen in which a sample person is signed in."""
    with app.app_context():
        query = select(Account).where(Account.login == login).execution_options(**{ACROSS: True})
        return factories.signed_in(app.test_client(), db.session.scalars(query).one())


def opened_for(context: BrowserContext, client: FlaskClient, url: str) -> Page:
    """A page of a browser that goes on with the session of ``client``."""
    cookie = client.get_cookie("session")
    assert cookie is not None
    context.add_cookies([{"name": "session", "value": cookie.value, "url": url}])
    return context.new_page()


def barriers_on(page: Page, url: str, client: FlaskClient, looked_at: tuple[str, ...]) -> list[str]:
    """What is wrong on each page that the links lead to and whose endpoint begins so."""
    found = []
    for visit in walk_links(client):
        if visit.media_type == "text/html" and visit.endpoint.startswith(looked_at):
            page.goto(url + visit.url)
            found += [f"{visit.url} {line}" for line in barriers(page, visit.endpoint)]
    return found


def broken_links(client: FlaskClient, met: set[str]) -> list[str]:
    """Links that lead nowhere; ``met`` gets the endpoints of those that lead somewhere."""
    broken = []
    for visit in walk_links(client, of_a_kind=2):
        met.add(visit.endpoint)
        # A form that was sent before anything was chosen on it says so.
        if (visit.status >= 400 and visit.status != 422) or not visit.endpoint:
            broken.append(f"{visit.found_on} → {visit.url} ({visit.status})")
    return broken


@pytest.fixture
def no_token(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    """The examples bring a case to where its forms are open; they send no token."""
    monkeypatch.setitem(app.config, "WTF_CSRF_ENABLED", False)


def ready(at_stage: Callable[[Stage], Scene], endpoint: str) -> tuple[Scene, Request]:
    """A case at the stage of an example, with all that comes before it, and the request that comes then."""
    scene = at_stage(EXAMPLES[endpoint].stage)
    return scene, EXAMPLES[endpoint].prepare(scene)


def test_every_link_of_the_sample_leads_somewhere_and_every_page_has_a_link(stirred: Flask) -> None:
    met: set[str] = set()
    for login in LOOKED_AT:
        assert not broken_links(signed_in(stirred, login), met), login
    pages = {rule.endpoint for rule in stirred.url_map.iter_rules() if "GET" in (rule.methods or ())}
    assert sorted(pages - met) == sorted({*UNLINKED, *LINKED_THERE})


@pytest.mark.usefixtures("no_token")
@pytest.mark.parametrize("endpoint", sorted(set(LINKED_THERE.values())))
def test_every_link_of_a_case_on_its_way_leads_somewhere(
    endpoint: str, app: Flask, at_stage: Callable[[Stage], Scene]
) -> None:
    met: set[str] = set()
    scene, request = ready(at_stage, endpoint)
    client = factories.signed_in(app.test_client(), request.by or scene.person)
    assert not broken_links(client, met)
    assert {page for page, example in LINKED_THERE.items() if example == endpoint} <= met


# Whose pages are most: halves of them, each with every second endpoint, so that two processes share them.
SHARES = [(login, half) for login in LOOKED_AT for half in ((0, 1) if login == "project" else (None,))]


def endpoints_of(app: Flask, half: int | None) -> set[str]:
    """Every endpoint, or every second one from the first (0) or the second (1) on."""
    names = sorted({rule.endpoint for rule in app.url_map.iter_rules()})
    return set(names if half is None else names[half::2])


@pytest.mark.parametrize(("login", "half"), SHARES)
def test_no_page_of_the_sample_has_a_barrier(
    login: str,
    half: int | None,
    stirred: Flask,
    sample_server: LiveServer,
    new_context: Callable[..., BrowserContext],
) -> None:
    client = signed_in(stirred, login)
    page = opened_for(new_context(), client, sample_server.url)
    names = tuple(name for name in endpoints_of(stirred, half) if name.startswith(LOOKED_AT[login]))
    found = barriers_on(page, sample_server.url, client, names)
    assert not found, "\n".join(found)


@pytest.mark.usefixtures("no_token")
@pytest.mark.parametrize("endpoint", STAGED)
def test_no_form_that_is_open_has_a_barrier(
    endpoint: str,
    live_server: LiveServer,
    at_stage: Callable[[Stage], Scene],
    new_context: Callable[..., BrowserContext],
) -> None:
    scene, request = ready(at_stage, endpoint)
    found = []
    for person in (scene.person, request.by):
        if person is not None:
            client = factories.signed_in(live_server.app.test_client(), person)
            page = opened_for(new_context(), client, live_server.url)
            found += barriers_on(page, live_server.url, client, STAGED[endpoint])
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


@pytest.mark.usefixtures("no_token")
def test_the_form_of_a_claim_has_no_barrier(
    live_server: LiveServer, at_stage: Callable[[Stage], Scene], new_context: Callable[..., BrowserContext]
) -> None:
    scene, request = ready(at_stage, "monitoring.new_claim")
    client = factories.signed_in(live_server.app.test_client(), scene.person)
    page = opened_for(new_context(), client, live_server.url)
    page.goto(live_server.url + request.url)
    expect(page.get_by_role("heading", level=2).first).to_contain_text("보상 청구")
    assert not barriers(page)


def test_the_form_of_erasing_has_no_barrier(
    live_server: LiveServer, at_stage: Callable[[Stage], Scene], new_context: Callable[..., BrowserContext]
) -> None:
    scene = at_stage(Stage.OPENED)
    client = factories.signed_in(live_server.app.test_client(), scene.person)
    page = opened_for(new_context(), client, live_server.url)
    with factories.work():
        file = a_file(scene.officer, scene.case, "other")
    page.goto(f"{live_server.url}/erasure/rows/evidence_file/{file}")
    found = barriers(page)
    browsing.press(page, "지우기")
    expect(page.get_by_role("alert")).to_contain_text("2곳")
    found += barriers(page, "erasure of a row refused")
    page.goto(f"{live_server.url}/erasure?number={scene.case.number}&seq=2")
    found += barriers(page)
    browsing.press(page, "이 기록의 본문 지우기")
    expect(page.get_by_role("alert")).to_contain_text("2곳")
    assert not found + barriers(page, "erasure refused")


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


PLAIN = """<!doctype html><html lang="ko"><head><title>표본</title>
<meta name="viewport" content="width=device-width">
<style>.phone { display: none } @media (max-width: 500px) { .phone { display: block } }</style></head>
<body><main><h1>표본</h1><label for="a">첫째 칸</label><input id="a" type="text">%s</main></body></html>"""
BARRIERS = {
    "a field without a label": '<input type="text" id="b">',
    "a label of something else": '<label for="a">둘째 칸</label><select id="b"></select>',
    "a name that is not there": '<input type="text" id="b" aria-labelledby="c">',
    "a button without words": '<button type="button"></button>',
    "a button without words on a phone": '<div class="phone"><button type="button"></button></div>',
    "a link without words": '<a href="/"></a>',
    "pale words": '<p style="color: #aaa; background: #fff">연한 글자로 쓴 글</p>',
    "a list of something else": "<ul><p>줄</p></ul>",
    "too wide": '<p style="width: 3000px">글</p>',
}


def test_a_barrier_is_found_on_a_page_of_a_kind_that_was_without_one(
    new_context: Callable[..., BrowserContext],
) -> None:
    page = new_context().new_page()
    page.set_content(PLAIN % "")
    assert not barriers(page, "plain")
    for what, text in BARRIERS.items():
        page.set_content(PLAIN % text)
        assert barriers(page, "plain"), what

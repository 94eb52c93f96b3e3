"""Every form of the site as its people meet it, with all its fields, at every stage of a case.

``forms_of_the_site`` follows the links of everyone who takes part in the cases and reads the forms of the
pages, so that a new form is found without being named anywhere.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from html.parser import HTMLParser
from urllib.parse import urlsplit

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.exceptions import HTTPException

from procurement.extensions import db
from procurement.models import Account, Case
from procurement.models.base import ACROSS
from tests.support.every_stage import APPROVER, CATALOGUE, EVALUATOR, EVERYONE, PARTS
from tests.support.factories import post, signed_in
from tests.support.pages import endpoint_of, links_of


@dataclass
class Field:
    """A field of a form: what kind it is, what stands in it, what may be chosen."""

    name: str
    kind: str
    value: str = ""
    id: str = ""
    options: list[str] = field(default_factory=list)
    checked: bool = False


@dataclass
class FoundForm:
    """A form: who sees it on which page, where it goes."""

    endpoint: str
    url: str
    page: str
    who: str
    upload: bool = False
    fields: list[Field] = field(default_factory=list)

    def of_kind(self, *kinds: str) -> list[Field]:
        """The fields of these kinds."""
        return [one for one in self.fields if one.kind in kinds]


class _Reader(HTMLParser):
    """Reads the forms of a page that send something."""

    def __init__(self) -> None:
        super().__init__()
        self.forms: list[tuple[dict[str, str], list[Field]]] = []
        self._open: list[Field] | None = None
        self._text: Field | None = None
        self._select: Field | None = None
        self.extra: list[tuple[str, int, Field]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "form":
            self._open = []
            if given.get("method") == "post":
                self.forms.append((given, self._open))
        elif self._open is not None and tag == "option" and self._select is not None:
            self._option(given)
        elif self._open is not None and given.get("name") and tag in ("input", "textarea", "select"):
            self._field(tag, given)
        elif self._open is not None and tag == "button" and given.get("formaction"):
            button = Field(given.get("name", ""), "button", given.get("value", ""))
            self.extra.append((given["formaction"], len(self.forms) - 1, button))

    def _option(self, given: Mapping[str, str]) -> None:
        assert self._select is not None
        self._select.options.append(given.get("value", ""))
        if "selected" in given or len(self._select.options) == 1:
            self._select.value = given.get("value", "")

    def _field(self, tag: str, given: Mapping[str, str]) -> None:
        kind = given.get("type", "text") if tag == "input" else tag
        kind = "money" if "data-money" in given else "day" if "data-date" in given else kind
        one = Field(
            given["name"], kind, given.get("value", ""), given.get("id", ""), checked="checked" in given
        )
        assert self._open is not None
        self._open.append(one)
        self._text = one if tag == "textarea" else None
        self._select = one if tag == "select" else None

    def handle_data(self, data: str) -> None:
        if self._text is not None:
            self._text.value += data

    def handle_endtag(self, tag: str) -> None:
        if tag == "textarea" and self._text is not None:
            self._text.value = self._text.value.removeprefix("\n")
            self._text = None
        elif tag == "select":
            self._select = None
        elif tag == "form":
            self._open = None


def forms_on(app: Flask, text: str, page: str, who: str) -> Iterator[FoundForm]:
    """The forms of a page, each once for every address that it can be sent to."""
    reader = _Reader()
    reader.feed(text)
    for place, (given, fields) in enumerate(reader.forms):
        targets = [given.get("action") or urlsplit(page).path]
        targets += [given[name] for name in ("data-draft-url", "data-check-url") if given.get(name)]
        sent = [(url, fields) for url in targets]
        sent += [(url, [*fields, button]) for url, at, button in reader.extra if at == place]
        for url, all_fields in sent:
            upload = "multipart" in given.get("enctype", "")
            found = FoundForm(endpoint_posted(app, url), url, page, who, upload, all_fields)
            if found.endpoint:
                yield found
            yield from _elsewhere(app, found)


# Forms whose fields also go elsewhere: to the page that asked once more, to the search that is tried first.
_ALSO_TO = {
    "award.review_criteria": ("/criteria", "/criteria/freeze"),
    "award.review_decision": ("/decision/review", "/decision"),
    "scoring.review": ("/review", "/submit"),
    "search_new.keep_conditions": ("/search/new/", "/search/rehearsal/"),
}

# A search that is only tried has no time, and follows no other.
_NOT_THERE = {"search_new.keep_conditions": ("occurred_at", "follows", "change")}


def _elsewhere(app: Flask, found: FoundForm) -> Iterator[FoundForm]:
    if found.endpoint in _ALSO_TO:
        url = found.url.replace(*_ALSO_TO[found.endpoint])
        fields = [one for one in found.fields if one.name not in _NOT_THERE.get(found.endpoint, ())]
        yield replace(found, url=url, endpoint=endpoint_posted(app, url), fields=fields)


def endpoint_posted(app: Flask, url: str) -> str:
    """Endpoint that takes what is sent to an address."""
    try:
        return str(app.url_map.bind("").match(urlsplit(url).path, method="POST")[0])
    except HTTPException:
        return ""


def _key(app: Flask, found: FoundForm) -> tuple[str, str]:
    """What makes a form another one: its endpoint, and for the pages of the steps the step."""
    if not found.endpoint.startswith("steps."):
        return found.endpoint, ""
    _, values = app.url_map.bind("").match(urlsplit(found.url).path, method="POST")
    return found.endpoint, str(values["step"])


def forms_of_the_site(app: Flask) -> list[FoundForm]:
    """Each form once, as it has most fields."""
    best: dict[tuple[str, str], FoundForm] = {}
    for who in (EVERYONE, EVALUATOR, APPROVER):
        client = client_of(app, who)
        for start in _starts(client, who):
            for url, text in _pages(client, start):
                for found in forms_on(app, text, url, who):
                    key = _key(app, found)
                    if key not in best or len(best[key].fields) < len(found.fields):
                        best[key] = found
    best |= {_key(app, found): found for found in _without_a_link(app, best["admin.make_link", ""])}
    return [best[key] for key in sorted(best)]


# Buttons that stand on a page only for a while: the case, the page below it, where the button leads.
_FOR_A_WHILE = (
    ("예산", "/budget", "/budget/draft/drop"),
    ("검색", "/search/new/1", "/search/new/1/drop"),
    ("검색", "/search/new/1", "/search/new/1/record"),
    ("품의", "/contract/approval", "/contract/approval/bundle"),
)


def _without_a_link(app: Flask, make_link: FoundForm) -> Iterator[FoundForm]:
    """The forms of who is not signed in, and buttons that come and go."""
    made = post(client_of(app, EVERYONE), make_link.url).text
    link = re.search(r"/link/[\w-]+", made)
    assert link is not None
    for page in ("/sign-in", link.group()):
        yield from forms_on(app, app.test_client().get(page).text, page, "")
    numbers = select(Case.title, Case.number).execution_options(**{ACROSS: True})
    number_of = dict(tuple(row) for row in db.session.execute(numbers))
    for title, page, target in _FOR_A_WHILE:
        case = f"/cases/{number_of[title]}"
        yield FoundForm(endpoint_posted(app, case + target), case + target, case + page, EVERYONE)
    back = make_link.url.removesuffix("/link") + "/on"
    yield FoundForm(endpoint_posted(app, back), back, make_link.page, EVERYONE)


def _starts(client: FlaskClient, who: str) -> Iterator[str]:
    """Where everybody begins to look around."""
    query = select(Case.title, Case.number).execution_options(**{ACROSS: True})
    wanted = {EVALUATOR: "/evaluation", APPROVER: "/contract/approval"}.get(who, "/")
    found = [(str(title), str(number)) for title, number in db.session.execute(query)]
    ticked = dict(found)["검색"]
    for title, number in found:
        for part in PARTS[title]:
            if part.startswith(wanted) or (wanted.startswith(part) and part == "/contract"):
                yield f"/cases/{number}{part if who == EVERYONE else wanted}"
    if who == EVERYONE:
        yield from (
            "/me",
            "/cases/new",
            "/admin",
            "/audit",
            "/erasure",
            f"/erasure?number={ticked}&seq=2",
            "/catalogue/new",
            "/catalogue/names",
            *_columns(client),
        )
        # What is shown once it is set up, and once somebody has ticked something.
        yield from ("/catalogue/goods", f"/cases/{ticked}/search/runs/1/compare?service=1&service=2")


def client_of(app: Flask, who: str) -> FlaskClient:
    """A browser in which a person of the cases is signed in; nobody for ``""``."""
    client = app.test_client()
    if not who:
        return client
    query = select(Account).where(Account.name == who).execution_options(**{ACROSS: True})
    return signed_in(client, db.session.scalars(query).one())


def _pages(client: FlaskClient, start: str) -> Iterator[tuple[str, str]]:
    """Every kind of page below ``start``, by following the links."""
    waiting, known, met = [start], {start}, set()
    while waiting:
        url = waiting.pop(0)
        kind = endpoint_of(client.application, url)
        if kind[0] in ("static", "") or kind in met:
            continue
        met.add(kind)
        answer = client.get(url)
        if answer.mimetype != "text/html" or answer.status_code != 200:
            answer.close()
            continue
        yield url, answer.text
        for link in links_of(answer.text, url):
            if link not in known and link.startswith(start):
                known.add(link)
                waiting.append(link)


def _columns(client: FlaskClient) -> list[str]:
    """The page that follows when a catalogue was sent."""
    sent = post(client, "/catalogue/new", {"file": (io.BytesIO(CATALOGUE), "표본.csv")})
    return [sent.location] if sent.status_code == 302 else []

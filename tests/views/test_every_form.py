"""Every form of the site, filled in wrongly in every way: a clear Korean answer, nothing lost, nothing run.

The forms are found by following the links at every stage of a case; a new one is tried without being named.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from html import unescape
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.datastructures import MultiDict
from werkzeug.test import TestResponse

from procurement.config import Settings
from tests.support.applications import disconnect
from tests.support.databases import Store, Templates
from tests.support.every_form import Field, FoundForm, client_of, forms_of_the_site
from tests.support.every_stage import build_cases

SCRIPT = '<script>alert("표본")</script>'
LARGE = "12,650,000,000"
NOBODY = "00000000-0000-0000-0000-000000000000"
HANGUL = re.compile("[가-힣]{2,}")
ENGLISH = re.compile(r"Not a valid|This field|Field must|Invalid |must be|Bad Request|Internal Server|Error")
SAID = re.compile('error-summary|error-text|class="flashes|data-error-page')

# What goes through without a form of its own, or needs what only the one who was handed it has.
WITHOUT_FIELDS = {
    "accounts.sign_in",
    "accounts.use_link",
    "admin.activate",
    "approval.make_bundle",
    "search_new.drop",
    "search_new.record",
    "steps.drop_draft",
}


@dataclass
class Site:
    """The site with cases at every stage, its forms, and the way back to that state."""

    app: Flask
    restore: Callable[[], None]
    forms: list[FoundForm] = field(default_factory=list)

    def client(self, who: str) -> FlaskClient:
        """A browser of a person of the cases."""
        with self.app.app_context():
            return client_of(self.app, who)

    def send(self, form: FoundForm, fields: list[tuple[str, str]]) -> TestResponse:
        """Send a form as the one who sees it."""
        data: MultiDict[str, str] = MultiDict(fields)
        kind = "multipart/form-data" if form.upload else "application/x-www-form-urlencoded"
        return self.client(form.who).post(form.url, data=data, content_type=kind)


@pytest.fixture(scope="module")
def site(
    application: Flask, store: Store, settings: Settings, shared_folder: Path, empty_state: Callable[[], None]
) -> Iterator[Site]:
    """All stages, built once; forms need no token here, which other tests ask for."""

    def build() -> None:
        empty_state()
        with application.app_context():
            build_cases()
        disconnect(application)

    templates = Templates(store, settings.evidence_dir, shared_folder)

    def restore() -> None:
        disconnect(application)
        templates.restore("every_stage", build)

    restore()
    site = Site(application, restore)
    with application.app_context():
        site.forms = forms_of_the_site(application)
    application.config["WTF_CSRF_ENABLED"] = False
    yield site
    application.config["WTF_CSRF_ENABLED"] = True
    disconnect(application)


def rightly(one: Field, place: int) -> Iterator[str]:
    """What a person would give for a field."""
    if one.kind in ("text", "textarea", "password", "search"):
        yield one.value or f"표본 {place}"
    elif one.kind == "money":
        yield one.value or "1,000"
    elif one.kind == "day":
        yield one.value or "2026. 1. 5."
    elif one.kind == "number":
        yield one.value or "1"
    elif one.kind == "select":
        yield one.value or next((value for value in one.options if value), "")
    elif one.kind in ("radio", "checkbox"):
        if one.checked or one.kind == "radio":
            yield one.value
    elif one.kind in ("hidden", "button"):
        yield one.value


TEXTS = ("text", "textarea", "password", "search")

# A name for each way of filling in wrongly: kinds of fields, and what is typed there.
WAYS: dict[str, tuple[tuple[str, ...], Callable[[int], str]]] = {
    "nothing at all": ((*TEXTS, "money", "day", "number", "select"), lambda _: ""),
    "10,000 characters": (TEXTS, lambda place: f"글{place:03d}" + "가" * 9_996),
    "more than fits anywhere": (TEXTS, lambda place: f"글{place:03d}" + "가" * 20_000),
    "a script": (TEXTS, lambda place: f"{SCRIPT}{place:03d}"),
    "zero": (("money", "number"), lambda _: "0"),
    "less than zero": (("money", "number"), lambda _: "-1"),
    "more than 32 bits": (("money", "number"), lambda _: LARGE.replace(",", "")),
    "endless digits": ((*TEXTS, "money", "number", "day", "hidden"), lambda _: "9" * 290),
    "a choice without end": (("select", "radio", "checkbox", "hidden"), lambda _: "9" * 5_000),
    "a day of no calendar": (("day", *TEXTS), lambda _: "2월 30일"),
    "words for figures": (("money", "number", "day"), lambda place: f"많이{place}"),
    "a choice nobody offered": (("select", "radio", "checkbox", "hidden"), lambda _: "없는 것"),
    "an id of nothing": (("select", "radio", "checkbox", "hidden"), lambda _: NOBODY),
}


def filled(form: FoundForm, kinds: tuple[str, ...], typed: Callable[[int], str]) -> list[tuple[str, str]]:
    """The form filled in rightly but for the fields of these kinds."""
    fields = []
    for place, one in enumerate(form.fields):
        if one.name == "csrf_token":
            continue
        given = [typed(place)] if one.kind in kinds else list(rightly(one, place))
        fields += [(one.name, value) for value in given]
    return fields


def assert_clear(answer: TestResponse, what: str) -> None:
    """No crash; an error says in Korean what is wrong."""
    assert answer.status_code in (200, 302, 400, 401, 403, 404, 409, 413, 422), (
        f"{what}: {answer.status_code}"
    )
    if answer.status_code < 400:
        return
    if "json" in answer.content_type:
        words = str((answer.json or {}).get("message"))
    else:
        assert SAID.search(answer.text), f"{what}: nothing says what is wrong"
        main = answer.text.partition("<main")[2].partition("</main>")[0]
        words = re.sub(r"<textarea.*?</textarea>|<[^>]*>", " ", main, flags=re.DOTALL)
    assert HANGUL.search(words), what
    assert not ENGLISH.search(words), f"{what}: {ENGLISH.findall(words)}"


def assert_kept(answer: TestResponse, form: FoundForm, fields: list[tuple[str, str]], what: str) -> None:
    """Where a form is refused, everything typed into it is on the page that answers."""
    if "json" in answer.content_type:
        return
    typed = {one.name for one in form.of_kind("text", "textarea", "money", "day", "number")}
    page = unescape(answer.text)
    for name, value in fields:
        if name in typed and value.strip() and value.replace(",", "") not in page.replace(",", ""):
            raise AssertionError(f"{what}: what was typed into {name} is lost ({answer.status_code})")


def test_every_form_is_found(site: Site) -> None:
    unsafe = {
        rule.endpoint
        for rule in site.app.url_map.iter_rules()
        if rule.methods and not rule.methods.isdisjoint({"POST", "PUT", "PATCH", "DELETE"})
    }
    assert unsafe == {form.endpoint for form in site.forms} | WITHOUT_FIELDS


@pytest.mark.parametrize("way", WAYS)
def test_whatever_is_typed_is_answered_clearly_and_kept(site: Site, way: str) -> None:
    kinds, typed = WAYS[way]
    site.restore()
    wrong = []
    for form in site.forms:
        if not form.of_kind(*kinds):
            continue
        what = f"{form.endpoint} {form.url}: {way}"
        fields = filled(form, kinds, typed)
        answer = site.send(form, fields)
        try:
            assert_clear(answer, what)
            assert SCRIPT not in answer.text, what
            # What pages themselves put into hidden fields, nobody types wrongly.
            if "hidden" not in kinds and answer.status_code in (409, 422):
                assert_kept(answer, form, fields, what)
            if answer.status_code == 302:
                assert_shown_safely(site, form, answer)
        except AssertionError as error:
            wrong.append(str(error).splitlines()[0])
        answer.close()
        if answer.status_code < 400:
            site.restore()
    assert not wrong, "\n".join(wrong)


def assert_shown_safely(site: Site, form: FoundForm, answer: TestResponse) -> None:
    """What was taken is shown as text, on the page it leads to and on the one it came from."""
    client = site.client(form.who)
    case = re.match(r"/cases/\d{4}-\d{4}", form.url)
    pages = [answer.location, form.page, *([case.group(), case.group() + "/record"] if case else [])]
    for page in dict.fromkeys(pages):
        shown = client.get(urlsplit(page).path)
        assert shown.status_code in (200, 302, 401, 403, 404, 409), f"{page}: {shown.status_code}"
        assert SCRIPT not in shown.text, f"{form.endpoint}: runs on {page}"
        shown.close()

"""Every form of the site, filled in wrongly in every way: a clear Korean answer, nothing lost, nothing kept.

The forms are found by following the links at every stage of a case, so a new one is tried without being
named; a route that no form leads to fails the first test.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from html import unescape
from itertools import count
from typing import Any
from urllib.parse import urlsplit

import pytest
from werkzeug.test import TestResponse

from tests.support.every_form import Field, FoundForm
from tests.support.site import Fields, Site
from tests.support.site import held as held
from tests.support.site import site as site

SCRIPT = '<script>alert("표본")</script>'
LARGE = "12,650,000,000"
NOBODY = "00000000-0000-0000-0000-000000000000"
HANGUL = re.compile("[가-힣]{2,}")
ENGLISH = re.compile(r"Not a valid|This field|Field must|Invalid |must be|Bad Request|Internal Server|Error")
SAID = re.compile('error-summary|error-text|class="flashes|data-error-page')

Typed = Callable[[int], Any]

TEXTS = ("text", "textarea", "password", "search")
TYPED = (*TEXTS, "money", "day", "number")
CHOICES = ("select", "radio", "checkbox", "hidden")
# Refused sign-ins count on the account, whose own tests say so.
COUNTS_FAILURES = {"accounts.sign_in": ["account"]}


@dataclass(frozen=True)
class Way:
    """A way to fill in wrongly: which kinds of fields, and what is typed into the field of a place.

    ``refused``: nobody may take it. ``named``: the page says beside each such field what is wrong with it.
    """

    kinds: tuple[str, ...]
    typed: Typed
    refused: bool = False
    named: bool = False


# What goes as far as the database.
WAYS = {
    "nothing at all": Way((*TYPED, "select"), lambda _: ""),
    "10,000 characters": Way(TEXTS, lambda place: f"글{place:03d}" + "가" * 9_996),
    "zero": Way(("money", "number"), lambda _: "0"),
    "more than 32 bits": Way(("money", "number"), lambda _: LARGE),
    "endless digits": Way((*TYPED, "hidden"), lambda _: "9" * 290),
    "a choice without end": Way(CHOICES, lambda _: "9" * 5_000),
    "a choice nobody offered": Way(CHOICES, lambda _: "없는 것"),
    "an id of nothing": Way(CHOICES, lambda _: NOBODY),
}
# What the form refuses before anybody asks a database.
WAYS_OF_FORMS = {
    "more than fits anywhere": Way(TEXTS, lambda place: f"글{place:03d}" + "가" * 20_000, refused=True),
    "less than zero": Way(("money", "number"), lambda _: "-1", refused=True, named=True),
    "a day of no calendar": Way(("day",), lambda _: "2월 30일", refused=True, named=True),
    "words for figures": Way(
        ("money", "number", "day"), lambda place: f"많이{place}", refused=True, named=True
    ),
    "the end before the start": Way(("day",), lambda place: f"{3000 - place}. 1. 1."),
    "a file for a text": Way(TYPED, lambda place: (f"{place}.txt", "글".encode())),
    "a text for a file": Way(("file",), lambda _: "파일이 아닌 글"),
    "characters nobody can read": Way(TEXTS, lambda place: f"글{place:03d}\x00\ufffd끝", refused=True),
}


def rightly(one: Field, place: int) -> Iterator[str]:
    """What a person would give for a field."""
    if one.kind in TEXTS:
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


def filled(form: FoundForm, wrong: Callable[[Field], bool], typed: Typed) -> list[tuple[str, Any]]:
    """The form filled in rightly but for the fields that are ``wrong``."""
    fields: list[tuple[str, Any]] = []
    for place, one in enumerate(form.fields):
        if one.name != "csrf_token":
            given = [typed(place)] if wrong(one) else list(rightly(one, place))
            fields += [(one.name, value) for value in given]
    return fields


def words_of(answer: TestResponse) -> str:
    """What a person reads of an answer, without what was typed into it."""
    if "json" in answer.content_type:
        return str((answer.json or {}).get("message"))
    main = answer.text.partition("<main")[2].partition("</main>")[0]
    return re.sub(r"<textarea.*?</textarea>|<[^>]*>", " ", main, flags=re.DOTALL)


def assert_clear(answer: TestResponse) -> None:
    """No crash; an error says in Korean what is wrong; nothing of what was typed runs."""
    assert answer.status_code in (200, 302, 400, 401, 403, 404, 405, 409, 413, 422), answer.status_code
    assert SCRIPT not in answer.text, "a script runs"
    if answer.status_code >= 400:
        words = words_of(answer)
        assert "json" in answer.content_type or SAID.search(answer.text), "nothing says what is wrong"
        assert HANGUL.search(words), words
        assert not ENGLISH.search(words), ENGLISH.findall(words)


def assert_kept(answer: TestResponse, form: FoundForm, fields: Fields) -> None:
    """Where a form is refused, everything typed into it is on the page that answers."""
    if answer.status_code < 400 or "json" in answer.content_type:
        return
    kinds = TYPED if "data-error-page" not in answer.text else TEXTS
    names = {one.name for one in form.of_kind(*kinds) if one.kind != "password"}
    page = unescape(answer.text).replace(",", "")
    for name, value in fields:
        if name in names and isinstance(value, str):
            for part in re.split("[\x00\ufffd]", value.replace(",", "")):
                assert part.strip() in page, f"what was typed into {name} is lost ({answer.status_code})"


def assert_nothing_written(site: Site, form: FoundForm, answer: TestResponse) -> None:
    """A refused form leaves nothing but, where a guard refused it, a line of the ledger."""
    if answer.status_code >= 400:
        written = [entry for entry in site.journal.kept if entry.startswith("event:")]
        assert written in ([], ["event:act.refused"]), written
        if not written:
            assert not set(site.journal.kept) - set(COUNTS_FAILURES.get(form.endpoint, ())), site.journal.kept


def assert_named(answer: TestResponse, form: FoundForm, way: Way) -> None:
    """Each field that is wrong has a sentence beside it."""
    shown_again = "json" not in answer.content_type and "data-error-page" not in answer.text
    if answer.status_code == 422 and shown_again:
        for one in form.of_kind(*way.kinds):
            assert f'id="{one.id}-error"' in answer.text, f"nothing is said beside {one.name}"


class Faults:
    """What went wrong with which form, all of it at the end."""

    def __init__(self) -> None:
        self._lines: list[str] = []
        self.tried = count()

    def note(self, form: FoundForm, what: str, error: AssertionError) -> None:
        """Remember a fault."""
        self._lines.append(f"{form.endpoint} {form.url} {what}: {str(error).splitlines()[0][:300]}")

    def none(self) -> None:
        """Fail when there was one, or when nothing was tried."""
        assert not self._lines, "\n".join(self._lines)
        assert next(self.tried), "no form was tried"


def attempt(site: Site, faults: Faults, form: FoundForm, fields: Fields, way: Way, what: str = "") -> None:
    """Send a form and look at the answer in every way that is the same for all forms."""
    next(faults.tried)
    with site.send(form, fields) as answer:
        try:
            assert_clear(answer)
            # What pages themselves put into hidden fields, nobody types wrongly.
            if "hidden" not in way.kinds:
                assert_kept(answer, form, fields)
            assert_nothing_written(site, form, answer)
            if way.named and form.endpoint not in LOOKS_OR_KEEPS_DRAFTS:
                assert_named(answer, form, way)
            if way.refused and form.endpoint not in LOOKS_OR_KEEPS_DRAFTS:
                assert answer.status_code >= 400, f"taken: {answer.status_code}"
        except AssertionError as error:
            faults.note(form, what, error)


# Whatever is typed, these look at it or keep it for the one who types.
LOOKS_OR_KEEPS_DRAFTS = {
    "steps.check",
    "steps.draft",
    "award.check_criteria",
    "award.draft_criteria",
    "scoring.draft",
    "search_new.check",
    "search_new.draft",
    "contract.preset",
    "monitoring.work_out",
}


def test_every_form_is_found(site: Site) -> None:
    unsafe = {
        rule.endpoint
        for rule in site.app.url_map.iter_rules()
        if rule.methods and not rule.methods.isdisjoint({"POST", "PUT", "PATCH", "DELETE"})
    }
    assert unsafe == {form.endpoint for form in site.forms}


ALL_WAYS = [
    *(pytest.param(way, id=name) for name, way in WAYS.items()),
    *(pytest.param(way, id=name, marks=pytest.mark.one_database) for name, way in WAYS_OF_FORMS.items()),
]


@pytest.mark.parametrize("way", ALL_WAYS)
def test_whatever_is_typed_is_answered_clearly_and_kept(held: Site, way: Way) -> None:
    faults = Faults()
    for form in held.forms:
        if form.of_kind(*way.kinds):
            attempt(held, faults, form, filled(form, lambda one: one.kind in way.kinds, way.typed), way)
    faults.none()


@pytest.mark.parametrize("typed", ["없는 것", NOBODY])
def test_one_wrong_choice_among_right_ones_is_refused_clearly(held: Site, typed: str) -> None:
    faults = Faults()
    for form in held.forms:
        kinds = {one.name: one.kind for one in form.of_kind(*CHOICES) if one.name != "csrf_token"}
        if form.endpoint not in LOOKS_OR_KEEPS_DRAFTS and 2 <= len(kinds) <= 12:
            for name, kind in kinds.items():
                way = Way((kind,), lambda _: typed)
                fields = filled(form, lambda one, name=name: one.name == name, way.typed)  # type: ignore[misc]
                attempt(held, faults, form, fields, way, name)
    faults.none()


@pytest.mark.one_database
def test_a_script_is_shown_as_it_was_typed_wherever_it_is_shown(site: Site) -> None:
    site.restore()
    faults, way = Faults(), Way(TEXTS, lambda place: f"{SCRIPT}{place:03d}")
    for form in site.forms:
        if not form.of_kind(*TEXTS):
            continue
        next(faults.tried)
        fields = filled(form, lambda one: one.kind in TEXTS, way.typed)
        with site.send(form, fields) as answer:
            try:
                assert_clear(answer)
                assert_kept(answer, form, fields)
                if answer.status_code == 302:
                    assert_shown_safely(site, form, answer)
            except AssertionError as error:
                faults.note(form, "", error)
        if answer.status_code < 400:
            site.restore()
    faults.none()


def assert_shown_safely(site: Site, form: FoundForm, answer: TestResponse) -> None:
    """What was taken is shown as text, on the page it leads to and on the one it came from."""
    client = site.client(form.who)
    case = re.match(r"/cases/\d{4}-\d{4}", form.url)
    pages = [answer.location, form.page, *([case.group(), case.group() + "/record"] if case else [])]
    for page in dict.fromkeys(pages):
        with client.get(urlsplit(page).path) as shown:
            assert shown.status_code in (200, 302, 401, 403, 404, 409), f"{page}: {shown.status_code}"
            assert SCRIPT not in shown.text, f"a script runs on {page}"


@pytest.mark.one_database
def test_a_form_without_its_token_is_refused_with_its_text_and_a_way_out(
    held: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(held.app.config, "WTF_CSRF_ENABLED", True)
    faults, way = Faults(), Way(TEXTS, lambda place: f"{SCRIPT}{place:03d}", refused=True)
    for form in held.forms:
        fields = filled(form, lambda one: one.kind in TEXTS, way.typed)
        next(faults.tried)
        with held.send(form, fields) as answer:
            try:
                assert answer.status_code == 400, answer.status_code
                assert_clear(answer)
                assert_kept(answer, form, fields)
                assert not held.journal.kept
            except AssertionError as error:
                faults.note(form, "", error)
    faults.none()


_ID = re.compile(r"(?<=/)(?:[0-9a-f]{8}-[0-9a-f-]{27}|\d{1,3}|\d{4}-\d{2,4})(?=/|$|\?)")


def strangers_to(given: str) -> tuple[str, ...]:
    """Ids, numbers or months of nothing, in the place of one of something."""
    if len(given) == len(NOBODY):
        return (NOBODY,)
    return ("999", "9" * 30) if given.isdigit() else ("2099-9999",)


def test_what_is_sent_to_ids_of_nothing_is_answered_404(held: Site) -> None:
    faults = Faults()
    for form in held.forms:
        fields = filled(form, lambda _: False, str)
        for found in _ID.finditer(form.url):
            for new in strangers_to(found.group()):
                next(faults.tried)
                url = form.url[: found.start()] + new + form.url[found.end() :]
                with held.send(form, fields, url=url) as answer:
                    try:
                        assert answer.status_code in (404, 409, 422), answer.status_code
                        assert_clear(answer)
                        assert_nothing_written(held, form, answer)
                    except AssertionError as error:
                        faults.note(form, url, error)
    faults.none()


@pytest.mark.one_database
def test_what_is_sent_where_nothing_can_be_sent_is_answered_405(held: Site) -> None:
    for form in held.forms:
        with held.send(form, [], method="PUT") as answer:
            assert answer.status_code == 405, form.url
            assert_clear(answer)
            assert not held.journal.kept


@pytest.mark.one_database
def test_no_list_is_endless_and_no_row_is_added_where_none_is(held: Site) -> None:
    faults, way = Faults(), Way((), str)
    for form in held.forms:
        lists = {one.name.partition("-0-")[0] for one in form.fields if "-0-" in one.name}
        if not lists:
            continue
        right = filled(form, lambda _: False, str)
        for row in ("lines-x", "없는-1", "lots-0-terms-99", "-", "a" * 5000, "rows-0-0-0"):
            for button in ("add_row", "remove_row"):
                attempt(held, faults, form, [*right, (button, row)], way, f"{button} {row[:20]}")
        if form.endpoint in LOOKS_OR_KEEPS_DRAFTS:
            continue
        rows = [one.name for one in form.fields if "-0-" in one.name]
        many = [(name.replace("-0-", f"-{place}-"), "1") for name in rows[:3] for place in range(201)]
        with held.send(form, many) as answer:
            try:
                assert_clear(answer)
                assert answer.status_code == 422, answer.status_code
                assert "200줄" in answer.text
                assert not held.journal.kept
            except AssertionError as error:
                faults.note(form, "endless", error)
    faults.none()


@pytest.mark.one_database
def test_more_fields_than_any_page_has_are_refused(held: Site) -> None:
    form = next(form for form in held.forms if form.endpoint == "steps.save")
    with held.send(form, [("낯선 칸", "값")] * 20_001) as answer:
        assert answer.status_code == 413
        assert_clear(answer)
        assert not held.journal.kept

"""What people and machines send wrong: always a clear Korean sentence, never a crash, nothing lost.

The forms of the step pages are read from themselves; the other unsafe routes are tried in
``test_bad_fields``, which fails for one that is tried nowhere.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import given, settings
from hypothesis import strategies as st
from markupsafe import escape
from werkzeug.datastructures import MultiDict
from werkzeug.test import TestResponse
from wtforms import BooleanField, FileField, IntegerField, RadioField, SelectField

from procurement.domain.access import Relation, Role
from procurement.domain.steps import Step
from procurement.forms.base import DateField, MoneyField, StepForm
from procurement.forms.record_fields import FigureField
from procurement.models import Account, Case
from procurement.views.steps import PAGES
from tests.support import factories

SCRIPT = '<script>alert("표본")</script>'
KEPT = "다른 칸에 적어 둔 글"
LARGE = "12,650,000,000"
TOO_LONG = "가" * 100_000
HANGUL = re.compile("[가-힣]{2,}")
ENGLISH = re.compile(r"Not a valid|This field|Field must|Invalid |must be|Bad Request|Internal Server|Error")

# Routes whose forms are read from the forms themselves.
OF_DOCUMENTS = {"steps.save", "steps.check", "steps.draft"}
DOCUMENT_STEPS = [step for step, page in PAGES.items() if page.form is not None]


@dataclass(frozen=True)
class Sent:
    """A form as a person would send it: where, who, what, and of which kind its fields are."""

    path: str
    who: str = "officer"
    fields: Mapping[str, str] = field(default_factory=dict)
    texts: tuple[str, ...] = ()
    choices: tuple[str, ...] = ()


SENT: Mapping[str, Sent] = {
    "accounts.sign_in": Sent(
        "/sign-in", "nobody", {"login": "아무개", "password": "틀린 비밀번호"}, texts=("login", "password")
    ),
    "accounts.sign_out": Sent("/sign-out"),
    "accounts.change_password": Sent(
        "/me/password",
        fields={"current": "틀린 비밀번호", "password": "새 비밀번호 열 자 이상", "again": "다른 비밀번호"},
        texts=("current", "password", "again"),
    ),
    "accounts.use_link": Sent(
        "/link/no-such-link", "nobody", {"password": "새 비밀번호 열 자 이상"}, texts=("password",)
    ),
    "cases.create": Sent(
        "/cases/new",
        fields={"title": "표본 사업", "project_officer_id": "", "contract_officer_id": ""},
        texts=("title",),
        choices=("project_officer_id", "contract_officer_id"),
    ),
    "cases.add_member": Sent(
        "/cases/{number}/members",
        fields={"account_id": "", "role": "evaluator"},
        choices=("account_id", "role"),
    ),
    "cases.remove_member": Sent(
        "/cases/{number}/members/remove",
        fields={"account_id": "", "role": "evaluator"},
        choices=("account_id", "role"),
    ),
    "steps.drop_draft": Sent("/cases/{number}/budget/draft/drop"),
    "steps.justify": Sent(
        "/cases/{number}/budget/reason",
        fields={"rule_id": "B-7", "subject": "", "reason": "지침이 아직 나오지 않았습니다."},
        texts=("reason",),
        choices=("rule_id", "subject"),
    ),
    "steps.complete": Sent("/cases/{number}/budget/complete", fields={"reason": ""}),
    "steps.reopen": Sent("/cases/{number}/budget/reopen", fields={"reason": "고칠 것"}, texts=("reason",)),
    "evidence.upload": Sent(
        "/cases/{number}/evidence",
        fields={"purpose": "other", "step": "", "reason": ""},
        texts=("reason",),
        choices=("purpose", "step", "supersedes"),
    ),
}


@dataclass
class World:
    """A case with its people, and a browser for each of them."""

    app: Flask
    case: Case
    people: Mapping[str, Account]

    def client(self, who: str) -> FlaskClient:
        """A browser in which ``who`` is signed in."""
        client = self.app.test_client()
        return client if who == "nobody" else factories.signed_in(client, self.people[who])

    def path(self, template: str) -> str:
        """An address with the number of the case."""
        return template.format(number=self.case.number)

    def send(self, sent: Sent, fields: Any, **more: Any) -> TestResponse:
        """Send ``fields`` where ``sent`` goes, as who sends it, with the token of a page."""
        client = self.client(sent.who)
        token = factories.csrf_token(client, "/sign-in" if sent.who == "nobody" else "/me")
        return client.post(self.path(sent.path), data=fields, headers={"X-CSRFToken": token}, **more)


@pytest.fixture
def world(app: Flask, db_session: Any) -> World:
    """A case whose officer has both roles, and everybody else it takes."""
    officer = factories.an_account(Role.PROJECT_OFFICER, Role.CONTRACT_OFFICER, name="표본 담당자")
    case = factories.a_case(officer, officer)
    people = {
        "officer": officer,
        "evaluator": factories.a_member(case, Relation.EVALUATOR),
        "approver": factories.a_member(case, Relation.APPROVER),
        "auditor": factories.an_account(Role.AUDITOR),
        "admin": factories.an_account(Role.ADMIN),
    }
    return World(app, case, people)


def main_of(response: TestResponse) -> str:
    """The part of a page that is about what was asked, without the frame."""
    found = re.search(r"<main.*</main>", response.text, re.DOTALL)
    return found.group() if found else response.text


def words_of(response: TestResponse) -> str:
    """What a person reads on a page, without what was typed into it."""
    text = re.sub(r"<textarea.*?</textarea>|<[^>]*>", " ", main_of(response), flags=re.DOTALL)
    return text if "json" not in response.content_type else str((response.json or {}).get("message"))


def assert_clear(response: TestResponse) -> None:
    """No crash, and an error says in Korean what is wrong."""
    assert response.status_code < 500, response.text[:2000]
    if response.status_code >= 400:
        words = words_of(response)
        assert HANGUL.search(words), words
        assert not ENGLISH.search(words), ENGLISH.findall(words)


def form_of(step: Step) -> StepForm:
    """The form of a step with one row in each of its lists."""
    form_class = PAGES[step].form
    assert form_class is not None
    form = form_class()
    _fill_lists(form)
    return form


def _fill_lists(fields: Any) -> None:
    for one in fields:
        if hasattr(one, "append_entry"):
            if not one.entries:
                one.append_entry()
            for entry in one.entries:
                if hasattr(entry, "form"):
                    _fill_lists(entry.form)


def fields_of(fields: Any) -> Iterator[Any]:
    """Every field that travels, those of rows included."""
    for one in fields:
        if hasattr(one, "append_entry"):
            yield from fields_of(one.entries)
        elif hasattr(one, "form"):
            yield from fields_of(one.form)
        else:
            yield one


def a_value_for(one: Any) -> str:
    """Something a person would give for a field."""
    if isinstance(one, MoneyField):
        return "1,000"
    if isinstance(one, DateField):
        return "2026. 11. 21."
    if isinstance(one, SelectField | RadioField):
        return next((str(choice.value) for choice in one.choices or () if choice.value), "")
    return "1" if isinstance(one, IntegerField) else "y" if isinstance(one, BooleanField) else "1"


def filled(step: Step) -> dict[str, str]:
    """The whole form of a step as a person would fill it."""
    return {"draft_version": "0"} | {one.name: a_value_for(one) for one in fields_of(form_of(step))}


def is_text(one: Any) -> bool:
    """Whether a person types free text into the field."""
    kinds = (
        MoneyField,
        DateField,
        FigureField,
        IntegerField,
        SelectField,
        RadioField,
        BooleanField,
        FileField,
    )
    return not isinstance(one, kinds) and one.type != "HiddenField"


def is_shown(name: str, answer: TestResponse) -> bool:
    """Whether the page has the field: some belong to one route or to several lots."""
    return f'name="{name}"' in answer.text


def page_of(step: Step) -> Sent:
    """Where the form of a step goes."""
    return Sent(f"/cases/{{number}}/{step.value}")


@pytest.mark.parametrize("endpoint", SENT)
def test_a_form_without_its_token_is_refused_with_a_way_out(world: World, endpoint: str) -> None:
    sent = SENT[endpoint]
    answer = world.client(sent.who).post(world.path(sent.path), data=dict(sent.fields))
    assert answer.status_code == 400
    assert_clear(answer)


@pytest.mark.parametrize("endpoint", SENT)
def test_what_is_sent_where_nothing_can_be_sent_is_answered_405(world: World, endpoint: str) -> None:
    sent = SENT[endpoint]
    client = world.client("officer")
    answer = client.put(world.path(sent.path), headers={"X-CSRFToken": factories.csrf_token(client)})
    assert answer.status_code == 405
    assert_clear(answer)


@pytest.mark.parametrize(
    ("endpoint", "name"), [(endpoint, name) for endpoint, sent in SENT.items() for name in sent.texts]
)
@pytest.mark.parametrize("text", ["", " ", TOO_LONG, SCRIPT, "\x0b\x07", "'; DROP TABLE cases; --", "𠮷🏛️"])
def test_any_text_is_taken_or_refused_in_korean(world: World, endpoint: str, name: str, text: str) -> None:
    sent = SENT[endpoint]
    answer = world.send(sent, {**sent.fields, name: text})
    assert_clear(answer)
    assert SCRIPT not in answer.text
    if text == TOO_LONG:
        assert answer.status_code in (401, 404, 422)


@pytest.mark.parametrize(
    ("endpoint", "name"), [(endpoint, name) for endpoint, sent in SENT.items() for name in sent.choices]
)
@pytest.mark.parametrize(
    "choice", ["", "없는 것", "0", "-1", "a" * 5000, "00000000-0000-0000-0000-000000000000"]
)
def test_a_choice_that_nobody_offered_is_refused_in_korean(
    world: World, endpoint: str, name: str, choice: str
) -> None:
    sent = SENT[endpoint]
    answer = world.send(sent, {**sent.fields, name: choice})
    assert_clear(answer)


@pytest.mark.parametrize("endpoint", [endpoint for endpoint, sent in SENT.items() if sent.fields])
def test_unreadable_bytes_are_refused_with_the_way_to_mend_them(world: World, endpoint: str) -> None:
    sent = SENT[endpoint]
    name = next(iter(sent.fields))
    head = f'--b\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n'.encode()
    for raw in (b"\xff\xfe", b"\x00", b"\xed\xa0\x80", "글".encode("cp949")):
        body = head + raw + b"\r\n--b--\r\n"
        answer = world.send(sent, body, content_type="multipart/form-data; boundary=b")
        assert answer.status_code == 422
        assert "읽을 수 없는 글자" in answer.text
        assert_clear(answer)
    # Bytes that are no text stay escaped in this kind of form.
    answer = world.send(sent, name + "=%ff%fe", content_type="application/x-www-form-urlencoded")
    assert_clear(answer)


@pytest.mark.parametrize("endpoint", SENT)
def test_fields_sent_twice_or_many_times_are_no_crash(world: World, endpoint: str) -> None:
    sent = SENT[endpoint]
    twice = MultiDict([*dict(sent.fields).items(), *dict(sent.fields).items()])
    assert_clear(world.send(sent, twice))
    flood = MultiDict([("낯선 칸", "값")] * 20_001)
    answer = world.send(sent, flood)
    assert answer.status_code == 413
    assert_clear(answer)


@pytest.mark.parametrize("step", DOCUMENT_STEPS)
def test_each_text_of_a_step_has_a_limit_and_says_it(world: World, step: Step) -> None:
    base = filled(step)
    texts = [one.name for one in fields_of(form_of(step)) if is_text(one)]
    for name, other in zip(texts, [*texts[1:], texts[0]], strict=True):
        answer = world.send(page_of(step), {**base, other: KEPT, name: TOO_LONG})
        assert answer.status_code == 422, name
        if is_shown(name, answer):
            assert "자까지" in words_of(answer), name
        assert KEPT in answer.text or not is_shown(other, answer), other
        assert_clear(answer)


@pytest.mark.parametrize("step", DOCUMENT_STEPS)
@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ("0", "0원"),
        ("-1", "0원보다 작"),
        ("많이", "읽을 수 없"),
        ("1.5", "소수점"),
        ("1,00", "읽을 수 없"),
        ("9" * 5000, "너무 큽"),
        (SCRIPT, "읽을 수 없"),
    ],
)
def test_an_amount_that_is_none_is_named_and_kept(
    world: World, step: Step, typed: str, sentence: str
) -> None:
    base = filled(step)
    for one in fields_of(form_of(step)):
        if isinstance(one, MoneyField) and not (typed == "0" and one.allow_zero):
            answer = world.send(page_of(step), {**base, one.name: typed})
            assert answer.status_code == 422, one.name
            assert SCRIPT not in answer.text
            if is_shown(one.name, answer):
                assert sentence in words_of(answer), one.name
                assert escape(typed) in answer.text, one.name
            assert_clear(answer)


@pytest.mark.parametrize("step", DOCUMENT_STEPS)
@pytest.mark.parametrize("typed", ["2026-02-30", "2월 30일", "20261301", "내일", "0000-00-00", "9" * 400])
def test_a_day_that_no_calendar_has_is_named_and_kept(world: World, step: Step, typed: str) -> None:
    base = filled(step)
    for one in fields_of(form_of(step)):
        if isinstance(one, DateField):
            answer = world.send(page_of(step), {**base, one.name: typed})
            assert answer.status_code == 422, one.name
            assert typed in answer.text or not is_shown(one.name, answer), one.name
            assert_clear(answer)


@pytest.mark.parametrize("step", DOCUMENT_STEPS)
def test_numbers_and_choices_of_the_wrong_kind_are_no_crash(world: World, step: Step) -> None:
    base = filled(step)
    for one in fields_of(form_of(step)):
        if is_text(one):
            continue
        for typed in ("없는 것", "-1", "9" * 400, "1e9", "NaN", ""):
            for action in ("", "/check", "/draft"):
                sent = Sent(f"/cases/{{number}}/{step.value}{action}")
                assert_clear(world.send(sent, {**base, one.name: typed}))


@pytest.mark.parametrize("step", DOCUMENT_STEPS)
def test_no_list_is_endless(world: World, step: Step) -> None:
    lists = {one.name for one in fields_of(form_of(step)) if "-0-" in one.name}
    for name in sorted(lists):
        many = {name.replace("-0-", f"-{row}-"): "1" for row in range(201)}
        for action in ("", "/check"):
            answer = world.send(Sent(f"/cases/{{number}}/{step.value}{action}"), many)
            assert answer.status_code == 422
            assert "200줄" in answer.text
            assert_clear(answer)


@pytest.mark.parametrize("step", DOCUMENT_STEPS)
@pytest.mark.parametrize("version", ["", "-1", "옛 판", "9" * 400, "1.0"])
def test_a_version_that_never_was_is_no_crash(world: World, step: Step, version: str) -> None:
    for action in ("", "/draft"):
        sent = Sent(f"/cases/{{number}}/{step.value}{action}")
        answer = world.send(sent, {**filled(step), "draft_version": version})
        assert_clear(answer)
        assert_clear(world.client("officer").get(world.path(f"/cases/{{number}}/{step.value}")))


@pytest.mark.parametrize("step", DOCUMENT_STEPS)
@pytest.mark.parametrize("row", ["lines-x", "없는-1", "lots-0-terms-99", "-", "a" * 5000, "lines-0-0-0"])
def test_rows_that_are_not_there_are_neither_added_nor_taken_away(world: World, step: Step, row: str) -> None:
    for button in ("add_row", "remove_row"):
        assert_clear(world.send(page_of(step), {**filled(step), button: row}))


def test_more_than_an_integer_of_32_bits_is_kept_to_the_won(world: World) -> None:
    fields = {**filled(Step.BUDGET), "lines-0-amount_won": LARGE, "total_won": LARGE}
    assert world.send(page_of(Step.BUDGET), fields).status_code == 302
    page = world.client("officer").get(world.path("/cases/{number}/budget")).text
    assert page.count(f'value="{LARGE}"') == 2


def test_an_end_before_the_start_is_said_as_one_types(world: World) -> None:
    fields = {**filled(Step.BUDGET), "planned_start": "2026. 12. 31.", "planned_end": "2026. 1. 1."}
    answer = world.send(Sent("/cases/{number}/budget/check"), fields)
    assert_clear(answer)
    assert 'data-field-message="planned_end"' in answer.text


def document_fields(step: Step) -> st.SearchStrategy[dict[str, str]]:
    """Forms of a step with any of its fields, holding anything."""
    names = sorted({one.name for one in fields_of(form_of(step))} | {"draft_version", "keep", "csrf_token"})
    odd = st.sampled_from(
        [
            "",
            "0",
            "-1",
            "1",
            "12,650,000",
            "2026-02-29",
            "20261231",
            "y",
            "yes",
            "own",
            "saas",
            "협업",
            SCRIPT,
        ]
    )
    values = st.one_of(odd, st.text(max_size=40))
    return st.dictionaries(st.sampled_from(names), values, max_size=12)


@pytest.mark.parametrize("step", DOCUMENT_STEPS)
def test_whatever_is_typed_the_step_answers_and_can_be_seen_again(world: World, step: Step) -> None:
    client = world.client("officer")
    token = factories.csrf_token(client)
    url = world.path(f"/cases/{{number}}/{step.value}")
    base = filled(step)

    @settings(max_examples=40)
    @given(document_fields(step), st.booleans())
    def anything(fields: dict[str, str], whole: bool) -> None:
        sent = {**base, **fields} if whole else fields
        sent.pop("csrf_token", None)
        for action in ("/check", "/draft", ""):
            answer = client.post(url + action, data=sent, headers={"X-CSRFToken": token})
            assert_clear(answer)
            assert SCRIPT not in answer.text
        for page in (url, url + "/complete"):
            shown = client.get(page)
            assert shown.status_code in (200, 409)
            assert SCRIPT not in shown.text

    anything()


def upload(world: World, data: bytes, name: str, **fields: str) -> TestResponse:
    """Send a file as the evidence page does."""
    sent = SENT["evidence.upload"]
    body = {**sent.fields, **fields, "file": (io.BytesIO(data), name)}
    return world.send(sent, body, content_type="multipart/form-data")


def test_a_file_over_the_limit_is_answered_413_and_takes_no_text_along(world: World) -> None:
    typed = {**filled(Step.BUDGET), "guidelines": KEPT}
    assert world.send(Sent("/cases/{number}/budget/draft"), typed).status_code == 200
    head = b'--b\r\nContent-Disposition: form-data; name="file"; filename="a.pdf"\r\n\r\n'
    body = head + bytes(60 * 1024 * 1024) + b"\r\n--b--\r\n"
    answer = world.send(SENT["evidence.upload"], body, content_type="multipart/form-data; boundary=b")
    assert answer.status_code == 413
    assert "너무 큽니다" in answer.text
    assert_clear(answer)
    assert KEPT in world.client("officer").get(world.path("/cases/{number}/budget")).text


@pytest.mark.parametrize(
    "name",
    ["../../etc/passwd", "a" * 5000 + ".pdf", "\u202efdp.exe", '"><script>.pdf', "이름\r\nX-Odd: 1.pdf", "."],
)
def test_a_file_with_an_odd_name_gets_a_plain_one(world: World, name: str) -> None:
    answer = upload(world, b"%PDF-1.7\n%%EOF", name)
    assert_clear(answer)
    page = world.client("officer").get(world.path("/cases/{number}/evidence"))
    assert page.status_code == 200
    assert "../" not in main_of(page)
    assert "<script>." not in page.text
    for link in re.findall(rf"/cases/{world.case.number}/evidence/[0-9a-f-]{{36}}", page.text):
        sent = world.client("officer").get(link, buffered=True)
        assert sent.status_code == 200
        assert sent.headers["Content-Disposition"].startswith("attachment")
        assert "X-Odd" not in sent.headers


@pytest.mark.parametrize("data", [b"", b"\x00" * 10, b"MZ\x90\x00", b"PK\x03\x04", b"%PDF-", b"\xff\xd8\xff"])
def test_a_file_that_is_none_is_taken_or_refused_in_korean(world: World, data: bytes) -> None:
    assert_clear(upload(world, data, "자료.pdf"))


def test_an_upload_without_a_file_says_what_is_missing(world: World) -> None:
    answer = world.send(SENT["evidence.upload"], dict(SENT["evidence.upload"].fields))
    assert answer.status_code == 422
    assert "파일을 골라" in answer.text


@pytest.mark.parametrize(
    "path",
    [
        "/cases/2026-9999",
        "/cases/없는-번호/budget",
        "/cases/%00/budget",
        "/cases/%FF%FE/budget",
        "/cases/{number}/evidence/00000000-0000-0000-0000-000000000000",
        "/cases/{number}/evidence/그림",
        "/cases/{number}/없는-단계",
        "/없는-쪽",
        "/link/" + "a" * 3000,
        "/static/../wsgi.py",
    ],
)
def test_what_is_not_there_is_answered_404_in_korean(world: World, path: str) -> None:
    answer = world.client("officer").get(world.path(path))
    assert answer.status_code == 404
    assert_clear(answer)


@pytest.mark.parametrize("path", ["/", "/cases/{number}/record"])
@pytest.mark.parametrize(
    "query",
    [
        "page=" + "9" * 40,
        "page=-1",
        "page=x",
        "q=%00%ff",
        "q=" + "%25_" * 100,
        "step=x&state=x&sort=x",
        "q=" + SCRIPT,
    ],
)
def test_any_question_to_a_list_is_answered(world: World, path: str, query: str) -> None:
    answer = world.client("officer").get(f"{world.path(path)}?{query}")
    assert answer.status_code in (200, 404)
    assert_clear(answer)
    assert SCRIPT not in answer.text

"""Every request that changes something, each of its fields in turn filled with what people send wrong.

A request comes from the example that shows its event, so a new route is tried here without being named; the
routes that append nothing are named below with a form they take.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

import openpyxl
import pytest
from flask import Flask
from flask.testing import FlaskClient

from procurement.views.routes import APPENDS_NOTHING, LOGGED_READS
from tests.support.browsing import DATA
from tests.support.examples import EXAMPLES, Request
from tests.support.stages import Scene, Stage
from tests.support.stages import at_stage as at_stage
from tests.views.test_bad_input import OF_DOCUMENTS, SCRIPT, SENT, TOO_LONG, assert_clear

ODD = ("없는 것", "-1", "9" * 400, "2026-02-30", SCRIPT, TOO_LONG, "00000000-0000-0000-0000-000000000000")


@dataclass(frozen=True)
class Twin:
    """A route that appends nothing takes the form of ``example``; its address differs in the last part."""

    example: str
    tail: tuple[str, str]


TWINS: Mapping[str, Twin] = {
    "award.review_criteria": Twin("award.freeze_criteria", ("/freeze", "")),
    "award.check_criteria": Twin("award.freeze_criteria", ("/freeze", "/check")),
    "award.draft_criteria": Twin("award.freeze_criteria", ("/freeze", "/draft")),
    "award.review_decision": Twin("award.decide", ("/decision", "/decision/review")),
    "scoring.review": Twin("scoring.submit", ("/submit", "/review")),
    "scoring.draft": Twin("scoring.submit", ("/submit", "/draft")),
    "monitoring.work_out": Twin("monitoring.figures", ("", "/availability")),
}

Fields = Mapping[str, str]
LINE = {"service_name": "표본 서비스", "service_type": "SaaS", "csap_to": "2027. 1. 1.", "price_won": "1,000"}

# Routes that append nothing and whose form belongs to no other: stage, address behind the case, fields.
ALONE: Mapping[str, tuple[Stage, str, Fields]] = {
    "contract.preset": (Stage.CONTRACTING, "/contract/preset", {"preset": "sla", "amount_won": "1,000"}),
    "approval.make_bundle": (Stage.ASKED, "/contract/approval/bundle", {"again": "1"}),
    "bundle.make": (Stage.OPENED, "/bundle", {"again": "1"}),
    "search_new.keep_conditions": (
        Stage.SEARCHING,
        "/search/new/1",
        {
            "search_page": "SaaS",
            "occurred_at": "2026. 2. 3. 10:00",
            "follows": "",
            "own_words-0-word": "협업",
        },
    ),
    "search_new.check": (Stage.SEARCHING, "/search/new/1/check", {"own_words-0-word": "협업"}),
    "search_new.draft": (Stage.SEARCHING, "/search/new/1/draft", {"own_words-0-word": "협업"}),
    "search_new.drop": (Stage.SEARCHING, "/search/new/1/drop", {"again": "1"}),
    "search_list.drop_page": (Stage.SEARCHING, "/search/new/1/list/drop", {"again": "1"}),
    "search_list.explain_count": (Stage.SEARCHING, "/search/new/1/list/count", {"count_reason": "표본"}),
    "search_list.correct": (Stage.SEARCHING, "/search/new/1/list/1", {**LINE, "reason": "표본"}),
    "search_list.enter_by_hand": (
        Stage.SEARCHING,
        "/search/new/1/hand",
        {"total": "1", "reason": "표본"} | {f"rows-0-{name}": value for name, value in LINE.items()},
    ),
}
# The file of this one is tried below.
FILES = {"catalogue.receive"}


@pytest.fixture
def no_token(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    """Forms need no token here; that they do has its own test."""
    monkeypatch.setitem(app.config, "WTF_CSRF_ENABLED", False)


def test_every_unsafe_route_is_tried_with_bad_input(app: Flask) -> None:
    unsafe = {
        rule.endpoint
        for rule in app.url_map.iter_rules()
        if (rule.methods or set()) - {"GET", "HEAD", "OPTIONS"}
    }
    tried = set(EXAMPLES) | set(SENT) | OF_DOCUMENTS | set(TWINS) | set(ALONE) | FILES
    assert not unsafe - tried
    assert set(TWINS) | set(ALONE) | FILES <= APPENDS_NOTHING.keys()


def attack(client: FlaskClient, scene: Scene, request: Request) -> None:
    """Send the request with each field in turn filled with each odd value."""
    wrong = [{**request.fields, name: odd} for name in request.fields for odd in ODD]
    for fields in ({}, *wrong):
        with replace(request, fields=fields, file=None).send(client, scene.person) as answer:
            assert_clear(answer)
            assert SCRIPT not in answer.text, fields


@pytest.mark.usefixtures("no_token")
@pytest.mark.parametrize("endpoint", sorted(EXAMPLES.keys() - LOGGED_READS | TWINS.keys()))
def test_no_field_that_is_filled_in_wrongly_crashes(
    client: FlaskClient, at_stage: Callable[[Stage], Scene], endpoint: str
) -> None:
    twin = TWINS.get(endpoint)
    example = EXAMPLES[twin.example if twin else endpoint]
    scene = at_stage(example.stage)
    request = example.prepare(scene)
    if twin:
        assert request.url.endswith(twin.tail[0])
        request = replace(request, url=request.url.removesuffix(twin.tail[0]) + twin.tail[1])
    attack(client, scene, request)


@pytest.mark.usefixtures("no_token")
@pytest.mark.parametrize("endpoint", ALONE)
def test_no_field_of_a_form_that_keeps_nothing_crashes(
    client: FlaskClient, at_stage: Callable[[Stage], Scene], endpoint: str
) -> None:
    stage, path, fields = ALONE[endpoint]
    scene = at_stage(stage)
    if endpoint.startswith("search_list."):
        page = (DATA / "pages" / "table_header.html").read_bytes()
        sent = Request(f"{scene.url}/search/new/1/list", file=("검색결과.html", page))
        assert sent.send(client, scene.person).status_code == 302
    attack(client, scene, Request(scene.url + path, fields))


@pytest.mark.usefixtures("no_token")
def test_a_page_in_euc_kr_is_read_as_it_is(client: FlaskClient, at_stage: Callable[[Stage], Scene]) -> None:
    scene = at_stage(Stage.SEARCHING)
    page = (DATA / "pages" / "euc_kr.html").read_bytes()
    assert "두레이".encode() not in page
    Request(f"{scene.url}/search/new/1/list", file=("검색결과.html", page)).send(client, scene.person)
    assert "두레이!" in client.get(f"{scene.url}/search/new/1/list").text


def a_workbook(*rows: tuple[Any, ...]) -> bytes:
    """An XLSX file of these rows."""
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    for row in rows:
        sheet.append(row)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


FORMULAS = a_workbook(("서비스명", "제공자명"), ('=HYPERLINK("http://example.com","눌러")', "표본기업"))


@pytest.mark.usefixtures("no_token")
@pytest.mark.parametrize(
    ("name", "data", "sentence"),
    [
        ("목록.xlsx", FORMULAS, "계산식"),
        ("목록.xlsx", FORMULAS[:300], "파일"),
        ("목록.csv", b"", "빈 파일"),
        ("목록.csv", b"\x00" * 500, "파일"),
        ("목록.csv", b"\xff\xfe\xff", "파일"),
        ("목록.pdf", b"%PDF-1.7\n%%EOF", "CSV"),
    ],
)
def test_a_list_of_services_that_cannot_be_taken_says_why(
    client: FlaskClient, at_stage: Callable[[Stage], Scene], name: str, data: bytes, sentence: str
) -> None:
    scene = at_stage(Stage.OPENED)
    answer = Request("/catalogue/new", file=(name, data)).send(client, scene.person)
    if answer.status_code == 302:
        answer = client.get(answer.location)
    assert_clear(answer)
    assert answer.status_code == 422
    assert sentence in answer.text

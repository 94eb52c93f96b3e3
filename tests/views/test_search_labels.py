"""Saying what the words of a saved page mean: once for a layout, and never half."""

from __future__ import annotations

import io
from collections.abc import Callable

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from tests.support.factories import event_kinds, post, signed_in
from tests.support.stages import Scene, Stage
from tests.support.stages import at_stage as at_stage

ROWS = (("표본 가", "표본기업 가", "표준"), ("표본 나", "표본기업 나", "간편"))
SAID = {"label-0": "", "label-1": "service_name", "label-2": "provider_name", "label-3": "csap_grade"}


def page(rows: tuple[tuple[str, ...], ...] = ROWS, total: int = 2) -> bytes:
    """A result page whose header words nobody knows."""
    body = "".join(
        f"<tr><td>{i}</td>{''.join(f'<td>{c}</td>' for c in row)}</tr>" for i, row in enumerate(rows)
    )
    head = "".join(f"<th>{word}</th>" for word in ("순번", "물건", "파는 곳", "보안"))
    return (
        f'<!doctype html><meta charset="utf-8"><title>검색결과</title><h2>검색결과</h2><p>총 {total}건</p>'
        f"<table><tr>{head}</tr>{body}</table>"
    ).encode()


@pytest.fixture
def searching(client: FlaskClient, at_stage: Callable[[Stage], Scene]) -> Scene:
    """A case whose search is open, and its officer signed in."""
    scene = at_stage(Stage.SEARCHING)
    signed_in(client, scene.person)
    return scene


def send(client: FlaskClient, scene: Scene, data: bytes) -> str:
    """Send a saved page; the page that follows."""
    files = {"file": (io.BytesIO(data), "검색결과.html")}
    answer = post(client, f"{scene.url}/search/new/1/list", files, content_type="multipart/form-data")
    return client.get(answer.headers["Location"]).text


def say(client: FlaskClient, scene: Scene, **changed: str) -> TestResponse:
    """Say what the words of the first file mean."""
    return post(client, f"{scene.url}/search/new/1/list/files/1", {**SAID, **changed})


def test_a_refused_page_is_read_once_its_words_are_known_and_so_is_the_next_of_its_layout(
    client: FlaskClient, searching: Scene
) -> None:
    assert "검색결과 화면이 아닙니다" in send(client, searching, page())
    words = client.get(f"{searching.url}/search/new/1/list/files/1").text
    assert "파는 곳" in words
    assert "예: 표본기업 가 · 표본기업 나" in words
    read = client.get(say(client, searching).headers["Location"]).text
    assert "읽은 서비스 2개 · 화면에 적힌 전체 2개" in read
    assert "표본기업 나" in read
    assert event_kinds(searching.case)[-1] == "catalogue.page_read"
    post(client, f"{searching.url}/search/new/1/list/drop", {"position": "0"})
    other = send(client, searching, page((("표본 다", "표본기업 다", "표준"),), 1))
    assert "읽은 서비스 1개" in other
    assert "맞추어 둔 항목 이름으로 읽었습니다" in other


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        ({"label-1": ""}, "어느 항목이 서비스명인지"),
        ({"label-3": "provider_name"}, "두 항목에 골랐습니다"),
        ({"label-3": "nothing"}, "목록에서 다시 골라"),
        ({"label-1": "provider_name", "label-2": "price_won", "label-3": "service_name"}, "읽은 서비스"),
    ],
)
def test_what_cannot_be_is_refused_with_the_choices_as_they_were(
    client: FlaskClient, searching: Scene, changed: dict[str, str], sentence: str
) -> None:
    send(client, searching, page())
    answer = say(client, searching, **changed)
    if answer.status_code == 302:
        answer = client.get(answer.headers["Location"])
    else:
        assert answer.status_code == 422
        assert event_kinds(searching.case)[-1] == "evidence.attached"
    assert sentence in answer.text


def test_a_list_with_corrections_is_not_read_anew(client: FlaskClient, searching: Scene) -> None:
    send(client, searching, page())
    say(client, searching)
    removed = {"removed": "y", "reason": "표본 사유", "service_name": "표본 가"}
    post(client, f"{searching.url}/search/new/1/list/1", removed)
    answer = say(client, searching)
    assert answer.status_code == 422
    assert "이미 고친 줄이 있어" in answer.text

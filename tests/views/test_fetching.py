"""Reading a list or a page from another site: the bytes become a file first, a refusal keeps the address."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from procurement.extensions import db
from procurement.models import EvidenceFile
from tests.support import standin
from tests.support.factories import event_kinds, post, signed_in
from tests.support.stages import Scene, Stage
from tests.support.stages import at_stage as at_stage

GOODS = {"operation": "getThptyUcntrctPrdctInfoList", "first": "2026-01-01", "last": "2026-06-30"}


@pytest.fixture
def searching(client: FlaskClient, at_stage: Callable[[Stage], Scene]) -> Scene:
    """A case whose search is open, and its officer signed in."""
    scene = at_stage(Stage.SEARCHING)
    signed_in(client, scene.person)
    return scene


def test_a_page_that_is_fetched_is_evidence_with_its_address_and_its_list_is_read(
    client: FlaskClient, searching: Scene
) -> None:
    address = f"{standin.shared().url}/search?page=3&encoding=euc-kr"
    answer = post(client, f"{searching.url}/search/new/1/list/fetch", {"url": f" {address} "})
    page = client.get(answer.headers["Location"]).text
    assert "읽은 서비스 5개 · 화면에 적힌 전체 25개" in page
    assert event_kinds(searching.case)[-1] == "evidence.attached"
    kept = db.session.scalars(select(EvidenceFile)).one()
    assert (kept.purpose, kept.reason) == ("search_output", f"가져온 주소: {address}")


@pytest.mark.parametrize(
    ("path", "sentence"),
    [
        ("", "주소를 적어 주세요"),
        ("https://example.com/search", "허용한 사이트가 아닙니다"),
        ("{site}/nothing", "화면을 주지 않았습니다(404)"),
        ("{site}/file", "웹페이지가 아닙니다"),
        ("{site}/moved/x?to=https://example.com/", "다른 주소로 보내"),
        ("x" * 3_000, "2,000자까지"),
    ],
)
def test_an_address_that_gives_no_page_is_refused_beside_its_field_and_stays_typed(
    client: FlaskClient, searching: Scene, path: str, sentence: str
) -> None:
    address = path.format(site=standin.shared().url)
    before = event_kinds(searching.case)
    answer = post(client, f"{searching.url}/search/new/1/list/fetch", {"url": address})
    assert answer.status_code == 422
    assert sentence in answer.text
    assert f'value="{address}"' in answer.text
    assert event_kinds(searching.case) == before


def test_goods_are_fetched_and_loaded_like_a_file(client: FlaskClient, searching: Scene) -> None:
    answer = post(client, "/catalogue/goods", {**GOODS, "product": "묶음"})
    columns = client.get(answer.headers["Location"])
    assert "조달청 제3자단가계약 품목 정보 2026-01-01~2026-06-30.json" in columns.text
    assert standin.KEY not in columns.text
    assert "표본 서비스 1" in columns.text


def test_a_refused_request_for_goods_says_why_and_keeps_what_was_typed(
    client: FlaskClient, searching: Scene
) -> None:
    answer = post(client, "/catalogue/goods", {**GOODS, "product": "한도"})
    assert answer.status_code == 422
    assert "하루 조회 횟수" in answer.text
    assert 'value="한도"' in answer.text
    answer = post(client, "/catalogue/goods", {**GOODS, "last": "2월 30일"})
    assert answer.status_code == 422
    assert 'value="2월 30일"' in answer.text

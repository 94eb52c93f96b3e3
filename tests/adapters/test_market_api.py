"""Goods of the procurement service's open API: pages, shapes of items, forms of errors."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date
from urllib.parse import quote

import pytest

from procurement.adapters.market_api import Query, check_query, fetch_goods, parse_page
from procurement.adapters.spreadsheets import propose_mapping, read_table, to_services
from procurement.adapters.web_client import FetchError, WebClient
from procurement.domain.errors import InvalidInput
from procurement.domain.hosts import allowed_hosts
from tests.support.standin import GOODS, KEY, StandIn, standing_in

OPERATION = "getThptyUcntrctPrdctInfoList"


@pytest.fixture(scope="module")
def site() -> Iterator[StandIn]:
    """The stand-in for the API."""
    with standing_in() as server:
        yield server


def fetched(site: StandIn, product: str = "", key: str = KEY) -> bytes:
    """What asking for ``product`` gives."""
    client = WebClient(allowed_hosts(site.host), pause=lambda _seconds: None)
    query = Query(OPERATION, date(2026, 1, 1), date(2026, 6, 30), product)
    return fetch_goods(client, f"{site.url}/api/", key, query)


def test_all_pages_come_and_none_holds_the_key(site: StandIn) -> None:
    document = fetched(site)
    assert KEY.encode() not in document
    assert quote(KEY, safe="").encode() not in document
    assert len(json.loads(document)["pages"]) == 3
    table = read_table(document, "goods.json")
    assert len(table.rows) == GOODS
    services = to_services(table, propose_mapping(table.columns))
    last = services[-1]
    assert (last.service_name, last.provider_name) == (f"표본 서비스 {GOODS}", f"표본상사 {GOODS % 7}")
    assert (last.price_won, last.company_size, last.in_mall) == (GOODS * 1_000, "중소기업", None)
    assert ("물품식별번호", str(90_000_000 + GOODS)) in last.extra


def test_a_key_in_its_quoted_spelling_is_the_same_key(site: StandIn) -> None:
    assert fetched(site, key=quote(KEY, safe="")) == fetched(site)


@pytest.mark.parametrize(("product", "count"), [("하나", 1), ("묶음", GOODS)])
def test_items_come_in_whatever_shape(site: StandIn, product: str, count: int) -> None:
    assert len(read_table(fetched(site, product), "goods.json").rows) == count


def test_nothing_found_is_said(site: StandIn) -> None:
    with pytest.raises(InvalidInput, match="조건에 맞는 품목이 없습니다"):
        read_table(fetched(site, "없음"), "goods.json")


@pytest.mark.parametrize(
    ("product", "sentence"),
    [
        ("오류 범위", r"07 입력범위값 초과 에러.*조회 기간을 줄여"),
        ("오류 조건", r"10 잘못된 요청.*조건을 확인"),
        ("한도", r"22 LIMITED.*하루 조회 횟수"),
        ("깨짐", "답을 읽을 수 없습니다"),
        ("빈 쪽", "5건 가운데 0건만"),
    ],
)
def test_every_form_of_an_error_says_what_to_do(site: StandIn, product: str, sentence: str) -> None:
    with pytest.raises(InvalidInput, match=sentence):
        fetched(site, product)


def test_a_key_that_is_not_registered_is_said(site: StandIn) -> None:
    with pytest.raises(InvalidInput, match=r"30 SERVICE_KEY.*등록되지 않은 인증키"):
        fetched(site, key="another")


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[]",
        "null",
        '{"response": {}}',
        '{"response": {"header": {"resultCode": "00"}}}',
        '{"response": {"header": {"resultCode": "00"}, "body": {"totalCount": "many"}}}',
        '{"response": {"header": {"resultCode": "00"}, "body": {"totalCount": 1, "items": ["text"]}}}',
        "<html>gateway</html>",
    ],
)
def test_an_answer_of_no_known_form_is_never_taken_for_an_empty_list(text: str) -> None:
    with pytest.raises((FetchError, InvalidInput)):
        parse_page(text)


@pytest.mark.parametrize(
    "query",
    [
        Query("getSomethingElse", date(2026, 1, 1), date(2026, 1, 2)),
        Query(OPERATION, date(2026, 1, 2), date(2026, 1, 1)),
        Query(OPERATION, date(2025, 1, 1), date(2026, 1, 2)),
    ],
)
def test_what_the_api_does_not_take_is_not_asked(query: Query) -> None:
    with pytest.raises(InvalidInput):
        check_query(query)

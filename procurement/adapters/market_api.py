"""Goods of the procurement service's shopping mall, through its open API.

What the API's manual says and what was seen of it goes in here alone: every value is text; the items of
a page come as a list, as one object, under ``item`` or as an empty text; an error comes in one of three
forms, two of them with status 200 and one as XML whatever was asked for.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, NoReturn
from urllib.parse import unquote

from bs4 import BeautifulSoup

from procurement.adapters.web_client import FetchError, WebClient
from procurement.domain.errors import InvalidInput, TooLarge

ROWS_A_PAGE = 999
MOST_PAGES = 50
LONGEST_WINDOW_DAYS = 365
OK = "00"
NO_DATA = "03"

# Title of each operation whose window is known to be a time of registration. The one over the whole mall is
# left out: what its parameters are called could not be verified.
OPERATIONS: Mapping[str, str] = {
    "getThptyUcntrctPrdctInfoList": "제3자단가계약 품목 정보",
    "getMASCntrctPrdctInfoList": "다수공급자계약 품목 정보",
    "getUcntrctPrdctInfoList": "일반단가계약 품목 정보",
}

# What each field is called on the page; a field that is not here keeps its own name.
TITLES: Mapping[str, str] = {
    "shopngCntrctNo": "쇼핑계약번호",
    "shopngCntrctSno": "쇼핑계약순번",
    "prdctIdntNo": "물품식별번호",
    "prdctSpecNm": "물품규격명",
    "prdctClsfcNo": "물품분류번호",
    "prdctClsfcNoNm": "품명",
    "dtilPrdctClsfcNo": "세부품명번호",
    "dtilPrdctClsfcNoNm": "세부품명",
    "cntrctCorpNm": "계약업체명",
    "cntrctCorpBizno": "계약업체 사업자등록번호",
    "entrprsDivNm": "기업구분",
    "prdctMakrNm": "제조사명",
    "cntrctMthdNm": "계약방법",
    "cntrctPrceAmt": "계약단가",
    "prdctUnit": "단위",
    "vatAplDivNm": "부가세 적용",
    "cntrctDate": "계약일자",
    "cntrctBgnDate": "계약시작일자",
    "cntrctEndDate": "계약종료일자",
    "prodctCertList": "제품인증",
    "rgstDt": "등록일시",
}
SPECIFICATION = "물품규격명"
PRODUCT = "품목명"
PARTS = 5
"""A specification names class, maker, product, use and unit, joined by commas; the third is the product."""

_CODES: Mapping[str, str] = {
    "01": "제공 기관의 프로그램 오류입니다. 잠시 뒤 다시 시도해 주세요.",
    "02": "제공 기관의 데이터베이스 오류입니다. 잠시 뒤 다시 시도해 주세요.",
    "04": "제공 기관과의 통신 오류입니다. 잠시 뒤 다시 시도해 주세요.",
    "05": "제공 기관이 제때 답하지 않습니다. 잠시 뒤 다시 시도해 주세요.",
    "06": "날짜 형식이 맞지 않습니다. 조회 기간을 다시 적어 주세요.",
    "07": "조회 범위를 넘었습니다. 조회 기간을 줄여 주세요.",
    "08": "꼭 필요한 조회 조건이 빠졌습니다. 조회 기간을 적어 주세요.",
    "10": "조회 조건이 잘못되었습니다. 조건을 확인해 주세요.",
    "11": "꼭 필요한 조회 조건이 빠졌습니다. 조회 기간을 적어 주세요.",
    "12": "더는 제공하지 않는 조회입니다. 관리자에게 주소 설정을 확인해 달라고 하세요.",
    "20": "이 인증키로는 쓸 수 없는 조회입니다. 공공데이터포털에서 활용신청을 확인하세요.",
    "22": "하루 조회 횟수를 모두 썼습니다. 내일 다시 시도하거나 활용신청의 한도를 늘리세요.",
    "23": "짧은 사이에 너무 많이 조회했습니다. 잠시 뒤 다시 시도해 주세요.",
    "30": "등록되지 않은 인증키입니다. 관리자에게 인증키 설정을 확인해 달라고 하세요.",
    "31": "기한이 지난 인증키입니다. 공공데이터포털에서 활용기간을 연장하세요.",
    "32": "이 기관의 주소(IP)로는 쓸 수 없는 인증키입니다. 공공데이터포털의 등록 주소를 확인하세요.",
}


@dataclass(frozen=True)
class Query:
    """What is asked: ``operation`` (key of OPERATIONS), first and last day of registration, words in 품명."""

    operation: str
    first: date
    last: date
    product: str = ""


@dataclass(frozen=True)
class Page:
    """One page of an answer: its items as text by field, and how many items there are on all pages."""

    items: tuple[Mapping[str, str], ...]
    total: int


def check_query(query: Query) -> None:
    """Raise ``InvalidInput`` for an operation that is not there, or a window that the API does not take."""
    if query.operation not in OPERATIONS:
        raise InvalidInput("조회할 목록을 골라 주세요.", "operation")
    if query.last < query.first:
        raise InvalidInput("조회 끝날이 시작날보다 앞섭니다. 날짜를 바로잡아 주세요.", "last")
    if query.last - query.first > timedelta(days=LONGEST_WINDOW_DAYS):
        raise InvalidInput("조회 기간은 1년까지입니다. 기간을 줄여 주세요.", "last")


def fetch_goods(
    client: WebClient,
    base_url: str,
    service_key: str,
    query: Query,
    told: Callable[[int, int], None] = lambda _read, _total: None,
) -> bytes:
    """All goods of ``query``: a JSON document with every page as it came, without the key.

    ``told`` hears after each page how many items were read and how many there are. Raises ``InvalidInput``
    for a query that cannot be asked or an error that the API states, ``FetchError`` when nothing usable came
    or the pages do not add up, ``TooLarge`` for more than ``MOST_PAGES`` pages.
    """
    check_query(query)
    asked = _parameters(query)
    pages: list[str] = []
    read = 0
    total = 0
    while not pages or read < total:
        number = len(pages) + 1
        answer = client.get(
            f"{base_url.rstrip('/')}/{query.operation}",
            # The key is handed out in two spellings; unquoted once it is the same, and quoted on the way out.
            {"serviceKey": unquote(service_key), "pageNo": str(number), **asked},
        )
        text = answer.body.decode("utf-8", "replace")
        page = parse_page(text, answer.status)
        total = page.total
        if total > ROWS_A_PAGE * MOST_PAGES:
            raise TooLarge(
                f"품목이 {total:,}건이라 한 번에 불러올 수 없습니다. 조회 기간을 줄여 주세요.", "last"
            )
        pages.append(text)
        read += len(page.items)
        told(read, total)
        if read < total and not page.items:
            raise FetchError(f"{total:,}건 가운데 {read:,}건만 받아 불러오지 않았습니다. 다시 시도해 주세요.")
    if read != total:
        raise FetchError(f"{total:,}건이라고 하나 {read:,}건을 받아 불러오지 않았습니다. 다시 시도해 주세요.")
    document = {"source": "open-api", "operation": query.operation, "asked": asked, "pages": pages}
    return json.dumps(document, ensure_ascii=False, indent=1).encode()


def _parameters(query: Query) -> dict[str, str]:
    asked = {
        "numOfRows": str(ROWS_A_PAGE),
        "type": "json",
        "rgstDtBgnDt": f"{query.first:%Y%m%d}0000",
        "rgstDtEndDt": f"{query.last:%Y%m%d}2359",
    }
    return asked | ({"prdctClsfcNoNm": query.product} if query.product else {})


def parse_page(text: str, status: int = 200) -> Page:
    """A page of the API's answer in any of the shapes that were seen.

    Raises ``InvalidInput`` with what to do for an error that it states, ``FetchError`` for what is none of
    the known shapes.
    """
    if text.lstrip("\ufeff \r\n\t").startswith("<"):
        _raise_stated(*_xml_error(text))
    try:
        document = json.loads(text)
    except (ValueError, RecursionError):
        document = None
    if not isinstance(document, dict):
        raise FetchError(f"조달청 공개 정보의 답을 읽을 수 없습니다({status}). 잠시 뒤 다시 시도해 주세요.")
    response = document.get("response")
    header = response.get("header") if isinstance(response, dict) else _stray_header(document)
    if not isinstance(header, dict):
        raise FetchError(f"조달청 공개 정보의 답을 읽을 수 없습니다({status}). 잠시 뒤 다시 시도해 주세요.")
    code = str(header.get("resultCode", ""))
    if code == NO_DATA:
        return Page((), 0)
    if code != OK or not isinstance(response, dict):
        _raise_stated(code, str(header.get("resultMsg", "")))
    return _body(response.get("body"))


def _stray_header(document: Mapping[str, Any]) -> object:
    """The header of an answer without ``response``: at the top, or under a name of the server's own."""
    if "resultCode" in document:
        return document
    inner = next((value for value in document.values() if isinstance(value, dict)), {})
    return inner.get("header")


def _xml_error(text: str) -> tuple[str, str]:
    soup = BeautifulSoup(text, "lxml-xml")
    found = {name: node.get_text(strip=True) for name in _XML_PLACES if (node := soup.find(name)) is not None}
    return (
        found.get("returnReasonCode") or found.get("resultCode", ""),
        found.get("returnAuthMsg") or found.get("resultMsg") or found.get("errMsg", ""),
    )


_XML_PLACES = ("returnReasonCode", "resultCode", "returnAuthMsg", "resultMsg", "errMsg")


def _raise_stated(code: str, message: str) -> NoReturn:
    code = code.zfill(2) if code.isdigit() else code
    said = _CODES.get(code, "잠시 뒤 다시 시도하고, 되풀이되면 관리자에게 알려 주세요.")
    shown = " ".join(part for part in (code, message[:80]) if part) or "까닭을 밝히지 않음"
    raise InvalidInput(f"조달청 공개 정보에서 목록을 받지 못했습니다({shown}). {said}")


def _body(body: object) -> Page:
    if not isinstance(body, dict):
        raise FetchError("조달청 공개 정보의 답에 내용이 없습니다. 잠시 뒤 다시 시도해 주세요.")
    try:
        total = int(str(body.get("totalCount") or "0"))
    except ValueError:
        raise FetchError(
            "조달청 공개 정보의 답에 전체 건수가 없습니다. 잠시 뒤 다시 시도해 주세요."
        ) from None
    return Page(_items(body.get("items")), total)


def _items(items: object) -> tuple[Mapping[str, str], ...]:
    """Items whether they come as a list, as one, under ``item``, or not at all."""
    if isinstance(items, dict) and set(items) == {"item"}:
        items = items["item"]
    if items in ("", None):
        return ()
    found: list[Any] = items if isinstance(items, list) else [items]
    if not all(isinstance(one, dict) for one in found):
        raise FetchError("조달청 공개 정보의 품목을 읽을 수 없습니다. 잠시 뒤 다시 시도해 주세요.")
    return tuple({str(name): _text(value) for name, value in one.items()} for one in found)


def _text(value: object) -> str:
    return "" if value is None else str(value)


def table_of(document: Mapping[str, Any]) -> tuple[list[str], list[list[str]]]:
    """The columns and rows of a document that ``fetch_goods`` made.

    Fields stand under their Korean titles in the order in which they first come, the name of the product
    after them. Raises ``InvalidInput`` for a document of another make.
    """
    pages = document.get("pages")
    if document.get("source") != "open-api" or not isinstance(pages, list):
        raise InvalidInput("조달청 공개 정보에서 받은 파일이 아닙니다. CSV나 XLSX로 저장해 올려 주세요.")
    items = [item for page in pages for item in parse_page(str(page)).items]
    names = list(dict.fromkeys(name for item in items for name in item))
    columns = [TITLES.get(name, name) for name in names]
    rows = [[item.get(name, "") for name in names] for item in items]
    if SPECIFICATION not in columns:
        return columns, rows
    at = columns.index(SPECIFICATION)
    return [*columns, PRODUCT], [[*row, _product(row[at])] for row in rows]


def _product(specification: str) -> str:
    """The product that a specification names; all of it where a comma within a part leaves no telling."""
    parts = [part.strip() for part in specification.split(",")]
    return parts[2] if len(parts) == PARTS and parts[2] else specification

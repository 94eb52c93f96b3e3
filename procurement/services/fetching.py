"""Lists and pages read from the sites that the institution allowed: kept whole as files, before all else."""

from __future__ import annotations

from datetime import date
from io import BytesIO
from urllib.parse import urlsplit

from procurement.adapters.filetypes import FileKind, detect
from procurement.adapters.market_api import OPERATIONS, Query, check_query
from procurement.adapters.market_api import fetch_goods as goods_document
from procurement.adapters.web_client import FetchError, WebClient
from procurement.domain.errors import InvalidInput
from procurement.domain.hosts import AllowedHost, allowed_hosts
from procurement.services import evidence
from procurement.services.store import settings

LONGEST_URL = 2_000
GOODS_LISTS = OPERATIONS
"""Title of each list of goods that can be asked for, by its key."""
_PAGES = (FileKind.HTML, FileKind.XML, FileKind.MHTML)


def page_hosts() -> tuple[str, ...]:
    """Names of the sites that a page may be fetched from; empty when the institution allowed none."""
    return tuple(dict.fromkeys(host.name for host in allowed_hosts(settings().fetch_hosts)))


def goods_offered() -> bool:
    """Whether the open API of the procurement service is set up."""
    return bool(settings().open_api_key)


def fetch_page(url: str) -> evidence.Received:
    """The page at ``url``, taken into the store as it came; call it before the transaction.

    Raises ``InvalidInput`` for an address that may not be read or holds no page, ``FetchError`` when the site
    does not answer, ``TooLarge`` for too much.
    """
    address = url.strip()
    if not address:
        raise InvalidInput("검색 결과 화면의 주소를 적어 주세요.", "url")
    if len(address) > LONGEST_URL:
        raise InvalidInput(f"주소가 {LONGEST_URL:,}자를 넘습니다. 주소를 확인해 주세요.", "url")
    answer = WebClient(allowed_hosts(settings().fetch_hosts)).get(address)
    if answer.status >= 400:
        raise FetchError(
            f"상대 사이트가 화면을 주지 않았습니다({answer.status}). 주소를 확인하거나 브라우저에서 저장해 "
            "파일로 올려 주세요.",
            "url",
        )
    if detect(answer.body, "page.html") not in _PAGES:
        raise InvalidInput("주소의 내용이 웹페이지가 아닙니다. 검색 결과 화면의 주소를 적어 주세요.", "url")
    name = f"{urlsplit(answer.url).hostname} 검색 결과 화면.html"
    return evidence.receive(BytesIO(answer.body), name)


def goods_query(operation: str, first: date | None, last: date | None, product: str) -> Query:
    """What to ask: a key of GOODS_LISTS, first and last day of registration, words of the goods' class.

    Raises ``InvalidInput`` without a day, and for what the API does not take.
    """
    if first is None or last is None:
        raise InvalidInput("조회할 기간의 처음 날과 끝 날을 적어 주세요.", "first")
    query = Query(operation, first, last, product.strip())
    check_query(query)
    return query


def fetch_goods(query: Query) -> evidence.Received:
    """The goods of ``query``, taken into the store page by page as they came; call it before the transaction.

    Raises ``InvalidInput`` when the API is not set up, for a query that it does not take and for what it
    answers in error; ``FetchError`` when it does not answer; ``TooLarge`` for more goods than one load takes.
    """
    now = settings()
    if not now.open_api_key:
        raise InvalidInput("조달청 공개 정보의 인증키를 정하지 않았습니다. 관리자에게 설정을 요청해 주세요.")
    client = WebClient((*allowed_hosts(now.fetch_hosts), *_api_host(now.open_api_url)))
    document = goods_document(client, now.open_api_url, now.open_api_key, query)
    title = f"조달청 {OPERATIONS[query.operation]} {query.first:%Y-%m-%d}~{query.last:%Y-%m-%d}.json"
    return evidence.receive(BytesIO(document), title)


def _api_host(url: str) -> tuple[AllowedHost, ...]:
    """The host of the API, which setting a key allows."""
    return allowed_hosts(urlsplit(url).netloc)

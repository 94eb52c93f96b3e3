"""A stand-in for other people's sites: result pages in several layouts, and the open API of the mall.

It is none of theirs and looks like none of theirs: what it serves was made up from what is known of them, to
develop and test against. ``python -m tests.support.standin [PORT]`` serves it on loopback.
"""

from __future__ import annotations

import json
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from functools import lru_cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

from tests.support.official_pages import many_services, result_page

LAYOUTS = Path(__file__).resolve().parent.parent / "data" / "pages"
KEY = "stand-in/key+of=the tests"
GOODS = 2_345
LIMIT = 999
KEY_UNKNOWN = (
    "<OpenAPI_ServiceResponse><cmmMsgHeader><errMsg>SERVICE ERROR</errMsg>"
    "<returnAuthMsg>{message}</returnAuthMsg><returnReasonCode>{code}</returnReasonCode>"
    "</cmmMsgHeader></OpenAPI_ServiceResponse>"
)


def good(number: int) -> dict[str, str]:
    """A made-up good of the mall, every value a text as the API has it."""
    return {
        "shopngCntrctNo": f"{number:09d}00",
        "cntrctCorpNm": f"표본상사 {number % 7}",
        "entrprsDivNm": "중소기업",
        "prdctIdntNo": f"{90_000_000 + number}",
        "prdctSpecNm": f"표본소프트웨어, 표본상사, 표본 서비스 {number}, 표본 업무용, 1Server",
        "cntrctPrceAmt": f"{number * 1_000}.00",
        "prdctUnit": "개",
    }


class _Answers(BaseHTTPRequestHandler):
    """Answers by path; ``server.asked`` counts how often each path was asked for."""

    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        """Answer a GET."""
        parts = urlsplit(self.path)
        asked = {name: values[0] for name, values in parse_qs(parts.query).items()}
        counts: Counter[str] = self.server.asked  # type: ignore[attr-defined]
        counts[parts.path] += 1
        head, _, tail = parts.path.strip("/").partition("/")
        answer: Callable[[str, Mapping[str, str], int], None] = getattr(self, f"_{head}", self._missing)
        answer(tail, asked, counts[parts.path])

    def _send(self, body: bytes, status: int = 200, kind: str = "text/html", **headers: str) -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.end_headers()
        self.wfile.write(body)

    def _missing(self, _tail: str, _asked: Mapping[str, str], _times: int) -> None:
        self._send(b"no such page", 404)

    def _layouts(self, tail: str, _asked: Mapping[str, str], _times: int) -> None:
        """A result page in one of the layouts that the tests of the reader have."""
        known = {path.name: path for path in LAYOUTS.iterdir()}
        if tail in known:
            self._send(known[tail].read_bytes())
        else:
            self._missing(tail, {}, 0)

    def _search(self, _tail: str, asked: Mapping[str, str], _times: int) -> None:
        """Page ``page`` of 25 results, ten a page, in the encoding asked for."""
        page, encoding = int(asked.get("page", "1")), asked.get("encoding", "utf-8")
        services = many_services(25)[(page - 1) * 10 : page * 10]
        self._send(result_page(services, total=25, encoding=encoding), kind=f"text/html; charset={encoding}")

    def _busy(self, _tail: str, asked: Mapping[str, str], times: int) -> None:
        """Busy as often as asked, then a result page."""
        if times <= int(asked.get("times", "2")):
            self._send(b"busy", int(asked.get("status", "503")), Retry_After="1")
        else:
            self._send(result_page())

    def _slow(self, _tail: str, asked: Mapping[str, str], _times: int) -> None:
        time.sleep(float(asked.get("seconds", "1")))
        self._send(result_page())

    def _moved(self, tail: str, asked: Mapping[str, str], _times: int) -> None:
        """On to another address: of this site, or of the one that is named."""
        self._send(b"", 302, Location=asked.get("to", f"/{tail}"))

    def _round(self, _tail: str, _asked: Mapping[str, str], _times: int) -> None:
        self._send(b"", 302, Location="/round")

    def _endless(self, _tail: str, _asked: Mapping[str, str], _times: int) -> None:
        """More bytes than anybody takes."""
        self.send_response(200)
        self.send_header("Content-Type", "text/html")
        self.send_header("Connection", "close")
        self.end_headers()
        try:
            for _ in range(1_000):
                self.wfile.write(b"<p>" + b"x" * 65_536)
        except OSError:
            pass
        self.close_connection = True

    def _file(self, _tail: str, _asked: Mapping[str, str], _times: int) -> None:
        self._send(b"%PDF-1.7 sample", kind="application/pdf")

    def _api(self, _tail: str, asked: Mapping[str, str], _times: int) -> None:
        """The open API: 품명 names what to answer with, so that each form can be asked for."""
        if asked.get("serviceKey") != KEY:
            error = KEY_UNKNOWN.format(message="SERVICE_KEY_IS_NOT_REGISTERED_ERROR", code="30")
            self._send(error.encode(), kind="text/xml")
            return
        text = _api_answer(asked)
        self._send(text.encode(), kind="application/json; charset=utf-8")

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""


def _api_answer(asked: Mapping[str, str]) -> str:
    wanted = asked.get("prdctClsfcNoNm", "")
    stated = {
        "오류 범위": {
            "nkoneps.com.response.ResponseError": {
                "header": {"resultCode": "07", "resultMsg": "입력범위값 초과 에러"}
            }
        },
        "오류 조건": {"resultCode": "10", "resultMsg": "잘못된 요청 파라메터 에러"},
        "없음": {"response": {"header": {"resultCode": "03", "resultMsg": "데이터없음"}, "body": {}}},
    }
    if wanted in stated:
        return json.dumps(stated[wanted], ensure_ascii=False)
    if wanted == "한도":
        return KEY_UNKNOWN.format(message="LIMITED_NUMBER_OF_SERVICE_REQUESTS_EXCEEDS_ERROR", code="22")
    if wanted == "깨짐":
        return '{"response": {"header"'
    total = {"하나": 1, "빈 쪽": 5}.get(wanted, GOODS)
    rows, page = int(asked["numOfRows"]), int(asked["pageNo"])
    goods = [good(number) for number in range((page - 1) * rows + 1, min(page * rows, total) + 1)]
    shapes: Mapping[str, object] = {
        "하나": {"item": goods[0]} if goods else "",
        "묶음": {"item": goods},
        "빈 쪽": "",
    }
    body = {
        "items": shapes.get(wanted, goods),
        "numOfRows": rows,
        "pageNo": page,
        "totalCount": total,
    }
    document = {"response": {"header": {"resultCode": "00", "resultMsg": "정상"}, "body": body}}
    return json.dumps(document, ensure_ascii=False)


class StandIn(ThreadingHTTPServer):
    """The stand-in on a port of loopback; ``asked`` counts how often each path was asked for."""

    daemon_threads = True

    def __init__(self, port: int = 0) -> None:
        super().__init__(("127.0.0.1", port), _Answers)
        self.asked: Counter[str] = Counter()
        self.host = f"127.0.0.1:{self.server_port}"
        self.url = f"http://{self.host}"


@contextmanager
def standing_in() -> Iterator[StandIn]:
    """The stand-in, served from a thread of this process."""
    server = StandIn()
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@lru_cache(maxsize=1)
def shared() -> StandIn:
    """The one that the application under test may read from; it lives as long as the process."""
    server = StandIn()
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
    return server


if __name__ == "__main__":
    with StandIn(int(sys.argv[1]) if len(sys.argv) > 1 else 8_700) as own:
        print(
            f"A stand-in for other sites, for development and tests: {own.url}/search?page=1, {own.url}/api"
        )
        print(f"FETCH_HOSTS={own.host} OPEN_API_URL={own.url}/api OPEN_API_KEY='{KEY}'")
        own.serve_forever()

"""Reading from another host over HTTP: only from hosts that the institution named, and only as much as asked.

A request is steered in many ways: by a redirect, by a name that answers with an address of the inner network,
by a proxy in the environment, by an answer without end. Each is shut here, for every reader.
"""

from __future__ import annotations

import ipaddress
import socket
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import urljoin, urlsplit

import requests
from requests.adapters import HTTPAdapter
from urllib3 import PoolManager
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool

from procurement.domain.errors import InvalidInput, TooLarge
from procurement.domain.hosts import AllowedHost

CONNECT_SECONDS = 5.0
READ_SECONDS = 20.0
MOST_SECONDS = 60.0
"""How long one answer may take altogether, with every attempt and pause."""
MOST_BYTES = 30 * 1024 * 1024
MOST_REDIRECTS = 3
ATTEMPTS = 4
FIRST_PAUSE_SECONDS = 0.5
LONGEST_PAUSE_SECONDS = 10.0
_CHUNK = 64 * 1024
_AGAIN = frozenset({408, 425, 429, 500, 502, 503, 504})
_MOVED = frozenset({301, 302, 303, 307, 308})
_AGENT = "digital-service-contract-support/1.0"
_INNER = (
    "주소가 공개된 인터넷이 아닌 곳을 가리켜 읽지 않았습니다. "
    "주소를 확인하거나 관리자에게 허용 주소 설정을 요청해 주세요."
)


class FetchError(InvalidInput):
    """Nothing usable came back; the message says what happened and what to do."""


class _PeerRefusedError(Exception):
    """The name led to an address that is not allowed. No OSError: nobody is to try again."""


@dataclass(frozen=True)
class Answer:
    """What came back: from where in the end, status, bytes, and the encoding that was declared, if any."""

    url: str
    status: int
    body: bytes
    encoding: str | None = None


class WebClient:
    """Reads by GET from the given hosts alone.

    ``pause`` waits a number of seconds between attempts, ``clock`` counts seconds; tests hand in their own.
    """

    def __init__(
        self,
        hosts: Sequence[AllowedHost],
        *,
        pause: Callable[[float], None] = time.sleep,
        clock: Callable[[], float] = time.monotonic,
        most_bytes: int = MOST_BYTES,
        read_seconds: float = READ_SECONDS,
        most_seconds: float = MOST_SECONDS,
    ) -> None:
        self._hosts = tuple(hosts)
        self._pause = pause
        self._clock = clock
        self._most_bytes = most_bytes
        self._read_seconds = read_seconds
        self._most_seconds = most_seconds

    def get(self, url: str, params: Mapping[str, str] | None = None) -> Answer:
        """The answer to a GET of ``url`` with ``params``, whatever its status below 500 (and not 429).

        Tries again with a growing pause when the host is busy, broken or silent. Raises ``FetchError`` when
        nothing usable came, ``InvalidInput`` for an address that may not be read, ``TooLarge`` for more
        bytes than are taken.
        """
        until = self._clock() + self._most_seconds
        wait = FIRST_PAUSE_SECONDS
        problem = ""
        for attempt in range(1, ATTEMPTS + 1):
            asked = 0.0
            try:
                answer, asked = self._follow(url, params, until)
                if answer.status not in _AGAIN:
                    return answer
                problem = f"상대 사이트가 바쁘거나 고장입니다({answer.status}). 잠시 뒤 다시 시도해 주세요."
            except _PeerRefusedError:
                raise InvalidInput(_INNER, "url") from None
            except requests.exceptions.SSLError:
                raise FetchError(
                    "상대 사이트의 보안 인증서를 확인할 수 없어 읽지 않았습니다. 주소를 확인해 주세요.", "url"
                ) from None
            except requests.exceptions.Timeout:
                problem = "상대 사이트가 제때 답하지 않습니다. 잠시 뒤 다시 시도해 주세요."
            except (requests.exceptions.RequestException, OSError):
                problem = "상대 사이트에 연결할 수 없습니다. 기관망에서 열리는 주소인지 확인해 주세요."
            rest = min(max(wait, asked), LONGEST_PAUSE_SECONDS)
            if attempt == ATTEMPTS or self._clock() + rest >= until:
                break
            self._pause(rest)
            wait *= 2
        raise FetchError(problem, "url")

    def _follow(self, url: str, params: Mapping[str, str] | None, until: float) -> tuple[Answer, float]:
        """The answer after redirects that stay with the host, and the seconds that it asks to wait."""
        host = self._host_of(url)
        for _ in range(MOST_REDIRECTS + 1):
            with self._session(host) as session:
                response = session.get(
                    url,
                    params=params,
                    timeout=(CONNECT_SECONDS, self._read_seconds),
                    allow_redirects=False,
                    stream=True,
                )
                if response.status_code not in _MOVED:
                    return self._read(response, until), _retry_after(response)
                onward = urljoin(response.url, response.headers.get("Location", ""))
            if urlsplit(onward)[:2] != urlsplit(url)[:2]:
                break
            url, params = onward, None
        raise FetchError(
            "상대 사이트가 다른 주소로 보내 읽지 않았습니다. 로그인이 필요한 화면이면 브라우저에서 저장해 "
            "파일로 올려 주세요.",
            "url",
        )

    def _host_of(self, url: str) -> AllowedHost:
        """The allowed host of an address; ``InvalidInput`` for every other."""
        try:
            parts = urlsplit(url)
            name, port = parts.hostname or "", parts.port
        except ValueError:
            raise InvalidInput(
                "웹 주소로 읽을 수 없습니다. https://로 시작하는 주소를 적어 주세요.", "url"
            ) from None
        if parts.scheme not in ("http", "https") or not name or parts.username or parts.password:
            raise InvalidInput("웹 주소로 읽을 수 없습니다. https://로 시작하는 주소를 적어 주세요.", "url")
        usual = 443 if parts.scheme == "https" else 80
        for host in self._hosts:
            if host.name == name.lower() and (host.port or usual) == (port or usual):
                return host
        known = ", ".join(dict.fromkeys(host.name for host in self._hosts))
        raise InvalidInput(
            f"‘{name[:100]}’은(는) 읽도록 허용한 사이트가 아닙니다. 허용한 사이트: {known or '없음'}", "url"
        )

    def _session(self, host: AllowedHost) -> requests.Session:
        session = requests.Session()
        # No proxy, no password file: nothing in the environment sends the request elsewhere.
        session.trust_env = False
        session.headers.update({"User-Agent": _AGENT, "Accept-Language": "ko"})
        adapter = _PeerAdapter(host.address)
        session.mount("http://", adapter)
        session.mount("https://", adapter)
        return session

    def _read(self, response: requests.Response, until: float) -> Answer:
        body = bytearray()
        for chunk in response.iter_content(_CHUNK):
            body += chunk
            if len(body) > self._most_bytes:
                raise TooLarge(
                    "상대 사이트의 답이 너무 커서 읽지 않았습니다. 조건을 좁혀 다시 시도해 주세요."
                )
            if self._clock() > until:
                raise requests.exceptions.ReadTimeout
        declared = "charset" in response.headers.get("Content-Type", "").lower()
        return Answer(
            response.url, response.status_code, bytes(body), response.encoding if declared else None
        )


def _retry_after(response: requests.Response) -> float:
    """Seconds that the host asks to wait, 0 where it names none (a date counts as none)."""
    text = response.headers.get("Retry-After", "")
    return float(text) if text.isascii() and text.isdigit() else 0.0


class _PeerAdapter(HTTPAdapter):
    """Connects only where the peer's address, as the socket has it, is allowed."""

    def __init__(self, address: str) -> None:
        self._address = address
        super().__init__(max_retries=0)

    def init_poolmanager(
        self, connections: int, maxsize: int, block: bool = False, **pool_kwargs: object
    ) -> None:
        """Make pools whose connections look at their peer before anything is sent."""
        super().init_poolmanager(connections, maxsize, block, **pool_kwargs)
        manager: PoolManager = self.poolmanager
        manager.pool_classes_by_scheme = _pools(self._address)


def _pools(address: str) -> dict[str, type[HTTPConnectionPool]]:
    class Plain(HTTPConnection):
        def _new_conn(self) -> socket.socket:
            return _checked(super()._new_conn(), address)

    class Secure(HTTPSConnection):
        def _new_conn(self) -> socket.socket:
            return _checked(super()._new_conn(), address)

    class PlainPool(HTTPConnectionPool):
        ConnectionCls = Plain

    class SecurePool(HTTPSConnectionPool):
        ConnectionCls = Secure

    return {"http": PlainPool, "https": SecurePool}


def _checked(sock: socket.socket, address: str) -> socket.socket:
    """The socket, when it leads to ``address`` or, without one, to the public internet."""
    peer = ipaddress.ip_address(str(sock.getpeername()[0]).partition("%")[0])
    if isinstance(peer, ipaddress.IPv6Address) and peer.ipv4_mapped:
        peer = peer.ipv4_mapped
    if peer == ipaddress.ip_address(address) if address else peer.is_global:
        return sock
    sock.close()
    raise _PeerRefusedError

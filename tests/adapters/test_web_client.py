"""Reading from other sites: where to, how much, how often, and what is said when nothing comes."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest

from procurement.adapters.pages import parse_result_page
from procurement.adapters.web_client import FetchError, WebClient
from procurement.domain.errors import InvalidInput, TooLarge
from procurement.domain.hosts import AllowedHost, allowed_hosts
from tests.support.standin import StandIn, standing_in


@pytest.fixture(scope="module")
def site() -> Iterator[StandIn]:
    """The stand-in for another site."""
    with standing_in() as server:
        yield server


class Pauses(list[float]):
    """Seconds that were to be waited, written down instead."""

    def __call__(self, seconds: float) -> None:
        """Write down."""
        self.append(seconds)


def client(site: StandIn, **options: Any) -> WebClient:
    """A client that may read the stand-in and waits for nothing."""
    return WebClient(allowed_hosts(site.host), **{"pause": Pauses(), **options})


@pytest.mark.parametrize("encoding", ["utf-8", "euc-kr"])
def test_a_result_page_is_read_as_it_was_served(site: StandIn, encoding: str) -> None:
    answer = client(site).get(f"{site.url}/search", {"page": "3", "encoding": encoding})
    assert answer.encoding == encoding
    page = parse_result_page(answer.body, declared_encoding=answer.encoding)
    assert [len(page.services), page.total_stated] == [5, 25]


def test_a_busy_site_is_asked_again_with_growing_pauses_and_as_it_wishes(site: StandIn) -> None:
    pauses = Pauses()
    assert client(site, pause=pauses).get(f"{site.url}/busy/twice?times=2").status == 200
    assert pauses == [1.0, 1.0]
    assert site.asked["/busy/twice"] == 3


def test_a_site_that_stays_busy_is_given_up_with_a_sentence(site: StandIn) -> None:
    with pytest.raises(FetchError, match=r"429.*잠시 뒤"):
        client(site).get(f"{site.url}/busy/ever?times=99&status=429")
    assert site.asked["/busy/ever"] == 4


def test_no_answer_in_time_is_said(site: StandIn) -> None:
    with pytest.raises(FetchError, match="제때 답하지 않습니다"):
        client(site, read_seconds=0.05).get(f"{site.url}/slow/read?seconds=1")


def test_all_attempts_together_end_in_time(site: StandIn) -> None:
    pauses = Pauses()
    with pytest.raises(FetchError):
        client(site, pause=pauses, most_seconds=0.4).get(f"{site.url}/busy/short?times=99")
    assert not pauses


def test_a_redirect_of_the_site_itself_is_followed(site: StandIn) -> None:
    assert client(site).get(f"{site.url}/moved/search").url == f"{site.url}/search"


@pytest.mark.parametrize(
    "to", ["http://localhost:{port}/search", "http://127.0.0.1:1/", "file:///etc/passwd"]
)
def test_a_redirect_elsewhere_is_not(site: StandIn, to: str) -> None:
    with pytest.raises(InvalidInput):
        client(site).get(f"{site.url}/moved/away", {"to": to.format(port=site.server_port)})


def test_a_redirect_without_end_is_not(site: StandIn) -> None:
    with pytest.raises(FetchError, match="다른 주소로 보내"):
        client(site).get(f"{site.url}/round")


def test_an_answer_without_end_is_cut_off(site: StandIn) -> None:
    with pytest.raises(TooLarge):
        client(site, most_bytes=1_000_000).get(f"{site.url}/endless")


@pytest.mark.parametrize(
    "url",
    [
        "https://example.com/",
        "http://127.0.0.1/",
        "ftp://127.0.0.1/",
        "file:///etc/passwd",
        "http://user:word@127.0.0.1:{port}/",
        "http://[::1",
        "주소가 아님",
        "",
    ],
)
def test_an_address_of_no_allowed_site_is_never_asked(site: StandIn, url: str) -> None:
    with pytest.raises(InvalidInput, match=r"허용한 사이트|웹 주소로 읽을 수 없습니다"):
        client(site).get(url.format(port=site.server_port))


def test_a_name_that_leads_into_the_inner_network_is_refused_before_anything_is_sent(site: StandIn) -> None:
    inner = WebClient([AllowedHost("localhost", site.server_port)], pause=Pauses())
    with pytest.raises(InvalidInput, match="공개된 인터넷이 아닌 곳"):
        inner.get(f"http://localhost:{site.server_port}/inner")
    assert site.asked["/inner"] == 0


def test_a_name_is_held_to_the_address_that_was_set(site: StandIn) -> None:
    url = f"http://localhost:{site.server_port}/search"
    right = allowed_hosts(f"localhost:{site.server_port}=127.0.0.1")
    assert WebClient(right).get(url).status == 200
    wrong = allowed_hosts(f"localhost:{site.server_port}=127.0.0.2")
    with pytest.raises(InvalidInput, match="공개된 인터넷이 아닌 곳"):
        WebClient(wrong).get(url)


def test_no_proxy_of_the_environment_gets_in_between(site: StandIn, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:1")
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:1")
    assert client(site).get(f"{site.url}/search").status == 200


@pytest.mark.parametrize("text", ["https://example.com", "a b/c", "name=이상한 주소", "name:port", "u@name"])
def test_a_setting_that_names_no_host_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=re.escape(text)):
        allowed_hosts(text)


def test_hosts_of_a_setting_are_read() -> None:
    assert allowed_hosts(" www.example.com, mirror:8443=10.1.2.3 ,127.0.0.1:80,") == (
        AllowedHost("www.example.com"),
        AllowedHost("mirror", 8443, "10.1.2.3"),
        AllowedHost("127.0.0.1", 80, "127.0.0.1"),
    )

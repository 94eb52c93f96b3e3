"""Every page of the site as its people meet it: found by following the links, as they would."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from html import unescape
from urllib.parse import urljoin, urlsplit

from flask import Flask
from flask.testing import FlaskClient
from werkzeug.exceptions import HTTPException

_LINK = re.compile(r'<(?:a|form)\b[^>]*\s(?:href|action)="([^"]+)"[^>]*>')


@dataclass(frozen=True)
class Visit:
    """A page met by a person: its address, its endpoint, what it answered."""

    url: str
    endpoint: str
    status: int
    media_type: str
    found_on: str


def endpoint_of(app: Flask, url: str) -> tuple[str, str]:
    """Endpoint of an address, and the case that it belongs to; two empty texts for none."""
    try:
        endpoint, values = app.url_map.bind("").match(urlsplit(url).path, method="GET")
    except HTTPException:
        return "", ""
    return str(endpoint), str(values.get("number", "")) + str(values.get("step", ""))


def links_of(text: str, url: str) -> Iterator[str]:
    """Addresses of this site that a page leads to; forms that change something are left out."""
    for found in _LINK.finditer(text):
        if 'method="post"' not in found.group():
            target = urlsplit(urljoin(url, unescape(found.group(1))))
            if target.scheme in ("", "http") and target.netloc in ("", "localhost"):
                yield target.path + (f"?{target.query}" if target.query else "")


def walk_links(
    client: FlaskClient, start: str = "/", of_a_kind: int = 1, within: str = ""
) -> Iterator[Visit]:
    """Follow every link that begins with ``within``; each kind of page of each case so many times."""
    waiting, known = [(start, "")], {start}
    met: Counter[tuple[str, str]] = Counter()
    while waiting:
        url, found_on = waiting.pop(0)
        kind = endpoint_of(client.application, url)
        if kind[0] == "static" or met[kind] >= of_a_kind:
            continue
        met[kind] += 1
        answer = client.get(url)
        text = answer.text if answer.mimetype == "text/html" else ""
        answer.close()
        yield Visit(url, kind[0], answer.status_code, answer.mimetype, found_on)
        for link in links_of(text, url):
            if link not in known and link.startswith(within):
                known.add(link)
                waiting.append((link, url))

"""Reading a saved page with 1,000 services, beside BeautifulSoup's own parse of the same page."""

from __future__ import annotations

from collections.abc import Sequence

from bs4 import BeautifulSoup
from flask import Flask

from procurement.adapters.pages import parse_result_page
from procurement.config import Settings
from tests.bench.table import Row, row, side_by_side
from tests.support.official_pages import many_services, result_page

SERVICES = 1_000
GOAL = 3.0
TIMES = 7


def rows(_app: Flask, _settings: Settings) -> Sequence[Row]:
    """One figure for a table and one for cards."""
    return [_measured("table", result_page(many_services(SERVICES))), _measured("cards", _cards())]


def _measured(name: str, data: bytes) -> Row:
    text = data.decode()
    if len(parse_result_page(data).services) != SERVICES:
        raise RuntimeError(f"not all services of the {name} were read")
    value, reference = side_by_side(
        lambda: parse_result_page(data), lambda: BeautifulSoup(text, "lxml"), TIMES
    )
    return row(f"saved page, 1,000 services as {name} (ms), beside its parse", value, reference, GOAL)


def _cards() -> bytes:
    """The same services as cards: a linked name, its provider, labelled facts, a badge."""
    cards = "".join(
        f'<li><a href="/service/detail.do?s={number}"><strong>{name}</strong></a><span>{provider}</span>'
        f"<dl><dt>제공자</dt><dd>{provider}</dd><dt>CSAP 등급</dt><dd>{grade}</dd></dl><em>SaaS</em></li>"
        for number, name, provider, grade, *_ in many_services(SERVICES)
    )
    return (
        f'<!doctype html><html lang="ko"><head><meta charset="utf-8"><title>검색결과</title></head>'
        f"<body><h2>검색결과</h2><p>총 {SERVICES:,}건</p><ul>{cards}</ul></body></html>"
    ).encode()

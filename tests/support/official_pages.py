"""Result pages as the support system might show them, made up for the tests."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

# Service id, service, provider, CSAP, listed in the mall, price: nothing of it is real.
SAMPLE_SERVICES: tuple[tuple[str, str, str, str, str, str], ...] = (
    ("SAS-9-01-90001", "표본 협업 가온", "표본기업 가온", "표준", "등록", "12,000,000원"),
    ("SAS-9-01-90002", "표본 협업 나래", "표본기업 나래", "간편", "등록", "11,000,000원"),
    ("SAS-9-01-90003", "표본 협업 다솜", "표본기업 다솜", "표준", "미등록", ""),
)


def result_page(
    services: Sequence[tuple[str, ...]] = SAMPLE_SERVICES,
    *,
    total: int | None = None,
    encoding: str = "utf-8",
    title: str = "검색결과",
) -> bytes:
    """A saved result page that states ``total`` results (as many as it lists when left out)."""
    heads = ("서비스 번호", "서비스명", "제공자명", "CSAP 등급", "디지털서비스몰 등록", "가격")
    rows = "".join(
        "<tr>" + "".join(f"<td>{escape(cell)}</td>" for cell in service) + "</tr>" for service in services
    )
    table = f"<table><tr>{''.join(f'<th>{head}</th>' for head in heads)}</tr>{rows}</table>"
    count = len(services) if total is None else total
    body = table if services else "<p>검색결과가 없습니다.</p>"
    steps = '<div><strong>1</strong> <a href="?page=2">2</a> <a href="?page=2">다음</a></div>'
    steps = steps if count > len(services) else ""
    page = (
        f'<!doctype html><html lang="ko"><head><meta charset="{encoding}"><title>{title}</title></head>'
        f"<body><h2>{title}</h2><p>총 {count}건</p>{body}{steps}</body></html>"
    )
    return page.encode(encoding)


def many_services(count: int) -> list[tuple[str, ...]]:
    """So many different made-up services."""
    return [
        (f"SAS-9-02-{90000 + number}", f"표본 서비스 {number}", f"표본기업 {number}", "표준", "등록", "")
        for number in range(1, count + 1)
    ]

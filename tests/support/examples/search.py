"""③ Searches, and the catalogue that rehearsals look through."""

from __future__ import annotations

import io
from typing import Any
from urllib.parse import parse_qs, urlsplit

from procurement.services import catalogue, evidence
from tests.support import standin
from tests.support.examples.base import Example, Request, first
from tests.support.factories import work
from tests.support.official_pages import result_page
from tests.support.stages import Scene, Stage
from tests.support.walk import official_run

PLANNED: dict[str, Any] = {
    "search_page": "SaaS",
    "plan_words": ["협업"],
    "filters": ["SaaS|기업 유형|중소기업"],
}
CONDITIONS = {**PLANNED, "service_type": "SaaS", "occurred_at": "2026. 2. 3. 10:00"}
LIST = "서비스명,제공자명,서비스유형\n표본 협업 가,표본기업 가,SaaS\n".encode()
PAGE = ("검색결과.html", result_page())


def _upload(at: Scene) -> Request:
    return Request(f"{at.url}/search/new/1/list", file=PAGE)


def _fetch(at: Scene) -> Request:
    return Request(f"{at.url}/search/new/1/list/fetch", {"url": f"{standin.shared().url}/search?page=3"})


def _label(at: Scene) -> Request:
    first(at, _upload(at))
    return Request(f"{at.url}/search/new/1/list/files/1", {"label-1": "service_name"})


def _record(at: Scene) -> Request:
    first(at, Request(f"{at.url}/search/new/1", CONDITIONS))
    first(at, _upload(at))
    return Request(f"{at.url}/search/new/1/record")


def _rehearse(at: Scene) -> Request:
    received = evidence.receive(io.BytesIO(LIST), "목록.csv")
    table = catalogue.read_file(received.stored.digest, received.name)
    mapping = catalogue.proposed_mapping(table)
    with work():
        services = catalogue.services_of(table, mapping)
        catalogue.load(at.officer, received, table.columns, mapping, services)
    return Request(f"{at.url}/search/rehearsal/1", PLANNED)


def _declare_final(at: Scene) -> Request:
    with work():
        official_run(at.officer, at.case)
    return Request(f"{at.url}/search/runs/1/final", {"confirmed": "y"})


def _end(at: Scene) -> Request:
    with work():
        official_run(at.officer, at.case, result_page([]))
    return Request(f"{at.url}/search/runs/1/end", {"reason": "정의서를 만족하는 서비스가 없다"})


def _export(at: Scene) -> Request:
    with work():
        official_run(at.officer, at.case)
    return Request(f"{at.url}/search/runs/1/export.csv", method="GET")


def _load(at: Scene) -> Request:
    sent = first(at, Request("/catalogue/new", file=("목록.csv", LIST)))
    (token,) = parse_qs(urlsplit(sent.headers["Location"]).query)["file"]
    return Request("/catalogue/columns", {"file": token, "service_name": "서비스명"})


def _add_name(_at: Scene) -> Request:
    return Request("/catalogue/names", {"name": "표본오피스", "kind": "service"})


EXAMPLES = {
    "search_list.upload": Example(Stage.SEARCHING, _upload),
    "search_labels.keep": Example(Stage.SEARCHING, _label),
    "fetching.page": Example(Stage.SEARCHING, _fetch),
    "search_new.record": Example(Stage.SEARCHING, _record),
    "search_rehearsal.record": Example(Stage.SEARCHING, _rehearse),
    "search_runs.declare_final": Example(Stage.SEARCHING, _declare_final),
    "search_runs.end": Example(Stage.SEARCHING, _end),
    "search_runs.export": Example(Stage.SEARCHING, _export),
    "catalogue.load": Example(Stage.OPENED, _load),
    "catalogue.add_name": Example(Stage.OPENED, _add_name),
}

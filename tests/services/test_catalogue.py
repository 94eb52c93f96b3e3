"""The catalogue: loads, what changed between two, searching in three values, names, the command."""

from __future__ import annotations

import io
from datetime import date
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from flask import Flask
from sqlalchemy.exc import DBAPIError

from procurement.domain.access import Actor, Role
from procurement.domain.errors import Conflict, InvalidInput
from procurement.domain.facts.search import SearchPage
from procurement.extensions import db
from procurement.models import CatalogueLoad, CatalogueService
from procurement.services import catalogue, evidence, names, search_local
from procurement.services.search_local import LocalQuery
from tests.support.factories import actor_for, an_account, an_institution, event_kinds, work

pytestmark = pytest.mark.usefixtures("db_session")

HEAD = (
    "서비스번호,서비스명,제공자명,서비스유형,CSAP등급,기업유형,제공유형,"
    "디지털서비스몰등록,혁신제품등록,가격,서비스설명"
)
ROWS = (
    'SAS-9-03-90001,표본 문서 가,표본기업 가,SaaS,표준,중소기업,원제공자,Y,N,"1,000,000",문서 공동 편집',
    "SAS-9-03-90002,표본 문서 나,표본기업 나,SaaS,,대기업,,N,,,",
    "IAS-9-03-90003,표본 서버 다,표본기업 다,IaaS,간편,,중개제공자,,Y,500000,가상 서버와 문서 보관",
)
CSV = "\n".join((HEAD, *ROWS))


@pytest.fixture
def actor() -> Actor:
    """Somebody who may load a catalogue."""
    return actor_for(an_account(Role.ADMIN))


def load_list(
    actor: Actor, text: str = CSV, name: str = "목록.csv", encoding: str = "utf-8"
) -> CatalogueLoad:
    """Load a file with the columns as proposed."""
    return load_bytes(actor, text.encode(encoding), name)


def load_bytes(actor: Actor, data: bytes, name: str) -> CatalogueLoad:
    """Load the bytes of a file with the columns as proposed."""
    received = evidence.receive(io.BytesIO(data), name)
    table = catalogue.read_file(received.stored.digest, received.name)
    with work():
        mapping = catalogue.proposed_mapping(table)
        services = catalogue.services_of(table, mapping)
        return catalogue.load(actor, received, table.columns, mapping, services)


def found(actor: Actor, **query: Any) -> tuple[list[str], list[str]]:
    """Names of the services that match, and of those that need a look."""
    load = search_local.newest_load()
    assert load is not None
    hits = search_local.search(load, LocalQuery(**query))
    assert hits.total == len(hits.rows)
    assert hits.matched + hits.unknown + hits.excluded == load.service_count
    sure = [row.service_name for row in hits.rows if row.position not in hits.unsure]
    return sure, [row.service_name for row in hits.rows if row.position in hits.unsure]


def test_a_load_keeps_every_service_and_is_sealed_in_the_institutions_chain(actor: Actor) -> None:
    row = load_list(actor)
    assert (row.number, row.service_count) == (1, 3)
    assert event_kinds(None)[-1] == "catalogue.loaded"
    rows = catalogue.services(1).rows
    assert [(r.service_name, r.in_mall, r.price_won) for r in rows] == [
        ("표본 문서 가", True, 1_000_000),
        ("표본 문서 나", False, None),
        ("표본 서버 다", None, 500_000),
    ]
    with evidence.evidence_store().open(row.digest) as stream:
        assert stream.read() == CSV.encode()


def test_a_list_in_cp949_and_one_in_xlsx_are_read_alike(actor: Actor) -> None:
    load_list(actor, encoding="cp949")
    book, out = openpyxl.Workbook(), io.BytesIO()
    sheet = book.active
    assert sheet is not None
    sheet.append(["서비스명", "제공자명"])
    sheet.append(["표본 문서 가", "표본기업 가"])
    book.save(out)
    load_bytes(actor, out.getvalue(), "목록.xlsx")
    assert catalogue.services(1).rows[0].service_name == catalogue.services(2).rows[0].service_name


def test_what_a_load_says_can_never_be_changed(actor: Actor) -> None:
    load_list(actor)
    row = db.session.query(CatalogueService).first()
    assert row is not None
    row.price_won = 1
    with pytest.raises(DBAPIError):
        db.session.flush()


def test_columns_mapped_once_are_mapped_so_again(actor: Actor) -> None:
    received = evidence.receive(io.BytesIO("갑,을\n표본 문서 가,표본기업 가".encode()), "목록.csv")
    table = catalogue.read_file(received.stored.digest, received.name)
    assert catalogue.proposed_mapping(table) == {}
    mapping = {"service_name": "갑", "provider_name": "을"}
    with work():
        catalogue.load(actor, received, table.columns, mapping, catalogue.services_of(table, mapping))
    assert catalogue.proposed_mapping(table) == mapping


def test_a_table_without_service_names_is_refused(actor: Actor) -> None:
    with pytest.raises(InvalidInput, match="서비스명"):
        load_list(actor, "가격,단위\n1,2")
    assert catalogue.loads() == []


def test_a_value_too_long_for_its_place_is_refused_by_name(actor: Actor) -> None:
    with pytest.raises(InvalidInput, match="2번째 서비스의 제공자명"):
        load_list(actor, "서비스명,제공자명\n가,나\n다," + "라" * 301)


def test_two_loads_show_what_is_new_gone_and_changed(actor: Actor) -> None:
    load_list(actor)
    later = [
        HEAD,
        ROWS[0].replace("1,000,000", "1,200,000").replace(",Y,N", ",N,N"),
        ROWS[2].replace("간편", ""),
        "SAS-9-03-90004,표본 문서 라,표본기업 라,SaaS,,,,,,,",
    ]
    load_list(actor, "\n".join(later))
    difference = catalogue.difference(1, 2)
    assert [row.service_name for row in difference.new] == ["표본 문서 라"]
    assert [row.service_name for row in difference.gone] == ["표본 문서 나"]
    assert [(c.service.service_name, c.fields) for c in difference.changed] == [
        ("표본 문서 가", (("디지털서비스몰 등록", True, False), ("가격", 1_000_000, 1_200_000)))
    ]


@pytest.mark.parametrize(
    ("query", "sure", "unsure"),
    [
        ({}, ["표본 문서 가", "표본 문서 나", "표본 서버 다"], []),
        ({"words": ("문서",)}, ["표본 문서 가", "표본 문서 나", "표본 서버 다"], []),
        ({"words": ("공동편집",)}, ["표본 문서 가"], ["표본 문서 나"]),
        ({"page": SearchPage.SAAS}, ["표본 문서 가", "표본 문서 나"], []),
        ({"filters": (("디지털서비스몰 등록서비스", "등록"),)}, ["표본 문서 가"], ["표본 서버 다"]),
        ({"filters": (("기업 유형", "중소기업"),)}, ["표본 문서 가"], ["표본 서버 다"]),
        (
            {"filters": (("기업 유형", "중소기업"), ("기업 유형", "대기업"))},
            ["표본 문서 가", "표본 문서 나"],
            ["표본 서버 다"],
        ),
        ({"filters": (("제공 유형", "원제공자"),)}, ["표본 문서 가"], ["표본 문서 나"]),
        ({"filters": (("혁신제품 등록서비스", "등록"),)}, ["표본 서버 다"], ["표본 문서 나"]),
        (
            {"filters": (("인증정보", "클라우드컴퓨팅 보안인증(CSAP)"),)},
            ["표본 문서 가", "표본 서버 다"],
            ["표본 문서 나"],
        ),
        ({"filters": (("제공 서류", "SLA 서류"),)}, [], ["표본 문서 가", "표본 문서 나", "표본 서버 다"]),
        ({"words": ("없는말",)}, [], ["표본 문서 나"]),
        ({"words": ("%",)}, [], ["표본 문서 나"]),
    ],
)
def test_what_a_load_does_not_say_is_neither_match_nor_mismatch(
    actor: Actor, query: dict[str, Any], sure: list[str], unsure: list[str]
) -> None:
    load_list(actor)
    assert found(actor, **query) == (sure, unsure)


def test_results_are_sorted_with_the_unknown_last(actor: Actor) -> None:
    load_list(actor)
    load = search_local.newest_load()
    assert load is not None
    hits = search_local.search(load, LocalQuery(), sort="price")
    assert [row.price_won for row in hits.rows] == [500_000, 1_000_000, None]


def test_a_page_beyond_the_last_is_the_last(actor: Actor) -> None:
    load_list(actor)
    assert catalogue.services(1, page=99).page == 1
    assert catalogue.services(1, text="서버").total == 1
    assert catalogue.services(1, service_type="SaaS").total == 2


def test_names_of_the_newest_load_and_the_institutions_own_are_no_search_words(actor: Actor) -> None:
    assert names.judge("표본오피스").verdict == "neutral"
    with work():
        names.add_name(actor, "표본오피스", ["SampleOffice"], "service")
    load_list(actor, "서비스명,제공자명\n가나다라마,바사아자차")
    assert {
        names.judge(word).verdict for word in ("표본오피스", "sample office", "가나다라마", "바사아자차")
    } == {"block"}


def test_a_name_that_is_an_ordinary_word_is_listed_for_the_administrator(actor: Actor) -> None:
    with work():
        names.add_name(actor, "하나", [], "company")
    assert ("하나", "하나") in names.screened()
    assert names.judge("하나").verdict == "review"


def test_indexes_are_ready_before_the_first_request(
    app: Flask, actor: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    with work():
        names.add_name(actor, "표본오피스", [], "service")
    with app.app_context():
        names.warm()
        db.session.remove()
    monkeypatch.setattr(names, "build_index", None)
    assert names.judge("표본오피스").verdict == "block"


def test_a_name_is_added_once_and_the_ledger_knows(actor: Actor) -> None:
    with work():
        names.add_name(actor, "표본오피스", [], "service")
    assert event_kinds(None)[-1] == "catalogue.named"
    with pytest.raises(Conflict), work():
        names.add_name(actor, "표본오피스", [], "company")
    assert [name.name for name in names.own_names()] == ["표본오피스"]


def test_the_loads_of_another_institution_are_not_seen(actor: Actor) -> None:
    load_list(actor)
    with work():
        names.add_name(actor, "표본오피스", [], "service")
    an_institution("표본 다른 기관")
    assert catalogue.loads() == []
    assert names.judge("표본오피스").verdict == "neutral"


def test_the_command_loads_a_file(app: Flask, actor: Actor, tmp_path: Path) -> None:
    file = tmp_path / "목록.csv"
    file.write_text(CSV, encoding="utf-8")
    result = app.test_cli_runner().invoke(args=["catalogue", "import", str(file)])
    assert (result.exit_code, "서비스 3개를 1번째 목록으로" in result.output) == (0, True)
    db.session.rollback()
    assert [load.service_count for load in catalogue.loads()] == [3]


@pytest.mark.parametrize(
    ("text", "arguments", "code", "sentence"),
    [
        ("가격,단위\n1,2", [], 1, "서비스명"),
        (None, [], 2, "열 수 없습니다"),
        (CSV, ["--institution", "없는 기관"], 2, "없는 기관"),
    ],
)
def test_the_command_says_in_korean_why_it_does_not(
    app: Flask, actor: Actor, tmp_path: Path, text: str | None, arguments: list[str], code: int, sentence: str
) -> None:
    file = tmp_path / "목록.csv"
    if text is not None:
        file.write_text(text, encoding="utf-8")
    result = app.test_cli_runner().invoke(args=["catalogue", "import", str(file), *arguments])
    assert (result.exit_code, sentence in result.output) == (code, True)
    db.session.rollback()
    assert catalogue.loads() == []


def test_with_several_institutions_the_command_asks_which(app: Flask, actor: Actor, tmp_path: Path) -> None:
    an_institution("표본 다른 기관")
    file = tmp_path / "목록.csv"
    file.write_text(CSV, encoding="utf-8")
    runner = app.test_cli_runner()
    assert runner.invoke(args=["catalogue", "import", str(file)]).exit_code == 2
    named = runner.invoke(args=["catalogue", "import", str(file), "--institution", "표본 다른 기관"])
    assert named.exit_code == 0
    db.session.rollback()
    assert len(catalogue.loads()) == 1


def test_a_date_that_no_calendar_has_is_named_by_its_cell(actor: Actor) -> None:
    with pytest.raises(InvalidInput, match="CSAP만료일"):
        load_list(actor, "서비스명,CSAP만료일\n표본,2026-02-30")
    load_list(actor, "서비스명,CSAP만료일\n표본,2026-02-28")
    assert catalogue.services(1).rows[0].csap_to == date(2026, 2, 28)


@pytest.mark.parametrize("folded_then", [True, False], ids=["folded when loaded", "loaded before that"])
def test_a_word_is_found_whether_or_not_its_load_was_folded(
    actor: Actor, monkeypatch: pytest.MonkeyPatch, folded_then: bool
) -> None:
    if not folded_then:
        monkeypatch.setattr(catalogue, "searched_text", lambda *_: None)
    load_list(actor)
    assert found(actor, words=("공동편집",)) == (["표본 문서 가"], ["표본 문서 나"])
    assert found(actor, words=("문 서",))[0] == ["표본 문서 가", "표본 문서 나", "표본 서버 다"]
    assert found(actor, words=("%",)) == ([], ["표본 문서 나"])


def test_a_page_beyond_the_last_is_the_last_one(actor: Actor) -> None:
    load = load_list(actor)
    hits = search_local.search(load, LocalQuery(), page=9, size=2)
    assert (hits.page, [row.position for row in hits.rows], hits.total) == (2, [3], 3)
    none = search_local.search(load, LocalQuery(words=("없는말",), page=SearchPage.IAAS), page=9)
    assert (none.page, none.total, none.excluded) == (1, 0, 3)

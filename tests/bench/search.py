"""③ A search with words and filters over 10,000 services, and the page of its list, beside plain ones."""

from __future__ import annotations

import random
import uuid
from collections.abc import Sequence
from datetime import date, timedelta

from flask import Flask
from sqlalchemy import insert, select, text

from procurement.config import Settings
from procurement.demo.people import PROJECT
from procurement.domain.facts.definition import ServiceType
from procurement.domain.facts.search import SearchPage
from procurement.extensions import db
from procurement.models import Account, Case, CatalogueLoad, CatalogueService, SearchResult, SearchRun
from procurement.models.base import ACROSS
from procurement.services import search_local, unit
from procurement.services.catalogue import searched_text
from procurement.services.search_local import LocalQuery
from tests.bench.pages import measure
from tests.bench.table import Row, row, side_by_side
from tests.support.factories import signed_in

SERVICES = 10_000
RESULTS = 1_000
RUNS = 25
GOAL = 1.0
PAGE_GOAL = 3.0
TITLE = "견본 협업도구 이용"

QUERY = LocalQuery(
    page=SearchPage.SAAS,
    service_type=ServiceType.SAAS,
    words=("협업", "전자우편"),
    filters=(("기업 유형", "중소기업"), ("디지털서비스몰 등록서비스", "등록")),
)
# The same question as a person would write it over the same rows and columns: what a row does not state is no
# reason to leave it out. One statement counts, one reads a page.
PLAIN_FOUND = """
    FROM catalogue_service WHERE load_id = :load
    AND (service_type = 'SaaS' OR service_type IS NULL)
    AND (company_size = '중소기업' OR company_size IS NULL) AND (in_mall = 1 OR in_mall IS NULL)
    AND (searched LIKE '%협업%' OR description IS NULL)
    AND (searched LIKE '%전자우편%' OR description IS NULL)
"""
PLAIN_UNSURE = """
    (service_type IS NULL OR company_size IS NULL OR in_mall IS NULL
     OR (description IS NULL AND NOT (searched LIKE '%협업%' AND searched LIKE '%전자우편%')))
"""
PLAIN_COUNT = f"SELECT count(*), sum({PLAIN_UNSURE}) {PLAIN_FOUND}"
PLAIN_PAGE = f"SELECT *, {PLAIN_UNSURE} AS unsure {PLAIN_FOUND} ORDER BY unsure, position LIMIT 25"
_WORDS = ("협업", "전자우편", "문서", "화상회의", "보안", "백업", "모니터링", "채팅", "결재", "일정")


def rows(app: Flask, settings: Settings) -> Sequence[Row]:
    """The search itself beside plain SQL that finds the same; the pages of a rehearsal and of a run."""
    with app.app_context():
        query = select(Account).where(Account.login == PROJECT.login).execution_options(**{ACROSS: True})
        account = db.session.scalars(query).one()
        unit.bind(str(account.institution_id))
        client = signed_in(app.test_client(), account)
        with unit.work(str(account.institution_id)):
            load_id = _add_load(account.institution_id)
            number, run = _add_run(account.institution_id)
        load = db.session.get_one(CatalogueLoad, load_id)
        connection, given = db.session.connection(), {"load": load_id.hex}
        value, reference = side_by_side(
            lambda: search_local.search(load, QUERY),
            lambda: [connection.execute(text(sql), given).all() for sql in (PLAIN_COUNT, PLAIN_PAGE)],
            RUNS,
        )
        found = search_local.search(load, QUERY).total
        plain = connection.execute(text(PLAIN_COUNT), given).one()[0]
        if found != plain:
            raise RuntimeError(f"the search found {found} services, plain SQL {plain}")
        db.session.rollback()
    table = [
        row(f"search over {SERVICES:,} services, {found} found (ms), beside SQL", value, reference, GOAL)
    ]
    asked = "search_page=SaaS&plan_words=협업&filters=SaaS|기업 유형|중소기업"
    for name, path in (
        (f"rehearsal over {SERVICES:,} services", f"/cases/{number}/search/rehearsal/1?{asked}"),
        (f"list of {RESULTS:,} results", f"/cases/{number}/search/runs/{run}"),
        (f"list of {RESULTS:,} results, filtered", f"/cases/{number}/search/runs/{run}?mall=등록&sort=price"),
    ):
        value, reference, _ = measure(client, settings.database_url, path)
        table.append(row(f"{name} (ms)", value, reference, PAGE_GOAL))
    return table


def _add_load(institution_id: uuid.UUID) -> uuid.UUID:
    """A catalogue of invented services, of which some rows say less than others."""
    chance, load_id = random.Random(20260213), uuid.uuid4()
    load = CatalogueLoad(
        id=load_id,
        institution_id=institution_id,
        number=1_000,
        file_name="견본 목록.csv",
        digest="0" * 64,
        mapping="{}",
        columns="[]",
        service_count=SERVICES,
    )
    db.session.add(load)
    db.session.flush()
    services = []
    for position in range(1, SERVICES + 1):
        name = f"견본 서비스 {position} {chance.choice(_WORDS)}"
        said = " ".join(chance.choices(_WORDS, k=30))
        description = None if chance.random() < 0.05 else said
        services.append(
            {
                "id": uuid.uuid4(),
                "institution_id": institution_id,
                "load_id": load_id,
                "position": position,
                "service_name": name,
                "provider_name": f"견본기업 {position % 700}",
                "service_type": chance.choice(["SaaS", "SaaS", "IaaS", "PaaS"]),
                "company_size": chance.choice(["중소기업", "중소기업", "대기업", None]),
                "provider_kind": chance.choice(["원제공자", "중개제공자", None]),
                "in_mall": chance.choice([True, False, None]),
                "price_won": position * 1_000,
                "description": description,
                "extra": "[]",
                "searched": searched_text(name, description),
            }
        )
    db.session.execute(insert(CatalogueService), services)
    return load_id


def _add_run(institution_id: uuid.UUID) -> tuple[str, int]:
    """A rehearsal of many results in the sample case that has not been searched out; its case and number."""
    case = db.session.scalars(select(Case).where(Case.title.contains("협업"))).first()
    if case is None:
        raise RuntimeError("the sample has no case of that title")
    last = db.session.scalars(
        select(SearchRun).where(SearchRun.case_id == case.id).order_by(SearchRun.number.desc()).limit(1)
    ).one()
    kept = {column.key: getattr(last, column.key) for column in SearchRun.__table__.columns}
    run_id, number = uuid.uuid4(), last.number + 1
    changes = {
        "id": run_id,
        "number": number,
        "kind": "rehearsal",
        "source": "local_catalogue",
        "evidence_id": None,
        "follows_id": None,
        "change": "",
        "result_count": RESULTS,
    }
    db.session.execute(insert(SearchRun), [{**kept, **changes}])
    db.session.execute(
        insert(SearchResult),
        [
            {
                "id": uuid.uuid4(),
                "institution_id": institution_id,
                "case_id": case.id,
                "run_id": run_id,
                "position": position,
                "service_id": f"SAS-9-05-{10_000 + position}",
                "service_name": f"견본 서비스 {position}",
                "provider_name": f"견본기업 {position % 70}",
                "service_type": "SaaS",
                "csap_grade": "표준" if position % 3 else None,
                "csap_to": date(2026, 1, 1) + timedelta(days=position),
                "in_mall": (True, False, None)[position % 3],
                "company_size": ("대기업", "중소기업")[position % 2],
                "price_won": position * 1_000,
            }
            for position in range(1, RESULTS + 1)
        ],
    )
    return case.number, number

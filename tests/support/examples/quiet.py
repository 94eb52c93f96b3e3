"""For every route that is said to append nothing: a request that goes through, so that it can be seen."""

from __future__ import annotations

from collections.abc import Callable

from sqlalchemy import update

from procurement.extensions import db
from procurement.models import Job
from procurement.services import approval
from tests.support import contracting
from tests.support.examples import EXAMPLES
from tests.support.examples.base import Example, Fields, Request, first
from tests.support.examples.office import BUDGET_FORM
from tests.support.examples.search import CONDITIONS, LIST, PAGE
from tests.support.examples.selection import criteria_fields, lot, sheet_fields
from tests.support.factories import PASSWORD, work
from tests.support.filled_book import filled_book
from tests.support.official_pages import many_services, result_page
from tests.support.stages import EVALUATOR, Scene, Stage
from tests.support.walk import official_run

Prepare = Callable[[Scene], Request]


def _to(page: str, fields: Fields | None = None) -> Prepare:
    """A form sent to a page of the case."""
    return lambda at: Request(f"{at.url}/{page}", fields or {})


def _sign_in(at: Scene) -> Request:
    return Request("/sign-in", {"login": at.person.login, "password": PASSWORD}, signed_out=True)


def _criteria(page: str) -> Prepare:
    return lambda at: Request(lot(at, page), criteria_fields())


def _review_decision(at: Scene) -> Request:
    wanted = EXAMPLES["award.decide"].prepare(at)
    return Request(lot(at, "decision/review"), wanted.fields)


def _sheet(page: str) -> Prepare:
    return lambda at: Request(f"{at.url}/evaluation/1/{page}", sheet_fields(at), by=at.other(EVALUATOR))


def _one(at: Scene) -> Request:
    return Request(f"{at.url}/evaluation/1/one/1", {"quarter": "3"}, by=at.other(EVALUATOR))


def _book(at: Scene) -> Request:
    filled = filled_book(at.case, at.other(EVALUATOR))
    return Request(f"{at.url}/evaluation/1/book", by=at.other(EVALUATOR), file=("평가표.xlsx", filled))


def _after_run(page: str, fields: Fields) -> Prepare:
    """A form sent to a page of ③ once a search is recorded."""

    def prepare(at: Scene) -> Request:
        with work():
            official_run(at.officer, at.case)
        return Request(f"{at.url}/search/{page}", fields)

    return prepare


def _after_upload(page: str, fields: Fields, file: tuple[str, bytes] = PAGE) -> Prepare:
    """A form sent to a page of the list that is being recorded, once its file is there."""

    def prepare(at: Scene) -> Request:
        first(at, Request(f"{at.url}/search/new/1/list", file=file))
        return Request(f"{at.url}/search/new/1/{page}", fields)

    return prepare


def _make_bundle_again(at: Scene) -> Request:
    with work():
        contracting.save_terms(at.officer, at.case)
        contracting.negotiate(at.officer, at.case)
        approval.submit(at.officer, at.case)
        db.session.execute(update(Job).values(state="failed"))
    return Request(f"{at.url}/contract/approval/bundle")


FEWER = ("검색결과.html", result_page(many_services(3), total=5))
PRINTED = ("검색결과.pdf", b"%PDF-1.7\n1 0 obj\n")
GOODS = {
    "operation": "getThptyUcntrctPrdctInfoList",
    "first": "2026-01-01",
    "last": "2026-06-30",
    "product": "하나",
}
DOWNTIME = {"down_minutes": "216", "rows-0-indicator": "availability", "rows-0-version": "0"}

QUIET = {
    "accounts.sign_in": Example(Stage.OPENED, _sign_in),
    "accounts.sign_out": Example(Stage.OPENED, lambda _at: Request("/sign-out")),
    "steps.check": Example(Stage.OPENED, _to("budget/check", BUDGET_FORM)),
    "steps.draft": Example(Stage.OPENED, _to("budget/draft", BUDGET_FORM)),
    "steps.drop_draft": Example(Stage.OPENED, _to("budget/draft/drop")),
    "bundle.make": Example(Stage.OPENED, _to("bundle")),
    "bundle.make_bag": Example(Stage.OPENED, _to("bundle/bag")),
    "checkpoints.verify": Example(Stage.OPENED, lambda _at: Request("/audit/checkpoints/verify")),
    "catalogue.receive": Example(
        Stage.OPENED, lambda _at: Request("/catalogue/new", file=("목록.csv", LIST))
    ),
    "fetching.fetch_goods": Example(Stage.OPENED, lambda _at: Request("/catalogue/goods", GOODS)),
    "search_new.keep_conditions": Example(Stage.SEARCHING, _to("search/new/1", CONDITIONS)),
    "search_new.check": Example(Stage.SEARCHING, _to("search/new/1/check", CONDITIONS)),
    "search_new.draft": Example(Stage.SEARCHING, _to("search/new/1/draft", CONDITIONS)),
    "search_new.drop": Example(Stage.SEARCHING, _after_upload("drop", {})),
    "search_runs.again": Example(Stage.SEARCHING, _after_run("runs/1/again", {})),
    "search_beside.keep_basket": Example(Stage.SEARCHING, _after_run("basket/1", {"service": "1"})),
    "search_beside.add_to_basket": Example(Stage.SEARCHING, _after_run("runs/1/basket", {"service": "1"})),
    "search_list.drop_page": Example(Stage.SEARCHING, _after_upload("list/drop", {"position": "0"})),
    "search_list.explain_count": Example(
        Stage.SEARCHING, _after_upload("list/count", {"count_reason": "표본 사유"}, FEWER)
    ),
    "search_list.correct": Example(
        Stage.SEARCHING, _after_upload("list/1", {"removed": "y", "reason": "표본 사유"})
    ),
    "search_list.enter_by_hand": Example(
        Stage.SEARCHING,
        _after_upload(
            "hand", {"total": "1", "rows-0-service_name": "표본 협업", "reason": "표본 사유"}, PRINTED
        ),
    ),
    "award.review_criteria": Example(Stage.SELECTING, _criteria("criteria")),
    "award.draft_criteria": Example(Stage.SELECTING, _criteria("criteria/draft")),
    "award.check_criteria": Example(Stage.SELECTING, _criteria("criteria/check")),
    "award.review_decision": Example(Stage.SCORED, _review_decision),
    "scoring_one.keep": Example(Stage.SCORING, _one),
    "scoring_book.upload": Example(Stage.SCORING, _book),
    "scoring.draft": Example(Stage.SCORING, _sheet("draft")),
    "scoring.review": Example(Stage.SCORING, _sheet("review")),
    "contract.preset": Example(Stage.CONTRACTING, _to("contract/preset", {"preset": "sla"})),
    "approval.make_bundle": Example(Stage.CONTRACTING, _make_bundle_again),
    "monitoring.work_out": Example(Stage.IN_USE, _to("monitoring/figures/2023-05/availability", DOWNTIME)),
}

"""The result page of a large evaluation beside its bare twin and the bare counting of its weightings."""

from __future__ import annotations

import time
from collections.abc import Sequence

from flask import Flask

from procurement.adapters.weightings import COUNT, kept, weightings
from procurement.config import Settings
from procurement.domain.facts.selection import Aspect, Averaging, Criterion
from procurement.domain.robustness import Points, points_of
from procurement.models import Account, Case
from procurement.services import case_facts, evaluation
from tests.bench.pages import GOAL, RUNS, bare_app, noted_queries
from tests.bench.table import Row, row, side_by_side
from tests.support.at_selection import a_selecting_case
from tests.support.factories import account_of, an_institution, signed_in, work
from tests.support.official_pages import many_services, result_page
from tests.support.selecting import an_evaluator, fix_criteria, score_all, submit

LARGE = (30, 12, 9)
SMALL = (2, 4, 1)
"""Services, criteria, evaluators."""


def rows(app: Flask, settings: Settings) -> Sequence[Row]:
    """The result page for 30 services, 12 criteria, 9 evaluators; its queries beside those of a small one."""
    found = []
    with app.app_context():
        few = _queries(app, *_evaluated("견본 기관 작은 평가", SMALL, Averaging.MEAN))
        for averaging in Averaging:
            account, case = _evaluated(f"견본 기관 {averaging.value}", LARGE, averaging)
            value, reference, many = _measured(app, settings.database_url, account, case)
            name = "result of 30 services × 12 criteria × 9 evaluators"
            found.append(row(f"{name}, {averaging.value} (ms)", value, reference, GOAL))
            found.append(row(f"queries of that page, {averaging.value}, beside 2 × 4 × 1", many, few, 1.0))
    return found


def _evaluated(institution: str, size: tuple[int, int, int], averaging: Averaging) -> tuple[Account, Case]:
    """A closed table of this size and its officer."""
    services, criteria, evaluators = size
    an_institution(institution)
    actor, case = a_selecting_case(page=result_page(many_services(services)))
    share, more = divmod(100, criteria)
    fixed = tuple(
        Criterion("", f"k{n}", f"견본 항목 {n}", list(Aspect)[n % 4], share + (n < more), "2-2", "견본 척도")
        for n in range(criteria)
    )
    with work():
        fix_criteria(actor, case, criteria=fixed, averaging=averaging, tie_break=("k0",))
        score_all(actor, case)
        jury = [an_evaluator(actor, case, f"견본 위원 {n}") for n in range(evaluators)]
        for number, evaluator in enumerate(jury):
            submit(evaluator, case, totals=[_points(fixed, place, number) for place in range(services)])
    return account_of(case), case


def _points(criteria: Sequence[Criterion], place: int, evaluator: int) -> dict[str, int]:
    """Points that differ by service, criterion and evaluator, close enough for the weights to matter."""
    return {
        c.key: c.weight * (60 + (place * 7 + number * 5 + evaluator * 3) % 37)
        for number, c in enumerate(criteria)
    }


def _queries(app: Flask, account: Account, case: Case) -> int:
    client, path = signed_in(app.test_client(), account), _path(case)
    client.get(path)
    with noted_queries() as seen:
        client.get(path)
    return len(seen)


def _measured(app: Flask, url: str, account: Account, case: Case) -> tuple[float, float, int]:
    """The page's time, that of its bare twin with the bare counting, and the number of its queries."""
    client, path = signed_in(app.test_client(), account), _path(case)
    client.get(path)
    with noted_queries() as seen:
        answer = client.get(path)
    if answer.status_code != 200 or f"{COUNT:,}개" not in answer.text:
        raise RuntimeError(f"{path} answered {answer.status_code} without its weightings")
    twin = bare_app(url, seen, len(answer.data))
    points = _table(case)
    seed = bytes.fromhex(points.identity)

    def bare() -> None:
        twin.get("/")
        kept(points, weightings(points.weights, seed))

    value, reference = side_by_side(lambda: client.get(path), bare, RUNS, clock=time.process_time)
    return value, reference, len(seen)


def _table(case: Case) -> Points:
    table = evaluation.closed(case_facts.load(case), 1)
    if table is None:
        raise RuntimeError("the table is closed")
    return points_of(table.criteria, table.sheets, table.evaluation, table.prices)


def _path(case: Case) -> str:
    return f"/cases/{case.number}/selection/1/result"

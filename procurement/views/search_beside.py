"""③ Services and searches beside one another: the comparison, the basket for quotes, two runs."""

from __future__ import annotations

from collections.abc import Iterable

from flask import Blueprint, flash, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as BaseResponse

from procurement.domain.counting import counted
from procurement.domain.errors import InvalidInput
from procurement.domain.facts import CaseFacts
from procurement.domain.facts.search import ResultRow, SearchRun
from procurement.domain.result_comparison import MOST_COMPARED, side_by_side
from procurement.domain.search_conditions import texts_of
from procurement.domain.search_difference import difference
from procurement.domain.steps import Step
from procurement.services import case_facts, search, search_basket
from procurement.views.edge import actor, case
from procurement.views.search import around, facts_with
from procurement.views.step_frame import frame

blueprint = Blueprint("search_beside", __name__, url_prefix="/cases/<number>/search")


@blueprint.get("/runs/<int:run_number>/compare")
def compare(number: str, run_number: int) -> BaseResponse:
    """Up to ten services of a run side by side: those ticked, or those in the basket."""
    facts = case_facts.load(case())
    run = search.run_of(facts, run_number)
    basket = search_basket.among(actor(), case(), run.lot, run.results)
    rows = basket if request.args.get("basket") else _ticked(run, request.args.getlist("service"))
    error = None
    try:
        compared = side_by_side(rows) if rows else ()
    except InvalidInput as refused:
        compared, error = (), refused
    return make_response(
        render_template(
            "search/compare.html",
            **frame(Step.SEARCH, facts),
            run=run,
            rows=rows,
            compared=compared,
            error=error,
            basket={row.position for row in basket},
            most=MOST_COMPARED,
        ),
        error.status if error else 200,
    )


@blueprint.get("/runs/<int:run_number>/difference")
def runs(number: str, run_number: int) -> BaseResponse:
    """What came, went and changed against another run of the lot, and by which condition."""
    facts = case_facts.load(case())
    run = search.run_of(facts, run_number)
    others = [one for one in facts.search.runs if one.lot == run.lot and one.run_id != run.run_id]
    other = _other(facts, run, others)
    return make_response(
        render_template(
            "search/difference.html",
            **frame(Step.SEARCH, facts),
            run=run,
            other=other,
            others=others,
            changed=difference(other, run) if other else None,
            texts=texts_of,
        )
    )


@blueprint.get("/basket/<int:lot>")
def basket(number: str, lot: int) -> BaseResponse:
    """The basket of who looks at it, filled from the final run or the newest one."""
    facts = facts_with(lot)
    run = search_basket.offered_run(facts, lot)
    return make_response(
        render_template(
            "search/basket.html",
            **around(facts, lot),
            run=run,
            taken={
                row.position for row in search_basket.among(actor(), case(), lot, run.results if run else ())
            },
            kept=len(search_basket.chosen(actor(), case(), lot)),
        )
    )


@blueprint.post("/basket/<int:lot>")
def keep_basket(number: str, lot: int) -> BaseResponse:
    """Keep what is ticked of the services offered."""
    run = search_basket.offered_run(facts_with(lot), lot)
    search_basket.keep(
        actor(), case(), lot, run.results if run else (), _positions(request.form.getlist("service"))
    )
    flash("견적 요청 바구니를 저장했습니다.", "success")
    return redirect(url_for("search_beside.basket", number=number, lot=lot))


@blueprint.post("/runs/<int:run_number>/basket")
def add_to_basket(number: str, run_number: int) -> BaseResponse:
    """Put services of a run into the basket."""
    run = search.run_of(case_facts.load(case()), run_number)
    rows = _ticked(run, request.form.getlist("service"))
    if not rows:
        raise InvalidInput("바구니에 담을 서비스를 골라 주세요.")
    search_basket.add(actor(), case(), run.lot, rows)
    flash(f"서비스 {counted(len(rows), 'service')}를 견적 요청 바구니에 담았습니다.", "success")
    return redirect(url_for("search_beside.basket", number=number, lot=run.lot))


def _positions(fields: Iterable[str]) -> list[int]:
    return [int(text) for text in fields if text.isdecimal() and len(text) <= 6]


def _ticked(run: SearchRun, texts: Iterable[str]) -> list[ResultRow]:
    positions = frozenset(_positions(texts))
    return [row for row in run.results if row.position in positions]


def _other(facts: CaseFacts, run: SearchRun, others: list[SearchRun]) -> SearchRun | None:
    """The run asked for, else the one that is followed, else the one before."""
    asked = request.args.get("with", "")
    found = next((one for one in others if str(one.number) == asked), None)
    followed = facts.search.run(run.follows or "")
    earlier = [one for one in others if one.number < run.number]
    return found or followed or next(reversed(earlier or others), None)

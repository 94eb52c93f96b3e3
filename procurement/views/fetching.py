"""Lists and pages read from other sites, where the institution set them up."""

from __future__ import annotations

from flask import Blueprint, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as BaseResponse

from procurement.domain.errors import InvalidInput, TooLarge
from procurement.domain.steps import Step
from procurement.forms.fetching import AddressForm, GoodsForm
from procurement.forms.record_fields import tell
from procurement.services import catalogue, evidence, fetching, search_pending, workflow
from procurement.views.catalogue import seal
from procurement.views.edge import actor, case
from procurement.views.search import facts_with
from procurement.views.search_list import output_page

blueprint = Blueprint("fetching", __name__)


@blueprint.get("/catalogue/goods")
def goods() -> BaseResponse:
    """Which goods of the procurement service to ask for."""
    return _goods_page(_goods_form())


@blueprint.post("/catalogue/goods")
def fetch_goods() -> BaseResponse:
    """Ask for the goods, keep what came, and go on to its columns."""
    form = _goods_form()
    if not form.validate():
        return _goods_page(form, 422)
    try:
        days = form.first.data, form.last.data
        received = fetching.fetch_goods(
            fetching.goods_query(form.operation.data, *days, form.product.data or "")
        )
        catalogue.read_file(received.stored.digest, received.name)
    except (InvalidInput, TooLarge) as error:
        tell(form, error)
        return _goods_page(form, error.status)
    return redirect(url_for("catalogue.columns", file=seal(received)))


@blueprint.post("/cases/<number>/search/new/<int:lot>/list/fetch")
def page(number: str, lot: int) -> BaseResponse:
    """Fetch a result page by its address, keep it as evidence and read its list, as if it had been sent."""
    form = AddressForm(request.form)
    if not form.validate():
        return output_page(facts_with(lot), lot, address=form, status=422)
    try:
        # All that waits for another site comes before the first query, with which the transaction begins.
        received = fetching.fetch_page(form.url.data or "")
        read = search_pending.read_output(received)
        workflow.require_open(facts_with(lot), Step.SEARCH)
        search_pending.require_same_list(search_pending.pending_of(actor(), case(), lot), read)
    except (InvalidInput, TooLarge) as error:
        tell(form, error)
        return output_page(facts_with(lot), lot, address=form, status=error.status)
    row = evidence.attach(
        actor(),
        case(),
        received,
        purpose="search_output",
        step=Step.SEARCH,
        reason=f"가져온 주소: {(form.url.data or '').strip()}",
    )
    search_pending.add_page(actor(), case(), lot, row, read)
    return redirect(url_for("search_list.output", number=number, lot=lot))


def _goods_form() -> GoodsForm:
    form = GoodsForm(request.form)
    form.offer(fetching.GOODS_LISTS)
    return form


def _goods_page(form: GoodsForm, status: int = 200) -> BaseResponse:
    return make_response(
        render_template("catalogue/goods.html", form=form, offered=fetching.goods_offered()), status
    )

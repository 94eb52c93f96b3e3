"""⑤ The closed evaluation table as a workbook."""

from __future__ import annotations

from urllib.parse import quote

from flask import Blueprint, make_response
from werkzeug.wrappers import Response as BaseResponse

from procurement.adapters import table_books
from procurement.adapters.sheet_books import MEDIA_TYPE
from procurement.domain.errors import NotFound
from procurement.domain.rules.reading import candidates
from procurement.services import evaluation
from procurement.views.edge import actor, case
from procurement.views.selection_frame import facts_of

blueprint = Blueprint("table", __name__, url_prefix="/cases/<number>/selection/<int:lot>")


@blueprint.get("/table.xlsx")
def download(number: str, lot: int) -> BaseResponse:
    """The table as a file, made from the sheets as submitted; who took it goes into the ledger."""
    facts = facts_of(lot)
    table = evaluation.closed(facts, lot)
    if table is None:
        raise NotFound("평가표가 아직 닫히지 않았습니다. 모든 평가위원이 제출하면 내려받을 수 있습니다.")
    people = {e.evaluator_id: e.name for e in facts.selection.evaluators}
    identity = evaluation.identity(table)
    response = make_response(table_books.write(table, number, identity, candidates(facts, lot), people))
    evaluation.record_export(actor(), case(), lot, identity)
    response.headers["Content-Type"] = MEDIA_TYPE
    name = quote(f"{number} 평가표 {lot}.xlsx")
    response.headers["Content-Disposition"] = f"attachment; filename*=UTF-8''{name}"
    return response

"""⑤ The evaluator's side: the declaration, the sheet, and the papers that it rests on."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote as quoted
from uuid import UUID

from flask import (
    Blueprint,
    flash,
    jsonify,
    make_response,
    redirect,
    render_template,
    request,
    send_file,
    url_for,
)
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response as BaseResponse

from procurement.domain.closing import require_going_on
from procurement.domain.computed import computed_cells, missing_values
from procurement.domain.errors import NotFound, Refused
from procurement.domain.facts import CaseFacts
from procurement.domain.facts.selection import CriteriaSet
from procurement.domain.rules.reading import candidates
from procurement.domain.scoring import POINT
from procurement.domain.selection import cost_of, quotes_sealed, scored_services, submitted, without_outcome
from procurement.forms.selection import DeclarationForm
from procurement.forms.selection_scores import SheetForm, points_text, sheet_form, typed
from procurement.services import case_facts, documents, evidence, selection_guard, selection_sheets
from procurement.views.edge import actor, case
from procurement.views.selection import lot_title
from procurement.views.selection_frame import attempt, attempt_filled, names

blueprint = Blueprint("scoring", __name__, url_prefix="/cases/<number>/evaluation")


def sheet_url(number: str) -> str:
    """Where an evaluator of a case goes: its evaluation page."""
    return url_for("scoring.show", number=number)


@blueprint.get("")
def show(number: str) -> BaseResponse:
    """What an evaluator has to do on this case: declare, then one sheet for each lot."""
    return _overview(my_facts(), DeclarationForm())


@blueprint.post("/declaration")
def declare(number: str) -> BaseResponse:
    """Declare whether one has a conflict of interest."""
    facts = my_facts()
    form = DeclarationForm(request.form)
    status = attempt_filled(
        form,
        lambda: selection_sheets.declare(
            actor(), case(), has_conflict=form.answer, text=form.text.data or ""
        ),
    )
    if status:
        return _overview(facts, form, status)
    flash("이해충돌 여부를 신고했습니다.", "success")
    return redirect(sheet_url(number))


@blueprint.get("/<int:lot>")
def sheet(number: str, lot: int) -> BaseResponse:
    """My sheet, with what I have kept of it; after submission what I submitted."""
    facts = my_facts()
    criteria = open_criteria(facts, lot)
    if actor().account_id in submitted(facts, lot):
        made = sheet_form(criteria, scored_services(facts, lot))
        return sheet_page(facts, lot, made(data=_submitted(facts, lot, made)))
    return sheet_page(facts, lot, kept_form(facts, lot))


@blueprint.post("/<int:lot>/draft")
def draft(number: str, lot: int) -> BaseResponse:
    """Keep the sheet being filled in, for the one who fills it in."""
    criteria = open_criteria(my_facts(), lot)
    skipped = ("csrf_token", "draft_version")
    fields = {name: request.form.getlist(name) for name in request.form if name not in skipped}
    saved_at = documents.keep_draft(actor(), case(), selection_sheets.draft_name(criteria), fields, 0)
    return jsonify({"saved_at": saved_at.isoformat()})


@blueprint.post("/<int:lot>/review")
def review(number: str, lot: int) -> BaseResponse:
    """Show the whole sheet once more, and ask whether to submit it."""
    facts = my_facts()
    form = _posted(facts, lot)
    if not form.validate() or not _complete(form):
        return sheet_page(facts, lot, form, 422)
    return evaluator_page(
        "selection/sheet_confirm.html",
        facts,
        lot=lot,
        form=form,
        services=scored_services(facts, lot),
        criteria=open_criteria(facts, lot),
        computed=computed_cells(facts, lot),
        fields=[(field.name, typed(field)) for field in form],
        points_text=points_text,
    )


@blueprint.post("/<int:lot>/submit")
def submit(number: str, lot: int) -> BaseResponse:
    """Submit the sheet, once."""
    facts = my_facts()
    form = _posted(facts, lot)
    if not form.validate() or not _complete(form):
        return sheet_page(facts, lot, form, 422)
    set_id = str(form.set_id.data or "")
    status = attempt(
        form,
        lambda: selection_sheets.submit_sheet(
            actor(), case(), lot, set_id, form.to_scores(), form.wording_reason.data or ""
        ),
    )
    if status:
        return sheet_page(facts, lot, form, status)
    documents.drop_draft(actor(), case(), selection_sheets.draft_name(open_criteria(facts, lot)))
    flash("평가표를 제출했습니다. 수고하셨습니다.", "success")
    return redirect(sheet_url(number))


@blueprint.get("/files/<uuid:evidence_id>")
def download(number: str, evidence_id: UUID) -> BaseResponse:
    """Send a paper that the evaluation rests on; who took it goes into the ledger."""
    facts = my_facts()
    selection_guard.require_unsealed(case(), str(evidence_id))
    if str(evidence_id) not in {file for files in papers(facts).values() for file, _ in files}:
        raise NotFound("평가에 쓰는 자료가 아닙니다. 목록에서 골라 주세요.")
    row, stream = evidence.open_for_download(actor(), case(), str(evidence_id))
    response = send_file(
        stream, mimetype="application/octet-stream", as_attachment=True, download_name=row.name
    )
    response.headers["Content-Disposition"] = f"attachment; filename*=UTF-8''{quoted(row.name)}"
    return response


def my_facts() -> CaseFacts:
    """Facts of the case of this request; ``NotAllowed`` for one who is no evaluator of it."""
    facts = case_facts.load(case())
    selection_sheets.me_in(facts, actor())
    return facts


def open_criteria(facts: CaseFacts, lot: int) -> CriteriaSet:
    """Criteria of a lot whose sheet this evaluator may open; ``Refused`` before its time."""
    me = selection_sheets.me_in(facts, actor())
    if actor().account_id not in submitted(facts, lot):
        require_going_on(facts)
    criteria = facts.selection.criteria_of(lot)
    if criteria is None or without_outcome(facts, lot):
        raise Refused(
            "평가 준비가 끝나지 않았습니다. 담당자가 평가기준과 처리 결과를 정하면 열립니다.",
            "E-3" if criteria is None else "E-4",
        )
    if missing_values(facts, lot):
        raise Refused("식으로 셈하는 항목의 값이 아직 없습니다. 담당자가 값을 넣으면 열립니다.", "E-4")
    if me.declared_at is None or me.has_conflict:
        raise Refused(
            "이해관계가 없다고 신고한 평가위원만 평가표를 열 수 있습니다. 먼저 신고해 주세요.", "E-9"
        )
    return criteria


def _posted(facts: CaseFacts, lot: int) -> SheetForm:
    return sheet_form(open_criteria(facts, lot), scored_services(facts, lot))(request.form)


def _complete(form: SheetForm) -> bool:
    """Whether every cell has points within its weight; says so beside each that has not."""
    complete = True
    for stem, criterion, _ in form.cells:
        field = form[f"{stem}-points"]
        if field.data is None:
            field.errors = ["점수를 적어 주세요."]
        elif field.data > criterion.weight * POINT:
            field.errors = [f"0점부터 {criterion.weight}점까지 적어 주세요."]
        complete = complete and not field.errors
    return complete


def kept_form(facts: CaseFacts, lot: int) -> SheetForm:
    """The form of the sheet with what has been kept of it."""
    criteria = open_criteria(facts, lot)
    made = sheet_form(criteria, scored_services(facts, lot))
    draft = documents.draft_of(actor(), case(), selection_sheets.draft_name(criteria))
    return made(MultiDict(draft.fields)) if draft else made(data={"set_id": criteria.set_id})


def _submitted(facts: CaseFacts, lot: int, made: type[SheetForm]) -> dict[str, Any]:
    criteria = facts.selection.criteria_of(lot)
    mine = next(
        s
        for s in facts.selection.sheets
        if criteria and (s.set_id, s.evaluator_id) == (criteria.set_id, actor().account_id)
    )
    given = {(s.criterion_id, s.result_id): s for s in mine.scores}
    data: dict[str, Any] = {}
    for stem, criterion, result_id in made.cells:
        score = given[(criterion.criterion_id, result_id)]
        data[f"{stem}-points"], data[f"{stem}-comment"] = score.points_hundredths, score.comment
    return data


def papers(facts: CaseFacts) -> dict[str, list[tuple[str, str]]]:
    """Files an evaluator may open, by result id; ``""`` for those of all services."""
    stored = {e.evidence_id: e.name for e in facts.evidence if not e.superseded}
    found: dict[str, list[tuple[str, str]]] = {}
    for material in facts.selection.materials:
        if material.evidence_id in stored:
            label = f"{material.kind}: {stored[material.evidence_id]}"
            found.setdefault(material.result_id or "", []).append((material.evidence_id, label))
    for quote in facts.selection.quotes:
        if quote.evidence_id in stored and not quotes_sealed(facts, quote.lot):
            label = f"견적서: {stored[quote.evidence_id]}"
            found.setdefault(quote.result_id, []).append((quote.evidence_id, label))
    return found


def _overview(facts: CaseFacts, form: DeclarationForm, status: int = 200) -> BaseResponse:
    lots = [
        {
            "number": lot,
            "title": lot_title(facts, lot),
            "ready": facts.selection.criteria_of(lot) is not None
            and not without_outcome(facts, lot)
            and not missing_values(facts, lot),
            "submitted": actor().account_id in submitted(facts, lot),
            "services": candidates(facts, lot),
        }
        for lot in facts.head.lots
        if facts.search.final(lot) is not None
    ]
    me = selection_sheets.me_in(facts, actor())
    return evaluator_page("selection/evaluation.html", facts, status, form=form, lots=lots, me=me)


def sheet_page(
    facts: CaseFacts, lot: int, form: SheetForm, status: int = 200, mistakes: tuple[str, ...] = ()
) -> BaseResponse:
    """The page of a sheet; ``mistakes`` are those of a workbook that was not taken."""
    sealed = quotes_sealed(facts, lot)
    quotes = {q.result_id: q for q in facts.selection.quotes if q.lot == lot and not sealed}
    return evaluator_page(
        "selection/sheet.html",
        facts,
        status,
        mistakes=mistakes,
        lot=lot,
        lot_title=lot_title(facts, lot),
        form=form,
        criteria=open_criteria(facts, lot),
        services=scored_services(facts, lot),
        names=names(facts, lot),
        received=quotes,
        costs={result_id: cost_of(quote) for result_id, quote in quotes.items()},
        papers=papers(facts),
        asked=[q for q in facts.selection.questions if q.lot == lot],
        computed=computed_cells(facts, lot),
        done=actor().account_id in submitted(facts, lot),
        points_text=points_text,
    )


def evaluator_page(template: str, facts: CaseFacts, status: int = 200, **context: Any) -> BaseResponse:
    """A page of the evaluator's."""
    return make_response(render_template(template, number=facts.head.number, facts=facts, **context), status)

"""The termination checklist: a page to work down and to print, and the same as a PDF."""

from __future__ import annotations

from urllib.parse import quote

from flask import Blueprint, Response, flash, make_response, redirect, render_template, url_for
from werkzeug.wrappers import Response as BaseResponse

from procurement.adapters.fonts import FontsMissingError
from procurement.adapters.pdf import PdfError
from procurement.domain.steps import Step, StepState
from procurement.services import case_facts, checklist, ending, unit
from procurement.views.edge import actor, case

blueprint = Blueprint("checklist", __name__, url_prefix="/cases/<number>/checklist")


@blueprint.get("")
def show(number: str) -> BaseResponse:
    """The checklist, the earliest day first; printed it takes two A4 pages."""
    facts = case_facts.load(case())
    return make_response(
        render_template(
            "checklist/show.html",
            number=number,
            facts=facts,
            checklist=checklist.checklist_of(facts),
            threads={key: record.thread_id for key, record in ending.mark_records(case()).items()},
            editable=facts.steps[Step.ENDING].state is StepState.OPEN,
        )
    )


@blueprint.get("/pdf")
def pdf(number: str) -> BaseResponse:
    """The checklist as a PDF of at most two pages; who took it goes into the ledger."""
    facts = case_facts.load(case())
    # Rendering takes a second in which nobody else should have to wait for the database.
    unit.rollback()
    try:
        rendered = checklist.pdf_of(facts)
    except (PdfError, FontsMissingError) as error:
        flash(str(error), "error")
        return redirect(url_for("checklist.show", number=number))
    checklist.record_download(actor(), case(), rendered)
    response = Response(rendered.data, mimetype="application/pdf")
    name = quote(f"종료 점검표 {facts.head.number}.pdf")
    response.headers["Content-Disposition"] = f"attachment; filename*=UTF-8''{name}"
    return response

"""The auditor's pages: what was held back, opened again or written down late, and whether all holds."""

from __future__ import annotations

import uuid

from flask import Blueprint, make_response, render_template, request
from werkzeug.wrappers import Response as BaseResponse

from procurement.domain.red_flags import WINDOW_MONTHS
from procurement.services import audit, audit_concerns, audit_signs, verification
from procurement.views.edge import actor, case

blueprint = Blueprint("audit", __name__, url_prefix="/audit")

CASES_A_PAGE = 25


@blueprint.get("")
def index() -> BaseResponse:
    """All cases of the institution, those with the most to look at first."""
    page = max(1, request.args.get("page", 1, type=int))
    rows, total = audit.concerns(page, CASES_A_PAGE)
    return make_response(
        render_template(
            "audit/index.html", rows=rows, total=total, page=page, pages=max(1, -(-total // CASES_A_PAGE))
        )
    )


@blueprint.get("/institution")
def institution() -> BaseResponse:
    """The institution's own chain: accounts, settings, lists."""
    page = max(1, request.args.get("page", 1, type=int))
    events, total = audit.institution_events(page)
    return make_response(
        render_template(
            "audit/institution.html",
            events=events,
            total=total,
            page=page,
            pages=max(1, -(-total // audit.PAGE_SIZE)),
        )
    )


@blueprint.get("/verify")
def verify() -> BaseResponse:
    """Check everything of the institution, and show what was checked."""
    report = verification.verify(institution_id=uuid.UUID(actor().institution_id))
    return make_response(render_template("audit/verify.html", report=report))


@blueprint.get("/signs")
def signs() -> BaseResponse:
    """Signs over all cases: what each counts, from where on, and the cases it stands on."""
    return make_response(
        render_template("audit/signs.html", sightings=audit_signs.found(), months=WINDOW_MONTHS)
    )


@blueprint.get("/cases/<number>")
def show(number: str) -> BaseResponse:
    """What to look at first in one case."""
    return make_response(
        render_template(
            "audit/show.html",
            number=number,
            case=case(),
            concerns=audit_concerns.of_case(case()),
            event_count=audit.count_events(case()),
            page_of=audit.page_of,
        )
    )

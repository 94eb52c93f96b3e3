"""The auditor's time line over all cases: narrowed, searched, newest first."""

from __future__ import annotations

from flask import Blueprint, make_response, render_template, request
from werkzeug.wrappers import Response as BaseResponse

from procurement.services import audit, audit_record
from procurement.views.cases import event_query

blueprint = Blueprint("audit_record", __name__, url_prefix="/audit/record")


@blueprint.get("")
def index() -> BaseResponse:
    """Every event of the institution that the query finds."""
    query, wrong = event_query()
    args = request.args
    found, total = audit_record.search(query, args.get("words", "").strip(), args.get("number", "").strip())
    return make_response(
        render_template(
            "audit/record.html",
            events=audit_record.titled(found),
            total=total,
            query=query,
            wrong=wrong,
            typed=args,
            kept={key: value for key, value in args.items() if key != "page" and value},
            pages=max(1, -(-total // audit_record.PAGE_SIZE)),
            groups=audit.GROUPS,
            people=audit_record.people(),
        )
    )

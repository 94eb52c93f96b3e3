"""HTTP only: parse, call a service, answer."""

from __future__ import annotations

from flask import Flask

from procurement.views import (
    accounts,
    admin,
    approval,
    audit,
    audit_record,
    bundle,
    cases,
    catalogue,
    checklist,
    checkpoints,
    contract,
    duties,
    edge,
    ending,
    erasure,
    errors,
    evidence,
    faults,
    fetching,
    filters,
    help,
    jobs,
    monitoring,
    registration,
    scoring,
    scoring_book,
    scoring_one,
    search_beside,
    search_labels,
    search_list,
    search_new,
    search_rehearsal,
    search_runs,
    selection_award,
    selection_measures,
    selection_papers,
    selection_table,
    steps,
    watched,
)


def register(app: Flask) -> None:
    """Bind the edge, the error pages, the filters and every blueprint."""
    edge.init_app(app)
    errors.init_app(app)
    filters.register(app)
    for module in (
        bundle,
        accounts,
        cases,
        steps,
        evidence,
        help,
        audit,
        audit_record,
        checkpoints,
        erasure,
        admin,
        monitoring,
        faults,
        duties,
        watched,
        ending,
        checklist,
        contract,
        approval,
        registration,
        jobs,
        search_new,
        search_labels,
        search_list,
        search_rehearsal,
        search_runs,
        search_beside,
        catalogue,
        fetching,
        selection_papers,
        selection_award,
        selection_measures,
        selection_table,
        scoring_book,
        scoring_one,
        scoring,
    ):
        app.register_blueprint(module.blueprint)

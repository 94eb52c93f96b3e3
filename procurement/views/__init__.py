"""HTTP only: parse, call a service, answer."""

from __future__ import annotations

from flask import Flask

from procurement.views import (
    accounts,
    admin,
    approval,
    audit,
    bundle,
    cases,
    checklist,
    contract,
    duties,
    edge,
    ending,
    errors,
    evidence,
    faults,
    filters,
    help,
    jobs,
    monitoring,
    registration,
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
    ):
        app.register_blueprint(module.blueprint)

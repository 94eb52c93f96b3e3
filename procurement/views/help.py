"""Help, and whether the program is alive."""

from __future__ import annotations

from flask import Blueprint, make_response, render_template
from werkzeug.wrappers import Response as BaseResponse

from procurement.domain.rules.registry import rules_of
from procurement.domain.steps import STEPS

blueprint = Blueprint("help", __name__)


@blueprint.get("/help")
def index() -> BaseResponse:
    """The nine steps with their rules, and how the program is used."""
    steps = [(spec, rules_of(spec.step)) for spec in STEPS]
    return make_response(render_template("help/index.html", steps=steps, case_rules=rules_of(None)))


@blueprint.get("/health")
def health() -> BaseResponse:
    """For a proxy: the program answers."""
    response = make_response("ok")
    response.mimetype = "text/plain"
    return response

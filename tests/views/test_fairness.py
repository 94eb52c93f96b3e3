"""A form whose text reads like bargaining comes back with a field for the reason, and all that was typed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest
from flask import Flask
from flask.testing import FlaskClient

from procurement.domain.steps import Step
from procurement.services import case_facts, workflow
from tests.support.examples import EXAMPLES, Request
from tests.support.factories import event_kinds
from tests.support.stages import Scene, Stage
from tests.support.stages import at_stage as at_stage

pytestmark = pytest.mark.one_database

BARGAINING = "추 가 할 인을 부탁드렸다고 합니다."
WHY = "제공자의 말을 그대로 옮겼습니다."

# The form, and the field of it that says so.
FORMS = {
    "papers.keep_quote": "note",
    "papers.answer": "answer",
    "papers.open_quotes": "reason",
    "award.freeze_criteria": "rows-0-scale",
    "award.decide": "reason",
    "scoring.submit": "s1-c1-comment",
    "contract.add_negotiation": "content",
}


@pytest.fixture(autouse=True)
def _no_token(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(app.config, "WTF_CSRF_ENABLED", False)


def said(request: Request, **more: str) -> Request:
    """The request with more fields."""
    return replace(request, fields={**request.fields, **more})


@pytest.mark.parametrize("endpoint", FORMS)
def test_the_form_asks_why_and_takes_the_reason(
    client: FlaskClient, at_stage: Callable[[Stage], Scene], endpoint: str
) -> None:
    at = at_stage(EXAMPLES[endpoint].stage)
    request = said(EXAMPLES[endpoint].prepare(at), **{FORMS[endpoint]: BARGAINING})
    person, case, before = at.person, at.case, event_kinds(at.case)
    held = request.send(client, person)
    assert held.status_code == 409
    assert 'name="wording_reason"' in held.text
    assert BARGAINING in held.text
    assert "추 가 할 인" in held.text
    assert event_kinds(case) == [*before, "act.refused"]
    assert said(request, wording_reason=WHY).send(client, person).status_code == 302
    assert "reason.wording" in event_kinds(case)


def test_an_outcome_is_asked_as_well(client: FlaskClient, at_stage: Callable[[Stage], Scene]) -> None:
    at = at_stage(Stage.SELECTING)
    request = said(
        EXAMPLES["award.record_outcomes"].prepare(at),
        **{"rows-0-kind": "excluded", "rows-0-clause": "2-2", "rows-0-reason": "타사 견적보다 비쌉니다."},
    )
    person, case = at.person, at.case
    assert 'name="wording_reason"' in request.send(client, person).text
    assert said(request, wording_reason=WHY).send(client, person).status_code == 302
    assert "reason.wording" in event_kinds(case)
    findings = workflow.findings_for(Step.SELECTION, case_facts.load(case))
    assert WHY in next(f.message for f in findings if f.rule_id == "E-5")

"""⑤ and ⑥ by direct request: sealed quotes, others' scores, fixed weights, strange services, own drafts.

Each is refused, whatever the pages offer, and each is in the ledger with its rule. What is refused in other
steps, and in a step that waits or is done, is in ``test_guards.py``.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient

from procurement.domain.access import Relation, Role
from procurement.domain.facts.selection import OutcomeKind
from procurement.services import audit, selection, selection_papers
from procurement.services.selection import OutcomeText
from tests.support.examples import EXAMPLES, Request
from tests.support.examples.base import first, today
from tests.support.examples.contract import answer
from tests.support.examples.selection import criteria_fields, lot
from tests.support.factories import a_member, an_account, event_kinds, work
from tests.support.selecting import a_file, a_quote, ask_all, services_of
from tests.support.stages import EVALUATOR, Scene, Stage
from tests.support.stages import at_stage as at_stage

STRANGER = str(uuid.UUID(int=1))


@pytest.fixture(autouse=True)
def _no_token(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    """Forms need no token here; that they do has its own test."""
    monkeypatch.setitem(app.config, "WTF_CSRF_ENABLED", False)


def _sealed_file(at: Scene) -> str:
    """Id of the file of a quote that is sealed."""
    with work():
        quote = a_quote(at.officer, at.case, services_of(at.case)[0].result_id)
        selection_papers.keep_quote(at.officer, at.case, quote)
    return str(quote.evidence_id)


def _sealed_by_its_officer(at: Scene) -> Request:
    return Request(f"{at.url}/evidence/{_sealed_file(at)}", method="GET")


def _sealed_by_an_evaluator(at: Scene) -> Request:
    member = a_member(at.case, Relation.EVALUATOR)
    return Request(f"{at.url}/evaluation/files/{_sealed_file(at)}", by=member, method="GET")


def _sealed_around_the_evaluation(at: Scene) -> Request:
    member = a_member(at.case, Relation.EVALUATOR)
    return Request(f"{at.url}/evidence/{_sealed_file(at)}", by=member, method="GET")


def _quotes_by_an_evaluator(at: Scene) -> Request:
    return Request(lot(at, "quotes"), by=at.other(EVALUATOR), method="GET")


def _scores_by_an_evaluator(at: Scene) -> Request:
    return Request(lot(at, "result"), by=at.other(EVALUATOR), method="GET")


def _sheet_by_a_stranger(at: Scene) -> Request:
    return Request(f"{at.url}/evaluation/1", by=an_account(Role.EVALUATOR), method="GET")


def _weights_after_the_first_sheet(at: Scene) -> Request:
    first(at, EXAMPLES["scoring.submit"].prepare(at))
    changed = {"rows-0-weight": "40", "rows-1-weight": "20", "reason": "표본 사유"}
    return Request(lot(at, "criteria/freeze"), {**criteria_fields(), **changed})


def _weights_by_an_evaluator(at: Scene) -> Request:
    return Request(lot(at, "criteria/freeze"), criteria_fields(), by=at.other(EVALUATOR))


def _a_service_more(at: Scene) -> Request:
    return Request(lot(at, "outcomes"), {"rows-0-result_id": STRANGER, "rows-0-kind": "scored"})


def _a_quote_of_a_service_more(at: Scene) -> Request:
    request = EXAMPLES["papers.keep_quote"].prepare(at)
    return Request(lot(at, f"quotes/{STRANGER}"), request.fields)


def _a_request_to_a_service_more(at: Scene) -> Request:
    request = EXAMPLES["papers.request_quotes"].prepare(at)
    everyone = [*request.fields["result_ids"], STRANGER]
    return Request(request.url, {**request.fields, "result_ids": everyone})


def _material_of_a_service_more(at: Scene) -> Request:
    with work():
        file = a_file(at.officer, at.case, "material")
    return Request(lot(at, "materials"), {"kind": "SLA", "evidence_id": file, "result_id": STRANGER})


def _dropped_though_it_sent_a_quote(at: Scene) -> Request:
    with work():
        ask_all(at.officer, at.case)
    _sealed_file(at)
    dropped = {"rows-0-result_id": services_of(at.case)[0].result_id, "rows-0-kind": "no_quote"}
    return Request(lot(at, "outcomes"), {**dropped, "rows-0-reason": "표본 사유"})


def _dropped_after_the_first_sheet(at: Scene) -> Request:
    first(at, EXAMPLES["scoring.submit"].prepare(at))
    dropped = {"rows-0-result_id": services_of(at.case)[0].result_id, "rows-0-kind": "excluded"}
    return Request(lot(at, "outcomes"), {**dropped, "rows-0-clause": "2-2", "rows-0-reason": "표본 사유"})


def _twice(at: Scene) -> Request:
    request = EXAMPLES["scoring.submit"].prepare(at)
    first(at, request)
    other = {name: "1" if name.endswith("points") else text for name, text in request.fields.items()}
    return Request(request.url, other, request.by)


def _chosen_from_outside(at: Scene) -> Request:
    return Request(lot(at, "decision"), {"kind": "award", "result_id": STRANGER, "reason": "표본 사유"})


def _chosen_though_excluded(at: Scene) -> Request:
    one = services_of(at.case)[2].result_id
    with work():
        cancelled = OutcomeText(OutcomeKind.CANCELLED, reason="선정이 취소됨")
        selection.record_outcomes(at.officer, at.case, 1, {one: cancelled})
    return Request(lot(at, "decision"), {"kind": "award", "result_id": one, "reason": "표본 사유"})


def _decided_by_an_evaluator(at: Scene) -> Request:
    request = EXAMPLES["award.decide"].prepare(at)
    return Request(request.url, request.fields, by=at.other("표본 평가위원 1"))


def _decided_by_a_helper(at: Scene) -> Request:
    request = EXAMPLES["award.decide"].prepare(at)
    helper = an_account(Role.PROJECT_OFFICER)
    return Request(request.url, request.fields, by=a_member(at.case, Relation.COLLABORATOR, account=helper))


def _the_malls_word_on_the_own_route(at: Scene) -> Request:
    told = {"result_id": services_of(at.case)[0].result_id, "proposal": "기본제안서", "decided_on": today()}
    return Request(lot(at, "mall"), told)


def _ones_own_draft(at: Scene) -> Request:
    asked = answer(at)
    a_member(at.case, Relation.APPROVER, account=at.person)
    return Request(asked.url, asked.fields)


# What is tried, from which stage, the rule that refuses it, and the status of the answer.
TRIED: dict[str, tuple[Stage, Callable[[Scene], Request], str, int]] = {
    "a sealed quote, by its officer": (Stage.SELECTING, _sealed_by_its_officer, "E-3", 409),
    "a sealed quote, by an evaluator": (Stage.SELECTING, _sealed_by_an_evaluator, "E-3", 409),
    "a sealed quote, around the evaluation": (Stage.SELECTING, _sealed_around_the_evaluation, "C-3", 403),
    "the amounts, by an evaluator": (Stage.SCORING, _quotes_by_an_evaluator, "C-3", 403),
    "others' scores, by an evaluator": (Stage.SCORING, _scores_by_an_evaluator, "C-3", 403),
    "the sheet, by an evaluator of other cases": (Stage.SCORING, _sheet_by_a_stranger, "C-3", 403),
    "weights after the first sheet": (Stage.SCORING, _weights_after_the_first_sheet, "E-3", 409),
    "weights, by an evaluator": (Stage.SCORING, _weights_by_an_evaluator, "C-3", 403),
    "an outcome of a service more": (Stage.SELECTING, _a_service_more, "E-4", 409),
    "a quote of a service more": (Stage.SELECTING, _a_quote_of_a_service_more, "E-4", 409),
    "a request to a service more": (Stage.SELECTING, _a_request_to_a_service_more, "E-4", 409),
    "material of a service more": (Stage.SELECTING, _material_of_a_service_more, "E-4", 409),
    "dropping who sent a quote": (Stage.SELECTING, _dropped_though_it_sent_a_quote, "E-4", 409),
    "dropping one after the first sheet": (Stage.SCORING, _dropped_after_the_first_sheet, "E-4", 409),
    "scoring twice": (Stage.SCORING, _twice, "E-4", 409),
    "choosing from outside the list": (Stage.SCORED, _chosen_from_outside, "E-4", 409),
    "choosing who is no longer selected": (Stage.SCORED, _chosen_though_excluded, "E-13", 409),
    "deciding, by an evaluator": (Stage.SCORED, _decided_by_an_evaluator, "C-3", 403),
    "deciding, by a helper": (Stage.SCORED, _decided_by_a_helper, "C-3", 403),
    "the mall's word on the own route": (Stage.SELECTING, _the_malls_word_on_the_own_route, "E-1", 409),
    "approving one's own draft": (Stage.ASKED, _ones_own_draft, "K-6", 409),
}


@pytest.mark.parametrize("what", TRIED)
def test_a_direct_request_is_refused_and_in_the_ledger(
    client: FlaskClient, at_stage: Callable[[Stage], Scene], what: str
) -> None:
    stage, prepare, rule_id, status = TRIED[what]
    at = at_stage(stage)
    request, person, case = prepare(at), at.person, at.case
    who = str((request.by or person).id)
    before = event_kinds(case)
    assert request.send(client, person).status_code == status
    assert event_kinds(case) == [*before, "act.refused"]
    (newest,) = audit.newest_events(case, 1)
    assert newest.body is not None
    assert newest.body["rule"] == rule_id
    assert who in {person_id for person_id, _ in audit.people_in(case)}

"""What the pages do not offer is refused to a direct request as well, and the attempt is written down.

What touches seals, scores, weights, the list and one's own draft is in ``test_direct_requests.py``.
"""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient

from procurement.domain.steps import SPEC, Step
from procurement.extensions import db
from procurement.models import StepRecord
from procurement.services import ledger, search, states
from procurement.views.routes import LOGGED_READS
from tests.support import selecting
from tests.support.concluded import done
from tests.support.examples import EXAMPLES, Request
from tests.support.examples.base import first
from tests.support.examples.contract import conclude
from tests.support.examples.search import CONDITIONS, PAGE
from tests.support.examples.selection import lot, sheet_fields
from tests.support.examples.use import close_fault
from tests.support.factories import event_kinds, work
from tests.support.stages import Scene, Stage
from tests.support.stages import at_stage as at_stage
from tests.support.walk import official_run

STEP_OF = {
    "search_new": Step.SEARCH,
    "search_list": Step.SEARCH,
    "search_rehearsal": Step.SEARCH,
    "search_runs": Step.SEARCH,
    "papers": Step.SELECTION,
    "award": Step.SELECTION,
    "scoring": Step.SELECTION,
    "contract": Step.CONTRACT,
    "approval": Step.CONTRACT,
    "registration": Step.REGISTRATION,
    "monitoring": Step.MONITORING,
    "faults": Step.MONITORING,
    "duties": Step.MONITORING,
    "watched": Step.MONITORING,
    "ending": Step.ENDING,
    "steps": Step.BUDGET,
}
# Acts of a step that do not ask that it be open.
OF_A_COMPLETED_STEP = {"steps.reopen", "contract.amend", "registration.correct"}
UNTIL_CONCLUDED = {"approval.withdraw"}

GUARDED = [
    endpoint
    for endpoint in EXAMPLES
    if endpoint.partition(".")[0] in STEP_OF
    and endpoint not in OF_A_COMPLETED_STEP | UNTIL_CONCLUDED | LOGGED_READS
]

pytestmark = [pytest.mark.usefixtures("no_token"), pytest.mark.one_database]


@pytest.fixture
def no_token(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    """Forms need no token here; that they do has its own test."""
    monkeypatch.setitem(app.config, "WTF_CSRF_ENABLED", False)


def finished(at: Scene, step: Step) -> None:
    """The step is completed, whatever its rules say."""
    with work():
        done(at.officer, at.case, step)


def put_off(at: Scene, step: Step) -> None:
    """The step waits again for the one before it, whatever its rules say."""
    (before,) = SPEC[step].opens_after
    row = StepRecord(
        institution_id=at.case.institution_id,
        case_id=at.case.id,
        step=before.value,
        number=states.histories(at.case)[before].next_number,
        action="reopen",
        reason="표본 사유",
        actor_id=at.person.id,
    )
    with work():
        db.session.add(row)
        ledger.record(at.officer, "step.reopened", case=at.case, rows=[row])


def refused(client: FlaskClient, at: Scene, request: Request) -> bool:
    """Whether the request is refused, and nothing but the refusal is written down."""
    person, before = at.person, event_kinds(at.case)
    status = request.send(client, person).status_code
    after = event_kinds(at.case)
    return 400 <= status < 500 and after == [*before, "act.refused"]


def step_of(endpoint: str) -> Step:
    """The step that an act belongs to."""
    return STEP_OF[endpoint.partition(".")[0]]


@pytest.mark.parametrize("endpoint", GUARDED)
def test_an_act_of_a_completed_step_is_refused(
    client: FlaskClient, at_stage: Callable[[Stage], Scene], endpoint: str
) -> None:
    at = at_stage(EXAMPLES[endpoint].stage)
    request = EXAMPLES[endpoint].prepare(at)
    finished(at, step_of(endpoint))
    assert refused(client, at, request)


@pytest.mark.parametrize("endpoint", [name for name in GUARDED if SPEC[step_of(name)].opens_after])
def test_an_act_of_a_step_that_waits_is_refused(
    client: FlaskClient, at_stage: Callable[[Stage], Scene], endpoint: str
) -> None:
    at = at_stage(EXAMPLES[endpoint].stage)
    request = EXAMPLES[endpoint].prepare(at)
    put_off(at, step_of(endpoint))
    assert refused(client, at, request)


def _official_run_before_the_definition(at: Scene) -> Request:
    first(at, Request(f"{at.url}/search/new/1", CONDITIONS))
    first(at, Request(f"{at.url}/search/new/1/list", file=PAGE))
    put_off(at, Step.SEARCH)
    return Request(f"{at.url}/search/new/1/record")


def _final_run_twice(at: Scene) -> Request:
    with work():
        run = official_run(at.officer, at.case)
        search.declare_final(at.officer, at.case, run.number, confirmed=True)
    return Request(f"{at.url}/search/runs/1/final", {"confirmed": "y"})


def _bargaining(at: Scene) -> Request:
    request = EXAMPLES["papers.ask"].prepare(at)
    text = "다른 업체가 제시한 금액보다 낮게 해 주세요."
    return Request(request.url, {**request.fields, "question": text})


def _sheet_without_a_declaration(at: Scene) -> Request:
    return Request(f"{at.url}/evaluation/1/submit", sheet_fields(at), by=at.other("표본 평가위원 둘째"))


def _sheet_of_somebody_else(at: Scene) -> Request:
    return Request(f"{at.url}/evaluation/1/submit", sheet_fields(at))


def _award_of_another_than_the_winner(at: Scene) -> Request:
    second = selecting.services_of(at.case)[1].result_id
    return Request(lot(at, "decision"), {"kind": "award", "result_id": second, "reason": "표본 사유"})


def _award_before_the_sheets(at: Scene) -> Request:
    winner = selecting.services_of(at.case)[0].result_id
    return Request(lot(at, "decision"), {"kind": "award", "result_id": winner})


def _terms_while_the_approver_has_them(at: Scene) -> Request:
    return Request(f"{at.url}/contract", {"draft_version": "1", "title": "몰래 바꾼 제목"})


REFUSED: dict[str, tuple[Stage, Callable[[Scene], Request]]] = {
    "saving a step before its turn": (
        Stage.OPENED,
        lambda at: Request(f"{at.url}/sourcing", {"draft_version": "0"}),
    ),
    "completing a step before its turn": (Stage.OPENED, lambda at: Request(f"{at.url}/sourcing/complete")),
    "reopening a step that is not completed": (
        Stage.OPENED,
        lambda at: Request(f"{at.url}/budget/reopen", {"reason": "표본 사유"}),
    ),
    "reopening a step that a concluded contract rests on": (
        Stage.CONCLUDED,
        lambda at: Request(f"{at.url}/budget/reopen", {"reason": "표본 사유"}),
    ),
    "taking back an approval that a contract was concluded on": (
        Stage.CONCLUDED,
        lambda at: Request(f"{at.url}/contract/approval/withdraw", {"reason": "표본 사유"}),
    ),
    "official run before the definition is fixed": (Stage.SEARCHING, _official_run_before_the_definition),
    "a second final run": (Stage.SEARCHING, _final_run_twice),
    "bargaining over the price": (Stage.SELECTING, _bargaining),
    "a sheet without a declaration": (Stage.SCORING, _sheet_without_a_declaration),
    "a sheet of somebody who is no evaluator": (Stage.SCORING, _sheet_of_somebody_else),
    "an award before the sheets": (Stage.SCORING, _award_before_the_sheets),
    "an award of another than the winner": (Stage.SCORED, _award_of_another_than_the_winner),
    "terms while the approver has them": (Stage.ASKED, _terms_while_the_approver_has_them),
    "a conclusion without approval": (Stage.ASKED, conclude),
    "a fault closed without its witnessed test": (
        Stage.IN_USE,
        lambda at: close_fault(at, tested_at=None, witness=""),
    ),
}


@pytest.mark.parametrize("act", REFUSED)
def test_an_act_against_the_rules_is_refused_and_written_down(
    client: FlaskClient, at_stage: Callable[[Stage], Scene], act: str
) -> None:
    stage, prepare = REFUSED[act]
    at = at_stage(stage)
    assert refused(client, at, prepare(at))

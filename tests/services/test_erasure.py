"""Erasure under law: exactly one body goes, everything still verifies, and nothing else can go."""

from __future__ import annotations

from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import delete, text
from sqlalchemy.exc import DBAPIError

from procurement import verify
from procurement.config import Settings
from procurement.domain.errors import InvalidInput, NotFound, Refused
from procurement.domain.ledger import Link
from procurement.extensions import db
from procurement.models import Case, EventBody
from procurement.services import audit, bags, erasure, verification
from tests.support.attacks import run_sql
from tests.support.factories import a_case, project_officer_of, work
from tests.support.selecting import a_file
from tests.support.walk import complete_budget

pytestmark = pytest.mark.usefixtures("db_session")
GROUND, REASON = "개인정보 보호법 제36조", "정보주체의 삭제 요구"


@pytest.fixture
def case() -> Case:
    """A case with a completed step and a file whose name says too much."""
    case = a_case()
    actor = project_officer_of(case)
    with work():
        complete_budget(actor, case)
        a_file(actor, case, "other", "표본 사람의 증빙")
    return case


def erase(case: Case, seq: int) -> Link:
    """Erase the body of an event."""
    actor = project_officer_of(case)
    with work():
        return erasure.erase(actor, case.number, seq, ground=GROUND, reason=REASON)


def test_a_body_goes_with_its_salt_and_all_that_it_vouched_for_still_verifies(
    case: Case, tmp_path: Path
) -> None:
    events = audit.all_events(case)
    for event in events:
        if event.kind != "case.opened":
            erase(case, event.seq)
    assert verification.verify().holds
    assert verification.verify(case).holds
    shown = audit.all_events(case)
    assert shown[1].body is None
    assert shown[1].what.startswith("법에 따라 지움")
    assert "법에 따라 지웠습니다: 개인정보 보호법 제36조" in shown[-1].what
    bags.write(project_officer_of(case), case, b"%PDF", tmp_path / "bag")
    assert verify.main([str(tmp_path / "bag")]) == 0
    assert [row.seq for row in erasure.done()] == [event.seq for event in reversed(events[1:])]


def test_a_body_that_went_without_its_erasure_is_named_and_so_is_one_that_came_back(
    case: Case, settings: Settings
) -> None:
    erase(case, 2)
    number = case.number
    chain = "(SELECT chain_id FROM erasure)"
    run_sql(
        settings,
        [f"UPDATE event_body SET seq = 2 WHERE seq = 3 AND chain_id = {chain}"],
    )
    db.session.rollback()
    broken = verification.verify().broken
    assert broken is not None
    assert broken.what.startswith(f"사건 {number}#2")
    run_sql(settings, [f"DELETE FROM event_body WHERE seq IN (2, 4) AND chain_id = {chain}"])
    db.session.rollback()
    broken = verification.verify().broken
    assert broken is not None
    assert "지웠다는 기록 없이" in broken.why


def test_the_database_lets_exactly_the_erased_body_go_and_takes_none_back(
    app: Flask, case: Case, settings: Settings
) -> None:
    erase(case, 2)
    for statement in (
        "DELETE FROM event_body WHERE seq = 3",
        "UPDATE event_body SET body = body",
        "DELETE FROM erasure",
        "UPDATE erasure SET reason = 'another'",
        "INSERT INTO event_body (chain_id, seq, salt, body) SELECT chain_id, 2, salt, body FROM event_body "
        "WHERE seq = 3",
    ):
        with pytest.raises(DBAPIError, match="append-only"):
            db.session.execute(text(statement))
        db.session.rollback()
    with pytest.raises(DBAPIError, match="append-only"):
        db.session.execute(delete(EventBody))
    db.session.rollback()


def test_what_proof_rests_on_stays_and_ground_and_reason_are_asked_for(case: Case) -> None:
    actor = project_officer_of(case)
    with pytest.raises(Refused):
        erase(case, 1)
    erase(case, 2)
    with pytest.raises(NotFound, match="이미 지워졌습니다"):
        erase(case, 2)
    for ground, reason in (("", REASON), (GROUND, " ")):
        with pytest.raises(InvalidInput):
            erasure.erase(actor, case.number, 3, ground=ground, reason=reason)
    last = audit.all_events(case)[-1]
    with pytest.raises(Refused):
        erase(case, last.seq)
    assert verification.verify().holds

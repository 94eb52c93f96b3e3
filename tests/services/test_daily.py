"""Deadlines that come about as days pass."""

from __future__ import annotations

from typing import Any

from sqlalchemy import update

from procurement.extensions import db
from procurement.models import Case
from procurement.models.base import now
from procurement.services.daily import DailyRefresh
from tests.support import factories


def test_each_open_case_is_looked_at_once_a_day_a_few_at_a_time(db_session: Any) -> None:
    cases = [factories.a_case() for _ in range(3)]
    with factories.work():
        db.session.execute(update(Case).where(Case.id == cases[0].id).values(closed_at=now()))
        db.session.execute(update(Case).values(step_states="wwwwwwwww"))
    refresh = DailyRefresh()
    assert [refresh.step(1), refresh.step(5), refresh.step(5)] == [1, 1, 0]
    db.session.expire_all()
    assert {c.step_states for c in cases[1:]} == {"owwwwwwww"}
    assert cases[0].step_states == "wwwwwwwww"

"""What the auditor's signs stand on, read from the rows of decided lots with a fixed number of queries."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

from sqlalchemy import event

from procurement.domain.facts.closing import EndKind, NextWay
from procurement.domain.facts.selection import DecisionKind
from procurement.extensions import db
from procurement.models import Decision
from procurement.services import audit_signs, closing, records, selection_decision
from procurement.services.closing import EndWithout
from procurement.services.selection_decision import Choice
from tests.support.factories import a_case, an_institution, in_institution, work
from tests.support.selecting import services_of
from tests.support.stages import Scene, Stage
from tests.support.stages import at_stage as at_stage


def count(act: Callable[[], object]) -> int:
    """How many queries an act runs."""
    seen: list[str] = []

    def note(*arguments: object) -> None:
        seen.append(str(arguments[2]))

    event.listen(db.engine, "before_cursor_execute", note)
    try:
        act()
    finally:
        event.remove(db.engine, "before_cursor_execute", note)
    return sum(statement.startswith("SELECT") for statement in seen)


def test_a_decided_lot_gives_its_figures_and_others_give_none(at_stage: Callable[[Stage], Scene]) -> None:
    at = at_stage(Stage.SCORED)
    since = records.today()
    assert audit_signs.decided_lots(since) == []
    first, second, _ = services_of(at.case)
    with work():
        selection_decision.decide(at.officer, at.case, 1, Choice(DecisionKind.AWARD, first.result_id))
    (found,) = audit_signs.decided_lots(since)
    assert (found.number, found.provider, found.candidates, found.sheets, found.central) == (
        at.case.number,
        first.provider_name,
        3,
        2,
        False,
    )
    assert found.budget_won is not None
    assert found.winner_won == found.budget_won - 300_000
    assert found.quotes_won == tuple(found.budget_won - 300_000 + step * 100_000 for step in range(3))
    assert (found.asked_on, found.due_on) == (since, since + timedelta(days=7))
    assert audit_signs.decided_lots(since + timedelta(days=1)) == []
    assert second.result_id not in str(found)
    in_institution(an_institution("표본 둘째 기관"))
    assert audit_signs.decided_lots(since) == []


def test_queries_do_not_grow_with_the_cases(at_stage: Callable[[Stage], Scene]) -> None:
    at = at_stage(Stage.CONTRACTING)
    few = count(audit_signs.found)
    row = db.session.query(Decision).one()
    kept = {c.key: getattr(row, c.key) for c in Decision.__table__.columns if c.key not in ("id", "number")}
    with work():
        db.session.add_all(Decision(**kept, number=number) for number in range(2, 40))
    assert count(audit_signs.found) == few == 6
    assert len(audit_signs.decided_lots(records.today())) == 1
    assert at.case.number in {hit.of.number for s in audit_signs.found() for hit in s.hits}


def test_a_case_ended_after_its_quotes_were_seen_and_opened_anew_is_found(
    at_stage: Callable[[Stage], Scene],
) -> None:
    at = at_stage(Stage.SCORED)
    ending = EndWithout(EndKind.PLAN_CHANGED, "예산이 줄었다.", NextWay.NEW_CASE)
    with work():
        closing.end(at.officer, at.case, ending)
    assert "F-7" not in {s.flag.flag_id for s in audit_signs.found() if s.hits}
    few = count(audit_signs.found)
    a_case(at.person, at.person, "전혀 다른 일")
    again = a_case(at.person, at.person, f"{at.case.title} (재공고)")
    (sighting,) = [s for s in audit_signs.found() if s.hits]
    assert [(hit.of.number, again.number in hit.seen) for hit in sighting.hits] == [(at.case.number, True)]
    assert count(audit_signs.found) == few
    with work():
        closing.take_up(at.officer, at.case, "다시 진행한다.")
    assert not any(s.hits for s in audit_signs.found())

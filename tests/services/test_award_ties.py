"""The winner is tied to the frozen list and to its evaluation by the database: plain SQL cannot part them."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import insert, select
from sqlalchemy.exc import IntegrityError

from procurement.domain.facts.selection import OutcomeKind
from procurement.extensions import db
from procurement.models import (
    Base,
    Case,
    CriteriaSet,
    Criterion,
    Decision,
    FinalRun,
    Lot,
    Score,
    ScoreSheet,
    SearchResult,
    ServiceOutcome,
)
from procurement.models.base import now
from procurement.services.selection import OutcomeText
from tests.support.at_selection import a_selecting_case
from tests.support.factories import work
from tests.support.selecting import ask_all, evaluate, fix_criteria, score_all

pytestmark = pytest.mark.usefixtures("db_session")

Row = dict[str, Any]


def rows_of(model: type[Base], case: Case, **where: Any) -> list[Any]:
    """Rows of a table that belong to the case."""
    query = select(model).where(model.case_id == case.id).filter_by(**where)  # type: ignore[attr-defined]
    return list(db.session.scalars(query))


class Two:
    """A case of two lots, the first evaluated, and another case; in the second lot one service is silent."""

    def __init__(self) -> None:
        self.actor, self.case = a_selecting_case(lots=2)
        other_actor, self.other = a_selecting_case()
        with work():
            evaluate(self.actor, self.case, 1)
            ask_all(self.actor, self.case, 2)
            fix_criteria(self.actor, self.case, 2)
            silent = OutcomeText(OutcomeKind.NO_QUOTE, reason="내지 않겠다고 알려 옴")
            score_all(self.actor, self.case, 2, s1=silent)
            fix_criteria(other_actor, self.other)
            score_all(other_actor, self.other)
        self.lots = {lot.number: lot.id for lot in rows_of(Lot, self.case)}
        self.finals = {final.lot_id: final for final in rows_of(FinalRun, self.case)}
        (self.far,) = rows_of(FinalRun, self.other)

    def final(self, lot: int) -> FinalRun:
        """The final run of a lot."""
        return self.finals[self.lots[lot]]

    def outcomes(self, final: FinalRun, kind: str = "scored") -> list[ServiceOutcome]:
        """Outcomes of the services of a final run."""
        return list(db.session.scalars(select(ServiceOutcome).filter_by(final_run_id=final.id, kind=kind)))

    def criteria(self, final: FinalRun) -> CriteriaSet:
        """Criteria of a final run."""
        return db.session.scalars(select(CriteriaSet).filter_by(final_run_id=final.id)).one()

    def own(self) -> Row:
        """What every row of the case carries."""
        institution = self.case.institution_id
        return {"id": uuid.uuid4(), "institution_id": institution, "case_id": self.case.id}

    def award(self, **changes: Any) -> Row:
        """An award of the first lot as it should be, changed."""
        final = self.final(1)
        outcome = self.outcomes(final)[0]
        return {
            **self.own(),
            "recorded_at": now(),
            "lot_id": self.lots[1],
            "number": 1,
            "kind": "award",
            "final_run_id": final.id,
            "set_id": self.criteria(final).id,
            "outcome_id": outcome.id,
            "outcome_kind": "scored",
            "result_id": outcome.result_id,
            "reason": "",
            **changes,
        }

    def of(self, final: FinalRun, **changes: Any) -> Row:
        """An award of the first lot that says everything of another final run."""
        outcome = self.outcomes(final)[0]
        told = {"final_run_id": final.id, "set_id": self.criteria(final).id, "outcome_id": outcome.id}
        return self.award(**told, result_id=outcome.result_id, **changes)


Build = Callable[[Two], tuple[type[Base], Row]]


def _stranger(two: Two) -> Row:
    """A service of a search of the same lot that is in no outcome."""
    results = rows_of(SearchResult, two.case, run_id=two.final(2).run_id)
    return {"result_id": results[0].id}


def _silent(two: Two) -> Row:
    (outcome,) = two.outcomes(two.final(2), "no_quote")
    return two.of(two.final(2), lot_id=two.lots[2]) | {
        "outcome_id": outcome.id,
        "result_id": outcome.result_id,
    }


def _score(two: Two, **changes: Any) -> Row:
    final = two.final(1)
    sheet = rows_of(ScoreSheet, two.case)[0]
    row = rows_of(Score, two.case, sheet_id=sheet.id)[0]
    told = {"sheet_id": sheet.id, "set_id": sheet.set_id, "run_id": final.run_id, "points_hundredths": 1}
    return {
        **two.own(),
        **told,
        "criterion_id": row.criterion_id,
        "result_id": row.result_id,
        "comment": "",
    } | changes


def _foreign_criterion(two: Two) -> uuid.UUID:
    return rows_of(Criterion, two.case, set_id=two.criteria(two.final(2)).id)[0].id  # type: ignore[no-any-return]


def _outcome(two: Two, **changes: Any) -> Row:
    final, other = two.final(1), two.final(2)
    result = rows_of(SearchResult, two.case, run_id=other.run_id)[0]
    told = {"final_run_id": final.id, "run_id": final.run_id, "result_id": result.id}
    return {
        **two.own(),
        **told,
        "number": 9,
        "kind": "scored",
        "clause": "",
        "reason": "",
        "recorded_at": now(),
    } | changes


WRONG: dict[str, Build] = {
    "an award of a service of another list": lambda t: (Decision, t.award(**_stranger(t))),
    "an award that names another outcome": lambda t: (
        Decision,
        t.award(outcome_id=t.outcomes(t.final(1))[1].id),
    ),
    "an award on the list of another lot": lambda t: (Decision, t.of(t.final(2))),
    "an award on the list of another case": lambda t: (Decision, t.of(t.far)),
    "an award of a lot of another case": lambda t: (Decision, t.of(t.far, lot_id=t.far.lot_id)),
    "an award on criteria of another list": lambda t: (
        Decision,
        t.award(set_id=t.criteria(t.final(2)).id),
    ),
    "an award of a service that sent no quote": lambda t: (Decision, _silent(t)),
    "an award that says no_quote": lambda t: (Decision, t.award(outcome_kind="no_quote")),
    "an award without an outcome": lambda t: (Decision, t.award(outcome_id=None, outcome_kind=None)),
    "an award without a list": lambda t: (Decision, t.award(final_run_id=None, set_id=None)),
    "an outcome of a service that was not found": lambda t: (ServiceOutcome, _outcome(t)),
    "an outcome that names another search": lambda t: (ServiceOutcome, _outcome(t, run_id=t.final(2).run_id)),
    "a score of a service of another list": lambda t: (Score, _score(t, **_stranger(t))),
    "a score on a criterion of another set": lambda t: (Score, _score(t, criterion_id=_foreign_criterion(t))),
    "a second score in one cell": lambda t: (Score, _score(t)),
}


def test_plain_inserts_cannot_part_the_winner_from_its_list() -> None:
    """Each wrong row is refused; the right one is taken, so that the refusals are of what is wrong."""
    two = Two()
    refused = []
    for name, build in WRONG.items():
        model, row = build(two)
        point = db.session.begin_nested()
        try:
            db.session.execute(insert(Base.metadata.tables[model.__tablename__]).values(row))
        except IntegrityError:
            refused.append(name)
        finally:
            if point.is_active:
                point.rollback()
    assert refused == list(WRONG)
    db.session.execute(insert(Base.metadata.tables["decision"]).values(two.award()))
    assert rows_of(Decision, two.case)

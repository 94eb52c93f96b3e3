"""One case at every stage of its way, each stage made once for a run and copied for every test after that.

A test module takes the fixture by importing it: ``from tests.support.stages import at_stage``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select

from procurement.config import Settings
from procurement.domain.access import Actor, Role
from procurement.domain.facts.selection import DecisionKind
from procurement.domain.steps import Step
from procurement.extensions import db
from procurement.models import Account, Case, Institution
from procurement.models.base import ACROSS
from procurement.services import case_facts, contract, selection_decision, selection_sheets, workflow
from procurement.services.selection_decision import Choice
from tests.support import concluded, contracting, selecting, walk
from tests.support.applications import disconnect, end_session
from tests.support.databases import Store, Templates
from tests.support.factories import a_case, actor_for, an_account, an_institution, in_institution, work


class Stage(StrEnum):
    """How far the case has come; each stage holds what the one it begins from holds."""

    OPENED = "opened"
    SEARCHING = "searching"
    SELECTING = "selecting"
    SCORING = "scoring"
    SCORED = "scored"
    CONTRACTING = "contracting"
    ASKED = "asked"
    APPROVED = "approved"
    CONCLUDED = "concluded"
    IN_USE = "in_use"


@dataclass(frozen=True)
class Scene:
    """A case and the person, in every role, who is both its officers."""

    case: Case
    person: Account

    @property
    def url(self) -> str:
        """Address of the case."""
        return f"/cases/{self.case.number}"

    @property
    def officer(self) -> Actor:
        """The person as the services know them."""
        return actor_for(self.person)

    def other(self, name: str) -> Account:
        """Somebody else of the case, by name."""
        return db.session.scalars(select(Account).where(Account.name == name)).one()


OFFICER, EVALUATOR, APPROVER = "표본 담당자", "표본 평가위원", "표본 결재권자"


def _searching(at: Scene) -> None:
    walk.complete_budget(at.officer, at.case)
    walk.complete_definition(at.officer, at.case)


def _selecting(at: Scene) -> None:
    walk.complete_search(at.officer, at.case)
    walk.complete_sourcing(at.officer, at.case)


def _scoring(at: Scene) -> None:
    """Everything is ready for the sheets, and one evaluator has declared."""
    selecting.ask_all(at.officer, at.case)
    selecting.fix_criteria(at.officer, at.case)
    selecting.score_all(at.officer, at.case)
    evaluator = selecting.an_evaluator(at.officer, at.case, EVALUATOR)
    selecting.an_evaluator(at.officer, at.case, "표본 평가위원 둘째")
    selection_sheets.declare(evaluator, at.case, has_conflict=False, text="")


def _scored(at: Scene) -> None:
    selecting.evaluate(at.officer, at.case)


def _contracting(at: Scene) -> None:
    first = selecting.services_of(at.case)[0].result_id
    selection_decision.decide(at.officer, at.case, 1, Choice(DecisionKind.AWARD, first, "1위입니다."))
    workflow.complete(at.officer, at.case, Step.SELECTION)
    contracting.an_approver(at.officer, at.case, APPROVER)


def _asked(at: Scene) -> None:
    contracting.ask_approval(at.officer, at.case)


def _approved(at: Scene) -> None:
    approval = case_facts.load(at.case).contract.approval
    assert approval is not None
    assert approval.bundle_digest is not None
    contracting.approve(actor_for(at.other(APPROVER)), at.case, approval.bundle_digest)


def _concluded(at: Scene) -> None:
    contract.conclude(at.officer, at.case, contracting.signing(at.officer, at.case))
    workflow.complete(at.officer, at.case, Step.CONTRACT)


def _in_use(at: Scene) -> None:
    concluded.conclude(at.officer, at.case, concluded.terms())
    concluded.done(at.officer, at.case, Step.REGISTRATION)


# The stage that a stage begins from, and what happens on the way.
WAYS: dict[Stage, tuple[Stage, Callable[[Scene], None]]] = {
    Stage.SEARCHING: (Stage.OPENED, _searching),
    Stage.SELECTING: (Stage.SEARCHING, _selecting),
    Stage.SCORING: (Stage.SELECTING, _scoring),
    Stage.SCORED: (Stage.SELECTING, _scored),
    Stage.CONTRACTING: (Stage.SCORED, _contracting),
    Stage.ASKED: (Stage.CONTRACTING, _asked),
    Stage.APPROVED: (Stage.ASKED, _approved),
    Stage.CONCLUDED: (Stage.APPROVED, _concluded),
    Stage.IN_USE: (Stage.OPENED, _in_use),
}


def _open() -> None:
    an_institution()
    person = an_account(*Role, name=OFFICER)
    a_case(person, person)


def _scene() -> Scene:
    """The case of the database, the session bound to its institution."""
    in_institution(db.session.scalars(select(Institution).execution_options(**{ACROSS: True})).one())
    case = db.session.scalars(select(Case)).one()
    return Scene(case, db.session.get_one(Account, case.project_officer_id))


@pytest.fixture
def at_stage(
    application: Flask,
    store: Store,
    settings: Settings,
    shared_folder: Path,
    app: Flask,
    empty_state: Callable[[], None],
) -> Iterator[Callable[[Stage], Scene]]:
    """``at_stage(Stage.ASKED)``: the case at that stage, on a database of the test's own."""
    templates = Templates(store, settings.evidence_dir, shared_folder)

    def restore(stage: Stage) -> None:
        def build() -> None:
            if stage in WAYS:
                restore(WAYS[stage][0])
            else:
                empty_state()
            with application.app_context():
                if stage in WAYS:
                    scene = _scene()
                    with work():
                        WAYS[stage][1](scene)
                else:
                    _open()
            disconnect(application)

        templates.restore(f"stage_{stage}", build)

    with ExitStack() as opened:

        def bring(stage: Stage) -> Scene:
            restore(stage)
            opened.enter_context(application.app_context())
            return _scene()

        yield bring
        db.session.rollback()
    end_session(application)

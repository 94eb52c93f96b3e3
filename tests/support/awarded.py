"""A case whose ⑤ is done, made once for a run: where the tests of ⑥ and ⑦ begin.

A test module takes the fixture by importing it: ``from tests.support.awarded import awarded``.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from procurement.config import Settings
from procurement.domain.access import Actor, Role
from procurement.domain.facts import CaseFacts
from procurement.extensions import db
from procurement.models import Account, Case, Institution
from procurement.models.base import ACROSS
from procurement.services import case_facts, records
from procurement.services.records import ActiveRecord
from tests.support import contracting, walk
from tests.support.applications import disconnect, end_session
from tests.support.databases import Store, Templates
from tests.support.factories import (
    a_case,
    actor_for,
    an_account,
    an_institution,
    in_institution,
    project_officer_of,
    work,
)


@dataclass(frozen=True)
class Awarded:
    """A case whose ⑤ is done, its officer, and an approver who is somebody else."""

    case: Case
    officer: Actor
    approver: Actor

    @property
    def facts(self) -> CaseFacts:
        """Facts as committed; what a request wrote is seen only by a new transaction."""
        db.session.rollback()
        return case_facts.load(self.case)

    def records(self, kind: str) -> list[ActiveRecord]:
        """Records of a kind as committed."""
        db.session.rollback()
        return [record for record in records.active(self.case) if record.kind == kind]

    @property
    def approval(self) -> Any:
        """The newest request that stands."""
        return self.facts.contract.approval


def account_of(actor: Actor) -> Account:
    """The account of an actor."""
    return db.session.get_one(Account, uuid.UUID(actor.account_id))


def _build() -> None:
    an_institution()
    account = an_account(Role.PROJECT_OFFICER, Role.CONTRACT_OFFICER, Role.APPROVER)
    case = a_case(account, account)
    officer = project_officer_of(case)
    with work():
        walk.complete_to_selection(officer, case)
        contracting.an_approver(officer, case)


@pytest.fixture
def awarded(
    application: Flask,
    store: Store,
    settings: Settings,
    shared_folder: Path,
    app: Flask,
    empty_state: Callable[[], None],
) -> Iterator[Awarded]:
    """The case, on a database of the test's own."""

    def make() -> None:
        empty_state()
        with application.app_context():
            _build()
        disconnect(application)

    Templates(store, settings.evidence_dir, shared_folder).restore("awarded", make)
    with application.app_context():
        in_institution(db.session.scalars(select(Institution).execution_options(**{ACROSS: True})).one())
        case = db.session.scalars(select(Case)).one()
        approver = db.session.scalars(select(Account).where(Account.name == "표본 결재권자")).one()
        yield Awarded(case, project_officer_of(case), actor_for(approver))
        db.session.rollback()
    end_session(application)

"""What both cases of the sample do in the same way: saving documents, recording searches, quotes."""

from __future__ import annotations

from datetime import date, datetime, time
from zoneinfo import ZoneInfo

from sqlalchemy import select

from procurement.demo import files
from procurement.domain.access import Actor
from procurement.domain.search_conditions import Conditions
from procurement.domain.steps import Step
from procurement.extensions import db
from procurement.models import Case, CatalogueLoad, SearchRun
from procurement.services import documents, search, search_pending, workflow

SEOUL = ZoneInfo("Asia/Seoul")


def at(day: date, hour: int = 10, minute: int = 0) -> datetime:
    """A moment in Seoul."""
    return datetime.combine(day, time(hour, minute), SEOUL)


def newest_load() -> CatalogueLoad:
    """The catalogue that rehearsals search in."""
    return db.session.scalars(select(CatalogueLoad).order_by(CatalogueLoad.number.desc()).limit(1)).one()


def save(actor: Actor, case: Case, step: Step, document: object) -> None:
    """Save a step's document on top of the newest version."""
    newest = documents.newest(case, step)
    documents.save(actor, case, step, document, newest.version if newest else 0)


def save_and_complete(actor: Actor, case: Case, step: Step, document: object) -> None:
    """Save a step's document and complete the step."""
    save(actor, case, step, document)
    workflow.complete(actor, case, step)


def official_run(actor: Actor, case: Case, page: str, conditions: Conditions) -> SearchRun:
    """Record a search in the support system with the list of a saved page."""
    row, received = files.output(actor, case, page)
    search_pending.add_page(actor, case, conditions.lot, row, search_pending.read_output(received))
    return search.record_official(actor, case, conditions)

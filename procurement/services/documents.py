"""Documents of a step: saved whole, version by version; and drafts of what is being typed."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any, TypeVar

from sqlalchemy import Select, bindparam, delete, func, select
from sqlalchemy.exc import IntegrityError

from procurement.domain.access import Actor
from procurement.domain.codec import canonical
from procurement.domain.errors import Conflict
from procurement.domain.facts import (
    BudgetSheet,
    ContractTerms,
    EndingPlan,
    RequirementsDefinition,
    SourcingChoice,
)
from procurement.domain.steps import Step
from procurement.extensions import db
from procurement.models import Case, Draft, StepDocument
from procurement.models.base import new_salt, now
from procurement.models.sealing import digest_of_text
from procurement.services import approval_lock, ledger
from procurement.services.codec_text import decoded, load_text
from procurement.services.rows import CaseRows, bounded, table_of

T = TypeVar("T")

# The document that each step with a form keeps.
DOCUMENT_TYPES: Mapping[Step, type[Any]] = {
    Step.BUDGET: BudgetSheet,
    Step.DEFINITION: RequirementsDefinition,
    Step.SOURCING: SourcingChoice,
    Step.CONTRACT: ContractTerms,
    Step.ENDING: EndingPlan,
}


class StaleDocument(Conflict):
    """Somebody saved a newer version meanwhile; ``current`` is theirs."""

    def __init__(self, current: StepDocument) -> None:
        super().__init__(
            "그사이 다른 사람이 이 단계를 저장했습니다. 두 내용을 견주어 보고 어느 쪽을 남길지 골라 주세요."
        )
        self.current = current


def newest(case: Case, step: Step) -> StepDocument | None:
    """The newest version of a step's document."""
    query = (
        select(StepDocument)
        .where(StepDocument.case_id == case.id, StepDocument.step == step.value)
        .order_by(StepDocument.version.desc())
        .limit(1)
    )
    return db.session.scalars(query).one_or_none()


def newest_version(case: Case, step: Step) -> int:
    """Number of the newest version of a step's document, 0 without one."""
    ((version,),) = CaseRows(case).run(_newest_number(), step=step.value)
    return version or 0


@cache
def _newest_number() -> Select[Any]:
    table = table_of(StepDocument)
    return select(func.max(table.c.version)).where(bounded(table), table.c.step == bindparam("step"))


@dataclass(frozen=True)
class Saver:
    """Who saved the newest version of a document, and when."""

    account_id: str
    saved_at: datetime


def saver_of(case: Case, step: Step) -> Saver | None:
    """Who saved what stands now; ``None`` where nothing is saved."""
    row = newest(case, step)
    return None if row is None else Saver(str(row.actor_id), row.recorded_at)


def read(cls: type[T], document: StepDocument | None) -> T | None:
    """The document as its dataclass."""
    return None if document is None else decoded(cls, document.body)


def save(actor: Actor, case: Case, step: Step, document: object, base_version: int) -> StepDocument:
    """Save a new version on top of ``base_version`` (0 for the first).

    The same text again appends nothing, whatever it was written on. Raises ``StaleDocument`` when
    somebody saved meanwhile, and ``Refused`` for terms of the contract that an approval holds (K-6).
    """
    if step is Step.CONTRACT:
        approval_lock.require_unlocked(actor, case)
    current = newest(case, step)
    version = current.version if current else 0
    body = canonical(document)
    if current is not None and current.body == body:
        return current
    if version != base_version and current is not None:
        raise StaleDocument(current)
    salt = new_salt()
    row = StepDocument(
        institution_id=case.institution_id,
        case_id=case.id,
        step=step.value,
        version=version + 1,
        body=body,
        salt=salt,
        digest=digest_of_text(body, salt),
        actor_id=uuid.UUID(actor.account_id),
    )
    try:
        with db.session.begin_nested():
            db.session.add(row)
    except IntegrityError:
        winner = newest(case, step)
        if winner is None:
            raise
        raise StaleDocument(winner) from None
    ledger.record(
        actor,
        f"{step.value}.saved",
        case=case,
        body={"version": row.version, "digest": row.digest},
        rows=[row],
    )
    return row


@dataclass(frozen=True)
class DraftText:
    """A draft as kept: form fields by name, the version it started from, when it was kept."""

    fields: Mapping[str, list[str]]
    base_version: int
    saved_at: datetime


def keep_draft(
    actor: Actor, case: Case, form: str, fields: Mapping[str, list[str]], base_version: int
) -> datetime:
    """Keep what is being typed into ``form``; nothing goes to the ledger. Returns when it was kept."""
    row = _draft_row(actor, case, form)
    if row is None:
        row = Draft(
            institution_id=case.institution_id,
            case_id=case.id,
            account_id=uuid.UUID(actor.account_id),
            form=form,
            fields="",
        )
        db.session.add(row)
    row.fields, row.base_version, row.saved_at = canonical(dict(fields)), base_version, now()
    db.session.flush()
    return row.saved_at


def draft_of(actor: Actor, case: Case, form: str) -> DraftText | None:
    """The draft that ``actor`` has of ``form``."""
    found = CaseRows(case).run(_draft(), account=uuid.UUID(actor.account_id), form=form)
    return next((DraftText(load_text(row.fields), row.base_version, row.saved_at) for row in found), None)


@cache
def _draft() -> Select[Any]:
    table = table_of(Draft)
    return select(table.c.fields, table.c.base_version, table.c.saved_at).where(
        bounded(table), table.c.account_id == bindparam("account"), table.c.form == bindparam("form")
    )


def drop_draft(actor: Actor, case: Case, form: str) -> None:
    """Forget a draft whose text has been saved."""
    db.session.execute(
        delete(Draft).where(
            Draft.case_id == case.id, Draft.account_id == uuid.UUID(actor.account_id), Draft.form == form
        )
    )


def _draft_row(actor: Actor, case: Case, form: str) -> Draft | None:
    query = select(Draft).where(
        Draft.case_id == case.id, Draft.account_id == uuid.UUID(actor.account_id), Draft.form == form
    )
    return db.session.scalars(query).one_or_none()

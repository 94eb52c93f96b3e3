"""Freezing the requirements definition (R-6): each completion of ② with a new text is a new version."""

from __future__ import annotations

import uuid

from sqlalchemy import select

from procurement.domain.access import Actor
from procurement.domain.errors import InvalidInput
from procurement.domain.facts import RequirementsDefinition
from procurement.domain.steps import Step
from procurement.extensions import db
from procurement.models import Case, DefinitionVersion, Lot, StepDocument, StepRecord
from procurement.services import documents, ledger
from procurement.services.codec_text import decoded


def freeze(actor: Actor, case: Case) -> DefinitionVersion:
    """Freeze the newest text; the same text again stays the same version.

    The reason of a later version is the reason for which ② was opened again. Raises
    ``InvalidInput`` when there is no text.
    """
    document = documents.newest(case, Step.DEFINITION)
    if document is None:
        raise InvalidInput("정의서를 먼저 작성하고 저장해 주세요.")
    last = newest(case)
    if last is not None and last.digest == document.digest:
        return last
    _ensure_lots(case, decoded(RequirementsDefinition, document.body))
    row = DefinitionVersion(
        institution_id=case.institution_id,
        case_id=case.id,
        number=(last.number if last else 0) + 1,
        document_id=document.id,
        digest=document.digest,
        reason=_reopening_reason(case) if last else "",
        actor_id=uuid.UUID(actor.account_id),
    )
    db.session.add(row)
    db.session.flush()
    ledger.record(
        actor, "definition.frozen", case=case, body={"number": row.number, "digest": row.digest}, rows=[row]
    )
    return row


def _ensure_lots(case: Case, definition: RequirementsDefinition) -> None:
    """A row for every lot of the text, for searches and awards to hang on; none is ever taken away."""
    known = set(db.session.scalars(select(Lot.number).where(Lot.case_id == case.id)))
    db.session.add_all(
        Lot(institution_id=case.institution_id, case_id=case.id, number=lot.lot)
        for lot in definition.lots
        if lot.lot not in known
    )
    db.session.flush()


def newest(case: Case) -> DefinitionVersion | None:
    """The newest frozen version."""
    query = (
        select(DefinitionVersion)
        .where(DefinitionVersion.case_id == case.id)
        .order_by(DefinitionVersion.number.desc())
        .limit(1)
    )
    return db.session.scalars(query).one_or_none()


def text_of(case: Case, number: int) -> RequirementsDefinition:
    """The text of frozen version ``number``."""
    query = (
        select(StepDocument)
        .join(DefinitionVersion, DefinitionVersion.document_id == StepDocument.id)
        .where(DefinitionVersion.case_id == case.id, DefinitionVersion.number == number)
    )
    return decoded(RequirementsDefinition, db.session.scalars(query).one().body)


def _reopening_reason(case: Case) -> str:
    query = (
        select(StepRecord.reason)
        .where(
            StepRecord.case_id == case.id,
            StepRecord.step == Step.DEFINITION.value,
            StepRecord.action == "reopen",
        )
        .order_by(StepRecord.number.desc())
        .limit(1)
    )
    return db.session.scalar(query) or ""

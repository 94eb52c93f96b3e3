"""Documents of a step (saved whole, version by version) and drafts (what is being typed)."""

from __future__ import annotations

import uuid
from datetime import datetime

from sqlalchemy import CheckConstraint, String, Text, UniqueConstraint, Uuid
from sqlalchemy.orm import Mapped, mapped_column

from procurement.models.base import Base, Erasable, OfCase, Recorded, UtcDateTime, now, of_case, within

STEP_CHECK = (
    "step in ('budget','definition','search','sourcing','selection','contract',"
    "'registration','monitoring','ending')"
)


class StepDocument(OfCase, Recorded, Erasable, Base):
    """One version of the document of a step, as canonical text; append-only.

    The unique version is what lets one of two editors win and the other be told.
    """

    __tablename__ = "step_document"
    __table_args__ = of_case(
        UniqueConstraint("case_id", "step", "version"),
        CheckConstraint(STEP_CHECK, name="step"),
        CheckConstraint("version > 0", name="version"),
        within_case=True,
    )

    step: Mapped[str] = mapped_column(String(16))
    version: Mapped[int] = mapped_column()
    body: Mapped[str] = mapped_column(Text)
    digest: Mapped[str] = mapped_column(String(64))


class DefinitionVersion(OfCase, Recorded, Erasable, Base):
    """A frozen version of the requirements definition (R-6); append-only."""

    __tablename__ = "definition_version"
    __table_args__ = of_case(
        within("step_document", "case_id", "document_id", to=("case_id", "id")),
        UniqueConstraint("case_id", "number"),
        within_case=True,
    )

    number: Mapped[int] = mapped_column()
    document_id: Mapped[uuid.UUID] = mapped_column(Uuid)
    digest: Mapped[str] = mapped_column(String(64))
    reason: Mapped[str] = mapped_column(Text, default="")


class Draft(OfCase, Base):
    """What a person has typed into a form and not saved: per form and person, nothing in the ledger."""

    __tablename__ = "draft"
    __table_args__ = of_case(
        within("account", "account_id"), UniqueConstraint("case_id", "account_id", "form")
    )

    account_id: Mapped[uuid.UUID] = mapped_column(Uuid)
    form: Mapped[str] = mapped_column(String(100))
    base_version: Mapped[int] = mapped_column(default=0)
    fields: Mapped[str] = mapped_column(Text)
    saved_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)

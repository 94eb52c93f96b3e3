"""Completions and re-openings of steps, their snapshots, justifications."""

from __future__ import annotations

import uuid

from sqlalchemy import CheckConstraint, String, Text, UniqueConstraint, Uuid
from sqlalchemy.orm import Mapped, mapped_column

from procurement.models.base import Base, Erasable, OfCase, Recorded, of_case, within
from procurement.models.document import STEP_CHECK


class Snapshot(OfCase, Recorded, Erasable, Base):
    """What was decided when a step was completed, as canonical text; append-only, printed as stored.

    ``facts_digest`` covers the decision alone: steps that rest on it become stale when it changes,
    not when the same decision is made again.
    """

    __tablename__ = "snapshot"
    __table_args__ = of_case(
        UniqueConstraint("case_id", "step", "number"),
        CheckConstraint(STEP_CHECK, name="step"),
        within_case=True,
    )

    step: Mapped[str] = mapped_column(String(16))
    number: Mapped[int] = mapped_column()
    body: Mapped[str] = mapped_column(Text)
    digest: Mapped[str] = mapped_column(String(64))
    facts_digest: Mapped[str] = mapped_column(String(64))


class StepRecord(OfCase, Recorded, Erasable, Base):
    """A step completed, confirmed again or opened again; the newest one says how the step stands."""

    __tablename__ = "step_record"
    __table_args__ = of_case(
        within("snapshot", "case_id", "snapshot_id", to=("case_id", "id")),
        UniqueConstraint("case_id", "step", "number"),
        CheckConstraint(STEP_CHECK, name="step"),
        CheckConstraint("action in ('complete','confirm','reopen')", name="action"),
        CheckConstraint("(action = 'reopen') = (snapshot_id is null)", name="snapshot"),
    )

    step: Mapped[str] = mapped_column(String(16))
    number: Mapped[int] = mapped_column()
    action: Mapped[str] = mapped_column(String(16))
    snapshot_id: Mapped[uuid.UUID | None] = mapped_column(Uuid)
    reason: Mapped[str] = mapped_column(Text, default="")


class Justification(OfCase, Recorded, Erasable, Base):
    """사유: a reason written for a rule and its subject; a later one takes the place of an earlier."""

    __tablename__ = "justification"
    __table_args__ = of_case(
        UniqueConstraint("case_id", "rule_id", "subject", "number"),
        CheckConstraint("length(trim(text)) > 0", name="text"),
    )

    rule_id: Mapped[str] = mapped_column(String(8))
    subject: Mapped[str] = mapped_column(String(200), default="")
    number: Mapped[int] = mapped_column()
    text: Mapped[str] = mapped_column(Text)

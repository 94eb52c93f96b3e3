"""법에 따른 삭제: what allows the body of one event, or the free text of one row, to go, and nothing else."""

from __future__ import annotations

import uuid

from sqlalchemy import (
    CheckConstraint,
    ForeignKey,
    ForeignKeyConstraint,
    Integer,
    String,
    Text,
    UniqueConstraint,
    Uuid,
)
from sqlalchemy.orm import Mapped, mapped_column

from procurement.domain.erasing import LONGEST_GROUND
from procurement.models.base import Base, Owned, Recorded, within


class Erasure(Owned, Recorded, Base):
    """An erasure of personal data in the body of one event, with its legal ground; append-only.

    The triggers let the body of exactly this event be deleted, and never be put in again.
    """

    __tablename__ = "erasure"
    __table_args__ = (
        ForeignKeyConstraint(["chain_id", "seq"], ["event.chain_id", "event.seq"]),
        UniqueConstraint("chain_id", "seq"),
        CheckConstraint("length(trim(ground)) > 0", name="ground"),
        CheckConstraint("length(trim(reason)) > 0", name="reason"),
    )

    institution_id: Mapped[uuid.UUID] = mapped_column(Uuid, ForeignKey("institution.id"), index=True)
    chain_id: Mapped[uuid.UUID] = mapped_column(Uuid)
    seq: Mapped[int] = mapped_column(Integer)
    ground: Mapped[str] = mapped_column(String(300))
    reason: Mapped[str] = mapped_column(Text)


class RowErasure(Owned, Recorded, Base):
    """An erasure of free text in one sealed row, with its legal ground; append-only.

    The triggers let exactly this row be changed once for each of these, in its free text alone. ``number``
    counts the erasures of a row; ``case_id`` is empty for a row of the institution.
    """

    __tablename__ = "row_erasure"
    __table_args__ = (
        within("cases", "case_id"),
        UniqueConstraint("table_name", "row_id", "number"),
        CheckConstraint("number > 0", name="number"),
        CheckConstraint("length(trim(ground)) > 0", name="ground"),
        CheckConstraint("length(trim(reason)) > 0", name="reason"),
    )

    institution_id: Mapped[uuid.UUID] = mapped_column(Uuid, ForeignKey("institution.id"), index=True)
    case_id: Mapped[uuid.UUID | None] = mapped_column(Uuid)
    table_name: Mapped[str] = mapped_column(String(40))
    row_id: Mapped[uuid.UUID] = mapped_column(Uuid)
    number: Mapped[int] = mapped_column(Integer)
    ground: Mapped[str] = mapped_column(String(LONGEST_GROUND))
    reason: Mapped[str] = mapped_column(Text)

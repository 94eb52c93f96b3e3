"""법에 따른 삭제: what allows the body of one event to go, and nothing else."""

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

from procurement.models.base import Base, Owned, Recorded


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

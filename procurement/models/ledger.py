"""감사 원장: chains, events, and their bodies apart, so that a body can be destroyed under law."""

from __future__ import annotations

import uuid
from datetime import datetime

from sqlalchemy import (
    CheckConstraint,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    String,
    Text,
    UniqueConstraint,
    Uuid,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from procurement.models.base import Base, Owned


class Chain(Owned, Base):
    """A chain for each case and one for the institution, with its size and head.

    Size and head change in the same transaction as each event, so a tail cut off is found at once.
    """

    __tablename__ = "chain"
    __table_args__ = (
        UniqueConstraint("institution_id", "case_id"),
        # Two chains without a case would both pass the constraint above.
        Index(
            "uq_chain_of_institution",
            "institution_id",
            unique=True,
            sqlite_where=text("case_id IS NULL"),
            postgresql_where=text("case_id IS NULL"),
        ),
        CheckConstraint("size >= 0", name="size"),
    )

    case_id: Mapped[uuid.UUID | None] = mapped_column(Uuid)
    size: Mapped[int] = mapped_column(Integer, default=0)
    head: Mapped[str] = mapped_column(String(64), default="")


class Event(Base):
    """One event; ``seq`` counts from 1 within the chain. Times are kept as the text that was hashed."""

    __tablename__ = "event"
    __table_args__ = (CheckConstraint("seq > 0", name="seq"),)

    chain_id: Mapped[uuid.UUID] = mapped_column(Uuid, ForeignKey("chain.id"), primary_key=True)
    seq: Mapped[int] = mapped_column(Integer, primary_key=True)
    recorded_at: Mapped[str] = mapped_column(String(32))
    occurred_at: Mapped[str] = mapped_column(String(32))
    actor_id: Mapped[str] = mapped_column(String(36))
    kind: Mapped[str] = mapped_column(String(60))
    content_digest: Mapped[str] = mapped_column(String(64))
    prev: Mapped[str] = mapped_column(String(64))
    hash: Mapped[str] = mapped_column(String(64))

    @property
    def recorded(self) -> datetime:
        """``recorded_at`` as a time."""
        return datetime.fromisoformat(self.recorded_at)


class EventBody(Base):
    """Salt and exact canonical text of an event; goes only by an erasure, salt and text together."""

    __tablename__ = "event_body"

    chain_id: Mapped[uuid.UUID] = mapped_column(Uuid, ForeignKey("chain.id"), primary_key=True)
    seq: Mapped[int] = mapped_column(Integer, primary_key=True)
    salt: Mapped[bytes] = mapped_column(LargeBinary(16))
    body: Mapped[str] = mapped_column(Text)

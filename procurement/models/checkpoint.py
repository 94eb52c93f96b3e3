"""확인점: signed states of all chains, their time stamps, and what is known of copies outside."""

from __future__ import annotations

import uuid
from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Integer, String, Text, UniqueConstraint, Uuid
from sqlalchemy.orm import Mapped, mapped_column

from procurement.models.base import Base, Erasable, Owned, Recorded, UtcDateTime, now, within


class Checkpoint(Owned, Recorded, Base):
    """The state of every chain of an institution at a time, signed; append-only.

    ``body`` is the exact text that ``digest`` and ``signature`` are over; keys and signature in hex.
    """

    __tablename__ = "checkpoint"
    __table_args__ = (
        UniqueConstraint("institution_id", "id"),
        UniqueConstraint("institution_id", "number"),
        CheckConstraint("number > 0", name="number"),
        CheckConstraint("length(digest) = 64", name="digest"),
        CheckConstraint("length(signature) = 128", name="signature"),
    )

    institution_id: Mapped[uuid.UUID] = mapped_column(Uuid, ForeignKey("institution.id"), index=True)
    number: Mapped[int] = mapped_column(Integer)
    why: Mapped[str] = mapped_column(String(20))
    body: Mapped[str] = mapped_column(Text)
    digest: Mapped[str] = mapped_column(String(64), index=True)
    key_id: Mapped[str] = mapped_column(String(16))
    public_key: Mapped[str] = mapped_column(String(64))
    signature: Mapped[str] = mapped_column(String(128))


class CheckpointStamp(Owned, Recorded, Base):
    """The time stamp of a checkpoint: the authority's whole response in base64; append-only."""

    __tablename__ = "checkpoint_stamp"
    __table_args__ = (within("checkpoint", "checkpoint_id"), UniqueConstraint("checkpoint_id"))

    checkpoint_id: Mapped[uuid.UUID] = mapped_column(Uuid)
    authority: Mapped[str] = mapped_column(String(300))
    stamped_at: Mapped[str] = mapped_column(String(32))
    token: Mapped[str] = mapped_column(Text)


class CheckpointCopy(Owned, Recorded, Erasable, Base):
    """A copy of a checkpoint that left the database: how, and where to; append-only."""

    __tablename__ = "checkpoint_copy"
    __table_args__ = (
        within("checkpoint", "checkpoint_id"),
        CheckConstraint("how in ('downloaded','mailed','printed')", name="how"),
    )

    checkpoint_id: Mapped[uuid.UUID] = mapped_column(Uuid)
    how: Mapped[str] = mapped_column(String(16))
    detail: Mapped[str] = mapped_column(String(300), default="")


class CheckpointErrand(Owned, Base):
    """What the worker still has to do about checkpoints; goes when it is done.

    ``write`` a checkpoint (written in the transaction that wants it), have one ``stamp``ed, ``mail`` one.
    ``error`` is the sentence of the last failure, which pages show.
    """

    __tablename__ = "checkpoint_errand"
    __table_args__ = (
        within("checkpoint", "checkpoint_id"),
        CheckConstraint("what in ('write','stamp','mail')", name="what"),
        CheckConstraint("what = 'write' or checkpoint_id is not null", name="checkpoint"),
    )

    institution_id: Mapped[uuid.UUID] = mapped_column(Uuid, ForeignKey("institution.id"), index=True)
    what: Mapped[str] = mapped_column(String(8))
    checkpoint_id: Mapped[uuid.UUID | None] = mapped_column(Uuid)
    why: Mapped[str] = mapped_column(String(20), default="")
    attempts: Mapped[int] = mapped_column(Integer, default=0)
    next_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
    error: Mapped[str] = mapped_column(String(300), default="")
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)

"""Forms that were sent and taken, so that the same one sent again is not taken twice."""

from __future__ import annotations

import uuid
from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint, Uuid
from sqlalchemy.orm import Mapped, mapped_column

from procurement.models.base import Base, Owned, UtcDateTime, now, within


class SentForm(Owned, Base):
    """A form that changed something: the digest of what was sent from which page, and where it led.

    ``content`` is the digest of the same without the page, ``head`` that of the chain's newest event when
    the form had been taken: while it still is the newest, the same content says nothing new.
    """

    __tablename__ = "sent_form"
    __table_args__ = (
        within("account", "account_id"),
        UniqueConstraint("account_id", "digest"),
        Index("ix_sent_form_recorded_at", "recorded_at"),
        Index("ix_sent_form_content", "account_id", "content"),
    )

    institution_id: Mapped[uuid.UUID] = mapped_column(Uuid, ForeignKey("institution.id"), index=True)
    account_id: Mapped[uuid.UUID] = mapped_column(Uuid)
    digest: Mapped[str] = mapped_column(String(64))
    content: Mapped[str] = mapped_column(String(64), default="")
    head: Mapped[str] = mapped_column(String(64), default="")
    location: Mapped[str] = mapped_column(String(2000))
    recorded_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)

"""Records: what happened, when, with what proof; only ever added to."""

from __future__ import annotations

import uuid
from datetime import datetime

from sqlalchemy import CheckConstraint, String, Text, UniqueConstraint, Uuid
from sqlalchemy.orm import Mapped, mapped_column

from procurement.models.base import Base, Erasable, OfCase, Recorded, UtcDateTime, of_case
from procurement.models.document import STEP_CHECK


class CaseRecord(OfCase, Recorded, Erasable, Base):
    """One version of a record. A correction is a new version of the same thread, with its reason.

    ``thread_id`` is the id of the first version; the unique version decides between two editors.
    ``withdrawn`` ends the thread. ``body`` is canonical text of the fact's dataclass.
    """

    __tablename__ = "case_record"
    __table_args__ = of_case(
        UniqueConstraint("thread_id", "version"),
        CheckConstraint(STEP_CHECK, name="step"),
        CheckConstraint("version > 0", name="version"),
    )

    thread_id: Mapped[uuid.UUID] = mapped_column(Uuid, index=True)
    version: Mapped[int] = mapped_column()
    step: Mapped[str] = mapped_column(String(16))
    kind: Mapped[str] = mapped_column(String(40))
    body: Mapped[str] = mapped_column(Text)
    digest: Mapped[str] = mapped_column(String(64))
    reason: Mapped[str] = mapped_column(Text, default="")
    withdrawn: Mapped[bool] = mapped_column(default=False)
    occurred_at: Mapped[datetime] = mapped_column(UtcDateTime)

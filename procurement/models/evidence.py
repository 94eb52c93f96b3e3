"""증빙: files kept by the digest of their bytes."""

from __future__ import annotations

import uuid

from sqlalchemy import BigInteger, CheckConstraint, String, Text, UniqueConstraint, Uuid
from sqlalchemy.orm import Mapped, mapped_column

from procurement.models.base import Base, Erasable, OfCase, Recorded, of_case, within


class EvidenceFile(OfCase, Recorded, Erasable, Base):
    """A stored file; append-only. A wrong file is superseded by another, with a reason."""

    __tablename__ = "evidence_file"
    __table_args__ = of_case(
        within("evidence_file", "case_id", "supersedes_id", to=("case_id", "id")),
        UniqueConstraint("supersedes_id"),
        CheckConstraint("length(digest) = 64", name="digest"),
        CheckConstraint("size_bytes > 0", name="size"),
        CheckConstraint("supersedes_id is null or length(trim(reason)) > 0", name="reason"),
        within_case=True,
    )

    step: Mapped[str | None] = mapped_column(String(16))
    purpose: Mapped[str] = mapped_column(String(40))
    name: Mapped[str] = mapped_column(String(255))
    media_type: Mapped[str] = mapped_column(String(100))
    digest: Mapped[str] = mapped_column(String(64), index=True)
    size_bytes: Mapped[int] = mapped_column(BigInteger)
    supersedes_id: Mapped[uuid.UUID | None] = mapped_column(Uuid)
    reason: Mapped[str] = mapped_column(Text, default="")

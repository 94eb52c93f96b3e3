"""Searches: runs with their results in order, and the one final run of a lot."""

from __future__ import annotations

import uuid
from datetime import date, datetime

from sqlalchemy import CheckConstraint, Date, Index, String, Text, UniqueConstraint, Uuid
from sqlalchemy.orm import Mapped, mapped_column

from procurement.models.base import Base, Erasable, OfCase, Recorded, UtcDateTime, Won, of_case, within


class SearchRun(OfCase, Recorded, Erasable, Base):
    """A search as made (S-3); append-only. ``words`` and ``filters`` are canonical text."""

    __tablename__ = "search_run"
    __table_args__ = of_case(
        within("lot", "case_id", "lot_id", to=("case_id", "id")),
        within("definition_version", "case_id", "definition_version_id", to=("case_id", "id")),
        within("evidence_file", "evidence_id"),
        within("search_run", "lot_id", "follows_id", to=("lot_id", "id")),
        UniqueConstraint("case_id", "number"),
        UniqueConstraint("institution_id", "lot_id", "id"),
        UniqueConstraint("institution_id", "lot_id", "id", "kind"),
        CheckConstraint("kind in ('rehearsal','official')", name="kind"),
        CheckConstraint("kind <> 'official' or source = 'support_system'", name="official_source"),
        CheckConstraint("kind <> 'official' or evidence_id is not null", name="official_output"),
        CheckConstraint("follows_id is null or length(trim(change)) > 0", name="change"),
        within_case=True,
    )

    lot_id: Mapped[uuid.UUID] = mapped_column(Uuid)
    number: Mapped[int] = mapped_column()
    kind: Mapped[str] = mapped_column(String(16))
    source: Mapped[str] = mapped_column(String(32))
    page: Mapped[str] = mapped_column(String(16))
    service_type: Mapped[str | None] = mapped_column(String(16))
    definition_version_id: Mapped[uuid.UUID] = mapped_column(Uuid)
    words: Mapped[str] = mapped_column(Text)
    filters: Mapped[str] = mapped_column(Text)
    follows_id: Mapped[uuid.UUID | None] = mapped_column(Uuid)
    change: Mapped[str] = mapped_column(Text, default="")
    evidence_id: Mapped[uuid.UUID | None] = mapped_column(Uuid)
    result_count: Mapped[int] = mapped_column()
    occurred_at: Mapped[datetime] = mapped_column(UtcDateTime)


class SearchResult(OfCase, Base):
    """One service of a result list, in the order found; append-only."""

    __tablename__ = "search_result"
    __table_args__ = of_case(
        within("search_run", "case_id", "run_id", to=("case_id", "id")),
        UniqueConstraint("run_id", "position"),
        UniqueConstraint("institution_id", "run_id", "id"),
    )

    run_id: Mapped[uuid.UUID] = mapped_column(Uuid, index=True)
    position: Mapped[int] = mapped_column()
    service_id: Mapped[str | None] = mapped_column(String(40))
    service_name: Mapped[str] = mapped_column(String(300))
    provider_name: Mapped[str | None] = mapped_column(String(300))
    service_type: Mapped[str | None] = mapped_column(String(16))
    csap_grade: Mapped[str | None] = mapped_column(String(40))
    csap_to: Mapped[date | None] = mapped_column(Date)
    in_mall: Mapped[bool | None] = mapped_column()
    price_won: Mapped[int | None] = mapped_column(Won)
    company_size: Mapped[str | None] = mapped_column(String(16))
    provider_kind: Mapped[str | None] = mapped_column(String(16))
    innovation: Mapped[bool | None] = mapped_column()
    infrastructure: Mapped[str | None] = mapped_column(String(300))


class FinalRun(OfCase, Recorded, Base):
    """The final run of a lot (S-6); append-only.

    One a lot and round, an official run of this very lot: the database holds all three. ``round``
    is one more than the times ③ was opened again.
    """

    __tablename__ = "final_run"
    __table_args__ = of_case(
        within("search_run", "lot_id", "run_id", "kind", to=("lot_id", "id", "kind")),
        UniqueConstraint("institution_id", "lot_id", "round"),
        UniqueConstraint("institution_id", "id", "run_id"),
        # An index, since SQLite adds no constraint to a table that other tables point at.
        Index("uq_final_run_lot", "institution_id", "lot_id", "id", unique=True),
        CheckConstraint("kind = 'official'", name="official"),
        CheckConstraint("round > 0", name="round"),
    )

    lot_id: Mapped[uuid.UUID] = mapped_column(Uuid)
    run_id: Mapped[uuid.UUID] = mapped_column(Uuid)
    kind: Mapped[str] = mapped_column(String(16), default="official")
    round: Mapped[int] = mapped_column()

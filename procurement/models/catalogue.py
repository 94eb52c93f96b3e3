"""Catalogue: dated loads of registered services, and the names an institution adds for neutrality."""

from __future__ import annotations

import uuid
from datetime import date

from sqlalchemy import Date, ForeignKey, Index, String, Text, UniqueConstraint, Uuid
from sqlalchemy.orm import Mapped, mapped_column

from procurement.models.base import Base, Owned, Recorded, Won, within


class CatalogueLoad(Owned, Recorded, Base):
    """One load of a catalogue file; append-only. ``mapping`` says which column meant what."""

    __tablename__ = "catalogue_load"
    __table_args__ = (
        UniqueConstraint("institution_id", "id"),
        UniqueConstraint("institution_id", "number"),
    )

    number: Mapped[int] = mapped_column()
    file_name: Mapped[str] = mapped_column(String(255))
    digest: Mapped[str] = mapped_column(String(64))
    mapping: Mapped[str] = mapped_column(Text)
    columns: Mapped[str] = mapped_column(Text)
    service_count: Mapped[int] = mapped_column()


class CatalogueService(Owned, Base):
    """A service as one load gave it; append-only. ``None`` means that the file did not say."""

    __tablename__ = "catalogue_service"
    __table_args__ = (
        within("catalogue_load", "load_id"),
        UniqueConstraint("load_id", "position"),
        Index("ix_catalogue_service_load", "institution_id", "load_id"),
    )

    load_id: Mapped[uuid.UUID] = mapped_column(Uuid)
    position: Mapped[int] = mapped_column()
    service_id: Mapped[str | None] = mapped_column(String(40))
    service_name: Mapped[str] = mapped_column(String(300))
    provider_name: Mapped[str | None] = mapped_column(String(300))
    service_type: Mapped[str | None] = mapped_column(String(16))
    csap_grade: Mapped[str | None] = mapped_column(String(40))
    csap_from: Mapped[date | None] = mapped_column(Date)
    csap_to: Mapped[date | None] = mapped_column(Date)
    infrastructure: Mapped[str | None] = mapped_column(String(300))
    in_mall: Mapped[bool | None] = mapped_column()
    innovation: Mapped[bool | None] = mapped_column()
    provider_kind: Mapped[str | None] = mapped_column(String(16))
    company_size: Mapped[str | None] = mapped_column(String(16))
    price_won: Mapped[int | None] = mapped_column(Won)
    description: Mapped[str | None] = mapped_column(Text)
    extra: Mapped[str] = mapped_column(Text, default="[]")
    # What a word is looked for in, folded once when the file is loaded; loads of before have none.
    searched: Mapped[str | None] = mapped_column(Text)


class InstitutionName(Owned, Recorded, Base):
    """A company or service name that the institution adds to those of the catalogue (S-1)."""

    __tablename__ = "institution_name"
    __table_args__ = (UniqueConstraint("institution_id", "name"),)

    name: Mapped[str] = mapped_column(String(200))
    aliases: Mapped[str] = mapped_column(Text, default="")
    kind: Mapped[str] = mapped_column(String(16), default="company")


class PageReading(Owned, Recorded, Base):
    """What a person said of the header words of a saved page; append-only, the newest of a layout counts.

    ``layout`` is what all pages with these words share, ``labels`` canonical text: key of a word → field.
    """

    __tablename__ = "page_reading"
    __table_args__ = (Index("ix_page_reading_layout", "institution_id", "layout"),)

    institution_id: Mapped[uuid.UUID] = mapped_column(Uuid, ForeignKey("institution.id"), index=True)
    layout: Mapped[str] = mapped_column(String(64))
    labels: Mapped[str] = mapped_column(Text)

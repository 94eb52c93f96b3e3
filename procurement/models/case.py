"""이용계약 건: the case, its lots and members, and what is derived for the list of work."""

from __future__ import annotations

import uuid
from datetime import date, datetime

from sqlalchemy import CheckConstraint, Date, ForeignKey, Index, String, UniqueConstraint, Uuid
from sqlalchemy.orm import Mapped, mapped_column

from procurement.models.base import Base, OfCase, Owned, UtcDateTime, Won, now, of_case, within


class Case(Owned, Base):
    """A case. The columns below ``closed_at`` are derived (``services/summary``) and can be rebuilt."""

    __tablename__ = "cases"
    __table_args__ = (
        within("account", "project_officer_id"),
        within("account", "contract_officer_id"),
        UniqueConstraint("institution_id", "id"),
        UniqueConstraint("institution_id", "number"),
        CheckConstraint("amount_won is null or amount_won >= 0", name="amount"),
        Index("ix_cases_list", "institution_id", "closed_at", "created_at"),
        # The list begins with the newest: read in this order, a page of it sorts nothing.
        Index("ix_cases_recent", "institution_id", "created_at", "number"),
    )

    institution_id: Mapped[uuid.UUID] = mapped_column(Uuid, ForeignKey("institution.id"), index=True)
    number: Mapped[str] = mapped_column(String(16))
    title: Mapped[str] = mapped_column(String(300))
    project_officer_id: Mapped[uuid.UUID] = mapped_column(Uuid, index=True)
    contract_officer_id: Mapped[uuid.UUID] = mapped_column(Uuid, index=True)
    is_sample: Mapped[bool] = mapped_column(default=False)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
    closed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    current_step: Mapped[str] = mapped_column(String(16), default="budget")
    # One character a step in the order of the guideline: w(aiting) o(pen) d(one) s(tale) x (stopped).
    step_states: Mapped[str] = mapped_column(String(9), default="owwwwwwww")
    amount_won: Mapped[int | None] = mapped_column(Won)
    next_due_on: Mapped[date | None] = mapped_column(Date, index=True)
    # Kind of the end without a contract that stands.
    end_kind: Mapped[str | None] = mapped_column(String(24))


class CaseMember(OfCase, Base):
    """An evaluator or approver of this case; a collaborator helps the officers."""

    __tablename__ = "case_member"
    __table_args__ = of_case(
        within("account", "account_id"),
        UniqueConstraint("case_id", "account_id", "role"),
        CheckConstraint("role in ('evaluator','approver','collaborator')", name="role"),
    )

    account_id: Mapped[uuid.UUID] = mapped_column(Uuid, index=True)
    role: Mapped[str] = mapped_column(String(32))
    added_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)


class Lot(OfCase, Base):
    """수요 항목: one thing that is needed; searches and the award hang on it."""

    __tablename__ = "lot"
    __table_args__ = of_case(
        UniqueConstraint("case_id", "number"),
        UniqueConstraint("institution_id", "case_id", "id"),
        CheckConstraint("number > 0", name="number"),
    )

    number: Mapped[int] = mapped_column()


class Deadline(OfCase, Base):
    """A day by which something must be done: derived from the facts, written anew at each change."""

    __tablename__ = "deadline"
    __table_args__ = of_case(Index("ix_deadline_due", "institution_id", "due_on"))

    step: Mapped[str] = mapped_column(String(16))
    key: Mapped[str] = mapped_column(String(200))
    title: Mapped[str] = mapped_column(String(300))
    due_on: Mapped[date] = mapped_column(Date)
    severity: Mapped[str] = mapped_column(String(16))

"""People: accounts, their roles in the institution, one-time links."""

from __future__ import annotations

import uuid
from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, String, UniqueConstraint, Uuid
from sqlalchemy.orm import Mapped, mapped_column, relationship

from procurement.models.base import Base, Owned, UtcDateTime, now, within


class Account(Owned, Base):
    """A person who signs in. Evidence names the id alone; the name can be destroyed under law.

    ``stamp`` changes with the password and on deactivation, which ends every open session.
    ``failures`` and ``blocked_until`` are the back-off of this account.
    """

    __tablename__ = "account"
    __table_args__ = (UniqueConstraint("institution_id", "id"),)

    institution_id: Mapped[uuid.UUID] = mapped_column(Uuid, ForeignKey("institution.id"), index=True)
    login: Mapped[str] = mapped_column(String(200), unique=True)
    name: Mapped[str] = mapped_column(String(100))
    department: Mapped[str] = mapped_column(String(200), default="")
    password_hash: Mapped[str] = mapped_column(String(300), default="")
    stamp: Mapped[uuid.UUID] = mapped_column(Uuid, default=uuid.uuid4)
    active: Mapped[bool] = mapped_column(default=True)
    is_sample: Mapped[bool] = mapped_column(default=False)
    failures: Mapped[int] = mapped_column(default=0)
    blocked_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
    roles: Mapped[list[AccountRole]] = relationship(lazy="selectin", cascade="all, delete-orphan")


class AccountRole(Owned, Base):
    """A role that an account holds in its institution."""

    __tablename__ = "account_role"
    __table_args__ = (
        within("account", "account_id"),
        UniqueConstraint("account_id", "role"),
        CheckConstraint(
            "role in ('project_officer','contract_officer','evaluator','approver','auditor','admin',"
            "'privacy_officer')",
            name="role",
        ),
    )

    account_id: Mapped[uuid.UUID] = mapped_column(Uuid)
    role: Mapped[str] = mapped_column(String(32))


class AccountLink(Owned, Base):
    """A link, good once and for a time, by which a person sets the password (no mail is needed)."""

    __tablename__ = "account_link"
    __table_args__ = (within("account", "account_id"),)

    account_id: Mapped[uuid.UUID] = mapped_column(Uuid)
    token_digest: Mapped[str] = mapped_column(String(64), unique=True)
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime)
    used_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

"""The declarative base, column types, and what every owned table carries."""

from __future__ import annotations

import secrets
import uuid
from collections.abc import Iterable
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any, ClassVar

from sqlalchemy import (
    BigInteger,
    DateTime,
    ForeignKeyConstraint,
    MetaData,
    String,
    TypeDecorator,
    UniqueConstraint,
    Uuid,
    event,
)
from sqlalchemy.engine import Dialect
from sqlalchemy.orm import (
    DeclarativeBase,
    LoaderCriteriaOption,
    Mapped,
    ORMExecuteState,
    Session,
    mapped_column,
    with_loader_criteria,
)

from procurement.extensions import db


class UtcDateTime(TypeDecorator[datetime]):
    """An aware time, kept in UTC; SQLite hands naive ones back, so the zone is put on again."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Refuse naive times; store UTC."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a time needs its zone")
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Give the time back aware."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


# 12,650,000,000 won overflow a four-byte integer.
Won = BigInteger


def now() -> datetime:
    """The server's time, aware, in UTC: the only clock that ``recorded_at`` goes by."""
    return datetime.now(UTC)


class Base(DeclarativeBase):
    """Base of all models, on Flask-SQLAlchemy's metadata."""

    metadata: ClassVar[MetaData] = db.metadata


class Identified:
    """A UUID key made by the application, so that an object has its name before it is stored."""

    id: Mapped[uuid.UUID] = mapped_column(Uuid, primary_key=True, default=uuid.uuid4)


class Owned(Identified):
    """A row that belongs to one institution; every ORM query is bounded by it (see below)."""

    institution_id: Mapped[uuid.UUID] = mapped_column(Uuid, index=True)


class OfCase(Owned):
    """A row that belongs to a case; the foreign key carries the institution with it."""

    case_id: Mapped[uuid.UUID] = mapped_column(Uuid, index=True)


class Recorded:
    """When the server wrote the row, and who was signed in (a pseudonymous account id)."""

    recorded_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
    actor_id: Mapped[uuid.UUID | None] = mapped_column(Uuid)


def new_salt() -> str:
    """A new salt: 16 random bytes in hex."""
    return secrets.token_hex(16)


class Erasable:
    """A sealed row with free text, which can be erased under law (``models/triggers.ERASABLE``).

    ``salt`` is in the digest of the row, so that the digest in the ledger, which stays, tells nothing of a
    text that is gone; it is another after each erasure. ``erased`` counts these, ``None`` before the first.
    Rows from before these columns have neither.
    """

    salt: Mapped[str | None] = mapped_column(String(32), default=new_salt)
    erased: Mapped[int | None] = mapped_column()


def within(target: str, *columns: str, to: Iterable[str] = ("id",)) -> ForeignKeyConstraint:
    """A foreign key to ``target`` that carries the institution: composite by construction."""
    return ForeignKeyConstraint(
        ["institution_id", *columns], [f"{target}.institution_id", *(f"{target}.{c}" for c in to)]
    )


def of_case(*more: Any, within_case: bool = False) -> tuple[Any, ...]:
    """Table arguments of a row of a case: its foreign key, and keys for others to point at."""
    arguments: list[Any] = [within("cases", "case_id"), UniqueConstraint("institution_id", "id")]
    if within_case:
        arguments.append(UniqueConstraint("institution_id", "case_id", "id"))
    return (*arguments, *more)


ACROSS = "across_institutions"


@event.listens_for(Session, "do_orm_execute")
def _bound_by_institution(state: ORMExecuteState) -> None:
    """Add the institution to every ORM statement; without one, refuse to run it at all.

    The option ``across_institutions`` lifts the bound for the few places that need it: signing in,
    the verifier, the worker that looks for its next job.
    """
    if state.is_column_load or state.is_relationship_load or state.execution_options.get(ACROSS):
        return
    if not (state.is_select or state.is_update or state.is_delete):
        return
    institution_id = state.session.info.get("institution_id")
    if institution_id is None:
        mappers = [m for m in state.all_mappers if issubclass(m.class_, Owned)]
        if mappers:
            raise RuntimeError(f"no institution is bound for a query on {mappers[0].class_.__name__}")
        return
    state.statement = state.statement.options(_within_institution(institution_id))


@lru_cache(maxsize=64)
def _within_institution(institution_id: uuid.UUID) -> LoaderCriteriaOption:
    """The bound of one institution; made once, since to make it costs more than many a query."""
    return with_loader_criteria(Owned, lambda cls: cls.institution_id == institution_id, include_aliases=True)

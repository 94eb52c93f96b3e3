"""Rows that the database takes only once: the second of two people at the same moment is told so."""

from __future__ import annotations

from sqlalchemy.exc import IntegrityError

from procurement.domain.errors import Conflict
from procurement.extensions import db
from procurement.models.base import Base


def add_once(row: Base, taken: str) -> None:
    """Add a row that the database takes only once; raises ``Conflict`` with the sentence ``taken``."""
    try:
        with db.session.begin_nested():
            db.session.add(row)
    except IntegrityError:
        raise Conflict(taken) from None

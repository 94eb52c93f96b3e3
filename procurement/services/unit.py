"""The end of a piece of work: what is derived is written anew, then everything is committed at once."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from contextlib import contextmanager

from procurement.extensions import db, writing
from procurement.services import summary, touched


def bind(institution_id: str) -> None:
    """Bound every query of this session by an institution."""
    db.session.info["institution_id"] = uuid.UUID(institution_id)


def commit() -> None:
    """Refresh what is derived from the cases that changed, and commit."""
    for case in touched.take():
        summary.refresh(case)
    db.session.commit()


def rollback() -> None:
    """Undo everything since the last commit."""
    touched.take()
    db.session.rollback()


@contextmanager
def work(institution_id: str | None = None) -> Iterator[None]:
    """A piece of writing work outside a request: commands, the worker, the sample."""
    db.session.rollback()
    token = writing.set(True)
    try:
        if institution_id is not None:
            bind(institution_id)
        yield
        commit()
    except BaseException:
        rollback()
        raise
    finally:
        writing.reset(token)

"""What comes about as days pass: open cases are looked at again once a day, and what is left over goes."""

from __future__ import annotations

import logging
import uuid
from collections import deque
from datetime import date

from sqlalchemy import select

from procurement.extensions import db
from procurement.models import Case
from procurement.models.base import ACROSS
from procurement.services import janitor, records, sent_forms, touched, unit

AT_ONCE = 20

logger = logging.getLogger(__name__)


class DailyRefresh:
    """Walks over all open cases once each Korean day, a few at a time, so that jobs need not wait."""

    def __init__(self) -> None:
        self._day: date | None = None
        self._left: deque[tuple[uuid.UUID, uuid.UUID]] = deque()

    def step(self, limit: int = AT_ONCE) -> int:
        """Refresh up to ``limit`` cases, each in a transaction of its own; returns how many."""
        if self._day != records.today():
            self._day = records.today()
            self._left = deque(_open_cases())
            with unit.work():
                sent_forms.forget_old()
            _tidy_store()
        done = 0
        while self._left and done < limit:
            institution_id, case_id = self._left.popleft()
            with unit.work(str(institution_id)):
                case = db.session.get(Case, case_id)
                if case is not None:
                    touched.touch(case)
            done += 1
        return done


def _tidy_store() -> None:
    """Deadlines are looked at whether the store of evidence can be reached or not."""
    try:
        janitor.tidy()
    except OSError:
        logger.exception("the store of evidence could not be tidied")


def _open_cases() -> list[tuple[uuid.UUID, uuid.UUID]]:
    query = (
        select(Case.institution_id, Case.id)
        .where(Case.closed_at.is_(None))
        .execution_options(**{ACROSS: True})
    )
    found = [(row.institution_id, row.id) for row in db.session.execute(query)]
    db.session.rollback()
    return found

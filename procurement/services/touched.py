"""Cases that this transaction changed, so that what is derived from them follows at its end."""

from __future__ import annotations

from procurement.extensions import db
from procurement.models import Case

_KEY = "touched_cases"


def touch(case: Case) -> None:
    """Say that ``case`` changed."""
    db.session.info.setdefault(_KEY, {})[case.id] = case


def take() -> list[Case]:
    """The cases that changed since the last call."""
    return list(db.session.info.pop(_KEY, {}).values())

"""A form that is sent twice, by a double click or from a page gone back to, is taken once."""

from __future__ import annotations

import uuid
from datetime import timedelta

from sqlalchemy import delete, select
from sqlalchemy.exc import IntegrityError

from procurement.domain.access import Actor
from procurement.extensions import db
from procurement.models import SentForm
from procurement.models.base import ACROSS, now

# Nobody goes back to a page for longer than a session lasts.
KEPT_FOR = timedelta(days=1)


def first_answer(actor: Actor, digest: str) -> str | None:
    """Where the same form led when it was taken; ``None`` when it was not."""
    query = select(SentForm.location).where(
        SentForm.account_id == uuid.UUID(actor.account_id), SentForm.digest == digest
    )
    return db.session.scalars(query).one_or_none()


def keep(actor: Actor, digest: str, location: str) -> bool:
    """Keep that a form was taken, in the transaction of its change; gives whether it is the first.

    Another request with the same form that is not committed yet is waited for.
    """
    row = SentForm(
        institution_id=uuid.UUID(actor.institution_id),
        account_id=uuid.UUID(actor.account_id),
        digest=digest,
        location=location,
    )
    try:
        with db.session.begin_nested():
            db.session.add(row)
    except IntegrityError:
        return False
    return True


def forget_old() -> None:
    """Remove what no page that is still open could have sent."""
    db.session.execute(
        delete(SentForm).where(SentForm.recorded_at < now() - KEPT_FOR), execution_options={ACROSS: True}
    )

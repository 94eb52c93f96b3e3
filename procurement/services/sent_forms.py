"""A form that is sent twice, by a double click or from a page gone back to, is taken once."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import Select, and_, delete, false, or_, select
from sqlalchemy.exc import IntegrityError

from procurement.domain.access import Actor
from procurement.extensions import db
from procurement.models import Case, Chain, SentForm
from procurement.models.base import ACROSS, now

# Nobody goes back to a page for longer than a session lasts.
KEPT_FOR = timedelta(days=1)


@dataclass(frozen=True)
class Sent:
    """A form as it was sent: digests of it with the page that it came from, and of what it says alone."""

    digest: str
    content: str


def first_answer(actor: Actor, sent: Sent, case: Case | None) -> str | None:
    """Where the same form led when it was taken; ``None`` when it was not.

    From another showing of its page, as after going back, it is the same as long as nothing else has
    happened in the case since.
    """
    head = db.session.scalar(_head(case))
    again = and_(SentForm.content == sent.content, SentForm.head == head) if head else false()
    query = (
        select(SentForm.location)
        .where(SentForm.account_id == uuid.UUID(actor.account_id))
        .where(or_(SentForm.digest == sent.digest, again))
        .order_by(SentForm.recorded_at.desc())
        .limit(1)
    )
    return db.session.scalars(query).one_or_none()


def _head(case: Case | None) -> Select[tuple[str]]:
    """The newest event of a case, or of what belongs to no case."""
    return select(Chain.head).where(Chain.case_id == case.id if case is not None else Chain.case_id.is_(None))


def keep(actor: Actor, sent: Sent, case: Case | None, location: str) -> bool:
    """Keep that a form was taken, in the transaction of its change; gives whether it is the first.

    Another request with the same form that is not committed yet is waited for.
    """
    row = SentForm(
        institution_id=uuid.UUID(actor.institution_id),
        account_id=uuid.UUID(actor.account_id),
        digest=sent.digest,
        content=sent.content,
        head=db.session.scalar(_head(case)) or "",
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

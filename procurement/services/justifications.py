"""사유: where a reason written for a rule becomes a row."""

from __future__ import annotations

import uuid

from sqlalchemy import func, select

from procurement.domain.access import Actor
from procurement.extensions import db
from procurement.models import Case, Justification


def add(actor: Actor, case: Case, rule_id: str, subject: str, text: str) -> Justification:
    """Write a reason, already trimmed; it takes the place of earlier ones for the same rule and subject.

    The caller has checked it and writes it into the ledger.
    """
    written = db.session.scalar(
        select(func.count())
        .select_from(Justification)
        .where(
            Justification.case_id == case.id,
            Justification.rule_id == rule_id,
            Justification.subject == subject,
        )
    )
    row = Justification(
        institution_id=case.institution_id,
        case_id=case.id,
        rule_id=rule_id,
        subject=subject,
        number=(written or 0) + 1,
        text=text,
        actor_id=uuid.UUID(actor.account_id),
    )
    db.session.add(row)
    db.session.flush()
    return row

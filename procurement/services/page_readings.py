"""What people said of the header words of saved pages, kept for all pages with the same words."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from flask import has_request_context
from sqlalchemy import select

from procurement.adapters.pages_labels import PageLabel, layout_key
from procurement.domain.access import Actor
from procurement.domain.catalogue import FIELD_TITLES
from procurement.domain.codec import canonical
from procurement.domain.errors import InvalidInput
from procurement.extensions import db
from procurement.models import Case, PageReading
from procurement.services import ledger, unit
from procurement.services.codec_text import load_text
from procurement.services.records import SEOUL


@dataclass(frozen=True)
class Reading:
    """Key of a header word → field of FIELD_TITLES (``""``: none of them), and the day when it was said."""

    labels: Mapping[str, str]
    day: date


def known(labels: tuple[PageLabel, ...]) -> Reading | None:
    """What was last said of pages with these words.

    In a request it ends the reading that it does: no work may be in hand there yet.
    """
    layout = layout_key(labels)
    if not layout:
        return None
    query = (
        select(PageReading.labels, PageReading.recorded_at)
        .where(PageReading.layout == layout)
        .order_by(PageReading.recorded_at.desc(), PageReading.id)
        .limit(1)
    )
    found = db.session.execute(query).first()
    if has_request_context():
        # What follows takes its time, and nobody has to wait for it; elsewhere the work in hand is kept.
        unit.rollback()
    return None if found is None else Reading(load_text(found[0]), found[1].astimezone(SEOUL).date())


def checked(labels: Sequence[PageLabel], said: Mapping[str, str]) -> dict[str, str]:
    """What was said, for words of the page alone.

    Raises ``InvalidInput`` without a word for the service's name, for a field that is none, and for a field
    that two words are said to mean.
    """
    words = {label.key: label.text for label in labels}
    taken = {key: field for key, field in said.items() if key in words}
    fields = [field for field in taken.values() if field]
    if any(field not in FIELD_TITLES for field in fields):
        raise InvalidInput("목록에 없는 뜻입니다. 목록에서 다시 골라 주세요.")
    if "service_name" not in fields:
        raise InvalidInput("어느 항목이 서비스명인지 골라 주세요.")
    twice = next((field for field in fields if fields.count(field) > 1), None)
    if twice is not None:
        raise InvalidInput(
            f"‘{FIELD_TITLES[twice]}’을(를) 두 항목에 골랐습니다. 한 항목에만 고르고 나머지는 바꿔 주세요."
        )
    return taken


def keep(actor: Actor, case: Case, labels: tuple[PageLabel, ...], said: Mapping[str, str]) -> PageReading:
    """Keep what was said of a page's words for the institution; written down with the case it came of."""
    row = PageReading(
        id=uuid.uuid4(),
        institution_id=uuid.UUID(actor.institution_id),
        layout=layout_key(labels),
        labels=canonical(dict(said)),
        actor_id=uuid.UUID(actor.account_id),
    )
    db.session.add(row)
    db.session.flush()
    words = {label.key: label.text for label in labels}
    ledger.record(
        actor,
        "catalogue.page_read",
        case=case,
        body={"layout": row.layout, "words": {words[key]: field for key, field in said.items()}},
        rows=[row],
    )
    return row

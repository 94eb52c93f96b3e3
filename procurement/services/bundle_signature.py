"""What the ledger of a case says of the signatures under its bundles: each use of the institution's key."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import and_, select

from procurement.adapters.pdf_sign import SignedPdf
from procurement.domain.ledger import time_text
from procurement.extensions import db
from procurement.models import Case, Chain, Event, EventBody, Institution
from procurement.services import institutions, ledger
from procurement.services.codec_text import load_text

SIGNED = "bundle.signed"


@dataclass(frozen=True)
class Signature:
    """When an authority says that a bundle was signed, or why none does; neither where none was asked."""

    stamped_at: datetime | None
    unstamped: str


def record(case: Case, signed: SignedPdf) -> None:
    """Write down that the institution's key signed a bundle of ``case``, which file, and its stamp."""
    body = {
        "digest": hashlib.sha256(signed.data).hexdigest(),
        "stamped_at": time_text(signed.stamped_at) if signed.stamped_at else "",
        "unstamped": signed.unstamped,
    }
    actor = institutions.machine(db.session.get_one(Institution, case.institution_id))
    ledger.record(actor, SIGNED, case=case, body=body)


def of_case(case: Case) -> Mapping[str, Signature]:
    """The signatures under the bundles of a case, by the digest of the file; one query."""
    query = (
        select(EventBody.body)
        .join(Event, and_(Event.chain_id == EventBody.chain_id, Event.seq == EventBody.seq))
        .join(Chain, Chain.id == Event.chain_id)
        .where(Chain.case_id == case.id, Event.kind == SIGNED)
    )
    told = [load_text(body)["data"] for body in db.session.scalars(query)]
    return {
        data["digest"]: Signature(
            datetime.fromisoformat(data["stamped_at"]) if data["stamped_at"] else None, data["unstamped"]
        )
        for data in told
    }

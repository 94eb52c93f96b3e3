"""The bytes of erased files, and what is derived and may repeat what was erased: the worker removes them."""

from __future__ import annotations

import uuid
from collections.abc import Iterator

from sqlalchemy import select

from procurement.adapters.section_cache import SectionCache
from procurement.domain.access import Actor
from procurement.extensions import db
from procurement.models import Case, CatalogueLoad, EvidenceFile
from procurement.models.base import ACROSS
from procurement.services import codec_text, evidence, jobs, unit
from procurement.services.store import evidence_store, settings

KIND = "erasure"
# What this program prints and packs itself: each may hold what a row of the case said.
PRINTED = ("approval_bundle", "bundle", "bag", "checklist")


def want_sweep(actor: Actor, case: Case) -> None:
    """Have the worker remove what is left of erased texts and files, once this transaction is committed."""
    jobs.enqueue(actor, case, KIND)


def sweep() -> int:
    """Remove pages kept for printing, what this process remembers, and the bytes of erased files."""
    known = settings()
    SectionCache(known.section_cache_dir, known.secret_key, known.section_cache_bytes).clear()
    codec_text.forget()
    return remove_bytes()


def remove_bytes() -> int:
    """Remove bytes that only erased files refer to; returns how many. To be called outside a transaction.

    It goes over all institutions, since the store holds equal bytes once.
    """
    left = list(_left())
    unit.rollback()
    for digest in left:
        evidence_store().remove(digest)
    return len(left)


def _left() -> Iterator[str]:
    """Digests of erased files that are still in the store and that no other file refers to."""
    across = {ACROSS: True}
    erased = select(EvidenceFile.digest).where(EvidenceFile.erased.is_not(None)).distinct()
    live = select(EvidenceFile.digest).where(EvidenceFile.erased.is_(None))
    query = erased.where(
        EvidenceFile.digest.not_in(live), EvidenceFile.digest.not_in(select(CatalogueLoad.digest))
    )
    for digest in db.session.scalars(query.execution_options(**across)):
        if evidence_store().has(digest):
            yield digest


def printed(case: Case) -> list[evidence.EvidenceView]:
    """Bundles and the like of a case that are kept, newest first; each is erased by a decision of its own."""
    return [file for file in evidence.all_files(case) if file.purpose in PRINTED and not file.erased]


def also_elsewhere(file_id: str) -> int:
    """How many other files hold the same bytes, so that these stay; in all institutions."""
    query = select(EvidenceFile.digest).where(EvidenceFile.id == uuid.UUID(file_id))
    digest = db.session.scalar(query)
    others = select(EvidenceFile.id).where(
        EvidenceFile.digest == digest, EvidenceFile.id != uuid.UUID(file_id), EvidenceFile.erased.is_(None)
    )
    return len(db.session.scalars(others.execution_options(**{ACROSS: True})).all())


def _handle(_job: jobs.Job, progress: jobs.Progress) -> None:
    progress(10, "지운 것의 나머지를 없애고 있습니다.")
    sweep()


jobs.HANDLERS[KIND] = _handle

"""Takes away files left in the store: by a crash before their rows were committed, or by an erasure."""

from __future__ import annotations

import logging

from sqlalchemy import select, union_all

from procurement.extensions import db
from procurement.models import ApprovalBundle, CatalogueLoad, EvidenceFile
from procurement.models.base import ACROSS
from procurement.services import erasure_files
from procurement.services.store import evidence_store

# Longer than anybody takes from choosing a file to saying what its columns mean.
OLD_SECONDS = 7 * 24 * 3600

logger = logging.getLogger(__name__)


def tidy(older_than_seconds: int = OLD_SECONDS) -> int:
    """Remove files that were erased, and old ones that no row names; returns how many."""
    named = union_all(
        select(EvidenceFile.digest), select(CatalogueLoad.digest), select(ApprovalBundle.bundle_digest)
    )
    known = set(db.session.scalars(named.execution_options(**{ACROSS: True})))
    db.session.rollback()
    # What a worker was kept from removing when it was erased under law.
    removed = erasure_files.remove_bytes()
    removed += evidence_store().remove_orphans(known, older_than_seconds=older_than_seconds)
    if removed:
        logger.info("removed %d files that no record names", removed)
    return removed

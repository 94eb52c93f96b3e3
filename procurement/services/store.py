"""The evidence store and settings of the running application, for services."""

from __future__ import annotations

from typing import cast

from flask import current_app

from procurement.adapters.evidence_store import EvidenceStore, FolderStore
from procurement.config import Settings


def settings() -> Settings:
    """Settings that the application was made with."""
    return cast(Settings, current_app.config["SETTINGS"])


def evidence_store() -> EvidenceStore:
    """The store of evidence files: a folder, or a bucket where one is set."""
    given = settings()
    if not given.evidence_s3_bucket:
        return FolderStore(given.evidence_dir)
    # Only whoever has a bucket waits for its library to be read.
    from procurement.adapters.evidence_s3 import Bucket, store_in

    return store_in(
        Bucket(
            url=given.evidence_s3_url,
            name=given.evidence_s3_bucket,
            prefix=given.evidence_s3_prefix,
            region=given.evidence_s3_region,
            key=given.evidence_s3_key,
            secret=given.evidence_s3_secret,
        )
    )

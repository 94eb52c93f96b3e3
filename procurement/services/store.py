"""The evidence store and settings of the running application, for services."""

from __future__ import annotations

from typing import cast

from flask import current_app

from procurement.adapters.evidence_store import EvidenceStore
from procurement.config import Settings


def settings() -> Settings:
    """Settings that the application was made with."""
    return cast(Settings, current_app.config["SETTINGS"])


def evidence_store() -> EvidenceStore:
    """The store of evidence files."""
    return EvidenceStore(settings().evidence_dir)

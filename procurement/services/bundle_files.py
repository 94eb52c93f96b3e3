"""The original files that a bundle carries inside, up to a size; the others are listed by digest."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping, Sequence

from procurement.adapters.pdf import Attachment
from procurement.domain.facts import CaseFacts
from procurement.domain.selection import file_sealed
from procurement.models import EvidenceFile
from procurement.services.bundle_input import EvidenceLine, Place
from procurement.services.store import evidence_store, settings

# Bundles made before are not carried inside the next: each would hold all that came before it.
_BUNDLES = frozenset({"bundle", "approval_bundle"})


def places(rows: Sequence[EvidenceFile], facts: CaseFacts) -> Mapping[uuid.UUID, Place]:
    """Where the bytes of each file of a case are, by its id.

    Files are taken in the order in which they were stored as long as together they keep to the limit that is
    set; one that is too large makes room for later ones. What is in the store is compared with its digest.
    """
    left = settings().bundle_attach_bytes
    found: dict[uuid.UUID, Place] = {}
    for row in rows:
        if row.erased:
            found[row.id] = Place.ERASED
        elif row.purpose in _BUNDLES:
            found[row.id] = Place.PRINTED
        elif file_sealed(facts, str(row.id)):
            found[row.id] = Place.SEALED
        elif row.size_bytes > left:
            found[row.id] = Place.APART
        elif evidence_store().digest_kept(row.digest) != row.digest:
            found[row.id] = Place.LOST
        else:
            found[row.id] = Place.INSIDE
            left -= row.size_bytes
    return found


def attachments(lines: Iterable[EvidenceLine]) -> list[Attachment]:
    """The files to carry inside, named by their number in the list and their label."""
    return [
        Attachment(
            attached_name(number, line),
            _bytes_of(line.digest),
            line.media_type,
            f"{line.purpose} · SHA-256 {line.digest}",
        )
        for number, line in enumerate(lines, start=1)
        if line.place is Place.INSIDE
    ]


def _bytes_of(digest: str) -> bytes:
    with evidence_store().open(digest) as kept:
        return kept.read()


def attached_name(number: int, line: EvidenceLine) -> str:
    """Name of a file inside the bundle; two files of one label stay apart by their numbers."""
    return f"{number:02d} {line.name}"

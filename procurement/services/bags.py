"""The bag of a case: its bundle, its files, its ledger and checkpoints, for whoever has no access here."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

from sqlalchemy import select

from procurement.adapters import bags
from procurement.adapters.bags import Content
from procurement.adapters.signatures import KeyFileError
from procurement.domain import bag
from procurement.domain.access import Actor
from procurement.domain.errors import NotFound, Refused
from procurement.extensions import db
from procurement.models import Case, Checkpoint, CheckpointStamp, EvidenceFile
from procurement.services import (
    bundle_jobs,
    checkpoint_errands,
    checkpoints,
    evidence,
    jobs,
    ledger,
    unit,
    verification,
)
from procurement.services.approval_bundle import LARGEST_BUNDLE_BYTES
from procurement.services.store import evidence_store

KIND = "bag"


@dataclass(frozen=True)
class BagContent:
    """Everything that goes into a bag, and what is said of it."""

    number: str
    files: dict[str, Content]
    info: tuple[tuple[str, str], ...]
    checkpoint: int


def collect(actor: Actor, case: Case, pdf: bytes) -> BagContent:
    """Record the bag, write a checkpoint that covers exactly its ledger, and gather what goes in.

    Call it in a piece of writing work; ``pdf`` is the bundle. Raises ``Refused`` when no checkpoint can be
    signed, ``NotFound`` when an evidence file is gone from the disk.
    """
    ledger.hold_case(actor, case)
    body = {"bundle": hashlib.sha256(pdf).hexdigest(), "size_bytes": len(pdf)}
    ledger.record(actor, bag.MADE, case=case, body=body)
    try:
        row = checkpoints.write(actor, "bag")
    except KeyFileError as error:
        raise Refused(f"확인점에 서명할 수 없어 보관 묶음을 만들 수 없습니다. {error}", "G-1") from None
    files: dict[str, Content] = {
        bag.README: bag.READ_ME.encode(),
        bag.BUNDLE: pdf,
        bag.LEDGER: json.dumps(verification.ledger_of(case), ensure_ascii=False, indent=1).encode(),
    }
    kept = select(EvidenceFile).where(EvidenceFile.case_id == case.id, EvidenceFile.erased.is_(None))
    for file in db.session.scalars(kept):
        if file.purpose != bag.PURPOSE:
            files[bag.evidence_path(file.digest, file.name)] = _stored(file)
    signed = checkpoints.signed(row)
    info = bag.info_pairs(
        signed.checkpoint.institution_name,
        case.number,
        case.title,
        case.end_kind is not None,
        f"{row.recorded_at:%Y-%m-%d}",
        signed,
    )
    return BagContent(case.number, files, tuple(info), row.number)


def _stored(file: EvidenceFile) -> Content:
    if not evidence_store().has(file.digest):
        raise NotFound(
            f"증빙 파일 ‘{file.name}’의 실물이 저장소에 없습니다. 관리자에게 알려 백업에서 되살려야 합니다."
        )
    return partial(evidence_store().open, file.digest)


def with_checkpoints(content: BagContent) -> dict[str, Content]:
    """The files with the bag's checkpoint, and the newest one before it that carries a time stamp.

    The authority is asked first, when there is one; without an answer the bag is made all the same.
    """
    bound = db.session.info["institution_id"]
    checkpoint_errands.run_due(5)
    unit.bind(str(bound))
    files = dict(content.files)
    query = (
        select(Checkpoint)
        .join(CheckpointStamp, CheckpointStamp.checkpoint_id == Checkpoint.id)
        .where(Checkpoint.number < content.checkpoint)
        .order_by(Checkpoint.number.desc())
        .limit(1)
    )
    rows = [checkpoints.require(content.checkpoint), *db.session.scalars(query)]
    for row in rows:
        files[bag.checkpoint_path(row.number)] = checkpoints.signed(row).as_file().encode()
    unit.rollback()
    return files


def write(
    actor: Actor, case: Case, pdf: bytes, folder: Path, hold: Callable[[], None] = lambda: None
) -> None:
    """Make the bag of ``case`` as a folder, in transactions of its own.

    ``hold`` is called first in the one that records it, and may raise. Raises as ``collect`` and
    ``bags.write_folder`` do.
    """
    case_id, institution_id = case.id, str(case.institution_id)
    with unit.work(institution_id):
        hold()
        content = collect(actor, db.session.get_one(Case, case_id), pdf)
    bags.write_folder(folder, with_checkpoints(content), content.info)


def request(actor: Actor, case: Case) -> str:
    """Want the bag of a case; returns the id of the job. One that waits or runs already serves."""
    return jobs.enqueue_once(actor, case, KIND)


def made(case: Case) -> list[evidence.EvidenceView]:
    """Bags of the case that are kept, newest first."""
    return [file for file in evidence.active_files(case) if file.purpose == bag.PURPOSE]


def _make(job: jobs.Job, progress: jobs.Progress, printed: Callable[[Case], bytes]) -> None:
    progress(5, "증빙자료 묶음을 짜고 있습니다.")
    case = jobs.case_of(job)
    number = case.number
    pdf = printed(case)
    unit.rollback()
    progress(60, "증빙 파일과 원장을 모으고 있습니다.")
    with TemporaryDirectory() as name:
        folder = Path(name) / f"bag-{number}"
        write(jobs.actor_for(job), jobs.case_of(job), pdf, folder, progress.hold)
        progress(85, "보관 묶음을 저장하고 있습니다.")
        archive = Path(name) / "bag.zip"
        bags.zip_folder(folder, archive)
        with archive.open("rb") as stream:
            stored = evidence_store().put(stream, limit_bytes=LARGEST_BUNDLE_BYTES)
    with unit.work(job.institution_id):
        received = evidence.Received(stored, f"증빙 보관 묶음 {number}.zip", "application/zip")
        file = evidence.attach(
            jobs.actor_for(job), jobs.case_of(job), received, purpose=bag.PURPOSE, step=None
        )
        progress.made(str(file.id))


def _print(case: Case) -> bytes:
    return bundle_jobs.print_case(case).data


jobs.HANDLERS[KIND] = lambda job, progress: _make(job, progress, lambda case: _print(case))

"""Bundles made in the background: wanted on a page, printed by the worker, kept as evidence."""

from __future__ import annotations

from io import BytesIO

from procurement.adapters.pdf import Tell
from procurement.domain.access import Actor
from procurement.extensions import db
from procurement.models import Case
from procurement.services import bundle, bundle_print, bundle_signature, checkpoints, evidence, jobs, unit
from procurement.services.approval_bundle import BUNDLE_JOB, LARGEST_BUNDLE_BYTES, bundle_handler
from procurement.services.bundle_input import BundleInput
from procurement.services.bundle_print import PrintedPdf
from procurement.services.store import evidence_store

KIND = "bundle"


def request(actor: Actor, case: Case) -> str:
    """Want the bundle of a case; returns the id of the job. One that waits or runs already serves."""
    return jobs.enqueue_once(actor, case, KIND)


def made(case: Case) -> list[evidence.EvidenceView]:
    """Bundles of the case that are kept, newest first."""
    return [file for file in evidence.active_files(case) if file.purpose in (KIND, BUNDLE_JOB)]


def print_case(case: Case, tell: Tell | None = None, password: str = "") -> PrintedPdf:
    """The bundle of a case as it stands: gathered in one reading, printed after it.

    A signature under it is written into the ledger in a transaction of its own, whatever becomes of the file.
    Raises as ``bundle_print.print_bundle`` does.
    """
    return _printed(case, tell, password)[1]


def _printed(case: Case, tell: Tell | None, password: str = "") -> tuple[BundleInput, PrintedPdf]:
    case_id, institution_id = case.id, str(case.institution_id)
    data = bundle.collect(case)
    unit.rollback()
    printed = bundle_print.print_bundle(data, tell=tell, password=password)
    if printed.signed is not None:
        with unit.work(institution_id):
            bundle_signature.record(db.session.get_one(Case, case_id), printed.signed)
    return data, printed


def file_name(number: str, events: int) -> str:
    """Name of a bundle's file: the case, and how many events of its ledger it holds."""
    return f"증빙자료 묶음 {number} 원장 {events}번까지.pdf"


def _make(job: jobs.Job, progress: jobs.Progress) -> None:
    progress(5, "확정된 기록을 모으고 있습니다.")
    checkpoint = checkpoints.write_for_print(jobs.actor_for(job), KIND)
    data, rendered = _printed(jobs.case_of(job), bundle_print.telling(progress))
    progress(85, f"{rendered.pages}쪽을 저장하고 있습니다.")
    stored = evidence_store().put(BytesIO(rendered.data), limit_bytes=LARGEST_BUNDLE_BYTES)
    name = file_name(data.head.number, data.ledger[-1].seq)
    with unit.work(job.institution_id):
        file = evidence.attach(
            jobs.actor_for(job),
            jobs.case_of(job),
            evidence.Received(stored, name, "application/pdf"),
            purpose=KIND,
            step=None,
        )
        checkpoints.note_printed(jobs.actor_for(job), checkpoint, name)
        progress.made(str(file.id))


jobs.HANDLERS[KIND] = _make
jobs.HANDLERS[BUNDLE_JOB] = bundle_handler(
    lambda case, progress: print_case(case, bundle_print.telling(progress))
)

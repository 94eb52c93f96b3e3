"""The evidence bundle of a request for approval: made by the worker, bound to the request by digest."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from io import BytesIO
from typing import Protocol

from sqlalchemy import select

from procurement.domain.access import Actor
from procurement.domain.errors import Conflict, NotFound, Refused
from procurement.domain.steps import Step
from procurement.extensions import db
from procurement.models import ApprovalBundle, ApprovalRequest, Case
from procurement.services import checkpoints, evidence, jobs, ledger, unit
from procurement.services.approval_requests import approval_of, bundle_of, request_of, standing
from procurement.services.store import evidence_store

BUNDLE_JOB = "approval_bundle"

# A bundle carries the attached files inside, so it may be larger than any one upload.
LARGEST_BUNDLE_BYTES = 2 * 1024**3


class Rendered(Protocol):
    """A document as rendered."""

    @property
    def data(self) -> bytes:
        """Bytes of the PDF."""


def make_bundle_again(actor: Actor, case: Case) -> None:
    """Have the bundle of the standing request made again after it failed.

    Raises ``NotFound`` without a request, ``Conflict`` when the bundle is there or still being made.
    """
    request = standing(case)
    job = jobs.newest(case, BUNDLE_JOB)
    if bundle_of(request) is not None or (job is not None and job.state is not jobs.JobState.FAILED):
        raise Conflict("증빙 묶음이 이미 있거나 만들고 있습니다. 화면을 새로 고쳐 확인하세요.")
    jobs.enqueue(actor, case, BUNDLE_JOB, {"request": str(request.id)})


def bundle_handler(render: Callable[[Case, jobs.Progress], Rendered]) -> jobs.Handler:
    """The handler of ``approval_bundle`` jobs, with ``render`` making the PDF and telling of it."""

    def handle(job: jobs.Job, progress: jobs.Progress) -> None:
        progress(5, "증빙자료를 모으고 있습니다.")
        case = jobs.case_of(job)
        request = request_of(case, job.arguments["request"])
        name = f"품의 증빙자료 묶음 {case.number} 제{request.number}호.pdf"
        checkpoint = None
        if bundle_of(request) is None:
            checkpoint = checkpoints.write_for_print(jobs.actor_for(job), "bundle")
            rendered = render(jobs.case_of(job), progress)
            unit.rollback()
            progress(80, "증빙자료 묶음을 저장하고 있습니다.")
            stored = evidence_store().put(BytesIO(rendered.data), limit_bytes=LARGEST_BUNDLE_BYTES)
        else:
            stored = None
        unit.rollback()
        with unit.work(job.institution_id):
            made = evidence.Received(stored, name, "application/pdf") if stored else None
            bundle = attach_bundle(jobs.actor_for(job), jobs.case_of(job), job.arguments["request"], made)
            checkpoints.note_printed(jobs.actor_for(job), checkpoint, name)
            progress.made(str(bundle.evidence_id))

    return handle


def attach_bundle(
    actor: Actor, case: Case, request_id: str, made: evidence.Received | None
) -> ApprovalBundle:
    """Bind the bundle to its request; a request that has one keeps it.

    Raises ``Refused`` when the request no longer stands, ``NotFound`` for no such request.
    """
    request = request_of(case, request_id)
    known = bundle_of(request)
    if known is not None:
        return known
    if made is None:
        raise NotFound("품의의 증빙 묶음이 없습니다. 묶음을 다시 만들어 주세요.")
    if approval_of(case, request.number).lapsed:
        raise Refused("품의를 거두어 증빙 묶음을 붙이지 않았습니다. 필요하면 품의를 다시 올리세요.", "K-6")
    file = evidence.attach(actor, case, made, purpose="approval_bundle", step=Step.CONTRACT)
    row = ApprovalBundle(
        institution_id=case.institution_id,
        case_id=case.id,
        request_id=request.id,
        evidence_id=file.id,
        bundle_digest=file.digest,
        actor_id=uuid.UUID(actor.account_id),
    )
    db.session.add(row)
    ledger.record(
        actor,
        "approval.bundle",
        case=case,
        body={"number": request.number, "bundle": row.bundle_digest},
        rows=[row],
    )
    return row


def bundle_evidence(case: Case, number: int) -> str | None:
    """Id of the evidence file that is the bundle of request ``number``."""
    query = (
        select(ApprovalBundle.evidence_id)
        .join(ApprovalRequest, ApprovalRequest.id == ApprovalBundle.request_id)
        .where(ApprovalRequest.case_id == case.id, ApprovalRequest.number == number)
    )
    found = db.session.scalars(query).one_or_none()
    return str(found) if found else None

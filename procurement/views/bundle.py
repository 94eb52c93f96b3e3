"""The evidence bundle: asked for, followed while it is made, and downloaded from the evidence."""

from __future__ import annotations

from flask import Blueprint, jsonify, make_response, redirect, render_template, url_for
from werkzeug.wrappers import Response as BaseResponse

from procurement.services import bags, bundle_jobs, bundle_signature, jobs
from procurement.views.edge import actor, case, may_act
from procurement.views.errors import wants_json

blueprint = Blueprint("bundle", __name__, url_prefix="/cases/<number>/bundle")

_STATES = {"waiting": "queued"}


@blueprint.get("")
def index(number: str) -> BaseResponse:
    """What the bundle holds, those made so far, and the button that has one made."""
    return _page(number, jobs.newest(case(), bundle_jobs.KIND))


@blueprint.post("")
def make(number: str) -> BaseResponse:
    """Have the worker make the bundle."""
    job_id = bundle_jobs.request(actor(), case())
    return redirect(url_for("bundle.progress", number=number, job_id=job_id))


@blueprint.post("/bag")
def make_bag(number: str) -> BaseResponse:
    """Have the worker make the bag: the bundle with the files, the ledger and a signed checkpoint."""
    job_id = bags.request(actor(), case())
    return redirect(url_for("bundle.progress", number=number, job_id=job_id))


@blueprint.get("/<uuid:job_id>")
def progress(number: str, job_id: object) -> BaseResponse:
    """How far the work is: a page, or JSON for the script on it."""
    job = jobs.view(case(), str(job_id))
    if not wants_json():
        return _page(number, job)
    return jsonify(
        {
            "state": _STATES.get(job.state.value, job.state.value),
            "progress_percent": job.progress_percent,
            "label": job.label,
            "download_url": _download_url(number, job),
        }
    )


def _page(number: str, job: jobs.JobView | None) -> BaseResponse:
    return make_response(
        render_template(
            "cases/bundle.html",
            number=number,
            case=case(),
            files=bundle_jobs.made(case()),
            signatures=bundle_signature.of_case(case()),
            bags=bags.made(case()),
            job=job,
            job_state=_STATES.get(job.state.value, job.state.value) if job else "",
            download_url=_download_url(number, job) if job else None,
            editable=may_act("bundle.make"),
        )
    )


def _download_url(number: str, job: jobs.JobView) -> str | None:
    if job.evidence_id is None:
        return None
    return url_for("evidence.download", number=number, evidence_id=job.evidence_id)

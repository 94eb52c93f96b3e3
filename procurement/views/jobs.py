"""How far background work is, for the script on the page."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, jsonify, url_for

from procurement.services import jobs
from procurement.services.jobs import JobState
from procurement.views.edge import case

blueprint = Blueprint("jobs", __name__, url_prefix="/cases/<number>/jobs")


@blueprint.get("/<uuid:job_id>")
def show(number: str, job_id: object) -> Response:
    """State, progress, a sentence, and where the file is once it is there."""
    return jsonify(shown(number, jobs.view(case(), str(job_id))))


def shown(number: str, job: jobs.JobView) -> dict[str, Any]:
    """A job as ``ui.job`` and the script take it."""
    made = job.evidence_id
    return {
        "url": url_for("jobs.show", number=number, job_id=job.job_id),
        "state": "queued" if job.state is JobState.WAITING else job.state.value,
        "progress_percent": job.progress_percent,
        "label": job.label,
        "download_url": url_for("evidence.download", number=number, evidence_id=made) if made else None,
    }

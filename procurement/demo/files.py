"""Files of the sample: the data that come with it, and papers that say that they are samples."""

from __future__ import annotations

import io
from pathlib import Path

from procurement.domain.access import Actor
from procurement.domain.steps import Step
from procurement.models import Case, EvidenceFile
from procurement.services import evidence

DATA = Path(__file__).parent / "data"


def data_file(name: str) -> evidence.Received:
    """A file that comes with the sample."""
    with (DATA / name).open("rb") as stream:
        return evidence.receive(stream, name)


def paper(actor: Actor, case: Case, step: Step, purpose: str, title: str, text: str = "") -> str:
    """Store a paper as evidence; returns its id."""
    content = f"[견본] {title}\n\n{text or '연습을 위해 만든 문서입니다.'}\n\n실제 문서가 아닙니다.\n"
    received = evidence.receive(io.BytesIO(content.encode()), f"견본 {title}.txt")
    return str(evidence.attach(actor, case, received, purpose=purpose, step=step).id)


def output(actor: Actor, case: Case, name: str) -> tuple[EvidenceFile, evidence.Received]:
    """Store a saved result page as the output of a search."""
    received = data_file(name)
    return evidence.attach(actor, case, received, purpose="search_output", step=Step.SEARCH), received

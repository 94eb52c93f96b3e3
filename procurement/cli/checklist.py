"""``flask checklist``: the termination checklist of a case as a PDF of at most two A4 pages."""

from __future__ import annotations

from pathlib import Path

import click
from flask.cli import with_appcontext

from procurement.adapters.pdf import RenderedPdf
from procurement.cli.shared import case_to_pdf, write_pdf
from procurement.models import Case
from procurement.services import case_facts, checklist


@click.command("checklist")
@case_to_pdf
@click.pass_context
@with_appcontext
def checklist_command(context: click.Context, case_number: str, output: Path, institution_name: str) -> None:
    """이용계약 종료 점검표를 PDF로 씁니다(A4 두 쪽 이내)."""
    write_pdf(context, case_number, institution_name, output, _printed)


def _printed(case: Case) -> RenderedPdf:
    return checklist.pdf_of(case_facts.load(case))

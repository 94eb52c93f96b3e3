"""``flask bundle``: the evidence bundle of a case as a PDF file."""

from __future__ import annotations

from pathlib import Path

import click
from flask.cli import with_appcontext

from procurement.cli.shared import case_to_pdf, write_pdf
from procurement.services import bundle_jobs


@click.command("bundle")
@case_to_pdf
@click.pass_context
@with_appcontext
def bundle_command(context: click.Context, case_number: str, output: Path, institution_name: str) -> None:
    """이용계약 건의 증빙자료 묶음을 PDF 파일로 만듭니다."""
    rendered = write_pdf(context, case_number, institution_name, output, bundle_jobs.print_case)
    for note in rendered.notes:
        click.echo(note, err=True)

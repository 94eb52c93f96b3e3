"""``flask bundle``: the evidence bundle of a case as a PDF file."""

from __future__ import annotations

from pathlib import Path

import click
from flask.cli import with_appcontext

from procurement.cli.shared import case_to_pdf, write_pdf
from procurement.services import bundle_jobs
from procurement.services.store import settings


@click.command("bundle")
@case_to_pdf
@click.pass_context
@with_appcontext
def bundle_command(context: click.Context, case_number: str, output: Path, institution_name: str) -> None:
    """이용계약 건의 증빙자료 묶음을 PDF 파일로 만듭니다."""
    password = _password()
    rendered = write_pdf(
        context,
        case_number,
        institution_name,
        output,
        lambda case: bundle_jobs.print_case(case, password=password),
    )
    for note in rendered.notes:
        click.echo(note, err=True)


def _password() -> str:
    """The password of the key that signs, asked for where a key is set and the environment has none."""
    known = settings()
    if known.pades_file is None or known.pades_password:
        return ""
    return str(click.prompt(f"{known.pades_file.name}의 비밀번호", hide_input=True, err=True))

"""``flask checklist``: the termination checklist of a case as a PDF of at most two A4 pages."""

from __future__ import annotations

from pathlib import Path
from typing import NoReturn

import click
from flask.cli import with_appcontext

from procurement.adapters.fonts import FontsMissingError
from procurement.adapters.pdf import PdfError
from procurement.domain.errors import InvalidInput, NotFound
from procurement.services import case_facts, cases, checklist, institutions, unit


@click.command("checklist")
@click.argument("case_number", metavar="CASE")
@click.option(
    "-o", "--output", metavar="FILE", type=click.Path(path_type=Path), required=True, help="PDF를 쓸 파일"
)
@click.option("--institution", "institution_name", default="", metavar="NAME", help="기관이 여럿일 때 이름")
@click.pass_context
@with_appcontext
def checklist_command(context: click.Context, case_number: str, output: Path, institution_name: str) -> None:
    """이용계약 종료 점검표를 PDF로 씁니다(A4 두 쪽 이내)."""
    try:
        unit.bind(str(institutions.find(institution_name).id))
        facts = case_facts.load(cases.require(case_number))
    except (InvalidInput, NotFound) as error:
        _end(context, error.message, 2)
    try:
        rendered = checklist.pdf_of(facts)
    except (PdfError, FontsMissingError) as error:
        _end(context, str(error), 1)
    try:
        output.write_bytes(rendered.data)
    except OSError:
        _end(context, f"‘{output}’에 쓸 수 없습니다. 폴더가 있는지와 쓰기 권한을 확인하세요.", 2)
    click.echo(f"{output}: {rendered.pages}쪽, {len(rendered.data):,}바이트")


def _end(context: click.Context, message: str, code: int) -> NoReturn:
    click.echo(message, err=True)
    context.exit(code)

"""``flask catalogue``: load a file of services, read a saved result page."""

from __future__ import annotations

from pathlib import Path

import click
from flask.cli import with_appcontext

from procurement.cli.catalogue_parse import parse_command
from procurement.cli.shared import end, institution_option
from procurement.domain.catalogue import FIELD_TITLES
from procurement.domain.counting import counted
from procurement.domain.errors import InvalidInput, NotFound, ProcurementError
from procurement.services import catalogue, evidence, institutions, unit


@click.group("catalogue")
def catalogue_group() -> None:
    """디지털서비스 목록을 불러오고 읽습니다."""


@catalogue_group.command("import")
@click.argument("file", metavar="FILE")
@institution_option
@click.pass_context
@with_appcontext
def import_command(context: click.Context, file: str, institution_name: str) -> None:
    """서비스 목록 파일(CSV, XLSX)을 새 목록으로 불러옵니다. 열은 이름을 보고 연결합니다."""
    try:
        institution = institutions.find(institution_name)
    except (InvalidInput, NotFound) as error:
        end(context, error.message)
    actor = institutions.operator(institution)
    try:
        received = _received(context, file)
        table = catalogue.read_file(received.stored.digest, received.name)
        with unit.work(actor.institution_id):
            mapping = catalogue.proposed_mapping(table)
            services = catalogue.services_of(table, mapping)
            row = catalogue.load(actor, received, table.columns, mapping, services)
            number, count = row.number, row.service_count
    except ProcurementError as error:
        end(context, error.message, 1)
    click.echo(f"서비스 {counted(count, 'service')}를 {number}번째 목록으로 불러왔습니다.")
    for field, column in mapping.items():
        click.echo(f"· {FIELD_TITLES[field]} ← {column}")
    for note in table.notes:
        click.echo(f"· {note}")


catalogue_group.add_command(parse_command)


def _received(context: click.Context, file: str) -> evidence.Received:
    try:
        with Path(file).open("rb") as stream:
            return evidence.receive(stream, Path(file).name)
    except (OSError, ValueError):
        end(context, f"‘{file}’ 파일을 열 수 없습니다. 경로와 읽기 권한을 확인하세요.")

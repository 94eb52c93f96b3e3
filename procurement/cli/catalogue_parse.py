"""``flask catalogue parse FILE``: what a saved page of the support system says, without a database."""

from __future__ import annotations

import json
from pathlib import Path

import click

from procurement.adapters.pages import ParsedPage, parse_result_page
from procurement.domain.counting import counted
from procurement.domain.errors import ProcurementError


@click.command("parse")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, readable=True, path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="JSON 목록으로 출력합니다.")
def parse_command(file: Path, as_json: bool) -> None:
    """이용지원시스템에서 저장한 검색결과 화면(HTML)에서 서비스 목록을 읽습니다.

    검색결과 화면이 아니거나 빠짐없이 읽을 수 없으면 이유를 알리고 1로 끝납니다.
    """
    try:
        page = parse_result_page(file.read_bytes())
    except ProcurementError as error:
        click.echo(error.message, err=True)
        raise SystemExit(1) from error
    if as_json:
        click.echo(json.dumps([record.as_dict() for record in page.services], ensure_ascii=False, indent=2))
        return
    _print_table(page)


def _print_table(page: ParsedPage) -> None:
    for number, record in enumerate(page.services, start=1):
        facts = (record.service_id, record.service_name, record.provider_name, record.service_type)
        click.echo(f"{number:>4}  " + " | ".join(fact or "확인 필요" for fact in facts))
    total = page.total_stated
    stated = "" if total is None else f" (화면에 적힌 전체 {counted(total, 'service')})"
    click.echo(f"모두 {counted(len(page.services), 'service')}{stated}")
    for note in page.notes:
        click.echo(f"· {note}")

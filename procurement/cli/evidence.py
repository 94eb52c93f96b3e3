"""``flask evidence verify`` and ``flask check``: is everything as it was recorded, and may it be served?"""

from __future__ import annotations

import json
import uuid
from pathlib import Path

import click
from flask.cli import AppGroup, with_appcontext
from sqlalchemy.exc import SQLAlchemyError

from procurement.cli.evidence_keys import checkpoint_command, lost_command, recover_command, rotate_command
from procurement.cli.shared import copies_option, end, find_case, read_copies
from procurement.domain.checkpoint import UnreadableCheckpointError
from procurement.domain.errors import InvalidInput, NotFound
from procurement.models import Case
from procurement.services import institutions, verification

evidence_group = AppGroup("evidence", help="감사 원장과 증빙을 확인합니다.")
for _command in (checkpoint_command, rotate_command, lost_command, recover_command):
    evidence_group.add_command(_command)


@evidence_group.command("verify")
@click.option("--case", "case_number", default="", metavar="CASE", help="이 번호의 건만")
@click.option("--institution", "institution_name", default="", metavar="NAME", help="이 이름의 기관만")
@copies_option
@click.option(
    "--code", "codes", multiple=True, metavar="CODE", help="증빙자료 묶음 표지에 인쇄된 확인점 코드"
)
@click.option("--json", "as_json", is_flag=True, help="JSON으로 출력")
@click.pass_context
def verify_command(
    context: click.Context,
    case_number: str,
    institution_name: str,
    files: tuple[Path, ...],
    codes: tuple[str, ...],
    as_json: bool,
) -> None:
    """원장, 굳은 기록, 증빙 파일이 기록할 때 그대로인지 확인합니다. 어긋나면 1로 끝납니다.

    --checkpoint로 이 시스템 밖에 둔 확인점 파일을 주면 그것과도 견줍니다.
    """
    try:
        bounds = _bounds(case_number, institution_name)
        report = verification.verify(*bounds, copies=read_copies(files), codes=codes)
    except (InvalidInput, NotFound) as error:
        end(context, error.message)
    except UnreadableCheckpointError as error:
        end(context, str(error))
    except SQLAlchemyError:
        end(context, "데이터베이스를 읽을 수 없습니다. DATABASE_URL과 make setup을 확인하세요.")
    if as_json:
        click.echo(json.dumps(_as_keys(report), ensure_ascii=False))
    else:
        _print(report)
    context.exit(0 if report.holds else 1)


@click.command("check")
@click.pass_context
@with_appcontext
def check_command(context: click.Context) -> None:
    """이대로 서비스해도 되는지 확인합니다. 안 되면 1로 끝납니다."""
    problems = verification.ready_to_serve()
    for problem in problems:
        click.echo(problem)
    if not problems:
        click.echo("서비스할 수 있습니다.")
    context.exit(1 if problems else 0)


def _bounds(case_number: str, institution_name: str) -> tuple[Case | None, uuid.UUID | None]:
    if case_number:
        return find_case(case_number, institution_name), None
    return None, institutions.find(institution_name).id if institution_name else None


def _print(report: verification.Report) -> None:
    click.echo(f"검증: {report.scope}")
    for item in report.checked:
        click.echo(f"  ✓ {item.what} {item.count:,}개")
    for note in report.notes:
        click.echo(f"  ! {note}")
    if report.broken is None:
        click.echo("모두 그대로입니다.")
    else:
        click.echo(f"  ■ {report.broken.what}: {report.broken.why}")


def _as_keys(report: verification.Report) -> dict[str, object]:
    broken = report.broken
    return {
        "holds": report.holds,
        "scope": report.scope,
        "checked": [{"what": item.what, "count": item.count} for item in report.checked],
        "notes": report.notes,
        "broken": None if broken is None else {"what": broken.what, "why": broken.why},
    }

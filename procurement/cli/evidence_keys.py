"""``flask evidence checkpoint``, ``rotate-key``, ``key-lost``, ``recover``: checkpoints and their key."""

from __future__ import annotations

from pathlib import Path

import click
from flask.cli import with_appcontext
from sqlalchemy import select

from procurement.adapters import signatures
from procurement.adapters.signatures import KeyFileError
from procurement.cli.shared import copies_option, end, institution_option, read_copies
from procurement.domain.checkpoint import UnreadableCheckpointError, code_of
from procurement.domain.errors import InvalidInput, NotFound, Refused
from procurement.extensions import db
from procurement.models import Institution
from procurement.models.base import ACROSS
from procurement.services import checkpoints, institutions, recovery, signing, unit
from procurement.services.store import settings


@click.command("checkpoint")
@click.option("-o", "--output", metavar="FILE", type=click.Path(path_type=Path), help="확인점을 쓸 파일")
@institution_option
@click.pass_context
@with_appcontext
def checkpoint_command(context: click.Context, output: Path | None, institution_name: str) -> None:
    """지금의 확인점을 쓰고, -o가 있으면 그 파일로 내보냅니다."""
    try:
        institution = institutions.find(institution_name)
        actor = institutions.operator(institution)
        with unit.work(str(institution.id)):
            row = checkpoints.write(actor, "command")
            number, code = row.number, code_of(row.digest)
            content = checkpoints.signed(row).as_file()
    except (InvalidInput, NotFound) as error:
        end(context, error.message)
    except KeyFileError as error:
        end(context, str(error), 1)
    click.echo(f"확인점 {number}번 {code}")
    if output is None:
        return
    try:
        output.write_text(content, encoding="utf-8")
    except OSError:
        end(context, f"‘{output}’에 쓸 수 없습니다. 폴더가 있는지와 쓰기 권한을 확인하세요.")
    with unit.work(actor.institution_id):
        checkpoints.note_copy(actor, checkpoints.require(number), "downloaded", f"{actor.name} {output.name}")


@click.command("rotate-key")
@click.pass_context
@with_appcontext
def rotate_command(context: click.Context) -> None:
    """확인점에 서명하는 열쇠를 새것으로 바꿉니다. 앞 열쇠가 새 열쇠를 보증하고, 원장에 남습니다."""
    path = settings().signing_key_file
    try:
        with unit.work():
            rows = _institutions()
            known = [keys[-1].key_id for row in rows if (keys := signing.keys_of(row.id))]
            old = signatures.load_recorded(path, known[0] if known else None)
            new = signatures.make_next(path)
            for row in rows:
                unit.bind(str(row.id))
                actor = institutions.operator(row)
                signing.present_key(actor)
                signing.record_rotation(actor, old, new)
        signatures.take_next(path)
    except KeyFileError as error:
        end(context, str(error), 1)
    click.echo(f"서명 열쇠를 바꾸었습니다: {old.key_id} → {new.key_id}")
    click.echo(f"앞 열쇠는 없앴습니다. 새 열쇠 파일 {path}을(를) 백업하세요.")


@click.command("key-lost")
@click.option("--reason", required=True, help="열쇠를 잃은 까닭")
@click.pass_context
@with_appcontext
def lost_command(context: click.Context, reason: str) -> None:
    """잃어버린 열쇠 대신 지금 열쇠 파일의 열쇠를 쓰기 시작하고, 까닭을 원장에 남깁니다."""
    try:
        new = signatures.load(settings().signing_key_file)
        with unit.work():
            for row in _institutions():
                unit.bind(str(row.id))
                if signing.keys_of(row.id):
                    signing.record_loss(institutions.operator(row), new, reason)
    except (InvalidInput, KeyFileError) as error:
        end(context, error.message if isinstance(error, InvalidInput) else str(error), 1)
    click.echo(f"이제부터 새 열쇠({new.key_id})로 서명합니다. 새 공개 열쇠를 감사 담당자에게 알리세요.")


@click.command("recover")
@copies_option
@click.option("--reason", required=True, help="어느 때의 백업을 왜 되살렸는지")
@institution_option
@click.pass_context
@with_appcontext
def recover_command(
    context: click.Context, files: tuple[Path, ...], reason: str, institution_name: str
) -> None:
    """백업을 되살려 없어진 기록을, 밖에 둔 확인점마다 서명한 사건으로 남깁니다."""
    try:
        copies = read_copies(files)
        if not copies:
            raise InvalidInput("백업보다 뒤에 밖에 둔 확인점 파일을 --checkpoint로 주세요.", "checkpoint")
        institution = institutions.find(institution_name)
        actor = institutions.operator(institution)
        with unit.work(str(institution.id)):
            lost = [recovery.recover(actor, copy.signed, reason) for copy in copies]
    except (InvalidInput, NotFound, Refused) as error:
        end(context, error.message, 1)
    except (KeyFileError, UnreadableCheckpointError) as error:
        end(context, str(error), 1)
    for copy, heads in zip(copies, lost, strict=True):
        click.echo(f"{copy.name}: 원장 {len(heads)}개가 이 확인점보다 앞으로 돌아갔음을 기록했습니다.")


def _institutions() -> list[Institution]:
    return list(
        db.session.scalars(select(Institution).order_by(Institution.name).execution_options(**{ACROSS: True}))
    )

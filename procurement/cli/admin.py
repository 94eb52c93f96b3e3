"""``flask admin create``: the first administrator of an institution, who then makes every other account."""

from __future__ import annotations

from typing import cast

import click
from flask import current_app
from flask.cli import AppGroup

from procurement.cli.shared import end
from procurement.config import Settings
from procurement.domain.errors import InvalidInput
from procurement.domain.facts.case import InstitutionKind
from procurement.services import admin, people, unit

admin_group = AppGroup("admin", help="기관과 그 관리자를 만듭니다.")


@admin_group.command("create")
@click.option("--institution", required=True, metavar="NAME", help="기관 이름. 없으면 만듭니다")
@click.option(
    "--kind",
    type=click.Choice([kind.value for kind in InstitutionKind]),
    required=True,
    help=" · ".join(f"{kind.value} {kind.label}" for kind in InstitutionKind),
)
@click.option("--login", required=True, help="관리자의 아이디")
@click.option("--name", required=True, help="관리자의 이름")
@click.pass_context
def create_command(context: click.Context, institution: str, kind: str, login: str, name: str) -> None:
    """기관 관리자를 만들고, 비밀번호를 정하는 링크를 한 번 보입니다."""
    try:
        with unit.work():
            token = admin.first_administrator(
                institution=institution, kind=InstitutionKind(kind), login=login, name=name
            )
    except InvalidInput as error:
        end(context, error.message)
    click.echo(f"{institution}의 관리자 {name}({people.clean_login(login)})을(를) 만들었습니다.")
    click.echo(f"{people.LINK_DAYS}일 안에 아래 주소에서 비밀번호를 정하세요. 한 번만 쓸 수 있습니다.")
    click.echo(f"{_address()}/link/{token}")


def _address() -> str:
    """Where the application is reached, as far as its settings say."""
    settings = cast(Settings, current_app.config["SETTINGS"])
    if settings.trusted_hosts:
        return f"https://{settings.trusted_hosts[0]}"
    return f"http://{settings.host}:{settings.port}"

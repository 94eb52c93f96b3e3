"""``flask demo``: load the sample institution unless it is there, and print its accounts."""

from __future__ import annotations

import click
from flask.cli import with_appcontext

from procurement.adapters.fonts import FontsMissingError
from procurement.demo import people
from procurement.demo.loading import SampleError, load
from procurement.services.store import settings


@click.command("demo")
@click.pass_context
@with_appcontext
def demo_command(context: click.Context) -> None:
    """표본 기관을 넣고 계정과 이용계약 건을 보여 줍니다. 다시 해도 바뀌는 것이 없습니다."""
    if settings().production:
        click.echo("운영 모드에서는 표본 기관을 넣지 않습니다. 연습용 데이터베이스에서 실행하세요.", err=True)
        context.exit(2)
    try:
        cases = load()
    except (SampleError, FontsMissingError) as error:
        click.echo(str(error), err=True)
        context.exit(1)
    click.echo(f"{people.INSTITUTION} — 연습용이며 실제 기관, 사람, 계약이 아닙니다.")
    click.echo(f"비밀번호는 모두 {people.PASSWORD}")
    for person in people.PEOPLE:
        roles = ", ".join(role.label for role in person.roles)
        click.echo(f"  {person.login:<10} {person.name} ({roles})")
    for number, title in cases:
        click.echo(f"  {number} {title}")

"""``flask due``: by which day, counted the Korean way. Needs no database."""

import json
from datetime import date
from typing import cast

import click
from flask import current_app
from flask.cli import with_appcontext

from procurement.adapters.holidays_kr import KoreanHolidays, parse_extra
from procurement.config import Settings
from procurement.domain.errors import InvalidInput
from procurement.domain.periods import (
    MAX_DAYS,
    Due,
    business_days_after,
    days_before,
    due_within,
    format_date,
    parse_date,
)


class _Day(click.ParamType[date]):
    name = "date"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> date:
        try:
            return parse_date(str(value))
        except InvalidInput as error:
            self.fail(error.message, param, ctx)


@click.command("due")
@click.option("--from", "start", type=_Day(), required=True, help="세기 시작하는 날. 예: 2026-11-21")
@click.option("--days", type=click.IntRange(1, MAX_DAYS), required=True, help="날수")
@click.option(
    "--mode",
    type=click.Choice(["forward", "business", "backward"]),
    default="forward",
    show_default=True,
    help="forward N일 이내 · business 토요일·공휴일을 빼고 N일 · backward N일 전까지",
)
@click.option("--json", "as_json", is_flag=True, help="JSON으로 출력")
@with_appcontext
def due_command(start: date, days: int, mode: str, as_json: bool) -> None:
    """기한이 언제인지 셉니다(민법 제157조~제161조)."""
    try:
        found = _count(start, days, mode)
    except InvalidInput as error:
        raise click.UsageError(error.message) from error
    if as_json:
        click.echo(json.dumps(_as_keys(found), ensure_ascii=False))
    else:
        click.echo(f"{format_date(found.due)} — {found.reason}")


def _count(start: date, days: int, mode: str) -> Due:
    if mode == "backward":
        return days_before(start, days)
    holidays = KoreanHolidays(parse_extra(_settings().extra_holidays))
    if mode == "business":
        return business_days_after(start, days, holidays)
    return due_within(start, days, holidays)


def _settings() -> Settings:
    return cast(Settings, current_app.config["SETTINGS"])


def _as_keys(found: Due) -> dict[str, str | int | bool]:
    return {
        "from": found.start.isoformat(),
        "days": found.days,
        "nominal": found.nominal.isoformat(),
        "due": found.due.isoformat(),
        "shifted": found.shifted,
        "reason": found.reason,
    }

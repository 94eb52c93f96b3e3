"""The holidays of 2026 and 2027 as published, days that an institution adds, and the due command."""

import json
from datetime import date, timedelta

import pytest
from flask import Flask
from flask.testing import FlaskCliRunner

from procurement.adapters.holidays_kr import TEMPORARY, KoreanHolidays, holidays_between, parse_extra
from procurement.cli.due import due_command
from procurement.config import Settings
from procurement.domain.errors import InvalidInput

PUBLISHED = {
    2026: "0101 0216 0217 0218 0301 0302 0501 0505 0524 0525 0603 0606 0717 0815 0817 0924 0925 0926 1003"
    " 1005 1009 1225",
    2027: "0101 0206 0207 0208 0209 0301 0501 0503 0505 0513 0606 0717 0719 0815 0816 0914 0915 0916 1003"
    " 1004 1009 1011 1225 1227",
}


@pytest.mark.parametrize("year", sorted(PUBLISHED))
def test_the_holidays_of_a_year_are_those_published(year: int) -> None:
    holidays = KoreanHolidays()
    days = [date(year, 1, 1) + timedelta(days=n) for n in range(365)]
    assert [f"{day:%m%d}" for day in days if holidays(day)] == PUBLISHED[year].split()


def test_holidays_have_their_korean_names() -> None:
    assert KoreanHolidays()(date(2026, 10, 5)) == "개천절 대체 휴일"
    assert KoreanHolidays()(date(2026, 7, 17)) == "제헌절"


def test_a_temporary_holiday_can_be_added() -> None:
    extra = parse_extra("2026-10-02 임시공휴일; 2027-05-06,\n2026-12-25 겹치는 이름\n")
    holidays = KoreanHolidays(extra)
    assert holidays(date(2026, 10, 2)) == "임시공휴일"
    assert holidays(date(2027, 5, 6)) == TEMPORARY
    assert holidays(date(2026, 12, 25)) == "기독탄신일"
    assert KoreanHolidays()(date(2026, 10, 2)) is None
    assert parse_extra("") == {}


def test_an_added_holiday_without_a_date_is_refused() -> None:
    with pytest.raises(InvalidInput, match="날짜로 읽을 수 없습니다"):
        parse_extra("임시공휴일")


def test_the_holidays_of_a_span_include_both_ends_and_added_days() -> None:
    found = holidays_between(
        date(2026, 12, 25), date(2027, 2, 6), extra="2026-12-31,2027-02-07,2027-01-01 다른 이름"
    )
    assert found == {
        date(2026, 12, 25): "기독탄신일",
        date(2026, 12, 31): TEMPORARY,
        date(2027, 1, 1): KoreanHolidays()(date(2027, 1, 1)),
        date(2027, 2, 6): "설날 전날",
    }


@pytest.mark.parametrize("year", [1947, 2101])
def test_years_without_known_holidays_are_refused(year: int) -> None:
    with pytest.raises(InvalidInput, match="공휴일은 알 수 없습니다"):
        KoreanHolidays()(date(year, 1, 1))


@pytest.fixture
def runner() -> FlaskCliRunner:
    app = Flask("procurement")
    app.config["SETTINGS"] = Settings(extra_holidays="2026-12-21 임시공휴일")
    app.cli.add_command(due_command)
    return app.test_cli_runner()


@pytest.mark.parametrize(
    ("arguments", "answer"),
    [
        ("--from 2026-09-03 --days 30", ("2026-09-03", 30, "2026-10-03", "2026-10-06", True)),
        ("--from 20261121 --days 30 --mode forward", ("2026-11-21", 30, "2026-12-21", "2026-12-22", True)),
        ("--from 2026-11-20 --days 3", ("2026-11-20", 3, "2026-11-23", "2026-11-23", False)),
        ("--from 2026-09-22 --days 5 --mode business", ("2026-09-22", 5, "2026-09-27", "2026-10-01", True)),
        ("--from 2026-12-31 --days 30 --mode backward", ("2026-12-31", 30, "2026-12-01", "2026-11-30", True)),
    ],
)
def test_the_command_answers_with_the_documented_keys(
    runner: FlaskCliRunner, arguments: str, answer: tuple[str, int, str, str, bool]
) -> None:
    result = runner.invoke(args=["due", *arguments.split(), "--json"])
    found = json.loads(result.output)
    assert result.exit_code == 0
    assert list(found) == ["from", "days", "nominal", "due", "shifted", "reason"]
    assert tuple(found.values())[:5] == answer
    assert found["reason"].endswith(".")


def test_the_command_speaks_in_a_sentence_without_json(runner: FlaskCliRunner) -> None:
    result = runner.invoke(args=["due", "--from", "2026-09-03", "--days", "30"])
    assert result.exit_code == 0
    assert result.output.startswith("2026. 10. 6. — 첫날을 빼고")


@pytest.mark.parametrize(
    "arguments",
    [
        "",
        "--from 2026-02-30 --days 30",
        "--from 2026-11-21",
        "--from 2026-11-21 --days 0",
        "--from 2026-11-21 --days many",
        "--from 2026-11-21 --days 30 --mode sideways",
        "--from 2100-12-31 --days 30",
    ],
)
def test_wrong_use_of_the_command_ends_with_two(runner: FlaskCliRunner, arguments: str) -> None:
    assert runner.invoke(args=["due", *arguments.split(), "--json"]).exit_code == 2

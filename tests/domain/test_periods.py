"""Days counted the Korean way, against days worked out by hand from the published holidays."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from procurement.domain.errors import InvalidInput
from procurement.domain.periods import (
    MAX_DAYS,
    add_months,
    business_days_after,
    contract_days,
    days_before,
    days_late,
    due_within,
    fiscal_year_end,
    format_date,
    parse_date,
    period_end,
    rest_day,
    within_twelve_months,
)

HOLIDAYS = {
    date(2026, 9, 24): "추석 전날",
    date(2026, 9, 25): "추석",
    date(2026, 9, 26): "추석 다음날",
    date(2026, 10, 3): "개천절",
    date(2026, 10, 5): "개천절 대체 휴일",
    date(2026, 10, 9): "한글날",
    date(2026, 12, 25): "기독탄신일",
    date(2027, 2, 6): "설날 전날",
    date(2027, 2, 8): "설날 다음날",
    date(2027, 2, 9): "설날 대체 휴일",
    date(2027, 5, 3): "노동절 대체 휴일",
}
DAYS = st.dates(date(2000, 1, 1), date(2090, 12, 31))


def published(day: date, /) -> str | None:
    return HOLIDAYS.get(day)


def none(day: date, /) -> str | None:
    return None


@pytest.mark.parametrize(
    ("start", "due"),
    [
        ("2026-11-21", "2026-12-21"),
        ("2026-09-03", "2026-10-06"),
        ("2026-08-26", "2026-09-28"),
        ("2026-11-25", "2026-12-28"),
        ("2027-01-07", "2027-02-10"),
        ("2027-04-03", "2027-05-04"),
        ("2026-05-08", "2026-06-08"),
    ],
)
def test_thirty_days_leave_the_first_out_and_pass_over_days_of_rest(start: str, due: str) -> None:
    found = due_within(parse_date(start), 30, published)
    assert found.due == parse_date(due)
    assert found.nominal == found.start + timedelta(days=30)
    assert found.shifted == (found.due != found.nominal)


def test_the_reason_names_every_day_that_was_passed_over() -> None:
    found = due_within(date(2026, 9, 3), 30, published)
    assert found.reason == (
        "첫날을 빼고 30일째가 쉬는 날(2026. 10. 3.(개천절), 2026. 10. 4.(일요일), "
        "2026. 10. 5.(개천절 대체 휴일))이어서 그다음 날까지입니다(민법 제157조, 제161조)."
    )
    assert due_within(date(2026, 11, 21), 30, published).reason == (
        "첫날을 빼고 30일째 되는 날까지입니다(민법 제157조, 제159조)."
    )


@pytest.mark.parametrize(
    ("start", "due"),
    [("2026-09-22", "2026-10-01"), ("2026-12-23", "2026-12-31"), ("2026-10-01", "2026-10-12")],
)
def test_five_days_of_work_skip_saturdays_sundays_and_holidays(start: str, due: str) -> None:
    found = business_days_after(parse_date(start), 5, published)
    assert found.due == parse_date(due)
    assert found.nominal == found.start + timedelta(days=5)
    assert found.shifted is True


def test_a_week_without_rest_days_shifts_nothing() -> None:
    found = business_days_after(date(2026, 11, 23), 4, published)
    assert (found.due, found.shifted) == (date(2026, 11, 27), False)
    assert "건너뛰어" not in found.reason


def test_backwards_the_safe_day_lies_one_before_the_plain_subtraction() -> None:
    found = days_before(date(2026, 12, 31), 30)
    assert found.nominal == date(2026, 12, 1)
    assert found.due == date(2026, 11, 30)
    assert "2026. 12. 1." in found.reason


def test_backwards_a_day_of_rest_stays() -> None:
    assert days_before(date(2026, 12, 31), 31).due == date(2026, 11, 29)
    assert date(2026, 11, 29).weekday() == 6


@pytest.mark.parametrize("days", [0, -1, MAX_DAYS + 1])
def test_a_period_that_cannot_be_counted_is_refused(days: int) -> None:
    with pytest.raises(InvalidInput, match="날수를 확인하세요"):
        due_within(date(2026, 1, 1), days, none)
    with pytest.raises(InvalidInput):
        business_days_after(date(2026, 1, 1), days, none)
    with pytest.raises(InvalidInput):
        days_before(date(2026, 1, 1), days)


def test_a_period_beyond_the_calendar_is_refused() -> None:
    with pytest.raises(InvalidInput, match="달력의 범위"):
        due_within(date(9999, 12, 31), 1, none)
    with pytest.raises(InvalidInput, match="달력의 범위"):
        days_before(date(1, 1, 1), 1)
    with pytest.raises(InvalidInput, match="달력의 범위"):
        add_months(date(9999, 12, 31), 1)


@given(DAYS, st.integers(1, 400))
def test_a_due_day_is_a_day_of_work_and_never_early(start: date, days: int) -> None:
    forward, business = due_within(start, days, published), business_days_after(start, days, published)
    assert rest_day(forward.due, published) is None
    assert rest_day(business.due, published) is None
    assert start + timedelta(days=days) == forward.nominal <= forward.due <= business.due


@given(DAYS, st.integers(1, 60))
def test_days_of_work_are_as_many_as_asked_for(start: date, days: int) -> None:
    due = business_days_after(start, days, published).due
    between = [start + timedelta(days=n) for n in range(1, (due - start).days + 1)]
    assert sum(rest_day(day, published) is None for day in between) == days


def test_saturday_sunday_and_holiday_are_told_by_name() -> None:
    assert rest_day(date(2026, 10, 10), published) == "토요일"
    assert rest_day(date(2026, 10, 11), published) == "일요일"
    assert rest_day(date(2026, 10, 3), published) == "개천절"
    assert rest_day(date(2026, 10, 12), published) is None


@pytest.mark.parametrize(
    ("day", "months", "then"),
    [
        ("2026-01-31", 1, "2026-02-28"),
        ("2024-01-31", 1, "2024-02-29"),
        ("2026-12-15", 1, "2027-01-15"),
        ("2026-03-31", -1, "2026-02-28"),
        ("2026-01-15", -13, "2024-12-15"),
        ("2026-01-15", 0, "2026-01-15"),
    ],
)
def test_months_are_counted_by_the_calendar(day: str, months: int, then: str) -> None:
    assert add_months(parse_date(day), months) == parse_date(then)


@pytest.mark.parametrize(
    ("start", "last"),
    [
        ("2026-03-01", "2027-02-28"),
        ("2026-01-01", "2026-12-31"),
        ("2024-02-29", "2025-02-28"),
        ("2023-03-01", "2024-02-29"),
    ],
)
def test_twelve_months_end_the_day_before_the_same_day(start: str, last: str) -> None:
    begin, end = parse_date(start), parse_date(last)
    assert period_end(begin, 12) == end
    assert within_twelve_months(begin, end)
    assert not within_twelve_months(begin, end + timedelta(days=1))


def test_the_fiscal_year_is_the_calendar_year() -> None:
    assert fiscal_year_end(date(2026, 1, 1)) == fiscal_year_end(date(2026, 12, 31)) == date(2026, 12, 31)


def test_contract_days_include_both_ends() -> None:
    assert contract_days(date(2026, 1, 1), date(2026, 12, 31)) == 365
    assert contract_days(date(2026, 1, 1), date(2026, 1, 1)) == 1
    with pytest.raises(InvalidInput, match="보다 빠릅니다") as caught:
        contract_days(date(2026, 1, 2), date(2026, 1, 1), field="end")
    assert caught.value.field == "end"


@pytest.mark.parametrize(("done", "late"), [(9, 0), (10, 0), (11, 1), (20, 10)])
def test_lateness_begins_on_the_day_after(done: int, late: int) -> None:
    assert days_late(date(2026, 11, 10), date(2026, 11, done)) == late


@pytest.mark.parametrize(
    "text",
    [
        "20261121",
        "2026-11-21",
        "2026. 11. 21.",
        "2026.11.21",
        "2026.11.21.",
        "2026/11/21",
        "2026년 11월 21일",
        "２０２６．　１１．　２１．",
        " 2026-11-21 ",
    ],
)
def test_a_date_is_read_in_every_usual_spelling(text: str) -> None:
    assert parse_date(text) == date(2026, 11, 21)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "비어"),
        ("2026-02-30", "2026년 2월에는 30일이 없습니다. 1일부터 28일까지"),
        ("2024. 2. 30.", "1일부터 29일까지"),
        ("20260431", "2026년 4월에는 31일이 없습니다"),
        ("2026-00-10", "0월은 없는 달"),
        ("2026-13-01", "13월은 없는 달"),
        ("2026-11-00", "0일이 없습니다"),
        ("0026-11-21", "연도가 0026년"),
        ("2026-11", "날짜로 읽을 수 없습니다"),
        ("26-11-21", "날짜로 읽을 수 없습니다"),
        ("2026-11/21", "날짜로 읽을 수 없습니다"),
        ("46347", "날짜로 읽을 수 없습니다"),
        ("내일", "날짜로 읽을 수 없습니다"),
        ("٢٠٢٦-١١-٢١", "날짜로 읽을 수 없습니다"),
    ],
)
def test_what_is_no_date_is_refused_with_what_is_wrong(text: str, says: str) -> None:
    with pytest.raises(InvalidInput, match=says) as caught:
        parse_date(text, field="signed_on")
    assert caught.value.field == "signed_on"


@given(DAYS)
def test_a_written_date_is_read_back(day: date) -> None:
    assert parse_date(format_date(day)) == parse_date(day.isoformat()) == parse_date(f"{day:%Y%m%d}") == day


def test_dates_are_written_as_the_regulation_says() -> None:
    assert format_date(date(2026, 3, 5)) == "2026. 3. 5."

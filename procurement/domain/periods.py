"""Counting days the Korean way, and reading dates as people write them.

A period of days leaves its first day out (민법 제157조), ends with the end of its last day (제159조), and
moves on when that day is a Saturday or a public holiday (제161조); administrative law follows the same
(행정기본법 제6조 제1항). Months are counted by the calendar (제160조). Which days are holidays is handed in,
for the list changes every year and an institution may add days to it.
"""

import re
from calendar import monthrange
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Protocol

from procurement.domain.errors import InvalidInput
from procurement.domain.hangul import half_width

MAX_DAYS = 36_500
"""A hundred years; a longer period is a slip of the keyboard."""

_DATE = re.compile(
    r"^(?:(\d{4})(\d{2})(\d{2})|(\d{4})([-./])(\d{1,2})\5(\d{1,2})\.?|(\d{4})년(\d{1,2})월(\d{1,2})일)$",
    re.ASCII,
)


class HolidayCalendar(Protocol):
    """Which days are public holidays; Saturdays and Sundays need not be listed."""

    def __call__(self, day: date, /) -> str | None:
        """The name of the public holiday on this day, ``None`` when there is none."""


@dataclass(frozen=True)
class Due:
    """A day by which something has to be done, and how it was found.

    ``nominal`` is the plain count on the calendar, ``due`` the day that holds, ``shifted`` whether the two
    differ, ``reason`` a Korean sentence that says how the day was counted.
    """

    start: date
    days: int
    nominal: date
    due: date
    shifted: bool
    reason: str


def due_within(start: date, days: int, holidays: HolidayCalendar) -> Due:
    """``start``부터 ``days``일 이내: the first day is not counted, a last day of rest moves on.

    :param start: the day of the event that sets the period going.
    :param days: 1 to ``MAX_DAYS``.
    :raises InvalidInput: ``days`` out of range.
    """
    nominal = _plus(start, _checked(days))
    due, passed = nominal, list[str]()
    while rest := rest_day(due, holidays):
        passed.append(f"{format_date(due)}({rest})")
        due = _plus(due, 1)
    if passed:
        reason = (
            f"첫날을 빼고 {days}일째가 쉬는 날({', '.join(passed)})이어서 그다음 날까지입니다"
            "(민법 제157조, 제161조)."
        )
    else:
        reason = f"첫날을 빼고 {days}일째 되는 날까지입니다(민법 제157조, 제159조)."
    return Due(start, days, nominal, due, due != nominal, reason)


def business_days_after(start: date, days: int, holidays: HolidayCalendar) -> Due:
    """``days``일(공휴일과 토요일 제외), as 국가계약법 시행령 제58조 counts payment after a claim.

    :param start: the day of the event; not counted.
    :param days: days of work, 1 to ``MAX_DAYS``.
    :raises InvalidInput: ``days`` out of range.
    """
    nominal = _plus(start, _checked(days))
    due, worked, skipped = start, 0, 0
    while worked < days:
        due = _plus(due, 1)
        if rest_day(due, holidays) is None:
            worked += 1
        else:
            skipped += 1
    counted = f"쉬는 날 {skipped}일을 건너뛰어 " if skipped else ""
    reason = f"첫날과 토요일·공휴일을 빼고 {counted}{days}일째 되는 날까지입니다(민법 제157조)."
    return Due(start, days, nominal, due, due != nominal, reason)


def days_before(end: date, days: int) -> Due:
    """``end`` ``days``일 전까지, counted backwards.

    Two readings exist. Plain subtraction is ``nominal``. Counting backwards without the first day, so that
    ``days`` whole days lie between the two, is a day earlier; whoever keeps to it is in time by either
    reading, so it is ``due``. A day of rest moves neither: 제161조 lengthens a period, and here a later day
    would be too late.

    :param end: the day that the period is counted back from, e.g. the end of the contract.
    :param days: 1 to ``MAX_DAYS``.
    :raises InvalidInput: ``days`` out of range.
    """
    nominal = _plus(end, -_checked(days))
    due = _plus(nominal, -1)
    reason = (
        f"단순히 빼면 {format_date(nominal)}이지만, 거꾸로 셀 때도 첫날을 빼면 하루 앞섭니다(민법 제157조). "
        "어느 쪽으로 보아도 늦지 않게 앞선 날로 정했습니다."
    )
    return Due(end, days, nominal, due, True, reason)


def rest_day(day: date, holidays: HolidayCalendar) -> str | None:
    """Why nobody works on this day: name of the holiday, 토요일, 일요일; ``None`` on a day of work.

    A Sunday is a public holiday by itself (관공서의 공휴일에 관한 규정 제2조).
    """
    return holidays(day) or {5: "토요일", 6: "일요일"}.get(day.weekday())


def add_months(day: date, months: int) -> date:
    """The same day ``months`` later (or earlier, below 0), or the month's last where there is no such day."""
    years, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    if not date.min.year <= years <= date.max.year:
        raise _out_of_calendar()
    return date(years, month + 1, min(day.day, monthrange(years, month + 1)[1]))


def period_end(start: date, months: int) -> date:
    """The last day of a period of ``months`` that runs from the first hour of ``start`` (민법 제160조).

    2026-03-01 and 12 months end on 2027-02-28. Where the last month has no such day, its last day ends the
    period: 2024-02-29 and 12 months end on 2025-02-28.
    """
    same_day = add_months(start, months)
    return same_day if same_day.day != start.day else same_day - timedelta(days=1)


def whole_months(start: date, end: date) -> int | None:
    """Months of the period from ``start`` to ``end``, both included; ``None`` when these are not whole."""
    months = (end.year - start.year) * 12 + end.month - start.month
    return next((n for n in (months, months + 1) if n > 0 and period_end(start, n) == end), None)


def within_twelve_months(start: date, end: date) -> bool:
    """Whether a contract from ``start`` to ``end``, both included, lasts no longer than twelve months."""
    return end <= period_end(start, 12)


def fiscal_year_end(day: date) -> date:
    """The last day of the fiscal year, 1 January to 31 December (국가재정법 제2조, 지방회계법 제6조)."""
    return date(day.year, 12, 31)


def contract_days(start: date, end: date, *, field: str = "") -> int:
    """Days of a contract period, first and last included.

    :raises InvalidInput: the end lies before the start.
    """
    if end < start:
        raise InvalidInput(
            f"끝나는 날({format_date(end)})이 시작하는 날({format_date(start)})보다 빠릅니다. "
            "두 날짜를 확인하세요.",
            field,
        )
    return (end - start).days + 1


def days_late(due: date, done: date) -> int:
    """Days from the day after ``due`` to ``done``; 0 when in time."""
    return max(0, (done - due).days)


def format_date(day: date) -> str:
    """``2026. 11. 21.``, as 행정업무규정 제7조 has dates written."""
    return f"{day.year}. {day.month}. {day.day}."


def parse_date(text: str, *, field: str = "") -> date:
    """Read a day written as ``2026-11-21``, ``2026. 11. 21.``, ``2026.11.21``, ``2026/11/21``, ``20261121``
    or ``2026년 11월 21일``.

    :param text: what was typed; half or full width, blanks ignored.
    :param field: the form field that the error belongs to.
    :raises InvalidInput: not a date, or a day that no calendar has, saying which part is wrong.
    """
    folded = half_width(text)
    if not folded:
        raise InvalidInput("날짜가 비어 있습니다. 연, 월, 일을 입력하세요. 예: 2026. 11. 21.", field)
    match = _DATE.match(folded)
    if match is None:
        raise InvalidInput(
            f"‘{text.strip()[:40]}’은(는) 날짜로 읽을 수 없습니다. "
            "2026. 11. 21. 또는 2026-11-21처럼 입력하세요.",
            field,
        )
    year, month, day = (int(part) for part in match.groups() if part and part not in "-./")
    return _calendar_day(year, month, day, field)


def _calendar_day(year: int, month: int, day: int, field: str) -> date:
    if not 1900 <= year <= 2999:
        raise InvalidInput(f"연도가 {year:04d}년으로 적혀 있습니다. 네 자리 연도를 확인하세요.", field)
    if not 1 <= month <= 12:
        raise InvalidInput(f"{month}월은 없는 달입니다. 1월부터 12월까지 가운데 입력하세요.", field)
    last = monthrange(year, month)[1]
    if not 1 <= day <= last:
        raise InvalidInput(
            f"{year}년 {month}월에는 {day}일이 없습니다. 1일부터 {last}일까지 가운데 입력하세요.", field
        )
    return date(year, month, day)


def _checked(days: int) -> int:
    if not 1 <= days <= MAX_DAYS:
        raise InvalidInput(f"기간은 1일부터 {MAX_DAYS:,}일까지 셀 수 있습니다. 날수를 확인하세요.")
    return days


def _plus(day: date, days: int) -> date:
    try:
        return day + timedelta(days=days)
    except OverflowError:
        raise _out_of_calendar() from None


def _out_of_calendar() -> InvalidInput:
    return InvalidInput("날짜가 달력의 범위를 벗어납니다. 시작하는 날과 기간을 확인하세요.")

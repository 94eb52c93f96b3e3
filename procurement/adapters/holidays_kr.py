"""Korean public holidays: what the ``holidays`` library knows, and days an institution adds.

The library computes substitute holidays from the regulation. A temporary holiday (임시공휴일) is decided by
the cabinet weeks ahead, so it has to be possible to add one without a new release.
"""

import re
from collections.abc import Mapping
from datetime import date
from functools import lru_cache
from types import MappingProxyType

from holidays import country_holidays

from procurement.domain.errors import InvalidInput
from procurement.domain.periods import parse_date

FIRST_YEAR, LAST_YEAR = 1948, 2100
"""The years that the library knows; outside of them it would call every day a day of work."""

TEMPORARY = "임시공휴일"


class KoreanHolidays:
    """A ``HolidayCalendar`` of the Republic of Korea.

    :param extra: days to add with their names; a day that is a holiday anyway keeps its own name.
    """

    def __init__(self, extra: Mapping[date, str] | None = None) -> None:
        self._extra = dict(extra or {})

    def __call__(self, day: date, /) -> str | None:
        """The name of the public holiday, ``None`` on any other day (Saturdays and Sundays included).

        :raises InvalidInput: a year that the library does not know.
        """
        return _of_year(day.year).get(day) or self._extra.get(day)


@lru_cache(maxsize=64)
def _of_year(year: int) -> Mapping[date, str]:
    # A whole year at once and never changed again: the library fills its own object while it is asked,
    # which two threads of a server must not do together.
    if not FIRST_YEAR <= year <= LAST_YEAR:
        raise InvalidInput(
            f"{year}년의 공휴일은 알 수 없습니다. {FIRST_YEAR}년부터 {LAST_YEAR}년 사이의 날짜를 입력하세요."
        )
    found = country_holidays("KR", years=year, language="ko", expand=False)
    return MappingProxyType({day: name for day, name in found.items() if day.year == year})


def holidays_between(first: date, last: date, *, extra: str = "") -> dict[date, str]:
    """All holidays from ``first`` to ``last``, both included, with their names; ``.get`` is a calendar.

    :param extra: added days as the setting holds them, see :func:`parse_extra`.
    :raises InvalidInput: a year that the library does not know, or an added day that is no date.
    """
    found = dict(parse_extra(extra))
    for year in range(first.year, last.year + 1):
        found.update(_of_year(year))
    return {day: found[day] for day in sorted(found) if first <= day <= last}


def parse_extra(text: str) -> dict[date, str]:
    """Read added holidays from a setting: ``2027-05-06 임시공휴일, 2027-09-17``; the name may be left out.

    :param text: days apart by comma, semicolon or line; ``""`` for none.
    :raises InvalidInput: an entry that does not begin with a date.
    """
    extra: dict[date, str] = {}
    for entry in filter(None, (part.strip() for part in re.split(r"[,;\n]", text))):
        day, _, name = entry.partition(" ")
        extra[parse_date(day)] = name.strip() or TEMPORARY
    return extra

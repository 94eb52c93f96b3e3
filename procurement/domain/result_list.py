"""Looking through a frozen result list: filters with their counts, order, pages (guideline Ⅲ.2.③).

A filter narrows what is shown and nothing else: the list stays whole, and so does what is evaluated. A
service whose page did not say stays in sight behind those that match, since unknown is no mismatch.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from procurement.domain.facts.search import ResultRow
from procurement.domain.result_facts import registered
from procurement.domain.rules.lots import folded

PAGE_SIZE = 50

Reader = Callable[[ResultRow, date], str | None]


@dataclass(frozen=True)
class Looking:
    """How a list is looked at: options by filter, a text in name or provider, the order, the page from 1."""

    chosen: Mapping[str, frozenset[str]] = field(default_factory=dict)
    text: str = ""
    sort: str = "position"
    page: int = 1


@dataclass(frozen=True)
class FacetOption:
    """A value of a filter: how many services it leaves, and how many more did not say."""

    value: str
    remain: int
    unknown: int
    chosen: bool


@dataclass(frozen=True)
class Facet:
    """A filter over a result list; ``unknown`` counts the services that did not say."""

    key: str
    title: str
    options: tuple[FacetOption, ...]
    unknown: int


@dataclass(frozen=True)
class Shown:
    """One page of a list: ``matched`` services fit, ``unknown`` may, ``excluded`` do not.

    ``unsure`` holds the positions on this page that need a look; ``silent`` the titles of filters about
    which no service of the list says anything.
    """

    rows: tuple[ResultRow, ...]
    unsure: frozenset[int]
    matched: int
    unknown: int
    excluded: int
    page: int
    pages: int
    facets: tuple[Facet, ...]
    silent: tuple[str, ...]

    @property
    def total(self) -> int:
        """How many services are listed on all pages."""
        return self.matched + self.unknown


def _certificate(row: ResultRow, day: date) -> str | None:
    return None if row.csap_to is None else "유효" if row.csap_to >= day else "만료"


_READERS: Mapping[str, tuple[str, Reader]] = {
    "type": ("서비스 유형", lambda row, _: row.service_type.label if row.service_type else None),
    "size": ("기업 유형", lambda row, _: row.company_size),
    "kind": ("제공 유형", lambda row, _: row.provider_kind),
    "mall": ("디지털서비스몰", lambda row, _: registered(row.in_mall)),
    "innovation": ("혁신제품", lambda row, _: registered(row.innovation)),
    "csap": ("CSAP 등급", lambda row, _: row.csap_grade),
    "valid": ("CSAP 유효기간", _certificate),
}
FACETS: tuple[str, ...] = tuple(_READERS)

_ORDERS: Mapping[str, Callable[[ResultRow], tuple[object, ...]]] = {
    "position": lambda row: (row.position,),
    "name": lambda row: (row.service_name, row.position),
    "provider": lambda row: (row.provider_name is None, row.provider_name or "", row.position),
    "price": lambda row: (row.price_won is None, row.price_won or 0, row.position),
    "certificate": lambda row: (row.csap_to is None, row.csap_to or date.max, row.position),
}
SORTS: tuple[str, ...] = tuple(_ORDERS)


@dataclass(frozen=True)
class _Asked:
    """A list under the options chosen: what each row says to each filter, and how it stands.

    ``columns`` holds the values filter by filter; ``failed`` and ``silent``, row by row, the filters (of
    those in use) that the row fails, and those to which it gives no answer.
    """

    rows: Sequence[ResultRow]
    columns: tuple[Sequence[str | None], ...]
    chosen: tuple[frozenset[str], ...]
    failed: Sequence[tuple[int, ...]]
    silent: Sequence[tuple[int, ...]]


def look_through(rows: Sequence[ResultRow], looking: Looking, day: date) -> Shown:
    """The page of ``rows`` that is asked for, with the filters and their counts.

    :param day: the day that validity of certificates is judged by: when the search was made.

    An unknown order or page falls back to the nearest one there is; unknown filters are passed over.
    """
    columns = tuple([read(row, day) for row in rows] for _, read in _READERS.values())
    values = tuple(sorted({value for value in column if value is not None}) for column in columns)
    chosen = tuple(looking.chosen.get(key, frozenset()) & set(values[at]) for at, key in enumerate(FACETS))
    asked = _asked(rows, columns, chosen, looking.text)
    listed = _in_order(asked, looking.sort)
    pages = max(1, -(-len(listed) // PAGE_SIZE))
    page = max(1, min(looking.page, pages))
    here = listed[(page - 1) * PAGE_SIZE : page * PAGE_SIZE]
    unknown = sum(doubtful for doubtful, _ in listed)
    facets = tuple(_facet(at, asked, values[at]) for at in range(len(FACETS)))
    return Shown(
        rows=tuple(row for _, row in here),
        unsure=frozenset(row.position for doubtful, row in here if doubtful),
        matched=len(listed) - unknown,
        unknown=unknown,
        excluded=len(rows) - len(listed),
        page=page,
        pages=pages,
        facets=tuple(facet for facet in facets if facet.options),
        silent=tuple(facet.title for facet in facets if not facet.options) if rows else (),
    )


def _asked(
    rows: Sequence[ResultRow],
    columns: tuple[Sequence[str | None], ...],
    chosen: tuple[frozenset[str], ...],
    text: str,
) -> _Asked:
    wanted = folded(text)
    if wanted:
        here = [
            at
            for at, row in enumerate(rows)
            if wanted in folded(f"{row.service_name} {row.provider_name or ''}")
        ]
        rows = [rows[at] for at in here]
        columns = tuple([column[at] for at in here] for column in columns)
    used = [at for at in range(len(FACETS)) if chosen[at]]
    if not used:
        return _Asked(rows, columns, chosen, [()] * len(rows), [()] * len(rows))
    said = list(zip(*(columns[at] for at in used), strict=True))
    return _Asked(
        rows,
        columns,
        chosen,
        [tuple(at for at, v in zip(used, one, strict=True) if v and v not in chosen[at]) for one in said],
        [tuple(at for at, v in zip(used, one, strict=True) if v is None) for one in said],
    )


def _in_order(asked: _Asked, sort: str) -> list[tuple[bool, ResultRow]]:
    """Rows that no filter excludes, each with whether it needs a look; those behind the others."""
    order = _ORDERS.get(sort, _ORDERS["position"])
    standing = zip(asked.rows, asked.failed, asked.silent, strict=True)
    listed = [(bool(silent), row) for row, failed, silent in standing if not failed]
    listed.sort(key=lambda one: (one[0], *order(one[1])))
    return listed


def _facet(at: int, asked: _Asked, values: Sequence[str]) -> Facet:
    """Counts of one filter: the other filters hold, its own choice is what would be changed."""
    standing = zip(asked.columns[at], asked.failed, asked.silent, strict=True)
    own, nothing = (at,), ()
    counts = Counter(
        (value, silent not in (nothing, own))
        for value, failed, silent in standing
        if failed in (nothing, own)
    )
    unknown = counts[None, False] + counts[None, True]
    options = tuple(
        FacetOption(value, counts[value, False], counts[value, True] + unknown, value in asked.chosen[at])
        for value in values
    )
    return Facet(FACETS[at], _READERS[FACETS[at]][0], options, unknown)

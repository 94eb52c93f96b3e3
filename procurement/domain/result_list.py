"""Looking through a frozen result list: filters with their counts, order, pages (guideline Ⅲ.2.③).

A filter narrows what is shown and nothing else: the list stays whole, and so does what is evaluated. A
service whose page did not say stays in sight behind those that match, since unknown is no mismatch.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
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
class _Read:
    """A row with what it says to each filter, and the filters that exclude it or get no answer."""

    row: ResultRow
    values: tuple[str | None, ...]
    against: tuple[int, ...]
    silent: frozenset[int]


def look_through(rows: Sequence[ResultRow], looking: Looking, day: date) -> Shown:
    """The page of ``rows`` that is asked for, with the filters and their counts.

    :param day: the day that validity of certificates is judged by: when the search was made.

    An unknown order or page falls back to the nearest one there is; unknown filters are passed over.
    """
    said = [tuple(reader(row, day) for _, reader in _READERS.values()) for row in rows]
    values = tuple({value for one in said if (value := one[at]) is not None} for at in range(len(FACETS)))
    chosen = tuple(looking.chosen.get(key, frozenset()) & values[at] for at, key in enumerate(FACETS))
    read = [
        _judged(row, one, chosen) for row, one in zip(rows, said, strict=True) if _has_text(row, looking.text)
    ]
    listed = [one for one in read if not one.against]
    order = _ORDERS.get(looking.sort, _ORDERS["position"])
    listed.sort(key=lambda one: (bool(one.silent), *order(one.row)))
    pages = max(1, -(-len(listed) // PAGE_SIZE))
    page = max(1, min(looking.page, pages))
    here = listed[(page - 1) * PAGE_SIZE : page * PAGE_SIZE]
    unknown = sum(bool(one.silent) for one in listed)
    facets = tuple(_facet(at, read, values[at], chosen[at]) for at in range(len(FACETS)))
    return Shown(
        rows=tuple(one.row for one in here),
        unsure=frozenset(one.row.position for one in here if one.silent),
        matched=len(listed) - unknown,
        unknown=unknown,
        excluded=len(rows) - len(listed),
        page=page,
        pages=pages,
        facets=tuple(facet for facet in facets if facet.options),
        silent=tuple(facet.title for facet in facets if not facet.options) if rows else (),
    )


def _has_text(row: ResultRow, text: str) -> bool:
    wanted = folded(text) if text else ""
    return not wanted or wanted in folded(f"{row.service_name} {row.provider_name or ''}")


def _judged(row: ResultRow, values: tuple[str | None, ...], chosen: Sequence[frozenset[str]]) -> _Read:
    asked = [(at, value) for at, value in enumerate(values) if chosen[at]]
    return _Read(
        row,
        values,
        tuple(at for at, value in asked if value is not None and value not in chosen[at]),
        frozenset(at for at, value in asked if value is None),
    )


def _facet(at: int, read: Iterable[_Read], values: Iterable[str], chosen: frozenset[str]) -> Facet:
    """Counts of one filter: the other filters hold, its own choice is what would be changed."""
    remain = dict.fromkeys(sorted(values), 0)
    doubtful: dict[str, int] = {}
    unknown = 0
    for one in read:
        value = one.values[at]
        if any(other != at for other in one.against):
            continue
        if value is None:
            unknown += 1
        elif one.silent - {at}:
            doubtful[value] = doubtful.get(value, 0) + 1
        else:
            remain[value] += 1
    options = tuple(
        FacetOption(value, count, doubtful.get(value, 0) + unknown, value in chosen)
        for value, count in remain.items()
    )
    return Facet(FACETS[at], _READERS[FACETS[at]][0], options, unknown)

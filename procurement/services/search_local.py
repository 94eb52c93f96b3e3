"""Search in the newest load of the local catalogue, decided by the database in three values.

What a load does not state is unknown: the condition is then neither true nor false, which is what SQL's own
NULL means. ``condition`` selects the matches, ``condition IS NULL`` the services that need a look.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Boolean, ColumnElement, and_, case, cast, func, null, or_, select, true

from procurement.domain.facts.definition import ServiceType
from procurement.domain.facts.search import ResultRow, SearchFilter, SearchPage
from procurement.domain.filters import CERTIFICATES, COMPANY, INNOVATION, MALL, PROVIDER, SERVICE_TYPE
from procurement.domain.rules.lots import folded
from procurement.extensions import db
from procurement.models import CatalogueLoad, CatalogueService

PAGE_SIZE = 25

_S = CatalogueService
_SORTS: dict[str, tuple[Any, ...]] = {
    "position": (_S.position,),
    "name": (_S.service_name, _S.position),
    "provider": (_S.provider_name.is_(None), _S.provider_name, _S.position),
    "price": (_S.price_won.is_(None), _S.price_won, _S.position),
    "certificate": (_S.csap_to.is_(None), _S.csap_to, _S.position),
}
SORTS = tuple(_SORTS)


@dataclass(frozen=True)
class LocalQuery:
    """What to look for: every word, every filter (options of one filter are alternatives)."""

    page: SearchPage = SearchPage.FIND
    service_type: ServiceType | None = None
    words: tuple[str, ...] = ()
    filters: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class LocalHits:
    """A page of services that match, or that could: ``unknown`` need a look, ``excluded`` do not match."""

    rows: tuple[ResultRow, ...]
    unsure: frozenset[int]
    matched: int
    unknown: int
    excluded: int
    page: int

    @property
    def total(self) -> int:
        """How many services are listed on all pages."""
        return self.matched + self.unknown

    @property
    def pages(self) -> int:
        """How many pages there are."""
        return max(1, -(-self.total // PAGE_SIZE))


def newest_load() -> CatalogueLoad | None:
    """The newest load of the institution."""
    return db.session.scalars(
        select(CatalogueLoad).order_by(CatalogueLoad.number.desc()).limit(1)
    ).one_or_none()


def search(
    load: CatalogueLoad, query: LocalQuery, *, sort: str = "position", page: int = 1, size: int = PAGE_SIZE
) -> LocalHits:
    """Search ``load``: matches first, then the services of which the load says too little; two queries."""
    condition = _condition(query)
    unsure = condition.is_(None)
    scope = _S.load_id == load.id
    counts = db.session.execute(
        select(
            func.count(),
            func.coalesce(func.sum(case((condition.is_(True), 1), else_=0)), 0),
            func.coalesce(func.sum(case((unsure, 1), else_=0)), 0),
        )
        .select_from(_S)
        .where(scope)
    ).one()
    everything, matched, unknown = (int(number) for number in counts)
    page = max(1, min(page, -(-(matched + unknown) // size)))
    found = db.session.execute(
        select(_S, unsure)
        .where(scope, or_(condition.is_(True), unsure))
        .order_by(case((unsure, 1), else_=0), *_SORTS.get(sort, _SORTS["position"]))
        .limit(size)
        .offset((page - 1) * size)
    ).all()
    first = (page - 1) * size + 1
    return LocalHits(
        rows=tuple(_row(row, first + at) for at, (row, _) in enumerate(found)),
        unsure=frozenset(first + at for at, (_, doubt) in enumerate(found) if doubt),
        matched=matched,
        unknown=unknown,
        excluded=everything - matched - unknown,
        page=page,
    )


def _condition(query: LocalQuery) -> ColumnElement[bool]:
    parts: list[ColumnElement[bool]] = [_has_word(word) for word in query.words]
    if query.page is not SearchPage.FIND:
        parts.append(_S.service_type == query.page.value)
    elif query.service_type is not None:
        parts.append(_S.service_type == query.service_type.value)
    options: dict[str, list[str]] = {}
    for name, option in query.filters:
        options.setdefault(folded(name), []).append(option)
    parts += [_has_option(name, chosen) for name, chosen in options.items()]
    return and_(true(), *parts)


def _has_word(word: str) -> ColumnElement[bool]:
    """In the name or the description, blanks and case aside; unknown without a description."""
    wanted = folded(word)
    columns = (_S.service_name, _S.description)
    return or_(
        *(func.replace(func.lower(column), " ", "").contains(wanted, autoescape=True) for column in columns)
    )


def _has_option(name: str, chosen: Sequence[str]) -> ColumnElement[bool]:
    known = _OPTIONS.get(name)
    return or_(*(known(option) for option in chosen)) if known else _unknown()


def _unknown() -> ColumnElement[bool]:
    return cast(null(), Boolean)


def _certificate(option: str) -> ColumnElement[bool]:
    """What is stated of CSAP shows the certificate; that nothing is stated does not mean there is none."""
    if "csap" not in folded(option):
        return _unknown()
    stated = or_(_S.csap_grade.is_not(None), _S.csap_to.is_not(None))
    return case((stated, true()), else_=null())


_OPTIONS: dict[str, Callable[[str], ColumnElement[bool]]] = {
    folded(SERVICE_TYPE.name): lambda option: _S.service_type == option,
    folded(COMPANY.name): lambda option: _S.company_size == option,
    folded(PROVIDER.name): lambda option: _S.provider_kind == option,
    folded(MALL.name): lambda _option: _S.in_mall == true(),
    folded(INNOVATION.name): lambda _option: _S.innovation == true(),
    folded(CERTIFICATES.name): _certificate,
}


def result_filters(filters: Sequence[SearchFilter]) -> tuple[tuple[str, str], ...]:
    """Filters of a run as a local query takes them."""
    return tuple((used.filter, used.option) for used in filters)


def _row(row: CatalogueService, position: int) -> ResultRow:
    return ResultRow(
        result_id=str(row.id),
        position=position,
        service_name=row.service_name,
        service_id=row.service_id,
        provider_name=row.provider_name,
        service_type=ServiceType(row.service_type) if row.service_type else None,
        csap_grade=row.csap_grade,
        csap_to=row.csap_to,
        in_mall=row.in_mall,
        price_won=row.price_won,
        company_size=row.company_size,
        provider_kind=row.provider_kind,
        innovation=row.innovation,
        infrastructure=row.infrastructure,
    )

"""Search in the newest load of the local catalogue, decided by the database in three values.

What a load does not state is unknown: the condition is then neither met nor failed. A service is listed when
it may meet every condition, and it matches when what is stated of it does.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import (
    Boolean,
    ColumnElement,
    Row,
    String,
    and_,
    case,
    false,
    func,
    literal,
    or_,
    select,
    true,
)
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.functions import FunctionElement

from procurement.domain.facts.definition import ServiceType
from procurement.domain.facts.search import ResultRow, SearchPage
from procurement.domain.filters import CERTIFICATES, COMPANY, INNOVATION, MALL, PROVIDER, SERVICE_TYPE
from procurement.domain.rules.lots import folded
from procurement.extensions import db
from procurement.models import CatalogueLoad, CatalogueService
from procurement.services import rows

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
RESULT_FIELDS = (
    "service_id",
    "service_name",
    "provider_name",
    "csap_grade",
    "csap_to",
    "in_mall",
    "price_won",
    "company_size",
    "provider_kind",
    "innovation",
    "infrastructure",
)
"""What a result takes over as it stands; its type and its words are read anew."""
_COLUMNS = ("id", "service_type", *RESULT_FIELDS)


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
    """Search ``load``: matches first, then the services of which the load says too little.

    One statement, which looks at each service of the load once; a page beyond the last takes two more.
    """
    found = _page(load, query, sort, page, size)
    if not found and page > 1:
        first = _page(load, query, sort, 1, size)
        page = max(1, -(-(first[0].total if first else 0) // size))
        found = _page(load, query, sort, page, size) if page > 1 else first
    total, unknown = (found[0].total, found[0].doubtful) if found else (0, 0)
    start = (page - 1) * size + 1
    return LocalHits(
        rows=tuple(_row(row, start + at) for at, row in enumerate(found)),
        unsure=frozenset(start + at for at, row in enumerate(found) if row.unsure),
        matched=total - unknown,
        unknown=unknown,
        excluded=load.service_count - total,
        page=page if found else 1,
    )


def _page(load: CatalogueLoad, query: LocalQuery, sort: str, page: int, size: int) -> Sequence[Row[Any]]:
    """A page of services with ``unsure``, and on each row how many there are in all and ``doubtful``."""
    terms = _terms(query)
    order = _SORTS.get(sort, _SORTS["position"])
    hits = (
        select(
            _S.id,
            case((and_(true(), *(term.met for term in terms)), 0), else_=1).label("unsure"),
            *(column.label(f"order_{at}") for at, column in enumerate(order)),
        )
        .where(
            _S.institution_id == load.institution_id,
            _S.load_id == load.id,
            # One after the other, so that a service is let go at the first that it fails.
            *(term.possible for term in terms),
        )
        .cte("hits")
        .prefix_with("MATERIALIZED")
    )
    sorted_by = [hits.c.unsure, *(hits.c[f"order_{at}"] for at in range(len(order)))]
    here = select(hits).order_by(*sorted_by).limit(size).offset((page - 1) * size).subquery("here")
    statement = (
        select(
            *(_S.__table__.c[name] for name in _COLUMNS),
            here.c.unsure,
            select(func.count()).select_from(hits).scalar_subquery().label("total"),
            select(func.sum(hits.c.unsure)).scalar_subquery().label("doubtful"),
        )
        .join_from(here, _S.__table__, _S.__table__.c.id == here.c.id)
        .order_by(here.c.unsure, *(here.c[f"order_{at}"] for at in range(len(order))))
    )
    return rows.run(statement)


@dataclass(frozen=True)
class _Term:
    """A condition in two values: whether a service may meet it, and whether what is stated meets it."""

    possible: ColumnElement[bool]
    met: ColumnElement[bool]


def _terms(query: LocalQuery) -> list[_Term]:
    """The conditions, those that are cheap to look at first."""
    terms: list[_Term] = []
    if query.page is not SearchPage.FIND:
        terms.append(_stated(_S.service_type, query.page.value))
    elif query.service_type is not None:
        terms.append(_stated(_S.service_type, query.service_type.value))
    options: dict[str, list[str]] = {}
    for name, option in query.filters:
        options.setdefault(folded(name), []).append(option)
    terms += [_one_of(name, chosen) for name, chosen in options.items()]
    return terms + [_has_word(word) for word in query.words]


class _Contains(FunctionElement[bool]):
    """Whether a text holds another, letter for letter: cheaper than LIKE, which folds what is folded."""

    inherit_cache = True
    name = "contains"
    type = Boolean()


@compiles(_Contains)
def _in_postgres(element: _Contains, compiler: Any, **more: Any) -> str:
    return f"(strpos({compiler.process(element.clauses, **more)}) > 0)"


@compiles(_Contains, "sqlite")
def _in_sqlite(element: _Contains, compiler: Any, **more: Any) -> str:
    return f"(instr({compiler.process(element.clauses, **more)}) > 0)"


def _has_word(word: str) -> _Term:
    """In the name or the description, blanks and case aside; unknown without a description."""
    # Loads of before hold no folded text; theirs is folded here as far as a database can.
    plain = func.replace(func.lower(_S.service_name + "\n" + func.coalesce(_S.description, "")), " ", "")
    there = _Contains(func.coalesce(_S.searched, plain), literal(folded(word), String))
    return _Term(or_(_S.description.is_(None), there), there)


def _stated(column: Any, value: object) -> _Term:
    return _Term(or_(column == value, column.is_(None)), column == value)


def _one_of(name: str, chosen: Sequence[str]) -> _Term:
    """One of the options of a filter; one that the local catalogue knows nothing of is unknown."""
    known = _OPTIONS.get(name)
    terms = [known(option) if known else _UNKNOWN for option in chosen]
    return _Term(or_(*(term.possible for term in terms)), or_(*(term.met for term in terms)))


_UNKNOWN = _Term(true(), false())


def _certificate(option: str) -> _Term:
    """What is stated of CSAP shows the certificate; that nothing is stated does not mean there is none."""
    if "csap" not in folded(option):
        return _UNKNOWN
    return _Term(true(), or_(_S.csap_grade.is_not(None), _S.csap_to.is_not(None)))


_OPTIONS: dict[str, Callable[[str], _Term]] = {
    folded(SERVICE_TYPE.name): lambda option: _stated(_S.service_type, option),
    folded(COMPANY.name): lambda option: _stated(_S.company_size, option),
    folded(PROVIDER.name): lambda option: _stated(_S.provider_kind, option),
    folded(MALL.name): lambda _option: _stated(_S.in_mall, true()),
    folded(INNOVATION.name): lambda _option: _stated(_S.innovation, true()),
    folded(CERTIFICATES.name): _certificate,
}


def _row(row: Row[Any], position: int) -> ResultRow:
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

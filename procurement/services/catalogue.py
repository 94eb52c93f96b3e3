"""Dated loads of registered services: read, mapped, kept, searched through and compared."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Select, func, or_, select

from procurement.adapters.spreadsheets import Table, propose_mapping, read_table, to_services
from procurement.domain.access import Actor
from procurement.domain.catalogue import FIELD_TITLES, SERVICE_TYPES, ServiceRecord
from procurement.domain.codec import canonical
from procurement.domain.errors import InvalidInput, NotFound
from procurement.domain.money import MAX_WON
from procurement.domain.rules.lots import folded
from procurement.extensions import db
from procurement.models import CatalogueLoad, CatalogueService
from procurement.services import ledger
from procurement.services.codec_text import load_text
from procurement.services.evidence import Received
from procurement.services.once import add_once
from procurement.services.store import evidence_store

PAGE_SIZE = 50
_LONGEST = {"service_name": 300, "provider_name": 300, "infrastructure": 300}
_COMPARED = ("provider_name", "service_type", "csap_grade", "csap_to", "in_mall", "price_won")
_SORTS: dict[str, tuple[Any, ...]] = {
    "position": (CatalogueService.position,),
    "name": (CatalogueService.service_name, CatalogueService.position),
    "provider": (
        CatalogueService.provider_name.is_(None),
        CatalogueService.provider_name,
        CatalogueService.position,
    ),
    "price": (CatalogueService.price_won.is_(None), CatalogueService.price_won, CatalogueService.position),
    "certificate": (
        CatalogueService.csap_to.is_(None),
        CatalogueService.csap_to,
        CatalogueService.position,
    ),
}


@dataclass(frozen=True)
class LoadView:
    """A load as the list shows it; ``mapping`` says which column gave which field."""

    number: int
    file_name: str
    digest: str
    service_count: int
    recorded_at: datetime
    mapping: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class ServiceView:
    """A service of a load; ``None`` is what the file does not say."""

    position: int
    service_id: str | None
    service_name: str
    provider_name: str | None
    service_type: str | None
    csap_grade: str | None
    csap_to: date | None
    in_mall: bool | None
    price_won: int | None
    description: str | None


@dataclass(frozen=True)
class Services:
    """A page of services of a load."""

    rows: list[ServiceView]
    total: int
    page: int

    @property
    def pages(self) -> int:
        """How many pages there are."""
        return max(1, -(-self.total // PAGE_SIZE))


@dataclass(frozen=True)
class Changed:
    """A service that both loads have, with what differs: (title of the field, before, after)."""

    service: ServiceView
    fields: tuple[tuple[str, object, object], ...]


@dataclass(frozen=True)
class LoadDifference:
    """What changed from one load to a later one."""

    new: list[ServiceView]
    gone: list[ServiceView]
    changed: list[Changed]


def read_file(digest: str, name: str) -> Table:
    """The table in a file of the store; call it before the transaction.

    Raises ``NotFound`` when the file is gone, ``InvalidInput`` or ``TooLarge`` when it holds no such table.
    """
    try:
        with evidence_store().open(digest) as stream:
            return read_table(stream.read(), name)
    except FileNotFoundError:
        raise NotFound("올린 파일이 없습니다. 파일을 다시 올려 주세요.") from None


def proposed_mapping(table: Table) -> dict[str, str]:
    """Field → column: as this institution mapped the same columns before, else by the columns' names."""
    query = (
        select(CatalogueLoad.mapping)
        .where(CatalogueLoad.columns == canonical(table.columns))
        .order_by(CatalogueLoad.number.desc())
        .limit(1)
    )
    known = db.session.scalar(query)
    return dict(load_text(known)) if known is not None else propose_mapping(table.columns)


def services_of(table: Table, mapping: Mapping[str, str]) -> list[ServiceRecord]:
    """The services of a table by ``mapping`` (field → column).

    Raises ``InvalidInput`` without a column of service names, and for cells that cannot be read.
    """
    return to_services(table, mapping)


def load(
    actor: Actor,
    received: Received,
    columns: Sequence[str],
    mapping: Mapping[str, str],
    services: Sequence[ServiceRecord],
) -> CatalogueLoad:
    """Keep ``services`` as the institution's newest load, sealed in the institution's chain.

    Raises ``InvalidInput`` when there is no service or a value is too long, ``Conflict`` when somebody
    else loaded a file at the same moment.
    """
    if not services:
        raise InvalidInput("서비스가 한 건도 없는 파일입니다. 내용을 확인해 주세요.", "file")
    _check_lengths(services)
    ledger.hold_institution(actor)
    row = CatalogueLoad(
        id=uuid.uuid4(),
        institution_id=uuid.UUID(actor.institution_id),
        number=1 + (db.session.scalar(select(func.max(CatalogueLoad.number))) or 0),
        file_name=received.name,
        digest=received.stored.digest,
        mapping=canonical(dict(mapping)),
        columns=canonical(tuple(columns)),
        service_count=len(services),
        actor_id=uuid.UUID(actor.account_id),
    )
    add_once(row, "그사이 다른 목록을 불러왔습니다. 목록을 확인하고 다시 불러와 주세요.")
    rows = [_service(row, position, record) for position, record in enumerate(services, start=1)]
    db.session.add_all(rows)
    db.session.flush()
    ledger.record(
        actor,
        "catalogue.loaded",
        body={
            "number": row.number,
            "file": row.file_name,
            "digest": row.digest,
            "services": row.service_count,
        },
        rows=[row, *rows],
    )
    return row


def loads() -> list[LoadView]:
    """All loads of the institution, newest first."""
    query = select(CatalogueLoad).order_by(CatalogueLoad.number.desc())
    return [_load_view(row) for row in db.session.scalars(query)]


def find(number: int) -> LoadView:
    """The load ``number``; ``NotFound`` otherwise."""
    return _load_view(_row(number))


def services(
    number: int, *, text: str = "", service_type: str = "", sort: str = "position", page: int = 1
) -> Services:
    """A page of the services of a load, those with ``text`` in name, provider or description."""
    query = _scope(number)
    if text.strip():
        columns = (
            CatalogueService.service_name,
            CatalogueService.provider_name,
            CatalogueService.description,
        )
        wanted = folded(text)
        query = query.where(
            or_(*(func.replace(func.lower(c), " ", "").contains(wanted, autoescape=True) for c in columns))
        )
    if service_type in SERVICE_TYPES:
        query = query.where(CatalogueService.service_type == service_type)
    total = db.session.scalar(select(func.count()).select_from(query.subquery())) or 0
    page = max(1, min(page, -(-total // PAGE_SIZE)))
    rows = db.session.scalars(
        query.order_by(*_SORTS.get(sort, _SORTS["position"])).limit(PAGE_SIZE).offset((page - 1) * PAGE_SIZE)
    )
    return Services([_view(row) for row in rows], total, page)


def difference(earlier: int, later: int) -> LoadDifference:
    """What is new, gone or changed in load ``later`` against load ``earlier``.

    Services are told by their id, else by name and provider. A value that one of the two does not state is
    unknown and therefore no change.
    """
    before, after = _by_identity(earlier), _by_identity(later)
    return LoadDifference(
        new=[_view(row) for key, row in after.items() if key not in before],
        gone=[_view(row) for key, row in before.items() if key not in after],
        changed=[
            Changed(_view(row), fields)
            for key, row in after.items()
            if key in before and (fields := _changes(before[key], row))
        ],
    )


def _check_lengths(services: Sequence[ServiceRecord]) -> None:
    for position, record in enumerate(services, start=1):
        for field, longest in _LONGEST.items():
            if len(getattr(record, field) or "") > longest:
                raise InvalidInput(
                    f"{position}번째 서비스의 {FIELD_TITLES[field]}이(가) {longest}자를 넘습니다. "
                    "열을 바르게 연결했는지 확인해 주세요.",
                    field,
                )
        if record.price_won is not None and record.price_won > MAX_WON:
            raise InvalidInput(
                f"{position}번째 서비스의 가격이 너무 큽니다. 열을 바르게 연결했는지 확인해 주세요.",
                "price_won",
            )


def searched_text(name: str, description: str | None) -> str:
    """What a word is looked for in: name and description folded, so that a search folds nothing itself."""
    return f"{folded(name)}\n{folded(description or '')}"


def _service(load_row: CatalogueLoad, position: int, record: ServiceRecord) -> CatalogueService:
    values = {name: value for name, value in vars(record).items() if name != "extra"}
    return CatalogueService(
        id=uuid.uuid4(),
        institution_id=load_row.institution_id,
        load_id=load_row.id,
        position=position,
        extra=canonical(record.extra),
        searched=searched_text(record.service_name, record.description),
        **values,
    )


def _row(number: int) -> CatalogueLoad:
    row = db.session.scalars(select(CatalogueLoad).where(CatalogueLoad.number == number)).one_or_none()
    if row is None:
        raise NotFound(f"{number}번째로 불러온 목록이 없습니다. 목록에서 다시 골라 주세요.")
    return row


def _scope(number: int) -> Select[tuple[CatalogueService]]:
    return select(CatalogueService).where(CatalogueService.load_id == _row(number).id)


def _by_identity(number: int) -> dict[str, CatalogueService]:
    rows = db.session.scalars(_scope(number).order_by(CatalogueService.position))
    return {
        row.service_id or f"{folded(row.service_name)}/{folded(row.provider_name or '')}": row for row in rows
    }


def _changes(before: CatalogueService, after: CatalogueService) -> tuple[tuple[str, object, object], ...]:
    pairs = ((name, getattr(before, name), getattr(after, name)) for name in ("service_name", *_COMPARED))
    return tuple(
        (FIELD_TITLES[name], old, new)
        for name, old, new in pairs
        if old is not None and new is not None and old != new
    )


def _load_view(row: CatalogueLoad) -> LoadView:
    mapping = load_text(row.mapping)
    return LoadView(
        row.number,
        row.file_name,
        row.digest,
        row.service_count,
        row.recorded_at,
        tuple((title, mapping[field]) for field, title in FIELD_TITLES.items() if field in mapping),
    )


def _view(row: CatalogueService) -> ServiceView:
    names = ServiceView.__dataclass_fields__
    return ServiceView(**{name: getattr(row, name) for name in names})

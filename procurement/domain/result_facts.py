"""The facts of a service in a result list, in one order, with one wording: pages, files, comparisons.

What the source did not say is ``None`` here and 확인 필요 wherever it is shown: it is neither yes nor no.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from procurement.domain.facts.search import ResultRow
from procurement.domain.money import format_won
from procurement.domain.periods import format_date

UNKNOWN = "확인 필요"


@dataclass(frozen=True)
class Fact:
    """One fact of a service: its field, its title, how wide it is in a table, how it reads."""

    field: str
    title: str
    share: int
    read: Callable[[ResultRow], str | None]


def registered(value: bool | None) -> str | None:
    """Whether something is registered, in the words of the support system."""
    return None if value is None else "등록" if value else "미등록"


def _price(row: ResultRow) -> str | None:
    return None if row.price_won is None else f"{format_won(row.price_won)}원"


FACTS: tuple[Fact, ...] = (
    Fact("service_id", "서비스 번호", 13, lambda row: row.service_id),
    Fact("service_name", "서비스명", 18, lambda row: row.service_name),
    Fact("provider_name", "제공자명", 13, lambda row: row.provider_name),
    Fact("service_type", "서비스 유형", 7, lambda row: row.service_type.label if row.service_type else None),
    Fact("csap_grade", "CSAP 등급", 6, lambda row: row.csap_grade),
    Fact("csap_to", "CSAP 만료일", 8, lambda row: format_date(row.csap_to) if row.csap_to else None),
    Fact("in_mall", "디지털서비스몰 등록", 7, lambda row: registered(row.in_mall)),
    Fact("innovation", "혁신제품 등록", 6, lambda row: registered(row.innovation)),
    Fact("company_size", "기업 유형", 6, lambda row: row.company_size),
    Fact("provider_kind", "제공 유형", 7, lambda row: row.provider_kind),
    Fact("infrastructure", "이용 인프라", 9, lambda row: row.infrastructure),
    Fact("price_won", "가격", 9, _price),
)
"""Every fact that is kept with a result, in the order of the pages and of the files."""


def fact_texts(row: ResultRow) -> tuple[str, ...]:
    """The facts of a row as texts, in the order of ``FACTS``; what nobody said is 확인 필요."""
    return tuple(fact.read(row) or UNKNOWN for fact in FACTS)


def one_line(row: ResultRow) -> str:
    """A service in one line, its name first; what is unknown is left out."""
    facts = sorted(FACTS, key=lambda fact: fact.field != "service_name")
    return " · ".join(f"{fact.title} {text}" for fact in facts if (text := fact.read(row)))

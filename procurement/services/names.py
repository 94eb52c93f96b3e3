"""Names of companies and services that this institution knows, indexed for the neutrality check."""

from __future__ import annotations

import threading
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache, lru_cache
from typing import Any, cast

from sqlalchemy import Select, bindparam, func, select

from procurement.adapters.name_index import build_index
from procurement.domain.access import Actor
from procurement.domain.errors import InvalidInput
from procurement.domain.facts import RequirementsDefinition
from procurement.domain.facts.definition import LotRequirements, NameHit
from procurement.domain.neutrality import Judgement, Kind, Match, Name, NameIndex
from procurement.extensions import db
from procurement.models import CatalogueLoad, CatalogueService, Institution, InstitutionName
from procurement.models.base import ACROSS
from procurement.services import ledger, rows
from procurement.services.once import add_once
from procurement.services.rows import table_of

_lock = threading.Lock()
_built: dict[uuid.UUID, tuple[tuple[object, ...], NameIndex]] = {}


def index() -> NameIndex:
    """The index of the institution that this session is bound to; built again when names changed."""
    institution_id = rows.own_institution()
    load_id = _newest_load()
    (own,) = rows.run(_state_of_own_names(), institution=institution_id)
    state = (load_id, *own)
    with _lock:
        known = _built.get(institution_id)
    if known is not None and known[0] == state:
        return known[1]
    built = build_index(_names(load_id))
    with _lock:
        _built[institution_id] = (state, built)
    return built


def hits(definition: RequirementsDefinition) -> tuple[NameHit, ...]:
    """Company, service and technology names in the definition's own text (R-7)."""
    return _hits(index(), definition)


@dataclass(frozen=True)
class NamedPlace:
    """A name in a definition: which lot, which form field, the whole text of that field, the match."""

    lot: LotRequirements
    field: str
    text: str
    match: Match


def places(definition: RequirementsDefinition) -> tuple[NamedPlace, ...]:
    """Every place of the definition's own text where a name stands."""
    return _places(index(), definition)


@lru_cache(maxsize=256)
def _hits(names: NameIndex, definition: RequirementsDefinition) -> tuple[NameHit, ...]:
    return tuple(
        NameHit(at.lot.lot, at.field, at.match.found, at.match.verdict, at.match.message)
        for at in _places(names, definition)
    )


# The same text is judged again with every page of its case; an index is never changed once built.
@lru_cache(maxsize=256)
def _places(names: NameIndex, definition: RequirementsDefinition) -> tuple[NamedPlace, ...]:
    return tuple(
        NamedPlace(lot, field, text, match)
        for number, lot in enumerate(definition.lots)
        for field, text, as_word in _texts(lot, number)
        for match in names.judge(text, as_search_word=as_word).matches
    )


def judge(word: str) -> Judgement:
    """Whether a search word names a company or a service (S-1)."""
    return index().judge(word)


def judge_all(words: Sequence[str]) -> list[Judgement]:
    """The same for many words in one look."""
    return index().judge_all(words)


def warm(most: int = 50) -> None:
    """Build the indexes of up to ``most`` institutions, so that nobody's first page waits for its own.

    For a process that starts, in a session of its own, which is bound to one institution after the other.
    """
    query = select(Institution.id).limit(most)
    for institution_id in list(db.session.scalars(query.execution_options(**{ACROSS: True}))):
        db.session.info["institution_id"] = institution_id
        index()


def screened() -> list[tuple[str, str]]:
    """Names that are also ordinary words: ``(name, spelling)``; they ask for a reason instead of blocking."""
    return sorted(index().screened_names())


@dataclass(frozen=True)
class OwnName:
    """A name that the institution added, as the list shows it."""

    name: str
    aliases: tuple[str, ...]
    kind: str
    recorded_at: datetime


def own_names() -> list[OwnName]:
    """Names that the institution added, in order."""
    rows = db.session.scalars(select(InstitutionName).order_by(InstitutionName.name))
    return [OwnName(row.name, _split(row.aliases), row.kind, row.recorded_at) for row in rows]


def add_name(actor: Actor, name: str, aliases: Sequence[str], kind: Kind) -> InstitutionName:
    """Add a company, service or technology name to those that no search word may hold.

    Raises ``InvalidInput`` for an empty name, ``Conflict`` when the institution has it already.
    """
    name = name.strip()
    if not name:
        raise InvalidInput("기업명이나 서비스명을 적어 주세요.", "name")
    row = InstitutionName(
        institution_id=uuid.UUID(actor.institution_id),
        name=name,
        aliases="|".join(alias.replace("|", " ").strip() for alias in aliases if alias.strip()),
        kind=kind,
        actor_id=uuid.UUID(actor.account_id),
    )
    add_once(row, f"‘{name}’은(는) 이미 있는 이름입니다. 목록에서 확인해 주세요.")
    ledger.record(actor, "catalogue.named", body={"name": name, "aliases": row.aliases, "kind": kind})
    return row


def _split(aliases: str) -> tuple[str, ...]:
    return tuple(alias for alias in aliases.split("|") if alias)


def _texts(lot: LotRequirements, index: int) -> list[tuple[str, str, bool]]:
    """Texts of the lot at ``index``: the field each is typed into, the text, whether it is searched by."""
    texts = [
        ("title", lot.title),
        ("purpose", lot.purpose),
        ("environment", lot.environment),
        ("functions", lot.functions),
        ("provider_reason", lot.provider_reason),
    ]
    # The first answers repeat the sections; a name in both is pointed out once.
    said = {text for _, text in texts}
    texts += [
        (f"q{answer.question.replace('-', '_')}", answer.text)
        for answer in lot.answers
        if answer.text not in said
    ]
    for number, section in enumerate(lot.own_sections):
        texts += [
            (f"own_sections-{number}-title", section.title),
            (f"own_sections-{number}-text", section.text),
        ]
    words = [(f"terms-{number}-word", term.word) for number, term in enumerate(lot.terms)]
    return [(f"lots-{index}-{place}", text, False) for place, text in texts if text] + [
        (f"lots-{index}-{place}", word, True) for place, word in words if word
    ]


def _newest_load() -> uuid.UUID | None:
    found = rows.run(_newest_of_loads(), institution=rows.own_institution())
    return found[0].id if found else None


@cache
def _newest_of_loads() -> Select[Any]:
    table = table_of(CatalogueLoad)
    own = table.c.institution_id == bindparam("institution")
    return select(table.c.id).where(own).order_by(table.c.number.desc()).limit(1)


@cache
def _state_of_own_names() -> Select[Any]:
    table = table_of(InstitutionName)
    own = table.c.institution_id == bindparam("institution")
    return select(func.count(), func.max(table.c.recorded_at)).where(own)


def _names(load_id: uuid.UUID | None) -> list[Name]:
    names = [
        Name(row.name, _split(row.aliases), cast(Kind, row.kind))
        for row in db.session.scalars(select(InstitutionName).order_by(InstitutionName.name))
    ]
    if load_id is not None:
        query = select(CatalogueService.service_name, CatalogueService.provider_name).where(
            CatalogueService.load_id == load_id
        )
        services, providers = set(), set()
        for service, provider in db.session.execute(query):
            services.add(service)
            if provider:
                providers.add(provider)
        names += [Name(name, (), "service") for name in sorted(services)]
        names += [Name(name, (), "company") for name in sorted(providers)]
    return names

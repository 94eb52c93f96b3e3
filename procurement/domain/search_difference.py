"""What differs between two searches of a lot: conditions, services that came, went or changed, and why.

Why a service is in one list and not in the other is read off its own facts: a condition that only one of
the two searches has, and that the service does not meet, is the cause. Where its page does not say, the
condition may be; where the conditions are the same, the source has changed between the two.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from procurement.domain.facts.search import ResultRow, SearchPage, SearchRun
from procurement.domain.filters import CERTIFICATES, COMPANY, INNOVATION, MALL, PROVIDER, SERVICE_TYPE
from procurement.domain.result_facts import FACTS, registered
from procurement.domain.rules.lots import folded
from procurement.domain.search_conditions import identity, texts_of


@dataclass(frozen=True)
class Cause:
    """Conditions that keep a service out of a list; ``certain`` when its own facts say so.

    No condition at all means that both searches asked the same: the source itself has changed.
    """

    conditions: tuple[str, ...]
    certain: bool


@dataclass(frozen=True)
class Moved:
    """A service that is in one of two lists alone, and what keeps it out of the other."""

    row: ResultRow
    cause: Cause


@dataclass(frozen=True)
class Changed:
    """A service that both lists have, with what they state differently: (title, before, after)."""

    row: ResultRow
    facts: tuple[tuple[str, str, str], ...]


@dataclass(frozen=True)
class Difference:
    """What came, went and changed from one search to another.

    ``circumstances`` are (title, before, after) of what is no condition: the version of the definition,
    the source and the catalogue that was searched.
    """

    conditions_added: tuple[str, ...]
    conditions_gone: tuple[str, ...]
    circumstances: tuple[tuple[str, str, str], ...]
    services_added: tuple[Moved, ...]
    services_gone: tuple[Moved, ...]
    services_changed: tuple[Changed, ...]
    unchanged: int


def difference(earlier: SearchRun, later: SearchRun) -> Difference:
    """What changed between two runs. Services are told by their id, else by name and provider."""
    before, after = texts_of(earlier), texts_of(later)
    rows_before = {identity(row): row for row in earlier.results}
    rows_after = {identity(row): row for row in later.results}
    changed = tuple(_changed(rows_before, rows_after))
    return Difference(
        conditions_added=tuple(text for text in after if text not in before),
        conditions_gone=tuple(text for text in before if text not in after),
        circumstances=tuple(_circumstances(earlier, later)),
        services_added=_moved(rows_after, rows_before, earlier, later),
        services_gone=_moved(rows_before, rows_after, later, earlier),
        services_changed=changed,
        unchanged=len(rows_before.keys() & rows_after.keys()) - len(changed),
    )


def cause(row: ResultRow, absent: SearchRun, present: SearchRun) -> Cause:
    """What keeps ``row``, which ``present`` found, out of the list of ``absent``."""
    here, there = _groups(present), _groups(absent)
    judged = [
        (group, _meets(row, group, wanted)) for group, wanted in there.items() if here.get(group) != wanted
    ]
    failed = [group for group, verdict in judged if verdict is False]
    doubtful = [group for group, verdict in judged if verdict is None]
    texts = tuple(_text(group, there[group]) for group in failed or doubtful)
    return Cause(texts, bool(failed))


_Group = tuple[str, str]


def _groups(run: SearchRun) -> Mapping[_Group, frozenset[str]]:
    """Conditions that all have to hold; options of one filter are alternatives to one another."""
    groups: dict[_Group, frozenset[str]] = {}
    kind = run.page.value if run.page is not SearchPage.FIND else run.service_type and run.service_type.value
    if kind:
        groups["type", ""] = frozenset([kind])
    for word in run.words:
        groups["word", folded(word.word)] = frozenset([word.word])
    for used in run.filters:
        key = ("filter", used.filter)
        groups[key] = groups.get(key, frozenset()) | {used.option}
    return groups


def _meets(row: ResultRow, group: _Group, wanted: frozenset[str]) -> bool | None:
    """Whether the row meets a condition by its own facts; ``None`` when they do not say."""
    sort, name = group
    if sort == "word":
        # The rest of what the source looks words up in is not part of the list.
        return True if name in folded(row.service_name) else None
    if sort == "type":
        return None if row.service_type is None else row.service_type.value in wanted
    read = _STATED.get(folded(name))
    stated = read(row) if read else None
    if stated is None:
        return None
    return any(folded(option) == folded(stated) for option in wanted)


def _certified(row: ResultRow) -> str | None:
    return CERTIFICATES.options[0] if row.csap_grade or row.csap_to else None


_STATED: Mapping[str, Callable[[ResultRow], str | None]] = {
    folded(SERVICE_TYPE.name): lambda row: row.service_type.value if row.service_type else None,
    folded(COMPANY.name): lambda row: row.company_size,
    folded(PROVIDER.name): lambda row: row.provider_kind,
    folded(MALL.name): lambda row: registered(row.in_mall),
    folded(INNOVATION.name): lambda row: registered(row.innovation),
    folded(CERTIFICATES.name): _certified,
}


def _text(group: _Group, wanted: frozenset[str]) -> str:
    sort, name = group
    options = ", ".join(sorted(wanted))
    if sort == "word":
        return f"검색어 ‘{options}’"
    return f"서비스 유형 {options}" if sort == "type" else f"필터 ‘{name} – {options}’"


def _moved(
    here: Mapping[str, ResultRow], there: Mapping[str, ResultRow], absent: SearchRun, present: SearchRun
) -> tuple[Moved, ...]:
    return tuple(Moved(row, cause(row, absent, present)) for key, row in here.items() if key not in there)


def _changed(before: Mapping[str, ResultRow], after: Mapping[str, ResultRow]) -> Iterator[Changed]:
    for key, row in after.items():
        if key in before and (facts := tuple(_facts_changed(before[key], row))):
            yield Changed(row, facts)


def _facts_changed(before: ResultRow, after: ResultRow) -> Iterator[tuple[str, str, str]]:
    for fact in FACTS:
        old, new = fact.read(before), fact.read(after)
        # What one of the two does not state is unknown, and therefore no change.
        if old is not None and new is not None and old != new:
            yield fact.title, old, new


def _circumstances(earlier: SearchRun, later: SearchRun) -> Iterator[tuple[str, str, str]]:
    for title, read in _CIRCUMSTANCES:
        before, after = read(earlier), read(later)
        if before != after:
            yield title, before, after


def _catalogue(run: SearchRun) -> str:
    return (run.reading.catalogue if run.reading else "") or "–"


_CIRCUMSTANCES: tuple[tuple[str, Callable[[SearchRun], str]], ...] = (
    ("정의서", lambda run: f"{run.definition_version}판"),
    ("검색의 종류", lambda run: f"{run.kind.label}({run.source.label})"),
    ("불러온 목록", _catalogue),
)

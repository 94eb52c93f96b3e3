"""③ The basket of services to ask for quotes: kept a lot and a person, a note for ⑤ and no decision.

It never narrows who is asked: ⑤ asks every service of the final run unless a reason is written. So it is
kept like a draft, by what tells a service apart in any list, and outlives a new search.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from procurement.domain.access import Actor
from procurement.domain.facts import CaseFacts
from procurement.domain.facts.search import ResultRow, RunKind, SearchRun
from procurement.domain.search_conditions import identity
from procurement.models import Case
from procurement.services import documents


def chosen(actor: Actor, case: Case, lot: int) -> frozenset[str]:
    """What tells apart the services in the basket of ``actor`` (see ``identity``)."""
    draft = documents.draft_of(actor, case, _form(lot))
    return frozenset(draft.fields.get("services", ())) if draft else frozenset()


def among(actor: Actor, case: Case, lot: int, rows: Iterable[ResultRow]) -> list[ResultRow]:
    """Those of ``rows`` that are in the basket, in their order."""
    wanted = chosen(actor, case, lot)
    return [row for row in rows if identity(row) in wanted]


def add(actor: Actor, case: Case, lot: int, rows: Iterable[ResultRow]) -> None:
    """Put services into the basket."""
    _keep(actor, case, lot, chosen(actor, case, lot) | {identity(row) for row in rows})


def keep(actor: Actor, case: Case, lot: int, offered: Sequence[ResultRow], taken: Iterable[int]) -> None:
    """Keep what was ticked of ``offered``: positions ``taken`` are in the basket, the others are not.

    Services that were not offered stay as they are.
    """
    positions = frozenset(taken)
    inside = {identity(row) for row in offered if row.position in positions}
    outside = {identity(row) for row in offered} - inside
    _keep(actor, case, lot, (chosen(actor, case, lot) - outside) | inside)


def offered_run(facts: CaseFacts, lot: int) -> SearchRun | None:
    """The run whose services a basket is filled from: the final one, or the newest with results."""
    final = facts.search.final(lot)
    if final is not None:
        return final
    found = [run for run in facts.search.runs if run.lot == lot and run.results]
    official = [run for run in found if run.kind is RunKind.OFFICIAL]
    return next(reversed(official or found), None)


def _keep(actor: Actor, case: Case, lot: int, services: frozenset[str]) -> None:
    documents.keep_draft(actor, case, _form(lot), {"services": sorted(services)}, 0)


def _form(lot: int) -> str:
    return f"quote-basket-{lot}"

"""④ Which services of the final lists are in the mall, what closes the central route, what is recommended.

The guideline lets the institution choose the route that suits it (Ⅲ.2.④). What is recommended here follows
from the list and from the definition alone, and choosing otherwise only asks for the reason.
"""

from __future__ import annotations

from dataclasses import dataclass

from procurement.domain.facts import CaseFacts
from procurement.domain.facts.search import ResultRow
from procurement.domain.facts.sourcing import Route

NAMED = 3
"""How many services outside the mall are named before a count stands for the rest."""


@dataclass(frozen=True)
class MallCount:
    """Services of the final runs by registration in the mall; ``unknown`` is 확인 필요."""

    registered: tuple[ResultRow, ...]
    absent: tuple[ResultRow, ...]
    unknown: tuple[ResultRow, ...]

    @property
    def total(self) -> int:
        """All services of the final runs."""
        return len(self.registered) + len(self.absent) + len(self.unknown)


@dataclass(frozen=True)
class Recommendation:
    """The route that list and definition speak for, and why."""

    route: Route
    grounds: tuple[str, ...]


def services(facts: CaseFacts) -> tuple[ResultRow, ...]:
    """Services of all final runs, in the order found."""
    finals = (facts.search.final(lot) for lot in facts.head.lots)
    return tuple(row for run in finals if run is not None for row in run.results)


def mall_count(facts: CaseFacts) -> MallCount:
    """The services of all final runs by what the source says of the mall."""
    rows = services(facts)
    return MallCount(
        tuple(r for r in rows if r.in_mall is True),
        tuple(r for r in rows if r.in_mall is False),
        tuple(r for r in rows if r.in_mall is None),
    )


def central_obstacles(facts: CaseFacts) -> tuple[str, ...]:
    """What closes the central route for these lists (P-2, P-3)."""
    absent, found = mall_count(facts).absent, []
    if absent:
        names = ", ".join(row.service_name for row in absent[:NAMED])
        more = f" 등 {len(absent)}개" if len(absent) > NAMED else ""
        found.append(f"디지털서비스몰에 없는 서비스가 있습니다: {names}{more}.")
    if len(facts.head.lots) > 1:
        found.append(f"수요 항목이 {len(facts.head.lots)}개라서 한 계약으로 묶을 수 없습니다.")
    return tuple(found)


def recommendation(facts: CaseFacts) -> Recommendation | None:
    """The route that the final lists and the definition speak for, ``None`` where neither does."""
    if not services(facts):
        return None
    if obstacles := central_obstacles(facts):
        return Recommendation(Route.OWN, obstacles)
    text = facts.definition.frozen or facts.definition.working
    if text is None or not text.central_intended:
        return None
    return Recommendation(
        Route.CENTRAL, ("정의서에서 중앙조달을 하겠다고 답하고 디지털서비스몰 등록을 조건으로 찾았습니다.",)
    )

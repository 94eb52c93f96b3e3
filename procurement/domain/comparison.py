"""④ What each route would mean for the final list at hand, before one is chosen (P-1 to P-5)."""

from __future__ import annotations

from dataclasses import dataclass

from procurement.domain.facts import CaseFacts
from procurement.domain.facts.search import ResultRow
from procurement.domain.facts.sourcing import Route
from procurement.domain.rules.sourcing import proposed_ground


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
class RouteProspect:
    """One route for this list: whether it is open, why not, what it asks for next, its ground."""

    route: Route
    possible: bool
    obstacles: tuple[str, ...]
    next_steps: tuple[str, ...]
    legal_ground: str
    joint: str


def mall_count(facts: CaseFacts) -> MallCount:
    """Count the services of all final runs."""
    rows = [
        row for lot in facts.head.lots if (run := facts.search.final(lot)) is not None for row in run.results
    ]
    return MallCount(
        tuple(r for r in rows if r.in_mall is True),
        tuple(r for r in rows if r.in_mall is False),
        tuple(r for r in rows if r.in_mall is None),
    )


def prospects(facts: CaseFacts) -> tuple[RouteProspect, RouteProspect]:
    """Own and central procurement, for this final list."""
    law = facts.institution.contract_law
    own = RouteProspect(
        Route.OWN,
        True,
        (),
        (
            "견적서를 이용지원시스템의 견적요청으로 모읍니다.",
            "서비스가 둘 이상이면 평가항목을 정하고 평가해야 합니다.",
            "계약 체결 뒤 30일 이내에 이용정보를 등록합니다(권고).",
        ),
        proposed_ground(law, Route.OWN) or "기관 자체 계약규정의 해당 조항",
        "여러 디지털서비스를 한번에 공동계약할 수 있습니다.",
    )
    obstacles = tuple(_central_obstacles(facts))
    central = RouteProspect(
        Route.CENTRAL,
        not obstacles,
        obstacles,
        (
            "디지털서비스몰의 납품요구 절차에 따라 제안서를 평가합니다(기본제안서로도 가능).",
            "조달요청서를 작성하면 조달청이 납품요구서를 통보합니다.",
            "이용정보는 자동으로 이관되어 따로 등록하지 않습니다.",
        ),
        proposed_ground(law, Route.CENTRAL),
        "서비스마다 단일 계약만 할 수 있습니다.",
    )
    return own, central


def _central_obstacles(facts: CaseFacts) -> list[str]:
    count, found = mall_count(facts), []
    if count.absent:
        names = ", ".join(row.service_name for row in count.absent[:3])
        more = f" 등 {len(count.absent)}개" if len(count.absent) > 3 else ""
        found.append(f"디지털서비스몰에 없는 서비스가 있습니다: {names}{more}.")
    if len(facts.head.lots) > 1:
        found.append(f"수요 항목이 {len(facts.head.lots)}개라서 한 계약으로 묶을 수 없습니다.")
    return found

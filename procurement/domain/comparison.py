"""④ What each route would mean for the final list at hand, before one is chosen (P-1 to P-5).

Sentences come from the guideline and the statutes cited. Neither says how long a route takes: that is a
setting of the institution, or it is said that nobody set it.
"""

from __future__ import annotations

from dataclasses import dataclass

from procurement.domain.facts import CaseFacts
from procurement.domain.facts.case import ContractLaw
from procurement.domain.facts.sourcing import Route
from procurement.domain.route_advice import central_obstacles
from procurement.domain.route_advice import mall_count as mall_count
from procurement.domain.rules.sourcing import proposed_ground


@dataclass(frozen=True)
class RouteProspect:
    """One route for this list: whether it is open and why not, what it asks for next, what the law says.

    ``law`` holds sentences with their source in brackets; ``duration`` what is known of how long it takes.
    """

    route: Route
    possible: bool
    obstacles: tuple[str, ...]
    services: str
    joint: str
    next_steps: tuple[str, ...]
    legal_ground: str
    law: tuple[str, ...]
    duration: str


# Who may quote, by contract law; other bodies go by their own rules.
_QUOTES_BY_LAW = {
    ContractLaw.NATIONAL: "한 제공자의 견적으로도 할 수 있습니다(국가계약법 시행령 제30조제1항제1호).",
    ContractLaw.LOCAL: "한 제공자의 견적으로도 할 수 있습니다(지방계약법 시행령 제30조제1항제1호).",
}
_NO_CEILING = "계약금액에 제한이 없습니다(지침 Ⅲ.2.①·⑤)."


def prospects(facts: CaseFacts) -> tuple[RouteProspect, RouteProspect]:
    """Own and central procurement, for this final list."""
    return _own(facts), _central(facts)


def _own(facts: CaseFacts) -> RouteProspect:
    law, count = facts.institution.contract_law, mall_count(facts)
    quoted = _QUOTES_BY_LAW.get(law)
    return RouteProspect(
        route=Route.OWN,
        possible=True,
        obstacles=(),
        services=f"최종 검색의 {count.total}개 모두와 계약할 수 있습니다.",
        joint="여러 디지털서비스를 한번에 공동계약할 수 있습니다.",
        next_steps=(
            "견적서를 이용지원시스템의 견적요청으로 모읍니다.",
            "서비스가 둘 이상이면 평가항목을 정하고 평가해야 합니다.",
            "계약서는 기관의 것을 쓰고, 정부 표준계약서가 있으면 활용을 권장합니다.",
            "계약 체결 뒤 30일 이내에 이용정보를 등록합니다(권고).",
        ),
        legal_ground=proposed_ground(law, Route.OWN) or "기관 자체 계약규정의 해당 조항",
        law=(
            "기관 내부규정에 수의계약 금액의 제한이 있어도 " + _NO_CEILING,
            *([quoted] if quoted else []),
            "대상을 정하기 전에 검색 결과를 조합하거나 경쟁을 유도하거나 특정 제공자와 협상할 수 없습니다"
            "(지침 Ⅲ.2.⑤).",
        ),
        duration=_duration(facts.institution.own_route_days),
    )


def _central(facts: CaseFacts) -> RouteProspect:
    obstacles, count = central_obstacles(facts), mall_count(facts)
    unknown = f" {len(count.unknown)}개는 등록 여부를 확인해야 합니다." if count.unknown else ""
    return RouteProspect(
        route=Route.CENTRAL,
        possible=not obstacles,
        obstacles=obstacles,
        services=f"디지털서비스몰에 등록된 {len(count.registered)}개에 납품요구할 수 있습니다.{unknown}",
        joint="서비스마다 단일 계약만 할 수 있습니다.",
        next_steps=(
            "디지털서비스몰의 납품요구 절차에 따라 제안서를 평가합니다(기본제안서로도 가능).",
            "조달요청서를 작성하면 조달청이 납품요구서를 통보합니다.",
            "이용정보는 자동으로 이관되어 따로 등록하지 않습니다.",
        ),
        legal_ground=proposed_ground(facts.institution.contract_law, Route.CENTRAL),
        law=(
            _NO_CEILING,
            "카탈로그계약을 맺은 제공자의 제안서를 평가하고 협상한 결과에 따라 정합니다"
            "(조달사업법 시행령 제16조제4항).",
        ),
        duration=_duration(facts.institution.central_route_days),
    )


def _duration(days: int | None) -> str:
    if days is None:
        return "지침과 법령은 정하지 않았고, 우리 기관도 정해 두지 않았습니다."
    return f"우리 기관이 보통 걸린다고 정한 날수는 {days}일입니다. 지침과 법령은 정하지 않았습니다."

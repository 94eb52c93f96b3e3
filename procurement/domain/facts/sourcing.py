"""④ Route: own or central procurement, with its ground and properties (guideline III.2.④)."""

from __future__ import annotations

from dataclasses import dataclass

from procurement.domain.labels import Labelled


class Route(Labelled):
    """조달방식 (P-1)."""

    OWN = "own", "자체조달(수의계약)"
    CENTRAL = "central", "중앙조달(디지털서비스몰 납품요구)"


@dataclass(frozen=True)
class SourcingChoice:
    """The route chosen. Joint, long-term, unit price, subcontract are properties, not routes (P-5)."""

    route: Route | None = None
    legal_ground: str = ""
    reason: str = ""
    needs_several_specialties: bool | None = None
    joint: bool = False
    no_joint_reason: str = ""
    long_term: bool = False
    unit_price: bool = False
    subcontract: bool = False

"""The case as a whole: head, institution, and the facts of all nine steps."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime

from procurement.domain.facts.budget import BudgetSheet
from procurement.domain.facts.closing import Closing
from procurement.domain.facts.contract import ContractFacts
from procurement.domain.facts.definition import DefinitionFacts
from procurement.domain.facts.ending import EndingFacts
from procurement.domain.facts.monitoring import MonitoringFacts
from procurement.domain.facts.registration import RegistrationFacts
from procurement.domain.facts.search import SearchFacts
from procurement.domain.facts.selection import SelectionFacts
from procurement.domain.facts.sourcing import SourcingChoice
from procurement.domain.labels import Labelled
from procurement.domain.steps import Step, StepState


class InstitutionKind(Labelled):
    """Kinds of institution the guideline is for (C-1)."""

    NATIONAL = "national", "국가기관"
    LOCAL = "local", "지방자치단체"
    PUBLIC_CORPORATION = "public_corporation", "공기업·준정부기관"
    OTHER_PUBLIC = "other_public", "그 밖의 공공기관"


class ContractLaw(Labelled):
    """Which contract law the institution follows: proposed from its kind, not the kind itself."""

    NATIONAL = "national", "국가계약법"
    LOCAL = "local", "지방계약법"
    PUBLIC_BODY = "public_body", "공기업·준정부기관 계약사무규칙"
    OWN_RULES = "own_rules", "기관 자체 계약규정"


@dataclass(frozen=True)
class Institution:
    """기관: ``is_public_body`` is 공공기관 under 전자정부법 2조3호 (K-12).

    ``own_route_days``, ``central_route_days``: days a route takes as a rule, as the institution set it.
    """

    name: str
    kind: InstitutionKind
    contract_law: ContractLaw
    own_route_days: int | None = None
    central_route_days: int | None = None

    @property
    def is_public_body(self) -> bool:
        """Whether the ministry's standard on notice, return and destruction binds it (시행령 19⑥)."""
        return self.kind in (InstitutionKind.PUBLIC_CORPORATION, InstitutionKind.OTHER_PUBLIC)


@dataclass(frozen=True)
class CaseHead:
    """Number, title and the two officers, by pseudonymous account id with the name shown."""

    number: str
    title: str
    project_officer: str
    contract_officer: str
    lots: tuple[int, ...] = (1,)
    project_officer_id: str = ""
    contract_officer_id: str = ""


@dataclass(frozen=True)
class EvidenceFacts:
    """A stored file: what it is for (``purpose``), of which step, by digest of its bytes."""

    evidence_id: str
    step: Step | None
    purpose: str
    name: str
    digest: str
    size_bytes: int
    recorded_at: datetime
    superseded: bool = False


@dataclass(frozen=True)
class StepFacts:
    """State of a step and when it was last completed; ``reopened`` counts how often it was opened again."""

    state: StepState
    completed_at: datetime | None = None
    reopened: int = 0


@dataclass(frozen=True)
class CaseFacts:
    """Everything a rule may read. ``today`` is the Korean calendar day; rules have no clock.

    ``reasons`` maps (rule id, subject) to the justification written, ``""`` being the whole rule.
    ``holidays`` are the Korean holidays of the years that matter here, with their names.
    """

    today: date
    institution: Institution
    head: CaseHead
    steps: Mapping[Step, StepFacts] = field(default_factory=dict)
    budget: BudgetSheet | None = None
    definition: DefinitionFacts = field(default_factory=DefinitionFacts)
    search: SearchFacts = field(default_factory=SearchFacts)
    sourcing: SourcingChoice | None = None
    selection: SelectionFacts = field(default_factory=SelectionFacts)
    contract: ContractFacts = field(default_factory=ContractFacts)
    registration: RegistrationFacts = field(default_factory=RegistrationFacts)
    monitoring: MonitoringFacts = field(default_factory=MonitoringFacts)
    ending: EndingFacts = field(default_factory=EndingFacts)
    evidence: tuple[EvidenceFacts, ...] = ()
    reasons: Mapping[tuple[str, str], str] = field(default_factory=dict)
    holidays: Mapping[date, str] = field(default_factory=dict)
    search_result_limit: int = 30
    similar_runs_limit: int = 5
    closings: tuple[Closing, ...] = ()

    @property
    def ended(self) -> Closing | None:
        """The end without a contract that stands, ``None`` while the case goes on."""
        newest = self.closings[-1] if self.closings else None
        return newest if newest is not None and newest.stands else None

    def evidence_for(self, purpose: str) -> tuple[EvidenceFacts, ...]:
        """Stored files of a purpose that are not superseded."""
        return tuple(e for e in self.evidence if e.purpose == purpose and not e.superseded)

"""What a bundle is printed from: frozen decisions, findings as stored, files and ledger, as plain data."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from procurement.domain.facts import (
    BudgetSheet,
    CaseHead,
    ContractFacts,
    EndingFacts,
    Institution,
    MonitoringFacts,
    RegistrationFacts,
    RequirementsDefinition,
    SelectionFacts,
    SourcingChoice,
)
from procurement.domain.facts.closing import Closing
from procurement.domain.facts.contract import Amendment
from procurement.domain.facts.definition import DefinitionVersion
from procurement.domain.facts.search import SearchRun
from procurement.domain.labels import Labelled
from procurement.domain.rules.base import Finding
from procurement.domain.steps import Step, StepState


@dataclass(frozen=True)
class StepAct:
    """A completion, confirmation or re-opening of a step: what, when, by whom, why."""

    action: str
    recorded_at: datetime
    who: str
    reason: str = ""


@dataclass(frozen=True)
class FrozenStep:
    """How a step stands, and its snapshot as stored.

    ``digest`` is ``""`` while the step is not completed; its decision is then left out. ``prospective``:
    the findings are those of terms submitted for approval, not yet of a completed step.
    """

    step: Step
    state: StepState
    acts: tuple[StepAct, ...] = ()
    findings: tuple[Finding, ...] = ()
    digest: str = ""
    number: int = 0
    rule_set: str = ""
    completed_at: datetime | None = None
    completed_by: str = ""
    prospective: bool = False

    @property
    def shown(self) -> bool:
        """Whether there is a decision to print."""
        return bool(self.digest) or self.prospective


@dataclass(frozen=True)
class FrozenDefinition:
    """② as frozen: the version and its text."""

    version: int = 0
    definition: RequirementsDefinition | None = None


@dataclass(frozen=True)
class FinalMark:
    """③: the final run of a lot, by number and id."""

    lot: int
    round: int
    run: int
    run_id: str


@dataclass(frozen=True)
class FrozenSearch:
    """③ as frozen: every run with its whole list, and which is final."""

    finals: tuple[FinalMark, ...] = ()
    runs: tuple[SearchRun, ...] = ()

    def is_final(self, run: SearchRun) -> bool:
        """Whether ``run`` was declared final."""
        return any(final.run_id == run.run_id for final in self.finals)


@dataclass(frozen=True)
class Decisions:
    """What each completed step decided; ``None`` where the step is not completed."""

    budget: BudgetSheet | None = None
    definition: FrozenDefinition | None = None
    search: FrozenSearch | None = None
    sourcing: SourcingChoice | None = None
    selection: SelectionFacts | None = None
    contract: ContractFacts | None = None
    registration: RegistrationFacts | None = None
    monitoring: MonitoringFacts | None = None
    ending: EndingFacts | None = None


class Place(Labelled):
    """Where the bytes of a file listed in the bundle are."""

    INSIDE = "inside", "이 PDF 안"
    APART = "apart", "보관 묶음에만"
    SEALED = "sealed", "평가기준 확정 전"
    PRINTED = "printed", "앞서 만든 묶음"
    LOST = "lost", "실물이 없거나 다름"
    ERASED = "erased", "법에 따라 지움"


@dataclass(frozen=True)
class EvidenceLine:
    """A stored file: label, purpose in words, digest of its bytes, size, who put it there and when.

    ``place``: whether the bundle carries it inside. ``media_type``: its kind (RFC 6838).
    """

    evidence_id: str
    name: str
    purpose: str
    step: Step | None
    digest: str
    size_bytes: int
    recorded_at: datetime
    who: str
    superseded: bool = False
    reason: str = ""
    place: Place = Place.APART
    media_type: str = "application/octet-stream"


@dataclass(frozen=True)
class LedgerLine:
    """An event of the case's chain."""

    seq: int
    recorded_at: datetime
    occurred_at: datetime
    who: str
    what: str
    hash: str


@dataclass(frozen=True)
class CheckpointLine:
    """The newest checkpoint: what a printed copy is later compared with."""

    number: int
    code: str
    time: datetime


@dataclass(frozen=True)
class BundleInput:
    """Everything a bundle says. ``names``: account id → name as shown, for ids kept in decisions.
    ``case_findings``: what the rules of the case as a whole say of its record up to here; no step completes
    them. ``for_approval``: the newest request for approval waits for its answer or was answered, and ⑥ is not
    completed; its terms are then printed as submitted.
    """

    institution: Institution
    head: CaseHead
    is_sample: bool
    steps: Mapping[Step, FrozenStep]
    decisions: Decisions
    versions: tuple[DefinitionVersion, ...]
    amendments: tuple[Amendment, ...]
    evidence: tuple[EvidenceLine, ...]
    ledger: tuple[LedgerLine, ...]
    names: Mapping[str, str]
    holidays: Mapping[date, str]
    case_findings: tuple[Finding, ...] = ()
    for_approval: bool = False
    checkpoint: CheckpointLine | None = None
    closings: tuple[Closing, ...] = ()

    @property
    def ended(self) -> Closing | None:
        """The end without a contract that stands."""
        return self.closings[-1] if self.closings and self.closings[-1].stands else None

    @property
    def made_of(self) -> datetime:
        """The time of the newest event: what came later is not in the bundle."""
        return self.ledger[-1].recorded_at

    @property
    def head_hash(self) -> str:
        """Head of the case's chain at that time."""
        return self.ledger[-1].hash

    @property
    def amount_won(self) -> int | None:
        """Contract amount with amendments, or the expected one of ①, in won."""
        for amendment in reversed(self.amendments):
            if amendment.amount_won is not None:
                return amendment.amount_won
        contract, budget = self.decisions.contract, self.decisions.budget
        if contract is not None and contract.terms is not None and contract.terms.amount_won is not None:
            return contract.terms.amount_won
        return budget.total_won if budget else None

    @property
    def period(self) -> tuple[date | None, date | None]:
        """First and last day of the contract with amendments, or as planned in ①."""
        contract, budget = self.decisions.contract, self.decisions.budget
        terms = contract.terms if contract else None
        start = (terms.start if terms else None) or (budget.planned_start if budget else None)
        end = (terms.end if terms else None) or (budget.planned_end if budget else None)
        for amendment in self.amendments:
            end = amendment.end or end
        return start, end

    def name_of(self, account_id: str | None) -> str:
        """Name behind an account id; ids that nobody knows any more are said to be so."""
        return self.names.get(account_id or "", "알 수 없는 사람")

    def evidence_of(self, evidence_id: str | None) -> EvidenceLine | None:
        """The file with this id."""
        return next((line for line in self.evidence if line.evidence_id == evidence_id), None)

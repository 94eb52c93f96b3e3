"""⑥ Contract: terms, SLA annex, checks on the day, approval, conclusion (guideline III.2.⑥)."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime

from procurement.domain.labels import Labelled


class ClauseKind(Labelled):
    """Clauses the guideline asks for (K-5)."""

    NO_LOCK_IN = "no_lock_in", "특정 제공자·서비스 종속 방지"
    DATA_TRANSFER = "data_transfer", "데이터 이관"
    DATA_DESTRUCTION = "data_destruction", "데이터 파기"
    CONTINUITY = "continuity", "서비스 연속성·안정성 확보"
    HANDOVER = "handover", "이관 시 제공자의 협조"
    PENALTY = "penalty", "위약금·손해배상"
    DATA_PROTECTION = "data_protection", "데이터 보호"


class SecretKind(Labelled):
    """Information that must not leak, designated beforehand (K-15; eight kinds of the task order)."""

    SYSTEM_LAYOUT = "system_layout", "정보시스템 구성 현황 및 정보통신망 구성도"
    CREDENTIALS = "credentials", "사용자계정·비밀번호 등 접근권한"
    TEST_RESULTS = "test_results", "시험 결과물 및 관련 자료"
    SECURITY_SYSTEMS = "security_systems", "정보보호시스템 구성 및 도입 현황"
    SECURITY_SETTINGS = "security_settings", "정보보호 제품 및 장비의 설정 정보"
    CLASSIFIED = "classified", "보안업무규정의 비밀 및 대외비"
    PERSONAL_DATA = "personal_data", "개인정보"
    UNDISCLOSED = "undisclosed", "비공개 대상 내부정보"


class Direction(Labelled):
    """Whether a higher or a lower figure is better."""

    AT_LEAST = "at_least", "이상"
    AT_MOST = "at_most", "이하"


class DutyTiming(Labelled):
    """When a duty falls due (K-10)."""

    AFTER_CONCLUSION = "after_conclusion", "체결 후 며칠 이내"
    MONTHLY = "monthly", "매월"
    ON_DATE = "on_date", "정한 날까지"
    ON_DEMAND = "on_demand", "요구할 때"
    AT_END = "at_end", "계약 종료까지"


@dataclass(frozen=True)
class SlaIndicator:
    """A service level: target in thousandths of its unit (99.5 % is ``99500``)."""

    key: str
    name: str
    unit: str
    target_thousandths: int
    direction: Direction = Direction.AT_LEAST
    method: str = ""


@dataclass(frozen=True)
class CompensationTier:
    """Below ``below_thousandths`` of the indicator, ``percent`` of the monthly fee is owed."""

    indicator: str
    below_thousandths: int
    percent: int


@dataclass(frozen=True)
class SlaAnnex:
    """서비스수준 부속서 with its seven parts (K-3)."""

    target: str = ""
    scope: str = ""
    period: str = ""
    indicators: tuple[SlaIndicator, ...] = ()
    grades: str = ""
    method: str = ""
    handling: str = ""
    compensation: tuple[CompensationTier, ...] = ()
    monthly_fee_won: int | None = None


@dataclass(frozen=True)
class Clause:
    """A clause as written in the contract."""

    kind: ClauseKind
    text: str


@dataclass(frozen=True)
class Duty:
    """A duty of the provider (이행사항): when it falls due, who confirms it, by what proof.

    ``days`` counts calendar days after conclusion for ``AFTER_CONCLUSION``.
    """

    key: str
    title: str
    timing: DutyTiming
    days: int | None = None
    due_on: date | None = None
    confirmed_by: str = ""
    proof: str = ""


@dataclass(frozen=True)
class FaultTerms:
    """The contract's own fault clock, in hours and minutes (M-4); ``None`` where it says nothing."""

    arrival_hours: int | None = None
    recovery_hours_after_arrival: int | None = None
    grade_hours: tuple[tuple[str, int], ...] = ()
    recurrence_minutes: int | None = None
    round_the_clock: bool = True
    remote_has_no_arrival: bool = True
    witnessed_test: bool = True
    note: str = ""


@dataclass(frozen=True)
class CounterpartCheck:
    """Whether the counterpart is barred (K-13), with what was looked at."""

    checked_on: date
    looked_at: str
    barred: bool
    statutory_exception: str = ""


@dataclass(frozen=True)
class SelectedCheck:
    """Whether the service is still selected, valid and not suspended (K-11)."""

    checked_on: date
    still_selected: bool
    valid_until: date | None = None
    suspended: bool = False
    looked_at: str = ""


@dataclass(frozen=True)
class DeliveryDemand:
    """Central route: 조달요청서 and 납품요구서 (K-9)."""

    request_number: str = ""
    requested_on: date | None = None
    demand_number: str = ""
    demanded_on: date | None = None


DEFAULT_PRECEDENCE: tuple[str, ...] = (
    "계약서",
    "유지보수계약 특수조건",
    "일반용역계약 특수조건",
    "일반용역계약 일반조건",
    "과업지시서",
)


@dataclass(frozen=True)
class ContractTerms:
    """The terms of the contract as filled in; money in won for the whole period.

    ``security_percent``: performance security in percent of the amount, with ``security_exemption``
    the reason when none is taken. ``delay_rate_millionths``: delay damages a day in millionths of the
    amount (1.25 ‰ is ``1250``).
    """

    title: str = ""
    service_names: tuple[str, ...] = ()
    provider_name: str = ""
    amount_won: int | None = None
    vat_included: bool | None = None
    start: date | None = None
    end: date | None = None
    conditions: str = ""
    long_term: bool = False
    continuing_expenditure: bool = False
    joint: bool = False
    unit_price: bool = False
    subcontract: bool = False
    security_percent: int | None = None
    security_exemption: str = ""
    delay_rate_millionths: int | None = None
    sla: SlaAnnex = field(default_factory=SlaAnnex)
    clauses: tuple[Clause, ...] = ()
    precedence: tuple[str, ...] = ()
    secrets: tuple[SecretKind, ...] = ()
    leak_sanctions: str = ""
    duties: tuple[Duty, ...] = ()
    fault_terms: FaultTerms | None = None
    end_promises: tuple[str, ...] = ()
    counterpart_check: CounterpartCheck | None = None
    selected_check: SelectedCheck | None = None
    follows_public_body_standard: bool | None = None
    standard_form_used: bool | None = None
    standard_form_note: str = ""
    delivery_demand: DeliveryDemand | None = None

    def clause(self, kind: ClauseKind) -> Clause | None:
        """The clause of a kind, if it is written."""
        return next((c for c in self.clauses if c.kind is kind and c.text.strip()), None)


class ApprovalDecision(Labelled):
    """What the approver answered."""

    APPROVED = "approved", "결재"
    RETURNED = "returned", "반려"


@dataclass(frozen=True)
class Approval:
    """One request for approval (품의) and its answer; it binds terms and bundle by digest.

    ``lapsed`` says in Korean why the request no longer stands: taken back, or overtaken by a step opened
    again after it; ``""`` while it stands.
    """

    number: int
    terms_digest: str
    submitted_by: str
    submitted_at: datetime
    bundle_digest: str | None = None
    decided_by: str | None = None
    decided_at: datetime | None = None
    decision: ApprovalDecision | None = None
    opinion: str = ""
    lapsed: str = ""


@dataclass(frozen=True)
class ApprovalWithdrawal:
    """품의 taken back, with the reason; the request of that number no longer stands."""

    number: int
    reason: str


@dataclass(frozen=True)
class Negotiation:
    """Technical negotiation with the winner (K-14); it may find a disqualification.

    ``recorded_at`` is the server's time, known once the record is kept.
    """

    lot: int
    result_id: str
    held_on: date
    content: str
    disqualified: bool = False
    ground: str = ""
    recorded_at: datetime | None = None


@dataclass(frozen=True)
class Conclusion:
    """The contract as concluded."""

    contract_number: str
    concluded_on: date
    recorded_at: datetime
    terms_digest: str
    evidence_id: str | None = None


@dataclass(frozen=True)
class Amendment:
    """변경계약: what changed, from when; it re-opens registration (G-3)."""

    number: int
    amended_on: date
    content: str
    amount_won: int | None = None
    end: date | None = None
    evidence_id: str | None = None


@dataclass(frozen=True)
class ContractFacts:
    """Terms as they stand, their digest, and what happened on the way to conclusion and after."""

    terms: ContractTerms | None = None
    terms_digest: str | None = None
    approvals: tuple[Approval, ...] = ()
    negotiations: tuple[Negotiation, ...] = ()
    conclusion: Conclusion | None = None
    amendments: tuple[Amendment, ...] = ()

    @property
    def approval(self) -> Approval | None:
        """The newest approval request that stands."""
        return next((a for a in reversed(self.approvals) if not a.lapsed), None)

    @property
    def ends_on(self) -> date | None:
        """Last day of the contract with amendments applied."""
        for amendment in reversed(self.amendments):
            if amendment.end is not None:
                return amendment.end
        return self.terms.end if self.terms else None

    @property
    def amount_won(self) -> int | None:
        """Contract amount in won with amendments applied."""
        for amendment in reversed(self.amendments):
            if amendment.amount_won is not None:
                return amendment.amount_won
        return self.terms.amount_won if self.terms else None

"""⑧ Monitoring: figures, faults, improvement demands, duties, what is watched (III.3.⑧)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from procurement.domain.labels import Labelled


class FaultGrade(Labelled):
    """장애 등급 as the contract names them."""

    CRITICAL = "Critical", "Critical"
    MAJOR = "Major", "Major"
    MINOR = "Minor", "Minor"


class WatchKind(Labelled):
    """What is watched while the contract runs (M-6)."""

    CERTIFICATE = "certificate", "보안인증 유효기간·취소"
    SELECTION = "selection", "디지털서비스 선정 취소·효력 정지"
    CREDIT = "credit", "신용평가등급"
    CLOSURE = "closure", "휴·폐업, 부도, 파산"
    SERVICE_STATE = "service_state", "서비스 상태"
    PARTNERSHIP = "partnership", "원제공자와 중개제공자의 파트너십"


class NoticeKind(Labelled):
    """What a provider gives notice of while the contract runs (M-7)."""

    OUTAGE = "outage", "서비스 중단"
    LEAK = "leak", "이용자 정보 유출"
    INTRUSION = "intrusion", "침해사고"


class DemandOutcomeKind(Labelled):
    """How an improvement demand ended."""

    IMPROVED = "improved", "개선됨"
    NOT_IMPROVED = "not_improved", "개선되지 않음"
    COMPENSATED = "compensated", "보상으로 처리"


@dataclass(frozen=True)
class MonthlyFigure:
    """A figure reported for one month and indicator, in thousandths of the indicator's unit."""

    figure_id: str
    month: str
    indicator: str
    value_thousandths: int
    reported_by: str = ""
    note: str = ""
    evidence_id: str | None = None


@dataclass(frozen=True)
class Fault:
    """A fault with its clock; ``None`` is a point not reached (remote work has no arrival)."""

    fault_id: str
    number: int
    grade: FaultGrade
    service: str
    symptom: str
    notified_at: datetime
    remote: bool = False
    arrived_at: datetime | None = None
    recovered_at: datetime | None = None
    cause: str = ""
    responsibility: str = ""
    reported_on: date | None = None
    tested_at: datetime | None = None
    witness: str = ""
    prevented_on: date | None = None
    closed: bool = False


@dataclass(frozen=True)
class ImprovementDemand:
    """개선 요구 for a figure below target: due day and outcome (M-2)."""

    demand_id: str
    indicator: str
    month: str
    content: str
    demanded_on: date
    due_on: date
    outcome: DemandOutcomeKind | None = None
    outcome_on: date | None = None
    outcome_note: str = ""


@dataclass(frozen=True)
class Compensation:
    """Compensation claimed by the contract's formula (M-3), in won."""

    month: str
    indicator: str
    amount_won: int
    claimed_on: date
    formula: str


@dataclass(frozen=True)
class DutyConfirmation:
    """A duty confirmed as done; ``occurrence`` is ``"YYYY-MM"`` for monthly duties, else ``""``."""

    duty: str
    occurrence: str
    done_on: date
    confirmed_by: str
    note: str = ""
    evidence_id: str | None = None


@dataclass(frozen=True)
class ChangeRecord:
    """A change of function or configuration (M-5)."""

    changed_on: date
    content: str
    approved_by: str = ""


@dataclass(frozen=True)
class WatchRecord:
    """A look at something that is watched (M-6); ``problem`` says that something is wrong."""

    kind: WatchKind
    checked_on: date
    content: str
    problem: bool = False


@dataclass(frozen=True)
class ProviderNotice:
    """Provider's notice of outage, leak or intrusion (M-7)."""

    kind: NoticeKind
    received_on: date
    content: str
    channel: str = ""


@dataclass(frozen=True)
class MonitoringFacts:
    """All that was monitored; superseded figures are already left out."""

    figures: tuple[MonthlyFigure, ...] = ()
    faults: tuple[Fault, ...] = ()
    demands: tuple[ImprovementDemand, ...] = ()
    compensations: tuple[Compensation, ...] = ()
    confirmations: tuple[DutyConfirmation, ...] = ()
    changes: tuple[ChangeRecord, ...] = ()
    watches: tuple[WatchRecord, ...] = ()
    notices: tuple[ProviderNotice, ...] = ()

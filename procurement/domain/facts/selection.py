"""⑤ Selection: quotes, criteria, scores, an outcome for every service, the award (III.2.⑤)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from procurement.domain.facts.formula import Formula, Measured
from procurement.domain.facts.quotes import CostLine as CostLine
from procurement.domain.facts.quotes import CostPart as CostPart
from procurement.domain.facts.quotes import Quote as Quote
from procurement.domain.facts.quotes import QuoteRequest as QuoteRequest
from procurement.domain.labels import Labelled


class Aspect(Labelled):
    """What a criterion considers; all four are asked for (E-2)."""

    COST = "cost", "전체 소요비용(TCO)"
    TECHNICAL = "technical", "기술적 장점 및 기능 적합성"
    SUPPORT = "support", "고객지원체계"
    STABILITY = "stability", "성능 및 안정성"


class Averaging(Labelled):
    """How the evaluators' scores come together (E-3)."""

    MEAN = "mean", "산술평균"
    TRIMMED = "trimmed", "최고·최저 제외 평균"


class OutcomeKind(Labelled):
    """How a service of the final run ended (E-4)."""

    SCORED = "scored", "평가"
    NO_QUOTE = "no_quote", "견적 미제출"
    CANCELLED = "selection_cancelled", "선정 취소(디지털서비스 효력 상실)"
    EXCLUDED = "excluded", "요건 미충족 제외"


class DecisionKind(Labelled):
    """How the lot was decided."""

    AWARD = "award", "이용계약 대상 선정"
    NONE_SUITABLE = "none_suitable", "적합한 서비스 없음"
    CANCELLED = "cancelled", "선정 절차 취소"


@dataclass(frozen=True)
class Criterion:
    """평가항목: weight in points (all add to 100), the clause it rests on, a scale in words.

    One with a formula is counted, not judged: no evaluator gives points on it.
    """

    criterion_id: str
    key: str
    title: str
    aspect: Aspect
    weight: int
    clause: str
    scale: str = ""
    formula: Formula | None = None


@dataclass(frozen=True)
class CriteriaSet:
    """Criteria as fixed before the first score (E-3).

    ``minimum_hundredths``: lowest total that may win, in hundredths of a point of 100.
    ``tie_break``: keys of criteria, compared in order when totals tie.
    """

    set_id: str
    lot: int
    number: int
    run_id: str
    averaging: Averaging
    minimum_hundredths: int
    tie_break: tuple[str, ...]
    criteria: tuple[Criterion, ...]
    recorded_at: datetime
    reason: str = ""

    @property
    def judged(self) -> tuple[Criterion, ...]:
        """Criteria on which evaluators give points."""
        return tuple(criterion for criterion in self.criteria if criterion.formula is None)

    @property
    def computed(self) -> tuple[Criterion, ...]:
        """Criteria that are counted by their formula."""
        return tuple(criterion for criterion in self.criteria if criterion.formula is not None)


@dataclass(frozen=True)
class ProviderAnswer:
    """What one provider answered; ``result_id`` is its service, ``None`` for all of them together."""

    result_id: str | None
    text: str
    answered_on: date | None


@dataclass(frozen=True)
class ProviderQuestion:
    """A question to providers and its answers; to all by default, to some with a reason (E-8).

    ``answer`` is what all of them answered together, ``answers`` what each answered by itself.
    """

    lot: int
    result_ids: tuple[str, ...]
    question: str
    asked_on: date
    channel: str
    answer: str = ""
    answered_on: date | None = None
    partial_reason: str = ""
    evidence_id: str | None = None
    answers: tuple[ProviderAnswer, ...] = ()

    @property
    def replies(self) -> tuple[ProviderAnswer, ...]:
        """Every answer, that of all together first."""
        together = (ProviderAnswer(None, self.answer, self.answered_on),) if self.answer.strip() else ()
        return (*together, *self.answers)

    @property
    def waiting(self) -> tuple[str, ...]:
        """Services asked that have not answered; none once an answer of all together is there."""
        answered = {reply.result_id for reply in self.replies}
        return () if None in answered else tuple(r for r in self.result_ids if r not in answered)


@dataclass(frozen=True)
class Material:
    """Other material used: proposal, terms of use, SLA, price policy, service definition (E-7)."""

    lot: int
    kind: str
    result_id: str | None
    evidence_id: str


@dataclass(frozen=True)
class MallResult:
    """Central route: the evaluated proposal and the result of the mall's own procedure (E-1, E-11)."""

    lot: int
    result_id: str
    proposal: str
    additional_proposal: bool
    decided_on: date
    note: str = ""
    evidence_id: str | None = None


@dataclass(frozen=True)
class Declaration:
    """An evaluator's declaration of conflicts of interest, made before scoring (E-9)."""

    evaluator_id: str
    has_conflict: bool
    text: str = ""


@dataclass(frozen=True)
class EvaluatorRelease:
    """An evaluator taken off the case, with the reason; the trace stays."""

    evaluator_id: str
    reason: str


@dataclass(frozen=True)
class Evaluator:
    """평가위원 of the case, with the declaration of conflicts of interest (E-9)."""

    evaluator_id: str
    name: str
    invited_at: datetime
    declared_at: datetime | None = None
    has_conflict: bool | None = None
    declaration: str = ""
    released: bool = False


@dataclass(frozen=True)
class Score:
    """Points given, in hundredths, out of the criterion's weight, with a comment."""

    criterion_id: str
    result_id: str
    points_hundredths: int
    comment: str = ""


@dataclass(frozen=True)
class ScoreSheet:
    """A sheet as submitted once by an evaluator."""

    set_id: str
    evaluator_id: str
    recorded_at: datetime
    scores: tuple[Score, ...]


@dataclass(frozen=True)
class ServiceOutcome:
    """Outcome of one service of the final run; ``clause`` is what an excluded one fails (E-4)."""

    lot: int
    result_id: str
    kind: OutcomeKind
    clause: str = ""
    reason: str = ""


@dataclass(frozen=True)
class RankedService:
    """A row of the evaluation table: total in hundredths of a point and rank (1 is best)."""

    result_id: str
    total_hundredths: int
    rank: int
    meets_minimum: bool


@dataclass(frozen=True)
class EvaluationTable:
    """The table as computed from the submitted sheets; ``tied`` names services that share rank 1."""

    lot: int
    rows: tuple[RankedService, ...]
    tied: tuple[str, ...] = ()


@dataclass(frozen=True)
class Decision:
    """The decision on a lot; an award names its service and the criteria set it rests on (E-13)."""

    lot: int
    kind: DecisionKind
    result_id: str | None
    set_id: str | None
    recorded_at: datetime
    reason: str = ""


@dataclass(frozen=True)
class HeldBack:
    """An act that a guard refused: which rule, what was tried, when (E-5)."""

    rule_id: str
    what: str
    recorded_at: datetime


@dataclass(frozen=True)
class QuoteOpening:
    """Quotes of a lot opened before its criteria were fixed, with the reason that E-3 asks for."""

    lot: int
    opened_at: datetime
    reason: str = ""


@dataclass(frozen=True)
class SelectionFacts:
    """Everything on selection, for all lots; superseded quotes are already left out.

    ``decisions`` are those that stand, ``superseded`` those that a later one took the place of.
    """

    criteria: tuple[CriteriaSet, ...] = ()
    requests: tuple[QuoteRequest, ...] = ()
    quotes: tuple[Quote, ...] = ()
    openings: tuple[QuoteOpening, ...] = ()
    questions: tuple[ProviderQuestion, ...] = ()
    materials: tuple[Material, ...] = ()
    mall_results: tuple[MallResult, ...] = ()
    measured: tuple[Measured, ...] = ()
    evaluators: tuple[Evaluator, ...] = ()
    sheets: tuple[ScoreSheet, ...] = ()
    outcomes: tuple[ServiceOutcome, ...] = ()
    tables: tuple[EvaluationTable, ...] = ()
    decisions: tuple[Decision, ...] = ()
    held_back: tuple[HeldBack, ...] = ()
    superseded: tuple[Decision, ...] = ()

    def criteria_of(self, lot: int) -> CriteriaSet | None:
        """The newest criteria set of ``lot``."""
        sets = [c for c in self.criteria if c.lot == lot]
        return max(sets, key=lambda c: c.number) if sets else None

    def quote_of(self, lot: int, result_id: str) -> Quote | None:
        """The quote that stands for a service."""
        return next((q for q in self.quotes if q.lot == lot and q.result_id == result_id), None)

    def decision_of(self, lot: int) -> Decision | None:
        """The decision that stands for ``lot``."""
        return next((d for d in self.decisions if d.lot == lot), None)

    def table_of(self, lot: int) -> EvaluationTable | None:
        """The evaluation table of ``lot``."""
        return next((t for t in self.tables if t.lot == lot), None)

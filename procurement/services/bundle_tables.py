"""Rows that the bundle's tables need beside what is frozen: joins and sums, nothing decided anew."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from fractions import Fraction

from procurement.domain.closed_table import ClosedTable, closed_table
from procurement.domain.facts.contract import ContractTerms, Duty, FaultTerms, SlaIndicator
from procurement.domain.facts.ending import ChecklistItem, ChecklistMark, EndingFacts
from procurement.domain.facts.monitoring import DutyConfirmation, Fault, MonitoringFacts, MonthlyFigure
from procurement.domain.facts.quotes import CostPart
from procurement.domain.facts.search import ResultRow
from procurement.domain.facts.selection import (
    CriteriaSet,
    Criterion,
    Quote,
    Score,
    ScoreSheet,
    SelectionFacts,
    ServiceOutcome,
)
from procurement.domain.facts.sourcing import Route
from procurement.domain.incidents import FaultAssessment, assess_all
from procurement.domain.periods import due_within
from procurement.domain.robustness import outward as outward
from procurement.domain.rules.base import Finding, Outcome, Rule
from procurement.domain.rules.registration import REGISTRATION_DAYS
from procurement.domain.rules.registry import RULES
from procurement.domain.score_change import Spread
from procurement.domain.sla import meets
from procurement.domain.steps import Step
from procurement.domain.tco import FORMULA as FORMULA
from procurement.domain.tco import PER_MILLE, Cost, bars, cost_of
from procurement.domain.tco import reckoned as reckoned
from procurement.services import firmness
from procurement.services.bundle_input import BundleInput
from procurement.services.firmness import Firmness

COST_PARTS = tuple(CostPart)
"""Parts of a total cost, in the order of the formula."""

NOT_YET = "단계를 완료하지 않아 아직 판단하지 않았습니다."


@dataclass(frozen=True)
class RuleRow:
    """A rule with the findings stored for it; one that says 아직 아님 where its step is not completed."""

    rule: Rule
    findings: tuple[Finding, ...]


@dataclass(frozen=True)
class SheetRow:
    """A score of a sheet beside its service and criterion."""

    service: str
    criterion: Criterion
    score: Score


@dataclass(frozen=True)
class Sheet:
    """A sheet as submitted: whose, when, every score, and the total of each service in hundredths."""

    evaluator: str
    recorded_at: datetime
    rows: tuple[SheetRow, ...]
    totals: tuple[tuple[str, int], ...]


@dataclass(frozen=True)
class FigureRow:
    """A monthly figure beside its indicator; ``met`` is ``None`` where the annex has no such indicator."""

    figure: MonthlyFigure
    indicator: SlaIndicator | None
    met: bool | None


@dataclass(frozen=True)
class ServiceLine:
    """A service of the final list: its quote and its outcome, ``None`` where there is none."""

    row: ResultRow
    quote: Quote | None
    outcome: ServiceOutcome | None

    @property
    def cost(self) -> Cost | None:
        """Total cost of ownership with VAT in every part."""
        return cost_of(self.quote) if self.quote else None


def rule_rows(data: BundleInput) -> list[tuple[Step | None, list[RuleRow]]]:
    """Every rule of the program by step, the rules of the case itself first."""
    stored: dict[str, list[Finding]] = {}
    of_case = {finding.rule_id for finding in data.case_findings}
    of_steps = (f for one in data.steps.values() for f in one.findings if f.rule_id not in of_case)
    for finding in (*data.case_findings, *of_steps):
        stored.setdefault(finding.rule_id, []).append(finding)
    groups: dict[Step | None, list[RuleRow]] = {}
    for rule in RULES:
        found = tuple(stored.get(rule.id, ())) or (_not_yet(rule),)
        groups.setdefault(rule.step, []).append(RuleRow(rule, found))
    return list(groups.items())


def not_judged(rows: Sequence[RuleRow]) -> bool:
    """Whether none of the rules was judged, because their step is not completed."""
    return all(finding.message == NOT_YET for row in rows for finding in row.findings)


def _not_yet(rule: Rule) -> Finding:
    return Finding(
        rule.id, rule.title, rule.citation, rule.severity, rule.kind, Outcome.NOT_YET, message=NOT_YET
    )


def outcome_counts(data: BundleInput) -> list[tuple[Outcome, int]]:
    """How many rules stand how; a rule with several findings counts once, by its worst."""
    gravity = [Outcome.UNMET, Outcome.NOT_YET, Outcome.JUSTIFIED, Outcome.MET, Outcome.NOT_APPLICABLE]
    counts = dict.fromkeys(Outcome, 0)
    for _, rows in rule_rows(data):
        for row in rows:
            counts[min((f.outcome for f in row.findings), key=gravity.index)] += 1
    return list(counts.items())


def candidates(data: BundleInput, lot: int) -> list[ResultRow]:
    """Services of the final list of a lot, in order."""
    search = data.decisions.search
    if search is None:
        return []
    finals = {final.run_id for final in search.finals if final.lot == lot}
    return [row for run in search.runs if run.run_id in finals for row in run.results]


def service_lines(data: BundleInput, selection: SelectionFacts, lot: int) -> list[ServiceLine]:
    """Each service of the final list with its quote and outcome."""
    outcomes = {outcome.result_id: outcome for outcome in selection.outcomes if outcome.lot == lot}
    return [
        ServiceLine(row, selection.quote_of(lot, row.result_id), outcomes.get(row.result_id))
        for row in candidates(data, lot)
    ]


def cost_bars(
    lines: Sequence[ServiceLine],
) -> list[tuple[ServiceLine, list[tuple[CostPart | None, float]]]]:
    """Each line with its parts in percent of the longest bar; a part of ``None`` is what is left."""
    drawn = bars({line.row.result_id: line.cost for line in lines if line.cost is not None})
    found = []
    for line in lines:
        segments = drawn.get(line.row.result_id, ())
        cells: list[tuple[CostPart | None, float]] = [(s.part, s.width * 100 / PER_MILLE) for s in segments]
        rest = PER_MILLE - sum(s.width for s in segments)
        found.append((line, [*cells, (None, rest * 100 / PER_MILLE)] if rest > 0 else cells))
    return found


def service_names(data: BundleInput) -> dict[str, str]:
    """Result id → name of every service of every run."""
    search = data.decisions.search
    return {row.result_id: row.service_name for run in (search.runs if search else ()) for row in run.results}


def sheets_of(data: BundleInput, selection: SelectionFacts, criteria: CriteriaSet) -> list[Sheet]:
    """Sheets submitted on a criteria set, with the evaluators' names as frozen."""
    names = {evaluator.evaluator_id: evaluator.name for evaluator in selection.evaluators}
    return [
        _sheet(data, criteria, sheet, names.get(sheet.evaluator_id) or data.name_of(sheet.evaluator_id))
        for sheet in selection.sheets
        if sheet.set_id == criteria.set_id
    ]


@dataclass(frozen=True)
class Firm:
    """How firm the first place of a frozen table is, with what is needed to say it."""

    table: ClosedTable
    identity: str
    firmness: Firmness | None


def firm(data: BundleInput, selection: SelectionFacts, criteria: CriteriaSet) -> Firm | None:
    """How firm the table on ``criteria`` is, counted from what is frozen; ``None`` while it is open."""
    if selection.criteria_of(criteria.lot) is not criteria:
        return None
    table = closed_table(selection, criteria, [row.result_id for row in candidates(data, criteria.lot)])
    return Firm(table, firmness.identity(table), firmness.firmness(table)) if table else None


def differences(table: ClosedTable) -> list[Spread]:
    """How far the evaluators are apart, service by service as ranked."""
    return [one for of_service in firmness.differences(table).values() for one in of_service]


def squares(low: Fraction | int, high: Fraction | int) -> str:
    """A range on a scale of 0 to 100 as twenty squares, full where more than half of it is in the range."""
    return "".join("■" if low < 5 * place + 2.5 <= high else "□" for place in range(20))


def _sheet(data: BundleInput, criteria: CriteriaSet, sheet: ScoreSheet, name: str) -> Sheet:
    given = {(score.result_id, score.criterion_id): score for score in sheet.scores}
    rows: list[SheetRow] = []
    totals: list[tuple[str, int]] = []
    for service in candidates(data, criteria.lot):
        scored = [
            SheetRow(service.service_name, criterion, score)
            for criterion in criteria.criteria
            if (score := given.get((service.result_id, criterion.criterion_id))) is not None
        ]
        rows += scored
        if scored:
            totals.append((service.service_name, sum(row.score.points_hundredths for row in scored)))
    return Sheet(name, sheet.recorded_at, tuple(rows), tuple(totals))


def figure_rows(monitoring: MonitoringFacts, terms: ContractTerms | None) -> list[FigureRow]:
    """Monthly figures by month, each against its target."""
    indicators = {one.key: one for one in terms.sla.indicators} if terms else {}
    order = list(indicators)
    rows = []
    for figure in monitoring.figures:
        indicator = indicators.get(figure.indicator)
        met = meets(indicator, figure.value_thousandths) if indicator else None
        rows.append(FigureRow(figure, indicator, met))
    rows.sort(key=lambda row: (row.figure.month, order.index(row.figure.indicator) if row.indicator else 99))
    return rows


def fault_assessments(data: BundleInput) -> dict[str, FaultAssessment]:
    """Every fault held against the contract's clock, as at the time of the snapshot."""
    monitoring, contract = data.decisions.monitoring, data.decisions.contract
    terms: FaultTerms | None = contract.terms.fault_terms if contract and contract.terms else None
    if monitoring is None or terms is None:
        return {}
    moment = data.steps[Step.MONITORING].completed_at or data.made_of
    return {one.fault_id: one for one in assess_all(monitoring.faults, terms, moment)}


def faults_in_order(monitoring: MonitoringFacts) -> list[Fault]:
    """Faults in the order of notice."""
    return sorted(monitoring.faults, key=lambda fault: (fault.notified_at, fault.number))


def registration_due(data: BundleInput) -> date | None:
    """The day by which the contract was to be registered, ``None`` for one that is carried over."""
    contract, sourcing = data.decisions.contract, data.decisions.sourcing
    if contract is None or contract.conclusion is None:
        return None
    if sourcing is not None and sourcing.route is Route.CENTRAL:
        return None
    return due_within(contract.conclusion.concluded_on, REGISTRATION_DAYS, data.holidays.get).due


def duty_confirmations(monitoring: MonitoringFacts, duty: Duty) -> list[DutyConfirmation]:
    """Confirmations of a duty, earliest occurrence first."""
    found = [one for one in monitoring.confirmations if one.duty == duty.key]
    return sorted(found, key=lambda one: (one.occurrence, one.done_on))


def checklist_rows(ending: EndingFacts) -> Iterator[tuple[ChecklistItem, ChecklistMark | None, date | None]]:
    """Lines of the termination checklist, each with its mark and its day."""
    marks = {mark.item: mark for mark in ending.marks}
    end = ending.plan.end_on if ending.plan else None
    for item in ending.items:
        due = date.fromordinal(end.toordinal() - item.days_before_end) if end else None
        yield item, marks.get(item.key), due

"""What ⑤ derives from its facts: seals, costs, who stands where, what is to be done next."""

from __future__ import annotations

from dataclasses import dataclass

from procurement.domain.facts import CaseFacts
from procurement.domain.facts.search import ResultRow
from procurement.domain.facts.selection import Evaluator, OutcomeKind, Quote, RankedService, ServiceOutcome
from procurement.domain.rules.lots import lot_subject
from procurement.domain.rules.reading import candidates, is_central, live_lots, still_running
from procurement.domain.steps import Step
from procurement.domain.tco import Cost as Cost
from procurement.domain.tco import cost_of as cost_of

QUOTE_PURPOSE = "quote"
"""Purpose of stored files that are quotes, sealed until the criteria are fixed."""

MATERIAL_KINDS = (
    "제안서",
    "이용지원시스템 정보",
    "이용약관",
    "SLA",
    "서비스 이용요금 정책",
    "서비스 정의서",
    "그 밖의 자료",
)
"""Kinds of material looked at in an evaluation, in the guideline's words (E-7)."""


def opening_subject(lot: int) -> str:
    """Subject of rule E-3 under which the reason for opening quotes early is kept."""
    return lot_subject(lot, "quotes")


def quotes_sealed(facts: CaseFacts, lot: int) -> bool:
    """Whether amounts and files of the lot's quotes are still closed (E-3).

    They open when the criteria are fixed, or with a written reason. The mall's procedure has no quotes.
    """
    opened = any(opening.lot == lot for opening in facts.selection.openings)
    return not is_central(facts) and facts.selection.criteria_of(lot) is None and not opened


def file_sealed(facts: CaseFacts, evidence_id: str) -> bool:
    """Whether a stored file is a quote that is still closed.

    A quote's file goes by the lot it was recorded for; one that no record names is closed while any lot is.
    """
    lots = [quote.lot for quote in facts.selection.quotes if quote.evidence_id == evidence_id]
    if lots:
        return any(quotes_sealed(facts, lot) for lot in lots)
    file = next((e for e in facts.evidence if e.evidence_id == evidence_id), None)
    if file is None or file.purpose != QUOTE_PURPOSE:
        return False
    return any(quotes_sealed(facts, lot) for lot in facts.head.lots)


def over_budget(facts: CaseFacts, quote: Quote) -> bool:
    """Whether the fee of a quote, VAT in it, exceeds the budget that the definition gives the lot (E-10)."""
    wanted = facts.definition.lot(quote.lot)
    limit = wanted.budget_won if wanted else None
    return limit is not None and cost_of(quote).fee_won > limit


def came_late(facts: CaseFacts, quote: Quote) -> bool:
    """Whether a quote came after the last day on which its service was asked for one."""
    asked = [
        r.due_on for r in facts.selection.requests if r.lot == quote.lot and quote.result_id in r.result_ids
    ]
    return bool(asked) and quote.received_on > max(asked)


def jury(facts: CaseFacts) -> tuple[Evaluator, ...]:
    """Evaluators whose sheets are awaited or in: not released and without a conflict of interest."""
    return tuple(e for e in facts.selection.evaluators if not e.released and not e.has_conflict)


def submitted(facts: CaseFacts, lot: int) -> frozenset[str]:
    """Ids of evaluators whose sheet on the lot's newest criteria is in."""
    criteria = facts.selection.criteria_of(lot)
    if criteria is None:
        return frozenset()
    return frozenset(s.evaluator_id for s in facts.selection.sheets if s.set_id == criteria.set_id)


def scoring_begun(facts: CaseFacts, lot: int) -> bool:
    """Whether a sheet is in on any criteria of the lot's final run."""
    run = facts.search.final(lot)
    sets = {c.set_id for c in facts.selection.criteria if run and (c.lot, c.run_id) == (lot, run.run_id)}
    return any(sheet.set_id in sets for sheet in facts.selection.sheets)


def table_closed(facts: CaseFacts, lot: int) -> bool:
    """Whether every awaited sheet of the lot is in, so that scores may be seen."""
    return facts.selection.table_of(lot) is not None


def without_outcome(facts: CaseFacts, lot: int) -> tuple[ResultRow, ...]:
    """Services of the final run for which nothing has been said yet (E-4)."""
    known = {o.result_id for o in facts.selection.outcomes if o.lot == lot}
    return tuple(row for row in candidates(facts, lot) if row.result_id not in known)


def not_scored(facts: CaseFacts, lot: int) -> tuple[tuple[ResultRow, ServiceOutcome], ...]:
    """Services of the final run that ended otherwise than by evaluation, in its order, with how."""
    known = {
        o.result_id: o for o in facts.selection.outcomes if o.lot == lot and o.kind is not OutcomeKind.SCORED
    }
    return tuple((row, known[row.result_id]) for row in candidates(facts, lot) if row.result_id in known)


def scored_services(facts: CaseFacts, lot: int) -> tuple[ResultRow, ...]:
    """Services that sheets have to score, in the order of the final run."""
    kinds = {o.result_id: o.kind for o in facts.selection.outcomes if o.lot == lot}
    return tuple(row for row in candidates(facts, lot) if kinds.get(row.result_id) is OutcomeKind.SCORED)


def disqualified(facts: CaseFacts, lot: int) -> frozenset[str]:
    """Services that a technical negotiation found disqualified (K-14)."""
    return frozenset(n.result_id for n in facts.contract.negotiations if n.lot == lot and n.disqualified)


def in_front(facts: CaseFacts, lot: int) -> tuple[RankedService, ...]:
    """The best-ranked rows of the lot's table that are not disqualified; several when they tie."""
    table = facts.selection.table_of(lot)
    gone = disqualified(facts, lot)
    rows = [row for row in table.rows if row.result_id not in gone] if table else []
    best = min((row.rank for row in rows), default=0)
    return tuple(row for row in rows if row.rank == best)


def resting_on_decision(facts: CaseFacts, lot: int) -> tuple[str, ...]:
    """What rests on the decision that stands for a lot, and what becomes of it when another is made."""
    decision, contract = facts.selection.decision_of(lot), facts.contract
    if decision is None:
        return ()
    found = []
    if facts.steps[Step.SELECTION].reopened:
        found.append("⑤ 완료: 새 결정으로 다시 완료해야 합니다.")
    if contract.terms is not None:
        found.append("⑥ 계약 조건: 저장한 내용은 남고, 새 대상에 맞는지 다시 확인해야 합니다.")
    if any(not request.lapsed for request in contract.approvals):
        found.append("⑥ 품의: 효력이 없어져 다시 올려야 합니다.")
    held = sum((n.lot, n.result_id) == (lot, decision.result_id) for n in contract.negotiations)
    if held:
        found.append(f"⑥ 기술협상 {held}건: 먼저 정한 서비스와 한 것으로 기록에 남습니다.")
    return tuple(found)


@dataclass(frozen=True)
class Task:
    """A thing to do on the way to a decision: ``page`` is the name of the page to do it on."""

    title: str
    done: bool
    page: str
    note: str = ""


def tasks(facts: CaseFacts, lot: int) -> tuple[Task, ...]:
    """What has to be done for a lot, in order."""
    return _central_tasks(facts, lot) if is_central(facts) else _own_tasks(facts, lot)


def _own_tasks(facts: CaseFacts, lot: int) -> tuple[Task, ...]:
    selection, rows = facts.selection, candidates(facts, lot)
    asked = {i for request in selection.requests if request.lot == lot for i in request.result_ids}
    quotes = [q for q in selection.quotes if q.lot == lot]
    people, sheets = jury(facts), submitted(facts, lot)
    return (
        Task(
            "최종 검색의 모든 서비스에 견적을 요청합니다",
            bool(asked),
            "quotes",
            f"{len(asked)}/{len(rows)}개",
        ),
        Task(
            "평가기준(평가항목·배점·동점 처리)을 확정합니다",
            selection.criteria_of(lot) is not None,
            "criteria",
            "확정하면 견적 금액이 열립니다",
        ),
        Task("받은 견적을 적고 견적서를 붙입니다", bool(quotes), "quotes", f"{len(quotes)}/{len(rows)}개"),
        Task(
            "평가위원을 정하고 이해충돌 여부를 신고받습니다",
            bool(people) and all(e.declared_at is not None for e in people),
            "evaluators",
            f"{len(people)}명",
        ),
        Task(
            "서비스마다 처리 결과(평가·견적 미제출 등)를 적습니다",
            not without_outcome(facts, lot),
            "outcomes",
            f"{len(rows) - len(without_outcome(facts, lot))}/{len(rows)}개",
        ),
        Task(
            "평가위원이 평가표를 제출합니다",
            table_closed(facts, lot) or not still_running(facts, lot),
            "evaluators",
            f"{len(sheets)}/{len(people)}명",
        ),
        Task("평가 결과에 따라 대상을 정합니다", selection.decision_of(lot) is not None, "decision"),
    )


def _central_tasks(facts: CaseFacts, lot: int) -> tuple[Task, ...]:
    selection, rows = facts.selection, candidates(facts, lot)
    left = without_outcome(facts, lot)
    return (
        Task(
            "디지털서비스몰 납품요구 절차의 결과를 적습니다",
            any(r.lot == lot for r in selection.mall_results),
            "mall",
        ),
        Task(
            "서비스마다 처리 결과를 적습니다", not left, "outcomes", f"{len(rows) - len(left)}/{len(rows)}개"
        ),
        Task("절차의 결과대로 대상을 정합니다", selection.decision_of(lot) is not None, "decision"),
    )


def lots_to_select(facts: CaseFacts) -> tuple[int, ...]:
    """Lots that have a final run; called-off ones stay in sight."""
    live = set(live_lots(facts))
    return tuple(
        lot for lot in facts.head.lots if lot in live or facts.selection.decision_of(lot) is not None
    )

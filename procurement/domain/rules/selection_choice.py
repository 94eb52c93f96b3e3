"""Rules E-10, E-12 and E-13 of ⑤: the service that is chosen, its price, its certificate, its rank."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from procurement.domain.facts import CaseFacts
from procurement.domain.facts.search import ResultRow
from procurement.domain.facts.selection import Decision, DecisionKind, Quote, RankedService
from procurement.domain.money import add_vat, format_won
from procurement.domain.periods import format_date
from procurement.domain.rules.base import (
    Kind,
    Problem,
    Rule,
    Severity,
    Verdict,
    from_problems,
    lacking,
    not_applicable,
    not_yet,
)
from procurement.domain.rules.lots import lot_prefix, lot_subject
from procurement.domain.rules.reading import (
    candidates,
    for_lots,
    is_central,
    is_cloud,
    korean_day,
    live_lots,
    winner,
)
from procurement.domain.selection import in_front
from procurement.domain.steps import Step


def _with_vat(quote: Quote) -> int:
    """The quote in won with VAT in it."""
    return quote.amount_won if quote.vat_included else add_vat(quote.amount_won)[1]


def _over_definition(facts: CaseFacts, lot: int, quote: Quote) -> Iterator[Problem]:
    """The chosen quote against the budget the definition gives the lot."""
    wanted, amount = facts.definition.lot(lot), _with_vat(quote)
    if wanted is not None and wanted.budget_won is not None and amount > wanted.budget_won:
        yield Problem(
            f"{lot_prefix(facts, lot)}고른 서비스의 견적 {format_won(amount)}원(부가세 포함)이 "
            f"정의서의 예산 {format_won(wanted.budget_won)}원을 넘습니다. 그래도 고른 사유를 적으세요.",
            lot_subject(lot),
            "quotes",
        )


def _over_sheet(facts: CaseFacts, quotes: list[Quote]) -> Iterator[Problem]:
    """All chosen quotes together against what ① found available."""
    total = sum(_with_vat(quote) for quote in quotes)
    if facts.budget is not None and total > facts.budget.available_won:
        yield Problem(
            f"고른 견적의 합계 {format_won(total)}원(부가세 포함)이 ①에서 확인한 예산 "
            f"{format_won(facts.budget.available_won)}원을 넘습니다. "
            "①에서 부족분을 어떻게 채울지 확인하거나 사유를 적으세요.",
            "budget",
            "quotes",
        )


def _within_budget(facts: CaseFacts) -> Verdict:
    """E-10: the chosen quotes lie within the budget of the definition and within that of ①."""
    chosen = [(lot, row) for lot in live_lots(facts) if (row := winner(facts, lot)) is not None]
    if not chosen:
        return not_yet("이용계약 대상을 정한 뒤에 봅니다.")
    found = [(lot, row, facts.selection.quote_of(lot, row.result_id)) for lot, row in chosen]
    quotes = [(lot, quote) for lot, _, quote in found if quote is not None]
    if not quotes and is_central(facts):
        return not_applicable("중앙조달은 견적을 받지 않고 디지털서비스몰의 가격으로 계약합니다.")
    problems = [
        Problem(
            f"{lot_prefix(facts, lot)}고른 서비스 ‘{row.service_name}’의 견적이 없어 "
            "예산과 견줄 수 없습니다. 견적을 적거나 없는 사유를 적으세요.",
            lot_subject(lot, "no quote"),
            "quotes",
        )
        for lot, row, quote in found
        if quote is None and not is_central(facts)
    ]
    for lot, quote in quotes:
        problems += _over_definition(facts, lot, quote)
    return from_problems((*problems, *_over_sheet(facts, [quote for _, quote in quotes])))


def _certificate_wrong(facts: CaseFacts, lot: int, row: ResultRow) -> str:
    decision = facts.selection.decision_of(lot)
    day = korean_day(decision.recorded_at) if decision else facts.today
    if row.csap_grade is None:
        return "클라우드 보안인증(CSAP)이 있는지 검색 결과에 없습니다. 확인하고 그 내용을 사유로 적으세요."
    if not row.csap_grade.strip():
        return "클라우드 보안인증(CSAP)이 없습니다. 인증받은 서비스를 두고 고른 사유를 적으세요."
    if row.csap_to is not None and row.csap_to < day:
        return (
            f"클라우드 보안인증(CSAP)이 {format_date(row.csap_to)}에 끝났습니다. "
            "연장했는지 확인하고 그 내용을 사유로 적으세요."
        )
    return ""


def _certified_first(facts: CaseFacts) -> Verdict:
    """E-12: a cloud service that is chosen has a certificate that runs on the day of the choice."""
    chosen = [(lot, row) for lot in live_lots(facts) if (row := winner(facts, lot)) is not None]
    if not chosen:
        decided = [d for d in facts.selection.decisions if d.kind is not DecisionKind.AWARD]
        return not_applicable("고른 서비스가 없습니다.") if decided else not_yet("대상을 정한 뒤에 봅니다.")
    cloud = [(lot, row) for lot, row in chosen if is_cloud(facts, lot, row)]
    if not cloud:
        return not_applicable("고른 서비스가 지원서비스 또는 융합서비스입니다.")
    problems = tuple(
        Problem(f"{lot_prefix(facts, lot)}서비스 ‘{row.service_name}’: {wrong}", row.result_id, "decision")
        for lot, row in cloud
        if (wrong := _certificate_wrong(facts, lot, row))
    )
    return from_problems(problems)


def _tie_wrong(decision: Decision, front: Sequence[RankedService]) -> str:
    if len(front) > 1 and not decision.reason.strip():
        return "1위가 동점입니다. 미리 정한 동점 처리로 대상을 정한 경위를 적으세요."
    return ""


def _award_wrong(facts: CaseFacts, decision: Decision) -> str:
    """What keeps an award on the own route from following from the table."""
    if facts.selection.table_of(decision.lot) is None:
        return "평가표 없이 대상을 정했습니다. 평가표를 만든 뒤에 정하세요."
    front = in_front(facts, decision.lot)
    row = next((r for r in front if r.result_id == decision.result_id), None)
    if row is None:
        return (
            "정한 서비스가 평가표의 1위가 아닙니다. "
            "평가표의 1위(기술협상에서 결격된 서비스가 있으면 그다음 순위)를 대상으로 정하세요."
        )
    if not row.meets_minimum:
        return "1위 서비스의 점수가 미리 정한 최저 점수에 못 미칩니다. 적합한 서비스 없음으로 결정하세요."
    criteria = facts.selection.criteria_of(decision.lot)
    if criteria is None or decision.set_id != criteria.set_id:
        return "결정이 지금의 평가기준에 따른 것이 아닙니다. 지금의 평가기준으로 다시 결정하세요."
    return _tie_wrong(decision, front)


def _decision_wrong(facts: CaseFacts, decision: Decision) -> str:
    """What is wrong with the decision on a lot."""
    if decision.kind is DecisionKind.NONE_SUITABLE:
        if any(row.meets_minimum for row in in_front(facts, decision.lot)):
            return "최저 점수를 넘은 서비스가 있는데 없다고 결정했습니다. 평가표에 따라 결정하세요."
        return "" if decision.reason.strip() else "적합한 서비스가 없다고 본 까닭을 적으세요."
    if not is_central(facts):
        return _award_wrong(facts, decision)
    if not any(
        (r.lot, r.result_id) == (decision.lot, decision.result_id) for r in facts.selection.mall_results
    ):
        return "정한 서비스가 디지털서비스몰 절차의 결과와 다릅니다. 절차의 결과대로 정하세요."
    return ""


def _winner_follows(facts: CaseFacts, lot: int) -> Iterator[Problem]:
    """E-13: a decision stands, and it is what the table (or the mall) says."""
    prefix, decision = lot_prefix(facts, lot), facts.selection.decision_of(lot)
    if decision is None:
        if candidates(facts, lot):
            yield lacking(
                f"{prefix}이용계약 대상을 아직 정하지 않았습니다. 평가 결과에 따라 대상을 정하세요.",
                lot_subject(lot),
                "decision",
            )
    elif wrong := _decision_wrong(facts, decision):
        yield Problem(prefix + wrong, lot_subject(lot), "decision")


RULES: tuple[Rule, ...] = (
    Rule(
        "E-10",
        Step.SELECTION,
        Kind.GATE,
        Severity.JUSTIFY,
        "예산을 넘는 견적을 고르면 사유를 적고 ①에서 예산을 확인합니다.",
        "지침 Ⅲ.1.② 3-1, Ⅲ.1.①",
        _within_budget,
    ),
    Rule(
        "E-12",
        Step.SELECTION,
        Kind.GATE,
        Severity.JUSTIFY,
        "보안인증(CSAP)을 받은 클라우드컴퓨팅서비스를 우선적으로 고려합니다.",
        "클라우드컴퓨팅법 제20조제2항",
        _certified_first,
    ),
    Rule(
        "E-13",
        Step.SELECTION,
        Kind.GUARD,
        Severity.BLOCK,
        "이용계약 대상은 평가 결과에 따라 정합니다.",
        "지침 Ⅲ.2.⑤(가)·(나)",
        for_lots(_winner_follows, _winner_follows),
    ),
)

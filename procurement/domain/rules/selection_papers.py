"""Rules E-6 to E-9 and E-11 of ⑤: papers, questions, evaluators, the proposal by the mall."""

from __future__ import annotations

from collections.abc import Iterator

from procurement.domain.facts import CaseFacts
from procurement.domain.facts.search import ResultRow
from procurement.domain.facts.selection import (
    Evaluator,
    OutcomeKind,
    ProviderQuestion,
)
from procurement.domain.rules.base import (
    Kind,
    Problem,
    Rule,
    Severity,
    Verdict,
    from_problems,
    lacking,
    met,
    not_applicable,
    not_yet,
)
from procurement.domain.rules.lots import lot_prefix, lot_subject
from procurement.domain.rules.reading import (
    candidates,
    for_lots,
    is_central,
    justified,
    outcome_kind,
    still_running,
)
from procurement.domain.steps import Step

QUOTE_REQUEST_RESULT = "quote_request_result"
"""Purpose of the stored file that shows whom quotes were asked of and who answered."""


def _search_saved(facts: CaseFacts, lot: int) -> Iterator[Problem]:
    run = facts.search.final(lot)
    if run is not None and run.saved_output is None:
        yield lacking(
            f"{lot_prefix(facts, lot)}최종 검색의 결과 파일이 없습니다. "
            "이용지원시스템의 검색결과관리에서 저장한 파일을 붙이세요.",
            lot_subject(lot, "search"),
            "search_output",
        )


def _asked_of_all(facts: CaseFacts, lot: int) -> Iterator[Problem]:
    """Every candidate was asked for a quote, or it is written why not."""
    requests = [r for r in facts.selection.requests if r.lot == lot]
    prefix = lot_prefix(facts, lot)
    if not requests:
        yield lacking(
            f"{prefix}견적을 요청한 기록이 없습니다. 최종 검색의 모든 서비스에 견적을 요청하고 기록하세요.",
            lot_subject(lot, "request"),
            "requests",
        )
        return
    asked = {result_id for request in requests for result_id in request.result_ids}
    left = [row.service_name for row in candidates(facts, lot) if row.result_id not in asked]
    if left and not any(request.partial_reason.strip() for request in requests):
        yield lacking(
            f"{prefix}견적을 요청하지 않은 서비스가 있습니다({', '.join(left)}). "
            "요청하거나 요청하지 않은 사유를 적으세요.",
            lot_subject(lot, "partial"),
            "requests",
            Severity.JUSTIFY,
        )


def _quotes_attached(facts: CaseFacts, lot: int) -> Iterator[Problem]:
    """The quotes, or the page of the support system that shows how the request went, are stored."""
    if facts.evidence_for(QUOTE_REQUEST_RESULT):
        return
    prefix = lot_prefix(facts, lot)
    quotes = [q for q in facts.selection.quotes if q.lot == lot]
    if not quotes:
        yield lacking(
            f"{prefix}견적요청 결과가 붙어 있지 않습니다. 견적요청 현황을 저장해 붙이거나, "
            "붙일 것이 없는 사유를 적으세요.",
            lot_subject(lot, "quotes"),
            "quotes",
            Severity.JUSTIFY,
        )
    names = {row.result_id: row.service_name for row in candidates(facts, lot)}
    for quote in quotes:
        if quote.evidence_id is None:
            name = names.get(quote.result_id, quote.result_id)
            yield lacking(
                f"{prefix}서비스 ‘{name}’의 견적서 파일이 없습니다. 받은 견적서를 붙이세요.",
                lot_subject(lot, quote.result_id),
                "quotes",
            )


def _papers_own(facts: CaseFacts, lot: int) -> Iterator[Problem]:
    """E-6, own route. Criteria and table are part of the record; E-1 and E-3 ask for them."""
    yield from _search_saved(facts, lot)
    if candidates(facts, lot):
        yield from _asked_of_all(facts, lot)
        yield from _quotes_attached(facts, lot)


def _papers_central(facts: CaseFacts, lot: int) -> Iterator[Problem]:
    """E-6, central route: the file of the mall's procedure stands where the quotes stand."""
    yield from _search_saved(facts, lot)
    for result in facts.selection.mall_results:
        if result.lot == lot and result.evidence_id is None:
            yield lacking(
                f"{lot_prefix(facts, lot)}디지털서비스몰 절차의 결과 파일이 없습니다. "
                "결과 화면을 저장해 붙이세요.",
                lot_subject(lot, result.result_id),
                "mall_results",
            )


def _has_material(facts: CaseFacts, lot: int, row: ResultRow) -> bool:
    used = any(m.lot == lot and m.result_id in (None, row.result_id) for m in facts.selection.materials)
    return used or any(
        r.lot == lot and r.result_id == row.result_id and r.evidence_id for r in facts.selection.mall_results
    )


def _materials(facts: CaseFacts, lot: int) -> Iterator[Problem]:
    """E-7: something besides the quote was looked at for each evaluated service, and it is stored."""
    for row in still_running(facts, lot):
        looked_at = outcome_kind(facts, lot, row.result_id) is OutcomeKind.SCORED
        if looked_at and not _has_material(facts, lot, row):
            yield lacking(
                f"{lot_prefix(facts, lot)}서비스 ‘{row.service_name}’의 평가에 쓴 자료가 없습니다. "
                "제안서, 이용약관, SLA, 요금 정책, 서비스 정의 가운데 쓴 것을 붙이거나 "
                "붙일 자료가 없는 사유를 적으세요.",
                row.result_id,
                "materials",
            )


def _question_wrong(facts: CaseFacts, question: ProviderQuestion) -> str:
    running = {row.result_id for row in still_running(facts, question.lot)}
    if running - set(question.result_ids) and not question.partial_reason.strip():
        return "일부 제공자에게만 했습니다. 모두에게 같은 질의를 하거나 일부에게만 한 사유를 적으세요."
    if not question.replies:
        return "응답이 적혀 있지 않습니다. 응답을 적거나 응답이 없는 사유를 적으세요."
    names = {row.result_id: row.service_name for row in candidates(facts, question.lot)}
    left = [names.get(result_id, result_id) for result_id in question.waiting if result_id in running]
    if left:
        return f"응답이 없는 제공자가 있습니다({', '.join(left)}). 응답을 적거나 응답이 없는 사유를 적으세요."
    return ""


def _questions(facts: CaseFacts) -> Verdict:
    """E-8: the same question went to all, and the answers are written down."""
    questions = facts.selection.questions
    if not questions:
        if not facts.selection.decisions:
            return not_yet("제공자에게 질의하면 봅니다.")
        return not_applicable("제공자에게 질의하지 않았습니다.")
    problems = [
        Problem(
            f"{lot_prefix(facts, q.lot)}질의 ‘{q.question[:40]}’: {wrong}",
            lot_subject(q.lot, f"question{number}"),
            "questions",
            missing=not q.replies,
        )
        for number, q in enumerate(questions, start=1)
        if (wrong := _question_wrong(facts, q))
    ]
    if problems:
        return from_problems(problems)
    reasons = [q.partial_reason.strip() for q in questions if q.partial_reason.strip()]
    return justified(f"일부 제공자에게만 질의한 사유: {' / '.join(reasons)}") if reasons else met()


def _declaration_wrong(facts: CaseFacts, evaluator: Evaluator) -> str:
    sheets = [s.recorded_at for s in facts.selection.sheets if s.evaluator_id == evaluator.evaluator_id]
    if evaluator.declared_at is None or evaluator.has_conflict is None:
        return "이해충돌 여부를 신고하지 않았습니다. 점수를 매기기 전에 신고를 받으세요."
    if sheets and min(sheets) <= evaluator.declared_at:
        return "점수를 매긴 뒤에 이해충돌 여부를 신고했습니다. 늦어진 사유를 적으세요."
    if evaluator.has_conflict:
        return "이해관계가 있다고 신고했습니다. 평가에서 제외하거나 평가에 참여한 사유를 적으세요."
    return ""


def _declarations(facts: CaseFacts) -> Verdict:
    """E-9: every evaluator declared before scoring, and none of them has a conflict."""
    evaluators = [e for e in facts.selection.evaluators if not e.released]
    if not evaluators:
        if is_central(facts):
            return not_applicable("디지털서비스몰의 절차로 정해 기관의 평가위원이 없습니다.")
        return not_yet("평가위원을 정한 뒤에 봅니다.")
    problems = tuple(
        Problem(f"평가위원 ‘{e.name}’: {wrong}", e.evaluator_id, "evaluators", missing=e.has_conflict is None)
        for e in evaluators
        if (wrong := _declaration_wrong(facts, e))
    )
    return from_problems(problems)


def _proposal(facts: CaseFacts, lot: int) -> Iterator[Problem]:
    """E-11: the mall's result names the proposal that was evaluated."""
    for result in facts.selection.mall_results:
        if result.lot == lot and not result.proposal.strip():
            yield lacking(
                f"{lot_prefix(facts, lot)}평가한 제안서가 적혀 있지 않습니다. "
                "기본제안서를 평가했으면 기본제안서라고 적고, 부족하면 추가 제안서를 요구해 평가하세요.",
                lot_subject(lot, result.result_id),
                "mall_results",
            )


_ask_proposal = for_lots(None, _proposal, "자체조달에서는 제안서를 필요에 따라 요청합니다.")


def _evaluated_proposal(facts: CaseFacts) -> Verdict:
    if is_central(facts) and not facts.selection.mall_results:
        return not_yet("디지털서비스몰 절차의 결과를 적은 뒤에 봅니다.")
    return _ask_proposal(facts)


RULES: tuple[Rule, ...] = (
    Rule(
        "E-6",
        Step.SELECTION,
        Kind.GATE,
        Severity.BLOCK,
        "검색 결과와 견적요청 결과를 붙입니다.",
        "지침 Ⅲ.2(증빙자료 첨부)",
        for_lots(_papers_own, _papers_central),
    ),
    Rule(
        "E-7",
        Step.SELECTION,
        Kind.GATE,
        Severity.JUSTIFY,
        "평가에 쓴 그 밖의 자료(제안서, 이용약관, SLA, 요금 정책, 서비스 정의)를 붙입니다.",
        "지침 Ⅲ.2.⑤ 평가 시 고려사항",
        for_lots(_materials, _materials),
    ),
    Rule(
        "E-8",
        Step.SELECTION,
        Kind.GATE,
        Severity.JUSTIFY,
        "제공자에 대한 질의와 응답을 기록하고, 같은 질의를 모두에게 합니다.",
        "지침 Ⅲ.2.⑤ 평가 시 고려사항",
        _questions,
    ),
    Rule(
        "E-9",
        Step.SELECTION,
        Kind.GATE,
        Severity.JUSTIFY,
        "평가위원은 점수를 매기기 전에 이해충돌 여부를 신고합니다.",
        "이해충돌방지법 제5조",
        _declarations,
    ),
    Rule(
        "E-11",
        Step.SELECTION,
        Kind.GATE,
        Severity.BLOCK,
        "중앙조달에서는 제안서를 평가합니다. 기본제안서로도 되고, 부족하면 추가 제안서를 요구할 수 있습니다.",
        "조달사업법 시행령 제16조제4항, 지침 Ⅲ.2.⑤(나)",
        _evaluated_proposal,
    ),
)

"""⑤ of the finished case: three services, four criteria, two evaluators with comments, three quotes."""

from __future__ import annotations

from datetime import date

from procurement.demo import files, people
from procurement.domain.access import Actor
from procurement.domain.facts.search import ResultRow
from procurement.domain.facts.selection import (
    Aspect,
    Criterion,
    DecisionKind,
    Material,
    OutcomeKind,
    ProviderQuestion,
    Quote,
    QuoteRequest,
    Score,
)
from procurement.domain.steps import Step
from procurement.models import Case
from procurement.services import (
    case_facts,
    records,
    selection,
    selection_decision,
    selection_papers,
    selection_sheets,
)
from procurement.services.selection import CriteriaText, OutcomeText
from procurement.services.selection_decision import Choice

CRITERIA = (
    Criterion("", "cost", "전체 소요비용", Aspect.COST, 30, "3-1", "가장 낮은 견적을 만점으로 견준다."),
    Criterion("", "fit", "기술과 기능 적합성", Aspect.TECHNICAL, 30, "2-2", "서버의 요건을 채운 정도"),
    Criterion("", "support", "고객지원체계", Aspect.SUPPORT, 20, "8-1", "상주인력과 현장지원의 정도"),
    Criterion("", "stability", "성능과 안정성", Aspect.STABILITY, 20, "7-1", "보장하는 가용률과 회복시간"),
)

# Amounts with VAT over the whole period, in the order of the final list.
QUOTES_WON = (12_650_000, 12_430_000, 12_600_000)

# By evaluator, service and criterion: points in hundredths with the comment.
SHEETS: tuple[tuple[tuple[tuple[int, str], ...], ...], ...] = (
    (
        (
            (2_650, "견적이 세 곳 가운데 가장 높으나 차이가 작습니다."),
            (2_800, "서버 여섯 가지를 모두 제안했고 이관 검증 절차가 구체적입니다."),
            (1_900, "상주인력이 30분 안에 만날 수 있습니다."),
            (1_850, "가용률 99.9%를 보장합니다."),
        ),
        (
            (2_800, "견적이 가장 낮습니다."),
            (2_400, "비디오 채팅 서버의 실적이 적습니다."),
            (1_500, "현장지원이 다음 날 시작됩니다."),
            (1_700, "가용률 99.5%를 보장합니다."),
        ),
        (
            (2_700, "견적이 중간입니다."),
            (2_500, "이관 검증 절차가 간단합니다."),
            (1_600, "현장지원은 되지만 상주인력이 한 명입니다."),
            (1_600, "회복시간을 정하지 않았습니다."),
        ),
    ),
    (
        (
            (2_600, "가장 낮은 견적보다 22만원 높습니다."),
            (2_750, "음성과 비디오 채팅을 함께 운영한 실적이 있습니다."),
            (1_850, "24시간 연락망과 상주인력을 냈습니다."),
            (1_800, "회복시간 6시간을 제안했습니다."),
        ),
        (
            (2_850, "비용에서 가장 유리합니다."),
            (2_450, "채팅 서버를 나누어 운영하지 않습니다."),
            (1_550, "전화지원이 중심입니다."),
            (1_650, "백업 보관기간이 짧습니다."),
        ),
        (
            (2_700, "비용이 무난합니다."),
            (2_550, "API 서버의 확장 방법이 분명합니다."),
            (1_650, "야간 연락처가 하나입니다."),
            (1_700, "백업 준수율의 근거를 냈습니다."),
        ),
    ),
)


def select(actor: Actor, case: Case) -> None:
    """Take ⑤ from the request for quotes to the decision, in the work at hand."""
    services = _services(case)
    _ask(actor, case, services)
    text = CriteriaText(CRITERIA, minimum_hundredths=6_000, tie_break=("fit", "cost"))
    selection.freeze_criteria(actor, case, 1, text)
    for row, amount in zip(services, QUOTES_WON, strict=True):
        _quote(actor, case, row, amount)
    outcomes = {row.result_id: OutcomeText(OutcomeKind.SCORED) for row in services}
    selection.record_outcomes(actor, case, 1, outcomes)
    _evaluate(actor, case, services)
    reason = "두 평가위원의 평가를 산술평균한 결과 1위입니다."
    choice = Choice(DecisionKind.AWARD, services[0].result_id, reason)
    selection_decision.decide(actor, case, 1, choice)


def _services(case: Case) -> tuple[ResultRow, ...]:
    run = case_facts.load(case).search.final(1)
    return run.results if run is not None else ()


def _ask(actor: Actor, case: Case, services: tuple[ResultRow, ...]) -> None:
    everyone = tuple(row.result_id for row in services)
    run = case_facts.load(case).search.final(1)
    content = "요구사항 정의서를 붙여 전체 기간의 견적을 요청합니다."
    request = QuoteRequest(1, run.run_id if run else "", everyone, date(2023, 9, 13), content)
    # It was made in 2023 and its last day is over, so it is entered as a record of what happened.
    records.add(actor, case, "quote_request", request, records.noon(date(2023, 9, 6)))
    files.paper(actor, case, Step.SELECTION, "quote_request_result", "견적요청 현황 출력물")
    question = ProviderQuestion(
        1,
        everyone,
        "요청하면 30분 안에 만날 수 있는 상주인력을 둘 수 있습니까?",
        date(2023, 9, 8),
        "이용지원시스템 문의",
    )
    asked = selection_papers.ask(actor, case, question)
    selection_papers.answer(
        actor,
        case,
        1,
        str(asked.thread_id),
        asked.version,
        text="세 제공자가 모두 답했습니다. 가온은 상주 2명, 나래는 다음 날 방문, 다솜은 상주 1명입니다.",
        answered_on=date(2023, 9, 11),
        evidence_id=files.paper(actor, case, Step.SELECTION, "question", "제공자 질의응답"),
    )


def _quote(actor: Actor, case: Case, row: ResultRow, amount_won: int) -> None:
    paper = files.paper(
        actor, case, Step.SELECTION, "quote", f"견적서 {row.service_name}", f"견적금액 {amount_won:,}원"
    )
    quote = Quote(
        1,
        row.result_id,
        amount_won,
        True,
        date(2023, 9, 13),
        date(2023, 12, 31),
        note="구축, 운영, 유지보수와 이관을 모두 포함한 금액입니다.",
        evidence_id=paper,
    )
    selection_papers.keep_quote(actor, case, quote)
    terms = files.paper(actor, case, Step.SELECTION, "material", f"서비스수준 협약 {row.service_name}")
    selection_papers.add_material(actor, case, Material(1, "SLA", row.result_id, terms))


def _evaluate(actor: Actor, case: Case, services: tuple[ResultRow, ...]) -> None:
    jury = [people.actor(person) for person in (people.FIRST_EVALUATOR, people.SECOND_EVALUATOR)]
    for evaluator in jury:
        selection_sheets.invite(actor, case, evaluator.account_id)
    for evaluator, sheet in zip(jury, SHEETS, strict=True):
        text = "평가할 서비스의 제공자와 이해관계가 없습니다."
        selection_sheets.declare(evaluator, case, has_conflict=False, text=text)
        criteria = case_facts.load(case).selection.criteria_of(1)
        if criteria is None:
            continue
        scores = [
            Score(criterion.criterion_id, row.result_id, points, comment)
            for row, given in zip(services, sheet, strict=True)
            for criterion, (points, comment) in zip(criteria.criteria, given, strict=True)
        ]
        selection_sheets.submit_sheet(evaluator, case, 1, criteria.set_id, scores)

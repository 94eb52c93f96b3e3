"""⑤ Papers, criteria, evaluators, sheets, the decision."""

from __future__ import annotations

from procurement.domain.access import Relation, Role
from procurement.domain.facts.selection import ProviderQuestion
from procurement.domain.facts.sourcing import Route
from procurement.domain.selection import scored_services
from procurement.domain.steps import Step
from procurement.services import case_facts, records, search, selection_papers, workflow
from tests.support.examples.base import Example, Request, today
from tests.support.factories import a_member, an_account, work
from tests.support.official_pages import SAMPLE_SERVICES, result_page
from tests.support.selecting import (
    COUNTED,
    a_file,
    a_quote,
    ask_all,
    fix_criteria,
    score_all,
    services_of,
)
from tests.support.stages import EVALUATOR, Scene, Stage
from tests.support.walk import complete_sourcing, official_run


def lot(at: Scene, page: str) -> str:
    """Address of a page of ⑤ of the first lot."""
    return f"{at.url}/selection/1/{page}"


def criteria_fields() -> dict[str, str]:
    """Four criteria as the form sends them."""
    fields = {"averaging": "mean", "minimum": "60", "price_tie": "1"}
    rows = (
        ("cost", "30", "3-1"),
        ("technical", "30", "2-2"),
        ("support", "20", "8-1"),
        ("stability", "20", "7-1"),
    )
    for place, (aspect, weight, clause) in enumerate(rows):
        fields |= {
            f"rows-{place}-title": f"표본 항목 {place + 1}",
            f"rows-{place}-aspect": aspect,
            f"rows-{place}-weight": weight,
            f"rows-{place}-clause": clause,
        }
    return fields


def sheet_fields(at: Scene) -> dict[str, str]:
    """A whole sheet as the form sends it."""
    facts = case_facts.load(at.case)
    criteria = facts.selection.criteria_of(1)
    assert criteria is not None
    fields = {"set_id": criteria.set_id}
    for row in scored_services(facts, 1):
        for number in range(1, len(criteria.criteria) + 1):
            fields[f"s{row.position}-c{number}-points"] = "10"
    return fields


def _everyone(at: Scene) -> list[str]:
    return [row.result_id for row in services_of(at.case)]


def _request_quotes(at: Scene) -> Request:
    fields = {"result_ids": _everyone(at), "due_on": today(), "content": "견적을 요청합니다."}
    return Request(lot(at, "quotes/request"), fields)


def _keep_quote(at: Scene) -> Request:
    fields = {"version": "0", "amount_won": "11,000,000", "vat_included": "yes", "received_on": today()}
    return Request(lot(at, f"quotes/{_everyone(at)[0]}"), fields)


def _open_quotes(at: Scene) -> Request:
    return Request(lot(at, "quotes/open"), {"reason": "표본 사유"})


def _ask(at: Scene) -> Request:
    fields = {
        "result_ids": _everyone(at),
        "question": "현장지원이 됩니까?",
        "asked_on": today(),
        "channel": "전화",
    }
    return Request(lot(at, "questions"), fields)


def _answer(at: Scene) -> Request:
    asked = ProviderQuestion(1, tuple(_everyone(at)), "현장지원이 됩니까?", records.today(), "전자우편")
    with work():
        thread = selection_papers.ask(at.officer, at.case, asked).thread_id
    fields = {"version": "1", "answer": "됩니다.", "answered_on": today()}
    return Request(lot(at, f"questions/{thread}"), fields)


def _add_material(at: Scene) -> Request:
    with work():
        file = a_file(at.officer, at.case, "material")
    return Request(lot(at, "materials"), {"kind": "SLA", "evidence_id": file})


def _keep_mall_result(at: Scene) -> Request:
    with work():
        run = official_run(at.officer, at.case, result_page(SAMPLE_SERVICES[:2]))
        search.declare_final(at.officer, at.case, run.number, confirmed=True)
        workflow.complete(at.officer, at.case, Step.SEARCH)
        complete_sourcing(at.officer, at.case, Route.CENTRAL)
    fields = {"result_id": _everyone(at)[0], "proposal": "기본제안서", "decided_on": today()}
    return Request(lot(at, "mall"), fields)


def _withdraw(at: Scene) -> Request:
    with work():
        ask_all(at.officer, at.case)
    kept = next(record for record in records.active(at.case) if record.kind == "quote_request")
    fields = {"kind": "quote_request", "thread": kept.thread_id, "reason": "표본 사유"}
    return Request(lot(at, "withdraw"), fields)


def _freeze_criteria(at: Scene) -> Request:
    return Request(lot(at, "criteria/freeze"), criteria_fields())


def _invite(at: Scene) -> Request:
    return Request(lot(at, "evaluators"), {"account_id": str(an_account(Role.EVALUATOR).id)})


def _release(at: Scene) -> Request:
    member = a_member(at.case, Relation.EVALUATOR)
    return Request(lot(at, f"evaluators/{member.id}/release"), {"reason": "표본 사유"})


def _record_outcomes(at: Scene) -> Request:
    fields: dict[str, str] = {}
    for place, result_id in enumerate(_everyone(at)):
        fields |= {f"rows-{place}-result_id": result_id, f"rows-{place}-kind": "scored"}
    return Request(lot(at, "outcomes"), fields)


def _decide(at: Scene) -> Request:
    return Request(lot(at, "decision"), {"kind": "award", "result_id": _everyone(at)[0]})


def _keep_value(at: Scene) -> Request:
    with work():
        fix_criteria(at.officer, at.case, criteria=COUNTED)
        score_all(at.officer, at.case)
        proof = a_file(at.officer, at.case, "evaluation")
    fields = {"key": "quality", "result_id": _everyone(at)[0], "value": "99.9", "evidence_id": proof}
    return Request(lot(at, "values"), fields)


def _declare(at: Scene) -> Request:
    member = a_member(at.case, Relation.EVALUATOR)
    return Request(f"{at.url}/evaluation/declaration", {"has_conflict": "no"}, by=member)


def _submit(at: Scene) -> Request:
    return Request(f"{at.url}/evaluation/1/submit", sheet_fields(at), by=at.other(EVALUATOR))


def _take_paper(at: Scene) -> Request:
    with work():
        quote = a_quote(at.officer, at.case, _everyone(at)[0])
        selection_papers.keep_quote(at.officer, at.case, quote)
    page = f"{at.url}/evaluation/files/{quote.evidence_id}"
    return Request(page, by=at.other(EVALUATOR), method="GET")


EXAMPLES = {
    "papers.request_quotes": Example(Stage.SELECTING, _request_quotes),
    "papers.keep_quote": Example(Stage.SELECTING, _keep_quote),
    "papers.open_quotes": Example(Stage.SELECTING, _open_quotes),
    "papers.ask": Example(Stage.SELECTING, _ask),
    "papers.answer": Example(Stage.SELECTING, _answer),
    "papers.add_material": Example(Stage.SELECTING, _add_material),
    "papers.keep_mall_result": Example(Stage.SEARCHING, _keep_mall_result),
    "papers.withdraw": Example(Stage.SELECTING, _withdraw),
    "award.freeze_criteria": Example(Stage.SELECTING, _freeze_criteria),
    "award.invite": Example(Stage.SELECTING, _invite),
    "award.release": Example(Stage.SELECTING, _release),
    "award.record_outcomes": Example(Stage.SELECTING, _record_outcomes),
    "measures.keep": Example(Stage.SELECTING, _keep_value),
    "award.decide": Example(Stage.SCORED, _decide),
    "table.download": Example(Stage.SCORED, lambda at: Request(lot(at, "table.xlsx"), method="GET")),
    "scoring.declare": Example(Stage.SELECTING, _declare),
    "scoring.submit": Example(Stage.SCORING, _submit),
    "scoring.download": Example(Stage.SCORING, _take_paper),
}

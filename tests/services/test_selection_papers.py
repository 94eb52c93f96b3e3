"""⑤ Papers: requests, sealed quotes, questions, material; what is held back and what is refused."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from procurement.domain.errors import Conflict, InvalidInput, NotFound, Refused
from procurement.domain.facts.selection import Material, ProviderQuestion, Quote
from procurement.domain.rules.base import Outcome
from procurement.domain.selection import cost_of, file_sealed, over_budget, quotes_sealed
from procurement.domain.steps import Step
from procurement.services import case_facts, evidence, records, selection_papers, workflow
from procurement.services.selection_papers import Recipients
from tests.support.at_selection import a_selecting_case
from tests.support.factories import work
from tests.support.selecting import a_file, a_quote, ask_all, evaluate, fix_criteria, services_of

pytestmark = pytest.mark.usefixtures("db_session")

FAIR = "정의서를 붙여 견적을 요청합니다."
WHY = "한 서비스는 누리집에 공개된 요금표로 갈음합니다."


def a_question(*result_ids: str, **changes: object) -> ProviderQuestion:
    """A question asked today by e-mail."""
    question = ProviderQuestion(1, result_ids, "현장지원이 몇 시간 안에 됩니까?", records.today(), "전자우편")
    return replace(question, **changes)  # type: ignore[arg-type]


def test_quotes_are_asked_of_every_service() -> None:
    actor, case = a_selecting_case()
    with work():
        ask_all(actor, case)
    (request,) = case_facts.load(case).selection.requests
    assert len(request.result_ids) == 3


def test_asking_fewer_needs_a_reason_which_is_kept() -> None:
    actor, case = a_selecting_case()
    some = tuple(row.result_id for row in services_of(case)[:2])
    due = records.today()
    with pytest.raises(InvalidInput) as caught, work():
        selection_papers.request_quotes(actor, case, 1, Recipients(some), due_on=due, content=FAIR)
    assert caught.value.field == "partial_reason"
    with work():
        selection_papers.request_quotes(actor, case, 1, Recipients(some, WHY), due_on=due, content=FAIR)
    assert case_facts.load(case).selection.requests[0].partial_reason == WHY


def test_a_request_goes_to_services_of_the_final_run_only() -> None:
    actor, case = a_selecting_case()
    with pytest.raises(Refused) as caught, work():
        selection_papers.request_quotes(
            actor, case, 1, Recipients(("stranger",), WHY), due_on=records.today(), content=FAIR
        )
    assert caught.value.rule_id == "E-4"


@pytest.mark.parametrize("text", ["다른 업체가 제시한 금액보다 낮게 부탁드립니다.", "네고 가능할까요?"])
def test_bargaining_is_held_back(text: str) -> None:
    actor, case = a_selecting_case()
    everyone = tuple(row.result_id for row in services_of(case))
    with pytest.raises(Refused) as caught, work():
        selection_papers.ask(actor, case, a_question(*everyone, question=text))
    assert caught.value.rule_id == "E-5"
    assert case_facts.load(case).selection.questions == ()


def test_a_question_goes_to_all_and_its_answer_is_a_new_version() -> None:
    actor, case = a_selecting_case()
    everyone = tuple(row.result_id for row in services_of(case))
    with work():
        row = selection_papers.ask(actor, case, a_question(*everyone))
        thread = str(row.thread_id)
    with work():
        selection_papers.answer(
            actor, case, 1, thread, 1, text="네 시간 안에 됩니다.", answered_on=records.today()
        )
    (question,) = case_facts.load(case).selection.questions
    assert question.answer == "네 시간 안에 됩니다."
    with pytest.raises(Conflict), work():
        selection_papers.answer(actor, case, 1, thread, 1, text="다름", answered_on=records.today())


def test_each_provider_answers_for_itself_and_who_has_not_is_named() -> None:
    actor, case = a_selecting_case()
    first, second, third = services_of(case)
    ids = (first.result_id, second.result_id, third.result_id)
    with work():
        thread = str(selection_papers.ask(actor, case, a_question(*ids)).thread_id)
    day = records.today()
    said = ((second, "이틀 안에 갑니다."), (first, "네 시간 안에 됩니다."), (second, "하루 안에 갑니다."))
    for version, (row, text) in enumerate(said, start=1):
        with work():
            selection_papers.answer(
                actor, case, 1, thread, version, text=text, answered_on=day, of=row.result_id
            )
    (question,) = case_facts.load(case).selection.questions
    assert [(reply.result_id, reply.text) for reply in question.replies] == [
        (first.result_id, "네 시간 안에 됩니다."),
        (second.result_id, "하루 안에 갑니다."),
    ]
    findings = workflow.findings_for(Step.SELECTION, case_facts.load(case))
    (found,) = [f for f in findings if f.rule_id == "E-8"]
    assert third.service_name in found.message
    assert second.service_name not in found.message
    with pytest.raises(InvalidInput) as caught, work():
        selection_papers.answer(actor, case, 1, thread, 4, text="네", answered_on=day, of="stranger")
    assert caught.value.field == "of"
    with work():
        selection_papers.answer(actor, case, 1, thread, 4, text="모두 됩니다.", answered_on=day)
    assert case_facts.load(case).selection.questions[0].waiting == ()


def test_a_question_to_one_needs_a_reason() -> None:
    actor, case = a_selecting_case()
    one = services_of(case)[0].result_id
    with pytest.raises(InvalidInput), work():
        selection_papers.ask(actor, case, a_question(one))
    with work():
        selection_papers.ask(actor, case, a_question(one, partial_reason="이 서비스에만 있는 기능을 물음"))
    findings = workflow.findings_for(Step.SELECTION, case_facts.load(case))
    (found,) = [f for f in findings if f.rule_id == "E-8"]
    assert "응답" in found.message


@pytest.mark.parametrize(
    ("changes", "field"),
    [({"question": " "}, "question"), ({"asked_on": "tomorrow"}, "asked_on"), ({"channel": " "}, "channel")],
)
def test_a_question_has_its_text_and_its_day(changes: dict[str, object], field: str) -> None:
    actor, case = a_selecting_case()
    everyone = tuple(row.result_id for row in services_of(case))
    if "asked_on" in changes:
        changes = {"asked_on": records.today() + timedelta(days=1)}
    with pytest.raises(InvalidInput) as caught, work():
        selection_papers.ask(actor, case, a_question(*everyone, **changes))
    assert caught.value.field == field


def test_an_answer_does_not_come_before_its_question() -> None:
    actor, case = a_selecting_case()
    everyone = tuple(row.result_id for row in services_of(case))
    with work():
        row = selection_papers.ask(actor, case, a_question(*everyone))
        thread = str(row.thread_id)
    yesterday = records.today() - timedelta(days=1)
    with pytest.raises(InvalidInput) as caught, work():
        selection_papers.answer(actor, case, 1, thread, 1, text="됨", answered_on=yesterday)
    assert caught.value.field == "answered_on"


def test_the_file_of_a_quote_stays_shut_until_the_criteria_are_fixed() -> None:
    actor, case = a_selecting_case()
    first = services_of(case)[0].result_id
    with work():
        quote = a_quote(actor, case, first)
        loose = a_file(actor, case, "quote")
        selection_papers.keep_quote(actor, case, quote)
    assert quote.evidence_id is not None
    for file in (quote.evidence_id, loose):
        with pytest.raises(Refused) as caught, work():
            evidence.open_for_download(actor, case, file)
        assert caught.value.rule_id == "E-3"
    with work():
        fix_criteria(actor, case)
        _row, stream = evidence.open_for_download(actor, case, quote.evidence_id)
        stream.close()
    assert not quotes_sealed(case_facts.load(case), 1)


def test_other_files_are_not_sealed() -> None:
    actor, case = a_selecting_case()
    with work():
        file = a_file(actor, case, "material")
    assert not file_sealed(case_facts.load(case), file)


def test_quotes_can_be_opened_first_with_a_reason_that_the_rule_keeps() -> None:
    actor, case = a_selecting_case()
    with pytest.raises(InvalidInput), work():
        selection_papers.open_quotes(actor, case, 1, " ")
    with work():
        selection_papers.open_quotes(actor, case, 1, "예산 변경 신청에 견적 금액이 필요함")
        fix_criteria(actor, case)
    facts = case_facts.load(case)
    assert not quotes_sealed(facts, 1)
    told = [f for f in workflow.findings_for(Step.SELECTION, facts) if f.rule_id == "E-3"]
    assert [(f.outcome, f.reason) for f in told] == [
        (Outcome.JUSTIFIED, "예산 변경 신청에 견적 금액이 필요함")
    ]


def test_quotes_that_are_open_are_not_opened_again() -> None:
    actor, case = a_selecting_case()
    with work():
        fix_criteria(actor, case)
    with pytest.raises(Refused), work():
        selection_papers.open_quotes(actor, case, 1, "다시")


def test_opening_one_lot_leaves_the_other_shut() -> None:
    actor, case = a_selecting_case(lots=2)
    with work():
        selection_papers.open_quotes(actor, case, 2, "먼저 보아야 함")
    facts = case_facts.load(case)
    assert (quotes_sealed(facts, 1), quotes_sealed(facts, 2)) == (True, False)


def test_a_newer_quote_needs_the_version_it_replaces_and_a_reason() -> None:
    actor, case = a_selecting_case()
    first = services_of(case)[0].result_id
    with work():
        selection_papers.keep_quote(actor, case, a_quote(actor, case, first))
    with work():
        newer = a_quote(actor, case, first, amount_won=11_000_000)
    with pytest.raises(Conflict), work():
        selection_papers.keep_quote(actor, case, newer)
    with pytest.raises(InvalidInput), work():
        selection_papers.keep_quote(actor, case, newer, base_version=1)
    with work():
        selection_papers.keep_quote(actor, case, newer, base_version=1, reason="부가세를 잘못 적음")
    assert [q.amount_won for q in case_facts.load(case).selection.quotes] == [11_000_000]


def test_after_the_table_is_closed_quotes_stay_as_they_were() -> None:
    actor, case = a_selecting_case()
    first = services_of(case)[0].result_id
    with work():
        evaluate(actor, case)
    with work():
        newer = a_quote(actor, case, first)
    with pytest.raises(Refused) as caught, work():
        selection_papers.keep_quote(actor, case, newer, base_version=1, reason="다시 받음")
    assert caught.value.rule_id == "E-13"
    (kept, *_) = selection_papers.of_lot(case, "quote", 1, [first])
    with pytest.raises(Refused), work():
        selection_papers.withdraw(actor, case, 1, "quote", kept.thread_id, "잘못 적음")


def test_a_quote_holds_possible_days_and_a_file_of_its_own_kind() -> None:
    actor, case = a_selecting_case()
    first = services_of(case)[0].result_id
    with work():
        good = a_quote(actor, case, first)
        strange = a_file(actor, case, "material")
    day = records.today()
    for changes, field in (
        ({"valid_until": day - timedelta(days=1)}, "valid_until"),
        ({"received_on": day + timedelta(days=1)}, "received_on"),
        ({"evidence_id": strange}, "file"),
        ({"evidence_id": "no such file"}, "file"),
    ):
        wrong = replace(good, **changes)  # type: ignore[arg-type]
        with pytest.raises(InvalidInput) as caught, work():
            selection_papers.keep_quote(actor, case, wrong)
        assert caught.value.field == field


def test_material_has_a_known_kind_and_a_file() -> None:
    actor, case = a_selecting_case()
    first = services_of(case)[0].result_id
    with work():
        file = a_file(actor, case, "material")
        selection_papers.add_material(actor, case, Material(1, "SLA", first, file))
    for wrong in (Material(1, "모르는 자료", first, file), Material(1, "SLA", first, "")):
        with pytest.raises(InvalidInput), work():
            selection_papers.add_material(actor, case, wrong)
    assert [m.kind for m in case_facts.load(case).selection.materials] == ["SLA"]


def test_a_mistaken_record_is_withdrawn_with_a_reason_and_only_of_its_lot() -> None:
    actor, case = a_selecting_case(lots=2)
    with work():
        ask_all(actor, case, 1)
    run = case_facts.load(case).search.final(1)
    assert run is not None
    (request,) = selection_papers.of_lot(case, "quote_request", 1, [r.result_id for r in run.results])
    with pytest.raises(NotFound), work():
        selection_papers.withdraw(actor, case, 2, "quote_request", request.thread_id, "잘못")
    with work():
        selection_papers.withdraw(actor, case, 1, "quote_request", request.thread_id, "기한을 잘못 적음")
    assert case_facts.load(case).selection.requests == ()


@pytest.mark.parametrize(
    ("vat_included", "total"), [(True, 1_000 + 200 + 300 + 400), (False, 1_100 + 220 + 330 + 440)]
)
def test_costs_compare_with_vat_in_all_parts(vat_included: bool, total: int) -> None:
    quote = Quote(
        1, "r", 1_000, vat_included, records.today(), one_off_won=200, operation_won=300, exit_won=400
    )
    assert cost_of(quote).total_won == total


@pytest.mark.parametrize(("amount", "over"), [(12_650_000, False), (12_650_001, True)])
def test_a_quote_over_the_budget_is_marked(amount: int, over: bool) -> None:
    actor, case = a_selecting_case()
    first = services_of(case)[0].result_id
    with work():
        selection_papers.keep_quote(actor, case, a_quote(actor, case, first, amount_won=amount))
    facts = case_facts.load(case)
    assert over_budget(facts, facts.selection.quotes[0]) is over

"""Rules of ⑤ over the good case, taken apart one thing at a time."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from procurement.domain.facts import CaseFacts
from procurement.domain.facts.contract import Negotiation
from procurement.domain.facts.definition import Answer, ServiceType
from procurement.domain.facts.formula import Formula, Measure, Method
from procurement.domain.facts.search import FinalRun, SearchFacts
from procurement.domain.facts.selection import (
    DecisionKind,
    HeldBack,
    MallResult,
    OutcomeKind,
    QuoteRequest,
    RankedService,
    ServiceOutcome,
)
from procurement.domain.facts.sourcing import Route
from procurement.domain.rules.base import Outcome, Severity
from procurement.domain.rules.selection import RULES
from tests.domain.rules.asking import ground, subjects, unmet
from tests.domain.rules.builders import (
    a_case,
    a_new_case,
    a_row,
    a_run,
    findings,
    good_budget,
    good_contract,
    good_definition,
    good_head,
    good_lot,
    good_requirements,
    good_selection,
    good_sourcing,
    outcome,
    with_final,
    with_reason,
)
from tests.domain.rules.good_later import at, good_criteria, good_sheet

ALL = [rule.id for rule in RULES]
CENTRAL = replace(good_sourcing(), route=Route.CENTRAL)


def chosen(**changes: Any) -> CaseFacts:
    """The good case with fields of the selection replaced."""
    return a_case(selection=replace(good_selection(), **changes))


def criteria(**changes: Any) -> CaseFacts:
    """The good case with fields of its criteria set replaced."""
    return chosen(criteria=(replace(good_criteria(), **changes),))


def decided(**changes: Any) -> CaseFacts:
    """The good case with fields of the decision replaced."""
    return chosen(decisions=(replace(good_selection().decisions[0], **changes),))


def central(**changes: Any) -> CaseFacts:
    """A case by the mall: the mall's result stands where the evaluation stood."""
    result = replace(
        MallResult(1, "result-1", "기본제안서", False, date(2023, 3, 1), evidence_id="mall"), **changes
    )
    outcomes = tuple(
        ServiceOutcome(1, f"result-{n}", OutcomeKind.EXCLUDED, "2-2", "비디오 채팅이 없음") for n in (2, 3)
    )
    return replace(
        chosen(
            criteria=(), requests=(), quotes=(), evaluators=(), sheets=(), tables=(), outcomes=outcomes,
            mall_results=(result,),
        ),
        sourcing=CENTRAL,
    )  # fmt: skip


def alone() -> CaseFacts:
    """A final run that found one service only, scored by both evaluators."""
    selection = good_selection()
    case = with_final(results=(a_row(1),))
    return replace(
        case,
        selection=replace(
            selection,
            outcomes=selection.outcomes[:1],
            tables=(replace(selection.tables[0], rows=selection.tables[0].rows[:1]),),
        ),
    )


@pytest.mark.parametrize("rule_id", ALL)
def test_the_good_case_breaks_no_rule_of_selection(rule_id: str) -> None:
    assert outcome(RULES, rule_id, a_case()) in (Outcome.MET, Outcome.NOT_APPLICABLE)


@pytest.mark.parametrize("rule_id", ALL)
def test_nothing_is_asked_before_the_search_is_final(rule_id: str) -> None:
    assert outcome(RULES, rule_id, a_new_case()) is Outcome.NOT_YET


@pytest.mark.parametrize("rule_id", ALL)
def test_a_good_case_by_the_mall_breaks_no_rule_of_selection(rule_id: str) -> None:
    assert outcome(RULES, rule_id, central()) in (Outcome.MET, Outcome.NOT_APPLICABLE)


def test_two_services_or_more_have_to_be_evaluated() -> None:
    found = unmet(RULES, "E-1", chosen(tables=()))
    assert "3개" in found.message
    assert found.blocks


def test_a_single_service_is_evaluated_too() -> None:
    assert outcome(RULES, "E-1", alone()) is Outcome.MET
    case = replace(alone(), selection=replace(alone().selection, tables=()))
    assert "하나여도" in unmet(RULES, "E-1", case).message


def test_nothing_is_left_to_evaluate_when_no_quote_came() -> None:
    nobody = tuple(ServiceOutcome(1, f"result-{n}", OutcomeKind.NO_QUOTE) for n in (1, 2, 3))
    assert outcome(RULES, "E-1", chosen(outcomes=nobody, tables=())) is Outcome.MET


def test_the_mall_procedure_leaves_a_result() -> None:
    case = replace(central(), selection=replace(central().selection, mall_results=()))
    assert "디지털서비스몰" in unmet(RULES, "E-1", case).message


def test_each_aspect_has_a_criterion_or_a_reason() -> None:
    case = criteria(criteria=good_criteria().criteria[:3])
    found = unmet(RULES, "E-2", case)
    assert "성능 및 안정성" in found.message
    assert outcome(RULES, "E-2", with_reason(case, "E-2", found.subject)) is Outcome.JUSTIFIED


@pytest.mark.parametrize("clause", ["", "  "])
def test_a_criterion_points_to_the_definition(clause: str) -> None:
    first, *rest = good_criteria().criteria
    found = unmet(RULES, "E-2", criteria(criteria=(replace(first, clause=clause), *rest)))
    assert "전체 소요비용" in found.message


def test_a_criterion_that_is_judged_says_when_it_gives_how_many_points() -> None:
    first, *rest = good_criteria().criteria
    without = replace(first, scale="  ")
    found = unmet(RULES, "E-2", criteria(criteria=(without, *rest)))
    assert "몇 점을 언제 주는지" in found.message
    counted = replace(without, formula=Formula(Measure.COST, Method.LOWEST))
    assert outcome(RULES, "E-2", criteria(criteria=(counted, *rest))) is Outcome.MET


def test_a_criterion_cannot_rest_on_a_clause_that_does_not_apply() -> None:
    lot = good_lot()
    answers = tuple(Answer("8-1", "", True) if a.question == "8-1" else a for a in lot.answers)
    requirements = replace(good_requirements(), lots=(replace(lot, answers=answers),))
    case = a_case(definition=replace(good_definition(), frozen=requirements))
    assert "8-1" in unmet(RULES, "E-2", case).message


def test_criteria_wait_for_nothing_but_themselves() -> None:
    assert outcome(RULES, "E-2", chosen(criteria=())) is Outcome.NOT_YET
    assert "평가기준이 없습니다" in unmet(RULES, "E-3", chosen(criteria=())).message


@pytest.mark.parametrize(
    ("changes", "word"),
    [
        ({"criteria": good_criteria().criteria[:3]}, "80점"),
        ({"minimum_hundredths": 10_001}, "최저 점수"),
        ({"tie_break": ()}, "동점"),
        ({"tie_break": ("cost", "nowhere")}, "nowhere"),
        ({"run_id": "run-1"}, "최종 검색"),
        ({"recorded_at": at(2, 28)}, "첫 점수"),
    ],
)
def test_criteria_are_complete_and_fixed_before_the_first_score(changes: dict[str, Any], word: str) -> None:
    found = [f for f in findings(RULES, "E-3", criteria(**changes)) if f.severity is Severity.BLOCK]
    assert any(word in f.message for f in found)
    assert all(f.blocks for f in found)


@pytest.mark.parametrize(("hour", "expected"), [(0, Outcome.MET), (1, Outcome.UNMET), (2, Outcome.UNMET)])
def test_criteria_come_before_the_quotes_are_opened_or_say_why_not(hour: int, expected: Outcome) -> None:
    case = criteria(recorded_at=at(2, 27, hour))
    assert outcome(RULES, "E-3", case) is expected
    assert outcome(RULES, "E-3", with_reason(case, "E-3", "lot1 quotes")) in (Outcome.MET, Outcome.JUSTIFIED)


def test_a_new_criteria_set_after_a_score_of_the_same_run_is_too_late() -> None:
    later = replace(good_criteria(), set_id="set-2", number=2, recorded_at=at(3, 1))
    case = chosen(criteria=(good_criteria(), later))
    assert "lot1 scores" in subjects(RULES, "E-3", case)


@pytest.mark.parametrize(
    ("outcome_of_third", "word"),
    [
        (None, "어떻게 처리했는지"),
        (ServiceOutcome(1, "result-3", OutcomeKind.EXCLUDED, "", "맞지 않음"), "항목"),
        (ServiceOutcome(1, "result-3", OutcomeKind.EXCLUDED, "2-2", " "), "까닭"),
        (ServiceOutcome(1, "result-3", OutcomeKind.SCORED), "점수가 빠졌습니다"),
    ],
)
def test_no_service_of_the_final_run_is_dropped(outcome_of_third: ServiceOutcome | None, word: str) -> None:
    rest = good_selection().outcomes[:2]
    found = unmet(RULES, "E-4", chosen(outcomes=(*rest, outcome_of_third) if outcome_of_third else rest))
    assert word in found.message
    assert "표본 클라우드 3호" in found.message
    assert found.subject == "result-3"


@pytest.mark.parametrize("kind", [OutcomeKind.NO_QUOTE, OutcomeKind.CANCELLED])
def test_no_quote_and_a_cancelled_selection_are_outcomes(kind: OutcomeKind) -> None:
    outcomes = (*good_selection().outcomes[:2], ServiceOutcome(1, "result-3", kind))
    assert outcome(RULES, "E-4", chosen(outcomes=outcomes)) is Outcome.MET


def test_no_service_from_elsewhere_is_added() -> None:
    stranger = ServiceOutcome(1, "result-9", OutcomeKind.SCORED)
    found = unmet(RULES, "E-4", chosen(outcomes=(*good_selection().outcomes, stranger)))
    assert "result-9" in found.message


def test_every_evaluator_scores_every_service() -> None:
    assert subjects(RULES, "E-4", chosen(sheets=good_selection().sheets[:1])) == {"result-1", "result-2"}
    assert subjects(RULES, "E-4", chosen(evaluators=())) == {"result-1", "result-2"}


def test_a_released_evaluator_owes_no_sheet() -> None:
    first, second = good_selection().evaluators
    case = chosen(evaluators=(first, replace(second, released=True)), sheets=good_selection().sheets[:1])
    assert outcome(RULES, "E-4", case) is Outcome.MET


@pytest.mark.parametrize(("points", "expected"), [(3_000, Outcome.MET), (3_001, Outcome.UNMET)])
def test_points_stay_within_the_weight(points: int, expected: Outcome) -> None:
    sheet = good_sheet("evaluator-1")
    scores = (replace(sheet.scores[0], points_hundredths=points), *sheet.scores[1:])
    case = chosen(sheets=(replace(sheet, scores=scores), good_sheet("evaluator-2")))
    assert outcome(RULES, "E-4", case) is expected


@pytest.mark.parametrize(("day", "expected"), [(1, Outcome.UNMET), (2, Outcome.MET)])
def test_negotiation_comes_after_the_decision(day: int, expected: Outcome) -> None:
    talks = (Negotiation(1, "result-1", date(2023, 3, day), "가격을 협의함"),)
    case = a_case(contract=replace(good_contract(), negotiations=talks))
    assert outcome(RULES, "E-5", case) is expected


def test_the_day_of_a_decision_is_the_korean_one() -> None:
    # 15:30 UTC on 1 March is half past midnight of 2 March in Seoul.
    case = decided(recorded_at=at(3, 1, 15))
    talks = (Negotiation(1, "result-1", date(2023, 3, 1), "가격을 협의함"),)
    case = replace(case, contract=replace(good_contract(), negotiations=talks))
    assert "협상" in unmet(RULES, "E-5", case).message


def test_refused_tries_are_counted_and_break_nothing() -> None:
    case = chosen(
        held_back=(HeldBack("E-5", "개별 협상", at(2, 20)), HeldBack("S-7", "목록 조합", at(2, 20)))
    )
    assert "1번" in ground(RULES, "E-5", case, Outcome.MET)


def test_negotiation_by_the_mall_is_a_matter_of_its_law() -> None:
    assert "제16조제4항" in ground(RULES, "E-5", central(), Outcome.NOT_APPLICABLE)


def test_the_saved_search_is_attached() -> None:
    assert "검색결과관리" in unmet(RULES, "E-6", with_final(saved_output=None)).message


def test_quotes_are_asked_for_and_attached() -> None:
    assert subjects(RULES, "E-6", chosen(requests=())) == {"lot1 request"}
    bare = tuple(replace(q, evidence_id=None) for q in good_selection().quotes)
    case = replace(chosen(quotes=bare), evidence=())
    assert subjects(RULES, "E-6", case) == {"lot1 result-1", "lot1 result-2"}
    assert outcome(RULES, "E-6", chosen(quotes=bare)) is Outcome.MET


def test_without_a_single_quote_a_reason_is_enough() -> None:
    case = replace(chosen(quotes=()), evidence=())
    assert unmet(RULES, "E-6", case).severity is Severity.JUSTIFY
    assert outcome(RULES, "E-6", with_reason(case, "E-6", "lot1 quotes")) is Outcome.JUSTIFIED


@pytest.mark.parametrize(("reason", "expected"), [("", Outcome.UNMET), ("연락처가 없음", Outcome.MET)])
def test_all_candidates_are_asked_for_quotes_or_it_is_said_why_not(reason: str, expected: Outcome) -> None:
    request = QuoteRequest(1, "run-2", ("result-1", "result-2"), date(2023, 2, 24), "견적 요청", reason)
    case = chosen(requests=(request,))
    assert outcome(RULES, "E-6", case) is expected
    assert [f.severity for f in findings(RULES, "E-6", case) if f.outcome is Outcome.UNMET] in (
        [],
        [Severity.JUSTIFY],
    )


def test_the_file_of_the_mall_procedure_is_attached() -> None:
    assert "디지털서비스몰" in unmet(RULES, "E-6", central(evidence_id=None)).message


def test_material_used_is_attached_for_each_scored_service() -> None:
    found = unmet(RULES, "E-7", chosen(materials=good_selection().materials[:1]))
    assert "표본 클라우드 2호" in found.message
    common = (replace(good_selection().materials[0], result_id=None),)
    assert outcome(RULES, "E-7", chosen(materials=common)) is Outcome.MET


def test_a_question_goes_to_all_or_says_why_not() -> None:
    (question,) = good_selection().questions
    some = replace(question, result_ids=("result-1",))
    assert "일부" in unmet(RULES, "E-8", chosen(questions=(some,))).message
    told = chosen(questions=(replace(some, partial_reason="한 서비스에만 있는 기능"),))
    assert "한 서비스에만 있는 기능" in ground(RULES, "E-8", told, Outcome.JUSTIFIED)
    assert outcome(RULES, "E-8", chosen(questions=())) is Outcome.NOT_APPLICABLE


def test_a_question_to_those_who_quoted_is_to_all() -> None:
    (question,) = good_selection().questions
    case = chosen(questions=(replace(question, result_ids=("result-1", "result-2")),))
    assert outcome(RULES, "E-8", case) is Outcome.MET


def test_an_answer_is_written_down() -> None:
    (question,) = good_selection().questions
    assert "응답" in unmet(RULES, "E-8", chosen(questions=(replace(question, answer=""),))).message


@pytest.mark.parametrize(
    ("changes", "word"),
    [
        ({"declared_at": None}, "신고하지"),
        ({"declared_at": at(2, 28)}, "매긴 뒤"),
        ({"has_conflict": True}, "이해관계"),
    ],
)
def test_evaluators_declare_conflicts_before_they_score(changes: dict[str, Any], word: str) -> None:
    first, second = good_selection().evaluators
    case = chosen(evaluators=(replace(first, **changes), second))
    found = unmet(RULES, "E-9", case)
    assert word in found.message
    assert "표본 평가위원 1" in found.message
    assert outcome(RULES, "E-9", with_reason(case, "E-9", "evaluator-1")) is Outcome.JUSTIFIED


def priced(amount_won: int, vat_included: bool = True) -> CaseFacts:
    """The good case whose winner asks for another price."""
    first, second = good_selection().quotes
    return chosen(quotes=(replace(first, amount_won=amount_won, vat_included=vat_included), second))


@pytest.mark.parametrize(
    ("amount", "vat", "expected"),
    [
        (12_650_000, True, set()),
        (12_650_001, True, {"lot1", "budget"}),
        (11_500_000, False, set()),
        (11_500_001, False, {"lot1", "budget"}),
    ],
)
def test_a_chosen_quote_over_budget_needs_a_reason(amount: int, vat: bool, expected: set[str]) -> None:
    assert subjects(RULES, "E-10", priced(amount, vat)) == expected


def test_a_larger_budget_in_the_first_step_leaves_the_definition_to_be_explained() -> None:
    line, other = good_budget().lines
    larger = replace(good_budget(), lines=(replace(line, amount_won=20_000_000), other))
    assert subjects(RULES, "E-10", replace(priced(13_000_000), budget=larger)) == {"lot1"}


def test_the_chosen_service_has_a_quote_to_hold_against_the_budget() -> None:
    case = chosen(quotes=good_selection().quotes[1:])
    assert "표본 클라우드 1호" in unmet(RULES, "E-10", case).message


def test_a_quote_over_budget_that_is_not_chosen_breaks_nothing() -> None:
    first, second = good_selection().quotes
    case = chosen(quotes=(first, replace(second, amount_won=99_000_000)))
    assert outcome(RULES, "E-10", case) is Outcome.MET


def test_by_the_mall_a_proposal_is_evaluated() -> None:
    assert "기본제안서" in unmet(RULES, "E-11", central(proposal=" ")).message
    waiting = replace(central(), selection=replace(central().selection, mall_results=()))
    assert outcome(RULES, "E-11", waiting) is Outcome.NOT_YET
    assert outcome(RULES, "E-11", a_case()) is Outcome.NOT_APPLICABLE


@pytest.mark.parametrize(
    ("changes", "word"),
    [
        ({"csap_grade": None}, "확인하고"),
        ({"csap_grade": ""}, "없습니다"),
        ({"csap_to": date(2023, 3, 1)}, "2023. 3. 1."),
    ],
)
def test_an_uncertified_cloud_service_needs_a_reason(changes: dict[str, Any], word: str) -> None:
    case = with_final(results=(a_row(1, **changes), a_row(2), a_row(3)))
    assert word in unmet(RULES, "E-12", case).message
    assert outcome(RULES, "E-12", with_reason(case, "E-12", "result-1")) is Outcome.JUSTIFIED


def test_a_certificate_that_ends_on_the_day_of_the_choice_still_counts() -> None:
    case = with_final(results=(a_row(1, csap_to=date(2023, 3, 2)), a_row(2), a_row(3)))
    assert outcome(RULES, "E-12", case) is Outcome.MET


@pytest.mark.parametrize("kind", [ServiceType.SUPPORT, ServiceType.CONVERGED])
def test_certificates_are_for_cloud_services(kind: ServiceType) -> None:
    case = with_final(results=(a_row(1, service_type=kind, csap_grade=None), a_row(2), a_row(3)))
    assert "지원서비스" in ground(RULES, "E-12", case, Outcome.NOT_APPLICABLE)


def test_without_an_award_no_certificate_is_asked_for() -> None:
    case = decided(kind=DecisionKind.NONE_SUITABLE, result_id=None)
    assert outcome(RULES, "E-12", case) is Outcome.NOT_APPLICABLE


@pytest.mark.parametrize(
    ("changes", "word"),
    [
        ({"decisions": ()}, "아직 정하지"),
        ({"tables": ()}, "평가표 없이"),
        ({"decisions": (replace(good_selection().decisions[0], result_id="result-2"),)}, "1위가 아닙니다"),
        ({"decisions": (replace(good_selection().decisions[0], set_id="set-0"),)}, "지금의 평가기준"),
    ],
)
def test_the_winner_follows_from_the_table(changes: dict[str, Any], word: str) -> None:
    found = unmet(RULES, "E-13", chosen(**changes))
    assert word in found.message
    assert found.blocks


def tabled(*rows: RankedService, tied: tuple[str, ...] = (), reason: str = "평가 1위") -> CaseFacts:
    """The good case with another table."""
    selection = good_selection()
    return chosen(
        tables=(replace(selection.tables[0], rows=rows, tied=tied),),
        decisions=(replace(selection.decisions[0], reason=reason),),
    )


def test_a_service_below_the_minimum_cannot_win() -> None:
    case = tabled(RankedService("result-1", 5_999, 1, False), RankedService("result-2", 5_000, 2, False))
    assert "최저 점수" in unmet(RULES, "E-13", case).message


@pytest.mark.parametrize(("reason", "expected"), [("", Outcome.UNMET), ("추첨", Outcome.MET)])
def test_a_tie_is_told_how_it_was_broken(reason: str, expected: Outcome) -> None:
    rows = (RankedService("result-1", 9_000, 1, True), RankedService("result-2", 9_000, 1, True))
    case = tabled(*rows, tied=("result-1", "result-2"), reason=reason)
    assert outcome(RULES, "E-13", case) is expected


def test_nobody_may_be_found_unsuitable_against_the_table() -> None:
    case = decided(kind=DecisionKind.NONE_SUITABLE, result_id=None)
    assert "최저 점수를 넘은" in unmet(RULES, "E-13", case).message
    below = tuple(replace(row, meets_minimum=False) for row in good_selection().tables[0].rows)
    table = (replace(good_selection().tables[0], rows=below),)
    for reason, expected in (("", Outcome.UNMET), ("모두 최저 점수 미달", Outcome.MET)):
        nobody = replace(
            good_selection().decisions[0], kind=DecisionKind.NONE_SUITABLE, result_id=None, reason=reason
        )
        assert outcome(RULES, "E-13", chosen(decisions=(nobody,), tables=table)) is expected


def test_by_the_mall_the_winner_is_the_one_of_its_procedure() -> None:
    case = central(result_id="result-2")
    assert "디지털서비스몰" in unmet(RULES, "E-13", case).message


def test_a_lot_called_off_is_asked_nothing() -> None:
    case = replace(decided(kind=DecisionKind.CANCELLED, result_id=None), sourcing=good_sourcing())
    bare = replace(case, selection=replace(case.selection, tables=(), outcomes=(), sheets=()))
    assert outcome(RULES, "E-1", bare) is Outcome.MET
    assert outcome(RULES, "E-4", bare) is Outcome.MET
    assert outcome(RULES, "E-13", bare) is Outcome.MET


def test_with_several_lots_the_message_says_which_one() -> None:
    runs = (a_run(2), a_run(3, lot=2, results=(a_row(7),)))
    search = SearchFacts(
        runs=runs, finals=(FinalRun(1, "run-2", 1, at(2, 14)), FinalRun(2, "run-3", 1, at(2, 14)))
    )
    case = a_case(head=replace(good_head(), lots=(1, 2)), search=search)
    found = unmet(RULES, "E-13", case)
    assert found.message.startswith("수요 항목 2: ")
    assert found.subject == "lot2"
    assert "수요 항목" not in unmet(RULES, "E-13", chosen(decisions=())).message

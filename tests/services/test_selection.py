"""⑤ Criteria, outcomes, decision: what E-3, E-4, E-13 and K-14 allow, and what they refuse."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select, update
from sqlalchemy.exc import DBAPIError, IntegrityError

from procurement.domain.errors import InvalidInput, Refused
from procurement.domain.facts.contract import Negotiation
from procurement.domain.facts.selection import DecisionKind, MallResult, OutcomeKind
from procurement.domain.facts.sourcing import Route, SourcingChoice
from procurement.domain.rules.base import Outcome
from procurement.domain.steps import Step, StepState
from procurement.extensions import db
from procurement.models import Case, CriteriaSet, Decision, Lot, ServiceOutcome
from procurement.models.base import now
from procurement.services import case_facts, records, selection, selection_papers, workflow
from procurement.services.selection import OutcomeText
from procurement.services.selection_decision import Choice, decide
from procurement.services.selection_papers import Recipients
from tests.support.at_selection import a_selecting_case
from tests.support.factories import a_case, event_kinds, project_officer_of, work
from tests.support.selecting import (
    CRITERIA,
    FIRST_POINTS,
    a_file,
    a_quote,
    an_evaluator,
    ask_all,
    complete_selection,
    evaluate,
    falling,
    fix_criteria,
    score_all,
    services_of,
    submit,
)
from tests.support.walk import save_document

pytestmark = pytest.mark.usefixtures("db_session")

AWARD = DecisionKind.AWARD


def refused_by(rule: str, caught: pytest.ExceptionInfo[Refused]) -> str:
    """The sentence of a refusal, after a look at its rule."""
    assert caught.value.rule_id == rule
    return caught.value.message


def test_the_whole_of_selection_can_be_walked_and_completed() -> None:
    actor, case = a_selecting_case()
    with work():
        complete_selection(actor, case)
    facts = case_facts.load(case)
    assert facts.steps[Step.SELECTION].state is StepState.DONE
    table = facts.selection.table_of(1)
    assert table is not None
    assert [row.rank for row in table.rows] == [1, 2, 3]
    kinds = event_kinds(case)
    for kind in ("criteria.fixed", "quote.added", "outcome.recorded", "sheet.submitted", "decision.made"):
        assert kind in kinds


def test_each_of_two_lots_is_selected_by_itself() -> None:
    actor, case = a_selecting_case(lots=2)
    with work():
        complete_selection(actor, case)
    facts = case_facts.load(case)
    assert {d.lot for d in facts.selection.decisions} == {1, 2}
    assert facts.steps[Step.SELECTION].state is StepState.DONE


def test_nothing_of_selection_is_possible_before_its_turn() -> None:
    case = a_case()
    actor = project_officer_of(case)
    with pytest.raises(Refused) as caught, work():
        fix_criteria(actor, case)
    assert "④" in refused_by("C-2", caught)


def test_criteria_are_fixed_with_all_their_rows_in_one_event() -> None:
    actor, case = a_selecting_case()
    with work():
        fix_criteria(actor, case)
    criteria = case_facts.load(case).selection.criteria_of(1)
    assert criteria is not None
    assert [c.key for c in criteria.criteria] == ["cost", "fit", "support", "quality"]
    assert event_kinds(case).count("criteria.fixed") == 1


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"criteria": (replace(CRITERIA[0], weight=31), *CRITERIA[1:])}, "criteria"),
        ({"criteria": ()}, "criteria"),
        ({"minimum_hundredths": 10_001}, "minimum"),
        ({"tie_break": ("unknown",)}, "tie_break"),
        ({"tie_break": ()}, "tie_break"),
    ],
)
def test_criteria_that_cannot_count_are_not_fixed(changes: dict[str, object], field: str) -> None:
    actor, case = a_selecting_case()
    with pytest.raises(InvalidInput) as caught, work():
        fix_criteria(actor, case, **changes)
    assert caught.value.field == field
    assert case_facts.load(case).selection.criteria == ()


def test_a_second_criteria_set_needs_a_reason_and_counts_on() -> None:
    actor, case = a_selecting_case()
    with work():
        fix_criteria(actor, case)
    with pytest.raises(InvalidInput), work():
        fix_criteria(actor, case)
    with work():
        fix_criteria(actor, case, reason="정의서에 맞추어 배점을 고침")
    assert [c.number for c in case_facts.load(case).selection.criteria] == [1, 2]


def test_after_the_first_sheet_the_criteria_stay() -> None:
    actor, case = a_selecting_case()
    with work():
        fix_criteria(actor, case)
        score_all(actor, case)
        submit(an_evaluator(actor, case), case)
    with pytest.raises(Refused) as caught, work():
        fix_criteria(actor, case, reason="바꾸고 싶음")
    assert "첫 평가표" in refused_by("E-3", caught)


def test_the_database_takes_one_criteria_set_of_a_number() -> None:
    actor, case = a_selecting_case()
    with work():
        row = fix_criteria(actor, case)
        columns = {c.key: getattr(row, c.key) for c in CriteriaSet.__table__.columns if c.key != "id"}
    with pytest.raises(IntegrityError), work():
        added(CriteriaSet(**columns))


def test_every_service_can_end_in_its_own_way() -> None:
    actor, case = a_selecting_case()
    with work():
        ask_all(actor, case)
        score_all(
            actor,
            case,
            s2=OutcomeText(OutcomeKind.NO_QUOTE, reason="내지 않겠다고 알려 옴"),
            s3=OutcomeText(OutcomeKind.EXCLUDED, "6-1", "요구한 인증이 없음"),
        )
    outcomes = case_facts.load(case).selection.outcomes
    assert [o.kind for o in outcomes] == [OutcomeKind.SCORED, OutcomeKind.NO_QUOTE, OutcomeKind.EXCLUDED]


def test_the_same_outcome_again_appends_nothing() -> None:
    actor, case = a_selecting_case()
    with work():
        score_all(actor, case)
    with work():
        score_all(actor, case)
    assert event_kinds(case).count("outcome.recorded") == 1


@pytest.mark.parametrize(
    "text",
    [
        OutcomeText(OutcomeKind.EXCLUDED, "", "그냥"),
        OutcomeText(OutcomeKind.EXCLUDED, "6-1", " "),
        OutcomeText(OutcomeKind.CANCELLED),
    ],
)
def test_leaving_a_service_out_needs_clause_and_reason(text: OutcomeText) -> None:
    actor, case = a_selecting_case()
    with pytest.raises(InvalidInput), work():
        score_all(actor, case, s1=text)


def test_a_service_that_sent_a_quote_cannot_be_called_silent() -> None:
    actor, case = a_selecting_case()
    first = services_of(case)[0].result_id
    with work():
        ask_all(actor, case)
        selection_papers.keep_quote(actor, case, a_quote(actor, case, first))
    with pytest.raises(Refused) as caught, work():
        score_all(actor, case, s1=OutcomeText(OutcomeKind.NO_QUOTE, reason="없음"))
    assert "견적을 냈으므로" in refused_by("E-4", caught)


def test_a_service_never_asked_cannot_be_called_silent() -> None:
    actor, case = a_selecting_case()
    with pytest.raises(Refused) as caught, work():
        score_all(actor, case, s1=OutcomeText(OutcomeKind.NO_QUOTE, reason="없음"))
    assert "요청하지 않았습니다" in refused_by("E-4", caught)


def test_before_the_due_day_silence_needs_its_story() -> None:
    actor, case = a_selecting_case()
    with work():
        ask_all(actor, case)
    with pytest.raises(InvalidInput) as caught, work():
        score_all(actor, case, s1=OutcomeText(OutcomeKind.NO_QUOTE))
    assert "기한" in caught.value.message


def test_a_service_outside_the_final_run_has_no_outcome() -> None:
    actor, case = a_selecting_case(lots=2)
    stranger = services_of(case, 2)[0].result_id
    with pytest.raises(Refused) as caught, work():
        selection.record_outcomes(actor, case, 1, {stranger: OutcomeText(OutcomeKind.SCORED)})
    refused_by("E-4", caught)


def test_after_the_first_sheet_only_a_lost_selection_takes_a_service_out() -> None:
    actor, case = a_selecting_case()
    with work():
        evaluate(actor, case)
    with pytest.raises(Refused) as caught, work():
        score_all(actor, case, s1=OutcomeText(OutcomeKind.EXCLUDED, "6-1", "다시 보니 모자람"))
    refused_by("E-4", caught)
    with work():
        score_all(actor, case, s1=OutcomeText(OutcomeKind.CANCELLED, reason="선정이 취소됨"))
    table = case_facts.load(case).selection.table_of(1)
    assert table is not None
    assert [row.result_id for row in table.rows] == [row.result_id for row in services_of(case)[1:]]


def test_the_award_goes_to_the_first_of_the_table_only() -> None:
    actor, case = a_selecting_case()
    with work():
        evaluate(actor, case)
    first, second, _ = services_of(case)
    with pytest.raises(Refused) as caught, work():
        decide(actor, case, 1, Choice(AWARD, second.result_id, "마음에 듦"))
    assert second.service_name in refused_by("E-13", caught)
    with work():
        decide(actor, case, 1, Choice(AWARD, first.result_id))
    decision = case_facts.load(case).selection.decision_of(1)
    assert decision is not None
    assert decision.result_id == first.result_id


def test_there_is_no_award_without_a_closed_table() -> None:
    actor, case = a_selecting_case()
    with work():
        fix_criteria(actor, case)
        score_all(actor, case)
        one, _two = an_evaluator(actor, case), an_evaluator(actor, case)
        submit(one, case)
    with pytest.raises(Refused) as caught, work():
        decide(actor, case, 1, Choice(AWARD, services_of(case)[0].result_id))
    assert "평가표" in refused_by("E-13", caught)


def test_an_award_below_the_minimum_is_none_suitable() -> None:
    actor, case = a_selecting_case()
    with work():
        fix_criteria(actor, case, minimum_hundredths=9_500)
        score_all(actor, case)
        submit(an_evaluator(actor, case), case)
    with pytest.raises(Refused) as caught, work():
        decide(actor, case, 1, Choice(AWARD, services_of(case)[0].result_id))
    assert "최저 점수" in refused_by("E-13", caught)
    with work():
        decide(actor, case, 1, Choice(DecisionKind.NONE_SUITABLE, reason="모두 최저 점수에 못 미침"))
    assert case_facts.load(case).selection.decisions[0].kind is DecisionKind.NONE_SUITABLE


def test_none_suitable_is_refused_while_one_is_suitable() -> None:
    actor, case = a_selecting_case()
    with work():
        evaluate(actor, case)
    with pytest.raises(Refused) as caught, work():
        decide(actor, case, 1, Choice(DecisionKind.NONE_SUITABLE, reason="마음에 안 듦"))
    refused_by("E-13", caught)


def test_none_suitable_is_refused_before_the_evaluation() -> None:
    actor, case = a_selecting_case()
    with pytest.raises(Refused) as caught, work():
        decide(actor, case, 1, Choice(DecisionKind.NONE_SUITABLE, reason="마음에 안 듦"))
    refused_by("E-13", caught)


def test_cancelling_needs_a_reason_and_ends_the_lot() -> None:
    actor, case = a_selecting_case()
    with pytest.raises(InvalidInput), work():
        decide(actor, case, 1, Choice(DecisionKind.CANCELLED))
    with work():
        decide(actor, case, 1, Choice(DecisionKind.CANCELLED, reason="사업이 취소됨"))
        workflow.complete(actor, case, Step.SELECTION)
    assert case_facts.load(case).steps[Step.SELECTION].state is StepState.DONE


def test_a_tie_that_the_order_does_not_break_needs_a_word() -> None:
    actor, case = a_selecting_case()
    with work():
        fix_criteria(actor, case)
        score_all(actor, case)
        submit(an_evaluator(actor, case), case, totals=[FIRST_POINTS, FIRST_POINTS, falling(2)[1]])
    second = services_of(case)[1].result_id
    with pytest.raises(InvalidInput) as caught, work():
        decide(actor, case, 1, Choice(AWARD, second))
    assert "동점" in caught.value.message
    with work():
        decide(actor, case, 1, Choice(AWARD, second, "추첨으로 정함. 입회자와 결과를 붙임"))
    assert case_facts.load(case).selection.decisions[0].result_id == second


def test_a_later_decision_needs_a_reason_and_the_earlier_one_stays() -> None:
    actor, case = a_selecting_case()
    first = services_of(case)[0].result_id
    with work():
        evaluate(actor, case)
        decide(actor, case, 1, Choice(AWARD, first))
    with pytest.raises(InvalidInput), work():
        decide(actor, case, 1, Choice(AWARD, first))
    with work():
        decide(actor, case, 1, Choice(AWARD, first, "결정 사유를 보탬"))
    facts = case_facts.load(case).selection
    assert len(facts.decisions) == len(facts.superseded) == 1


def test_after_a_disqualification_the_next_in_rank_follows() -> None:
    actor, case = a_selecting_case()
    first, second, third = (row.result_id for row in services_of(case))
    with work():
        evaluate(actor, case)
        decide(actor, case, 1, Choice(AWARD, first))
        day = records.today()
        records.add(
            actor, case, "negotiation", Negotiation(1, first, day, "협상함", True, "부정당업자 제재"), now()
        )
    for wrong in (first, third):
        with pytest.raises(Refused) as caught, work():
            decide(actor, case, 1, Choice(AWARD, wrong, "바꿈"))
        refused_by("E-13", caught)
    with work():
        decide(actor, case, 1, Choice(AWARD, second, "1위가 결격되어 다음 순위로 정함"))
    findings = workflow.findings_for(Step.SELECTION, case_facts.load(case))
    told = {f.rule_id: f.outcome for f in findings if f.rule_id in ("E-5", "E-13")}
    assert told == {"E-5": Outcome.MET, "E-13": Outcome.MET}


def test_on_the_central_route_the_mall_decides() -> None:
    actor, case = a_selecting_case(route=Route.CENTRAL)
    first, second = services_of(case)
    with pytest.raises(Refused) as caught, work():
        fix_criteria(actor, case)
    refused_by("E-1", caught)
    with work():
        score_all(actor, case)
    with pytest.raises(Refused) as caught, work():
        decide(actor, case, 1, Choice(AWARD, first.result_id))
    refused_by("E-13", caught)
    with work():
        file = a_file(actor, case, "mall_result")
        result = MallResult(1, first.result_id, "기본제안서", False, records.today(), evidence_id=file)
        selection_papers.keep_mall_result(actor, case, result)
    with pytest.raises(Refused), work():
        decide(actor, case, 1, Choice(AWARD, second.result_id))
    with work():
        row = decide(actor, case, 1, Choice(AWARD, first.result_id))
        assert row.set_id is None
    assert case_facts.load(case).selection.decisions[0].result_id == first.result_id


def test_the_database_takes_no_award_of_a_service_that_was_not_scored() -> None:
    actor, case = a_selecting_case()
    with work():
        ask_all(actor, case)
        silent = OutcomeText(OutcomeKind.NO_QUOTE, reason="내지 않겠다고 알려 옴")
        score_all(actor, case, s1=silent)
    with pytest.raises(IntegrityError), work():
        added(an_award(case, "no_quote"))


def test_the_database_takes_an_award_without_criteria_from_the_mall_alone() -> None:
    actor, case = a_selecting_case()
    with work():
        ask_all(actor, case)
        score_all(actor, case)
    with pytest.raises(IntegrityError, match="criteria"), work():
        added(an_award(case, "scored"))
    # A text of the choice that only looks like the other route does not open the way.
    texts = {"reason": '{"route":"central"} 이라고 적음'}
    with work():
        save_document(actor, case, Step.SOURCING, SourcingChoice(Route.OWN, **texts))
    with pytest.raises(IntegrityError, match="criteria"), work():
        added(an_award(case, "scored"))
    with work():
        save_document(actor, case, Step.SOURCING, SourcingChoice(Route.CENTRAL))
        added(an_award(case, "scored"))


def an_award(case: Case, kind: str) -> Decision:
    """An award of a service whose outcome is of ``kind``, put down as if it had been scored."""
    outcome = db.session.scalars(select(ServiceOutcome).where(ServiceOutcome.kind == kind)).first()
    assert outcome is not None
    return Decision(
        institution_id=case.institution_id,
        case_id=case.id,
        lot_id=case_lot(case),
        number=1,
        kind="award",
        final_run_id=outcome.final_run_id,
        outcome_id=outcome.id,
        outcome_kind="scored",
        result_id=outcome.result_id,
    )


def added(row: object) -> None:
    """Send a row to the database as it is."""
    db.session.add(row)
    db.session.flush()


def case_lot(case: Case) -> object:
    """Id of the first lot."""
    return db.session.scalars(select(Lot.id).where(Lot.case_id == case.id)).first()


def test_what_was_decided_cannot_be_edited() -> None:
    actor, case = a_selecting_case()
    with work():
        decide(actor, case, 1, Choice(DecisionKind.CANCELLED, reason="사업이 취소됨"))
    with pytest.raises(DBAPIError), work():
        db.session.execute(update(Decision).values(reason="고침"))


def test_after_the_search_is_opened_again_the_old_evaluation_no_longer_counts() -> None:
    actor, case = a_selecting_case()
    with work():
        complete_selection(actor, case)
        workflow.reopen(actor, case, Step.SEARCH, "검색 조건을 바꿈")
    facts = case_facts.load(case).selection
    assert (facts.criteria, facts.decisions, facts.quotes, facts.tables) == ((), (), (), ())


def test_due_days_lie_ahead() -> None:
    actor, case = a_selecting_case()
    everyone = tuple(row.result_id for row in services_of(case))
    with pytest.raises(InvalidInput) as caught, work():
        selection_papers.request_quotes(
            actor,
            case,
            1,
            Recipients(everyone),
            due_on=records.today() - timedelta(days=1),
            content="견적을 요청합니다.",
        )
    assert caught.value.field == "due_on"

"""⑤ Evaluators: who may score, when, how often, and who may be added or released."""

from __future__ import annotations

import pytest
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from procurement.domain.access import Role
from procurement.domain.errors import Conflict, InvalidInput, NotAllowed, NotFound, Refused
from procurement.domain.facts.selection import DecisionKind, OutcomeKind
from procurement.domain.selection import table_closed
from procurement.extensions import db
from procurement.models import ScoreSheet
from procurement.services import case_facts, cases, selection_decision, selection_sheets
from procurement.services.selection import OutcomeText
from procurement.services.selection_decision import Choice
from tests.support.at_selection import a_selecting_case
from tests.support.factories import actor_for, an_account, event_kinds, work
from tests.support.selecting import (
    an_evaluator,
    evaluate,
    falling,
    fix_criteria,
    points,
    score_all,
    services_of,
    submit,
)

pytestmark = pytest.mark.usefixtures("db_session")


def test_the_table_closes_with_the_last_sheet() -> None:
    actor, case = a_selecting_case()
    with work():
        fix_criteria(actor, case)
        score_all(actor, case)
        one, two = an_evaluator(actor, case), an_evaluator(actor, case)
        submit(one, case)
    assert not table_closed(case_facts.load(case), 1)
    with work():
        submit(two, case)
    assert table_closed(case_facts.load(case), 1)
    assert event_kinds(case).count("sheet.submitted") == 2


def test_a_sheet_is_submitted_once() -> None:
    actor, case = a_selecting_case()
    with work():
        fix_criteria(actor, case)
        score_all(actor, case)
        one, _two = an_evaluator(actor, case), an_evaluator(actor, case)
        submit(one, case)
    with pytest.raises(Refused, match="이미 평가표를 제출"), work():
        submit(one, case)


def test_the_database_takes_one_sheet_of_an_evaluator() -> None:
    actor, case = a_selecting_case()
    with work():
        evaluate(actor, case)
    row = db.session.scalars(select(ScoreSheet)).first()
    again = {c.key: getattr(row, c.key) for c in ScoreSheet.__table__.columns if c.key != "id"}
    with pytest.raises(IntegrityError), work():
        _added(ScoreSheet(**again))


def _added(row: object) -> None:
    db.session.add(row)
    db.session.flush()


def test_scoring_waits_for_the_declaration() -> None:
    actor, case = a_selecting_case()
    with work():
        fix_criteria(actor, case)
        score_all(actor, case)
        one = an_evaluator(actor, case)
    facts = case_facts.load(case)
    criteria = facts.selection.criteria_of(1)
    assert criteria is not None
    scores = points(facts, falling(3))
    with pytest.raises(Refused) as caught, work():
        selection_sheets.submit_sheet(one, case, 1, criteria.set_id, scores)
    assert caught.value.rule_id == "E-9"


def test_one_with_a_conflict_does_not_score_and_is_released_with_a_reason() -> None:
    actor, case = a_selecting_case()
    with work():
        fix_criteria(actor, case)
        score_all(actor, case)
        one, two = an_evaluator(actor, case), an_evaluator(actor, case)
        selection_sheets.declare(one, case, has_conflict=True, text="제공자에 가족이 있습니다.")
    with pytest.raises(Refused) as caught, work():
        submit(one, case)
    assert caught.value.rule_id == "E-9"
    with pytest.raises(InvalidInput), work():
        selection_sheets.release(actor, case, one.account_id, " ")
    with work():
        selection_sheets.release(actor, case, one.account_id, "이해관계가 있다고 신고함")
        submit(two, case)
    assert table_closed(case_facts.load(case), 1)
    with pytest.raises(NotAllowed), work():
        submit(one, case)
    with pytest.raises(NotFound), work():
        selection_sheets.release(actor, case, one.account_id, "다시")


def test_a_declaration_answers_and_names_the_conflict() -> None:
    actor, case = a_selecting_case()
    with work():
        one = an_evaluator(actor, case)
    for answer, field in ((None, "has_conflict"), (True, "text")):
        with pytest.raises(InvalidInput) as caught, work():
            selection_sheets.declare(one, case, has_conflict=answer, text="")
        assert caught.value.field == field


def test_a_declaration_can_be_put_right_until_the_sheet_is_in() -> None:
    actor, case = a_selecting_case()
    with work():
        fix_criteria(actor, case)
        score_all(actor, case)
        one = an_evaluator(actor, case)
        selection_sheets.declare(one, case, has_conflict=True, text="잘못 골랐습니다.")
        selection_sheets.declare(one, case, has_conflict=False, text="없습니다.")
        submit(one, case)
    assert event_kinds(case).count("declaration.revised") == 1
    with pytest.raises(Refused), work():
        selection_sheets.declare(one, case, has_conflict=True, text="이제 생각났습니다.")


def test_scoring_waits_for_the_outcome_of_every_service() -> None:
    actor, case = a_selecting_case()
    with work():
        fix_criteria(actor, case)
        one = an_evaluator(actor, case)
    with pytest.raises(Refused) as caught, work():
        submit(one, case, totals=[])
    assert caught.value.rule_id == "E-4"


def test_scoring_waits_for_the_criteria() -> None:
    actor, case = a_selecting_case()
    with work():
        score_all(actor, case)
        one = an_evaluator(actor, case)
        selection_sheets.declare(one, case, has_conflict=False, text="")
    with pytest.raises(Refused) as caught, work():
        selection_sheets.submit_sheet(one, case, 1, "none", [])
    assert caught.value.rule_id == "E-3"


def test_a_sheet_on_criteria_replaced_meanwhile_is_a_conflict() -> None:
    actor, case = a_selecting_case()
    with work():
        fix_criteria(actor, case)
        score_all(actor, case)
        one = an_evaluator(actor, case)
        selection_sheets.declare(one, case, has_conflict=False, text="")
    facts = case_facts.load(case)
    old = facts.selection.criteria_of(1)
    assert old is not None
    with work():
        fix_criteria(actor, case, reason="배점을 고침")
    with pytest.raises(Conflict), work():
        selection_sheets.submit_sheet(one, case, 1, old.set_id, points(facts, falling(3)))


def test_a_sheet_scores_everything_within_the_weights() -> None:
    actor, case = a_selecting_case()
    with work():
        fix_criteria(actor, case)
        score_all(actor, case)
        one = an_evaluator(actor, case)
        selection_sheets.declare(one, case, has_conflict=False, text="")
    facts = case_facts.load(case)
    criteria = facts.selection.criteria_of(1)
    assert criteria is not None
    too_many = [{**row, "cost": 3_001} for row in falling(3)]
    for scores in (points(facts, too_many), points(facts, falling(3))[1:]):
        with pytest.raises(InvalidInput) as caught, work():
            selection_sheets.submit_sheet(one, case, 1, criteria.set_id, scores)
        assert ":" in caught.value.field
    assert case_facts.load(case).selection.sheets == ()


def test_a_stranger_has_no_sheet() -> None:
    actor, case = a_selecting_case()
    with work():
        fix_criteria(actor, case)
        score_all(actor, case)
    stranger = actor_for(an_account(Role.EVALUATOR))
    with pytest.raises(NotAllowed), work():
        selection_sheets.submit_sheet(stranger, case, 1, "none", [])


def test_nobody_joins_once_the_scores_can_be_seen() -> None:
    actor, case = a_selecting_case()
    with work():
        evaluate(actor, case)
    late = an_account(Role.EVALUATOR)
    with pytest.raises(Refused) as caught, work():
        selection_sheets.invite(actor, case, str(late.id))
    assert caught.value.rule_id == "E-3"
    with pytest.raises(Refused), work():
        cases.add_member(actor, case, str(late.id), "evaluator")


def test_one_who_has_submitted_is_not_released() -> None:
    actor, case = a_selecting_case()
    with work():
        fix_criteria(actor, case)
        score_all(actor, case)
        one, _two = an_evaluator(actor, case), an_evaluator(actor, case)
        submit(one, case)
    with pytest.raises(Refused) as caught, work():
        selection_sheets.release(actor, case, one.account_id, "점수가 마음에 안 듦")
    assert caught.value.rule_id == "E-4"


def test_a_single_candidate_is_scored_and_may_win() -> None:
    actor, case = a_selecting_case()
    out = OutcomeText(OutcomeKind.EXCLUDED, "6-1", "요구한 인증이 없음")
    with work():
        fix_criteria(actor, case)
        score_all(actor, case, s2=out, s3=out)
        submit(an_evaluator(actor, case), case)
        first = services_of(case)[0].result_id
        selection_decision.decide(actor, case, 1, Choice(DecisionKind.AWARD, first))
    table = case_facts.load(case).selection.table_of(1)
    assert table is not None
    assert len(table.rows) == 1

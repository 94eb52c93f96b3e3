"""⑤ Criteria that are counted: their values, when they stand, and the points they make in every sheet."""

from __future__ import annotations

import pytest

from procurement.domain.access import Actor
from procurement.domain.errors import InvalidInput, Refused
from procurement.domain.facts.selection import Score
from procurement.models import Case
from procurement.services import (
    case_facts,
    evaluation,
    selection_measures,
    selection_papers,
    selection_sheets,
    verification,
)
from procurement.services.selection_measures import MeasuredText
from tests.support.at_selection import a_selecting_case
from tests.support.factories import work
from tests.support.selecting import (
    COUNTED,
    a_file,
    a_quote,
    an_evaluator,
    enter,
    fix_criteria,
    points,
    quote_all,
    score_all,
    services_of,
    submit,
)

pytestmark = pytest.mark.usefixtures("db_session")

# Given on the two criteria that are judged, by service.
GIVEN = [{"fit": 3_000, "support": 2_000}, {"fit": 2_500, "support": 1_500}, {"fit": 1_000, "support": 500}]


def _counted() -> tuple[Actor, Case]:
    """Criteria two of which are counted, quotes in, everything scored; no value entered yet."""
    actor, case = a_selecting_case()
    with work():
        fix_criteria(actor, case, criteria=COUNTED)
        quote_all(actor, case, 12_650_000, 12_430_000, 12_600_000)
        score_all(actor, case)
    return actor, case


def test_what_is_counted_stands_in_every_sheet_by_itself() -> None:
    actor, case = _counted()
    with work():
        enter(actor, case, "quality", "99.95", "99.9", "99.4")
        one, two = an_evaluator(actor, case), an_evaluator(actor, case)
        submit(one, case, totals=GIVEN)
        # A dearer quote after the first sheet changes nothing: the points stand.
        dearer = a_quote(actor, case, services_of(case)[1].result_id, amount_won=99_000_000)
        selection_papers.keep_quote(actor, case, dearer, base_version=1, reason="표본 사유")
        submit(two, case, totals=GIVEN)
    table = evaluation.closed(case_facts.load(case), 1)
    assert table is not None
    rows = {row.result_id: row for row in table.evaluation.rows}
    services = [row.result_id for row in services_of(case)]
    # 12,430,000 ÷ 12,650,000 × 30 = 29.478 and ÷ 12,600,000 = 29.595; steps of 99.9 and 99.5
    assert [dict(rows[s].by_criterion)["cost"] for s in services] == [2_948, 3_000, 2_960]
    assert [dict(rows[s].by_criterion)["quality"] for s in services] == [2_000, 2_000, 0]
    assert [rows[s].total for s in services] == [9_948, 9_000, 4_460]
    assert {len(sheet.scores) for sheet in table.sheets} == {12}
    said = [[score.comment for score in sheet.scores if "셈한 값" in score.comment] for sheet in table.sheets]
    assert "셈한 값: 12,430,000원" in said[0]
    assert sorted(said[0]) == sorted(said[1])
    firm = evaluation.firmness(table)
    assert firm is not None
    assert firm.score is None or firm.score.key in {"fit", "support"}
    assert verification.verify(case).holds


def test_no_sheet_before_every_value() -> None:
    actor, case = _counted()
    with work():
        one = an_evaluator(actor, case)
    with pytest.raises(Refused, match="셈할 값이 없어"), work():
        submit(one, case, totals=GIVEN)


def test_no_evaluator_gives_points_on_what_is_counted() -> None:
    actor, case = _counted()
    with work():
        enter(actor, case, "quality", "99.9", "99.9", "99.9")
        one = an_evaluator(actor, case)
        selection_sheets.declare(one, case, has_conflict=False, text="")
    facts = case_facts.load(case)
    criteria = facts.selection.criteria_of(1)
    assert criteria is not None
    cost = Score(criteria.computed[0].criterion_id, services_of(case)[0].result_id, 3_000)
    with pytest.raises(InvalidInput, match="평가표에 없는 칸"), work():
        selection_sheets.submit_sheet(one, case, 1, criteria.set_id, [*points(facts, GIVEN), cost])


def test_a_value_needs_its_proof_a_reason_to_change_and_stands_with_the_first_sheet() -> None:
    actor, case = _counted()
    first = services_of(case)[0].result_id
    with work():
        proof = a_file(actor, case, "evaluation")

    def keep(value: str, evidence_id: str | None = proof, key: str = "quality", reason: str = "") -> None:
        with work():
            text = MeasuredText(key, first, value, evidence_id, reason=reason)
            selection_measures.keep(actor, case, 1, text)

    for wrong in ({"value": "많이"}, {"value": ""}, {"value": "99.9", "evidence_id": None}):
        with pytest.raises(InvalidInput):
            keep(**wrong)
    for key in ("cost", "fit", "none"):
        with pytest.raises(InvalidInput, match="평가항목을 골라"):
            keep("99.9", key=key)
    keep("99.9")
    with pytest.raises(InvalidInput, match="사유"):
        keep("99.95")
    keep("99.95", reason="숫자를 잘못 옮겼습니다.")
    with work():
        enter(actor, case, "quality", "99.9", "99.9", "99.9", reason="표본 사유")
        one, _two = an_evaluator(actor, case), an_evaluator(actor, case)
        submit(one, case, totals=GIVEN)
    with pytest.raises(Refused) as caught:
        keep("99.5", reason="표본 사유")
    assert caught.value.rule_id == "E-3"


def test_values_come_after_the_criteria() -> None:
    actor, case = a_selecting_case()
    with work():
        proof = a_file(actor, case, "evaluation")
    text = MeasuredText("quality", services_of(case)[0].result_id, "1", proof)
    with pytest.raises(Refused) as caught, work():
        selection_measures.keep(actor, case, 1, text)
    assert caught.value.rule_id == "E-3"

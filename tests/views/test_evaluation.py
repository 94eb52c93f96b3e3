"""⑤ through its pages: criteria counted by formula, the result and how firm it is, how an evaluation ends."""

from __future__ import annotations

from typing import Any

import pytest
from flask.testing import FlaskClient

from procurement.domain.access import Actor
from procurement.domain.facts.selection import DecisionKind, OutcomeKind
from procurement.models import Case
from procurement.services import case_facts
from procurement.services.selection import OutcomeText
from tests.support.at_selection import a_selecting_case
from tests.support.factories import post, signed_in, work
from tests.support.selecting import (
    COUNTED,
    a_file,
    account_of,
    an_evaluator,
    enter,
    evaluate,
    fix_criteria,
    quote_all,
    score_all,
    services_of,
    submit,
)

pytestmark = pytest.mark.usefixtures("db_session")


def at(case: Case, page: str) -> str:
    return f"/cases/{case.number}/selection/1/{page}"


def an_officer(client: FlaskClient) -> tuple[FlaskClient, Actor, Case]:
    actor, case = a_selecting_case()
    return signed_in(client, account_of(actor)), actor, case


def counted_fields(**changes: str) -> dict[str, str]:
    """Criteria as the form sends them: cost counted from quotes, availability in steps, two judged."""
    rows: tuple[dict[str, Any], ...] = (
        {"aspect": "cost", "weight": "30", "clause": "3-1", "counting": "cost-lowest"},
        {"aspect": "technical", "weight": "30", "clause": "2-2"},
        {"aspect": "support", "weight": "20", "clause": "8-1"},
        {
            "aspect": "stability",
            "weight": "20",
            "clause": "7-1",
            "counting": "entered-steps",
            "marks": "99.9 = 100\n99.5 = 50%",
            "unit": "%",
        },
    )
    fields = {"averaging": "mean", "minimum": "60", "price_tie": "1"}
    for place, row in enumerate(rows):
        fields |= {f"rows-{place}-title": f"표본 항목 {place + 1}"}
        fields |= {f"rows-{place}-{name}": value for name, value in row.items()}
    return {**fields, **changes}


def test_a_formula_is_fixed_with_the_criteria_and_said_in_words(client: FlaskClient) -> None:
    browser, _actor, case = an_officer(client)
    wrong = post(browser, at(case, "criteria"), counted_fields(**{"rows-3-marks": "99.9"}))
    assert wrong.status_code == 422
    assert "‘99.9’를 ‘값 = 비율’로" in wrong.text
    asked = post(browser, at(case, "criteria"), counted_fields())
    assert "배점의 99.9% 이상 100%, 99.5% 이상 50%, 그 아래 0점" in asked.text
    assert post(browser, at(case, "criteria/freeze"), counted_fields()).status_code == 302
    page = browser.get(at(case, "criteria")).text
    assert "가장 낮은 값 ÷ 그 서비스의 값 × 배점" in page
    assert "99.9 = 100\n99.5 = 50" in page.replace("\r", "")


def test_a_value_is_entered_with_its_proof_and_counted_on_the_sheet(client: FlaskClient) -> None:
    browser, actor, case = an_officer(client)
    with work():
        fix_criteria(actor, case, criteria=COUNTED)
        quote_all(actor, case, 12_650_000, 12_430_000, 12_600_000)
        score_all(actor, case)
        one = an_evaluator(actor, case)
        proof = a_file(actor, case, "evaluation")
    assert "값 없음" in browser.get(at(case, "values")).text
    fields = {"key": "quality", "result_id": services_of(case)[0].result_id, "evidence_id": proof}
    wrong = post(browser, at(case, "values"), {**fields, "value": "아주 높음"})
    assert wrong.status_code == 422
    assert "아주 높음" in wrong.text
    evaluator = signed_in(browser.application.test_client(), account_of(one))
    post(evaluator, f"/cases/{case.number}/evaluation/declaration", {"has_conflict": "no"})
    sheet = f"/cases/{case.number}/evaluation/1"
    assert evaluator.get(sheet).status_code == 409
    with work():
        enter(actor, case, "quality", "99.95", "99.5", "99.4")
    assert "10.00" in browser.get(at(case, "values")).text
    page = evaluator.get(sheet).text
    assert "29.48 / 30점" in page
    assert "s1-c1-points" not in page
    criteria = case_facts.load(case).selection.criteria_of(1)
    assert criteria is not None
    given = {f"s{row.position}-c{n}-points": "10" for row in services_of(case) for n in (2, 3)}
    asked = post(evaluator, f"{sheet}/review", {"set_id": criteria.set_id, **given})
    assert "69.48점" in asked.text
    assert post(evaluator, f"{sheet}/submit", {"set_id": criteria.set_id, **given}).status_code == 302
    assert "29.48 / 30점" in evaluator.get(sheet).text
    result = browser.get(at(case, "result")).text
    assert "69.48" in result
    assert "식으로 셈한 평가항목 2개" in result


def test_the_result_says_how_firm_it_is_and_always_the_same(client: FlaskClient) -> None:
    browser, actor, case = an_officer(client)
    with work():
        evaluate(actor, case)
    page = browser.get(at(case, "result")).text
    assert "배점 조합 10,000개 가운데" in page
    assert "이만큼 낮았다면" in page or "이만큼 높았다면" in page
    assert "평가위원 사이의 차이" in page
    assert browser.get(at(case, "result")).text.split("견고한가")[1] == page.split("견고한가")[1]


def test_a_single_candidate_is_scored_on_the_same_sheet_and_not_ranked(client: FlaskClient) -> None:
    browser, actor, case = an_officer(client)
    excluded = OutcomeText(OutcomeKind.EXCLUDED, "2-2", "필수 기능이 없습니다.")
    with work():
        fix_criteria(actor, case)
        score_all(
            actor, case, s2=excluded, s3=OutcomeText(OutcomeKind.CANCELLED, "", "선정이 취소되었습니다.")
        )
        submit(an_evaluator(actor, case), case)
    page = browser.get(at(case, "result")).text
    assert "순위를 매기지 않습니다" in page
    assert "1위" not in page.split("평가위원별")[0].split("평가 결과</h2>")[1]
    assert "요건 미충족 제외" in page
    assert "선정 취소" in page
    first = services_of(case)[0].result_id
    assert post(browser, at(case, "decision"), {"kind": "award", "result_id": first}).status_code == 302


@pytest.mark.parametrize(
    ("minimum", "kind", "status", "words"),
    [
        (9_500, DecisionKind.NONE_SUITABLE, 302, "적합한 서비스 없음"),
        (9_500, DecisionKind.CANCELLED, 302, "선정 절차 취소"),
        (9_500, DecisionKind.AWARD, 409, "최저 점수에 못 미칩니다"),
        (0, DecisionKind.NONE_SUITABLE, 409, "최저 점수를 넘은 서비스가 있어"),
    ],
)
def test_none_suitable_and_cancelled_are_outcomes_too(
    client: FlaskClient, minimum: int, kind: DecisionKind, status: int, words: str
) -> None:
    browser, actor, case = an_officer(client)
    with work():
        fix_criteria(actor, case, minimum_hundredths=minimum)
        score_all(actor, case)
        submit(an_evaluator(actor, case), case)
    assert ("최저 점수를 넘은 서비스가 없습니다" in browser.get(at(case, "result")).text) is (minimum > 0)
    fields = {"kind": kind.value, "result_id": services_of(case)[0].result_id, "reason": "표본 사유입니다."}
    answer = post(browser, at(case, "decision"), fields)
    assert answer.status_code == status
    shown = answer if status != 302 else browser.get(at(case, "decision"))
    assert words in shown.text

"""Rules of the case: C-1 to C-3."""

from dataclasses import replace
from datetime import timedelta

import pytest

from procurement.domain.facts import CaseFacts, SelectionFacts
from procurement.domain.facts.case import StepFacts
from procurement.domain.facts.search import SearchRun
from procurement.domain.rules.base import Outcome
from procurement.domain.rules.case import RULES
from procurement.domain.steps import Step, StepState
from tests.domain.rules.builders import (
    a_case,
    a_new_case,
    a_run,
    at,
    findings,
    good_head,
    good_institution,
    good_selection,
    is_korean,
    outcome,
    with_runs,
)
from tests.domain.rules.good_later import good_sheet


@pytest.mark.parametrize("rule_id", [rule.id for rule in RULES])
def test_the_good_case_meets_every_rule_of_the_case(rule_id: str) -> None:
    assert outcome(RULES, rule_id, a_case()) is Outcome.MET


@pytest.mark.parametrize(
    ("case", "field", "named"),
    [
        (a_new_case(head=replace(good_head(), project_officer=" ")), "project_officer", "사업담당자"),
        (a_new_case(head=replace(good_head(), contract_officer="")), "contract_officer", "계약담당자"),
        (a_new_case(institution=replace(good_institution(), name="")), "institution", "기관"),
    ],
)
def test_a_case_without_officer_or_institution_is_told_whom_to_name(
    case: CaseFacts, field: str, named: str
) -> None:
    (finding,) = findings(RULES, "C-1", case)
    assert finding.blocks
    assert finding.field == field
    assert named in finding.message
    assert is_korean(finding.message)


def test_a_step_done_before_the_one_it_needs_is_found() -> None:
    steps = {Step.SEARCH: StepFacts(StepState.DONE, at(2, 14))}
    (finding,) = findings(RULES, "C-2", a_case(steps=steps))
    assert finding.outcome is Outcome.UNMET
    assert "② 요구사항 정의서 작성" in finding.message
    assert "③ 서비스 검색·저장" in finding.message


def test_going_back_keeps_the_order_and_is_told() -> None:
    steps = {
        Step.BUDGET: StepFacts(StepState.OPEN, at(2, 3), reopened=1),
        Step.DEFINITION: StepFacts(StepState.STALE, at(2, 10)),
    }
    (finding,) = findings(RULES, "C-2", a_case(steps=steps))
    assert finding.outcome is Outcome.MET
    assert "1건" in finding.message


@pytest.mark.parametrize("rule_id", ["C-2", "C-3"])
def test_a_new_case_has_nothing_yet_to_look_at(rule_id: str) -> None:
    assert outcome(RULES, rule_id, a_new_case()) is Outcome.NOT_YET


@pytest.mark.parametrize(
    ("run", "named"),
    [
        (a_run(1, actor_id=" "), "누가"),
        (a_run(1, occurred_at=at(2, 13) + timedelta(days=1)), "시각"),
    ],
)
def test_a_run_that_hides_who_or_when_is_found(run: SearchRun, named: str) -> None:
    (finding,) = findings(RULES, "C-3", with_runs(run, final="run-1"))
    assert finding.blocks
    assert named in finding.message
    assert is_korean(finding.message)


def test_a_run_recorded_at_the_moment_it_was_made_is_fine() -> None:
    run = a_run(1, occurred_at=at(2, 13), recorded_at=at(2, 13))
    assert outcome(RULES, "C-3", with_runs(run, final="run-1")) is Outcome.MET


def test_runs_are_looked_at_before_anything_is_scored() -> None:
    case = with_runs(a_run(1), final=None, selection=SelectionFacts())
    assert outcome(RULES, "C-3", case) is Outcome.MET


def test_a_score_sheet_of_nobody_is_found() -> None:
    selection = replace(good_selection(), sheets=(good_sheet("stranger"),))
    (finding,) = findings(RULES, "C-3", a_case(selection=selection))
    assert finding.subject == "sheet stranger"
    assert "평가위원" in finding.message

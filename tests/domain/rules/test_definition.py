"""Rules of ② requirements definition: R-1 to R-8."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from procurement.domain.facts import BudgetSheet
from procurement.domain.facts.definition import (
    Answer,
    DefinitionFacts,
    DefinitionVersion,
    InformationSource,
    LotRequirements,
    NameHit,
    OwnSection,
    PlanFilter,
    PlanTerm,
    ProviderKind,
    SourceKind,
    TechnicalConstraint,
)
from procurement.domain.facts.search import RunKind
from procurement.domain.rules.base import Outcome, Severity
from procurement.domain.rules.definition import RULES
from tests.domain.rules.builders import (
    a_case,
    a_new_case,
    a_run,
    at,
    digest_of,
    findings,
    good_definition,
    good_lot,
    good_requirements,
    is_korean,
    outcome,
    with_definition,
    with_lot,
    with_lots,
    with_reason,
    with_runs,
)

ORACLE = TechnicalConstraint("오라클 DB", "이관할 자료가 이 형식으로만 저장되어 있습니다.")


@pytest.mark.parametrize("rule_id", [f"R-{number}" for number in range(1, 8)])
def test_the_good_case_meets_the_rules_of_the_definition(rule_id: str) -> None:
    assert outcome(RULES, rule_id, a_case()) is Outcome.MET


@pytest.mark.parametrize("rule_id", ["R-1", "R-2", "R-3", "R-5"])
def test_an_empty_definition_is_told_what_to_fill_in(rule_id: str) -> None:
    found = findings(RULES, rule_id, a_new_case())
    assert all(finding.blocks and is_korean(finding.message) for finding in found)


@pytest.mark.parametrize("rule_id", ["R-4", "R-6", "R-8"])
def test_what_needs_a_text_waits_for_it(rule_id: str) -> None:
    assert outcome(RULES, rule_id, a_new_case()) is Outcome.NOT_YET


@pytest.mark.parametrize(
    ("changes", "field", "named"),
    [
        ({"purpose": " "}, "lots-0-purpose", "이용목적"),
        ({"environment": ""}, "lots-0-environment", "이용환경"),
        ({"functions": ""}, "lots-0-functions", "기능 요건"),
        ({"budget_won": None}, "lots-0-budget_won", "이용예산"),
        ({"budget_won": 0}, "lots-0-budget_won", "이용예산"),
    ],
)
def test_a_part_that_is_not_written_is_named(changes: dict[str, Any], field: str, named: str) -> None:
    (finding,) = findings(RULES, "R-1", with_lot(**changes))
    assert finding.field == field
    assert finding.severity is Severity.BLOCK
    assert named in finding.message
    assert "수요 항목" not in finding.message


def test_with_several_lots_the_message_says_which() -> None:
    case = with_lots(good_lot(1), replace(good_lot(2), purpose=""))
    (finding,) = findings(RULES, "R-1", case)
    assert finding.message.startswith("수요 항목 2: ")
    assert finding.field == "lots-1-purpose"
    assert finding.subject == "lot2 purpose"


def test_a_lot_that_nobody_has_written_is_asked_for_whole() -> None:
    case = with_lots(good_lot(1), good_lot(2))
    found = findings(RULES, "R-1", with_definition_of(case.head.lots, good_lot(1)))
    assert {finding.subject for finding in found} == {
        "lot2 purpose",
        "lot2 environment",
        "lot2 functions",
        "lot2 budget_won",
    }


def with_definition_of(numbers: tuple[int, ...], *lots: LotRequirements) -> Any:
    """A case that has more lots than its definition."""
    case = with_lots(*lots)
    return replace(case, head=replace(case.head, lots=numbers))


def without_answer(number: str, *more: Answer) -> tuple[Answer, ...]:
    """The answers of the good lot without one, with others added."""
    return (*(answer for answer in good_lot().answers if answer.question != number), *more)


def test_a_question_without_answer_takes_a_reason() -> None:
    case = with_lot(answers=without_answer("7-1"))
    (finding,) = findings(RULES, "R-2", case)
    assert "7-1" in finding.message
    assert finding.wants_reason
    assert outcome(RULES, "R-2", with_reason(case, "R-2", "lot1 7-1")) is Outcome.JUSTIFIED


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        (Answer("7-1", "측정할 수 없는 지원서비스입니다.", not_applicable=True), Outcome.MET),
        (Answer("7-1", "", not_applicable=True), Outcome.UNMET),
        (Answer("7-1", "   "), Outcome.UNMET),
    ],
)
def test_not_applicable_counts_with_its_ground_only(answer: Answer, expected: Outcome) -> None:
    assert outcome(RULES, "R-2", with_lot(answers=without_answer("7-1", answer))) is expected


@pytest.mark.parametrize(
    ("changes", "field", "named"),
    [
        ({"service_type": None}, "lots-0-service_type", "4-1"),
        (
            {"provider_kind": ProviderKind.ORIGINAL, "provider_reason": " "},
            "lots-0-provider_reason",
            "원제공자",
        ),
        ({"own_sections": (OwnSection(" ", "한 달"),)}, "lots-0-own_sections-0-text", "더한 항목 1"),
        ({"own_sections": (OwnSection("시험 기간", " "),)}, "lots-0-own_sections-0-text", "더한 항목 1"),
    ],
)
def test_typed_questions_and_own_sections_are_asked_too(
    changes: dict[str, Any], field: str, named: str
) -> None:
    (finding,) = findings(RULES, "R-2", with_lot(**changes))
    assert finding.field == field
    assert named in finding.message


def test_a_provider_kind_with_its_reason_is_fine() -> None:
    case = with_lot(provider_kind=ProviderKind.BROKER, provider_reason="기관이 통합 청구를 받습니다.")
    assert outcome(RULES, "R-2", case) is Outcome.MET


def test_the_budget_question_is_answered_by_step_one() -> None:
    (finding,) = findings(RULES, "R-3", a_case())
    assert "12,650,000원" in finding.message


def test_a_budget_answer_typed_again_is_refused() -> None:
    case = with_lot(answers=(*good_lot().answers, Answer("3-1", "초과하지 않습니다.")))
    (finding,) = findings(RULES, "R-3", case)
    assert finding.severity is Severity.BLOCK
    assert "3-1" in finding.message


def test_a_blank_budget_answer_is_none() -> None:
    assert outcome(RULES, "R-3", with_lot(answers=(*good_lot().answers, Answer("3-1", " ")))) is Outcome.MET


def test_without_budget_lines_the_budget_question_has_no_answer() -> None:
    (finding,) = findings(RULES, "R-3", a_case(budget=BudgetSheet()))
    assert finding.blocks
    assert "①" in finding.message


@pytest.mark.parametrize(("budget", "expected"), [(12_650_000, Outcome.MET), (12_650_001, Outcome.UNMET)])
def test_the_budget_of_the_definition_stays_within_step_one_or_says_why(
    budget: int, expected: Outcome
) -> None:
    case = with_lot(budget_won=budget)
    assert outcome(RULES, "R-3", case) is expected
    assert outcome(RULES, "R-3", with_reason(case, "R-3", "over")) is not Outcome.UNMET


def test_no_source_is_only_pointed_out() -> None:
    requirements = replace(good_requirements(), sources=())
    (finding,) = findings(RULES, "R-4", with_definition(working=requirements))
    assert finding.severity is Severity.REMIND
    assert not finding.blocks


@pytest.mark.parametrize(
    ("source", "subject"),
    [
        (InformationSource(SourceKind.EXPERT, " "), "source1"),
        (
            InformationSource(SourceKind.CONSULTATION, "규모를 물어봄", None, "표본 상담담당자"),
            "source1 consultation",
        ),
        (
            InformationSource(SourceKind.CONSULTATION, "규모를 물어봄", date(2023, 2, 7)),
            "source1 consultation",
        ),
    ],
)
def test_a_source_says_what_and_a_consultation_when_and_with_whom(
    source: InformationSource, subject: str
) -> None:
    requirements = replace(good_requirements(), sources=(source,))
    (finding,) = findings(RULES, "R-4", with_definition(working=requirements))
    assert finding.subject == subject
    assert is_korean(finding.message)


@pytest.mark.parametrize(
    ("changes", "field", "named"),
    [
        ({"terms": (), "filters": ()}, "lots-0-terms", "검색 계획"),
        ({"terms": (PlanTerm("채팅 서버", ""),)}, "lots-0-terms-0-clause", "채팅 서버"),
        ({"terms": (PlanTerm("채팅 서버", "12-9"),)}, "lots-0-terms-0-clause", "채팅 서버"),
        ({"filters": (PlanFilter("지원체계", "현장지원", ""),)}, "lots-0-filters-0-clause", "현장지원"),
        ({"service_type": None}, "lots-0-service_type", "서비스 유형"),
    ],
)
def test_a_search_plan_that_hangs_in_the_air_is_found(
    changes: dict[str, Any], field: str, named: str
) -> None:
    (finding,) = findings(RULES, "R-5", with_lot(**changes))
    assert finding.field == field
    assert finding.wants_reason
    assert named in finding.message


@pytest.mark.parametrize("changes", [{"terms": ()}, {"filters": ()}])
def test_words_alone_or_filters_alone_are_a_plan(changes: dict[str, Any]) -> None:
    assert outcome(RULES, "R-5", with_lot(**changes)) is Outcome.MET


def test_a_word_may_come_from_a_section_of_ones_own() -> None:
    case = with_lot(
        own_sections=(OwnSection("시험 기간", "한 달 동안 시험합니다."),),
        terms=(PlanTerm("시험 이용", "시험 기간"),),
    )
    assert outcome(RULES, "R-5", case) is Outcome.MET


def test_an_official_run_before_the_freeze_is_found() -> None:
    case = with_runs(a_run(1, recorded_at=at(2, 9)), final="run-1")
    (finding,) = findings(RULES, "R-6", case)
    assert finding.blocks
    assert "1번 공식 검색" in finding.message


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"recorded_at": at(2, 10)}, Outcome.MET),
        ({"recorded_at": at(2, 9), "kind": RunKind.REHEARSAL}, Outcome.MET),
        ({"definition_version": 2}, Outcome.UNMET),
    ],
)
def test_a_run_rests_on_a_version_frozen_by_then(changes: dict[str, Any], expected: Outcome) -> None:
    assert outcome(RULES, "R-6", with_runs(a_run(1, **changes), final="run-1")) is expected


@pytest.mark.parametrize(
    ("reason", "expected"), [(" ", Outcome.UNMET), ("가용률을 고쳤습니다.", Outcome.MET)]
)
def test_a_later_version_needs_its_reason(reason: str, expected: Outcome) -> None:
    versions = (
        *good_definition().versions,
        DefinitionVersion(2, digest_of("definition 2"), at(2, 20), reason),
    )
    assert outcome(RULES, "R-6", with_definition(versions=versions)) is expected


def test_an_official_run_without_any_version_is_found() -> None:
    assert outcome(RULES, "R-6", with_runs(a_run(1), definition=DefinitionFacts())) is Outcome.UNMET


HIT = NameHit(1, "lots-0-functions", "오라클 DB", "note", "기술 이름")


def test_a_name_in_the_text_is_shown_at_its_place_and_takes_a_reason() -> None:
    case = with_definition(name_hits=(HIT,))
    (finding,) = findings(RULES, "R-7", case)
    assert "‘오라클 DB’" in finding.message
    assert finding.field == "lots-0-functions"
    assert outcome(RULES, "R-7", with_reason(case, "R-7", "lot1 오라클 DB")) is Outcome.JUSTIFIED


@pytest.mark.parametrize(
    ("constraint", "expected"),
    [
        (ORACLE, Outcome.MET),
        (replace(ORACLE, word="오라클db"), Outcome.MET),
        (replace(ORACLE, word="표본 DB"), Outcome.UNMET),
    ],
)
def test_a_technical_constraint_with_its_reason_explains_the_name(
    constraint: TechnicalConstraint, expected: Outcome
) -> None:
    requirements = replace(good_requirements(), lots=(replace(good_lot(), constraints=(constraint,)),))
    case = with_definition(working=requirements, frozen=requirements, name_hits=(HIT,))
    assert outcome(RULES, "R-7", case) is expected


def test_a_constraint_without_reason_is_found() -> None:
    (finding,) = findings(RULES, "R-7", with_lot(constraints=(replace(ORACLE, reason=" "),)))
    assert finding.field == "lots-0-constraints-0-reason"


def test_a_constraint_without_reason_does_not_explain_the_name() -> None:
    lot = replace(good_lot(), constraints=(replace(ORACLE, reason=" "),))
    requirements = replace(good_requirements(), lots=(lot,))
    found = findings(RULES, "R-7", with_definition(working=requirements, name_hits=(HIT,)))
    assert "lot1 오라클 DB" in {finding.subject for finding in found}


def test_a_constraint_not_yet_named_forbids_no_word() -> None:
    assert outcome(RULES, "R-7", with_lot(constraints=(replace(ORACLE, word=" "),))) is Outcome.MET


def test_a_neutral_word_is_no_hit() -> None:
    assert outcome(RULES, "R-7", with_definition(name_hits=(replace(HIT, verdict="neutral"),))) is Outcome.MET


@pytest.mark.parametrize("word", ["오라클 DB", "오라클DB 이관"])
def test_a_constraint_never_becomes_a_search_word(word: str) -> None:
    case = with_lot(constraints=(ORACLE,), terms=(PlanTerm(word, "2-2"),))
    (finding,) = findings(RULES, "R-7", case)
    assert finding.severity is Severity.BLOCK
    assert outcome(RULES, "R-7", with_reason(case, "R-7", finding.subject)) is Outcome.UNMET


def test_without_central_route_its_condition_does_not_apply() -> None:
    assert outcome(RULES, "R-8", a_case()) is Outcome.NOT_APPLICABLE


def test_an_open_question_about_the_route_is_only_pointed_out() -> None:
    (finding,) = findings(
        RULES, "R-8", with_definition(working=replace(good_requirements(), central_intended=None))
    )
    assert finding.severity is Severity.REMIND
    assert not finding.blocks


def test_the_central_route_wants_the_mall_in_the_plan() -> None:
    requirements = replace(good_requirements(), central_intended=True)
    (finding,) = findings(RULES, "R-8", with_definition(working=requirements))
    assert "디지털서비스몰 등록서비스" in finding.message
    lot = replace(good_lot(), filters=(PlanFilter("디지털서비스몰 등록서비스", "등록", "2-1"),))
    assert outcome(RULES, "R-8", with_definition(working=replace(requirements, lots=(lot,)))) is Outcome.MET


def test_the_central_route_takes_one_service_at_a_time() -> None:
    lots = tuple(
        replace(good_lot(number), filters=(PlanFilter("디지털서비스몰 등록서비스", "등록", "2-1"),))
        for number in (1, 2)
    )
    case = with_lots(*lots)
    working = replace(good_requirements(), lots=lots, central_intended=True)
    (finding,) = findings(RULES, "R-8", replace(case, definition=DefinitionFacts(working=working)))
    assert finding.field == "central_intended"
    assert "자체조달" in finding.message

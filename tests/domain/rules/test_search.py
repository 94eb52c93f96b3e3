"""Rules of ③ search and save: S-1 to S-10."""

from dataclasses import replace
from typing import Any

import pytest

from procurement.domain.facts import CaseFacts, DefinitionFacts, SearchFacts
from procurement.domain.facts.case import StepFacts
from procurement.domain.facts.definition import DefinitionVersion, ServiceType
from procurement.domain.facts.search import (
    FinalRun,
    RunKind,
    SearchFilter,
    SearchPage,
    SearchRun,
    SearchSource,
    SearchWord,
)
from procurement.domain.facts.selection import Decision, DecisionKind, OutcomeKind, ServiceOutcome
from procurement.domain.rules.base import Outcome, Severity
from procurement.domain.rules.search import RULES
from procurement.domain.steps import Step, StepState
from tests.domain.rules.builders import (
    a_case,
    a_new_case,
    a_row,
    a_run,
    at,
    digest_of,
    findings,
    good_definition,
    good_head,
    good_search,
    good_selection,
    is_korean,
    outcome,
    with_final,
    with_reason,
    with_runs,
)

TWO_VERSIONS = replace(
    good_definition(),
    versions=(
        *good_definition().versions,
        DefinitionVersion(2, digest_of("definition 2"), at(2, 13, 2), "조건을 넓혔습니다."),
    ),
)


@pytest.mark.parametrize("rule_id", ["S-1", "S-2", "S-3", "S-4", "S-5", "S-6", "S-7", "S-9", "S-10"])
def test_the_good_case_meets_the_rules_of_search(rule_id: str) -> None:
    assert outcome(RULES, rule_id, a_case()) is Outcome.MET


@pytest.mark.parametrize("rule_id", ["S-1", "S-2", "S-3", "S-4", "S-5", "S-7", "S-8", "S-9", "S-10"])
def test_before_the_first_run_most_rules_wait(rule_id: str) -> None:
    assert outcome(RULES, rule_id, a_new_case()) is Outcome.NOT_YET


@pytest.mark.parametrize(
    ("verdict", "reason", "expected", "severity"),
    [
        ("neutral", "", Outcome.MET, None),
        ("review", "기능을 나타내는 보통 말입니다.", Outcome.MET, None),
        ("review", " ", Outcome.UNMET, Severity.JUSTIFY),
        ("note", "꼭 필요합니다.", Outcome.UNMET, Severity.BLOCK),
        ("block", "꼭 필요합니다.", Outcome.UNMET, Severity.BLOCK),
        ("something new", "", Outcome.UNMET, Severity.BLOCK),
    ],
)
def test_a_word_is_used_only_when_it_names_nobody(
    verdict: str, reason: str, expected: Outcome, severity: Severity | None
) -> None:
    word = SearchWord("표본메일", "2-2", reason, verdict, "표본 제공자의 서비스명")
    (finding,) = findings(RULES, "S-1", with_final(words=(word,)))
    assert finding.outcome is expected
    if severity is not None:
        assert finding.severity is severity
        assert "표본메일" in finding.message
        assert "표본 제공자의 서비스명" in finding.message
        assert is_korean(finding.message)


def test_a_name_cannot_be_justified_afterwards() -> None:
    case = with_final(words=(SearchWord("표본메일", verdict="block"),))
    (finding,) = findings(RULES, "S-1", case)
    assert outcome(RULES, "S-1", with_reason(case, "S-1", finding.subject)) is Outcome.UNMET


def test_a_rehearsal_names_nobody_either() -> None:
    run = a_run(1, kind=RunKind.REHEARSAL, words=(SearchWord("표본메일", verdict="block"),))
    assert outcome(RULES, "S-1", with_runs(run, final=None)) is Outcome.UNMET


@pytest.mark.parametrize(
    ("changes", "field", "named"),
    [
        ({"words": (SearchWord("영상 회의", reason=" "),)}, "words", "영상 회의"),
        ({"words": (SearchWord("영상 회의", "2-2"),)}, "words", "영상 회의"),
        ({"filters": (SearchFilter("지원체계", "전화지원", "8-1"),)}, "filters", "전화지원"),
        ({"service_type": ServiceType.SAAS}, "service_type", "SaaS"),
    ],
)
def test_a_condition_from_elsewhere_wants_a_reason(changes: dict[str, Any], field: str, named: str) -> None:
    case = with_final(**changes)
    (finding,) = findings(RULES, "S-2", case)
    assert finding.field == field
    assert finding.wants_reason
    assert named in finding.message
    assert outcome(RULES, "S-2", with_reason(case, "S-2", finding.subject)) is Outcome.JUSTIFIED


def test_a_word_added_with_its_reason_is_shown_as_justified() -> None:
    case = with_final(words=(SearchWord("영상 회의", reason="상담에서 나온 기능입니다."),))
    (finding,) = findings(RULES, "S-2", case)
    assert finding.outcome is Outcome.JUSTIFIED
    assert "1개" in finding.message


def test_blanks_and_case_do_not_make_a_word_foreign() -> None:
    assert outcome(RULES, "S-2", with_final(words=(SearchWord("채팅서버"),))) is Outcome.MET


@pytest.mark.parametrize(("clause", "expected"), [("2-2", Outcome.MET), (" ", Outcome.UNMET)])
def test_a_run_of_an_older_version_is_judged_by_the_clause_it_recorded(
    clause: str, expected: Outcome
) -> None:
    words = a_run(1, words=(SearchWord("예전 말", clause),), filters=())
    assert outcome(RULES, "S-2", with_runs(words, final="run-1", definition=TWO_VERSIONS)) is expected
    filters = a_run(1, words=(), filters=(SearchFilter("예전 필터", "예전 항목", clause),))
    assert outcome(RULES, "S-2", with_runs(filters, final="run-1", definition=TWO_VERSIONS)) is expected


def test_a_run_of_an_older_version_may_have_searched_another_type() -> None:
    old = a_run(1, service_type=ServiceType.SAAS)
    assert outcome(RULES, "S-2", with_runs(old, final="run-1", definition=TWO_VERSIONS)) is Outcome.MET


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"words": (), "filters": ()}, "words"),
        ({"actor_id": " "}, "actor"),
        ({"definition_version": 9}, "definition_version"),
        ({"saved_output": None}, "saved_output"),
        ({"results": (a_row(1), a_row(3))}, "results"),
        ({"results": (a_row(2), a_row(1))}, "results"),
    ],
)
def test_a_run_that_lost_something_is_found(changes: dict[str, Any], field: str) -> None:
    (finding,) = findings(RULES, "S-3", with_final(**changes))
    assert finding.field == field
    assert finding.blocks
    assert "2번 검색" in finding.message
    assert is_korean(finding.message)


def test_a_run_of_a_lot_that_the_case_lacks_is_found() -> None:
    (finding,) = findings(RULES, "S-3", with_runs(a_run(1, lot=7), final=None))
    assert finding.field == "lot"


def test_a_run_with_filters_alone_or_without_results_is_kept_whole() -> None:
    assert outcome(RULES, "S-3", with_final(words=(), results=())) is Outcome.MET


def test_a_rehearsal_need_not_keep_its_output() -> None:
    rehearsal = a_run(1, kind=RunKind.REHEARSAL, saved_output=None)
    assert outcome(RULES, "S-3", with_runs(rehearsal, a_run(2))) is Outcome.MET


@pytest.mark.parametrize(
    ("page", "used", "expected"),
    [
        (SearchPage.IAAS, SearchFilter("지원체계", "웹채팅 지원"), Outcome.MET),
        (SearchPage.SAAS, SearchFilter("지원체계", "웹채팅 지원"), Outcome.UNMET),
        (SearchPage.FIND, SearchFilter("인증정보", "GS 인증", reason=" "), Outcome.UNMET),
        (SearchPage.CONVERGED, SearchFilter("지원체계", "웹채팅 지원"), Outcome.UNMET),
        (
            SearchPage.SAAS,
            SearchFilter("새 필터", "새 항목", reason="화면에 새로 생겼습니다."),
            Outcome.JUSTIFIED,
        ),
    ],
)
def test_a_filter_is_one_of_the_page_searched_or_says_why(
    page: SearchPage, used: SearchFilter, expected: Outcome
) -> None:
    assert outcome(RULES, "S-4", with_final(page=page, filters=(used,))) is expected


def test_an_unknown_filter_is_named_with_its_page() -> None:
    (finding,) = findings(
        RULES, "S-4", with_final(page=SearchPage.SAAS, filters=(SearchFilter("지원체계", "현장지원"),))
    )
    assert "SaaS 페이지" in finding.message
    assert "현장지원" in finding.message
    assert finding.wants_reason


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"follows": None}, "follows"),
        ({"follows": "run-9"}, "follows"),
        ({"follows": "run-2"}, "follows"),
        ({"change": " "}, "change"),
    ],
)
def test_a_later_run_says_which_it_follows_and_what_changed(changes: dict[str, Any], field: str) -> None:
    (finding,) = findings(RULES, "S-5", with_final(**changes))
    assert finding.field == field
    assert finding.blocks
    assert "2번 검색" in finding.message


def test_what_counts_is_the_final_run_and_not_a_later_one() -> None:
    loose = a_run(3)
    assert outcome(RULES, "S-5", with_runs(*good_search().runs, loose)) is Outcome.MET
    assert outcome(RULES, "S-5", with_runs(*good_search().runs, loose, final=None)) is Outcome.UNMET


def test_the_first_run_of_a_new_version_stands_alone() -> None:
    runs = (a_run(1), a_run(2, definition_version=2))
    assert outcome(RULES, "S-5", with_runs(*runs, definition=TWO_VERSIONS)) is Outcome.MET


def test_the_first_run_of_another_lot_stands_alone() -> None:
    head = replace(good_head(), lots=(1, 2))
    case = with_runs(a_run(1), a_run(2, lot=2), final="run-1", head=head)
    assert outcome(RULES, "S-5", case) is Outcome.MET


@pytest.mark.parametrize(("count", "expected"), [(30, Outcome.MET), (31, Outcome.UNMET)])
def test_a_broad_result_is_pointed_out_above_the_limit_and_stops_nobody(
    count: int, expected: Outcome
) -> None:
    rows = tuple(a_row(position) for position in range(1, count + 1))
    (finding,) = findings(RULES, "S-5", with_final(results=rows))
    assert finding.outcome is expected
    assert not finding.blocks


def test_without_final_run_the_step_cannot_be_completed() -> None:
    for case in (a_new_case(), with_runs(a_run(1), final=None)):
        (finding,) = findings(RULES, "S-6", case)
        assert finding.blocks
        assert finding.field == "final"
        assert "최종 검색" in finding.message


def test_every_lot_wants_its_own_final_run() -> None:
    case = a_case(head=replace(good_head(), lots=(1, 2)))
    (finding,) = findings(RULES, "S-6", case)
    assert finding.subject == "lot2"
    assert finding.message.startswith("수요 항목 2: ")


def test_a_final_run_of_an_earlier_round_no_longer_counts() -> None:
    search = replace(good_search(), round=2)
    assert outcome(RULES, "S-6", a_case(search=search)) is Outcome.UNMET


def test_an_empty_final_run_is_found() -> None:
    found = {finding.subject: finding for finding in findings(RULES, "S-6", with_final(results=()))}
    assert found["lot1 empty"].blocks
    assert "새 판" in found["lot1 empty"].message


def with_stranger(result_id: str, state: StepState) -> CaseFacts:
    """The good case with a service in ⑤ that the final run did not find."""
    selection = replace(
        good_selection(),
        outcomes=(*good_selection().outcomes, ServiceOutcome(1, result_id, OutcomeKind.SCORED)),
    )
    case = a_case(selection=selection)
    return replace(case, steps={**case.steps, Step.SELECTION: StepFacts(state)})


@pytest.mark.parametrize(
    ("state", "expected"),
    [(StepState.OPEN, Outcome.UNMET), (StepState.DONE, Outcome.UNMET), (StepState.STALE, Outcome.MET)],
)
def test_a_service_added_to_the_evaluation_is_found_while_it_rests_on_this_run(
    state: StepState, expected: Outcome
) -> None:
    assert outcome(RULES, "S-6", with_stranger("result-99", state)) is expected


def test_quotes_and_the_award_are_looked_at_as_well() -> None:
    stray = replace(good_selection().quotes[0], result_id="result-99")
    other_lot = replace(stray, lot=2)
    awarded = Decision(1, DecisionKind.AWARD, "result-99", "set-1", at(3, 2))
    for changes, expected in (
        ({"quotes": (stray,)}, Outcome.UNMET),
        ({"quotes": (other_lot,)}, Outcome.MET),
        ({"decisions": (awarded,)}, Outcome.UNMET),
    ):
        assert outcome(RULES, "S-6", a_case(selection=replace(good_selection(), **changes))) is expected


def test_a_lot_that_ended_without_contract_needs_no_final_run() -> None:
    selection = replace(
        good_selection(), decisions=(Decision(1, DecisionKind.NONE_SUITABLE, None, None, at(3, 2), "없음"),)
    )
    assert outcome(RULES, "S-6", with_runs(a_run(1), final=None, selection=selection)) is Outcome.MET


def test_a_service_of_another_run_is_a_combined_list() -> None:
    (finding,) = findings(RULES, "S-7", with_stranger("result-7", StepState.OPEN))
    assert finding.blocks
    assert "합쳤습니다" in finding.message
    assert outcome(RULES, "S-7", with_stranger("result-99", StepState.OPEN)) is Outcome.MET


def test_combining_is_a_matter_within_a_lot() -> None:
    other_lot = a_run(3, lot=2, results=(a_row(1, result_id="result-99"),))
    case = with_stranger("result-99", StepState.OPEN)
    search = replace(good_search(), runs=(*good_search().runs, other_lot))
    assert outcome(RULES, "S-7", replace(case, search=search)) is Outcome.MET
    assert outcome(RULES, "S-6", replace(case, search=search)) is Outcome.UNMET


def test_two_final_runs_in_a_lot_are_found_but_not_in_two_rounds() -> None:
    runs = good_search().runs
    finals = (FinalRun(1, "run-1", 1, at(2, 14)), FinalRun(1, "run-2", 1, at(2, 14)))
    assert outcome(RULES, "S-7", a_case(search=SearchFacts(runs, finals))) is Outcome.UNMET
    later = (finals[0], replace(finals[1], round=2))
    assert outcome(RULES, "S-7", a_case(search=SearchFacts(runs, later, round=2))) is Outcome.MET


@pytest.mark.parametrize(
    ("count", "expected"), [(0, Outcome.NOT_APPLICABLE), (1, Outcome.MET), (2, Outcome.NOT_APPLICABLE)]
)
def test_a_single_result_needs_no_further_search(count: int, expected: Outcome) -> None:
    rows = tuple(a_row(position) for position in range(1, count + 1))
    (finding,) = findings(RULES, "S-8", with_final(results=rows))
    assert finding.outcome is expected
    assert not finding.blocks


@pytest.mark.parametrize(
    "changes",
    [
        {"source": SearchSource.OTHER},
        {"source": SearchSource.LOCAL_CATALOGUE},
        {"kind": RunKind.REHEARSAL},
    ],
)
def test_only_an_official_run_in_the_support_system_can_be_final(changes: dict[str, Any]) -> None:
    (finding,) = findings(RULES, "S-9", with_final(**changes))
    assert finding.blocks
    assert "이용지원시스템" in finding.message


def test_official_runs_are_fine_before_one_of_them_is_final() -> None:
    assert outcome(RULES, "S-9", with_runs(a_run(1), final=None)) is Outcome.MET


def test_another_source_is_marked_as_long_as_it_is_not_final() -> None:
    runs = (
        a_run(1, source=SearchSource.OTHER),
        a_run(2, follows="run-1", change="이용지원시스템에서 다시 검색"),
    )
    (finding,) = findings(RULES, "S-9", with_runs(*runs))
    assert finding.outcome is Outcome.MET
    assert "1건" in finding.message


def test_nothing_found_asks_for_a_new_version_or_an_end() -> None:
    case = with_runs(a_run(1, results=()), final=None)
    (finding,) = findings(RULES, "S-10", case)
    assert finding.wants_reason
    assert "새 판" in finding.message
    assert "계약 없이" in finding.message


@pytest.mark.parametrize(
    ("version", "definition", "expected"),
    [(1, good_definition(), Outcome.UNMET), (2, TWO_VERSIONS, Outcome.MET)],
)
def test_after_nothing_was_found_the_next_run_rests_on_a_new_version(
    version: int, definition: DefinitionFacts, expected: Outcome
) -> None:
    runs = (a_run(1, results=()), a_run(2, definition_version=version, follows="run-1", change="조건을 바꿈"))
    assert outcome(RULES, "S-10", with_runs(*runs, definition=definition)) is expected


def test_nothing_found_may_end_without_contract() -> None:
    selection = replace(
        good_selection(), decisions=(Decision(1, DecisionKind.CANCELLED, None, None, at(3, 2), "없음"),)
    )
    assert (
        outcome(RULES, "S-10", with_runs(a_run(1, results=()), final=None, selection=selection))
        is Outcome.MET
    )


def similar_runs(count: int) -> tuple[SearchRun, ...]:
    """That many similar runs and a final one after them."""
    return tuple(
        a_run(number, follows=f"run-{number - 1}" if number > 1 else None, change="필터를 바꿈")
        for number in range(1, count + 2)
    )


@pytest.mark.parametrize(("before", "expected"), [(5, Outcome.MET), (6, Outcome.UNMET)])
def test_many_similar_runs_before_the_final_one_are_pointed_out(before: int, expected: Outcome) -> None:
    case = with_runs(*similar_runs(before), final=f"run-{before + 1}")
    assert outcome(RULES, "S-10", case) is expected
    assert outcome(RULES, "S-10", with_reason(case, "S-10", "lot1 similar")) is not Outcome.UNMET


def test_runs_that_share_no_condition_are_not_similar() -> None:
    runs = [replace(run, words=(SearchWord(f"다른 말 {run.number}"),), filters=()) for run in similar_runs(8)]
    assert outcome(RULES, "S-10", with_runs(*runs, final="run-9")) is Outcome.MET

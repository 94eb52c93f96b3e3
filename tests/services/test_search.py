"""③ Recording searches: what S-1 to S-10 and R-6 allow, and what they refuse."""

from __future__ import annotations

import threading
import time
from dataclasses import replace

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.exc import DBAPIError, IntegrityError

from procurement.domain.access import Actor
from procurement.domain.errors import Conflict, InvalidInput, NotFound, Refused
from procurement.domain.facts.definition import PlanTerm
from procurement.domain.facts.search import RunKind, SearchFilter, SearchWord
from procurement.domain.search_difference import difference
from procurement.domain.steps import Step, StepState
from procurement.extensions import db
from procurement.models import Case, FinalRun, SearchResult, SearchRun
from procurement.models.base import now
from procurement.services import case_facts, names, search, search_end, search_pending, unit, workflow
from procurement.services.workflow import GateClosed
from tests.support.factories import a_case, event_kinds, project_officer_of, work
from tests.support.official_pages import SAMPLE_SERVICES, many_services, result_page
from tests.support.walk import (
    a_definition,
    a_lot,
    complete_budget,
    complete_definition,
    complete_search,
    conditions,
    official_run,
    save_document,
    upload_output,
)

pytestmark = pytest.mark.usefixtures("db_session")


def a_searchable_case(lots: int = 1) -> tuple[Actor, Case]:
    """A case whose definition is frozen, so that ③ is open."""
    case = a_case()
    actor = project_officer_of(case)
    with work():
        complete_budget(actor, case)
        complete_definition(actor, case, lots)
    return actor, case


def refused(rule: str, **changes: object) -> str:
    """The sentence with which an official search under these conditions is refused by ``rule``."""
    actor, case = a_searchable_case()
    with work():
        names.add_name(actor, "표본메신저", ["샘플톡"], "service")
        names.add_name(actor, "하나", [], "company")
    with work():
        upload_output(actor, case, result_page())
    with pytest.raises(Refused) as caught, work():
        search.record_official(actor, case, conditions(**changes))
    assert caught.value.rule_id == rule
    assert case_facts.load(case).search.runs == ()
    return caught.value.message


def test_an_official_run_keeps_everything_of_the_search_in_one_event() -> None:
    actor, case = a_searchable_case()
    with work():
        upload_output(actor, case, result_page())
    before = event_kinds(case)
    with work():
        search.record_official(actor, case, conditions())
    assert event_kinds(case)[len(before) :] == ["search.run"]
    (run,) = case_facts.load(case).search.runs
    assert (run.kind, run.number, run.definition_version) == (RunKind.OFFICIAL, 1, 1)
    assert [(w.word, w.clause, w.verdict) for w in run.words] == [("협업", "1-1", "neutral")]
    assert [(f.filter, f.clause) for f in run.filters] == [("기업 유형", "2-2")]
    assert [(row.position, row.service_name) for row in run.results] == [
        (at, service[1]) for at, service in enumerate(SAMPLE_SERVICES, start=1)
    ]
    assert [row.in_mall for row in run.results] == [True, True, False]
    assert run.results[2].price_won is None
    assert run.reading is not None
    assert [(o.stated_total, o.read_count) for o in run.reading.outputs] == [(3, 3)]
    assert run.saved_output == run.reading.outputs[0].digest


def test_the_pending_list_is_gone_once_its_run_is_recorded() -> None:
    actor, case = a_searchable_case()
    with work():
        official_run(actor, case)
    assert search_pending.pending_of(actor, case, 1).pages == ()


def test_a_page_in_euc_kr_is_read_like_any_other() -> None:
    actor, case = a_searchable_case()
    with work():
        official_run(actor, case, result_page(encoding="euc-kr"))
    (run,) = case_facts.load(case).search.runs
    assert [row.service_name for row in run.results] == [service[1] for service in SAMPLE_SERVICES]


@pytest.mark.parametrize("word", ["표본메신저", "표본 메신저", "샘플톡", "표본메신저를"])
def test_a_word_that_names_a_service_is_refused_with_the_name(word: str) -> None:
    message = refused("S-1", words=(SearchWord(word, reason="꼭 필요하다"),))
    assert "표본메신저" in message


def test_a_word_that_could_be_a_name_needs_its_reason() -> None:
    refused("S-1", words=(SearchWord("하나"),))


def test_a_word_outside_the_definition_needs_its_reason() -> None:
    assert "화상회의" in refused("S-2", words=(SearchWord("화상회의"),))


def test_a_filter_outside_the_definition_needs_its_reason() -> None:
    assert "원제공자" in refused("S-2", filters=(SearchFilter("제공 유형", "원제공자"),))


def test_a_filter_that_the_page_has_not_needs_its_reason() -> None:
    assert "SaaS 페이지" in refused("S-4", filters=(SearchFilter("지원체계", "현장지원"),))


def test_words_and_filters_from_elsewhere_are_kept_with_their_reasons() -> None:
    actor, case = a_searchable_case()
    with work():
        official_run(
            actor,
            case,
            words=(SearchWord("화상회의", reason="기능 요건에 있다"),),
            filters=(SearchFilter("새 필터", "새 값", reason="화면에 새로 생겼다"),),
        )
    (run,) = case_facts.load(case).search.runs
    assert (run.words[0].reason, run.filters[0].reason) == ("기능 요건에 있다", "화면에 새로 생겼다")
    assert (run.words[0].clause, run.filters[0].clause) == ("", "")


def test_nothing_is_recorded_before_the_definition_is_frozen() -> None:
    case = a_case()
    actor = project_officer_of(case)
    with work():
        complete_budget(actor, case)
    with pytest.raises(Refused) as caught, work():
        search.record_official(actor, case, conditions())
    assert caught.value.rule_id == "R-6"
    with pytest.raises(Refused) as caught, work():
        search.record_rehearsal(actor, case, conditions(), None)
    assert caught.value.rule_id == "R-6"


def test_a_search_in_the_future_is_no_search() -> None:
    actor, case = a_searchable_case()
    with pytest.raises(InvalidInput) as caught, work():
        search.record_official(actor, case, conditions(occurred_at=now().replace(year=2999)))
    assert caught.value.field == "occurred_at"


def test_a_search_without_word_and_filter_is_no_search() -> None:
    actor, case = a_searchable_case()
    with pytest.raises(InvalidInput, match="검색어나 필터"), work():
        search.record_official(actor, case, conditions(words=(), filters=()))


def test_a_search_without_its_saved_output_is_refused() -> None:
    actor, case = a_searchable_case()
    with pytest.raises(Refused) as caught, work():
        search.record_official(actor, case, conditions())
    assert caught.value.rule_id == "S-3"


def test_a_second_search_says_which_one_it_follows_and_what_changed() -> None:
    actor, case = a_searchable_case()
    with work():
        first = official_run(actor, case, result_page(many_services(3)))
    run_id = str(first.id)
    for follows, change in ((None, ""), (run_id, "  ")):
        with work():
            search_pending.drop(actor, case, 1)
            upload_output(actor, case, result_page())
        with pytest.raises(Refused) as caught, work():
            search.record_official(actor, case, conditions(follows=follows, change=change))
        assert caught.value.rule_id == "S-5"
    with work():
        search.record_official(
            actor,
            case,
            conditions(
                follows=run_id, change="정의서 2-2의 전자우편을 더했다", words=(SearchWord("전자우편"),)
            ),
        )
    one, two = case_facts.load(case).search.runs
    assert two.follows == one.run_id
    changed = difference(one, two)
    assert changed.conditions_added == ("검색어 ‘전자우편’",)
    assert changed.conditions_gone == ("검색어 ‘협업’",)
    assert [len(changed.services_added), len(changed.services_gone)] == [3, 3]


def test_a_search_cannot_follow_one_of_another_lot() -> None:
    actor, case = a_searchable_case(lots=2)
    with work():
        first = official_run(actor, case, lot=1)
        upload_output(actor, case, result_page(), lot=2)
    with pytest.raises(Refused) as caught, work():
        search.record_official(actor, case, conditions(lot=2, follows=str(first.id), change="바꿈"))
    assert caught.value.rule_id == "S-5"


def test_every_lot_has_its_own_final_run() -> None:
    actor, case = a_searchable_case(lots=2)
    with work():
        complete_search(actor, case)
    facts = case_facts.load(case)
    assert facts.steps[Step.SEARCH].state is StepState.DONE
    assert [(final.lot, final.round) for final in facts.search.finals] == [(1, 1), (2, 1)]


def test_a_final_run_asks_for_the_explicit_yes() -> None:
    actor, case = a_searchable_case()
    with work():
        run = official_run(actor, case)
    with pytest.raises(InvalidInput) as caught, work():
        search.declare_final(actor, case, run.number, confirmed=False)
    assert caught.value.field == "confirmed"
    assert case_facts.load(case).search.finals == ()


def test_there_is_no_second_final_run_and_no_later_search_in_its_place() -> None:
    actor, case = a_searchable_case()
    with work():
        first = official_run(actor, case)
        second = official_run(actor, case, follows=str(first.id), change="다시 확인함")
        search.declare_final(actor, case, first.number, confirmed=True)
    for number in (first.number, second.number):
        with pytest.raises(Refused, match="이미 정해졌습니다"), work():
            search.declare_final(actor, case, number, confirmed=True)
    with work():
        upload_output(actor, case, result_page())
    with pytest.raises(Refused) as caught, work():
        search.record_official(actor, case, conditions(follows=str(first.id), change="또 바꿈"))
    assert caught.value.rule_id == "S-6"


def test_the_database_itself_holds_one_final_run_a_lot_and_only_official_ones() -> None:
    actor, case = a_searchable_case()
    with work():
        run = official_run(actor, case)
        search.declare_final(actor, case, run.number, confirmed=True)
    final = db.session.scalars(select(FinalRun)).one()
    kept = ("institution_id", "case_id", "lot_id", "run_id", "round")
    db.session.add(FinalRun(**{name: getattr(final, name) for name in kept}))
    with pytest.raises(IntegrityError):
        db.session.flush()


def test_a_recorded_run_and_its_results_cannot_be_changed() -> None:
    actor, case = a_searchable_case()
    with work():
        official_run(actor, case)
    for cls, name in ((SearchRun, "change"), (SearchResult, "service_name")):
        setattr(db.session.scalars(select(cls).limit(1)).one(), name, "바꿈")
        with pytest.raises(DBAPIError):
            db.session.flush()
        db.session.rollback()


def test_a_run_with_nothing_found_cannot_be_final_and_is_pointed_out() -> None:
    actor, case = a_searchable_case()
    with work():
        run = official_run(actor, case, result_page([]))
    with pytest.raises(Refused) as caught, work():
        search.declare_final(actor, case, run.number, confirmed=True)
    assert caught.value.rule_id == "S-10"
    findings = workflow.findings_for(Step.SEARCH, case_facts.load(case))
    assert any(f.rule_id == "S-10" and f.blocks for f in findings)


def test_a_broad_result_becomes_final_only_with_a_reason() -> None:
    actor, case = a_searchable_case()
    with work():
        run = official_run(actor, case, result_page(many_services(31)))
    with pytest.raises(InvalidInput) as caught, work():
        search.declare_final(actor, case, run.number, confirmed=True)
    assert caught.value.field == "reason"
    with work():
        search.declare_final(actor, case, run.number, confirmed=True, reason="모두 평가할 수 있다")
    facts = case_facts.load(case)
    assert facts.reasons[("S-5", "run1 many")] == "모두 평가할 수 있다"
    assert len(facts.search.finals) == 1


def test_exactly_the_limit_is_not_yet_broad() -> None:
    actor, case = a_searchable_case()
    with work():
        run = official_run(actor, case, result_page(many_services(30)))
        search.declare_final(actor, case, run.number, confirmed=True)
    assert len(case_facts.load(case).search.finals) == 1


def test_a_run_of_a_definition_that_searched_for_something_else_cannot_be_final() -> None:
    actor, case = a_searchable_case()
    with work():
        run = official_run(actor, case)
    changed = replace(a_lot(), terms=(PlanTerm("화상회의", "2-2"),))
    with work():
        workflow.reopen(actor, case, Step.DEFINITION, "검색어를 바꾼다")
    with work():
        save_document(actor, case, Step.DEFINITION, replace(a_definition(), lots=(changed,)))
        workflow.complete(actor, case, Step.DEFINITION)
    with pytest.raises(Refused) as caught, work():
        search.declare_final(actor, case, run.number, confirmed=True)
    assert caught.value.rule_id == "R-6"


def test_no_such_run_is_said_plainly() -> None:
    actor, case = a_searchable_case()
    with pytest.raises(NotFound, match="7번 검색이 없습니다"), work():
        search.declare_final(actor, case, 7, confirmed=True)


def test_of_two_final_runs_at_the_same_moment_exactly_one_wins(app: Flask) -> None:
    actor, case = a_searchable_case()
    with work():
        first = official_run(actor, case)
        official_run(actor, case, follows=str(first.id), change="다시 확인함")
    case_id, outcomes = case.id, list[str]()
    started, written = threading.Event(), threading.Event()

    def declare(number: int, *, first: bool) -> None:
        with app.app_context():
            try:
                with unit.work(actor.institution_id):
                    mine = db.session.get_one(Case, case_id)
                    if not first:
                        started.set()
                    search.declare_final(actor, mine, number, confirmed=True)
                    if first:
                        written.set()
                        started.wait(1)
                        time.sleep(0.2)
                outcomes.append(f"won {number}")
            except (Conflict, Refused):
                outcomes.append("told")

    db.session.rollback()
    one = threading.Thread(target=declare, args=(1,), kwargs={"first": True})
    one.start()
    assert written.wait(10)
    two = threading.Thread(target=declare, args=(2,), kwargs={"first": False})
    two.start()
    one.join()
    two.join()
    assert sorted(outcomes) == ["told", "won 1"]
    db.session.rollback()
    assert len(case_facts.load(case).search.finals) == 1


def test_a_lot_without_results_ends_without_a_contract_until_the_search_is_opened_again() -> None:
    actor, case = a_searchable_case(lots=2)
    with work():
        empty = official_run(actor, case, result_page([]))
        other = official_run(actor, case, lot=2)
        search.declare_final(actor, case, other.number, confirmed=True)
    runs = case_facts.load(case).search.runs
    with pytest.raises(Refused) as caught, work():
        search_end.end_without_contract(actor, case, runs[1], "사유")
    assert caught.value.rule_id == "S-10"
    with pytest.raises(InvalidInput), work():
        search_end.end_without_contract(actor, case, runs[0], " ")
    with pytest.raises(GateClosed), work():
        workflow.complete(actor, case, Step.SEARCH)
    with work():
        search_end.end_without_contract(actor, case, runs[0], "정의서를 만족하는 서비스가 없다")
    with pytest.raises(Refused) as caught, work():
        official_run(actor, case, follows=str(empty.id), change="다시")
    assert caught.value.rule_id == "S-10"
    with work():
        workflow.complete(actor, case, Step.SEARCH)
    ended = case_facts.load(case).selection.decision_of(1)
    assert ended is not None
    assert (ended.kind.value, ended.reason) == ("none_suitable", "정의서를 만족하는 서비스가 없다")
    with work():
        workflow.reopen(actor, case, Step.SEARCH, "정의서를 고쳐 다시 검색한다")
    assert case_facts.load(case).selection.decision_of(1) is None
    with work():
        official_run(actor, case, follows=str(empty.id), change="다시")

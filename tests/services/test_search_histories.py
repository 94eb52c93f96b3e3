"""Whatever people do with searches, in whatever order: S-1 to S-10 hold for the rows that are left."""

from __future__ import annotations

import io
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from sqlalchemy.exc import SQLAlchemyError

from procurement.domain.access import Actor
from procurement.domain.errors import ProcurementError
from procurement.domain.facts.definition import PlanTerm
from procurement.domain.facts.search import SearchFilter, SearchPage, SearchWord
from procurement.domain.steps import Step
from procurement.extensions import db
from procurement.models import Case, FinalRun, SearchRun
from procurement.models.base import now
from procurement.services import (
    case_facts,
    catalogue,
    evidence,
    names,
    search,
    search_local,
    search_pending,
    workflow,
)
from tests.conftest import Trials
from tests.support.factories import a_case, event_kinds, project_officer_of, work
from tests.support.official_pages import SAMPLE_SERVICES, many_services, result_page
from tests.support.search_invariants import broken, changed, rows_of
from tests.support.walk import (
    a_definition,
    complete_budget,
    complete_definition,
    conditions,
    save_document,
    upload_output,
)

pytestmark = pytest.mark.usefixtures("db_session")

BARRED = frozenset({"표본메신저", "샘플톡"})
CATALOGUE = (
    "서비스번호,서비스명,제공자명,서비스유형,기업유형,서비스설명\n"
    "SAS-9-03-90001,표본 문서 가,표본기업 가,SaaS,중소기업,협업과 전자우편\n"
    "SAS-9-03-90002,표본 문서 나,표본기업 나,SaaS,대기업,화상회의\n"
)
PAGES = {
    "three": result_page(),
    "one": result_page(SAMPLE_SERVICES[:1]),
    "none": result_page(()),
    "many": result_page(many_services(25)),
    "three of seven": result_page(many_services(3), total=7),
}
SPELLINGS = ("표본메신저", "표본 메신저", "샘플-톡", "샘\u200b플톡을", "표본메신져", "ㅅㅐㅁㅍㅡㄹㅌㅗㄱ")

lots = st.sampled_from((1, 1, 1, 2))
reasons = st.sampled_from(("기능 요건에 있다", "기능 요건에 있다", "", " "))
words = st.builds(
    SearchWord,
    st.sampled_from(("협업", "전자 우편", "화상회의", "하나", *SPELLINGS)),
    reason=reasons,
)
filters = st.builds(
    SearchFilter,
    st.sampled_from(("기업 유형", "제공 유형", "지원체계", "새 필터")),
    st.sampled_from(("중소기업", "원제공자", "현장지원")),
    reason=reasons,
)
USUAL = {"follows": 0, "change": "정의서 2-2에 따라 조건을 더함"}
usual = lots.map(lambda lot: {**USUAL, "lot": lot})
# One thing is out of the way, the rest as it should be: else the first refusal hides all the others.
asked = st.builds(
    lambda good, odd: {**good, **odd},
    usual,
    st.one_of(
        st.fixed_dictionaries({"words": st.lists(words, max_size=2).map(tuple)}),
        st.fixed_dictionaries({"words": st.tuples(words)}),
        st.fixed_dictionaries({"filters": st.tuples(filters)}),
        st.fixed_dictionaries({"page": st.sampled_from((SearchPage.FIND, SearchPage.SUPPORT))}),
        st.fixed_dictionaries({"follows": st.sampled_from((None, None, 1, 2))}),
        st.fixed_dictionaries({"change": st.sampled_from(("", " "))}),
    ),
)
acts = st.one_of(
    st.tuples(st.just("official"), usual, st.sampled_from(tuple(PAGES))),
    *[st.tuples(st.just("official"), asked, st.sampled_from(("three", "one")))] * 4,
    *[st.tuples(st.just("decide"), usual, st.sampled_from(("three", "one", "none")))] * 2,
    st.tuples(st.just("rehearse"), st.one_of(usual, asked)),
    st.tuples(st.just("pages"), lots, st.lists(st.sampled_from(tuple(PAGES)), min_size=1, max_size=2)),
    st.tuples(st.just("by_hand"), lots, st.sampled_from((1, 2)), reasons),
    st.tuples(st.just("final"), st.integers(1, 4), st.booleans(), reasons),
    st.tuples(st.just("final"), st.sampled_from((1, 1, 2)), st.just(True), st.just("모두 평가한다")),
    st.tuples(st.just("complete"), st.sampled_from((Step.SEARCH, Step.DEFINITION))),
    st.tuples(st.just("reopen"), st.sampled_from((Step.SEARCH, Step.DEFINITION)), reasons),
    st.tuples(st.just("rewrite"), st.sampled_from(("협업", "화상회의", "전자결재"))),
    st.tuples(
        st.just("tamper"), st.sampled_from(("word", "delete", "final", "rehearsal")), st.integers(1, 3)
    ),
)


class History:
    """A case whose ③ is open for two lots, and what may be done to it."""

    def __init__(self) -> None:
        self.case: Case = a_case()
        self.actor: Actor = project_officer_of(self.case)
        with work():
            complete_budget(self.actor, self.case)
            complete_definition(self.actor, self.case, 2)

    def do(self, act: tuple[Any, ...]) -> None:
        """Do one act; what is refused leaves every row of ③ as it was."""
        before = rows_of(self.case)
        work_of: Callable[..., object] = getattr(self, act[0])
        try:
            with work():
                work_of(*act[1:])
        except (ProcurementError, SQLAlchemyError):
            assert rows_of(self.case) == before
        after = rows_of(self.case)
        assert changed(before, after) == []
        assert broken(self.case, BARRED) == []

    def asked(self, wanted: dict[str, Any]) -> Any:
        """Conditions; ``follows`` counts back among the runs, 0: the newest one of the lot."""
        runs = [run for run in case_facts.load(self.case).search.runs if wanted["follows"] is not None]
        back = wanted["follows"] or 0
        if back == 0:
            runs = [run for run in runs if run.lot == wanted["lot"]]
        follows = runs[-1 - back].run_id if len(runs) > back else None
        return conditions(**{**wanted, "follows": follows, "occurred_at": now() - timedelta(minutes=1)})

    def official(self, wanted: dict[str, Any], page: str) -> None:
        """Send a page and record the search."""
        search_pending.drop(self.actor, self.case, wanted["lot"])
        upload_output(self.actor, self.case, PAGES[page], lot=wanted["lot"])
        search.record_official(self.actor, self.case, self.asked(wanted))

    def decide(self, wanted: dict[str, Any], page: str) -> None:
        """Record a search and declare it final."""
        self.official(wanted, page)
        self.final(case_facts.load(self.case).search.runs[-1].number, True, "")

    def rehearse(self, wanted: dict[str, Any]) -> None:
        """Search the newest load."""
        search.record_rehearsal(self.actor, self.case, self.asked(wanted), search_local.newest_load())

    def pages(self, lot: int, pages: list[str]) -> None:
        """Send further pages, which may be another search's, and record them as one list."""
        for page in pages:
            upload_output(self.actor, self.case, PAGES[page], lot=lot)
        wanted = {"lot": lot, "follows": 0, "change": "쪽을 더함"}
        search.record_official(self.actor, self.case, self.asked(wanted))

    def by_hand(self, lot: int, position: int, reason: str) -> None:
        """Take a service out of the list that is being reconciled."""
        search_pending.correct(self.actor, self.case, lot, position, None, reason)

    def final(self, number: int, confirmed: bool, reason: str) -> None:
        """Declare a run final."""
        search.declare_final(self.actor, self.case, number, confirmed=confirmed, reason=reason)

    def complete(self, step: Step) -> None:
        """Complete a step."""
        workflow.complete(self.actor, self.case, step)

    def reopen(self, step: Step, reason: str) -> None:
        """Open a step again."""
        workflow.reopen(self.actor, self.case, step, reason)

    def rewrite(self, word: str) -> None:
        """Write the definition anew, open it if it is not, and freeze it."""
        workflow.reopen(self.actor, self.case, Step.DEFINITION, "검색어를 바꾼다")
        plan = (PlanTerm(word, "1-1"), PlanTerm("전자우편", "2-2"))
        text = a_definition(2)
        text = replace(text, lots=tuple(replace(lot, terms=plan) for lot in text.lots))
        save_document(self.actor, self.case, Step.DEFINITION, text)
        workflow.complete(self.actor, self.case, Step.DEFINITION)

    def tamper(self, how: str, number: int) -> None:
        """Go past the services, straight to the rows."""
        run = db.session.query(SearchRun).filter_by(case_id=self.case.id, number=number).one_or_none()
        if run is None:
            return
        if how == "word":
            run.words = "[]"
        elif how == "delete":
            db.session.delete(run)
        else:
            decided = db.session.query(FinalRun).filter_by(lot_id=run.lot_id).first()
            if run.kind == "rehearsal" if how == "rehearsal" else decided is not None:
                keys = {"lot_id": run.lot_id, "run_id": run.id, "round": decided.round if decided else 1}
                row = FinalRun(institution_id=self.case.institution_id, case_id=self.case.id, **keys)
                row.actor_id = run.actor_id
                db.session.add(row)
        db.session.flush()


@pytest.fixture
def barred_names(db_session: object) -> None:
    """Names that no search word may hold, one that is an ordinary word, and a list to rehearse in."""
    actor = project_officer_of(a_case())
    with work():
        names.add_name(actor, "표본메신저", ["샘플톡"], "service")
        names.add_name(actor, "하나", [], "company")
    received = evidence.receive(io.BytesIO(CATALOGUE.encode()), "목록.csv")
    table = catalogue.read_file(received.stored.digest, received.name)
    with work():
        mapping = catalogue.proposed_mapping(table)
        services = catalogue.services_of(table, mapping)
        catalogue.load(actor, received, table.columns, mapping, services)


@pytest.mark.usefixtures("barred_names")
def test_after_any_history_the_rules_of_searching_hold(trials: Trials) -> None:
    done: set[str] = set()

    @settings(
        max_examples=trials(6, 800),
        deadline=None,
        # A history is short enough to be read as it is; making it smaller takes minutes.
        phases=(Phase.generate,),
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
    )
    @given(st.lists(acts, min_size=8, max_size=14))
    def any_history(history: list[tuple[Any, ...]]) -> None:
        lived = History()
        for act in history:
            lived.do(act)
        done.update(event_kinds(lived.case))

    any_history()
    assert {"search.run", "search.final", "step.reopened"} <= done

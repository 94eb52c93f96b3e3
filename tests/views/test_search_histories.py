"""Whatever is sent to the pages of ③, in whatever order: S-1 to S-10 hold, and no answer is a fault."""

from __future__ import annotations

import io
from typing import Any

import pytest
from flask.testing import FlaskClient
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from sqlalchemy.orm import Session, scoped_session

from procurement.domain.access import Role
from procurement.services import names
from tests.conftest import Trials
from tests.support.factories import (
    a_case,
    actor_for,
    an_account,
    csrf_token,
    event_kinds,
    signed_in,
    work,
)
from tests.support.official_pages import SAMPLE_SERVICES, many_services, result_page
from tests.support.search_invariants import broken, changed, rows_of
from tests.support.walk import complete_budget, complete_definition

Act = tuple[str, dict[str, Any]]

BARRED = frozenset({"표본메신저", "샘플톡"})
FILES = {
    "three": result_page(),
    "one": result_page(SAMPLE_SERVICES[:1]),
    "none": result_page(()),
    "many": result_page(many_services(25)),
    "part": result_page(many_services(3), total=7),
    "no page": b"\x00\x01 this is no page",
}

reasons = st.sampled_from(("표본 사유", "표본 사유", ""))
runs = st.sampled_from(("1", "1", "2", "3", "99", "0"))
lots = st.sampled_from(("1", "1", "1", "1", "2", "3"))
USUAL: dict[str, Any] = {
    "search_page": "SaaS",
    "service_type": "SaaS",
    "plan_words": ["협업"],
    "filters": ["SaaS|기업 유형|중소기업"],
    "occurred_at": "2026. 2. 3. 10:00",
    "follows": "newest",
    "change": "정의서 2-2에 따라 조건을 더함",
}
words = st.sampled_from(("화상회의", "샘플 톡", "표본메신저를", "하나", "표\u200b본메신저"))
# One thing is out of the way, the rest as it should be: else the first refusal hides all the others.
conditions = st.one_of(
    *[st.fixed_dictionaries({"own_words-0-word": words, "own_words-0-reason": reasons})] * 3,
    st.fixed_dictionaries({"search_page": st.sampled_from(("find", "IaaS", "", "no page"))}),
    st.fixed_dictionaries({"service_type": st.sampled_from(("IaaS", "", "no type"))}),
    st.fixed_dictionaries({"plan_words": st.sampled_from(([], ["전자우편", "없는 말"]))}),
    st.fixed_dictionaries({"filters": st.just(["SaaS|제공 유형|원제공자"]), "filter_reason": reasons}),
    st.fixed_dictionaries({"occurred_at": st.sampled_from(("2999. 1. 1. 10:00", "", "어제"))}),
    st.fixed_dictionaries({"follows": st.sampled_from(("", "not a run"))}),
    st.just({"change": ""}),
).map(lambda odd: {**USUAL, **odd})
acts = st.one_of(
    *[st.tuples(st.just("search"), lots, conditions, st.sampled_from(("three", "one")))] * 4,
    st.tuples(st.just("plain search"), lots, st.sampled_from(tuple(FILES))),
    st.tuples(st.just("decide"), lots, st.sampled_from(("three", "one", "none"))),
    st.tuples(st.just("file"), lots, st.sampled_from(tuple(FILES))),
    st.tuples(st.just("form"), lots.map("/new/{}/record".format), st.just({})),
    st.tuples(st.just("form"), lots.map("/new/{}".format), conditions),
    st.tuples(st.just("form"), lots.map("/new/{}/draft".format), conditions),
    st.tuples(
        st.just("form"), lots.map("/new/{}/list/1".format), st.just({"removed": "y", "reason": "사유"})
    ),
    st.tuples(st.just("form"), lots.map("/new/{}/list/count".format), st.just({"count_reason": "사유"})),
    st.tuples(st.just("form"), lots.map("/rehearsal/{}".format), conditions),
    st.tuples(
        st.just("form"),
        runs.map("/runs/{}/final".format),
        st.fixed_dictionaries({"confirmed": st.sampled_from(("y", "y", "")), "reason": reasons}),
    ),
    st.tuples(st.just("form"), st.just("/complete"), st.just({})),
    st.tuples(st.just("form"), st.just("/reopen"), st.fixed_dictionaries({"reason": reasons})),
)


class Desk:
    """A signed-in officer at a case of their own, whose ③ is open."""

    def __init__(self, client: FlaskClient) -> None:
        account = an_account(Role.PROJECT_OFFICER, Role.CONTRACT_OFFICER)
        self.case = a_case(account, account)
        with work():
            complete_budget(actor_for(account), self.case)
            complete_definition(actor_for(account), self.case, 2)
        self.base = f"/cases/{self.case.number}/search"
        self.client = signed_in(client, account)
        self.headers = {"X-CSRFToken": csrf_token(client)}

    def do(self, act: tuple[Any, ...]) -> None:
        """Send what an act sends; rows that are there stay as they are, and the rules hold for all."""
        before = rows_of(self.case)
        kind, *what = act
        if kind == "form":
            self.send(*what)
        elif kind == "file":
            self.upload(*what)
        else:
            lot, *fields, file = what
            self.search(lot, fields[0] if fields else {}, file)
            if kind == "decide":
                self.send(f"/runs/{self.newest('number') or 1}/final", {"confirmed": "y"})
        after = rows_of(self.case)
        assert changed(before, after) == []
        assert broken(self.case, BARRED) == []

    def send(self, rest: str, fields: dict[str, Any]) -> None:
        """A form; whatever it says, the answer is a page or a refusal."""
        if fields.get("follows") == "newest":
            fields = {**fields, "follows": self.newest()}
        answer = self.client.post(self.base + rest, data=fields, headers=self.headers)
        assert answer.status_code < 500, (rest, fields, answer.text)

    def upload(self, lot: str, file: str) -> None:
        """A saved page."""
        answer = self.client.post(
            f"{self.base}/new/{lot}/list",
            data={"file": (io.BytesIO(FILES[file]), "검색결과.html")},
            headers=self.headers,
            content_type="multipart/form-data",
        )
        assert answer.status_code < 500, (file, answer.text)

    def search(self, lot: str, fields: dict[str, Any], file: str) -> None:
        """The three pages in their order, as most searches go."""
        self.send(f"/new/{lot}/drop", {})
        self.send(f"/new/{lot}", fields or USUAL)
        self.upload(lot, file)
        self.send(f"/new/{lot}/record", {})

    def newest(self, what: str = "id") -> str:
        """A value of the newest run, empty when there is none."""
        found = [row for (table, _), row in rows_of(self.case).items() if table == "search_run"]
        return str(max(found, key=lambda row: row["number"])[what]) if found else ""


@pytest.fixture
def officer(db_session: scoped_session[Session], client: FlaskClient) -> FlaskClient:
    """A browser, in an institution with names that no search word may hold."""
    account = an_account(Role.ADMIN, Role.PROJECT_OFFICER)
    with work():
        names.add_name(actor_for(account), "표본메신저", ["샘플톡"], "service")
        names.add_name(actor_for(account), "하나", [], "company")
    return client


@pytest.mark.one_database
def test_after_any_requests_the_rules_of_searching_hold(officer: FlaskClient, trials: Trials) -> None:
    done: set[str] = set()

    @settings(
        max_examples=trials(8, 300),
        deadline=None,
        # A history is short enough to be read as it is; making it smaller takes minutes.
        phases=(Phase.generate,),
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
    )
    @given(st.lists(acts, min_size=6, max_size=10))
    def any_requests(history: list[tuple[Any, ...]]) -> None:
        desk = Desk(officer)
        for act in history:
            desk.do(act)
        done.update(event_kinds(desk.case))

    any_requests()
    assert {"search.run", "search.final", "act.refused"} <= done

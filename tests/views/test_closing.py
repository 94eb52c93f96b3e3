"""The pages by which a case ends without a contract, and what is then left of all others."""

from __future__ import annotations

from collections.abc import Callable
from html.parser import HTMLParser

import pytest
from flask import Flask
from flask.testing import FlaskClient

from procurement.domain.access import CHANGING_ACTS, Relation
from procurement.domain.facts.closing import EndKind, NextWay
from procurement.services import closing, people
from procurement.services.closing import EndWithout
from procurement.views.routes import APPENDS_NOTHING, LOGGED_READS, ROUTES
from tests.support.every_form import endpoint_posted
from tests.support.factories import event_kinds, post, signed_in, work
from tests.support.pages import endpoint_of, links_of
from tests.support.stages import APPROVER, EVALUATOR, Scene, Stage
from tests.support.stages import at_stage as at_stage
from tests.views.test_access import addresses

At = Callable[[Stage], Scene]
FIELDS = {
    "kind": "plan_changed",
    "reason": "예산이 줄었습니다.",
    "next_way": "other",
    "next_note": "다른 기관과 함께 삽니다.",
}


class _Buttons(HTMLParser):
    """The addresses to which the buttons of a page send something that are not switched off."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.targets: list[str] = []
        self._page, self._form = page, ""
        self._off: list[bool] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag == "form":
            self._form = (given.get("action") or self._page) if given.get("method") == "post" else ""
        elif tag == "fieldset":
            self._off.append("disabled" in given)
        elif tag == "button" and self._form and "aria-hidden" not in given and not any(self._off):
            self.targets.append(given.get("formaction") or self._form)

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._form = ""
        elif tag == "fieldset":
            self._off.pop()


def sent_from(text: str, page: str) -> list[str]:
    """Where the buttons of a page send something."""
    reader = _Buttons(page)
    reader.feed(text)
    return reader.targets


def ended(at: Scene) -> Scene:
    with work():
        closing.end(at.officer, at.case, EndWithout(EndKind.BY_MISTAKE, "겹친 건", NextWay.OTHER_CASE))
    return at


def test_a_case_ends_and_is_taken_up_again_from_its_page(client: FlaskClient, at_stage: At) -> None:
    at = at_stage(Stage.SEARCHING)
    signed_in(client, at.person)
    page = client.get(at.url).text
    assert page.index(f'href="{at.url}/end"') > page.index("<h2>단계</h2>")
    asked = client.get(f"{at.url}/end").text
    assert "더 적거나 고칠 수 없고" in asked
    assert 'value="nothing_found"' not in asked
    assert post(client, f"{at.url}/end", FIELDS).location == at.url
    page = client.get(at.url).text
    assert "예산이나 사업이 바뀌거나 없어짐" in page
    assert FIELDS["next_note"] in page
    assert "이어서 하기" not in page
    assert "계약 없이 종료" in client.get("/?state=without").text
    assert client.get(f"{at.url}/end").text.count(f'action="{at.url}') == 0
    assert post(client, f"{at.url}/take-up", {"reason": "잘못 눌렀습니다."}).location == at.url
    assert "이어서 하기" in client.get(at.url).text
    assert client.get(f"{at.url}/take-up").status_code == 200


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"kind": ""}, "종료하는 까닭을 골라 주세요."),
        ({"kind": "none_suitable"}, "기록이 그렇게 보이지 않습니다"),
        ({"reason": " "}, "종료하는 사유를 적어 주세요."),
        ({"next_way": "nowhere"}, "다음에 어떻게 하는지 골라 주세요."),
        ({"next_note": ""}, "어떤 방법으로 진행하는지 적어 주세요."),
    ],
)
@pytest.mark.one_database
def test_what_is_missing_is_said_beside_it_and_nothing_typed_is_lost(
    client: FlaskClient, at_stage: At, changed: dict[str, str], said: str
) -> None:
    at = at_stage(Stage.OPENED)
    answer = post(signed_in(client, at.person), f"{at.url}/end", {**FIELDS, **changed})
    assert answer.status_code == 422
    assert said in answer.text
    kept = {**FIELDS, **changed}
    assert all(kept[name] in answer.text for name in ("reason", "next_note"))
    assert event_kinds(at.case) == ["case.opened"]


@pytest.mark.one_database
def test_every_direct_request_that_would_change_an_ended_case_is_refused(
    app: Flask, client: FlaskClient, at_stage: At, monkeypatch: pytest.MonkeyPatch
) -> None:
    at = ended(at_stage(Stage.OPENED))
    monkeypatch.setitem(app.config, "WTF_CSRF_ENABLED", False)
    # Whoever asks may do everything on this case, so that nothing but its end stands in the way.
    monkeypatch.setattr(people, "relations_to", lambda _actor, _case: frozenset(Relation))
    signed_in(client, at.person)
    endings = len(event_kinds(at.case))
    wrong, noted = [], 0
    for endpoint, method, url in addresses(app, at.case.number):
        if ROUTES.get(endpoint) in CHANGING_ACTS:
            answer = client.open(url, method=method)
            if answer.status_code != 409 or "계약 없이 종료한 건이어서" not in answer.text:
                wrong.append((endpoint, method, answer.status_code))
            noted += method != "GET" and endpoint not in APPENDS_NOTHING
    assert wrong == [], wrong
    assert noted > 50
    assert event_kinds(at.case)[endings:] == ["act.refused"] * noted


@pytest.mark.one_database
def test_the_pages_of_an_ended_case_can_be_read_and_offer_nothing_that_is_refused(
    app: Flask, client: FlaskClient, at_stage: At
) -> None:
    at = ended(at_stage(Stage.ASKED))
    for who, start in (
        (at.person, at.url),
        (at.other(APPROVER), f"{at.url}/contract/approval"),
        (at.other("표본 평가위원 1"), f"{at.url}/evaluation"),
    ):
        signed_in(client, who)
        waiting, met, wrong = [start], set[tuple[str, str]](), []
        while waiting:
            url = waiting.pop()
            kind = endpoint_of(app, url)
            if kind in met or kind[0] in LOGGED_READS:
                continue
            met.add(kind)
            answer = client.get(url)
            if answer.status_code != 200:
                wrong.append((url, answer.status_code))
            if answer.mimetype == "text/html":
                wrong += [
                    (url, to)
                    for to in sent_from(answer.text, url)
                    if ROUTES[endpoint_posted(app, to)] in CHANGING_ACTS
                ]
                waiting += [link for link in links_of(answer.text, url) if link.startswith(at.url)]
            answer.close()
        assert wrong == [], wrong
        assert len(met) > 1


@pytest.mark.one_database
def test_an_evaluator_of_an_ended_case_is_told_so_and_gives_no_more_points(
    client: FlaskClient, at_stage: At
) -> None:
    at = ended(at_stage(Stage.SCORING))
    signed_in(client, at.other(EVALUATOR))
    page = client.get(f"{at.url}/evaluation").text
    assert "계약 없이 종료한 건이어서 평가하지 않습니다" in page
    assert sent_from(page[page.index("<main") :], "") == []
    assert client.get(f"{at.url}/evaluation/1").status_code == 409

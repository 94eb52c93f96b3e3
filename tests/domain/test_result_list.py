"""Looking through a result list: what filters leave, what is unknown, and what is never lost."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from procurement.domain.errors import InvalidInput
from procurement.domain.facts.search import ResultRow
from procurement.domain.result_comparison import side_by_side
from procurement.domain.result_list import FACETS, PAGE_SIZE, Looking, Shown, look_through
from tests.domain.rules.builders import a_row

DAY = date(2026, 2, 13)


def looked(
    rows: list[ResultRow], text: str = "", sort: str = "position", page: int = 1, **chosen: str
) -> Shown:
    """The list under one option a filter."""
    options = {key: frozenset([value]) for key, value in chosen.items()}
    return look_through(rows, Looking(options, text, sort, page), DAY)


def facet(shown: Shown, key: str) -> dict[str, tuple[int, int]]:
    """Option → how many remain, how many are unknown."""
    (found,) = (one for one in shown.facets if one.key == key)
    return {option.value: (option.remain, option.unknown) for option in found.options}


def three() -> list[ResultRow]:
    """One service in the mall, one outside, one that does not say."""
    return [
        a_row(1, in_mall=True, company_size="대기업"),
        a_row(2, in_mall=False, company_size="중소기업"),
        a_row(3, in_mall=None, company_size="중소기업"),
    ]


def test_each_value_says_how_many_remain_and_how_many_did_not_say() -> None:
    assert facet(looked(three()), "mall") == {"등록": (1, 1), "미등록": (1, 1)}


def test_a_service_that_does_not_say_stays_behind_those_that_match() -> None:
    shown = looked(three(), mall="미등록")
    assert [row.position for row in shown.rows] == [2, 3]
    assert (shown.matched, shown.unknown, shown.excluded, shown.unsure) == (1, 1, 1, frozenset({3}))


def test_the_counts_of_a_filter_rest_on_the_others_and_not_on_its_own_choice() -> None:
    shown = looked(three(), mall="등록")
    assert facet(shown, "mall") == {"등록": (1, 1), "미등록": (1, 1)}
    assert facet(shown, "size") == {"대기업": (1, 0), "중소기업": (0, 1)}


def test_an_option_that_nobody_has_narrows_nothing() -> None:
    assert looked(three(), mall="아무 값").matched == 3


def test_a_filter_about_which_nobody_says_anything_is_named_and_not_offered() -> None:
    shown = looked([a_row(1), a_row(2)])
    assert "혁신제품" in shown.silent
    assert "innovation" not in {one.key for one in shown.facets}


def test_a_certificate_is_judged_by_the_day_of_the_search() -> None:
    rows = [a_row(1, csap_to=DAY), a_row(2, csap_to=date(2026, 2, 12)), a_row(3, csap_to=None)]
    assert facet(looked(rows), "valid") == {"유효": (1, 1), "만료": (1, 1)}


@pytest.mark.parametrize(
    ("sort", "order"), [("price", [2, 1, 3]), ("name", [1, 2, 3]), ("nonsense", [1, 2, 3])]
)
def test_what_is_unknown_stands_last_in_any_order(sort: str, order: list[int]) -> None:
    rows = [a_row(1, price_won=500), a_row(2, price_won=0), a_row(3, price_won=None)]
    assert [row.position for row in looked(rows, sort=sort).rows] == order


@pytest.mark.parametrize(("asked", "given"), [(0, 1), (1, 1), (2, 2), (99, 3)])
def test_pages_hold_the_whole_list_between_them(asked: int, given: int) -> None:
    rows = [a_row(number) for number in range(1, 2 * PAGE_SIZE + 2)]
    shown = looked(rows, page=asked)
    assert (shown.page, shown.pages, shown.total) == (given, 3, 2 * PAGE_SIZE + 1)
    everything = [row.position for page in (1, 2, 3) for row in looked(rows, page=page).rows]
    assert everything == [row.position for row in rows]


def test_a_text_is_found_in_name_or_provider_whatever_its_spelling() -> None:
    rows = [a_row(1, service_name="표본 Ｍail"), a_row(2, provider_name="표본 메일사"), a_row(3)]
    assert [row.position for row in looked(rows, "mail").rows] == [1]
    assert [row.position for row in looked(rows, "메 일").rows] == [2]


def test_counts_are_those_of_trying_every_option(trials: Any) -> None:
    chance = random.Random(20260213)
    for _ in range(trials(30, 500)):
        rows = [
            replace(
                a_row(number),
                in_mall=chance.choice([True, False, None]),
                company_size=chance.choice(["대기업", "중소기업", None]),
                csap_grade=chance.choice(["표준", "간편", None]),
            )
            for number in range(1, 9)
        ]
        chosen = {"mall": chance.choice(["등록", "없음"]), "size": chance.choice(["대기업", "없음"])}
        for one in looked(rows, **chosen).facets:
            for option in one.options:
                tried = looked(rows, **{**chosen, one.key: option.value})
                assert (tried.matched, tried.unknown) == (option.remain, option.unknown)
                assert tried.matched + tried.unknown + tried.excluded == len(rows)


def test_facts_side_by_side_say_where_they_differ_and_what_nobody_said() -> None:
    facts = {
        fact.title: fact
        for fact in side_by_side([a_row(1, in_mall=None), a_row(2, in_mall=None), a_row(3, price_won=None)])
    }
    assert not facts["디지털서비스몰 등록"].differs
    assert (facts["디지털서비스몰 등록"].texts, facts["디지털서비스몰 등록"].unknown) == (
        (None, None, "등록"),
        2,
    )
    assert facts["제공자명"].differs
    assert facts["가격"].texts == ("1,000,000원", "1,000,000원", None)


@pytest.mark.parametrize(("count", "sentence"), [(0, "골라 주세요"), (11, "10개까지")])
def test_one_to_ten_services_stand_side_by_side(count: int, sentence: str) -> None:
    with pytest.raises(InvalidInput, match=sentence):
        side_by_side([a_row(number) for number in range(count)])
    assert len(FACETS) == 7

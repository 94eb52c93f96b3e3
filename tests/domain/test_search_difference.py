"""What came, went and changed between two searches, and which condition did it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from procurement.domain.facts.definition import ServiceType
from procurement.domain.facts.search import (
    ListReading,
    ResultRow,
    SearchFilter,
    SearchPage,
    SearchRun,
    SearchWord,
)
from procurement.domain.search_difference import Cause, cause, difference
from tests.domain.rules.builders import a_row, a_run

WIDE = a_run(1, page=SearchPage.FIND, words=(SearchWord("협업"),), filters=(), service_type=None)
MALL = SearchFilter("디지털서비스몰 등록서비스", "등록")


def narrowed(**changes: object) -> SearchRun:
    """The wide search with more conditions."""
    return replace(WIDE, number=2, run_id="run-2", **changes)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("row", "run", "expected"),
    [
        (
            a_row(1, in_mall=False),
            narrowed(filters=(MALL,)),
            Cause(("필터 ‘디지털서비스몰 등록서비스 – 등록’",), True),
        ),
        (
            a_row(1, in_mall=None),
            narrowed(filters=(MALL,)),
            Cause(("필터 ‘디지털서비스몰 등록서비스 – 등록’",), False),
        ),
        (a_row(1, in_mall=True), narrowed(filters=(MALL,)), Cause((), False)),
        (
            a_row(1, in_mall=False, company_size="대기업"),
            narrowed(
                filters=(MALL, SearchFilter("기업 유형", "중소기업"), SearchFilter("기업 유형", "중견기업"))
            ),
            Cause(("필터 ‘디지털서비스몰 등록서비스 – 등록’", "필터 ‘기업 유형 – 중견기업, 중소기업’"), True),
        ),
        (
            a_row(1),
            narrowed(words=(SearchWord("협업"), SearchWord("전자우편"))),
            Cause(("검색어 ‘전자우편’",), False),
        ),
        (a_row(1), narrowed(page=SearchPage.SAAS), Cause(("서비스 유형 SaaS",), True)),
        (
            a_row(1, service_type=None),
            narrowed(service_type=ServiceType.SAAS),
            Cause(("서비스 유형 SaaS",), False),
        ),
        (
            a_row(1, csap_grade=None, csap_to=None),
            narrowed(filters=(SearchFilter("인증정보", "클라우드컴퓨팅 보안인증(CSAP)"),)),
            Cause(("필터 ‘인증정보 – 클라우드컴퓨팅 보안인증(CSAP)’",), False),
        ),
        (a_row(1), narrowed(), Cause((), False)),
    ],
)
def test_what_keeps_a_service_out_is_read_off_its_own_facts(
    row: ResultRow, run: SearchRun, expected: Cause
) -> None:
    assert cause(row, absent=run, present=WIDE) == expected


def test_a_condition_taken_away_lets_services_in_by_the_same_reading() -> None:
    strict = narrowed(filters=(MALL,), results=(a_row(1),))
    wide = replace(WIDE, results=(a_row(1), a_row(2, in_mall=False)))
    found = difference(strict, wide)
    assert found.conditions_gone == ("필터 ‘디지털서비스몰 등록서비스 – 등록’",)
    assert [(moved.row.position, moved.cause.certain) for moved in found.services_added] == [(2, True)]
    assert (found.services_gone, found.unchanged) == ((), 1)


def test_changed_facts_are_named_and_what_one_list_does_not_say_is_no_change() -> None:
    before = replace(WIDE, results=(a_row(1, price_won=1_000), a_row(2, in_mall=None), a_row(3)))
    after = narrowed(
        results=(a_row(1, price_won=2_000, csap_grade="간편"), a_row(2, in_mall=True), a_row(3, csap_to=None))
    )
    found = difference(before, after)
    assert [(one.row.position, one.facts) for one in found.services_changed] == [
        (1, (("CSAP 등급", "표준", "간편"), ("가격", "1,000원", "2,000원")))
    ]
    assert found.unchanged == 2


def test_a_new_version_under_the_same_number_is_the_same_service() -> None:
    before = replace(WIDE, results=(a_row(1, service_name="표본 협업 1.0"),))
    after = narrowed(results=(a_row(1, service_name="표본 협업 2.0"),))
    found = difference(before, after)
    assert found.services_changed[0].facts == (("서비스명", "표본 협업 1.0", "표본 협업 2.0"),)
    assert (found.services_added, found.services_gone) == ((), ())


def test_another_version_of_the_definition_and_another_catalogue_are_circumstances() -> None:
    before = replace(WIDE, reading=ListReading("run-1", catalogue="1번째 · 목록.csv"))
    after = narrowed(definition_version=2, reading=ListReading("run-2", catalogue="2번째 · 목록.csv"))
    assert difference(before, after).circumstances == (
        ("정의서", "1판", "2판"),
        ("불러온 목록", "1번째 · 목록.csv", "2번째 · 목록.csv"),
    )

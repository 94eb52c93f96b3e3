"""The filter table of the guideline, cell by cell."""

import pytest

from procurement.domain.facts.search import SearchPage
from procurement.domain.filters import FILTERS, FILTERS_VERSION, filters_of, is_filter, pages_with

# 찾기, IaaS, PaaS, SaaS, 지원서비스, 융합서비스
TABLE = {
    "서비스 유형": "5-----",
    "지원 유형": "----3-",
    "기업 유형": "333333",
    "제공 유형": "2222-2",
    "디지털서비스몰 등록서비스": "111111",
    "혁신제품 등록서비스": "111111",
    "인증정보": "-666--",
    "제공 서류": "222-21",
    "지원체계": "555-54",
}


def test_the_table_covers_six_pages_and_is_dated() -> None:
    assert set(FILTERS) == set(SearchPage)
    assert FILTERS_VERSION == "2024-08"


@pytest.mark.parametrize("name", TABLE)
def test_every_cell_holds_as_many_options_as_the_guideline_prints(name: str) -> None:
    counts = [{known.name: len(known.options) for known in filters_of(page)}.get(name) for page in SearchPage]
    assert "".join(str(count or "-") for count in counts) == TABLE[name]


def test_no_page_has_a_filter_that_the_table_lacks() -> None:
    assert {known.name for page in SearchPage for known in filters_of(page)} == set(TABLE)


@pytest.mark.parametrize(
    ("page", "name", "option", "there"),
    [
        (SearchPage.SAAS, "인증정보", "클라우드컴퓨팅 보안인증(CSAP)", True),
        (SearchPage.SAAS, "인증정보", "csap", True),
        (SearchPage.SAAS, "인증 정보", "GS인증", True),
        (SearchPage.IAAS, "지원체계", "이메일 또는 온라인문의", True),
        (SearchPage.FIND, "디지털서비스몰 등록 서비스", "등록", True),
        (SearchPage.FIND, "인증정보", "CSAP", False),
        (SearchPage.SAAS, "지원체계", "전화지원", False),
        (SearchPage.SUPPORT, "제공 유형", "원제공자", False),
        (SearchPage.CONVERGED, "지원체계", "웹채팅 지원", False),
        (SearchPage.CONVERGED, "지원체계", "전화지원", True),
        (SearchPage.CONVERGED, "제공 서류", "이용약관", False),
        (SearchPage.FIND, "서비스 유형", "DaaS", False),
        (SearchPage.FIND, "가격", "낮은 순", False),
        (SearchPage.FIND, "", "", False),
    ],
)
def test_a_filter_belongs_to_the_pages_that_have_it(
    page: SearchPage, name: str, option: str, there: bool
) -> None:
    assert is_filter(page, name, option) is there


def test_the_pages_of_a_filter_can_be_told() -> None:
    assert pages_with("인증정보") == (SearchPage.IAAS, SearchPage.PAAS, SearchPage.SAAS)
    assert pages_with("가격") == ()

"""Search filters of the support system, page by page (guideline 붙임).

The printed table lost the first column of some rows, so that labels stand one column too far left, and it
breaks off in the SaaS page after 마; every label is taken here for the filter that its details describe, and
SaaS for what is printed. The pages may change: the table is dated, and a run keeps the date it was judged by.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from procurement.domain.facts.search import SearchPage

FILTERS_VERSION = "2024-08"
"""The edition of the guideline that the table is taken from."""

REGISTERED = "등록"
"""The one option of a filter that is only ticked or not."""


@dataclass(frozen=True)
class Filter:
    """A filter of a page with its options in the order of the guideline."""

    name: str
    options: tuple[str, ...]

    def without(self, option: str) -> "Filter":
        """The same filter where a page lacks one option."""
        return Filter(self.name, tuple(kept for kept in self.options if kept != option))


SERVICE_TYPE = Filter("서비스 유형", ("IaaS", "PaaS", "SaaS", "지원서비스", "융합서비스"))
SUPPORT_TYPE = Filter("지원 유형", ("컨설팅", "운영관리", "마이그레이션"))
COMPANY = Filter("기업 유형", ("대기업", "중견기업", "중소기업"))
PROVIDER = Filter("제공 유형", ("원제공자", "중개제공자"))
MALL = Filter("디지털서비스몰 등록서비스", (REGISTERED,))
INNOVATION = Filter("혁신제품 등록서비스", (REGISTERED,))
CERTIFICATES = Filter(
    "인증정보",
    (
        "클라우드컴퓨팅 보안인증(CSAP)",
        "클라우드서비스 품질성능 확인서",
        "클라우드서비스 확인서",
        "CC인증(보안기능확인서)",
        "GS 인증",
        "기타 인증",
    ),
)
DOCUMENTS = Filter("제공 서류", ("SLA 서류", "이용약관"))
SUPPORT = Filter(
    "지원체계", ("고객센터 운영", "이메일 또는 온라인문의 지원", "전화지원", "웹채팅 지원", "현장지원")
)

_INFRASTRUCTURE = (COMPANY, PROVIDER, MALL, INNOVATION, CERTIFICATES, DOCUMENTS, SUPPORT)

FILTERS: Mapping[SearchPage, tuple[Filter, ...]] = MappingProxyType(
    {
        SearchPage.FIND: (SERVICE_TYPE, COMPANY, PROVIDER, MALL, INNOVATION, DOCUMENTS, SUPPORT),
        SearchPage.IAAS: _INFRASTRUCTURE,
        SearchPage.PAAS: _INFRASTRUCTURE,
        SearchPage.SAAS: (COMPANY, PROVIDER, MALL, INNOVATION, CERTIFICATES),
        SearchPage.SUPPORT: (SUPPORT_TYPE, COMPANY, MALL, INNOVATION, DOCUMENTS, SUPPORT),
        SearchPage.CONVERGED: (
            COMPANY,
            PROVIDER,
            MALL,
            INNOVATION,
            DOCUMENTS.without("이용약관"),
            SUPPORT.without("웹채팅 지원"),
        ),
    }
)

# What people call the long names of the table.
_SHORT = {
    "CSAP": "클라우드컴퓨팅 보안인증(CSAP)",
    "품질성능 확인서": "클라우드서비스 품질성능 확인서",
    "이메일 또는 온라인문의": "이메일 또는 온라인문의 지원",
}


def filters_of(page: SearchPage) -> tuple[Filter, ...]:
    """The filters of a page in the order of the guideline."""
    return FILTERS[page]


def is_filter(page: SearchPage, name: str, option: str) -> bool:
    """Whether a page has this filter with this option (S-4). Blanks and case do not matter."""
    return named(page, name, option) is not None


def named(page: SearchPage, name: str, option: str) -> tuple[str, str] | None:
    """The filter and option as the table of ``page`` spells them, ``None`` when it has none such."""
    return next(
        (
            (known.name, choice)
            for known in FILTERS[page]
            for choice in known.options
            if _fold(known.name) == _fold(name) and _fold(choice) == _folded_option(option)
        ),
        None,
    )


def pages_with(name: str) -> tuple[SearchPage, ...]:
    """The pages that have a filter of this name; empty when none has."""
    return tuple(
        page for page, known in FILTERS.items() if _fold(name) in {_fold(filter_.name) for filter_ in known}
    )


def _fold(text: str) -> str:
    return "".join(text.split()).casefold()


_SHORT_FOLDED = {_fold(short): _fold(full) for short, full in _SHORT.items()}


def _folded_option(option: str) -> str:
    folded = _fold(option)
    return _SHORT_FOLDED.get(folded, folded)


def all_options() -> tuple[tuple[str, str], ...]:
    """Every (filter, option) of any page, each once, in the order of the table."""
    seen = {
        (found.name, option): None for page in FILTERS.values() for found in page for option in found.options
    }
    return tuple(seen)

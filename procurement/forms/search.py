"""③ Forms of a search: its conditions, a corrected line, lines entered by hand, the final run."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

from wtforms import (
    BooleanField,
    FieldList,
    FormField,
    RadioField,
    SelectField,
    StringField,
    TextAreaField,
)
from wtforms.validators import Length, NumberRange, Optional

from procurement.domain.catalogue import COMPANY_SIZES, PROVIDER_KINDS
from procurement.domain.facts.definition import LotRequirements, ServiceType
from procurement.domain.facts.search import ResultRow, SearchFilter, SearchPage, SearchWord
from procurement.domain.filters import FILTERS, is_filter, named
from procurement.domain.search_conditions import Conditions
from procurement.forms.base import (
    CountField,
    DateField,
    Form,
    MoneyField,
    StepForm,
    long_text,
    member,
    options,
    pairs,
    short_text,
)
from procurement.forms.record_fields import BoxesField, MomentField

UNKNOWN = "확인 필요"
MOST_RESULTS = 100_000
_KNOWN = {"yes": True, "no": False}
KNOWN_OR_NOT = pairs([("yes", "등록"), ("no", "미등록")], empty=UNKNOWN)


def _known(words: tuple[str, ...], chosen: str | None) -> str | None:
    return chosen if chosen in words else None


def filter_value(page: SearchPage, name: str, option: str) -> str:
    """The value of a filter's box: a filter belongs to its page."""
    return f"{page.value}|{name}|{option}"


class WordRow(Form):
    """A word that the definition does not yield, with the reason for it."""

    word = StringField("더하는 검색어", [short_text])
    reason = StringField("더하는 사유", [long_text])


class FilterRow(Form):
    """A filter that the table of the page does not have, with the reason."""

    filter = StringField("필터 이름", [short_text])
    option = StringField("고른 값", [short_text])
    reason = StringField("표에 없는데 쓴 사유", [long_text])


class SearchForm(StepForm):
    """Conditions of a search in one lot; ``offer`` gives the words of the lot's frozen definition."""

    search_page = RadioField("검색한 페이지", choices=options(SearchPage), default=SearchPage.FIND.value)
    service_type = SelectField(
        "서비스 유형", choices=options(ServiceType, empty="고르지 않음"), validate_choice=False
    )
    plan_words = BoxesField("정의서에서 온 검색어")
    plan_reason = StringField("이름일 수 있는 말을 쓰는 사유", [long_text])
    own_words = FieldList(FormField(WordRow), "정의서에 없는 검색어", min_entries=1)
    filters = BoxesField("필터")
    filter_reason = StringField("정의서에 없는 필터를 쓴 사유", [long_text])
    own_filters = FieldList(FormField(FilterRow), "표에 없는 필터", min_entries=0)
    occurred_at = MomentField("검색한 때")
    follows = SelectField("이어지는 검색", validate_choice=False)
    change = TextAreaField("무엇을 바꾸거나 더했는지", [long_text])

    def offer(self, lot: LotRequirements | None, runs: Iterable[tuple[str, str]] = ()) -> None:
        """Offer the words of the definition, every page's filters, and the runs that may be followed."""
        terms = lot.terms if lot else ()
        self.plan_words.choices = pairs((term.word, f"{term.word} ({term.clause})") for term in terms)
        self.filters.choices = pairs(
            (filter_value(page, known.name, option), option)
            for page, table in FILTERS.items()
            for known in table
            for option in known.options
        )
        self.follows.choices = pairs(runs, empty="처음 하는 검색")

    @classmethod
    def initial(cls, document: LotRequirements | None) -> dict[str, Any]:
        """The search that the definition yields (R-5): its page, words and those filters the page has."""
        if document is None:
            return {}
        kind = document.service_type
        page = SearchPage(kind.value) if kind else SearchPage.FIND
        known = ((used.filter, used.option) for used in document.filters)
        return {
            "search_page": page.value,
            "service_type": kind.value if kind else "",
            "plan_words": [term.word for term in document.terms],
            "filters": [box for name, option in known if (box := _box_of(page, name, option))],
        }

    def to_document(self) -> Conditions:
        """Not a document of a step; see ``conditions``."""
        raise NotImplementedError

    def conditions(self, lot: int, definition: LotRequirements | None) -> Conditions:
        """The conditions entered; a search without its time counts as made in the year 1."""
        page = member(SearchPage, self.search_page.data) or SearchPage.FIND
        return Conditions(
            lot=lot,
            page=page,
            occurred_at=self.occurred_at.data or datetime.min.replace(tzinfo=UTC),
            service_type=member(ServiceType, self.service_type.data),
            words=tuple(self._words(definition)),
            filters=tuple(self._filters(page, definition)),
            follows=self.follows.data or None,
            change=(self.change.data or "").strip(),
        )

    def _words(self, definition: LotRequirements | None) -> Iterable[SearchWord]:
        known = {term.word for term in definition.terms} if definition else set()
        reason = (self.plan_reason.data or "").strip()
        for word in self.plan_words.data or []:
            if word in known:
                yield SearchWord(word, reason=reason)
        for entry in self.own_words:
            word = (entry.form.word.data or "").strip()
            if word:
                yield SearchWord(word, reason=(entry.form.reason.data or "").strip())

    def _filters(self, page: SearchPage, definition: LotRequirements | None) -> Iterable[SearchFilter]:
        asked = {(used.filter, used.option) for used in definition.filters} if definition else set()
        boxes = {_box_of(page, name, option) for name, option in asked}
        reason = (self.filter_reason.data or "").strip()
        for value in self.filters.data or []:
            on_page, _, rest = value.partition("|")
            name, _, option = rest.partition("|")
            if on_page == page.value and is_filter(page, name, option):
                yield SearchFilter(name, option, reason="" if value in boxes else reason)
        for entry in self.own_filters:
            row = entry.form
            name, option = (row.filter.data or "").strip(), (row.option.data or "").strip()
            if name or option:
                yield SearchFilter(name or "필터", option or "적용", reason=(row.reason.data or "").strip())


def _box_of(page: SearchPage, name: str, option: str) -> str:
    """The box of a filter, however the definition spells it; ``""`` when the page has none such."""
    found = named(page, name, option)
    return filter_value(page, *found) if found else ""


class LineForm(Form):
    """One service of a result list; what the file does not say stays ``확인 필요``."""

    service_name = StringField("서비스명", [short_text])
    service_id = StringField("서비스 번호", [Length(max=40, message="서비스 번호는 40자까지입니다.")])
    provider_name = StringField("제공자명", [short_text])
    service_type = SelectField(
        "서비스 유형", choices=options(ServiceType, empty=UNKNOWN), validate_choice=False
    )
    csap_grade = StringField("CSAP 등급", [Length(max=40, message="CSAP 등급은 40자까지입니다.")])
    csap_to = DateField("CSAP 만료일")
    in_mall = SelectField("디지털서비스몰", choices=KNOWN_OR_NOT, validate_choice=False)
    innovation = SelectField("혁신제품", choices=KNOWN_OR_NOT, validate_choice=False)
    company_size = SelectField(
        "기업 유형", choices=pairs(((w, w) for w in COMPANY_SIZES), empty=UNKNOWN), validate_choice=False
    )
    provider_kind = SelectField(
        "제공 유형", choices=pairs(((w, w) for w in PROVIDER_KINDS), empty=UNKNOWN), validate_choice=False
    )
    infrastructure = StringField("이용 인프라", [short_text])
    price_won = MoneyField("가격", allow_zero=True)

    def row(self, position: int) -> ResultRow:
        """The service as entered."""
        return ResultRow(
            result_id="",
            position=position,
            service_name=(self.service_name.data or "").strip(),
            service_id=(self.service_id.data or "").strip() or None,
            provider_name=(self.provider_name.data or "").strip() or None,
            service_type=member(ServiceType, self.service_type.data),
            csap_grade=(self.csap_grade.data or "").strip() or None,
            csap_to=self.csap_to.data,
            in_mall=_KNOWN.get(self.in_mall.data or ""),
            price_won=self.price_won.data,
            company_size=_known(COMPANY_SIZES, self.company_size.data),
            provider_kind=_known(PROVIDER_KINDS, self.provider_kind.data),
            innovation=_KNOWN.get(self.innovation.data or ""),
            infrastructure=(self.infrastructure.data or "").strip() or None,
        )


def line_data(row: ResultRow) -> dict[str, Any]:
    """A service as ``LineForm`` shows it."""
    return {
        **vars(row),
        "service_type": row.service_type.value if row.service_type else "",
        "in_mall": _shown(row.in_mall),
        "innovation": _shown(row.innovation),
    }


def _shown(known: bool | None) -> str:
    return {None: "", True: "yes", False: "no"}[known]


class CorrectionForm(LineForm):
    """A line that was read wrongly, put right with the reason."""

    removed = BooleanField("이 줄은 검색결과가 아닙니다(추천 서비스, 최근 본 서비스 등)")
    reason = TextAreaField("읽은 것과 다르게 적는 사유", [long_text])


class HandForm(StepForm):
    """Lines entered by hand from a file whose list cannot be read."""

    total = CountField(
        "파일에 적힌 전체 건수",
        [Optional(), NumberRange(0, MOST_RESULTS, f"전체 건수는 0~{MOST_RESULTS:,} 사이로 적어 주세요.")],
    )
    rows = FieldList(FormField(LineForm), "파일에 있는 서비스", min_entries=1)
    reason = TextAreaField("직접 적는 사유", [long_text])

    @classmethod
    def initial(cls, document: Any) -> dict[str, Any]:
        """Form data of a pending list."""
        return {
            "total": document.hand_total,
            "rows": [line_data(row) for row in document.by_hand],
            "reason": document.hand_reason,
        }

    def to_document(self) -> tuple[ResultRow, ...]:
        """The services entered; rows without a name are left out."""
        entered = [entry.form for entry in self.rows if (entry.form.service_name.data or "").strip()]
        return tuple(form.row(number) for number, form in enumerate(entered, start=1))


class CountForm(Form):
    """Why the list has another number of services than the file states."""

    count_reason = TextAreaField("건수가 다른 사유", [long_text])


class FinalForm(Form):
    """The explicit yes to the final run."""

    confirmed = BooleanField("이 검색의 모든 서비스를 평가 대상으로 확정하는 데 동의합니다")
    reason = TextAreaField("조건을 더 좁히지 않고 모두 평가하는 사유", [long_text])


class EndForm(Form):
    """Why a lot for which nothing was found ends without a contract."""

    reason = TextAreaField("계약 없이 마치는 사유", [long_text])

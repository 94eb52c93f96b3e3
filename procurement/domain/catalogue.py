"""One digital service as a catalogue or a result page states it, and the words that name its facts.

Whatever the source does not say stays ``None`` (unknown): it is neither a match nor a mismatch, and never a
reason to drop a service. The service type in particular is not derived from the letters of the service id.
"""

import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Any

SERVICE_TYPES = ("IaaS", "PaaS", "SaaS", "지원서비스", "융합서비스")
COMPANY_SIZES = ("대기업", "중견기업", "중소기업")
PROVIDER_KINDS = ("원제공자", "중개제공자")
CSAP_GRADES = ("표준", "간편", "상", "중", "하")

SERVICE_ID = re.compile(r"(?<![A-Z0-9-])[A-Z]{3}-\d-\d{2}-\d{5}(?![0-9-])")


@dataclass(frozen=True)
class ServiceRecord:
    """A service with the facts that its source states; ``None`` is unknown, never guessed.

    ``price_won`` is integer won and only set when the source gives a bare amount; ``extra`` keeps every other
    stated fact as (label, value) in the order of the source.
    """

    service_id: str | None
    service_name: str
    provider_name: str | None = None
    service_type: str | None = None
    csap_grade: str | None = None
    csap_from: date | None = None
    csap_to: date | None = None
    infrastructure: str | None = None
    in_mall: bool | None = None
    innovation: bool | None = None
    provider_kind: str | None = None
    company_size: str | None = None
    price_won: int | None = None
    description: str | None = None
    extra: tuple[tuple[str, str], ...] = ()

    def as_dict(self) -> dict[str, object]:
        """The record with JSON types only: dates as ISO text, extra as a list of pairs."""
        return {
            "service_id": self.service_id,
            "service_name": self.service_name,
            "provider_name": self.provider_name,
            "service_type": self.service_type,
            "csap_grade": self.csap_grade,
            "csap_from": self.csap_from.isoformat() if self.csap_from else None,
            "csap_to": self.csap_to.isoformat() if self.csap_to else None,
            "infrastructure": self.infrastructure,
            "in_mall": self.in_mall,
            "innovation": self.innovation,
            "provider_kind": self.provider_kind,
            "company_size": self.company_size,
            "price_won": self.price_won,
            "description": self.description,
            "extra": [list(pair) for pair in self.extra],
        }


FIELD_TITLES: dict[str, str] = {
    "service_id": "서비스 번호",
    "service_name": "서비스명",
    "provider_name": "제공자명",
    "service_type": "서비스 유형",
    "csap_grade": "CSAP 등급",
    "csap_from": "CSAP 인증일",
    "csap_to": "CSAP 만료일",
    "csap_period": "CSAP 인증기간",
    "infrastructure": "이용 인프라",
    "in_mall": "디지털서비스몰 등록",
    "innovation": "혁신제품 등록",
    "provider_kind": "제공 유형",
    "company_size": "기업 유형",
    "price_won": "가격",
    "description": "서비스 설명",
}
"""Every field that a source may name, with its title. ``csap_period`` is split into from and to."""

_WORDS = """
service_id: 서비스id 서비스번호 서비스코드 서비스식별번호 서비스식별자 서비스관리번호 서비스등록번호
    관리번호 등록번호 식별번호 id serviceid svcid srvcid servicecode serviceno svcno
service_name: 서비스명 서비스명칭 서비스이름 디지털서비스명 디지털서비스 서비스 상품명 제품명 품목명 명칭
    servicename svcname servicenm svcnm srvcnm servicetitle service name
provider_name: 제공자명 제공자 서비스제공자명 서비스제공자 디지털서비스제공자 제공기업명 제공기업
    서비스제공기업 제공사명 제공사 제공업체명 제공업체 제공회사 제공기관명 제공기관 공급기업명 공급기업
    공급자명 공급자 공급사명 공급사 공급업체명 공급업체 계약업체명 계약업체 회사명 기업명 업체명 사업자명
    제조사명 제조사 회사 기업 업체 판매자 providername provider prvdrnm companyname companynm company cmpnynm
    vendorname vendor suppliername supplier corpname corpnm corporation entrpsnm manufacturer maker
service_type: 서비스유형 서비스분류 서비스구분 서비스종류 서비스타입 유형 분류 구분 servicetype svctype
    svcty srvctype servicecategory type category
csap_grade: csap csap등급 csap인증등급 csap인증 csap구분 csap유형 보안인증등급 보안인증 클라우드보안인증
    클라우드보안인증등급 인증등급 csapscheme csapgrade csaptype
csap_from: csap인증일 csap인증일자 csap시작일 인증일자 인증일 인증시작일 csapfrom csapstart
csap_to: csap만료일 csap종료일 인증만료일 인증종료일 인증만료일자 csapto csapend csapexpires
csap_period: csap인증기간 csap유효기간 csap기간 인증유효기간 인증기간 csap인증유효기간 csapperiod
infrastructure: 이용인프라 클라우드인프라 기반인프라 제공인프라 인프라 infrastructure infra
in_mall: 디지털서비스몰등록여부 디지털서비스몰등록서비스 디지털서비스몰등록 디지털서비스몰
    서비스몰등록여부 서비스몰등록 조달청서비스몰계약여부 몰등록여부 몰등록 inmall mall
innovation: 혁신제품등록서비스 혁신제품등록여부 혁신제품등록 혁신제품여부 혁신제품 innovation
provider_kind: 제공유형 제공자유형 제공자구분 제공구분 providerkind providertype
company_size: 기업유형 기업구분 기업규모 companysize companytype
price_won: 가격 단가 금액 서비스가격 서비스단가 이용요금 이용료 월이용료 월요금 공급가격 판매가격 판매가
    계약단가 pricewon price
description: 서비스설명 서비스개요 서비스소개 서비스내용 서비스특징 설명 개요 소개 description desc
    summary
"""

LABELS: dict[str, tuple[str, ...]] = {
    head: tuple(words.split()) for head, words in re.findall(r"^(\w+):((?:.|\n(?= ))*)", _WORDS, re.MULTILINE)
}
"""For each field the header words that name it, without spaces, the surest first."""

_LOOSE = """
가격 개요 관리번호 구분 금액 기업 단가 등록번호 디지털서비스 명칭 분류 서비스 설명 소개 식별번호 업체
유형 인프라 회사 category company desc id maker mall name price provider service summary type vendor
"""
LOOSE_LABELS = frozenset(_LOOSE.split())
"""Words that name a field as the head of a column, but may be ordinary text anywhere else."""

_OWN_LABELS: ContextVar[Mapping[str, str]] = ContextVar("own_labels", default={})  # noqa: B039 - never changed
_FIELD_OF = {word: field for field, words in LABELS.items() for word in words}
_INVISIBLE = re.compile(
    "[\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f\xad\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff]"
)
_HINT = re.compile(r"\([^)]*\)|\[[^\]]*\]|<[^>]*>")
_NOT_LETTER = re.compile(r"[^0-9a-z가-힣]")
_DATE = re.compile(
    r"(?<!\d)(\d{4})\s*(?:[-./]|년)\s*(\d{1,2})\s*(?:[-./]|월)\s*(\d{1,2})(?!\d)"
    r"|(?<!\d)(\d{4})(\d{2})(\d{2})(?!\d)"
)
_MONTH = re.compile(r"^\d{4}\s*(?:[-./]|년)\s*\d{1,2}\s*월?\.?$")
_GRADE = re.compile(r"(?<![가-힣])(표준|간편|상|중|하)\s*(?:등급)?(?![가-힣])")
_WON = re.compile(r"^(?:금|₩|￦)?\s*(\d{1,3}(?:,\d{3})+|\d+)(?:\.0+)?\s*(?:원|원정)?$")
_YES_WORDS = """
y yes o true 1 예 네 등록 있음 해당 여 등록됨 등록완료 ○ ◯ ● ✓ ✔ v
"""
_YES = frozenset(_YES_WORDS.split())
_NO_WORDS = """
n no x false 0 아니오 아니요 미등록 없음 해당없음 부 등록안됨 × ✕ ✗
"""
_NO = frozenset(_NO_WORDS.split())
_TYPE_OF = {
    "iaas": "IaaS",
    "paas": "PaaS",
    "saas": "SaaS",
    "지원서비스": "지원서비스",
    "지원": "지원서비스",
    "융합서비스": "융합서비스",
    "융합": "융합서비스",
    "클라우드지원서비스": "지원서비스",
    "클라우드컴퓨팅지원서비스": "지원서비스",
}


def tidy(text: str) -> str:
    """One line of NFC text: every run of white space becomes a space, invisible characters go."""
    return " ".join(_INVISIBLE.sub("", unicodedata.normalize("NFC", text)).split())


@lru_cache(maxsize=4096)
def label_key(text: str) -> str:
    """A header word for comparison: without hints in brackets, spaces, punctuation and case."""
    folded = unicodedata.normalize("NFKC", text).lower()
    return _NOT_LETTER.sub("", _HINT.sub("", folded)) or _NOT_LETTER.sub("", folded)


def field_of_label(text: str, *, loose: bool = True) -> str | None:
    """The field that a header word names, or ``None``; ``loose=False`` leaves out words of LOOSE_LABELS.

    What ``reading_labels`` says of the word goes before everything else.
    """
    key = label_key(text) if len(text) <= 40 else ""
    own = _OWN_LABELS.get()
    if key in own:
        return own[key] or None
    if not loose and key in LOOSE_LABELS:
        return None
    return _FIELD_OF.get(key)


@contextmanager
def reading_labels(labels: Mapping[str, str]) -> Iterator[None]:
    """Read header words as ``labels`` says while it lasts: key of a word → field, ``""`` for none."""
    token = _OWN_LABELS.set(labels)
    try:
        yield
    finally:
        _OWN_LABELS.reset(token)


def label_rank(field: str, text: str) -> int:
    """How surely a header names the field: 0 is the surest. Of two candidates the lower one is taken."""
    key = label_key(text)
    if key in _OWN_LABELS.get():
        return -1
    words = LABELS[field]
    return words.index(key) if key in words else len(words)


def service_type_of(text: str) -> str | None:
    """The service type that the whole text names (``"SaaS"``, ``"지원 서비스"``), else ``None``."""
    return _TYPE_OF.get(label_key(text))


def yes_no(text: str) -> bool | None:
    """Yes or no as tables write it (Y/N, O/X, 등록/미등록), else ``None``."""
    word = tidy(text).lower().replace(" ", "")
    if word in _YES:
        return True
    return False if word in _NO else None


def dates_in(text: str) -> list[date]:
    """Every full date in the text, in order; raises ValueError for one that no calendar has."""
    found = []
    for match in _DATE.finditer(text):
        year, month, day = (part for part in match.groups() if part)
        found.append(date(int(year), int(month), int(day)))
    return found


def csap_grade_of(text: str) -> str | None:
    """The one CSAP grade that the text names, ``None`` when it names none or several."""
    grades = {match.group(1) for match in _GRADE.finditer(text)}
    return grades.pop() if len(grades) == 1 else None


def won_of(text: str) -> int | None:
    """A bare amount in won; ``None`` for anything with a unit or a condition (``월 3,000원/인``)."""
    match = _WON.match(tidy(text))
    return int(match.group(1).replace(",", "")) if match else None


def build_record(
    facts: Mapping[str, str], extra: Iterable[tuple[str, str]] = ()
) -> tuple[ServiceRecord, list[tuple[str, str]]]:
    """Make a record of raw texts by field (keys of FIELD_TITLES; ``service_name`` must be there).

    Returns the record and the (field, text) pairs that are wrong in themselves: a date that no calendar
    has, a type that is none of the five. Those, and texts that say something else than the field can hold
    (a month without a day, a price per user), are unknown in the record and kept in its ``extra``.
    """
    texts = {field: tidy(text) for field, text in facts.items()}
    values: dict[str, Any] = {"service_id": None, "service_name": texts.get("service_name", "")}
    unread: list[tuple[str, str]] = []
    kept = [(label, text) for label, text in extra if text]
    for field, text in texts.items():
        if text in _EMPTY or field == "service_name":
            continue
        got, wrong = _read(field, text)
        values.update({name: value for name, value in got.items() if values.get(name) is None})
        if wrong:
            unread.append((field, text))
        if all(value is None for value in got.values()):
            kept.append((FIELD_TITLES[field], text))
    return ServiceRecord(extra=tuple(kept), **values), unread


def _read(field: str, text: str) -> tuple[dict[str, Any], bool]:
    """The values that a raw text gives by field of the record, and whether the text is wrong in itself."""
    if field in _VOCABULARY:
        value = _VOCABULARY[field](text)
        return {field: value}, value is None
    if field == "price_won":
        return {field: won_of(text)}, False
    if field.startswith("csap_"):
        return _read_csap(field, text)
    return {field: text}, False


def _read_csap(field: str, text: str) -> tuple[dict[str, Any], bool]:
    try:
        dates = dates_in(text)
    except ValueError:
        return {field: None}, True
    if field in {"csap_from", "csap_to"}:
        return {field: dates[0] if len(dates) == 1 else None}, not dates and not _MONTH.match(text)
    got: dict[str, Any] = {"csap_grade": csap_grade_of(text)}
    if len(dates) == 2:
        got |= {"csap_from": dates[0], "csap_to": dates[1]}
    return got, field == "csap_period" and len(dates) != 2


def _id_of(text: str) -> str | None:
    return text if SERVICE_ID.fullmatch(text) else None


def _word_of(known: tuple[str, ...]) -> Callable[[str], str | None]:
    return lambda text: text.replace(" ", "") if text.replace(" ", "") in known else None


_EMPTY = frozenset({"", "-", "–", "—"})
_VOCABULARY: dict[str, Callable[[str], object]] = {
    "service_id": _id_of,
    "service_type": service_type_of,
    "in_mall": yes_no,
    "innovation": yes_no,
    "provider_kind": _word_of(PROVIDER_KINDS),
    "company_size": _word_of(COMPANY_SIZES),
}

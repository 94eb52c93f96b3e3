"""② Requirements definition: lots, the nine sections, the search plan (guideline III.1.②)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from procurement.domain.labels import Labelled


class ServiceType(Labelled):
    """서비스 유형; five, though check question 4-1 forgets PaaS."""

    IAAS = "IaaS", "IaaS"
    PAAS = "PaaS", "PaaS"
    SAAS = "SaaS", "SaaS"
    SUPPORT = "지원서비스", "지원서비스"
    CONVERGED = "융합서비스", "융합서비스"

    @property
    def is_cloud(self) -> bool:
        """Whether it is a cloud computing service, to which CSAP and article 19 apply."""
        return self in (ServiceType.IAAS, ServiceType.PAAS, ServiceType.SAAS)


class ProviderKind(Labelled):
    """제공자 유형 (5-1); starts at "no need to specify"."""

    ANY = "any", "특정하지 않음"
    ORIGINAL = "original", "원제공자"
    BROKER = "broker", "중개제공자"


class SourceKind(Labelled):
    """Where information for the definition came from (R-4)."""

    CATALOGUE = "catalogue", "이용지원시스템 정보"
    CONSULTATION = "consultation", "제공자 상담"
    ISP = "isp", "ISP 결과"
    EXPERT = "expert", "전문가 의견"
    OTHER = "other", "그 밖의 자료"


@dataclass(frozen=True)
class Question:
    """A check question of the guideline's table: number, section and what it asks."""

    number: str
    section: str
    text: str


SECTIONS: tuple[tuple[str, str], ...] = (
    ("1", "이용목적"),
    ("2", "이용내용"),
    ("3", "이용예산"),
    ("4", "서비스유형"),
    ("5", "제공자유형"),
    ("6", "보안 및 인증"),
    ("7", "서비스품질"),
    ("8", "지원체계"),
    ("9", "기타"),
)

QUESTIONS: tuple[Question, ...] = (
    Question("1-1", "1", "이용 예정인 디지털서비스의 활용 목적이 무엇인가?"),
    Question(
        "2-1",
        "2",
        "이용환경(이용규모, 이용기간, 망분리 및 보안요구사항 등)에 필요한 요구 조건을 정립하였는가?",
    ),
    Question(
        "2-2",
        "2",
        "이용목적 달성을 위해 디지털서비스가 제공해야 하는 필요 기능 등의 요구 조건을 정립하였는가?",
    ),
    Question("3-1", "3", "디지털서비스 이용에 대한 가용 예산을 초과하지 않는지 확인하였는가?"),
    Question("4-1", "4", "이용하고자 하는 서비스 유형은 어디에 속하는가?"),
    Question("5-1", "5", "이용하고자 하는 서비스 제공자의 유형을 반드시 특정해야 하는가?"),
    Question("6-1", "6", "이용 시 기관에서 요구하는 특정 인증이 있는가?"),
    Question("6-2", "6", "서비스 보안 사항에 대한 시스템 또는 기관 내 의무 항목이 존재하는가?"),
    Question("7-1", "7", "서비스 품질요건(SLA) 항목에 대해 최소 허용값은 설정하였는가?"),
    Question("8-1", "8", "서비스 제공자의 지원체계 중 필수 지원이 필요한 사항이 있는가?"),
    Question("9-1", "9", "위약금, 손해배상 등"),
    Question("9-2", "9", "데이터 보호"),
    Question("9-3", "9", "서비스 이관 지원"),
)

# 3-1, 4-1 and 5-1 are answered from typed fields (budget sheet, service type, provider kind).
DERIVED_QUESTIONS = frozenset({"3-1", "4-1", "5-1"})


@dataclass(frozen=True)
class Answer:
    """Answer to one check question; ``not_applicable`` is 해당 없음 with its ground in ``text``."""

    question: str
    text: str = ""
    not_applicable: bool = False


@dataclass(frozen=True)
class PlanTerm:
    """A search word that the definition yields; ``clause`` is the question it comes from (R-5)."""

    word: str
    clause: str


@dataclass(frozen=True)
class PlanFilter:
    """A filter that the definition yields, by the names of the 붙임 table (R-5)."""

    filter: str
    option: str
    clause: str


@dataclass(frozen=True)
class TechnicalConstraint:
    """A named technology that the definition must require, with its reason (R-7)."""

    word: str
    reason: str


@dataclass(frozen=True)
class OwnSection:
    """A section that the institution adds, e.g. a trial period or the standard framework."""

    title: str
    text: str


@dataclass(frozen=True)
class LotRequirements:
    """What one lot (수요 항목) needs. ``lot`` is its number in the case, from 1."""

    lot: int
    title: str = ""
    purpose: str = ""
    environment: str = ""
    functions: str = ""
    budget_won: int | None = None
    service_type: ServiceType | None = None
    provider_kind: ProviderKind = ProviderKind.ANY
    provider_reason: str = ""
    answers: tuple[Answer, ...] = ()
    own_sections: tuple[OwnSection, ...] = ()
    terms: tuple[PlanTerm, ...] = ()
    filters: tuple[PlanFilter, ...] = ()
    constraints: tuple[TechnicalConstraint, ...] = ()

    def answer(self, number: str) -> Answer | None:
        """The answer to check question ``number`` (``"1-1"``), if there is one."""
        return next((a for a in self.answers if a.question == number), None)


@dataclass(frozen=True)
class InformationSource:
    """A source used for the definition; a consultation has its date, person and content (R-4)."""

    kind: SourceKind
    content: str
    occurred_on: date | None = None
    person: str = ""


@dataclass(frozen=True)
class RequirementsDefinition:
    """The whole definition: one or more lots, its sources, and whether the route matters (R-8)."""

    lots: tuple[LotRequirements, ...] = ()
    sources: tuple[InformationSource, ...] = ()
    central_intended: bool | None = None


@dataclass(frozen=True)
class NameHit:
    """A company, service or technology name found in the definition's own text (R-7)."""

    lot: int
    place: str
    word: str
    verdict: str
    message: str


@dataclass(frozen=True)
class DefinitionVersion:
    """A frozen version of the definition; ``recorded_at`` orders it before the runs (R-6)."""

    number: int
    digest: str
    recorded_at: datetime
    reason: str = ""


@dataclass(frozen=True)
class DefinitionFacts:
    """The definition as it stands: the working text, its frozen versions, names found in it.

    ``frozen`` is the text of the newest frozen version, ``None`` before the first freeze.
    """

    working: RequirementsDefinition | None = None
    frozen: RequirementsDefinition | None = None
    versions: tuple[DefinitionVersion, ...] = ()
    name_hits: tuple[NameHit, ...] = ()

    @property
    def active(self) -> DefinitionVersion | None:
        """The newest frozen version."""
        return self.versions[-1] if self.versions else None

    def lot(self, number: int) -> LotRequirements | None:
        """The lot ``number`` of the frozen text, or of the working text before the first freeze."""
        source = self.frozen or self.working
        return next((lot for lot in source.lots if lot.lot == number), None) if source else None

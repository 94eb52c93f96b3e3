"""⑨ End: kind and grounds, notice, return and destruction, promises (guideline III.3.⑨)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from procurement.domain.labels import Labelled


class EndingKind(Labelled):
    """How the contract ends (X-1)."""

    RESCISSION = "rescission", "계약 해제"
    TERMINATION = "termination", "계약 해지"
    EXPIRY = "expiry", "계약 만료"


class ExpiryOutcome(Labelled):
    """What follows an expiry (X-1)."""

    END = "end", "계약 종료"
    RENEWAL = "renewal", "재계약"
    NEW_CONTRACT = "new_contract", "신규계약(다른 제공자)"


class FaultGround(Labelled):
    """The guideline's grounds on the provider's side (X-2)."""

    BREACH = "breach", "계약에서 정한 의무를 다하지 않거나 위반"
    SLA = "sla", "서비스수준(SLA) 목표 미달로 개선 가능성 없음"
    BANKRUPTCY = "bankruptcy", "파산 등으로 서비스 제공 불가"
    LOST_STATUS = "lost_status", "디지털서비스 선정 취소 또는 보안인증(CSAP) 취소"
    OTHER_SERIOUS = "other_serious", "그 밖의 중대한 귀책사항"


class NoticeItem(Labelled):
    """What the provider's notice must say (시행령 19①: five; ②: its own two first)."""

    END_TIME = "end_time", "계약 종료 일시"
    CLOSING_CONTENT = "closing_content", "종료하려는 사업의 내용과 사유"
    CLOSING_DAY = "closing_day", "사업 종료일"
    MAY_CLAIM_RETURN = "may_claim_return", "이용자 정보의 반환을 요구할 수 있다는 사실"
    WILL_BE_DESTROYED = "will_be_destroyed", "반환받지 않으면 이용자 정보가 파기된다는 사실"
    HOW_RETURNED = "how_returned", "이용자 정보의 반환 방법 및 절차"
    CONTACT = "contact", "담당부서 및 연락처"


END_NOTICE_ITEMS: tuple[NoticeItem, ...] = (
    NoticeItem.END_TIME,
    NoticeItem.MAY_CLAIM_RETURN,
    NoticeItem.WILL_BE_DESTROYED,
    NoticeItem.HOW_RETURNED,
    NoticeItem.CONTACT,
)
CLOSING_NOTICE_ITEMS: tuple[NoticeItem, ...] = (
    NoticeItem.CLOSING_CONTENT,
    NoticeItem.CLOSING_DAY,
    NoticeItem.MAY_CLAIM_RETURN,
    NoticeItem.WILL_BE_DESTROYED,
    NoticeItem.HOW_RETURNED,
    NoticeItem.CONTACT,
)


class NoticeChannel(Labelled):
    """How the notice came (시행령 19③)."""

    PHONE = "phone", "전화"
    MOBILE = "mobile", "휴대전화"
    POST = "post", "우편"
    EMAIL = "email", "전자우편"
    TEXT = "text", "문자메시지"
    SIMILAR = "similar", "그 밖에 비슷한 방법"


@dataclass(frozen=True)
class EndNotice:
    """The provider's notice as received."""

    received_on: date
    channel: NoticeChannel
    items: tuple[NoticeItem, ...] = ()
    posted_on_site: bool | None = None
    evidence_id: str | None = None


@dataclass(frozen=True)
class DataHandling:
    """Return and destruction of what was stored with the provider (X-5)."""

    returned_on: date | None = None
    usable: bool | None = None
    return_checked_by: str = ""
    return_evidence_id: str | None = None
    destroyed_on: date | None = None
    beyond_recovery: bool | None = None
    destruction_evidence_id: str | None = None
    nothing_stored_reason: str = ""
    impossible_reason: str = ""


@dataclass(frozen=True)
class EndingPlan:
    """The end as filled in."""

    kind: EndingKind | None = None
    expiry_outcome: ExpiryOutcome | None = None
    end_on: date | None = None
    immediate: bool = False
    by_provider_fault: bool | None = None
    fault_grounds: tuple[FaultGround, ...] = ()
    ground_text: str = ""
    unpaid_fees_paid: bool | None = None
    deposit_amount_paid: bool | None = None
    settlement: str = ""
    notice: EndNotice | None = None
    provider_closes_business: bool = False
    closing_notice: EndNotice | None = None
    data: DataHandling = DataHandling()
    migration_budget_won: int | None = None
    handover_plan: str = ""

    @property
    def keeps_service(self) -> bool:
        """Renewal with the same provider, which exempts from return and destruction (X-5)."""
        return self.kind is EndingKind.EXPIRY and self.expiry_outcome is ExpiryOutcome.RENEWAL

    @property
    def moves_service(self) -> bool:
        """Move to another provider, which asks for a hand-over (X-6)."""
        return self.kind is EndingKind.EXPIRY and self.expiry_outcome is ExpiryOutcome.NEW_CONTRACT


@dataclass(frozen=True)
class ChecklistItem:
    """A line of the termination checklist: due so many days before the end, with its source."""

    key: str
    title: str
    days_before_end: int
    citation: str
    required: bool = True


@dataclass(frozen=True)
class ChecklistMark:
    """A line of the checklist confirmed as done, by whom, with what proof."""

    item: str
    done_on: date
    done_by: str
    note: str = ""
    evidence_id: str | None = None


@dataclass(frozen=True)
class PromiseMark:
    """A promise for the end (terms ``end_promises``, by its index from 0) confirmed or not kept (X-7)."""

    promise: int
    kept: bool
    confirmed_on: date
    note: str = ""
    evidence_id: str | None = None


@dataclass(frozen=True)
class EndingFacts:
    """The end as it stands."""

    plan: EndingPlan | None = None
    marks: tuple[ChecklistMark, ...] = ()
    promises: tuple[PromiseMark, ...] = ()
    items: tuple[ChecklistItem, ...] = ()

"""계약 없이 종료: a case that ends without a contract, why, what comes next, and taking it up again."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from procurement.domain.labels import Labelled


class EndKind(Labelled):
    """Why a case ends without a contract. The first three are shown by the record itself."""

    NOTHING_FOUND = "nothing_found", "검색 결과 적합한 서비스 없음"
    NONE_SUITABLE = "none_suitable", "대상선정 결과 적합한 서비스 없음"
    SELECTION_CANCELLED = "selection_cancelled", "이용계약 대상선정 절차 취소"
    PLAN_CHANGED = "plan_changed", "예산이나 사업이 바뀌거나 없어짐"
    OTHER_WAY = "other_way", "다른 계약방식으로 진행"
    BY_MISTAKE = "by_mistake", "잘못 만든 건"
    OTHER = "other", "그 밖의 사정"


class NextWay(Labelled):
    """How the need is met from here on.

    The guideline names the ordinary contract by competition (Ⅱ.6) and building by an informatization project
    (Ⅱ.6), but orders neither: it says nothing of what follows when no service fits.
    """

    NEW_CASE = "new_case", "요구사항 정의서를 고쳐 새 이용계약 건으로 진행"
    OTHER_CASE = "other_case", "이미 있는 다른 이용계약 건에서 진행"
    TENDER = "tender", "경쟁입찰을 통한 일반 용역계약으로 진행"
    PROJECT = "project", "정보화사업을 통한 구축으로 진행"
    DROPPED = "dropped", "더 진행하지 않음"
    OTHER = "other", "그 밖의 방법으로 진행"


@dataclass(frozen=True)
class Closing:
    """An end without a contract, and when it was taken up again (``None`` while it stands).

    ``run`` is the number of the search that shows it and ``lot`` what was searched for, ``None`` where no
    search does. ``by`` and ``taken_up_by`` are account ids. ``next_note`` says more of the next way.
    """

    number: int
    kind: EndKind
    reason: str
    next_way: NextWay
    next_note: str
    ended_at: datetime
    by: str
    lot: int | None = None
    run: int | None = None
    taken_up_at: datetime | None = None
    taken_up_by: str | None = None
    taken_up_reason: str = ""

    @property
    def stands(self) -> bool:
        """Whether the case has not been taken up again since."""
        return self.taken_up_at is None

"""What an auditor looks at first in one case: held back, let through, changed, opened again, late, denied."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import or_

from procurement.models import Case, Event
from procurement.services import audit
from procurement.services.audit import EventView

MOST = 500
"""How many events of a case are looked at, newest first; the time line has them all."""

PERMISSION = "C-3"
"""The rule under which an act is written down that permission denied."""


@dataclass(frozen=True)
class Section:
    """A sort of events: its title, what it is, the sentence for none, which events belong to it."""

    key: str
    title: str
    lead: str
    nothing: str
    holds: Callable[[EventView], bool]


@dataclass(frozen=True)
class CaseConcerns:
    """The sections with their events, newest first, and whether older ones were left out."""

    sections: tuple[tuple[Section, tuple[EventView, ...]], ...]
    cut: bool


def _again(event: EventView) -> bool:
    """Whether an event puts a further version on what had been fixed."""
    return int(_data(event).get("number") or 1) > 1


def _data(event: EventView) -> Mapping[str, Any]:
    return event.body or {}


# Events that change what was fixed or recorded before, and when they count.
CHANGES: Mapping[str, Callable[[EventView], bool]] = {
    "definition.frozen": _again,
    "criteria.fixed": _again,
    "decision.made": _again,
    "step.confirmed": lambda _: True,
    "quote.revised": lambda _: True,
    "quote.withdrawn": lambda _: True,
    "quote_request.withdrawn": lambda _: True,
    "question.withdrawn": lambda _: True,
    "material.withdrawn": lambda _: True,
    "mall_result.withdrawn": lambda _: True,
    "negotiation.withdrawn": lambda _: True,
    "evaluator_release.added": lambda _: True,
    "approval_withdrawal.added": lambda _: True,
    "amendment.added": lambda _: True,
}
ENDINGS = ("case.ended", "case.taken_up")
LET_THROUGH = ("reason.wording", "quotes.opened")
REFUSED, REOPENED = "act.refused", "step.reopened"

SECTIONS: tuple[Section, ...] = (
    Section(
        "refused",
        "막힌 행위",
        "규칙에 어긋나 프로그램이 받아들이지 않은 시도입니다.",
        "막힌 행위가 없습니다.",
        lambda event: event.kind == REFUSED and _data(event).get("rule") != PERMISSION,
    ),
    Section(
        "kept",
        "사유를 적고 남긴 것",
        "흥정으로 읽혀 멈추었다가 사유를 적고 남긴 글, 평가기준보다 먼저 연 견적입니다.",
        "사유를 적고 남긴 것이 없습니다.",
        lambda event: event.kind in LET_THROUGH,
    ),
    Section(
        "changed",
        "굳은 뒤에 바뀐 것",
        "확정하거나 기록한 뒤에 새로 정하거나, 고치거나, 취소한 것입니다. 먼저 것도 기록에 남아 있습니다.",
        "굳은 뒤에 바뀐 것이 없습니다.",
        lambda event: event.kind in CHANGES and CHANGES[event.kind](event),
    ),
    Section(
        "reopened",
        "다시 연 단계",
        "완료한 뒤에 사유를 적고 다시 연 단계입니다.",
        "다시 연 단계가 없습니다.",
        lambda event: event.kind == REOPENED,
    ),
    Section(
        "ended",
        "계약 없이 종료와 되살리기",
        "계약 없이 종료한 까닭과, 종료했다가 되살린 까닭입니다.",
        "계약 없이 종료한 적이 없습니다.",
        lambda event: event.kind in ENDINGS,
    ),
    Section(
        "late",
        "늦게 적은 기록",
        "일어난 날보다 뒤에 적은 기록입니다. 사이가 길면 까닭을 물어보세요.",
        "늦게 적은 기록이 없습니다.",
        lambda event: bool(event.late_by),
    ),
    Section(
        "denied",
        "권한 없이 시도한 일",
        "권한이 없는 사람이 하려다 거절된 일입니다.",
        "권한 없이 시도한 일이 없습니다.",
        lambda event: event.kind == REFUSED and _data(event).get("rule") == PERMISSION,
    ),
)


def of_case(case: Case) -> CaseConcerns:
    """The sections of ``case``; two queries, however many events it has."""
    kinds = (REFUSED, REOPENED, *ENDINGS, *LET_THROUGH, *CHANGES)
    found = audit.events_where(case, or_(Event.kind.in_(kinds), Event.recorded_at > Event.occurred_at), MOST)
    return CaseConcerns(
        tuple((section, tuple(filter(section.holds, found))) for section in SECTIONS), len(found) == MOST
    )

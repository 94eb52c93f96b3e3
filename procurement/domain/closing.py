"""When a case may end without a contract, what then stands still, and which events may still follow.

The guideline does not say what follows when no service fits: search, selection and contract lead to one
another (Ⅲ.2), and 제76조의8 allows these ways of contracting without ordering them. So this module asks only
that what is claimed is what the record shows.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from procurement.domain.errors import Refused
from procurement.domain.facts import CaseFacts
from procurement.domain.facts.closing import EndKind
from procurement.domain.facts.search import RunKind, SearchRun
from procurement.domain.facts.selection import DecisionKind

RULE = "C-2"

ENDED = (
    "계약 없이 종료한 건이어서 더 적거나 고칠 수 없습니다. "
    "잘못 종료했으면 이 건의 담당자가 건의 첫 화면 아래에서 되살린 뒤에 해 주세요."
)
CONCLUDED = (
    "계약을 체결한 건은 계약 없이 종료할 수 없습니다. "
    "계약을 끝내려면 ⑨ 이용계약 종료에서 해제·해지나 만료를 적어 주세요."
)

OF_SEARCH: frozenset[EndKind] = frozenset(
    {EndKind.NOTHING_FOUND, EndKind.NONE_SUITABLE, EndKind.SELECTION_CANCELLED}
)
"""Kinds that the record itself must show, by a search run."""

OF_SELECTION: Mapping[DecisionKind, EndKind] = {
    DecisionKind.NONE_SUITABLE: EndKind.NONE_SUITABLE,
    DecisionKind.CANCELLED: EndKind.SELECTION_CANCELLED,
}
"""Kinds that a decision of ⑤ shows as well."""

# What is still done with a case that has ended: it is read, printed, handed over, and erased under law.
_STILL = frozenset({"case.ended", "case.taken_up", "act.refused", "bag.made"})
_STILL_ENDINGS = (".downloaded", ".exported", ".signed", ".erased")
_PRINTED = frozenset({"bundle", "bag"})


@dataclass(frozen=True)
class Ground:
    """What shows that a lot comes to no contract: the kind, and the search run that it rests on."""

    kind: EndKind
    run: SearchRun


def ground_of(facts: CaseFacts, lot: int) -> Ground | None:
    """What the record shows of ``lot``, ``None`` while a contract may still come of it."""
    final = facts.search.final(lot)
    if final is not None:
        decision = facts.selection.decision_of(lot)
        kind = OF_SELECTION.get(decision.kind) if decision else None
        return Ground(kind, final) if kind else None
    official = [run for run in facts.search.runs if run.lot == lot and run.kind is RunKind.OFFICIAL]
    newest = max(official, key=lambda run: run.number, default=None)
    active = facts.definition.active
    if newest is None or newest.results or active is None or newest.definition_version != active.number:
        return None
    return Ground(EndKind.NOTHING_FOUND, newest)


def grounds(facts: CaseFacts) -> tuple[Ground, ...]:
    """What shows that the case comes to no contract, a ground a lot; empty unless every lot has one."""
    found = [ground_of(facts, lot) for lot in facts.head.lots]
    shown = tuple(ground for ground in found if ground is not None)
    return shown if len(shown) == len(found) else ()


def ground_for(facts: CaseFacts, kind: EndKind) -> Ground | None:
    """What an end of this kind rests on; ``None`` where the record does not show it."""
    return next((ground for ground in grounds(facts) if ground.kind is kind), None)


def kinds_open(facts: CaseFacts) -> tuple[EndKind, ...]:
    """Kinds of end that can be given now: those of the record where it shows them, and all others."""
    shown = {ground.kind for ground in grounds(facts)}
    return tuple(kind for kind in EndKind if kind not in OF_SEARCH or kind in shown)


def may_follow(kind: str, data: Mapping[str, Any]) -> bool:
    """Whether an event of ``kind`` with this body may come after the end of its case."""
    if kind == "evidence.attached":
        return data.get("purpose") in _PRINTED
    return kind in _STILL or kind.endswith(_STILL_ENDINGS)


def require_going_on(facts: CaseFacts) -> None:
    """Raise ``Refused`` when the case has ended without a contract."""
    if facts.ended is not None:
        raise CaseEnded()


class CaseEnded(Refused):
    """The case has ended without a contract: nothing is added to it until it is taken up again."""

    def __init__(self) -> None:
        super().__init__(ENDED, RULE)


def kept_from(closed_on: date) -> date:
    """The day from which the years of keeping the records are counted: 1 January after the year of the end.

    공공기록물법 시행령 제26조. How many years is for the institution's own schedule.
    """
    return date(closed_on.year + 1, 1, 1)

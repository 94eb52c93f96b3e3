"""⑤ The overview: for each lot what is done and what to do next."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from flask import url_for

from procurement.domain.computed import with_values
from procurement.domain.facts import CaseFacts
from procurement.domain.facts.search import ResultRow
from procurement.domain.facts.selection import Decision
from procurement.domain.rules.reading import is_central, winner
from procurement.domain.selection import Task, tasks
from procurement.domain.steps import Step
from procurement.views.step_page import StepPage

# Page of a task or tab → its title and its endpoint.
PAGES: Mapping[str, tuple[str, str]] = {
    "quotes": ("견적", "papers.quotes"),
    "mall": ("디지털서비스몰 결과", "papers.mall"),
    "questions": ("질의응답", "papers.questions"),
    "materials": ("평가 자료", "papers.materials"),
    "criteria": ("평가항목", "award.criteria"),
    "values": ("셈할 값", "measures.show"),
    "outcomes": ("처리 결과", "award.outcomes"),
    "evaluators": ("평가위원", "award.evaluators"),
    "result": ("평가 결과", "award.result"),
    "decision": ("선정", "award.decision"),
}
_OWN = (
    "quotes",
    "questions",
    "materials",
    "criteria",
    "evaluators",
    "outcomes",
    "values",
    "result",
    "decision",
)
_CENTRAL = ("mall", "questions", "materials", "outcomes", "decision")


@dataclass(frozen=True)
class LotView:
    """A lot on the overview."""

    number: int
    title: str
    tasks: tuple[tuple[Task, str], ...]
    next_task: Task | None
    next_url: str
    decision: Decision | None
    winner: ResultRow | None


def page_url(facts: CaseFacts, lot: int, page: str) -> str:
    """Address of a page of ⑤ for a lot."""
    return url_for(PAGES[page][1], number=facts.head.number, lot=lot)


def lot_title(facts: CaseFacts, lot: int) -> str:
    """What a lot is called; ``""`` where there is only one."""
    if len(facts.head.lots) < 2:
        return ""
    wanted = facts.definition.lot(lot)
    return f"수요 항목 {lot}" + (f" · {wanted.title}" if wanted and wanted.title else "")


def tabs(facts: CaseFacts, lot: int, current: str) -> list[dict[str, Any]]:
    """The pages of ⑤ for a lot, as the tabs take them."""
    first = {
        "title": "할 일",
        "url": url_for("steps.show", number=facts.head.number, step=Step.SELECTION),
        "current": current == "overview",
    }
    names = _CENTRAL if is_central(facts) else _OWN
    criteria = facts.selection.criteria_of(lot)
    counted = current == "values" or bool(criteria and criteria.computed)
    rest = [
        {"title": PAGES[name][0], "url": page_url(facts, lot, name), "current": name == current}
        for name in names
        if name != "values" or counted
    ]
    return [first, *rest]


def _lot_view(facts: CaseFacts, lot: int) -> LotView:
    found = with_values(facts, lot, tasks(facts, lot))
    following = next((task for task in found if not task.done), None)
    return LotView(
        number=lot,
        title=lot_title(facts, lot),
        tasks=tuple((task, page_url(facts, lot, task.page)) for task in found),
        next_task=following,
        next_url=page_url(facts, lot, following.page) if following else "",
        decision=facts.selection.decision_of(lot),
        winner=winner(facts, lot),
    )


def _context(facts: CaseFacts) -> Mapping[str, Any]:
    lots = [lot for lot in facts.head.lots if facts.search.final(lot) is not None]
    return {
        "lots": [_lot_view(facts, lot) for lot in lots],
        "tabs": tabs(facts, lots[0], "overview") if len(lots) == 1 else [],
        "central": is_central(facts),
    }


PAGE = StepPage(Step.SELECTION, context=_context)

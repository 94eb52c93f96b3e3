"""③ The page of the step: searches of each lot as a tree, and what is to be done next."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from procurement.domain.errors import NotFound
from procurement.domain.facts import CaseFacts
from procurement.domain.facts.definition import LotRequirements
from procurement.domain.facts.search import RunKind, SearchRun
from procurement.domain.rules.search_final import called_off, similar_before
from procurement.domain.search_conditions import texts_of
from procurement.domain.search_difference import Difference, difference
from procurement.domain.steps import Step
from procurement.services import case_facts, search
from procurement.views.edge import case
from procurement.views.step_frame import frame
from procurement.views.step_page import StepPage


@dataclass(frozen=True)
class RunView:
    """A run in the tree: how deep it lies, and what differs from the run that it follows.

    ``broad`` when it has more results than the institution's limit (S-5), ``similar`` is how many earlier
    official runs of the same definition share a condition with it (S-10).
    """

    run: SearchRun
    depth: int
    conditions: tuple[str, ...]
    followed: SearchRun | None
    changed: Difference | None
    is_final: bool
    broad: bool
    similar: int


@dataclass(frozen=True)
class LotView:
    """A lot: its frozen requirements, its runs as a tree, its final run.

    ``ended`` says why it ended without a contract, ``""`` while it did not.
    """

    number: int
    requirements: LotRequirements | None
    official: tuple[RunView, ...]
    rehearsals: tuple[RunView, ...]
    final: SearchRun | None
    ended: str

    @property
    def title(self) -> str:
        """What the lot is called where there are several."""
        name = self.requirements.title if self.requirements else ""
        return f"수요 항목 {self.number}" + (f" · {name}" if name else "")


def lots_of(facts: CaseFacts) -> list[LotView]:
    """Every lot of the case with its runs."""
    return [lot_view(facts, number) for number in facts.head.lots]


def lot_view(facts: CaseFacts, number: int) -> LotView:
    """A lot with its runs."""
    runs = [run for run in facts.search.runs if run.lot == number]
    official = [run for run in runs if run.kind is RunKind.OFFICIAL]
    return LotView(
        number,
        facts.definition.lot(number),
        tuple(_tree(facts, official)),
        tuple(run_view(facts, run) for run in runs if run.kind is RunKind.REHEARSAL),
        facts.search.final(number),
        _ended(facts, number),
    )


def _ended(facts: CaseFacts, lot: int) -> str:
    decision = facts.selection.decision_of(lot)
    return decision.reason if decision is not None and called_off(facts, lot) else ""


def run_view(facts: CaseFacts, run: SearchRun, depth: int = 0) -> RunView:
    """A run with what differs from the one that it follows."""
    followed = facts.search.run(run.follows) if run.follows else None
    final = facts.search.final(run.lot)
    return RunView(
        run,
        depth,
        texts_of(run),
        followed,
        difference(followed, run) if followed else None,
        final is not None and final.run_id == run.run_id,
        search.is_broad(facts, run),
        similar_before(facts, run.lot, run) if run.kind is RunKind.OFFICIAL else 0,
    )


def _tree(facts: CaseFacts, runs: list[SearchRun]) -> Iterable[RunView]:
    """Runs in the order of a tree, each behind the one that it follows."""
    children: dict[str | None, list[SearchRun]] = {}
    for run in runs:
        children.setdefault(run.follows, []).append(run)
    waiting = [(run, 0) for run in reversed(children.get(None, []))]
    while waiting:
        run, depth = waiting.pop()
        yield run_view(facts, run, depth)
        waiting += [(child, depth + 1) for child in reversed(children.get(run.run_id, []))]


def draft_name(lot: int) -> str:
    """Name of the draft that keeps the conditions of a search that is being recorded."""
    return f"search-run-{lot}"


def facts_with(lot: int) -> CaseFacts:
    """The facts of the case of this request; ``NotFound`` when it has no such lot."""
    facts = case_facts.load(case())
    if lot not in facts.head.lots:
        raise NotFound("그런 수요 항목이 없습니다. 검색 화면에서 다시 골라 주세요.")
    return facts


def around(facts: CaseFacts, lot: int) -> dict[str, Any]:
    """Variables of every page of a search in ``lot``."""
    return {
        **frame(Step.SEARCH, facts),
        "lot": lot_view(facts, lot),
        "several": len(facts.head.lots) > 1,
    }


def _context(facts: CaseFacts) -> Mapping[str, Any]:
    return {"lots": lots_of(facts), "several": len(facts.head.lots) > 1}


PAGE = StepPage(Step.SEARCH, context=_context)

"""What of a case a step decides: the part of the facts that its snapshot freezes."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from procurement.domain.facts import CaseFacts, RequirementsDefinition
from procurement.domain.facts.search import FinalRun, SearchRun
from procurement.domain.steps import Step

SearchPlan = tuple[Any, ...]


def decision_of(step: Step, facts: CaseFacts) -> object:
    """The decision of ``step``, as something that ``codec.to_plain`` takes.

    Only what the step itself settles: a snapshot of it changes when, and only when, the decision
    does, so that steps resting on it do not become stale for nothing.
    """
    return _DECISIONS[step](facts)


def search_plans(definition: RequirementsDefinition) -> dict[int, SearchPlan]:
    """What each lot searches for: service type, words, filters. A change asks for a new search."""
    return {
        lot.lot: (
            lot.service_type,
            tuple(sorted(term.word for term in lot.terms)),
            tuple(sorted((f.filter, f.option) for f in lot.filters)),
        )
        for lot in definition.lots
    }


def _definition(facts: CaseFacts) -> object:
    active = facts.definition.active
    return {"version": active.number if active else 0, "definition": facts.definition.frozen}


def _search(facts: CaseFacts) -> object:
    finals = [f for f in facts.search.finals if f.round == facts.search.round]
    return {
        "finals": [_final(final, facts.search.run(final.run_id)) for final in finals],
        "runs": facts.search.runs,
    }


def _final(final: FinalRun, run: SearchRun | None) -> object:
    return {"lot": final.lot, "round": final.round, "run": run.number if run else 0, "run_id": final.run_id}


def _contract(facts: CaseFacts) -> object:
    # Amendments come after the conclusion and must not unsettle what was concluded.
    return replace(facts.contract, amendments=())


def _selection(facts: CaseFacts) -> object:
    # Acts held back are counted by the ledger; a later one must not unsettle the award.
    return replace(facts.selection, held_back=())


_DECISIONS: dict[Step, Any] = {
    Step.BUDGET: lambda facts: facts.budget,
    Step.DEFINITION: _definition,
    Step.SEARCH: _search,
    Step.SOURCING: lambda facts: facts.sourcing,
    Step.SELECTION: _selection,
    Step.CONTRACT: _contract,
    Step.REGISTRATION: lambda facts: facts.registration,
    Step.MONITORING: lambda facts: facts.monitoring,
    Step.ENDING: lambda facts: facts.ending,
}

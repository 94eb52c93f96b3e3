"""What the list of work shows of a case: derived from the facts, written in the same transaction."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import delete

from procurement.domain.deadlines import deadlines_of
from procurement.domain.facts import CaseFacts
from procurement.domain.steps import Step, StepState
from procurement.extensions import db
from procurement.models import Case, Deadline
from procurement.services import case_facts, rows

_LETTER = {
    StepState.WAITING: "w",
    StepState.OPEN: "o",
    StepState.DONE: "d",
    StepState.STALE: "s",
    StepState.STOPPED: "x",
}
_BY_LETTER = {letter: state for state, letter in _LETTER.items()}


def refresh(case: Case) -> None:
    """Write the derived columns and deadlines of ``case`` anew."""
    facts = case_facts.load(case)
    case.step_states, case.current_step, case.amount_won = derived(facts)
    case.end_kind = facts.ended.kind.value if facts.ended else None
    deadlines = deadlines_of(facts)
    case.next_due_on = min((deadline.due_on for deadline in deadlines), default=None)
    db.session.execute(delete(Deadline).where(Deadline.case_id == case.id))
    db.session.add_all(
        Deadline(
            institution_id=case.institution_id,
            case_id=case.id,
            step=deadline.step.value,
            key=deadline.key,
            title=deadline.title,
            due_on=deadline.due_on,
            severity=deadline.severity.value,
        )
        for deadline in deadlines
    )
    db.session.flush()


def derived(facts: CaseFacts) -> tuple[str, str, int | None]:
    """What the list of work shows and no day changes: letters of the steps, the present step, won."""
    return (
        "".join(_LETTER[facts.steps[step].state] for step in Step),
        current_step(facts).value,
        facts.contract.amount_won or (facts.budget.total_won if facts.budget else None),
    )


def as_kept(case: Case) -> bool:
    """Whether the derived columns of ``case`` are what its facts give, as they are in the database now."""
    db.session.refresh(case)
    return derived(case_facts.load(case)) == (case.step_states, case.current_step, case.amount_won)


def current_step(facts: CaseFacts) -> Step:
    """The first step that is not done and can be worked on; ⑨ when all are done."""
    for step in Step:
        if facts.steps[step].state in (StepState.STALE, StepState.OPEN, StepState.STOPPED):
            return step
    return Step.ENDING


def states_of(letters: str) -> dict[Step, StepState]:
    """Step states from the nine letters kept with the case."""
    return {step: _BY_LETTER[letter] for step, letter in zip(Step, letters, strict=True)}


def deadlines(case: Case) -> Sequence[Any]:
    """Days by which something must be done on ``case``, nearest first; one query."""
    return rows.of_case(case, Deadline, "due_on", "key")

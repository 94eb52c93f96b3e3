"""How each step stands: derived from its records, never stored."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select

from procurement.domain.facts.case import StepFacts
from procurement.domain.steps import SPEC, Step, StepState, can_work
from procurement.extensions import db
from procurement.models import Case, Snapshot, StepRecord
from procurement.services.codec_text import load_text


@dataclass(frozen=True)
class StepHistory:
    """Records of a step, oldest first, and its active snapshot (``None`` while the step is open)."""

    records: tuple[StepRecord, ...]
    active: Snapshot | None

    @property
    def next_number(self) -> int:
        """Number of the next record."""
        return len(self.records) + 1


def histories(case: Case) -> dict[Step, StepHistory]:
    """History of all steps; two queries."""
    query = select(StepRecord).where(StepRecord.case_id == case.id).order_by(StepRecord.number)
    found: dict[Step, list[StepRecord]] = {step: [] for step in Step}
    for row in db.session.scalars(query):
        found[Step(row.step)].append(row)
    snapshots = {
        row.id: row for row in db.session.scalars(select(Snapshot).where(Snapshot.case_id == case.id))
    }
    return {
        step: StepHistory(
            tuple(rows), snapshots.get(rows[-1].snapshot_id) if rows and rows[-1].snapshot_id else None
        )
        for step, rows in found.items()
    }


def load(case: Case) -> dict[Step, StepFacts]:
    """State of every step of ``case``."""
    return derive(histories(case))


def derive(history: dict[Step, StepHistory]) -> dict[Step, StepFacts]:
    """State of every step from its history.

    Done: its active snapshot rests on the decisions that stand now, all of them done. Stale: it was
    completed, but one of those has changed or is open. Otherwise open or waiting.
    """
    done: set[Step] = set()
    result: dict[Step, StepFacts] = {}
    for step in Step:
        snapshot = history[step].active
        if snapshot is not None:
            fresh = _rests_on_what_stands(step, snapshot, history, done)
            state = StepState.DONE if fresh else StepState.STALE
            if fresh:
                done.add(step)
        else:
            state = StepState.OPEN if can_work(step, frozenset(done)) else StepState.WAITING
        result[step] = StepFacts(
            state,
            max((r.recorded_at for r in history[step].records if r.action != "reopen"), default=None),
            sum(1 for row in history[step].records if row.action == "reopen"),
        )
    return result


def _rests_on_what_stands(
    step: Step, snapshot: Snapshot, history: dict[Step, StepHistory], done: set[Step]
) -> bool:
    inputs = load_text(snapshot.body)["inputs"]
    for needed in SPEC[step].rests_on:
        active = history[needed].active
        if needed not in done or active is None or inputs.get(needed.value) != active.facts_digest:
            return False
    return True

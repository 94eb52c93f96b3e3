"""How each step stands: derived from its records, never stored."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from types import MappingProxyType
from typing import Any

from procurement.domain.facts.case import StepFacts
from procurement.domain.steps import SPEC, Step, StepState, can_work
from procurement.models import Case, Snapshot, StepRecord
from procurement.services.codec_text import load_text
from procurement.services.rows import CaseRows


@dataclass(frozen=True)
class StepHistory:
    """Records of a step, oldest first, and its active snapshot (``None`` while the step is open)."""

    records: tuple[Any, ...]
    active: Any | None

    @property
    def next_number(self) -> int:
        """Number of the next record."""
        return len(self.records) + 1


def histories(case: Case, read: CaseRows | None = None) -> dict[Step, StepHistory]:
    """History of all steps; two queries. ``read``: the reading of the case that this is part of."""
    read = read or CaseRows(case)
    found: dict[Step, list[Any]] = {step: [] for step in Step}
    for row in read.all(StepRecord, "number"):
        found[Step(row.step)].append(row)
    active = [of[-1].snapshot_id for of in found.values() if of and of[-1].snapshot_id]
    snapshots = {row.id: row for row in read.some(Snapshot, "id", active)}
    return {
        step: StepHistory(tuple(of), snapshots.get(of[-1].snapshot_id) if of and of[-1].snapshot_id else None)
        for step, of in found.items()
    }


def load(case: Case, read: CaseRows | None = None) -> dict[Step, StepFacts]:
    """State of every step of ``case``; ``read`` as in ``histories``."""
    return derive(histories(case, read))


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


def stopped(states: Mapping[Step, StepFacts]) -> dict[Step, StepFacts]:
    """States of a case that has ended: what was open, or had to be looked at again, has stopped."""
    going = (StepState.OPEN, StepState.STALE)
    return {
        step: replace(facts, state=StepState.STOPPED) if facts.state in going else facts
        for step, facts in states.items()
    }


@lru_cache(maxsize=512)
def _inputs(body: str) -> Mapping[str, str]:
    """What the snapshot with this text rests on; the text holds all facts and is long."""
    inputs: dict[str, str] = load_text(body)["inputs"]
    return MappingProxyType(inputs)


def _rests_on_what_stands(
    step: Step, snapshot: Any, history: dict[Step, StepHistory], done: set[Step]
) -> bool:
    inputs = _inputs(snapshot.body)
    for needed in SPEC[step].rests_on:
        active = history[needed].active
        if needed not in done or active is None or inputs.get(needed.value) != active.facts_digest:
            return False
    return True

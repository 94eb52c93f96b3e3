"""Ends without a contract from their rows."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from typing import Any

from procurement.domain.facts.closing import Closing, EndKind, NextWay
from procurement.models import CaseClosing, SearchRun
from procurement.services.rows import CaseRows


def load(read: CaseRows, lots: Mapping[uuid.UUID, int]) -> tuple[Closing, ...]:
    """Every end of the case with what took it up again, oldest first; at most two queries."""
    rows = read.all(CaseClosing, "number")
    if not rows:
        return ()
    runs = {run.id: run for run in read.all(SearchRun, "number")}
    after = {row.previous: row for row in rows}
    return tuple(
        _closing(row, after.get(row.number), runs.get(row.run_id), lots)
        for row in rows
        if row.action == "end"
    )


def _closing(row: Any, taken_up: Any | None, run: Any | None, lots: Mapping[uuid.UUID, int]) -> Closing:
    return Closing(
        number=row.number,
        kind=EndKind(row.kind),
        reason=row.reason,
        next_way=NextWay(row.next_way),
        next_note=row.next_note,
        ended_at=row.recorded_at,
        by=str(row.actor_id),
        lot=lots[run.lot_id] if run is not None else None,
        run=run.number if run is not None else None,
        taken_up_at=taken_up.recorded_at if taken_up is not None else None,
        taken_up_by=str(taken_up.actor_id) if taken_up is not None else None,
        taken_up_reason=taken_up.reason if taken_up is not None else "",
    )

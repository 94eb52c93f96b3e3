"""One row a figure: value, reference, their ratio, the goal, and whether it holds."""

from __future__ import annotations

import gc
import json
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path


@dataclass(frozen=True)
class Row:
    """A figure beside its reference; ``goal`` is the largest ratio that holds, in the unit of both."""

    name: str
    value: float
    reference: float
    ratio: float
    goal: float
    holds: bool


def row(name: str, value: float, reference: float, goal: float) -> Row:
    """A row from two times in milliseconds (or two counts)."""
    ratio = value / reference if reference else float("inf")
    return Row(name, round(value, 3), round(reference, 3), round(ratio, 3), goal, ratio <= goal)


def side_by_side(
    first: Callable[[], object],
    second: Callable[[], object],
    times: int,
    clock: Callable[[], float] = time.perf_counter,
) -> tuple[float, float]:
    """Shortest times of two works in milliseconds, run in turn so that a busy machine slows both.

    The shortest, since what else the machine does can only add. ``clock`` gives seconds.
    """
    first()
    second()
    # What other parts left on the heap is theirs: the collector would look through it for the one that makes
    # more objects.
    gc.collect()
    gc.freeze()
    taken: tuple[list[float], list[float]] = ([], [])
    for _ in range(times):
        for work, times_of in zip((first, second), taken, strict=True):
            start = clock()
            work()
            times_of.append((clock() - start) * 1000)
    return min(taken[0]), min(taken[1])


def report(rows: Sequence[Row], path: Path) -> None:
    """Print the table and write the same to ``path`` as JSON."""
    width = max(len(r.name) for r in rows)
    print(f"{'name':{width}}  {'value':>10}  {'reference':>10}  {'ratio':>7}  {'goal':>6}  holds")
    for r in rows:
        print(
            f"{r.name:{width}}  {r.value:10.2f}  {r.reference:10.2f}  {r.ratio:7.2f}  {r.goal:6.2f}  "
            f"{'yes' if r.holds else 'NO'}"
        )
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps([asdict(r) for r in rows], ensure_ascii=False, indent=1), encoding="utf-8")

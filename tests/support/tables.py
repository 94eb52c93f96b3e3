"""Evaluation tables made up for the tests: criteria, sheets, random points."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from random import Random

from procurement.domain.facts.selection import Aspect, Averaging, CriteriaSet, Criterion, Score, ScoreSheet

NOW = datetime(2026, 11, 21, tzinfo=UTC)


def criterion(key: str, weight: int) -> Criterion:
    """A criterion of this weight in points."""
    return Criterion(f"id-{key}", key, f"항목 {key}", Aspect.COST, weight, "1-1")


def criteria_set(
    weights: Mapping[str, int],
    averaging: Averaging = Averaging.MEAN,
    minimum: int = 0,
    tie_break: tuple[str, ...] = (),
) -> CriteriaSet:
    """A criteria set with these weights in points by key."""
    criteria = tuple(criterion(key, weight) for key, weight in weights.items())
    return CriteriaSet("set", 1, 1, "run", averaging, minimum, tie_break, criteria, NOW)


def sheet(evaluator: str, table: Mapping[str, Sequence[int]], keys: Sequence[str]) -> ScoreSheet:
    """``table``: result id → hundredths, one a criterion in the order of ``keys``."""
    scores = tuple(
        Score(f"id-{key}", service, points)
        for service, row in table.items()
        for key, points in zip(keys, row, strict=True)
    )
    return ScoreSheet("set", evaluator, NOW, scores)


def random_sheets(
    random: Random, weights: Mapping[str, int], services: Sequence[str], evaluators: int, near: int = 0
) -> list[ScoreSheet]:
    """Random points; with ``near`` all within so many hundredths of seven tenths, so that little decides."""

    def points(weight: int) -> int:
        reach = min(near, weight * 30)
        return weight * 70 + random.randint(-reach, reach) if near else random.randint(0, weight * 100)

    return [
        sheet(f"e{n}", {s: [points(w) for w in weights.values()] for s in services}, tuple(weights))
        for n in range(evaluators)
    ]

"""Weightings near the fixed one, drawn evenly and always the same, and how many keep the winner first.

**What is drawn from.** All weightings in hundredths of a point in which every weight is at most ``REACH``
points from the fixed one, none is below 0, and the sum is 100 points. Each is as likely as any other.

**How.** Let ``n[k](t)`` be the number of ways in which the weights from the k-th on can share out ``t``
hundredths above their lower bounds. The k-th weight is then drawn from its exact distribution given those
before it, by inverting the running sums of ``n[k + 1]``; in double precision, the same on every machine.

**Chance** is the byte stream SHAKE-256 of the seed: the SHA-256 of the frozen table
(``robustness.table_digest``) as 32 bytes. Criterion by criterion, each of the ``count`` samples takes the
next 8 bytes, big-endian; their upper 53 bits over 2⁵³ are its number from [0, 1). The same table gives the
same weightings everywhere.

**What is counted.** Totals before rounding, with the averaging of the criteria set, in whole numbers. A
service level with the winner is before it when the table's own order of ties says so.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from procurement.domain.robustness import Points
from procurement.domain.scoring import FULL_WEIGHT, POINT

COUNT = 10_000
REACH = 10
"""Points by which each weight may differ."""
_CHUNK = 1_000

Whole: TypeAlias = NDArray[np.int64]


def weightings(weights: Sequence[int], seed: bytes, count: int = COUNT, reach: int = REACH) -> Whole:
    """Weightings near ``weights`` (points, adding up to 100): ``count`` rows of hundredths of a point.

    :raises ValueError: weights that do not add up to 100.
    """
    if sum(weights) != FULL_WEIGHT:
        raise ValueError("weights add up to 100 points")
    low = np.array([max(0, weight - reach) * POINT for weight in weights], dtype=np.int64)
    high = np.array([min(FULL_WEIGHT, weight + reach) * POINT for weight in weights], dtype=np.int64)
    spans = high - low
    free = int(FULL_WEIGHT * POINT - low.sum())
    sums = _running_sums(spans, free)
    chance = _numbers(seed, len(weights), count)
    taken = np.empty((count, len(weights)), dtype=np.int64)
    rest = np.full(count, free, dtype=np.int64)
    for place, span in enumerate(spans):
        least = np.maximum(rest - span, 0)
        start, end = sums[place][least], sums[place][rest + 1]
        left = np.searchsorted(sums[place], start + chance[place] * (end - start), side="right") - 1
        left = np.clip(left, least, rest)
        taken[:, place] = rest - left
        rest = left
    return low + taken


def kept(points: Points, drawn: Whole) -> int:
    """Under how many of the weightings ``drawn`` the winner stays first."""
    share = np.array([points.shares(service) for service in range(len(points.services))], dtype=np.int64)
    yields = np.array(points.yields)
    rivals = np.arange(len(points.services)) != points.winner
    first = 0
    for start in range(0, len(drawn), _CHUNK):
        totals = _totals(share, drawn[start : start + _CHUNK], points.trims)
        own = totals[:, points.winner, None]
        ahead = np.where(yields[rivals], totals[:, rivals] >= own, totals[:, rivals] > own)
        first += int((~ahead.any(axis=1)).sum())
    return first


def _totals(share: Whole, drawn: Whole, trims: bool) -> Whole:
    """Totals by weighting and service, times scale; ``share``: service, evaluator, criterion."""
    if not trims:
        summed: Whole = drawn @ share.sum(axis=1).T
        return summed
    services, evaluators, criteria = share.shape
    each = (drawn @ share.reshape(services * evaluators, criteria).T).reshape(-1, services, evaluators)
    counted: Whole = each.sum(axis=2) - each.max(axis=2) - each.min(axis=2)
    return counted


def _running_sums(spans: Whole, free: int) -> list[NDArray[np.float64]]:
    """For each criterion the running sums of the number of ways of those after it, from 0 to ``free``."""
    ways = np.zeros(free + 1)
    ways[0] = 1.0
    sums: list[NDArray[np.float64]] = []
    amounts = np.arange(free + 1)
    for span in spans[::-1]:
        running = np.concatenate(([0.0], np.cumsum(ways)))
        sums.append(running)
        ways = running[amounts + 1] - running[np.maximum(amounts - span, 0)]
    return sums[::-1]


def _numbers(seed: bytes, criteria: int, count: int) -> NDArray[np.float64]:
    """Numbers from [0, 1): one row a criterion, one column a sample."""
    stream = hashlib.shake_256(seed).digest(criteria * count * 8)
    words = np.frombuffer(stream, dtype=">u8").astype(np.uint64) >> np.uint64(11)
    return (words.astype(np.float64) / float(1 << 53)).reshape(criteria, count)

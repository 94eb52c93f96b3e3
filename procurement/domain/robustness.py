"""How firm the first place of an evaluation table is: how far a weight may go before it changes.

The weight of one criterion moves by δ points and all others are rescaled so that the sum stays 100; points
move with their weight (a service that got 30 of 40 gets 37.5 of 50). Totals here are those before rounding.
The answer is the δ nearest to nothing, up and down, at which another service draws level; beyond it that
service is first. With the ordinary mean the lead is a straight line in δ; with the trimmed mean a broken one,
walked from bend to bend since the evaluators left out are found anew.

The single score that would change the table is in ``score_change``; the sampled weightings, which take the
same ``Points``, are in ``adapters/weightings``.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import lcm

from procurement.domain.codec import canonical, digest
from procurement.domain.facts.selection import Averaging, CriteriaSet, ScoreSheet
from procurement.domain.scoring import FULL_WEIGHT, POINT, TRIM_FROM, Evaluation, tie_order


@dataclass(frozen=True)
class Points:
    """A closed table as numbers: ``given[evaluator][service][criterion]`` in hundredths of a point.

    Orders are those of ``evaluators`` (by id), ``services`` (as ranked) and ``weights`` (points, as in the
    criteria set). ``trims``: one highest and one lowest total of each service are left out.
    ``yields``: whether a service comes before the winner when their totals are level.
    """

    evaluators: tuple[str, ...]
    services: tuple[str, ...]
    keys: tuple[str, ...]
    weights: tuple[int, ...]
    given: tuple[tuple[tuple[int, ...], ...], ...]
    trims: bool
    winner: int
    yields: tuple[bool, ...]
    identity: str

    @property
    def scale(self) -> int:
        """What makes ``given × scale ÷ weight`` whole; below 2³², since the weights add up to 100."""
        return lcm(*self.weights)

    def shares(self, service: int) -> list[list[int]]:
        """Points for each point of weight, times ``scale``: one list an evaluator."""
        scale = self.scale
        return [
            [points * scale // weight for points, weight in zip(rows[service], self.weights, strict=True)]
            for rows in self.given
        ]


@dataclass(frozen=True)
class WeightRange:
    """Where the weight of one criterion may go before another service draws level with the winner.

    ``down`` and ``up`` are the changes in points (``down`` ≤ 0 ≤ ``up``), ``None`` where even 0 or 100 points
    change nothing; with the services that draw level.
    """

    key: str
    weight: int
    down: Fraction | None
    down_to: str | None
    up: Fraction | None
    up_to: str | None

    @property
    def lowest(self) -> Fraction:
        """The least weight in points with which the winner is not yet passed."""
        return self.weight + self.down if self.down is not None else Fraction(0)

    @property
    def highest(self) -> Fraction:
        """The greatest weight in points with which the winner is not yet passed."""
        return self.weight + self.up if self.up is not None else Fraction(FULL_WEIGHT)

    @property
    def nearest(self) -> tuple[Fraction, str] | None:
        """The smaller of the two changes and the service that draws level."""
        found = [
            (change, rival)
            for change, rival in ((self.down, self.down_to), (self.up, self.up_to))
            if change is not None and rival is not None
        ]
        return min(found, key=lambda one: abs(one[0])) if found else None


def points_of(
    criteria: CriteriaSet, sheets: Sequence[ScoreSheet], evaluation: Evaluation, prices: Mapping[str, int]
) -> Points:
    """The numbers of a closed table that has a winner and more than one service.

    :param prices: won by result id, as the table broke ties by them.
    :raises ValueError: a table without a winner, or with a single service.
    """
    if evaluation.winner is None or evaluation.single:
        raise ValueError("a table without a first place cannot lose it")
    ordered = sorted(sheets, key=lambda sheet: sheet.evaluator_id)
    services = tuple(row.result_id for row in evaluation.rows)
    columns = tuple(criterion.criterion_id for criterion in criteria.criteria)
    given = []
    for sheet in ordered:
        cells = {(s.result_id, s.criterion_id): s.points_hundredths for s in sheet.scores}
        given.append(tuple(tuple(cells[(service, column)] for column in columns) for service in services))
    rank = {row.result_id: tie_order(row, criteria.tie_break, prices) for row in evaluation.rows}
    first = rank[evaluation.winner]
    return Points(
        evaluators=tuple(sheet.evaluator_id for sheet in ordered),
        services=services,
        keys=tuple(criterion.key for criterion in criteria.criteria),
        weights=tuple(criterion.weight for criterion in criteria.criteria),
        given=tuple(given),
        trims=criteria.averaging is Averaging.TRIMMED and len(ordered) >= TRIM_FROM,
        winner=services.index(evaluation.winner),
        yields=tuple(rank[service] <= first for service in services),
        identity=table_digest(criteria, ordered, services, prices),
    )


def table_digest(
    criteria: CriteriaSet, sheets: Iterable[ScoreSheet], services: Sequence[str], prices: Mapping[str, int]
) -> str:
    """SHA-256 of the canonical text of a closed table: what it was counted from, in a fixed order.

    Evaluators come by id, services by id, criteria as fixed; so the same table gives the same digest whatever
    the order of its rows in a database.
    """
    columns = [criterion.criterion_id for criterion in criteria.criteria]
    rows = []
    for sheet in sorted(sheets, key=lambda one: one.evaluator_id):
        cells = {(s.result_id, s.criterion_id): s.points_hundredths for s in sheet.scores}
        matrix = [[cells[(service, column)] for column in columns] for service in sorted(services)]
        rows.append([sheet.evaluator_id, matrix])
    return digest(
        canonical(
            {
                "averaging": criteria.averaging,
                "criteria": [[c.key, c.weight] for c in criteria.criteria],
                "minimum": criteria.minimum_hundredths,
                "prices": {service: prices[service] for service in services if service in prices},
                "services": sorted(services),
                "set": criteria.set_id,
                "sheets": rows,
                "ties": list(criteria.tie_break),
            }
        )
    )


# -- one weight ------------------------------------------------------------------------------------------

_Line = tuple[int, int]
"""``(a, b)`` for a + b·δ, times ``scale × (100 − weight)``."""


def weight_ranges(points: Points) -> tuple[WeightRange, ...]:
    """For each criterion how far its weight may go; the exact changes as fractions of a point."""
    shares = [points.shares(service) for service in range(len(points.services))]
    totals = [_total(points, rows) for rows in shares]
    return tuple(_range(points, shares, totals, place) for place in range(len(points.weights)))


def _lead(points: Points, totals: Sequence[int], rival: int) -> Fraction:
    """The winner's lead in points. It shrinks by 2 points at most for each point that a weight moves."""
    counted = len(points.evaluators) - 2 if points.trims else len(points.evaluators)
    return Fraction(totals[points.winner] - totals[rival], counted * points.scale * POINT)


def _total(points: Points, shares: list[list[int]]) -> int:
    """A service's total as things are, times scale and the number of evaluators that count."""
    totals = [
        sum(share * weight for share, weight in zip(row, points.weights, strict=True)) for row in shares
    ]
    return sum(totals) - (max(totals) + min(totals) if points.trims else 0)


def _range(points: Points, shares: list[list[list[int]]], totals: Sequence[int], place: int) -> WeightRange:
    weight = points.weights[place]
    rivals = sorted(range(len(totals)), key=lambda service: -totals[service])
    rivals.remove(points.winner)
    if weight == FULL_WEIGHT:
        return WeightRange(points.keys[place], weight, None, None, None, None)
    lines = [[_line(points, row, place) for row in rows] for rows in shares]
    found = []
    for sign, room in ((-1, weight), (1, FULL_WEIGHT - weight)):
        nearest: Fraction | None = None
        rival_id = None
        for rival in rivals:
            limit = Fraction(room) if nearest is None else nearest
            if _lead(points, totals, rival) > 2 * limit:
                break
            level = _level(points.trims, lines[points.winner], lines[rival], sign, limit)
            if level is not None and (nearest is None or level < nearest):
                nearest, rival_id = level, points.services[rival]
        found.append((None if nearest is None else sign * nearest, rival_id))
    return WeightRange(points.keys[place], weight, found[0][0], found[0][1], found[1][0], found[1][1])


def _line(points: Points, shares: Sequence[int], place: int) -> _Line:
    """An evaluator's total of a service as the weight at ``place`` moves by δ and the others give way."""
    weight = points.weights[place]
    rest = FULL_WEIGHT - weight
    others = sum(
        share * own for at, (share, own) in enumerate(zip(shares, points.weights, strict=True)) if at != place
    )
    return rest * (shares[place] * weight + others), rest * shares[place] - others


_Place = tuple[int, int]
"""A change of weight as numerator and denominator (positive): whole numbers, since there are many of them."""


def _level(
    trims: bool, winner: Sequence[_Line], rival: Sequence[_Line], sign: int, limit: Fraction
) -> Fraction | None:
    """How far, in direction ``sign`` and at most ``limit``, until the rival's total is the winner's."""
    at: _Place = (0, 1)
    while True:
        own, own_bend = _sum_from(trims, winner, sign, at)
        its, its_bend = _sum_from(trims, rival, sign, at)
        lead, slope = own[0] - its[0], sign * (own[1] - its[1])
        if lead * at[1] + slope * at[0] <= 0:
            return Fraction(*at)
        bend = _nearest(own_bend, its_bend)
        if slope < 0:
            level = Fraction(lead, -slope)
            if level <= limit and (bend is None or level <= Fraction(*bend)):
                return level
        if bend is None or Fraction(*bend) >= limit:
            return None
        at = bend


def _sum_from(trims: bool, lines: Sequence[_Line], sign: int, at: _Place) -> tuple[_Line, _Place | None]:
    """The total of a service as one line just beyond ``at``, and where that line ends, if anywhere."""
    a, b = sum(line[0] for line in lines), sum(line[1] for line in lines)
    if not trims:
        return (a, b), None
    far, unit = sign * at[0], at[1]
    heights = [(line[0] * unit + line[1] * far, sign * line[1]) for line in lines]
    top = lines[max(range(len(lines)), key=heights.__getitem__)]
    low = lines[min(range(len(lines)), key=heights.__getitem__)]
    end: _Place | None = None
    for edge, over in ((top, sign), (low, -sign)):
        for line in lines:
            closing = over * (line[1] - edge[1])
            if closing > 0:
                end = _nearest(end, (over * sign * (edge[0] - line[0]), closing))
    return (a - top[0] - low[0], b - top[1] - low[1]), end


def _nearest(one: _Place | None, other: _Place | None) -> _Place | None:
    if one is None or other is None:
        return one or other
    return one if one[0] * other[1] <= other[0] * one[1] else other


def outward(change: Fraction) -> int:
    """A change in hundredths of a point, rounded away from nothing: what is printed is always enough."""
    size = -(-abs(change.numerator) * POINT // change.denominator)
    return size if change > 0 else -size


def nearest_weight(ranges: Iterable[WeightRange]) -> tuple[WeightRange, Fraction, str] | None:
    """The smallest change of a single weight that would change the first place."""
    found = [(one, *one.nearest) for one in ranges if one.nearest is not None]
    return min(found, key=lambda one: abs(one[1])) if found else None

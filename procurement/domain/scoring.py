"""The evaluation table of step ⑤: from submitted sheets to totals, ranks and a winner.

Points are hundredths of a point, given straight out of the weight of the criterion (a weight of 40 takes 0
to 4,000), so that a full sheet comes to 10,000. How it is counted, fixed once for page, bundle and workbook:

* A service's total is the mean of its evaluators' totals, rounded half up to a hundredth. Ranks compare the
  rounded totals: what is printed is what decides.
* The trimmed mean leaves out one highest and one lowest evaluator's total **of each service**, from
  ``trim_from`` evaluators on (three); with fewer it is the ordinary mean. Where several share the highest or
  the lowest total, one of them is left out, chosen by evaluator id; the mean is the same either way.
* Means of criteria come from the sheets that count. Rounded each by itself, they may differ from the total by
  a few hundredths; the total never comes from rounded parts.
* Ties go by the criteria named for it, in order, higher mean first, or the lower price where ``PRICE`` stands
  in the order. What still ties shares a rank (1, 1, 3), and there is no winner until it is resolved.
* A single candidate is scored and held against the minimum, but not ranked.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from procurement.domain.errors import InvalidInput
from procurement.domain.facts.selection import (
    Averaging,
    CriteriaSet,
    Criterion,
    EvaluationTable,
    RankedService,
    Score,
    ScoreSheet,
)
from procurement.domain.formulas import check_formula

FULL_WEIGHT = 100
POINT = 100
"""Hundredths in a point."""
PRICE = "price"
"""Stands in the tie-break order for the lower price; no criterion may be called so."""
TRIM_FROM = 3


@dataclass(frozen=True)
class ServiceResult:
    """One row of the evaluation table; points in hundredths.

    ``rank`` is ``None`` for a single candidate. ``by_criterion`` are means by criterion key,
    ``by_evaluator`` totals by evaluator id, ``left_out`` the evaluators whose totals the trimmed mean leaves
    out, ``spread`` the highest less the lowest total of an evaluator, ``tie_broken_by`` the key that set this
    service apart from others of the same total, ``""`` when none was needed.
    """

    result_id: str
    total: int
    rank: int | None
    meets_minimum: bool
    by_criterion: tuple[tuple[str, int], ...]
    by_evaluator: tuple[tuple[str, int], ...]
    left_out: tuple[str, ...] = ()
    spread: int = 0
    tie_broken_by: str = ""


@dataclass(frozen=True)
class Evaluation:
    """The table, best first. ``winner`` is ``None`` when the first rank is shared or below the minimum."""

    rows: tuple[ServiceResult, ...]
    winner: str | None
    tied_for_first: tuple[str, ...]
    single: bool

    def table(self, lot: int) -> EvaluationTable:
        """The facts that rules read; a single candidate stands there with rank 1."""
        rows = tuple(
            RankedService(row.result_id, row.total, row.rank or 1, row.meets_minimum) for row in self.rows
        )
        return EvaluationTable(lot, rows, self.tied_for_first)


def check_criteria(
    criteria: Sequence[Criterion], minimum_hundredths: int = 0, tie_break: Sequence[str] = ()
) -> None:
    """Whether criteria can be fixed: weights to 100, distinct keys, a possible minimum, a known tie-break.

    :raises InvalidInput: saying what is wrong; ``field`` is ``criteria``, ``minimum`` or ``tie_break``.
    """
    if not criteria:
        raise InvalidInput("평가항목이 없습니다. 평가항목을 한 개 이상 넣으세요.", "criteria")
    for criterion in criteria:
        if criterion.weight < 1:
            raise InvalidInput(
                f"‘{criterion.title}’의 배점이 {criterion.weight}점입니다. 1점 이상으로 정하세요.", "criteria"
            )
        _check_formula(criterion)
    total = sum(criterion.weight for criterion in criteria)
    if total != FULL_WEIGHT:
        raise InvalidInput(
            f"배점의 합이 {total}점입니다. 합이 {FULL_WEIGHT}점이 되도록 "
            f"{abs(FULL_WEIGHT - total)}점을 {'더하세요' if total < FULL_WEIGHT else '빼세요'}.",
            "criteria",
        )
    keys = [criterion.key for criterion in criteria]
    if len(set(keys)) < len(keys) or PRICE in keys:
        raise InvalidInput("평가항목의 이름표가 겹칩니다. 항목마다 다른 이름표를 쓰세요.", "criteria")
    if not 0 <= minimum_hundredths <= FULL_WEIGHT * POINT:
        raise InvalidInput("최저 점수는 0점부터 100점까지 가운데 정하세요.", "minimum")
    _check_tie_break(tie_break, {*keys, PRICE})


def _check_formula(criterion: Criterion) -> None:
    if criterion.formula is None:
        return
    try:
        check_formula(criterion.formula)
    except InvalidInput as wrong:
        raise InvalidInput(f"‘{criterion.title}’: {wrong.message}", "criteria") from None


def _check_tie_break(tie_break: Sequence[str], known: set[str]) -> None:
    if unknown := [key for key in tie_break if key not in known]:
        raise InvalidInput(
            f"동점 처리 순서의 ‘{unknown[0]}’은(는) 평가항목에 없습니다. 평가항목 가운데 고르세요.",
            "tie_break",
        )
    if len(set(tie_break)) < len(tie_break):
        raise InvalidInput("동점 처리 순서에 같은 항목이 두 번 있습니다. 하나를 빼세요.", "tie_break")


def check_sheet(criteria: Sequence[Criterion], scores: Sequence[Score], services: Sequence[str]) -> None:
    """Whether a sheet scores every service on every criterion once, each within the criterion's weight (E-4).

    :param services: result ids of the services to be scored.
    :raises InvalidInput: naming the criterion; ``field`` is ``"<criterion id>:<result id>"``.
    """
    weights = {criterion.criterion_id: criterion for criterion in criteria}
    given = Counter((score.criterion_id, score.result_id) for score in scores)
    wanted = {(criterion_id, service) for criterion_id in weights for service in services}
    for score in scores:
        cell = (score.criterion_id, score.result_id)
        if cell not in wanted:
            raise InvalidInput("평가표에 없는 칸의 점수입니다. 평가표를 다시 열어 입력하세요.", _cell(*cell))
        if given[cell] > 1:
            raise InvalidInput("같은 칸에 점수가 두 번 들어 있습니다. 하나만 남기세요.", _cell(*cell))
        criterion = weights[score.criterion_id]
        if not 0 <= score.points_hundredths <= criterion.weight * POINT:
            raise InvalidInput(
                f"‘{criterion.title}’의 점수는 0점부터 {criterion.weight}점까지입니다. 점수를 고치세요.",
                _cell(*cell),
            )
    for criterion in criteria:
        for service in services:
            if not given[(criterion.criterion_id, service)]:
                raise InvalidInput(
                    f"‘{criterion.title}’의 점수가 비어 있습니다. 모든 서비스에 점수를 주세요.",
                    _cell(criterion.criterion_id, service),
                )


def _cell(criterion_id: str, result_id: str) -> str:
    return f"{criterion_id}:{result_id}"


def evaluate(
    criteria: CriteriaSet,
    sheets: Sequence[ScoreSheet],
    services: Sequence[str],
    *,
    prices: Mapping[str, int] | None = None,
    trim_from: int = TRIM_FROM,
) -> Evaluation:
    """The evaluation table of a lot.

    :param criteria: as fixed before the first score.
    :param sheets: one submitted sheet an evaluator, each complete.
    :param services: result ids of the services scored, in the order of the final run.
    :param prices: won by result id, for a tie-break by ``PRICE``; a service without one comes last.
    :param trim_from: how many evaluators it takes before the trimmed mean leaves any out, at least 3.
    :raises InvalidInput: criteria or a sheet that cannot count, no sheet, no service, two of one evaluator.
    """
    check_criteria(criteria.criteria, criteria.minimum_hundredths, criteria.tie_break)
    _check_sheets(criteria, sheets, services)
    if trim_from < TRIM_FROM:
        raise InvalidInput(f"최고·최저 제외는 평가위원이 {TRIM_FROM}명 이상이어야 합니다. 인원을 확인하세요.")
    trims = criteria.averaging is Averaging.TRIMMED and len(sheets) >= trim_from
    given = points_by_service(criteria, sheets)
    rows = [row_of(criteria, service, given[service], trims) for service in services]
    if len(rows) == 1:
        winner = rows[0].result_id if rows[0].meets_minimum else None
        return Evaluation(tuple(rows), winner, (), single=True)
    return _rank(rows, criteria.tie_break, prices or {})


def _check_sheets(criteria: CriteriaSet, sheets: Sequence[ScoreSheet], services: Sequence[str]) -> None:
    if not services or len(set(services)) < len(services):
        raise InvalidInput("평가할 서비스 목록이 비었거나 겹칩니다. 최종 검색 결과를 확인하세요.")
    if not sheets:
        raise InvalidInput("제출된 평가표가 없습니다. 평가위원이 평가표를 제출한 뒤에 집계하세요.")
    if len({sheet.evaluator_id for sheet in sheets}) < len(sheets):
        raise InvalidInput("한 평가위원의 평가표가 둘 이상입니다. 제출된 평가표를 확인하세요.")
    for sheet in sheets:
        if sheet.set_id != criteria.set_id:
            raise InvalidInput("다른 평가기준으로 매긴 평가표가 있습니다. 지금 기준으로 다시 제출받으세요.")
        check_sheet(criteria.criteria, sheet.scores, services)


Given = Mapping[str, Mapping[str, int]]
"""Points of one service in hundredths: evaluator id → criterion id → points."""


def points_by_service(
    criteria: CriteriaSet, sheets: Sequence[ScoreSheet]
) -> dict[str, dict[str, dict[str, int]]]:
    """Points of all sheets by result id, evaluator id and criterion id, in hundredths."""
    found: dict[str, dict[str, dict[str, int]]] = {}
    for sheet in sheets:
        for score in sheet.scores:
            of_service = found.setdefault(score.result_id, {})
            of_service.setdefault(sheet.evaluator_id, {})[score.criterion_id] = score.points_hundredths
    return found


def row_of(criteria: CriteriaSet, service: str, points: Given, trims: bool) -> ServiceResult:
    """The row of one service, not ranked yet; ``trims``: leave out one highest and one lowest total."""
    totals = {evaluator: sum(given.values()) for evaluator, given in points.items()}
    left_out = _extremes(totals) if trims else ()
    counted = [evaluator for evaluator in totals if evaluator not in left_out]
    total = _mean([totals[evaluator] for evaluator in counted])
    return ServiceResult(
        result_id=service,
        total=total,
        rank=None,
        meets_minimum=total >= criteria.minimum_hundredths,
        by_criterion=tuple(
            (criterion.key, _mean([points[evaluator][criterion.criterion_id] for evaluator in counted]))
            for criterion in criteria.criteria
        ),
        by_evaluator=tuple(totals.items()),
        left_out=left_out,
        spread=max(totals.values()) - min(totals.values()),
    )


def _extremes(totals: Mapping[str, int]) -> tuple[str, str]:
    """The evaluators of the highest and of the lowest total, two different ones."""
    order = sorted(totals, key=lambda evaluator: (totals[evaluator], evaluator))
    return order[-1], order[0]


def _mean(values: Sequence[int]) -> int:
    """The mean rounded half up; values are never negative."""
    return (2 * sum(values) + len(values)) // (2 * len(values))


def _rank(rows: Sequence[ServiceResult], tie_break: Sequence[str], prices: Mapping[str, int]) -> Evaluation:
    keys = {row.result_id: tie_order(row, tie_break, prices) for row in rows}
    ordered = sorted(rows, key=lambda row: keys[row.result_id])
    totals = Counter(row.total for row in rows)
    ranked: list[ServiceResult] = []
    for row in ordered:
        key = keys[row.result_id]
        rank = 1 + sum(other < key for other in keys.values())
        others = [keys[o.result_id] for o in rows if o.total == row.total and o is not row]
        decided = _decided_by(key, others, tie_break) if totals[row.total] > 1 else ""
        ranked.append(replace(row, rank=rank, tie_broken_by=decided))
    first = tuple(row.result_id for row in ranked if row.rank == 1)
    winner = first[0] if len(first) == 1 and ranked[0].meets_minimum else None
    return Evaluation(tuple(ranked), winner, first if len(first) > 1 else (), single=False)


SortKey = tuple[tuple[int, int], ...]


def tie_order(row: ServiceResult, tie_break: Sequence[str], prices: Mapping[str, int]) -> SortKey:
    """How a service compares, smaller is better: the total, then each tie-break in its order.

    :param prices: won by result id.
    """
    means = dict(row.by_criterion)
    parts = [(0, -row.total)]
    for name in tie_break:
        if name != PRICE:
            parts.append((0, -means[name]))
        elif row.result_id in prices:
            parts.append((0, prices[row.result_id]))
        else:
            parts.append((1, 0))
    return tuple(parts)


def _decided_by(key: SortKey, others: Sequence[SortKey], tie_break: Sequence[str]) -> str:
    """The last key needed to tell this service from those of the same total, ``""`` if none could."""
    needed = [
        next(index for index, (own, its) in enumerate(zip(key, other, strict=True)) if own != its)
        for other in others
        if other != key
    ]
    return tie_break[max(needed) - 1] if needed else ""

"""전체 소요비용(TCO) of a quote over the contract period, with the formula in words and numbers."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from procurement.domain.errors import InvalidInput
from procurement.domain.facts.quotes import CostLine, CostPart, Quote
from procurement.domain.money import MAX_WON, add_vat, format_won

FORMULA = "전체 소요비용 = " + " + ".join(part.label for part in CostPart) + " (계약기간 전체, 부가세 포함)"
"""The formula in words."""

PER_MILLE = 1000


@dataclass(frozen=True)
class Cost:
    """Total cost of ownership over the contract period in won, VAT in every part."""

    fee_won: int
    one_off_won: int
    operation_won: int
    exit_won: int
    migration_won: int = 0

    def part_won(self, part: CostPart) -> int:
        """The amount of a part in won."""
        return {
            CostPart.FEE: self.fee_won,
            CostPart.ONE_OFF: self.one_off_won,
            CostPart.MIGRATION: self.migration_won,
            CostPart.OPERATION: self.operation_won,
            CostPart.EXIT: self.exit_won,
        }[part]

    @property
    def total_won(self) -> int:
        """All parts together."""
        return sum(self.part_won(part) for part in CostPart)


@dataclass(frozen=True)
class Segment:
    """A part of a bar: where it begins and how wide it is, in thousandths of the longest bar."""

    part: CostPart
    won: int
    start: int
    width: int


def cost_of(quote: Quote) -> Cost:
    """The cost of a quote with VAT in it, so that quotes with and without VAT compare.

    What a quote says of VAT holds for all its amounts. VAT is reckoned part by part, under one won dropped.
    """
    return Cost(
        fee_won=_with_vat(quote, CostPart.FEE),
        one_off_won=_with_vat(quote, CostPart.ONE_OFF),
        operation_won=_with_vat(quote, CostPart.OPERATION),
        exit_won=_with_vat(quote, CostPart.EXIT),
        migration_won=_with_vat(quote, CostPart.MIGRATION),
    )


def _with_vat(quote: Quote, part: CostPart) -> int:
    amount = quote.part_won(part)
    return amount if quote.vat_included else add_vat(amount)[1]


def parts_of(typed: Mapping[CostPart, int | None], lines: Sequence[CostLine]) -> dict[CostPart, int]:
    """The amount of each part in won: what its lines give, or what was typed where it has none.

    Raises ``InvalidInput`` for a part typed otherwise than its lines give, for an amount beyond reckoning,
    and where nothing says what the fee is. ``field`` is the name of the part's amount in ``Quote``.
    """
    settled: dict[CostPart, int] = {}
    for part in CostPart:
        own = [line.amount_won for line in lines if line.part is part]
        given = typed.get(part)
        if own and given is not None and given != sum(own):
            raise InvalidInput(
                f"{part.label}를 {format_won(given)}원으로 적었는데 산출 내역을 더하면 "
                f"{format_won(sum(own))}원입니다. 견적서와 견주어 틀린 쪽을 고치세요.",
                field_of(part),
            )
        if sum(own) > MAX_WON:
            raise InvalidInput(
                f"{part.label}의 산출 내역이 너무 큽니다. 단가와 수량에 0을 더 쓰지 않았는지 확인하세요.",
                field_of(part),
            )
        settled[part] = sum(own) if own else given or 0
    if typed.get(CostPart.FEE) is None and not any(line.part is CostPart.FEE for line in lines):
        raise InvalidInput(
            "이용료가 없습니다. 총액을 적거나 아래 산출 내역에 단가와 수량을 적어 주세요.",
            field_of(CostPart.FEE),
        )
    return settled


def field_of(part: CostPart) -> str:
    """Name of the amount of a part in ``Quote``."""
    return "amount_won" if part is CostPart.FEE else f"{part.value}_won"


def reckoned(quote: Quote) -> tuple[str, ...]:
    """The formula of a quote in numbers: its lines, the VAT added, the sum."""
    return (*_lines(quote), *_vat(quote), _sum(cost_of(quote)))


def _lines(quote: Quote) -> Iterable[str]:
    for line in quote.lines:
        name = line.item or line.part.label
        what = f"{name} ({line.unit})" if line.unit else name
        price = f"{format_won(line.unit_price_won)}원 × {line.quantity:,} × {line.times:,}회"
        yield f"{line.part.label} · {what}: {price} = {format_won(line.amount_won)}원"
    worked = {line.part for line in quote.lines}
    for part in CostPart:
        if part not in worked and quote.part_won(part):
            yield f"{part.label}: 총액으로 받음 {format_won(quote.part_won(part))}원"


def _vat(quote: Quote) -> Iterable[str]:
    if quote.vat_included:
        yield "부가세가 들어 있는 금액입니다."
        return
    cost = cost_of(quote)
    added = ", ".join(
        f"{part.label} {format_won(quote.part_won(part))}원 → {format_won(cost.part_won(part))}원"
        for part in CostPart
        if quote.part_won(part)
    )
    yield f"부가세 별도라서 10%를 더함(원 미만 버림): {added or '더할 금액 없음'}"


def _sum(cost: Cost) -> str:
    numbers = " + ".join(format_won(cost.part_won(part)) for part in CostPart)
    return f"{numbers} = {format_won(cost.total_won)}원"


def bars(costs: Mapping[str, Cost]) -> dict[str, tuple[Segment, ...]]:
    """A stacked bar for each cost, all on the scale of the largest; parts of nothing are left out."""
    longest = max((cost.total_won for cost in costs.values()), default=0)
    return {key: tuple(_segments(cost, longest)) for key, cost in costs.items()}


def _segments(cost: Cost, longest: int) -> Iterable[Segment]:
    so_far = 0
    for part in CostPart:
        won = cost.part_won(part)
        start = so_far * PER_MILLE // longest if longest else 0
        so_far += won
        if won:
            yield Segment(part, won, start, max(1, so_far * PER_MILLE // longest - start))

"""⑤ Requests for quotes, and quotes as received."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from procurement.domain.labels import Labelled


class CostPart(Labelled):
    """What a cost of the contract period is for; all five together are the total cost of ownership."""

    FEE = "fee", "이용료"
    ONE_OFF = "one_off", "초기비용"
    MIGRATION = "migration", "이전비용"
    OPERATION = "operation", "운영비"
    EXIT = "exit", "종료비용"


@dataclass(frozen=True)
class CostLine:
    """How a part of a quote comes about: unit price in won × quantity × times (periods) of one item.

    ``unit`` is what the price is for, e.g. ``"명·월"``. Whether VAT is in it is said of the whole quote.
    """

    part: CostPart
    item: str
    unit_price_won: int
    unit: str = ""
    quantity: int = 1
    times: int = 1

    @property
    def amount_won(self) -> int:
        """The amount of the line in won."""
        return self.unit_price_won * self.quantity * self.times


@dataclass(frozen=True)
class QuoteRequest:
    """A request for quotes to all candidates of the final run, or the reason why not to all.

    ``content`` and the file ``evidence_id`` are what was sent.
    """

    lot: int
    run_id: str
    result_ids: tuple[str, ...]
    due_on: date
    content: str
    partial_reason: str = ""
    evidence_id: str | None = None


@dataclass(frozen=True)
class Quote:
    """A quote received: amounts in won over the whole contract period, with its file.

    ``lines`` say how parts come about; the total of a part that has lines is their sum.
    """

    lot: int
    result_id: str
    amount_won: int
    vat_included: bool
    received_on: date
    valid_until: date | None = None
    one_off_won: int = 0
    operation_won: int = 0
    exit_won: int = 0
    note: str = ""
    evidence_id: str | None = None
    migration_won: int = 0
    lines: tuple[CostLine, ...] = ()

    def part_won(self, part: CostPart) -> int:
        """The amount of a part as quoted, in won."""
        return {
            CostPart.FEE: self.amount_won,
            CostPart.ONE_OFF: self.one_off_won,
            CostPart.MIGRATION: self.migration_won,
            CostPart.OPERATION: self.operation_won,
            CostPart.EXIT: self.exit_won,
        }[part]

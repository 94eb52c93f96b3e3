"""An evaluator's workbook as it is handed out, filled in by a test."""

from __future__ import annotations

import io
from collections.abc import Mapping
from typing import Any

import openpyxl

from procurement.adapters import sheet_books
from procurement.domain.selection import scored_services
from procurement.domain.sheet_book import FIRST_ROW, SheetBook, sheet_book
from procurement.models import Account, Case
from procurement.services import case_facts


def book_of(case: Case, account: Account, lot: int = 1) -> SheetBook:
    """The workbook that an evaluator gets, with stems as the page has them."""
    facts = case_facts.load(case)
    criteria = facts.selection.criteria_of(lot)
    assert criteria is not None
    services = scored_services(facts, lot)
    stems = {
        (c.criterion_id, row.result_id): f"s{row.position}-c{place}"
        for row in services
        for place, c in enumerate(criteria.criteria, start=1)
    }
    return sheet_book(case.number, criteria, services, (str(account.id), account.name), stems)


def filled_book(
    case: Case, account: Account, points: float = 10, changes: Mapping[str, Any] | None = None
) -> bytes:
    """The workbook with ``points`` in every line; ``changes``: cell → what is put there instead."""
    book = book_of(case, account)
    facts = case_facts.load(case)
    criteria = facts.selection.criteria_of(1)
    assert criteria is not None
    blank = sheet_books.write(book, {}, criteria.recorded_at)
    cells = {f"D{FIRST_ROW + at}": points for at in range(len(book.lines))}
    cells |= {f"E{FIRST_ROW + at}": f"의견 {at}" for at in range(len(book.lines))}
    return changed(blank, {**cells, **(changes or {})})


def changed(data: bytes, cells: Mapping[str, Any]) -> bytes:
    """The same workbook with other values in these cells, as a spreadsheet program saves it."""
    made = openpyxl.load_workbook(io.BytesIO(data))
    sheet = made["평가표"]
    for name, value in cells.items():
        sheet[name] = value
    out = io.BytesIO()
    made.save(out)
    return out.getvalue()

"""The termination checklist of a case: its lines with what has been done, as a page and as a PDF."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import groupby

from flask import render_template

from procurement.adapters.pdf import RenderedPdf, render_simple
from procurement.adapters.pdf_process import render_in_process
from procurement.domain.access import Actor
from procurement.domain.facts import CaseFacts
from procurement.domain.facts.ending import ChecklistItem, ChecklistMark
from procurement.domain.obligations import contract_end
from procurement.domain.periods import format_date
from procurement.models import Case
from procurement.models.base import now
from procurement.services import ledger
from procurement.services.store import settings

RENDER_SECONDS = 60.0
MOST_PAGES = 2


@dataclass(frozen=True)
class ChecklistLine:
    """A line: what to confirm by which day (``None`` while the end is not known), and how it stands.

    ``proof`` is the name of the file that proves it, ``""`` for none.
    """

    item: ChecklistItem
    due_on: date | None
    mark: ChecklistMark | None
    proof: str = ""
    overdue: bool = False


@dataclass(frozen=True)
class ChecklistGroup:
    """Lines of one day before the end."""

    days_before_end: int
    due_on: date | None
    lines: tuple[ChecklistLine, ...]

    @property
    def title(self) -> str:
        """What the group is headed with."""
        when = f"종료 {self.days_before_end}일 전까지" if self.days_before_end else "종료일까지"
        return f"{when} ({format_date(self.due_on)})" if self.due_on else when


@dataclass(frozen=True)
class Checklist:
    """The whole checklist; ``ends_on`` is ``None`` while the contract has no end."""

    ends_on: date | None
    groups: tuple[ChecklistGroup, ...]

    @property
    def lines(self) -> tuple[ChecklistLine, ...]:
        """All lines in order."""
        return tuple(line for group in self.groups for line in group.lines)

    @property
    def required(self) -> int:
        """Number of lines that have to be done."""
        return sum(line.item.required for line in self.lines)

    @property
    def done(self) -> int:
        """Number of those that are done."""
        return sum(line.item.required and line.mark is not None for line in self.lines)


def checklist_of(facts: CaseFacts) -> Checklist:
    """The checklist of a case, the earliest day first."""
    end = contract_end(facts)
    marks = {mark.item: mark for mark in facts.ending.marks}
    names = {e.evidence_id: e.name for e in facts.evidence}
    lines = [_line(item, facts.today, end, marks.get(item.key), names) for item in facts.ending.items]
    groups = groupby(lines, key=lambda line: line.item.days_before_end)
    return Checklist(
        end,
        tuple(
            ChecklistGroup(days, end - timedelta(days=days) if end else None, tuple(group))
            for days, group in groups
        ),
    )


def _line(
    item: ChecklistItem, today: date, end: date | None, mark: ChecklistMark | None, names: dict[str, str]
) -> ChecklistLine:
    due = end - timedelta(days=item.days_before_end) if end else None
    return ChecklistLine(
        item,
        due,
        mark,
        names.get(mark.evidence_id or "", "") if mark else "",
        overdue=item.required and mark is None and due is not None and due < today,
    )


def pdf_of(facts: CaseFacts) -> RenderedPdf:
    """The checklist on at most two A4 pages, rendered in a process of its own.

    Call it outside a transaction: it takes about a second. Raises ``PdfError`` when it cannot be made.
    """
    moment = now()
    title = f"이용계약 종료 점검표 {facts.head.number}"
    body = render_template("bundle/checklist.html", facts=facts, checklist=checklist_of(facts), moment=moment)
    return render_in_process(
        render_simple,
        RENDER_SECONDS,
        body,
        title=title,
        font_dir=settings().font_dir,
        created=moment,
        footer=f"{facts.head.number} {facts.head.title}"[:60],
        author=facts.institution.name,
        subject="디지털서비스 이용계약 종료 점검표",
    )


def record_download(actor: Actor, case: Case, rendered: RenderedPdf) -> None:
    """Write down who took the checklist, with the digest of the file."""
    digest = hashlib.sha256(rendered.data).hexdigest()
    ledger.record(actor, "checklist.downloaded", case=case, body={"digest": digest, "pages": rendered.pages})

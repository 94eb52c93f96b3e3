"""③ The list of a run taken out of the program: CSV, XLSX, ODS and PDF, always from the frozen record."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass

from flask import render_template

from procurement.adapters.ods import MEDIA_TYPE as ODS
from procurement.adapters.pdf import Section, column_widths, render_document
from procurement.adapters.pdf_process import render_in_process
from procurement.adapters.result_files import as_csv, as_ods, as_xlsx, lines_of
from procurement.domain.access import Actor
from procurement.domain.counting import counted
from procurement.domain.facts.search import SearchRun
from procurement.domain.result_facts import FACTS
from procurement.models import Case
from procurement.services import ledger
from procurement.services.store import settings

FORMS = ("csv", "xlsx", "ods", "pdf")
RENDER_SECONDS = 300.0
ROWS_A_SECTION = 250
_SHEETS = {
    "csv": (as_csv, "text/csv; charset=utf-8"),
    "xlsx": (as_xlsx, "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
    "ods": (as_ods, ODS),
}


@dataclass(frozen=True)
class ExportFile:
    """A file made of a run: its name, its type, its bytes."""

    name: str
    media_type: str
    data: bytes

    @property
    def digest(self) -> str:
        """SHA-256 of the bytes, hexadecimal."""
        return hashlib.sha256(self.data).hexdigest()


def make(run: SearchRun, case_number: str, form: str) -> ExportFile:
    """The list of ``run`` as a file; ``form`` is one of ``FORMS``.

    The same run gives the same bytes. Call it outside a transaction: a PDF takes seconds. Raises
    ``PdfError`` when it cannot be printed completely, ``FontsMissingError`` before set-up.
    """
    name = f"{case_number} 검색 {run.number}번.{form}"
    if form == "pdf":
        return ExportFile(name, "application/pdf", _pdf(run, case_number))
    write, media_type = _SHEETS[form]
    return ExportFile(name, media_type, write(run, case_number))


def record(actor: Actor, case: Case, run: SearchRun, form: str, file: ExportFile) -> None:
    """Write down who took the list of a run out of the program, and the digest of what was taken."""
    ledger.record(
        actor,
        "search.exported",
        case=case,
        body={"number": run.number, "format": form.upper(), "digest": file.digest},
    )


def _pdf(run: SearchRun, case_number: str) -> bytes:
    title = f"{case_number} 검색 {run.number}번 결과 {counted(len(run.results), 'service')}"
    rendered = render_in_process(
        render_document,
        RENDER_SECONDS,
        cover=None,
        sections=list(_sections(run, case_number, title)),
        title=title,
        author="",
        subject="디지털서비스 검색 결과",
        font_dir=settings().font_dir,
        footer=f"{case_number} · 검색 {run.number}번 · {run.run_id}",
        created=run.recorded_at,
        contents=False,
    )
    return rendered.data


def _sections(run: SearchRun, case_number: str, title: str) -> Iterator[Section]:
    """The search and the first services, then the others by so many: long tables are slow to set."""
    lines = list(lines_of(run, case_number))
    head = lines.index([]) + 1
    services = lines[head + 1 :]
    widths = column_widths(4, *(fact.share for fact in FACTS))
    for start in range(0, max(1, len(services)), ROWS_A_SECTION):
        part = services[start : start + ROWS_A_SECTION]
        body = render_template(
            "search/export.html",
            about=lines[: head - 1] if start == 0 else (),
            heads=list(zip(lines[head], widths, strict=True)),
            services=part,
        )
        shown = title if start == 0 else f"서비스 {start + 1}~{start + len(part)}"
        yield Section(f"part-{start}", shown, body, landscape=True)

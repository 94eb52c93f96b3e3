"""From the plain data of a bundle to its pages: templates, sections, and the printing itself."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime
from decimal import Decimal
from functools import lru_cache
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup, escape

from procurement.adapters.pdf import RenderedPdf, Section, column_widths, render_document
from procurement.adapters.pdf_process import render_in_process
from procurement.adapters.qr import qr_data_uri
from procurement.config import ROOT
from procurement.domain import guideline
from procurement.domain.facts.definition import QUESTIONS, SECTIONS
from procurement.domain.money import format_won, won_in_words
from procurement.domain.periods import format_date
from procurement.domain.rules.base import Outcome
from procurement.domain.steps import SPEC, Step
from procurement.services import bundle_tables
from procurement.services.bundle_input import BundleInput, FrozenSearch

TIMEOUT_SECONDS = 600
_SEOUL = ZoneInfo("Asia/Seoul")
_BADGES = {
    Outcome.MET: ("met", "✓"),
    Outcome.JUSTIFIED: ("reason", "✓"),
    Outcome.UNMET: ("unmet", "■"),
    Outcome.NOT_APPLICABLE: ("na", "–"),
    Outcome.NOT_YET: ("pending", "○"),
}


def render(data: BundleInput, font_dir: Path) -> RenderedPdf:
    """Print the bundle. The same data give the same bytes.

    Raises ``PdfError`` when it cannot be printed completely, ``FontsMissingError`` before set-up.
    """
    kind = title_of(data)
    return render_in_process(
        render_document,
        TIMEOUT_SECONDS,
        cover=_html("cover", data, kind=kind, qr=qr_data_uri(ledger_line(data))),
        sections=list(sections(data)),
        title=f"{kind} {data.head.number} {data.head.title}",
        author=data.institution.name,
        subject="디지털서비스 이용계약 증빙자료",
        font_dir=font_dir,
        footer=f"{data.head.number} · 원장 {data.ledger[-1].seq}번 {data.head_hash[:12]}",
        created=data.made_of,
    )


def title_of(data: BundleInput) -> str:
    """What the bundle calls itself."""
    return "품의용 증빙자료 묶음" if data.for_approval else "증빙자료 묶음"


def ledger_line(data: BundleInput) -> str:
    """The state of the case's ledger in one line: number of the case, events, head."""
    return f"{data.head.number} {data.ledger[-1].seq} {data.head_hash}"


def sections(data: BundleInput) -> Iterator[Section]:
    """The bundle's sections after its cover, in order, as HTML."""
    yield _section("overview", "이 건의 한눈 보기", data)
    for step in Step:
        title = SPEC[step].title
        if not data.steps[step].shown:
            yield Section(step.value, title, _html("not_yet", data, step=step))
            continue
        yield Section(step.value, title, _html(step.value, data, step=step))
        if step is Step.SEARCH and data.decisions.search is not None:
            yield from _runs(data, data.decisions.search)
        if step is Step.SELECTION:
            yield Section("scores", "평가표와 점수", _html("scores", data), level=2)
        if step is Step.CONTRACT:
            yield Section("annex", "서비스수준 부속서", _html("annex", data), level=2)
    yield _section("rules", "규칙별 판단 결과", data)
    yield _section("evidence", "증빙 파일 목록", data)
    yield _section("ledger", "이 건의 원장", data, landscape=True)


def _section(key: str, title: str, data: BundleInput, landscape: bool = False) -> Section:
    return Section(key, title, _html(key, data), landscape=landscape)


def _runs(data: BundleInput, search: FrozenSearch) -> Iterator[Section]:
    numbers = {run.run_id: run.number for run in search.runs}
    for run in search.runs:
        final = search.is_final(run)
        mark = "(최종)" if final else ""
        yield Section(
            f"run-{run.number}",
            f"검색 {run.number}번{mark} 기록과 전체 결과 {len(run.results)}건",
            _html("run", data, run=run, final=final, numbers=numbers),
            level=2,
            landscape=True,
        )


def _html(template: str, data: BundleInput, **more: Any) -> str:
    return _environment().get_template(f"{template}.html").render(b=data, d=data.decisions, **more)


@lru_cache(maxsize=1)
def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(ROOT / "templates" / "bundle"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters.update(
        won=_won,
        won_words=lambda amount: "–" if amount is None else won_in_words(amount),
        day=_day,
        moment=_moment,
        lines=_lines,
        scaled=_scaled,
        points=lambda hundredths: f"{Decimal(hundredths) / 100:.2f}",
        yes=_yes,
        badge=_badge,
        size=_size,
        digest=lambda text: Markup('<span class="digest">{}</span>').format(text) if text else "–",
        short=lambda digest: digest[:16],
        grouped=lambda digest: " ".join(digest[at : at + 8] for at in range(0, len(digest), 8)),
        zip=zip,
        title_of=lambda key, titles: titles.get(key, "낮은 가격"),
        per_mille=lambda millionths: f"{Decimal(millionths) / 1000:f}/1,000",
    )
    environment.globals.update(
        t=bundle_tables,
        widths=column_widths,
        dict=dict,
        Step=Step,
        SPEC=SPEC,
        QUESTIONS=QUESTIONS,
        SECTIONS=SECTIONS,
        guideline=guideline,
    )
    return environment


def _won(amount: int | None) -> str:
    return "–" if amount is None else f"{format_won(amount)}원"


def _day(value: date | datetime | None) -> str:
    if value is None:
        return "–"
    return format_date(value.astimezone(_SEOUL).date() if isinstance(value, datetime) else value)


def _moment(value: datetime | None) -> str:
    return "–" if value is None else f"{_day(value)} {value.astimezone(_SEOUL):%H:%M}"


def _lines(text: str) -> Markup:
    return Markup("<br/>").join(escape(line) for line in text.splitlines()) if text else Markup("–")


def _scaled(thousandths: int, unit: str = "") -> str:
    number = Decimal(thousandths) / 1000
    text = f"{number:,f}"
    text = text.rstrip("0").rstrip(".") if "." in text else text
    return f"{text}{unit}" if unit in ("", "%") else f"{text} {unit}"


def _yes(value: bool | None) -> str:
    return "–" if value is None else "예" if value else "아니요"


def _badge(outcome: Outcome) -> Markup:
    name, sign = _BADGES[outcome]
    return Markup('<span class="badge badge-{}">{} {}</span>').format(name, sign, outcome.label)


def _size(size_bytes: int) -> str:
    return f"{size_bytes:,}바이트"

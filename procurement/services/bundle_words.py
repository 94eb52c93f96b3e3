"""The words of a bundle: its templates, and how numbers, days and outcomes are written in them."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup, escape

from procurement.adapters.pdf import column_widths
from procurement.domain import guideline
from procurement.domain.closing import kept_from
from procurement.domain.facts.definition import QUESTIONS, SECTIONS
from procurement.domain.formulas import statement
from procurement.domain.money import format_won, won_in_words
from procurement.domain.periods import format_date
from procurement.domain.rules.base import Outcome
from procurement.domain.rules.reading import korean_day
from procurement.domain.steps import SPEC, Step
from procurement.services import bundle_tables
from procurement.services.bundle_templates import TEMPLATES, CompiledTemplates

_SEOUL = ZoneInfo("Asia/Seoul")
_BADGES = {
    Outcome.MET: ("met", "✓"),
    Outcome.JUSTIFIED: ("reason", "✓"),
    Outcome.UNMET: ("unmet", "■"),
    Outcome.NOT_APPLICABLE: ("na", "–"),
    Outcome.NOT_YET: ("pending", "○"),
}


def written(template: str, **values: Any) -> str:
    """A fragment of HTML from the template of that name; raises ``UndefinedError`` for a value it lacks."""
    return _environment().get_template(f"{template}.html").render(**values)


@lru_cache(maxsize=1)
def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(TEMPLATES),
        bytecode_cache=CompiledTemplates(),
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
        statement=statement,
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
        kept_from=kept_from,
        korean_day=korean_day,
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

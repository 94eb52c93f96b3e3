"""How values look on a page: Jinja filters and the few helpers that the templates call."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import cache
from typing import Any
from zoneinfo import ZoneInfo

from flask import Flask, url_for
from markupsafe import Markup, escape
from werkzeug.routing import BuildError
from wtforms import Field, FieldList, Form, FormField

from procurement.domain.counting import counted
from procurement.domain.erasing import is_mark
from procurement.domain.formulas import statement
from procurement.domain.hangul import settled
from procurement.domain.money import MAX_WON, format_won, won_in_words
from procurement.domain.periods import format_date
from procurement.domain.rules.base import Finding, Outcome, Severity
from procurement.domain.rules.registry import in_turn

SEOUL = ZoneInfo("Asia/Seoul")
_WEEKDAYS = "월화수목금토일"
_CIRCLED = "①②③④⑤⑥⑦⑧⑨⑩⑪⑫⑬⑭⑮⑯⑰⑱⑲⑳"


@dataclass(frozen=True)
class Look:
    """How a state is shown: ``word`` and ``sign`` and ``tone`` together, never colour alone.

    ``tone`` is one of success, info, neutral, warning, danger; ``key`` goes into ``data-state``.
    """

    key: str
    word: str
    sign: str
    tone: str


_STATES = {
    look.key: look
    for look in (
        Look("done", "완료", "✓", "success"),
        Look("active", "진행 중", "●", "info"),
        Look("waiting", "대기", "○", "neutral"),
        Look("reason", "사유 필요", "!", "warning"),
        Look("blocked", "막힘", "■", "danger"),
        Look("stale", "다시 확인", "!", "warning"),
        Look("stopped", "멈춤", "■", "neutral"),
    )
}
_STATE_NAMES = {look.word: look for look in _STATES.values()} | _STATES | {"open": _STATES["active"]}

_OUTCOMES = {
    Outcome.MET: Look("met", "충족", "✓", "success"),
    Outcome.JUSTIFIED: Look("justified", "사유 기재", "✓", "warning"),
    Outcome.UNMET: Look("unmet", "미충족", "■", "danger"),
    Outcome.NOT_APPLICABLE: Look("not_applicable", "해당 없음", "–", "neutral"),
    Outcome.NOT_YET: Look("not_yet", "아직 아님", "○", "neutral"),
}
_UNMET = {
    Severity.BLOCK: Look("blocked", "막힘", "■", "danger"),
    Severity.JUSTIFY: Look("reason", "사유 필요", "!", "warning"),
    Severity.REMIND: Look("remind", "안내", "●", "info"),
    Severity.NONE: Look("remind", "안내", "●", "info"),
}

_TO_DO = Look("to_do", "할 일", "○", "neutral")


def won(amount: int | None) -> str:
    """Whole won with separators and unit: ``12,650,000원``; nothing yet is ``–``."""
    return "–" if amount is None else f"{format_won(amount)}원"


def won_words(amount: int | None) -> str:
    """Figures and words as documents want them: ``금12,650,000원(금일천이백육십오만원)``."""
    return "–" if amount is None else won_in_words(amount)


def _day(value: date | datetime) -> date:
    if isinstance(value, datetime):
        return _seoul(value).date()
    return value


def _seoul(moment: datetime) -> datetime:
    # SQLite hands naive datetimes back when a column type is forgotten; they are UTC all the same.
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(SEOUL)


def korean_date(value: date | datetime | None) -> str:
    """``2026. 11. 21.``; a datetime is taken at Seoul's day; nothing yet is ``–``."""
    return "–" if value is None else format_date(_day(value))


def korean_datetime(moment: datetime | None) -> str:
    """An aware datetime in Seoul: ``2026. 11. 21. 14:05``; nothing yet is ``–``."""
    return "–" if moment is None else f"{korean_date(moment)} {_seoul(moment):%H:%M}"


def weekday(value: date | datetime) -> str:
    """The day of the week in one letter: ``월``."""
    return _WEEKDAYS[_day(value).weekday()]


def d_day(days: int) -> str:
    """Days that are left: ``D-2``, ``D-day``, and ``3일 지남`` once they are over."""
    if days == 0:
        return "D-day"
    return f"D-{days}" if days > 0 else f"{-days}일 지남"


def nl2br(text: str | None) -> Markup:
    """Text with its line breaks kept and everything else escaped."""
    return Markup("<br>\n").join(escape(line) for line in (text or "").splitlines())


def short_digest(digest: str) -> str:
    """The first twelve characters of a digest and an ellipsis; the whole one belongs in ``title``."""
    return digest if len(digest) <= 12 else f"{digest[:12]}…"


def circled(number: int) -> str:
    """``1`` → ``①`` up to 20, plain figures beyond."""
    return _CIRCLED[number - 1] if 1 <= number <= len(_CIRCLED) else str(number)


def group_digits(text: str | None) -> str:
    """Separators for a bare run of digits; anything else comes back as it was typed."""
    typed = (text or "").strip()
    return format_won(int(typed)) if typed.isascii() and typed.isdigit() and len(typed) <= 20 else typed


def field_text(field: Field) -> str:
    """What stands in a text input: as typed when it was sent, else dates in the Korean form."""
    if field.raw_data:
        return str(field.raw_data[0])
    if isinstance(field.data, date):
        return korean_datetime(field.data) if isinstance(field.data, datetime) else korean_date(field.data)
    return "" if field.data is None else str(field.data)


_KINDS = (
    ("Boolean", "checkbox"),
    ("Radio", "choices"),
    ("Checkbox", "choices"),
    ("Select", "select"),
    ("File", "file"),
    ("TextArea", "textarea"),
    ("Money", "money"),
    ("Won", "money"),
    ("DateTime", "text"),
    ("Date", "date"),
)


def field_kind(field: Field) -> str:
    """The input a field gets: text, textarea, select, checkbox, choices, file, money or date.

    Goes by the name of the field's class, then of what it derives from: a ``LineMoneyField`` is money.
    """
    own: Any = type(field)
    return _kind_of(own, type(field.widget).__name__)


@cache
def _kind_of(field: type[Any], widget: str) -> str:
    for ancestor in field.__mro__:
        for part, kind in _KINDS:
            if part in ancestor.__name__:
                return _choice_kind(widget) if kind == "select" else kind
    return "textarea" if "TextArea" in widget else "text"


def _choice_kind(widget: str) -> str:
    """A select whose widget lists its options is a group of boxes."""
    return "choices" if widget in {"ListWidget", "TableWidget"} else "select"


def field_attrs(
    field: Field, notes: Iterable[str] = (), attrs: dict[str, Any] | None = None, required: bool | None = None
) -> dict[str, Any]:
    """Attributes that tie an input to the texts around it.

    :param notes: endings of the ids of those texts, in reading order (``hint``, ``example``, ``echo``).
    :param attrs: more attributes, as the caller of the macro gave them.
    :param required: whether the page calls it required; ``None``: as the field's validators say.
    """
    ids = [f"{field.id}-{note}" for note in (*notes, *(["error"] if field.errors else []), "live")]
    must = bool(getattr(field.flags, "required", False)) if required is None else required
    # The browser's own bubbles speak the browser's language; the server's sentences say how to mend it.
    tied: dict[str, Any] = {"aria_describedby": " ".join(ids), "required": False}
    if must:
        tied["aria_required"] = "true"
    if field.errors:
        tied["aria_invalid"] = "true"
    return tied | (attrs or {})


def flat_errors(form: Form) -> list[dict[str, str]]:
    """Every error of a form and of the rows within it, as ``{"id", "label", "message"}`` in field order.

    ``id`` is that of the input to jump to, ``""`` for what concerns the whole form.
    """
    own = getattr(form, "form_errors", None) or []
    whole = [{"id": "", "label": "", "message": str(message)} for message in own]
    return whole + [error for field in form for error in _errors_of(field)]


def _errors_of(field: Field) -> Iterator[dict[str, str]]:
    if isinstance(field, FormField):
        yield from flat_errors(field.form)
        return
    if isinstance(field, FieldList):
        for number, entry in enumerate(field.entries, start=1):
            for error in _errors_of(entry):
                yield error | {"label": f"{field.label.text} {number} · {error['label']}"}
    for message in field.errors:
        # The rows above have spoken for themselves: what a list of rows repeats of them is left out.
        if isinstance(message, str):
            yield {"id": field.id, "label": str(field.label.text), "message": message}


def state_look(state: str) -> Look:
    """How a step's or a task's state is shown, by its stored value or its Korean word.

    :raises KeyError: a state that the pages do not know: a slip of the page's author.
    """
    return _STATE_NAMES[str(getattr(state, "value", state))]


def outcome_look(outcome: Outcome) -> Look:
    """How a rule's outcome is shown in a table of outcomes."""
    return _OUTCOMES[outcome]


def finding_look(finding: Finding, attempted: bool = False) -> Look:
    """How a finding is shown beside the form: what is unmet looks as grave as it is.

    ``attempted``: somebody tried to complete the step, so that what is still to do holds it back.
    """
    if finding.to_do and not attempted:
        return _TO_DO
    return _UNMET[finding.severity] if finding.outcome is Outcome.UNMET else _OUTCOMES[finding.outcome]


def sort_findings(findings: Iterable[Finding], attempted: bool = False) -> dict[str, list[Finding]]:
    """Findings by ``open`` (blocking first), ``to_do``, ``reasoned``, ``settled`` and ``later``.

    ``to_do`` is what nobody has done yet, the next thing first; ``attempted`` as in ``finding_look``.
    """
    gravity = list(_UNMET)
    groups: dict[str, list[Finding]] = {"open": [], "to_do": [], "reasoned": [], "settled": [], "later": []}
    names = {Outcome.UNMET: "open", Outcome.JUSTIFIED: "reasoned", Outcome.NOT_YET: "later"}
    for finding in in_turn(findings):
        waits = finding.to_do and not attempted
        groups["to_do" if waits else names.get(finding.outcome, "settled")].append(finding)
    groups["open"].sort(key=lambda finding: gravity.index(finding.severity))
    return groups


def by_rule(findings: Iterable[Finding]) -> list[tuple[str, list[Finding]]]:
    """Findings of one rule together, in the order in which the rules first come."""
    groups: dict[str, list[Finding]] = {}
    for finding in findings:
        groups.setdefault(finding.rule_id, []).append(finding)
    return list(groups.items())


_CELL = re.compile(r"<(tr|td|th)((?:\s[^>]*)?)>")
_SPAN = re.compile(r'\scolspan=["\x27]?(\d+)')
_ROLES = {"tr": "row", "td": "cell", "th": "rowheader"}


def labelled_rows(body: str, heads: Sequence[str | Mapping[str, Any]]) -> Markup:
    """Rows of a table whose cells say their own column, for where a narrow screen shows a row as a card.

    Cells keep their roles in words, since a browser forgets them once they are laid out as blocks.
    """
    labels = [head if isinstance(head, str) else "" if head.get("hidden") else head["text"] for head in heads]
    column = 0

    def mark(found: re.Match[str]) -> str:
        nonlocal column
        kind, given = found.groups()
        role = f' role="{_ROLES[kind]}"'
        if kind == "tr":
            column = 0
            return f"<tr{given}{role}>"
        label = labels[column] if column < len(labels) and kind == "td" else ""
        span = _SPAN.search(given)
        column += int(span[1]) if span else 1
        # A cell over several columns speaks for the row, not for the first of them.
        said = f' data-label="{escape(label)}"' if label and not span else ""
        return f"<{kind}{given}{role}{said}>"

    return Markup(_CELL.sub(mark, body))  # noqa: S704 - the body is a template's, the labels are escaped


def safe_url(endpoint: str, **values: Any) -> str:
    """``url_for``, or ``""`` where this installation has no such page; the link is then left out."""
    try:
        return url_for(endpoint, **values)
    except BuildError:
        return ""


_FILTERS = (
    counted,
    settled,
    won,
    won_words,
    korean_date,
    korean_datetime,
    weekday,
    d_day,
    nl2br,
    short_digest,
    circled,
    group_digits,
    field_text,
    field_attrs,
    field_kind,
    flat_errors,
    state_look,
    outcome_look,
    finding_look,
    sort_findings,
    by_rule,
    labelled_rows,
    statement,
)


def register(app: Flask) -> None:
    """Give the templates their filters, ``safe_url`` and ``max_won``."""
    for function in _FILTERS:
        app.jinja_env.filters[function.__name__] = function
    app.jinja_env.globals["safe_url"] = safe_url
    app.jinja_env.tests["erased"] = lambda text: isinstance(text, str) and is_mark(text)
    app.jinja_env.globals["max_won"] = MAX_WON

"""What the sub-pages of ⑤ share: their frame, and how a refused form is shown again with all its text."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import make_response, render_template
from werkzeug.wrappers import Response as BaseResponse
from wtforms import Form

from procurement.domain.errors import Conflict, InvalidInput, NotFound, Refused
from procurement.domain.facts import CaseFacts
from procurement.domain.facts.search import ResultRow
from procurement.domain.rules.reading import candidates, is_central
from procurement.domain.selection import quotes_sealed
from procurement.domain.steps import Step
from procurement.forms.record_fields import tell
from procurement.services import case_facts
from procurement.views.edge import case, may_act, note_refusal
from procurement.views.selection import lot_title, page_url, tabs
from procurement.views.step_frame import frame


def facts_of(lot: int) -> CaseFacts:
    """Facts of the case of this request; ``NotFound`` for a lot without a final run."""
    facts = case_facts.load(case())
    if facts.search.final(lot) is None:
        raise NotFound("최종 검색이 없습니다. ③에서 최종 검색을 정하면 이 쪽을 볼 수 있습니다.")
    return facts


def render(page: str, facts: CaseFacts, lot: int, status: int = 200, **more: Any) -> BaseResponse:
    """A sub-page of ⑤: its template, with the frame of the step around it."""
    context: dict[str, Any] = frame(Step.SELECTION, facts)
    context.update(
        lot=lot,
        lot_title=lot_title(facts, lot),
        lots=[
            (n, lot_title(facts, n), page_url(facts, n, page))
            for n in facts.head.lots
            if facts.search.final(n) is not None
        ],
        tabs=tabs(facts, lot, page),
        services=candidates(facts, lot),
        names=names(facts, lot),
        sealed=quotes_sealed(facts, lot),
        central=is_central(facts),
        open=context["editable"] and may_act("case.write"),
        tab_page=page,
    )
    context.update(more)
    return make_response(render_template(f"selection/{more.pop('template', page)}.html", **context), status)


def names(facts: CaseFacts, lot: int) -> dict[str, str]:
    """Names of the lot's services by result id."""
    return {row.result_id: row.service_name for row in candidates(facts, lot)}


def choices(services: tuple[ResultRow, ...]) -> list[tuple[str, str]]:
    """Services as choices: the name, and who provides it."""
    found = []
    for row in services:
        provider = f" ({row.provider_name})" if row.provider_name else ""
        found.append((row.result_id, row.service_name + provider))
    return found


def files(facts: CaseFacts, *purposes: str) -> list[tuple[str, str]]:
    """Stored files of these purposes that stand, as choices."""
    return [(e.evidence_id, e.name) for purpose in purposes for e in facts.evidence_for(purpose)]


def attempt(form: Form, act: Callable[[], object]) -> int:
    """Do ``act``; what it refuses is put beside the form's field, and a guard's refusal is written down.

    Returns 0 when done, else the status with which to show the form again.
    """
    try:
        act()
    except (InvalidInput, Conflict) as error:
        tell(form, error)
        return error.status
    except Refused as error:
        note_refusal(error)
        tell(form, error)
        return error.status
    return 0


def attempt_filled(form: Form, act: Callable[[], object]) -> int:
    """``attempt`` when the form is filled in rightly, else the status with which to show it again."""
    return attempt(form, act) if form.validate() else InvalidInput.status

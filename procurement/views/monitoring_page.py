"""The frame of ⑧'s sub-pages: tabs, and the way back with a word on what was done."""

from __future__ import annotations

from typing import Any

from flask import flash, make_response, redirect, render_template, url_for
from werkzeug.wrappers import Response as BaseResponse

from procurement.domain.facts import CaseFacts
from procurement.domain.facts.contract import SlaIndicator
from procurement.domain.steps import Step
from procurement.services import levels
from procurement.services.monitoring import indicators_of
from procurement.views.record_page import SHOW
from procurement.views.step_frame import frame

# Sub-page → title and endpoint; the first one is the step's own page.
TABS = {
    "levels": ("서비스수준", "steps.show"),
    "faults": ("장애", "faults.index"),
    "duties": ("이행사항", "duties.index"),
    "demands": ("개선 요구", "monitoring.demands"),
    "watched": ("변경·상태·통지", "watched.index"),
}


def url_of(tab: str, number: str) -> str:
    """Address of a sub-page."""
    endpoint = TABS[tab][1]
    if endpoint == "steps.show":
        return url_for(endpoint, number=number, step=Step.MONITORING)
    return url_for(endpoint, number=number)


def tab_context(facts: CaseFacts, current: str) -> dict[str, Any]:
    """What the templates of ⑧ share besides the frame of a step."""
    return {
        "tabs": [
            {"title": title, "url": url_of(tab, facts.head.number), "current": tab == current}
            for tab, (title, _) in TABS.items()
        ],
        "here": url_of(current, facts.head.number),
        "shown": levels.shown,
        "names": {indicator.key: indicator.name for indicator in indicators_of(facts)},
    }


def page(template: str, facts: CaseFacts, tab: str, status: int = SHOW, **context: Any) -> BaseResponse:
    """A sub-page of ⑧ under ``tab``."""
    text = render_template(
        f"monitoring/{template}.html",
        **{**frame(Step.MONITORING, facts), **tab_context(facts, tab), **context},
    )
    return make_response(text, status)


def back(tab: str, number: str, message: str) -> BaseResponse:
    """To a sub-page, with a word on what was done."""
    flash(message, "success")
    return redirect(url_of(tab, number))


def indicator_or_none(facts: CaseFacts, key: str) -> SlaIndicator | None:
    """The indicator with this key, if the annex has it."""
    return next((indicator for indicator in indicators_of(facts) if indicator.key == key), None)

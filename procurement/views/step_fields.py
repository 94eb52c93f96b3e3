"""The fields of a step's form as HTML. Those of what is saved are rendered once, then remembered.

Nothing stale can come of it: the template of the fields is rendered by itself and sees only the values
that it is remembered by (the document, what the page says it shows, whether one may write). Whatever is
typed, refused or kept as a draft is rendered each time.
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from functools import lru_cache
from typing import Any

from flask import current_app, request
from jinja2 import Template

from procurement.domain.errors import NotFound
from procurement.domain.facts import CaseFacts
from procurement.forms.base import StepForm
from procurement.views.step_page import StepPage

# The fields of a contract are the longest, some 100 kB.
REMEMBERED = 256


def form_of(page: StepPage, facts: CaseFacts, fields: Any = None, *, document: Any = None) -> StepForm:
    """The form of a step, filled with what was sent, or with ``document`` where nothing was.

    Raises ``NotFound`` for a step that has no form.
    """
    return _form(page, page.shown(facts), fields, document)


def typed(page: StepPage, form: StepForm, facts: CaseFacts, *, writable: bool) -> str:
    """The fields as somebody typed them, with the messages beside them."""
    return _rendered(page, _template(page), form, _values(page, facts, writable))


def saved(page: StepPage, facts: CaseFacts, *, writable: bool) -> str:
    """The fields of the document as it is saved, the same for everybody."""
    document = page.document(facts) if page.document else None
    values = tuple(_values(page, facts, writable).items())
    # URLs begin with the folder that the program is served in.
    return _remembered(page, _template(page), request.script_root, document, values)


def forget() -> None:
    """Forget what was rendered, for tests that look at it being rendered."""
    _remembered.cache_clear()


@lru_cache(maxsize=REMEMBERED)
def _remembered(
    page: StepPage, template: Template, _root: str, document: Any, values: tuple[tuple[str, Hashable], ...]
) -> str:
    shown = dict(values)
    return _rendered(page, template, _form(page, shown, None, document), shown)


def _form(page: StepPage, shown: Mapping[str, Any], fields: Any, document: Any) -> StepForm:
    if page.form is None:
        raise NotFound("이 단계에는 한꺼번에 저장하는 서식이 없습니다.")
    form = page.form(data=page.form.initial(document)) if fields is None else page.form(fields)
    if page.prepare is not None:
        page.prepare(form, shown)
    return form


def _values(page: StepPage, facts: CaseFacts, writable: bool) -> dict[str, Any]:
    return {**page.shown(facts), "number": facts.head.number, "writable": writable}


def _template(page: StepPage) -> Template:
    return current_app.jinja_env.get_template(f"steps/fields/{page.step.value}.html")


def _rendered(page: StepPage, template: Template, form: StepForm, values: Mapping[str, Any]) -> str:
    # Rendered by itself, not by Flask: no request, no person, no session gets in.
    return template.render(form=form, **values, **page.constants)

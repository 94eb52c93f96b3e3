"""WTForms' inputs, the same to the letter, with their attributes written at a fraction of the time.

A contract has some 150 fields. WTForms formats each attribute through ``Markup.format``, which took half of
the time of rendering them. A widget that is not listed here is drawn by WTForms itself.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from markupsafe import Markup, escape
from wtforms import widgets


def attributes(**given: Any) -> Markup:
    """Attributes of a tag, as ``wtforms.widgets.html_params`` writes them.

    Sorted by name; ``True`` is the name alone, ``False`` nothing at all, everything else is escaped.
    """
    parts = []
    for key, value in sorted(given.items()):
        if value is True:
            parts.append(clean_key(key))
        elif value is not False:
            # Text that calls itself safe may still hold a quotation mark.
            text = str(escape(value)).replace('"', "&quot;")
            parts.append(f'{clean_key(key)}="{text}"')
    return _escaped(" ".join(parts))


def clean_key(key: str) -> str:
    """The name of an attribute that Python cannot spell: ``class_``, ``data_…``, ``aria_…``."""
    key = key.rstrip("_")
    return key.replace("_", "-") if key.startswith(("data_", "aria_")) else key


def _escaped(text: str) -> Markup:
    return Markup(text)  # noqa: S704 - put together from what is escaped


class _TextInput(widgets.TextInput):
    html_params = staticmethod(attributes)


class _NumberInput(widgets.NumberInput):
    html_params = staticmethod(attributes)


class _HiddenInput(widgets.HiddenInput):
    html_params = staticmethod(attributes)


class _CheckboxInput(widgets.CheckboxInput):
    html_params = staticmethod(attributes)


class _RadioInput(widgets.RadioInput):
    html_params = staticmethod(attributes)


class _TextArea(widgets.TextArea):
    def __call__(self, field: Any, **given: Any) -> Markup:
        given.setdefault("id", field.id)
        for name in dir(field.flags):
            if name in self.validation_attrs:
                given.setdefault(name, getattr(field.flags, name))
        start = attributes(name=field.name, **given)
        return _escaped(f"<textarea {start}>\r\n{escape(field._value())}</textarea>")


class _Select(widgets.Select):
    # The types of WTForms are those of an older version.
    @classmethod
    def render_option(  # type: ignore[override]
        cls, choice: Any, **more: Any
    ) -> Markup:
        """One choice of the list."""
        value = str(choice.value) if isinstance(choice.value, bool) else choice.value
        given = {"value": value, **(choice.render_kw or {}), **more}
        if choice.selected:
            given["selected"] = True
        return _escaped(f"<option {attributes(**given)}>{escape(choice.label or choice.value)}</option>")


_OURS: Mapping[type[Any], Any] = {
    widgets.TextInput: _TextInput(),
    widgets.NumberInput: _NumberInput(),
    widgets.HiddenInput: _HiddenInput(),
    widgets.CheckboxInput: _CheckboxInput(),
    widgets.RadioInput: _RadioInput(),
    widgets.TextArea: _TextArea(),
}
_SELECT = _Select()


def widget_of(field: Any) -> Any:
    """The widget that draws ``field`` exactly as its own would: ours where there is one."""
    own = field.widget
    if type(own) is widgets.Select:
        return own if own.multiple else _SELECT
    return _OURS.get(type(own), own)

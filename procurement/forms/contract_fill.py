"""Filling what is still blank in the form of ⑥ with a ready set, leaving alone what was typed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import fields
from typing import Any

from wtforms import BooleanField, FieldList, FormField, SelectField, SelectMultipleField

from procurement.domain.facts.contract import ContractTerms
from procurement.forms.contract import ContractForm

# Fields that say something even where nobody has typed: first choices, boxes ticked from the start.
_ALWAYS = (
    "-timing",
    "-direction",
    "-key",
    "-id",
    "-round_the_clock",
    "-remote_has_no_arrival",
    "-witnessed_test",
)


def filled(typed: Mapping[str, list[str]], preset: ContractTerms) -> dict[str, list[str]]:
    """Form fields as typed, with each blank part taken from ``preset``.

    A part is a field of the terms, of the annex or of the clauses; rows count as one part.
    """
    offered: dict[str, list[str]] = {}
    for name, value in texts_of(ContractForm(data=ContractForm.initial(preset))):
        if _set_by(preset, name):
            offered.setdefault(name, []).append(value)
    written = {_part(name) for name, values in typed.items() if _says_something(name, values)}
    wanted = {name: values for name, values in offered.items() if _part(name) not in written}
    parts = {_part(name) for name in wanted}
    kept = {name: list(values) for name, values in typed.items() if _part(name) not in parts}
    return {**kept, **wanted}


def _part(name: str) -> str:
    pieces = name.split("-")
    return "-".join(pieces[:2]) if pieces[0] in ("sla", "clauses") else pieces[0]


def _set_by(preset: ContractTerms, name: str) -> bool:
    """Whether the set says anything of the field: differs from blank terms there."""
    pieces = name.split("-")
    if pieces[0] == "clauses":
        return any(clause.kind.value == pieces[1] for clause in preset.clauses)
    if pieces[0] == "sla":
        return bool(getattr(preset.sla, pieces[1]))
    blank = {field.name: getattr(ContractTerms(), field.name) for field in fields(ContractTerms)}
    return bool(getattr(preset, pieces[0]) != blank[pieces[0]])


def _says_something(name: str, values: Iterable[str]) -> bool:
    return not name.endswith(_ALWAYS) and any(value.strip() for value in values)


def texts_of(form: Iterable[Any]) -> Iterator[tuple[str, str]]:
    """Names and texts of every field of a form and its rows, as a browser would send them."""
    for field in form:
        if isinstance(field, FieldList):
            yield from texts_of(field.entries)
        elif isinstance(field, FormField):
            yield from texts_of(field.form)
        elif isinstance(field, BooleanField):
            if field.data:
                yield field.name, "y"
        elif isinstance(field, SelectMultipleField):
            yield from ((field.name, value) for value in field.data or ())
        elif isinstance(field, SelectField):
            yield field.name, str(field.data or "")
        else:
            yield field.name, field._value()

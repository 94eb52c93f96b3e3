"""What each header word of a saved page means."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from wtforms import SelectField

from procurement.domain.catalogue import FIELD_TITLES
from procurement.forms.base import Form, pairs


class LabelsForm(Form):
    """A choice for each header word; the fields are made for the page."""

    keys: Sequence[str] = ()

    def said(self) -> dict[str, str]:
        """Key of a header word → field, ``""`` for none."""
        return {key: self[f"label-{at}"].data or "" for at, key in enumerate(self.keys)}


def labels_form(sent: Any, labels: Sequence[tuple[str, str, str]], said: Mapping[str, str]) -> LabelsForm:
    """The form for ``labels`` (key, text, samples in one line); ``said`` is chosen where nothing was sent."""
    choices = pairs(FIELD_TITLES.items(), empty="쓰지 않음")
    fields = {
        f"label-{at}": SelectField(text, choices=choices, description=samples)
        for at, (_key, text, samples) in enumerate(labels)
    }
    keys = [key for key, _text, _samples in labels]
    made: type[LabelsForm] = type("PageLabelsForm", (LabelsForm,), {**fields, "keys": keys})
    return made(sent, data={f"label-{at}": said.get(key, "") for at, key in enumerate(keys)})

"""Forms of the catalogue: the columns of a file, and a name of the institution's own."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, cast

from wtforms import RadioField, SelectField, StringField
from wtforms.validators import InputRequired, Length

from procurement.domain.catalogue import FIELD_TITLES
from procurement.forms.base import Form, long_text, pairs

NAME_KINDS = pairs([("company", "기업"), ("service", "서비스·제품"), ("technology", "기술")])


class MappingForm(Form):
    """For each fact of a service the column that states it."""

    def offer(self, columns: Sequence[str]) -> None:
        """Offer the columns of the file."""
        for field in cast(Iterable[SelectField], self):
            field.choices = pairs(((c, c) for c in columns), empty="이 파일에 없음")

    def mapping(self) -> dict[str, str]:
        """Field → column, for what was chosen."""
        return {field.name: field.data for field in self if field.data}

    def twice(self) -> str | None:
        """A column chosen for two facts, ``None`` when there is none."""
        chosen = [field.data for field in self if field.data]
        return next((column for column in chosen if chosen.count(column) > 1), None)


def mapping_form(fields: Any, columns: Sequence[str], proposed: Mapping[str, str]) -> MappingForm:
    """The form for a file with these ``columns``; ``proposed`` is chosen where nothing was sent."""
    known = {name: SelectField(title, validate_choice=False) for name, title in FIELD_TITLES.items()}
    form: MappingForm = type("FileMappingForm", (MappingForm,), known)(fields, data=dict(proposed))
    form.offer(columns)
    return form


class NameForm(Form):
    """A company, service or technology that no search word may name."""

    name = StringField(
        "이름",
        [
            InputRequired("기업명이나 서비스명을 적어 주세요."),
            Length(max=200, message="이름은 200자까지 적을 수 있습니다. 줄여 주세요."),
        ],
    )
    aliases = StringField("다른 이름", [long_text])
    kind = RadioField("종류", choices=NAME_KINDS, default="company")

    def other_names(self) -> list[str]:
        """Other names, which are typed with commas between them."""
        return [part.strip() for part in (self.aliases.data or "").split(",") if part.strip()]

"""Our widgets write what WTForms would write, to the letter."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markupsafe import Markup
from werkzeug.datastructures import MultiDict
from wtforms import (
    BooleanField,
    FileField,
    HiddenField,
    IntegerField,
    RadioField,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
)
from wtforms.fields.choices import SelectChoice
from wtforms.meta import DefaultMeta
from wtforms.validators import InputRequired, Length
from wtforms.widgets import html_params

from procurement.forms.base import DateField, Form, MoneyField, pairs
from procurement.forms.widgets import attributes

NAMES = st.sampled_from(["class_", "id", "data_draft_url", "data-echo", "aria_describedby", "for_", "value"])
TEXTS = st.text(alphabet="가 a<>&\"'\n\r`=/")
VALUES = TEXTS | TEXTS.map(Markup) | st.booleans() | st.none() | st.integers()
CHOICES = pairs([("", "고르세요"), ("<a>", '"가" & 나'), ("b", "둘째")])


class Everything(Form):
    """A field of each kind."""

    text = StringField("글", [InputRequired(), Length(min=2, max=10)])
    area = TextAreaField("긴 글", [Length(max=10)], render_kw={"class_": "own", "data_kind": "<b>"})
    number = IntegerField("수")
    box = BooleanField("상자", [InputRequired()])
    one = SelectField("하나", choices=CHOICES)
    grouped = SelectField("묶음", choices=[SelectChoice("a", "가", optgroup="<첫>"), SelectChoice("b", "나")])
    several = SelectMultipleField("여럿", choices=CHOICES)
    radio = RadioField("단추", choices=CHOICES)
    hidden = HiddenField()
    file = FileField("파일")
    money = MoneyField("돈")
    day = DateField("날")


@given(st.dictionaries(NAMES, VALUES))
def test_attributes_are_written_as_wtforms_writes_them(given_: dict[str, Any]) -> None:
    assert attributes(**given_) == html_params(**given_)
    assert isinstance(attributes(**given_), Markup)


@pytest.mark.parametrize("typed", ["", "<a>", "b", "12", '"&\r\n<'])
def test_every_field_is_drawn_as_wtforms_draws_it(typed: str) -> None:
    form = Everything(MultiDict([(name, typed) for name in Everything()._fields]))
    form.validate()
    theirs, drawn = DefaultMeta(), 0
    for field in form:
        more = {"class_": "input", "required": False, "aria_describedby": f"{field.id}-live"}
        for kwargs in ({}, more, {"value": typed, "data_x": True} if field.name == "text" else {}):
            assert field(**kwargs) == theirs.render_field(field, kwargs), field.name
            drawn += 1
        for option in field if field.name == "radio" else ():
            assert option(required=False) == theirs.render_field(option, {"required": False})
    assert drawn == 3 * len(form._fields)

"""Whole numbers as people type them, and what only a machine would take for one."""

import pytest
from werkzeug.datastructures import MultiDict

from procurement.forms.base import CountField, Form


class Counting(Form):
    """A form with one count."""

    number = CountField("수")


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        ("3", 3),
        (" 1,000 ", 1_000),
        ("０１２", 12),
        ("-1", -1),
        ("1_000", None),
        ("+5", None),
        ("٣", None),
        ("1,0,0", None),
        ("②", None),
        ("1e9", None),
        ("일백만", None),
        ("9" * 5_000, None),
    ],
)
def test_a_count_is_read_as_people_type_it(typed: str, read: int | None) -> None:
    form = Counting(MultiDict({"number": typed}))
    assert form.validate() is (read is not None)
    assert form.number.data == read
    assert read is not None or any("정수" in str(error) for error in form.number.errors)

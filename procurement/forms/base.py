"""What all forms share: Korean messages, money and date fields, and the link to a step's document."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any

from wtforms import Form as PlainForm
from wtforms import IntegerField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]  # newer than its types
from wtforms.i18n import get_translations
from wtforms.validators import DataRequired, Length

from procurement.domain.errors import InvalidInput
from procurement.domain.hangul import half_width
from procurement.domain.labels import Labelled
from procurement.domain.money import format_won, parse_won
from procurement.domain.periods import format_date, parse_date
from procurement.forms.widgets import clean_key, widget_of

LONG_TEXT = 20_000
SHORT_TEXT = 300
MOST_ROWS = 200
LONGEST_COUNT = 18
# Versions and numbers of lots; a database cannot hold many more digits.
LONGEST_HIDDEN = 9

long_text = Length(
    max=LONG_TEXT, message=f"{LONG_TEXT:,}자까지 적을 수 있습니다. 줄이거나 파일로 붙여 주세요."
)
short_text = Length(max=SHORT_TEXT, message=f"{SHORT_TEXT}자까지 적을 수 있습니다. 줄여 주세요.")


class _Sentences:
    """What WTForms itself says, in Korean; where its own translation does not say how to mend, ours does."""

    OURS: Mapping[str, str] = {
        "Not a valid choice.": "목록에 없는 것입니다. 목록에서 다시 골라 주세요.",
        "Invalid Choice: could not coerce.": "목록에 없는 것입니다. 목록에서 다시 골라 주세요.",
        "This field is required.": "비어 있습니다. 이 칸을 채워 주세요.",
    }

    def __init__(self) -> None:
        self._theirs = get_translations(["ko"])

    def gettext(self, string: str) -> str:
        """The sentence for WTForms' English one."""
        return self.OURS.get(string) or str(self._theirs.gettext(string))

    def ngettext(self, singular: str, plural: str, n: int) -> str:
        """The sentence for one or many."""
        return str(self._theirs.ngettext(singular, plural, n))


_SENTENCES = _Sentences()


def wording_reason() -> TextAreaField:
    """The field for why a text has to stand that reads like bargaining; shown when it is asked for."""
    return TextAreaField("이 말을 그대로 두는 사유", [long_text])


class Form(PlainForm):
    """A form whose own messages are Korean, too."""

    class Meta:
        """WTForms' settings of a form."""

        def get_translations(self, _form: object) -> _Sentences:
            """The sentences of every field."""
            return _SENTENCES

        def render_field(self, field: Any, render_kw: dict[str, Any]) -> Any:
            """The input of a field, drawn as WTForms would."""
            own = {clean_key(key): value for key, value in (field.render_kw or {}).items()}
            given = {clean_key(key): value for key, value in render_kw.items()}
            return widget_of(field)(field, **{**own, **given})


def options(kind: type[Labelled], *, empty: str | None = None) -> list[SelectChoice]:
    """Choices of an enumeration, with ``empty`` as a first choice that says nothing."""
    first = [] if empty is None else [SelectChoice("", empty)]
    return [*first, *(SelectChoice(known.value, known.label) for known in kind)]


def pairs(choices: Iterable[tuple[str, str]], *, empty: str | None = None) -> list[SelectChoice]:
    """Choices from (value, label) pairs."""
    first = [] if empty is None else [SelectChoice("", empty)]
    return [*first, *(SelectChoice(value, label) for value, label in choices)]


def member(kind: Any, value: str | None) -> Any:
    """The member of an enumeration for a posted value; ``None`` for none or an unknown one."""
    return kind(value) if value in {known.value for known in kind} else None


def text_of(field: Any) -> str:
    """What a text field says, without blanks around it."""
    return (field.data or "").strip()


def count_of(text: str | None) -> int:
    """The whole number that a page put into a hidden field; 0 for anything that no page puts there."""
    given = text or ""
    return int(given) if given.isascii() and given.isdigit() and len(given) <= LONGEST_HIDDEN else 0


class TypedField(StringField):
    """A text that is read as something else: ``None`` when empty or wrong, and what was typed is kept."""

    def __init__(self, label: str = "", *args: Any, **kwargs: Any) -> None:
        super().__init__(label, *args, **kwargs)
        self.typed = ""

    def read(self, typed: str) -> Any:
        """What was typed, as the value it means; raises ``InvalidInput`` when it cannot be read."""
        raise NotImplementedError

    def show(self, value: Any) -> str:
        """The value, as it is typed."""
        raise NotImplementedError

    def process_formdata(self, valuelist: Sequence[Any]) -> None:
        """Read the value; a wrong one keeps what was typed."""
        self.typed = valuelist[0] if valuelist else ""
        self.data = None
        if self.typed.strip():
            try:
                self.data = self.read(self.typed)
            except InvalidInput as error:
                raise ValueError(error.message) from None

    def _value(self) -> str:
        return self.typed if self.data is None else self.show(self.data)


class MoneyField(TypedField):
    """An amount in whole won, typed with or without separators; empty is ``None``."""

    data: int | None  # type: ignore[assignment]

    def __init__(self, label: str = "", *, allow_zero: bool = False, **kwargs: Any) -> None:
        super().__init__(label, **kwargs)
        self.allow_zero = allow_zero

    def read(self, typed: str) -> int:
        """The amount in won."""
        return parse_won(typed, allow_zero=self.allow_zero)

    def show(self, value: int) -> str:
        """The amount with separators."""
        return format_won(value).removesuffix("원")


class DateField(TypedField):
    """A day, typed as 20261121, 2026-11-21 or 2026. 11. 21.; empty is ``None``."""

    data: date | None  # type: ignore[assignment]

    def read(self, typed: str) -> date:
        """The day."""
        return parse_date(typed)

    def show(self, value: date) -> str:
        """The day as 2026. 11. 21."""
        return format_date(value)


# What Python reads as a number is more than what people mean by one: 1_000, +5, figures of other scripts.
_COUNT = re.compile(r"-?(?:[0-9]+|[0-9]{1,3}(?:,[0-9]{3})+)")


class CountField(IntegerField):
    """A whole number, with separators or without; one that is too long is refused before any reckoning."""

    def process_formdata(self, valuelist: Sequence[Any]) -> None:
        """Read the number; a wrong one keeps what was typed."""
        if not valuelist:
            return
        typed, self.data = half_width(str(valuelist[0])), None
        if len(typed) > LONGEST_COUNT:
            raise ValueError(f"수가 너무 깁니다. {LONGEST_COUNT}자리 이하의 정수로 적어 주세요.")
        if _COUNT.fullmatch(typed) is None:
            raise ValueError("정수로 읽을 수 없습니다. 3처럼 숫자만 적어 주세요.")
        self.data = int(typed.replace(",", ""))


class ReasonForm(Form):
    """The reason for an act that asks for one."""

    reason = TextAreaField("사유", [DataRequired("사유를 적어 주세요."), long_text])


def _longest_list(names: Iterable[str]) -> int:
    """Rows of the longest list among field names such as ``lots-0-terms-3-word``."""
    rows: dict[str, set[str]] = {}
    for name in names:
        parts = name.split("-")
        for place, part in enumerate(parts[1:], start=1):
            if part.isdigit():
                rows.setdefault("-".join(parts[:place]), set()).add(part)
    return max((len(found) for found in rows.values()), default=0)


class ListForm(Form):
    """A form with lists of rows, none of which is without end."""

    def process(self, formdata: Any = None, *args: Any, **kwargs: Any) -> None:
        """Fill the fields; refuses more rows than a person would type, before they are made.

        Raises ``InvalidInput``.
        """
        if formdata is not None and _longest_list(formdata) > MOST_ROWS:
            raise InvalidInput(
                f"한 목록에는 {MOST_ROWS}줄까지 적을 수 있습니다. 비슷한 줄을 합치거나 파일로 붙여 주세요."
            )
        super().process(formdata, *args, **kwargs)

    def change_rows(self, add: str | None, remove: str | None) -> None:
        """Add an empty row to the list ``add`` or take out the row ``remove`` (``"lines-2"``).

        For browsers without scripts, whose row buttons send the whole form.
        """
        if add is not None:
            entries = self._row_list(add)
            if entries is not None:
                entries.append_entry()
        if remove is not None:
            name, _, place = remove.rpartition("-")
            entries = self._row_list(name)
            if entries is not None and place.isdecimal():
                entries.entries = [e for e in entries.entries if e.name != remove]

    def _row_list(self, name: str) -> Any:
        """The list of rows of that name, also inside another row (``"lots-0-terms"``)."""
        found: Any = self
        for part in name.split("-"):
            try:
                found = found.entries[int(part)] if part.isdecimal() else found[part]
            except (KeyError, IndexError, AttributeError, TypeError):
                return None
        return found if hasattr(found, "append_entry") else None


class StepForm(ListForm):
    """The form of a step's document.

    A subclass says how a document fills the form (``initial``) and how the form makes a document
    (``to_document``). Forms hold no rule: what a document lacks is said by the rules.
    """

    @classmethod
    def initial(cls, document: Any) -> dict[str, Any]:
        """Form data that shows ``document`` (``None``: an empty one)."""
        raise NotImplementedError

    def to_document(self) -> Any:
        """The document that the form says; call it after ``validate``."""
        raise NotImplementedError

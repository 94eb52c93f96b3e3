"""Forms of what is read from other sites: goods of the procurement service, a result page by its address."""

from __future__ import annotations

from collections.abc import Mapping

from wtforms import SelectField, StringField
from wtforms.validators import InputRequired, Length

from procurement.forms.base import DateField, Form, pairs


class AddressForm(Form):
    """The address of a result page."""

    url = StringField(
        "검색 결과 화면의 주소",
        [
            InputRequired("검색 결과 화면의 주소를 적어 주세요."),
            Length(max=2_000, message="주소는 2,000자까지 적을 수 있습니다. 주소를 확인해 주세요."),
        ],
    )


class GoodsForm(Form):
    """Which goods to ask for: the list, the days between which they were registered, words of their class."""

    operation = SelectField("목록")
    first = DateField("등록일 처음", validators=[InputRequired("조회할 기간의 처음 날을 적어 주세요.")])
    last = DateField("등록일 끝", validators=[InputRequired("조회할 기간의 끝 날을 적어 주세요.")])
    product = StringField(
        "품명", [Length(max=100, message="품명은 100자까지 적을 수 있습니다. 줄여 주세요.")]
    )

    def offer(self, operations: Mapping[str, str]) -> None:
        """Offer the lists: key and title."""
        self.operation.choices = pairs(operations.items())

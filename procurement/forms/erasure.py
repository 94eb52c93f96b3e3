"""The form by which personal data goes from the record under law."""

from __future__ import annotations

from wtforms import BooleanField, StringField
from wtforms.validators import DataRequired, Length

from procurement.domain.erasing import LONGEST_GROUND
from procurement.forms.base import Form, ReasonForm, short_text


class ErasureForm(ReasonForm):
    """The article of law, and whose request it was."""

    ground = StringField(
        "법적 근거",
        [
            DataRequired("지우는 법적 근거(법령과 조문)를 적어 주세요."),
            Length(max=LONGEST_GROUND, message=f"{LONGEST_GROUND}자까지 적을 수 있습니다. 줄여 주세요."),
        ],
    )


class FindForm(Form):
    """Whose data is looked for."""

    words = StringField("이름이나 전화번호", [DataRequired("찾을 이름이나 번호를 적어 주세요."), short_text])
    in_files = BooleanField("올린 파일 안에서도 찾기")

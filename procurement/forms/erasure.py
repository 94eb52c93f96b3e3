"""The form by which personal data goes from the record under law."""

from __future__ import annotations

from wtforms import StringField
from wtforms.validators import DataRequired

from procurement.forms.base import ReasonForm, short_text


class ErasureForm(ReasonForm):
    """The article of law, and whose request it was."""

    ground = StringField(
        "법적 근거", [DataRequired("지우는 법적 근거(법령과 조문)를 적어 주세요."), short_text]
    )

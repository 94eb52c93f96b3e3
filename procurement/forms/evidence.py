"""The form of an evidence file, for the evidence page."""

from __future__ import annotations

from wtforms import FileField, SelectField, TextAreaField
from wtforms.validators import Length

from procurement.domain.steps import SPEC, Step
from procurement.forms.base import Form, pairs


class EvidenceForm(Form):
    """A file, what it is for, which step it belongs to, and which file it takes the place of.

    The file itself is read by the view; ``purpose`` and ``supersedes`` get their choices there.
    """

    file = FileField("파일")
    purpose = SelectField("무엇의 증빙인가", validate_choice=False)
    step = SelectField(
        "단계",
        choices=pairs([(step.value, SPEC[step].title) for step in Step], empty="건 전체"),
        validate_choice=False,
    )
    supersedes = SelectField("대체할 파일", validate_choice=False)
    reason = TextAreaField(
        "대체하는 사유", [Length(max=1000, message="사유는 1,000자까지 적을 수 있습니다.")]
    )

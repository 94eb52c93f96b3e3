"""⑦ Forms of registration in the support system, first and after an amendment."""

from __future__ import annotations

from wtforms import SelectField, TextAreaField

from procurement.forms.base import DateField, Form, long_text, pairs
from procurement.forms.record_fields import ProofField, UploadField, required


class RegisterForm(Form):
    """The first registration."""

    registered_on = DateField("등록한 날", validators=[required("등록한 날을 적어 주세요.")])
    evidence_id = ProofField("등록 확인 자료")
    upload = UploadField()
    late_reason = TextAreaField("늦은 사유", [long_text])


class CorrectForm(Form):
    """The registration of an amendment."""

    amendment = SelectField("변경계약", [required("수정등록한 변경계약을 골라 주세요.")])
    registered_on = DateField("수정등록한 날", validators=[required("수정등록한 날을 적어 주세요.")])
    evidence_id = ProofField("수정등록 확인 자료")
    upload = UploadField()

    def offer(self, amendments: list[tuple[str, str]]) -> None:
        """Offer the amendments that have not been registered: (number, what it says)."""
        self.amendment.choices = pairs(amendments, empty="고르세요" if len(amendments) > 1 else None)

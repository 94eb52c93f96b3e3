"""Forms of a case as a whole."""

from __future__ import annotations

from wtforms import SelectField, StringField
from wtforms.validators import InputRequired, Length

from procurement.forms.base import Form, pairs

MEMBER_LABELS = {"evaluator": "평가위원", "approver": "결재권자", "collaborator": "협업자"}


class NewCaseForm(Form):
    """Title and the two officers (C-1)."""

    title = StringField(
        "사업명",
        [
            InputRequired("사업명을 적어 주세요."),
            Length(max=300, message="사업명은 300자까지 적을 수 있습니다. 줄여 주세요."),
        ],
    )
    project_officer_id = SelectField(
        "사업담당자", [InputRequired("사업담당자를 골라 주세요.")], validate_choice=False
    )
    contract_officer_id = SelectField(
        "계약담당자", [InputRequired("계약담당자를 골라 주세요.")], validate_choice=False
    )


class MemberForm(Form):
    """A person and what the person does in the case."""

    account_id = SelectField("사람", [InputRequired("사람을 골라 주세요.")], validate_choice=False)
    role = SelectField(
        "맡을 일",
        [InputRequired("맡을 일을 골라 주세요.")],
        choices=pairs(MEMBER_LABELS.items(), empty="고르세요"),
        validate_choice=False,
    )

"""Forms of the institution's administrator."""

from __future__ import annotations

from wtforms import RadioField, SelectMultipleField, StringField
from wtforms.validators import InputRequired, Length, Optional, ValidationError
from wtforms.widgets import CheckboxInput, ListWidget

from procurement.domain.access import Role
from procurement.domain.facts.case import ContractLaw, InstitutionKind
from procurement.forms.base import CountField, Form, options

LARGEST_LIMIT = 1000
LONGEST_ROUTE_DAYS = 730


def _a_whole_number_in_range(_form: Form, field: CountField) -> None:
    """What is no number at all has been said already."""
    if field.data is not None and not 1 <= field.data <= LARGEST_LIMIT:
        raise ValidationError(f"1에서 {LARGEST_LIMIT:,} 사이의 수로 적어 주세요.")


def _days_in_range(_form: Form, field: CountField) -> None:
    """Days that a route takes, if anything is said of them."""
    if field.data is not None and not 1 <= field.data <= LONGEST_ROUTE_DAYS:
        raise ValidationError(f"1일에서 {LONGEST_ROUTE_DAYS}일 사이로 적거나 비워 두세요.")


class InstitutionForm(Form):
    """Name, kind, contract law, and how many search results ask for a reason (S-5)."""

    name = StringField(
        "기관 이름",
        [
            InputRequired("기관 이름을 적어 주세요."),
            Length(max=200, message="기관 이름은 200자까지 적을 수 있습니다. 줄여 주세요."),
        ],
    )
    kind = RadioField(
        "기관 구분", [InputRequired("기관 구분을 골라 주세요.")], choices=options(InstitutionKind)
    )
    contract_law = RadioField(
        "계약에 따르는 법령", [InputRequired("따르는 법령을 골라 주세요.")], choices=options(ContractLaw)
    )
    search_result_limit = CountField(
        "사유 없이 최종으로 정할 수 있는 검색 결과 수",
        [
            InputRequired("수를 숫자로 적어 주세요."),
            _a_whole_number_in_range,
        ],
    )
    own_route_days = CountField("자체조달에 보통 걸리는 날수", [Optional(), _days_in_range])
    central_route_days = CountField("중앙조달에 보통 걸리는 날수", [Optional(), _days_in_range])


class RolesForm(Form):
    """The roles that an account holds."""

    roles = SelectMultipleField(
        "역할",
        [InputRequired("역할을 하나 이상 골라 주세요.")],
        choices=options(Role),
        widget=ListWidget(prefix_label=False),
        option_widget=CheckboxInput(),
    )


class AccountForm(RolesForm):
    """A new account; the person sets the password by a link."""

    login = StringField(
        "아이디",
        [
            InputRequired("아이디를 적어 주세요."),
            Length(max=100, message="아이디는 100자까지 적을 수 있습니다. 줄여 주세요."),
        ],
    )
    name = StringField(
        "이름",
        [
            InputRequired("이름을 적어 주세요."),
            Length(max=100, message="이름은 100자까지 적을 수 있습니다. 줄여 주세요."),
        ],
    )
    department = StringField(
        "부서", [Length(max=200, message="부서는 200자까지 적을 수 있습니다. 줄여 주세요.")]
    )

"""Forms of signing in and of passwords."""

from __future__ import annotations

from wtforms import PasswordField, StringField
from wtforms.validators import EqualTo, InputRequired, Length

from procurement.forms.base import Form


class SignInForm(Form):
    """Login name and password."""

    login = StringField(
        "아이디", [InputRequired("아이디를 적어 주세요."), Length(max=200, message="아이디를 확인해 주세요.")]
    )
    password = PasswordField(
        "비밀번호",
        [InputRequired("비밀번호를 적어 주세요."), Length(max=200, message="비밀번호를 확인해 주세요.")],
    )


class PasswordForm(Form):
    """A new password, twice; and the present one where there is one."""

    current = PasswordField("지금 비밀번호", [InputRequired("지금 비밀번호를 적어 주세요.")])
    password = PasswordField(
        "새 비밀번호",
        [
            InputRequired("새 비밀번호를 적어 주세요."),
            Length(min=10, max=200, message="비밀번호는 10자 이상 200자 이하로 정해 주세요."),
        ],
    )
    again = PasswordField(
        "새 비밀번호 다시",
        [
            InputRequired("한 번 더 적어 주세요."),
            EqualTo("password", "두 비밀번호가 다릅니다. 다시 적어 주세요."),
        ],
    )

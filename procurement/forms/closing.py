"""The forms by which a case ends without a contract and is taken up again."""

from __future__ import annotations

from collections.abc import Iterable

from wtforms import RadioField, TextAreaField
from wtforms.validators import DataRequired, InputRequired

from procurement.domain.errors import InvalidInput
from procurement.domain.facts.closing import EndKind, NextWay
from procurement.forms.base import Form, ReasonForm, long_text, member, options, pairs, text_of

KIND, NEXT_WAY = "종료하는 까닭을 골라 주세요.", "이 수요를 다음에 어떻게 하는지 골라 주세요."


class EndCaseForm(Form):
    """Why the case ends without a contract, and what comes next."""

    kind = RadioField("종료하는 까닭", [InputRequired(KIND)], validate_choice=False)
    reason = TextAreaField("사유", [DataRequired("계약 없이 종료하는 사유를 적어 주세요."), long_text])
    next_way = RadioField(
        "다음 진행", [InputRequired(NEXT_WAY)], choices=options(NextWay), validate_choice=False
    )
    next_note = TextAreaField("다음 진행에 관하여 더 적을 것", [long_text])

    def offer(self, kinds: Iterable[EndKind]) -> None:
        """Hand in the kinds that the record allows."""
        self.kind.choices = pairs((kind.value, kind.label) for kind in kinds)

    def chosen(self) -> tuple[EndKind, NextWay, str, str]:
        """Kind, next way, reason and note; raises ``InvalidInput`` for what nobody offered."""
        kind, way = member(EndKind, self.kind.data), member(NextWay, self.next_way.data)
        if kind is None:
            raise InvalidInput(KIND, "kind")
        if way is None:
            raise InvalidInput(NEXT_WAY, "next_way")
        return kind, way, text_of(self.reason), text_of(self.next_note)


class TakeUpForm(ReasonForm):
    """Why a case that ended is taken up again."""

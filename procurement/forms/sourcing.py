"""④ Form of the route."""

from __future__ import annotations

from typing import Any

from wtforms import BooleanField, RadioField, StringField, TextAreaField

from procurement.domain.facts.sourcing import Route, SourcingChoice
from procurement.forms.base import StepForm, long_text, member, options, pairs, short_text

YES_NO = pairs([("yes", "예"), ("no", "아니요")])


class SourcingForm(StepForm):
    """The route with its ground and properties; fields carry the names of ``SourcingChoice``."""

    route = RadioField("조달방식", choices=options(Route), validate_choice=False)
    legal_ground = StringField("법적 근거", [short_text])
    reason = TextAreaField("고른 까닭", [long_text])
    needs_several_specialties = RadioField(
        "수 개의 전문분야가 요구되는 복합사업입니까?", choices=YES_NO, validate_choice=False
    )
    joint = BooleanField("공동계약")
    no_joint_reason = TextAreaField("공동계약을 허용하지 않는 사유", [long_text])
    long_term = BooleanField("장기계속계약")
    unit_price = BooleanField("단가계약")
    subcontract = BooleanField("하도급계약")

    @classmethod
    def initial(cls, document: SourcingChoice | None) -> dict[str, Any]:
        """Form data of a choice."""
        choice = document or SourcingChoice()
        several = {None: None, True: "yes", False: "no"}[choice.needs_several_specialties]
        return {**vars(choice), "needs_several_specialties": several}

    def to_document(self) -> SourcingChoice:
        """The choice that the form says."""
        return SourcingChoice(
            route=member(Route, self.route.data),
            legal_ground=(self.legal_ground.data or "").strip(),
            reason=(self.reason.data or "").strip(),
            needs_several_specialties={"yes": True, "no": False}.get(
                self.needs_several_specialties.data or ""
            ),
            joint=bool(self.joint.data),
            no_joint_reason=(self.no_joint_reason.data or "").strip(),
            long_term=bool(self.long_term.data),
            unit_price=bool(self.unit_price.data),
            subcontract=bool(self.subcontract.data),
        )

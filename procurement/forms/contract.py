"""⑥ Form of the contract terms; fields carry the names of ``ContractTerms``."""

from __future__ import annotations

from typing import Any

from wtforms import BooleanField, FieldList, FormField, RadioField, StringField, TextAreaField
from wtforms.validators import NumberRange, Optional

from procurement.domain.facts.contract import ContractTerms, SecretKind
from procurement.forms.base import (
    DateField,
    MoneyField,
    StepForm,
    long_text,
    options,
    pairs,
    short_text,
    text_of,
)
from procurement.forms.contract_parts import (
    ClausesForm,
    CounterpartForm,
    DemandForm,
    DutyForm,
    FaultForm,
    LinesField,
    SelectedForm,
    clauses_of,
    counterpart_of,
    demand_of,
    duties_of,
    duty_data,
    fault_data,
    fault_of,
    selected_of,
    whole,
)
from procurement.forms.contract_sla import SlaForm, sla_data, sla_of
from procurement.forms.record_fields import BoxesField, FigureField

VAT_CHOICES = pairs([("yes", "부가세 포함"), ("no", "부가세 별도")])
YES_NO = pairs([("yes", "예"), ("no", "아니요")])
_SAID = {"yes": True, "no": False}
_WORD = {None: None, True: "yes", False: "no"}


class ContractForm(StepForm):
    """The terms of the contract, in the order of the page's sections."""

    title = StringField("계약명", [short_text])
    service_names = LinesField("서비스명")
    provider_name = StringField("계약상대자(제공자)", [short_text])
    conditions = TextAreaField("계약 조건", [long_text])

    start = DateField("시작일")
    end = DateField("종료일")
    long_term = BooleanField("장기계속계약")
    continuing_expenditure = BooleanField("계속비 계약")

    amount_won = MoneyField("계약금액(계약기간 총액)")
    vat_included = RadioField("부가세", choices=VAT_CHOICES, validate_choice=False)
    joint = BooleanField("공동계약")
    unit_price = BooleanField("단가계약")
    subcontract = BooleanField("하도급계약")

    security_percent = whole("계약보증금율", 0, 100)
    security_exemption = TextAreaField("계약보증금을 받지 않는 사유", [long_text])
    delay_rate_millionths = FigureField(
        "지체상금율", [Optional(), NumberRange(0, 1_000_000, "지체상금율은 0부터 1000까지(‰) 적어 주세요.")]
    )

    sla = FormField(SlaForm, "서비스수준 부속서(SLA)")
    clauses = FormField(ClausesForm, "조항")
    precedence = LinesField("계약 해석의 우선순위")

    secrets = BoxesField("누출하면 안 되는 정보", choices=options(SecretKind))
    leak_sanctions = TextAreaField("누출했을 때의 제재", [long_text])
    duties = FieldList(FormField(DutyForm), "제공자의 이행사항", min_entries=0)
    fault_terms = FormField(FaultForm, "장애 처리 시간")
    end_promises = LinesField("종료 때의 약속")

    counterpart_check = FormField(CounterpartForm, "계약상대자 결격 확인")
    selected_check = FormField(SelectedForm, "디지털서비스 선정 유효 확인")
    follows_public_body_standard = RadioField(
        "종료 통지, 정보의 반환·파기 조건이 행정안전부장관이 정한 기준에 따릅니까?",
        choices=YES_NO,
        validate_choice=False,
    )
    standard_form_used = RadioField(
        "정부가 배포한 표준계약서를 썼습니까?", choices=YES_NO, validate_choice=False
    )
    standard_form_note = TextAreaField("쓰지 않은 까닭", [long_text])
    delivery_demand = FormField(DemandForm, "조달요청과 납품요구")

    @classmethod
    def initial(cls, document: ContractTerms | None) -> dict[str, Any]:
        """Form data of the terms."""
        terms = document or ContractTerms()
        return {
            **vars(terms),
            "vat_included": _WORD[terms.vat_included],
            "sla": sla_data(terms.sla),
            "clauses": {clause.kind.value: clause.text for clause in terms.clauses},
            "secrets": [kind.value for kind in terms.secrets],
            "duties": duty_data(terms.duties),
            "fault_terms": fault_data(terms.fault_terms),
            "counterpart_check": vars(terms.counterpart_check) if terms.counterpart_check else {},
            "selected_check": vars(terms.selected_check)
            if terms.selected_check
            else {"still_selected": True},
            "follows_public_body_standard": _WORD[terms.follows_public_body_standard],
            "standard_form_used": _WORD[terms.standard_form_used],
            "delivery_demand": vars(terms.delivery_demand) if terms.delivery_demand else {},
        }

    def to_document(self) -> ContractTerms:
        """The terms that the form says; rows without a name are left out."""
        return ContractTerms(
            title=text_of(self.title),
            service_names=tuple(self.service_names.data),
            provider_name=text_of(self.provider_name),
            amount_won=self.amount_won.data,
            vat_included=_SAID.get(self.vat_included.data or ""),
            start=self.start.data,
            end=self.end.data,
            conditions=text_of(self.conditions),
            long_term=bool(self.long_term.data),
            continuing_expenditure=bool(self.continuing_expenditure.data),
            joint=bool(self.joint.data),
            unit_price=bool(self.unit_price.data),
            subcontract=bool(self.subcontract.data),
            security_percent=self.security_percent.data,
            security_exemption=text_of(self.security_exemption),
            delay_rate_millionths=self.delay_rate_millionths.data,
            sla=sla_of(self.sla.form),
            clauses=clauses_of(self.clauses.form),
            precedence=tuple(self.precedence.data),
            secrets=tuple(kind for kind in SecretKind if kind.value in (self.secrets.data or ())),
            leak_sanctions=text_of(self.leak_sanctions),
            duties=duties_of(self.duties),
            fault_terms=fault_of(self.fault_terms.form),
            end_promises=tuple(self.end_promises.data),
            counterpart_check=counterpart_of(self.counterpart_check.form),
            selected_check=selected_of(self.selected_check.form),
            follows_public_body_standard=_SAID.get(self.follows_public_body_standard.data or ""),
            standard_form_used=_SAID.get(self.standard_form_used.data or ""),
            standard_form_note=text_of(self.standard_form_note),
            delivery_demand=demand_of(self.delivery_demand.form),
        )

"""⑥ The pages of the contract: terms, technical negotiation, conclusion and amendment."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import Blueprint, flash, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as BaseResponse

from procurement.domain.errors import InvalidInput
from procurement.domain.facts import CaseFacts
from procurement.domain.money import portion
from procurement.domain.presets import PRESETS, first_terms
from procurement.domain.rules.reading import is_central, winners
from procurement.domain.sla import MILLION
from procurement.domain.steps import Step, StepState
from procurement.forms.base import count_of
from procurement.forms.contract import ContractForm
from procurement.forms.contract_fill import filled
from procurement.forms.contract_records import AmendmentForm, ConclusionForm, NegotiationForm, ReasonForm
from procurement.services import case_facts, contract, documents, records, workflow
from procurement.services.approval_lock import locks
from procurement.services.contract import Signing
from procurement.views.edge import actor, case
from procurement.views.record_page import DONE, SHOW, attempt, proof_name, proofs
from procurement.views.step_frame import frame
from procurement.views.step_page import StepPage

blueprint = Blueprint("contract", __name__, url_prefix="/cases/<number>/contract")

TABS = (
    ("terms", "계약 조건", "steps.show"),
    ("negotiations", "기술협상", "contract.negotiations"),
    ("approval", "품의·결재", "approval.show"),
    ("conclusion", "체결·변경", "contract.conclusion"),
)

# What the form says besides the terms.
_NOT_TYPED = ("csrf_token", "draft_version", "preset", "add_row", "remove_row", "keep")


def tabs(facts: CaseFacts, current: str) -> list[dict[str, Any]]:
    """Sub-pages of ⑥."""
    number = facts.head.number
    return [
        {
            "title": title,
            "url": url_for("steps.show", number=number, step=Step.CONTRACT)
            if key == "terms"
            else url_for(endpoint, number=number),
            "current": key == current,
        }
        for key, title, endpoint in TABS
    ]


def _context(facts: CaseFacts) -> Mapping[str, Any]:
    held = locks(facts.contract.approval)
    is_open = facts.steps[Step.CONTRACT].state is StepState.OPEN
    return {"tabs": tabs(facts, "terms"), "held": held, "editable": is_open and not held}


def _shown(facts: CaseFacts) -> Mapping[str, Any]:
    terms = facts.contract.terms
    amount = terms.amount_won if terms else None
    rate, percent = (terms.delay_rate_millionths, terms.security_percent) if terms else (None, None)
    return {
        "central": is_central(facts),
        "public_body": facts.institution.is_public_body,
        "registered": tuple(row.service_name for _, row in winners(facts)),
        "security_won": portion(amount, percent, 100) if amount and percent else None,
        "delay_won": portion(amount, rate, MILLION) if amount and rate else None,
    }


PAGE = StepPage(
    Step.CONTRACT,
    form=ContractForm,
    document=lambda facts: facts.contract.terms or first_terms(facts),
    context=_context,
    shown=_shown,
    constants={"presets": {name: label for name, (label, _) in PRESETS.items()}},
)


@blueprint.post("/preset")
def preset(number: str) -> BaseResponse:
    """Fill what is blank with a ready set, as a draft of whoever types."""
    workflow.require_open(case_facts.load(case()), Step.CONTRACT)
    name = request.form.get("preset", "")
    if name not in PRESETS:
        raise InvalidInput("채울 예시를 단추로 골라 주세요.")
    typed = {key: request.form.getlist(key) for key in request.form if key not in _NOT_TYPED}
    version = count_of(request.form.get("draft_version"))
    documents.keep_draft(actor(), case(), Step.CONTRACT.value, filled(typed, PRESETS[name][1]), version)
    flash("비어 있던 칸에 예시를 채웠습니다. 우리 계약에 맞게 고친 뒤 저장하세요.", "info")
    return redirect(url_for("steps.show", number=number, step=Step.CONTRACT))


@blueprint.get("/negotiations")
def negotiations(number: str) -> BaseResponse:
    """Technical negotiation with the winners."""
    facts = case_facts.load(case())
    return _negotiations_page(facts, _negotiation_form(facts), ReasonForm())


@blueprint.post("/negotiations")
def add_negotiation(number: str) -> BaseResponse:
    """Record a negotiation."""
    facts = case_facts.load(case())
    form = _negotiation_form(facts, request.form)
    status = attempt(
        form,
        lambda: contract.add_negotiation(actor(), case(), form.negotiation(), form.wording_reason.data or ""),
    )
    if status != DONE:
        return _negotiations_page(facts, form, ReasonForm(), status)
    if not form.disqualified.data:
        flash("기술협상을 기록했습니다.", "success")
        return redirect(url_for("contract.negotiations", number=number))
    lot = form.negotiation().lot
    flash(
        "결격사유를 기록하고 ⑤를 다시 열었습니다. 다음 순위의 서비스로 정하거나 사유를 적어 끝내세요.",
        "warning",
    )
    return redirect(url_for("award.decision", number=number, lot=lot))


@blueprint.post("/negotiations/withdraw")
def withdraw_negotiation(number: str) -> BaseResponse:
    """Take a mistaken negotiation record back."""
    form = ReasonForm(request.form)
    status = attempt(
        form,
        lambda: contract.withdraw_negotiation(
            actor(), case(), form.thread_id.data or "", form.reason.data or ""
        ),
    )
    if status != DONE:
        facts = case_facts.load(case())
        return _negotiations_page(facts, _negotiation_form(facts), form, status)
    flash("기술협상 기록을 취소했습니다.", "success")
    return redirect(url_for("contract.negotiations", number=number))


def _negotiation_form(facts: CaseFacts, fields: Any = None) -> NegotiationForm:
    form = NegotiationForm(fields)
    form.offer([(f"{lot}:{row.result_id}", row.service_name) for lot, row in winners(facts)])
    return form


def _negotiations_page(
    facts: CaseFacts, form: NegotiationForm, reason: ReasonForm, status: int = SHOW
) -> BaseResponse:
    text = render_template(
        "contract/negotiations.html",
        **frame(Step.CONTRACT, facts),
        tabs=tabs(facts, "negotiations"),
        held=[r for r in records.active(case()) if r.kind == "negotiation"],
        services={(lot, row.result_id): row.service_name for lot, row in winners(facts)},
        form=form,
        reason=reason,
    )
    return make_response(text, status)


@blueprint.get("/conclusion")
def conclusion(number: str) -> BaseResponse:
    """The conclusion, and the amendments that came after it."""
    facts = case_facts.load(case())
    return _conclusion_page(facts, _conclusion_form(facts), _amendment_form(facts))


@blueprint.post("/conclusion")
def conclude(number: str) -> BaseResponse:
    """Record that the contract has been concluded."""
    facts = case_facts.load(case())
    form = _conclusion_form(facts, request.form)
    status = attempt(form, lambda: contract.conclude(actor(), case(), _signing(form, is_central(facts))))
    if status != DONE:
        return _conclusion_page(facts, form, _amendment_form(facts), status)
    flash("계약 체결을 기록했습니다. 확인할 것이 없으면 ⑥을 완료하세요.", "success")
    return redirect(url_for("contract.conclusion", number=number))


@blueprint.post("/amendments")
def amend(number: str) -> BaseResponse:
    """Record an amendment."""
    facts = case_facts.load(case())
    form = _amendment_form(facts, request.form)
    status = attempt(form, lambda: _amend(form))
    if status != DONE:
        return _conclusion_page(facts, _conclusion_form(facts), form, status)
    flash("변경계약을 기록했습니다. 자체조달이면 ⑦에서 수정등록하세요.", "success")
    return redirect(url_for("contract.conclusion", number=number))


def _amend(form: AmendmentForm) -> None:
    contract.amend(
        actor(),
        case(),
        amended_on=form.amended_on.data,  # type: ignore[arg-type]  # a required field
        content=form.content.data or "",
        amount_won=form.amount_won.data,
        end=form.end.data,
        evidence_id=form.evidence_id.evidence_id,
    )


def _signing(form: ConclusionForm, central: bool) -> Signing:
    return Signing(
        form.contract_number.data or "",
        form.concluded_on.data,  # type: ignore[arg-type]  # a required field
        form.evidence_id.evidence_id or "",
        form.selected_check(),
        form.demand() if central else None,
    )


def _conclusion_form(facts: CaseFacts, fields: Any = None) -> ConclusionForm:
    terms = facts.contract.terms
    check = terms.selected_check if terms else None
    demand = terms.delivery_demand if terms else None
    # Nothing of the check is answered beforehand: it is made on the day.
    known = {"valid_until": check.valid_until} if check else {}
    form = ConclusionForm(fields, data={**known, **(vars(demand) if demand else {})})
    form.evidence_id.offer(
        [(e.evidence_id, e.name) for p in contract.CONTRACT_PAPERS for e in facts.evidence_for(p)]
    )
    return form


def _amendment_form(facts: CaseFacts, fields: Any = None) -> AmendmentForm:
    form = AmendmentForm(fields)
    form.evidence_id.offer(proofs(facts))
    return form


def _conclusion_page(
    facts: CaseFacts, form: ConclusionForm, amendment: AmendmentForm, status: int = SHOW
) -> BaseResponse:
    concluded = facts.contract.conclusion
    text = render_template(
        "contract/conclusion.html",
        **frame(Step.CONTRACT, facts),
        tabs=tabs(facts, "conclusion"),
        conclusion=concluded,
        paper=proof_name(facts, concluded.evidence_id) if concluded else "",
        central=is_central(facts),
        form=form,
        amendment=amendment,
    )
    return make_response(text, status)

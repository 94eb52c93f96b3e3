"""Steps ⑥ and ⑦ in small pieces: terms, negotiation, approval, conclusion, registration."""

from __future__ import annotations

import io
import uuid
from dataclasses import replace
from datetime import date
from typing import Any

from sqlalchemy import select

from procurement.domain.access import Actor, Role
from procurement.domain.facts.contract import (
    ApprovalDecision,
    ContractTerms,
    CounterpartCheck,
    DeliveryDemand,
    Negotiation,
    SelectedCheck,
)
from procurement.domain.presets import CLAUSES, SLA, TASK_ORDER, first_terms
from procurement.domain.rules.reading import is_central, winners
from procurement.domain.steps import Step
from procurement.extensions import db
from procurement.models import ApprovalRequest, Case, StepDocument
from procurement.services import (
    approval,
    approval_bundle,
    case_facts,
    cases,
    contract,
    documents,
    evidence,
    records,
    registration,
    workflow,
)
from procurement.services.contract import Signing
from tests.support.factories import a_colleague, actor_for

CONCLUDED_ON = date(2026, 1, 2)
LOOKED_AT = "이용지원시스템의 서비스 상세 화면"
SMALL_PDF = b"%PDF-1.7\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n"


def good_terms(case: Case, **changes: Any) -> ContractTerms:
    """Terms that pass every rule of ⑥ that can pass before the approval."""
    facts = case_facts.load(case)
    first = first_terms(facts)
    values: dict[str, Any] = {
        "conditions": "이용약관과 다르게 정한 것은 계약서가 우선한다.",
        "sla": replace(
            SLA.sla,
            target=first.sla.target,
            scope="협업 도구 전체",
            period="계약 기간",
            monthly_fee_won=1_000_000,
        ),
        "clauses": CLAUSES.clauses,
        "secrets": TASK_ORDER.secrets,
        "leak_sanctions": TASK_ORDER.leak_sanctions,
        "duties": TASK_ORDER.duties,
        "fault_terms": TASK_ORDER.fault_terms,
        "end_promises": TASK_ORDER.end_promises,
        "counterpart_check": None
        if is_central(facts)
        else CounterpartCheck(CONCLUDED_ON, "나라장터 조회", False),
        "follows_public_body_standard": True,
        "standard_form_used": True,
    }
    return replace(first, **{**values, **changes})


def save_terms(actor: Actor, case: Case, **changes: Any) -> StepDocument:
    """Save the terms of ⑥ on top of the newest version."""
    newest = documents.newest(case, Step.CONTRACT)
    terms = good_terms(case, **changes)
    return documents.save(actor, case, Step.CONTRACT, terms, newest.version if newest else 0)


def negotiate(actor: Actor, case: Case, **changes: Any) -> None:
    """Record technical negotiation with every winner."""
    for lot, row in winners(case_facts.load(case)):
        held = Negotiation(lot, row.result_id, records.today(), "계정 이관 방법을 협의했다.")
        contract.add_negotiation(actor, case, replace(held, **changes))


def an_approver(actor: Actor, case: Case, name: str = "표본 결재권자") -> Actor:
    """A new account that approves the contract of the case."""
    row = a_colleague(case, Role.APPROVER, name)
    cases.add_member(actor, case, str(row.id), "approver")
    return actor_for(row)


def newest_request(case: Case) -> ApprovalRequest:
    """The newest request for approval."""
    query = (
        select(ApprovalRequest)
        .where(ApprovalRequest.case_id == case.id)
        .order_by(ApprovalRequest.number.desc())
        .limit(1)
    )
    return db.session.scalars(query).one()


def attach_small_bundle(actor: Actor, case: Case) -> str:
    """Bind a small PDF to the newest request; returns its digest."""
    made = evidence.receive(io.BytesIO(SMALL_PDF), "품의 증빙자료 묶음.pdf")
    return approval_bundle.attach_bundle(actor, case, str(newest_request(case).id), made).bundle_digest


def ask_approval(actor: Actor, case: Case) -> str:
    """Save terms, negotiate, submit, bind a bundle; returns the bundle's digest."""
    save_terms(actor, case)
    negotiate(actor, case)
    approval.submit(actor, case)
    return attach_small_bundle(actor, case)


def approve(approver: Actor, case: Case, digest: str) -> None:
    """Grant the newest request."""
    number = newest_request(case).number
    approval.answer(approver, case, number, ApprovalDecision.APPROVED, bundle_digest=digest)


def a_paper(actor: Actor, case: Case, purpose: str = "contract") -> str:
    """Id of a stored file of ⑥ or ⑦."""
    received = evidence.receive(io.BytesIO(f"표본 {purpose} {uuid.uuid4()}".encode()), f"{purpose}.txt")
    step = Step.REGISTRATION if purpose == "registration" else Step.CONTRACT
    return str(evidence.attach(actor, case, received, purpose=purpose, step=step).id)


def signing(actor: Actor, case: Case, **changes: Any) -> Signing:
    """A conclusion that passes the rules."""
    values: dict[str, Any] = {
        "contract_number": "표본-2026-001",
        "concluded_on": CONCLUDED_ON,
        "evidence_id": a_paper(actor, case),
        "selected_check": SelectedCheck(CONCLUDED_ON, True, date(2027, 12, 31), False, LOOKED_AT),
    }
    if is_central(case_facts.load(case)):
        values["delivery_demand"] = DeliveryDemand("조달-1", CONCLUDED_ON, "납품-1", CONCLUDED_ON)
    return Signing(**{**values, **changes})


def complete_contract(
    actor: Actor, case: Case, approver: Actor | None = None, concluded_on: date = CONCLUDED_ON
) -> None:
    """Ask, approve, conclude and complete ⑥; ⑤ must be done. An approver is made when none is given."""
    judge = approver or an_approver(actor, case)
    approve(judge, case, ask_approval(actor, case))
    check = SelectedCheck(concluded_on, True, date(2027, 12, 31), False, LOOKED_AT)
    contract.conclude(actor, case, signing(actor, case, concluded_on=concluded_on, selected_check=check))
    workflow.complete(actor, case, Step.CONTRACT)


def complete_registration(actor: Actor, case: Case, registered_on: date | None = None) -> None:
    """Register the contract, unless it is carried over, and complete ⑦."""
    facts = case_facts.load(case)
    if not is_central(facts):
        concluded = facts.contract.conclusion
        day = registered_on or (concluded.concluded_on if concluded else records.today())
        proof = a_paper(actor, case, "registration")
        registration.register(actor, case, registered_on=day, evidence_id=proof)
    workflow.complete(actor, case, Step.REGISTRATION)

"""⑥ Acts around the contract: technical negotiation, conclusion, amendment."""

from __future__ import annotations

import uuid
from dataclasses import dataclass, replace
from datetime import date, datetime

from sqlalchemy import func, select

from procurement.domain.access import Actor
from procurement.domain.errors import InvalidInput, Refused
from procurement.domain.facts import CaseFacts
from procurement.domain.facts.contract import (
    Amendment,
    ApprovalDecision,
    DeliveryDemand,
    Negotiation,
    SelectedCheck,
)
from procurement.domain.facts.contract import Conclusion as ConclusionFacts
from procurement.domain.rules.reading import is_central, winners
from procurement.domain.rules.registry import findings_of
from procurement.domain.steps import Step, StepState
from procurement.extensions import db
from procurement.models import ApprovalRequest, Case, CaseRecord, Conclusion
from procurement.models.base import now
from procurement.services import case_facts, checkpoints, evidence, ledger, record_guards, records, workflow
from procurement.services.once import add_once
from procurement.services.record_guards import check_proof, check_text, moment_of
from procurement.services.selection_guard import Wording, hold_back

# What the signed paper is, by route.
CONTRACT_PAPERS = ("contract", "delivery_demand")


@dataclass(frozen=True)
class Signing:
    """What is said when a contract is concluded.

    ``selected_check`` and ``delivery_demand`` are what was looked up on the day; they take the place of what
    the terms say, which are frozen since the approval.
    """

    contract_number: str
    concluded_on: date
    evidence_id: str
    selected_check: SelectedCheck | None = None
    delivery_demand: DeliveryDemand | None = None


def add_negotiation(
    actor: Actor, case: Case, negotiation: Negotiation, wording_reason: str = ""
) -> CaseRecord:
    """Record technical negotiation with a winner (K-14); a disqualification opens ⑤ again.

    Raises ``Refused`` while ⑥ is not open or the contract is concluded, ``InvalidInput`` for a service that
    was not awarded, no content, a disqualification without ground, or a day to come. A note that reads like
    bargaining over the price is ``Refused`` without ``wording_reason``: the negotiation is a technical one.
    """
    facts = record_guards.facts_to_change(actor, case, Step.CONTRACT)
    if facts.contract.conclusion is not None:
        raise Refused("계약을 체결한 뒤에는 기술협상을 더할 수 없습니다. 변경계약으로 남기세요.", "K-14")
    if (negotiation.lot, negotiation.result_id) not in {(lot, row.result_id) for lot, row in winners(facts)}:
        raise InvalidInput("이용계약 대상으로 선정된 서비스를 골라 주세요.", "result_id")
    check_text(
        negotiation.content, "협상한 내용을 적어 주세요. 협의할 것이 없었다면 그렇게 적으세요.", "content"
    )
    if negotiation.disqualified:
        check_text(negotiation.ground, "어떤 결격사유인지 적어 주세요.", "ground")
    moment = moment_of(negotiation.held_on, "held_on")
    said = Wording("기술협상", (negotiation.content, negotiation.ground), wording_reason)
    hold_back(actor, case, facts, said, "K-14")
    row = records.add(actor, case, "negotiation", negotiation, moment)
    if negotiation.disqualified and facts.steps[Step.SELECTION].state is not StepState.OPEN:
        why = f"기술협상에서 결격사유가 나왔습니다: {negotiation.ground.strip()}"
        workflow.reopen(actor, case, Step.SELECTION, why)
    return row


def withdraw_negotiation(actor: Actor, case: Case, thread_id: str, reason: str) -> None:
    """Take a mistaken negotiation record back, with a reason.

    For a disqualification, which opened ⑤ again, it is enough that ⑤ is open. Raises ``Refused`` while
    neither that nor ⑥ is open or when the contract is concluded, ``InvalidInput`` without a reason,
    ``NotFound`` for no such record.
    """
    ledger.hold_case(actor, case)
    facts = case_facts.load(case)
    held = record_guards.one_of(case, "negotiation", thread_id).value
    opened_selection = isinstance(held, Negotiation) and held.disqualified
    if not (opened_selection and facts.steps[Step.SELECTION].state is StepState.OPEN):
        workflow.require_open(facts, Step.CONTRACT)
    if facts.contract.conclusion is not None:
        raise Refused("계약을 체결한 뒤에는 기술협상 기록을 취소할 수 없습니다.", "K-14")
    records.withdraw(actor, case, thread_id, reason)


def conclude(actor: Actor, case: Case, signing: Signing) -> Conclusion:
    """Record the conclusion of the contract; it cannot be taken back.

    Every rule of ⑥ is asked as if the contract were concluded. Raises ``Refused`` with the first that is not
    met, while ⑥ is not open, without a granted approval, or for a second conclusion; ``InvalidInput`` without
    number or paper, or for a day to come.
    """
    facts = record_guards.facts_to_change(actor, case, Step.CONTRACT)
    _require_signable(facts, signing)
    _require_paper(case, signing)
    approval = facts.contract.approval
    if approval is None or approval.decision is not ApprovalDecision.APPROVED:
        raise Refused("결재를 받지 않아 체결할 수 없습니다. 품의를 올려 결재를 받으세요.", "K-6")
    _require_rules(facts, signing, approval.terms_digest)
    moment = moment_of(signing.concluded_on, "concluded_on")
    for kind, said in (
        ("selected_check", signing.selected_check),
        ("delivery_demand", signing.delivery_demand),
    ):
        if said is not None:
            records.add(actor, case, kind, said, moment)
    return _add_conclusion(actor, case, signing, approval.number, moment)


def _require_signable(facts: CaseFacts, signing: Signing) -> None:
    if facts.contract.conclusion is not None:
        raise Refused("이미 체결한 계약입니다. 바뀐 것은 변경계약으로 남기세요.", "K-6")
    check_text(signing.contract_number, "계약번호를 적어 주세요.", "contract_number")
    moment_of(signing.concluded_on, "concluded_on")


def _require_paper(case: Case, signing: Signing) -> None:
    if not signing.evidence_id:
        raise InvalidInput("체결한 계약서(중앙조달은 납품요구서) 파일을 올려 주세요.", "evidence_id")
    if evidence.find(case, signing.evidence_id).purpose not in CONTRACT_PAPERS:
        raise InvalidInput("계약서나 납품요구서로 올린 파일을 골라 주세요.", "evidence_id")


def _require_rules(facts: CaseFacts, signing: Signing, terms_digest: str) -> None:
    """Refuse what the rules of ⑥ would find fault with once the contract is concluded."""
    terms = facts.contract.terms
    if terms is None:
        raise Refused("저장한 계약 조건이 없습니다. 계약 조건을 저장하고 결재를 받으세요.", "K-6")
    concluded = ConclusionFacts(
        signing.contract_number, signing.concluded_on, now(), terms_digest, signing.evidence_id
    )
    supposed = replace(
        facts,
        contract=replace(
            facts.contract,
            conclusion=concluded,
            terms=replace(
                terms,
                selected_check=signing.selected_check or terms.selected_check,
                delivery_demand=signing.delivery_demand or terms.delivery_demand,
            ),
        ),
    )
    wrong = [finding for finding in findings_of(Step.CONTRACT, supposed) if finding.blocks]
    if wrong:
        raise Refused(f"아직 체결할 수 없습니다. {wrong[0].message}", wrong[0].rule_id)


def _add_conclusion(
    actor: Actor, case: Case, signing: Signing, approval_number: int, moment: datetime
) -> Conclusion:
    request = db.session.scalars(
        select(ApprovalRequest).where(
            ApprovalRequest.case_id == case.id, ApprovalRequest.number == approval_number
        )
    ).one()
    row = Conclusion(
        institution_id=case.institution_id,
        case_id=case.id,
        request_id=request.id,
        contract_number=signing.contract_number.strip(),
        concluded_on=signing.concluded_on,
        terms_digest=request.terms_digest,
        evidence_id=uuid.UUID(signing.evidence_id),
        actor_id=uuid.UUID(actor.account_id),
    )
    add_once(row, "그사이 다른 사람이 체결을 기록했습니다. 화면을 새로 고쳐 확인하세요.")
    ledger.record(
        actor,
        "contract.concluded",
        case=case,
        body={
            "contract_number": row.contract_number,
            "concluded_on": signing.concluded_on.isoformat(),
            "terms": row.terms_digest,
        },
        rows=[row],
        occurred_at=moment,
    )
    checkpoints.want(actor, "conclusion")
    return row


def amend(
    actor: Actor,
    case: Case,
    *,
    amended_on: date,
    content: str,
    amount_won: int | None = None,
    end: date | None = None,
    evidence_id: str | None = None,
) -> Amendment:
    """Record an amendment of the concluded contract, numbered in order; ⑦ opens again (G-3).

    ``amount_won`` and ``end`` are the new ones, ``None`` where they stay. Raises ``Refused`` before ⑥ is
    completed and after ⑨ is, ``InvalidInput`` for missing or impossible values.
    """
    ledger.hold_case(actor, case)
    facts = case_facts.load(case)
    _require_amendable(facts)
    _require_possible(facts, amended_on, content, end)
    check_proof(case, evidence_id or None)
    amendment = Amendment(
        _next_amendment(case), amended_on, content.strip(), amount_won, end, evidence_id or None
    )
    records.add(actor, case, "amendment", amendment, moment_of(amended_on, "amended_on"))
    registration = facts.steps[Step.REGISTRATION].state
    if not is_central(facts) and registration in (StepState.DONE, StepState.STALE):
        workflow.reopen(
            actor, case, Step.REGISTRATION, f"변경계약 {amendment.number}차에 따라 수정등록해야 합니다."
        )
    return amendment


def _require_amendable(facts: CaseFacts) -> None:
    if facts.contract.conclusion is None or facts.steps[Step.CONTRACT].state is not StepState.DONE:
        raise Refused("체결하고 ⑥을 완료한 계약만 변경할 수 있습니다.", "G-3")
    if facts.steps[Step.ENDING].state is StepState.DONE:
        raise Refused("끝난 계약은 변경할 수 없습니다. 필요하면 ⑨를 다시 여세요.", "G-3")


def _require_possible(facts: CaseFacts, amended_on: date, content: str, end: date | None) -> None:
    conclusion, terms = facts.contract.conclusion, facts.contract.terms
    check_text(content, "무엇을 왜 변경했는지 적어 주세요.", "content")
    moment_of(amended_on, "amended_on")
    if conclusion is not None and amended_on < conclusion.concluded_on:
        raise InvalidInput("변경한 날이 체결일보다 빠릅니다. 두 날짜를 확인해 주세요.", "amended_on")
    if end is not None and terms is not None and terms.start is not None and end < terms.start:
        raise InvalidInput("새 종료일이 계약 시작일보다 빠릅니다. 두 날짜를 확인해 주세요.", "end")


def _next_amendment(case: Case) -> int:
    """One more than were ever made, so that no number is given twice."""
    query = (
        select(func.count())
        .select_from(CaseRecord)
        .where(CaseRecord.case_id == case.id, CaseRecord.kind == "amendment", CaseRecord.version == 1)
    )
    return 1 + (db.session.scalar(query) or 0)

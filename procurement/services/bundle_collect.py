"""Gathering what a bundle prints: snapshots, append-only rows and the ledger, in one reading."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from sqlalchemy import select

from procurement.domain.checkpoint import code_of
from procurement.domain.codec import from_plain
from procurement.domain.facts import (
    BudgetSheet,
    CaseFacts,
    ContractFacts,
    ContractTerms,
    EndingFacts,
    MonitoringFacts,
    RegistrationFacts,
    SelectionFacts,
    SourcingChoice,
)
from procurement.domain.facts.case import StepFacts
from procurement.domain.rules.base import Finding, Outcome
from procurement.domain.rules.registry import findings_of
from procurement.domain.steps import Step
from procurement.extensions import db
from procurement.models import Account, ApprovalRequest, Case, EvidenceFile, StepDocument
from procurement.services import (
    approval,
    audit,
    bundle_files,
    case_facts,
    checkpoints,
    documents,
    states,
    workflow,
)
from procurement.services.bundle_input import (
    BundleInput,
    CheckpointLine,
    Decisions,
    EvidenceLine,
    FrozenDefinition,
    FrozenSearch,
    FrozenStep,
    LedgerLine,
    StepAct,
)
from procurement.services.codec_text import load_text
from procurement.services.evidence import PURPOSES
from procurement.services.states import StepHistory

_ACTIONS = {"complete": "완료", "confirm": "다시 확인", "reopen": "다시 열기"}

AFTER_APPROVAL = "결재를 받고 계약을 체결한 뒤에 판단합니다."

# What the snapshot of each step decides.
DECIDED: dict[Step, Any] = {
    Step.BUDGET: BudgetSheet,
    Step.DEFINITION: FrozenDefinition,
    Step.SEARCH: FrozenSearch,
    Step.SOURCING: SourcingChoice,
    Step.SELECTION: SelectionFacts,
    Step.CONTRACT: ContractFacts,
    Step.REGISTRATION: RegistrationFacts,
    Step.MONITORING: MonitoringFacts,
    Step.ENDING: EndingFacts,
}


def collect(case: Case) -> BundleInput:
    """Everything that the bundle of ``case`` says; reads only, in the transaction at hand.

    Completed steps come from their snapshots. While ⑥ waits for its approval, its part is the terms of
    the newest request and what the rules say of them.
    """
    facts = case_facts.load(case)
    history = states.histories(case)
    names = {str(row.id): row.name for row in db.session.execute(select(Account.id, Account.name))}
    steps, decisions = _frozen(history, facts.steps, names)
    submitted = _submitted(case, facts) if history[Step.CONTRACT].active is None else None
    if submitted is not None:
        contract, findings = submitted
        decisions["contract"] = contract
        steps[Step.CONTRACT] = replace(steps[Step.CONTRACT], findings=findings, prospective=True)
    return BundleInput(
        institution=facts.institution,
        head=facts.head,
        is_sample=case.is_sample,
        steps=steps,
        decisions=Decisions(**decisions),
        versions=facts.definition.versions,
        amendments=facts.contract.amendments,
        evidence=_evidence(case, facts, names),
        ledger=_ledger(case),
        names=names,
        holidays=facts.holidays,
        case_findings=findings_of(None, facts),
        for_approval=submitted is not None,
        checkpoint=_checkpoint(),
        closings=facts.closings,
    )


def _frozen(
    history: dict[Step, StepHistory], stand: Any, names: dict[str, str]
) -> tuple[dict[Step, FrozenStep], dict[str, Any]]:
    steps: dict[Step, FrozenStep] = {}
    decisions: dict[str, Any] = {}
    for step in Step:
        steps[step] = _step(step, history[step], stand[step], names)
        snapshot = history[step].active
        if snapshot is not None:
            decisions[step.value] = from_plain(DECIDED[step], load_text(snapshot.body)["facts"])
    return steps, decisions


def _step(step: Step, history: StepHistory, stands: StepFacts, names: dict[str, str]) -> FrozenStep:
    acts = tuple(
        StepAct(
            _ACTIONS[row.action], row.recorded_at, names.get(str(row.actor_id), "알 수 없는 사람"), row.reason
        )
        for row in history.records
    )
    snapshot = history.active
    if snapshot is None:
        return FrozenStep(step, stands.state, acts)
    body = load_text(snapshot.body)
    return FrozenStep(
        step,
        stands.state,
        acts,
        findings=tuple(from_plain(Finding, finding) for finding in body["findings"]),
        digest=snapshot.digest,
        number=snapshot.number,
        rule_set=body["rule_set"],
        completed_at=snapshot.recorded_at,
        completed_by=names.get(str(snapshot.actor_id), "알 수 없는 사람"),
    )


def _submitted(case: Case, facts: CaseFacts) -> tuple[ContractFacts, tuple[Finding, ...]] | None:
    """⑥ as submitted with the request for approval that stands, ``None`` when there is none."""
    request = facts.contract.approval
    if request is None or request.lapsed:
        return None
    document = db.session.scalars(
        select(StepDocument)
        .join(ApprovalRequest, ApprovalRequest.document_id == StepDocument.id)
        .where(ApprovalRequest.case_id == case.id, ApprovalRequest.number == request.number)
    ).one()
    terms = documents.read(ContractTerms, document)
    contract = replace(facts.contract, terms=terms, terms_digest=document.digest, amendments=())
    submitted = replace(facts, contract=contract)
    return contract, _prospective(submitted)


def _prospective(facts: CaseFacts) -> tuple[Finding, ...]:
    """What the rules say of terms submitted; what can only come after the approval is 아직 아님."""
    in_the_way = set(approval.obstacles(facts))
    return tuple(
        replace(finding, outcome=Outcome.NOT_YET, message=AFTER_APPROVAL)
        if finding.blocks and finding not in in_the_way
        else finding
        for finding in workflow.findings_for(Step.CONTRACT, facts)
    )


def _evidence(case: Case, facts: CaseFacts, names: dict[str, str]) -> tuple[EvidenceLine, ...]:
    query = (
        select(EvidenceFile)
        .where(EvidenceFile.case_id == case.id)
        .order_by(EvidenceFile.recorded_at, EvidenceFile.id)
    )
    rows = list(db.session.scalars(query))
    superseded = {row.supersedes_id for row in rows}
    places = bundle_files.places(rows, facts)
    return tuple(
        EvidenceLine(
            evidence_id=str(row.id),
            name=row.name,
            purpose=PURPOSES.get(row.purpose, row.purpose),
            step=Step(row.step) if row.step else None,
            digest=row.digest,
            size_bytes=row.size_bytes,
            recorded_at=row.recorded_at,
            who=names.get(str(row.actor_id), "알 수 없는 사람"),
            superseded=row.id in superseded,
            reason=row.reason,
            place=places[row.id],
            media_type=row.media_type,
        )
        for row in rows
    )


def _ledger(case: Case) -> tuple[LedgerLine, ...]:
    return tuple(
        LedgerLine(event.seq, event.recorded_at, event.occurred_at, event.who, event.what, event.hash)
        for event in audit.all_events(case)
    )


def _checkpoint() -> CheckpointLine | None:
    newest = checkpoints.newest()
    return CheckpointLine(newest.number, code_of(newest.digest), newest.recorded_at) if newest else None

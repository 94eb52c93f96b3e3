"""The one place where a step is completed, confirmed again or opened again."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from functools import cache, lru_cache
from typing import Any

from sqlalchemy import Select, bindparam, select

from procurement.domain.access import Actor
from procurement.domain.closing import require_going_on
from procurement.domain.codec import canonical, from_plain, to_plain
from procurement.domain.counting import counted
from procurement.domain.errors import InvalidInput, Refused
from procurement.domain.facts import CaseFacts
from procurement.domain.rules.base import Finding, Severity
from procurement.domain.rules.registry import BY_ID, RULE_SET_VERSION, findings_of
from procurement.domain.snapshot import decision_of, search_plans
from procurement.domain.steps import SPEC, Step, StepState, can_complete, dependents
from procurement.extensions import db
from procurement.models import Case, Justification, Snapshot, StepRecord
from procurement.models.base import new_salt
from procurement.models.sealing import digest_of_text
from procurement.services import case_facts, definition_freeze, justifications, ledger, states
from procurement.services.codec_text import load_text
from procurement.services.rows import CaseRows, bounded, table_of
from procurement.services.states import StepHistory

SNAPSHOT_SCHEMA = 1


class GateClosed(Refused):
    """The step cannot be completed; ``findings`` say why."""

    def __init__(self, findings: Sequence[Finding]) -> None:
        blocking = [finding for finding in findings if finding.blocks]
        super().__init__(
            f"아직 완료할 수 없습니다. 확인할 것이 {counted(len(blocking), 'thing')} 있습니다. "
            "막힌 것은 고치고, 사유가 필요한 것은 사유를 적어 주세요.",
            blocking[0].rule_id if blocking else "C-2",
        )
        self.findings = tuple(findings)


def findings_for(step: Step, facts: CaseFacts) -> tuple[Finding, ...]:
    """Findings of a step's rules; ① also carries the rules of the case itself."""
    own = findings_of(step, facts)
    return (*findings_of(None, facts), *own) if step is Step.BUDGET else own


def findings_shown(case: Case, step: Step, facts: CaseFacts) -> tuple[Finding, ...]:
    """Findings to show of a step: as they stood when it was completed, or as they are while it is open.

    What was judged at completion is never judged anew: a rule may have changed since, and the bundle
    says the same as the page.
    """
    if facts.steps[step].state is not StepState.DONE:
        return findings_for(step, facts)
    (newest,) = CaseRows(case).run(_newest_snapshot(), step=step.value)
    return _frozen_findings(newest.body)


@cache
def _newest_snapshot() -> Select[Any]:
    table = table_of(Snapshot)
    return (
        select(table.c.body)
        .where(bounded(table), table.c.step == bindparam("step"))
        .order_by(table.c.number.desc())
        .limit(1)
    )


@lru_cache(maxsize=256)
def _frozen_findings(body: str) -> tuple[Finding, ...]:
    return tuple(from_plain(Finding, finding) for finding in load_text(body)["findings"])


def require_open(facts: CaseFacts, step: Step) -> None:
    """Refuse to change a step that is waiting or completed, or of a case that has ended (C-2)."""
    require_going_on(facts)
    state = facts.steps[step].state
    title = SPEC[step].title
    if state is StepState.WAITING:
        before = " · ".join(SPEC[s].title for s in SPEC[step].opens_after)
        raise Refused(f"{title}은(는) {before} 단계를 완료한 뒤에 할 수 있습니다.", "C-2")
    if state in (StepState.DONE, StepState.STALE):
        raise Refused(f"{title}은(는) 완료된 단계입니다. 고치려면 먼저 사유를 적고 다시 열어 주세요.", "C-2")


def complete(actor: Actor, case: Case, step: Step) -> Snapshot:
    """Complete an open step: judge it by its rules and freeze what was decided.

    Raises ``Refused`` when it is not its turn and ``GateClosed`` with the findings when a rule is not
    met or lacks its reason.
    """
    ledger.hold_case(actor, case)
    facts = case_facts.load(case)
    require_open(facts, step)
    _require_turn(facts, step)
    findings = findings_for(step, facts)
    if any(finding.blocks for finding in findings):
        raise GateClosed(findings)
    if step is Step.DEFINITION:
        definition_freeze.freeze(actor, case)
        facts = case_facts.load(case)
        findings = findings_for(step, facts)
    return _freeze(actor, case, step, facts, findings, action="complete")


def confirm(actor: Actor, case: Case, step: Step, reason: str) -> Snapshot:
    """Confirm a stale step again: its own decision has not changed, what it rests on has.

    Raises ``InvalidInput`` without a reason, ``Refused`` when the step is not stale, not its turn, or
    when the words, filters or service types searched have changed, ``GateClosed`` as in ``complete``.
    """
    if not reason.strip():
        raise InvalidInput("왜 그대로 두어도 되는지 사유를 적어 주세요.", "reason")
    ledger.hold_case(actor, case)
    facts = case_facts.load(case)
    require_going_on(facts)
    if facts.steps[step].state is not StepState.STALE:
        raise Refused(f"{SPEC[step].title}은(는) 다시 확인할 단계가 아닙니다.", "C-2")
    _require_turn(facts, step)
    if step is Step.SEARCH and search_plans_changed(case, facts):
        raise Refused(
            "검색어·필터·서비스 유형이 바뀌었습니다. ③을 다시 열어 새 정의서로 검색해 주세요.", "R-6"
        )
    findings = findings_for(step, facts)
    if any(finding.blocks for finding in findings):
        raise GateClosed(findings)
    return _freeze(actor, case, step, facts, findings, action="confirm", reason=reason)


def reopen(actor: Actor, case: Case, step: Step, reason: str) -> tuple[Step, ...]:
    """Open a completed step again, with a reason; nothing recorded disappears.

    Returns the steps that have to be confirmed again because of it. Raises ``InvalidInput`` without
    a reason and ``Refused`` when the step is not completed, or when the contract that rests on it
    has been concluded (then it is changed by amendment).
    """
    if not reason.strip():
        raise InvalidInput("다시 여는 사유를 적어 주세요.", "reason")
    ledger.hold_case(actor, case)
    history = states.histories(case)
    if history[step].active is None:
        raise Refused(f"{SPEC[step].title}은(는) 완료되지 않아 다시 열 것이 없습니다.", "C-2")
    facts = case_facts.load(case)
    require_going_on(facts)
    if facts.contract.conclusion is not None and SPEC[step].number <= SPEC[Step.CONTRACT].number:
        raise Refused(
            "계약이 체결되어 ①~⑥은 다시 열 수 없습니다. 바뀐 것은 ⑥에서 변경계약으로 남겨 주세요.", "C-2"
        )
    row = _record(actor, case, step, history, action="reopen", reason=reason)
    reached = tuple(s for s in dependents(step) if history[s].active is not None)
    ledger.record(
        actor,
        "step.reopened",
        case=case,
        body={"step": step.value, "reason": reason, "reopens": [s.value for s in reached]},
        rows=[row],
    )
    case.closed_at = None
    return reached


def justify(actor: Actor, case: Case, rule_id: str, subject: str, text: str) -> Justification:
    """Write the reason for a rule that asks for one.

    Raises ``InvalidInput`` for an unknown rule, one that takes no reason, or an empty text.
    """
    rule = BY_ID.get(rule_id)
    if rule is None:
        raise InvalidInput("그런 규칙이 없습니다. 화면을 새로 고침해 주세요.", "reason")
    if not text.strip():
        raise InvalidInput("사유를 적어 주세요.", "reason")
    facts = case_facts.load(case)
    step = rule.step or Step.BUDGET
    require_open(facts, step)
    asked = [f for f in findings_for(step, facts) if f.rule_id == rule_id and f.subject == subject]
    if not any(f.wants_reason and f.severity is Severity.JUSTIFY for f in asked):
        raise InvalidInput("지금 이 규칙에는 사유가 필요하지 않습니다. 화면을 새로 고침해 주세요.", "reason")
    row = justifications.add(actor, case, rule_id, subject, text.strip())
    ledger.record(
        actor,
        "reason.written",
        case=case,
        body={"rule": rule_id, "subject": subject, "text": row.text},
        rows=[row],
    )
    return row


def search_plans_changed(case: Case, facts: CaseFacts) -> bool:
    """Whether what is searched for differs between the final runs' definition and the present one."""
    active = facts.definition.frozen
    for final in facts.search.finals:
        run = facts.search.run(final.run_id)
        if final.round != facts.search.round or run is None or active is None:
            continue
        then = definition_freeze.text_of(case, run.definition_version)
        if search_plans(then).get(run.lot) != search_plans(active).get(run.lot):
            return True
    return False


def _require_turn(facts: CaseFacts, step: Step) -> None:
    done = frozenset(s for s, f in facts.steps.items() if f.state is StepState.DONE)
    if not can_complete(step, done):
        waiting = " · ".join(SPEC[s].title for s in SPEC[step].completes_after if s not in done)
        raise Refused(f"{waiting} 단계를 먼저 완료해 주세요.", "C-2")


def _freeze(
    actor: Actor,
    case: Case,
    step: Step,
    facts: CaseFacts,
    findings: Sequence[Finding],
    *,
    action: str,
    reason: str = "",
) -> Snapshot:
    history = states.histories(case)
    decision = to_plain(decision_of(step, facts))
    body, salt = _body_of(step, facts, findings, decision, history), new_salt()
    snapshot = Snapshot(
        institution_id=case.institution_id,
        case_id=case.id,
        step=step.value,
        number=1 + sum(1 for record in history[step].records if record.action != "reopen"),
        body=body,
        salt=salt,
        digest=digest_of_text(body, salt),
        facts_digest=_facts_digest(case, step, canonical(decision), salt),
        actor_id=uuid.UUID(actor.account_id),
    )
    db.session.add(snapshot)
    db.session.flush()
    row = _record(actor, case, step, history, action=action, reason=reason, snapshot_id=snapshot.id)
    ledger.record(
        actor,
        "step.completed" if action == "complete" else "step.confirmed",
        case=case,
        body={"step": step.value, "snapshot": snapshot.digest, "reason": reason},
        rows=[snapshot, row],
    )
    if step is Step.ENDING:
        case.closed_at = snapshot.recorded_at
    return snapshot


def _facts_digest(case: Case, step: Step, decision: str, salt: str) -> str:
    """Digest of a decision: the same as before when the step has decided just this already.

    Salted, so that it tells nothing of a decision whose text is erased one day together with its salt.
    """
    query = select(Snapshot.salt, Snapshot.facts_digest).where(
        Snapshot.case_id == case.id, Snapshot.step == step.value
    )
    for known in db.session.execute(query):
        if digest_of_text(decision, known.salt) == known.facts_digest:
            return str(known.facts_digest)
    return digest_of_text(decision, salt)


def _body_of(
    step: Step,
    facts: CaseFacts,
    findings: Sequence[Finding],
    decision: Any,
    history: Mapping[Step, StepHistory],
) -> str:
    """What was decided, how it was judged, and the digests of the steps it rests on, in one text."""
    return canonical(
        {
            "schema": SNAPSHOT_SCHEMA,
            "rule_set": RULE_SET_VERSION,
            "step": step.value,
            "facts": decision,
            "findings": [to_plain(finding) for finding in findings],
            "inputs": {
                needed.value: active.facts_digest
                for needed in SPEC[step].rests_on
                if (active := history[needed].active) is not None
            },
            "evidence": _evidence_of(step, facts),
        }
    )


def _record(
    actor: Actor,
    case: Case,
    step: Step,
    history: Mapping[Step, StepHistory],
    *,
    action: str,
    reason: str,
    snapshot_id: uuid.UUID | None = None,
) -> StepRecord:
    """Add the next record of a step's history."""
    row = StepRecord(
        institution_id=case.institution_id,
        case_id=case.id,
        step=step.value,
        number=history[step].next_number,
        action=action,
        snapshot_id=snapshot_id,
        reason=reason,
        actor_id=uuid.UUID(actor.account_id),
    )
    db.session.add(row)
    db.session.flush()
    return row


def _evidence_of(step: Step, facts: CaseFacts) -> list[dict[str, Any]]:
    return [
        {"id": e.evidence_id, "name": e.name, "digest": e.digest}
        for e in facts.evidence
        if e.step is step and not e.superseded
    ]

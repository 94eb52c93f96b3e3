"""⑤ Evaluators: invited, declared, released; each submits one sheet."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence

from sqlalchemy import select

from procurement.domain.access import Actor
from procurement.domain.computed import computed_scores, missing_values
from procurement.domain.errors import Conflict, InvalidInput, NotAllowed, NotFound, Refused
from procurement.domain.facts import CaseFacts
from procurement.domain.facts.selection import CriteriaSet, Declaration, Evaluator, EvaluatorRelease, Score
from procurement.domain.scoring import check_sheet
from procurement.domain.selection import scored_services, submitted, table_closed, without_outcome
from procurement.domain.steps import Step
from procurement.extensions import db
from procurement.models import Case, CaseRecord, Draft, ScoreSheet
from procurement.models import Score as ScoreRow
from procurement.models.base import now
from procurement.services import case_facts, cases, ledger, records, workflow
from procurement.services.codec_text import load_text
from procurement.services.once import add_once
from procurement.services.selection_guard import Selecting, Wording, begin, hold_back, require_own_route

SUBMITTED = "이미 평가표를 제출했습니다. 제출한 평가표는 바꿀 수 없으니 제출한 점수를 확인만 해 주세요."


def me_in(facts: CaseFacts, actor: Actor) -> Evaluator:
    """The evaluator that ``actor`` is; ``NotAllowed`` for one who is none, or has been released."""
    found = next((e for e in facts.selection.evaluators if e.evaluator_id == actor.account_id), None)
    if found is None or found.released:
        raise NotAllowed("이 건의 평가위원이 아닙니다. 맡았다고 알고 있으면 사업담당자에게 물어보세요.")
    return found


def invite(actor: Actor, case: Case, account_id: str) -> None:
    """Make a person an evaluator of the case; refused once a table is closed (E-3)."""
    ledger.hold_case(actor, case)
    workflow.require_open(case_facts.load(case), Step.SELECTION)
    cases.add_member(actor, case, account_id, "evaluator")


def release(actor: Actor, case: Case, account_id: str, reason: str) -> CaseRecord:
    """Take an evaluator off the case, with a reason; the trace stays.

    Raises ``InvalidInput`` without a reason, ``NotFound`` for no such evaluator, ``Refused`` for one
    who has submitted a sheet: it counts.
    """
    ledger.hold_case(actor, case)
    facts = case_facts.load(case)
    workflow.require_open(facts, Step.SELECTION)
    found = next((e for e in facts.selection.evaluators if e.evaluator_id == account_id), None)
    if found is None or found.released:
        raise NotFound("그런 평가위원이 없습니다. 목록을 새로 고쳐 확인해 주세요.")
    if not reason.strip():
        raise InvalidInput("해촉하는 사유를 적어 주세요.", "reason")
    current = {c.set_id for lot in facts.head.lots if (c := facts.selection.criteria_of(lot))}
    if any(s.evaluator_id == account_id and s.set_id in current for s in facts.selection.sheets):
        raise Refused(
            f"{found.name} 님은 평가표를 제출했으므로 해촉할 수 없습니다. 제출된 점수는 그대로 셈합니다.",
            "E-4",
        )
    value = EvaluatorRelease(account_id, reason.strip())
    return records.add(actor, case, "evaluator_release", value, now())


def declare(actor: Actor, case: Case, *, has_conflict: bool | None, text: str) -> CaseRecord:
    """Declare whether one has a conflict of interest, before scoring (E-9).

    Raises ``InvalidInput`` without an answer, or without a word on the conflict, ``Refused`` after one's
    own sheet has been submitted.
    """
    ledger.hold_case(actor, case)
    facts = case_facts.load(case)
    workflow.require_open(facts, Step.SELECTION)
    me_in(facts, actor)
    if has_conflict is None:
        raise InvalidInput("이해관계가 있는지 없는지 골라 주세요.", "has_conflict")
    if has_conflict and not text.strip():
        raise InvalidInput("어떤 이해관계인지 적어 주세요. 담당자가 평가위원을 바꿉니다.", "text")
    if any(s.evaluator_id == actor.account_id for s in facts.selection.sheets):
        raise Refused("평가표를 제출한 뒤에는 신고를 바꿀 수 없습니다. 담당자에게 알려 주세요.", "E-9")
    value = Declaration(actor.account_id, has_conflict, text.strip())
    old = next(
        (
            r
            for r in records.active(case)
            if r.kind == "declaration" and r.value.evaluator_id == actor.account_id
        ),
        None,
    )
    if old is None:
        return records.add(actor, case, "declaration", value, now())
    return records.revise(actor, case, old.thread_id, old.version, value, now())


def submit_sheet(
    actor: Actor, case: Case, lot: int, set_id: str, scores: Sequence[Score], wording_reason: str = ""
) -> ScoreSheet:
    """Submit one's own sheet on the criteria ``set_id``, once; ``scores`` are those of judged criteria.

    What is counted by a formula goes into the sheet by itself.
    Raises ``NotAllowed`` for one who is no evaluator, ``Refused`` without a declaration or with a
    conflict (E-9), before criteria are fixed (E-3), while a service has no outcome or when one's sheet is
    in already (E-4), ``InvalidInput`` for a sheet that is not complete, ``Conflict`` when the criteria were
    replaced meanwhile.
    """
    at = begin(actor, case, lot)
    require_own_route(at)
    _require_may_score(at, me_in(at.facts, actor))
    criteria = at.facts.selection.criteria_of(lot)
    if criteria is None:
        raise Refused("평가기준이 확정되지 않았습니다. 확정된 뒤에 다시 열어 주세요.", "E-3")
    if criteria.set_id != set_id:
        raise Conflict("그사이 평가기준이 바뀌었습니다. 새 평가표를 열어 다시 매겨 주세요.")
    if actor.account_id in submitted(at.facts, lot):
        raise Refused(SUBMITTED, "E-4")
    check_sheet(criteria.judged, scores, [row.result_id for row in scored_services(at.facts, lot)])
    said = Wording(f"{actor.name}의 평가표", tuple(score.comment for score in scores), wording_reason)
    hold_back(actor, case, at.facts, said)
    sheet = ScoreSheet(
        institution_id=case.institution_id,
        case_id=case.id,
        set_id=uuid.UUID(criteria.set_id),
        run_id=uuid.UUID(criteria.run_id),
        evaluator_id=uuid.UUID(actor.account_id),
        actor_id=uuid.UUID(actor.account_id),
    )
    add_once(sheet, SUBMITTED)
    rows = [_score(sheet, score) for score in (*scores, *computed_scores(at.facts, lot))]
    db.session.add_all(rows)
    db.session.flush()
    ledger.record(actor, "sheet.submitted", case=case, body={"lot": lot}, rows=[sheet, *rows])
    return sheet


def draft_name(criteria: CriteriaSet) -> str:
    """The draft that an evaluator's sheet on these criteria is kept in."""
    return f"sheet-{criteria.lot}-{criteria.number}"


def progress(facts: CaseFacts, case: Case, lot: int) -> tuple[int, Mapping[str, int]]:
    """How many cells a sheet of the lot has, and how many each evaluator has filled in so far.

    Only how many: what stands in a sheet that is not in is its evaluator's alone.
    """
    criteria = facts.selection.criteria_of(lot)
    if criteria is None:
        return 0, {}
    query = select(Draft).where(Draft.case_id == case.id, Draft.form == draft_name(criteria))
    filled = {
        str(row.account_id): sum(
            name.endswith("-points") and any(values) for name, values in load_text(row.fields).items()
        )
        for row in db.session.scalars(query)
    }
    return len(criteria.judged) * len(scored_services(facts, lot)), filled


def _require_may_score(at: Selecting, me: Evaluator) -> None:
    if me.declared_at is None:
        raise Refused("점수를 매기기 전에 이해충돌 여부를 먼저 신고해 주세요.", "E-9")
    if me.has_conflict:
        raise Refused(
            "이해관계가 있다고 신고하여 점수를 매길 수 없습니다. 담당자가 평가위원을 바꿉니다.", "E-9"
        )
    if without_outcome(at.facts, at.lot):
        raise Refused(
            "처리 결과가 정해지지 않은 서비스가 있어 아직 평가할 수 없습니다. 담당자에게 알려 주세요.", "E-4"
        )
    if missing := missing_values(at.facts, at.lot):
        raise Refused(
            f"‘{missing[0].service.service_name}’의 ‘{missing[0].criterion.title}’을(를) 셈할 값이 없어 "
            "아직 평가할 수 없습니다. 담당자에게 알려 주세요.",
            "E-4",
        )
    if table_closed(at.facts, at.lot):
        raise Conflict("평가가 이미 끝났습니다. 제출한 평가표는 바꿀 수 없습니다.")


def _score(sheet: ScoreSheet, score: Score) -> ScoreRow:
    return ScoreRow(
        institution_id=sheet.institution_id,
        case_id=sheet.case_id,
        sheet_id=sheet.id,
        set_id=sheet.set_id,
        run_id=sheet.run_id,
        criterion_id=uuid.UUID(score.criterion_id),
        result_id=uuid.UUID(score.result_id),
        points_hundredths=score.points_hundredths,
        comment=score.comment.strip(),
    )

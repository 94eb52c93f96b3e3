"""⑤ The decision on a lot: it follows from the table, or from the mall's own procedure (E-13)."""

from __future__ import annotations

import uuid
from dataclasses import dataclass

from sqlalchemy import func, select

from procurement.domain.access import Actor
from procurement.domain.errors import InvalidInput, Refused
from procurement.domain.facts.search import ResultRow
from procurement.domain.facts.selection import DecisionKind, OutcomeKind
from procurement.domain.rules.reading import still_running
from procurement.domain.selection import disqualified, in_front
from procurement.extensions import db
from procurement.models import Case, Decision
from procurement.models import ServiceOutcome as OutcomeRow
from procurement.services import ledger
from procurement.services.once import add_once
from procurement.services.selection_guard import Selecting, Wording, begin, hold_back


@dataclass(frozen=True)
class Choice:
    """A decision as asked for: its kind, the service of an award, the reason."""

    kind: DecisionKind
    result_id: str | None = None
    reason: str = ""
    wording_reason: str = ""


def decide(actor: Actor, case: Case, lot: int, choice: Choice) -> Decision:
    """Decide a lot; a later decision takes the place of an earlier one, with a reason.

    Raises ``Refused`` when the choice does not follow from the table or from the mall's result (E-13),
    ``InvalidInput`` where a reason is missing.
    """
    at = begin(actor, case, lot)
    reason = choice.reason.strip()
    standing = at.facts.selection.decision_of(lot)
    if standing is not None and not reason:
        raise InvalidInput("이미 내린 결정을 바꾸는 사유를 적어 주세요.", "reason")
    if choice.kind is not DecisionKind.AWARD and not reason:
        raise InvalidInput("그렇게 결정하는 사유를 적어 주세요.", "reason")
    hold_back(actor, case, at.facts, Wording("결정 사유", (reason,), choice.wording_reason))
    row = Decision(
        institution_id=case.institution_id,
        case_id=case.id,
        lot_id=at.lot_id,
        number=_next_number(at),
        kind=choice.kind.value,
        final_run_id=at.final_id,
        reason=reason,
        actor_id=uuid.UUID(actor.account_id),
    )
    if choice.kind is DecisionKind.AWARD:
        _award(at, row, choice)
    elif choice.kind is DecisionKind.NONE_SUITABLE:
        _check_none_suitable(at)
    add_once(row, "그사이 다른 사람이 결정을 내렸습니다. 화면을 새로 고쳐 확인해 주세요.")
    ledger.record(
        actor,
        "decision.made",
        case=case,
        body={
            "lot": lot,
            "number": row.number,
            "kind": row.kind,
            "result": choice.result_id if choice.kind is DecisionKind.AWARD else None,
            "reason": reason,
        },
        rows=[row],
    )
    return row


def _next_number(at: Selecting) -> int:
    query = select(func.max(Decision.number)).where(Decision.lot_id == at.lot_id)
    return (db.session.scalar(query) or 0) + 1


def _award(at: Selecting, row: Decision, choice: Choice) -> None:
    service = at.service(choice.result_id)
    if at.central:
        _check_mall(at, service)
    else:
        _check_winner(at, service, choice.reason)
        criteria = at.facts.selection.criteria_of(at.lot)
        row.set_id = uuid.UUID(criteria.set_id) if criteria else None
    query = (
        select(OutcomeRow)
        .where(OutcomeRow.final_run_id == at.final_id, OutcomeRow.result_id == uuid.UUID(service.result_id))
        .order_by(OutcomeRow.number.desc())
        .limit(1)
    )
    outcome = db.session.scalars(query).one_or_none()
    if outcome is None or outcome.kind != OutcomeKind.SCORED.value:
        raise Refused(
            f"‘{service.service_name}’의 처리 결과가 ‘평가’가 아닙니다. 처리 결과를 먼저 적어 주세요.", "E-4"
        )
    row.outcome_id, row.outcome_kind = outcome.id, outcome.kind
    row.result_id = outcome.result_id


def _check_winner(at: Selecting, service: ResultRow, reason: str) -> None:
    """Refuse an award that does not follow from the table (E-13)."""
    if at.facts.selection.table_of(at.lot) is None:
        raise Refused(
            "평가표가 아직 없어 대상을 정할 수 없습니다. 모든 평가위원의 평가표를 받아 주세요.", "E-13"
        )
    front = in_front(at.facts, at.lot)
    chosen = next((row for row in front if row.result_id == service.result_id), None)
    if chosen is None:
        gone = service.result_id in disqualified(at.facts, at.lot)
        why = "기술협상에서 결격된 서비스입니다" if gone else "평가표의 1위가 아닙니다"
        raise Refused(
            f"‘{service.service_name}’은(는) {why}. 평가 결과에 따라 맨 앞 순위의 서비스를 골라 주세요.",
            "E-13",
        )
    if not chosen.meets_minimum:
        raise Refused(
            f"‘{service.service_name}’의 점수가 미리 정한 최저 점수에 못 미칩니다. "
            "적합한 서비스 없음으로 결정해 주세요.",
            "E-13",
        )
    if len(front) > 1 and not reason.strip():
        raise InvalidInput(
            "동점 처리 순서로도 순위가 갈리지 않았습니다. 이 서비스로 정하는 경위를 적어 주세요.", "reason"
        )


def _check_mall(at: Selecting, service: ResultRow) -> None:
    results = at.facts.selection.mall_results
    if not any((r.lot, r.result_id) == (at.lot, service.result_id) for r in results):
        raise Refused(
            f"‘{service.service_name}’에 대한 디지털서비스몰 절차의 결과가 없습니다. "
            "절차의 결과를 먼저 적고 그대로 정해 주세요.",
            "E-13",
        )


def _check_none_suitable(at: Selecting) -> None:
    if at.central:
        return
    if any(row.meets_minimum for row in in_front(at.facts, at.lot)):
        raise Refused(
            "최저 점수를 넘은 서비스가 있어 적합한 서비스 없음으로 정할 수 없습니다. "
            "평가표의 1위로 정해 주세요.",
            "E-13",
        )
    if at.facts.selection.table_of(at.lot) is None and still_running(at.facts, at.lot):
        raise Refused(
            "아직 평가하지 않은 서비스가 있습니다. 평가를 마친 뒤에 정하거나 선정 절차 취소를 골라 주세요.",
            "E-13",
        )

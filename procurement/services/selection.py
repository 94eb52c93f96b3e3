"""⑤ Criteria and outcomes: rows that are only added to, guarded before they are written."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import func, select

from procurement.domain.access import Actor
from procurement.domain.codec import canonical
from procurement.domain.errors import InvalidInput, Refused
from procurement.domain.facts.formula import Formula
from procurement.domain.facts.search import ResultRow
from procurement.domain.facts.selection import (
    Averaging,
    Criterion,
    OutcomeKind,
    ServiceOutcome,
)
from procurement.domain.scoring import check_criteria
from procurement.domain.selection import scoring_begun
from procurement.extensions import db
from procurement.models import Case, CriteriaSet, CriterionFormula
from procurement.models import Criterion as CriterionRow
from procurement.models import ServiceOutcome as OutcomeRow
from procurement.services import ledger
from procurement.services.once import add_once
from procurement.services.selection_guard import Selecting, Wording, begin, hold_back, require_own_route


@dataclass(frozen=True)
class CriteriaText:
    """Criteria as written, before they are fixed. ``tie_break`` holds keys of criteria, in order."""

    criteria: tuple[Criterion, ...]
    averaging: Averaging = Averaging.MEAN
    minimum_hundredths: int = 0
    tie_break: tuple[str, ...] = ()

    @property
    def words(self) -> tuple[str, ...]:
        """Everything in it that an evaluator reads."""
        return tuple(word for c in self.criteria for word in (c.title, c.scale))


@dataclass(frozen=True)
class OutcomeText:
    """What is said of one service: how it ended, the clause that it fails, why."""

    kind: OutcomeKind
    clause: str = ""
    reason: str = ""


def freeze_criteria(
    actor: Actor, case: Case, lot: int, text: CriteriaText, reason: str = "", wording_reason: str = ""
) -> CriteriaSet:
    """Fix the criteria of a lot before the first score (E-3); from here on its quotes are open.

    Raises ``Refused`` once a sheet has been submitted and on the central route, ``InvalidInput`` for
    criteria that cannot count or a second set without a reason, ``Conflict`` when another was fixed
    at the same moment.
    """
    at = begin(actor, case, lot)
    require_own_route(at)
    if scoring_begun(at.facts, lot):
        raise Refused(
            "첫 평가표가 제출된 뒤에는 평가기준을 바꿀 수 없습니다. "
            "평가를 새로 해야 하면 ③을 다시 열어 주세요.",
            "E-3",
        )
    check_criteria(text.criteria, text.minimum_hundredths, text.tie_break)
    if not text.tie_break and len(at.run.results) > 1:
        raise InvalidInput("동점일 때 견줄 순서를 하나 이상 정해 주세요.", "tie_break")
    hold_back(actor, case, at.facts, Wording("평가기준", (*text.words, reason), wording_reason))
    before = at.facts.selection.criteria_of(lot)
    if before is not None and not reason.strip():
        raise InvalidInput("이미 확정한 평가기준을 바꾸는 사유를 적어 주세요.", "reason")
    row = CriteriaSet(
        institution_id=case.institution_id,
        case_id=case.id,
        final_run_id=at.final_id,
        run_id=uuid.UUID(at.run.run_id),
        number=before.number + 1 if before else 1,
        averaging=text.averaging.value,
        minimum_hundredths=text.minimum_hundredths,
        tie_break=canonical(list(text.tie_break)),
        reason=reason.strip(),
        actor_id=uuid.UUID(actor.account_id),
    )
    add_once(row, "그사이 다른 사람이 평가기준을 확정했습니다. 화면을 새로 고쳐 확인해 주세요.")
    rows = [_criterion(row, place, criterion) for place, criterion in enumerate(text.criteria, start=1)]
    db.session.add_all(rows)
    db.session.flush()
    counted = [_formula(made, c.formula) for made, c in zip(rows, text.criteria, strict=True) if c.formula]
    db.session.add_all(counted)
    db.session.flush()
    ledger.record(
        actor,
        "criteria.fixed",
        case=case,
        body={"lot": lot, "number": row.number, "reason": row.reason},
        rows=[row, *rows, *counted],
    )
    return row


def record_outcomes(
    actor: Actor, case: Case, lot: int, wanted: Mapping[str, OutcomeText], wording_reason: str = ""
) -> list[OutcomeRow]:
    """Say of services of the final run how each ended (E-4); what stays the same appends nothing.

    Raises ``InvalidInput`` where a clause or a reason is missing and ``Refused`` for a service that is
    not in the final run, "no quote" of one that sent a quote or was never asked, and for any change
    after the first sheet except that a service lost its selection meanwhile.
    """
    at = begin(actor, case, lot)
    known = {o.result_id: o for o in at.facts.selection.outcomes if o.lot == lot}
    added: list[OutcomeRow] = []
    for result_id, text in wanted.items():
        service = at.service(result_id)
        old = known.get(result_id)
        if old is not None and _same(old, text):
            continue
        _check_outcome(at, service, text, old)
        said = Wording(f"처리 결과: {service.service_name}", (text.reason,), wording_reason)
        hold_back(actor, case, at.facts, said)
        added.append(_outcome_row(actor, case, at, result_id, text))
    if added:
        ledger.record(
            actor,
            "outcome.recorded",
            case=case,
            body={"lot": lot, "outcomes": [[str(r.result_id), r.kind, r.clause, r.reason] for r in added]},
            rows=added,
        )
    return added


def _criterion(row: CriteriaSet, place: int, criterion: Criterion) -> CriterionRow:
    return CriterionRow(
        institution_id=row.institution_id,
        case_id=row.case_id,
        set_id=row.id,
        position=place,
        key=criterion.key,
        title=criterion.title,
        aspect=criterion.aspect.value,
        weight=criterion.weight,
        clause=criterion.clause,
        scale=criterion.scale,
    )


def _formula(criterion: CriterionRow, formula: Formula) -> CriterionFormula:
    return CriterionFormula(
        institution_id=criterion.institution_id,
        case_id=criterion.case_id,
        set_id=criterion.set_id,
        criterion_id=criterion.id,
        measure=formula.measure.value,
        method=formula.method.value,
        unit=formula.unit,
        marks=canonical(list(formula.marks)),
    )


def _same(old: ServiceOutcome, text: OutcomeText) -> bool:
    return (old.kind, old.clause, old.reason) == (text.kind, text.clause.strip(), text.reason.strip())


def _check_outcome(at: Selecting, service: ResultRow, text: OutcomeText, old: ServiceOutcome | None) -> None:
    name = service.service_name
    if scoring_begun(at.facts, at.lot) and text.kind is not OutcomeKind.CANCELLED:
        raise Refused(
            f"평가가 시작된 뒤에는 ‘{name}’의 처리를 바꿀 수 없습니다. "
            "그사이 디지털서비스 선정이 취소된 때에만 선정 취소로 적을 수 있습니다.",
            "E-4",
        )
    if text.kind is OutcomeKind.NO_QUOTE:
        _check_no_quote(at, service, text)
    if text.kind is OutcomeKind.EXCLUDED and not text.clause.strip():
        raise InvalidInput(f"‘{name}’이(가) 채우지 못한 정의서 항목을 골라 주세요.", "clause")
    if text.kind in (OutcomeKind.EXCLUDED, OutcomeKind.CANCELLED) and not text.reason.strip():
        raise InvalidInput(f"‘{name}’을(를) 평가하지 않는 까닭을 적어 주세요.", "reason")
    if old is not None and old.kind is not OutcomeKind.SCORED and not text.reason.strip():
        raise InvalidInput(f"‘{name}’의 처리를 바꾸는 까닭을 적어 주세요.", "reason")


def _check_no_quote(at: Selecting, service: ResultRow, text: OutcomeText) -> None:
    selection, name = at.facts.selection, service.service_name
    if selection.quote_of(at.lot, service.result_id) is not None:
        raise Refused(
            f"‘{name}’은(는) 견적을 냈으므로 견적 미제출로 뺄 수 없습니다. 평가하거나 까닭을 밝혀 주세요.",
            "E-4",
        )
    asked = [r for r in selection.requests if r.lot == at.lot and service.result_id in r.result_ids]
    if not asked:
        raise Refused(f"‘{name}’에는 견적을 요청하지 않았습니다. 먼저 견적을 요청해 주세요.", "E-4")
    if max(r.due_on for r in asked) >= at.facts.today and not text.reason.strip():
        raise InvalidInput(
            f"‘{name}’의 견적 기한이 아직 지나지 않았습니다. "
            "기다리거나, 내지 않겠다고 한 경위를 적어 주세요.",
            "reason",
        )


def _outcome_row(actor: Actor, case: Case, at: Selecting, result_id: str, text: OutcomeText) -> OutcomeRow:
    key = uuid.UUID(result_id)
    query = select(func.max(OutcomeRow.number)).where(
        OutcomeRow.final_run_id == at.final_id, OutcomeRow.result_id == key
    )
    row = OutcomeRow(
        institution_id=case.institution_id,
        case_id=case.id,
        final_run_id=at.final_id,
        run_id=uuid.UUID(at.run.run_id),
        result_id=key,
        number=(db.session.scalar(query) or 0) + 1,
        kind=text.kind.value,
        clause=text.clause.strip() if text.kind is OutcomeKind.EXCLUDED else "",
        reason=text.reason.strip(),
        actor_id=uuid.UUID(actor.account_id),
    )
    add_once(row, "그사이 다른 사람이 처리 결과를 적었습니다. 화면을 새로 고쳐 확인해 주세요.")
    return row

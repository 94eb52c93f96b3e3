"""⑤ Values that criteria are counted from and that no quote or list holds: entered with their proof."""

from __future__ import annotations

from dataclasses import dataclass

from procurement.domain.access import Actor
from procurement.domain.errors import InvalidInput, Refused
from procurement.domain.facts.formula import Formula, Measure, Measured, Method
from procurement.domain.formulas import NO_LEVEL, number_of
from procurement.domain.selection import scoring_begun
from procurement.models import Case, CaseRecord
from procurement.models.base import now
from procurement.services import records
from procurement.services.selection_guard import begin, require_file, require_own_route

PROOFS = ("evaluation", "material", "proposal", "question", "quote")
"""Purposes of files that prove a value."""


@dataclass(frozen=True)
class MeasuredText:
    """A value as typed: of which service on which criterion, with the file that proves it."""

    key: str
    result_id: str
    value: str
    evidence_id: str | None
    note: str = ""
    reason: str = ""


def keep(actor: Actor, case: Case, lot: int, text: MeasuredText) -> CaseRecord:
    """Enter a value of a service, or a right one in the place of a wrong one, with a reason.

    Raises ``InvalidInput`` for a value that cannot be read, without its file, or changed without a reason,
    ``Refused`` before criteria are fixed and after the first sheet (E-3), and for a strange service (E-4).
    """
    at = begin(actor, case, lot)
    require_own_route(at)
    criteria = at.facts.selection.criteria_of(lot)
    if criteria is None:
        raise Refused("평가기준이 확정되지 않았습니다. 확정한 뒤에 값을 넣어 주세요.", "E-3")
    if scoring_begun(at.facts, lot):
        raise Refused("첫 평가표가 제출된 뒤에는 셈할 값을 바꿀 수 없습니다. 제출된 값으로 셈합니다.", "E-3")
    found = next((c for c in criteria.computed if c.key == text.key), None)
    if found is None or found.formula is None or found.formula.measure is not Measure.ENTERED:
        raise InvalidInput("값을 넣어 셈하는 평가항목을 골라 주세요.", "key")
    service = at.service(text.result_id)
    level, value = _value(found.formula, text.value)
    proof = require_file(at, text.evidence_id, PROOFS)
    if proof is None:
        raise InvalidInput("값을 보여 주는 자료를 올려 주세요.", "file")
    measured = Measured(
        lot, criteria.set_id, text.key, service.result_id, level, value, proof, text.note.strip()
    )
    old = next((r for r in records.active(case) if r.kind == "measured" and _same(r.value, measured)), None)
    if old is None:
        return records.add(actor, case, "measured", measured, now())
    if not text.reason.strip():
        raise InvalidInput("이미 넣은 값을 바꾸는 사유를 적어 주세요.", "reason")
    return records.revise(actor, case, old.thread_id, old.version, measured, now(), text.reason.strip())


def _same(one: Measured, other: Measured) -> bool:
    return (one.set_id, one.key, one.result_id) == (other.set_id, other.key, other.result_id)


def _value(formula: Formula, typed: str) -> tuple[str, int | None]:
    """The level or the number that was typed."""
    if not typed.strip():
        raise InvalidInput("값을 적어 주세요.", "value")
    if formula.method is Method.LEVELS:
        known = list(dict.fromkeys([*(mark.level for mark in formula.marks), NO_LEVEL]))
        if typed.strip() not in known:
            raise InvalidInput(f"정한 등급 가운데 하나를 적어 주세요: {', '.join(known)}.", "value")
        return typed.strip(), None
    try:
        value = number_of(typed)
    except InvalidInput as wrong:
        raise InvalidInput(wrong.message, "value") from None
    if value < 0 and formula.method in (Method.LOWEST, Method.HIGHEST):
        raise InvalidInput("0보다 작은 값으로는 비율을 셈할 수 없습니다. 값을 확인하세요.", "value")
    return "", value

"""⑦ Registration of the concluded contract in the support system, and again after each amendment."""

from __future__ import annotations

from datetime import date

from procurement.domain.access import Actor
from procurement.domain.errors import InvalidInput, Refused
from procurement.domain.facts import CaseFacts
from procurement.domain.facts.contract import Amendment
from procurement.domain.facts.registration import Registration, RegistrationKind
from procurement.domain.periods import Due, days_late, due_within, format_date
from procurement.domain.rules.reading import is_central
from procurement.domain.rules.registration import REGISTRATION_DAYS, registration_due
from procurement.domain.steps import Step
from procurement.models import Case, CaseRecord
from procurement.services import record_guards, records
from procurement.services.record_guards import check_proof, moment_of


def due(facts: CaseFacts) -> Due | None:
    """The day by which the contract is to be registered and how it was counted; ``None`` where none is."""
    conclusion = facts.contract.conclusion
    if conclusion is None or is_central(facts):
        return None
    return due_within(conclusion.concluded_on, REGISTRATION_DAYS, facts.holidays.get)


def uncorrected(facts: CaseFacts) -> tuple[Amendment, ...]:
    """Amendments that have not been registered yet, in order."""
    return tuple(a for a in facts.contract.amendments if facts.registration.correction_for(a.number) is None)


def register(
    actor: Actor, case: Case, *, registered_on: date, evidence_id: str | None = None, late_reason: str = ""
) -> CaseRecord:
    """Record the first registration (G-1, G-4).

    Raises ``Refused`` while ⑦ is not open, for the central route (G-2) or a second registration, and
    ``InvalidInput`` for an impossible day or a late one without reason.
    """
    facts, concluded_on = _open_facts(actor, case)
    if facts.registration.initial is not None:
        raise Refused("이미 등록을 기록했습니다. 잘못 적었으면 그 기록을 취소한 뒤에 다시 적으세요.", "G-1")
    _require_day(registered_on, concluded_on)
    check_proof(case, evidence_id or None)
    limit = registration_due(facts, concluded_on)
    if days_late(limit, registered_on) and not late_reason.strip():
        raise InvalidInput(
            f"등록 기한({format_date(limit)})보다 늦었습니다. 늦은 사유를 적어 주세요.", "late_reason"
        )
    value = Registration(
        RegistrationKind.INITIAL,
        registered_on,
        late_reason=late_reason.strip(),
        evidence_id=evidence_id or None,
    )
    return records.add(actor, case, "registration", value, moment_of(registered_on, "registered_on"))


def correct(
    actor: Actor, case: Case, *, amendment: int, registered_on: date, evidence_id: str | None = None
) -> CaseRecord:
    """Record the registration of an amendment (G-3).

    Raises ``Refused`` as :func:`register` does, and ``InvalidInput`` for an amendment that is not there or is
    registered already, or a day before it.
    """
    facts, _ = _open_facts(actor, case)
    changed = next((a for a in uncorrected(facts) if a.number == amendment), None)
    if changed is None:
        raise InvalidInput("수정등록할 변경계약을 목록에서 골라 주세요.", "amendment")
    _require_day(registered_on, changed.amended_on)
    check_proof(case, evidence_id or None)
    value = Registration(
        RegistrationKind.CORRECTION,
        registered_on,
        amendment=amendment,
        evidence_id=evidence_id or None,
    )
    return records.add(actor, case, "registration", value, moment_of(registered_on, "registered_on"))


def withdraw(actor: Actor, case: Case, thread_id: str, reason: str) -> None:
    """Take a mistaken registration record back, with a reason.

    Raises ``Refused`` while ⑦ is not open, ``InvalidInput`` without a reason, ``NotFound`` for no
    such record.
    """
    record_guards.withdraw(actor, case, Step.REGISTRATION, thread_id, reason)


def _open_facts(actor: Actor, case: Case) -> tuple[CaseFacts, date]:
    """Facts of a case whose ⑦ is open and needs registering, and the day of conclusion."""
    facts = record_guards.facts_to_change(actor, case, Step.REGISTRATION)
    conclusion = facts.contract.conclusion
    if conclusion is None:
        raise Refused("체결한 계약이 없습니다. ⑥에서 체결을 기록한 뒤에 등록하세요.", "G-4")
    if is_central(facts):
        raise Refused(
            "중앙조달은 이용계약 정보가 자동으로 이관되어 따로 등록하지 않습니다. 그대로 완료하세요.", "G-2"
        )
    return facts, conclusion.concluded_on


def _require_day(registered_on: date, first: date) -> None:
    moment_of(registered_on, "registered_on")
    if registered_on < first:
        raise InvalidInput(
            f"등록한 날이 계약한 날({format_date(first)})보다 빠릅니다. 두 날짜를 확인해 주세요.",
            "registered_on",
        )

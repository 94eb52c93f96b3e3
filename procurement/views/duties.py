"""⑧ Pages of the provider's duties."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from flask import Blueprint, request
from werkzeug.wrappers import Response as BaseResponse

from procurement.domain.errors import NotFound
from procurement.domain.facts import CaseFacts
from procurement.domain.facts.contract import Duty, DutyTiming
from procurement.domain.facts.monitoring import DutyConfirmation
from procurement.domain.obligations import duty_dues
from procurement.forms import monitoring as forms
from procurement.services import case_facts, monitoring, record_guards, records
from procurement.services.records import ActiveRecord
from procurement.views.edge import actor, case
from procurement.views.monitoring_page import back, page
from procurement.views.record_page import DONE, attempt, proof_name, proofs, sent

blueprint = Blueprint("duties", __name__, url_prefix="/cases/<number>/monitoring/duties")


@dataclass(frozen=True)
class DutyLine:
    """One occurrence of a duty: when it is due (``None``: on demand), and its confirmation."""

    duty: Duty
    occurrence: str
    due_on: date | None
    record: ActiveRecord | None
    proof: str
    late: bool


@blueprint.get("")
def index(number: str) -> BaseResponse:
    """What the provider has to do by when, and who has confirmed it."""
    facts = case_facts.load(case())
    found = _lines(facts)
    return page(
        "duties",
        facts,
        "duties",
        once=[line for line in found if line.duty.timing is not DutyTiming.MONTHLY],
        monthly=[line for line in reversed(found) if line.duty.timing is DutyTiming.MONTHLY],
    )


@blueprint.route("/<key>", methods=["GET", "POST"])
def confirm(number: str, key: str) -> BaseResponse:
    """Confirm one occurrence of a duty; ``?month=`` for a monthly one."""
    facts = case_facts.load(case())
    month = request.args.get("month", "")
    duty = _duty(facts, key)
    form = forms.DutyForm(sent(), done_on=records.today(), confirmed_by=duty.confirmed_by)
    form.evidence_id.offer(proofs(facts))

    def act() -> None:
        confirmation = DutyConfirmation(
            key,
            month,
            form.done_on.data,  # type: ignore[arg-type]  # a required field
            (form.confirmed_by.data or "").strip(),
            (form.note.data or "").strip(),
            form.evidence_id.evidence_id,
        )
        monitoring.confirm_duty(actor(), case(), confirmation)

    status = attempt(form, act)
    if status == DONE:
        return back("duties", number, f"‘{duty.title}’의 이행을 확인했습니다.")
    return page("duty", facts, "duties", status, form=form, duty=duty, month=month)


def _duty(facts: CaseFacts, key: str) -> Duty:
    duties = facts.contract.terms.duties if facts.contract.terms else ()
    for duty in duties:
        if duty.key == key:
            return duty
    raise NotFound("계약에 없는 이행사항입니다. 목록에서 다시 골라 주세요.")


def _lines(facts: CaseFacts) -> list[DutyLine]:
    """Every occurrence with a day, then those on demand with each time they were asked for."""
    confirmed = record_guards.of_kind(case(), "confirmation")
    there = {(record.value.duty, record.value.occurrence): record for record in confirmed}
    lines = [
        _line(facts, due.duty, due.occurrence, due.due_on, there.get((due.duty.key, due.occurrence)))
        for due in duty_dues(facts)
    ]
    known = {line.duty.key for line in lines}
    for duty in facts.contract.terms.duties if facts.contract.terms else ():
        if duty.key not in known:
            times = [record for record in confirmed if record.value.duty == duty.key]
            lines += [_line(facts, duty, "", None, record) for record in (*times, None)]
    return lines


def _line(
    facts: CaseFacts, duty: Duty, occurrence: str, due_on: date | None, record: ActiveRecord | None
) -> DutyLine:
    done = record.value.done_on if record else facts.today
    late = due_on is not None and done > due_on
    proof = proof_name(facts, record.value.evidence_id) if record else ""
    return DutyLine(duty, occurrence, due_on, record, proof, late)

"""⑨ Acts on the checklist and on the promises for the end (X-7, X-8). The plan itself is a document."""

from __future__ import annotations

from procurement.domain.access import Actor
from procurement.domain.errors import Conflict, InvalidInput, NotFound
from procurement.domain.facts import CaseFacts
from procurement.domain.facts.ending import ChecklistItem, ChecklistMark, PromiseMark
from procurement.domain.steps import Step
from procurement.models import Case, CaseRecord
from procurement.services import records
from procurement.services.record_guards import (
    check_proof,
    check_text,
    facts_to_change,
    moment_of,
    of_kind,
    record_of,
    withdraw,
)
from procurement.services.records import ActiveRecord

_PROMISE = "promise_"


def item_of(facts: CaseFacts, key: str) -> ChecklistItem:
    """The line of the checklist with this key; ``NotFound`` when the checklist has none."""
    for item in facts.ending.items:
        if item.key == key:
            return item
    raise NotFound("점검표에 없는 줄입니다. 점검표를 새로 고쳐 다시 골라 주세요.")


def promise_place(key: str) -> int | None:
    """Which promise a line of the checklist stands for, counted from 0; ``None`` for any other line."""
    place = key.removeprefix(_PROMISE)
    return int(place) if key.startswith(_PROMISE) and place.isdecimal() else None


def promises_of(facts: CaseFacts) -> tuple[str, ...]:
    """What the provider promised for the end, as the contract has it."""
    return facts.contract.terms.end_promises if facts.contract.terms else ()


def promise_of(facts: CaseFacts, place: int) -> str:
    """The words of a promise; ``NotFound`` when the contract has no such promise."""
    promises = promises_of(facts)
    if not 0 <= place < len(promises):
        raise NotFound("계약서에 없는 약속입니다. 목록에서 다시 골라 주세요.")
    return promises[place]


def mark(actor: Actor, case: Case, done: ChecklistMark) -> CaseRecord:
    """Mark a line of the checklist as done: when, by whom, on what proof.

    Raises ``NotFound`` for an unknown line, ``InvalidInput`` for a line of a promise (which is confirmed
    as kept or not), a day to come or no name; ``Conflict`` when it is marked already.
    """
    facts = facts_to_change(actor, case, Step.ENDING)
    item_of(facts, done.item)
    if promise_place(done.item) is not None:
        raise InvalidInput("약속은 이행했는지를 함께 적습니다. ‘약속의 이행’에서 적어 주세요.", "item")
    if done.item in {there.item for there in facts.ending.marks}:
        raise Conflict("이미 표시한 줄입니다. 점검표를 새로 고쳐 확인해 주세요.")
    check_text(done.done_by, "누가 확인했는지 적어 주세요.", "done_by")
    check_proof(case, done.evidence_id)
    return records.add(actor, case, "checklist_mark", done, moment_of(done.done_on, "done_on"))


def unmark(actor: Actor, case: Case, thread_id: str, reason: str) -> CaseRecord:
    """Take a mark or a promise's confirmation back, with a reason; its line is open again."""
    record = record_of(case, Step.ENDING, thread_id)
    if record.kind == "promise":
        _withdraw_mark(actor, case, record.value.promise, reason)
    elif promise_place(record.value.item) is not None:
        raise InvalidInput("약속의 줄은 ‘약속의 이행’에서 확인을 취소하면 함께 취소됩니다.", "item")
    return withdraw(actor, case, Step.ENDING, thread_id, reason)


def confirm_promise(
    actor: Actor, case: Case, promise: PromiseMark, base_version: int = 0, reason: str = ""
) -> CaseRecord:
    """Record whether a promise was kept (X-7); its line of the checklist follows.

    ``base_version`` is 0 for the first word on it; a later one gives the version it was entered over and
    a reason. Raises ``NotFound`` for an unknown promise, ``InvalidInput`` for a day to come, one not kept
    without saying what was done, or a correction without a reason; ``Conflict`` when somebody was quicker.
    """
    facts = facts_to_change(actor, case, Step.ENDING)
    promise_of(facts, promise.promise)
    if not promise.kept:
        check_text(promise.note, "이행되지 않아 어떻게 조치했는지 적어 주세요.", "note")
    check_proof(case, promise.evidence_id)
    confirmed = moment_of(promise.confirmed_on, "confirmed_on")
    there = promise_records(case).get(promise.promise)
    if (there.version if there else 0) != base_version:
        raise Conflict("그사이 다른 사람이 이 약속을 확인했습니다. 새로 고쳐 확인해 주세요.")
    if there is None:
        row = records.add(actor, case, "promise", promise, confirmed)
    else:
        check_text(reason, "이미 적은 확인을 고치는 사유를 적어 주세요.", "reason")
        row = records.revise(actor, case, there.thread_id, there.version, promise, confirmed, reason.strip())
    _follow(actor, case, facts, promise)
    return row


def promise_records(case: Case) -> dict[int, ActiveRecord]:
    """What stands on each promise, by its place."""
    return {record.value.promise: record for record in of_kind(case, "promise")}


def mark_records(case: Case) -> dict[str, ActiveRecord]:
    """Marks of the checklist, by the key of the line."""
    return {record.value.item: record for record in of_kind(case, "checklist_mark")}


def _follow(actor: Actor, case: Case, facts: CaseFacts, promise: PromiseMark) -> None:
    """The line of a promise is done when the promise is kept, or when it is said what came instead."""
    key = f"{_PROMISE}{promise.promise}"
    if key not in {item.key for item in facts.ending.items}:
        return
    done = ChecklistMark(key, promise.confirmed_on, actor.name, promise.note, promise.evidence_id)
    old = mark_records(case).get(key)
    moment = moment_of(promise.confirmed_on, "confirmed_on")
    if old is None:
        records.add(actor, case, "checklist_mark", done, moment)
    elif old.value != done:
        records.revise(actor, case, old.thread_id, old.version, done, moment)


def _withdraw_mark(actor: Actor, case: Case, place: int, reason: str) -> None:
    there = mark_records(case).get(f"{_PROMISE}{place}")
    if there is not None:
        withdraw(actor, case, Step.ENDING, there.thread_id, reason)

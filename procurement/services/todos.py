"""What waits for a person: days that come near, steps to look at again, sheets and approvals."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from enum import Enum

from sqlalchemy import ColumnElement, and_, exists, or_, select
from sqlalchemy.orm import aliased

from procurement.domain.access import Actor, Role
from procurement.domain.rules.base import Severity
from procurement.domain.steps import SPEC, Step, StepState
from procurement.extensions import db
from procurement.models import (
    Case,
    CaseMember,
    CaseRecord,
    CriteriaSet,
    Deadline,
    Decision,
    ScoreSheet,
)
from procurement.services import approval_requests
from procurement.services.summary import states_of

# One person has seldom more at once; the list stays short whatever the number of cases.
MOST_OF_A_KIND = 50


class Waiting(Enum):
    """Which page a thing to do is done on."""

    STEP = "step"
    SHEET = "sheet"
    APPROVAL = "approval"


@dataclass(frozen=True)
class Todo:
    """One thing to do: ``due_on`` is ``None`` where no day is set; what is ``pressing`` comes first."""

    number: str
    title: str
    step: Step
    what: str
    due_on: date | None = None
    pressing: bool = False
    waiting: Waiting = Waiting.STEP


def todos(actor: Actor) -> list[Todo]:
    """Everything that waits for ``actor``: what has a day first, then what is pressing, then the rest.

    A fixed number of queries, however many cases there are.
    """
    found = [todo for source in SOURCES for todo in source(actor)]
    return sorted(found, key=lambda t: (t.due_on is None, t.due_on or date.max, not t.pressing, t.number))


def _deadlines(actor: Actor) -> list[Todo]:
    query = (
        select(Deadline, Case.number, Case.title)
        .join(Case, Case.id == Deadline.case_id)
        .where(_my_work(actor), Case.closed_at.is_(None))
        .order_by(Deadline.due_on, Case.number, Deadline.key)
        .limit(MOST_OF_A_KIND)
    )
    return [
        Todo(number, title, Step(d.step), d.title, d.due_on, d.severity == Severity.BLOCK.value)
        for d, number, title in db.session.execute(query).tuples()
    ]


def _steps(actor: Actor) -> list[Todo]:
    """Steps to confirm again, and the next step of a case that no day presses."""
    query = (
        select(Case)
        .where(
            _my_work(actor),
            Case.closed_at.is_(None),
            or_(Case.next_due_on.is_(None), Case.step_states.like("%s%")),
        )
        .order_by(Case.step_states.like("%s%").desc(), Case.created_at.desc())
        .limit(MOST_OF_A_KIND)
    )
    return [_step_of(case) for case in db.session.scalars(query)]


def _step_of(case: Case) -> Todo:
    states = states_of(case.step_states)
    stale = next((step for step, state in states.items() if state is StepState.STALE), None)
    if stale is not None:
        return Todo(case.number, case.title, stale, f"{SPEC[stale].title} 다시 확인", pressing=True)
    step = Step(case.current_step)
    return Todo(case.number, case.title, step, f"{SPEC[step].title} 이어서 하기")


def _declarations(actor: Actor) -> list[Todo]:
    """Cases at ⑤ in which ``actor``, an evaluator, has not declared on conflicts of interest yet."""
    if Role.EVALUATOR not in actor.roles:
        return []
    me = uuid.UUID(actor.account_id)
    query = (
        select(Case.number, Case.title)
        .join(CaseMember, and_(CaseMember.case_id == Case.id, CaseMember.role == "evaluator"))
        .where(
            CaseMember.account_id == me,
            Case.closed_at.is_(None),
            Case.current_step == Step.SELECTION.value,
            ~_has_declared(me),
            ~_is_released(me),
        )
        .limit(MOST_OF_A_KIND)
    )
    return [
        Todo(number, title, Step.SELECTION, "이해충돌 여부 신고", pressing=True, waiting=Waiting.SHEET)
        for number, title in db.session.execute(query).tuples()
    ]


def _has_declared(evaluator: uuid.UUID) -> ColumnElement[bool]:
    return exists().where(
        CaseRecord.case_id == Case.id, CaseRecord.kind == "declaration", CaseRecord.actor_id == evaluator
    )


def _is_released(evaluator: uuid.UUID) -> ColumnElement[bool]:
    return exists().where(
        CaseRecord.case_id == Case.id,
        CaseRecord.kind == "evaluator_release",
        CaseRecord.body.contains(str(evaluator)),
    )


def _sheets(actor: Actor) -> list[Todo]:
    """Criteria that are fixed and that ``actor``, an evaluator of the case, has not scored on yet."""
    if Role.EVALUATOR not in actor.roles:
        return []
    me, later = uuid.UUID(actor.account_id), aliased(CriteriaSet)
    query = (
        select(Case.number, Case.title)
        .join(CaseMember, and_(CaseMember.case_id == Case.id, CaseMember.role == "evaluator"))
        .join(CriteriaSet, CriteriaSet.case_id == Case.id)
        .where(
            CaseMember.account_id == me,
            Case.closed_at.is_(None),
            Case.current_step == Step.SELECTION.value,
            _has_declared(me),
            ~_is_released(me),
            ~exists().where(
                later.final_run_id == CriteriaSet.final_run_id, later.number > CriteriaSet.number
            ),
            ~exists().where(ScoreSheet.set_id == CriteriaSet.id, ScoreSheet.evaluator_id == me),
            ~exists().where(Decision.final_run_id == CriteriaSet.final_run_id),
        )
        .distinct()
        .limit(MOST_OF_A_KIND)
    )
    return [
        Todo(number, title, Step.SELECTION, "평가표 제출", pressing=True, waiting=Waiting.SHEET)
        for number, title in db.session.execute(query).tuples()
    ]


def _approvals(actor: Actor) -> list[Todo]:
    """Requests that wait for the answer of ``actor``, an approver of the case."""
    return [
        Todo(found.number, found.title, Step.CONTRACT, "품의 결재", pressing=True, waiting=Waiting.APPROVAL)
        for found in approval_requests.waiting_for(actor)[:MOST_OF_A_KIND]
    ]


def _my_work(actor: Actor) -> ColumnElement[bool]:
    """Cases whose steps ``actor`` works on: as officer or as collaborator."""
    me = uuid.UUID(actor.account_id)
    helping = select(CaseMember.case_id).where(CaseMember.account_id == me, CaseMember.role == "collaborator")
    return or_(Case.project_officer_id == me, Case.contract_officer_id == me, Case.id.in_(helping))


# A new sort of thing to wait for is one more function here.
SOURCES: tuple[Callable[[Actor], list[Todo]], ...] = (_deadlines, _declarations, _sheets, _approvals, _steps)

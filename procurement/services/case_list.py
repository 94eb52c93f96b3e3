"""The list of cases: narrowed, sorted, page by page; and the deadlines of one's own."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import date
from functools import cache

from sqlalchemy import ColumnElement, Select, func, or_, select
from sqlalchemy.orm import aliased

from procurement.domain.access import Actor, Relation, may
from procurement.domain.steps import Step, StepState
from procurement.extensions import db
from procurement.models import Account, Case, CaseMember, Deadline
from procurement.models.base import now
from procurement.services import summary
from procurement.services.records import SEOUL


@dataclass(frozen=True)
class CaseRow:
    """A case as the list shows it; ``amount_won`` is ``None`` before ① says it.

    ``readable``: whether who looks may open the case; ``evaluates``: whether he has a sheet to fill in.
    """

    number: str
    title: str
    states: dict[Step, StepState]
    current: Step
    amount_won: int | None
    next_due_on: date | None
    project_officer: str
    contract_officer: str
    closed: bool
    without_contract: bool
    is_sample: bool
    readable: bool
    evaluates: bool


@dataclass(frozen=True)
class DueDay:
    """A deadline of one of my cases, for the calendar."""

    number: str
    title: str
    step: Step
    key: str
    what: str
    due_on: date


@dataclass(frozen=True)
class Page:
    """A page of the list: rows, how many in all, number and size of the page."""

    rows: list[CaseRow]
    total: int
    page: int
    size: int

    @property
    def pages(self) -> int:
        """How many pages there are."""
        return max(1, -(-self.total // self.size))


@dataclass(frozen=True)
class Query:
    """What the list is asked for; empty means any."""

    text: str = ""
    step: str = ""
    state: str = ""
    mine: bool = False
    sort: str = "recent"
    page: int = 1
    size: int = 25


def list_cases(actor: Actor, query: Query) -> Page:
    """Cases that concern the actor, by the query; three queries, whatever the number of cases."""
    project, contract = _officers()
    conditions = _conditions(actor, query)
    total = db.session.scalar(select(func.count()).select_from(Case).where(*conditions)) or 0
    found = (
        db.session.execute(
            _ordered(
                select(Case, project.name, contract.name)
                .join(project, project.id == Case.project_officer_id)
                .join(contract, contract.id == Case.contract_officer_id)
                .where(*conditions),
                query.sort,
            )
            .limit(query.size)
            .offset((max(query.page, 1) - 1) * query.size)
        )
        .tuples()
        .all()
    )
    held = _relations(actor, [case for case, _, _ in found])
    rows = [_row(*row, actor, held[row[0].id]) for row in found]
    return Page(rows, total, max(query.page, 1), query.size)


@cache
def _officers() -> tuple[type[Account], type[Account]]:
    """The two officers of a case, as the list joins them; an alias costs more to make than to use."""
    return aliased(Account), aliased(Account)


def deadlines(actor: Actor) -> list[DueDay]:
    """Every open deadline of the actor's own open cases, nearest first; one query."""
    query = (
        select(Deadline, Case.number, Case.title)
        .join(Case, Case.id == Deadline.case_id)
        .where(_mine(actor), Case.closed_at.is_(None))
        .order_by(Deadline.due_on, Case.number, Deadline.key)
    )
    return [
        DueDay(number, title, Step(d.step), d.key, d.title, d.due_on)
        for d, number, title in db.session.execute(query).tuples()
    ]


def _mine(actor: Actor) -> ColumnElement[bool]:
    me = uuid.UUID(actor.account_id)
    membership = select(CaseMember.case_id).where(CaseMember.account_id == me)
    return or_(Case.project_officer_id == me, Case.contract_officer_id == me, Case.id.in_(membership))


def _conditions(actor: Actor, query: Query) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = []
    if query.mine or not may(actor, "case.read", frozenset({Relation.NONE})):
        found.append(_mine(actor))
    if text := query.text.strip():
        pattern = "%" + text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_") + "%"
        found.append(or_(Case.title.ilike(pattern, escape="\\"), Case.number.ilike(pattern, escape="\\")))
    if query.step in {step.value for step in Step}:
        found.append(Case.current_step == query.step)
    if query.state == "closed":
        found.append(Case.closed_at.is_not(None))
    elif query.state == "without":
        found.append(Case.end_kind.is_not(None))
    elif query.state == "open":
        found.append(Case.closed_at.is_(None))
    elif query.state == "stale":
        found.append(Case.step_states.like("%s%"))
    elif query.state == "late":
        found.append(Case.next_due_on < now().astimezone(SEOUL).date())
    return found


def _ordered(query: Select[tuple[Case, str, str]], sort: str) -> Select[tuple[Case, str, str]]:
    orders = {
        "number": (Case.number,),
        "title": (Case.title, Case.number),
        "amount": (Case.amount_won.desc().nulls_last(), Case.number),
        "due": (Case.next_due_on.asc().nulls_last(), Case.number),
    }
    return query.order_by(*orders.get(sort, (Case.created_at.desc(), Case.number.desc())))


def _relations(actor: Actor, listed: list[Case]) -> dict[uuid.UUID, set[Relation]]:
    """How the actor stands to each of the cases listed; one query."""
    me = uuid.UUID(actor.account_id)
    held: dict[uuid.UUID, set[Relation]] = {case.id: set() for case in listed}
    for case in listed:
        if me in (case.project_officer_id, case.contract_officer_id):
            held[case.id].add(Relation.OFFICER)
    query = select(CaseMember.case_id, CaseMember.role).where(
        CaseMember.account_id == me, CaseMember.case_id.in_(held)
    )
    for case_id, role in db.session.execute(query).tuples():
        held[case_id].add(Relation(role))
    return held


def _row(
    case: Case, project_officer: str, contract_officer: str, actor: Actor, held: set[Relation]
) -> CaseRow:
    return CaseRow(
        number=case.number,
        title=case.title,
        states=summary.states_of(case.step_states),
        current=Step(case.current_step),
        amount_won=case.amount_won,
        next_due_on=case.next_due_on,
        project_officer=project_officer,
        contract_officer=contract_officer,
        closed=case.closed_at is not None,
        without_contract=case.end_kind is not None,
        is_sample=case.is_sample,
        readable=may(actor, "case.read", frozenset(held)),
        evaluates=may(actor, "sheet.write", frozenset(held)),
    )

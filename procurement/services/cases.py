"""Opening a case, and who takes part in one."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from functools import cache

from sqlalchemy import Select, bindparam, func, select

from procurement.domain.access import Actor, Role
from procurement.domain.errors import InvalidInput, NotFound, Refused
from procurement.extensions import db
from procurement.models import (
    Account,
    AccountRole,
    Case,
    CaseMember,
    CaseRecord,
    Lot,
    ScoreSheet,
)
from procurement.models.base import now
from procurement.services import ledger, selection_guard
from procurement.services.audit import UNKNOWN
from procurement.services.codec_text import load_text
from procurement.services.records import SEOUL

MEMBER_ROLES = {"evaluator": Role.EVALUATOR, "approver": Role.APPROVER, "collaborator": None}
LONGEST_TITLE = 300
RELEASE_RULE = "E-9"


@dataclass(frozen=True)
class Person:
    """An account as offered in a choice."""

    account_id: str
    name: str
    department: str = ""
    role: str = ""


def open_case(
    actor: Actor, *, title: str, project_officer_id: str, contract_officer_id: str, is_sample: bool = False
) -> Case:
    """Open a case with its first lot; its number is the next of the year in the institution (C-1).

    Raises ``InvalidInput`` without a title or when an officer has not that role.
    """
    title = title.strip()
    if not title:
        raise InvalidInput("사업명을 적어 주세요.", "title")
    if len(title) > LONGEST_TITLE:
        raise InvalidInput(f"사업명은 {LONGEST_TITLE}자까지 적을 수 있습니다. 줄여 주세요.", "title")
    project = _officer(project_officer_id, Role.PROJECT_OFFICER, "project_officer_id")
    contract = _officer(contract_officer_id, Role.CONTRACT_OFFICER, "contract_officer_id")
    institution_id = uuid.UUID(actor.institution_id)
    ledger.hold_institution(actor)
    case = Case(
        institution_id=institution_id,
        number=_next_number(),
        title=title,
        project_officer_id=project.id,
        contract_officer_id=contract.id,
        is_sample=is_sample,
    )
    db.session.add(case)
    db.session.flush()
    db.session.add(Lot(institution_id=institution_id, case_id=case.id, number=1))
    ledger.record(
        actor,
        "case.opened",
        case=case,
        body={
            "number": case.number,
            "title": title,
            "project_officer": str(project.id),
            "contract_officer": str(contract.id),
        },
    )
    ledger.record(actor, "case.opened", body={"number": case.number, "case": str(case.id)})
    return case


def by_number(number: str) -> Case | None:
    """The case with this number in the institution of the session."""
    return db.session.scalars(_case_by_number(), {"number": number}).one_or_none()


@cache
def _case_by_number() -> Select[tuple[Case]]:
    return select(Case).where(Case.number == bindparam("number"))


def people_with(role: Role) -> list[Person]:
    """Active accounts that hold a role, by name."""
    query = (
        select(Account)
        .join(AccountRole, AccountRole.account_id == Account.id)
        .where(AccountRole.role == role.value, Account.active)
        .order_by(Account.name)
    )
    return [Person(str(a.id), a.name, a.department) for a in db.session.scalars(query)]


def name_of(account_id: str) -> str:
    """The name behind an account id of the institution, as it is now."""
    account = db.session.get(Account, uuid.UUID(account_id))
    return account.name if account is not None else UNKNOWN


def officers(case: Case) -> list[Person]:
    """The two officers of a case, the project officer first."""
    parts = (
        (case.project_officer_id, Role.PROJECT_OFFICER),
        (case.contract_officer_id, Role.CONTRACT_OFFICER),
    )
    query = select(Account).where(Account.id.in_([key for key, _ in parts]))
    found = {account.id: account for account in db.session.scalars(query)}
    return [Person(str(k), found[k].name, found[k].department, role.label) for k, role in parts]


def members(case: Case) -> list[Person]:
    """Evaluators, approvers and collaborators of a case."""
    query = (
        select(Account, CaseMember.role)
        .join(CaseMember, CaseMember.account_id == Account.id)
        .where(CaseMember.case_id == case.id)
        .order_by(CaseMember.role, Account.name)
    )
    return [Person(str(a.id), a.name, a.department, role) for a, role in db.session.execute(query).tuples()]


def add_member(actor: Actor, case: Case, account_id: str, role: str) -> None:
    """Let a person take part as evaluator, approver or collaborator.

    Raises ``InvalidInput`` for an unknown role or a person who does not hold it, ``Refused`` for an
    evaluator once scores can be seen (E-3).
    """
    if role not in MEMBER_ROLES:
        raise InvalidInput("맡을 일을 목록에서 골라 주세요.", "role")
    if role == "evaluator":
        selection_guard.require_can_invite(case)
    needed = MEMBER_ROLES[role]
    account = _officer(account_id, needed, "account_id")
    known = select(CaseMember).where(
        CaseMember.case_id == case.id, CaseMember.account_id == account.id, CaseMember.role == role
    )
    if db.session.scalars(known).one_or_none() is not None:
        raise InvalidInput(f"{account.name} 님은 이미 이 건에 지정되어 있습니다.", "account_id")
    db.session.add(
        CaseMember(institution_id=case.institution_id, case_id=case.id, account_id=account.id, role=role)
    )
    ledger.record(actor, "member.added", case=case, body={"account": str(account.id), "role": role})


def remove_member(actor: Actor, case: Case, account_id: str, role: str) -> None:
    """End a person's part in a case; the ledger keeps that there was one.

    Raises ``NotFound`` for no such part, and ``Refused`` for an evaluator who has declared or scored:
    then the release of an evaluator is recorded instead, so that neither disappears (E-9).
    """
    try:
        key = uuid.UUID(account_id)
    except ValueError:
        raise NotFound("그런 참여자가 없습니다. 목록을 새로 고쳐 확인해 주세요.") from None
    query = select(CaseMember).where(
        CaseMember.case_id == case.id, CaseMember.account_id == key, CaseMember.role == role
    )
    member = db.session.scalars(query).one_or_none()
    if member is None:
        raise NotFound("그런 참여자가 없습니다. 목록을 새로 고쳐 확인해 주세요.")
    if role == "evaluator" and _has_taken_part(case, key):
        raise Refused(
            "이해충돌을 신고했거나 평가표를 낸 평가위원은 뺄 수 없습니다. ⑤에서 해촉을 기록해 주세요.",
            RELEASE_RULE,
        )
    db.session.delete(member)
    ledger.record(actor, "member.removed", case=case, body={"account": account_id, "role": role})


def _has_taken_part(case: Case, account_id: uuid.UUID) -> bool:
    scored = select(ScoreSheet.id).where(ScoreSheet.case_id == case.id, ScoreSheet.evaluator_id == account_id)
    if db.session.scalars(scored.limit(1)).one_or_none() is not None:
        return True
    declared = select(CaseRecord.body).where(CaseRecord.case_id == case.id, CaseRecord.kind == "declaration")
    bodies = db.session.scalars(declared)
    return any(load_text(body)["evaluator_id"] == str(account_id) for body in bodies)


def _officer(account_id: str, role: Role | None, field: str) -> Account:
    try:
        key = uuid.UUID(account_id)
    except ValueError:
        raise InvalidInput("목록에서 사람을 골라 주세요.", field) from None
    account = db.session.scalars(select(Account).where(Account.id == key, Account.active)).one_or_none()
    if account is None:
        raise InvalidInput("목록에서 사람을 골라 주세요.", field)
    if role is not None and role.value not in {r.role for r in account.roles}:
        raise InvalidInput(
            f"{account.name} 님에게는 {role.label} 역할이 없습니다. 다른 사람을 골라 주세요.", field
        )
    return account


def _next_number() -> str:
    year = now().astimezone(SEOUL).year
    last = db.session.scalar(select(func.max(Case.number)).where(Case.number.like(f"{year}-%")))
    return f"{year}-{(int(last[5:]) if last else 0) + 1:04d}"


def require(number: str) -> Case:
    """The case with this number, ``NotFound`` otherwise; for commands."""
    case = by_number(number)
    if case is None:
        raise NotFound(f"{number} 이용계약 건이 없습니다. 번호를 확인해 주세요.")
    return case

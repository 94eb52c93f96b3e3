"""The sample institution and its people; none of them is real."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select

from procurement.domain.access import Actor, Role
from procurement.domain.facts.case import ContractLaw, InstitutionKind
from procurement.extensions import db
from procurement.models import Account, Institution
from procurement.models.base import ACROSS
from procurement.services import admin, people, unit

INSTITUTION = "표본 전자정보기술원(견본)"
PASSWORD = "sample-login-1234"  # noqa: S105 - refused in production, printed for whoever tries it out


@dataclass(frozen=True)
class Person:
    """An invented person: login, name, department and roles."""

    login: str
    name: str
    department: str
    roles: tuple[Role, ...]


PROJECT = Person("project", "표본 사업담당 김견본", "표본 미디어연구센터", (Role.PROJECT_OFFICER,))
CONTRACT = Person("contract", "표본 계약담당 이견본", "표본 재무팀", (Role.CONTRACT_OFFICER,))
FIRST_EVALUATOR = Person("evaluator1", "표본 평가위원 박견본", "표본 외부 위원", (Role.EVALUATOR,))
SECOND_EVALUATOR = Person("evaluator2", "표본 평가위원 최견본", "표본 정보화팀", (Role.EVALUATOR,))
APPROVER = Person("approver", "표본 결재권자 정견본", "표본 경영본부", (Role.APPROVER,))
AUDITOR = Person("auditor", "표본 감사 강견본", "표본 감사실", (Role.AUDITOR,))
PRIVACY = Person("privacy", "표본 보호책임 한견본", "표본 정보보호팀", (Role.PRIVACY_OFFICER,))
ADMIN = Person("admin", "표본 관리자 윤견본", "표본 정보화팀", (Role.ADMIN,))

PEOPLE = (PROJECT, CONTRACT, FIRST_EVALUATOR, SECOND_EVALUATOR, APPROVER, AUDITOR, PRIVACY, ADMIN)


def institution() -> Institution | None:
    """The sample institution, ``None`` before it is loaded."""
    query = select(Institution).where(Institution.name == INSTITUTION, Institution.is_sample)
    return db.session.scalars(query.execution_options(**{ACROSS: True})).one_or_none()


def found_institution() -> str:
    """Make the institution, which follows the local contract law, and its people; returns its id."""
    with unit.work():
        token = admin.first_administrator(
            institution=INSTITUTION, kind=InstitutionKind.OTHER_PUBLIC, login=ADMIN.login, name=ADMIN.name
        )
        people.use_link(token, PASSWORD)
        row = db.session.scalars(select(Institution).where(Institution.name == INSTITUTION)).one()
        row.is_sample = True
        head = actor(ADMIN)
        settings = admin.InstitutionView(
            INSTITUTION, InstitutionKind.OTHER_PUBLIC, ContractLaw.LOCAL, row.search_result_limit
        )
        admin.change_institution(head, settings)
        for person in PEOPLE[:-1]:
            account = admin.create_account(
                head,
                login=person.login,
                name=person.name,
                department=person.department,
                roles=person.roles,
            )
            people.use_link(people.make_link(head, account.account_id), PASSWORD)
        for account_row in db.session.scalars(select(Account)):
            account_row.is_sample = True
        return str(row.id)


def actor(person: Person) -> Actor:
    """The actor that a sample person is; the session is bound to the institution."""
    account = db.session.scalars(select(Account).where(Account.login == person.login)).one()
    return people.actor_of(account, db.session.get_one(Institution, account.institution_id))

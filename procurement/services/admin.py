"""Running an institution: its settings, its people and their roles; all of it in the institution's chain."""

from __future__ import annotations

import uuid
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, or_, select
from sqlalchemy.exc import IntegrityError

from procurement.domain.access import Actor, Role
from procurement.domain.errors import InvalidInput, NotFound, Refused
from procurement.domain.facts.case import ContractLaw, InstitutionKind
from procurement.extensions import db
from procurement.models import Account, AccountRole, Institution
from procurement.models.base import ACROSS
from procurement.services import institutions, ledger, people

LARGEST_RESULT_LIMIT = 1000
LONGEST_ROUTE_DAYS = 730

# The law proposed for a kind of institution; some follow another, so that it stays a setting of its own.
PROPOSED_LAW: dict[InstitutionKind, ContractLaw] = {
    InstitutionKind.NATIONAL: ContractLaw.NATIONAL,
    InstitutionKind.LOCAL: ContractLaw.LOCAL,
    InstitutionKind.PUBLIC_CORPORATION: ContractLaw.PUBLIC_BODY,
    InstitutionKind.OTHER_PUBLIC: ContractLaw.OWN_RULES,
}


@dataclass(frozen=True)
class InstitutionView:
    """Settings of the institution; ``search_result_limit`` is a number of services (S-5).

    ``own_route_days``, ``central_route_days``: days that a route of ④ takes as a rule, ``None`` for not set.
    """

    name: str
    kind: InstitutionKind
    contract_law: ContractLaw
    search_result_limit: int
    own_route_days: int | None = None
    central_route_days: int | None = None


@dataclass(frozen=True)
class AccountView:
    """An account as its administrator sees it; ``ready`` once a password has been set."""

    account_id: str
    login: str
    name: str
    department: str
    roles: tuple[Role, ...]
    active: bool
    ready: bool
    is_sample: bool
    created_at: datetime


def institution_of(actor: Actor) -> InstitutionView:
    """Settings of the actor's institution."""
    row = _institution(actor)
    return InstitutionView(
        row.name,
        InstitutionKind(row.kind),
        ContractLaw(row.contract_law),
        row.search_result_limit,
        row.own_route_days,
        row.central_route_days,
    )


def change_institution(actor: Actor, settings: InstitutionView) -> bool:
    """Change the settings; returns whether anything changed.

    Raises ``InvalidInput`` for an empty or taken name, or a number outside its limits.
    """
    row = _institution(actor)
    name = _named(settings.name, "기관 이름")
    if not 1 <= settings.search_result_limit <= LARGEST_RESULT_LIMIT:
        raise InvalidInput(
            f"검색 결과 수는 1에서 {LARGEST_RESULT_LIMIT:,} 사이의 수로 적어 주세요.", "search_result_limit"
        )
    for key in ("own_route_days", "central_route_days"):
        days = getattr(settings, key)
        if days is not None and not 1 <= days <= LONGEST_ROUTE_DAYS:
            raise InvalidInput(f"1일에서 {LONGEST_ROUTE_DAYS}일 사이로 적거나 비워 두세요.", key)
    if name != row.name and _taken(name):
        raise InvalidInput("같은 이름의 기관이 이미 있습니다. 다른 이름으로 적어 주세요.", "name")
    new = {
        "name": name,
        "kind": settings.kind.value,
        "contract_law": settings.contract_law.value,
        "search_result_limit": settings.search_result_limit,
        "own_route_days": settings.own_route_days,
        "central_route_days": settings.central_route_days,
    }
    changed = {key: [getattr(row, key), value] for key, value in new.items() if getattr(row, key) != value}
    for key, (_, value) in changed.items():
        setattr(row, key, value)
    if changed:
        ledger.record(actor, "institution.changed", body={"changes": changed})
    return bool(changed)


def accounts(text: str = "", *, everyone: bool = False) -> list[AccountView]:
    """Accounts of the institution by name; the switched-off ones only when ``everyone`` is asked for."""
    query = select(Account).order_by(Account.active.desc(), Account.name, Account.login)
    if not everyone:
        query = query.where(Account.active)
    if sought := text.strip():
        pattern = "%" + sought.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_") + "%"
        columns = (Account.name, Account.login, Account.department)
        query = query.where(or_(*(column.ilike(pattern, escape="\\") for column in columns)))
    return [_view(row) for row in db.session.scalars(query)]


def account(account_id: str) -> AccountView:
    """One account of the institution; ``NotFound`` otherwise."""
    return _view(_account(account_id))


def create_account(
    actor: Actor, *, login: str, name: str, department: str = "", roles: Collection[Role] = ()
) -> AccountView:
    """Make an account without a password; a one-time link lets the person set one.

    Raises ``InvalidInput`` for an empty name, a login that is taken, or no role.
    """
    login = people.clean_login(login)
    if not roles:
        raise InvalidInput("역할을 하나 이상 골라 주세요.", "roles")
    row = Account(
        institution_id=uuid.UUID(actor.institution_id),
        login=login,
        name=_named(name, "이름"),
        department=department.strip(),
    )
    try:
        with db.session.begin_nested():
            db.session.add(row)
    except IntegrityError:
        raise InvalidInput("이미 쓰고 있는 아이디입니다. 다른 아이디로 정해 주세요.", "login") from None
    _set_roles(row, roles)
    ledger.record(
        actor,
        "account.created",
        body={**_words(row), "roles": sorted(role.value for role in roles)},
    )
    return _view(row)


def change_roles(actor: Actor, account_id: str, roles: Collection[Role]) -> None:
    """Give an account exactly these roles.

    Raises ``InvalidInput`` for none and ``Refused`` when the institution would be left without an
    administrator.
    """
    row = _account(account_id)
    if not roles:
        raise InvalidInput("역할을 하나 이상 골라 주세요. 쓰지 않을 계정이면 사용을 중지하세요.", "roles")
    before = sorted(role.role for role in row.roles)
    after = sorted(role.value for role in roles)
    if before == after:
        return
    if Role.ADMIN not in roles:
        _keep_an_administrator(row)
    _set_roles(row, roles)
    ledger.record(
        actor, "account.roles_changed", body={"account": str(row.id), "before": before, "after": after}
    )


def deactivate(actor: Actor, account_id: str) -> None:
    """Switch an account off: it cannot sign in, and every open session of it ends.

    Raises ``Refused`` when the institution would be left without an administrator.
    """
    row = _account(account_id)
    if not row.active:
        return
    _keep_an_administrator(row)
    row.active, row.stamp = False, uuid.uuid4()
    ledger.record(actor, "account.deactivated", body={"account": str(row.id)})


def activate(actor: Actor, account_id: str) -> None:
    """Switch an account on again."""
    row = _account(account_id)
    if row.active:
        return
    row.active = True
    ledger.record(actor, "account.activated", body={"account": str(row.id)})


def first_administrator(*, institution: str, kind: InstitutionKind, login: str, name: str) -> str:
    """An administrator of ``institution``, which is made when it is not there; returns a one-time token.

    Call it in a piece of writing work. Raises ``InvalidInput`` as ``create_account`` does.
    """
    wanted = _named(institution, "기관 이름")
    query = select(Institution).where(Institution.name == wanted)
    row = db.session.scalars(query).one_or_none()
    made = row is None
    if row is None:
        row = Institution(name=wanted, kind=kind.value, contract_law=PROPOSED_LAW[kind].value)
        db.session.add(row)
        db.session.flush()
    db.session.info["institution_id"] = row.id
    key = uuid.uuid4()
    account_row = Account(
        id=key, institution_id=row.id, login=people.clean_login(login), name=_named(name, "이름")
    )
    try:
        with db.session.begin_nested():
            db.session.add(account_row)
    except IntegrityError:
        raise InvalidInput("이미 쓰고 있는 아이디입니다. 다른 아이디로 정해 주세요.", "login") from None
    _set_roles(account_row, [Role.ADMIN])
    actor = institutions.operator(row)
    if made:
        ledger.record(
            actor, "institution.created", body={key: getattr(row, key) for key in institutions.SETTINGS}
        )
    ledger.record(actor, "account.created", body={**_words(account_row), "roles": [Role.ADMIN.value]})
    return people.make_link(actor, str(key))


def _words(row: Account) -> dict[str, str]:
    """Who an account stands for, as its event tells it; the body of that event can be erased under law."""
    return {"account": str(row.id), "login": row.login, "name": row.name, "department": row.department}


def _institution(actor: Actor) -> Institution:
    return db.session.get_one(Institution, uuid.UUID(actor.institution_id))


def _taken(name: str) -> bool:
    query = select(func.count()).select_from(Institution).where(Institution.name == name)
    return bool(db.session.scalar(query.execution_options(**{ACROSS: True})))


def _named(text: str, what: str) -> str:
    if not text.strip():
        raise InvalidInput(f"{what}을(를) 적어 주세요.", "name")
    return text.strip()


def _account(account_id: str) -> Account:
    try:
        key = uuid.UUID(account_id)
    except ValueError:
        raise NotFound("그런 계정이 없습니다. 목록에서 다시 골라 주세요.") from None
    row = db.session.scalars(select(Account).where(Account.id == key)).one_or_none()
    if row is None:
        raise NotFound("그런 계정이 없습니다. 목록에서 다시 골라 주세요.")
    return row


def _set_roles(row: Account, roles: Collection[Role]) -> None:
    wanted = {role.value for role in roles}
    for held in [role for role in row.roles if role.role not in wanted]:
        row.roles.remove(held)
    known = {role.role for role in row.roles}
    for value in sorted(wanted - known):
        row.roles.append(AccountRole(institution_id=row.institution_id, role=value))
    db.session.flush()


def _keep_an_administrator(row: Account) -> None:
    others = select(func.count(Account.id)).join(AccountRole, AccountRole.account_id == Account.id)
    others = others.where(AccountRole.role == Role.ADMIN.value, Account.active, Account.id != row.id)
    if Role.ADMIN.value in {role.role for role in row.roles} and not db.session.scalar(others):
        raise Refused(
            "기관에 관리자가 한 사람은 있어야 합니다. 다른 사람에게 관리자 역할을 준 뒤에 다시 해 주세요.",
            "C-1",
        )


def _view(row: Account) -> AccountView:
    held = {role.role for role in row.roles}
    return AccountView(
        account_id=str(row.id),
        login=row.login,
        name=row.name,
        department=row.department,
        roles=tuple(role for role in Role if role.value in held),
        active=row.active,
        ready=bool(row.password_hash),
        is_sample=row.is_sample,
        created_at=row.created_at,
    )

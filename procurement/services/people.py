"""Signing in, the actor behind a session, and how an actor stands to a case."""

from __future__ import annotations

import hashlib
import secrets
import uuid
from datetime import timedelta
from functools import cache
from typing import Any

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from sqlalchemy import Select, bindparam, select

from procurement.domain.access import Actor, Relation, Role
from procurement.domain.errors import InvalidInput, NotFound
from procurement.extensions import db
from procurement.models import Account, AccountLink, AccountRole, Case, CaseMember, Institution
from procurement.models.base import ACROSS, now
from procurement.services import ledger, rows
from procurement.services.rows import bounded, table_of

FREE_FAILURES = 5
LONGEST_BLOCK_SECONDS = 900
MINIMUM_PASSWORD_LENGTH = 10
LINK_DAYS = 3
LONGEST_LOGIN = 100

_hasher = PasswordHasher()


@cache
def _hash_of_nobody() -> str:
    """A hash to check against when there is no such account, so that both take the same time."""
    return _hasher.hash("nobody")


def hash_password(password: str) -> str:
    """Argon2id hash of a new password.

    Raises ``InvalidInput`` when it is shorter than ten characters.
    """
    if len(password) < MINIMUM_PASSWORD_LENGTH:
        raise InvalidInput(f"비밀번호는 {MINIMUM_PASSWORD_LENGTH}자 이상으로 정해 주세요.", "password")
    return _hasher.hash(password)


def clean_login(login_name: str) -> str:
    """A login name as it is kept and compared: lower case, no blanks.

    Raises ``InvalidInput`` when it is empty, too long or holds a blank.
    """
    cleaned = login_name.strip().lower()
    if not cleaned or len(cleaned) > LONGEST_LOGIN or any(letter.isspace() for letter in cleaned):
        raise InvalidInput(
            f"아이디는 띄어쓰기 없이 {LONGEST_LOGIN}자까지 적어 주세요. 전자우편 주소를 써도 됩니다.", "login"
        )
    return cleaned


def actor_of(account: Account, institution: Institution) -> Actor:
    """The actor that an account stands for."""
    return Actor(
        account_id=str(account.id),
        institution_id=str(account.institution_id),
        name=account.name,
        institution_name=institution.name,
        roles=frozenset(Role(role.role) for role in account.roles),
        login=account.login,
    )


def actor_by_session(account_id: str, stamp: str) -> Actor | None:
    """The actor of a session, ``None`` when the account is gone, switched off or signed out everywhere."""
    try:
        key = uuid.UUID(account_id)
    except ValueError:
        return None
    found = rows.run(_account_with_roles(), account=key)
    if not found or not found[0].active or str(found[0].stamp) != stamp:
        return None
    account = found[0]
    return Actor(
        account_id=str(key),
        institution_id=str(account.institution_id),
        name=account.name,
        institution_name=account.institution_name,
        roles=frozenset(Role(row.role) for row in found if row.role is not None),
        login=account.login,
    )


@cache
def _account_with_roles() -> Select[Any]:
    """A row for each role: this is asked with every request, before any institution is bound."""
    account, institution, role = table_of(Account), table_of(Institution), table_of(AccountRole)
    return (
        select(
            account.c.institution_id,
            account.c.name,
            account.c.login,
            account.c.active,
            account.c.stamp,
            institution.c.name.label("institution_name"),
            role.c.role,
        )
        .select_from(
            account.join(institution, institution.c.id == account.c.institution_id).outerjoin(
                role, role.c.account_id == account.c.id
            )
        )
        .where(account.c.id == bindparam("account"))
    )


def sign_in(login_name: str, password: str) -> tuple[Actor, str]:
    """Check a password; returns the actor and the session stamp.

    Raises ``InvalidInput`` for a wrong pair or while the account backs off: after five failures each
    further one doubles the wait, up to fifteen minutes. The sentence never says which of the two is
    wrong.
    """
    wrong = InvalidInput("아이디 또는 비밀번호가 맞지 않습니다. 다시 확인해 주세요.", "password")
    query = (
        select(Account, Institution)
        .join(Institution, Institution.id == Account.institution_id)
        .where(Account.login == login_name.strip().lower())
        .execution_options(**{ACROSS: True})
    )
    found = db.session.execute(query).one_or_none()
    if found is None:
        _matches(_hash_of_nobody(), password)
        raise wrong
    account, institution = found
    moment = now()
    if account.blocked_until is not None and account.blocked_until > moment:
        seconds = int((account.blocked_until - moment).total_seconds()) + 1
        raise InvalidInput(f"로그인에 여러 번 실패했습니다. {seconds}초 뒤에 다시 시도해 주세요.", "password")
    if not account.active or not _matches(account.password_hash, password):
        account.failures += 1
        over = account.failures - FREE_FAILURES
        if over > 0:
            wait = min(LONGEST_BLOCK_SECONDS, 2 ** min(over, 10) * 5)
            account.blocked_until = moment + timedelta(seconds=wait)
        raise wrong
    account.failures, account.blocked_until = 0, None
    return actor_of(account, institution), str(account.stamp)


def change_password(actor: Actor, current: str, new: str) -> str:
    """Change the password of who is signed in; returns the stamp of the one session that goes on.

    Raises ``InvalidInput`` when the present password is wrong or the new one too short.
    """
    account = db.session.get_one(Account, uuid.UUID(actor.account_id))
    if not _matches(account.password_hash, current):
        raise InvalidInput("지금 비밀번호가 맞지 않습니다. 다시 적어 주세요.", "current")
    account.password_hash, account.stamp = hash_password(new), uuid.uuid4()
    ledger.record(actor, "account.password_changed", body={"account": str(account.id)})
    return str(account.stamp)


def make_link(actor: Actor, account_id: str) -> str:
    """A token for a link by which a person sets the password: good once, for three days.

    A new one puts out every older one. Raises ``NotFound`` for no such account or one that is switched
    off. Only the token's digest is kept.
    """
    query = select(Account).where(Account.id == uuid.UUID(account_id), Account.active)
    account = db.session.scalars(query).one_or_none()
    if account is None:
        raise NotFound("그런 계정이 없거나 사용이 중지되었습니다. 목록에서 다시 골라 주세요.")
    older = select(AccountLink).where(AccountLink.account_id == account.id, AccountLink.used_at.is_(None))
    for link in db.session.scalars(older):
        link.used_at = now()
    token = secrets.token_urlsafe(32)
    db.session.add(
        AccountLink(
            institution_id=account.institution_id,
            account_id=account.id,
            token_digest=hashlib.sha256(token.encode()).hexdigest(),
            expires_at=now() + timedelta(days=LINK_DAYS),
        )
    )
    ledger.record(actor, "account.link_made", body={"account": str(account.id)})
    return token


def name_behind_link(token: str) -> str | None:
    """Name of the person a link was made for, ``None`` when it is used up, expired or unknown."""
    found = _link(token)
    return found[1].name if found else None


def use_link(token: str, password: str) -> None:
    """Set the password by a link, which is then used up.

    Raises ``InvalidInput`` for a dead link or a short password.
    """
    found = _link(token)
    if found is None:
        raise InvalidInput("쓸 수 없는 링크입니다. 관리자에게 새 링크를 받아 주세요.", "password")
    link, account, institution = found
    account.password_hash, account.stamp = hash_password(password), uuid.uuid4()
    account.failures, account.blocked_until, link.used_at = 0, None, now()
    ledger.record(actor_of(account, institution), "account.password_set", body={"account": str(account.id)})


def _link(token: str) -> tuple[AccountLink, Account, Institution] | None:
    query = (
        select(AccountLink, Account, Institution)
        .join(Account, Account.id == AccountLink.account_id)
        .join(Institution, Institution.id == Account.institution_id)
        .where(
            AccountLink.token_digest == hashlib.sha256(token.encode()).hexdigest(),
            AccountLink.used_at.is_(None),
            AccountLink.expires_at > now(),
            Account.active,
        )
        .execution_options(**{ACROSS: True})
    )
    found = db.session.execute(query).tuples().one_or_none()
    if found is not None:
        db.session.info["institution_id"] = found[2].id
    return found


def _matches(stored: str, password: str) -> bool:
    try:
        return _hasher.verify(stored, password)
    except (VerificationError, InvalidHashError):
        return False


def relations_to(actor: Actor, case: Case) -> frozenset[Relation]:
    """How ``actor`` stands to ``case``; one query."""
    me = uuid.UUID(actor.account_id)
    found: set[Relation] = set()
    if me in (case.project_officer_id, case.contract_officer_id):
        found.add(Relation.OFFICER)
    if me == case.contract_officer_id:
        found.add(Relation.CONTRACT_OFFICER)
    found.update(Relation(row.role) for row in rows.CaseRows(case).run(_parts_of_account(), account=me))
    return frozenset(found)


@cache
def _parts_of_account() -> Select[Any]:
    member = table_of(CaseMember)
    return select(member.c.role).where(bounded(member), member.c.account_id == bindparam("account"))

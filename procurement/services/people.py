"""Signing in, the actor behind a session, and how an actor stands to a case."""

from __future__ import annotations

import uuid
from datetime import timedelta
from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from sqlalchemy import select

from procurement.domain.access import Actor, Relation, Role
from procurement.domain.errors import InvalidInput
from procurement.extensions import db
from procurement.models import Account, Case, CaseMember, Institution
from procurement.models.base import ACROSS, now

FREE_FAILURES = 5
LONGEST_BLOCK_SECONDS = 900
MINIMUM_PASSWORD_LENGTH = 10

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
    query = (
        select(Account, Institution)
        .join(Institution, Institution.id == Account.institution_id)
        .where(Account.id == key)
        .execution_options(**{ACROSS: True})
    )
    found = db.session.execute(query).one_or_none()
    if found is None or not found[0].active or str(found[0].stamp) != stamp:
        return None
    return actor_of(found[0], found[1])


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
    query = select(CaseMember.role).where(CaseMember.case_id == case.id, CaseMember.account_id == me)
    found.update(Relation(role) for role in db.session.scalars(query))
    return frozenset(found)

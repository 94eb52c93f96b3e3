"""Signing in, backing off, links, and administering accounts."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from procurement.domain.access import Role
from procurement.domain.errors import InvalidInput, NotFound, Refused
from procurement.domain.facts.case import ContractLaw, InstitutionKind
from procurement.extensions import db
from procurement.models import Account, AccountLink, Institution
from procurement.models.base import now
from procurement.services import admin, people
from procurement.services.admin import InstitutionView
from tests.support.factories import PASSWORD, actor_for, an_account, an_institution, event_kinds, work

pytestmark = pytest.mark.usefixtures("db_session")


def sign_in(login: str, password: str) -> str:
    """Name of who is let in, or the sentence of the refusal."""
    with work():
        try:
            return people.sign_in(login, password)[0].name
        except InvalidInput as error:
            # The edge keeps the count of failures although it answers with an error.
            return error.message


def test_the_right_pair_lets_in_whatever_the_case_of_the_login() -> None:
    an_account(Role.EVALUATOR, login="expert@example.kr", name="표본 위원")
    assert sign_in(" Expert@Example.KR ", PASSWORD) == "표본 위원"


@pytest.mark.parametrize(("login", "password"), [("nobody", PASSWORD), ("someone", "wrong password")])
def test_a_wrong_pair_does_not_say_which_of_the_two_is_wrong(login: str, password: str) -> None:
    an_account(Role.EVALUATOR, login="someone")
    assert sign_in(login, password).startswith("아이디 또는 비밀번호가 맞지 않습니다")


def test_an_account_that_is_switched_off_is_not_let_in() -> None:
    an_account(Role.EVALUATOR, login="gone", active=False)
    assert sign_in("gone", PASSWORD).startswith("아이디 또는 비밀번호")


def test_after_six_failures_even_the_right_password_has_to_wait() -> None:
    account = an_account(Role.EVALUATOR, login="someone")
    for _ in range(5):
        sign_in("someone", "wrong")
    assert account.blocked_until is None
    sign_in("someone", "wrong")
    db.session.refresh(account)
    assert account.blocked_until is not None
    assert "초 뒤에 다시" in sign_in("someone", PASSWORD)


def test_the_wait_grows_up_to_a_quarter_of_an_hour() -> None:
    account = an_account(Role.EVALUATOR, login="someone")
    waits = []
    for failures in (5, 6, 8, 40):
        with work():
            account.failures, account.blocked_until = failures, None
        started = now()
        sign_in("someone", "wrong")
        assert account.blocked_until is not None
        waits.append(round((account.blocked_until - started).total_seconds(), -1))
    assert waits == sorted(waits)
    assert waits[-1] == people.LONGEST_BLOCK_SECONDS


def test_letting_in_forgets_the_failures() -> None:
    account = an_account(Role.EVALUATOR, login="someone")
    sign_in("someone", "wrong")
    sign_in("someone", PASSWORD)
    assert account.failures == 0


@pytest.mark.parametrize("length", [0, 9])
def test_a_short_password_is_refused(length: int) -> None:
    with pytest.raises(InvalidInput, match="10자 이상"):
        people.hash_password("가" * length)


def test_changing_the_password_ends_every_other_session() -> None:
    account = an_account(Role.EVALUATOR)
    stamp = str(account.stamp)
    with work():
        new = people.change_password(actor_for(account), PASSWORD, "새 표본 비밀번호 2")
    assert people.actor_by_session(str(account.id), stamp) is None
    assert people.actor_by_session(str(account.id), new) is not None


def test_the_present_password_has_to_be_right() -> None:
    account = an_account(Role.EVALUATOR)
    with pytest.raises(InvalidInput) as caught:
        people.change_password(actor_for(account), "wrong", "새 표본 비밀번호 2")
    assert caught.value.field == "current"


@pytest.mark.parametrize("account_id", ["", "none", "00000000-0000-0000-0000-000000000000"])
def test_a_session_of_nobody_is_nobody(account_id: str) -> None:
    assert people.actor_by_session(account_id, "") is None


def test_a_link_is_good_once_and_its_token_is_not_kept() -> None:
    boss, person = an_account(Role.ADMIN), an_account(Role.EVALUATOR, login="someone")
    with work():
        token = people.make_link(actor_for(boss), str(person.id))
    assert people.name_behind_link(token) == person.name
    with work():
        people.use_link(token, "새 표본 비밀번호 2")
    assert sign_in("someone", "새 표본 비밀번호 2") == person.name
    assert people.name_behind_link(token) is None
    with pytest.raises(InvalidInput, match="새 링크"):
        people.use_link(token, "또 다른 비밀번호 3")
    assert token not in db.session.scalars(select(AccountLink.token_digest)).one()


def test_a_new_link_puts_out_the_older_one() -> None:
    boss, person = an_account(Role.ADMIN), an_account(Role.EVALUATOR)
    with work():
        old = people.make_link(actor_for(boss), str(person.id))
        new = people.make_link(actor_for(boss), str(person.id))
    assert people.name_behind_link(old) is None
    assert people.name_behind_link(new) == person.name


def test_a_link_runs_out() -> None:
    boss, person = an_account(Role.ADMIN), an_account(Role.EVALUATOR)
    with work():
        token = people.make_link(actor_for(boss), str(person.id))
        db.session.scalars(select(AccountLink)).one().expires_at = now() - timedelta(seconds=1)
    assert people.name_behind_link(token) is None


def test_a_link_of_somebody_who_was_switched_off_is_dead() -> None:
    boss, person = an_account(Role.ADMIN), an_account(Role.EVALUATOR)
    with work():
        token = people.make_link(actor_for(boss), str(person.id))
        admin.deactivate(actor_for(boss), str(person.id))
    assert people.name_behind_link(token) is None
    with pytest.raises(NotFound):
        people.make_link(actor_for(boss), str(person.id))


def test_accounts_are_made_changed_and_switched_off_on_the_record() -> None:
    boss = actor_for(an_account(Role.ADMIN))
    with work():
        made = admin.create_account(
            boss, login="New@Example.kr", name=" 표본 새 사람 ", roles=[Role.EVALUATOR]
        )
        admin.change_roles(boss, made.account_id, [Role.APPROVER, Role.EVALUATOR])
        admin.change_roles(boss, made.account_id, [Role.EVALUATOR, Role.APPROVER])
        admin.deactivate(boss, made.account_id)
        admin.activate(boss, made.account_id)
    found = admin.account(made.account_id)
    assert (found.login, found.name) == ("new@example.kr", "표본 새 사람")
    assert found.roles == (Role.EVALUATOR, Role.APPROVER)
    assert not found.ready
    assert event_kinds(None) == [
        "account.created",
        "account.roles_changed",
        "account.deactivated",
        "account.activated",
    ]


@pytest.mark.parametrize("login", ["", "  ", "two words", "x" * 101])
def test_a_login_that_cannot_be_typed_is_refused(login: str) -> None:
    boss = actor_for(an_account(Role.ADMIN))
    with pytest.raises(InvalidInput) as caught:
        admin.create_account(boss, login=login, name="이름", roles=[Role.EVALUATOR])
    assert caught.value.field == "login"


def test_a_login_is_taken_across_institutions() -> None:
    an_account(Role.EVALUATOR, login="someone")
    an_institution("표본 둘째 기관")
    boss = actor_for(an_account(Role.ADMIN))
    with pytest.raises(InvalidInput, match="이미 쓰고 있는"), work():
        admin.create_account(boss, login="someone", name="이름", roles=[Role.EVALUATOR])


def test_the_last_administrator_stays() -> None:
    account = an_account(Role.ADMIN, Role.AUDITOR)
    boss = actor_for(account)
    with pytest.raises(Refused):
        admin.deactivate(boss, str(account.id))
    with pytest.raises(Refused):
        admin.change_roles(boss, str(account.id), [Role.AUDITOR])
    an_account(Role.ADMIN)
    with work():
        admin.change_roles(boss, str(account.id), [Role.AUDITOR])
    assert admin.account(str(account.id)).roles == (Role.AUDITOR,)


def test_an_account_without_a_role_is_refused() -> None:
    account = an_account(Role.ADMIN)
    with pytest.raises(InvalidInput, match="역할을 하나 이상"):
        admin.change_roles(actor_for(account), str(account.id), [])


def test_settings_change_with_what_was_before_on_the_record() -> None:
    boss = actor_for(an_account(Role.ADMIN))
    new = InstitutionView("표본연구원", InstitutionKind.LOCAL, ContractLaw.LOCAL, 20)
    with work():
        assert admin.change_institution(boss, new)
        assert not admin.change_institution(boss, new)
    assert admin.institution_of(boss) == new
    assert event_kinds(None) == ["institution.changed"]


@pytest.mark.parametrize("limit", [0, -1, 1001])
def test_a_result_limit_outside_its_bounds_is_refused(limit: int) -> None:
    boss = actor_for(an_account(Role.ADMIN))
    with pytest.raises(InvalidInput) as caught:
        admin.change_institution(
            boss, InstitutionView("이름", InstitutionKind.LOCAL, ContractLaw.LOCAL, limit)
        )
    assert caught.value.field == "search_result_limit"


def test_the_name_of_another_institution_is_taken() -> None:
    an_institution("표본 첫째 기관")
    an_institution("표본 둘째 기관")
    boss = actor_for(an_account(Role.ADMIN))
    with pytest.raises(InvalidInput, match="이미 있습니다"):
        admin.change_institution(
            boss, InstitutionView("표본 첫째 기관", InstitutionKind.LOCAL, ContractLaw.LOCAL, 30)
        )


@pytest.mark.parametrize("kind", InstitutionKind)
def test_every_kind_of_institution_has_a_law_proposed(kind: InstitutionKind) -> None:
    assert isinstance(admin.PROPOSED_LAW[kind], ContractLaw)


def test_accounts_are_found_by_name_login_and_department() -> None:
    an_account(Role.EVALUATOR, name="표본 가", login="first")
    an_account(Role.EVALUATOR, name="표본 나", login="second", active=False)
    assert [a.name for a in admin.accounts()] == ["표본 가"]
    assert [a.name for a in admin.accounts(everyone=True)] == ["표본 가", "표본 나"]
    assert [a.login for a in admin.accounts("SECOND", everyone=True)] == ["second"]
    assert admin.accounts("%") == []


def test_the_first_administrator_comes_with_the_institution_and_a_link() -> None:
    with work():
        token = admin.first_administrator(
            institution="표본 새 기관", kind=InstitutionKind.NATIONAL, login="boss", name="표본 관리자"
        )
    institution = db.session.scalars(select(Institution)).one()
    assert (institution.name, institution.contract_law) == ("표본 새 기관", "national")
    assert not db.session.scalars(select(Account)).one().is_sample
    assert people.name_behind_link(token) == "표본 관리자"
    assert event_kinds(None) == ["institution.created", "account.created", "account.link_made"]
    with work():
        admin.first_administrator(
            institution="표본 새 기관", kind=InstitutionKind.NATIONAL, login="second", name="표본 둘째"
        )
    assert len(admin.accounts()) == 2

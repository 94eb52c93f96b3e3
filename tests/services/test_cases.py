"""Opening cases, taking part in them, and what waits for whom."""

from __future__ import annotations

import uuid

import pytest

from procurement.domain.access import Relation, Role
from procurement.domain.errors import InvalidInput, NotFound, Refused
from procurement.domain.steps import Step
from procurement.extensions import db
from procurement.models import Account
from procurement.services import cases, records, selection_sheets, todos
from procurement.services.todos import Waiting
from tests.support import selecting
from tests.support.at_selection import a_selecting_case
from tests.support.factories import (
    a_case,
    a_member,
    actor_for,
    an_account,
    event_kinds,
    project_officer_of,
    work,
)

pytestmark = pytest.mark.usefixtures("db_session")


def test_numbers_count_up_within_the_year() -> None:
    year = records.today().year
    assert [a_case().number for _ in range(3)] == [f"{year}-{n:04d}" for n in (1, 2, 3)]


def test_a_case_is_told_of_in_its_own_chain_and_in_the_institutions() -> None:
    case = a_case()
    assert event_kinds(case) == ["case.opened"]
    assert event_kinds(None) == ["case.opened"]


@pytest.mark.parametrize("title", ["", "   ", "가" * 301])
def test_a_title_has_to_be_there_and_not_too_long(title: str) -> None:
    officer = an_account(Role.PROJECT_OFFICER, Role.CONTRACT_OFFICER)
    person = str(officer.id)
    with pytest.raises(InvalidInput) as caught:
        cases.open_case(
            actor_for(officer), title=title, project_officer_id=person, contract_officer_id=person
        )
    assert caught.value.field == "title"


@pytest.mark.parametrize("person", ["", "none", "00000000-0000-0000-0000-000000000000"])
def test_an_officer_who_is_not_there_is_refused(person: str) -> None:
    officer = an_account(Role.PROJECT_OFFICER, Role.CONTRACT_OFFICER)
    with pytest.raises(InvalidInput) as caught:
        cases.open_case(
            actor_for(officer), title="건", project_officer_id=str(officer.id), contract_officer_id=person
        )
    assert caught.value.field == "contract_officer_id"


def test_nobody_takes_part_twice_in_the_same_way() -> None:
    case = a_case()
    person = a_member(case, Relation.EVALUATOR)
    with pytest.raises(InvalidInput, match="이미"):
        cases.add_member(project_officer_of(case), case, str(person.id), "evaluator")


@pytest.mark.parametrize("role", ["", "officer", "admin"])
def test_an_unknown_part_is_refused(role: str) -> None:
    case, person = a_case(), an_account(Role.EVALUATOR)
    with pytest.raises(InvalidInput) as caught:
        cases.add_member(project_officer_of(case), case, str(person.id), role)
    assert caught.value.field == "role"


def test_a_part_needs_its_role() -> None:
    case, person = a_case(), an_account(Role.EVALUATOR)
    with pytest.raises(InvalidInput, match="결재권자 역할이 없습니다"):
        cases.add_member(project_officer_of(case), case, str(person.id), "approver")


@pytest.mark.parametrize("account_id", ["", "00000000-0000-0000-0000-000000000000"])
def test_a_part_that_is_not_there_cannot_be_taken_back(account_id: str) -> None:
    case = a_case()
    with pytest.raises(NotFound):
        cases.remove_member(project_officer_of(case), case, account_id, "evaluator")


def test_an_evaluator_who_declared_is_released_and_not_removed() -> None:
    actor, case = a_selecting_case()
    with work():
        selecting.evaluate(actor, case)
    (evaluator, *_rest) = [person for person in cases.members(case) if person.role == "evaluator"]
    with pytest.raises(Refused) as caught:
        cases.remove_member(actor, case, evaluator.account_id, "evaluator")
    assert caught.value.rule_id == "E-9"


def test_an_evaluator_declares_first_and_waits_for_no_sheet_before_the_criteria() -> None:
    actor, case = a_selecting_case()
    person = a_member(case, Relation.EVALUATOR)
    (todo,) = todos.todos(actor_for(person))
    assert (todo.what, todo.waiting) == ("이해충돌 여부 신고", Waiting.SHEET)
    with work():
        selection_sheets.declare(actor_for(person), case, has_conflict=False, text="")
    assert todos.todos(actor_for(person)) == []
    with work():
        for service in selecting.services_of(case):
            selecting.a_quote(actor, case, service.result_id)
        selecting.fix_criteria(actor, case)
    (todo,) = todos.todos(actor_for(person))
    assert (todo.waiting, todo.step, todo.number) == (Waiting.SHEET, Step.SELECTION, case.number)


def test_an_evaluator_who_has_submitted_waits_for_nothing() -> None:
    actor, case = a_selecting_case()
    with work():
        selecting.evaluate(actor, case)
    members = [person for person in cases.members(case) if person.role == "evaluator"]
    assert members
    for member in members:
        account = db.session.get_one(Account, uuid.UUID(member.account_id))
        assert todos.todos(actor_for(account)) == []

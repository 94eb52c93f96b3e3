"""Rows that change and are not sealed: whoever edits them by hand is named by what the ledger tells."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import insert, select, update
from sqlalchemy.engine import Connection

from procurement.config import Settings
from procurement.domain.access import Actor, Role
from procurement.domain.facts.case import InstitutionKind
from procurement.extensions import db
from procurement.models import Account, AccountRole, CaseMember, Institution, InstitutionName, Lot
from procurement.models.base import ACROSS
from procurement.services import admin, institutions, names, unit
from tests.services.test_verification import broken
from tests.services.test_verification import proved as proved
from tests.support.factories import work
from tests.support.rewriting import CASES, CHAINS, Rewriter, as_owner

Act = Callable[[Connection], object]


def _first_case(connection: Connection) -> Any:
    return connection.execute(select(CASES).order_by(CASES.c.number).limit(1)).one()


def _case(**values: Any) -> Act:
    def act(connection: Connection) -> None:
        case = _first_case(connection)
        connection.execute(update(CASES).where(CASES.c.id == case.id).values(**values))

    return act


def _a_member(connection: Connection) -> None:
    case = _first_case(connection)
    values = {"institution_id": case.institution_id, "case_id": case.id, "id": uuid.uuid4()}
    values |= {"account_id": case.contract_officer_id, "role": "evaluator", "added_at": datetime.now(UTC)}
    connection.execute(insert(CaseMember).values(**values))


def _another_lot(connection: Connection) -> None:
    connection.execute(update(Lot).where(Lot.case_id == _first_case(connection).id).values(number=7))


def _swapped(connection: Connection) -> None:
    rewriter = Rewriter(connection)
    first, second = rewriter.chain_of("-0001"), rewriter.chain_of("-0002")
    cases_of = {key: rewriter.chains[key].case_id for key in (first, second)}
    for key, case in ((first, uuid.uuid4()), (second, cases_of[first]), (first, cases_of[second])):
        connection.execute(update(CHAINS).where(CHAINS.c.id == key).values(case_id=case))


def _opened_twice(connection: Connection) -> None:
    """The case gets another number, and a new event of the institution's chain says that it has it."""
    rewriter = Rewriter(connection)
    chain = rewriter.chain_of("")
    events = rewriter.events(chain)
    opened = next(told for told in events if told.link.kind == "case.opened")
    number = opened.data["data"]["number"]
    again = replace(opened, link=events[-1].link, body=opened.body.replace(number, "2020-0009"))
    again = replace(again, link=replace(again.link, kind="case.opened"))
    connection.execute(update(CASES).where(CASES.c.number == number).values(number="2020-0009"))
    rewriter.store(chain, [*events, again])


ATTACKS: dict[str, tuple[Act, str]] = {
    "title": (_case(title="다른 사업"), "사업명이나 담당자가"),
    "ended": (_case(end_kind="by_mistake"), "끝난 때가"),
    "closed": (_case(closed_at=datetime.now(UTC)), "끝난 때가"),
    "member": (_a_member, "평가위원"),
    "lot": (_another_lot, "수요 항목의 번호가"),
    "chains swapped": (_swapped, "원장에 적힌 것과 다릅니다"),
    "opened twice": (_opened_twice, "기관 원장에 두 번"),
}


@pytest.mark.parametrize("name", ATTACKS)
def test_an_edited_case_is_named(proved: Flask, settings: Settings, name: str) -> None:
    attack, expected = ATTACKS[name]
    with as_owner(settings) as connection:
        attack(connection)
    assert expected in broken()


@pytest.fixture
def founded(proved: Flask) -> Actor:
    """An administrator of an institution that was made as it should be, with an officer and a name."""
    with work():
        admin.first_administrator(
            institution="표본 둘째 기관",
            kind=InstitutionKind.OTHER_PUBLIC,
            login="first",
            name="표본 관리자",
        )
        query = select(Institution).where(Institution.name == "표본 둘째 기관")
        row = db.session.scalars(query.execution_options(**{ACROSS: True})).one()
        unit.bind(str(row.id))
        actor = institutions.operator(row)
        admin.create_account(actor, login="second", name="표본 담당자", roles=[Role.PROJECT_OFFICER])
        names.add_name(actor, "표본클라우드", ["표본"], "company")
    return actor


def _account(**values: Any) -> Act:
    return lambda connection: connection.execute(
        update(Account).where(Account.login == "second").values(**values)
    )


def _more(model: Any, **values: Any) -> Act:
    def act(connection: Connection) -> None:
        row = connection.execute(select(Account.__table__).where(Account.login == "second")).one()
        given = {key: value(row) if callable(value) else value for key, value in values.items()}
        owner = {"id": uuid.uuid4(), "institution_id": row.institution_id}
        connection.execute(insert(model).values(**owner, **given))

    return act


PEOPLE: dict[str, tuple[Act, str]] = {
    "name": (_account(name="다른 사람"), "이름이나 소속이"),
    "switched off": (_account(active=False), "사용 여부가"),
    "role": (_more(AccountRole, account_id=lambda row: row.id, role="auditor"), "역할이"),
    "account": (_more(Account, login="third", name="모르는 사람"), "원장에 만든 기록이 없는 계정"),
    "setting": (
        lambda connection: connection.execute(
            update(Institution).where(Institution.name == "표본 둘째 기관").values(search_result_limit=900)
        ),
        "search_result_limit",
    ),
    "name for neutrality": (_more(InstitutionName, name="표본서비스"), "기관이 더한 이름"),
}


@pytest.mark.parametrize("name", PEOPLE)
def test_edited_people_and_settings_are_named(founded: Actor, settings: Settings, name: str) -> None:
    assert broken() == ""
    attack, expected = PEOPLE[name]
    with as_owner(settings) as connection:
        attack(connection)
    assert expected in broken()

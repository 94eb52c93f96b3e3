"""The institution that a command works for, and the actor that a command is."""

from __future__ import annotations

import uuid

from sqlalchemy import select

from procurement.domain.access import Actor, Role
from procurement.domain.errors import InvalidInput, NotFound
from procurement.extensions import db
from procurement.models import Institution
from procurement.models.base import ACROSS

# Nobody is signed in at a command line: the record names no account, only that it was the operator.
OPERATOR_ID = str(uuid.UUID(int=0))
# What the worker does by itself, without anybody asking.
MACHINE_ID = str(uuid.UUID(int=1))
# Columns that an administrator sets; the ledger tells of each from the first on.
SETTINGS = ("name", "kind", "contract_law", "search_result_limit", "own_route_days", "central_route_days")


def find(name: str = "") -> Institution:
    """The institution of that name; without a name the only one there is.

    Raises ``NotFound`` when there is none, ``InvalidInput`` when several are there and none is named.
    """
    query = select(Institution).order_by(Institution.name).execution_options(**{ACROSS: True})
    rows = list(db.session.scalars(query.where(Institution.name == name) if name else query))
    if not rows:
        raise NotFound(
            f"‘{name}’ 기관이 없습니다. 이름을 확인하세요."
            if name
            else "등록된 기관이 없습니다. 기관을 먼저 만드세요."
        )
    if len(rows) > 1:
        known = ", ".join(row.name for row in rows[:5])
        raise InvalidInput(
            f"기관이 {len(rows)}곳입니다. --institution 뒤에 이름을 적으세요: {known}", "institution"
        )
    return rows[0]


def operator(institution: Institution) -> Actor:
    """Who a command acts as: the operator of the program, in ``institution``."""
    return Actor(
        account_id=OPERATOR_ID,
        institution_id=str(institution.id),
        name="운영자(명령줄)",
        institution_name=institution.name,
        roles=frozenset({Role.ADMIN}),
    )


def machine(institution: Institution) -> Actor:
    """Who the worker acts as when nobody asked: the program itself, in ``institution``."""
    return Actor(
        account_id=MACHINE_ID,
        institution_id=str(institution.id),
        name="프로그램(자동)",
        institution_name=institution.name,
        roles=frozenset(),
    )

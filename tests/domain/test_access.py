"""The table of who may do what."""

from __future__ import annotations

import pytest

from procurement.domain.access import ACTS, Actor, Relation, Role, may

ALL_RELATIONS = frozenset(Relation)


def someone(*roles: Role) -> Actor:
    """A person with these roles."""
    return Actor("1", "2", "표본 직원", "표본연구원", frozenset(roles))


@pytest.mark.parametrize("act", ACTS)
def test_without_a_role_nothing_is_allowed(act: str) -> None:
    assert not may(someone(), act, ALL_RELATIONS)


@pytest.mark.parametrize("role", Role)
def test_an_act_that_is_not_in_the_table_is_denied(role: Role) -> None:
    assert not may(someone(role), "no.such.act", ALL_RELATIONS)
    assert not may(someone(role), "", ALL_RELATIONS)


@pytest.mark.parametrize("act", [act for act in ACTS if act.startswith(("case.", "evidence."))])
def test_an_officer_of_another_case_may_not_touch_this_one(act: str) -> None:
    if act != "case.create":
        assert not may(someone(Role.PROJECT_OFFICER, Role.CONTRACT_OFFICER), act, frozenset())


@pytest.mark.parametrize(
    "act", [act for act in ACTS if act not in ("work.read", "case.read", "evidence.read", "audit.read")]
)
def test_an_auditor_changes_nothing(act: str) -> None:
    allowed = may(someone(Role.AUDITOR), act, ALL_RELATIONS)
    assert allowed is (act == "catalogue.read")


def test_an_auditor_reads_every_case() -> None:
    assert may(someone(Role.AUDITOR), "case.read", frozenset())


@pytest.mark.parametrize("act", ["case.read", "evidence.read", "case.write"])
def test_an_evaluator_sees_only_the_sheet(act: str) -> None:
    evaluator = someone(Role.EVALUATOR)
    assert not may(evaluator, act, frozenset({Relation.EVALUATOR}))
    assert may(evaluator, "sheet.write", frozenset({Relation.EVALUATOR}))
    assert not may(evaluator, "sheet.write", frozenset())


def test_a_relation_without_its_role_is_not_enough() -> None:
    assert not may(someone(Role.EVALUATOR), "approval.decide", frozenset({Relation.APPROVER}))
    assert not may(someone(Role.APPROVER), "case.write", frozenset({Relation.OFFICER}))


def test_only_the_contract_officer_concludes() -> None:
    both = someone(Role.PROJECT_OFFICER, Role.CONTRACT_OFFICER)
    assert not may(both, "contract.conclude", frozenset({Relation.OFFICER}))
    assert may(both, "contract.conclude", frozenset({Relation.CONTRACT_OFFICER}))


def test_a_collaborator_writes_but_does_not_manage_or_submit() -> None:
    helper = someone(Role.PROJECT_OFFICER)
    held = frozenset({Relation.COLLABORATOR})
    assert may(helper, "case.write", held)
    assert not may(helper, "case.manage", held)
    assert not may(helper, "approval.submit", held)


@pytest.mark.parametrize("role", [role for role in Role if role is not Role.ADMIN])
def test_only_the_administrator_manages_the_institution(role: Role) -> None:
    assert not may(someone(role), "institution.manage", ALL_RELATIONS)
    assert may(someone(role, Role.ADMIN), "institution.manage", frozenset())


def test_roles_are_shown_in_the_order_of_the_table() -> None:
    assert someone(Role.ADMIN, Role.PROJECT_OFFICER).role_labels == ["사업담당자", "관리자"]

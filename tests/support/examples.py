"""For every route that changes something: a request that does, so that its event can be counted.

A route belongs here or in ``APPENDS_NOTHING``. An example brings the case to where the request is possible
and returns what to send; it is called in an application context, outside any piece of work.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from procurement.domain.access import Relation, Role
from procurement.domain.steps import Step
from procurement.models import Account, Case
from procurement.services import people
from tests.support.factories import PASSWORD, a_member, actor_for, an_account, work
from tests.support.walk import a_budget_sheet, complete_budget, save_document


@dataclass(frozen=True)
class Scene:
    """A case and the person, in every role, who is both its officers."""

    case: Case
    person: Account

    @property
    def url(self) -> str:
        """Address of the case."""
        return f"/cases/{self.case.number}"


Fields = Mapping[str, Any]


@dataclass(frozen=True)
class Request:
    """Where to send which form; ``signed_out``: by somebody who is not signed in."""

    url: str
    fields: Fields
    signed_out: bool = False


Example = Callable[[Scene], Request]

BUDGET_FORM = {
    "draft_version": "0",
    "lines-0-use": "service_fee",
    "lines-0-account": "rent",
    "lines-0-amount_won": "12,650,000",
    "fee_basis": "flat",
    "payment": "per_period",
    "payment_period": "month",
    "total_won": "12650000",
    "vat_included": "yes",
    "planned_start": "20260101",
    "planned_end": "2026-12-31",
    "guidelines": "2026년도 예산 및 기금운용계획 집행지침",
}


def _new_case(scene: Scene) -> Request:
    person = str(scene.person.id)
    fields = {"title": "둘째 표본 건", "project_officer_id": person, "contract_officer_id": person}
    return Request("/cases/new", fields)


def _add_member(scene: Scene) -> Request:
    fields = {"account_id": str(an_account(Role.EVALUATOR).id), "role": "evaluator"}
    return Request(f"{scene.url}/members", fields)


def _remove_member(scene: Scene) -> Request:
    member = a_member(scene.case, Relation.EVALUATOR)
    return Request(f"{scene.url}/members/remove", {"account_id": str(member.id), "role": "evaluator"})


def _save_budget(scene: Scene) -> Request:
    return Request(f"{scene.url}/budget", BUDGET_FORM)


def _justify(scene: Scene) -> Request:
    with work():
        save_document(actor_for(scene.person), scene.case, Step.BUDGET, a_budget_sheet(guidelines=""))
    return Request(f"{scene.url}/budget/reason", {"rule_id": "B-7", "subject": "", "reason": "표본 사유"})


def _complete(scene: Scene) -> Request:
    with work():
        save_document(actor_for(scene.person), scene.case, Step.BUDGET, a_budget_sheet())
    return Request(f"{scene.url}/budget/complete", {})


def _reopen(scene: Scene) -> Request:
    with work():
        complete_budget(actor_for(scene.person), scene.case)
    return Request(f"{scene.url}/budget/reopen", {"reason": "표본 사유"})


def _upload(scene: Scene) -> Request:
    fields = {"file": (io.BytesIO("표본 증빙".encode()), "표본.txt"), "purpose": "other", "step": "budget"}
    return Request(f"{scene.url}/evidence", fields)


def _change_password(_scene: Scene) -> Request:
    fields = {"current": PASSWORD, "password": "새 표본 비밀번호 2", "again": "새 표본 비밀번호 2"}
    return Request("/me/password", fields)


def _use_link(scene: Scene) -> Request:
    with work():
        token = people.make_link(actor_for(scene.person), str(scene.person.id))
    fields = {"password": "새 표본 비밀번호 2", "again": "새 표본 비밀번호 2"}
    return Request(f"/link/{token}", fields, signed_out=True)


def _change_institution(_scene: Scene) -> Request:
    fields = {"name": "표본연구원", "kind": "local", "contract_law": "local", "search_result_limit": "20"}
    return Request("/admin", fields)


def _create_account(_scene: Scene) -> Request:
    return Request(
        "/admin/accounts/new", {"login": "new-person", "name": "표본 새 사람", "roles": ["evaluator"]}
    )


def _account(tail: str, fields: Fields | None = None, *, active: bool = True) -> Example:
    def example(_scene: Scene) -> Request:
        person = an_account(Role.EVALUATOR, active=active)
        return Request(f"/admin/accounts/{person.id}/{tail}", fields or {})

    return example


EXAMPLES: dict[str, Example] = {
    "accounts.change_password": _change_password,
    "accounts.use_link": _use_link,
    "admin.change_institution": _change_institution,
    "admin.create_account": _create_account,
    "admin.change_roles": _account("roles", {"roles": ["evaluator", "approver"]}),
    "admin.make_link": _account("link"),
    "admin.deactivate": _account("off"),
    "admin.activate": _account("on", active=False),
    "cases.create": _new_case,
    "cases.add_member": _add_member,
    "cases.remove_member": _remove_member,
    "evidence.upload": _upload,
    "steps.save": _save_budget,
    "steps.justify": _justify,
    "steps.complete": _complete,
    "steps.reopen": _reopen,
}

"""Accounts, the institution, cases and their people, evidence, and what all steps share."""

from __future__ import annotations

from collections.abc import Callable

from procurement.domain.access import Relation, Role
from procurement.domain.facts.closing import EndKind, NextWay
from procurement.domain.steps import Step
from procurement.services import checkpoints, closing, people
from procurement.services.closing import EndWithout
from tests.support.examples.base import Example, Fields, Request
from tests.support.factories import PASSWORD, a_member, an_account, work
from tests.support.selecting import a_file
from tests.support.stages import Scene, Stage
from tests.support.walk import a_budget_sheet, complete_budget, save_document

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
NEW_PASSWORD = {"password": "새 표본 비밀번호 2", "again": "새 표본 비밀번호 2"}


def _new_case(at: Scene) -> Request:
    person = str(at.person.id)
    fields = {"title": "둘째 표본 건", "project_officer_id": person, "contract_officer_id": person}
    return Request("/cases/new", fields)


def _add_member(at: Scene) -> Request:
    fields = {"account_id": str(an_account(Role.EVALUATOR).id), "role": "evaluator"}
    return Request(f"{at.url}/members", fields)


def _remove_member(at: Scene) -> Request:
    member = a_member(at.case, Relation.EVALUATOR)
    return Request(f"{at.url}/members/remove", {"account_id": str(member.id), "role": "evaluator"})


def _save_budget(at: Scene) -> Request:
    return Request(f"{at.url}/budget", BUDGET_FORM)


def _justify(at: Scene) -> Request:
    with work():
        save_document(at.officer, at.case, Step.BUDGET, a_budget_sheet(guidelines=""))
    return Request(f"{at.url}/budget/reason", {"rule_id": "B-7", "subject": "", "reason": "표본 사유"})


def _complete(at: Scene) -> Request:
    with work():
        save_document(at.officer, at.case, Step.BUDGET, a_budget_sheet())
    return Request(f"{at.url}/budget/complete")


def _reopen(at: Scene) -> Request:
    with work():
        complete_budget(at.officer, at.case)
    return Request(f"{at.url}/budget/reopen", {"reason": "표본 사유"})


def _upload(at: Scene) -> Request:
    fields = {"purpose": "other", "step": "budget"}
    return Request(f"{at.url}/evidence", fields, file=("표본.txt", "표본 증빙".encode()))


def _download(at: Scene) -> Request:
    with work():
        file = a_file(at.officer, at.case, "other")
    return Request(f"{at.url}/evidence/{file}", method="GET")


def _download_checkpoint(at: Scene) -> Request:
    with work():
        checkpoints.write(at.officer, "command")
    return Request("/audit/checkpoints/1.json", method="GET")


def _erase(at: Scene) -> Request:
    with work():
        complete_budget(at.officer, at.case)
    fields = {"number": at.case.number, "seq": "2", "ground": "개인정보 보호법 제36조", "reason": "표본 사유"}
    return Request("/erasure", fields)


def _find_person(_at: Scene) -> Request:
    return Request("/erasure/find", {"words": "표본 사람"})


def _erase_row(at: Scene) -> Request:
    with work():
        file = a_file(at.officer, at.case, "other")
    fields = {"ground": "개인정보 보호법 제36조", "reason": "표본 사유"}
    return Request(f"/erasure/rows/evidence_file/{file}", fields)


def _change_password(_at: Scene) -> Request:
    return Request("/me/password", {"current": PASSWORD, **NEW_PASSWORD})


def _use_link(at: Scene) -> Request:
    with work():
        token = people.make_link(at.officer, str(at.person.id))
    return Request(f"/link/{token}", NEW_PASSWORD, signed_out=True)


def _change_institution(_at: Scene) -> Request:
    fields = {"name": "표본연구원", "kind": "local", "contract_law": "local", "search_result_limit": "20"}
    return Request("/admin", fields)


def _create_account(_at: Scene) -> Request:
    fields = {"login": "new-person", "name": "표본 새 사람", "roles": ["evaluator"]}
    return Request("/admin/accounts/new", fields)


def _account(tail: str, fields: Fields | None = None, *, active: bool = True) -> Callable[[Scene], Request]:
    def prepare(_at: Scene) -> Request:
        person = an_account(Role.EVALUATOR, active=active)
        return Request(f"/admin/accounts/{person.id}/{tail}", fields or {})

    return prepare


END = {"kind": "plan_changed", "reason": "예산이 줄었습니다.", "next_way": "dropped"}


def _take_up(at: Scene) -> Request:
    with work():
        closing.end(at.officer, at.case, EndWithout(EndKind.BY_MISTAKE, "표본 사유", NextWay.DROPPED))
    return Request(f"{at.url}/take-up", {"reason": "표본 사유"})


EXAMPLES = {
    endpoint: Example(Stage.OPENED, prepare)
    for endpoint, prepare in {
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
        "closing.end": lambda at: Request(f"{at.url}/end", END),
        "closing.take_up": _take_up,
        "checkpoints.write": lambda _at: Request("/audit/checkpoints"),
        "checkpoints.download": _download_checkpoint,
        "erasure.carry_out": _erase,
        "erasure.find": _find_person,
        "erasure.erase_row": _erase_row,
        "evidence.upload": _upload,
        "evidence.download": _download,
        "steps.save": _save_budget,
        "steps.justify": _justify,
        "steps.complete": _complete,
        "steps.reopen": _reopen,
    }.items()
}

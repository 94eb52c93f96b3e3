"""⑥ and ⑦ Negotiation, approval, conclusion, registration."""

from __future__ import annotations

from procurement.domain.facts.contract import Negotiation
from procurement.domain.rules.reading import winners
from procurement.services import case_facts, contract, records, registration
from tests.support import contracting
from tests.support.examples.base import Example, Request, today
from tests.support.factories import work
from tests.support.stages import APPROVER, Scene, Stage

WHY = {"reason": "표본 사유"}


def _winner(at: Scene) -> tuple[int, str]:
    lot, row = winners(case_facts.load(at.case))[0]
    return lot, row.result_id


def thread_of(at: Scene, kind: str) -> str:
    """Id of the only record of a kind."""
    (record,) = (record for record in records.active(at.case) if record.kind == kind)
    return record.thread_id


def _negotiate(at: Scene) -> Request:
    lot, result_id = _winner(at)
    fields = {"service": f"{lot}:{result_id}", "held_on": today(), "content": "접속 방법 협의"}
    return Request(f"{at.url}/contract/negotiations", fields)


def _withdraw_negotiation(at: Scene) -> Request:
    held = Negotiation(*_winner(at), records.today(), "접속 방법 협의")
    with work():
        contract.add_negotiation(at.officer, at.case, held)
    fields = {"thread_id": thread_of(at, "negotiation"), **WHY}
    return Request(f"{at.url}/contract/negotiations/withdraw", fields)


def _submit(at: Scene) -> Request:
    with work():
        contracting.save_terms(at.officer, at.case)
        contracting.negotiate(at.officer, at.case)
    return Request(f"{at.url}/contract/approval")


def answer(at: Scene) -> Request:
    """The approver grants the request that stands."""
    approval = case_facts.load(at.case).contract.approval
    assert approval is not None
    fields = {"decision": "approved", "bundle_digest": approval.bundle_digest, "opinion": ""}
    page = f"{at.url}/contract/approval/{approval.number}/answer"
    return Request(page, fields, by=at.other(APPROVER))


def _withdraw_approval(at: Scene) -> Request:
    return Request(f"{at.url}/contract/approval/withdraw", WHY)


def conclude(at: Scene) -> Request:
    """The contract officer records the conclusion."""
    with work():
        paper = contracting.a_paper(at.officer, at.case)
    fields = {
        "contract_number": "표본-2026-001",
        "concluded_on": "2026. 1. 2.",
        "evidence_id": paper,
        "looked_at": "이용지원시스템 화면",
        "still_selected": "y",
    }
    return Request(f"{at.url}/contract/conclusion", fields)


def _amend(at: Scene) -> Request:
    fields = {"amended_on": "20260301", "content": "이용 수량 변경", "amount_won": "12,500,000"}
    return Request(f"{at.url}/contract/amendments", fields)


def _register(at: Scene) -> Request:
    return Request(f"{at.url}/registration/initial", {"registered_on": "20260105"})


def _withdraw_registration(at: Scene) -> Request:
    with work():
        registration.register(at.officer, at.case, registered_on=contracting.CONCLUDED_ON)
    fields = {"thread_id": thread_of(at, "registration"), **WHY}
    return Request(f"{at.url}/registration/withdraw", fields)


def _correct(at: Scene) -> Request:
    with work():
        registration.register(at.officer, at.case, registered_on=contracting.CONCLUDED_ON)
        contract.amend(at.officer, at.case, amended_on=records.today(), content="이용 수량 변경")
    return Request(f"{at.url}/registration/correction", {"amendment": "1", "registered_on": today()})


EXAMPLES = {
    "contract.add_negotiation": Example(Stage.CONTRACTING, _negotiate),
    "contract.withdraw_negotiation": Example(Stage.CONTRACTING, _withdraw_negotiation),
    "contract.conclude": Example(Stage.APPROVED, conclude),
    "contract.amend": Example(Stage.CONCLUDED, _amend),
    "approval.submit": Example(Stage.CONTRACTING, _submit),
    "approval.answer": Example(Stage.ASKED, answer),
    "approval.withdraw": Example(Stage.ASKED, _withdraw_approval),
    "registration.register": Example(Stage.CONCLUDED, _register),
    "registration.correct": Example(Stage.CONCLUDED, _correct),
    "registration.withdraw": Example(Stage.CONCLUDED, _withdraw_registration),
}

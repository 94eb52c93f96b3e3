"""품의와 결재: terms are frozen by asking, the answer is another's, given once, for what was seen."""

import io
from dataclasses import dataclass, replace
from typing import Any

import pytest
from sqlalchemy import select

from procurement.domain.access import Actor, Relation, Role
from procurement.domain.errors import Conflict, InvalidInput, NotAllowed, NotFound, Refused
from procurement.domain.facts.contract import ApprovalDecision
from procurement.domain.rules.base import Outcome
from procurement.domain.rules.registry import findings_of
from procurement.domain.steps import Step
from procurement.extensions import db
from procurement.models import ApprovalBundle, Case, EvidenceFile, Job
from procurement.services import (
    approval,
    approval_bundle,
    approval_requests,
    case_facts,
    cases,
    contract,
    evidence,
    jobs,
    workflow,
)
from procurement.services.store import evidence_store
from tests.support import contracting, walk
from tests.support.awarded import Awarded
from tests.support.awarded import awarded as awarded
from tests.support.contracting import newest_request, save_terms
from tests.support.factories import (
    a_case,
    an_account,
    an_institution,
    event_kinds,
    project_officer_of,
    work,
)


@pytest.fixture
def asked(awarded: Awarded) -> Awarded:
    with work():
        contracting.ask_approval(awarded.officer, awarded.case)
    return awarded


def digest(at: Awarded) -> str:
    return str(at.approval.bundle_digest)


def answer(at: Awarded, decision: ApprovalDecision, who: Actor | None = None, **changes: Any) -> None:
    values = {"bundle_digest": at.approval.bundle_digest if at.approval else "", **changes}
    with work():
        approval.answer(who or at.approver, at.case, newest_request(at.case).number, decision, **values)


def test_asking_binds_the_terms_and_wants_a_bundle(awarded: Awarded) -> None:
    with work():
        document = save_terms(awarded.officer, awarded.case)
        contracting.negotiate(awarded.officer, awarded.case)
        row = approval.submit(awarded.officer, awarded.case)
    assert (row.number, row.terms_digest) == (1, document.digest)
    job = jobs.newest(awarded.case, approval_bundle.BUNDLE_JOB)
    assert job is not None
    assert job.state is jobs.JobState.WAITING
    assert event_kinds(awarded.case)[-1] == "approval.requested"


def test_a_refused_request_leaves_no_job_behind(awarded: Awarded) -> None:
    with pytest.raises(Refused), work():
        approval.submit(awarded.officer, awarded.case)
    assert list(db.session.scalars(select(Job))) == []


def test_nothing_saved_cannot_be_approved(awarded: Awarded) -> None:
    with pytest.raises(Refused, match="저장한 계약 조건이 없습니다") as refused:
        approval.submit(awarded.officer, awarded.case)
    assert refused.value.rule_id == "K-6"


@pytest.mark.parametrize(
    ("changes", "rule_id"),
    [
        ({"service_names": ("표본 협업",)}, "K-1"),
        ({"conditions": ""}, "K-2"),
        ({"clauses": ()}, "K-5"),
        ({"counterpart_check": None}, "K-13"),
    ],
)
def test_terms_that_break_a_rule_cannot_be_submitted(
    awarded: Awarded, changes: dict[str, Any], rule_id: str
) -> None:
    with work():
        save_terms(awarded.officer, awarded.case, **changes)
        contracting.negotiate(awarded.officer, awarded.case)
    with pytest.raises(Refused, match="품의를 올리기 전에 확인할 것이") as refused:
        approval.submit(awarded.officer, awarded.case)
    assert refused.value.rule_id == rule_id


def test_technical_negotiation_comes_before_the_request(awarded: Awarded) -> None:
    with work():
        save_terms(awarded.officer, awarded.case)
    with pytest.raises(Refused, match="기술협상") as refused:
        approval.submit(awarded.officer, awarded.case)
    assert refused.value.rule_id == "K-14"


def test_a_disqualification_stops_the_request(awarded: Awarded) -> None:
    with work():
        save_terms(awarded.officer, awarded.case)
        contracting.negotiate(awarded.officer, awarded.case, disqualified=True, ground="폐업")
    with pytest.raises(Refused, match="이용계약 대상선정 단계를 완료한 뒤에"):
        approval.submit(awarded.officer, awarded.case)


def test_a_request_needs_an_approver_other_than_the_submitter(db_session: Any) -> None:
    an_institution()
    account = an_account(Role.PROJECT_OFFICER, Role.CONTRACT_OFFICER, Role.APPROVER)
    case = a_case(account, account)
    officer = project_officer_of(case)
    with work():
        walk.complete_to_selection(officer, case)
        cases.add_member(officer, case, officer.account_id, Relation.APPROVER.value)
        save_terms(officer, case)
        contracting.negotiate(officer, case)
    with pytest.raises(Refused, match="결재권자를 지정하세요"):
        approval.submit(officer, case)


def test_a_second_request_waits_for_the_first(asked: Awarded) -> None:
    with pytest.raises(Refused, match="이미 올린 품의"):
        approval.submit(asked.officer, asked.case)


def test_terms_with_the_approver_cannot_be_saved(asked: Awarded) -> None:
    with pytest.raises(Refused, match="품의를 올린 계약 조건은 고칠 수 없습니다") as refused:
        save_terms(asked.officer, asked.case, conditions="몰래 바꾼 조건")
    assert refused.value.rule_id == "K-6"


def test_approved_terms_cannot_be_saved(asked: Awarded) -> None:
    answer(asked, ApprovalDecision.APPROVED)
    with pytest.raises(Refused, match="결재받은 계약 조건은 고칠 수 없습니다"):
        save_terms(asked.officer, asked.case, conditions="몰래 바꾼 조건")


def test_an_approval_is_written_down_with_what_it_binds(asked: Awarded) -> None:
    seen = digest(asked)
    answer(asked, ApprovalDecision.APPROVED, opinion="적정함")
    approved = asked.approval
    assert (approved.decision, approved.opinion) == (ApprovalDecision.APPROVED, "적정함")
    assert approved.decided_by == asked.approver.account_id
    assert (approved.bundle_digest, approved.lapsed) == (seen, "")
    assert event_kinds(asked.case)[-1] == "approval.answered"


def test_returned_terms_can_be_changed_and_asked_again(asked: Awarded) -> None:
    answer(asked, ApprovalDecision.RETURNED, opinion="지체상금율을 확인하세요.")
    with work():
        save_terms(asked.officer, asked.case, delay_rate_millionths=1_250)
        row = approval.submit(asked.officer, asked.case)
    assert row.number == 2


def test_a_return_says_why(asked: Awarded) -> None:
    with pytest.raises(InvalidInput) as wrong:
        answer(asked, ApprovalDecision.RETURNED, opinion="  ")
    assert wrong.value.field == "opinion"


def test_a_request_is_answered_once(asked: Awarded) -> None:
    answer(asked, ApprovalDecision.APPROVED)
    with pytest.raises(Conflict, match="이미 답한 품의"):
        answer(asked, ApprovalDecision.RETURNED, opinion="다시 보니 아닙니다.")


def test_nobody_approves_his_own_request(asked: Awarded) -> None:
    with work():
        cases.add_member(asked.officer, asked.case, asked.officer.account_id, Relation.APPROVER.value)
    with pytest.raises(Refused, match="자기가 작성하거나 올린 품의") as refused:
        answer(asked, ApprovalDecision.APPROVED, who=asked.officer)
    assert refused.value.rule_id == "K-6"


def test_nobody_approves_terms_that_he_wrote_and_another_submitted(awarded: Awarded) -> None:
    writer = an_account(Role.PROJECT_OFFICER, Role.APPROVER)
    with work():
        cases.add_member(awarded.officer, awarded.case, str(writer.id), "collaborator")
        cases.add_member(awarded.officer, awarded.case, str(writer.id), Relation.APPROVER.value)
    drafter = replace(awarded.approver, account_id=str(writer.id), roles=frozenset({Role.APPROVER}))
    with work():
        save_terms(drafter, awarded.case)
        contracting.negotiate(awarded.officer, awarded.case)
        approval.submit(awarded.officer, awarded.case)
        contracting.attach_small_bundle(awarded.officer, awarded.case)
    with pytest.raises(Refused, match="자기가 작성하거나 올린 품의"):
        answer(awarded, ApprovalDecision.APPROVED, who=drafter)


def test_only_an_approver_of_the_case_answers(asked: Awarded) -> None:
    stranger = an_account(Role.APPROVER, name="표본 다른 결재권자")
    other = replace(asked.approver, account_id=str(stranger.id))
    with pytest.raises(NotAllowed):
        answer(asked, ApprovalDecision.APPROVED, who=other)


def test_nothing_is_approved_without_its_bundle(awarded: Awarded) -> None:
    with work():
        save_terms(awarded.officer, awarded.case)
        contracting.negotiate(awarded.officer, awarded.case)
        approval.submit(awarded.officer, awarded.case)
    with pytest.raises(Refused, match="증빙 묶음이 아직 없습니다"):
        answer(awarded, ApprovalDecision.APPROVED, bundle_digest="0" * 64)


def test_the_answer_is_for_the_bundle_that_was_seen(asked: Awarded) -> None:
    with pytest.raises(Conflict, match="보신 증빙 묶음과"):
        answer(asked, ApprovalDecision.APPROVED, bundle_digest="0" * 64)


@pytest.mark.parametrize("harm", ["gone", "altered"])
def test_a_bundle_that_was_harmed_on_the_disk_is_not_approved(asked: Awarded, harm: str) -> None:
    path = evidence_store().path_of(digest(asked))
    if harm == "gone":
        path.unlink()
    else:
        path.chmod(0o640)
        path.write_bytes(b"other bytes")
    with pytest.raises(Refused, match="없거나 손상되었습니다"):
        answer(asked, ApprovalDecision.APPROVED)


def test_a_disqualification_found_meanwhile_stops_the_approval(asked: Awarded) -> None:
    with work():
        contracting.negotiate(asked.officer, asked.case, disqualified=True, ground="부정당업자 제재")
    with pytest.raises(Refused, match="이용계약 대상선정 단계를 완료한 뒤에"):
        answer(asked, ApprovalDecision.APPROVED)
    assert asked.approval is None
    assert asked.facts.contract.approvals[0].lapsed


@pytest.mark.parametrize("answered", [False, True])
def test_a_request_taken_back_frees_the_terms(asked: Awarded, answered: bool) -> None:
    if answered:
        answer(asked, ApprovalDecision.APPROVED)
    with work():
        approval.withdraw(asked.officer, asked.case, "금액을 고쳐야 합니다.")
        save_terms(asked.officer, asked.case, delay_rate_millionths=1_250)
    facts = case_facts.load(asked.case).contract
    assert facts.approval is None
    assert facts.approvals[0].lapsed == "품의를 거두었습니다: 금액을 고쳐야 합니다."
    with work():
        assert approval.submit(asked.officer, asked.case).number == 2


def test_a_request_that_was_taken_back_is_not_answered(asked: Awarded) -> None:
    seen = digest(asked)
    with work():
        approval.withdraw(asked.officer, asked.case, "금액을 고쳐야 합니다.")
    with pytest.raises(Refused, match="품의를 거두었습니다"):
        answer(asked, ApprovalDecision.APPROVED, bundle_digest=seen)


def test_taking_back_says_why_and_needs_a_request(asked: Awarded) -> None:
    with pytest.raises(InvalidInput):
        approval.withdraw(asked.officer, asked.case, " ")
    with work():
        approval.withdraw(asked.officer, asked.case, "다시 씁니다.")
    with pytest.raises(NotFound):
        approval.withdraw(asked.officer, asked.case, "또 거둡니다.")


def test_opening_an_earlier_step_again_overtakes_the_approval(asked: Awarded) -> None:
    answer(asked, ApprovalDecision.APPROVED)
    with work():
        workflow.reopen(asked.officer, asked.case, Step.SELECTION, "평가표를 다시 봅니다.")
        workflow.complete(asked.officer, asked.case, Step.SELECTION)
    facts = case_facts.load(asked.case)
    assert facts.contract.approval is None
    assert "앞 단계를 다시 열었습니다" in facts.contract.approvals[0].lapsed
    gate = [f for f in findings_of(Step.CONTRACT, facts) if f.rule_id == "K-6"]
    assert [(f.outcome, f.subject) for f in gate] == [(Outcome.UNMET, "approval")]
    with pytest.raises(Refused, match="결재를 받지 않아"):
        contract.conclude(asked.officer, asked.case, contracting.signing(asked.officer, asked.case))


def test_the_worker_makes_the_bundle_once(awarded: Awarded, monkeypatch: pytest.MonkeyPatch) -> None:
    rendered: list[str] = []

    @dataclass(frozen=True)
    class Printed:
        data: bytes = contracting.SMALL_PDF

    def render(case: Case, _progress: jobs.Progress) -> Printed:
        rendered.append(case.number)
        return Printed()

    handler = approval_bundle.bundle_handler(render)
    monkeypatch.setattr(jobs, "HANDLERS", {approval_bundle.BUNDLE_JOB: handler})
    with work():
        save_terms(awarded.officer, awarded.case)
        contracting.negotiate(awarded.officer, awarded.case)
        row = approval.submit(awarded.officer, awarded.case)
        # A worker that died after binding the bundle leaves its job to another.
        jobs.enqueue(awarded.officer, awarded.case, approval_bundle.BUNDLE_JOB, {"request": str(row.id)})
    assert jobs.run_pending() == 2
    assert rendered == [awarded.case.number]
    bundles = list(db.session.scalars(select(ApprovalBundle)))
    files = [f for f in db.session.scalars(select(EvidenceFile)) if f.purpose == "approval_bundle"]
    assert len(bundles) == len(files) == 1
    shown = jobs.newest(awarded.case, approval_bundle.BUNDLE_JOB)
    assert shown is not None
    assert (shown.state, shown.evidence_id) == (jobs.JobState.DONE, str(files[0].id))
    assert approval_bundle.bundle_evidence(awarded.case, 1) == str(files[0].id)
    assert event_kinds(awarded.case)[-2:] == ["evidence.attached", "approval.bundle"]
    answer(awarded, ApprovalDecision.APPROVED)


def test_no_bundle_is_bound_to_a_request_that_was_taken_back(asked: Awarded) -> None:
    with work():
        approval.withdraw(asked.officer, asked.case, "다시 씁니다.")
        save_terms(asked.officer, asked.case)
        row = approval.submit(asked.officer, asked.case)
        approval.withdraw(asked.officer, asked.case, "또 다시 씁니다.")
    made = evidence.receive(io.BytesIO(contracting.SMALL_PDF), "묶음.pdf")
    with pytest.raises(Refused, match="품의를 거두어"):
        approval_bundle.attach_bundle(asked.officer, asked.case, str(row.id), made)


def test_a_bundle_is_made_again_only_after_it_failed(
    awarded: Awarded, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(_case: Case, _progress: jobs.Progress) -> Any:
        raise Refused("증빙 파일이 없습니다. 백업에서 되살려 주세요.", "K-6")

    monkeypatch.setattr(
        jobs, "HANDLERS", {approval_bundle.BUNDLE_JOB: approval_bundle.bundle_handler(broken)}
    )
    with work():
        save_terms(awarded.officer, awarded.case)
        contracting.negotiate(awarded.officer, awarded.case)
        approval.submit(awarded.officer, awarded.case)
    with pytest.raises(Conflict):
        approval_bundle.make_bundle_again(awarded.officer, awarded.case)
    assert jobs.run_pending() == 1
    with work():
        approval_bundle.make_bundle_again(awarded.officer, awarded.case)
    shown = jobs.newest(awarded.case, approval_bundle.BUNDLE_JOB)
    assert shown is not None
    assert shown.state is jobs.JobState.WAITING


def test_what_waits_for_an_approver_is_listed_until_it_is_answered(asked: Awarded) -> None:
    waiting = approval_requests.waiting_for(asked.approver)
    assert [(w.number, w.submitted_by, w.bundle_ready) for w in waiting] == [
        (asked.case.number, asked.officer.name, True)
    ]
    assert approval_requests.waiting_for(asked.officer) == []
    answer(asked, ApprovalDecision.APPROVED)
    assert approval_requests.waiting_for(asked.approver) == []


def test_a_request_that_was_taken_back_waits_for_nobody(asked: Awarded) -> None:
    with work():
        approval.withdraw(asked.officer, asked.case, "다시 씁니다.")
    assert approval_requests.waiting_for(asked.approver) == []


def test_the_approver_sees_only_what_is_not_plainly_satisfied(asked: Awarded) -> None:
    seen = approval.remarkable(case_facts.load(asked.case))
    assert {f.outcome for f in seen} <= {Outcome.JUSTIFIED, Outcome.UNMET}
    assert not {("K-6", "approval"), ("K-9", "")} & {(f.rule_id, f.subject) for f in seen}


def test_every_act_of_an_approval_is_sealed_in_the_ledger(asked: Awarded) -> None:
    answer(asked, ApprovalDecision.APPROVED)
    kinds = event_kinds(asked.case)
    wanted = [
        "contract.saved",
        "negotiation.added",
        "approval.requested",
        "approval.bundle",
        "approval.answered",
    ]
    assert [kind for kind in kinds if kind in wanted] == wanted

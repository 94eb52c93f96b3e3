"""Records: only added to, corrected by a new version, withdrawn with a reason; and evidence files."""

from __future__ import annotations

import io
from dataclasses import replace
from datetime import date, timedelta

import pytest
from sqlalchemy import select

from procurement.domain.access import Actor
from procurement.domain.errors import Conflict, InvalidInput, NotFound, TooLarge
from procurement.domain.facts.registration import Registration
from procurement.domain.facts.selection import EvaluatorRelease
from procurement.domain.steps import Step
from procurement.extensions import db
from procurement.models import Case, CaseRecord, EvidenceFile
from procurement.models.base import now
from procurement.services import evidence, records
from procurement.services.store import evidence_store
from tests.support.factories import a_case, event_kinds, project_officer_of, work

pytestmark = pytest.mark.usefixtures("db_session")

RELEASE = EvaluatorRelease("person-1", "표본 사유")


def a_scene() -> tuple[Actor, Case]:
    """A case and its project officer."""
    case = a_case()
    return project_officer_of(case), case


def add(actor: Actor, case: Case) -> CaseRecord:
    """A record of a day that is over."""
    with work():
        return records.add(actor, case, "evaluator_release", RELEASE, records.noon(date(2026, 3, 2)))


def test_a_record_knows_when_it_happened_and_when_it_was_written_down() -> None:
    actor, case = a_scene()
    add(actor, case)
    (record,) = records.active(case)
    assert record.value == RELEASE
    assert record.occurred_at == records.noon(date(2026, 3, 2))
    assert record.recorded_at > record.occurred_at
    assert record.actor_id == actor.account_id


def test_what_has_not_happened_yet_is_refused() -> None:
    actor, case = a_scene()
    with pytest.raises(InvalidInput, match="지금보다 뒤"):
        records.add(actor, case, "evaluator_release", RELEASE, now() + timedelta(minutes=1))


def test_a_correction_is_a_new_version_and_the_old_one_stays() -> None:
    actor, case = a_scene()
    first = add(actor, case)
    corrected = replace(RELEASE, reason="다른 사유")
    with work():
        records.revise(
            actor, case, str(first.thread_id), 1, corrected, records.noon(date(2026, 3, 3)), "잘못 적음"
        )
    (record,) = records.active(case)
    assert (record.value, record.version) == (corrected, 2)
    assert len(db.session.scalars(select(CaseRecord)).all()) == 2
    assert event_kinds(case)[-2:] == ["evaluator_release.added", "evaluator_release.revised"]


@pytest.mark.parametrize("base", [0, 2])
def test_of_two_who_correct_the_later_one_is_told(base: int) -> None:
    actor, case = a_scene()
    thread = str(add(actor, case).thread_id)
    with pytest.raises(Conflict):
        records.revise(actor, case, thread, base, RELEASE, records.noon(date(2026, 3, 3)), "사유")


@pytest.mark.parametrize("thread", ["", "none", "00000000-0000-0000-0000-000000000000"])
def test_a_record_that_is_not_there_is_not_found(thread: str) -> None:
    actor, case = a_scene()
    with pytest.raises(NotFound):
        records.revise(actor, case, thread, 1, RELEASE, records.noon(date(2026, 3, 3)), "사유")


def test_a_record_of_another_case_is_not_found() -> None:
    actor, case = a_scene()
    thread = str(add(actor, case).thread_id)
    with pytest.raises(NotFound):
        records.revise(actor, a_case(), thread, 1, RELEASE, records.noon(date(2026, 3, 3)), "사유")


def test_a_body_of_the_wrong_sort_is_a_slip_of_the_program() -> None:
    actor, case = a_scene()
    with pytest.raises(TypeError):
        records.add(actor, case, "registration", RELEASE, records.noon(date(2026, 3, 3)))
    assert records.KINDS["registration"].type is Registration


def received(text: str = "표본 증빙", name: str = "표본.txt") -> evidence.Received:
    """A file in the store."""
    return evidence.receive(io.BytesIO(text.encode()), name)


def attach(actor: Actor, case: Case, text: str = "표본 증빙", **more: str) -> EvidenceFile:
    """A file of the case."""
    with work():
        return evidence.attach(actor, case, received(text), purpose="other", step=Step.BUDGET, **more)


def test_a_file_is_kept_by_its_digest_and_told_of() -> None:
    actor, case = a_scene()
    row = attach(actor, case)
    assert evidence_store().digest_kept(row.digest) == row.digest
    assert event_kinds(case)[-1] == "evidence.attached"
    (shown,) = evidence.active_files(case)
    assert (shown.name, shown.purpose_label, shown.step) == ("표본.txt", "그 밖의 증빙", Step.BUDGET)


def test_a_file_is_replaced_with_a_reason_and_both_stay() -> None:
    actor, case = a_scene()
    old = attach(actor, case)
    new = attach(actor, case, "바른 증빙", supersedes=str(old.id), reason="잘못 올림")
    assert [file.evidence_id for file in evidence.active_files(case)] == [str(new.id)]
    ((before, after, reason),) = evidence.superseded_files(case)
    assert (before.evidence_id, after.evidence_id, reason) == (str(old.id), str(new.id), "잘못 올림")


@pytest.mark.parametrize("reason", ["", "  "])
def test_a_file_is_not_replaced_without_a_reason(reason: str) -> None:
    actor, case = a_scene()
    old = attach(actor, case)
    with pytest.raises(InvalidInput) as caught:
        attach(actor, case, "바른 증빙", supersedes=str(old.id), reason=reason)
    assert caught.value.field == "reason"


def test_a_file_is_replaced_once() -> None:
    actor, case = a_scene()
    old = attach(actor, case)
    attach(actor, case, "둘째", supersedes=str(old.id), reason="잘못 올림")
    with pytest.raises(Conflict):
        attach(actor, case, "셋째", supersedes=str(old.id), reason="잘못 올림")


def test_a_file_of_another_case_cannot_be_replaced() -> None:
    actor, case = a_scene()
    other = attach(project_officer_of(stranger := a_case()), stranger)
    with pytest.raises(NotFound):
        attach(actor, case, "바른 증빙", supersedes=str(other.id), reason="잘못 올림")


def test_an_unknown_purpose_is_refused() -> None:
    actor, case = a_scene()
    with pytest.raises(InvalidInput) as caught:
        evidence.attach(actor, case, received(), purpose="anything", step=None)
    assert caught.value.field == "purpose"


def test_an_empty_file_is_refused() -> None:
    with pytest.raises(InvalidInput, match="빈 파일"):
        received("")


def test_a_file_over_the_limit_is_refused_and_leaves_nothing() -> None:
    store = evidence_store()
    with pytest.raises(TooLarge):
        store.put(io.BytesIO(b"12345"), limit_bytes=4)
    assert list(store.all_digests()) == []
    assert [path for path in store.root.iterdir() if path.name.startswith(".")] == []
    assert store.put(io.BytesIO(b"1234"), limit_bytes=4).size_bytes == 4


def test_a_download_is_told_of() -> None:
    actor, case = a_scene()
    row = attach(actor, case)
    with work():
        _, stream = evidence.open_for_download(actor, case, str(row.id))
    with stream:
        assert stream.read() == "표본 증빙".encode()
    assert event_kinds(case)[-1] == "evidence.downloaded"


def test_a_file_whose_bytes_are_gone_says_so() -> None:
    actor, case = a_scene()
    row = attach(actor, case)
    evidence_store().path_of(row.digest).unlink()
    with pytest.raises(NotFound, match="백업"):
        evidence.open_for_download(actor, case, str(row.id))

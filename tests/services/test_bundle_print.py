"""What is done for a bundle that is kept: files inside, sections taken again, the institution's signature."""

from __future__ import annotations

import io
import uuid
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pikepdf
import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import update
from sqlalchemy.orm import Session, scoped_session

from procurement.config import Settings
from procurement.domain.access import Actor
from procurement.domain.steps import Step
from procurement.extensions import db
from procurement.models import Case, EvidenceFile, Job
from procurement.models.base import now
from procurement.services import audit, bundle, bundle_files, bundle_jobs, bundle_print, evidence, jobs, unit
from procurement.services.bundle_input import Place
from procurement.services.store import evidence_store
from tests.adapters.test_pdf_sign import PASSWORD, a_key, openssl_accepts, pyhanko_says
from tests.services.test_bundle import holds, text_of
from tests.support import factories, walk
from tests.support.applications import make_application
from tests.support.authority import an_authority


@pytest.fixture
def case(db_session: scoped_session[Session]) -> Case:
    """A case whose ① is completed."""
    made = factories.a_case()
    with factories.work():
        walk.complete_budget(officer_of(made), made)
    return made


def officer_of(case: Case) -> Actor:
    return factories.project_officer_of(case)


def keep(case: Case, name: str, data: bytes, purpose: str = "other") -> EvidenceFile:
    """Store a file as evidence of the case."""
    with factories.work():
        received = evidence.receive(io.BytesIO(data), name)
        return evidence.attach(officer_of(case), case, received, purpose=purpose, step=Step.BUDGET)


def set_to(app: Flask, monkeypatch: pytest.MonkeyPatch, **changes: object) -> None:
    """Change settings for a test."""
    changed = replace(app.config["SETTINGS"], **changes)
    monkeypatch.setitem(app.config, "SETTINGS", changed)


def attached(data: bytes) -> dict[str, bytes]:
    """Names and bytes of the files inside; the file itself holds together."""
    with pikepdf.open(io.BytesIO(data)) as pdf:
        assert pdf.check_pdf_syntax() == []
        assert len(pdf.Root.get("/AF", [])) == len(pdf.attachments)
        return {name: spec.get_file().read_bytes() for name, spec in pdf.attachments.items()}


def test_files_are_carried_inside_up_to_the_limit_and_the_others_listed(
    app: Flask, case: Case, monkeypatch: pytest.MonkeyPatch
) -> None:
    set_to(app, monkeypatch, bundle_attach_bytes=100)
    large, small = b"L" * 90, b"S" * 40
    keep(case, "같은 이름.txt", small)
    too_large = keep(case, "큰 파일.txt", large)
    keep(case, "같은 이름.txt", b"T" * 60)
    keep(case, "앞선 묶음.pdf", b"%PDF-1.4 sample", purpose="bundle")
    printed = bundle_jobs.print_case(case).data
    assert attached(printed) == {"01 같은 이름.txt": small, "03 같은 이름.txt": b"T" * 60}
    text = text_of(printed)
    assert too_large.digest in text
    for place in (Place.INSIDE, Place.APART, Place.PRINTED):
        assert holds(text, place.label)


def test_a_closed_quote_and_a_file_that_is_not_as_recorded_stay_outside(
    case: Case, monkeypatch: pytest.MonkeyPatch
) -> None:
    quote, changed = keep(case, "견적.txt", b"sealed"), keep(case, "바뀐 파일.txt", b"as it was")
    path = evidence_store().path_of(changed.digest)
    path.chmod(0o640)
    path.write_bytes(b"as it is")
    monkeypatch.setattr(bundle_files, "file_sealed", lambda _facts, found: found == str(quote.id))
    data = bundle.collect(case)
    assert [line.place for line in data.evidence] == [Place.SEALED, Place.LOST]
    assert bundle_files.attachments(data.evidence) == []


def test_the_same_again_takes_every_section_as_it_was(case: Case) -> None:
    data = bundle.collect(case)
    unit.rollback()
    first, again = bundle_print.print_bundle(data), bundle_print.print_bundle(data)
    assert again.parts == {}
    assert (again.data, again.notes, again.section_pages) == (first.data, first.notes, first.section_pages)
    sheet = data.decisions.budget
    assert sheet is not None
    decisions = replace(data.decisions, budget=replace(sheet, guidelines="다시 적은 지침"))
    changed = bundle_print.print_bundle(replace(data, decisions=decisions))
    assert set(changed.parts) == {"budget"}
    assert holds(text_of(changed.data), "다시 적은 지침")


def test_a_bundle_is_signed_where_the_institution_has_a_key(
    app: Flask, case: Case, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    key, pem = a_key(tmp_path)
    set_to(app, monkeypatch, pades_file=key.file, pades_password=PASSWORD)
    assert openssl_accepts(bundle_jobs.print_case(case).data, pem, tmp_path)


def bundle_page(case_id: uuid.UUID, client: FlaskClient) -> str:
    """Have the worker make the bundle, and open the page of bundles as the officer."""
    case = db.session.get_one(Case, case_id)
    institution_id = str(case.institution_id)
    with factories.work():
        bundle_jobs.request(officer_of(case), case)
    assert jobs.run_pending() == 1
    unit.bind(institution_id)
    case = db.session.get_one(Case, case_id)
    factories.signed_in(client, factories.account_of(case))
    return client.get(f"/cases/{case.number}/bundle").text


def test_page_and_ledger_say_whether_the_signature_was_stamped_and_no_bundle_is_lost(
    app: Flask, client: FlaskClient, case: Case, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    key, pem = a_key(tmp_path)
    case_id = case.id
    (tmp_path / "authority").mkdir()
    with an_authority(tmp_path / "authority") as authority:
        authority.answers = False
        set_to(app, monkeypatch, pades_file=key.file, pades_password=PASSWORD)
        set_to(app, monkeypatch, tsa_url=authority.url, tsa_ca_file=authority.ca_file)
        page = bundle_page(case_id, client)
        assert "전자서명은 했지만 시각 인증을 받지 못했습니다." in page
        assert "시각 인증 없음: 시각 인증 기관이 답하지 못했습니다(HTTP 503)." in page
        authority.answers = True
        page = bundle_page(case_id, client)
        assert "전자서명은 했지만" not in page
        assert '서명함<br><span class="small soft">시각 인증 20' in page
        case = db.session.get_one(Case, case_id)
        made = bundle_jobs.made(case)
        stamped, bare = (evidence_store().path_of(file.digest).read_bytes() for file in made)
        assert all(openssl_accepts(data, pem, tmp_path) for data in (stamped, bare))
        assert pyhanko_says(stamped, pem, authority.ca_file).timestamp_validity
        assert pyhanko_says(bare, pem).timestamp_validity is None
    told = [event.what for event in audit.all_events(case) if event.kind == "bundle.signed"]
    assert told == [
        "증빙자료 묶음에 기관의 전자서명을 했습니다"
        "(시각 인증을 받지 못함: 시각 인증 기관이 답하지 못했습니다(HTTP 503)).",
        "증빙자료 묶음에 기관의 전자서명을 했습니다(시각 인증을 받음).",
    ]
    assert "프로그램(자동)" in {line.who for line in bundle.collect(case).ledger}


def test_whoever_asked_for_a_bundle_is_told_why_it_cannot_be_signed(
    app: Flask, case: Case, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    key, _ = a_key(tmp_path)
    set_to(app, monkeypatch, pades_file=key.file, pades_password="another password")
    institution_id = str(case.institution_id)
    with factories.work():
        job_id = bundle_jobs.request(officer_of(case), case)
    jobs.run_pending()
    unit.bind(institution_id)
    ended = jobs.view(db.session.get_one(Case, case.id), job_id)
    assert ended.state is jobs.JobState.FAILED
    assert "파일과 비밀번호를 확인하세요" in ended.label


def die_before_the_end(case: Case) -> str:
    """Have a worker make the bundle and die before it can say so; returns the id of the job."""
    institution_id = str(case.institution_id)
    with factories.work():
        job_id = bundle_jobs.request(officer_of(case), case)
    taken = jobs.claim()
    assert taken is not None
    unit.bind(institution_id)
    jobs.HANDLERS[taken.kind](taken, jobs.Progress(taken))
    with factories.work():
        over = {"lease_until": now() - timedelta(seconds=1)}
        db.session.execute(update(Job).where(Job.id == uuid.UUID(job_id)).values(**over))
    return job_id


def test_a_worker_that_dies_after_keeping_the_bundle_leaves_one_and_its_job_is_ended(case: Case) -> None:
    institution_id = str(case.institution_id)
    job_id = die_before_the_end(case)
    assert jobs.run_pending() == 1
    unit.bind(institution_id)
    ended = jobs.view(db.session.get_one(Case, case.id), job_id)
    (file,) = bundle_jobs.made(db.session.get_one(Case, case.id))
    assert (ended.state, ended.evidence_id) == (jobs.JobState.DONE, file.evidence_id)


def test_a_worker_whose_job_was_taken_over_keeps_nothing(case: Case, monkeypatch: pytest.MonkeyPatch) -> None:
    institution_id = str(case.institution_id)
    with factories.work():
        bundle_jobs.request(officer_of(case), case)
    slow = jobs.claim()
    assert slow is not None
    unit.bind(institution_id)
    monkeypatch.setattr(jobs.Progress, "__call__", lambda _self, _percent, _label="": None)
    with factories.work():
        over = {"lease_until": now() - timedelta(seconds=1)}
        db.session.execute(update(Job).where(Job.id == uuid.UUID(slow.job_id)).values(**over))
    assert jobs.claim() is not None
    unit.bind(institution_id)
    with pytest.raises(jobs.LeaseLostError):
        jobs.HANDLERS[slow.kind](slow, jobs.Progress(slow))
    unit.rollback()
    assert bundle_jobs.made(db.session.get_one(Case, case.id)) == []


def test_a_job_tells_how_many_pages_there_are_and_what_is_at_hand(
    app: Flask, case: Case, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    set_to(app, monkeypatch, section_cache_dir=tmp_path)
    told: list[tuple[int, str]] = []
    monkeypatch.setattr(
        jobs.Progress, "__call__", lambda _self, percent, label="": told.append((percent, label))
    )
    job = jobs.Job("", str(case.institution_id), str(case.id), None, "bundle", {}, 1)
    bundle_jobs.print_case(case, bundle_print.telling(jobs.Progress(job)))
    percent, label = told[0]
    assert percent == bundle_print.FIRST
    # Two processes share the sections, and the first of them is not always here.
    assert label.startswith("0쪽까지 짰습니다. 지금: ")


@pytest.mark.one_database
def test_a_database_without_tables_is_said_to_be_so(settings: Settings, tmp_path: Path) -> None:
    empty = make_application(replace(settings, database_url=f"sqlite:///{tmp_path / 'empty.db'}"))
    result = empty.test_cli_runner().invoke(args=["bundle", "2026-0001", "-o", str(tmp_path / "x.pdf")])
    assert result.exit_code == 2
    assert "데이터베이스를 쓸 수 없습니다." in result.output

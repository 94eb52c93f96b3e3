"""Background work: taken once, kept by a lease, taken again when a worker dies, told by its row."""

import os
import signal
import subprocess
import sys
import threading
import time
import uuid
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select, text, update

from procurement import worker
from procurement.config import Settings
from procurement.domain.errors import NotFound, Refused
from procurement.extensions import db
from procurement.models import Case, Institution
from procurement.models import Job as JobRow
from procurement.models.base import ACROSS, now
from procurement.services import jobs, leases, unit
from procurement.services.jobs import JobState
from tests.support.applications import ROOT, environment
from tests.support.factories import a_case, an_institution, in_institution, project_officer_of, work

KIND = "sample"


@pytest.fixture
def done(monkeypatch: pytest.MonkeyPatch) -> list[jobs.Job]:
    """Jobs of the kind ``sample`` that were done, in order."""
    taken: list[jobs.Job] = []

    def handle(job: jobs.Job, progress: jobs.Progress) -> None:
        progress(40, "절반 가까이 되었습니다.")
        taken.append(job)

    monkeypatch.setattr(jobs, "HANDLERS", {KIND: handle})
    return taken


def want(case: Case, **arguments: Any) -> str:
    """Want a sample job; returns its id."""
    actor = project_officer_of(case)
    with work():
        return str(jobs.enqueue(actor, case, KIND, arguments).id)


def row_of(job_id: str) -> JobRow:
    db.session.rollback()
    query = select(JobRow).where(JobRow.id == uuid.UUID(job_id)).execution_options(**{ACROSS: True})
    return db.session.scalars(query).one()


def set_row(job_id: str, **values: Any) -> None:
    with work():
        db.session.execute(update(JobRow).where(JobRow.id == uuid.UUID(job_id)).values(**values))


def test_a_job_is_done_once_and_says_so(db_session: Any, done: list[jobs.Job]) -> None:
    case = a_case()
    job_id = want(case, request="1")
    assert jobs.view(case, job_id).state is JobState.WAITING
    assert jobs.run_pending() == 1
    assert jobs.run_pending() == 0
    shown = jobs.view(case, job_id)
    assert (shown.state, shown.progress_percent) == (JobState.DONE, 100)
    assert shown.label == "다 되었습니다"
    assert [(job.job_id, job.arguments, job.attempt) for job in done] == [(job_id, {"request": "1"}, 1)]


def test_a_job_that_was_never_committed_is_never_done(db_session: Any, done: list[jobs.Job]) -> None:
    case = a_case()
    actor = project_officer_of(case)
    jobs.enqueue(actor, case, KIND)
    unit.rollback()
    assert jobs.run_pending() == 0
    assert done == []


def test_a_job_of_an_unknown_kind_waits(db_session: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(jobs, "HANDLERS", {})
    job_id = want(a_case())
    assert jobs.run_pending() == 0
    assert row_of(job_id).state == "waiting"


def test_a_job_works_in_its_own_institution_and_the_session_goes_back(
    db_session: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[str] = []

    def handle(job: jobs.Job, progress: jobs.Progress) -> None:
        seen.append(jobs.case_of(job).title)
        assert jobs.actor_for(job).institution_id == job.institution_id

    monkeypatch.setattr(jobs, "HANDLERS", {KIND: handle})
    first = an_institution("표본 첫째 기관")
    want(a_case(title="표본 첫째 사업"))
    second = an_institution("표본 둘째 기관")
    want(a_case(title="표본 둘째 사업"))
    in_institution(first)
    assert jobs.run_pending() == 2
    assert seen == ["표본 첫째 사업", "표본 둘째 사업"]
    assert db.session.info["institution_id"] == first.id
    assert first.id != second.id


def test_institutions_take_turns(db_session: Any, done: list[jobs.Job]) -> None:
    first = an_institution("표본 첫째 기관")
    busy = a_case()
    for _ in range(3):
        want(busy)
    second: Institution = an_institution("표본 둘째 기관")
    want(a_case())
    jobs.run_pending()
    order = [uuid.UUID(job.institution_id) for job in done]
    assert order == [first.id, second.id, first.id, first.id]


def test_a_job_left_by_a_dead_worker_is_taken_again_when_its_lease_runs_out(
    db_session: Any, done: list[jobs.Job]
) -> None:
    job_id = want(a_case())
    left = jobs.claim()
    assert left is not None
    assert jobs.claim() is None
    set_row(job_id, lease_until=now() - timedelta(seconds=1))
    assert jobs.run_pending() == 1
    assert [job.attempt for job in done] == [2]


def test_progress_renews_the_lease_and_tells_who_lost_it(db_session: Any, done: list[jobs.Job]) -> None:
    job_id = want(a_case())
    first = jobs.claim()
    assert first is not None
    set_row(job_id, lease_until=now() + timedelta(seconds=30))
    jobs.Progress(first)(25, "읽고 있습니다.")
    row = row_of(job_id)
    assert (row.progress_percent, row.label) == (25, "읽고 있습니다.")
    assert row.lease_until is not None
    assert row.lease_until > now() + timedelta(seconds=40)
    set_row(job_id, lease_until=now() - timedelta(seconds=1))
    second = jobs.claim()
    assert second is not None
    with pytest.raises(jobs.LeaseLostError):
        jobs.Progress(first)(50)


def test_a_worker_that_lost_its_lease_does_not_end_the_job_of_another(
    db_session: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    job_id = want(a_case())

    def slow(job: jobs.Job, progress: jobs.Progress) -> None:
        set_row(job_id, lease_until=now() - timedelta(seconds=1))
        assert jobs.claim() is not None

    monkeypatch.setattr(jobs, "HANDLERS", {KIND: slow})
    jobs.run_pending(1)
    assert (row_of(job_id).state, row_of(job_id).attempts) == ("running", 2)


def test_a_failing_job_is_tried_three_times_and_then_says_so(
    db_session: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    tries: list[int] = []

    def broken(job: jobs.Job, progress: jobs.Progress) -> None:
        tries.append(job.attempt)
        raise ValueError("broken on purpose")

    monkeypatch.setattr(jobs, "HANDLERS", {KIND: broken})
    case = a_case()
    job_id = want(case)
    for _ in range(4):
        jobs.run_pending()
        assert jobs.run_pending() == 0
        set_row(job_id, lease_until=None)
    assert tries == [1, 2, 3]
    shown = jobs.view(case, job_id)
    assert (shown.state, shown.label) == (JobState.FAILED, jobs.BROKEN)


def test_a_job_that_kills_its_worker_each_time_is_given_up(db_session: Any, done: list[jobs.Job]) -> None:
    case = a_case()
    job_id = want(case)
    for _ in range(jobs.MOST_ATTEMPTS):
        assert jobs.claim() is not None
        set_row(job_id, lease_until=now() - timedelta(seconds=1))
    assert jobs.run_pending() == 0
    shown = jobs.view(case, job_id)
    assert (shown.state, shown.label) == (JobState.FAILED, jobs.STOPPED_TOO_OFTEN)


def test_what_the_user_can_mend_is_told_at_once(db_session: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(job: jobs.Job, progress: jobs.Progress) -> None:
        raise Refused("증빙 파일이 없습니다. 다시 올려 주세요.", "K-6")

    monkeypatch.setattr(jobs, "HANDLERS", {KIND: refuse})
    case = a_case()
    job_id = want(case)
    assert jobs.run_pending() == 1
    shown = jobs.view(case, job_id)
    assert (shown.state, shown.label) == (JobState.FAILED, "증빙 파일이 없습니다. 다시 올려 주세요.")


def test_what_a_failed_handler_wrote_is_undone(db_session: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    def half(job: jobs.Job, progress: jobs.Progress) -> None:
        with unit.work(job.institution_id):
            jobs.case_of(job).title = "반쯤 바뀐 이름"
            db.session.flush()
            raise ValueError("broken on purpose")

    monkeypatch.setattr(jobs, "HANDLERS", {KIND: half})
    case = a_case(title="표본 사업")
    want(case)
    jobs.run_pending(1)
    db.session.refresh(case)
    assert case.title == "표본 사업"


def test_no_job_is_taken_by_two_workers(app: Any, db_session: Any, done: list[jobs.Job]) -> None:
    case = a_case()
    wanted = {want(case) for _ in range(12)}
    db.session.remove()

    def take() -> None:
        with app.app_context():
            jobs.run_pending()
            db.session.remove()

    threads = [threading.Thread(target=take) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(job.job_id for job in done) == sorted(wanted)


AT_WORK = """
import os, signal, threading, time
from procurement import create_app, worker
from procurement.config import Settings
from procurement.services import jobs, leases

def work(job, progress):
    progress(30, "reading")
    {how}

leases.BEAT_SECONDS = leases.LONGEST_SILENCE_SECONDS = 0.2
with create_app(Settings.from_environment()).app_context():
    jobs.HANDLERS["sample"] = work
    worker.work(threading.Event())
"""


@pytest.mark.parametrize(
    ("how", "code"), [("os.kill(os.getpid(), signal.SIGKILL)", -9), ("time.sleep(60)", worker.HUNG)]
)
def test_a_job_whose_worker_was_killed_or_hung_is_taken_up_at_once_on_the_same_machine(
    db_session: Any, settings: Settings, done: list[jobs.Job], how: str, code: int
) -> None:
    job_id = want(a_case())
    run = subprocess.run(
        [sys.executable, "-c", AT_WORK.format(how=how)],
        cwd=ROOT,
        env=environment(settings, SECTION_CACHE_DIR=str(settings.section_cache_dir)),
        timeout=60,
        check=False,
    )
    assert run.returncode == code
    left = row_of(job_id)
    assert (left.state, left.progress_percent, left.attempts) == ("running", 30, 1)
    assert left.lease_until is not None
    assert left.lease_until > now() + timedelta(seconds=20)
    assert jobs.run_pending() == 1
    assert [job.attempt for job in done] == [2]
    assert (row_of(job_id).state, row_of(job_id).holder) == ("done", None)


def while_it_works(
    app: Any, monkeypatch: pytest.MonkeyPatch, seconds: float, **limits: Any
) -> tuple[list[int], list[str], list[str]]:
    """Do the waiting job, whose handler tells nothing for ``seconds``, while another worker looks for jobs.

    Gives the attempts that began, what was said of hanging, and how ``made`` ended for each.
    """
    began: list[int] = []
    hung: list[str] = []
    ended: list[str] = []
    for name, value in limits.items():
        monkeypatch.setattr(leases, name, value)

    def silent(job: jobs.Job, progress: jobs.Progress) -> None:
        began.append(job.attempt)
        if job.attempt == 1:
            time.sleep(seconds)
        try:
            with unit.work(job.institution_id):
                jobs.case_of(job).title = f"표본 사업 {job.attempt}"
                progress.hold()
        except jobs.LeaseLostError:
            ended.append("lost")
            raise
        ended.append("kept")

    monkeypatch.setattr(jobs, "HANDLERS", {KIND: silent})
    db.session.remove()

    def look() -> None:
        with app.app_context():
            until = time.monotonic() + seconds * 0.9
            while time.monotonic() < until:
                jobs.run_pending(1)
                time.sleep(0.05)
            db.session.remove()

    first = threading.Thread(
        target=lambda: _in(app, lambda: jobs.run_pending(1, hung=lambda: hung.append("x")))
    )
    first.start()
    while not began:
        time.sleep(0.01)
    other = threading.Thread(target=look)
    other.start()
    for thread in (first, other):
        thread.join()
    return began, hung, ended


def _in(app: Any, act: Any) -> None:
    with app.app_context():
        act()
        db.session.remove()


def test_a_long_section_that_tells_nothing_keeps_its_job(
    app: Any, db_session: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    job_id = want(a_case())
    found = while_it_works(app, monkeypatch, 1.6, LEASE=timedelta(seconds=0.8), BEAT_SECONDS=0.1)
    assert found == ([1], [], ["kept"])
    assert row_of(job_id).state == "done"


def test_a_worker_that_hangs_loses_its_job_and_keeps_nothing_of_it(
    app: Any, db_session: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    job_id = want(a_case(title="표본 사업"))
    found = while_it_works(
        app,
        monkeypatch,
        1.5,
        LEASE=timedelta(seconds=0.3),
        BEAT_SECONDS=0.1,
        LONGEST_SILENCE_SECONDS=0.3,
    )
    assert found == ([1, 2], ["x"], ["kept", "lost"])
    title = select(Case.title).where(Case.id == row_of(job_id).case_id).execution_options(**{ACROSS: True})
    assert db.session.scalar(title) == "표본 사업 2"


def test_a_job_of_another_case_is_not_there(db_session: Any, done: list[jobs.Job]) -> None:
    job_id = want(a_case())
    other = a_case(title="표본 다른 사업")
    for wrong in (job_id, "no-uuid", str(uuid.uuid4())):
        with pytest.raises(NotFound):
            jobs.view(other, wrong)


@pytest.fixture
def signals_put_back() -> Iterator[None]:
    """Whatever a test makes of the signals to stop, they are what they were afterwards."""
    numbers = (signal.SIGTERM, signal.SIGINT)
    before = [signal.getsignal(number) for number in numbers]
    yield
    for number, handler in zip(numbers, before, strict=True):
        signal.signal(number, handler)


def test_the_worker_finishes_the_job_in_hand_and_stops_when_it_is_told_to(
    db_session: Any, monkeypatch: pytest.MonkeyPatch, signals_put_back: None
) -> None:
    def handle(job: jobs.Job, progress: jobs.Progress) -> None:
        os.kill(os.getpid(), signal.SIGTERM)

    monkeypatch.setattr(jobs, "HANDLERS", {KIND: handle})
    case = a_case()
    first, second = want(case), want(case)
    worker.work(worker.stop_on_signals())
    assert (row_of(first).state, row_of(second).state) == ("done", "waiting")


def test_the_worker_refuses_a_database_that_lets_records_change(
    app: Any, db_session: Any, settings: Settings
) -> None:
    sqlite = db.engine.dialect.name == "sqlite"
    drop = "DROP TRIGGER keep_event_update" if sqlite else "DROP TRIGGER keep_event_rows ON event"
    with db.engine.begin() as connection:
        connection.execute(text(drop))
    run = subprocess.run(
        [sys.executable, "-m", "procurement.worker"],
        cwd=ROOT,
        env=environment(settings),
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert run.returncode == 1
    assert "장치 1개가 데이터베이스에 없거나 처음과 다릅니다" in run.stderr

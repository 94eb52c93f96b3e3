"""Work in the background: wanted in the transaction that needs it, done by a worker, told by its row.

A worker takes a job for the time of a lease, which it renews while it works (``leases``). One that dies
leaves the job behind. Another worker of the same machine takes it at once, one elsewhere when the lease has
run out; so what a handler does must come to the same when done twice.
"""

from __future__ import annotations

import logging
import uuid
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, cast

from sqlalchemy import Select, Table, Update, and_, func, or_, select, update
from sqlalchemy.engine import Connection, CursorResult, Engine

from procurement.domain.access import Actor
from procurement.domain.codec import canonical
from procurement.domain.errors import NotFound, ProcurementError
from procurement.domain.labels import Labelled
from procurement.extensions import db, writing
from procurement.models import Account, Case, Institution
from procurement.models import Job as JobRow
from procurement.models.base import now
from procurement.services import leases, people, unit
from procurement.services.codec_text import load_text

MOST_ATTEMPTS = 3
FIRST_PAUSE = timedelta(seconds=10)

STOPPED_TOO_OFTEN = (
    "만드는 도중에 여러 번 멈추어 그만두었습니다. 다시 요청하고, 되풀이되면 관리자에게 알리세요."
)
BROKEN = "만들지 못했습니다. 다시 요청하고, 되풀이되면 관리자에게 알리세요."

logger = logging.getLogger(__name__)
_JOBS: Table = JobRow.metadata.tables["job"]


class JobState(Labelled):
    """How a job stands."""

    WAITING = "waiting", "차례를 기다립니다"
    RUNNING = "running", "만들고 있습니다"
    DONE = "done", "다 되었습니다"
    FAILED = "failed", "만들지 못했습니다"


class LeaseLostError(Exception):
    """Another worker has taken the job meanwhile; whoever sees this leaves it alone."""


@dataclass(frozen=True)
class Job:
    """A job as a handler gets it; ``attempt`` counts from 1 and names who holds the lease.

    ``made``: id of the file that an earlier attempt made before its worker died, ``None`` without one.
    """

    job_id: str
    institution_id: str
    case_id: str | None
    account_id: str | None
    kind: str
    arguments: Mapping[str, Any]
    attempt: int
    made: str | None = None


@dataclass(frozen=True)
class JobView:
    """A job as a page shows it; ``evidence_id`` names the file that it made."""

    job_id: str
    kind: str
    state: JobState
    progress_percent: int
    label: str
    evidence_id: str | None


class Progress:
    """Tells how far a handler is and keeps its lease; call it outside of a transaction that writes."""

    def __init__(self, job: Job, told: Callable[[], object] = lambda: None) -> None:
        self._job, self._told = job, told
        self.evidence_id = job.made

    def __call__(self, percent: int, label: str = "") -> None:
        """Say ``percent`` (0 to 100) and a Korean sentence. Raises ``LeaseLostError``."""
        self._told()
        until = now() + leases.LEASE
        values = {"progress_percent": max(0, min(percent, 100)), "label": label, "lease_until": until}
        if not _change(self._job, values):
            raise LeaseLostError(self._job.job_id)

    def made(self, evidence_id: str) -> None:
        """Name the evidence file that the job made, in the transaction that keeps it.

        A worker that dies after it leaves a job that only has to be ended; one whose lease was taken over
        keeps nothing. Raises ``LeaseLostError``.
        """
        self._change({"result": canonical({"evidence": evidence_id})})
        self.evidence_id = evidence_id

    def hold(self) -> None:
        """Keep the job until the transaction at hand ends, before it writes what is to be kept.

        Raises ``LeaseLostError``.
        """
        self._change({"lease_until": now() + leases.LEASE})

    def _change(self, values: Mapping[str, Any]) -> None:
        changed = cast(CursorResult[Any], db.session.execute(_change_of(self._job, values)))
        if changed.rowcount != 1:
            raise LeaseLostError(self._job.job_id)


Handler = Callable[[Job, Progress], None]

# What does the work of each kind. A job of a kind that is not here waits until a program knows it.
HANDLERS: dict[str, Handler] = {}


def enqueue(actor: Actor, case: Case, kind: str, arguments: Mapping[str, Any] | None = None) -> JobRow:
    """Want a job done, in the transaction at hand. ``arguments``: plain data."""
    row = JobRow(
        institution_id=case.institution_id,
        case_id=case.id,
        account_id=uuid.UUID(actor.account_id),
        kind=kind,
        arguments=canonical(dict(arguments or {})),
    )
    db.session.add(row)
    db.session.flush()
    return row


def view(case: Case, job_id: str) -> JobView:
    """A job of this case; ``NotFound`` otherwise."""
    try:
        key = uuid.UUID(job_id)
    except ValueError:
        raise NotFound("그런 작업이 없습니다. 화면을 새로 고쳐 주세요.") from None
    row = db.session.scalars(select(JobRow).where(JobRow.id == key, JobRow.case_id == case.id)).one_or_none()
    if row is None:
        raise NotFound("그런 작업이 없습니다. 화면을 새로 고쳐 주세요.")
    return _view(row)


def enqueue_once(actor: Actor, case: Case, kind: str) -> str:
    """Want a job done; returns its id. One of the same kind that waits or runs already serves."""
    known = newest(case, kind)
    if known is not None and known.state in (JobState.WAITING, JobState.RUNNING):
        return known.job_id
    return str(enqueue(actor, case, kind).id)


def newest(case: Case, kind: str) -> JobView | None:
    """The newest job of a kind of this case."""
    query = (
        select(JobRow)
        .where(JobRow.case_id == case.id, JobRow.kind == kind)
        .order_by(JobRow.created_at.desc())
        .limit(1)
    )
    row = db.session.scalars(query).one_or_none()
    return _view(row) if row is not None else None


def actor_for(job: Job) -> Actor:
    """The person who asked for the job."""
    account = db.session.get_one(Account, uuid.UUID(job.account_id or ""))
    return people.actor_of(account, db.session.get_one(Institution, account.institution_id))


def case_of(job: Job) -> Case:
    """The case that the job is about."""
    return db.session.get_one(Case, uuid.UUID(job.case_id or ""))


def run_pending(
    limit: int = 100,
    should_stop: Callable[[], bool] = lambda: False,
    hung: Callable[[], object] = lambda: None,
) -> int:
    """Do waiting jobs one after another, at most ``limit``; returns how many were taken.

    Commit what is open in the session before: it is rolled back. ``should_stop`` is asked before each;
    ``hung`` is called, from another thread, when a handler was silent so long that it lost its job.
    """
    taken = 0
    while taken < limit and not should_stop():
        job = claim()
        if job is None:
            break
        _run(job, hung)
        taken += 1
    return taken


def claim() -> Job | None:
    """Take the next job for the time of a lease, or ``None`` when there is nothing to do.

    Institutions take turns: the one served longest ago comes first, and within it the oldest job.
    """
    moment = now()
    db.session.rollback()
    sign = leases.own_sign()
    with _queue() as connection:
        _free_what_the_dead_held(connection, moment)
        _give_up_on_the_dead(connection, moment)
        row = connection.execute(_next(moment, connection.dialect.name)).one_or_none()
        if row is None:
            return None
        connection.execute(
            update(_JOBS)
            .where(_JOBS.c.id == row.id)
            .values(
                state=JobState.RUNNING.value,
                attempts=row.attempts + 1,
                lease_until=moment + leases.LEASE,
                holder=sign,
                progress_percent=0,
                label="",
            )
        )
    return Job(
        str(row.id),
        str(row.institution_id),
        str(row.case_id) if row.case_id else None,
        str(row.account_id) if row.account_id else None,
        row.kind,
        load_text(row.arguments),
        row.attempts + 1,
        _made(row.result),
    )


def _next(moment: Any, dialect: str) -> Select[Any]:
    served = (
        select(
            _JOBS.c.institution_id,
            func.max(func.coalesce(_JOBS.c.finished_at, _JOBS.c.lease_until)).label("served_at"),
        )
        .group_by(_JOBS.c.institution_id)
        .subquery()
    )
    query = (
        select(_JOBS)
        .join(served, served.c.institution_id == _JOBS.c.institution_id)
        .where(_JOBS.c.kind.in_(sorted(HANDLERS)), _free(moment), _JOBS.c.attempts < MOST_ATTEMPTS)
        .order_by(served.c.served_at.asc().nulls_first(), _JOBS.c.created_at, _JOBS.c.id)
        .limit(1)
    )
    return query.with_for_update(of=_JOBS, skip_locked=True) if dialect == "postgresql" else query


def _free(moment: Any) -> Any:
    """Waiting and not paused after a failure, or left behind by a worker that died."""
    over = or_(_JOBS.c.lease_until.is_(None), _JOBS.c.lease_until <= moment)
    return and_(_JOBS.c.state.in_((JobState.WAITING.value, JobState.RUNNING.value)), over)


def _free_what_the_dead_held(connection: Connection, moment: Any) -> None:
    """End the leases of workers of this machine that are gone, without waiting until they run out."""
    held = select(_JOBS.c.id, _JOBS.c.attempts, _JOBS.c.holder).where(
        _JOBS.c.state == JobState.RUNNING.value, _JOBS.c.holder.is_not(None), _JOBS.c.lease_until > moment
    )
    for row in connection.execute(held).all():
        if leases.has_ended(row.holder):
            connection.execute(
                update(_JOBS)
                .where(
                    _JOBS.c.id == row.id,
                    _JOBS.c.state == JobState.RUNNING.value,
                    _JOBS.c.attempts == row.attempts,
                    _JOBS.c.holder == row.holder,
                )
                .values(lease_until=moment, holder=None)
            )


def _give_up_on_the_dead(connection: Connection, moment: Any) -> None:
    connection.execute(
        update(_JOBS)
        .where(_JOBS.c.state == JobState.RUNNING.value, _free(moment), _JOBS.c.attempts >= MOST_ATTEMPTS)
        .values(state=JobState.FAILED.value, label=STOPPED_TOO_OFTEN, finished_at=moment)
    )


def _run(job: Job, hung: Callable[[], object]) -> None:
    """Do one job, bound to its institution, and write down how it ended."""
    bound = db.session.info.get("institution_id")
    engine = db.engine
    heart = leases.Heartbeat(lambda: _renewed(engine, job), hung)
    progress = Progress(job, heart.told)
    try:
        unit.bind(job.institution_id)
        if job.made is None:
            with heart.beating():
                try:
                    HANDLERS[job.kind](job, progress)
                finally:
                    unit.rollback()
    except LeaseLostError:
        logger.warning("job %s was taken by another worker", job.job_id)
    except ProcurementError as error:
        _fail(job, error.message)
    except Exception:
        logger.exception("job %s (%s) failed at attempt %d", job.job_id, job.kind, job.attempt)
        _fail_or_retry(job)
    else:
        _finish(job, progress)
    finally:
        unit.rollback()
        db.session.info.pop("institution_id", None)
        if bound is not None:
            db.session.info["institution_id"] = bound


def _finish(job: Job, progress: Progress) -> None:
    unit.rollback()
    made = {"evidence": progress.evidence_id} if progress.evidence_id else {}
    _end(job, JobState.DONE, {"progress_percent": 100, "label": "", "result": canonical(made)})


def _fail(job: Job, label: str) -> None:
    unit.rollback()
    _end(job, JobState.FAILED, {"label": label[:200]})


def _fail_or_retry(job: Job) -> None:
    unit.rollback()
    if job.attempt >= MOST_ATTEMPTS:
        _end(job, JobState.FAILED, {"label": BROKEN})
        return
    pause = FIRST_PAUSE * 2 ** (job.attempt - 1)
    _change(
        job,
        {
            "state": JobState.WAITING.value,
            "label": "다시 시도하려고 기다립니다.",
            "lease_until": now() + pause,
            "holder": None,
        },
    )


def _end(job: Job, state: JobState, values: Mapping[str, Any]) -> None:
    _change(job, {"state": state.value, "finished_at": now(), "lease_until": None, "holder": None, **values})


def _renewed(engine: Engine, job: Job) -> bool:
    """Renew the lease of a job, from any thread; whether it was still ours."""
    values = {"lease_until": now() + leases.LEASE}
    with _queue(engine) as connection:
        return connection.execute(_change_of(job, values)).rowcount == 1


def _change(job: Job, values: Mapping[str, Any]) -> bool:
    """Change a job's row while its lease is still ours; whether it was."""
    with _queue() as connection:
        return connection.execute(_change_of(job, values)).rowcount == 1


def _change_of(job: Job, values: Mapping[str, Any]) -> Update:
    return (
        update(_JOBS)
        .where(
            _JOBS.c.id == uuid.UUID(job.job_id),
            _JOBS.c.state == JobState.RUNNING.value,
            _JOBS.c.attempts == job.attempt,
        )
        .values(**values)
    )


def _made(result: str) -> str | None:
    made = load_text(result).get("evidence") if result else None
    return str(made) if made else None


@contextmanager
def _queue(engine: Engine | None = None) -> Iterator[Connection]:
    """A short transaction of its own on the table of jobs, which all institutions share."""
    token = writing.set(True)
    try:
        with (engine or db.engine).begin() as connection:
            yield connection
    finally:
        writing.reset(token)


def _view(row: JobRow) -> JobView:
    state = JobState(row.state)
    return JobView(
        str(row.id), row.kind, state, row.progress_percent, row.label or state.label, _made(row.result)
    )

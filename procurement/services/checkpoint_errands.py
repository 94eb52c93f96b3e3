"""The worker's part in checkpoints: one a day for each institution, stamps and mail, tried until had.

An errand is taken for a time before the network is asked, outside of any transaction; what fails is tried
again after a pause that grows, and its last error is kept for the page.
"""

from __future__ import annotations

import logging
import uuid
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from sqlalchemy import select

from procurement.adapters import mail, stamp_authority, stamps
from procurement.adapters.mail import MailError, MailServer
from procurement.adapters.signatures import KeyFileError
from procurement.adapters.stamps import StampError
from procurement.domain.access import Actor
from procurement.domain.checkpoint import code_of
from procurement.domain.ledger import time_text
from procurement.extensions import db, writing
from procurement.models import Chain, Checkpoint, CheckpointErrand, CheckpointStamp, Institution
from procurement.models.base import ACROSS, now
from procurement.services import checkpoints, institutions, ledger, records, unit
from procurement.services.store import settings

LEASE = timedelta(minutes=2)
FIRST_PAUSE, LONGEST_PAUSE = timedelta(seconds=30), timedelta(hours=1)

MAIL_TEXT = (
    "붙임 파일을 이 시스템 밖에 보관하세요. 나중에 기록이 바뀌었는지 이 파일과 견주어 확인할 수 있습니다."
)

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class _Errand:
    key: uuid.UUID
    institution_id: str
    what: str
    checkpoint_id: uuid.UUID | None
    why: str
    attempts: int


class CheckpointWork:
    """What the worker does about checkpoints as time goes by."""

    def __init__(self) -> None:
        self._day: date | None = None

    def step(self) -> int:
        """Want the checkpoints of a new day, then do one errand that is due; returns how much was done."""
        wanted = 0
        if self._day != records.today():
            wanted = want_daily()
            self._day = records.today()
        return wanted + run_due(1)


def want_daily() -> int:
    """Want a checkpoint for each institution that has events and none of this Korean day; how many."""
    midnight = datetime.combine(records.today(), time(), records.SEOUL)
    today = select(Checkpoint.institution_id).where(Checkpoint.recorded_at >= midnight)
    waiting = select(CheckpointErrand.institution_id).where(CheckpointErrand.what == "write")
    query = (
        select(Chain.institution_id)
        .where(Chain.institution_id.not_in(today), Chain.institution_id.not_in(waiting))
        .distinct()
        .execution_options(**{ACROSS: True})
    )
    db.session.rollback()
    found = list(db.session.scalars(query))
    for institution_id in found:
        with unit.work(str(institution_id)):
            checkpoints.want(_actor(str(institution_id)), "daily")
    return len(found)


def run_due(limit: int = 100) -> int:
    """Do errands that are due, at most ``limit``; returns how many were tried."""
    done = 0
    while done < limit and (errand := _take()) is not None:
        _run(errand)
        done += 1
    return done


def _take() -> _Errand | None:
    """Take the next errand for the time of a lease."""
    db.session.rollback()
    token = writing.set(True)
    try:
        row = db.session.scalars(
            select(CheckpointErrand)
            .where(CheckpointErrand.next_at <= now())
            .order_by(CheckpointErrand.next_at)
            .limit(1)
            .with_for_update(skip_locked=True)
            .execution_options(**{ACROSS: True})
        ).one_or_none()
        if row is None:
            db.session.rollback()
            return None
        row.next_at = now() + LEASE
        row.attempts += 1
        taken = _Errand(row.id, str(row.institution_id), row.what, row.checkpoint_id, row.why, row.attempts)
        db.session.commit()
        return taken
    finally:
        writing.reset(token)


def _run(errand: _Errand) -> None:
    bound = db.session.info.get("institution_id")
    try:
        unit.bind(errand.institution_id)
        _DOERS[errand.what](errand)
    except (KeyFileError, StampError, MailError) as error:
        _put_off(errand, str(error))
    except Exception:
        logger.exception("checkpoint errand %s failed at attempt %d", errand.what, errand.attempts)
        _put_off(errand, "뜻밖의 오류가 났습니다. 서버의 기록을 확인하세요.")
    finally:
        unit.rollback()
        db.session.info.pop("institution_id", None)
        if bound is not None:
            db.session.info["institution_id"] = bound


def _put_off(errand: _Errand, error: str) -> None:
    pause = min(FIRST_PAUSE * 2 ** min(errand.attempts - 1, 10), LONGEST_PAUSE)
    with unit.work(errand.institution_id):
        row = db.session.get(CheckpointErrand, errand.key)
        if row is not None:
            row.next_at, row.error = now() + pause, error[:300]


def _write(errand: _Errand) -> None:
    with unit.work(errand.institution_id):
        if _done(errand):
            checkpoints.write(_actor(errand.institution_id), errand.why)


def _stamp(errand: _Errand) -> None:
    row = db.session.get_one(Checkpoint, errand.checkpoint_id)
    text, url = row.body, settings().tsa_url
    unit.rollback()
    if not url:
        raise StampError("시각 인증 기관의 주소(TSA_URL)가 정해져 있지 않습니다.")
    token = stamp_authority.request_stamp(url, settings().tsa_ca_file, text)
    stamped_at = time_text(stamps.read(token).time)
    with unit.work(errand.institution_id):
        if _done(errand):
            _keep_stamp(errand, url, token, stamped_at)


def _keep_stamp(errand: _Errand, url: str, token: str, stamped_at: str) -> None:
    actor = _actor(errand.institution_id)
    row = db.session.get_one(Checkpoint, errand.checkpoint_id)
    stamp = CheckpointStamp(
        institution_id=row.institution_id,
        checkpoint_id=row.id,
        authority=url[:300],
        stamped_at=stamped_at,
        token=token,
        actor_id=uuid.UUID(actor.account_id),
    )
    db.session.add(stamp)
    body = {"number": row.number, "digest": row.digest, "stamped_at": stamped_at}
    ledger.record(actor, "checkpoint.stamped", body=body, rows=[stamp])


def _mail(errand: _Errand) -> None:
    chosen = settings()
    row = db.session.get_one(Checkpoint, errand.checkpoint_id)
    name, content = checkpoints.file_name(row), checkpoints.signed(row).as_file()
    subject = f"확인점 {row.number} {code_of(row.digest)}"
    unit.rollback()
    server = MailServer(
        chosen.smtp_host,
        chosen.smtp_port,
        chosen.smtp_sender,
        chosen.smtp_starttls,
        chosen.smtp_user,
        chosen.smtp_password,
    )
    mail.send(server, chosen.mail_to, subject, MAIL_TEXT, (name, content))
    with unit.work(errand.institution_id):
        if _done(errand):
            row = db.session.get_one(Checkpoint, errand.checkpoint_id)
            checkpoints.note_copy(_actor(errand.institution_id), row, "mailed", chosen.mail_to)


def _done(errand: _Errand) -> bool:
    """Take the errand away; whether it was still there (another worker may have done it)."""
    row = db.session.get(CheckpointErrand, errand.key, with_for_update=True)
    if row is None:
        return False
    db.session.delete(row)
    db.session.flush()
    return True


def _actor(institution_id: str) -> Actor:
    return institutions.machine(db.session.get_one(Institution, uuid.UUID(institution_id)))


_DOERS = {"write": _write, "stamp": _stamp, "mail": _mail}

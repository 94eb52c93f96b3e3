"""Checkpoints of an institution: written, listed, handed out, and what no copy outside covers yet."""

from __future__ import annotations

import logging
import uuid
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select

from procurement.adapters.signatures import KeyFileError
from procurement.domain.access import Actor
from procurement.domain.checkpoint import Checkpoint as Content
from procurement.domain.checkpoint import Head, SignedCheckpoint, code_of, heads_by_chain
from procurement.domain.errors import NotFound
from procurement.domain.ledger import time_text
from procurement.extensions import db
from procurement.models import Chain, Checkpoint, CheckpointCopy, CheckpointErrand, CheckpointStamp, Event
from procurement.models.base import now
from procurement.services import ledger, signing, unit
from procurement.services.store import settings

PAGE_SIZE = 25

logger = logging.getLogger(__name__)

# What a checkpoint is written for.
REASONS = {
    "daily": "매일",
    "approval": "결재",
    "conclusion": "계약 체결",
    "bundle": "증빙자료 묶음",
    "bag": "증빙 보관 묶음",
    "command": "명령",
    "asked": "감사의 요청",
    "recovery": "백업 복구",
}
HOW_COPIED = {"downloaded": "내려받음", "mailed": "전자우편", "printed": "묶음 표지에 인쇄"}


@dataclass(frozen=True)
class CheckpointView:
    """A checkpoint as a page shows it; ``stamped_at`` is the authority's time, ``copies`` how it left."""

    number: int
    code: str
    digest: str
    recorded_at: datetime
    why: str
    key_id: str
    chains: int
    stamped_at: datetime | None
    copies: tuple[str, ...]


@dataclass(frozen=True)
class Window:
    """What no copy outside covers: events after the newest checkpoint that left the database.

    ``copied`` is ``None`` when none ever left: then it is all of them. ``since`` is when the first of the
    uncovered events was recorded.
    """

    copied: CheckpointView | None
    events: int
    since: datetime | None


@dataclass(frozen=True)
class Trouble:
    """Work on a checkpoint that failed and is tried again: what, how often, why, when next."""

    what: str
    attempts: int
    error: str
    next_at: datetime


TROUBLES = {"write": "확인점 쓰기", "stamp": "시각 인증", "mail": "전자우편 발송"}


def want(actor: Actor, why: str) -> None:
    """Have the worker write a checkpoint, in the transaction at hand: nobody waits for it or fails by it."""
    db.session.add(CheckpointErrand(institution_id=uuid.UUID(actor.institution_id), what="write", why=why))
    db.session.flush()


def write(actor: Actor, why: str) -> Checkpoint:
    """Write a checkpoint of every chain of the institution; ``why`` is a key of ``REASONS``.

    Raises ``KeyFileError`` when it cannot be signed.
    """
    ledger.hold_institution(actor)
    key = signing.present_key(actor)
    before = newest()
    content = Content(
        institution=actor.institution_id,
        institution_name=actor.institution_name,
        number=before.number + 1 if before else 1,
        time=time_text(now()),
        why=why,
        prev=before.digest if before else "",
        key_id=key.key_id,
        heads=_heads(),
    )
    signed = SignedCheckpoint(content.text, key.sign(content.text), key.public_key)
    row = Checkpoint(
        institution_id=uuid.UUID(actor.institution_id),
        number=content.number,
        why=why,
        body=signed.text,
        digest=signed.digest,
        key_id=key.key_id,
        public_key=key.public_key,
        signature=signed.signature,
        actor_id=uuid.UUID(actor.account_id),
    )
    db.session.add(row)
    body = {"number": row.number, "digest": row.digest, "why": why, "key": key.key_id}
    ledger.record(actor, "checkpoint.written", body=body, rows=[row])
    _want_more(row)
    return row


def _heads() -> tuple[Head, ...]:
    """Every chain in one statement, so that all are seen at the same moment."""
    query = select(Chain.id, Chain.size, Chain.head).where(Chain.size > 0)
    return tuple(sorted((Head(str(r.id), r.size, r.head) for r in db.session.execute(query)), key=_by_id))


def _by_id(head: Head) -> str:
    return head.chain_id


def _want_more(row: Checkpoint) -> None:
    for what, wanted in (("stamp", settings().tsa_url), ("mail", settings().mail_to)):
        if wanted:
            db.session.add(
                CheckpointErrand(institution_id=row.institution_id, what=what, checkpoint_id=row.id)
            )
    db.session.flush()


def newest() -> Checkpoint | None:
    """The newest checkpoint of the institution at hand."""
    return db.session.scalars(select(Checkpoint).order_by(Checkpoint.number.desc()).limit(1)).one_or_none()


def require(number: int) -> Checkpoint:
    """A checkpoint by its number; ``NotFound`` otherwise."""
    row = db.session.scalars(select(Checkpoint).where(Checkpoint.number == number)).one_or_none()
    if row is None:
        raise NotFound("그런 확인점이 없습니다. 목록에서 다시 골라 주세요.")
    return row


def signed(row: Checkpoint) -> SignedCheckpoint:
    """A checkpoint as it is handed out, with its time stamp when there is one."""
    token = db.session.scalar(select(CheckpointStamp.token).where(CheckpointStamp.checkpoint_id == row.id))
    return SignedCheckpoint(row.body, row.signature, row.public_key, token or "")


def note_copy(actor: Actor, row: Checkpoint, how: str, detail: str = "") -> None:
    """Write down that a copy left the database; ``how`` is a key of ``HOW_COPIED``."""
    copy = CheckpointCopy(
        institution_id=row.institution_id,
        checkpoint_id=row.id,
        how=how,
        detail=detail[:300],
        actor_id=uuid.UUID(actor.account_id),
    )
    db.session.add(copy)
    body = {"number": row.number, "digest": row.digest, "how": how, "detail": copy.detail}
    ledger.record(actor, "checkpoint.copied", body=body, rows=[copy])


def download(actor: Actor, number: int) -> tuple[str, str]:
    """Hand a checkpoint out: file name and content. It counts as a copy outside from now on.

    Raises ``NotFound``.
    """
    row = require(number)
    note_copy(actor, row, "downloaded", actor.name)
    return file_name(row), signed(row).as_file()


def write_for_print(actor: Actor, why: str) -> int | None:
    """Write a checkpoint in a transaction of its own, for what is about to be printed; its number.

    ``None`` when there is no key to sign it with: the bundle is made all the same, with the one before.
    """
    try:
        with unit.work(actor.institution_id):
            return write(actor, why).number
    except KeyFileError:
        logger.exception("no checkpoint could be signed for a bundle")
        return None


def note_printed(actor: Actor, number: int | None, where: str) -> None:
    """Write down that the checkpoint stands on the cover of what was made (nothing for ``None``)."""
    if number is not None:
        note_copy(actor, require(number), "printed", where)


def file_name(row: Checkpoint) -> str:
    """Name of a checkpoint's file."""
    return f"확인점 {row.number} {row.recorded_at:%Y%m%dT%H%M%SZ} {code_of(row.digest)[:9]}.json"


def page(number: int) -> tuple[list[CheckpointView], int]:
    """A page of checkpoints, newest first, and how many there are."""
    query = select(Checkpoint).order_by(Checkpoint.number.desc())
    rows = db.session.scalars(query.limit(PAGE_SIZE).offset((number - 1) * PAGE_SIZE)).all()
    return _views(list(rows)), db.session.scalar(select(func.count()).select_from(Checkpoint)) or 0


def _views(rows: list[Checkpoint]) -> list[CheckpointView]:
    keys = [row.id for row in rows]
    stamps = {
        row.checkpoint_id: datetime.fromisoformat(row.stamped_at)
        for row in db.session.scalars(select(CheckpointStamp).where(CheckpointStamp.checkpoint_id.in_(keys)))
    }
    copies: dict[uuid.UUID, list[str]] = {}
    for copy in db.session.scalars(
        select(CheckpointCopy)
        .where(CheckpointCopy.checkpoint_id.in_(keys))
        .order_by(CheckpointCopy.recorded_at)
    ):
        copies.setdefault(copy.checkpoint_id, []).append(HOW_COPIED[copy.how])
    return [
        CheckpointView(
            number=row.number,
            code=code_of(row.digest),
            digest=row.digest,
            recorded_at=row.recorded_at,
            why=REASONS.get(row.why, row.why),
            key_id=row.key_id,
            chains=len(SignedCheckpoint(row.body, "", "").checkpoint.heads),
            stamped_at=stamps.get(row.id),
            copies=tuple(dict.fromkeys(copies.get(row.id, ()))),
        )
        for row in rows
    ]


def window() -> Window:
    """The unprotected window of the institution at hand."""
    row = db.session.scalars(
        select(Checkpoint)
        .where(Checkpoint.id.in_(select(CheckpointCopy.checkpoint_id)))
        .order_by(Checkpoint.number.desc())
        .limit(1)
    ).one_or_none()
    covered = heads_by_chain(SignedCheckpoint(row.body, "", "").checkpoint.heads) if row else {}
    chains = db.session.execute(select(Chain.id, Chain.size)).tuples().all()
    sizes = {key: covered[str(key)].size if str(key) in covered else 0 for key, _ in chains}
    events = sum(max(0, size - sizes[key]) for key, size in chains)
    since = _first_after(row) if events else None
    return Window(_views([row])[0] if row else None, events, since)


def _first_after(row: Checkpoint | None) -> datetime | None:
    query = select(func.min(Event.recorded_at)).join(Chain, Chain.id == Event.chain_id)
    query = query.where(Chain.institution_id == db.session.info["institution_id"])
    if row is not None:
        query = query.where(Event.recorded_at > time_text(row.recorded_at))
    first = db.session.scalar(query)
    return datetime.fromisoformat(first) if first else None


def troubles() -> list[Trouble]:
    """Work on checkpoints of the institution at hand that failed so far, oldest first."""
    query = (
        select(CheckpointErrand)
        .where(CheckpointErrand.error != "")
        .order_by(CheckpointErrand.created_at)
        .limit(20)
    )
    return [
        Trouble(TROUBLES[row.what], row.attempts, row.error, row.next_at) for row in db.session.scalars(query)
    ]

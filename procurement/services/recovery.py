"""After a restored backup: what is gone is named in a signed event, so that it is no attack and not hidden.

A backup takes the ledger back; every copy of a checkpoint made after the backup then disagrees with it. The
operator writes down which copy that is, which chains it knew more of, and why; the key signs it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select

from procurement.adapters import signatures
from procurement.domain.access import Actor
from procurement.domain.checkpoint import Head, SignedCheckpoint
from procurement.domain.codec import canonical
from procurement.domain.errors import InvalidInput, Refused
from procurement.extensions import db
from procurement.models import Chain, Checkpoint, Event
from procurement.services import checkpoints, ledger, signing

RECOVERED = "ledger.recovered"


@dataclass(frozen=True)
class Recovery:
    """A recovery as the chain tells of it: the digest of the copy, the chains it knew more of, why."""

    checkpoint: str
    chains: tuple[Head, ...]
    reason: str
    signature: str

    @property
    def statement(self) -> str:
        """What is signed."""
        return canonical(
            {
                "format": "procurement-recovery-1",
                "checkpoint": self.checkpoint,
                "chains": [[head.chain_id, head.size, head.head] for head in self.chains],
                "reason": self.reason,
            }
        )

    def signed_by(self, ring: signing.KeyRing) -> bool:
        """Whether a key that the chain tells of signed it."""
        return any(signatures.holds(key, self.statement, self.signature) for key in ring.vouched())


def read(data: Mapping[str, Any]) -> Recovery | None:
    """The recovery that an event's data say; ``None`` when they say none."""
    try:
        chains = tuple(Head(str(key), int(size), str(head)) for key, size, head in data["chains"])
        return Recovery(str(data["checkpoint"]), chains, str(data["reason"]), str(data["signature"]))
    except (KeyError, TypeError, ValueError):
        return None


def recover(actor: Actor, copy: SignedCheckpoint, reason: str) -> tuple[Head, ...]:
    """Write down that a backup was restored that lacks what ``copy`` knew; gives the chains it differs in.

    Raises ``InvalidInput`` without a reason, for a copy that is not sound or of another institution, or when
    nothing differs; ``Refused`` when the copy was not signed by a key of this institution; ``KeyFileError``.
    """
    if not reason.strip():
        raise InvalidInput("어느 때의 백업을 왜 되살렸는지 적어 주세요.", "reason")
    if not signatures.holds(copy.public_key, copy.text, copy.signature):
        raise InvalidInput("확인점 파일의 서명이 내용과 맞지 않습니다.", "checkpoint")
    content = copy.checkpoint
    if content.institution != actor.institution_id:
        raise InvalidInput("다른 기관의 확인점입니다.", "checkpoint")
    ledger.hold_institution(actor)
    key = signing.present_key(actor)
    ring = signing.ring_of(actor.institution_id)
    if not ring.vouches(copy.public_key):
        raise Refused(
            "이 확인점에 서명한 열쇠가 되살린 원장에 없습니다. 열쇠를 바꾸기 전의 백업이면 "
            "flask evidence key-lost로 새 열쇠를 먼저 기록하세요.",
            "K-6",
        )
    lost = tuple(head for head in content.heads if not _there(head))
    known = db.session.scalar(select(Checkpoint.id).where(Checkpoint.digest == copy.digest))
    if not lost and known is not None:
        raise InvalidInput("이 확인점과 다른 것이 없습니다. 복구를 기록할 필요가 없습니다.", "checkpoint")
    found = Recovery(copy.digest, lost, reason.strip(), "")
    ledger.record(
        actor,
        RECOVERED,
        body={
            "checkpoint": found.checkpoint,
            "number": content.number,
            "chains": [[head.chain_id, head.size, head.head] for head in lost],
            "reason": found.reason,
            "key": key.key_id,
            "signature": key.sign(found.statement),
        },
    )
    checkpoints.write(actor, "recovery")
    return lost


def _there(head: Head) -> bool:
    """Whether the chain still has the event that the copy knew as its last."""
    query = select(Event.hash).join(Chain, Chain.id == Event.chain_id)
    query = query.where(Event.seq == head.size, Event.hash == head.head)
    return any(True for _ in db.session.scalars(query))

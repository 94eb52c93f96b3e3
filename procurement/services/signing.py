"""The signing key and its institution's ledger: a key counts only when an event of the chain tells of it."""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import and_, select

from procurement.adapters import signatures
from procurement.adapters.signatures import SigningKey
from procurement.domain.access import Actor
from procurement.domain.checkpoint import key_id_of
from procurement.domain.codec import canonical
from procurement.domain.errors import InvalidInput, NotFound
from procurement.extensions import db
from procurement.models import Chain, Event, EventBody
from procurement.models.base import ACROSS
from procurement.services import ledger
from procurement.services.codec_text import load_text
from procurement.services.store import settings

INTRODUCED, ROTATED, LOST = "key.introduced", "key.rotated", "key.lost"
KEY_EVENTS = (INTRODUCED, ROTATED, LOST)


@dataclass(frozen=True)
class KeyEvent:
    """A key that the chain tells of: how it came, since when, and whether the key before it vouches."""

    kind: str
    public_key: str
    recorded_at: str
    reason: str
    vouched: bool

    @property
    def key_id(self) -> str:
        """The key's name."""
        return key_id_of(self.public_key)

    @property
    def since(self) -> datetime:
        """When it was recorded."""
        return datetime.fromisoformat(self.recorded_at)


class KeyRing:
    """The keys that a chain tells of, taken in one after another."""

    def __init__(self) -> None:
        self.keys: list[KeyEvent] = []

    def take(self, kind: str, recorded_at: str, data: Mapping[str, str]) -> None:
        """Take the next event about keys, with its data."""
        public_key, reason = data["public_key"], data.get("reason", "")
        self.keys.append(KeyEvent(kind, public_key, recorded_at, reason, self._vouched(kind, data)))

    def _vouched(self, kind: str, data: Mapping[str, str]) -> bool:
        if kind == INTRODUCED:
            return not self.keys
        if kind == LOST:
            # Nobody can vouch for the key that takes the place of a lost one; the reason stands in the chain.
            return bool(self.keys) and bool(data.get("reason"))
        statement = _statement(data["public_key"], data["before"])
        return bool(self.keys) and signatures.holds(self.keys[-1].public_key, statement, data["signature"])

    def vouched(self) -> Iterator[str]:
        """The public keys (hex) that count."""
        return (key.public_key for key in self.keys if key.vouched)

    def vouches(self, public_key: str) -> bool:
        """Whether ``public_key`` (hex) counts."""
        return public_key in self.vouched()


def ring_of(institution_id: str) -> KeyRing:
    """The keys of an institution, oldest first; one query."""
    query = (
        select(Event.kind, Event.recorded_at, EventBody.body)
        .join(Chain, Chain.id == Event.chain_id)
        .join(EventBody, and_(EventBody.chain_id == Event.chain_id, EventBody.seq == Event.seq))
        .where(
            Chain.institution_id == uuid.UUID(institution_id),
            Chain.case_id.is_(None),
            Event.kind.in_(KEY_EVENTS),
        )
        .order_by(Event.seq)
        .execution_options(**{ACROSS: True})
    )
    ring = KeyRing()
    for kind, recorded_at, body in db.session.execute(query).tuples():
        ring.take(kind, recorded_at, load_text(body)["data"])
    return ring


def keys_of(institution_id: uuid.UUID) -> list[KeyEvent]:
    """The keys of an institution, oldest first."""
    return ring_of(str(institution_id)).keys


def public_pem(institution_id: str, key_id: str) -> str:
    """A public key of the institution as PEM; ``NotFound`` for one that its chain does not tell of."""
    for key in ring_of(institution_id).keys:
        if key.key_id == key_id:
            return signatures.public_pem(key.public_key)
    raise NotFound("그런 서명 열쇠가 없습니다. 목록에서 다시 골라 주세요.")


def _statement(public_key: str, before: str) -> str:
    return canonical({"format": "procurement-key-rotation-1", "public_key": public_key, "before": before})


def present_key(actor: Actor) -> SigningKey:
    """The key that signs for the institution of ``actor``; its first use is recorded.

    Call it in the transaction at hand. Raises ``KeyFileError`` when the file cannot be used or holds another
    key than the one recorded.
    """
    known = keys_of(uuid.UUID(actor.institution_id))
    key = signatures.load_recorded(settings().signing_key_file, known[-1].key_id if known else None)
    if not known:
        ledger.record(actor, INTRODUCED, body={"key": key.key_id, "public_key": key.public_key})
    return key


def record_rotation(actor: Actor, old: SigningKey, new: SigningKey) -> None:
    """Write down that ``new`` takes the place of ``old``, which vouches for it."""
    ledger.record(
        actor,
        ROTATED,
        body={
            "key": new.key_id,
            "public_key": new.public_key,
            "before": old.key_id,
            "signature": old.sign(_statement(new.public_key, old.key_id)),
        },
    )


def record_loss(actor: Actor, new: SigningKey, reason: str) -> None:
    """Write down that the key was lost and ``new`` takes its place, without anybody to vouch for it.

    Raises ``InvalidInput`` without a reason, or when the file still holds the recorded key.
    """
    if not reason.strip():
        raise InvalidInput("열쇠를 잃은 까닭을 적어 주세요.", "reason")
    known = keys_of(uuid.UUID(actor.institution_id))
    if not known or known[-1].key_id == new.key_id:
        raise InvalidInput("기록된 열쇠를 그대로 쓰고 있습니다. 바꾸려면 rotate-key 명령을 쓰세요.", "reason")
    ledger.record(
        actor,
        LOST,
        body={
            "key": new.key_id,
            "public_key": new.public_key,
            "before": known[-1].key_id,
            "reason": reason.strip(),
        },
    )

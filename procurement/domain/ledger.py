"""The audit ledger's arithmetic: digests and hashes over the bytes as they are kept.

Chaining goes over salted digests, so a body can be destroyed under law, or one case handed over
alone, while every chain still verifies.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime

SALT_BYTES = 16
GENESIS = "0" * 64


def time_text(moment: datetime) -> str:
    """An aware time as the text that is hashed: UTC, microseconds, ``Z``.

    Raises ``ValueError`` for a time without zone.
    """
    if moment.tzinfo is None:
        raise ValueError("a time needs its zone")
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def _prefixed(*parts: bytes) -> bytes:
    """Parts with their lengths before them, so that no two lists of parts give the same bytes."""
    return b"".join(len(part).to_bytes(8, "big") + part for part in parts)


def _length(size: int) -> bytes:
    return size.to_bytes(8, "big")


# Lengths as text, for parts that are all ASCII: their bytes are made in one go (see ``_hash_of``).
_LENGTHS = tuple(_length(size).decode("ascii") for size in range(128))
_BODY_START = _prefixed(b"evt1") + _length(SALT_BYTES)
_LINK_START = _prefixed(b"chain1").decode("ascii")


def content_digest(salt: bytes, body: str) -> str:
    """SHA-256 (hex) of a salted body: ``salt`` is 16 bytes, ``body`` the canonical text."""
    text = body.encode()
    start = _BODY_START if len(salt) == SALT_BYTES else _prefixed(b"evt1") + _length(len(salt))
    return hashlib.sha256(b"".join((start, salt, _length(len(text)), text))).hexdigest()


def _hash_of(
    chain_id: str,
    seq: int,
    prev: str,
    recorded_at: str,
    occurred_at: str,
    kind: str,
    actor_id: str,
    digest: str,
) -> str:
    """SHA-256 (hex) over the parts of a link, each with its length before it."""
    number = str(seq)
    try:
        text = (
            f"{_LINK_START}{_LENGTHS[len(chain_id)]}{chain_id}{_LENGTHS[len(number)]}{number}"
            f"{_LENGTHS[len(prev)]}{prev}{_LENGTHS[len(recorded_at)]}{recorded_at}"
            f"{_LENGTHS[len(occurred_at)]}{occurred_at}{_LENGTHS[len(kind)]}{kind}"
            f"{_LENGTHS[len(actor_id)]}{actor_id}{_LENGTHS[len(digest)]}{digest}"
        )
        return hashlib.sha256(text.encode("ascii")).hexdigest()
    except (IndexError, UnicodeEncodeError):
        # Longer than any part is, or not ASCII: nothing that this program writes, but to be told apart.
        parts = (chain_id, number, prev, recorded_at, occurred_at, kind, actor_id, digest)
        return hashlib.sha256(_prefixed(b"chain1", *(part.encode() for part in parts))).hexdigest()


@dataclass(frozen=True)
class Link:
    """An event as the chain sees it; times as the text of ``time_text``, digests in hex."""

    chain_id: str
    seq: int
    prev: str
    recorded_at: str
    occurred_at: str
    kind: str
    actor_id: str
    content_digest: str
    hash: str = ""

    def computed_hash(self) -> str:
        """SHA-256 (hex) over the link's parts; ``hash`` itself is not among them."""
        return _hash_of(
            self.chain_id,
            self.seq,
            self.prev,
            self.recorded_at,
            self.occurred_at,
            self.kind,
            self.actor_id,
            self.content_digest,
        )


@dataclass(frozen=True)
class Break:
    """The first broken thing: what it is, by name, and why, in Korean."""

    what: str
    why: str


class Walk:
    """Follows one chain from its start, event by event, so that a long one need not be held in memory.

    ``chain_id`` is what the events must say; ``name`` is what a person calls the chain. A body that is gone
    is remembered until the event that tells of its erasure; at the end every one must have been told of.
    """

    def __init__(self, chain_id: str, name: str = "") -> None:
        self.chain_id = chain_id
        self.name = name or chain_id
        self._prev, self._seq, self._last_time = GENESIS, 0, ""
        self._without_body: set[int] = set()

    def step(self, link: Link) -> Break | None:
        """What is broken at the next event, ``None`` when it follows."""
        if link.chain_id != self.chain_id:
            self._seq += 1
            return self._break(self._seq, "다른 원장의 사건이 섞여 있습니다.")
        return self.follow(
            link.seq,
            link.prev,
            link.recorded_at,
            link.occurred_at,
            link.kind,
            link.actor_id,
            link.content_digest,
            link.hash,
        )

    def follow(
        self,
        seq: int,
        prev: str,
        recorded_at: str,
        occurred_at: str,
        kind: str,
        actor_id: str,
        digest: str,
        hash_: str,
    ) -> Break | None:
        """As ``step``, from the fields as they are stored."""
        self._seq += 1
        if seq != self._seq:
            return self._break(self._seq, f"사건 번호가 이어지지 않습니다({self._seq} 자리에 {seq}).")
        if prev != self._prev:
            return self._break(seq, "앞 사건과 이어지지 않습니다.")
        if _hash_of(self.chain_id, seq, prev, recorded_at, occurred_at, kind, actor_id, digest) != hash_:
            return self._break(seq, "사건의 내용이 기록된 해시와 다릅니다.")
        if recorded_at < self._last_time:
            return self._break(seq, "기록 시각이 앞 사건보다 이릅니다.")
        self._prev, self._last_time = hash_, recorded_at
        return None

    def body(self, digest: str, salt: bytes | None, body: str | None) -> Break | None:
        """What is broken in the body of the event just walked over; ``None`` for both when it is gone."""
        if salt is None or body is None:
            if salt is not None or body is not None:
                return self._break(self._seq, "사건의 본문이 일부만 남아 있습니다.")
            self._without_body.add(self._seq)
            return None
        if content_digest(salt, body) != digest:
            return self._break(self._seq, "사건의 본문이 기록된 요약값과 다릅니다.")
        return None

    def erased(self, seq: int) -> Break | None:
        """The event just walked over tells that the body of ``seq`` was erased; what is wrong with that."""
        if seq not in self._without_body:
            return self._break(seq, "법에 따라 지웠다고 적힌 본문이 남아 있습니다.")
        self._without_body.discard(seq)
        return None

    def end(self, size: int, head: str) -> Break | None:
        """What is broken at the end: ``size`` and ``head`` are what the chain says of itself."""
        if self._seq != size:
            return Break(
                f"원장 {self.name}",
                f"사건이 {size}개여야 하는데 {self._seq}개입니다(끝이 잘렸거나 덧붙었습니다).",
            )
        if self._seq and self._prev != head:
            return Break(f"원장 {self.name}", "마지막 사건이 원장의 머리 값과 다릅니다.")
        if self._without_body:
            return self._break(min(self._without_body), "사건의 본문이 지웠다는 기록 없이 없어졌습니다.")
        return None

    def _break(self, seq: int, why: str) -> Break:
        return Break(f"사건 {self.name}#{seq}", why)


def first_break(
    chain_id: str, links: Iterable[Link], size: int, head: str, *, name: str = ""
) -> Break | None:
    """Walk a chain from its start and say what is broken first, ``None`` when all holds.

    ``links`` in order of ``seq``; ``size`` and ``head`` are what the chain says of itself; ``name`` is what
    a person calls it.
    """
    walk = Walk(chain_id, name)
    for link in links:
        if (broken := walk.step(link)) is not None:
            return broken
    return walk.end(size, head)

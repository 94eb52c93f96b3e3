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


def content_digest(salt: bytes, body: str) -> str:
    """SHA-256 (hex) of a salted body: ``salt`` is 16 bytes, ``body`` the canonical text."""
    return hashlib.sha256(_prefixed(b"evt1", salt, body.encode())).hexdigest()


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
        return hashlib.sha256(
            _prefixed(
                b"chain1",
                self.chain_id.encode(),
                str(self.seq).encode(),
                self.prev.encode(),
                self.recorded_at.encode(),
                self.occurred_at.encode(),
                self.kind.encode(),
                self.actor_id.encode(),
                self.content_digest.encode(),
            )
        ).hexdigest()


@dataclass(frozen=True)
class Break:
    """The first broken thing: what it is, by name, and why, in Korean."""

    what: str
    why: str


class Walk:
    """Follows one chain from its start, event by event, so that a long one need not be held in memory.

    ``chain_id`` is what the events must say; ``name`` is what a person calls the chain.
    """

    def __init__(self, chain_id: str, name: str = "") -> None:
        self.chain_id = chain_id
        self.name = name or chain_id
        self._prev, self._seq, self._last_time = GENESIS, 0, ""

    def step(self, link: Link) -> Break | None:
        """What is broken at the next event, ``None`` when it follows."""
        self._seq += 1
        name = f"사건 {self.name}#{self._seq}"
        if link.chain_id != self.chain_id:
            return Break(name, "다른 원장의 사건이 섞여 있습니다.")
        if link.seq != self._seq:
            return Break(name, f"사건 번호가 이어지지 않습니다({self._seq} 자리에 {link.seq}).")
        if link.prev != self._prev:
            return Break(name, "앞 사건과 이어지지 않습니다.")
        if link.computed_hash() != link.hash:
            return Break(name, "사건의 내용이 기록된 해시와 다릅니다.")
        if link.recorded_at < self._last_time:
            return Break(name, "기록 시각이 앞 사건보다 이릅니다.")
        self._prev, self._last_time = link.hash, link.recorded_at
        return None

    def body(self, link: Link, salt: bytes | None, body: str | None) -> Break | None:
        """What is broken in the body of the event just walked over; ``None`` for both when it is gone."""
        name = f"사건 {self.name}#{link.seq}"
        if salt is None or body is None:
            return Break(name, "사건의 본문이 없어졌습니다.")
        if content_digest(salt, body) != link.content_digest:
            return Break(name, "사건의 본문이 기록된 요약값과 다릅니다.")
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
        return None


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

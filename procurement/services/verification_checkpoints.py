"""Checkpoints kept here and copies kept outside: sound in themselves, in order, and true of the chains."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import and_, select

from procurement.adapters import signatures, stamp_authority, stamps
from procurement.adapters.stamps import StampError
from procurement.domain.checkpoint import (
    SignedCheckpoint,
    UnreadableCheckpointError,
    code_of,
    digest_of,
    digits_of,
    key_id_of,
)
from procurement.domain.ledger import Break
from procurement.models import Chain, Checkpoint, CheckpointStamp, Event, EventBody
from procurement.services import recovery, signing
from procurement.services.codec_text import load_text
from procurement.services.store import settings
from procurement.services.verification_marks import Marks
from procurement.services.verification_scope import BrokenError, Scope

# How far the clocks of a server and an authority may be apart.
CLOCKS_APART = timedelta(minutes=5)


@dataclass(frozen=True)
class Copy:
    """A checkpoint from outside: the name of its file, and what is in it."""

    name: str
    signed: SignedCheckpoint


class Checkpoints:
    """Everything that checkpoints say within a scope.

    ``copies`` come from outside and are believed; ``codes`` were read off printed covers.
    """

    def __init__(self, scope: Scope, copies: Sequence[Copy], codes: Sequence[str]) -> None:
        self.marks = Marks()
        self.notes: list[str] = []
        self._scope, self._copies, self._codes = scope, copies, codes
        self._rings: dict[str, signing.KeyRing] = {}
        self._recovered: dict[str, recovery.Recovery] = {}
        # What is wrong with the checkpoints themselves waits until the chains were looked at.
        self._wrong: Break | None = None
        self._kept: dict[str, set[str]] = {}
        self._count = 0
        self._tell()
        self._take_copies()
        self._take_rows()
        if scope.case_id is not None:
            self.marks.keep(str(key) for key in scope.chains)

    def _tell(self) -> None:
        """What the chains of institutions tell of keys and recoveries; one query."""
        query = (
            select(Chain.institution_id, Event.kind, Event.recorded_at, EventBody.body)
            .join(Chain, Chain.id == Event.chain_id)
            .join(EventBody, and_(EventBody.chain_id == Event.chain_id, EventBody.seq == Event.seq))
            .where(Chain.case_id.is_(None), Event.kind.in_((*signing.KEY_EVENTS, recovery.RECOVERED)))
            .order_by(Event.chain_id, Event.seq)
        )
        if self._scope.institution_id is not None:
            query = query.where(Chain.institution_id == self._scope.institution_id)
        for row in self._scope.rows(query):
            ring = self._rings.setdefault(str(row.institution_id), signing.KeyRing())
            try:
                self._hear(ring, row.kind, row.recorded_at, load_text(row.body)["data"])
            except (KeyError, TypeError, ValueError):
                # Whoever walks the chain names what is wrong with this event.
                continue

    def _hear(self, ring: signing.KeyRing, kind: str, recorded_at: str, data: Any) -> None:
        if kind != recovery.RECOVERED:
            ring.take(kind, recorded_at, data)
            if kind == signing.LOST:
                day, reason = recorded_at[:10], data["reason"]
                self.notes.append(f"서명 열쇠를 잃어 바꾸었다고 기록되어 있습니다({day}): {reason}")
        elif (found := recovery.read(data)) is not None and found.signed_by(ring):
            self._recovered[found.checkpoint] = found

    def _ring(self, institution: str) -> signing.KeyRing:
        return self._rings.get(institution, signing.KeyRing())

    def _take_copies(self) -> None:
        for copy in self._copies:
            content, digest = copy.signed.checkpoint, copy.signed.digest
            source = f"밖에 둔 확인점 {content.number}번({copy.name})"
            if not signatures.holds(copy.signed.public_key, copy.signed.text, copy.signed.signature):
                raise BrokenError(source, "파일의 서명이 내용과 맞지 않습니다. 파일이 바뀌었습니다.")
            self._check_stamp(source, copy.signed.text, content.time, copy.signed.stamp, None)
            bounds = self._scope.institution_id
            if bounds is not None and content.institution != str(bounds):
                self.notes.append(f"{source}은(는) 다른 기관의 것이라 견주지 않았습니다.")
                continue
            excused = self._excused(digest, source)
            self._add(content, source, excused)

    def _excused(self, digest: str, source: str) -> frozenset[str]:
        found = self._recovered.get(digest)
        if found is None:
            return frozenset()
        self.notes.append(
            f"{source}과(와) 다른 원장 {len(found.chains)}개는 백업 복구로 기록되어 있습니다: {found.reason}"
        )
        return frozenset(head.chain_id for head in found.chains)

    def _add(self, content: Any, source: str, excused: frozenset[str] = frozenset()) -> None:
        broken = self.marks.add(content, source, excused)
        if broken is not None:
            raise BrokenError(broken.what, broken.why)

    def _take_rows(self) -> None:
        """The checkpoints kept here, in order, with their stamps."""
        stamp = and_(
            CheckpointStamp.checkpoint_id == Checkpoint.id,
            CheckpointStamp.institution_id == Checkpoint.institution_id,
        )
        table, stamped = Checkpoint.__table__, CheckpointStamp.__table__
        query = (
            select(*table.c, stamped.c.token, stamped.c.recorded_at.label("stamp_recorded_at"))
            .select_from(table.outerjoin(stamped, stamp))
            .order_by(table.c.institution_id, table.c.number)
        )
        if self._scope.institution_id is not None:
            query = query.where(table.c.institution_id == self._scope.institution_id)
        before: dict[uuid.UUID, tuple[int, str, str]] = {}
        for row in self._scope.rows(query):
            self._count += 1
            self._kept.setdefault(str(row.institution_id), set()).add(row.digest)
            try:
                before[row.institution_id] = self._take_row(row, before.get(row.institution_id, (0, "", "")))
            except BrokenError as broken:
                self._wrong = self._wrong or broken.found
            except UnreadableCheckpointError as error:
                self._wrong = self._wrong or Break(f"확인점 {row.number}번", str(error))

    def _take_row(self, row: Any, before: tuple[int, str, str]) -> tuple[int, str, str]:
        source = f"확인점 {row.number}번"
        content = SignedCheckpoint(row.body, row.signature, row.public_key).checkpoint
        self._add(content, source)
        if (content.number, content.institution) != (row.number, str(row.institution_id)):
            raise BrokenError(source, "확인점의 번호나 기관이 내용과 다릅니다.")
        if digest_of(row.body) != row.digest or not signatures.holds(row.public_key, row.body, row.signature):
            raise BrokenError(source, "확인점의 서명이 내용과 맞지 않습니다.")
        if key_id_of(row.public_key) != content.key_id or not self._ring(content.institution).vouches(
            row.public_key
        ):
            raise BrokenError(source, "원장에 기록된 열쇠로 서명한 것이 아닙니다.")
        if (content.number - 1, content.prev) != before[:2]:
            raise BrokenError(source, "앞 확인점과 이어지지 않습니다.")
        if content.time < before[2]:
            raise BrokenError(source, "앞 확인점보다 이른 시각입니다. 시계가 되돌려졌습니다.")
        self._check_stamp(source, row.body, content.time, row.token or "", row.stamp_recorded_at)
        return content.number, row.digest, content.time

    def _check_stamp(
        self, source: str, text: str, time: str, token: str, recorded_at: datetime | None
    ) -> None:
        if not token:
            return
        try:
            stamp = stamps.read(token)
            ca_file = settings().tsa_ca_file
            if ca_file is not None:
                stamps.check(stamp, stamp_authority.trusted(ca_file))
        except StampError as error:
            raise BrokenError(f"{source}의 시각 인증", str(error)) from None
        if not stamps.covers(stamp, text):
            raise BrokenError(f"{source}의 시각 인증", "이 확인점에 대한 시각 인증이 아닙니다.")
        early = stamp.time < datetime.fromisoformat(time) - CLOCKS_APART
        if early or (recorded_at is not None and abs(recorded_at - stamp.time) > CLOCKS_APART):
            raise BrokenError(
                f"{source}의 시각 인증",
                f"시각 인증 기관의 시각({stamp.time:%Y-%m-%d %H:%M:%S} UTC)과 서버의 시각이 어긋납니다. "
                "서버의 시계가 바뀌었습니다.",
            )

    def check(self) -> int:
        """The checkpoints kept here are sound; what is outside is still known here. How many were checked."""
        if self._wrong is not None:
            raise BrokenError(self._wrong.what, self._wrong.why)
        for copy in self._copies:
            self._still_known(copy)
        for code in self._codes:
            self._printed(code)
        return self._count + len(self._copies) + len(self._codes)

    def _still_known(self, copy: Copy) -> None:
        content, digest = copy.signed.checkpoint, copy.signed.digest
        bounds = self._scope.institution_id
        if digest in self._recovered or (bounds is not None and content.institution != str(bounds)):
            return
        source = f"밖에 둔 확인점 {content.number}번({copy.name})"
        if digest not in self._kept.get(content.institution, set()):
            raise BrokenError(
                source, "이 확인점이 데이터베이스에 없습니다. 기록이 다시 쓰였거나 백업으로 되돌려졌습니다."
            )
        if not self._ring(content.institution).vouches(copy.signed.public_key):
            raise BrokenError(source, "원장에 기록된 열쇠로 서명한 것이 아닙니다.")

    def _printed(self, code: str) -> None:
        digits = digits_of(code)
        known = [*self._recovered, *(digest for kept in self._kept.values() for digest in kept)]
        if not any(digest.startswith(digits) for digest in known):
            raise BrokenError(
                f"인쇄된 확인점 {code_of(digits)}",
                "이 확인점이 데이터베이스에 없습니다. 기록이 다시 쓰였거나 백업으로 되돌려졌습니다.",
            )

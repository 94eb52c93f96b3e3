"""Evidence files: the bytes first, then the row and its event."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime
from typing import IO, Any, BinaryIO

from sqlalchemy import select

from procurement.adapters.evidence_store import StoredFile
from procurement.adapters.filetypes import FileKind, detect, safe_name
from procurement.domain.access import Actor
from procurement.domain.errors import InvalidInput, NotFound
from procurement.domain.steps import Step
from procurement.extensions import db
from procurement.models import Case, EvidenceFile
from procurement.services import ledger, selection_guard
from procurement.services.once import add_once
from procurement.services.rows import of_case
from procurement.services.store import evidence_store, settings

# What a file is for; the words are shown beside it and in the evidence list of the bundle.
PURPOSES: dict[str, str] = {
    "search_output": "검색 결과 출력물",
    "quote_request": "견적 요청서",
    "quote_request_result": "견적요청 결과",
    "quote": "견적서",
    "proposal": "제안서",
    "material": "평가 자료",
    "question": "질의응답 기록",
    "evaluation": "평가 관련 자료",
    "mall_result": "디지털서비스몰 선정 결과",
    "contract": "계약서",
    "sla_annex": "서비스수준 부속서",
    "delivery_demand": "납품요구서",
    "counterpart_check": "계약상대자 결격 확인 자료",
    "selected_check": "디지털서비스 선정 유효 확인 자료",
    "approval_bundle": "품의용 증빙자료 묶음",
    "bundle": "증빙자료 묶음",
    "bag": "증빙 보관 묶음",
    "checklist": "계약 종료 점검표",
    "registration": "이용정보 등록 확인 자료",
    "amendment": "변경계약서",
    "monitoring": "점검 자료",
    "duty": "이행 확인 자료",
    "end_notice": "종료 통지",
    "data_return": "자료 반환 확인 자료",
    "data_destruction": "자료 파기 확인 자료",
    "ending": "종료 점검 자료",
    "other": "그 밖의 증빙",
}


HEAD_BYTES = 256 * 1024

MEDIA_TYPES: dict[FileKind, str] = {
    FileKind.PDF: "application/pdf",
    FileKind.PNG: "image/png",
    FileKind.JPEG: "image/jpeg",
    FileKind.XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    FileKind.DOCX: "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    FileKind.HWPX: "application/hwp+zip",
    FileKind.HWP: "application/x-hwp",
    FileKind.ODS: "application/vnd.oasis.opendocument.spreadsheet",
    FileKind.ZIP: "application/zip",
    FileKind.HTML: "text/html",
    FileKind.CSV: "text/csv",
    FileKind.TEXT: "text/plain",
}


@dataclass(frozen=True)
class EvidenceView:
    """A file as shown in a list."""

    evidence_id: str
    name: str
    purpose: str
    purpose_label: str
    step: Step | None
    digest: str
    size_bytes: int
    media_type: str
    recorded_at: datetime
    erased: bool = False


@dataclass(frozen=True)
class Received:
    """Bytes taken into the store, with the label and kind of the file."""

    stored: StoredFile
    name: str
    media_type: str


def receive(stream: IO[bytes], name: str) -> Received:
    """Take the bytes into the store; call it before the transaction.

    The kind is told by structure, not by the name's ending. Raises ``TooLarge`` or ``InvalidInput``.
    """
    stored = evidence_store().put(stream, limit_bytes=settings().max_upload_bytes)
    with evidence_store().open(stored.digest) as kept:
        kind = detect(kept.read(HEAD_BYTES), name)
    return Received(stored, safe_name(name), MEDIA_TYPES.get(kind, "application/octet-stream"))


def attach(
    actor: Actor,
    case: Case,
    received: Received,
    *,
    purpose: str,
    step: Step | None,
    supersedes: str | None = None,
    reason: str = "",
) -> EvidenceFile:
    """Write the row of a file received. ``supersedes``: id of the file that it takes the place of.

    Raises ``InvalidInput`` for an unknown purpose or a replacement without reason, ``NotFound``
    when the file to replace is not of this case, ``Conflict`` when it was replaced meanwhile.
    """
    if purpose not in PURPOSES:
        raise InvalidInput("무엇의 증빙인지 목록에서 골라 주세요.", "purpose")
    old = find(case, supersedes) if supersedes else None
    if old is not None and not reason.strip():
        raise InvalidInput("파일을 대체하는 사유를 적어 주세요.", "reason")
    row = EvidenceFile(
        institution_id=case.institution_id,
        case_id=case.id,
        step=step.value if step else None,
        purpose=purpose,
        name=received.name,
        media_type=received.media_type,
        digest=received.stored.digest,
        size_bytes=received.stored.size_bytes,
        supersedes_id=old.id if old else None,
        reason=reason,
        actor_id=uuid.UUID(actor.account_id),
    )
    add_once(row, "그사이 다른 사람이 이 파일을 대체했습니다. 목록을 새로 고쳐 확인해 주세요.")
    ledger.record(
        actor,
        "evidence.attached",
        case=case,
        body={"name": row.name, "purpose": purpose, "digest": row.digest, "size_bytes": row.size_bytes},
        rows=[row],
    )
    return row


def find(case: Case, evidence_id: str) -> EvidenceFile:
    """A file of this case; ``NotFound`` otherwise."""
    try:
        key = uuid.UUID(evidence_id)
    except ValueError:
        raise NotFound("그런 증빙이 없습니다. 목록에서 다시 골라 주세요.") from None
    query = select(EvidenceFile).where(EvidenceFile.case_id == case.id, EvidenceFile.id == key)
    row = db.session.scalars(query).one_or_none()
    if row is None:
        raise NotFound("그런 증빙이 없습니다. 목록에서 다시 골라 주세요.")
    return row


def open_for_download(actor: Actor, case: Case, evidence_id: str) -> tuple[EvidenceFile, BinaryIO]:
    """Open a file for sending, and write down who took it.

    Raises ``Refused`` for the quote of a lot whose criteria are not fixed (E-3).
    """
    row = find(case, evidence_id)
    if row.erased:
        raise NotFound(f"법에 따라 지운 파일이라 내려받을 수 없습니다. {row.name}")
    selection_guard.require_unsealed(case, str(row.id))
    # Before the file is opened, which would stay open if the ledger could not be written.
    ledger.record(actor, "evidence.downloaded", case=case, body={"evidence": str(row.id), "name": row.name})
    try:
        return row, evidence_store().open(row.digest)
    except FileNotFoundError:
        raise NotFound(
            "증빙 파일의 실물이 저장소에 없습니다. 관리자에게 알려 백업에서 되살려야 합니다."
        ) from None


def all_files(case: Case) -> list[EvidenceView]:
    """All files of a case, newest first."""
    return [_view(row) for row in _newest_first(case)]


def active_files(case: Case) -> list[EvidenceView]:
    """Files of a case that nothing superseded, newest first."""
    rows = _newest_first(case)
    superseded = {row.supersedes_id for row in rows}
    return [_view(row) for row in rows if row.id not in superseded]


def superseded_files(case: Case) -> list[tuple[EvidenceView, EvidenceView, str]]:
    """Files that others took the place of, newest first: the old one, the new one, the reason."""
    rows = _newest_first(case)
    by_id = {row.id: row for row in rows}
    return [
        (_view(by_id[row.supersedes_id]), _view(row), row.reason)
        for row in rows
        if row.supersedes_id is not None
    ]


def _newest_first(case: Case) -> list[Any]:
    return list(reversed(of_case(case, EvidenceFile, "recorded_at")))


def _view(row: Any) -> EvidenceView:
    return EvidenceView(
        str(row.id),
        row.name,
        row.purpose,
        PURPOSES.get(row.purpose, row.purpose),
        Step(row.step) if row.step else None,
        row.digest,
        row.size_bytes,
        row.media_type,
        row.recorded_at,
        bool(row.erased),
    )

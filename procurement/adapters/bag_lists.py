"""What the lists of a bag and its description of itself say, against its files, ledger and checkpoint."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

from procurement.domain import bag
from procurement.domain.checkpoint import SignedCheckpoint
from procurement.domain.ledger import Break


@dataclass(frozen=True)
class Known:
    """What ledger and checkpoint say of the case: the newest checkpoint of the bag, ``None`` without one."""

    number: str
    title: str
    ended: bool
    checkpoint: SignedCheckpoint | None


def digest_of_file(path: Path) -> str:
    """SHA-256 (hex) of a file."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def check_payload(folder: Path, payload: Sequence[str]) -> Iterator[Break]:
    """Every file under ``data`` is listed with its digest, and nothing else is."""
    try:
        listed = _read(folder, bag.MANIFEST)
    except ValueError:
        yield Break(f"파일 {bag.MANIFEST}", "목록이 없거나 모양이 다릅니다.")
        return
    present = set(payload)
    for path in sorted(listed.keys() | present):
        if path not in present:
            yield Break(f"파일 {path}", "목록에 있는 파일이 없습니다.")
        elif path not in listed:
            yield Break(f"파일 {path}", "목록에 없는 파일이 들어 있습니다.")
        elif digest_of_file(folder / path) != listed[path]:
            yield Break(f"파일 {path}", "파일의 내용이 목록의 요약값과 다릅니다.")


def check_tags(folder: Path, beside: Sequence[str], payload: Sequence[str], known: Known) -> Iterator[Break]:
    """The files beside ``data``: those of a bag and no others, each saying what is known from elsewhere."""
    for name in sorted(set(beside) - {*bag.TAG_FILES, bag.TAG_MANIFEST}):
        yield Break(f"파일 {name}", "묶음에 없어야 할 파일입니다.")
    try:
        tags = _read(folder, bag.TAG_MANIFEST)
    except ValueError:
        yield Break(f"파일 {bag.TAG_MANIFEST}", "목록이 없거나 모양이 다릅니다.")
        return
    for name in sorted({*tags, *bag.TAG_FILES}):
        if name not in bag.TAG_FILES:
            yield Break(f"파일 {name}", "묶음의 설명 목록에 없어야 할 파일입니다.")
        elif name not in beside or tags.get(name) != digest_of_file(folder / name):
            yield Break(f"파일 {name}", "묶음의 설명 파일이 없거나 바뀌었습니다.")
    if {*bag.TAG_FILES} <= {*beside}:
        yield from _check_words(folder, payload, known)


def _check_words(folder: Path, payload: Sequence[str], known: Known) -> Iterator[Break]:
    """The description is, to the letter, what this program makes of ledger and checkpoint."""
    if (folder / bag.DECLARATION).read_bytes() != bag.DECLARED.encode():
        yield Break(f"파일 {bag.DECLARATION}", "묶음의 규격이 다르게 적혀 있습니다.")
    text = (folder / bag.INFO).read_bytes().decode(errors="replace")
    given = bag.read_info(text)
    if given.get("External-Identifier") != known.number:
        number = given.get("External-Identifier")
        yield Break("묶음", f"이용계약 건 {number}의 묶음에 다른 건의 원장이 들어 있습니다.")
        return
    if known.checkpoint is None:
        return
    written = known.checkpoint.checkpoint.time[:10]
    # The bag may be made a moment after its checkpoint, on the next day.
    days = (written, str(date.fromisoformat(written) + timedelta(days=1)))
    size = sum((folder / path).stat().st_size for path in payload)
    institution = known.checkpoint.checkpoint.institution_name
    as_made = [
        bag.info_text(
            [
                *bag.info_pairs(institution, known.number, known.title, known.ended, day, known.checkpoint),
                bag.oxum(size, len(payload)),
            ]
        )
        for day in days
    ]
    if text not in as_made:
        yield Break(f"파일 {bag.INFO}", "기관, 사업명, 날짜나 크기가 원장과 확인점에 있는 것과 다릅니다.")


def _read(folder: Path, name: str) -> dict[str, str]:
    """A list of the bag. Raises ``ValueError`` when it is not there or not as this program writes it."""
    try:
        return bag.read_manifest((folder / name).read_bytes().decode())
    except OSError as error:
        raise ValueError(name) from error

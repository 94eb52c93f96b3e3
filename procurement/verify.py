"""The stand-alone verifier: whether a bag holds, with neither the database nor this program's server.

``python -m procurement.verify BAG`` says what holds and what does not, by name; it ends with 0 when all
holds, 1 when something does not, 2 when it was used wrongly. A bag is a BagIt folder, or such a folder in a
ZIP file: the chain of a case with its bodies, the files that it tells of, and signed checkpoints. What came
from outside is believed: the institution's public key (``--key``), checkpoints kept elsewhere
(``--checkpoint``), the certificate of the time-stamping authority (``--tsa-ca``). Only the standard library,
``cryptography`` and this program's own arithmetic are used.
"""

from __future__ import annotations

import argparse
import re
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from procurement.adapters import signatures, stamps
from procurement.adapters.bag_lists import Known, check_payload, check_tags, digest_of_file
from procurement.adapters.bag_reading import UnreadableBagError, entries, opened, strict_json
from procurement.adapters.signatures import KeyFileError
from procurement.adapters.stamps import StampError
from procurement.domain import bag
from procurement.domain.checkpoint import (
    SignedCheckpoint,
    UnreadableCheckpointError,
    heads_by_chain,
    key_id_of,
    read_file,
)
from procurement.domain.ledger import Break, Link, Walk

LINK_FIELDS = (
    "seq",
    "prev",
    "recorded_at",
    "occurred_at",
    "kind",
    "actor_id",
    "content_digest",
    "hash",
)
LEDGER_FIELDS = frozenset({"name", "chain_id", "size", "head", "events"})
EVENT_FIELDS = frozenset({*LINK_FIELDS, "salt", "body"})
_DIGEST = re.compile(r"[0-9a-f]{64}")
# How far the clocks of a server and an authority may be apart.
CLOCKS_APART = timedelta(minutes=5)


@dataclass(frozen=True)
class Trusted:
    """What came from outside: a public key (hex), checkpoints, certificates of authorities."""

    public_key: str = ""
    copies: tuple[SignedCheckpoint, ...] = ()
    roots: tuple[Any, ...] = ()


@dataclass
class Told:
    """What a ledger tells of: evidence by its path in the bag, the bundle, the case.

    ``nameless``: digests of evidence whose name was erased; ``gone``: of evidence that was erased itself;
    ``erased``: how often something was erased under law.
    """

    evidence: dict[str, str] = field(default_factory=dict)
    nameless: set[str] = field(default_factory=set)
    gone: set[str] = field(default_factory=set)
    erased: int = 0
    bundle: str = ""
    number: str = ""
    title: str = ""
    ended: bool = False


def check(folder: Path, trusted: Trusted) -> Iterator[tuple[str, int, list[Break]]]:
    """What is checked, over how many things, and everything that is broken.

    Raises ``UnreadableBagError`` when ``folder`` is no bag.
    """
    ledger = _ledger(folder)
    present, odd = entries(folder)
    payload = [path for path in present if path.startswith("data/")]
    told = Told()
    broken = check_ledger(ledger, told)
    yield "원장의 사건", len(ledger["events"]), broken
    yield "원장이 말하는 파일", len(told.evidence) + 1, list(_check_told(folder, payload, told))
    if told.erased:
        yield "법에 따라 지운 것", told.erased, []
    signed = _checkpoints(folder, payload)
    yield "확인점", len(signed), list(_check_checkpoints(ledger, signed, trusted))
    yield "묶음의 파일", len(payload), [*odd, *check_payload(folder, payload)]
    newest = max(_read(signed), key=lambda one: one.checkpoint.number, default=None)
    known = Known(str(ledger["name"]), told.title, told.ended, newest)
    beside = [path for path in present if path not in payload]
    yield "묶음의 설명", len(beside), list(check_tags(folder, beside, payload, known))


def check_ledger(ledger: Mapping[str, Any], told: Told) -> list[Break]:
    """Walk the chain of ``ledger`` and gather what it tells of; gives what is broken first, if anything.

    ``ledger``: ``name`` of the chain, its ``chain_id``, ``size`` and ``head``, and ``events`` in order, each
    with the fields of ``Link``, ``salt`` in hex and ``body`` (both ``null`` when destroyed).
    Raises ``UnreadableBagError`` when a part is missing.
    """
    try:
        walk = Walk(str(ledger["chain_id"]), str(ledger["name"]))
        if strange := set(ledger) - LEDGER_FIELDS:
            return [Break("원장", f"이 프로그램이 적지 않는 것이 있습니다: {min(strange)}")]
        for entry in ledger["events"]:
            if strange := set(entry) - EVENT_FIELDS:
                return [
                    Break(f"사건 {entry['seq']}", f"이 프로그램이 적지 않는 것이 있습니다: {min(strange)}")
                ]
            link = Link(walk.chain_id, **{name: entry[name] for name in LINK_FIELDS})
            salt = None if entry["salt"] is None else bytes.fromhex(entry["salt"])
            broken = walk.step(link) or walk.body(link.content_digest, salt, entry["body"])
            if broken is None and entry["body"] is not None:
                broken = _tell(told, walk, link.kind, strict_json(entry["body"], "사건의 본문")["data"])
            if broken is not None:
                return [broken]
        ended = walk.end(ledger["size"], ledger["head"])
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise UnreadableBagError(f"원장 파일의 모양이 다릅니다: {error}") from error
    if ended is None and told.number != ledger["name"]:
        ended = Break("원장", f"이용계약 건 {ledger['name']}의 것이라고 하지만 {told.number}의 원장입니다.")
    return [ended] if ended is not None else []


def _tell(told: Told, walk: Walk, kind: str, data: Mapping[str, Any]) -> Break | None:
    if kind == "evidence.attached" and data.get("purpose") != bag.PURPOSE:
        if not _DIGEST.fullmatch(data["digest"]):
            raise ValueError(data["digest"])
        told.evidence[bag.evidence_path(data["digest"], data["name"])] = data["digest"]
    elif kind == bag.MADE:
        told.bundle = data["bundle"]
    elif kind == "case.opened":
        if told.number:
            return Break("원장", "건을 만든 기록이 두 번 있습니다.")
        told.number, told.title = data["number"], data["title"]
    elif kind in ("case.ended", "case.taken_up"):
        told.ended = kind == "case.ended"
    elif kind == "body.erased":
        told.nameless.update(data.get("digests", ()))
        told.erased += 1
        return walk.erased(data["seq"])
    elif kind == "row.erased":
        told.gone.update([data["digest"]] if "digest" in data else [])
        told.erased += 1
    return None


def _check_told(folder: Path, payload: Sequence[str], told: Told) -> Iterator[Break]:
    for path, digest in {**told.evidence, bag.BUNDLE: told.bundle}.items():
        name = f"파일 {path}"
        if path not in payload:
            yield Break(name, "원장에 있는 파일이 없거나 이름이 바뀌었습니다.")
        elif digest_of_file(folder / path) != digest:
            yield Break(name, "파일의 내용이 원장의 기록과 다릅니다.")
    yield from _check_nameless(folder, payload, told)
    fixed = {bag.LEDGER, bag.BUNDLE, bag.README, *told.evidence}
    for path in payload:
        if path == bag.README and (folder / path).read_bytes() != bag.READ_ME.encode():
            yield Break(f"파일 {path}", "안내문이 바뀌었습니다.")
        if path in fixed or path.startswith(bag.CHECKPOINTS):
            continue
        # A file whose name was erased under law is still told of by its digest.
        if not path.startswith(bag.EVIDENCE) or digest_of_file(folder / path) not in told.nameless:
            yield Break(f"파일 {path}", "원장에 없는 파일이 들어 있습니다.")


def _check_nameless(folder: Path, payload: Sequence[str], told: Told) -> Iterator[Break]:
    """A file whose name was erased under law is still there, unless it was erased itself."""
    if not (wanted := told.nameless - told.gone):
        return
    there = {digest_of_file(folder / path) for path in payload if path.startswith(bag.EVIDENCE)}
    for digest in sorted(wanted - there):
        yield Break(f"파일 {digest}", "원장에 있는 파일이 없습니다(이름은 법에 따라 지움).")


def _checkpoints(folder: Path, payload: Sequence[str]) -> dict[str, SignedCheckpoint | str]:
    """Checkpoints by their path; a sentence in place of one that cannot be read."""
    found: dict[str, SignedCheckpoint | str] = {}
    for path in payload:
        if path.startswith(bag.CHECKPOINTS):
            try:
                found[path] = _checkpoint(path, (folder / path).read_bytes().decode())
            except (UnreadableCheckpointError, UnicodeDecodeError) as error:
                found[path] = f"확인점을 읽을 수 없습니다: {error}"
    return found


def _checkpoint(path: str, text: str) -> SignedCheckpoint | str:
    """A checkpoint whose file is what this program makes of it, to the letter: a reader sees all of it."""
    signed = read_file(text)
    if signed.as_file() != text or path != bag.checkpoint_path(signed.checkpoint.number):
        return "확인점 파일에 서명된 것과 다른 것이 적혀 있거나 이름이 다릅니다."
    return signed


def _check_checkpoints(
    ledger: Mapping[str, Any], found: Mapping[str, SignedCheckpoint | str], trusted: Trusted
) -> Iterator[Break]:
    covered = 0
    for path, signed in found.items():
        if isinstance(signed, str):
            yield Break(f"파일 {path}", signed)
            continue
        name = f"확인점 {signed.checkpoint.number}번"
        yield from _check_signature(name, signed, trusted)
        yield from _check_stamp(name, signed, trusted)
        head = heads_by_chain(signed.checkpoint.heads).get(str(ledger["chain_id"]))
        covered = max(covered, head.size if head else 0)
        yield from _compare(name, ledger, signed)
    for copy in trusted.copies:
        name = f"밖에 둔 확인점 {copy.checkpoint.number}번"
        yield from _check_signature(name, copy, trusted)
        yield from _compare(name, ledger, copy)
    if len({signed.checkpoint.institution for signed in _read(found)}) > 1:
        yield Break("확인점", "서로 다른 기관의 확인점이 섞여 있습니다.")
    if covered != ledger["size"]:
        yield Break("확인점", f"원장의 사건 {ledger['size']}개 가운데 {covered}개까지만 확인점에 있습니다.")


def _read(found: Mapping[str, SignedCheckpoint | str]) -> list[SignedCheckpoint]:
    return [signed for signed in found.values() if isinstance(signed, SignedCheckpoint)]


def _check_signature(name: str, signed: SignedCheckpoint, trusted: Trusted) -> Iterator[Break]:
    if not signatures.holds(signed.public_key, signed.text, signed.signature):
        yield Break(name, "서명이 내용과 맞지 않습니다.")
    elif key_id_of(signed.public_key) != signed.checkpoint.key_id:
        yield Break(name, "적힌 열쇠와 다른 열쇠로 서명했습니다.")
    elif trusted.public_key and signed.public_key != trusted.public_key:
        yield Break(name, "주신 공개 열쇠로 서명한 것이 아닙니다.")


def _check_stamp(name: str, signed: SignedCheckpoint, trusted: Trusted) -> Iterator[Break]:
    if not signed.stamp:
        return
    try:
        stamp = stamps.read(signed.stamp)
        if trusted.roots:
            stamps.check(stamp, trusted.roots)
    except StampError as error:
        yield Break(f"{name}의 시각 인증", str(error))
        return
    if not stamps.covers(stamp, signed.text):
        yield Break(f"{name}의 시각 인증", "이 확인점에 대한 시각 인증이 아닙니다.")
    elif stamp.time < datetime.fromisoformat(signed.checkpoint.time) - CLOCKS_APART:
        yield Break(f"{name}의 시각 인증", "시각 인증이 확인점보다 먼저입니다. 서버의 시계가 바뀌었습니다.")


def _compare(name: str, ledger: Mapping[str, Any], signed: SignedCheckpoint) -> Iterator[Break]:
    head = heads_by_chain(signed.checkpoint.heads).get(str(ledger["chain_id"]))
    if head is None:
        yield Break(name, "이 건의 원장이 확인점에 없습니다.")
    elif head.size > len(ledger["events"]):
        yield Break(name, f"확인점에는 사건이 {head.size}개인데 원장에는 {len(ledger['events'])}개입니다.")
    elif head.size and ledger["events"][head.size - 1]["hash"] != head.head:
        yield Break(name, "원장이 확인점을 쓴 뒤에 다시 쓰였습니다.")
    elif head.size and ledger["events"][head.size - 1]["recorded_at"] > signed.checkpoint.time:
        yield Break(name, "확인점보다 뒤에 기록된 사건이 들어 있습니다. 서버의 시계가 바뀌었습니다.")


def _ledger(folder: Path) -> Mapping[str, Any]:
    try:
        text = (folder / bag.LEDGER).read_bytes().decode()
    except (OSError, ValueError) as error:
        raise UnreadableBagError(f"‘{folder}’에서 {bag.LEDGER}을(를) 읽을 수 없습니다.") from error
    ledger = strict_json(text, bag.LEDGER)
    if not isinstance(ledger, dict) or not set(ledger) >= LEDGER_FIELDS:
        raise UnreadableBagError(f"{bag.LEDGER}의 모양이 다릅니다.")
    return ledger


def _trusted(options: argparse.Namespace) -> Trusted:
    return Trusted(
        signatures.public_from_pem(options.key.read_bytes()) if options.key else "",
        tuple(read_file(path.read_text(encoding="utf-8")) for path in options.checkpoint),
        stamps.load_roots(options.tsa_ca.read_bytes()) if options.tsa_ca else (),
    )


def _options(arguments: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m procurement.verify", description="증빙 보관 묶음을 확인합니다."
    )
    parser.add_argument("bag", metavar="BAG", type=Path, help="확인할 묶음(폴더나 ZIP 파일)")
    parser.add_argument("--key", metavar="PEM", type=Path, help="따로 받아 둔 기관의 공개 열쇠")
    parser.add_argument(
        "--checkpoint", metavar="FILE", type=Path, action="append", default=[], help="밖에 둔 확인점"
    )
    parser.add_argument("--tsa-ca", metavar="PEM", type=Path, help="시각 인증 기관의 인증서")
    return parser.parse_args(arguments)


def main(arguments: Sequence[str]) -> int:
    """The command; gives the exit code."""
    options = _options(arguments)
    holds = True
    try:
        trusted = _trusted(options)
        with opened(options.bag) as folder:
            for what, count, broken in check(folder, trusted):
                holds = holds and not broken
                print(f"{'■' if broken else '✓'} {what} {count:,}개")
                for found in broken:
                    print(f"  ■ {found.what}: {found.why}")
    except (UnreadableBagError, UnreadableCheckpointError, KeyFileError, StampError, OSError) as error:
        print(error, file=sys.stderr)
        return 2
    if not trusted.public_key and not trusted.copies:
        print("! 서명한 열쇠가 기관의 것인지는 --key나 --checkpoint를 주어야 확인할 수 있습니다.")
    print("모두 그대로입니다." if holds else "그대로가 아닌 것이 있습니다.")
    return 0 if holds else 1


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))

"""The stand-alone verifier: whether a bag holds, with neither the database nor this program's server.

``python -m procurement.verify BAG`` says what was checked and the first thing that is broken, by name; it
ends with 0 when all holds, 1 when something does not, 2 when it was used wrongly. A bag is a BagIt folder:
``manifest-sha256.txt``, ``data/ledger.json`` (the chain of a case with its bodies) and ``data/evidence/``
(the evidence files by any name). Only the standard library and ``domain`` are used.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from procurement.domain.ledger import Break, Link, Walk

LEDGER = Path("data") / "ledger.json"
EVIDENCE = Path("data") / "evidence"
MANIFEST = Path("manifest-sha256.txt")
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


class UnreadableBagError(ValueError):
    """The folder is no bag, or its ledger is not what this program writes; the message says which."""


def check_ledger(ledger: Mapping[str, Any]) -> tuple[int, Break | None]:
    """Walk the chain of ``ledger``; gives the number of its events and what is broken first.

    ``ledger``: ``name`` of the chain, its ``chain_id``, ``size`` and ``head``, and ``events`` in order, each
    with the fields of ``Link``, ``salt`` in hex and ``body`` (both ``null`` when destroyed).
    Raises ``UnreadableBagError`` when a part is missing.
    """
    try:
        walk = Walk(str(ledger["chain_id"]), str(ledger["name"]))
        for entry in ledger["events"]:
            link = Link(walk.chain_id, **{name: entry[name] for name in LINK_FIELDS})
            salt = None if entry["salt"] is None else bytes.fromhex(entry["salt"])
            broken = walk.step(link) or walk.body(link.content_digest, salt, entry["body"])
            if broken is not None:
                return len(ledger["events"]), broken
        return len(ledger["events"]), walk.end(ledger["size"], ledger["head"])
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise UnreadableBagError(f"원장 파일의 모양이 다릅니다: {error}") from error


def evidence_in(ledger: Mapping[str, Any]) -> dict[str, str]:
    """Digest → name of every evidence file that the ledger tells of; call it after ``check_ledger``."""
    found: dict[str, str] = {}
    for entry in ledger["events"]:
        if entry["kind"] == "evidence.attached":
            data = json.loads(entry["body"])["data"]
            found[data["digest"]] = data["name"]
    return found


def check(bag: Path) -> Iterator[tuple[str, int, Break | None]]:
    """What is checked, over how many things, and what is broken first; ends at the first broken thing.

    Raises ``UnreadableBagError`` when ``bag`` is no bag.
    """
    ledger = _ledger(bag)
    size, broken = check_ledger(ledger)
    yield "원장의 사건", size, broken
    if broken is None:
        told = evidence_in(ledger)
        broken = _check_evidence(bag, told)
        yield "증빙 파일", len(told), broken
    if broken is None:
        listed = _manifest(bag)
        yield "묶음의 파일", len(listed), _check_manifest(bag, listed)


def _ledger(bag: Path) -> Mapping[str, Any]:
    try:
        ledger = json.loads((bag / LEDGER).read_text(encoding="utf-8"))
    except OSError as error:
        raise UnreadableBagError(f"‘{bag}’에서 {LEDGER}을(를) 읽을 수 없습니다.") from error
    except ValueError as error:
        raise UnreadableBagError(f"{LEDGER}이(가) JSON이 아닙니다.") from error
    if not isinstance(ledger, dict):
        raise UnreadableBagError(f"{LEDGER}의 모양이 다릅니다.")
    return ledger


def _digest(path: Path) -> str:
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def _check_evidence(bag: Path, told: Mapping[str, str]) -> Break | None:
    folder = bag / EVIDENCE
    present = {_digest(path) for path in sorted(folder.rglob("*")) if path.is_file()}
    for digest, name in told.items():
        if digest not in present:
            return Break(f"증빙 파일 ‘{name}’({digest[:12]}…)", "파일이 없거나 내용이 바뀌었습니다.")
    return None


def _manifest(bag: Path) -> dict[str, str]:
    try:
        lines = (bag / MANIFEST).read_text(encoding="utf-8").splitlines()
    except (OSError, ValueError) as error:
        raise UnreadableBagError(f"‘{bag}’에서 {MANIFEST}을(를) 읽을 수 없습니다.") from error
    pairs = (line.split(maxsplit=1) for line in lines if line.strip())
    return {parts[1].strip(): parts[0] for parts in pairs if len(parts) == 2}


def _check_manifest(bag: Path, listed: Mapping[str, str]) -> Break | None:
    present = {path.relative_to(bag).as_posix(): path for path in (bag / "data").rglob("*") if path.is_file()}
    for name in sorted(listed.keys() | present.keys()):
        if name not in present:
            return Break(f"파일 {name}", "목록에 있는 파일이 없습니다.")
        if name not in listed:
            return Break(f"파일 {name}", "목록에 없는 파일이 들어 있습니다.")
        if _digest(present[name]) != listed[name].lower():
            return Break(f"파일 {name}", "파일의 내용이 목록의 요약값과 다릅니다.")
    return None


def main(arguments: Sequence[str]) -> int:
    """The command; gives the exit code."""
    parser = argparse.ArgumentParser(
        prog="python -m procurement.verify", description="증빙 묶음을 확인합니다."
    )
    parser.add_argument("bag", metavar="BAG", type=Path, help="확인할 묶음 폴더")
    options = parser.parse_args(arguments)
    try:
        for what, count, broken in check(options.bag):
            if broken is not None:
                print(f"■ {broken.what}: {broken.why}")
                return 1
            print(f"✓ {what} {count:,}개")
    except UnreadableBagError as error:
        print(error, file=sys.stderr)
        return 2
    print("모두 그대로입니다.")
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))

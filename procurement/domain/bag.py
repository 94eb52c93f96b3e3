"""How a bag is laid out (BagIt, RFC 8493): names of its files, and lines of its lists; no I/O."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping

from procurement.domain.checkpoint import SignedCheckpoint

DECLARATION = "bagit.txt"
DECLARED = "BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n"
INFO = "bag-info.txt"
MANIFEST = "manifest-sha256.txt"
TAG_MANIFEST = "tagmanifest-sha256.txt"
LEDGER = "data/ledger.json"
BUNDLE = "data/bundle.pdf"
README = "data/읽어 보세요.txt"
CHECKPOINTS = "data/checkpoints/"
EVIDENCE = "data/evidence/"
TAG_FILES = (DECLARATION, INFO, MANIFEST)
LONGEST_NAME = 60
_LINE = re.compile(r"([0-9a-f]{64})  (.+)", re.DOTALL)

# The event that tells of a bag, with the digest of the bundle in it; and evidence that is itself a bag.
MADE = "bag.made"
PURPOSE = "bag"

READ_ME = """이 폴더(또는 압축 파일)는 디지털서비스 이용계약 한 건의 증빙 보관 묶음입니다.

data/bundle.pdf      증빙자료 묶음
data/evidence/       올린 파일의 원본
data/ledger.json     이 건의 감사 원장(사건과 본문)
data/checkpoints/    서명한 확인점과 시각 인증

확인하는 방법: python -m procurement.verify <이 폴더>
프로그램의 서버나 데이터베이스가 없어도 됩니다. 기관의 공개 열쇠를 따로 받아 두었으면 --key로,
밖에 보관한 확인점이 있으면 --checkpoint로 함께 주세요.
"""


def evidence_path(digest: str, name: str) -> str:
    """Where an evidence file lies in a bag: told by its digest and name, so that neither can be changed."""
    cleaned = "".join(
        letter if letter.isprintable() and letter not in '/\\:*?"<>|' else "_"
        for letter in unicodedata.normalize("NFC", name)
    )
    return f"{EVIDENCE}{digest[:16]}-{cleaned[-LONGEST_NAME:]}"


def checkpoint_path(number: int) -> str:
    """Where a checkpoint lies in a bag."""
    return f"{CHECKPOINTS}{number}.json"


def manifest_text(digests: Mapping[str, str]) -> str:
    """The text of a manifest: path → SHA-256 (hex)."""
    return "".join(f"{digest}  {_encoded(path)}\n" for path, digest in sorted(digests.items()))


def read_manifest(text: str) -> dict[str, str]:
    """Path → digest of a manifest's text, which has to be as ``manifest_text`` writes it.

    Raises ``ValueError`` for a line that is not, or a path twice.
    """
    found: dict[str, str] = {}
    lines = text.split("\n")
    if lines.pop():
        raise ValueError("the last line does not end")
    for line in lines:
        match = _LINE.fullmatch(line)
        path = _decoded(match[2]) if match else ""
        if match is None or path in found:
            raise ValueError(line)
        found[path] = match[1]
    return found


def info_pairs(
    institution: str, number: str, title: str, ended: bool, day: str, checkpoint: SignedCheckpoint
) -> list[tuple[str, str]]:
    """What a bag says of itself; ``day`` as ``YYYY-MM-DD``, ``ended``: the case ended without a contract."""
    return [
        ("Source-Organization", institution),
        ("External-Identifier", number),
        ("External-Description", title),
        *((("Internal-Sender-Description", "계약 없이 종료한 건"),) if ended else ()),
        ("Bagging-Date", day),
        ("Checkpoint", f"{checkpoint.checkpoint.number} {checkpoint.digest}"),
    ]


def oxum(size: int, count: int) -> tuple[str, str]:
    """The size in bytes of all files under ``data``, and how many there are."""
    return "Payload-Oxum", f"{size}.{count}"


def info_text(pairs: Iterable[tuple[str, str]]) -> str:
    """The text of ``bag-info.txt``."""
    return "".join(f"{name}: {' '.join(value.split())}\n" for name, value in pairs)


def read_info(text: str) -> dict[str, str]:
    """Label → value of ``bag-info.txt``."""
    lines = (line.partition(":") for line in text.splitlines())
    return {name.strip(): value.strip() for name, _, value in lines}


def _encoded(path: str) -> str:
    return path.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _decoded(path: str) -> str:
    return path.replace("%0A", "\n").replace("%0D", "\r").replace("%25", "%")

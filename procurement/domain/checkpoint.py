"""Checkpoints: how far every chain of an institution had come at a time, as text that can be signed.

A chain shows that it was changed only to whoever remembers its head. A checkpoint remembers the heads of all
chains of an institution, and the digest of the checkpoint before; a copy kept outside the database therefore
shows any later rewriting of what it covers, whoever did it.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

FORMAT = "procurement-checkpoint-1"
CODE_DIGITS = 20
_WORDS = ("institution", "institution_name", "time", "why", "prev", "key_id")


class UnreadableCheckpointError(ValueError):
    """A text that is no checkpoint of this program; the message says what is wrong, in Korean."""


@dataclass(frozen=True)
class Head:
    """How far one chain had come: its id, the number of its events, the hash of the last one (hex)."""

    chain_id: str
    size: int
    head: str


@dataclass(frozen=True)
class Checkpoint:
    """The state of all chains of an institution at ``time`` (text of ``ledger.time_text``).

    ``number`` counts from 1 within the institution; ``prev`` is the digest of the checkpoint before, empty
    for the first; ``key_id`` names the key that signs it; ``why`` is what it was written for.
    """

    institution: str
    institution_name: str
    number: int
    time: str
    why: str
    prev: str
    key_id: str
    heads: tuple[Head, ...]

    @property
    def text(self) -> str:
        """The exact text that is hashed, signed and stamped."""
        return json.dumps(
            {
                "format": FORMAT,
                "institution": self.institution,
                "institution_name": self.institution_name,
                "number": self.number,
                "time": self.time,
                "why": self.why,
                "prev": self.prev,
                "key_id": self.key_id,
                "chains": [[head.chain_id, head.size, head.head] for head in self.heads],
            },
            ensure_ascii=False,
            sort_keys=True,
            separators=(",", ":"),
        )


@dataclass(frozen=True)
class SignedCheckpoint:
    """A checkpoint as it is handed out: its exact text, signature and key in hex, time stamp in base64.

    ``stamp`` is empty while no time-stamping authority has answered.
    """

    text: str
    signature: str
    public_key: str
    stamp: str = ""

    @property
    def digest(self) -> str:
        """SHA-256 (hex) of the exact text: what is stamped, and what a printed code is the beginning of."""
        return digest_of(self.text)

    @property
    def checkpoint(self) -> Checkpoint:
        """The checkpoint that the text says. Raises ``UnreadableCheckpointError``."""
        return parse(self.text)

    def as_file(self) -> str:
        """The file that an auditor keeps: JSON that a person can read."""
        return json.dumps(
            {
                "format": FORMAT,
                "code": code_of(self.digest),
                "digest": self.digest,
                "body": self.text,
                "signature": self.signature,
                "public_key": self.public_key,
                "stamp": self.stamp,
            },
            ensure_ascii=False,
            indent=1,
        )


def digest_of(text: str) -> str:
    """SHA-256 (hex) of a checkpoint's exact text."""
    return hashlib.sha256(text.encode()).hexdigest()


def key_id_of(public_key: str) -> str:
    """The name of a key: the first 16 hex digits of SHA-256 over the raw public key (given in hex)."""
    return hashlib.sha256(bytes.fromhex(public_key)).hexdigest()[:16]


def code_of(digest: str) -> str:
    """The short code that is printed: 80 bits of the digest, in fours."""
    code = digest[:CODE_DIGITS].upper()
    return "-".join(code[at : at + 4] for at in range(0, CODE_DIGITS, 4))


def digits_of(code: str) -> str:
    """What was typed for a printed code, as the beginning of a digest.

    Raises ``UnreadableCheckpointError`` when it is no such code.
    """
    digits = "".join(letter for letter in code.lower() if letter.isalnum())
    if len(digits) != CODE_DIGITS or not set(digits) <= set("0123456789abcdef"):
        raise UnreadableCheckpointError(
            "확인점 코드는 0~9와 A~F로 된 스무 자리입니다. 인쇄된 줄을 보고 다시 적어 주세요."
        )
    return digits


def parse(text: str) -> Checkpoint:
    """The checkpoint of its exact text. Raises ``UnreadableCheckpointError``."""
    data = _object(text)
    try:
        if data["format"] != FORMAT:
            raise ValueError("format")
        words = {name: _text(data[name]) for name in _WORDS}
        heads = tuple(Head(_text(key), _whole(size), _text(head)) for key, size, head in data["chains"])
        return Checkpoint(number=_whole(data["number"]), heads=heads, **words)
    except (KeyError, TypeError, ValueError) as error:
        raise UnreadableCheckpointError(f"확인점의 모양이 다릅니다: {error}") from error


def read_file(text: str) -> SignedCheckpoint:
    """The checkpoint in a file made by ``as_file``.

    Raises ``UnreadableCheckpointError`` when it is none; a wrong signature is for the verifier to find.
    """
    data = _object(text)
    try:
        signed = SignedCheckpoint(
            _text(data["body"]),
            _text(data["signature"]),
            _text(data["public_key"]),
            _text(data.get("stamp") or ""),
        )
    except (KeyError, TypeError) as error:
        raise UnreadableCheckpointError(f"확인점 파일에 빠진 것이 있습니다: {error}") from error
    parse(signed.text)
    return signed


def heads_by_chain(heads: Iterable[Head]) -> Mapping[str, Head]:
    """The heads by the id of their chain."""
    return {head.chain_id: head for head in heads}


def _object(text: str) -> dict[str, Any]:
    try:
        data = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise UnreadableCheckpointError("확인점 파일이 JSON이 아닙니다.") from error
    if not isinstance(data, dict):
        raise UnreadableCheckpointError("확인점 파일의 모양이 다릅니다.")
    return data


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise TypeError(f"{value!r}")
    return value


def _whole(value: object) -> int:
    if type(value) is not int:
        raise TypeError(f"{value!r}")
    return value

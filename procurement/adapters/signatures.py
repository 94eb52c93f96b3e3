"""The Ed25519 key that signs checkpoints, in a file that only this program reads."""

from __future__ import annotations

import os
import secrets
from dataclasses import dataclass
from pathlib import Path

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
    load_pem_public_key,
)

from procurement.domain.checkpoint import key_id_of


class KeyFileError(RuntimeError):
    """The key file cannot be used; the message says why and what to do, in Korean."""


@dataclass(frozen=True)
class SigningKey:
    """The private key with the public one in hex."""

    private: Ed25519PrivateKey
    public_key: str

    @property
    def key_id(self) -> str:
        """The key's name."""
        return key_id_of(self.public_key)

    def sign(self, text: str) -> str:
        """Signature (hex) over the UTF-8 bytes of ``text``."""
        return self.private.sign(text.encode()).hex()


def make(path: Path) -> bool:
    """Make the key file, for its owner alone; ``False`` when there is one already.

    Raises ``KeyFileError`` when the folder cannot be written.
    """
    if path.exists():
        return False
    return _write_new(path, Ed25519PrivateKey.generate())


def _write_new(path: Path, key: Ed25519PrivateKey) -> bool:
    data = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    temporary = path.with_name(f".{path.name}-{secrets.token_hex(6)}")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "wb") as out:
            out.write(data)
            out.flush()
            os.fsync(out.fileno())
        try:
            # A link never takes the place of a key that somebody else made meanwhile.
            os.link(temporary, path)
        except FileExistsError:
            return False
        return True
    except OSError as error:
        raise KeyFileError(f"서명 열쇠 파일 ‘{path}’을(를) 만들 수 없습니다: {error.strerror}") from error
    finally:
        temporary.unlink(missing_ok=True)


def load(path: Path) -> SigningKey:
    """The key in ``path``. Raises ``KeyFileError`` when it is missing, open to others or no Ed25519 key."""
    try:
        data = path.read_bytes()
        open_to_others = path.stat().st_mode & 0o077
    except OSError as error:
        raise KeyFileError(
            f"서명 열쇠 파일 ‘{path}’을(를) 읽을 수 없습니다. make setup으로 만드세요."
        ) from error
    if open_to_others:
        raise KeyFileError(
            f"서명 열쇠 파일 ‘{path}’을(를) 다른 사람이 읽을 수 있습니다. chmod 600으로 막으세요."
        )
    try:
        key = load_pem_private_key(data, password=None)
    except ValueError as error:
        raise KeyFileError(f"‘{path}’은(는) 서명 열쇠가 아닙니다.") from error
    if not isinstance(key, Ed25519PrivateKey):
        raise KeyFileError(f"‘{path}’은(는) Ed25519 서명 열쇠가 아닙니다.")
    return SigningKey(key, key.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw).hex())


def next_path(path: Path) -> Path:
    """Where the next key waits until its rotation is recorded."""
    return path.with_name(f"{path.name}.next")


def load_recorded(path: Path, key_id: str | None) -> SigningKey:
    """The key that the ledger knows by ``key_id`` (``None``: none yet).

    A rotation that was recorded but stopped before the files were changed is finished here. Raises
    ``KeyFileError`` for another key than the one recorded.
    """
    key = load(path)
    if key_id in (None, key.key_id):
        return key
    waiting = next_path(path)
    if waiting.exists() and (later := load(waiting)).key_id == key_id:
        waiting.replace(path)
        return later
    raise KeyFileError(
        f"서명 열쇠({key.key_id})가 원장에 기록된 열쇠({key_id})와 다릅니다. 열쇠 파일을 되살리거나, "
        "잃어버렸으면 flask evidence key-lost 명령으로 새 열쇠를 기록하세요."
    )


def make_next(path: Path) -> SigningKey:
    """A new key beside the present one, for a rotation. Raises ``KeyFileError``."""
    waiting = next_path(path)
    waiting.unlink(missing_ok=True)
    _write_new(waiting, Ed25519PrivateKey.generate())
    return load(waiting)


def take_next(path: Path) -> None:
    """Put the next key in the place of the present one, which is gone with it."""
    next_path(path).replace(path)


def holds(public_key: str, text: str, signature: str) -> bool:
    """Whether ``signature`` (hex) over ``text`` is by ``public_key`` (hex)."""
    try:
        key = Ed25519PublicKey.from_public_bytes(bytes.fromhex(public_key))
        key.verify(bytes.fromhex(signature), text.encode())
    except (InvalidSignature, ValueError):
        return False
    return True


def public_pem(public_key: str) -> str:
    """A public key (hex) as PEM."""
    key = Ed25519PublicKey.from_public_bytes(bytes.fromhex(public_key))
    return key.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()


def public_from_pem(data: bytes) -> str:
    """The public key (hex) in a PEM file. Raises ``KeyFileError``."""
    try:
        key = load_pem_public_key(data)
    except ValueError as error:
        raise KeyFileError("공개 열쇠 파일(PEM)이 아닙니다.") from error
    if not isinstance(key, Ed25519PublicKey):
        raise KeyFileError("Ed25519 공개 열쇠가 아닙니다.")
    return key.public_bytes(Encoding.Raw, PublicFormat.Raw).hex()

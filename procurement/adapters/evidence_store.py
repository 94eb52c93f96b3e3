"""Evidence files kept by the SHA-256 of their bytes: in a folder, or wherever a store of objects keeps them.

In a folder they are written to a temporary name, flushed to the disk, made read-only, renamed, and the folder
flushed, before the row that names the file is committed: a crash may leave an orphan, never a row without its
bytes.
"""

from __future__ import annotations

import hashlib
import os
import secrets
import time
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO, BinaryIO, Protocol

from procurement.domain.errors import InvalidInput, TooLarge

CHUNK_BYTES = 1024 * 1024
_TEMPORARY = ".incoming-"
_LEAVING = ".leaving-"


@dataclass(frozen=True)
class StoredFile:
    """A file in the store: digest of its bytes (hex) and their number."""

    digest: str
    size_bytes: int


class EvidenceStore(Protocol):
    """Keeps bytes under their digest. Whatever cannot be reached raises ``OSError``."""

    def put(self, stream: IO[bytes], *, limit_bytes: int) -> StoredFile:
        """Take a stream in and return its digest and size; the bytes are safe when this returns.

        Raises ``TooLarge`` past ``limit_bytes`` and ``InvalidInput`` for an empty file.
        """

    def open(self, digest: str) -> BinaryIO:
        """Open the bytes of ``digest`` for reading, from any place; ``FileNotFoundError`` without them."""

    def has(self, digest: str) -> bool:
        """Whether bytes are kept under ``digest``, whatever they are."""

    def digest_kept(self, digest: str) -> str | None:
        """Digest of the bytes kept under ``digest`` as they are now, ``None`` when they are gone."""

    def all_digests(self) -> Iterator[str]:
        """Names of all files in the store."""

    def remove(self, digest: str) -> bool:
        """Destroy the bytes of ``digest``; whether there were any."""

    def remove_orphans(self, known: Collection[str], *, older_than_seconds: int) -> int:
        """Remove files that are not ``known`` and that came so long ago; returns how many.

        What comes again meanwhile stays.
        """


def copied(stream: IO[bytes], out: IO[bytes], limit_bytes: int) -> StoredFile:
    """Copy a stream and return its digest and size.

    Raises ``TooLarge`` past ``limit_bytes`` and ``InvalidInput`` for an empty one.
    """
    digest, size = hashlib.sha256(), 0
    while chunk := stream.read(CHUNK_BYTES):
        size += len(chunk)
        if size > limit_bytes:
            raise TooLarge(f"파일이 너무 큽니다. {limit_bytes // (1024 * 1024)}MB 이하로 줄여서 올려 주세요.")
        digest.update(chunk)
        out.write(chunk)
    if size == 0:
        raise InvalidInput("빈 파일입니다. 내용이 있는 파일을 골라 주세요.")
    return StoredFile(digest.hexdigest(), size)


class FolderStore:
    """A folder of content-addressed files, two levels deep by the first two digits of the digest."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def path_of(self, digest: str) -> Path:
        """Where the bytes of ``digest`` are, or would be."""
        return self.root / digest[:2] / digest

    def put(self, stream: IO[bytes], *, limit_bytes: int) -> StoredFile:
        """Take a stream in and return its digest and size.

        Raises ``TooLarge`` past ``limit_bytes`` and ``InvalidInput`` for an empty file.
        """
        self.root.mkdir(parents=True, exist_ok=True)
        temporary = self.root / f"{_TEMPORARY}{secrets.token_hex(8)}"
        try:
            with temporary.open("xb") as out:
                stored = copied(stream, out, limit_bytes)
                out.flush()
                os.fsync(out.fileno())
            self._keep(temporary, stored.digest)
        finally:
            temporary.unlink(missing_ok=True)
        return stored

    def _keep(self, temporary: Path, digest: str) -> None:
        target = self.path_of(digest)
        target.parent.mkdir(exist_ok=True)
        temporary.chmod(0o440)
        temporary.replace(target)
        _flush_folders(target.parent, self.root)

    def open(self, digest: str) -> BinaryIO:
        """Open the bytes of ``digest`` for reading; ``FileNotFoundError`` when they are not there."""
        return self.path_of(digest).open("rb")

    def has(self, digest: str) -> bool:
        """Whether there is a file called ``digest``."""
        return self.path_of(digest).is_file()

    def digest_kept(self, digest: str) -> str | None:
        """Digest of the bytes kept under ``digest`` as they are now, ``None`` when they are gone."""
        try:
            with self.path_of(digest).open("rb") as stream:
                return hashlib.file_digest(stream, "sha256").hexdigest()
        except FileNotFoundError:
            return None

    def all_digests(self) -> Iterator[str]:
        """Names of all files in the store."""
        for path in sorted(self.root.glob("[0-9a-f][0-9a-f]/*")):
            yield path.name

    def remove(self, digest: str) -> bool:
        """Delete the file called ``digest``; whether there was one."""
        path = self.path_of(digest)
        try:
            path.unlink()
        except FileNotFoundError:
            return False
        _flush_folders(path.parent)
        return True

    def remove_orphans(self, known: Collection[str], *, older_than_seconds: int) -> int:
        """Remove files that are not ``known`` and not written since; returns how many."""
        limit, removed = time.time() - older_than_seconds, 0
        # A removal that was cut off in the middle is begun again from its start.
        for path in self.root.glob(f"{_LEAVING}*"):
            path.replace(self.path_of(path.name.removeprefix(_LEAVING)))
        for path in [*self.root.glob(f"{_TEMPORARY}*"), *self.root.glob("[0-9a-f][0-9a-f]/*")]:
            if path.name not in known and path.stat().st_mtime < limit:
                removed += self._let_go(path, limit)
        return removed

    def _let_go(self, path: Path, limit: float) -> bool:
        """Remove a file unless the same bytes are put just now, which writes it anew."""
        if path.name.startswith(_TEMPORARY):
            path.unlink(missing_ok=True)
            return True
        leaving = self.root / f"{_LEAVING}{path.name}"
        path.replace(leaving)
        if leaving.stat().st_mtime >= limit:
            leaving.replace(path)
            return False
        leaving.unlink()
        return True


def _flush_folders(*folders: Path) -> None:
    for folder in folders:
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)

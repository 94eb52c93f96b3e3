"""Evidence files kept by the SHA-256 of their bytes.

Written to a temporary name, flushed to the disk, made read-only, renamed, and the folder flushed,
before the row that names the file is committed: a crash may leave an orphan, never a row without
its bytes.
"""

from __future__ import annotations

import hashlib
import os
import secrets
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from io import BufferedReader
from pathlib import Path
from typing import IO

from procurement.domain.errors import InvalidInput, TooLarge

CHUNK_BYTES = 1024 * 1024
_TEMPORARY = ".incoming-"


@dataclass(frozen=True)
class StoredFile:
    """A file in the store: digest of its bytes (hex) and their number."""

    digest: str
    size_bytes: int


class EvidenceStore:
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
        digest, size = hashlib.sha256(), 0
        try:
            with temporary.open("xb") as out:
                while chunk := stream.read(CHUNK_BYTES):
                    size += len(chunk)
                    if size > limit_bytes:
                        raise TooLarge(
                            f"파일이 너무 큽니다. {limit_bytes // (1024 * 1024)}MB 이하로 줄여서 올려 주세요."
                        )
                    digest.update(chunk)
                    out.write(chunk)
                out.flush()
                os.fsync(out.fileno())
            if size == 0:
                raise InvalidInput("빈 파일입니다. 내용이 있는 파일을 골라 주세요.")
            self._keep(temporary, digest.hexdigest())
        finally:
            temporary.unlink(missing_ok=True)
        return StoredFile(digest.hexdigest(), size)

    def _keep(self, temporary: Path, digest: str) -> None:
        target = self.path_of(digest)
        target.parent.mkdir(exist_ok=True)
        temporary.chmod(0o440)
        temporary.replace(target)
        for folder in (target.parent, self.root):
            handle = os.open(folder, os.O_RDONLY)
            try:
                os.fsync(handle)
            finally:
                os.close(handle)

    def open(self, digest: str) -> BufferedReader:
        """Open the bytes of ``digest`` for reading; ``FileNotFoundError`` when they are not there."""
        return self.path_of(digest).open("rb")

    def digest_on_disk(self, digest: str) -> str | None:
        """Digest of the bytes kept under ``digest`` as they are now, ``None`` when they are gone."""
        try:
            with self.open(digest) as stream:
                return hashlib.file_digest(stream, "sha256").hexdigest()
        except FileNotFoundError:
            return None

    def all_digests(self) -> Iterator[str]:
        """Names of all files in the store."""
        for path in sorted(self.root.glob("[0-9a-f][0-9a-f]/*")):
            yield path.name

    def remove_orphans(self, known: Iterable[str], *, older_than_seconds: int = 86400) -> int:
        """Remove files that no row names and that are old enough; returns how many."""
        keep, removed, limit = set(known), 0, time.time() - older_than_seconds
        for path in [*self.root.glob(f"{_TEMPORARY}*"), *self.root.glob("[0-9a-f][0-9a-f]/*")]:
            if path.name not in keep and path.stat().st_mtime < limit:
                path.unlink()
                removed += 1
        return removed

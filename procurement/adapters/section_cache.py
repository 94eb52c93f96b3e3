"""Pages of sections kept from one document to the next, so that only what changed is rendered again.

A folder of files named by the digest of what the pages were made from. What is read is taken only when it
bears the seal of this program's key over its name and its bytes: a file that is cut, swapped or written by
somebody else is thrown away, and the section is rendered again. Nothing is lost with the folder.
"""

from __future__ import annotations

import contextlib
import hashlib
import hmac
import os
import secrets
from collections.abc import Iterable
from pathlib import Path

from procurement.adapters.pdf import Part

_SEAL_BYTES = 32
_TEMPORARY = ".incoming-"
# When the folder is over its bound, the files used longest ago go until this share of the bound is left.
_KEPT_SHARE = 0.8


class SectionCache:
    """Pages of sections by key, at most `most_bytes` of them in `folder`, sealed with `secret`."""

    def __init__(self, folder: Path, secret: str, most_bytes: int) -> None:
        self._folder, self._most_bytes = folder, most_bytes
        self._secret = hashlib.sha256(b"pages of sections\n" + secret.encode()).digest()

    @staticmethod
    def key(made_from: Iterable[str]) -> str:
        """Return the key of pages from everything that decides how they look."""
        digest = hashlib.sha256()
        for text in made_from:
            data = text.encode()
            digest.update(len(data).to_bytes(8, "big") + data)
        return digest.hexdigest()

    def get(self, key: str) -> Part | None:
        """Return the pages kept under `key`; ``None`` when there are none, or none that can be trusted."""
        path = self._folder / key
        try:
            kept = path.read_bytes()
        except OSError:
            return None
        seal, data = kept[:_SEAL_BYTES], kept[_SEAL_BYTES:]
        with contextlib.suppress(OSError):
            if hmac.compare_digest(seal, self._seal(key, data)):
                os.utime(path)
                return Part.from_bytes(data)
            path.unlink()
        return None

    def put(self, key: str, part: Part) -> None:
        """Keep pages; a folder that cannot be written to keeps nothing, which costs time alone."""
        data = part.to_bytes()
        if len(data) > self._most_bytes:
            return
        with contextlib.suppress(OSError):
            # What is in a case is for those who may see it.
            self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            temporary = self._folder / f"{_TEMPORARY}{secrets.token_hex(8)}"
            temporary.touch(0o600)
            temporary.write_bytes(self._seal(key, data) + data)
            temporary.replace(self._folder / key)

    def clear(self) -> None:
        """Remove all pages, such as when what they show was erased under law."""
        with contextlib.suppress(OSError):
            for entry in os.scandir(self._folder):
                with contextlib.suppress(OSError):
                    os.unlink(entry.path)

    def tidy(self) -> None:
        """Remove the files used longest ago when all together are over the bound."""
        found = []
        with contextlib.suppress(OSError):
            for entry in os.scandir(self._folder):
                with contextlib.suppress(OSError):
                    found.append((entry.stat().st_mtime_ns, entry.stat().st_size, entry.path))
        total = sum(size for _, size, _ in found)
        if total <= self._most_bytes:
            return
        for _, size, path in sorted(found):
            if total <= self._most_bytes * _KEPT_SHARE:
                break
            with contextlib.suppress(OSError):
                os.unlink(path)
                total -= size

    def _seal(self, key: str, data: bytes) -> bytes:
        return hmac.digest(self._secret, key.encode() + b"\n" + data, "sha256")

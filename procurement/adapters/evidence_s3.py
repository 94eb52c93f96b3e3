"""Evidence files in a bucket of an S3-compatible store, for an institution that serves from several machines.

An object is called by the SHA-256 of its bytes, which the store is told and compares before it says that it
has them. Nothing is asked anywhere else: address and keys are those that were set, never looked for.
"""

from __future__ import annotations

import base64
import hashlib
import tempfile
from collections.abc import Collection, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import IO, TYPE_CHECKING, BinaryIO, cast

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from procurement.adapters.evidence_store import CHUNK_BYTES, StoredFile, copied

if TYPE_CHECKING:
    from mypy_boto3_s3.client import S3Client

# What is smaller stays in memory on its way.
_IN_MEMORY_BYTES = 8 * 1024 * 1024
_MISSING = frozenset({"NoSuchKey", "404", "NotFound"})
# Most stores keep to Amazon's older way of checking what is sent; the digest is compared in any case.
_HOW = Config(
    connect_timeout=5,
    read_timeout=60,
    retries={"mode": "standard", "total_max_attempts": 3},
    s3={"addressing_style": "path"},
    request_checksum_calculation="when_required",
    response_checksum_validation="when_required",
)


@dataclass(frozen=True)
class Bucket:
    """Where the objects are; ``prefix`` stands before each name. An empty region is left to the store."""

    url: str
    name: str
    prefix: str
    region: str
    key: str
    secret: str = field(repr=False)


@lru_cache(maxsize=2)
def store_in(bucket: Bucket) -> S3Store:
    """The store in a bucket; one for all requests, since its client may be used by several threads."""
    client = boto3.session.Session().client(
        "s3",
        endpoint_url=bucket.url,
        region_name=bucket.region or "us-east-1",
        aws_access_key_id=bucket.key,
        aws_secret_access_key=bucket.secret,
        config=_HOW,
    )
    return S3Store(client, bucket.name, bucket.prefix)


class S3Store:
    """A bucket as an ``EvidenceStore``; what cannot be reached raises ``OSError``."""

    def __init__(self, client: S3Client, bucket: str, prefix: str) -> None:
        self._client, self._bucket, self._prefix = client, bucket, prefix

    def put(self, stream: IO[bytes], *, limit_bytes: int) -> StoredFile:
        """Take a stream in and return its digest and size.

        Raises ``TooLarge`` past ``limit_bytes`` and ``InvalidInput`` for an empty file.
        """
        with tempfile.SpooledTemporaryFile(max_size=_IN_MEMORY_BYTES) as kept:
            stored = copied(stream, cast(IO[bytes], kept), limit_bytes)
            kept.seek(0)
            with _reached():
                # Sent even when it is there already: what was damaged meanwhile is whole again.
                self._client.put_object(
                    Bucket=self._bucket,
                    Key=self._key(stored.digest),
                    Body=cast(IO[bytes], kept),
                    ContentLength=stored.size_bytes,
                    ChecksumSHA256=base64.b64encode(bytes.fromhex(stored.digest)).decode("ascii"),
                )
        return stored

    def open(self, digest: str) -> BinaryIO:
        """A copy of the bytes of ``digest``; ``FileNotFoundError`` when they are not there."""
        # Whoever reads it closes it.
        copy = cast(BinaryIO, tempfile.SpooledTemporaryFile(max_size=_IN_MEMORY_BYTES))  # noqa: SIM115
        try:
            for chunk in self._chunks(digest):
                copy.write(chunk)
        except BaseException:
            copy.close()
            raise
        copy.seek(0)
        return copy

    def has(self, digest: str) -> bool:
        """Whether there is an object called ``digest``."""
        try:
            with _reached():
                self._client.head_object(Bucket=self._bucket, Key=self._key(digest))
        except FileNotFoundError:
            return False
        return True

    def digest_kept(self, digest: str) -> str | None:
        """Digest of the bytes kept under ``digest`` as they are now, ``None`` when they are gone."""
        found = hashlib.sha256()
        try:
            for chunk in self._chunks(digest):
                found.update(chunk)
        except FileNotFoundError:
            return None
        return found.hexdigest()

    def all_digests(self) -> Iterator[str]:
        """Names of all objects."""
        return (digest for digest, _when in self._listed())

    def remove(self, digest: str) -> bool:
        """Delete the object called ``digest``; whether there was one.

        A bucket that keeps versions keeps the bytes: such a one must be told to let them go itself.
        """
        there = self.has(digest)
        with _reached():
            self._client.delete_object(Bucket=self._bucket, Key=self._key(digest))
        return there

    def remove_orphans(self, known: Collection[str], *, older_than_seconds: int) -> int:
        """Remove objects that are not ``known`` and not written since; returns how many."""
        limit, removed = datetime.now(UTC) - timedelta(seconds=older_than_seconds), 0
        for digest, when in list(self._listed()):
            if digest not in known and when < limit:
                removed += self.remove(digest)
        return removed

    def _listed(self) -> Iterator[tuple[str, datetime]]:
        with _reached():
            pages = self._client.get_paginator("list_objects_v2")
            for page in pages.paginate(Bucket=self._bucket, Prefix=self._prefix):
                for found in page.get("Contents", ()):
                    yield found["Key"].rpartition("/")[2], found["LastModified"]

    def _chunks(self, digest: str) -> Iterator[bytes]:
        with _reached():
            answer = self._client.get_object(Bucket=self._bucket, Key=self._key(digest))
            with closing(answer["Body"]) as body:
                yield from body.iter_chunks(CHUNK_BYTES)

    def _key(self, digest: str) -> str:
        return f"{self._prefix}{digest[:2]}/{digest}"


@contextmanager
def _reached() -> Iterator[None]:
    """Tell what the library raises as a folder would: missing, or out of reach."""
    try:
        yield
    except ClientError as error:
        code = str(error.response.get("Error", {}).get("Code", ""))
        if code in _MISSING:
            raise FileNotFoundError(code) from error
        raise OSError(f"the store of evidence refuses: {code}") from error
    except BotoCoreError as error:
        raise OSError(f"the store of evidence cannot be reached: {type(error).__name__}") from error

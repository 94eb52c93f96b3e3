"""The store of evidence, in a folder and in a bucket: what goes in comes out, and nothing else goes."""

from __future__ import annotations

import hashlib
import io
import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from procurement.adapters.evidence_s3 import S3Store, store_in
from procurement.adapters.evidence_store import EvidenceStore, FolderStore
from procurement.domain.errors import InvalidInput, TooLarge
from tests.support.buckets import BUCKET, a_bucket

# More than one piece of a copy.
LONG = os.urandom(1024) * 2500
WEEK = 7 * 24 * 3600


@pytest.fixture(params=["folder", "bucket"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[EvidenceStore]:
    """A store with nothing in it."""
    if request.param == "folder":
        yield FolderStore(tmp_path / "evidence")
        return
    with a_bucket() as bucket:
        yield store_in(bucket)


def put(store: EvidenceStore, data: bytes) -> str:
    """Put bytes; returns their digest."""
    return store.put(io.BytesIO(data), limit_bytes=10**7).digest


def replace_bytes(store: EvidenceStore, digest: str, data: bytes) -> None:
    """Put other bytes in the place of those of ``digest``, as somebody would who holds the store."""
    if isinstance(store, FolderStore):
        store.path_of(digest).chmod(0o600)
        store.path_of(digest).write_bytes(data)
    elif isinstance(store, S3Store):
        store._client.put_object(Bucket=BUCKET.name, Key=store._key(digest), Body=data)


def test_what_goes_in_comes_out_and_is_called_by_its_digest(store: EvidenceStore) -> None:
    stored = store.put(io.BytesIO(LONG), limit_bytes=len(LONG))
    assert (stored.digest, stored.size_bytes) == (hashlib.sha256(LONG).hexdigest(), len(LONG))
    with store.open(stored.digest) as stream:
        assert stream.read(10) == LONG[:10]
        stream.seek(len(LONG) - 5)
        assert stream.read() == LONG[-5:]
    assert store.has(stored.digest)
    assert store.digest_kept(stored.digest) == stored.digest
    assert list(store.all_digests()) == [stored.digest]


def test_the_same_bytes_are_kept_once(store: EvidenceStore) -> None:
    assert put(store, b"same") == put(store, b"same")
    assert len(list(store.all_digests())) == 1


def test_what_is_not_there_is_said_to_be_missing(store: EvidenceStore) -> None:
    digest = "0" * 64
    assert not store.has(digest)
    assert store.digest_kept(digest) is None
    assert not store.remove(digest)
    with pytest.raises(FileNotFoundError):
        store.open(digest)


@pytest.mark.parametrize(("data", "refusal"), [(b"", InvalidInput), (b"12345", TooLarge)])
def test_what_is_refused_leaves_nothing(store: EvidenceStore, data: bytes, refusal: type[Exception]) -> None:
    with pytest.raises(refusal):
        store.put(io.BytesIO(data), limit_bytes=4)
    assert list(store.all_digests()) == []


def test_bytes_that_were_exchanged_are_seen_and_put_right_by_the_same_file(store: EvidenceStore) -> None:
    digest = put(store, b"as it was")
    replace_bytes(store, digest, b"as it is now")
    assert store.digest_kept(digest) == hashlib.sha256(b"as it is now").hexdigest()
    assert put(store, b"as it was") == digest
    assert store.digest_kept(digest) == digest


def test_what_is_removed_is_gone(store: EvidenceStore) -> None:
    digest, other = put(store, b"goes"), put(store, b"stays")
    assert store.remove(digest)
    assert list(store.all_digests()) == [other]


def test_orphans_go_when_they_are_old_and_nothing_that_is_known(store: EvidenceStore) -> None:
    known, orphan = put(store, b"known"), put(store, b"orphan")
    assert store.remove_orphans({known}, older_than_seconds=WEEK) == 0
    assert store.remove_orphans({known}, older_than_seconds=-1) == 1
    assert list(store.all_digests()) == [known]
    assert not store.has(orphan)


def age(path: Path) -> None:
    """Make a file look as if it had come long ago."""
    os.utime(path, (0, 0))


@pytest.mark.parametrize("cut_off", [False, True])
def test_an_orphan_that_comes_again_while_it_is_removed_stays(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, cut_off: bool
) -> None:
    store = FolderStore(tmp_path)
    path = store.path_of(put(store, b"orphan"))
    age(path)
    moved: Callable[[Path, Path], Path] = Path.replace

    def put_again_first(source: Path, target: Path) -> Path:
        """Between the look at its age and its removal somebody puts the same bytes."""
        monkeypatch.setattr(Path, "replace", moved)
        put(store, b"orphan")
        result = moved(source, target)
        if cut_off:
            raise KeyboardInterrupt
        return result

    monkeypatch.setattr(Path, "replace", put_again_first)
    if cut_off:
        with pytest.raises(KeyboardInterrupt):
            store.remove_orphans(set(), older_than_seconds=WEEK)
        assert not path.exists()
    assert store.remove_orphans(set(), older_than_seconds=WEEK) == 0
    assert path.read_bytes() == b"orphan"


def test_what_a_crash_left_half_goes_in_time(tmp_path: Path) -> None:
    store = FolderStore(tmp_path)
    digest = put(store, b"whole")
    half = tmp_path / ".incoming-1"
    half.write_bytes(b"ha")
    assert store.remove_orphans({digest}, older_than_seconds=WEEK) == 0
    age(half)
    assert store.remove_orphans({digest}, older_than_seconds=WEEK) == 1
    assert not half.exists()


def test_a_bucket_that_cannot_be_reached_is_a_failure_of_the_disk() -> None:
    import boto3
    from botocore.config import Config

    client = boto3.client(
        "s3",
        endpoint_url="http://127.0.0.1:9",
        region_name="us-east-1",
        aws_access_key_id="key",
        aws_secret_access_key="secret",
        config=Config(retries={"total_max_attempts": 1}),
    )
    store = S3Store(client, "evidence", "")
    for act in (
        lambda: put(store, b"bytes"),
        lambda: store.open("0" * 64),
        lambda: list(store.all_digests()),
    ):
        with pytest.raises(OSError, match="cannot be reached"):
            act()

"""The store of evidence as services use it: left-overs go, and a bucket serves as a folder does."""

from __future__ import annotations

import io
import os
from collections.abc import Iterator
from dataclasses import replace

import pytest
from flask import Flask

from procurement.config import Settings
from procurement.extensions import db
from procurement.models import EvidenceFile
from procurement.services import daily, evidence, janitor, verification
from procurement.services.store import evidence_store
from tests.support.buckets import a_bucket
from tests.support.factories import a_case, project_officer_of, work

pytestmark = [pytest.mark.usefixtures("db_session"), pytest.mark.one_database]


@pytest.fixture(params=["folder", "bucket"])
def kept_in(request: pytest.FixtureRequest, app: Flask, settings: Settings) -> Iterator[str]:
    """The application with its evidence in a folder, and in a bucket."""
    if request.param == "folder":
        yield "folder"
        return
    with a_bucket() as bucket:
        app.config["SETTINGS"] = replace(
            settings,
            evidence_s3_bucket=bucket.name,
            evidence_s3_url=bucket.url,
            evidence_s3_prefix=bucket.prefix,
            evidence_s3_region=bucket.region,
            evidence_s3_key=bucket.key,
            evidence_s3_secret=bucket.secret,
        )
        yield "bucket"
        app.config["SETTINGS"] = settings


def attach(data: bytes) -> EvidenceFile:
    """A file of a new case."""
    case = a_case()
    received = evidence.receive(io.BytesIO(data), "표본.txt")
    with work():
        return evidence.attach(project_officer_of(case), case, received, purpose="other", step=None)


def test_files_are_kept_read_and_missed_the_same_way(kept_in: str, settings: Settings) -> None:
    row = attach("표본 증빙".encode())
    with evidence_store().open(row.digest) as stream:
        assert stream.read() == "표본 증빙".encode()
    in_folder = [path for path in settings.evidence_dir.rglob("*") if path.is_file()]
    assert bool(in_folder) is (kept_in == "folder")
    assert verification.verify().holds
    evidence_store().remove(row.digest)
    broken = verification.verify().broken
    assert broken is not None
    assert "표본.txt" in broken.what


def test_what_no_record_names_goes_when_it_is_old(kept_in: str) -> None:
    row = attach(b"named")
    orphan = evidence_store().put(io.BytesIO(b"orphan"), limit_bytes=100).digest
    assert janitor.tidy() == 0
    assert janitor.tidy(older_than_seconds=-1) == 1
    assert list(evidence_store().all_digests()) == [row.digest]
    assert not evidence_store().has(orphan)


def test_each_day_what_is_left_over_goes(settings: Settings) -> None:
    evidence_store().put(io.BytesIO(b"orphan"), limit_bytes=100)
    (path,) = (path for path in settings.evidence_dir.rglob("*") if path.is_file())
    os.utime(path, (0, 0))
    daily.DailyRefresh().step()
    assert not path.exists()


def test_a_store_out_of_reach_keeps_no_deadline_from_being_looked_at(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def unreachable() -> int:
        raise OSError("out of reach")

    a_case()
    monkeypatch.setattr(janitor, "tidy", unreachable)
    assert daily.DailyRefresh().step() == 1
    assert "could not be tidied" in caplog.text
    db.session.rollback()

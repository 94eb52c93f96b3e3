"""Checkpoints: what they say, when they are written, how they are stamped, mailed and handed out."""

from __future__ import annotations

import base64
import email
import stat
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select, update

from procurement.adapters import signatures, stamps
from procurement.config import Settings
from procurement.domain.checkpoint import read_file
from procurement.extensions import db
from procurement.models import Case, Chain, Checkpoint, CheckpointErrand, CheckpointStamp
from procurement.models.base import now
from procurement.services import checkpoint_errands, checkpoints, signing, verification
from procurement.services.checkpoint_errands import CheckpointWork
from tests.support.authority import a_mailbox, an_authority
from tests.support.factories import a_case, event_kinds, project_officer_of, work

pytestmark = pytest.mark.usefixtures("db_session")


@pytest.fixture
def set_to(app: Flask, settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Change settings for this test."""
    return lambda **changed: monkeypatch.setitem(app.config, "SETTINGS", replace(settings, **changed))


def write(case: Case) -> Checkpoint:
    """A checkpoint of the institution of ``case``."""
    actor = project_officer_of(case)
    with work():
        return checkpoints.write(actor, "command")


def due_now() -> None:
    """Let every pause be over."""
    with work():
        db.session.execute(update(CheckpointErrand).values(next_at=now()))


def test_a_checkpoint_says_how_far_every_chain_has_come_and_names_the_one_before() -> None:
    case = a_case()
    other = a_case()
    chains = {str(row.id): (row.size, row.head) for row in db.session.scalars(select(Chain))}
    first = checkpoints.signed(write(case))
    said = {head.chain_id: (head.size, head.head) for head in first.checkpoint.heads}
    institution = db.session.scalars(select(Chain).where(Chain.case_id.is_(None))).one()
    cases = {str(c.id) for c in db.session.scalars(select(Chain).where(Chain.case_id.is_not(None)))}
    assert len(cases) == 2
    assert {key: said[key] for key in cases} == {key: chains[key] for key in cases}
    # The first use of the key is an event of the institution, which the checkpoint covers.
    assert said[str(institution.id)][0] == chains[str(institution.id)][0] + 1
    second = checkpoints.signed(write(other)).checkpoint
    assert (second.number, second.prev) == (2, first.digest)
    assert event_kinds(None)[-3:] == ["key.introduced", "checkpoint.written", "checkpoint.written"]


def test_its_exact_text_is_signed_by_the_key_that_the_chain_tells_of() -> None:
    case = a_case()
    signed = checkpoints.signed(write(case))
    (key,) = signing.keys_of(case.institution_id)
    assert key.public_key == signed.public_key
    assert signatures.holds(signed.public_key, signed.text, signed.signature)
    assert not signatures.holds(signed.public_key, signed.text + " ", signed.signature)
    assert read_file(signed.as_file()) == signed


def test_the_key_is_made_for_its_owner_alone_and_another_is_refused(
    tmp_path: Path, set_to: Callable[..., None]
) -> None:
    case = a_case()
    write(case)
    path = tmp_path / "key.pem"
    assert signatures.make(path)
    assert not signatures.make(path)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    set_to(signing_key_file=path)
    with pytest.raises(signatures.KeyFileError, match="원장에 기록된 열쇠"):
        write(case)
    path.chmod(0o640)
    with pytest.raises(signatures.KeyFileError, match="chmod 600"):
        signatures.load(path)


def test_a_rotation_is_vouched_for_by_the_key_before_and_finished_when_it_was_cut_short(
    tmp_path: Path, set_to: Callable[..., None]
) -> None:
    path = tmp_path / "key.pem"
    signatures.make(path)
    set_to(signing_key_file=path)
    case = a_case()
    write(case)
    old, new = signatures.load(path), signatures.make_next(path)
    with work():
        signing.record_rotation(project_officer_of(case), old, new)
    # The files were not changed any more: the next checkpoint finishes it.
    assert write(case).key_id == new.key_id == signatures.load(path).key_id
    assert not signatures.next_path(path).exists()
    assert [key.vouched for key in signing.keys_of(case.institution_id)] == [True, True]


def test_each_day_brings_one_and_an_approval_wants_one_that_the_worker_writes() -> None:
    case = a_case()
    day = CheckpointWork()
    assert [day.step(), day.step(), CheckpointWork().step()] == [2, 0, 0]
    with work():
        checkpoints.want(project_officer_of(case), "approval")
    assert day.step() == 1
    assert [row.why for row in db.session.scalars(select(Checkpoint))] == ["daily", "approval"]
    assert verification.verify().holds


def test_a_stamp_is_fetched_by_the_worker_and_openssl_agrees_with_it(
    tmp_path: Path, set_to: Callable[..., None]
) -> None:
    case = a_case()
    with an_authority(tmp_path) as authority:
        set_to(tsa_url=authority.url, tsa_ca_file=authority.ca_file)
        row = write(case)
        assert checkpoint_errands.run_due() == 1
        signed = checkpoints.signed(row)
        stamp = stamps.read(signed.stamp)
        roots = stamps.load_roots(authority.ca_file.read_bytes())
        stamps.check(stamp, roots)
        assert stamps.covers(stamp, signed.text)
        assert not stamps.covers(stamp, signed.text + " ")
        assert abs((stamp.time - row.recorded_at).total_seconds()) < 60
        response = base64.b64decode(signed.stamp)
        assert authority.verifies(signed.text.encode(), response)
        assert not authority.verifies(signed.text.encode() + b" ", response)
    assert event_kinds(None)[-1] == "checkpoint.stamped"


def test_an_authority_that_does_not_answer_holds_nothing_up_is_shown_and_asked_again(
    tmp_path: Path, set_to: Callable[..., None]
) -> None:
    case = a_case()
    with an_authority(tmp_path) as authority:
        authority.answers = False
        set_to(tsa_url=authority.url, tsa_ca_file=authority.ca_file)
        write(case)
        assert checkpoint_errands.run_due() == 1
        assert checkpoint_errands.run_due() == 0
        (trouble,) = checkpoints.troubles()
        assert (trouble.what, trouble.attempts) == ("시각 인증", 1)
        assert "503" in trouble.error
        authority.answers = True
        due_now()
        assert checkpoint_errands.run_due() == 1
    assert checkpoints.troubles() == []
    assert db.session.scalars(select(CheckpointStamp)).one()


def test_mail_takes_a_copy_out_that_can_be_read_again(set_to: Callable[..., None]) -> None:
    case = a_case()
    with a_mailbox() as box:
        set_to(mail_to="audit@example.go.kr", smtp_sender="sender@example.go.kr", smtp_port=box.port)
        row = write(case)
        before = checkpoints.window()
        assert checkpoint_errands.run_due() == 1
    assert before.copied is None
    (part,) = [p for p in email.message_from_string(box.messages[0]).walk() if p.get_filename()]
    assert read_file(part.get_payload(decode=True).decode()) == checkpoints.signed(row)
    copied = checkpoints.window().copied
    assert copied is not None
    assert copied.copies == ("전자우편",)


def test_the_window_is_what_came_after_the_newest_copy() -> None:
    case = a_case()
    actor = project_officer_of(case)
    assert checkpoints.window().copied is None
    assert checkpoints.window().events == 2
    row = write(case)
    with work():
        checkpoints.note_copy(actor, row, "downloaded", actor.name)
    # The checkpoint's own two events are newer than what it covers.
    assert (checkpoints.window().copied.number, checkpoints.window().events) == (1, 2)
    a_case()
    window = checkpoints.window()
    assert window.events == 4
    assert window.since is not None
    assert window.since >= row.recorded_at

"""A crash at any moment and a fault at any step lose nothing that was acknowledged and leave nothing half."""

from __future__ import annotations

import os
import random
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import event, select

from procurement.config import Settings
from procurement.domain.steps import Step
from procurement.extensions import db
from procurement.models import Case, Event
from procurement.models.base import ACROSS
from procurement.services import evidence, unit, verification, workflow
from tests.conftest import Trials
from tests.support.applications import ROOT, environment
from tests.support.factories import a_case, event_count, project_officer_of, work
from tests.support.walk import a_budget_sheet, save_document

pytestmark = pytest.mark.usefixtures("db_session")


def test_a_kill_at_any_moment_loses_no_acknowledged_event_and_leaves_no_row_without_bytes(
    app: Flask, settings: Settings, trials: Trials
) -> None:
    number, times = a_case().number, trials(4, 1000)
    seed = random.SystemRandom().getrandbits(32)
    # What was read here so far is of before; nothing may hold it on.
    db.session.rollback()
    done = subprocess.run(
        [sys.executable, "-m", "tests.support.crasher", number, str(times), str(seed)],
        cwd=ROOT,
        env=environment(settings),
        stdout=subprocess.PIPE,
        text=True,
    )
    assert done.returncode == 0, f"seed {seed}: a child ended before it was killed"
    query = select(Event.chain_id, Event.seq, Event.hash).execution_options(**{ACROSS: True})
    kept = {(str(row.chain_id), row.seq, row.hash) for row in db.session.execute(query)}
    acknowledged = [line.split() for line in done.stdout.splitlines()]
    assert acknowledged, f"seed {seed}: every child was killed before its first commit"
    lost = [told for told in acknowledged if (told[0], int(told[1]), told[2]) not in kept]
    assert lost == [], f"seed {seed}"
    report = verification.verify()
    assert report.broken is None, f"seed {seed}"
    print(f"seed {seed}: {times} kills, {len(acknowledged)} acknowledged, {len(kept)} events, 0 lost")


class _Faults:
    """Counts steps of input and output, and lets one of them fail."""

    def __init__(self, at: int) -> None:
        self.at, self.step = at, 0

    def __call__(self, *_arguments: object) -> None:
        self.step += 1
        if self.step == self.at:
            raise OSError("the disk is gone")

    def before(self, function: Callable[..., Any]) -> Callable[..., Any]:
        """``function``, which may fail before it does anything."""

        def run(*arguments: Any, **named: Any) -> Any:
            self()
            return function(*arguments, **named)

        return run


@contextmanager
def faults(at: int) -> Iterator[_Faults]:
    """Every step on files and on the database, of which number ``at`` (from 1) fails."""
    found = _Faults(at)
    with pytest.MonkeyPatch.context() as patch:
        for owner, name in (
            (os, "fsync"),
            (os, "open"),
            (Path, "open"),
            (Path, "chmod"),
            (Path, "replace"),
            (Path, "mkdir"),
        ):
            patch.setattr(owner, name, found.before(getattr(owner, name)))
        for kind in ("before_cursor_execute", "commit"):
            event.listen(db.engine, kind, found)
        try:
            yield found
        finally:
            for kind in ("before_cursor_execute", "commit"):
                event.remove(db.engine, kind, found)


def upload(case_id: object) -> None:
    """An upload of bytes that are new each time."""
    received = evidence.receive(BytesIO(os.urandom(3000)), "표본.bin")
    with unit.work():
        case = db.session.get_one(Case, case_id)
        evidence.attach(project_officer_of(case), case, received, purpose="other", step=None)


def complete(case_id: object) -> None:
    """The completion of ①."""
    with unit.work():
        case = db.session.get_one(Case, case_id)
        workflow.complete(project_officer_of(case), case, Step.BUDGET)


@pytest.mark.parametrize("act", [upload, complete])
def test_a_fault_at_any_step_leaves_everything_or_nothing(
    trials: Trials, act: Callable[[object], None]
) -> None:
    case = a_case()
    case_id = case.id
    with work():
        save_document(project_officer_of(case), case, Step.BUDGET, a_budget_sheet())
    at, every, failed = 1, trials(5, 1), 0
    while True:
        before = event_count()
        try:
            with faults(at) as found:
                act(case_id)
        except OSError:
            failed += 1
            assert event_count() == before, f"step {at}"
            assert verification.verify().holds, f"step {at}"
            at += every
            continue
        break
    assert found.step < at
    assert failed > 3
    assert event_count() == before + 1
    assert verification.verify().holds
    print(f"{act.__name__}: {failed} faults, nothing half")

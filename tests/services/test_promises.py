"""The promises about evidence, with a small count in every run and the full one under ``--prove``."""

from __future__ import annotations

import random
from collections import Counter
from pathlib import Path

import pytest
from flask import Flask

from procurement.adapters import signatures
from procurement.config import Settings
from procurement.extensions import db, writing
from procurement.models import Institution
from procurement.models.base import ACROSS
from procurement.services import checkpoints, institutions, unit, verification
from procurement.services.verification import Copy
from tests.conftest import Trials
from tests.services.test_verification import proved as proved
from tests.support.factories import work
from tests.support.rewriting import without_guards
from tests.support.trying import ImpossibleError, Trier


def a_copy() -> Copy:
    """A checkpoint of the present state, kept outside."""
    institution = db.session.scalars(db.select(Institution).execution_options(**{ACROSS: True})).one()
    unit.bind(str(institution.id))
    with work():
        row = checkpoints.write(institutions.operator(institution), "command")
        return Copy("copy.json", checkpoints.signed(row))


def test_random_attacks_are_all_found(
    proved: Flask, settings: Settings, trials: Trials, pytestconfig: pytest.Config
) -> None:
    seed = random.SystemRandom().getrandbits(32)
    dice, wanted = random.Random(seed), trials(120, 10_000)
    print(f"seed {seed}")
    copy = a_copy()
    db.session.rollback()
    tried: Counter[str] = Counter()
    token = writing.set(True)
    try:
        with db.engine.connect() as connection, connection.begin() as everything:
            without_guards(connection)
            key = signatures.load(settings.signing_key_file)
            trier = Trier(connection, dice, copy.signed.checkpoint, key, Path(settings.evidence_dir))
            names = list(trier.attacks())
            while tried.total() < wanted:
                # Every sort in turn, so that a small count meets each.
                name = names[tried.total() % len(names)]
                try:
                    with trier.tried(trier.attacks()[name]) as result:
                        report = verification.verify(copies=[copy], connection=connection)
                except ImpossibleError:
                    continue
                found = report.broken
                assert found is not None, f"seed {seed}: missed {name}"
                if result is not None:
                    assert found.what == f"장치 {result}", f"seed {seed}: {name}: {found}"
                else:
                    assert not found.what.startswith("장치"), f"seed {seed}: missed {name}"
                tried[name] += 1
            everything.rollback()
    finally:
        writing.reset(token)
    print(f"{tried.total():,} attacks on {db.engine.dialect.name}, 0 missed: {dict(tried)}")
    assert verification.verify(copies=[copy]).holds

"""The sample's bundle beside headless Chromium printing the same HTML."""

from __future__ import annotations

import pickle
import subprocess
import sys
import tempfile
from pathlib import Path

from flask import Flask
from sqlalchemy import select

from procurement.config import Settings
from procurement.domain.steps import Step
from procurement.extensions import db
from procurement.models import Case
from procurement.models.base import ACROSS
from procurement.services import bundle, bundle_render, unit
from tests.bench.engines import Chromium, write_page
from tests.bench.table import Row, row, side_by_side

RUNS = 3
GOAL = 1.0
# The benchmark's program starts a process of its own for this, with nothing read or warm.
COLD = "import pickle, sys; call, arguments = pickle.load(sys.stdin.buffer); call(*arguments)"


def rows(app: Flask, settings: Settings, number: str) -> list[Row]:
    """Printing the bundle of case ``number``: as the worker does, and by a process that has just started."""
    chromium = Chromium()
    with app.app_context(), tempfile.TemporaryDirectory() as name:
        data = collected(number)
        font_dir = settings.font_dir
        pages = bundle_render.render(data, font_dir).pages
        page = write_page(list(bundle_render.sections(data)), font_dir, Path(name))
        warm, reference = side_by_side(
            lambda: bundle_render.render(data, font_dir), lambda: chromium.print(page), RUNS
        )
        cold, beside_cold = side_by_side(
            lambda: from_the_start(data, font_dir), lambda: chromium.print(page), RUNS
        )
    what = f"bundle of the sample, {pages} pages (ms), beside Chromium"
    return [
        row(what, warm, reference, GOAL),
        row(f"{what}, program started anew", cold, beside_cold, GOAL),
    ]


def collected(number: str) -> bundle.BundleInput:
    """What the bundle of a case is printed from."""
    case = db.session.scalars(
        select(Case).where(Case.number == number).execution_options(**{ACROSS: True})
    ).one()
    unit.bind(str(case.institution_id))
    data = bundle.collect(case)
    unit.rollback()
    if data.decisions.search is None or not data.steps[Step.SEARCH].shown:
        raise RuntimeError(f"{number} has no search to print")
    return data


def from_the_start(data: bundle.BundleInput, font_dir: Path) -> None:
    """Print in a process that imports and reads everything first."""
    task = pickle.dumps((bundle_render.render, (data, font_dir)))
    subprocess.run([sys.executable, "-c", COLD], input=task, check=True)

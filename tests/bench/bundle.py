"""The sample's bundle beside headless Chromium printing the same HTML."""

from __future__ import annotations

import shutil
import subprocess
import tempfile
from pathlib import Path

from flask import Flask
from sqlalchemy import select

from procurement.adapters.fonts import font_paths
from procurement.config import ROOT, Settings
from procurement.extensions import db
from procurement.models import Case
from procurement.models.base import ACROSS
from procurement.services import bundle, bundle_render, unit
from tests.bench.table import Row, row, side_by_side

RUNS = 3
GOAL = 1.0


def rows(app: Flask, settings: Settings, number: str) -> list[Row]:
    """One row: printing the bundle of case ``number``, ours and Chromium's, start of the process included."""
    browser = shutil.which("chromium") or shutil.which("chromium-browser")
    if browser is None:
        raise RuntimeError("Chromium is needed as the reference; `make test` installs it.")
    with app.app_context():
        case = db.session.scalars(
            select(Case).where(Case.number == number).execution_options(**{ACROSS: True})
        ).one()
        unit.bind(str(case.institution_id))
        data = bundle.collect(case)
        pages = bundle_render.render(data, settings.font_dir).pages
        with tempfile.TemporaryDirectory() as folder:
            page = Path(folder) / "bundle.html"
            page.write_text(_one_page(data, settings), encoding="utf-8")
            value, reference = side_by_side(
                lambda: bundle_render.render(data, settings.font_dir),
                lambda: _chromium(browser, page, Path(folder)),
                RUNS,
            )
    return [row(f"bundle of the sample, {pages} pages (ms), beside Chromium", value, reference, GOAL)]


def _one_page(data: bundle.BundleInput, settings: Settings) -> str:
    css = (ROOT / "templates" / "bundle" / "base.css").read_text(encoding="utf-8")
    faces = font_paths(settings.font_dir)
    face = f"@font-face {{ font-family: Bench; src: url('{faces.regular.as_uri()}'); }}"
    face += " body { font-family: Bench; }"
    parts = "".join(
        f"<div style='page-break-before: always'><h1>{section.title}</h1>{section.html}</div>"
        for section in bundle_render.sections(data)
    )
    return f"<!doctype html><meta charset='utf-8'><style>{css}{face}</style>{parts}"


def _chromium(browser: str, page: Path, folder: Path) -> None:
    subprocess.run(
        [
            browser,
            "--headless",
            "--no-sandbox",
            "--disable-gpu",
            "--disable-background-networking",
            "--disable-component-update",
            "--no-first-run",
            f"--user-data-dir={folder / 'profile'}",
            f"--print-to-pdf={folder / 'reference.pdf'}",
            "--no-pdf-header-footer",
            page.as_uri(),
        ],
        check=True,
        capture_output=True,
    )

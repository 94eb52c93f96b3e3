"""Other engines that print the same HTML with the same stylesheet and face."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path

import weasyprint

from procurement.adapters.fonts import font_paths
from procurement.adapters.pdf import Section
from procurement.config import ROOT


def write_page(sections: Sequence[Section], font_dir: Path, folder: Path) -> Path:
    """Write the sections as one page of HTML, lying where the first of them lies; returns its path."""
    css = (ROOT / "templates" / "bundle" / "base.css").read_text(encoding="utf-8")
    face = f"@font-face {{ font-family: Bench; src: url('{font_paths(font_dir).regular.as_uri()}'); }}"
    face += " html, body, code { font-family: Bench; }"
    paper = "a4 landscape" if sections[0].landscape else "a4"
    face += f" @page {{ size: {paper}; margin: 20mm 18mm; }}"
    parts = "".join(
        f"<div style='page-break-before: always'><h1>{section.title}</h1>{section.html}</div>"
        for section in sections
    )
    page = folder / "document.html"
    page.write_text(
        f"<!doctype html><meta charset='utf-8'><style>{css}{face}</style>{parts}", encoding="utf-8"
    )
    return page


class Chromium:
    """Headless Chromium, started for each document as it is used."""

    def __init__(self) -> None:
        found = shutil.which("chromium") or shutil.which("chromium-browser")
        if found is None:
            raise RuntimeError("Chromium is needed as the reference; `make test` installs it.")
        self._browser = found

    def print(self, page: Path) -> None:
        """Print a page of HTML beside it."""
        subprocess.run(
            [
                self._browser,
                "--headless",
                "--no-sandbox",
                "--disable-gpu",
                "--disable-background-networking",
                "--disable-component-update",
                "--no-first-run",
                f"--user-data-dir={page.parent / 'profile'}",
                f"--print-to-pdf={page.parent / 'chromium.pdf'}",
                "--no-pdf-header-footer",
                page.as_uri(),
            ],
            check=True,
            capture_output=True,
        )


def print_with_weasyprint(page: Path) -> None:
    """Print a page of HTML beside it; the library is imported already, as our renderer is."""
    weasyprint.HTML(filename=str(page)).write_pdf(str(page.parent / "weasyprint.pdf"))

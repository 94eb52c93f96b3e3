"""What the tests of printed documents share: the two faces, and how to read a PDF back."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import cache
from pathlib import Path

import pypdfium2

from procurement.adapters.fonts import build_fonts
from procurement.adapters.pdf import RenderedPdf, render_simple
from procurement.config import Settings

CREATED = datetime(2026, 11, 21, 4, 5, 6, tzinfo=UTC)


@cache
def faces() -> Path:
    """Return the folder with both faces, made on first use (the set-up has usually made them)."""
    folder = Settings.from_environment().font_dir
    build_fonts(folder)
    return folder


def simple(body: str, *, title: str = "표본 문서", footer: str = "") -> RenderedPdf:
    """Print `body` alone."""
    return render_simple(body, title=title, font_dir=faces(), created=CREATED, footer=footer)


def texts(rendered: RenderedPdf) -> list[str]:
    """Return the text of each page, line ends as one kind."""
    with pypdfium2.PdfDocument(rendered.data) as document:
        pages = []
        for page in document:
            reader = page.get_textpage()
            pages.append(reader.get_text_bounded().replace("\r\n", "\n"))
            reader.close()
            page.close()
        return pages

"""PDF documents from HTML: the approval bundle, and shorter papers such as the termination checklist.

xhtml2pdf sets each section apart from the others. When their lengths are known the contents page is drawn,
everything is put together, and each page gets its number. The same input gives the same bytes, so that a
digest of the file can stand in an approval.

The engine is read when something is printed: the program has its documents printed by another process.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from procurement.adapters.pdf_parts import (
    COVER,
    Attachment,
    Metadata,
    Order,
    Part,
    PdfError,
    RenderedPdf,
    Section,
    Tell,
)

__all__ = [
    "COVER",
    "Attachment",
    "Part",
    "PdfError",
    "RenderedPdf",
    "Section",
    "Tell",
    "column_widths",
    "render_document",
    "render_simple",
]


def render_document(
    *,
    cover: str | Part | None,
    sections: Sequence[Section],
    title: str,
    author: str,
    subject: str,
    font_dir: Path,
    footer: str = "",
    created: datetime,
    contents: bool = True,
    attachments: Sequence[Attachment] = (),
    tell: Tell | None = None,
) -> RenderedPdf:
    """Return a document of cover, contents and sections with page numbers, bookmarks and attached files.

    `cover` is a body fragment, or its pages as rendered before. `footer` is a short line at the lower left of
    each page. `created` is an aware time; it is the only time in the file. Characters that the face does not
    have are printed as 〓 and named in the notes. `tell` is called before each section. Raises PdfError when
    something cannot be printed as it stands, FontsMissingError before the set-up has made the faces,
    ValueError for a naive time or two equal keys or names.
    """
    _check(sections, created)
    from procurement.adapters.pdf_press import print_document

    metadata = Metadata(title, author, subject, created.astimezone(UTC))
    return print_document(Order(metadata, font_dir, footer, cover, sections, contents, attachments), tell)


def render_simple(
    html_body: str,
    *,
    title: str,
    font_dir: Path,
    created: datetime,
    footer: str = "",
    author: str = "",
    subject: str = "",
    landscape: bool = False,
) -> RenderedPdf:
    """Return a paper without cover and contents, its heading included in `html_body`; see render_document."""
    _check((), created)
    from procurement.adapters.pdf_press import print_simple

    metadata = Metadata(title, author, subject, created.astimezone(UTC))
    return print_simple(Order(metadata, font_dir, footer), html_body, landscape)


def column_widths(*shares: float) -> list[str]:
    """Return widths in per cent, together 100, in proportion to `shares`, for the width of each <th>.

    Without widths all columns of a table come out equal.
    """
    if not shares or min(shares) <= 0:
        raise ValueError("열 너비의 비율은 0보다 큰 수로 하나 이상 주세요.")
    total = sum(shares)
    return [f"{100 * share / total:.2f}%" for share in shares]


def _check(sections: Sequence[Section], created: datetime) -> None:
    if created.tzinfo is None:
        raise ValueError("created must be an aware time")
    keys = [section.key for section in sections]
    if len(set(keys)) != len(keys):
        raise ValueError("section keys must differ")

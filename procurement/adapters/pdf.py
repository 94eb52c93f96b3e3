"""PDF documents from HTML: the approval bundle, and shorter papers such as the termination checklist.

xhtml2pdf sets each section apart from the others. When their lengths are known the contents page is drawn,
everything is put together, and each page gets its number. The same input gives the same bytes, so that a
digest of the file can stand in an approval.
"""

from __future__ import annotations

import html
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from procurement.adapters.fonts import FontPaths, covered_characters, font_paths
from procurement.adapters.pdf_assemble import Assembly, Attachment, Bookmark, Metadata, headings, page_count
from procurement.adapters.pdf_overlay import (
    ContentsEntry,
    ContentsLink,
    contents_page_count,
    draw_contents,
    draw_page_numbers,
)
from procurement.adapters.pdf_section import PageSetup, PdfError, render_html
from procurement.adapters.pdf_text import describe_missing, printable

__all__ = [
    "Attachment",
    "PdfError",
    "RenderedPdf",
    "Section",
    "column_widths",
    "render_document",
    "render_simple",
]

_OWN_HEADING = re.compile(r"\s*(?:<!--.*?-->\s*)*<h1\b", re.DOTALL | re.IGNORECASE)


@dataclass(frozen=True)
class Section:
    """A part that begins on a new page.

    `html` is a body fragment. Its title is printed as the <h1> unless the fragment opens with one. `level`
    1 is outermost in contents and bookmarks; headings <h2>–<h6> in the fragment become bookmarks below it.
    """

    key: str
    title: str
    html: str
    level: int = 1
    landscape: bool = False
    in_contents: bool = True


@dataclass(frozen=True)
class RenderedPdf:
    """The file, its length, the first page (from 1) of each section, and what is not shown as written."""

    data: bytes
    pages: int
    section_pages: Mapping[str, int]
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class _Part:
    section: Section
    data: bytes
    pages: int
    headings: tuple[Bookmark, ...]


class _Press:
    """Renders fragments with one pair of faces and remembers which characters could not be drawn."""

    def __init__(self, fonts: FontPaths) -> None:
        self.fonts = fonts
        self._covered = covered_characters(fonts.regular)
        self._missing: set[str] = set()

    def text(self, value: str) -> str:
        """Return `value` with drawable characters only."""
        clean, missing = printable(value, self._covered)
        self._missing.update(missing)
        return clean

    def section(self, section: Section) -> _Part:
        title = self.text(section.title)
        body = self.text(section.html)
        if not _OWN_HEADING.match(body):
            style = "" if section.level <= 1 else ' class="part"'
            body = f"<h1{style}>{html.escape(title)}</h1>{body}"
        data = render_html(body, fonts=self.fonts, setup=PageSetup(section.landscape), title=title)
        return _Part(section, data, page_count(data), headings(data))

    def page(self, body: str, title: str) -> bytes:
        return render_html(self.text(body), fonts=self.fonts, setup=PageSetup(), title=title)

    @property
    def notes(self) -> tuple[str, ...]:
        return describe_missing(self._missing)


def render_document(
    *,
    cover: str | None,
    sections: Sequence[Section],
    title: str,
    author: str,
    subject: str,
    font_dir: Path,
    footer: str = "",
    created: datetime,
    contents: bool = True,
    attachments: Sequence[Attachment] = (),
) -> RenderedPdf:
    """Return a document of cover, contents and sections with page numbers, bookmarks and attached files.

    `cover` is a body fragment. `footer` is a short line at the lower left of each page. `created` is an aware
    time; it is the only time in the file. Characters that the face does not have are printed as 〓 and named
    in the notes. Raises PdfError when something cannot be printed as it stands, FontsMissingError before the
    set-up has made the faces, ValueError for a naive time or two equal keys or names.
    """
    _check(sections, created)
    press = _Press(font_paths(font_dir))
    assembly = Assembly()
    if cover is not None:
        assembly.add(press.page(cover, title))
    cover_pages = len(assembly.sizes())
    parts = [press.section(section) for section in sections]
    listed = [part for part in parts if contents and part.section.in_contents]
    titles = [(press.text(part.section.title), part.section.level) for part in listed]
    contents_pages = contents_page_count(titles, press.fonts) if titles else 0
    starts = _starts(parts, cover_pages + contents_pages)
    entries = [
        ContentsEntry(text, level, starts[part.section.key])
        for (text, level), part in zip(titles, listed, strict=True)
    ]
    front = [("표지", 0)] if cover is not None else []
    links: tuple[ContentsLink, ...] = ()
    if entries:
        drawn, links = draw_contents(entries, press.fonts)
        assembly.add(drawn)
        front.append(("목차", cover_pages))
    for part in parts:
        assembly.add(part.data)
    assembly.clean_pages()
    assembly.link(links, cover_pages)
    metadata = Metadata(title, author, subject, created.astimezone(UTC))
    return _finished(assembly, press, _bookmarks(front, parts, starts), metadata, footer, attachments, starts)


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
    press = _Press(font_paths(font_dir))
    body = press.text(html_body)
    data = render_html(body, fonts=press.fonts, setup=PageSetup(landscape), title=title)
    assembly = Assembly()
    assembly.add(data)
    assembly.clean_pages()
    metadata = Metadata(title, author, subject, created.astimezone(UTC))
    return _finished(assembly, press, headings(data), metadata, footer, (), {})


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


def _starts(parts: Sequence[_Part], pages_before: int) -> dict[str, int]:
    starts: dict[str, int] = {}
    page = pages_before + 1
    for part in parts:
        starts[part.section.key] = page
        page += part.pages
    return starts


def _bookmarks(
    front: Sequence[tuple[str, int]], parts: Sequence[_Part], starts: Mapping[str, int]
) -> list[Bookmark]:
    """Return the outline: what stands in front as (title, page from 0), then sections with their headings."""
    bookmarks = [Bookmark(title, 1, page) for title, page in front]
    for part in parts:
        first, level = starts[part.section.key] - 1, part.section.level
        bookmarks.append(Bookmark(part.section.title, level, first))
        # The first heading is the section's own, which stands above under the section's title.
        bookmarks += [
            Bookmark(heading.title, level + max(heading.level - 1, 1), first + heading.page)
            for heading in part.headings[1:]
        ]
    return bookmarks


def _finished(
    assembly: Assembly,
    press: _Press,
    bookmarks: Sequence[Bookmark],
    metadata: Metadata,
    footer: str,
    attachments: Sequence[Attachment],
    starts: Mapping[str, int],
) -> RenderedPdf:
    sizes = assembly.sizes()
    assembly.stamp(draw_page_numbers(sizes, press.text(footer), press.fonts))
    assembly.outline(bookmarks)
    assembly.attach(attachments, metadata.created)
    assembly.describe(metadata)
    return RenderedPdf(assembly.finish(), len(sizes), dict(starts), press.notes)

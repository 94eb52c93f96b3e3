"""PDF documents from HTML: the approval bundle, and shorter papers such as the termination checklist.

xhtml2pdf sets each section apart from the others. When their lengths are known the contents page is drawn,
everything is put together, and each page gets its number. The same input gives the same bytes, so that a
digest of the file can stand in an approval.
"""

from __future__ import annotations

import html
import os
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from procurement.adapters.fonts import FontPaths, font_paths
from procurement.adapters.pdf_assemble import Assembly, Attachment, Bookmark, Metadata
from procurement.adapters.pdf_faces import covered_characters
from procurement.adapters.pdf_overlay import (
    CONTENTS_PAGE,
    ContentsEntry,
    ContentsLink,
    contents_page_count,
    draw_contents,
    draw_page_numbers,
)
from procurement.adapters.pdf_parts import Part
from procurement.adapters.pdf_section import PageSetup, PdfError, render_html
from procurement.adapters.pdf_share import made_by_two
from procurement.adapters.pdf_text import describe_missing, printable

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

# Key of the cover among the pages that a document was made of.
COVER = "cover"

# How far a document is: sections done, sections in all, pages so far, title of the section at hand.
Tell = Callable[[int, int, int, str], None]

_OWN_HEADING = re.compile(r"\s*(?:<!--.*?-->\s*)*<h1\b", re.DOTALL | re.IGNORECASE)


@dataclass(frozen=True)
class Section:
    """A part that begins on a new page.

    `html` is a body fragment. Its title is printed as the <h1> unless the fragment opens with one. `level`
    1 is outermost in contents and bookmarks; headings <h2>–<h6> in the fragment become bookmarks below it.
    `ready`: pages rendered before from the same input; the fragment is not looked at then.
    """

    key: str
    title: str
    html: str
    level: int = 1
    landscape: bool = False
    in_contents: bool = True
    ready: Part | None = None


@dataclass(frozen=True)
class RenderedPdf:
    """The file, its length, the first page (from 1) of each section, and what is not shown as written.

    `parts` holds the pages of those sections that were not ready, and of the cover under COVER, for another
    document to take.
    """

    data: bytes
    pages: int
    section_pages: Mapping[str, int]
    notes: tuple[str, ...] = ()
    parts: Mapping[str, Part] = field(default_factory=dict)


class _Press:
    """Renders fragments with one pair of faces and remembers which characters could not be drawn."""

    def __init__(self, fonts: FontPaths) -> None:
        self.fonts = fonts
        self._covered = covered_characters(fonts)
        self._missing: set[str] = set()

    def text(self, value: str) -> str:
        """Return `value` with drawable characters only."""
        clean, missing = printable(value, self._covered)
        self._missing.update(missing)
        return clean

    def noted(self, part: Part) -> Part:
        """Return the pages, having noted what they could not draw."""
        self._missing.update(part.missing)
        return part

    def render(self, section: Section) -> Part:
        """Return the pages of a section."""
        title, missing = printable(section.title, self._covered)
        body, missing_in_body = printable(section.html, self._covered)
        if not _OWN_HEADING.match(body):
            style = "" if section.level <= 1 else ' class="part"'
            body = f"<h1{style}>{html.escape(title)}</h1>{body}"
        data = render_html(body, fonts=self.fonts, setup=PageSetup(section.landscape), title=title)
        return Part.of(data, (*missing, *missing_in_body))

    def page(self, body: str, title: str, landscape: bool = False) -> Part:
        """Return the pages of a fragment without a heading of its own."""
        return Part.of(
            render_html(self.text(body), fonts=self.fonts, setup=PageSetup(landscape), title=title)
        )

    def cover(self, given: str | Part, title: str) -> Part:
        """Return the pages of the cover, those that are ready as they are."""
        if isinstance(given, str):
            body, missing = printable(given, self._covered)
            given = Part.of(render_html(body, fonts=self.fonts, setup=PageSetup(), title=title), missing)
        return self.noted(given)

    @property
    def notes(self) -> tuple[str, ...]:
        return describe_missing(self._missing)


@dataclass(frozen=True)
class _Laid:
    """A section with its pages."""

    section: Section
    part: Part


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
    press = _Press(font_paths(font_dir))
    front = [press.cover(cover, title)] if cover is not None else []
    laid = _lay(press, sections, tell)
    listed = [one for one in laid if contents and one.section.in_contents]
    titles = [(press.text(one.section.title), one.section.level) for one in listed]
    cover_pages = sum(part.pages for part in front)
    contents_pages = contents_page_count(titles, press.fonts) if titles else 0
    starts = _starts(laid, cover_pages + contents_pages)
    named = [("표지", 0)] if front else []
    links: tuple[ContentsLink, ...] = ()
    if titles:
        pages = [starts[one.section.key] for one in listed]
        entries = [ContentsEntry(*title, page) for title, page in zip(titles, pages, strict=True)]
        drawn, links = draw_contents(entries, press.fonts)
        front.append(Part(drawn, (CONTENTS_PAGE,) * contents_pages, ()))
        named.append(("목차", cover_pages))
    document = _Document(Metadata(title, author, subject, created.astimezone(UTC)), footer, attachments)
    parts = [*front, *(one.part for one in laid)]
    data = _put_together(document, press, parts, _bookmarks(named, laid, starts), links, cover_pages)
    made = {one.section.key: one.part for one in laid if one.section.ready is None}
    if isinstance(cover, str):
        made[COVER] = front[0]
    return RenderedPdf(data, sum(part.pages for part in parts), starts, press.notes, made)


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
    part = press.page(html_body, title, landscape)
    document = _Document(Metadata(title, author, subject, created.astimezone(UTC)), footer)
    data = _put_together(document, press, [part], part.headings)
    return RenderedPdf(data, part.pages, {}, press.notes)


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


def _lay(press: _Press, sections: Sequence[Section], tell: Tell | None) -> list[_Laid]:
    """Render the sections that are not ready, the work shared by two processes where that can be."""
    waiting = {section.key: section for section in sections if section.ready is None}
    here, done = os.getpid(), len(sections) - len(waiting)
    pages = sum(section.ready.pages for section in sections if section.ready is not None)

    def render(key: str) -> Part:
        nonlocal done, pages
        # The copy that shares the work has the same line to whoever asked, and must keep off it.
        if tell is not None and os.getpid() == here:
            tell(min(done, len(sections)), len(sections), pages, waiting[key].title)
        part = press.render(waiting[key])
        done, pages = done + 1, pages + part.pages
        return part

    weights = {key: len(section.html) for key, section in waiting.items()}
    made = made_by_two(render, weights, (PdfError,))
    return [_Laid(section, press.noted(section.ready or made[section.key])) for section in sections]


def _starts(laid: Sequence[_Laid], pages_before: int) -> dict[str, int]:
    starts: dict[str, int] = {}
    page = pages_before + 1
    for one in laid:
        starts[one.section.key] = page
        page += one.part.pages
    return starts


def _bookmarks(
    front: Sequence[tuple[str, int]], laid: Sequence[_Laid], starts: Mapping[str, int]
) -> list[Bookmark]:
    """Return the outline: what stands in front as (title, page from 0), then sections with their headings."""
    bookmarks = [Bookmark(title, 1, page) for title, page in front]
    for one in laid:
        first, level = starts[one.section.key] - 1, one.section.level
        bookmarks.append(Bookmark(one.section.title, level, first))
        # The first heading is the section's own, which stands above under the section's title.
        bookmarks += [
            Bookmark(heading.title, level + max(heading.level - 1, 1), first + heading.page)
            for heading in one.part.headings[1:]
        ]
    return bookmarks


@dataclass(frozen=True)
class _Document:
    """What a document is beside its pages."""

    metadata: Metadata
    footer: str = ""
    attachments: Sequence[Attachment] = ()


def _put_together(
    document: _Document,
    press: _Press,
    parts: Sequence[Part],
    bookmarks: Sequence[Bookmark],
    links: Sequence[ContentsLink] = (),
    links_from: int = 0,
) -> bytes:
    assembly = Assembly(document.metadata, document.attachments)
    for part in parts:
        assembly.add(part.data)
    assembly.link(links, links_from)
    sizes = [size for part in parts for size in part.sizes]
    overlay, stamps = draw_page_numbers(sizes, press.text(document.footer), press.fonts)
    assembly.stamp(stamps, overlay)
    assembly.outline(bookmarks)
    return assembly.finish()

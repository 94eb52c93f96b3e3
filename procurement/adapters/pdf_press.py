"""A document put together: sections rendered, contents drawn when their lengths are known, pages numbered.

This is where the engine is read; `pdf` is what the program knows of it.
"""

from __future__ import annotations

import html
import os
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from procurement.adapters.fonts import FontPaths, font_paths
from procurement.adapters.pdf_assemble import Assembly
from procurement.adapters.pdf_faces import covered_characters
from procurement.adapters.pdf_inspect import inspect
from procurement.adapters.pdf_overlay import (
    CONTENTS_PAGE,
    ContentsEntry,
    ContentsLink,
    contents_page_count,
    draw_contents,
    draw_page_numbers,
)
from procurement.adapters.pdf_parts import (
    COVER,
    Bookmark,
    Order,
    Part,
    PdfError,
    RenderedPdf,
    Section,
    Tell,
)
from procurement.adapters.pdf_section import PageSetup, render_html
from procurement.adapters.pdf_share import made_by_two
from procurement.adapters.pdf_text import describe_missing, printable

_OWN_HEADING = re.compile(r"\s*(?:<!--.*?-->\s*)*<h1\b", re.DOTALL | re.IGNORECASE)


def _looked_at(data: bytes, missing: Iterable[str] = ()) -> Part:
    """Look at pages just rendered and read what they say of themselves.

    Raises PdfError when its pages cannot be archived, so that no document has to be looked at whole: what
    is put around the sections is the same for all.
    """
    seen = inspect(data)
    if seen.complaints:
        raise PdfError("PDF를 보존용(PDF/A-3b)으로 만들 수 없습니다: " + " / ".join(seen.complaints[:5]))
    return Part(data, seen.sizes, seen.headings, tuple(sorted(set(missing))))


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
        return _looked_at(data, (*missing, *missing_in_body))

    def page(self, body: str, title: str, landscape: bool = False) -> Part:
        """Return the pages of a fragment without a heading of its own."""
        return _looked_at(
            render_html(self.text(body), fonts=self.fonts, setup=PageSetup(landscape), title=title)
        )

    def cover(self, given: str, title: str) -> Part:
        """Return the pages of the cover."""
        body, missing = printable(given, self._covered)
        data = render_html(body, fonts=self.fonts, setup=PageSetup(), title=title)
        return _looked_at(data, missing)

    @property
    def notes(self) -> tuple[str, ...]:
        return describe_missing(self._missing)


@dataclass(frozen=True)
class _Laid:
    """A section with its pages."""

    section: Section
    part: Part


def print_document(order: Order, tell: Tell | None = None) -> RenderedPdf:
    """Print what `render_document` says."""
    press = _Press(font_paths(order.font_dir))
    made = _made(press, order, tell)
    front = []
    if order.cover is not None:
        front.append(press.noted(order.cover if isinstance(order.cover, Part) else made[COVER]))
    laid = [_Laid(one, press.noted(one.ready or made[one.key])) for one in order.sections]
    listed = [one for one in laid if order.contents and one.section.in_contents]
    titles = [(press.text(one.section.title), one.section.level) for one in listed]
    cover_pages = sum(part.pages for part in front)
    contents_pages = contents_page_count(titles, press.fonts) if titles else 0
    starts = _starts(laid, cover_pages + contents_pages)
    named = [("표지", 0)] if front else []
    links: tuple[ContentsLink, ...] = ()
    if titles:
        pages = [starts[one.section.key] for one in listed]
        entries = [ContentsEntry(*one, page) for one, page in zip(titles, pages, strict=True)]
        drawn, links = draw_contents(entries, press.fonts)
        front.append(Part(drawn, (CONTENTS_PAGE,) * contents_pages, ()))
        named.append(("목차", cover_pages))
    parts = [*front, *(one.part for one in laid)]
    data = _put_together(order, press, parts, _bookmarks(named, laid, starts), links, cover_pages)
    return RenderedPdf(data, sum(part.pages for part in parts), starts, press.notes, made)


def print_simple(order: Order, body: str, landscape: bool) -> RenderedPdf:
    """Print what `render_simple` says."""
    press = _Press(font_paths(order.font_dir))
    part = press.page(body, order.metadata.title, landscape)
    data = _put_together(order, press, [part], part.headings)
    return RenderedPdf(data, part.pages, {}, press.notes)


def _made(press: _Press, order: Order, tell: Tell | None) -> dict[str, Part]:
    """Render what is not ready, the work shared by two processes where that can be."""
    waiting = {section.key: section for section in order.sections if section.ready is None}
    here, total, done = os.getpid(), len(order.sections), len(order.sections) - len(waiting)
    pages = sum(section.ready.pages for section in order.sections if section.ready is not None)

    def render(key: str) -> Part:
        nonlocal done, pages
        if key == COVER:
            return press.cover(str(order.cover), order.metadata.title)
        # The copy that shares the work has the same line to whoever asked, and must keep off it.
        if tell is not None and os.getpid() == here:
            tell(min(done, total), total, pages, waiting[key].title)
        part = press.render(waiting[key])
        done, pages = done + 1, pages + part.pages
        return part

    texts = {key: section.html for key, section in waiting.items()}
    if isinstance(order.cover, str):
        texts[COVER] = order.cover
    return made_by_two(render, {key: len(text) for key, text in texts.items()}, (PdfError,))


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


def _put_together(
    order: Order,
    press: _Press,
    parts: Sequence[Part],
    bookmarks: Sequence[Bookmark],
    links: Sequence[ContentsLink] = (),
    links_from: int = 0,
) -> bytes:
    assembly = Assembly(order.metadata, order.attachments)
    for part in parts:
        assembly.add(part.data)
    assembly.link(links, links_from)
    sizes = [size for part in parts for size in part.sizes]
    overlay, stamps = draw_page_numbers(sizes, press.text(order.footer), press.fonts)
    assembly.stamp(stamps, overlay)
    assembly.outline(bookmarks)
    return assembly.finish()

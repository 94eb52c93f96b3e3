"""Pages just rendered: what they say of themselves, and whether they are fit for the archive."""

from __future__ import annotations

import io
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import pikepdf
from fontTools.ttLib.tables._g_l_y_f import Glyph
from pikepdf import pdfa
from pikepdf.pdfa import _fontprogram, _fonts

from procurement.adapters.pdf_assemble import ARCHIVAL, clean
from procurement.adapters.pdf_parts import Bookmark

# Outlines of glyphs that were read whole, as they stand in a face.
_READABLE: set[bytes] = set()
# First byte of an outline: below this the number of its contours is not negative.
_NEGATIVE = 0x80


@dataclass(frozen=True)
class Inspection:
    """What pages say of themselves: width and height of each in points, the headings that the engine noted,
    in order, and what keeps them from going into a PDF/A-3b, nothing when all is well.
    """

    sizes: tuple[tuple[float, float], ...]
    headings: tuple[Bookmark, ...]
    complaints: tuple[str, ...]


def inspect(data: bytes) -> Inspection:
    """Look at pages just rendered."""
    with pikepdf.open(io.BytesIO(data)) as pdf:
        numbers = {page.obj.objgen: index for index, page in enumerate(pdf.pages)}
        boxes = [page.mediabox for page in pdf.pages]
        sizes = tuple((float(box[2]) - float(box[0]), float(box[3]) - float(box[1])) for box in boxes)
        with pdf.open_outline() as outline:
            headings = tuple(_flat(outline.root, numbers, 1))
        return Inspection(sizes, headings, tuple(_complaints(pdf)))


def _complaints(pdf: pikepdf.Pdf) -> Iterator[str]:
    for page in pdf.pages:
        clean(page.obj)
    made = pdfa.prepare(pdf, ARCHIVAL)
    # A document is prepared before it has pages: theirs have to be right as they come.
    if made.interpolation_removed or made.annotations_removed or made.print_flags_set:
        yield "the pages hold pictures or annotations that an archive does not take"
    if made.base_encodings_added:
        yield "a font of the pages lacks its encoding"
    report = pdfa.check(pdf, ARCHIVAL)
    if not report.passed:
        yield from (f"{one.rule} {one.message}" for one in report.findings)


def _flat(
    items: Sequence[pikepdf.OutlineItem], numbers: dict[tuple[int, int], int], level: int
) -> Iterator[Bookmark]:
    for item in items:
        destination = item.destination
        if isinstance(destination, pikepdf.Array):
            yield Bookmark(item.title, level, numbers[destination[0].objgen])
        yield from _flat(item.children, numbers, level + 1)


def read_ahead(outlines: Iterable[bytes]) -> Iterator[None]:
    """Read outlines that documents will hold, one at each step; what a document then holds is known already.

    Outlines put together from others are left out: a subset numbers those anew.
    """
    for outline in outlines:
        if outline[:1] and outline[0] < _NEGATIVE:
            Glyph(outline).expand(None)
            _READABLE.add(outline)
            yield


class _Program(_fontprogram.TrueTypeProgram):
    """An embedded face of which an outline is read that was not read before.

    Each section carries the outlines of its characters, and reading them again for each is half of what
    validation takes. Outlines of the same bytes are read with the same result.
    """

    def has_gid(self, gid: int) -> bool:
        """Whether there is a glyph of that number, and its outline can be read."""
        if self._cff is not None or not 0 <= gid < self._num_glyphs:
            return bool(super().has_gid(gid))
        try:
            outline = getattr(self._font["glyf"].glyphs[self._order[gid]], "data", None)
        except Exception:  # noqa: BLE001 - whatever is wrong with a face, the library says it
            outline = None
        if outline is not None and outline in _READABLE:
            return True
        found = bool(super().has_gid(gid))
        if found and outline is not None:
            _READABLE.add(outline)
        return found


# The library has no other way to be given a reader of faces.
_fonts.TrueTypeProgram = _Program  # type: ignore[attr-defined]

"""The two faces as ReportLab knows them: read once in a process, measured and drawn by name."""

from __future__ import annotations

import struct
import warnings
from functools import lru_cache
from pathlib import Path
from typing import Any
from weakref import WeakKeyDictionary

with warnings.catch_warnings():
    # The library's own use of what Python has deprecated is its to mend.
    warnings.simplefilter("ignore", DeprecationWarning)
    from reportlab import rl_config
    from reportlab.lib.fonts import addMapping
    from reportlab.pdfbase.pdfmetrics import registerFont
    from reportlab.pdfbase.ttfonts import TTEncoding, TTFont, TTFontFace

from procurement.adapters.fonts import FontPaths

FAMILY = "paper"
REGULAR, BOLD = "paper-regular", "paper-bold"
# Width of a character that the face says nothing of, in thousandths of the size.
_DEFAULT_WIDTH = 1000
# Of the table of characters: the platform that the library prefers, and the form with groups of them.
_WINDOWS, _GROUPED = 3, 12
_NO_BREAK_SPACE = 0xA0


class Face(TTFontFace):  # type: ignore[misc]
    """A face whose tables are read whole, not number by number: there are 20,000 characters in it.

    Every attribute comes to what the library reads itself.
    """

    def extractInfo(self, charInfo: int = 1) -> None:  # noqa: N802, N803 - the library's names
        """Read names and metrics of the face, and with `charInfo` what it knows of each character."""
        self._kept: dict[str, bytes] = {}
        groups = self._groups() if charInfo else None
        super().extractInfo(charInfo if groups is None else 0)
        if groups is not None:
            self._read_characters(groups)

    def get_table(self, tag: str) -> bytes:
        """Return a table; the one of all outlines, which every subset asks for, is copied once."""
        table = self._kept.get(tag)
        if table is None:
            table = self._kept[tag] = bytes(super().get_table(tag))
        return table

    def outline(self, char: str) -> bytes:
        """Return the outline of a character as a subset of the face holds it, nothing for none."""
        glyph = self.charToGlyph.get(ord(char), 0)
        outline = self.get_table("glyf")[self.glyphPos[glyph] : self.glyphPos[glyph + 1]]
        return outline + b"\0" * (-len(outline) % 4)

    def _groups(self) -> bytes | None:
        """The groups of characters (format 12) of the table that the library takes, if it is of that form."""
        table = self.get_table("cmap")
        (count,) = struct.unpack_from(">H", table, 2)
        records = list(struct.iter_unpack(">HHL", table[4 : 4 + 8 * count]))
        platform, _encoding, at = records[-1]
        if platform != _WINDOWS or struct.unpack_from(">H", table, at) != (_GROUPED,):
            return None
        (groups,) = struct.unpack_from(">L", table, at + 12)
        return table[at + 16 : at + 16 + 12 * groups]

    def _read_characters(self, groups: bytes) -> None:
        glyphs: dict[int, int] = {}
        for start, end, first in struct.iter_unpack(">LLL", groups):
            glyphs.update(zip(range(start, end + 1), range(first, first + end - start + 1), strict=True))
        if ord(" ") in glyphs:
            glyphs[_NO_BREAK_SPACE] = glyphs[ord(" ")]
        self.charToGlyph = glyphs
        count = self.numGlyphs
        (full,) = struct.unpack_from(">H", self.get_table("hhea"), 34)
        table = self.get_table("hmtx")
        numbers = struct.unpack_from(f">{2 * full + count - full}H", table)
        advances, bearings = list(numbers[: 2 * full : 2]), list(numbers[1 : 2 * full : 2])
        # The others are as wide as the last of these.
        advances += [advances[-1]] * (count - full)
        self.hmetrics = list(zip(advances, [*bearings, *numbers[2 * full :]], strict=True))
        widths = [self._pdfScale(advance) for advance in advances]
        self.defaultWidth = widths[0]
        self.charWidths = {char: widths[glyph] for char, glyph in glyphs.items()}
        (long,) = struct.unpack_from(">H", self.get_table("head"), 50)
        places = struct.unpack_from(f">{count + 1}{'L' if long else 'H'}", self.get_table("loca"))
        self.glyphPos = list(places) if long else [place << 1 for place in places]


class _Font(TTFont):  # type: ignore[misc]
    """A font of the library with such a face."""

    def __init__(self, name: str, path: Path) -> None:
        # What the library's own sets, but for the face.
        self.fontName = name
        self.face = Face(str(path))
        self.encoding = TTEncoding()
        self.state: WeakKeyDictionary[Any, Any] = WeakKeyDictionary()
        self._asciiReadable = rl_config.ttfAsciiReadable
        self.shapable = False


class Measure:
    """Widths of words in one face, in thousandths of the size; words come again, so each is added up once."""

    def __init__(self, font: TTFont) -> None:
        self.face: Face = font.face
        self._widths: dict[int, float] = font.face.charWidths
        self._words: dict[str, float] = {}
        self.covered = frozenset(self._widths)
        """Code points that the face can draw."""

    def word(self, text: str) -> float:
        """Return the width of `text` set in size 1000."""
        width = self._words.get(text)
        if width is None:
            width = sum(self._widths.get(ord(char), _DEFAULT_WIDTH) for char in text)
            self._words[text] = width
        return width


def register_faces(fonts: FontPaths) -> dict[str, Measure]:
    """Make both faces known to ReportLab under REGULAR and BOLD; returns how wide their words are.

    A second call with the same files costs nothing.
    """
    return _registered(*((path, path.stat().st_mtime_ns) for path in (fonts.regular, fonts.bold)))


def covered_characters(fonts: FontPaths) -> frozenset[int]:
    """Return the code points that the faces can draw; both are cut from one source."""
    return register_faces(fonts)[REGULAR].covered


@lru_cache(maxsize=1)
def _registered(regular: tuple[Path, int], bold: tuple[Path, int]) -> dict[str, Measure]:
    measures = {}
    for name, (path, _) in ((REGULAR, regular), (BOLD, bold)):
        font = _Font(name, path)
        registerFont(font)
        measures[name] = Measure(font)
    # Korean has no italic: emphasis stays upright, and must not come out bold.
    for is_bold, name in ((0, REGULAR), (1, BOLD)):
        for is_italic in (0, 1):
            addMapping(FAMILY, is_bold, is_italic, name)
    return measures

"""The two faces as ReportLab knows them: read once in a process, measured and drawn by name."""

from __future__ import annotations

import warnings
from functools import lru_cache
from pathlib import Path

with warnings.catch_warnings():
    # The library's own use of what Python has deprecated is its to mend.
    warnings.simplefilter("ignore", DeprecationWarning)
    from reportlab.lib.fonts import addMapping
    from reportlab.pdfbase.pdfmetrics import registerFont
    from reportlab.pdfbase.ttfonts import TTFont

from procurement.adapters.fonts import FontPaths

FAMILY = "paper"
REGULAR, BOLD = "paper-regular", "paper-bold"
# Width of a character that the face says nothing of, in thousandths of the size.
_DEFAULT_WIDTH = 1000


class Measure:
    """Widths of words in one face, in thousandths of the size; words come again, so each is added up once."""

    def __init__(self, font: TTFont) -> None:
        self._widths: dict[int, float] = font.face.charWidths
        self._words: dict[str, float] = {}

    def word(self, text: str) -> float:
        """Return the width of `text` set in size 1000."""
        width = self._words.get(text)
        if width is None:
            width = sum(self._widths.get(ord(char), _DEFAULT_WIDTH) for char in text)
            self._words[text] = width
        return width


def register_faces(fonts: FontPaths) -> dict[str, Measure]:
    """Make both faces known to ReportLab under REGULAR and BOLD; returns how wide their words are.

    Reading a face takes a tenth of a second; a second call with the same files costs nothing.
    """
    return _registered(*((path, path.stat().st_mtime_ns) for path in (fonts.regular, fonts.bold)))


@lru_cache(maxsize=1)
def _registered(regular: tuple[Path, int], bold: tuple[Path, int]) -> dict[str, Measure]:
    measures = {}
    for name, (path, _) in ((REGULAR, regular), (BOLD, bold)):
        font = TTFont(name, str(path))
        registerFont(font)
        measures[name] = Measure(font)
    # Korean has no italic: emphasis stays upright, and must not come out bold.
    for is_bold, name in ((0, REGULAR), (1, BOLD)):
        for is_italic in (0, 1):
            addMapping(FAMILY, is_bold, is_italic, name)
    return measures

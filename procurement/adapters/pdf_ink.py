"""Areas, lines and text written straight into the content stream of a ReportLab page."""

from __future__ import annotations

import warnings
from typing import Any
from weakref import WeakKeyDictionary

with warnings.catch_warnings():
    # The library's own use of what Python has deprecated is its to mend.
    warnings.simplefilter("ignore", DeprecationWarning)
    from reportlab.pdfbase.pdfmetrics import getFont

from procurement.adapters.pdf_css import Colour, Line
from procurement.adapters.pdf_words import Ink

_Shown = tuple[tuple[str, str], ...]
# For each document, what stands in its content stream for a text in a face.
_SHOWN: WeakKeyDictionary[Any, dict[tuple[str, str], _Shown]] = WeakKeyDictionary()


class Pen:
    """Collects what to draw and hands it to the canvas when it is done, areas and lines below the text."""

    def __init__(self, canvas: Any) -> None:
        self._canvas = canvas
        self._document = canvas._doc
        self._shown = _SHOWN.setdefault(self._document, {})
        self._drawn: list[str] = []
        self._texts: list[str] = []
        self._fill: Colour | None = None
        self._line: Line | None = None
        self._text_colour: Colour | None = None
        self._font: tuple[str, float] | None = None

    def area(self, x: float, y: float, width: float, height: float, colour: Colour) -> None:
        """Fill a rectangle; its lower left corner and size in points."""
        if colour != self._fill:
            self._fill = colour
            self._drawn.append(f"{_colour(colour)} rg")
        self._drawn.append(f"{x:.2f} {y:.2f} {width:.2f} {height:.2f} re f")

    def line(self, x0: float, y0: float, x1: float, y1: float, line: Line) -> None:
        """Draw a straight line from one point to another."""
        if line != self._line:
            self._line = line
            self._drawn.append(f"{line[0]:.2f} w {_colour(line[1])} RG")
        self._drawn.append(f"{x0:.2f} {y0:.2f} m {x1:.2f} {y1:.2f} l S")

    def text(self, x: float, y: float, text: str, ink: Ink) -> None:
        """Write on a baseline that begins at (x, y)."""
        if not text:
            return
        if ink.colour != self._text_colour:
            self._text_colour = ink.colour
            self._texts.append(f"{_colour(ink.colour)} rg")
        self._texts.append(f"1 0 0 1 {x:.2f} {y:.2f} Tm")
        for font, shown in self._codes(ink.face, text):
            if (font, ink.size) != self._font:
                self._font = (font, ink.size)
                self._texts.append(f"{font} {ink.size:g} Tf")
            self._texts.append(f"({shown}) Tj")

    def done(self) -> None:
        """Write everything into the page."""
        text = ["BT", *self._texts, "ET"] if self._texts else []
        self._canvas._code.append("\n".join(["q", *self._drawn, *text, "Q"]))

    def _codes(self, face: str, text: str) -> _Shown:
        """The text as the subsets of the face have it: name of the subset's font, and its string."""
        known = self._shown.get((face, text))
        if known is None:
            font = getFont(face)
            known = self._shown[face, text] = tuple(
                (font.getSubsetInternalName(subset, self._document), self._canvas._escape(codes))
                for subset, codes in font.splitString(text, self._document)
            )
        return known


def _colour(colour: Colour) -> str:
    return "{:.3f} {:.3f} {:.3f}".format(*colour)

"""Words broken into the lines of a table's cell.

Lines break at spaces. A word wider than its column is broken inside, after a sign such as the slash of an
address or before a bracket where there is one near the end of the line, else anywhere.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple, TypeAlias

from procurement.adapters.pdf_css import Colour, Style
from procurement.adapters.pdf_faces import BOLD, REGULAR, Measure

_BREAK_AFTER = frozenset("/-_.?&=,;:·)]}~")
_BREAK_BEFORE = frozenset("([{“‘「")


class Ink(NamedTuple):
    """How a run of characters is set: name of its face, size and line height in points, colour."""

    face: str
    size: float
    line_height: float
    colour: Colour
    nowrap: bool


# Text set in one ink.
Run: TypeAlias = tuple[str, Ink]


@dataclass(frozen=True, slots=True)
class TextLine:
    """A line: what stands in it with the distance of each run from its left end; all in points."""

    runs: tuple[tuple[float, str, Ink], ...]
    width: float
    height: float
    ascent: float


class _Word(NamedTuple):
    runs: tuple[Run, ...]
    width: float
    # Ink of the space before it; the space of a line's first word is not set.
    space: Ink


def ink_of(style: Style) -> Ink:
    """Return the ink of a style."""
    face = BOLD if style.bold else REGULAR
    return Ink(face, style.size, style.line_height, style.colour, style.nowrap)


class Setter:
    """Breaks text into lines; the same text in the same room is broken once."""

    def __init__(self, measures: Mapping[str, Measure]) -> None:
        self._measures = measures
        self._known: dict[tuple[tuple[Run, ...], float], tuple[TextLine, ...]] = {}

    def width(self, text: str, ink: Ink) -> float:
        """Return the width of `text` in points."""
        return self._measures[ink.face].word(text) * ink.size / 1000

    def lines(self, runs: tuple[Run, ...], room: float) -> tuple[TextLine, ...]:
        """Return the lines of `runs`, whose spaces are single already, none wider than `room` points."""
        known = self._known.get((runs, room))
        if known is None:
            known = self._known[runs, room] = tuple(self._break(runs, room))
        return known

    def _break(self, runs: tuple[Run, ...], room: float) -> list[TextLine]:
        if len(runs) == 1:
            text, ink = runs[0]
            width = self.width(text, ink)
            if width <= room:
                return [TextLine(((0.0, text, ink),), width, ink.line_height, ink.size)]
        lines: list[TextLine] = []
        line: list[_Word] = []
        taken = 0.0
        for word in self._words(runs):
            space = self.width(" ", word.space)
            if line and (taken + space + word.width <= room or word.space.nowrap):
                line.append(word)
                taken += space + word.width
                continue
            if line:
                lines.append(self._line(line))
            *broken, last = self._pieces(word, room)
            lines += [self._line([piece]) for piece in broken]
            line, taken = [last], last.width
        return [*lines, self._line(line)]

    def _words(self, runs: Sequence[Run]) -> list[_Word]:
        """Words with the runs they are made of: `<b>가</b>나` is one word of two runs."""
        words: list[_Word] = []
        open_word: list[Run] = []
        space = runs[0][1]
        for text, ink in runs:
            first, *others = text.split(" ")
            if first:
                open_word.append((first, ink))
            for other in others:
                if open_word:
                    words.append(self._word(open_word, space))
                open_word = [(other, ink)] if other else []
                space = ink
        if open_word or not words:
            words.append(self._word(open_word or [("", runs[-1][1])], space))
        return words

    def _word(self, runs: Sequence[Run], space: Ink) -> _Word:
        return _Word(tuple(runs), sum(self.width(text, ink) for text, ink in runs), space)

    def _pieces(self, word: _Word, room: float) -> list[_Word]:
        """Break a word wider than the room; one that fits is a piece of its own."""
        if word.width <= room:
            return [word]
        chars = [(char, ink, self.width(char, ink)) for text, ink in word.runs for char in text]
        pieces = []
        while chars:
            end = _end(chars, room)
            runs: list[Run] = []
            for char, ink, _ in chars[:end]:
                if runs and runs[-1][1] is ink:
                    runs[-1] = (runs[-1][0] + char, ink)
                else:
                    runs.append((char, ink))
            pieces.append(self._word(runs, word.space))
            chars = chars[end:]
        return pieces

    def _line(self, words: Sequence[_Word]) -> TextLine:
        parts: list[tuple[float, str, Ink]] = []
        at = 0.0
        for number, word in enumerate(words):
            runs = word.runs if number == 0 else ((" ", word.space), *word.runs)
            for text, ink in runs:
                if parts and parts[-1][2] == ink:
                    parts[-1] = (parts[-1][0], parts[-1][1] + text, ink)
                else:
                    parts.append((at, text, ink))
                at += self.width(text, ink)
        inks = [ink for _, _, ink in parts]
        return TextLine(tuple(parts), at, max(ink.line_height for ink in inks), max(ink.size for ink in inks))


def _end(chars: Sequence[tuple[str, Ink, float]], room: float) -> int:
    """How many of the characters go on this line, at least one."""
    taken, fits = 0.0, 0
    for _, _, width in chars:
        taken += width
        if taken > room and fits:
            break
        fits += 1
    if fits == len(chars):
        return fits
    for end in range(fits, fits // 2, -1):
        if chars[end - 1][0] in _BREAK_AFTER or chars[end][0] in _BREAK_BEFORE:
            return end
    return fits

"""What the print stylesheet says of tables, for those that are drawn without the HTML engine.

The stylesheet is the one source of how a document looks. Of CSS this reads what it uses: selectors of tags,
classes and `:first-child` one below another, lengths in points, line heights in per cent.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import TypeAlias, TypeVar

_RULE = re.compile(r"([^{}]+)\{([^{}]*)\}")
_COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)
_COMPOUND = re.compile(r"([a-z][a-z0-9]*)?((?:\.[\w-]+)*)(:first-child)?")
_POINTS = re.compile(r"(-?[\d.]+)(?:pt)?")
_BORDER = re.compile(r"([\d.]+)pt solid (#[0-9a-f]{6})")
_SIDES = ("top", "right", "bottom", "left")

_Value = TypeVar("_Value")
# Top, right, bottom, left.
Four: TypeAlias = tuple[_Value, _Value, _Value, _Value]
Colour: TypeAlias = tuple[float, float, float]
# Width in points and colour.
Line: TypeAlias = tuple[float, Colour]
# A tag, its classes, and whether it is the first of its parent.
Element: TypeAlias = tuple[str, frozenset[str], bool]


@dataclass(frozen=True)
class Style:
    """How an element is drawn; lengths in points. The first block of fields passes on to what is inside."""

    size: float = 10.0
    line_height: float = 15.0
    bold: bool = False
    colour: Colour = (0.0, 0.0, 0.0)
    align: str = "left"
    nowrap: bool = False

    valign: str = "top"
    padding: Four[float] = (0.0, 0.0, 0.0, 0.0)
    margin: Four[float] = (0.0, 0.0, 0.0, 0.0)
    borders: Four[Line | None] = (None, None, None, None)
    background: Colour | None = None
    height: float = 0.0

    @property
    def for_children(self) -> Style:
        """What an element inside begins with."""
        return Style(self.size, self.line_height, self.bold, self.colour, self.align, self.nowrap)


@dataclass(frozen=True)
class _Part:
    tag: str
    classes: frozenset[str]
    first: bool

    def fits(self, element: Element) -> bool:
        tag, classes, first = element
        return (not self.tag or self.tag == tag) and self.classes <= classes and (first or not self.first)


@dataclass(frozen=True)
class _Rule:
    parts: tuple[_Part, ...]
    weight: tuple[int, int, int]
    declarations: tuple[tuple[str, str], ...]

    def fits(self, path: Sequence[Element]) -> bool:
        """Whether the last part fits the last element and the others fit some above it, in order."""
        if not self.parts[-1].fits(path[-1]):
            return False
        wanted = len(self.parts) - 2
        for element in reversed(path[:-1]):
            if wanted < 0:
                break
            if self.parts[wanted].fits(element):
                wanted -= 1
        return wanted < 0


@dataclass
class Sheet:
    """A stylesheet; `style` gives how the last element of a path is drawn."""

    rules: list[_Rule]
    _known: dict[tuple[Element, ...], Style] = field(default_factory=dict)

    def style(self, path: tuple[Element, ...]) -> Style:
        """Return the style of the last element of `path`, which begins with the outermost."""
        known = self._known.get(path)
        if known is None:
            above = self.style(path[:-1]).for_children if len(path) > 1 else Style()
            known = self._known[path] = self._apply(path, above)
        return known

    def _apply(self, path: tuple[Element, ...], style: Style) -> Style:
        if path[-1][0] in ("b", "strong"):
            style = replace(style, bold=True)
        found = [rule for rule in self.rules if rule.fits(path)]
        found.sort(key=lambda rule: rule.weight)
        declared: dict[str, str] = {}
        for rule in found:
            for name, value in rule.declarations:
                # Later declarations come later also for those that set a side of an earlier one.
                declared.pop(name, None)
                declared[name] = value
        # A line height in per cent is one of the element's own size.
        for name in sorted(declared, key=lambda name: name != "font-size"):
            style = _declare(style, name, declared[name])
        return style


def parse(text: str) -> Sheet:
    """Read a stylesheet; raises ValueError for a selector that is not understood."""
    rules = []
    for order, match in enumerate(_RULE.finditer(_COMMENT.sub("", text))):
        declarations = tuple(
            (name.strip(), value.strip())
            for name, colon, value in (part.partition(":") for part in match[2].split(";"))
            if colon
        )
        for selector in match[1].split(","):
            parts = tuple(_part(compound) for compound in selector.split())
            classes = sum(len(part.classes) + part.first for part in parts)
            tags = sum(bool(part.tag) for part in parts)
            rules.append(_Rule(parts, (classes, tags, order), declarations))
    return Sheet(rules)


def _part(compound: str) -> _Part:
    match = _COMPOUND.fullmatch(compound)
    if match is None:
        raise ValueError(f"a selector that is not understood: {compound}")
    return _Part(match[1] or "", frozenset(match[2].split(".")) - {""}, match[3] is not None)


_READERS: dict[str, Callable[[Style, str], Style]] = {
    "font-size": lambda style, value: replace(style, size=_points(value)),
    "line-height": lambda style, value: replace(style, line_height=style.size * _per_cent(value)),
    "font-weight": lambda style, value: replace(style, bold=value == "bold"),
    "color": lambda style, value: replace(style, colour=_colour(value)),
    "text-align": lambda style, value: replace(style, align=value),
    "vertical-align": lambda style, value: replace(style, valign=value),
    "white-space": lambda style, value: replace(style, nowrap=value == "nowrap"),
    "background-color": lambda style, value: replace(style, background=_colour(value)),
    "height": lambda style, value: replace(style, height=_points(value)),
    "padding": lambda style, value: replace(style, padding=_four(value)),
    "margin": lambda style, value: replace(style, margin=_four(value)),
    "border": lambda style, value: replace(style, borders=(_line(value),) * 4),
}


def _declare(style: Style, name: str, value: str) -> Style:
    """Return `style` with one declaration; what concerns no table is passed over."""
    reader = _READERS.get(name)
    if reader is not None:
        return reader(style, value)
    kind, _, side = name.partition("-")
    if side in _SIDES and kind in ("padding", "border"):
        at = _SIDES.index(side)
        if kind == "padding":
            return replace(style, padding=_with(style.padding, at, _points(value)))
        return replace(style, borders=_with(style.borders, at, _line(value)))
    return style


def _with(values: Four[_Value], at: int, value: _Value) -> Four[_Value]:
    top, right, bottom, left = (value if at == index else old for index, old in enumerate(values))
    return top, right, bottom, left


def _per_cent(value: str) -> float:
    return float(value.removesuffix("%")) / 100


def _points(value: str) -> float:
    match = _POINTS.fullmatch(value)
    return float(match[1]) if match else 0.0


def _four(value: str) -> Four[float]:
    """Top, right, bottom, left as CSS fills them up from one to four values."""
    given = [_points(part) for part in value.split()]
    top, right, bottom, left = (given * 4)[:4] if len(given) in (1, 2, 4) else (*given, given[1])
    return top, right, bottom, left


def _line(value: str) -> Line | None:
    match = _BORDER.fullmatch(value)
    return (float(match[1]), _colour(match[2])) if match else None


def _colour(value: str) -> Colour:
    if not re.fullmatch(r"#[0-9a-f]{6}", value):
        raise ValueError(f"a colour that is not understood: {value}")
    red, green, blue = (int(value[at : at + 2], 16) / 255 for at in (1, 3, 5))
    return red, green, blue

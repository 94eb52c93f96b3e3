"""The facts that one result states: labelled pairs, attributes, named classes, badges, and the name."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from procurement.adapters.pages_names import name_of, only_text
from procurement.adapters.pages_tree import Node
from procurement.adapters.pages_values import (
    DESC_WORDS,
    EMPHASIS,
    PROVIDER_WORDS,
    Part,
    simple_text,
    value_text,
)
from procurement.adapters.pages_words import badge_of, is_name
from procurement.domain.catalogue import (
    SERVICE_ID,
    field_of_label,
    label_rank,
    service_type_of,
    tidy,
    yes_no,
)

_LABEL_TAGS = frozenset(("dt", "th"))
_PAIR = re.compile(r"(?:^|[|/·,;ㅣ│]|\s)\s*([가-힣A-Za-z][가-힣A-Za-z ]{0,14}?)\s*[:：]\s*")
_TAIL = re.compile(r"\s+[|ㅣ│]\s.*$|[\s|/·,;ㅣ│]+$")


@dataclass
class Reading:
    """Raw texts by field, other labelled texts, and for each field the label that named it."""

    facts: dict[str, str] = field(default_factory=dict)
    extra: list[tuple[str, str]] = field(default_factory=list)
    labels: dict[str, str] = field(default_factory=dict)
    several_ids: bool = False

    def take(self, name: str, text: str, label: str) -> None:
        """Keep a labelled text; of two for one field the surer label wins and the other becomes extra."""
        if not text or self.facts.get(name) == text:
            return
        held = self.labels.get(name)
        if name not in self.facts or (held and label_rank(name, label) < label_rank(name, held)):
            if held:
                self.extra.append((held, self.facts[name]))
            self.facts[name], self.labels[name] = text, label
        else:
            self.extra.append((label, text))


def read(parts: Sequence[Part]) -> Reading:
    """Read one result, given as the run of elements and texts that make it up."""
    reading = Reading()
    nodes = [node for part in parts if isinstance(part, Node) for node in part.walk()]
    tops = {part for part in parts if isinstance(part, Node)}
    labels = _read_pairs(nodes, tops, reading)
    for text in _bare_texts(nodes, parts):
        _read_inline(text, reading)
    read_marks(nodes, labels, reading)
    ids = {one for node in nodes for one in node.ids if len(node.ids) == 1 or one in node.text} | {
        one for part in parts if isinstance(part, str) for one in SERVICE_ID.findall(part)
    }
    reading.several_ids = len(ids) > 1
    if len(ids) == 1:
        reading.facts["service_id"] = ids.pop()
    name = reading.facts.get("service_name", "")
    if not is_name(name):
        found = name_of(nodes, labels) or only_text(parts)
        reading.facts["service_name"] = found or ""
    return reading


def read_marks(nodes: list[Node], labels: set[Node], reading: Reading) -> None:
    """Add what attributes, named classes and badges say to a reading; what is in it already stays."""
    for node in nodes:
        _read_attributes(node, reading)
    _read_classes(nodes, labels, reading)


def is_label(node: Node) -> str | None:
    """The field that an element names as a label, else ``None``."""
    if len(node.elements) > 3:
        return None
    text = node.text
    if not 0 < len(text) <= 24 or any(child.text == text for child in node.elements):
        return None
    loose = node.tag in _LABEL_TAGS or text.endswith((":", "："))
    return field_of_label(text, loose=loose)


def _read_pairs(nodes: list[Node], tops: set[Node], reading: Reading) -> set[Node]:
    labels: set[Node] = set()
    for node in nodes:
        name = is_label(node)
        if name is None and (node.tag != "th" or not 0 < len(node.text) <= 30):
            continue
        value = _below(node) if node.tag == "th" else ""
        value = value or following(node, tops)
        if not value:
            continue
        labels.add(node)
        if name is not None:
            reading.take(name, value, node.text)
        else:
            reading.extra.append((node.text.rstrip(" :："), value))
    return labels


def _below(head: Node) -> str:
    """The cell under a header cell of a small table that has a row of header cells and one row of values."""
    row = head.parent
    if row is None or row.parent is None or len(row.elements) < 2:
        return ""
    rows = [
        line
        for part in (row.parent.parent or row).elements
        for line in [part, *part.elements]
        if line.tag == "tr"
    ]
    cells = rows[1].elements if len(rows) == 2 and rows[0] is row else []
    if len(cells) != len(row.elements) or any(cell.tag != "th" for cell in row.elements):
        return ""
    return value_text(cells[row.elements.index(head)])


def following(label: Node, tops: set[Node]) -> str:
    """The value that stands behind a label: the next element or text, here or one box further out."""
    node = label
    while node.parent is not None:
        value, met = _next_value(node.parent.children[node.at + 1 : node.at + 12])
        if met or value:
            return value
        if node in tops or node.parent.text != label.text:
            return ""
        node = node.parent
    return ""


def _next_value(siblings: Sequence[Part]) -> tuple[str, bool]:
    """The first value among the siblings and whether something other than a value stood in the way."""
    words: list[str] = []
    for sibling in siblings:
        if isinstance(sibling, str):
            words.append(sibling if words else sibling.lstrip(" \t\r\n:：\xa0"))
        elif words and tidy("".join(words)):
            if sibling.tag not in EMPHASIS or sibling.tag == "br" or is_label(sibling):
                break
            words.append(value_text(sibling))
        elif is_label(sibling) or sibling.tag in _LABEL_TAGS:
            return "", True
        elif sibling.text:
            return value_text(sibling).lstrip(" :："), True
    return _TAIL.sub("", tidy("".join(words))), False


def _bare_texts(nodes: list[Node], parts: Sequence[Part]) -> Iterator[str]:
    for part in parts:
        if isinstance(part, str):
            yield part
    for node in nodes:
        for child in node.children:
            if isinstance(child, str) and (":" in child or "：" in child):
                yield child


def _read_inline(text: str, reading: Reading) -> None:
    """Facts of a line such as ``제공자: 표본회사 | 유형: SaaS``."""
    line = tidy(text)
    found = (
        [(m, field_of_label(m.group(1))) for m in _PAIR.finditer(line)] if ":" in line or "：" in line else []
    )
    known = [(match, name) for match, name in found if name]
    ends = [match.start() for match, _ in known[1:]] + [len(line)]
    for (match, name), end in zip(known, ends, strict=bool(known)):
        value = _TAIL.sub("", line[match.end() : end])
        if value and name:
            reading.take(name, value.strip(), match.group(1))


def _read_attributes(node: Node, reading: Reading) -> None:
    for key, text in node.attrs.items():
        name = field_of_label(key[5:]) if key.startswith("data-") else None
        if name is None or name in reading.facts or name == "service_id":
            continue
        if name == "service_type" and not service_type_of(text):
            continue
        if name in {"in_mall", "innovation"} and yes_no(text) is None:
            continue
        reading.facts[name] = tidy(text)


def _read_classes(nodes: list[Node], labels: set[Node], reading: Reading) -> None:
    badges: dict[str, set[str]] = {}
    for node in nodes:
        if len(node.elements) > 3:
            _read_class(node, reading)
            continue
        text = node.text
        if not text or node in labels or any(child.text == text for child in node.elements):
            continue
        badge = badge_of(text)
        if badge is not None:
            badges.setdefault(badge[0], set()).add(badge[1])
        elif "class" in node.attrs:
            if is_label(node) is None:
                _read_class(node, reading)
        elif node.tag in {"span", "em"} and node.parent is not None and node.parent.tag == "dt":
            _read_maker(node, reading)
    for name, values in badges.items():
        if len(values) == 1 and name not in reading.facts:
            reading.facts[name] = values.pop()


def _read_class(node: Node, reading: Reading) -> None:
    words = node.words() if "class" in node.attrs else frozenset()
    if words & PROVIDER_WORDS and "provider_name" not in reading.facts:
        text = simple_text(node)
        if text and is_name(text):
            reading.facts["provider_name"] = text.lstrip(" :：")
    elif words & DESC_WORDS and "description" not in reading.facts:
        reading.facts["description"] = value_text(node)


def _read_maker(node: Node, reading: Reading) -> None:
    """In the thumbnail list of the predecessor portal the head is the linked name and then its maker."""
    thumbs = any("type-thumb" in box.classes for box in node.ancestors())
    if thumbs and "provider_name" not in reading.facts and is_name(node.text):
        reading.facts["provider_name"] = node.text

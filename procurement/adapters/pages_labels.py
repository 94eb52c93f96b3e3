"""The words that a saved page itself calls its facts by, for a person to say what each of them means.

A page of an unknown make is refused when its words are unknown. What a person then says of them is kept for
all pages with the same words: they tell the layout, whatever the page's address and class names.
"""

import hashlib
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from procurement.adapters.pages_tables import grid_of
from procurement.adapters.pages_text import page_text
from procurement.adapters.pages_tree import Node, build
from procurement.domain.catalogue import field_of_label, label_key

LONGEST_LABEL = 30
MOST_LABELS = 60
SAMPLES = 3
_SAMPLE_LENGTH = 60


@dataclass(frozen=True)
class PageLabel:
    """A header word of the page, with what stands under it or beside it in its first places.

    ``key`` is the word as it is compared; ``field`` what the program takes it for (``""``: nothing).
    """

    key: str
    text: str
    samples: tuple[str, ...]
    field: str


def labels_of(data: bytes, *, declared_encoding: str | None = None) -> tuple[PageLabel, ...]:
    """Header words of a saved page in their order; empty when it has none.

    Raises InvalidInput for a file that is no page, TooLarge above 30 MB.
    """
    root, _ = build(page_text(data, declared_encoding)[0])
    texts: dict[str, str] = {}
    samples: dict[str, list[str]] = {}
    for label, value in _pairs(root):
        key = label_key(label)
        if not key or (key not in texts and len(texts) >= MOST_LABELS):
            continue
        texts.setdefault(key, label.rstrip(" :："))
        kept = samples.setdefault(key, [])
        if value and value not in kept and len(kept) < SAMPLES:
            kept.append(value if len(value) <= _SAMPLE_LENGTH else value[: _SAMPLE_LENGTH - 1] + "…")
    return tuple(
        PageLabel(key, text, tuple(samples[key]), field_of_label(text) or "") for key, text in texts.items()
    )


def layout_key(labels: tuple[PageLabel, ...]) -> str:
    """What all pages with these words share, as a SHA-256 in hex; ``""`` without a word."""
    words = sorted(label.key for label in labels)
    return hashlib.sha256("\n".join(words).encode()).hexdigest() if words else ""


def _pairs(root: Node) -> Iterator[tuple[str, str]]:
    """Header words with their values: heads of tables over their columns, and terms before their text."""
    nodes = list(root.walk())
    terms = Counter(node.text for node in nodes if node.tag == "dt")
    for node in nodes:
        if node.tag == "table":
            yield from _of_table(node)
        elif _is_term(node) and (node.tag != "dt" or terms[node.text] > 1 or field_of_label(node.text)):
            # A term that stands there once is as likely the name of a service.
            yield node.text, _beside(node)


def _of_table(table: Node) -> Iterator[tuple[str, str]]:
    grid = grid_of(table)
    head = [cell for cell in grid[0] if cell is not None] if len(grid) > 1 else []
    if len(head) < 2 or any(len(cell.text) > LONGEST_LABEL for cell in head) or not _is_head(head):
        return
    for column, cell in enumerate(head):
        for line in grid[1 : SAMPLES + 1]:
            value = line[column] if column < len(line) else None
            if value is not None:
                yield cell.text, value.text


def _is_head(cells: list[Node]) -> bool:
    """Header cells by their tag, or cells of which two at least are known words."""
    known = sum(field_of_label(cell.text) is not None for cell in cells)
    return all(cell.tag == "th" for cell in cells) or (known > 1 and all(c.tag == "td" for c in cells))


def _is_term(node: Node) -> bool:
    text = node.text
    if not 0 < len(text) <= LONGEST_LABEL or len(node.elements) > 2:
        return False
    if node.tag == "th":
        return node.parent is not None and any(cell.tag == "td" for cell in node.parent.elements)
    return node.tag == "dt" or (text.endswith((":", "：")) and not node.elements)


def _beside(term: Node) -> str:
    """What stands behind a term: the next element, else the bare text behind it."""
    if term.parent is None:
        return ""
    for sibling in term.parent.children[term.at + 1 : term.at + 4]:
        text = sibling.strip() if isinstance(sibling, str) else sibling.text
        if text:
            return " ".join(text.split()).lstrip(" :：")
    return ""

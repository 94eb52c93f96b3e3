"""What an element says, without buttons, marks and text meant for screen readers only."""

from procurement.adapters.pages_tree import BLOCK, Node
from procurement.adapters.pages_words import badge_of, is_action
from procurement.domain.catalogue import tidy

Part = Node | str
EMPHASIS = frozenset(("b", "strong", "em", "mark", "i", "u", "font", "br", "wbr", "small", "big"))
_CONTROLS = frozenset(("button", "select", "input", "textarea", "sup", "img"))
_BLIND = frozenset(("blind", "sr-only", "screen_out", "screen-out", "visually-hidden", "ir", "txt_hidden"))
_HIGHLIGHT = frozenset(("keyword", "highlight", "hl", "kwd", "mark", "search", "match", "hit"))
PROVIDER_WORDS = frozenset(
    (
        "provider",
        "prvdr",
        "provdr",
        "company",
        "cmpny",
        "corp",
        "corporation",
        "vendor",
        "maker",
        "mnfctr",
        "manufacturer",
        "supplier",
        "firm",
        "entrps",
        "seller",
        "enterprise",
        "cmp",
        "mfr",
    )
)
DESC_WORDS = frozenset(("desc", "description", "summary", "explain", "intro", "dsc", "expln"))


def value_text(part: Part) -> str:
    """The text of a value, without buttons, marks such as NEW, and text meant for screen readers only."""
    if isinstance(part, str):
        return tidy(part)
    if not part.elements and not part.classes & _BLIND:
        return part.text
    out: list[str] = []
    stack: list[Part] = [part]
    while stack:
        item = stack.pop()
        if isinstance(item, str):
            out.append(item)
        elif (item.tag not in _CONTROLS or item is part) and not item.classes & _BLIND:
            gap = " " if item.tag in BLOCK else ""
            if item is not part and len(item.text) <= 24 and is_action(item.text):
                continue
            out.append(gap)
            stack.append(gap)
            stack.extend(reversed(item.children))
    return tidy("".join(out))


def simple_text(node: Node) -> str | None:
    """The text of an element that says one thing: bare text with emphasis, or one such element alone."""
    shown = [c for c in node.elements if c.tag not in _CONTROLS and value_text(c) and not c.classes & _BLIND]
    bare = any(isinstance(child, str) and child.strip() for child in node.children)
    marks = {c for c in shown if is_action(c.text) or badge_of(c.text)} if bare else set()
    shown = [child for child in shown if child not in marks]
    if all(_is_emphasis(child) for child in shown) and (bare or len(shown) <= 1):
        kept = [c if isinstance(c, str) else c.raw for c in node.children if isinstance(c, str) or c in shown]
        return tidy("".join(kept))
    return simple_text(shown[0]) if len(shown) == 1 and not bare else None


def _is_emphasis(node: Node) -> bool:
    return not node.elements and (node.tag in EMPHASIS or bool(node.words() & _HIGHLIGHT))

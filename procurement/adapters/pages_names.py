"""The name of a service when no label gives it."""

import re
from collections.abc import Iterator, Sequence

from procurement.adapters.pages_tree import Node
from procurement.adapters.pages_values import DESC_WORDS, PROVIDER_WORDS, Part, simple_text
from procurement.adapters.pages_words import is_name
from procurement.domain.catalogue import SERVICE_ID, field_of_label, label_key, tidy

_HEADINGS = frozenset(("h1", "h2", "h3", "h4", "h5", "h6", "dt"))
_NAME_WORDS = frozenset(("name", "nm", "title", "tit", "ttl", "subject", "subj", "sbj", "svcnm", "srvcnm"))
_NUMBERING = re.compile(r"^\s*(?:\d{1,4}\s*[.)]\s*|[-•▪■□○●·*]\s*)")


def name_of(nodes: list[Node], labels: set[Node]) -> str | None:
    """The name when no label gives it: linked text, then what is marked as title, then a heading."""
    free = [node for node in nodes if node not in labels and not node.words() & PROVIDER_WORDS]
    links = [node for node in free if node.tag in {"a", "button"} and (node.ids or _leads_to_detail(node))]
    marked = _names(node for node in free if node.words() & _NAME_WORDS)
    headings = _names(node for node in free if node.tag in _HEADINGS)
    linked = _names(node for node in links if not node.words() & DESC_WORDS)
    for names in (linked, marked, headings):
        if len(names) == 1:
            return names[0]
    both = [name for name in linked or marked if name in marked or name in headings]
    if both:
        return both[0]
    if linked:
        return None
    if headings:
        return headings[0] if headings[0] in marked or not marked else None
    return _last_resort(free, links)


def _last_resort(free: list[Node], links: list[Node]) -> str | None:
    strong = _names(node for node in free if node.tag in {"strong", "b"})
    other = _names(node for node in free if node.tag == "a")
    pictures = [tidy(n.attrs.get("alt", "")) for link in links for n in link.walk() if n.tag == "img"]
    for names in (strong, other, list(dict.fromkeys(filter(is_name, pictures)))):
        if len(names) == 1:
            return names[0]
    return None


def _leads_to_detail(node: Node) -> bool:
    target = f"{node.attrs.get('href', '')} {node.attrs.get('onclick', '')}".lower()
    return "detail" in target or "view" in target


def _names(nodes: Iterator[Node]) -> list[str]:
    """The different names among the texts of the elements, in order."""
    found: dict[str, None] = {}
    for node in nodes:
        text = simple_text(node)
        if text:
            text = _without_id(text)
        if (
            text
            and is_name(text)
            and field_of_label(text, loose=False) is None
            and not label_key(text).isdigit()
        ):
            found[text] = None
    return list(found)


def _without_id(text: str) -> str:
    bare = re.sub(rf"[(\[<]?\s*{SERVICE_ID.pattern}\s*[)\]>]?", " ", text)
    return tidy(_NUMBERING.sub("", tidy(bare)))


def only_text(parts: Sequence[Part]) -> str | None:
    """The name when a result is a single run of text: the text beside the id, if nothing else is in it."""
    shown = [part for part in parts if (part.strip() if isinstance(part, str) else part.text)]
    if len(shown) != 1:
        return None
    part = shown[0]
    text = tidy(part) if isinstance(part, str) else simple_text(part)
    if not text or not SERVICE_ID.search(text):
        return None
    bare = _without_id(text)
    return (
        bare
        if is_name(bare) and len(bare) <= 60 and not re.search(r"[|/,:：;·]|\s[-–]\s|다\.$", bare)
        else None
    )

"""Whether a group of services on a page is the result of the search or something beside it."""

import re

from procurement.adapters.pages_count import may_state, stated_in
from procurement.adapters.pages_tables import Found
from procurement.adapters.pages_tree import Node
from procurement.adapters.pages_words import (
    ASIDE_ROLES,
    ASIDE_TAGS,
    ASIDE_WORDS,
    is_aside_heading,
    is_result_heading,
)
from procurement.domain.catalogue import service_type_of

ASIDE = "aside"
RESULT = "result"
OPEN = ""
_HEADINGS = frozenset(("h1", "h2", "h3", "h4", "h5", "h6", "caption", "legend", "strong", "summary"))
_NO_HEADING = frozenset(
    ("a", "button", "li", "label", "option", "form", "ul", "nav", "select", "input", "td")
)
_TITLES = ("aria-label", "summary", "title", "data-title")
_NEARBY = 300


def set_roles(root: Node, groups: list[Found]) -> None:
    """Decide for each group whether it is a result, something beside the results, or open."""
    signed = _signed(root, groups)
    for group in groups:
        group.role = _role(group, signed)


def section_type(group: Found) -> str | None:
    """The service type that the heading right above a group names (``SaaS 3건``), else ``None``."""
    node = group.box
    while not _before(node) and node.parent is not None and node.parent.keys == node.keys:
        node = node.parent
    for sibling in _before(node)[:2]:
        found = _type_in(sibling if isinstance(sibling, str) else sibling.text)
        if found:
            return found
    return None


def is_one_list(groups: list[Found]) -> bool:
    """Whether several groups are parts of one list: of one shape, side by side, only types between them."""
    parents = {group.box.parent for group in groups}
    if len(groups) == 1:
        return True
    parent = parents.pop()
    if parents or parent is None or len({group.shape for group in groups}) > 1:
        return False
    boxes = {group.box for group in groups}
    places = [box.at for box in boxes]
    between = parent.children[min(places) : max(places)]
    return all(_may_stand_between(child, boxes) for child in between)


def _may_stand_between(child: Node | str, boxes: set[Node]) -> bool:
    if isinstance(child, str):
        return not child.strip()
    pictured = any(part.tag == "img" for part in child.walk())
    return child in boxes or _type_in(child.text) is not None or (not child.text and not pictured)


def _type_in(text: str) -> str | None:
    return service_type_of(re.sub(r"[\d,()\s]|건|개", "", text)) if len(text) < 30 else None


def _signed(root: Node, groups: list[Found]) -> set[Node]:
    """Elements that hold a sign of a search (its count or its heading) outside the services themselves."""
    taken = {node for group in groups for node in group.nodes}
    signed: set[Node] = set()
    stack = [root]
    while stack:
        node = stack.pop()
        if node in taken:
            continue
        stack.extend(node.elements)
        if len(node.elements) <= 8 and 0 < len(node.text) <= 80 and _is_sign(node.text):
            signed.update((node, *node.ancestors()))
    return signed


def _is_sign(text: str) -> bool:
    if not may_state(text) or is_aside_heading(text):
        return False
    stated = stated_in(text, [], [])
    return is_result_heading(text) or bool(stated.found or stated.total)


def _role(group: Found, signed: set[Node]) -> str:
    first = group.nodes[0] if group.nodes else group.box
    role = (_heading_before(first) if first is not group.box else OPEN) or _own_heading(group.box)
    node = group.box
    while not role and node.parent is not None:
        if node not in signed and _is_beside(node):
            group.by_class = node.tag not in ASIDE_TAGS and node.attrs.get("role", "") not in ASIDE_ROLES
            return ASIDE
        role = _heading_before(node)
        node = node.parent
        role = role or _own_heading(node)
    return role


def _is_beside(node: Node) -> bool:
    named = "class" in node.attrs or "id" in node.attrs
    return (
        node.tag in ASIDE_TAGS
        or node.attrs.get("role", "") in ASIDE_ROLES
        or (named and node.tag != "body" and bool(node.words() & ASIDE_WORDS))
    )


def _own_heading(node: Node) -> str:
    texts = [node.attrs[name] for name in _TITLES if name in node.attrs]
    texts += [child.text for child in node.elements if child.tag in {"caption", "legend"}]
    return next((role for text in texts if (role := _of(text))), OPEN)


def _heading_before(node: Node) -> str:
    for sibling in _before(node):
        if isinstance(sibling, str):
            role = _of(sibling) if len(sibling) <= 60 else OPEN
        elif sibling.keys or sibling.tag == "table":
            return OPEN
        else:
            role = _of_element(sibling)
        if role:
            return role
    return OPEN


def _of_element(node: Node) -> str:
    text = node.text
    if node.tag not in _NO_HEADING and 0 < len(text) <= 40 and (role := _of(text)):
        if role == RESULT or not any(
            part.tag in {"a", "button"} and part.text == text for part in node.walk()
        ):
            return role
        return ASIDE if any(part.tag in _HEADINGS for part in node.walk()) else OPEN
    if len(text) > _NEARBY:
        return OPEN
    last = [part for part in node.walk() if part.tag in _HEADINGS and part.text]
    if last and len(text) - len(last[-1].text) <= 20 and (role := _of(last[-1].text)):
        return role
    return RESULT if _is_sign(text) else OPEN


def _of(text: str) -> str:
    trimmed = re.sub(r"\s*(?:더\s*보기|전체\s*보기|more|\+)\s*$", "", text.strip(), flags=re.IGNORECASE)
    if is_aside_heading(trimmed):
        return ASIDE
    return RESULT if _is_sign(trimmed) else OPEN


def _before(node: Node) -> list[Node | str]:
    """The siblings before an element, the nearest first, without blank ones."""
    if node.parent is None:
        return []
    siblings = node.parent.children[max(0, node.at - 12) : node.at]
    return [s for s in reversed(siblings) if (s.strip() if isinstance(s, str) else s.text)]

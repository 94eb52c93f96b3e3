"""Results in cards, lists and unheaded tables: each is the largest box that belongs to one service alone."""

import re
from collections.abc import Callable

from procurement.adapters.pages_count import may_state, stated_in
from procurement.adapters.pages_facts import is_label, read
from procurement.adapters.pages_runs import alike, is_head_row, kind_of, lone_doubts, split_box
from procurement.adapters.pages_tables import Found
from procurement.adapters.pages_tree import Node, set_keys
from procurement.adapters.pages_values import simple_text
from procurement.adapters.pages_words import is_action, is_aside_heading, is_name, is_result_heading
from procurement.domain.catalogue import build_record, field_of_label

_FURNITURE = frozenset(("nav", "footer", "aside", "h1", "select", "textarea", "dialog"))
_TYPED = frozenset(("text", "search", "password", "email"))
_HEADS = frozenset(("h1", "h2", "h3", "h4", "h5", "h6", "dt"))
_NO_HEADING = frozenset(("a", "button", "li", "label", "option", "td", "ul"))
_DETAIL = re.compile(r"(?:detail|dtl|view)\w*(?:\.\w+)?\s*[?(]\s*['\"]?([^)#]{2,120})", re.IGNORECASE)
_NOT_SERVICE = re.compile(
    r"bbs|board|notice|faq|qna|news|login|join|list\.do|search|print|popup", re.IGNORECASE
)

Keys = dict[Node, frozenset[str]]


def id_keys(root: Node, taken: set[Node]) -> Keys:
    """Elements that carry exactly one service id; lists of ids in one attribute are no result."""
    return {node: node.ids for node in _open(root, taken) if len(node.ids) == 1}


def link_keys(root: Node, taken: set[Node]) -> Keys:
    """Elements that lead to the detail page of something, by the argument of the link or script."""
    keys: Keys = {}
    for node in _open(root, taken):
        target = f"{node.attrs.get('href', '')} {node.attrs.get('onclick', '')}"
        match = _DETAIL.search(target) if len(target) < 2000 else None
        if match and not _NOT_SERVICE.search(target):
            keys[node] = frozenset((match.group(1),))
    return keys


def label_keys(root: Node, taken: set[Node]) -> Keys:
    """Labels such as 서비스명, each the key of its own result."""
    keys: Keys = {}
    for node in _open(root, taken):
        own = next((child for child in node.children if isinstance(child, str) and ":" in child), "")
        if (
            is_label(node) == "service_name"
            or field_of_label(own.split(":")[0], loose=False) == "service_name"
        ):
            keys[node] = frozenset((f"label {len(keys)}",))
    return keys


def _open(root: Node, taken: set[Node]) -> list[Node]:
    found: list[Node] = []
    stack = [root]
    while stack:
        node = stack.pop()
        if node not in taken:
            found.append(node)
            stack.extend(reversed(node.elements))
    return found


def find_blocks(root: Node, taken: set[Node], own: Callable[[Node, set[Node]], Keys]) -> list[Found]:
    """Group the results that the keys of ``own`` lead to by the box they stand in, in page order."""
    keys = own(root, taken)
    if keys or root.keys:
        set_keys(root, keys)
    if not keys:
        return []
    _mark_furniture(root)
    boxes: dict[Node, list[Node]] = {}
    seen: set[Node] = set()
    for node in keys:
        record = _climb(node)
        if record not in seen and record.parent is not None:
            seen.add(record)
            boxes.setdefault(record.parent, []).append(record)
    groups = [_read_box(box, records) for box, records in boxes.items()]
    if len(groups) == len(seen) == 1:
        hidden = [one for node in keys for one in lone_doubts(node, next(iter(seen)))]
        groups[0].doubts += [f"읽지 못한 항목(‘{one.text[:30]}’)이 있습니다." for one in hidden[:1]]
    return groups


def _climb(node: Node) -> Node:
    while node.parent is not None and node.parent.parent is not None:
        box = node.parent
        if len(box.keys) != 1 or box.marked:
            break
        node = box
    return node


def _mark_furniture(root: Node) -> None:
    """Mark every element that holds more than a result: headings of lists, counts, search fields, menus."""
    order = list(root.walk())
    solid = _solid(order)
    inside: set[Node] = set()
    for node in order:
        if node in solid or (node.parent is not None and node.parent in inside):
            inside.add(node)
    for node in reversed(order):
        node.marked = any(child.marked for child in node.elements) or (
            node not in inside and _is_furniture(node)
        )


def _is_furniture(node: Node) -> bool:
    if node.tag in _FURNITURE or (node.tag == "input" and node.attrs.get("type", "text").lower() in _TYPED):
        return True
    if len(node.elements) > 8 or node.keys or not 0 < len(node.text) <= 60:
        return False
    text = node.text
    if node.tag not in _NO_HEADING and (is_aside_heading(text) or is_result_heading(text)):
        return node.tag in _HEADS or not is_action(text)
    if not may_state(text):
        return False
    stated = stated_in(text, [], [])
    return bool(stated.found or stated.total or stated.parts or stated.empty)


def _solid(order: list[Node]) -> set[Node]:
    """Boxes with one key each that stand beside others of their kind: results, whatever words they hold."""
    solid: set[Node] = set()
    for box in order:
        if len(box.keys) < 2:
            continue
        single = [child for child in box.elements if len(child.keys) == 1]
        for child in single:
            if any(other is not child and alike(other, child) for other in single[:3]) and not _is_section(
                child
            ):
                solid.add(child)
    return solid


def _is_section(node: Node) -> bool:
    """A box that opens with the heading of a list and names its one service further on."""
    first = next((part for part in node.walk() if not part.elements and part.text), None)
    if first is None or first.keys or is_action(first.text) or not node.text.startswith(first.text):
        return False
    if not (is_aside_heading(first.text) or is_result_heading(first.text)):
        return False
    texts = [simple_text(part) for part in node.walk() if part.keys and part.tag in {"a", "button"}]
    return any(text and is_name(text) and text != first.text for text in texts)


def _read_box(box: Node, records: list[Node]) -> Found:
    group = Found(box, f"{kind_of(box)}>{kind_of(records[0])}")
    runs, left = split_box(box, records)
    for run in runs:
        nodes = [part for part in run if isinstance(part, Node)]
        if all(part.tag == "input" for node in nodes for part in node.walk()):
            continue
        reading = read(run)
        group.nodes.extend(nodes)
        number = len(group.records) + len(group.problems) + 1
        if reading.several_ids:
            group.problems.append(f"{number}번째 결과에 서비스 번호가 여러 개 있습니다.")
        elif reading.facts["service_name"]:
            group.records.append(build_record(reading.facts, reading.extra)[0])
        elif any(node.keys for node in nodes) or not all(map(is_head_row, nodes)):
            group.problems.append(f"{number}번째 결과의 서비스명을 알 수 없습니다.")
    if left:
        group.doubts.append(f"결과 사이에 읽지 못한 내용(‘{left[0].text[:30]}’)이 있습니다.")
    return group

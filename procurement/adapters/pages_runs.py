"""Where one result ends and the next begins among the children of a box."""

from collections.abc import Sequence
from itertools import pairwise

from procurement.adapters.pages_facts import read
from procurement.adapters.pages_tree import Node
from procurement.adapters.pages_values import Part
from procurement.adapters.pages_words import is_action

_HEADS = frozenset(("h1", "h2", "h3", "h4", "h5", "h6", "dt"))
_ITEMS = frozenset(("li", "tr", "article"))


def alike(one: Node, other: Node) -> bool:
    """Whether two elements are of one kind: same tag, a class in common or none, rows with as many cells."""
    if one.tag != other.tag or bool(one.classes) != bool(other.classes):
        return False
    if one.tag == "tr":
        return len(one.elements) == len(other.elements)
    return not one.classes or bool(one.classes & other.classes)


def kind_of(node: Node) -> str:
    """Tag and classes of an element, as a part of the signature of a layout."""
    return ".".join([node.tag, *sorted(node.classes)][:4])


def is_head_row(node: Node) -> bool:
    """Whether an element is a table row of header cells only."""
    return node.tag == "tr" and all(cell.tag == "th" for cell in node.elements)


def split_box(box: Node, records: list[Node]) -> tuple[list[list[Part]], list[Node]]:
    """Split a box into results, given the elements in it that belong to one service each.

    A result is one child, or a run of children that repeats. Children of the same kind without a key are
    results too. Returns the runs and the elements in which a further result may be hidden.
    """
    known = set(records)
    children = [c for c in box.children if (c.strip() if isinstance(c, str) else c.text or c in known)]
    more = {c for c in children if isinstance(c, Node) and c not in known and _may_be_result(c, records)}
    if records[0].tag not in _ITEMS and not any(read([node]).facts["service_name"] for node in more):
        more = set()
    at = [i for i, c in enumerate(children) if isinstance(c, Node) and (c in known or c in more)]
    runs: list[list[Part]] = [[children[i]] for i in at]
    places = set(at)
    if any(not _separates(child) for i, child in enumerate(children) if i > at[0] and i not in places):
        runs = _split(children, at) or runs
    taken = {part for run in runs for part in run if isinstance(part, Node)}
    rest = [c for c in children if isinstance(c, Node) and c not in taken and not _separates(c)]
    return runs, [node for node in rest if _may_hide_one(node, rest, records[0])]


def lone_doubts(node: Node, record: Node) -> list[Node]:
    """Items beside the one that holds a key, inside the box taken for its result, that state no fact of it.

    In a list of which only one item has a key, the box of that key is the list, and the other items may be
    services of their own.
    """
    inner = node
    while inner is not record and inner.parent is not None:
        if inner.tag in _ITEMS:
            others = [other for other in inner.parent.elements[:200] if other is not inner and other.text]
            return [o for o in others if alike(o, inner) and not is_head_row(o) and not _states_a_fact(o)][:1]
        inner = inner.parent
    return []


def _states_a_fact(node: Node) -> bool:
    return any(name != "service_name" for name in read([node]).facts) or is_action(node.text)


def _may_hide_one(node: Node, rest: list[Node], record: Node) -> bool:
    if is_head_row(node) or node.keys:
        return False
    return node.tag == record.tag or any(other is not node and alike(other, node) for other in rest[:50])


def _may_be_result(child: Node, records: list[Node]) -> bool:
    return not child.keys and not child.marked and len(records) > 1 and alike(child, records[0])


def _separates(child: Part) -> bool:
    if isinstance(child, str):
        return not child.strip(" |·/,\n\t\r\xa0")
    return child.marked or not child.text


def _signature(child: Part) -> str:
    if isinstance(child, str):
        return "#"
    return f"{kind_of(child)}/{len(child.elements) if child.tag == 'tr' else ''}"


def _split(children: Sequence[Part], at: list[int]) -> list[list[Part]] | None:
    """The runs of a pattern that repeats; ``None`` when it cannot be told where each begins."""
    heads = [
        i for i, c in enumerate(children) if isinstance(c, Node) and c.tag in _HEADS and not _separates(c)
    ]
    starts = heads if _one_each(heads, at, len(children)) else _periodic(children, at)
    if starts is None:
        return None
    bounds = [*starts[1:], _end(children, starts)]
    return [[c for c in children[a:b] if not _separates(c)] for a, b in zip(starts, bounds, strict=True)]


def _end(children: Sequence[Part], starts: list[int]) -> int:
    """Behind the last run: it goes on while its parts are of the kinds that the runs before it have."""
    if len(starts) < 2:
        return len(children)
    kinds = {_signature(child) for child in children[starts[0] + 1 : starts[-1]]}
    longest = max(b - a for a, b in pairwise(starts))
    last = min(starts[-1] + longest, len(children))
    end = starts[-1] + 1
    while end < last and _signature(children[end]) in kinds:
        end += 1
    return end


def _one_each(starts: list[int], at: list[int], size: int) -> bool:
    bounds = [*starts[1:], size]
    return len(starts) == len(at) and all(a <= i < b for a, i, b in zip(starts, at, bounds, strict=True))


def _periodic(children: Sequence[Part], at: list[int]) -> list[int] | None:
    signs = [_signature(child) for child in children]
    gaps = {b - a for a, b in pairwise(at)}
    if len(gaps) != 1:
        members = set(at)
        between = {signs[i] for i in range(at[0], at[-1]) if i not in members}
        return at if at[0] == 0 or signs[at[0] - 1] not in between else None
    gap = gaps.pop()
    before = 0
    while before < gap - 1 and at[0] > before and signs[at[0] - 1 - before] == signs[at[1] - 1 - before]:
        before += 1
    after = 0
    last = at[-1] + 1
    while after < gap - 1 and last + after < len(signs) and signs[last + after] == signs[at[0] + 1 + after]:
        after += 1
    if before + after + 1 == gap or before == 0:
        return [i - before for i in at]
    return at if after == gap - 1 else None

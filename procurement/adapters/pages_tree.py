"""A saved page as a small tree of what a reader of the page can see."""

import re
from collections.abc import Iterator

from bs4 import BeautifulSoup
from bs4.element import NavigableString, PreformattedString, Tag

from procurement.domain.catalogue import SERVICE_ID, tidy
from procurement.domain.errors import InvalidInput

MAX_TAGS = 200_000
MAX_DEPTH = 400
_END = "end-of-saved-page"
_DATA_URI = re.compile(r"data:[\w.+-]+/[\w.+-]+(?:;[\w=-]+)*;base64,[A-Za-z0-9+/=%]*+")
_DROPPED = frozenset(
    ("script", "style", "template", "noscript", "head", "svg", "iframe", "object", "canvas", "datalist")
)
_HIDDEN_STYLE = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden", re.IGNORECASE)
_TEMPLATE_WORDS = ("template", "tmpl", "tpl", "skeleton", "prototype", "placeholder", "clone", "dummy")
_TEMPLATE = frozenset(_TEMPLATE_WORDS)
_MAYBE_TEMPLATE = re.compile("|".join(_TEMPLATE_WORDS), re.IGNORECASE)
_HIDDEN = frozenset(("hidden", "hide", "d-none", "is-hidden", "display-none", "dp-none", "dn"))
_CAMEL = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])|\d+")
_BLOCK_TAGS = """
address article aside blockquote body br caption center dd details div dl dt fieldset figcaption figure
footer form h1 h2 h3 h4 h5 h6 header hr html legend li main nav ol p pre section summary table tbody td
tfoot th thead tr ul
"""
BLOCK = frozenset(_BLOCK_TAGS.split())


class Node:
    """One visible element; ``ids`` are the service ids in its own attributes and direct text."""

    __slots__ = ("_text", "attrs", "children", "classes", "ids", "keys", "marked", "parent", "tag")

    def __init__(self, tag: str, attrs: dict[str, str], parent: "Node | None") -> None:
        self.tag = tag
        self.attrs = attrs
        self.parent = parent
        self.children: list[Node | str] = []
        self.classes = frozenset(attrs.get("class", "").split())
        self.ids: frozenset[str] = frozenset()
        self.keys: frozenset[str] = frozenset()
        self.marked = False
        self._text: str | None = None

    @property
    def elements(self) -> "list[Node]":
        """The child elements, without the bare text between them."""
        return [child for child in self.children if isinstance(child, Node)]

    @property
    def text(self) -> str:
        """All text inside, in one line."""
        if self._text is None:
            self._text = tidy("".join(_pieces(self)))
        return self._text

    def walk(self) -> "Iterator[Node]":
        """This element and all inside it, in the order of the page."""
        stack = [self]
        while stack:
            node = stack.pop()
            yield node
            stack.extend(reversed(node.elements))

    def ancestors(self) -> "Iterator[Node]":
        """The elements around this one, the nearest first."""
        node = self.parent
        while node is not None:
            yield node
            node = node.parent

    def words(self) -> set[str]:
        """Lower-case words of its class and id: ``recentSvcList`` gives recent, svc, list."""
        names = f"{self.attrs.get('class', '')} {self.attrs.get('id', '')}"
        return {word.lower() for word in _CAMEL.findall(names)}


def _pieces(root: Node) -> Iterator[str]:
    stack: list[Node | str] = [root]
    while stack:
        item = stack.pop()
        if isinstance(item, str):
            yield item
            continue
        gap = " " if item.tag in BLOCK else ""
        yield gap
        stack.append(gap)
        stack.extend(reversed(item.children))


def lines_of(root: Node, skipped: set[Node]) -> str:
    """The visible text with a line for each block, leaving out the subtrees in ``skipped``."""
    out: list[str] = []
    stack: list[Node | str] = [root]
    while stack:
        item = stack.pop()
        if isinstance(item, str):
            out.append(item)
        elif item not in skipped:
            gap = "\n" if item.tag in BLOCK else " "
            out.append(gap)
            stack.append(gap)
            stack.extend(reversed(item.children))
    return "\n".join(line for line in map(tidy, "".join(out).split("\n")) if line)


def build(html: str) -> tuple[Node, str]:
    """Parse a page and return its visible tree (from body) and its title.

    Raises InvalidInput when the page is too large to be a result page or was cut off in the middle.
    """
    html = _DATA_URI.sub("data:,", html.replace("\x00", ""))
    if html.count("<") > MAX_TAGS:
        raise InvalidInput(
            "검색결과 화면으로 보기에는 너무 큰 파일입니다. 한 쪽의 결과만 저장해 다시 올려 주세요."
        )
    soup = BeautifulSoup(f'{html}<i id="{_END}"></i>', "lxml")
    end = soup.find("i", id=_END)
    whole = (
        "</html" in html[-4096:].lower() or "</body" in html[-4096:].lower() or "<body" not in html.lower()
    )
    if not isinstance(end, Tag) or not whole:
        raise InvalidInput("파일이 중간에서 잘려 있습니다. 화면을 끝까지 연 뒤 다시 저장해 올려 주세요.")
    end.extract()
    title = soup.title.get_text() if soup.title else ""
    hidden = _hidden_selectors("".join(style.get_text() for style in soup.find_all("style")))
    root = Node("body", {}, None)
    _copy(soup.body or soup, root, hidden)
    _collect_ids(root)
    return root, tidy(title)


def _hidden_selectors(css: str) -> frozenset[str]:
    """Plain ``.class`` and ``#id`` selectors that the page's own style sheet hides whatever the medium."""
    found: set[str] = set()
    heads: list[str] = []
    at = 0
    for brace in re.finditer(r"[{}]", css):
        text, at = css[at : brace.start()], brace.end()
        if brace.group() == "{":
            heads.append(text)
            continue
        selectors = heads.pop() if heads else ""
        if not heads and re.search(r"display\s*:\s*none", text):
            found.update(one.strip() for one in selectors.split(","))
    return frozenset(one for one in found if re.fullmatch(r"[.#][\w-]+", one))


def _copy(body: Tag, root: Node, hidden: frozenset[str]) -> None:
    stack: list[tuple[Tag, Node, int]] = [(body, root, 0)]
    while stack:
        tag, node, depth = stack.pop()
        if depth > MAX_DEPTH:
            raise InvalidInput(
                "요소가 지나치게 깊이 겹친 파일이라 읽지 않았습니다. 화면을 다시 저장해 올려 주세요."
            )
        for child in tag.contents:
            if isinstance(child, Tag):
                attrs = {k: " ".join(v) if isinstance(v, list) else str(v) for k, v in child.attrs.items()}
                copy = Node(child.name, attrs, node)
                if child.name not in _DROPPED and not _is_hidden(copy, hidden):
                    node.children.append(copy)
                    stack.append((child, copy, depth + 1))
            elif type(child) is NavigableString or not isinstance(child, PreformattedString):
                node.children.append(str(child))


def _is_hidden(node: Node, hidden: frozenset[str]) -> bool:
    if not node.attrs:
        return False
    if "hidden" in node.attrs or _HIDDEN_STYLE.search(node.attrs.get("style", "")):
        return True
    if node.classes & _HIDDEN and not any(
        name.startswith("d-") and name != "d-none" for name in node.classes
    ):
        return True
    if hidden and (any(f".{c}" in hidden for c in node.classes) or f"#{node.attrs.get('id')}" in hidden):
        return True
    named = f"{node.attrs.get('class', '')} {node.attrs.get('id', '')}"
    return bool(_MAYBE_TEMPLATE.search(named)) and bool(node.words() & _TEMPLATE)


def _collect_ids(root: Node) -> None:
    for node in root.walk():
        own = " ".join([*node.attrs.values(), *(child for child in node.children if isinstance(child, str))])
        if "-" in own:
            node.ids = frozenset(SERVICE_ID.findall(own))


def set_keys(root: Node, own: "dict[Node, frozenset[str]]") -> None:
    """Give every element the set of keys in its subtree; ``own`` holds the keys of single elements."""
    order = list(root.walk())
    empty: frozenset[str] = frozenset()
    for node in reversed(order):
        parts = [child.keys for child in node.elements if child.keys]
        if node in own:
            parts.append(own[node])
        node.keys = parts[0] if len(parts) == 1 else empty.union(*parts)

"""A saved page as a small tree of what a reader of the page can see."""

import re
from collections.abc import Iterator
from urllib.parse import unquote

from bs4 import BeautifulSoup
from bs4.element import NavigableString, PreformattedString, Tag

from procurement.domain.catalogue import SERVICE_ID, tidy
from procurement.domain.errors import InvalidInput

MAX_TAGS = 200_000
MAX_DEPTH = 400
MAX_TEXT = 4_000_000
_TOO_LARGE = "검색결과 화면으로 보기에는 너무 큰 파일입니다. 한 쪽의 결과만 저장해 다시 올려 주세요."
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


_NONE: frozenset[str] = frozenset()


class Node:
    """One visible element; ``elements`` are its ``children`` without the bare text between them.

    ``ids`` are the service ids in its own attributes and direct text.
    """

    __slots__ = (
        "_text",
        "_words",
        "at",
        "attrs",
        "children",
        "classes",
        "elements",
        "ids",
        "keys",
        "marked",
        "parent",
        "tag",
    )

    def __init__(self, tag: str, attrs: dict[str, str], parent: "Node | None") -> None:
        self.tag = tag
        self.attrs = attrs
        self.parent = parent
        self.children: list[Node | str] = []
        self.elements: list[Node] = []
        self.at = 0
        self.classes = frozenset(attrs["class"].split()) if "class" in attrs else _NONE
        self.ids = _NONE
        self.keys = _NONE
        self.marked = False
        self._text: str | None = None
        self._words: frozenset[str] | None = None

    def append(self, child: "Node | str") -> None:
        """Add a child behind the others; ``at`` of an element is its place among them."""
        if isinstance(child, Node):
            child.at = len(self.children)
            self.elements.append(child)
        self.children.append(child)

    @property
    def raw(self) -> str:
        """All text inside as it stands, so that a space at the edge of a highlighted word is kept."""
        return "".join(_pieces(self))

    @property
    def text(self) -> str:
        """All text inside, in one line."""
        if self._text is None:
            bare = "" if self.elements else "".join(map(str, self.children))
            self._text = tidy(self.raw if self.elements else bare)
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

    def words(self) -> frozenset[str]:
        """Lower-case words of its class and id: ``recentSvcList`` gives recent, svc, list."""
        if self._words is None:
            names = f"{self.attrs.get('class', '')} {self.attrs.get('id', '')}".strip()
            self._words = frozenset(word.lower() for word in _CAMEL.findall(names)) if names else _NONE
        return self._words


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
        raise InvalidInput(_TOO_LARGE)
    soup = BeautifulSoup(f'{html}<i id="{_END}"></i>', "lxml")
    ending = html[-4096:].lower()
    whole = "</html" in ending or "</body" in ending or "<body" not in html.lower()
    if not whole or not _take_end(soup):
        raise InvalidInput("파일이 중간에서 잘려 있습니다. 화면을 끝까지 연 뒤 다시 저장해 올려 주세요.")
    page = _child(soup, "html") or soup
    head, body = _child(page, "head"), _child(page, "body") or page
    styles = head.find_all("style") if head is not None else []
    if html.lower().count("<style") > len(styles):
        styles = soup.find_all("style")
    title = head.title if head is not None else None
    root = Node("body", {}, None)
    _copy(body, root, _hidden_selectors("".join(style.get_text() for style in styles)))
    _collect_ids(root)
    return root, tidy(title.get_text() if title is not None else "")


def _child(tag: Tag, name: str) -> Tag | None:
    """The direct child of that name; looking no deeper keeps this cheap on a large page."""
    return next((child for child in tag.contents if isinstance(child, Tag) and child.name == name), None)


def _take_end(soup: Tag) -> bool:
    """Take the end mark out; false when the parser never met it as an element, so the file breaks off."""
    tag: Tag = soup
    while tag.contents and isinstance(tag.contents[-1], Tag):
        tag = tag.contents[-1]
    if tag.get("id") != _END:
        return False
    tag.extract()
    return True


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
    length = 0
    while stack:
        tag, node, depth = stack.pop()
        if depth > MAX_DEPTH:
            raise InvalidInput(
                "요소가 지나치게 깊이 겹친 파일이라 읽지 않았습니다. 화면을 다시 저장해 올려 주세요."
            )
        for child in tag.contents:
            if isinstance(child, Tag):
                attrs = child.attrs
                if any(type(value) is not str for value in attrs.values()):
                    attrs = {k: v if isinstance(v, str) else " ".join(v) for k, v in attrs.items()}
                copy = Node(child.name, attrs, node)
                if child.name not in _DROPPED and not (attrs and _is_hidden(copy, hidden)):
                    node.append(copy)
                    stack.append((child, copy, depth + 1))
            elif type(child) is NavigableString or not isinstance(child, PreformattedString):
                node.append(str(child))
                length += len(str(child))
                if length > MAX_TEXT:
                    raise InvalidInput(_TOO_LARGE)


def _is_hidden(node: Node, hidden: frozenset[str]) -> bool:
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
        if "%" in own:
            own = f"{own} {unquote(own)}"
        if "-" in own:
            node.ids = frozenset(SERVICE_ID.findall(own))


def set_keys(root: Node, own: "dict[Node, frozenset[str]]") -> None:
    """Give every element the set of keys in its subtree; ``own`` holds the keys of single elements."""
    order = list(root.walk())
    for node in reversed(order):
        parts = [child.keys for child in node.elements if child.keys]
        if node in own:
            parts.append(own[node])
        node.keys = parts[0] if len(parts) == 1 else _NONE.union(*parts)

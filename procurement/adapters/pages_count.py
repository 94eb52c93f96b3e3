"""How many results a page says there are, and whether they are spread over several pages."""

import math
import re
from dataclasses import dataclass

from procurement.adapters.pages_tree import Node
from procurement.adapters.pages_words import says_empty

_NUMBER = r"(\d{1,3}(?:,\d{3})+|\d{1,7})"
_NO_UNIT = r"(?![\d,]*\s*(?:개?씩|페이지|쪽|page|/|원|년|월|일|개월|점|명|위|%|[-~]\s*\d))"
_OTHER = r"(?![^\n]{0,12}(?:등록되어|등록된|선정된\s*서비스|제공\s*중))"
_FOUND = (
    re.compile(
        rf"검색\s*(?:된)?\s*(?:결과|서비스)[ :：(\[는은가이총전체모두수]*{_NUMBER}{_NO_UNIT}", re.IGNORECASE
    ),
    re.compile(
        rf"검색\s*(?:된)?\s*(?:결과|서비스)[\s:：(\[는은가이총전체모두수]*{_NUMBER}\s*(?:건|개)(?!씩)"
    ),
    re.compile(rf"{_NUMBER}\s*(?:건|개)(?!씩)[^\n\d]{{0,12}}(?:검색|조회)(?:되|결과|하)", re.IGNORECASE),
    re.compile(rf"(?:조회\s*건수|검색\s*(?:건수|수))\s*[:：(\[]*\s*{_NUMBER}{_NO_UNIT}", re.IGNORECASE),
)
_TOTAL = (
    re.compile(
        rf"(?:총|전체|합계|모두|total)\s*(?:검색\s*)?(?:건수|개수|수|서비스)?\s*[:：\[]*\s*{_NUMBER}{_NO_UNIT}{_OTHER}",
        re.IGNORECASE,
    ),
    re.compile(rf"{_NUMBER}\s*(?:건|개)의?\s*(?:디지털\s*)?(?:서비스|결과)(?!씩){_OTHER}", re.IGNORECASE),
)
_PART = (
    re.compile(
        rf"(?:IaaS|PaaS|SaaS|지원\s*서비스|융합\s*서비스)\s*[:：(\[]*\s*{_NUMBER}\s*(?:건|개)(?!씩)",
        re.IGNORECASE,
    ),
    re.compile(rf"(?:전체|결과)\s*[(\[]\s*{_NUMBER}\s*[)\]]"),
)
_RANGE = re.compile(rf"{_NUMBER}\s*[-~–]\s*{_NUMBER}\s*(?:/|of|건?\s*\(?총|중)\s*{_NUMBER}", re.IGNORECASE)
_PAGE_OF = re.compile(
    rf"{_NUMBER}\s*/\s*{_NUMBER}\s*(?:페이지|쪽|page)|(?:페이지|쪽|page)\s*[:(]?\s*{_NUMBER}\s*/\s*{_NUMBER}",
    re.I,
)
_STEP = re.compile(
    r"^(?:\[?\d{1,4}\]?|[<>«»‹›◀▶◁▷|]+|(?:맨\s*)?(?:처음|이전|다음|앞|뒤|끝|마지막|첫)(?:\s*(?:으로|페이지|목록|\d*개))*"
    r"|prev(?:ious)?|next|first|last|현재\s*(?:페이지|위치)?|페이지|\.{2,3}|…|\(?현재\s*페이지\)?\s*\d*)$",
    re.IGNORECASE,
)
_NEXT = re.compile(r"^(?:다음|next|>|»|›|▶|▷|>>|더\s*보기|…|\.{2,3})", re.IGNORECASE)
_SHOWN = frozenset(("on", "active", "current", "selected", "now", "this"))
_MAYBE = re.compile(
    r"건|개|총|전체|합계|모두|검색|조회|결과|목록|없|total|search|페이지|쪽|page|리스트|찾을", re.IGNORECASE
)
_MORE = re.compile(r"^더\s*(?:보기|불러오기)(?:\s*\(?\+?\s*\d*\s*(?:/\s*\d+)?\)?)?$")


@dataclass(frozen=True)
class Stated:
    """What a page states about the number of its results.

    ``found`` are numbers said to be of the search, ``total`` of all, ``parts`` of one kind; ``pages`` are the
    page numbers offered, ``page`` the one shown, ``more`` whether there are pages beyond those;
    ``empty`` that nothing was found.
    """

    found: tuple[int, ...]
    total: tuple[int, ...]
    parts: tuple[int, ...]
    pages: tuple[int, ...]
    page: int | None
    more: bool
    empty: bool

    @property
    def strongest(self) -> tuple[int, ...]:
        """The numbers of the surest kind that the page gives, each once."""
        return next((numbers for numbers in (self.found, self.total, self.parts) if numbers), ())

    @property
    def paged(self) -> bool:
        """Whether the results go on in another page."""
        return self.more or len(self.pages) > 1

    def total_for(self, read: int) -> int | None:
        """The stated number that fits ``read`` results on this page, ``None`` when no number is stated.

        Raises ValueError (with the number) when the page states one that does not fit.
        """
        numbers = self.strongest
        if not numbers:
            return None
        for number in dict.fromkeys((*numbers, sum(numbers))):
            if number == read or self._is_one_page_of(number, read):
                return number
        raise ValueError(max(numbers))

    def _is_one_page_of(self, total: int, read: int) -> bool:
        if not self.paged or not 0 < read < total:
            return False
        last = max(self.pages, default=0)
        if last < 2:
            return True
        count = math.ceil(total / read)
        if count == last or (self.more and count > last):
            return True
        return (
            self.page in {None, last}
            and (total - read) % (last - 1) == 0
            and (total - read) // (last - 1) >= read
        )


def stated_in(text: str, steps: list[list[str]], buttons: list[str]) -> Stated:
    """Read the visible text outside the results, the runs of page steps and the captions of its buttons."""
    found = _numbers(_FOUND, text)
    ranges = [tuple(map(_int, match)) for match in _RANGE.findall(text)]
    total = _numbers(_TOTAL, text) + [high for _, _, high in ranges]
    pages: set[int] = set()
    shown: set[int] = set()
    more = any(last < high for _, last, high in ranges) or any(first > 1 for first, _, _ in ranges)
    for run in steps:
        pages |= {int(step.strip("[]*")) for step in run if step.strip("[]*").isdigit()}
        shown |= {
            int(step.strip("[]*")) for step in run if step.startswith("*") and step.strip("[]*").isdigit()
        }
        more = more or (len(run) > 1 and any(_NEXT.match(step) for step in run))
    for groups in _PAGE_OF.findall(text):
        numbers = [_int(group) for group in groups if group]
        shown.add(numbers[0])
        pages |= set(numbers)
    return Stated(
        found=tuple(dict.fromkeys(found)),
        total=tuple(dict.fromkeys(total)),
        parts=tuple(_numbers(_PART, text)),
        pages=tuple(sorted(page for page in pages if page > 0)),
        page=shown.pop() if len(shown) == 1 else None,
        more=more or any(_MORE.match(caption) for caption in buttons),
        empty=any(says_empty(line) for line in text.split("\n")),
    )


def may_state(text: str) -> bool:
    """Whether a text holds any of the words that a number of results is stated with: a quick look first."""
    return bool(_MAYBE.search(text))


def page_steps(root: Node, skipped: set[Node]) -> tuple[list[list[str]], list[str], set[Node]]:
    """The runs of page numbers outside ``skipped``, the captions of links and buttons, and the pagers."""
    pagers: set[Node] = set()
    runs: list[list[str]] = []
    captions: list[str] = []
    stack = [root]
    while stack:
        node = stack.pop()
        if node in skipped:
            continue
        if node.tag in {"a", "button"}:
            captions.append(node.text)
        leaves = _steps(node)
        if leaves:
            runs.append(leaves)
            pagers.add(node)
        else:
            stack.extend(reversed(node.elements))
    return runs, captions, pagers


def _steps(node: Node) -> list[str]:
    """The texts of a pager, the shown page with ``*`` before it; empty when the element is none."""
    if not node.elements or len(node.elements) > 40 or len(node.text) > 240:
        return []
    texts: list[str] = []
    linked = False
    for part in node.walk():
        link = part.tag in {"a", "button"} and not part.words() & _SHOWN and "aria-current" not in part.attrs
        linked = linked or part.tag in {"a", "button"}
        inside = link or (part.parent is not None and part.parent.tag in {"a", "button"})
        own = [child.strip(" |·\t\r\n\xa0") for child in part.children if isinstance(child, str)]
        own = own if any(own) or part.tag != "img" else [part.attrs.get("alt", "")]
        texts.extend(text if inside or not text.isdigit() else f"*{text}" for text in own if text)
    if not linked or not texts or not all(_STEP.match(text.lstrip("*")) for text in texts):
        return []
    return texts


def _numbers(patterns: tuple[re.Pattern[str], ...], text: str) -> list[int]:
    return [_int(match.group(1)) for pattern in patterns for match in pattern.finditer(text)]


def _int(text: str) -> int:
    return int(text.replace(",", ""))

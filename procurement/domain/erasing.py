"""Free text inside a frozen value: where it stands, and the same value with some of it erased under law.

It is erased field by field: what was counted (scores, sums, weights, days), what was chosen from a list, and
what others refer to (ids, keys, digests, the words searched for) stay as they are.
"""

from __future__ import annotations

import copy
import dataclasses
import itertools
import re
from collections.abc import Collection, Iterator, Mapping
from typing import Any

from procurement.domain.errors import InvalidInput

MARK_START, MARK_END = "[법에 따라 지움: ", "]"
LONGEST_GROUND = 100
# Who submitted, who decided: ids of accounts, wherever they stand.
_ID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
SHORTEST = 2
# How numbers are parted: telephone numbers by their length, 주민등록번호, 사업자등록번호.
_GROUPS: Mapping[int, tuple[tuple[int, ...], ...]] = {
    8: ((4, 4),),
    9: ((2, 3, 4),),
    10: ((3, 3, 4), (2, 4, 4), (3, 2, 5)),
    11: ((3, 4, 4),),
    13: ((6, 7),),
}

# Text that others refer to or that is compared: by name of the field, or of the class and the field.
REFERENCES: frozenset[str] = frozenset(
    {
        "digest",
        "terms_digest",
        "bundle_digest",
        "saved_output",
        "follows",
        "key",
        "clause",
        "filter",
        "option",
        "word",
        "verdict",
        "month",
        "indicator",
        "duty",
        "occurrence",
        "level",
        "unit",
        "tie_break",
        "rule_id",
        "subject",
        "field",
        "citation",
        "kind",
        "Answer.question",
        "ChecklistMark.item",
        "CaseHead.number",
        "Finding.title",
        "ChecklistItem.title",
        "VersionFacts.digest",
    }
)
# Classes whose text comes from public lists or from this program.
PUBLIC: frozenset[str] = frozenset({"ResultRow", "ChecklistItem"})


@dataclasses.dataclass(frozen=True)
class FreeText:
    """A text and where it stands: names of fields and places in lists, joined by dots."""

    path: str
    text: str


def mark_of(ground: str) -> str:
    """What stands in the place of an erased text; ``ground``: the article of law."""
    return f"{MARK_START}{ground}{MARK_END}"


def is_mark(text: str) -> bool:
    """Whether a text was erased already."""
    return text.startswith(MARK_START) and text.endswith(MARK_END)


def free_texts(value: object, plain: Any, path: str = "") -> Iterator[FreeText]:
    """Texts that may be erased.

    ``plain``: the plain data that ``value`` was built from, part by part alike.
    """
    if isinstance(value, str):
        if type(value) is str and value.strip() and not is_mark(value) and not _ID.fullmatch(value):
            yield FreeText(path, value)
        return
    for name, part, inner in _parts(value, plain):
        yield from free_texts(part, inner, f"{path}.{name}" if path else name)


def _parts(value: object, plain: Any) -> Iterator[tuple[str, object, Any]]:
    """What a value holds by its name or place, but for what others refer to."""
    if dataclasses.is_dataclass(value):
        owner = type(value).__name__
        named = () if owner in PUBLIC else tuple(plain.items())
        yield from ((n, getattr(value, n), inner) for n, inner in named if not _refers(owner, n))
    elif isinstance(value, Mapping):
        yield from ((name, part, plain[name]) for name, part in value.items())
    elif isinstance(value, tuple | list):
        for number, (part, inner) in enumerate(zip(value, plain, strict=True)):
            yield str(number), part, inner


def without(plain: Any, paths: Collection[str], mark: str) -> Any:
    """A copy of ``plain`` with ``mark`` in the place of the texts at ``paths``.

    Raises ``InvalidInput`` for a path at which no text stands.
    """
    left = copy.deepcopy(plain)
    for path in paths:
        *before, last = path.split(".")
        holder = left
        try:
            for name in before:
                holder = holder[_place(holder, name)]
            place = _place(holder, last)
            if not isinstance(holder[place], str):
                raise KeyError(path)
            holder[place] = mark
        except (IndexError, KeyError, TypeError, ValueError):
            raise InvalidInput("지울 글을 목록에서 다시 골라 주세요.", "texts") from None
    return left


def _refers(owner: str, name: str) -> bool:
    return name.endswith(("_id", "_ids")) or name in REFERENCES or f"{owner}.{name}" in REFERENCES


def _place(holder: Any, name: str) -> Any:
    return int(name) if isinstance(holder, list) else name


def spellings(words: str) -> tuple[str, ...]:
    """How a name or a number may be written: with and without blanks, a number with its usual partings.

    Raises ``InvalidInput`` for less than two letters.
    """
    plain = " ".join(words.split())
    if len(plain.replace(" ", "")) < SHORTEST:
        raise InvalidInput(f"찾을 이름이나 번호를 {SHORTEST}글자 이상 적어 주세요.", "words")
    found = [plain, plain.replace(" ", "")]
    digits = re.sub(r"[\s().+-]", "", plain)
    if digits.isascii() and digits.isdecimal():
        for groups in _GROUPS.get(len(digits), ()):
            ends = list(itertools.accumulate(groups))
            parts = [digits[end - size : end] for end, size in zip(ends, groups, strict=True)]
            found += [parting.join(parts) for parting in ("-", " ", ".")]
        found.append(digits)
    elif re.fullmatch(r"[가-힣]{2,4}", found[1]):
        found.append(f"{found[1][0]} {found[1][1:]}")
    return tuple(dict.fromkeys(found))


def excerpt(text: str, forms: Collection[str], around: int = 30) -> tuple[str, str, str] | None:
    """The first place in ``text`` where one of ``forms`` stands: what is before it, itself, what is after."""
    folded = text.casefold()
    places = [(at, form) for form in forms if (at := folded.find(form.casefold())) >= 0]
    if not places or len(folded) != len(text):
        return (text[:around], "", "") if places else None
    at, form = min(places)
    end = at + len(form)
    before = ("…" if at > around else "") + text[max(0, at - around) : at]
    return before, text[at:end], text[end : end + around] + ("…" if len(text) > end + around else "")

"""How things are counted in Korean: each sort of thing has one word, everywhere."""

from collections.abc import Mapping

# Things that stand in a list are counted with 개, what happened or was set down with 건, people with 명.
UNITS: Mapping[str, str] = {
    "service": "개",
    "quote": "개",
    "file": "개",
    "name": "개",
    "rule": "개",
    "thing": "개",
    "case": "건",
    "event": "건",
    "record": "건",
    "person": "명",
    "place": "곳",
}


def counted(count: int, sort: str) -> str:
    """A number with the word that ``sort`` is counted with: ``counted(1200, "service")`` is ``1,200개``.

    :raises KeyError: a sort that nobody has a word for: a slip of the author.
    """
    return f"{count:,}{UNITS[sort]}"

"""Names of companies and services: read from a CSV file, and indexed with pyahocorasick."""

import csv
import io
from collections.abc import Iterable, Iterator, Mapping
from typing import get_args

import ahocorasick

from procurement.adapters.korean_words import know_korean
from procurement.domain.errors import InvalidInput
from procurement.domain.neutral.sieve import Pattern
from procurement.domain.neutrality import Kind, Name, NameIndex

_HEADERS = {
    "name": ("name", "이름", "명칭"),
    "aliases": ("aliases", "별칭", "다른 이름"),
    "kind": ("kind", "종류"),
}
_KINDS: dict[str, Kind] = {kind: kind for kind in get_args(Kind)} | {
    "": "company",
    "기업": "company",
    "회사": "company",
    "서비스": "service",
    "기술": "technology",
}


class AhoCorasickScanner:
    """All patterns in one automaton, one pass a text; safe to read from several threads."""

    def __init__(self, patterns: Mapping[str, Pattern]) -> None:
        self._automaton = ahocorasick.Automaton()
        for chars, pattern in patterns.items():
            self._automaton.add_word(chars, pattern)
        self._filled = len(self._automaton) > 0
        if self._filled:
            self._automaton.make_automaton()

    def find(self, text: str) -> Iterator[tuple[int, Pattern]]:
        """See ``PatternScanner.find``."""
        found: Iterator[tuple[int, Pattern]] = self._automaton.iter(text) if self._filled else iter(())
        return found


def build_index(names: Iterable[Name]) -> NameIndex:
    """Index ``names`` once; ten thousand names take well under a second."""
    know_korean()
    return NameIndex(names, AhoCorasickScanner)


def read_names(data: bytes) -> list[Name]:
    """Names from a CSV file ``name,aliases[,kind]``; aliases joined by ``|``, UTF-8 or CP949.

    Raises InvalidInput with a Korean sentence when the file is no such CSV.
    """
    rows = _rows(_decoded(data))
    header = [cell.strip().casefold() for cell in next(rows, [])]
    places = {field: _place(header, labels) for field, labels in _HEADERS.items()}
    if places["name"] is None:
        raise InvalidInput(
            "이름 파일의 첫 줄에 name 열이 없습니다. 첫 줄을 name,aliases 로 적으세요.", "names"
        )
    names = [
        _name(row, places, len(header), line)
        for line, row in enumerate(rows, start=2)
        if any(map(str.strip, row))
    ]
    if not names:
        raise InvalidInput("이름 파일에 이름이 하나도 없습니다. 둘째 줄부터 이름을 적으세요.", "names")
    return names


def _decoded(data: bytes) -> str:
    for encoding in ("utf-8-sig", "cp949"):
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\0" not in text:
            return text
    raise InvalidInput(
        "이름 파일의 글자를 읽을 수 없습니다. UTF-8 또는 CP949로 된 CSV로 저장하세요.", "names"
    )


def _rows(text: str) -> Iterator[list[str]]:
    try:
        yield from csv.reader(io.StringIO(text, newline=""), strict=True)
    except csv.Error as error:
        raise InvalidInput(
            "이름 파일이 올바른 CSV가 아닙니다. 따옴표가 짝이 맞는지 확인하고 다시 저장하세요.", "names"
        ) from error


def _place(header: list[str], labels: tuple[str, ...]) -> int | None:
    return next((at for at, cell in enumerate(header) if cell in labels), None)


def _name(row: list[str], places: dict[str, int | None], width: int, line: int) -> Name:
    def cell(field: str) -> str:
        at = places[field]
        return row[at].strip() if at is not None and at < len(row) else ""

    if any(map(str.strip, row[width:])):
        raise InvalidInput(
            f"이름 파일 {line}번째 줄에 열이 너무 많습니다. 다른 이름은 쉼표가 아니라 | 로 이어 적으세요.",
            "names",
        )
    if not cell("name"):
        raise InvalidInput(
            f"이름 파일 {line}번째 줄에 이름이 비어 있습니다. 이름을 적거나 줄을 지우세요.", "names"
        )
    kind = _KINDS.get(cell("kind").casefold())
    if kind is None:
        raise InvalidInput(
            f"이름 파일 {line}번째 줄의 종류를 알 수 없습니다. "
            "company, service, technology 가운데 하나로 적으세요.",
            "names",
        )
    aliases = tuple(alias.strip() for alias in cell("aliases").split("|") if alias.strip())
    return Name(cell("name"), aliases, kind)

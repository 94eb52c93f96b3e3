"""Ordinary Korean words, from the costs of a dictionary that was learned from a corpus of ordinary texts.

The dictionary comes from a Python package (mecab-ko-dic, compiled for MeCab). A word costs less than the
usual for its class when the corpus knows it, and those words are kept: two syllables and more, no names of
people and places. They are read out once, when the project is set up, and kept as a file beside the fonts.
"""

from __future__ import annotations

import struct
import sys
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from importlib.metadata import version
from importlib.resources import files
from pathlib import Path

from procurement.adapters.whole_files import appearing_whole
from procurement.config import ROOT
from procurement.domain.neutral import attested

_PACKAGE = "python-mecab-ko-dic"
_SOURCE = files("mecab_ko_dic") / "dictionary" / "sys.dic"
_HEADER = struct.Struct("<10I")
_START = 72
"""Bytes of the head of a compiled dictionary: ten numbers and the name of its character set."""
_TOKEN = struct.Struct("<HHHhII")

_NOUNS = frozenset(("NNG", "MAG", "MAJ", "NP", "NR", "MM"))
_VERBS = frozenset(("VV+EC", "VV+ETM", "VA+ETM", "VV+EF", "VA+EC"))
_PROPER = frozenset(("인명", "지명"))
_SHORTEST, _LONGEST, _LONGEST_VERB = 2, 6, 4
# A cost that so many words of a class share was given by default, not learned.
_DEFAULT_NOUNS, _DEFAULT_VERBS = 200, 5
# How far below the usual cost of its class a word lies: nouns of under four syllables, and verb forms.
_LEAST_GAIN, _LEAST_VERB_GAIN = 15, 600
_ALWAYS_FROM = 4


@dataclass(frozen=True)
class _Entry:
    tag: str
    sense: str
    word: str
    cost: int


def know_korean() -> None:
    """Make the ordinary words known to the judging of names; only the first call does anything."""
    _known()


@lru_cache(maxsize=1)
def _known() -> bool:
    attested.know(words())
    return True


def words() -> frozenset[str]:
    """The ordinary words: as set-up kept them, else read out now, which takes some seconds."""
    try:
        return frozenset(_path().read_text(encoding="utf-8").split())
    except FileNotFoundError:
        return frozenset(_read_out())


def build() -> None:
    """Keep the words in their file, unless they are there; it appears under its name only when complete."""
    path = _path()
    if path.is_file():
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    with appearing_whole(path) as out:
        out.write(("\n".join(sorted(_read_out())) + "\n").encode())


def _path() -> Path:
    """Named by the dictionary's version: another one is read out anew."""
    return ROOT / "build" / "words" / f"korean-{version(_PACKAGE)}.txt"


def _read_out() -> Iterator[str]:
    """The words that the corpus knows better than the default of their class."""
    data = _SOURCE.read_bytes()
    shared: Counter[tuple[str, int]] = Counter()
    costs: defaultdict[tuple[str, str], Counter[int]] = defaultdict(Counter)
    for entry in _entries(data):
        shared[entry.tag, entry.cost] += 1
        costs[entry.tag, entry.sense][entry.cost] += 1
    usual = {kind: of_kind.most_common(1)[0][0] for kind, of_kind in costs.items()}
    found: set[str] = set()
    for entry in _entries(data):
        if entry.word not in found and _is_wanted(entry, shared, usual):
            found.add(entry.word)
            yield entry.word


def _is_wanted(entry: _Entry, shared: Counter[tuple[str, int]], usual: dict[tuple[str, str], int]) -> bool:
    length = len(entry.word)
    if not _SHORTEST <= length <= _LONGEST or not all("가" <= char <= "힣" for char in entry.word):
        return False
    gain = usual[entry.tag, entry.sense] - entry.cost
    alike = shared[entry.tag, entry.cost]
    if entry.tag in _NOUNS:
        return alike < _DEFAULT_NOUNS and (length >= _ALWAYS_FROM or gain >= _LEAST_GAIN)
    return length <= _LONGEST_VERB and alike < _DEFAULT_VERBS and gain > _LEAST_VERB_GAIN


def _entries(data: bytes) -> Iterator[_Entry]:
    """Entries of the classes that are looked at, without the names of people and places."""
    _, _, _, _, _, _, trie_bytes, token_bytes, feature_bytes, _ = _HEADER.unpack_from(data)
    tokens_at = _START + trie_bytes
    features = data[tokens_at + token_bytes : tokens_at + token_bytes + feature_bytes]
    for _left, _right, _class, cost, at, _ in _TOKEN.iter_unpack(data[tokens_at : tokens_at + token_bytes]):
        tag, sense, _final, word, *_ = features[at : features.index(b"\0", at)].decode("utf-8").split(",")
        if sense not in _PROPER and (tag in _NOUNS or tag in _VERBS):
            yield _Entry(tag, sense, word, cost)


def main() -> int:
    """Keep the words; the set-up calls this."""
    build()
    return 0


if __name__ == "__main__":
    sys.exit(main())

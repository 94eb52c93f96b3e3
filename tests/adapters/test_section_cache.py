"""Kept pages are taken only as they were written, and never grow past their bound."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from procurement.adapters.pdf import Part
from procurement.adapters.pdf_assemble import Bookmark
from procurement.adapters.section_cache import SectionCache

PART = Part(b"%PDF-1.7 pages", ((595.0, 842.0), (842.0, 595.0)), (Bookmark("제목", 1, 0),), ("😀",))
SECRET = "secret of the sample"


def cache(folder: Path, most_bytes: int = 10_000, secret: str = SECRET) -> SectionCache:
    return SectionCache(folder, secret, most_bytes)


def test_pages_come_back_as_they_were(tmp_path: Path) -> None:
    key = SectionCache.key(["run", "1"])
    assert cache(tmp_path).get(key) is None
    cache(tmp_path).put(key, PART)
    assert cache(tmp_path).get(key) == PART
    assert os.stat(tmp_path / key).st_mode & 0o077 == 0


def test_inputs_are_told_apart_wherever_they_are_cut() -> None:
    assert SectionCache.key(["ab", "c"]) != SectionCache.key(["a", "bc"])


@pytest.mark.parametrize("how", ["cut", "changed", "swapped", "forged"])
def test_pages_that_somebody_else_wrote_are_thrown_away(tmp_path: Path, how: str) -> None:
    key, other = SectionCache.key(["a"]), SectionCache.key(["b"])
    cache(tmp_path).put(key, PART)
    file = tmp_path / key
    kept = file.read_bytes()
    if how == "cut":
        file.write_bytes(kept[:-1])
    elif how == "changed":
        file.write_bytes(kept[:-1] + b"S")
    elif how == "swapped":
        file.rename(tmp_path / other)
        key, file = other, tmp_path / other
    else:
        cache(tmp_path, secret="another secret").put(key, PART)
    assert cache(tmp_path).get(key) is None
    assert not file.exists()


def test_the_pages_used_longest_ago_go_first(tmp_path: Path) -> None:
    size = len(PART.to_bytes()) + 32
    keys = [SectionCache.key([str(number)]) for number in range(6)]
    kept = cache(tmp_path, most_bytes=5 * size)
    for age, key in enumerate(reversed(keys)):
        kept.put(key, PART)
        os.utime(tmp_path / key, ns=(age, age))
    kept.get(keys[5])
    kept.tidy()
    assert [kept.get(key) is not None for key in keys] == [True, True, True, False, False, True]


def test_a_folder_that_cannot_be_written_keeps_nothing_and_stops_nothing(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    kept = cache(tmp_path / "file")
    kept.put("a" * 64, PART)
    kept.tidy()
    assert kept.get("a" * 64) is None

"""Ordinary Korean words out of the dictionary's package."""

from __future__ import annotations

import pytest

from procurement.adapters import korean_words
from procurement.adapters.name_index import build_index
from procurement.domain.neutral.attested import ATTESTED
from procurement.domain.neutrality import Name


def test_words_of_ordinary_texts_are_known_and_names_are_not() -> None:
    words = korean_words.words()
    assert {"가격", "가로수", "문서", "업무"} <= words
    assert not {"네이버", "카카오", "서울", "김철수"} & words
    assert all(2 <= len(word) <= 6 for word in words)


def test_an_index_knows_them() -> None:
    index = build_index([Name("가로수", (), "company")])
    assert "가로수" in ATTESTED
    assert index.judge("가로수").verdict == "review"


def test_without_the_file_they_are_read_out_of_the_package(monkeypatch: pytest.MonkeyPatch) -> None:
    kept = korean_words.words()
    monkeypatch.setattr(korean_words, "version", lambda _package: "of no file")
    assert korean_words.words() == kept

"""Which texts of a frozen value may be erased, and how a name or number may be written."""

from __future__ import annotations

from datetime import date

import pytest

from procurement.domain.codec import from_plain, to_plain
from procurement.domain.erasing import excerpt, free_texts, is_mark, mark_of, spellings, without
from procurement.domain.errors import InvalidInput
from procurement.domain.facts.definition import (
    Answer,
    InformationSource,
    LotRequirements,
    PlanTerm,
    SourceKind,
)
from procurement.domain.facts.definition import RequirementsDefinition as Definition

MARK = mark_of("개인정보 보호법 제36조")
DEFINITION = Definition(
    lots=(
        LotRequirements(1, title="표본", answers=(Answer("1-1", "답"),), terms=(PlanTerm("문서", "2-2"),)),
    ),
    sources=(InformationSource(SourceKind.CONSULTATION, "상담", date(2026, 1, 2), "홍견본"),),
)


def test_free_text_may_go_and_what_is_counted_chosen_or_referred_to_stays() -> None:
    plain = to_plain(DEFINITION)
    found = {text.path: text.text for text in free_texts(DEFINITION, plain, "body")}
    assert found == {
        "body.lots.0.title": "표본",
        "body.lots.0.answers.0.text": "답",
        "body.sources.0.content": "상담",
        "body.sources.0.person": "홍견본",
    }
    left = without(plain, ["sources.0.person"], MARK)
    value = from_plain(Definition, left)
    assert value.sources[0].person == MARK
    assert value.lots == DEFINITION.lots
    assert plain["sources"][0]["person"] == "홍견본"
    assert "sources.0.person" not in {text.path for text in free_texts(value, left)}
    assert is_mark(MARK)


@pytest.mark.parametrize("path", ["sources.1.person", "sources", "lots.0.lot", "none", "lots.x.title"])
def test_a_place_without_a_text_is_refused(path: str) -> None:
    with pytest.raises(InvalidInput):
        without(to_plain(DEFINITION), [path], MARK)


def test_a_name_and_a_number_are_found_as_they_are_usually_written() -> None:
    assert spellings("홍길동") == ("홍길동", "홍 길동")
    assert set(spellings("010 1234-5678")) >= {"010-1234-5678", "01012345678", "010.1234.5678"}
    assert spellings("a@example.kr") == ("a@example.kr",)
    with pytest.raises(InvalidInput):
        spellings(" 홍 ")


def test_an_excerpt_shows_what_was_found_and_a_little_around_it() -> None:
    assert excerpt("앞" * 40 + "A@Example.kr" + "뒤", ("a@example.kr",), 3) == (
        "…앞앞앞",
        "A@Example.kr",
        "뒤",
    )
    assert excerpt("없음", ("홍길동",)) is None

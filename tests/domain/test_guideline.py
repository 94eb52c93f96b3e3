"""The words shown beside the forms are the guideline's own."""

import re
from pathlib import Path

import pytest

from procurement.domain.guideline import CLOSING, EXCERPTS, GENERAL, WITHOUT_WORDS, Excerpt, excerpt_for
from procurement.domain.steps import Step

GUIDELINE = Path(__file__).parents[1] / "data" / "guideline-2024-08.txt"
COUNTS = {"C": 3, "B": 7, "R": 8, "S": 10, "P": 5, "E": 13, "K": 16, "G": 5, "M": 7, "X": 8}
RULE_IDS = [f"{letter}-{number}" for letter, count in COUNTS.items() for number in range(1, count + 1)]
ALL = [*GENERAL, *CLOSING, *(excerpt for excerpts in EXCERPTS.values() for excerpt in excerpts)]


def letters(text: str) -> str:
    """Text without what the page layout put into it: blanks, emphasis, bullets, note marks."""
    return re.sub(r"\s|[*\-▶]|<sup>.*?</sup>", "", text)


@pytest.fixture(scope="module")
def printed() -> str:
    return letters(GUIDELINE.read_text(encoding="utf-8"))


@pytest.mark.parametrize("excerpt", ALL, ids=lambda excerpt: f"{excerpt.place} {excerpt.words[:12]}")
def test_every_excerpt_stands_in_the_guideline_word_for_word(excerpt: Excerpt, printed: str) -> None:
    assert letters(excerpt.words) in printed


@pytest.mark.parametrize("step", Step)
def test_every_step_shows_some_passages_but_not_the_whole_book(step: Step) -> None:
    assert 3 <= len(EXCERPTS[step]) <= 13
    assert all(len(excerpt.words) < 260 for excerpt in EXCERPTS[step])


def test_every_rule_opens_the_words_it_rests_on_or_is_named_as_having_none() -> None:
    assert {rule_id for rule_id in RULE_IDS if excerpt_for(rule_id) is None} == WITHOUT_WORDS


def test_no_rule_rests_on_two_passages_and_none_is_unknown() -> None:
    named = [rule_id for excerpt in ALL for rule_id in excerpt.rules]
    assert len(named) == len(set(named))
    assert set(named) <= set(RULE_IDS)


def test_a_rule_opens_its_own_passage() -> None:
    found = excerpt_for("S-1")
    assert found is not None
    assert "절대 사용할 수 없으며" in found.words
    assert excerpt_for("Z-1") is None

"""Texts to providers and texts that report: what is held back before the selection, and what is not."""

from __future__ import annotations

import time
import unicodedata
from pathlib import Path

import pytest

from procurement.domain.fairness import Audience, suspicions
from procurement.domain.fairness_signs import SIGNS

DATA = Path(__file__).parents[1] / "data"


def lines_of(name: str) -> list[str]:
    """The sentences of a file of test data."""
    text = (DATA / name).read_text(encoding="utf-8")
    return [line for line in text.splitlines() if line and not line.startswith("#")]


BARGAINING, FAIR = lines_of("bargaining_texts.txt"), lines_of("fair_texts.txt")
TOO_DEAR = {"견적이 너무 비쌉니다.", "금액이 부담됩니다."}


@pytest.mark.parametrize("text", BARGAINING)
def test_bargaining_is_recognised(text: str) -> None:
    """Each sentence sets candidates against one another or bargains with one."""
    assert suspicions(text)


@pytest.mark.parametrize("text", BARGAINING)
def test_bargaining_is_recognised_in_what_only_reports(text: str) -> None:
    """That a price is high may stand in an evaluation; everything else is a sign there as well."""
    assert bool(suspicions(text, Audience.RECORD)) is (text not in TOO_DEAR)


@pytest.mark.parametrize("text", [*FAIR, *lines_of("neutral_phrases.txt"), ""])
def test_ordinary_texts_pass(text: str) -> None:
    """A question on the service or on the published price policy is nothing to hold back."""
    assert suspicions(text) == ()


@pytest.mark.parametrize(
    "text",
    [
        "가격을\n 인하해 주세요. 가격을  인하해  주세요.",
        unicodedata.normalize("NFD", "가격을 인하해 주세요."),
        "가\u200b격을 인\u2060하해 주세요.",
        "가격을 인·하해 주세요.",
    ],
)
def test_no_spelling_slips_through(text: str) -> None:
    """Line breaks, loose jamo, invisible marks and dots between syllables change nothing."""
    assert suspicions(text)


def test_the_sentence_says_what_and_how_to_put_it() -> None:
    """What was found is named as it was written, and so is the way out."""
    (found,) = suspicions("안녕하십니까. 네-고 되나요?")
    assert "‘네-고’" in found.message
    assert "⑥" in found.message


def test_every_sign_gives_a_way_out() -> None:
    """No sign only refuses."""
    assert all(sign.what and sign.instead.endswith(("요.", "다.")) for sign in SIGNS)


def test_a_long_text_is_looked_at_at_once() -> None:
    """The longest text that a field takes costs less than a request may."""
    text = ("견적 금액의 산출 근거를 항목별로 알려 주십시오 " * 800)[:20_000]
    begun = time.perf_counter()
    assert suspicions(text) == ()
    assert time.perf_counter() - begun < 3

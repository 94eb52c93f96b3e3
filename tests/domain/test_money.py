"""Won as people type it, write it and split it."""

import korean_number
import pytest
from hypothesis import given
from hypothesis import strategies as st

from procurement.domain.errors import InvalidInput
from procurement.domain.money import (
    BASIS_POINTS,
    MAX_WON,
    add_vat,
    format_percent,
    format_won,
    korean_words,
    parse_percent,
    parse_won,
    portion,
    split_vat,
    won_in_words,
)


@pytest.mark.parametrize(
    "text",
    [
        "12650000",
        "12,650,000",
        " 12,650,000 원",
        "12650000원",
        "￦12,650,000",
        "₩ 12,650,000",
        "\\12,650,000",
        "１２,６５０,０００",
        "１２，６５０，０００원",
        "금12,650,000원",
        "금 12,650,000원정",
        "금12,650,000원(금일천이백육십오만원)",
        "금 12,650,000원 (금 천이백육십오만원정)",
        "0012650000",
    ],
)
def test_an_amount_is_read_in_every_usual_spelling(text: str) -> None:
    assert parse_won(text) == 12_650_000


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "비어"),
        ("   ", "비어"),
        ("abc", "금액으로 읽을 수 없습니다"),
        ("12,65,000", "세 자리마다"),
        ("1,2650,000", "세 자리마다"),
        ("12,650천원", "금액으로 읽을 수 없습니다"),
        ("1e6", "금액으로 읽을 수 없습니다"),
        ("10²", "금액으로 읽을 수 없습니다"),
        ("①000", "금액으로 읽을 수 없습니다"),
        ("--5", "금액으로 읽을 수 없습니다"),
        ("12 650 000 달러", "금액으로 읽을 수 없습니다"),
        ("1000.5", "소수점 없이"),
        ("1000.00", "소수점 없이"),
        ("0", "0원입니다"),
        ("-0", "0원입니다"),
        ("-1", "0원보다 작습니다"),
        ("−1", "0원보다 작습니다"),
        ("1,000,000,000,000,001", "너무 큽니다"),
        ("9" * 5000, "너무 큽니다"),
        ("금12,650,000원(금일천이백육십사만원)", "한글 금액이 다릅니다"),
    ],
)
def test_what_is_no_amount_is_refused_with_the_way_to_mend_it(text: str, says: str) -> None:
    with pytest.raises(InvalidInput, match=says) as caught:
        parse_won(text, field="amount")
    assert caught.value.field == "amount"


def test_zero_and_reductions_are_taken_only_when_asked_for() -> None:
    assert parse_won("0", allow_zero=True) == 0
    assert parse_won("-1,000원", allow_negative=True) == -1000
    assert parse_won(format_won(MAX_WON)) == MAX_WON
    with pytest.raises(InvalidInput):
        parse_won(f"-{MAX_WON + 1}", allow_negative=True)


@pytest.mark.parametrize(
    ("amount", "words"),
    [
        (0, "영"),
        (1, "일"),
        (10, "일십"),
        (20_000, "이만"),
        (113_560, "일십일만삼천오백육십"),
        (12_650_000, "일천이백육십오만"),
        (100_000_000, "일억"),
        (100_000_001, "일억일"),
        (1_000_000_000_000_000, "일천조"),
    ],
)
def test_amounts_are_written_in_words(amount: int, words: str) -> None:
    assert korean_words(amount) == words


@given(st.integers(min_value=1, max_value=MAX_WON))
def test_words_agree_with_a_library_written_for_finance(amount: int) -> None:
    assert korean_words(amount) == korean_number.num2finkor(amount)


@pytest.mark.parametrize("amount", [-1, 10**20])
def test_an_amount_without_words_is_refused(amount: int) -> None:
    with pytest.raises(InvalidInput):
        korean_words(amount)


def test_the_form_of_official_documents_is_that_of_the_regulation() -> None:
    assert won_in_words(113_560) == "금113,560원(금일십일만삼천오백육십원)"
    assert won_in_words(12_650_000) == "금12,650,000원(금일천이백육십오만원)"


@given(st.integers(min_value=1, max_value=MAX_WON))
def test_what_is_written_is_read_back(amount: int) -> None:
    assert parse_won(won_in_words(amount)) == amount


@pytest.mark.parametrize(
    ("total", "supply", "vat"),
    [(12_650_000, 11_500_000, 1_150_000), (0, 0, 0), (10, 10, 0), (11, 10, 1), (1_000, 910, 90)],
)
def test_vat_is_split_from_the_total(total: int, supply: int, vat: int) -> None:
    assert split_vat(total) == (supply, vat)


@given(st.integers(min_value=0, max_value=MAX_WON))
def test_splitting_what_was_added_gives_the_supply_price_back(supply: int) -> None:
    vat, total = add_vat(supply)
    assert supply + vat == total
    assert split_vat(total) == (supply, vat)


def test_a_portion_is_rounded_as_asked() -> None:
    assert portion(12_650_000, 1_000, BASIS_POINTS) == 1_265_000
    assert (portion(5, 1, 2), portion(5, 1, 2, "half_up"), portion(5, 1, 2, "up")) == (2, 3, 3)
    assert (portion(7, 1, 3), portion(7, 1, 3, "half_up"), portion(7, 1, 3, "up")) == (2, 2, 3)
    assert {portion(6, 1, 3, rounding) for rounding in ("down", "half_up", "up")} == {2}


@pytest.mark.parametrize("values", [(-1, 1, 1), (1, -1, 1), (1, 1, 0)])
def test_a_portion_of_nonsense_is_refused(values: tuple[int, int, int]) -> None:
    with pytest.raises(InvalidInput):
        portion(*values)


@pytest.mark.parametrize(
    ("text", "points", "shown"),
    [
        ("99.5", 9950, "99.5%"),
        ("99.95 %", 9995, "99.95%"),
        ("10%", 1000, "10%"),
        ("0", 0, "0%"),
        ("100", 10_000, "100%"),
    ],
)
def test_percentages_are_basis_points(text: str, points: int, shown: str) -> None:
    assert parse_percent(text) == points
    assert format_percent(points) == shown


@pytest.mark.parametrize("text", ["", "백", "-1", "99.999", "100.01", "101", "1e1"])
def test_what_is_no_percentage_is_refused(text: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        parse_percent(text, field="target")
    assert caught.value.field == "target"

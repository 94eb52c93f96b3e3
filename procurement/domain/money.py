"""Won: reading, writing, writing in words, value added tax, shares.

Money is a whole number of won everywhere. What falls under one won is dropped (원 미만 절사) unless the
caller asks otherwise, the way public money is settled; the two parts of a split always add up to the whole.
"""

import re
from typing import Literal

from procurement.domain.errors import InvalidInput
from procurement.domain.hangul import half_width

MAX_WON = 10**15
"""No public contract comes near; a larger figure is a slip of the keyboard."""

BASIS_POINTS = 10_000
"""One whole in basis points: 10 % = 1,000, 100 % = 10,000."""

VAT_DIVISOR = 10
"""VAT is a tenth of the supply price (부가가치세법 제30조), hence an eleventh of the total."""

Rounding = Literal["down", "half_up", "up"]

_DIGITS = "영일이삼사오육칠팔구"
_SMALL_UNITS = ("", "십", "백", "천")
_LARGE_UNITS = ("", "만", "억", "조", "경")

_AMOUNT = re.compile(
    r"""^(?:금)?[₩\\]?                      # 금, the won sign, or the backslash it often turns into
        (?P<sign>-)?
        (?P<figures>\d{1,3}(?:,\d{3})+|\d+)
        (?P<fraction>\.\d+)?
        (?:원정?)?
        (?:\((?:금)?(?P<words>[일이삼사오육칠팔구십백천만억조]+)원정?\))?$""",
    re.VERBOSE | re.ASCII,
)
_PERCENT = re.compile(r"^(?P<whole>\d{1,3})(?:\.(?P<fraction>\d{1,2}))?%?$", re.ASCII)


def parse_won(text: str, *, allow_zero: bool = False, allow_negative: bool = False, field: str = "") -> int:
    """Read an amount as people type it and return whole won.

    Takes ``12,650,000``, ``12650000원``, ``￦12,650,000`` and ``금12,650,000원(금일천이백육십오만원)``, in
    half or full width, blanks ignored. Words beside the figures must say the same.

    :param text: what was typed.
    :param allow_zero: take 0 (an item without charge).
    :param allow_negative: take amounts below 0 (a reduction).
    :param field: the form field that the error belongs to.
    :raises InvalidInput: not an amount, a fraction of a won, zero or negative unasked, above ``MAX_WON``.
    """
    folded = half_width(text).replace("−", "-")
    if not folded:
        raise InvalidInput("금액이 비어 있습니다. 원 단위 숫자로 입력하세요. 예: 12,650,000", field)
    match = _AMOUNT.match(folded)
    if match is None:
        raise InvalidInput(
            f"‘{text.strip()[:40]}’은(는) 금액으로 읽을 수 없습니다. "
            "원 단위 숫자만, 쉼표는 세 자리마다 넣어 입력하세요. 예: 12,650,000",
            field,
        )
    if match["fraction"] is not None:
        raise InvalidInput("1원보다 작은 금액은 쓸 수 없습니다. 소수점 없이 원 단위로 입력하세요.", field)
    figures = match["figures"].replace(",", "").lstrip("0") or "0"
    if len(figures) > len(str(MAX_WON)):  # before int(): a figure of any length must not cost time
        raise _too_large(field)
    amount = -int(figures) if match["sign"] else int(figures)
    _check_range(amount, allow_zero, allow_negative, field)
    _check_words(amount, match["words"], field)
    return amount


def _too_large(field: str) -> InvalidInput:
    return InvalidInput(
        f"금액이 너무 큽니다. {format_won(MAX_WON)}원 이하인지, 0을 더 쓰지 않았는지 확인하세요.", field
    )


def _check_range(amount: int, allow_zero: bool, allow_negative: bool, field: str) -> None:
    if amount == 0 and not allow_zero:
        raise InvalidInput("금액이 0원입니다. 1원 이상으로 입력하세요.", field)
    if amount < 0 and not allow_negative:
        raise InvalidInput("금액이 0원보다 작습니다. 빼기 기호 없이 1원 이상으로 입력하세요.", field)
    if abs(amount) > MAX_WON:
        raise _too_large(field)


def _check_words(amount: int, words: str | None, field: str) -> None:
    # Many offices leave 일 out (천이백 for 일천이백), which names the same sum.
    if words is not None and words.replace("일", "") != korean_words(abs(amount)).replace("일", ""):
        raise InvalidInput(
            f"숫자 금액은 {won_in_words(abs(amount))}인데 한글 금액이 다릅니다. 둘 중 틀린 쪽을 고치세요.",
            field,
        )


def format_won(amount: int) -> str:
    """Whole won with separators and without a unit: ``12650000`` → ``12,650,000``."""
    return f"{amount:,}"


def korean_words(amount: int) -> str:
    """Write a whole number ≥ 0 in Korean words: ``12650000`` → ``일천이백육십오만``.

    일 is written before every unit (일십, 일백, 일천, 일만) so that nothing can be written in front of it,
    as the example of 행정업무규정 시행규칙 제2조 does.

    :raises InvalidInput: below 0 or 10^20 and more.
    """
    if amount < 0 or amount >= 10 ** (4 * len(_LARGE_UNITS)):
        raise InvalidInput("한글로 쓸 수 있는 금액이 아닙니다. 0원 이상의 금액인지 확인하세요.")
    if amount == 0:
        return _DIGITS[0]
    groups: list[str] = []
    for large in _LARGE_UNITS:
        amount, group = divmod(amount, 10_000)
        if group:
            groups.append(_group_words(group) + large)
    return "".join(reversed(groups))


def _group_words(group: int) -> str:
    """1–9999 in words."""
    digits = reversed(f"{group:d}")
    words = [
        _DIGITS[int(digit)] + unit for digit, unit in zip(digits, _SMALL_UNITS, strict=False) if digit != "0"
    ]
    return "".join(reversed(words))


def won_in_words(amount: int) -> str:
    """Figures and words as 행정업무규정 시행규칙 제2조 has them: ``금113,560원(금일십일만…육십원)``."""
    return f"금{format_won(amount)}원(금{korean_words(amount)}원)"


def portion(amount: int, numerator: int, denominator: int, rounding: Rounding = "down") -> int:
    """``amount × numerator / denominator`` in whole won, e.g. ``portion(a, 1000, BASIS_POINTS)`` for 10 %.

    :param amount: won, ≥ 0.
    :param numerator: ≥ 0.
    :param denominator: > 0.
    :param rounding: under one won: ``down`` dropped, ``half_up`` to the nearest, ``up`` to the next won.
    :raises InvalidInput: a negative value, or a denominator that is not positive.
    """
    if amount < 0 or numerator < 0 or denominator <= 0:
        raise InvalidInput("비율을 계산할 금액과 비율은 0 이상이어야 합니다. 입력한 값을 확인하세요.")
    product = amount * numerator
    if rounding == "up":
        return -(-product // denominator)
    if rounding == "half_up":
        return (2 * product + denominator) // (2 * denominator)
    return product // denominator


def split_vat(total: int) -> tuple[int, int]:
    """Split an amount that includes VAT into ``(supply, vat)``: ``12650000`` → ``(11500000, 1150000)``.

    VAT is an eleventh of the total with what is under one won dropped; the rest is the supply price, so the
    two add up, and splitting what :func:`add_vat` made gives the supply price back to the won.

    :raises InvalidInput: a negative amount.
    """
    vat = portion(total, 1, VAT_DIVISOR + 1)
    return total - vat, vat


def add_vat(supply: int) -> tuple[int, int]:
    """Add VAT to a supply price: ``(vat, total)``; ``11500000`` → ``(1150000, 12650000)``.

    :raises InvalidInput: a negative amount.
    """
    vat = portion(supply, 1, VAT_DIVISOR)
    return vat, supply + vat


def parse_percent(text: str, *, field: str = "") -> int:
    """Read a percentage from 0 to 100 with up to two decimals as basis points: ``99.5`` or ``99.5%`` → 9950.

    :raises InvalidInput: not a number, more than two decimals, above 100.
    """
    folded = half_width(text)
    match = _PERCENT.match(folded)
    if match is None:
        raise InvalidInput(
            "비율을 읽을 수 없습니다. 0부터 100까지, 소수는 둘째 자리까지 입력하세요. 예: 99.5", field
        )
    points = int(match["whole"]) * 100 + int((match["fraction"] or "").ljust(2, "0"))
    if points > BASIS_POINTS:
        raise InvalidInput("비율이 100%를 넘습니다. 0부터 100까지로 입력하세요.", field)
    return points


def format_percent(basis_points: int) -> str:
    """Basis points as people read them, without idle zeros: 9950 → ``99.5%``, 1000 → ``10%``."""
    whole, fraction = divmod(basis_points, 100)
    decimals = f".{fraction:02d}".rstrip("0").rstrip(".")
    return f"{whole}{decimals}%"

"""Signs over all cases of an institution that an auditor looks at first.

Each sign is data: what it counts, from what threshold on, and why one looks. The thresholds are this
program's own; neither the guideline nor the law names any. A sign is a reason to read the case, not a
finding of fault: each has honest explanations.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from procurement.domain.money import format_won
from procurement.domain.periods import format_date

WINDOW_MONTHS = 24
"""How far back decisions are looked at."""

SAME_WINNER_AT_LEAST, SAME_WINNER_PERCENT = 3, 50
SINGLE_AT_LEAST, SINGLE_PERCENT = 3, 50
NEAR_BUDGET_PERCENT = 98
SHORT_DAYS = 5
FEW_EVALUATORS = 3
AGAIN_DAYS = 90
SAME_WORDS_PERCENT = 50

# What is put to a title when the same thing is called again.
_CALLED_AGAIN = re.compile(r"\d+\s*(?:년도?|차|회|단계)?|재(?:공고|추진|진행)")


@dataclass(frozen=True)
class Decided:
    """One decided lot, as far as the signs look at it.

    ``candidates``: services of the final run. ``quotes_won``: total cost of each quote, VAT in it.
    ``winner_won`` and ``budget_won``: fee of the chosen quote and the budget of the lot, VAT in both.
    ``asked_on`` and ``due_on``: the first request for quotes and its due day. ``sheets``: evaluators who
    submitted. ``central``: decided by the mall's own procedure.
    """

    number: str
    title: str
    lot: int
    decided_on: date
    provider: str | None = None
    service: str | None = None
    candidates: int = 0
    quotes_won: tuple[int, ...] = ()
    winner_won: int | None = None
    budget_won: int | None = None
    asked_on: date | None = None
    due_on: date | None = None
    sheets: int = 0
    central: bool = False
    is_sample: bool = False


@dataclass(frozen=True)
class Opened:
    """A case that was opened: its day, and the search words of its definition, folded."""

    number: str
    title: str
    opened_on: date
    words: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Ended:
    """A case that ended without a contract after its quotes had been seen.

    ``seen_on``: from which day on quotes could be seen; ``quotes``: how many there were.
    """

    number: str
    title: str
    decided_on: date
    seen_on: date
    quotes: int
    words: frozenset[str] = frozenset()
    lot: int = 1
    is_sample: bool = False


@dataclass(frozen=True)
class Seen:
    """All that the signs look at: decided lots, cases ended after their quotes were seen, cases opened."""

    decided: Sequence[Decided] = ()
    ended: Sequence[Ended] = ()
    opened: Sequence[Opened] = ()


@dataclass(frozen=True)
class Hit:
    """A decided lot or an ended case that a sign stands on, with what was seen there."""

    of: Decided | Ended
    seen: str


@dataclass(frozen=True)
class RedFlag:
    """A sign: its name, what it counts, its threshold in words, what else may explain it, the finder."""

    flag_id: str
    title: str
    definition: str
    threshold: str
    explanation: str
    find: Callable[[Seen], Iterator[Hit]]


@dataclass(frozen=True)
class Sighting:
    """A sign and the lots that it stands on; none means that it was looked for and not found."""

    flag: RedFlag
    hits: tuple[Hit, ...]


def sightings(seen: Seen) -> tuple[Sighting, ...]:
    """Every sign with what it stands on, in the order of ``RED_FLAGS``."""
    return tuple(Sighting(flag, tuple(flag.find(seen))) for flag in RED_FLAGS)


def _of_lots(find: Callable[[Sequence[Decided]], Iterator[Hit]]) -> Callable[[Seen], Iterator[Hit]]:
    """A sign that looks at decided lots alone."""
    return lambda seen: find(seen.decided)


def _same_winner(decided: Sequence[Decided]) -> Iterator[Hit]:
    awarded = [one for one in decided if one.provider]
    won = Counter(one.provider for one in awarded)
    for provider, times in won.most_common():
        if times >= SAME_WINNER_AT_LEAST and times * 100 >= SAME_WINNER_PERCENT * len(awarded):
            for one in awarded:
                if one.provider == provider:
                    yield Hit(one, f"{provider}: 선정 {len(awarded)}건 가운데 {times}건")


def _single_candidate(decided: Sequence[Decided]) -> Iterator[Hit]:
    single = [one for one in decided if one.candidates == 1]
    if len(single) >= SINGLE_AT_LEAST and len(single) * 100 >= SINGLE_PERCENT * len(decided):
        for one in single:
            yield Hit(one, f"최종 검색의 서비스 1개 (결정 {len(decided)}건 가운데 {len(single)}건이 1개)")


def _near_budget(decided: Sequence[Decided]) -> Iterator[Hit]:
    for one in decided:
        won, budget = one.winner_won, one.budget_won
        if won and budget and NEAR_BUDGET_PERCENT * budget <= won * 100 <= 100 * budget:
            permille = won * 1000 // budget
            yield Hit(
                one,
                f"견적 {format_won(won)}원, 예산 {format_won(budget)}원 ({permille // 10}.{permille % 10}%)",
            )


def _identical_prices(decided: Sequence[Decided]) -> Iterator[Hit]:
    for one in decided:
        for won, times in Counter(one.quotes_won).items():
            if won and times > 1:
                yield Hit(one, f"{format_won(won)}원이 견적 {len(one.quotes_won)}개 가운데 {times}개에 나옴")


def _short_period(decided: Sequence[Decided]) -> Iterator[Hit]:
    for one in decided:
        if one.asked_on and one.due_on and (one.due_on - one.asked_on).days < SHORT_DAYS:
            days = (one.due_on - one.asked_on).days
            yield Hit(one, f"요청 {format_date(one.asked_on)}, 기한 {format_date(one.due_on)}: 사이 {days}일")


def _few_evaluators(decided: Sequence[Decided]) -> Iterator[Hit]:
    for one in decided:
        if one.provider and not one.central and one.sheets < FEW_EVALUATORS:
            yield Hit(one, f"평가표를 낸 평가위원 {one.sheets}명")


def same_thing(ended: Ended, opened: Opened) -> str:
    """In Korean what makes two cases look like the same thing, ``""`` when nothing does."""
    if _letters(ended.title) == _letters(opened.title):
        return "같은 사업명"
    common, all_words = ended.words & opened.words, ended.words | opened.words
    if common and len(common) * 100 >= SAME_WORDS_PERCENT * len(all_words):
        return f"검색어 {len(all_words)}개 가운데 {len(common)}개가 같음"
    return ""


def _letters(title: str) -> str:
    """A title as the same thing is called again: years, rounds, brackets and blanks do not matter."""
    plain = _CALLED_AGAIN.sub("", unicodedata.normalize("NFKC", title).casefold())
    return "".join(filter(str.isalpha, plain))


def _opened_again(seen: Seen) -> Iterator[Hit]:
    for ended in seen.ended:
        for opened in seen.opened:
            soon = ended.seen_on <= opened.opened_on <= ended.decided_on + timedelta(days=AGAIN_DAYS)
            if opened.number != ended.number and soon and (why := same_thing(ended, opened)):
                yield Hit(
                    ended,
                    f"견적 {ended.quotes}개를 볼 수 있게 된 날 {format_date(ended.seen_on)}, "
                    f"새 건 {opened.number} {format_date(opened.opened_on)} ({why})",
                )


RED_FLAGS: tuple[RedFlag, ...] = (
    RedFlag(
        "F-1",
        "같은 제공자의 잦은 선정",
        "한 제공자가 선정된 수요 항목의 수와, 제공자가 정해진 모든 수요 항목에서 차지하는 비율",
        f"{SAME_WINNER_AT_LEAST}건 이상이고 {SAME_WINNER_PERCENT}% 이상",
        "같은 기능을 주는 서비스가 적거나, 쓰던 서비스를 이어 쓰는 건이 많을 수 있습니다.",
        _of_lots(_same_winner),
    ),
    RedFlag(
        "F-2",
        "서비스가 하나뿐인 최종 검색",
        "최종 검색의 서비스가 하나인 수요 항목의 수와 비율",
        f"{SINGLE_AT_LEAST}건 이상이고 {SINGLE_PERCENT}% 이상",
        "조건이 정의서에서 그대로 나왔는지 검색 기록을 보면 알 수 있습니다. "
        "하나만 검색되면 더 검색하지 않아도 됩니다.",
        _of_lots(_single_candidate),
    ),
    RedFlag(
        "F-3",
        "예산에 바싹 붙은 금액",
        "정한 서비스의 이용료(부가세 포함)를 정의서의 예산으로 나눈 비율",
        f"{NEAR_BUDGET_PERCENT}% 이상 100% 이하",
        "예산을 공개된 요금으로 편성했으면 그대로 나올 수 있습니다.",
        _of_lots(_near_budget),
    ),
    RedFlag(
        "F-4",
        "똑같은 견적 금액",
        "한 수요 항목에서 전체 소요비용이 원 단위까지 같은 견적의 수",
        "2개 이상",
        "같은 원제공자의 서비스를 중개하는 제공자는 공개된 같은 요금을 낼 수 있습니다.",
        _of_lots(_identical_prices),
    ),
    RedFlag(
        "F-5",
        "짧은 견적 기한",
        "견적을 처음 요청한 날부터 제출 기한까지의 날수",
        f"{SHORT_DAYS}일 미만",
        "지침은 기한을 정하지 않습니다. 요금표대로 내는 견적은 빨리 올 수 있습니다.",
        _of_lots(_short_period),
    ),
    RedFlag(
        "F-6",
        "적은 평가위원",
        "자체조달로 정한 수요 항목에 평가표를 낸 평가위원의 수",
        f"{FEW_EVALUATORS}명 미만",
        "지침은 평가위원의 수를 정하지 않습니다. 작은 기관은 사람이 적을 수 있습니다.",
        _of_lots(_few_evaluators),
    ),
    RedFlag(
        "F-7",
        "견적을 본 뒤 종료하고 다시 만든 건",
        "견적을 볼 수 있게 된 뒤 계약 없이 종료하고, 사업명이나 검색어의 절반 이상이 같은 건을 새로 만든 것",
        f"견적을 볼 수 있게 된 날부터 종료 뒤 {AGAIN_DAYS}일까지 새로 만듦",
        "요구사항 정의서를 고쳐 다시 진행하거나, 예산이 다시 편성되었을 수 있습니다. "
        "종료한 사유를 읽어 보면 알 수 있습니다.",
        _opened_again,
    ),
)


def by_case(found: Sequence[Sighting]) -> dict[str, list[str]]:
    """Ids of the signs that stand on each case, by case number."""
    signs: dict[str, list[str]] = defaultdict(list)
    for sighting in found:
        for hit in sighting.hits:
            if sighting.flag.flag_id not in signs[hit.of.number]:
                signs[hit.of.number].append(sighting.flag.flag_id)
    return dict(signs)

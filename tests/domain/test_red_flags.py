"""Signs over all cases: what each stands on, and the case just beside its threshold."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from procurement.domain.red_flags import RED_FLAGS, Decided, Ended, Opened, Seen, by_case, sightings

DAY = date(2026, 11, 20)
# A lot on which no sign stands.
PLAIN = Decided(
    number="2026-0001",
    title="표본 건",
    lot=1,
    decided_on=DAY,
    provider="표본 제공자 하나",
    service="표본 서비스",
    candidates=3,
    quotes_won=(10_000_000, 11_000_000),
    winner_won=10_000_000,
    budget_won=12_000_000,
    asked_on=date(2026, 11, 2),
    due_on=date(2026, 11, 9),
    sheets=3,
)


def found(*decided: Decided) -> dict[str, list[str]]:
    """Numbers of the cases by sign."""
    return {s.flag.flag_id: [hit.of.number for hit in s.hits] for s in sightings(Seen(decided)) if s.hits}


def several(*changes: dict[str, object]) -> list[Decided]:
    """Lots of cases 1, 2, 3 …, each by its own provider unless it is said otherwise."""
    return [
        replace(PLAIN, number=f"2026-{n:04d}", **{"provider": f"표본 제공자 {n}", **change})  # type: ignore[arg-type]
        for n, change in enumerate(changes, start=1)
    ]


def test_nothing_stands_on_a_plain_lot() -> None:
    assert found(PLAIN) == {}


@pytest.mark.parametrize(
    ("change", "flag", "stands"),
    [
        ({"winner_won": 11_760_000}, "F-3", True),
        ({"winner_won": 11_759_999}, "F-3", False),
        ({"winner_won": 12_000_000}, "F-3", True),
        ({"winner_won": 12_000_001}, "F-3", False),
        ({"budget_won": None}, "F-3", False),
        ({"quotes_won": (9_000_000, 9_000_000, 8_000_000)}, "F-4", True),
        ({"quotes_won": (9_000_000, 9_000_001)}, "F-4", False),
        ({"due_on": date(2026, 11, 6)}, "F-5", True),
        ({"due_on": date(2026, 11, 7)}, "F-5", False),
        ({"asked_on": None}, "F-5", False),
        ({"sheets": 2}, "F-6", True),
        ({"sheets": 0, "central": True}, "F-6", False),
        ({"sheets": 0, "provider": None}, "F-6", False),
    ],
)
def test_a_sign_stands_from_its_threshold_on(change: dict[str, object], flag: str, stands: bool) -> None:
    assert (flag in found(replace(PLAIN, **change))) is stands  # type: ignore[arg-type]


def test_the_same_winner_needs_a_number_and_a_share() -> None:
    same = {"provider": "표본 제공자 가"}
    assert "F-1" not in found(*several(same, same))
    assert found(*several(same, same, same, {}))["F-1"] == ["2026-0001", "2026-0002", "2026-0003"]
    assert "F-1" not in found(*several(same, same, same, {}, {}, {}, {}))


def test_single_candidates_need_a_number_and_a_share() -> None:
    one = {"candidates": 1}
    assert "F-2" not in found(*several(one, one, {}))
    assert found(*several(one, one, one, {}, {}, {}))["F-2"] == ["2026-0001", "2026-0002", "2026-0003"]
    assert "F-2" not in found(*several(one, one, one, {}, {}, {}, {}))


def test_a_case_carries_each_sign_once() -> None:
    lots = [replace(PLAIN, lot=n, sheets=1, due_on=PLAIN.asked_on) for n in (1, 2)]
    assert by_case(sightings(Seen(lots))) == {"2026-0001": ["F-5", "F-6"]}


def test_every_sign_says_what_it_counts_and_what_else_may_explain_it() -> None:
    """None accuses: each has its definition, its threshold and an honest explanation."""
    for flag in RED_FLAGS:
        assert flag.definition
        assert flag.threshold
        assert flag.explanation.endswith("다.")
        words = flag.title + flag.definition + flag.explanation
        assert not any(word in words for word in ("부정", "비리", "담합", "위반", "의심"))


ENDED = Ended(
    "2026-0001", "협업도구 이용(2026년)", DAY, date(2026, 11, 2), 3, frozenset({"협업", "전자우편"})
)


@pytest.mark.parametrize(
    ("opened", "stands"),
    [
        (Opened("2026-0002", "협업도구 이용 재공고(2차)", date(2027, 2, 18)), True),
        (Opened("2026-0002", "협업도구 이용과 교육", date(2027, 2, 18)), False),
        (Opened("2026-0002", "협업도구 이용(2026년)", date(2027, 2, 19)), False),
        (Opened("2026-0002", "협업도구 이용(2026년)", date(2026, 11, 1)), False),
        (Opened("2026-0002", "협업도구 이용(2026년)", date(2026, 11, 2)), True),
        (Opened("2026-0001", "협업도구 이용(2026년)", DAY), False),
        (Opened("2026-0002", "다른 이름", DAY, frozenset({"협업"})), True),
        (Opened("2026-0002", "다른 이름", DAY, frozenset({"협업", "회의"})), False),
        (Opened("2026-0002", "다른 이름", DAY), False),
    ],
)
def test_the_same_thing_opened_again_soon_after_the_quotes_were_seen_is_a_sign(
    opened: Opened, stands: bool
) -> None:
    found = {s.flag.flag_id: [h.of.number for h in s.hits] for s in sightings(Seen((), [ENDED], [opened]))}
    assert found["F-7"] == ([ENDED.number] if stands else [])

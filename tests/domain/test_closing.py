"""When a case may end without a contract, what the record must show for it, and what may still happen."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from procurement.domain.closing import (
    CaseEnded,
    grounds,
    kept_from,
    kinds_open,
    may_follow,
    require_going_on,
)
from procurement.domain.deadlines import deadlines_of
from procurement.domain.facts import CaseFacts
from procurement.domain.facts.closing import Closing, EndKind, NextWay
from procurement.domain.facts.selection import Decision, DecisionKind
from tests.domain.rules.builders import a_case, a_new_case, a_run, good_selection, with_runs
from tests.domain.rules.good_later import at

ALWAYS = {EndKind.PLAN_CHANGED, EndKind.OTHER_WAY, EndKind.BY_MISTAKE, EndKind.OTHER}
END = Closing(
    1, EndKind.PLAN_CHANGED, "예산이 줄었다.", NextWay.DROPPED, "", datetime(2026, 3, 2, tzinfo=UTC), "a"
)


def decided(kind: DecisionKind) -> CaseFacts:
    """A case whose ⑤ ended like that."""
    return a_case(
        selection=replace(good_selection(), decisions=(Decision(1, kind, None, None, at(3, 2), "사유"),))
    )


@pytest.mark.parametrize(
    ("facts", "shown"),
    [
        (a_new_case(), None),
        (a_case(), None),
        (with_runs(a_run(1, results=()), final=None), (EndKind.NOTHING_FOUND, 1)),
        (with_runs(a_run(1), a_run(2, results=()), final=None), (EndKind.NOTHING_FOUND, 2)),
        (with_runs(a_run(1, results=()), a_run(2), final=None), None),
        (with_runs(a_run(1, results=(), definition_version=9), final=None), None),
        (decided(DecisionKind.NONE_SUITABLE), (EndKind.NONE_SUITABLE, 2)),
        (decided(DecisionKind.CANCELLED), (EndKind.SELECTION_CANCELLED, 2)),
    ],
)
def test_what_the_record_shows_can_be_given_as_the_reason_and_names_its_search(
    facts: CaseFacts, shown: tuple[EndKind, int] | None
) -> None:
    assert [(ground.kind, ground.run.number) for ground in grounds(facts)] == ([shown] if shown else [])
    assert set(kinds_open(facts)) == ALWAYS | ({shown[0]} if shown else set())


def test_one_lot_that_may_still_come_to_a_contract_keeps_the_whole_case_open_to_it() -> None:
    empty = with_runs(a_run(1, results=()), final=None)
    two = replace(empty, head=replace(empty.head, lots=(1, 2)))
    assert grounds(two) == ()
    searched = replace(two, search=replace(two.search, runs=(*two.search.runs, a_run(2, lot=2, results=()))))
    assert [ground.run.lot for ground in grounds(searched)] == [1, 2]


def test_a_case_has_ended_until_it_is_taken_up_again() -> None:
    going = a_case()
    require_going_on(going)
    ended = replace(going, closings=(END,))
    with pytest.raises(CaseEnded):
        require_going_on(ended)
    require_going_on(replace(going, closings=(replace(END, taken_up_at=at(4, 1)),)))
    again = replace(going, closings=(replace(END, taken_up_at=at(4, 1)), replace(END, number=3)))
    assert again.ended is not None
    assert again.ended.number == 3


def test_nothing_is_due_any_more_once_a_case_has_ended() -> None:
    waiting = a_case(steps={}, today=date(2023, 6, 1))
    assert deadlines_of(waiting)
    assert deadlines_of(replace(waiting, closings=(END,))) == ()


@pytest.mark.parametrize(
    ("kind", "data", "may"),
    [
        ("budget.saved", {}, False),
        ("member.added", {}, False),
        ("contract.concluded", {}, False),
        ("evidence.attached", {"purpose": "quote"}, False),
        ("evidence.attached", {"purpose": "bundle"}, True),
        ("evidence.attached", {"purpose": "bag"}, True),
        ("evidence.downloaded", {}, True),
        ("search.exported", {}, True),
        ("body.erased", {}, True),
        ("act.refused", {}, True),
        ("bag.made", {}, True),
        ("case.taken_up", {}, True),
    ],
)
def test_an_ended_case_is_read_printed_and_erased_but_not_changed(
    kind: str, data: Mapping[str, str], may: bool
) -> None:
    assert may_follow(kind, data) is may


@pytest.mark.parametrize("day", [date(2026, 1, 1), date(2026, 12, 31)])
def test_the_years_of_keeping_are_counted_from_the_next_new_year(day: date) -> None:
    assert kept_from(day) == date(2027, 1, 1)

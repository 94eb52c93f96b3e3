"""The nine steps: which may be worked on, which completed, which follow a change."""

from __future__ import annotations

import pytest

from procurement.domain.steps import SPEC, STEPS, Step, can_complete, can_work, dependents

ORDER = list(Step)


def test_there_are_nine_steps_numbered_and_signed_in_order() -> None:
    assert [spec.number for spec in STEPS] == list(range(1, 10))
    assert "".join(spec.sign for spec in STEPS) == "①②③④⑤⑥⑦⑧⑨"


@pytest.mark.parametrize("step", ORDER[1:6])
def test_the_first_six_follow_one_another(step: Step) -> None:
    before = frozenset(ORDER[: ORDER.index(step)])
    assert can_work(step, before)
    assert not can_work(step, before - {ORDER[ORDER.index(step) - 1]})


def test_the_first_step_may_always_be_worked_on() -> None:
    assert can_work(Step.BUDGET, frozenset())


@pytest.mark.parametrize("step", [Step.REGISTRATION, Step.MONITORING, Step.ENDING])
def test_from_the_contract_on_the_last_three_run_side_by_side(step: Step) -> None:
    assert can_work(step, frozenset({Step.CONTRACT}))
    assert not can_work(step, frozenset(ORDER[:5]))


def test_the_end_is_completed_after_registration_and_monitoring() -> None:
    done = frozenset(ORDER[:6])
    assert not can_complete(Step.ENDING, done | {Step.REGISTRATION})
    assert not can_complete(Step.ENDING, done | {Step.MONITORING})
    assert can_complete(Step.ENDING, done | {Step.REGISTRATION, Step.MONITORING})


@pytest.mark.parametrize(
    ("step", "followers"),
    [
        (Step.ENDING, ()),
        (Step.REGISTRATION, (Step.ENDING,)),
        (Step.CONTRACT, (Step.REGISTRATION, Step.MONITORING, Step.ENDING)),
        (Step.BUDGET, tuple(ORDER[1:])),
        (Step.DEFINITION, tuple(ORDER[2:])),
    ],
)
def test_a_change_reaches_what_rests_on_it(step: Step, followers: tuple[Step, ...]) -> None:
    assert dependents(step) == followers


@pytest.mark.parametrize("step", ORDER)
def test_a_step_rests_on_earlier_steps_alone(step: Step) -> None:
    spec = SPEC[step]
    named = {*spec.opens_after, *spec.completes_after, *spec.rests_on}
    assert all(ORDER.index(other) < ORDER.index(step) for other in named)

"""Work shared by two processes comes to the same as the work of one."""

from __future__ import annotations

import os
import time

import pytest

from procurement.adapters import pdf_share
from procurement.adapters.pdf_share import Sharing, made_by_two

WEIGHTS = {"long": 9_000, "a": 4_000, "b": 3_000, "c": 2_000}


@pytest.fixture
def sharing(monkeypatch: pytest.MonkeyPatch) -> None:
    """As in a process that may be copied, on two processors."""
    monkeypatch.setattr(Sharing, "allowed", True)
    monkeypatch.setattr(pdf_share.os, "sched_getaffinity", lambda _pid: {0, 1})


def test_half_is_made_in_another_process(sharing: None) -> None:
    def make(key: str) -> tuple[str, int]:
        time.sleep(0.02)
        return key, os.getpid()

    made = made_by_two(make, WEIGHTS, ())
    assert {key: value[0] for key, value in made.items()} == {key: key for key in WEIGHTS}
    assert len({value[1] for value in made.values()}) == 2


def test_what_is_refused_there_is_raised_here(sharing: None) -> None:
    def refuse(key: str) -> str:
        if key == "b":
            raise ValueError(key)
        return key

    with pytest.raises(ValueError, match="b"):
        made_by_two(refuse, WEIGHTS, (ValueError,))


def test_nothing_is_copied_where_nobody_allowed_it() -> None:
    assert set(made_by_two(lambda _key: os.getpid(), WEIGHTS, ()).values()) == {os.getpid()}


def test_a_piece_alone_is_not_shared(sharing: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pdf_share.os, "fork", lambda: pytest.fail("copied for nothing"))
    assert made_by_two(str.upper, {"alone": 9_000}, ()) == {"alone": "ALONE"}

"""Time stamps: nothing of what they say can be changed unseen, and who is no authority is not believed."""

from __future__ import annotations

import base64
import random
from pathlib import Path

import pytest

from procurement.adapters import stamp_authority, stamps
from procurement.adapters.stamp_authority import request_stamp
from procurement.adapters.stamps import StampError
from tests.support.authority import Authority, an_authority

TEXT = "what is stamped"


@pytest.fixture(scope="module")
def stamped(tmp_path_factory: pytest.TempPathFactory) -> tuple[Authority, bytes]:
    """An authority and its response over ``TEXT``."""
    with an_authority(tmp_path_factory.mktemp("authority")) as authority:
        return authority, base64.b64decode(request_stamp(authority.url, authority.ca_file, TEXT))


@pytest.mark.filterwarnings("ignore:Parsed a serial number")
def test_a_response_changed_anywhere_says_the_same_or_is_refused(stamped: tuple[Authority, bytes]) -> None:
    authority, response = stamped
    roots = stamps.load_roots(authority.ca_file.read_bytes())
    said = stamps.read(base64.b64encode(response).decode())
    stamps.check(said, roots)
    refused, dice = 0, random.Random(1)
    for _ in range(400):
        changed = bytearray(response)
        changed[dice.randrange(len(changed))] ^= 1 << dice.randrange(8)
        try:
            stamp = stamps.read(base64.b64encode(changed).decode())
            stamps.check(stamp, roots)
        except StampError:
            refused += 1
            continue
        # What no signature covers may change (the authority's own root, which was sent along).
        assert (stamp.time, stamp.imprint) == (said.time, said.imprint)
        assert stamps.covers(stamp, TEXT)
    assert refused > 200


def test_a_stranger_is_not_believed(stamped: tuple[Authority, bytes], tmp_path: Path) -> None:
    _, response = stamped
    with an_authority(tmp_path) as stranger:
        roots = stamps.load_roots(stranger.ca_file.read_bytes())
    with pytest.raises(StampError, match="믿기로 한"):
        stamps.check(stamps.read(base64.b64encode(response).decode()), roots)


def test_an_answer_that_is_too_large_or_too_slow_is_not_waited_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    limits = {"LARGEST_ANSWER_BYTES": (100, "큽니다"), "MOST_SECONDS": (-1, "제때")}
    with an_authority(tmp_path) as authority:
        for limit, (value, why) in limits.items():
            with monkeypatch.context() as limited:
                limited.setattr(stamp_authority, limit, value)
                with pytest.raises(StampError, match=why):
                    request_stamp(authority.url, authority.ca_file, TEXT)


def test_nobody_there_is_said_so(stamped: tuple[Authority, bytes]) -> None:
    authority, _ = stamped
    with pytest.raises(StampError, match="연결할 수 없습니다"):
        request_stamp(authority.url, authority.ca_file, TEXT)

"""The arithmetic of the chain: what is broken is found and named."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from procurement.domain.ledger import (
    GENESIS,
    SALT_BYTES,
    Link,
    Walk,
    content_digest,
    first_break,
    time_text,
)

CHAIN = "chain-1"
SALT = bytes(SALT_BYTES)
START = datetime(2026, 3, 2, 9, tzinfo=UTC)


def a_chain(length: int, chain_id: str = CHAIN) -> list[Link]:
    """A sound chain of so many events, one a minute."""
    links: list[Link] = []
    for seq in range(1, length + 1):
        moment = time_text(START + timedelta(minutes=seq))
        link = Link(
            chain_id=chain_id,
            seq=seq,
            prev=links[-1].hash if links else GENESIS,
            recorded_at=moment,
            occurred_at=moment,
            kind="budget.saved",
            actor_id=f"person-{seq % 3}",
            content_digest=content_digest(SALT, f"body {seq}"),
        )
        links.append(replace(link, hash=link.computed_hash()))
    return links


def broken(links: list[Link], size: int | None = None, head: str | None = None) -> str:
    """What is found broken, by name; empty when all holds."""
    found = first_break(
        CHAIN,
        links,
        len(links) if size is None else size,
        (links[-1].hash if links else "") if head is None else head,
        name="2026-0001",
    )
    return "" if found is None else f"{found.what}: {found.why}"


@pytest.mark.parametrize("length", [0, 1, 2, 50])
def test_a_sound_chain_holds(length: int) -> None:
    assert broken(a_chain(length)) == ""


@pytest.mark.parametrize(
    "field", ["recorded_at", "occurred_at", "kind", "actor_id", "content_digest", "hash"]
)
def test_an_edited_field_is_found_at_its_event(field: str) -> None:
    links = a_chain(5)
    links[2] = replace(links[2], **{field: getattr(links[2], field)[:-1] + "!"})
    assert broken(links) == "사건 2026-0001#3: 사건의 내용이 기록된 해시와 다릅니다."


def test_an_edited_event_with_its_hash_computed_again_is_found_at_the_next() -> None:
    links = a_chain(5)
    edited = replace(links[2], kind="another")
    links[2] = replace(edited, hash=edited.computed_hash())
    assert broken(links) == "사건 2026-0001#4: 앞 사건과 이어지지 않습니다."


def test_the_last_event_edited_with_its_hash_is_found_by_the_head() -> None:
    links = a_chain(5)
    head = links[-1].hash
    edited = replace(links[-1], kind="another")
    links[-1] = replace(edited, hash=edited.computed_hash())
    assert broken(links, head=head) == "원장 2026-0001: 마지막 사건이 원장의 머리 값과 다릅니다."


def test_a_removed_event_is_found() -> None:
    links = a_chain(5)
    del links[1]
    assert broken(links) == "사건 2026-0001#2: 사건 번호가 이어지지 않습니다(2 자리에 3)."


def test_swapped_events_are_found() -> None:
    links = a_chain(5)
    links[1], links[2] = links[2], links[1]
    assert broken(links).startswith("사건 2026-0001#2: 사건 번호가 이어지지 않습니다")


@pytest.mark.parametrize("left", [0, 1, 4])
def test_a_tail_cut_off_is_found_by_the_size(left: int) -> None:
    links = a_chain(5)
    found = broken(links[:left], size=5, head=links[-1].hash)
    assert found.startswith(f"원장 2026-0001: 사건이 5개여야 하는데 {left}개입니다")


def test_a_tail_cut_off_with_its_size_is_found_by_the_head() -> None:
    links = a_chain(5)
    assert "머리 값" in broken(links[:4], head=links[-1].hash)


def test_an_event_of_another_chain_is_found() -> None:
    links = a_chain(3)
    links[1] = a_chain(3, "chain-2")[1]
    assert broken(links) == "사건 2026-0001#2: 다른 원장의 사건이 섞여 있습니다."


def test_a_clock_set_back_is_found() -> None:
    links = a_chain(2)
    late = replace(links[1], recorded_at=time_text(START), hash="")
    links[1] = replace(late, hash=late.computed_hash())
    assert broken(links) == "사건 2026-0001#2: 기록 시각이 앞 사건보다 이릅니다."


@pytest.mark.parametrize(
    ("salt", "body", "why"),
    [
        (SALT, "body 1", ""),
        (SALT, "body 2", "사건의 본문이 기록된 요약값과 다릅니다."),
        (b"1" * SALT_BYTES, "body 1", "사건의 본문이 기록된 요약값과 다릅니다."),
        (SALT, None, "사건의 본문이 일부만 남아 있습니다."),
        (None, "body 1", "사건의 본문이 일부만 남아 있습니다."),
        (None, None, ""),
    ],
)
def test_a_body_is_checked_against_its_event(salt: bytes | None, body: str | None, why: str) -> None:
    found = Walk(CHAIN).body(a_chain(1)[0].content_digest, salt, body)
    assert ("" if found is None else found.why) == why


def without_body(erased: tuple[int, ...], length: int = 4) -> str:
    """A chain whose second event has no body and whose last tells of the erasure of ``erased``."""
    walk, links = Walk(CHAIN), a_chain(length)
    for link in links:
        assert walk.step(link) is None
        gone = link.seq == 2
        assert walk.body(link.content_digest, *((None, None) if gone else (SALT, f"body {link.seq}"))) is None
    for seq in erased:
        if (found := walk.erased(seq)) is not None:
            return f"{found.what}: {found.why}"
    found = walk.end(length, links[-1].hash)
    return "" if found is None else f"{found.what}: {found.why}"


def test_a_body_that_is_gone_needs_an_event_that_tells_of_its_erasure() -> None:
    assert without_body(()) == "사건 chain-1#2: 사건의 본문이 지웠다는 기록 없이 없어졌습니다."
    assert without_body((2,)) == ""
    assert without_body((3,)) == "사건 chain-1#3: 법에 따라 지웠다고 적힌 본문이 남아 있습니다."


@given(st.text(max_size=200), st.text(max_size=5), st.integers(min_value=0, max_value=10**20))
def test_the_quick_way_and_the_plain_way_to_hash_a_link_agree(kind: str, actor: str, seq: int) -> None:
    link = Link(CHAIN, seq, GENESIS, "t", "t", kind, actor, "d")
    parts = (CHAIN, str(seq), GENESIS, "t", "t", kind, actor, "d")
    joined = b"".join(
        len(part).to_bytes(8, "big") + part for part in (b"chain1", *(part.encode() for part in parts))
    )
    assert link.computed_hash() == hashlib.sha256(joined).hexdigest()


@given(st.binary(min_size=1, max_size=40), st.text(max_size=40), st.integers(min_value=0, max_value=39))
def test_moving_the_border_between_salt_and_body_changes_the_digest(salt: bytes, body: str, cut: int) -> None:
    text = body.encode()
    moved = text[: cut % (len(text) + 1)]
    if moved and moved.isascii():
        assert content_digest(salt, body) != content_digest(salt + moved, body[len(moved) :])


def test_a_time_is_written_in_utc_whatever_its_zone() -> None:
    seoul = timezone(timedelta(hours=9))
    assert time_text(datetime(2026, 3, 2, 18, 0, 0, 5, tzinfo=seoul)) == "2026-03-02T09:00:00.000005Z"


def test_a_time_without_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="zone"):
        time_text(datetime(2026, 3, 2))  # noqa: DTZ001 - what must not be taken

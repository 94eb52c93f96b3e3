"""Frozen values survive the way to plain data and back, and their text never varies."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from enum import Enum, IntEnum, StrEnum
from typing import Any, Literal
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from procurement.domain.codec import canonical, digest, from_plain, to_plain
from procurement.domain.errors import InvalidInput


class Kind(StrEnum):
    IAAS = "IaaS"
    SAAS = "SaaS"


class Level(IntEnum):
    LOW = 1
    HIGH = 2


class Mixed(Enum):
    TEXT = "1"
    NUMBER = 1


@dataclass(frozen=True)
class Branch:
    name: str
    children: tuple["Branch", ...] = ()


@dataclass(frozen=True)
class Everything:
    text: str
    number: int
    yes: bool
    day: date
    moment: datetime
    key: UUID
    share: Decimal
    kind: Kind
    level: Level
    mode: Literal["a", "b", 3]
    pair: tuple[int, str]
    many: tuple[Branch, ...]
    listed: list[int]
    by_kind: Mapping[Kind, int]
    by_name: dict[str, int | str]
    maybe: int | None = None
    either: Branch | Kind | None = None
    open: object = None
    derived: int = field(default=7, init=True)
    made: tuple[str, ...] = field(default_factory=tuple)


SEOUL = timezone(timedelta(hours=9))


def _everything(**changes: Any) -> Everything:
    values: dict[str, Any] = {
        "text": "한글 “따옴표” \u200b",
        "number": 12_650_000_000,
        "yes": True,
        "day": date(2026, 11, 21),
        "moment": datetime(2026, 11, 21, 14, 5, tzinfo=SEOUL),
        "key": UUID(int=5),
        "share": Decimal("99.950"),
        "kind": Kind.SAAS,
        "level": Level.HIGH,
        "mode": 3,
        "pair": (1, "둘"),
        "many": (Branch("가", (Branch("나"),)),),
        "listed": [3, 1],
        "by_kind": {Kind.SAAS: 2, Kind.IAAS: 1},
        "by_name": {"b": 1, "a": "x"},
    }
    return Everything(**{**values, **changes})


def test_a_value_of_every_type_comes_back_equal() -> None:
    value = _everything(either=Branch("다"), maybe=0, open={"a": [1, None]})
    back = from_plain(Everything, json.loads(canonical(value)))
    assert back == value
    assert isinstance(back.level, Level)
    assert isinstance(back.many, tuple)
    assert canonical(back) == canonical(value)


def test_the_plain_form_is_what_the_documentation_says() -> None:
    plain = to_plain(_everything())
    assert isinstance(plain, dict)
    assert plain["moment"] == "2026-11-21T05:05:00Z"
    assert plain["day"] == "2026-11-21"
    assert plain["share"] == "99.950"
    assert plain["kind"] == "SaaS"
    assert plain["level"] == 2
    assert plain["by_kind"] == {"SaaS": 2, "IaaS": 1}
    assert type(plain["kind"]) is str
    assert type(plain["level"]) is int


def test_canonical_text_has_sorted_keys_no_blanks_and_letters_as_they_are() -> None:
    assert (
        canonical({"나": [1, True, None], "가": {"b": "é", "a": ""}})
        == '{"가":{"a":"","b":"é"},"나":[1,true,null]}'
    )
    assert canonical({"a": "e\u0301"}) != canonical({"a": "é"})


def test_the_same_moment_in_two_zones_has_one_text() -> None:
    seoul = datetime(2026, 1, 1, 9, 0, 0, 120, tzinfo=SEOUL)
    assert canonical(seoul) == canonical(seoul.astimezone(UTC)) == '"2026-01-01T00:00:00.000120Z"'


def test_missing_keys_take_the_defaults() -> None:
    assert from_plain(Branch, {"name": "가"}) == Branch("가")
    plain = to_plain(_everything())
    assert isinstance(plain, dict)
    shorter = {name: item for name, item in plain.items() if name not in {"maybe", "made", "derived"}}
    assert from_plain(Everything, shorter) == _everything()


@pytest.mark.parametrize(
    ("change", "path"),
    [
        ({"text": 1}, "text"),
        ({"number": "1"}, "number"),
        ({"number": True}, "number"),
        ({"number": 1.0}, "number"),
        ({"yes": 1}, "yes"),
        ({"day": "2026-02-30"}, "day"),
        ({"day": "20260203"}, "day"),
        ({"moment": "2026-11-21T05:00:00"}, "moment"),
        ({"moment": 5}, "moment"),
        ({"key": "x"}, "key"),
        ({"share": "NaN"}, "share"),
        ({"share": "many"}, "share"),
        ({"share": 1.5}, "share"),
        ({"kind": "PaaS"}, "kind"),
        ({"level": "2"}, "level"),
        ({"level": True}, "level"),
        ({"level": []}, "level"),
        ({"mode": "3"}, "mode"),
        ({"pair": [1]}, "pair"),
        ({"pair": [1, 2]}, "pair[1]"),
        ({"many": {}}, "many"),
        ({"many": [{"name": "가", "children": [{"name": 5}]}]}, "many[0].children[0].name"),
        ({"many": ["가"]}, "many[0]"),
        ({"listed": "12"}, "listed"),
        ({"by_kind": []}, "by_kind"),
        ({"by_kind": {"SaaS": "2"}}, "by_kind.SaaS"),
        ({"by_kind": {"other": 2}}, "by_kind"),
        ({"by_name": {"a": None}}, "by_name.a"),
        ({"maybe": "0"}, "maybe"),
        ({"either": "PaaS"}, "either"),
        ({"open": {"x": 0.5}}, "open.x"),
        ({"extra": 1}, "extra"),
    ],
)
def test_what_does_not_fit_is_refused_by_its_path(change: dict[str, object], path: str) -> None:
    plain = to_plain(_everything())
    assert isinstance(plain, dict)
    with pytest.raises(InvalidInput) as caught:
        from_plain(Everything, {**plain, **change})
    assert caught.value.field == path
    assert f"‘{path}’" in caught.value.message


def test_a_missing_value_without_default_is_named() -> None:
    with pytest.raises(InvalidInput, match="‘name’: 빠진 항목"):
        from_plain(Branch, {})
    with pytest.raises(InvalidInput, match="전체"):
        from_plain(Branch, None)


@dataclass(frozen=True)
class DayFirst:
    value: date | str


@dataclass(frozen=True)
class TextFirst:
    value: str | date


@pytest.mark.parametrize("cls", [DayFirst, TextFirst])
def test_text_is_the_last_arm_of_a_union_in_whatever_order_it_is_written(
    cls: type[DayFirst | TextFirst],
) -> None:
    assert from_plain(cls, {"value": "2026-11-21"}).value == date(2026, 11, 21)
    assert from_plain(cls, {"value": "내일"}).value == "내일"


def test_enum_members_are_told_apart_by_type() -> None:
    assert from_plain(Mixed, "1") is Mixed.TEXT
    assert from_plain(Mixed, 1) is Mixed.NUMBER


@pytest.mark.parametrize(
    "value",
    [
        1.0,
        {"a": [0.1]},
        float("nan"),
        Decimal("Infinity"),
        datetime(2026, 1, 1),  # noqa: DTZ001
        {1: "a"},
        {None: "a"},
        {1, 2},
        b"bytes",
        object(),
        Branch,
    ],
)
def test_what_has_no_canonical_text_is_refused(value: object) -> None:
    with pytest.raises(InvalidInput):
        canonical(value)


def test_a_type_without_codec_is_a_mistake_of_the_programmer() -> None:
    with pytest.raises(TypeError):
        from_plain(set[int], [1])


def test_a_text_subclass_is_written_as_plain_text() -> None:
    class Safe(str):
        __slots__ = ()

    plain = to_plain(Safe("가"))
    assert plain == "가"
    assert type(plain) is str


def test_the_digest_is_sha_256_of_the_utf_8_bytes() -> None:
    assert digest("가") == hashlib.sha256("가".encode()).hexdigest()
    with pytest.raises(InvalidInput, match="깨져"):
        digest("\ud800")


PLAIN = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=20,
)


@given(PLAIN)
def test_canonical_text_is_stable_under_a_round_trip(value: object) -> None:
    text = canonical(value)
    assert canonical(json.loads(text)) == text
    assert from_plain(object, json.loads(text)) == value

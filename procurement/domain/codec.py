"""Frozen dataclasses to plain data and back, and the one canonical text of a value.

What is frozen (definitions, criteria, snapshots) is stored as canonical text and named by its digest, so the
same value must give the same bytes on every machine and in every database. Floats have no place in it: rates
and scores are scaled integers or Decimal.

The text is JSON with sorted keys (by code point), no blanks, letters as they are. Strings are kept exactly as
they came in: a digest vouches for what was typed, and folding belongs to whoever compares.
"""

import dataclasses
import hashlib
import json
import types
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime
from decimal import Decimal, InvalidOperation
from enum import Enum
from functools import cache
from typing import Any, Literal, TypeAlias, TypeVar, Union, cast, get_args, get_origin, get_type_hints
from uuid import UUID

from procurement.domain.errors import InvalidInput

Plain: TypeAlias = "bool | int | str | list[Plain] | dict[str, Plain] | None"
"""What JSON can hold, without floats."""

T = TypeVar("T")
_Reader = Callable[[Any, str], Any]


def to_plain(value: object) -> Plain:
    """Turn a value into plain data: dataclass → dict, tuple → list, enum → its value, date → ISO text,
    aware datetime → ISO text in UTC with ``Z``, UUID and Decimal → text.

    :raises InvalidInput: a float, a datetime without zone, keys that are not text, any other type.
    """
    return _to_plain(value, "")


def _to_plain(value: object, path: str) -> Plain:
    if value is None or type(value) in (bool, int, str):
        return cast(Plain, value)
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {
            f.name: _to_plain(getattr(value, f.name), _at(path, f.name)) for f in dataclasses.fields(value)
        }
    if isinstance(value, tuple | list):
        return [_to_plain(item, f"{path}[{index}]") for index, item in enumerate(value)]
    if isinstance(value, Mapping):
        return {_plain_key(key, path): _to_plain(item, _at(path, str(key))) for key, item in value.items()}
    return _scalar(value, path)


def _scalar(value: object, path: str) -> Plain:
    if isinstance(value, Enum):
        return _to_plain(value.value, path)
    if isinstance(value, datetime):
        return _utc_text(value, path)
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, UUID):
        return str(value)
    if isinstance(value, Decimal) and value.is_finite():
        return str(value)
    if isinstance(value, str):  # a subclass, such as text marked safe for a page
        return str.__str__(value)
    raise _wrong(path, f"{type(value).__name__} 값은 기록할 수 없습니다. 정수, 글자, 날짜로 바꾸어 넣으세요.")


def _utc_text(value: datetime, path: str) -> str:
    if value.utcoffset() is None:
        raise _wrong(path, "시간대가 없는 시각입니다. 시간대를 붙여 넣으세요.")
    return value.astimezone(UTC).replace(tzinfo=None).isoformat() + "Z"


def _plain_key(key: object, path: str) -> str:
    plain = _to_plain(key, path)
    if not isinstance(plain, str):
        raise _wrong(path, "이름표는 글자여야 합니다. 글자로 바꾸어 넣으세요.")
    return plain


def canonical(value: object) -> str:
    """The canonical text of a value: the same value gives the same text, always.

    :raises InvalidInput: as :func:`to_plain`.
    """
    return json.dumps(
        to_plain(value), ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False
    )


def digest(text: str) -> str:
    """SHA-256 of the text in UTF-8, 64 hexadecimal digits.

    :raises InvalidInput: the text holds half a character (a lone surrogate) and so has no bytes.
    """
    try:
        return hashlib.sha256(text.encode()).hexdigest()
    except UnicodeEncodeError:
        raise InvalidInput(
            "글자가 깨져 있어 기록할 수 없습니다. 깨진 글자를 지우고 다시 입력하세요."
        ) from None


def from_plain(cls: type[T], data: object) -> T:
    """Build ``cls`` from plain data by its type hints; the reverse of :func:`to_plain`.

    Understands dataclasses, ``X | None`` and other unions, ``tuple[X, ...]``, ``tuple[A, B]``, ``list[X]``,
    ``Mapping[str, X]``, ``Literal``, enums, date, datetime, UUID, Decimal and ``object`` (kept as it is).
    In a union, text is tried last; dataclasses sharing a union need a ``Literal`` field to differ.
    Nothing is converted on the quiet: ``"1"`` is no int, ``1`` is no text, and
    ``true`` is no number. Missing keys take the dataclass's default.

    :raises InvalidInput: naming the path of what does not fit, of an unknown key or of a missing one.
    """
    hint: Any = cls
    return cast(T, _reader(hint)(data, ""))


@cache
def _reader(hint: Any) -> _Reader:
    """The function that reads one type; made once a type, so that long lists are read at speed."""
    origin = get_origin(hint)
    if origin in _BY_ORIGIN:
        return _BY_ORIGIN[origin](get_args(hint))
    if hint in _BY_TYPE:
        return _BY_TYPE[hint]
    if isinstance(hint, type) and issubclass(hint, Enum):
        return _enum_reader(hint)
    if isinstance(hint, type) and dataclasses.is_dataclass(hint):
        return _dataclass_reader(hint)
    raise TypeError(f"no codec for {hint!r}")


def _dataclass_reader(cls: type[Any]) -> _Reader:
    known = {field.name for field in dataclasses.fields(cls) if field.init}
    required = {field.name for field in dataclasses.fields(cls) if field.init and not _has_default(field)}
    hints: dict[str, Any] = {}

    def read(value: Any, path: str) -> Any:
        if not isinstance(value, Mapping):
            raise _wrong(path, "이름과 값의 묶음이어야 합니다.")
        if not hints:  # not before the first use: a tree refers to itself
            hints.update(get_type_hints(cls))
        if unknown := sorted(str(key) for key in value if key not in known):
            raise _wrong(_at(path, unknown[0]), "알 수 없는 항목입니다. 이 항목을 빼세요.")
        if missing := sorted(required - value.keys()):
            raise _wrong(_at(path, missing[0]), "빠진 항목입니다. 값을 채우세요.")
        return cls(**{key: _reader(hints[key])(item, _at(path, key)) for key, item in value.items()})

    return read


def _has_default(field: "dataclasses.Field[Any]") -> bool:
    return field.default is not dataclasses.MISSING or field.default_factory is not dataclasses.MISSING


def _exactly(kind: type, korean: str) -> _Reader:
    def read(value: Any, path: str) -> Any:
        if type(value) is not kind:
            raise _wrong(path, f"{korean}이어야 합니다.")
        return value

    return read


def _from_text(parse: Callable[[str], Any], korean: str) -> _Reader:
    def read(value: Any, path: str) -> Any:
        if isinstance(value, str):
            try:
                return parse(value)
            except (ValueError, InvalidOperation):
                pass
        raise _wrong(path, f"{korean} 글이어야 합니다.")

    return read


def _aware(text: str) -> datetime:
    moment = datetime.fromisoformat(text)
    if moment.utcoffset() is None:
        raise ValueError(text)
    return moment.astimezone(UTC)


def _finite(text: str) -> Decimal:
    number = Decimal(text)
    if not number.is_finite():
        raise ValueError(text)
    return number


def _day(text: str) -> date:
    day = date.fromisoformat(text)
    if day.isoformat() != text:  # 20261121 and week dates are ISO too; one spelling keeps digests equal
        raise ValueError(text)
    return day


def _enum_reader(kind: type[Enum]) -> _Reader:
    by_value = {(type(member.value), member.value): member for member in kind}

    def read(value: Any, path: str) -> Any:
        member = by_value.get((type(value), value)) if isinstance(value, str | int) else None
        if member is None:
            raise _one_of(path, [str(member.value) for member in kind])
        return member

    return read


def _literal_reader(allowed: tuple[Any, ...]) -> _Reader:
    def read(value: Any, path: str) -> Any:
        for item in allowed:
            if type(item) is type(value) and item == value:
                return item
        raise _one_of(path, [str(item) for item in allowed])

    return read


def _union_reader(arms: tuple[Any, ...]) -> _Reader:
    optional = type(None) in arms
    # int | str and str | int are one key of the cache, so the order must not hang on who came first.
    named = sorted((arm for arm in arms if arm is not type(None)), key=lambda arm: (arm is str, repr(arm)))
    readers = [_reader(arm) for arm in named]

    def read(value: Any, path: str) -> Any:
        if value is None and optional:
            return None
        for reader in readers[:-1]:
            try:
                return reader(value, path)
            except InvalidInput:
                continue
        return readers[-1](value, path)  # speaks for all; X | None has but one arm

    return read


def _tuple_reader(items: tuple[Any, ...]) -> _Reader:
    if len(items) == 2 and items[1] is Ellipsis:
        many = _list_reader(items[:1])
        return lambda value, path: tuple(many(value, path))
    readers = [_reader(item) for item in items]

    def read(value: Any, path: str) -> Any:
        if not isinstance(value, list | tuple) or len(value) != len(readers):
            raise _wrong(path, f"값 {len(readers)}개의 목록이어야 합니다.")
        pairs = enumerate(zip(readers, value, strict=True))
        return tuple(reader(item, f"{path}[{index}]") for index, (reader, item) in pairs)

    return read


def _list_reader(items: tuple[Any, ...]) -> _Reader:
    reader = _reader(items[0])

    def read(value: Any, path: str) -> Any:
        if not isinstance(value, list | tuple):
            raise _wrong(path, "목록이어야 합니다.")
        return [reader(item, f"{path}[{index}]") for index, item in enumerate(value)]

    return read


def _mapping_reader(items: tuple[Any, ...]) -> _Reader:
    key_reader, item_reader = _reader(items[0]), _reader(items[1])

    def read(value: Any, path: str) -> Any:
        if not isinstance(value, Mapping):
            raise _wrong(path, "이름과 값의 묶음이어야 합니다.")
        return {key_reader(key, path): item_reader(item, _at(path, str(key))) for key, item in value.items()}

    return read


def _anything(value: Any, path: str) -> Any:
    _to_plain(value, path)
    return value


_BY_TYPE: dict[Any, _Reader] = {
    str: _exactly(str, "글자"),
    int: _exactly(int, "정수"),
    bool: _exactly(bool, "예/아니요 값"),
    type(None): _exactly(type(None), "빈 값"),
    datetime: _from_text(_aware, "2026-11-21T05:00:00Z 꼴의 시각"),
    date: _from_text(_day, "2026-11-21 꼴의 날짜"),
    UUID: _from_text(UUID, "식별자(UUID)"),
    Decimal: _from_text(_finite, "숫자로 된"),
    object: _anything,
    Any: _anything,
}
_BY_ORIGIN: dict[Any, Callable[[tuple[Any, ...]], _Reader]] = {
    Union: _union_reader,
    types.UnionType: _union_reader,
    Literal: _literal_reader,
    tuple: _tuple_reader,
    list: _list_reader,
    dict: _mapping_reader,
    Mapping: _mapping_reader,
}


def _at(path: str, name: str) -> str:
    return f"{path}.{name}" if path else name


def _one_of(path: str, allowed: list[str]) -> InvalidInput:
    return _wrong(path, f"다음 가운데 하나여야 합니다: {', '.join(allowed)}.")


def _wrong(path: str, what: str) -> InvalidInput:
    return InvalidInput(f"자료의 ‘{path or '전체'}’: {what}", path)

"""Reading DER, as much of it as a time stamp needs; standard library only."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

INTEGER, OCTETS, OID, SEQUENCE, SET, GENERALIZED_TIME = 0x02, 0x04, 0x06, 0x30, 0x31, 0x18
CONTEXT_0 = 0xA0


class DerError(ValueError):
    """Bytes that are not what they should be."""


@dataclass(frozen=True)
class Node:
    """One value: its tag, its content, and the whole with tag and length."""

    tag: int
    content: bytes
    whole: bytes

    def children(self) -> list[Node]:
        """The values inside."""
        return list(_nodes(self.content))

    def expect(self, tag: int) -> Node:
        """This value; ``DerError`` when it has another tag."""
        if self.tag != tag:
            raise DerError(f"tag {self.tag:#x} where {tag:#x} should be")
        return self


def read(data: bytes) -> Node:
    """The one value that ``data`` is. Raises ``DerError`` when it is more or less."""
    nodes = list(_nodes(data))
    if len(nodes) != 1:
        raise DerError("not one value")
    return nodes[0]


def wrap(tag: int, content: bytes) -> bytes:
    """A value from its tag and content."""
    size = len(content)
    if size < 0x80:
        return bytes((tag, size)) + content
    length = size.to_bytes((size.bit_length() + 7) // 8, "big")
    return bytes((tag, 0x80 | len(length))) + length + content


def _nodes(data: bytes) -> Iterator[Node]:
    at = 0
    while at < len(data):
        start, tag = at, data[at]
        size, at = _length(data, at + 1)
        end = at + size
        if end > len(data):
            raise DerError("cut off")
        yield Node(tag, data[at:end], data[start:end])
        at = end


def _length(data: bytes, at: int) -> tuple[int, int]:
    if at >= len(data):
        raise DerError("cut off")
    first = data[at]
    if first < 0x80:
        return first, at + 1
    count = first & 0x7F
    if not 0 < count <= 4 or at + 1 + count > len(data):
        raise DerError("no such length")
    return int.from_bytes(data[at + 1 : at + 1 + count], "big"), at + 1 + count

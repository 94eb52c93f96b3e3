"""What checkpoints say of chains: how many events there were at a time, and the hash of the last one."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from procurement.domain.checkpoint import Checkpoint
from procurement.domain.ledger import Break


@dataclass(frozen=True)
class Mark:
    """A chain had ``size`` events and ``head`` at ``time``; ``source`` is the checkpoint, in Korean."""

    size: int
    head: str
    time: str
    source: str

    def compare(self, name: str, seq: int, hash_: str, recorded_at: str) -> Break | None:
        """What is wrong with the event at the mark."""
        if hash_ != self.head:
            return Break(
                f"사건 {name}#{seq}", f"{self.source}에 적힌 값과 다릅니다. 그 뒤에 원장이 다시 쓰였습니다."
            )
        if recorded_at > self.time:
            return Break(
                f"사건 {name}#{seq}",
                f"{self.source}보다 뒤에 기록된 것으로 되어 있습니다. 시계가 바뀌었습니다.",
            )
        return None

    def cut(self, name: str, seq: int, size: int) -> Break:
        """A chain that is shorter than the mark."""
        return Break(
            f"원장 {name}", f"{self.source}에는 사건이 {seq}개였는데 지금은 {size}개입니다. 끝이 잘렸습니다."
        )


class Marks:
    """The marks of all checkpoints, by chain and number of events."""

    def __init__(self) -> None:
        self._marks: dict[str, dict[int, Mark]] = {}

    def add(self, content: Checkpoint, source: str, excused: frozenset[str] = frozenset()) -> Break | None:
        """Take in what a checkpoint says, but for chains that were ``excused`` after a restored backup.

        Gives what is broken when two checkpoints contradict each other.
        """
        for head in content.heads:
            if head.chain_id in excused:
                continue
            known = self._marks.setdefault(head.chain_id, {}).get(head.size)
            if known is not None and known.head != head.head:
                return Break(
                    f"원장 {head.chain_id}",
                    f"{known.source}과(와) {source}에 적힌 {head.size}번 사건의 값이 서로 다릅니다. "
                    "원장이 다시 쓰였습니다.",
                )
            if known is None or content.time < known.time:
                self._marks[head.chain_id][head.size] = Mark(head.size, head.head, content.time, source)
        return None

    def of_chain(self, chain_id: str) -> dict[int, Mark]:
        """The marks of one chain by the number of its events."""
        return self._marks.get(chain_id, {})

    def keep(self, chain_ids: Iterable[str]) -> None:
        """Forget every chain but these."""
        wanted = set(chain_ids)
        self._marks = {key: marks for key, marks in self._marks.items() if key in wanted}

    def newest_of_each(self) -> Iterator[tuple[str, Mark]]:
        """For each chain the mark with the most events."""
        for chain_id, marks in self._marks.items():
            if marks:
                yield chain_id, marks[max(marks)]

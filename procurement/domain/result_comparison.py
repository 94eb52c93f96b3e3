"""Up to ten services of one result list side by side, fact by fact."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from procurement.domain.errors import InvalidInput
from procurement.domain.facts.search import ResultRow
from procurement.domain.result_facts import FACTS

MOST_COMPARED = 10


@dataclass(frozen=True)
class ComparedFact:
    """One fact of every service: its texts in order, ``None`` where the page did not say.

    ``differs`` when at least two of the services say different things: what is unknown is no difference.
    """

    title: str
    texts: tuple[str | None, ...]
    differs: bool

    @property
    def unknown(self) -> int:
        """How many of the services did not say."""
        return sum(text is None for text in self.texts)


def side_by_side(rows: Sequence[ResultRow]) -> tuple[ComparedFact, ...]:
    """The facts of ``rows``, name and number left out, which head the columns.

    Raises ``InvalidInput`` for none or for more than ten services.
    """
    if not rows:
        raise InvalidInput("나란히 볼 서비스를 목록에서 골라 주세요.")
    if len(rows) > MOST_COMPARED:
        raise InvalidInput(
            f"한 번에 {MOST_COMPARED}개까지 나란히 볼 수 있습니다. 지금 {len(rows)}개를 골랐으니 줄여 주세요."
        )
    return tuple(
        ComparedFact(fact.title, texts, len(set(texts) - {None}) > 1)
        for fact in FACTS
        if fact.field not in ("service_id", "service_name")
        for texts in [tuple(fact.read(row) for row in rows)]
    )

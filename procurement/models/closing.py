"""계약 없이 종료: a case ended without a contract, or taken up again. Append-only, by turns."""

from __future__ import annotations

import uuid

from sqlalchemy import CheckConstraint, String, Text, UniqueConstraint, Uuid
from sqlalchemy.orm import Mapped, mapped_column

from procurement.domain.facts.closing import EndKind, NextWay
from procurement.models.base import Base, Erasable, OfCase, Recorded, of_case, within

_KINDS = ",".join(f"'{kind.value}'" for kind in EndKind)
_WAYS = ",".join(f"'{way.value}'" for way in NextWay)
_BY_SEARCH = "'nothing_found','none_suitable','selection_cancelled'"
_BY_DECISION = "'none_suitable','selection_cancelled'"


class CaseClosing(OfCase, Recorded, Erasable, Base):
    """An end without a contract (odd ``number``) or its being taken up again (even).

    Each follows the one before it, so a case cannot end twice; triggers keep it and the conclusion of a
    contract apart (``models/triggers``). What the record shows names the search run, and the decision where
    ⑤ made one.
    """

    __tablename__ = "case_closing"
    __table_args__ = of_case(
        within("case_closing", "case_id", "previous", to=("case_id", "number")),
        within("search_run", "case_id", "run_id", to=("case_id", "id")),
        within("decision", "case_id", "decision_id", to=("case_id", "id")),
        UniqueConstraint("institution_id", "case_id", "number"),
        CheckConstraint("action in ('end','take_up')", name="action"),
        CheckConstraint("(number % 2 = 1) = (action = 'end')", name="turns"),
        CheckConstraint(
            "(number = 1 and previous is null) or "
            "(number > 1 and previous is not null and previous = number - 1)",
            name="previous",
        ),
        CheckConstraint("(action = 'end') = (kind is not null)", name="has_kind"),
        CheckConstraint("(action = 'end') = (next_way is not null)", name="has_next_way"),
        CheckConstraint(f"kind in ({_KINDS})", name="kind"),
        CheckConstraint(f"next_way in ({_WAYS})", name="next_way"),
        CheckConstraint(
            f"(run_id is not null) = (kind is not null and kind in ({_BY_SEARCH}))", name="search_run"
        ),
        CheckConstraint(
            f"(decision_id is not null) = (kind is not null and kind in ({_BY_DECISION}))", name="decision"
        ),
        CheckConstraint("length(trim(reason)) > 0", name="reason"),
        CheckConstraint("next_way <> 'other' or length(trim(next_note)) > 0", name="next_note"),
    )

    number: Mapped[int] = mapped_column()
    previous: Mapped[int | None] = mapped_column()
    action: Mapped[str] = mapped_column(String(16))
    kind: Mapped[str | None] = mapped_column(String(24))
    run_id: Mapped[uuid.UUID | None] = mapped_column(Uuid)
    decision_id: Mapped[uuid.UUID | None] = mapped_column(Uuid)
    next_way: Mapped[str | None] = mapped_column(String(16))
    next_note: Mapped[str] = mapped_column(Text, default="")
    reason: Mapped[str] = mapped_column(Text)
